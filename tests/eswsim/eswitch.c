// SPDX-License-Identifier: GPL-2.0-only
/* eswitch.c - the mode of the embedded switch, its ports, VFs
 *
 * Only in switchdev mode do functions have ports and representors. Everything here
 * runs under the devlink lock of the card.
 */
#include <linux/rtnetlink.h>
#include "eswsim.h"

/* esw_vport_init - an unregistered port with default settings */
void esw_vport_init(struct esw_vport *vport, struct esw_card *card, enum esw_kind kind, u16 id)
{
	vport->card = card;
	vport->kind = kind;
	vport->id = id;
	vport->roce = true;
	vport->max_io_eqs = 8;
	INIT_LIST_HEAD(&vport->tables);
	INIT_LIST_HEAD(&vport->rules);
	esw_bucket_init(&vport->bucket);
}

static void vport_attrs(struct esw_vport *vport)
{
	struct devlink_port *port = &vport->dl_port;
	struct devlink_port_attrs attrs = {
		.flavour = DEVLINK_PORT_FLAVOUR_PHYSICAL,
		.phys.port_number = vport->card->idx,
	};
	bool external = vport->controller != 0;

	if (vport->kind == ESW_PORT_UPLINK) {
		devlink_port_attrs_set(port, &attrs);
		return;
	}
	port->attrs.switch_id = vport->card->switch_id;
	if (vport->kind == ESW_PORT_VF)
		devlink_port_attrs_pci_vf_set(port, vport->controller, vport->card->idx, vport->num,
					      external);
	else
		devlink_port_attrs_pci_sf_set(port, vport->controller, vport->card->idx, vport->num,
					      external);
}

/* esw_vport_add - registers the devlink port of a vport, not its representor */
int esw_vport_add(struct esw_vport *vport, const struct devlink_port_ops *ops)
{
	struct esw_card *card = vport->card;
	u32 index = (card->idx << 16) | vport->id;
	int err;

	memset(&vport->dl_port, 0, sizeof(vport->dl_port));
	vport_attrs(vport);
	err = devl_port_register_with_ops(card->devlink, &vport->dl_port, index, ops);
	if (err)
		return err;
	err = xa_insert(&card->vports, vport->id, vport, GFP_KERNEL);
	if (err)
		goto port;
	if (vport->kind != ESW_PORT_UPLINK) {
		err = devl_rate_leaf_create(&vport->dl_port, vport, NULL);
		if (err)
			goto vports;
	}
	vport->dl_registered = true;
	return 0;
vports:
	xa_erase(&card->vports, vport->id);
port:
	devl_port_unregister(&vport->dl_port);
	return err;
}

/* esw_vport_del - the devlink port goes; its representor has gone before */
void esw_vport_del(struct esw_vport *vport)
{
	if (!vport->dl_registered)
		return;
	vport->dl_registered = false;
	xa_erase(&vport->card->vports, vport->id);
	if (vport->kind != ESW_PORT_UPLINK)
		devl_rate_leaf_destroy(&vport->dl_port);
	RCU_INIT_POINTER(vport->node, NULL);
	devl_port_unregister(&vport->dl_port);
	synchronize_rcu_expedited();
	esw_rules_flush(vport);
}

static void rep_name(struct esw_vport *vport, char *name)
{
	int n = 0;

	if (vport->kind == ESW_PORT_UPLINK) {
		snprintf(name, IFNAMSIZ, "p%d", vport->card->idx);
		return;
	}
	if (vport->controller)
		n = snprintf(name, IFNAMSIZ, "c%u", vport->controller);
	snprintf(name + n, IFNAMSIZ - n, "pf%d%s%u", vport->card->idx,
		 vport->kind == ESW_PORT_VF ? "vf" : "sf", vport->num);
}

/* esw_vport_add_rep - the representor netdev (on the uplink: the uplink netdev) */
int esw_vport_add_rep(struct esw_vport *vport, struct netlink_ext_ack *extack)
{
	struct esw_card *card = vport->card;
	bool uplink = vport->kind == ESW_PORT_UPLINK;
	struct net_device *dev;
	char name[IFNAMSIZ];
	int err;

	err = uplink ? 0 : esw_op(card, ESW_OP_rep_netdev, extack);
	if (err)
		return err;
	rep_name(vport, name);
	dev = esw_netdev_add(card, vport, uplink ? ESW_UPLINK : ESW_REP, card->dev, &vport->dl_port,
			     name);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	rcu_assign_pointer(vport->rep, dev);
	return 0;
}

void esw_vport_del_rep(struct esw_vport *vport)
{
	struct net_device *dev = rcu_dereference_protected(vport->rep, true);

	if (!dev)
		return;
	RCU_INIT_POINTER(vport->rep, NULL);
	esw_netdev_del(dev);
}

static void vf_rep_add(struct esw_vf *vf)
{
	if (esw_vport_add(&vf->vport, &esw_vf_port_ops))
		return;
	if (esw_vport_add_rep(&vf->vport, NULL))
		esw_vport_del(&vf->vport);
}

