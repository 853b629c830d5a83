// SPDX-License-Identifier: GPL-2.0-only
/* sf.c - subfunctions: their ports, their settings, and what happens to them later
 *
 * The hardware state of a function changes by events some time after the command:
 *
 *	port new -> ALLOCATED -(state active)-> ACTIVE -(attach: auxiliary device)->
 *	ACTIVE -(opstate)-> IN_USE -(state inactive)-> TEARDOWN -(detach)-> ALLOCATED
 *
 * No notification is sent for any of it. A port deleted while its function is in
 * use leaves its table entry taken until the detach event. All under the devlink
 * lock of the card.
 */
#include "eswsim.h"

static const char *const state_names[] = {"allocated", "active", "in_use", "teardown"};
static const struct devlink_port_ops sf_port_ops;

const char *esw_sf_state_name(const struct esw_sf *sf)
{
	return state_names[sf->state];
}

static struct esw_sf *port_sf(struct devlink_port *port)
{
	return container_of(port, struct esw_sf, vport.dl_port);
}

static void sf_later(struct esw_sf *sf, enum esw_event event, enum esw_op op)
{
	unsigned long delay = esw_op_delay(sf->vport.card, op);

	sf->event = event;
	sf->due = jiffies + delay;
	mod_delayed_work(system_wq, &sf->vport.card->events, 0);
}

static int new_refusal(struct esw_card *card, const struct devlink_port_new_attrs *attrs,
		       struct netlink_ext_ack *extack)
{
	if (attrs->flavour != DEVLINK_PORT_FLAVOUR_PCI_SF)
		NL_SET_ERR_MSG_MOD(extack, "Driver supports only SF port addition");
	else if (attrs->port_index_valid)
		NL_SET_ERR_MSG_MOD(extack, "Port index can't be chosen by the user");
	else if (!attrs->sfnum_valid)
		NL_SET_ERR_MSG_MOD(extack, "A unique sfnum must be given");
	else if (attrs->controller_valid && attrs->controller && !card->ecpf)
		NL_SET_ERR_MSG_MOD(extack, "External controller is unsupported");
	else if (attrs->pfnum != card->idx)
		NL_SET_ERR_MSG_MOD(extack, "Invalid pfnum supplied");
	else if (!card->max_sfs)
		NL_SET_ERR_MSG_MOD(extack, "SF ports are not supported");
	else if (card->mode != DEVLINK_ESWITCH_MODE_SWITCHDEV)
		NL_SET_ERR_MSG_MOD(extack, "SF ports are only supported in eswitch switchdev mode");
	else
		return 0;
	return -EOPNOTSUPP;
}

static int sf_id_alloc(struct esw_card *card, u32 controller, u32 sfnum,
		       struct netlink_ext_ack *extack)
{
	struct esw_sf *sf;
	u16 id = ESW_SF_VPORT;

	list_for_each_entry(sf, &card->sfs, list)
		if (sf->vport.num == sfnum && sf->vport.controller == controller) {
			NL_SET_ERR_MSG_MOD(extack, "SF already exists. Choose different sfnum");
			return -EEXIST;
		}
	if (card->sf_count >= card->max_sfs) {
		NL_SET_ERR_MSG_MOD(extack, "No free SF");
		return -ENOSPC;
	}
	list_for_each_entry(sf, &card->sfs, list) { /* sorted */
		if (sf->vport.id != id)
			break;
		id++;
	}
	return id;
}

static void sf_link(struct esw_card *card, struct esw_sf *new)
{
	struct esw_sf *sf;

	list_for_each_entry(sf, &card->sfs, list)
		if (sf->vport.id > new->vport.id)
			break;
	list_add_tail(&new->list, &sf->list);
	card->sf_count++;
}

static void sf_free(struct esw_sf *sf)
{
	list_del(&sf->list);
	sf->vport.card->sf_count--;
	kfree_rcu(sf, rcu);
}

