// SPDX-License-Identifier: GPL-2.0-only
/* doctor_nic.c - eswitches and SFs, vDPA, RDMA: what there is of them */
#include <errno.h>
#include <linux/virtio_ids.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "devlink.h"
#include "doctor_int.h"
#include "rdma.h"
#include "sysdev.h"
#include "util.h"
#include "vdpa.h"

/* --- devlink --- */

void doctor_judge_card(struct doctor *d, const struct doctor_card *card)
{
	char hint[256];

	if (card->mode == -EOPNOTSUPP) {
		doctor_say(d, "eswitch", card->handle, DOCTOR_OK, "",
			   "has none: its ports are plain netdevs");
		return;
	}
	if (card->mode < 0) {
		doctor_say(d, "eswitch", card->handle, DOCTOR_WARN, "", "mode not known: %s",
			   card->why);
		return;
	}
	if (card->mode == DEVLINK_MODE_SWITCHDEV) {
		doctor_say(d, "eswitch", card->handle, DOCTOR_OK, "",
			   "switchdev, %u ports, %u of them SFs", card->ports, card->sfs);
		return;
	}
	snprintf(hint, sizeof(hint),
		 "devlink dev eswitch set %s mode switchdev, or eswitch: {handle: %s, mode: "
		 "switchdev} in the file",
		 card->handle, card->handle);
	doctor_say(d, "eswitch", card->handle, DOCTOR_WARN, hint,
		   "mode %s: no representors, no SFs", devlink_mode_name((uint16_t)card->mode));
}

static const char *param_text(const json_t *params, const char *name)
{
	const json_t *value = json_object_get(params, name);

	return !value ? "none" : json_is_true(value) ? "on" : "off";
}

void doctor_judge_sf(struct doctor *d, const char *handle, const json_t *params)
{
	const char *eth = param_text(params, "enable_eth");
	const char *rdma = param_text(params, "enable_rdma");
	const char *vnet = param_text(params, "enable_vnet");
	bool any = !strcmp(eth, "on") || !strcmp(rdma, "on") || !strcmp(vnet, "on");
	char hint[256] = "";

	if (!any)
		snprintf(hint, sizeof(hint),
			 "devlink dev param set %s name enable_eth value true cmode driverinit; "
			 "devlink dev reload %s",
			 handle, handle);
	doctor_say(d, "sf", handle, any ? DOCTOR_OK : DOCTOR_WARN, hint,
		   "enable_eth %s, enable_rdma %s, enable_vnet %s%s", eth, rdma, vnet,
		   any ? "" : ": nothing comes of it");
}

/* Everything that devlink knows: handle -> {"ports", "sfs", "params"} */
struct cards {
	struct doctor *d;
	struct devlink *dl;
	json_t *by_handle;
	unsigned int len;
};

static json_t *card_of(struct cards *cards, const struct devlink_dev *dev)
{
	char handle[DEVLINK_HANDLE_MAX];
	json_t *card;

	devlink_handle_text(dev, handle, sizeof(handle));
	card = json_object_get(cards->by_handle, handle);
	if (card)
		return card;
	card = json_pack("{s:i, s:i, s:{}}", "ports", 0, "sfs", 0, "params");
	json_object_set_new(cards->by_handle, handle, card);
	return card;
}

static void count(json_t *card, const char *key)
{
	json_t *n = json_object_get(card, key);

	json_integer_set(n, json_integer_value(n) + 1);
}

static int add_port(const struct devlink_port *port, void *data)
{
	json_t *card = card_of(data, &port->dev);

	count(card, "ports");
	if (port->flavour == DEVLINK_PORT_FLAVOUR_PCI_SF)
		count(card, "sfs");
	return 0;
}

static int add_param(const struct devlink_dev *dev, const struct devlink_param *param, void *data)
{
	json_t *params = json_object_get(card_of(data, dev), "params");

	json_object_set_new(params, param->name, json_boolean(param->value));
	return 0;
}

