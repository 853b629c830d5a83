// SPDX-License-Identifier: GPL-2.0-only
/* doc_sf.c - the document of sf show
 *
 * One SF is asked for by what is recorded of it, so that the cost does not grow with
 * the card; all of them take one dump of the card's ports.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "doc_conf.h"
#include "doc_nic.h"
#include "sysdev.h"
#include "util.h"

json_t *doc_handle(const struct devlink_dev *dev, uint32_t index)
{
	if (!dev->dev[0] || index == UINT32_MAX) /* not told yet */
		return json_null();
	return json_sprintf("%s/%s/%u", dev->bus, dev->dev, index);
}

uint32_t doc_controller(const struct conf_fn *fn)
{
	return fn->has_controller ? fn->controller : 0;
}

/* --- RDMA: its own device, or a software one on its netdev --- */

json_t *doc_sf_ibdev(const char *sys, const char *aux, const char *netdev)
{
	char path[SYSDEV_PATH_MAX], dev[64], state[32] = "";

	if (!aux[0] || sysdev_path(path, sys, "bus/auxiliary/devices/%s/infiniband", aux) ||
	    sysdev_child(path, "", dev, sizeof(dev)))
		return NULL;
	/* "4: ACTIVE" */
	if (!sysdev_path(path, sys, "class/infiniband/%s/ports/1/state", dev))
		sysdev_read(path, state, sizeof(state));
	return json_pack("{s:s, s:s, s:o}", "dev", dev, "state",
			 rdma_state_name(state[0] ? (uint8_t)atoi(state) : UINT8_MAX), "netdev",
			 doc_text(netdev));
}

/* Is there an RDMA device without a device of its own? Else none has to be asked for. */
static bool any_software(const char *sys)
{
	char path[SYSDEV_PATH_MAX], parent[64];
	bool found = false;
	struct dirent *e;
	DIR *dir;

	dir = sysdev_path(path, sys, "class/infiniband") ? NULL : opendir(path);
	while (dir && !found && (e = readdir(dir)))
		found = e->d_name[0] != '.' &&
			rdma_parent(sys, e->d_name, parent, sizeof(parent)) == -ENOENT;
	if (dir)
		closedir(dir);
	return found;
}

static int add_rdma(const struct rdma_port *port, void *data)
{
	json_t *by_netdev = data;

	if (port->ifindex)
		json_object_set_new(by_netdev, port->netdev,
				    json_pack("{s:s, s:s, s:s}", "dev", port->dev, "state",
					      rdma_state_name(port->state), "netdev",
					      port->netdev));
	return 0;
}

/* It is an extra: where it cannot be asked for there is none. */
static void read_rdma(struct doc_sfs *sfs)
{
	struct rdma rdma;

	sfs->rdma = json_object();
	if (!any_software(sfs->sw->nic.sys) || rdma_open(&rdma))
		return;
	rdma_port_walk(&rdma, add_rdma, sfs->rdma);
	rdma_close(&rdma);
}

static json_t *rdma_doc(struct doc_sfs *sfs, const char *aux, const char *netdev)
{
	json_t *doc = doc_sf_ibdev(sfs->sw->nic.sys, aux, netdev);

	if (doc || !netdev[0])
		return doc ? doc : json_null();
	if (!sfs->rdma)
		read_rdma(sfs);
	doc = json_object_get(sfs->rdma, netdev);
	return doc ? json_incref(doc) : json_null();
}

/* --- one SF --- */

static json_t *vdpa_doc(struct nic *nic, const char *name)
{
	json_t *doc;

	if (!name[0])
		return json_null();
	doc = json_pack("{s:s}", "name", name);
	doc_vdpa_place(doc, nic, name);
	return doc;
}

/* What this host has of the SF: nothing, when that is another host's. */
static void set_host(struct doc_sfs *sfs, json_t *doc, const struct devlink_port *port)
{
	struct nic *nic = &sfs->sw->nic;
	char vdpa[VDPA_NAME_MAX] = "";
	struct devlink_dev aux = {0};
	struct rtnl_link link = {0};

	if (port && !devlink_aux_of_port(nic->sys, port, &aux)) {
		devlink_netdev_of_aux(&nic->dl, nic->rtnl, nic->sys, &aux, &link);
		doc_vdpa_on(nic->sys, aux.dev, vdpa, sizeof(vdpa));
	}
	json_object_set_new(doc, "auxiliary", doc_text(aux.dev));
	json_object_set_new(doc, "netdev", doc_text(link.name));
	json_object_set_new(doc, "rdma", rdma_doc(sfs, aux.dev, link.name));
	json_object_set_new(doc, "vdpa", vdpa_doc(nic, vdpa));
	json_object_set_new(doc, "in_use_by", vdpa[0] ? doc_vdpa_user(nic, vdpa) : json_null());
}

