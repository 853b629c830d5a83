// SPDX-License-Identifier: GPL-2.0-only
/* sw_gone.c - the steps that take a port off its netdev, after the flip
 *
 * The programs do not know the port any more. Settings are put back only where
 * repx made them and they are still as it made them.
 */
#include <errno.h>
#include <string.h>

#include "sw_int.h"

#define RXVLAN "rx-vlan-hw-parse"

static struct rtnl *rtnl_of(const struct gone *g)
{
	return &g->ch->sw->rtnl;
}

static struct attach_env *env_of(const struct gone *g)
{
	struct attach_env *env = sw_env(g->ch->sw, g->ch->old_pref);

	if (g->ch->reload) {
		env->xdp_fd = g->ch->old_obj.xdp_prog;
		env->tc_fd = g->ch->old_obj.tc_prog;
	}
	return env;
}

static int clear_run(void *arg, struct err *err)
{
	struct gone *g = arg;
	struct attach_state state = g->port.attach;
	struct attach_env *env;

	env = env_of(g);
	return attach_clear(env, g->port.ifindex, g->port.slot, &state, err);
}

static int clear_undo(void *arg, struct err *err)
{
	struct gone *g = arg;
	struct attach_state state = {0};
	struct attach_env *env;

	if (!g->link.ifindex)
		return 0;
	env = env_of(g);
	return attach_set(env, &g->link, g->port.slot, &g->port.attach.mode, &state, err);
}

static int maps_run(void *arg, struct err *err)
{
	struct gone *g = arg;
	uint32_t slot;
	int ret = 0;

	(void)err;
	/* it may be another port's netdev by now */
	if (!sw_map_iface_get(g->ch->sw, g->port.ifindex, &slot) && slot == g->port.slot)
		ret = sw_map_iface_del(g->ch->sw, g->port.ifindex);
	return ret ? ret : sw_map_tx_del(g->ch->sw, g->port.slot);
}

static int maps_undo(void *arg, struct err *err)
{
	struct gone *g = arg;
	uint32_t slot;
	int ret = 0;

	(void)err;
	if (sw_map_iface_get(g->ch->sw, g->port.ifindex, &slot))
		ret = sw_map_iface_set(g->ch->sw, g->port.ifindex, g->port.slot);
	if (!ret && g->had_tx && g->link.ifindex)
		ret = sw_map_tx_set(g->ch->sw, g->port.slot, g->port.ifindex);
	return ret;
}

static int rxvlan_run(void *arg, struct err *err)
{
	struct gone *g = arg;

	(void)err;
	return rtnl_feature_set(rtnl_of(g), g->port.ifindex, RXVLAN, true);
}

static int rxvlan_undo(void *arg, struct err *err)
{
	struct gone *g = arg;

	(void)err;
	return rtnl_feature_set(rtnl_of(g), g->port.ifindex, RXVLAN, false);
}

static int promisc_run(void *arg, struct err *err)
{
	struct gone *g = arg;

	(void)err;
	return rtnl_link_set_promisc(rtnl_of(g), g->port.ifindex, false);
}

static int promisc_undo(void *arg, struct err *err)
{
	struct gone *g = arg;

	(void)err;
	return rtnl_link_set_promisc(rtnl_of(g), g->port.ifindex, true);
}

static int offload_run(void *arg, struct err *err)
{
	struct gone *g = arg;

	(void)err;
	return sw_offload_put_back(g->ch->sw, &g->port);
}

/* What it is for was taken out before: it may be added again or not. */
static int offload_undo(void *arg, struct err *err)
{
	(void)arg;
	(void)err;
	return 0;
}

static int down_run(void *arg, struct err *err)
{
	struct gone *g = arg;

	(void)err;
	return rtnl_link_set_up(rtnl_of(g), g->port.ifindex, false);
}

static int down_undo(void *arg, struct err *err)
{
	struct gone *g = arg;

	(void)err;
	return rtnl_link_set_up(rtnl_of(g), g->port.ifindex, true);
}

static int rate_run(void *arg, struct err *err)
{
	struct gone *g = arg;

	return sw_rate_put(g->ch->sw, &g->port.fn, &g->port.fn, NULL, err);
}

static int rate_undo(void *arg, struct err *err)
{
	struct gone *g = arg;

	return sw_rate_put(g->ch->sw, &g->port.fn, &g->port.fn, &g->conf->rate, err);
}

static int guard_run(void *arg, struct err *err)
{
	struct gone *g = arg;

	(void)err;
	return sw_guard_empty(g->ch->sw, g->port.guard, &g->conf->guard);
}

static int guard_undo(void *arg, struct err *err)
{
	struct gone *g = arg;

	(void)err;
	return sw_guard_fill(g->ch->sw, g->port.guard, &g->conf->guard);
}

/* There is no way back: it is the last step of all. */
static int veth_run(void *arg, struct err *err)
{
	struct gone *g = arg;
	int ret = rtnl_link_del(rtnl_of(g), g->port.ifindex);

	(void)err;
	return ret == -ENODEV ? 0 : ret;
}

/* A guard set that lives on with the port, on another netdev, is not emptied. */
static bool guard_goes(const struct gone *g)
{
	if (!g->port.guard)
		return false;
	for (size_t i = 0; i < g->ch->moves_len; i++)
		if (g->ch->moves[i].old.guard == g->port.guard)
			return false;
	return true;
}

void sw_port_release(struct gone *g)
{
	struct steps *steps = &g->ch->steps;
	const char *name = g->conf->name, *dev = g->link.name;
	bool there = g->link.ifindex && !g->port.made_veth && !g->taken;

	if (g->port.ifindex) {
		steps_add(steps, clear_run, clear_undo, g, "detach port '%s'", name);
		steps_add(steps, maps_run, maps_undo, g, "make port '%s' unknown", name);
	}
	if (guard_goes(g))
		steps_add(steps, guard_run, guard_undo, g, "empty the guard of port '%s'", name);
	if (sw_rate_has(&g->port.fn) && sw_fn_known(&g->port.fn) && !g->port.fn.made && !g->fn_kept)
		steps_add(steps, rate_run, rate_undo, g, "put back the rate of port '%s'", name);
	if (there && (g->port.off_clsact || g->port.off_hw_tc))
		steps_add(steps, offload_run, offload_undo, g, "end the offload of port '%s'",
			  name);
	if (there && g->port.set_rxvlan)
		steps_add(steps, rxvlan_run, rxvlan_undo, g, "set '%s' " RXVLAN " on", dev);
	if (there && g->port.set_promisc && g->link.promisc)
		steps_add(steps, promisc_run, promisc_undo, g, "set '%s' not promiscuous", dev);
	if (there && g->port.set_up && g->link.up)
		steps_add(steps, down_run, down_undo, g, "set '%s' down", dev);
}

void sw_port_remove_veth(struct gone *g)
{
	if (g->port.made_veth && g->link.ifindex)
		steps_add(&g->ch->steps, veth_run, NULL, g, "remove '%s'", g->link.name);
}