/* The representor comes with the port, or by itself some time after it */
static int sf_rep_add(struct esw_sf *sf, struct netlink_ext_ack *extack)
{
	struct esw_card *card = sf->vport.card;

	if (!card->knob[ESW_OP_late_rep].delay_ms)
		return esw_vport_add_rep(&sf->vport, extack);
	sf->rep_late = true;
	sf->rep_due = jiffies + esw_op_delay(card, ESW_OP_late_rep);
	mod_delayed_work(system_wq, &card->events, 0);
	return 0;
}

/* esw_port_new - devlink port add HANDLE flavour pcisf pfnum N sfnum N */
int esw_port_new(struct devlink *devlink, const struct devlink_port_new_attrs *attrs,
		 struct netlink_ext_ack *extack, struct devlink_port **port)
{
	struct esw_card *card = devlink_priv(devlink);
	u32 controller = attrs->controller_valid ? attrs->controller : 0;
	struct esw_sf *sf;
	int id, err;

	err = new_refusal(card, attrs, extack);
	if (err)
		return err;
	if (controller > 1) {
		NL_SET_ERR_MSG_MOD(extack, "Invalid controller number");
		return -EINVAL;
	}
	err = esw_op(card, ESW_OP_port_new, extack);
	if (err)
		return err;
	id = sf_id_alloc(card, controller, attrs->sfnum, extack);
	if (id < 0)
		return id;
	sf = kzalloc(sizeof(*sf), GFP_KERNEL);
	if (!sf)
		return -ENOMEM;
	esw_vport_init(&sf->vport, card, ESW_PORT_SF, id);
	sf->vport.controller = controller;
	sf->vport.num = attrs->sfnum;
	sf->external = controller != 0;
	sf_link(card, sf);
	err = esw_vport_add(&sf->vport, &sf_port_ops);
	if (err)
		goto free;
	err = sf_rep_add(sf, extack);
	if (err)
		goto vport;
	*port = &sf->vport.dl_port;
	return 0;
vport:
	esw_vport_del(&sf->vport);
free:
	sf_free(sf);
	return err;
}

/* The port goes at once, the function when it has let go of the hardware. */
static void sf_port_remove(struct esw_sf *sf)
{
	sf->rep_late = false;
	esw_vport_del_rep(&sf->vport);
	esw_vport_del(&sf->vport);
	sf->pending_delete = true;
	if (sf->state == ESW_HW_ALLOCATED) {
		sf_free(sf);
		return;
	}
	if (sf->state == ESW_HW_ACTIVE || sf->state == ESW_HW_IN_USE) {
		sf->state = ESW_HW_TEARDOWN;
		sf_later(sf, ESW_EV_DETACH, ESW_OP_detach);
	}
}

static int sf_port_del(struct devlink *devlink, struct devlink_port *port,
		       struct netlink_ext_ack *extack)
{
	struct esw_sf *sf = port_sf(port);
	int err;

	err = esw_op(sf->vport.card, ESW_OP_port_del, extack);
	if (err)
		return err;
	sf_port_remove(sf);
	return 0;
}

int esw_hw_addr_get(struct devlink_port *port, u8 *addr, int *len, struct netlink_ext_ack *extack)
{
	struct esw_vport *vport = container_of(port, struct esw_vport, dl_port);

	ether_addr_copy(addr, vport->hw_addr);
	*len = ETH_ALEN;
	return 0;
}

int esw_hw_addr_set(struct devlink_port *port, const u8 *addr, int len,
		    struct netlink_ext_ack *extack)
{
	struct esw_vport *vport = container_of(port, struct esw_vport, dl_port);
	int err;

	err = esw_op(vport->card, ESW_OP_hw_addr_set, extack);
	if (err)
		return err;
	if (len != ETH_ALEN || is_multicast_ether_addr(addr)) {
		NL_SET_ERR_MSG_MOD(extack, "Invalid address");
		return -EINVAL;
	}
	ether_addr_copy(vport->hw_addr, addr);
	return 0;
}

int esw_roce_get(struct devlink_port *port, bool *on, struct netlink_ext_ack *extack)
{
	*on = container_of(port, struct esw_vport, dl_port)->roce;
	return 0;
}

int esw_roce_set(struct devlink_port *port, bool on, struct netlink_ext_ack *extack)
{
	struct esw_vport *vport = container_of(port, struct esw_vport, dl_port);
	int err;

	err = esw_op(vport->card, ESW_OP_roce_set, extack);
	if (err)
		return err;
	vport->roce = on;
	return 0;
}