static int judge_dev(const struct devlink_dev *dev, void *data)
{
	struct cards *cards = data;
	json_t *seen = card_of(cards, dev), *params = json_object_get(seen, "params");
	char handle[DEVLINK_HANDLE_MAX];
	struct doctor_card card = {.handle = handle};
	uint16_t mode;

	cards->len++;
	devlink_handle_text(dev, handle, sizeof(handle));
	if (json_object_get(params, "enable_eth") || json_object_get(params, "enable_vnet"))
		if (!strcmp(dev->bus, "auxiliary"))
			doctor_judge_sf(cards->d, handle, params);
	card.mode = devlink_eswitch_get(cards->dl, dev, &mode);
	card.why = nl_why(&cards->dl->nl, card.mode);
	if (!card.mode)
		card.mode = mode;
	card.ports = (unsigned int)json_integer_value(json_object_get(seen, "ports"));
	card.sfs = (unsigned int)json_integer_value(json_object_get(seen, "sfs"));
	if (card.mode != -EOPNOTSUPP || strcmp(dev->bus, "auxiliary"))
		doctor_judge_card(cards->d, &card);
	return 0;
}

static void look_at_devlink(struct doctor *d, struct devlink *dl)
{
	struct cards cards = {.d = d, .dl = dl, .by_handle = json_object()};
	int ret;

	ret = devlink_port_walk(dl, NULL, add_port, &cards);
	if (!ret)
		ret = devlink_param_walk(dl, add_param, &cards);
	if (!ret)
		ret = devlink_dev_walk(dl, judge_dev, &cards);
	json_decref(cards.by_handle);
	if (ret == -ENOENT)
		doctor_say(
			d, "devlink", "family", DOCTOR_MISSING,
			"a kernel with the driver of your NIC (mlx5_core with CONFIG_MLX5_ESWITCH "
			"and CONFIG_MLX5_SF, ice); not needed for ports that are plain netdevs",
			"%s: no eswitch:, sf: or vf: ports", nl_why(&dl->nl, ret));
	else if (ret)
		doctor_say(d, "devlink", "devices", DOCTOR_WARN, "", "cannot be listed: %s",
			   nl_why(&dl->nl, ret));
	else if (!cards.len)
		doctor_say(d, "devlink", "devices", DOCTOR_MISSING,
			   "load the driver of your NIC (modprobe mlx5_core)",
			   "no device: no eswitch:, sf: or vf: ports");
	else
		doctor_say(d, "devlink", "devices", DOCTOR_OK, "", "%u", cards.len);
}

static void doctor_devlink(struct doctor *d)
{
	struct devlink dl;
	int ret = devlink_open(&dl);

	if (ret) {
		doctor_say(d, "devlink", "family", DOCTOR_WARN, "", "cannot be asked: %s",
			   strerror(-ret));
		return;
	}
	look_at_devlink(d, &dl);
	devlink_close(&dl);
}

/* --- vDPA --- */

struct mgmts {
	struct doctor *d;
	unsigned int len;
};

static int judge_mgmt(const struct vdpa_mgmt *mgmt, void *data)
{
	bool mac = mgmt->features >> 5 & 1, net = mgmt->classes >> VIRTIO_ID_NET & 1;
	struct mgmts *mgmts = data;
	char handle[VDPA_NAME_MAX + 16];

	snprintf(handle, sizeof(handle), "%s%s%s", mgmt->bus, mgmt->bus[0] ? "/" : "", mgmt->dev);
	mgmts->len += net;
	doctor_say(mgmts->d, "vdpa", handle, DOCTOR_OK, "",
		   net ? "network, %u queues%s" : "not for networks", mgmt->max_vqs,
		   mac ? "" : ", MAC cannot be chosen");
	return 0;
}

static void check_vdpa_driver(struct doctor *d, const char *driver, const char *what)
{
	char path[SYSDEV_PATH_MAX], hint[64];

	if (sysdev_path(path, d->env->sys, "bus/vdpa/drivers/%s", driver))
		return;
	snprintf(hint, sizeof(hint), "modprobe %s", driver);
	if (!access(path, F_OK))
		doctor_say(d, "vdpa", driver, DOCTOR_OK, "", "loaded");
	else
		doctor_say(d, "vdpa", driver, DOCTOR_WARN, hint, "not loaded: no %s", what);
}