static void set_port(json_t *doc, const struct devlink_port *port)
{
	static const struct devlink_port none;
	const struct devlink_fn *fn;
	bool state;

	if (!port)
		port = &none;
	fn = &port->fn;
	state = fn->has & DEVLINK_FN_ACTIVE;
	json_object_set_new(doc, "handle", doc_handle(&port->dev, port->index));
	json_object_set_new(doc, "parent", doc_text(port->dev.dev));
	json_object_set_new(doc, "representor", doc_text(port->netdev));
	json_object_set_new(doc, "mac",
			    fn->has & DEVLINK_FN_HW_ADDR ? doc_mac(fn->hw_addr) : json_null());
	json_object_set_new(doc, "state",
			    state ? json_string(fn->active ? "active" : "inactive") : json_null());
	state = fn->has & DEVLINK_FN_ATTACHED;
	json_object_set_new(doc, "opstate",
			    state ? json_string(fn->attached ? "attached" : "detached")
				  : json_null());
}

json_t *doc_sf_row(struct doc_sfs *sfs, int index, const struct devlink_port *port)
{
	const struct conf_port *conf = index < 0 ? NULL : &sfs->sw->conf.ports[index];
	const struct sw_port *at = index < 0 ? NULL : &sfs->sw->ports[index];
	json_t *doc;

	doc = json_pack("{s:s?, s:I, s:I, s:I, s:s?, s:b}", "port",
			conf && !conf->pool ? conf->name : NULL, "num",
			(json_int_t)(port ? port->sf : conf->fn.num), "pf",
			(json_int_t)(port ? port->pf : conf->fn.pf), "controller",
			(json_int_t)(port ? port->controller : doc_controller(&conf->fn)), "owner",
			at ? sw_owner_name(at->owner) : NULL, "made", at ? (int)at->fn.made : 0);
	if (!doc)
		return NULL;
	set_port(doc, port);
	set_host(sfs, doc, port);
	return doc;
}

static int add_row(struct doc_sfs *sfs, int index, const struct devlink_port *port)
{
	return json_array_append_new(sfs->list, doc_sf_row(sfs, index, port)) ? -ENOMEM : 0;
}

/* --- one port's --- */

/* After a reset of the card another SF may have the number of a port. */
static bool is_sf_of(const struct conf_fn *fn, const struct devlink_port *port)
{
	return fn->kind == CONF_FN_SF && port->has & DEVLINK_PORT_SF && port->sf == fn->num &&
	       port->pf == fn->pf && port->controller == doc_controller(fn);
}

/* Return: 0; -ENODEV: it is not there (yet). */
static int find_port(struct sw *sw, size_t index, struct devlink_port *out, struct err *err)
{
	const struct sw_port *at = &sw->ports[index];
	struct nic *nic = &sw->nic;
	struct err why = {0};
	int ret;

	if (at->fn.port.dev.dev[0])
		ret = nic_port_get(nic, &at->fn.port, out, &why);
	else if (at->ifindex)
		ret = devlink_port_of_netdev(&nic->dl, nic->rtnl, at->ifindex, out);
	else
		return -ENODEV;
	if (!ret && sw->conf.ports[index].fn.kind == CONF_FN_SF)
		return is_sf_of(&sw->conf.ports[index].fn, out) ? 0 : -ENODEV;
	if (!ret || ret == -ENODEV || ret == -ENOENT)
		return ret ? -ENODEV : 0;
	if (why.text[0])
		return err_set(err, ret, "%s", why.text);
	return err_set(err, ret, "show SF of port '%s': %s", sw->conf.ports[index].name,
		       nl_why(&nic->dl.nl, ret));
}