int esw_max_io_eqs_get(struct devlink_port *port, u32 *eqs, struct netlink_ext_ack *extack)
{
	*eqs = container_of(port, struct esw_vport, dl_port)->max_io_eqs;
	return 0;
}

int esw_max_io_eqs_set(struct devlink_port *port, u32 eqs, struct netlink_ext_ack *extack)
{
	struct esw_vport *vport = container_of(port, struct esw_vport, dl_port);
	int err;

	err = esw_op(vport->card, ESW_OP_max_io_eqs_set, extack);
	if (err)
		return err;
	if (eqs > vport->card->max_eqs) {
		NL_SET_ERR_MSG_MOD(extack, "Requested value is out of range");
		return -EINVAL;
	}
	vport->max_io_eqs = eqs;
	return 0;
}

static int sf_state_get(struct devlink_port *port, enum devlink_port_fn_state *state,
			enum devlink_port_fn_opstate *opstate, struct netlink_ext_ack *extack)
{
	struct esw_sf *sf = port_sf(port);
	bool active = sf->state == ESW_HW_ACTIVE || sf->state == ESW_HW_IN_USE;
	bool attached = sf->state == ESW_HW_IN_USE || sf->state == ESW_HW_TEARDOWN;

	*state = active ? DEVLINK_PORT_FN_STATE_ACTIVE : DEVLINK_PORT_FN_STATE_INACTIVE;
	*opstate = attached ? DEVLINK_PORT_FN_OPSTATE_ATTACHED : DEVLINK_PORT_FN_OPSTATE_DETACHED;
	return 0;
}

static int sf_activate(struct esw_sf *sf, struct netlink_ext_ack *extack)
{
	if (sf->state == ESW_HW_ACTIVE || sf->state == ESW_HW_IN_USE)
		return 0;
	if (sf->state == ESW_HW_TEARDOWN) {
		NL_SET_ERR_MSG_MOD(extack, "SF is inactivated but it is still attached");
		return -EBUSY;
	}
	sf->state = ESW_HW_ACTIVE;
	sf_later(sf, ESW_EV_ATTACH, ESW_OP_attach);
	return 0;
}

static int sf_deactivate(struct esw_sf *sf)
{
	if (sf->state != ESW_HW_ACTIVE && sf->state != ESW_HW_IN_USE)
		return 0;
	sf->state = ESW_HW_TEARDOWN;
	sf_later(sf, ESW_EV_DETACH, ESW_OP_detach);
	return 0;
}

static int sf_state_set(struct devlink_port *port, enum devlink_port_fn_state state,
			struct netlink_ext_ack *extack)
{
	struct esw_sf *sf = port_sf(port);
	int err;

	err = esw_op(sf->vport.card, ESW_OP_state_set, extack);
	if (err)
		return err;
	return state == DEVLINK_PORT_FN_STATE_ACTIVE ? sf_activate(sf, extack) : sf_deactivate(sf);
}

static const struct devlink_port_ops sf_port_ops = {
	.port_del = sf_port_del,
	.port_fn_hw_addr_get = esw_hw_addr_get,
	.port_fn_hw_addr_set = esw_hw_addr_set,
	.port_fn_roce_get = esw_roce_get,
	.port_fn_roce_set = esw_roce_set,
	.port_fn_max_io_eqs_get = esw_max_io_eqs_get,
	.port_fn_max_io_eqs_set = esw_max_io_eqs_set,
	.port_fn_state_get = sf_state_get,
	.port_fn_state_set = sf_state_set,
};

/* The function of another host's SF is not managed here: it has its netdev at once */
static int external_attach(struct esw_sf *sf)
{
	struct esw_vport *vport = &sf->vport;
	struct net_device *dev;
	char name[IFNAMSIZ];

	snprintf(name, sizeof(name), "c%usf%u", vport->controller, vport->num);
	dev = esw_netdev_add(vport->card, vport, ESW_FN, NULL, NULL, name);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	rcu_assign_pointer(vport->fn, dev);
	return 0;
}