static void look_at_vdpa(struct doctor *d, struct vdpa *v)
{
	struct mgmts mgmts = {.d = d};
	int ret = vdpa_mgmt_walk(v, judge_mgmt, &mgmts);

	if (ret == -ENOENT) {
		doctor_say(
			d, "vdpa", "family", DOCTOR_MISSING,
			"modprobe vdpa, or a kernel with CONFIG_VDPA (mlx5: CONFIG_MLX5_VDPA_NET); "
			"not needed without vdpa: ports",
			"%s: no vdpa: ports", nl_why(&v->nl, ret));
		return;
	}
	if (ret)
		doctor_say(d, "vdpa", "management", DOCTOR_WARN, "", "cannot be listed: %s",
			   nl_why(&v->nl, ret));
	else if (!mgmts.len)
		doctor_say(
			d, "vdpa", "management", DOCTOR_MISSING,
			"an SF with enable_vnet, and the driver's vDPA module (modprobe mlx5_vdpa)",
			"no device that vDPA devices could be made on");
	check_vdpa_driver(d, VDPA_DRIVER_VHOST, "/dev/vhost-vdpa-N for virtual machines");
	check_vdpa_driver(d, VDPA_DRIVER_VIRTIO, "virtio netdevs on this host");
}

static void doctor_vdpa(struct doctor *d)
{
	struct vdpa v;
	int ret = vdpa_open(&v);

	if (ret) {
		doctor_say(d, "vdpa", "family", DOCTOR_WARN, "", "cannot be asked: %s",
			   strerror(-ret));
		return;
	}
	look_at_vdpa(d, &v);
	vdpa_close(&v);
}

/* --- RDMA --- */

static int judge_rdma_port(const struct rdma_port *port, void *data)
{
	struct doctor *d = data;
	char object[80], parent[64] = "";

	snprintf(object, sizeof(object), "%s/%u", port->dev, port->port);
	rdma_parent(d->env->sys, port->dev, parent, sizeof(parent));
	doctor_say(d, "rdma", object, DOCTOR_OK, "", "%s%s%s%s%s", rdma_state_name(port->state),
		   port->netdev[0] ? ", netdev " : "", port->netdev, parent[0] ? ", on " : "",
		   parent);
	return 0;
}

static void look_at_rdma(struct doctor *d, struct rdma *r)
{
	bool exclusive = false;
	int ret = rdma_netns_mode(r, &exclusive);

	if (ret == -ENOENT) {
		doctor_say(d, "rdma", "subsystem", DOCTOR_MISSING,
			   "modprobe ib_core, and the driver's RDMA module (modprobe mlx5_ib); not "
			   "needed without rdma: true",
			   "this kernel has no RDMA: no rdma: true");
		return;
	}
	if (ret)
		doctor_say(d, "rdma", "namespaces", DOCTOR_WARN, "Linux 5.2 or newer",
			   "mode not known: %s", nl_why(&r->nl, ret));
	else if (exclusive)
		doctor_say(d, "rdma", "namespaces", DOCTOR_OK, "",
			   "exclusive: a container can have RDMA devices of its own");
	else
		doctor_say(
			d, "rdma", "namespaces", DOCTOR_WARN,
			"rdma system set netns exclusive, at boot: it is refused while there are "
			"network namespaces",
			"shared: a container cannot have RDMA devices of its own");
	ret = rdma_port_walk(r, judge_rdma_port, d);
	if (ret)
		doctor_say(d, "rdma", "devices", DOCTOR_WARN, "", "cannot be listed: %s",
			   nl_why(&r->nl, ret));
}

static void doctor_rdma(struct doctor *d)
{
	struct rdma r;
	int ret = rdma_open(&r);

	if (ret) {
		doctor_say(d, "rdma", "subsystem", DOCTOR_WARN, "", "cannot be asked: %s",
			   strerror(-ret));
		return;
	}
	look_at_rdma(d, &r);
	rdma_close(&r);
}

void doctor_nic(struct doctor *d)
{
	doctor_devlink(d);
	doctor_vdpa(d);
	doctor_rdma(d);
}