/* A port that is given by its netdev may stand for an SF, too. */
static int one_sf(struct doc_sfs *sfs, const char *name)
{
	struct sw *sw = sfs->sw;
	struct conf_port *conf = conf_find(&sw->conf, name);
	struct devlink_port port;
	size_t index;
	int ret;

	if (!conf)
		return err_set(sfs->err, -ENOENT,
			       "show SF of port '%s': no such port in '%s' (repx port show lists "
			       "them)",
			       name, sw->name);
	index = (size_t)(conf - sw->conf.ports);
	ret = find_port(sw, index, &port, sfs->err);
	if (ret && ret != -ENODEV)
		return ret;
	if (conf->fn.kind != CONF_FN_SF && (ret || !(port.has & DEVLINK_PORT_SF)))
		return err_set(sfs->err, -ENOENT,
			       "show SF of port '%s': it has none (repx port show %s)", name, name);
	return add_row(sfs, (int)index, ret ? NULL : &port);
}

/* --- all --- */

/* The port of the switch that stands on an SF of its card, or -1. */
static int port_of(const struct sw *sw, const struct devlink_port *port)
{
	const struct nic_port *at;
	size_t i;

	for (i = 0; i < sw->conf.ports_len; i++) {
		if (is_sf_of(&sw->conf.ports[i].fn, port))
			return (int)i;
		at = &sw->ports[i].fn.port;
		if (sw->conf.ports[i].fn.kind == CONF_FN_NONE && at->index == port->index &&
		    devlink_dev_equal(&at->dev, &port->dev))
			return (int)i;
	}
	return -1;
}

static int add_sf(const struct devlink_port *port, void *data)
{
	struct doc_sfs *sfs = data;
	int index;

	if (!(port->has & DEVLINK_PORT_SF))
		return 0;
	index = port_of(sfs->sw, port);
	if (index >= 0)
		sfs->seen[index] = true;
	return add_row(sfs, index, port);
}

/* While the card is reset it has no ports; those of the switch are told all the same. */
static int card_sfs(struct doc_sfs *sfs)
{
	struct nic *nic = &sfs->sw->nic;
	struct devlink_dev dev;
	int ret;

	if (devlink_handle_parse(sfs->sw->conf.eswitch, &dev))
		return 0;
	ret = devlink_port_walk(&nic->dl, &dev, add_sf, sfs);
	if (ret >= 0 || ret == -ENODEV || ret == -ENOENT)
		return ret < 0 ? 0 : ret;
	return err_set(sfs->err, ret, "show SFs of '%s': %s", sfs->sw->conf.eswitch,
		       nl_why(&nic->dl.nl, ret));
}

/* A port that is given by its netdev, and stands on another card's SF */
static int foreign_sf(struct doc_sfs *sfs, size_t index)
{
	const struct nic_port *at = &sfs->sw->ports[index].fn.port;
	char handle[DEVLINK_HANDLE_MAX];
	struct devlink_port port;
	int ret;

	devlink_handle_text(&at->dev, handle, sizeof(handle));
	if (!at->dev.dev[0] || !strcmp(handle, sfs->sw->conf.eswitch))
		return 0;
	ret = find_port(sfs->sw, index, &port, sfs->err);
	if (ret || !(port.has & DEVLINK_PORT_SF))
		return ret == -ENODEV ? 0 : ret;
	return add_row(sfs, (int)index, &port);
}

static int other_sfs(struct doc_sfs *sfs)
{
	const struct sw *sw = sfs->sw;
	int ret = 0;
	size_t i;

	for (i = 0; i < sw->conf.ports_len && !ret; i++) {
		if (sfs->seen[i])
			continue;
		if (sw->conf.ports[i].fn.kind == CONF_FN_SF)
			ret = add_row(sfs, (int)i, NULL);
		else if (sw->conf.ports[i].fn.kind == CONF_FN_NONE)
			ret = foreign_sf(sfs, i);
	}
	return ret;
}

static int all_sfs(struct doc_sfs *sfs)
{
	size_t len = sfs->sw->conf.ports_len;
	int ret;

	sfs->seen = calloc(len ? len : 1, sizeof(*sfs->seen));
	if (!sfs->seen)
		return -ENOMEM;
	ret = card_sfs(sfs);
	if (!ret)
		ret = other_sfs(sfs);
	free(sfs->seen);
	return ret;
}

json_t *doc_sf(struct sw *sw, const char *port, struct err *err)
{
	struct doc_sfs sfs = {.sw = sw, .err = err};
	int ret;

	if (doc_nic_open(sw, err))
		return NULL;
	sfs.list = json_array();
	ret = port ? one_sf(&sfs, port) : all_sfs(&sfs);
	json_decref(sfs.rdma);
	if (ret)
		json_decref(sfs.list);
	return doc_checked(ret ? NULL : sfs.list, err);
}
