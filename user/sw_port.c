// SPDX-License-Identifier: GPL-2.0-only
/* sw_port.c - the steps that prepare one port before the flip, and settle it after
 *
 * A netdev is attached while the programs do not know it yet: its frames go
 * untouched to the kernel, as they did before, until the flip makes it a port.
 */
#include <errno.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

#define RXVLAN "rx-vlan-hw-parse"

static struct rtnl *rtnl_of(const struct move *m)
{
	return &m->ch->sw->rtnl;
}

static int failed(struct err *err, struct rtnl *rtnl, int ret, const char *what, const char *name)
{
	const char *extack = rtnl->route.extack;

	return err_set(err, ret, "%s '%s': %s%s%s%s", what, name, strerror(-ret),
		       *extack ? " (" : "", extack, *extack ? ")" : "");
}

int sw_port_choose(struct move *m, struct err *err)
{
	struct attach_mode none = {0}, now = m->fresh ? none : m->old.attach.mode;
	struct attach_env *env;
	char text[256] = "";
	int ret;

	env = sw_env(m->ch->sw, m->ch->conf.tc_pref);
	ret = attach_choose(env, &m->link, m->conf->attach, m->conf->xdp_shared, &now, &m->mode,
			    text, sizeof(text), err);
	if (ret)
		return ret;
	if (*text)
		sw_warn(m->ch, "%s", text);
	m->choose = false;
	if (memcmp(&m->mode, &now, sizeof(now)))
		m->attach = true;
	return 0;
}

/* Drivers change what they take with the attachment: read after it. */
void sw_port_refresh(struct move *m, struct err *err)
{
	uint64_t features = 0;
	uint32_t flags = 0;

	(void)err;
	if (!m->link.ifindex)
		return;
	if (!rtnl_is_representor(m->link.phys_port))
		rtnl_xdp_features(rtnl_of(m), m->link.ifindex, &features);
	if (features & RTNL_XDP_NDO_XMIT)
		flags |= REPX_PORT_XMIT;
	if ((features & RTNL_XDP_NDO_XMIT) && (features & RTNL_XDP_NDO_XMIT_SG))
		flags |= REPX_PORT_XMIT_SG;
	if (m->mode.xdp == ATTACH_XDP_NATIVE && !strcmp(m->link.kind, "veth"))
		flags |= REPX_PORT_VETH;
	if (m->mode.xdp == ATTACH_XDP_GENERIC)
		flags |= REPX_PORT_GENERIC;
	m->port->xmit_flags = flags;
}

/* The netdev is gone and took everything but our own pins and entries. */
static int dead_run(void *arg, struct err *err)
{
	struct move *m = arg;
	struct attach_state state = m->old.attach;
	struct attach_env *env;
	int ret;

	env = sw_env(m->ch->sw, m->ch->conf.tc_pref);
	ret = attach_clear(env, m->old.ifindex, m->old.slot, &state, err);
	if (!ret)
		ret = sw_map_iface_del(m->ch->sw, m->old.ifindex);
	return ret ? ret : sw_map_tx_del(m->ch->sw, m->old.slot);
}

static int up_run(void *arg, struct err *err)
{
	struct move *m = arg;
	int ret = rtnl_link_set_up(rtnl_of(m), m->link.ifindex, true);

	return ret ? failed(err, rtnl_of(m), ret, "set up", m->link.name) : 0;
}

static int up_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return rtnl_link_set_up(rtnl_of(m), m->link.ifindex, false);
}

static int promisc_run(void *arg, struct err *err)
{
	struct move *m = arg;
	int ret = rtnl_link_set_promisc(rtnl_of(m), m->link.ifindex, true);

	return ret ? failed(err, rtnl_of(m), ret, "set promiscuous", m->link.name) : 0;
}

static int promisc_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return rtnl_link_set_promisc(rtnl_of(m), m->link.ifindex, false);
}

/* Where tags cannot be kept in the frame XDP would not see them: auto then does
 * without it, a port that asks for it is refused. */
static int rxvlan_run(void *arg, struct err *err)
{
	struct move *m = arg;
	int ret = rtnl_feature_set(rtnl_of(m), m->link.ifindex, RXVLAN, false);

	if (!ret)
		return 0;
	m->rxvlan_off = m->port->set_rxvlan = false;
	if (m->conf->attach == CONF_ATTACH_AUTO) {
		m->mode.xdp = ATTACH_XDP_NONE;
		sw_warn(m->ch, "attach '%s': VLAN stripping cannot be turned off: tc alone is used",
			m->link.name);
		return 0;
	}
	return err_set(err, ret, "set '%s' " RXVLAN " off: %s (attach: tc does without)",
		       m->link.name, strerror(-ret));
}

static int rxvlan_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return m->rxvlan_off ? rtnl_feature_set(rtnl_of(m), m->link.ifindex, RXVLAN, true) : 0;
}

static int slot_run(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return bpf_obj_clear_slot(&m->ch->sw->obj, m->port->slot);
}

static int iface_run(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return sw_map_iface_set(m->ch->sw, m->link.ifindex, m->port->slot);
}

static int iface_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return sw_map_iface_del(m->ch->sw, m->link.ifindex);
}

static int guard_run(void *arg, struct err *err)
{
	struct move *m = arg;
	int ret = sw_guard_fill(m->ch->sw, m->port->guard, &m->conf->guard);

	if (!ret)
		return 0;
	sw_guard_empty(m->ch->sw, m->port->guard, &m->conf->guard);
	return err_set(err, ret, "fill the guard of port '%s': %s", m->conf->name, strerror(-ret));
}