static void vf_rep_del(struct esw_vf *vf)
{
	esw_vport_del_rep(&vf->vport);
	esw_vport_del(&vf->vport);
}

/* The uplink netdev is the same in both modes; only its switch id comes and goes. */
static void uplink_switch_id(struct esw_card *card, bool on)
{
	struct net_device *dev = rcu_dereference_protected(card->uplink.rep, true);
	struct devlink_port *port = &card->uplink.dl_port;

	if (!dev)
		return;
	rtnl_lock();
	memset(&port->attrs.switch_id, 0, sizeof(port->attrs.switch_id));
	if (on)
		port->attrs.switch_id = card->switch_id;
	port->switch_port = on;
	dev->netns_immutable = on;
	netdev_state_change(dev);
	rtnl_unlock();
}

/* esw_set_mode - changes the mode without asking anyone */
int esw_set_mode(struct esw_card *card, u16 mode, struct netlink_ext_ack *extack)
{
	u32 i;

	if (mode == card->mode)
		return 0;
	if (mode == DEVLINK_ESWITCH_MODE_SWITCHDEV) {
		card->mode = mode;
		uplink_switch_id(card, true);
		for (i = 0; i < card->num_vfs; i++)
			vf_rep_add(&card->vfs[i]);
		return 0;
	}
	devl_rate_nodes_destroy(card->devlink);
	esw_sfs_del_all(card);
	for (i = 0; i < card->num_vfs; i++)
		vf_rep_del(&card->vfs[i]);
	card->mode = mode;
	uplink_switch_id(card, false);
	return 0;
}

int esw_mode_get(struct devlink *devlink, u16 *mode)
{
	struct esw_card *card = devlink_priv(devlink);

	*mode = card->mode;
	return 0;
}

int esw_mode_set(struct devlink *devlink, u16 mode, struct netlink_ext_ack *extack)
{
	struct esw_card *card = devlink_priv(devlink);
	int err;

	if (mode != DEVLINK_ESWITCH_MODE_LEGACY && mode != DEVLINK_ESWITCH_MODE_SWITCHDEV)
		return -EINVAL;
	if (!card->up || card->flow_count) {
		NL_SET_ERR_MSG_MOD(extack, "Can't change mode, E-Switch is busy");
		return -EBUSY;
	}
	err = esw_op(card, ESW_OP_mode_set, extack);
	return err ?: esw_set_mode(card, mode, extack);
}

static int vf_add(struct esw_card *card, u32 num)
{
	struct esw_vf *vf = &card->vfs[num];
	struct net_device *dev;
	char name[IFNAMSIZ];

	memset(vf, 0, sizeof(*vf));
	esw_vport_init(&vf->vport, card, ESW_PORT_VF, ESW_VF_VPORT + num);
	vf->vport.num = num;
	snprintf(name, sizeof(name), "vf%u", num);
	dev = esw_netdev_add(card, &vf->vport, ESW_FN, NULL, NULL, name);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	ether_addr_copy(vf->vport.hw_addr, dev->dev_addr);
	rcu_assign_pointer(vf->vport.fn, dev);
	if (card->mode == DEVLINK_ESWITCH_MODE_SWITCHDEV)
		vf_rep_add(vf);
	return 0;
}

static void vf_del(struct esw_card *card, u32 num)
{
	struct esw_vf *vf = &card->vfs[num];
	struct net_device *dev = rcu_dereference_protected(vf->vport.fn, true);

	vf_rep_del(vf);
	RCU_INIT_POINTER(vf->vport.fn, NULL);
	esw_netdev_del(dev);
}

/* esw_set_vfs - as sriov_numvfs: from 0 to NUM, or to 0 */
int esw_set_vfs(struct esw_card *card, u32 num)
{
	int err;

	if (num > ESW_MAX_VFS)
		return -ERANGE;
	if (num && card->num_vfs)
		return -EBUSY;
	while (card->num_vfs > num)
		vf_del(card, --card->num_vfs);
	while (card->num_vfs < num) {
		err = vf_add(card, card->num_vfs);
		if (err)
			return err;
		card->num_vfs++;
	}
	return 0;
}

static int vf_hw_addr_set(struct devlink_port *port, const u8 *addr, int len,
			  struct netlink_ext_ack *extack)
{
	struct esw_vport *vport = container_of(port, struct esw_vport, dl_port);
	struct net_device *dev = rcu_dereference_protected(vport->fn, true);
	int err;

	err = esw_hw_addr_set(port, addr, len, extack);
	if (!err && dev) {
		rtnl_lock();
		eth_hw_addr_set(dev, addr);
		rtnl_unlock();
	}
	return err;
}

const struct devlink_port_ops esw_vf_port_ops = {
	.port_fn_hw_addr_get = esw_hw_addr_get,
	.port_fn_hw_addr_set = vf_hw_addr_set,
	.port_fn_roce_get = esw_roce_get,
	.port_fn_roce_set = esw_roce_set,
	.port_fn_max_io_eqs_get = esw_max_io_eqs_get,
	.port_fn_max_io_eqs_set = esw_max_io_eqs_set,
};
