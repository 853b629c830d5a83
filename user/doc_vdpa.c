// SPDX-License-Identifier: GPL-2.0-only
/* doc_vdpa.c - the document of vdpa show, and what sysfs says of a vDPA device */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "doc.h"
#include "doc_conf.h"
#include "doc_nic.h"
#include "sysdev.h"
#include "util.h"

int doc_nic_open(struct sw *sw, struct err *err)
{
	return nic_open(&sw->nic, &sw->rtnl, err);
}

json_t *doc_text(const char *text)
{
	return text[0] ? json_string(text) : json_null();
}

json_t *doc_features(uint64_t features)
{
	json_t *list = json_array();
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		if (features >> bit & 1)
			json_array_append_new(list, vdpa_feature_name(bit)
							    ? json_string(vdpa_feature_name(bit))
							    : json_sprintf("%u", bit));
	return list;
}

/* A vDPA device is a child of the device it is made on, and of the bus vdpa. */
int doc_vdpa_on(const char *sys, const char *aux, char *name, size_t size)
{
	char folder[SYSDEV_PATH_MAX], path[SYSDEV_PATH_MAX], bus[32];
	int ret = sysdev_path(folder, sys, "bus/auxiliary/devices/%s", aux);
	struct dirent *e;
	DIR *dir;

	if (ret || !aux[0])
		return ret ? ret : -ENOENT;
	dir = opendir(folder);
	if (!dir)
		return -errno;
	ret = -ENOENT;
	while (ret && (e = readdir(dir))) {
		if (e->d_name[0] == '.' || sysdev_path(path, folder, "%s/subsystem", e->d_name) ||
		    sysdev_link(path, bus, sizeof(bus)) || strcmp(bus, "vdpa"))
			continue;
		ret = str_copy(name, size, e->d_name) ? -ENAMETOOLONG : 0;
		break;
	}
	closedir(dir);
	return ret;
}

void doc_vdpa_place(json_t *doc, struct nic *nic, const char *name)
{
	char driver[VDPA_NAME_MAX] = "", node[VDPA_NAME_MAX] = "";
	struct rtnl_link link = {0};

	/* not there, or not of this network namespace: null */
	vdpa_driver(nic->sys, name, driver, sizeof(driver));
	vdpa_node(nic->sys, name, node, sizeof(node));
	if (!strcmp(driver, VDPA_DRIVER_VIRTIO))
		vdpa_netdev(nic->rtnl, nic->sys, name, &link);
	json_object_set_new(doc, "driver", json_string(driver));
	json_object_set_new(doc, "node", doc_text(node));
	json_object_set_new(doc, "netdev", doc_text(link.name));
}

json_t *doc_vdpa_user(struct nic *nic, const char *name)
{
	char user[64] = "";

	nic_vdpa_user(nic, name, user, sizeof(user));
	return doc_text(user);
}

/* --- vdpa show --- */

/* What the kernel tells of one device. Gone between two questions, or of the first
 * network namespace only: no error, and dev.name "". */
static int ask(struct nic *nic, const char *name, struct vdpa_dev *dev, struct vdpa_config *config,
	       struct err *err)
{
	int ret;

	*dev = (struct vdpa_dev){0};
	*config = (struct vdpa_config){0};
	ret = vdpa_dev_get(&nic->vdpa, name, dev);
	if (!ret)
		ret = vdpa_config_get(&nic->vdpa, name, config);
	if (!ret || ret == -ENODEV || ret == -ENOENT)
		return 0;
	return err_set(err, ret, "show vDPA device '%s': %s", name, nl_why(&nic->vdpa.nl, ret));
}

static json_t *number(const struct vdpa_config *c, uint32_t has, unsigned int value)
{
	return c->has & has ? json_integer(value) : json_null();
}

static json_t *mgmt_text(const struct vdpa_dev *dev)
{
	if (!dev->mgmt[0])
		return json_null();
	return json_sprintf("%s%s%s", dev->bus, dev->bus[0] ? "/" : "", dev->mgmt);
}

/* The name that a port's device has or is to have; NULL: there is none. */
static const char *name_of(const struct sw *sw, size_t index)
{
	if (sw->ports[index].fn.vdpa[0])
		return sw->ports[index].fn.vdpa;
	return sw->conf.ports[index].vdpa.on ? sw->conf.ports[index].vdpa.name : NULL;
}

/* What its driver agreed to, or until then what it is offered */
static json_t *features(const struct vdpa_config *c)
{
	return doc_features(c->has & VDPA_HAS_FEATURES ? c->features : c->offered);
}

static json_t *device_doc(struct sw *sw, size_t index, struct err *err)
{
	const struct sw_port *at = &sw->ports[index];
	const char *name = name_of(sw, index);
	struct vdpa_config c;
	struct vdpa_dev dev;
	json_t *doc;

	if (ask(&sw->nic, name, &dev, &c, err))
		return NULL;
	doc = json_pack("{s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:b}", "name", name, "port",
			sw->conf.ports[index].name, "owner", sw_owner_name(at->owner), "made",
			(int)at->fn.vdpa_made, "mgmtdev", mgmt_text(&dev), "mac",
			c.has & VDPA_HAS_MAC ? doc_mac(c.mac) : json_null(), "mtu",
			number(&c, VDPA_HAS_MTU, c.mtu), "max_vqp",
			number(&c, VDPA_HAS_MAX_VQP, c.max_vqp), "features", features(&c),
			"negotiated", c.has & VDPA_HAS_FEATURES ? 1 : 0);
	doc_vdpa_place(doc, &sw->nic, name);
	json_object_set_new(doc, "in_use_by", doc_vdpa_user(&sw->nic, name));
	return doc_checked(doc, err);
}

/* @name NULL: all */
static json_t *device_list(struct sw *sw, const char *name, struct err *err)
{
	json_t *list = json_array(), *doc;
	size_t i;

	for (i = 0; i < sw->conf.ports_len; i++) {
		if (!name_of(sw, i) || (name && strcmp(name, name_of(sw, i))))
			continue;
		doc = device_doc(sw, i, err);
		if (!doc) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, doc);
	}
	return doc_checked(list, err);
}

int doc_vdpa_port(const struct sw *sw, const char *name, struct err *err)
{
	size_t i;

	for (i = 0; i < sw->conf.ports_len; i++)
		if (name_of(sw, i) && !strcmp(name_of(sw, i), name))
			return (int)i;
	return err_set(err, -ENOENT,
		       "find vDPA device '%s': no port of '%s' has it (repx vdpa show lists them)",
		       name, sw->name);
}

json_t *doc_vdpas(struct sw *sw, const char *name, struct err *err)
{
	if (name && doc_vdpa_port(sw, name, err) < 0)
		return NULL;
	return doc_nic_open(sw, err) ? NULL : device_list(sw, name, err);
}