static int guard_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return sw_guard_empty(m->ch->sw, m->port->guard, &m->conf->guard);
}

static int attach_run(void *arg, struct err *err)
{
	struct move *m = arg;
	struct attach_env *env;

	env = sw_env(m->ch->sw, m->ch->conf.tc_pref);
	return attach_set(env, &m->link, m->port->slot, &m->mode, &m->port->attach, err);
}

/* Back to the programs from before an upgrade, too. */
static int attach_undo(void *arg, struct err *err)
{
	struct move *m = arg;
	struct attach_env *env;

	env = sw_env(m->ch->sw, m->ch->old_pref);
	if (m->ch->reload) {
		env->xdp_fd = m->ch->old_obj.xdp_prog;
		env->tc_fd = m->ch->old_obj.tc_prog;
	}
	if (m->fresh)
		return attach_clear(env, m->link.ifindex, m->port->slot, &m->port->attach, err);
	return attach_set(env, &m->link, m->port->slot, &m->old.attach.mode, &m->port->attach, err);
}

static bool goes_up(const struct move *m)
{
	return m->link.ifindex && m->port->set_up && m->fresh;
}

bool sw_port_opens(const struct move *m)
{
	return goes_up(m) && rtnl_is_representor(m->link.phys_port);
}

void sw_port_prepare(struct move *m)
{
	struct steps *steps = &m->ch->steps;
	const char *name = m->conf->name, *dev = m->link.name;

	if (!m->link.ifindex)
		return;
	if (goes_up(m) && !sw_port_opens(m))
		steps_add(steps, up_run, up_undo, m, "set '%s' up", dev);
	if (m->promisc_on)
		steps_add(steps, promisc_run, promisc_undo, m, "set '%s' promiscuous", dev);
	if (m->rxvlan_off)
		steps_add(steps, rxvlan_run, rxvlan_undo, m, "set '%s' " RXVLAN " off", dev);
	if (!m->old_conf || m->port->slot != m->old.slot || m->old_conf->pool)
		steps_add(steps, slot_run, NULL, m, "clear the counters of port '%s'", name);
	if (m->guard_new)
		steps_add(steps, guard_run, guard_undo, m, "fill the guard of port '%s'", name);
	if (m->ifaces)
		steps_add(steps, iface_run, iface_undo, m, "make '%s' known", dev);
	if (m->attach)
		steps_add(steps, attach_run, attach_undo, m, "attach '%s'", dev);
}

void sw_port_open(struct move *m)
{
	if (sw_port_opens(m))
		steps_add(&m->ch->steps, up_run, up_undo, m, "set '%s' up", m->link.name);
}

void sw_port_bury(struct move *m)
{
	if (m->flush)
		steps_add(&m->ch->steps, dead_run, NULL, m, "forget the lost netdev of port '%s'",
			  m->conf->name);
}

static int tx_run(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	m->tx_was = sw_map_tx_get(m->ch->sw, m->port->slot);
	return sw_map_tx_set(m->ch->sw, m->port->slot, m->link.ifindex);
}

static int tx_restore(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	if (m->tx_was)
		return sw_map_tx_set(m->ch->sw, m->port->slot, m->tx_was);
	return sw_map_tx_del(m->ch->sw, m->port->slot);
}

void sw_port_tx(struct move *m)
{
	if (!(m->port->xmit_flags & REPX_PORT_XMIT))
		return;
	if (sw_map_tx_get(m->ch->sw, m->port->slot) != m->link.ifindex)
		steps_add(&m->ch->steps, tx_run, tx_restore, m, "make '%s' an XDP target",
			  m->link.name);
}

static int tx_del_run(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	m->tx_was = sw_map_tx_get(m->ch->sw, m->port->slot);
	return sw_map_tx_del(m->ch->sw, m->port->slot);
}

static int rxvlan_on_run(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return rtnl_feature_set(rtnl_of(m), m->link.ifindex, RXVLAN, true);
}

static int rxvlan_on_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return rtnl_feature_set(rtnl_of(m), m->link.ifindex, RXVLAN, false);
}

static int old_guard_run(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return sw_guard_empty(m->ch->sw, m->old.guard, &m->old_conf->guard);
}

static int old_guard_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	(void)err;
	return sw_guard_fill(m->ch->sw, m->old.guard, &m->old_conf->guard);
}

void sw_port_settle(struct move *m)
{
	struct steps *steps = &m->ch->steps;
	const char *dev = m->link.name;

	if (m->guard_gone)
		steps_add(steps, old_guard_run, old_guard_undo, m,
			  "empty the old guard of port '%s'", m->conf->name);
	if (!m->link.ifindex)
		return;
	if (m->promisc_off)
		steps_add(steps, promisc_undo, promisc_run, m, "set '%s' not promiscuous", dev);
	if (m->rxvlan_on)
		steps_add(steps, rxvlan_on_run, rxvlan_on_undo, m, "set '%s' " RXVLAN " on", dev);
	if (!(m->port->xmit_flags & REPX_PORT_XMIT) && sw_map_tx_get(m->ch->sw, m->port->slot))
		steps_add(steps, tx_del_run, tx_restore, m, "make '%s' no XDP target", dev);
}