static void external_detach(struct esw_sf *sf)
{
	struct net_device *dev = rcu_dereference_protected(sf->vport.fn, true);

	if (!dev)
		return;
	RCU_INIT_POINTER(sf->vport.fn, NULL);
	esw_netdev_del(dev);
}

/* A fault in `attach` leaves the function active and without its device. */
static void sf_attach(struct esw_sf *sf)
{
	struct esw_card *card = sf->vport.card;
	unsigned int delay = card->knob[ESW_OP_attach].delay_ms;
	int err;

	card->knob[ESW_OP_attach].delay_ms = 0; /* it has been waited for */
	err = esw_op(card, ESW_OP_attach, NULL);
	card->knob[ESW_OP_attach].delay_ms = delay;
	if (!err)
		err = sf->external ? external_attach(sf) : esw_sfdev_add(sf);
	if (err) {
		dev_warn(card->dev, "SF %u did not attach: %d\n", sf->vport.num, err);
		return;
	}
	sf_later(sf, ESW_EV_OPSTATE, ESW_OP_opstate);
}

static void sf_detach(struct esw_sf *sf)
{
	if (sf->external)
		external_detach(sf);
	else
		esw_sfdev_del(sf);
	sf->state = ESW_HW_ALLOCATED;
	if (sf->pending_delete)
		sf_free(sf);
}

static void sf_event(struct esw_sf *sf)
{
	enum esw_event event = sf->event;

	sf->event = ESW_EV_NONE;
	if (event == ESW_EV_ATTACH)
		sf_attach(sf);
	else if (event == ESW_EV_OPSTATE)
		sf->state = ESW_HW_IN_USE;
	else if (event == ESW_EV_DETACH)
		sf_detach(sf);
}

static void sf_late_rep(struct esw_sf *sf)
{
	sf->rep_late = false;
	if (!sf->vport.card->knob[ESW_OP_late_rep].errno)
		esw_vport_add_rep(&sf->vport, NULL);
}

/* The earlier of *next and what this SF waits for */
static void sf_next(const struct esw_sf *sf, unsigned long *next)
{
	if (sf->event != ESW_EV_NONE && (!*next || time_before(sf->due, *next)))
		*next = sf->due ?: 1;
	if (sf->rep_late && (!*next || time_before(sf->rep_due, *next)))
		*next = sf->rep_due ?: 1;
}

/* esw_sf_events - does what is due, and comes back when the next is */
void esw_sf_events(struct work_struct *work)
{
	struct esw_card *card = container_of(work, struct esw_card, events.work);
	unsigned long next = 0;
	struct esw_sf *sf, *tmp;

	devl_lock(card->devlink);
	list_for_each_entry_safe(sf, tmp, &card->sfs, list) {
		if (sf->rep_late && time_after_eq(jiffies, sf->rep_due))
			sf_late_rep(sf);
		if (sf->event != ESW_EV_NONE && time_after_eq(jiffies, sf->due))
			sf_event(sf);
	}
	list_for_each_entry(sf, &card->sfs, list)
		sf_next(sf, &next);
	if (next)
		mod_delayed_work(system_wq, &card->events,
				 time_after(next, jiffies) ? next - jiffies : 0);
	devl_unlock(card->devlink);
}

/* esw_sf_kick - what functions have in front of them happens now, one step each */
void esw_sf_kick(struct esw_card *card)
{
	struct esw_sf *sf;

	devl_lock(card->devlink);
	list_for_each_entry(sf, &card->sfs, list) {
		sf->due = jiffies;
		sf->rep_due = jiffies;
	}
	devl_unlock(card->devlink);
	mod_delayed_work(system_wq, &card->events, 0);
	flush_delayed_work(&card->events);
}

/* esw_sfs_del_all - legacy mode, reset or removal: nothing waits */
void esw_sfs_del_all(struct esw_card *card)
{
	struct esw_sf *sf, *tmp;

	list_for_each_entry_safe(sf, tmp, &card->sfs, list) {
		esw_vport_del_rep(&sf->vport);
		esw_vport_del(&sf->vport);
		sf->pending_delete = true;
		sf_detach(sf);
	}
}
