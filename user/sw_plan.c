// SPDX-License-Identifier: GPL-2.0-only
/* sw_plan.c - what differs between the conf that is wanted and the host
 *
 * Everything is compared with what is really there: the links by their pins,
 * the half in use byte by byte. So an apply repairs what somebody took away,
 * and does nothing where there is nothing to do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

static ssize_t old_index(const struct sw *sw, const char *name, size_t guess)
{
	if (!sw->exists)
		return -1;
	if (guess < sw->conf.ports_len && !strcmp(sw->conf.ports[guess].name, name))
		return (ssize_t)guess;
	for (size_t i = 0; i < sw->conf.ports_len; i++)
		if (!strcmp(sw->conf.ports[i].name, name))
			return (ssize_t)i;
	return -1;
}

/* A port that only got another name: its function, or its netdev, was a port's that
 * the conf has no more. It goes on as that one. */
static ssize_t renamed_index(const struct change *ch, const struct conf_port *port)
{
	const struct sw *sw = ch->sw;

	for (size_t i = 0; sw->exists && i < sw->conf.ports_len; i++) {
		const struct conf_port *old = &sw->conf.ports[i];
		bool same = port->fn.kind ? conf_fn_same(&old->fn, &port->fn)
					  : !old->fn.kind && !strcmp(old->netdev, port->netdev);

		if (same && old->role == port->role && !conf_find(&ch->conf, old->name))
			return (ssize_t)i;
	}
	return -1;
}

static int make_moves(struct change *ch)
{
	ch->moves = calloc(ch->conf.ports_len + 1, sizeof(*ch->moves));
	if (!ch->moves)
		return -ENOMEM;
	for (size_t i = 0; i < ch->conf.ports_len; i++) {
		struct move *m = &ch->moves[i];
		ssize_t old = old_index(ch->sw, ch->conf.ports[i].name, i);

		m->ch = ch;
		m->conf = &ch->conf.ports[i];
		m->port = &ch->ports[i];
		if (old < 0)
			old = renamed_index(ch, m->conf);
		if (old < 0)
			continue;
		m->old_conf = &ch->sw->conf.ports[old];
		m->old = ch->sw->ports[old];
		m->old.owner = m->port->owner;
		*m->port = m->old;
	}
	ch->moves_len = ch->conf.ports_len;
	return 0;
}

static void add_gone(struct change *ch, const struct conf_port *conf, const struct sw_port *port)
{
	struct gone *g = &ch->gone[ch->gone_len++];
	const struct rtnl_link *link = rtnl_links_by_index(ch->links, port->ifindex);

	g->ch = ch;
	g->conf = conf;
	g->port = *port;
	if (link && port->ifindex)
		g->link = *link;
	for (size_t i = 0; g->link.ifindex && i < ch->moves_len; i++)
		g->taken |= ch->moves[i].link.ifindex == port->ifindex;
	if (conf->role == CONF_ROLE_HOST)
		str_copy(g->host_netdev, sizeof(g->host_netdev), ch->sw->conf.host_netdev);
	g->had_tx = ch->sw->loaded && !ch->make_maps && sw_map_tx_get(ch->sw, port->slot);
	sw_fn_plan_gone(g);
}

static int make_gone(struct change *ch)
{
	const struct sw *sw = ch->sw;
	bool *kept;

	ch->gone = calloc(sw->conf.ports_len + 1, sizeof(*ch->gone));
	kept = calloc(sw->conf.ports_len + 1, sizeof(*kept));
	if (!ch->gone || !kept) {
		free(kept);
		return -ENOMEM;
	}
	for (size_t i = 0; i < ch->moves_len; i++) {
		const struct move *m = &ch->moves[i];

		if (!m->old_conf)
			continue;
		kept[m->old_conf - sw->conf.ports] = true;
		if (m->old_lives && m->link.ifindex != m->old.ifindex)
			add_gone(ch, m->old_conf, &m->old);
	}
	for (size_t i = 0; sw->exists && i < sw->conf.ports_len; i++)
		if (!kept[i])
			add_gone(ch, &sw->conf.ports[i], &sw->ports[i]);
	free(kept);
	return 0;
}

/* What repx changed of a netdev that was another port's goes on to the port that has
 * it now: it is put back when that one leaves it. */
static void inherit_settings(struct move *m)
{
	const struct sw *sw = m->ch->sw;

	for (size_t i = 0; sw->exists && m->fresh && i < sw->conf.ports_len; i++) {
		const struct sw_port *old = &sw->ports[i];

		if (old->ifindex != m->link.ifindex)
			continue;
		m->port->was_up = old->was_up;
		m->port->set_up = old->set_up;
		m->port->set_promisc = old->set_promisc;
		m->port->set_rxvlan = old->set_rxvlan;
		m->port->off_clsact = old->off_clsact;
		m->port->off_hw_tc = old->off_hw_tc;
	}
}

/* A netdev of its own has no history; the slot, the guard, the function stay the port's. */
static void fresh_record(struct move *m)
{
	struct sw_port *port = m->port;
	struct sw_port clean = {
		.owner = port->owner, .slot = port->slot, .guard = port->guard, .fn = port->fn};

	clean.ifindex = m->link.ifindex;
	if (m->link.ifindex) {
		clean.mtu = m->link.mtu;
		str_copy(clean.netdev, sizeof(clean.netdev), m->link.name);
		memcpy(clean.mac, m->link.mac, sizeof(clean.mac));
		memcpy(clean.host_mac, port->host_mac, sizeof(clean.host_mac));
		clean.was_up = m->link.up;
		clean.set_up = !m->link.up;
	}
	*port = clean;
}

static void plan_guard(struct move *m)
{
	const struct conf_guard *now = &m->conf->guard;
	bool had = m->old_conf && m->old_conf->guard.on && m->old.guard;

	if (had && sw_guard_equal(now, &m->old_conf->guard) && !m->ch->make_maps)
		return;
	m->guard_new = now->on;
	m->guard_gone = had && !m->ch->make_maps;
	m->port->guard = now->on ? m->ch->next_guard++ : 0;
}

static bool is_attached(struct move *m)
{
	struct attach_env *env;

	if (m->ch->reload || m->ch->make_maps || !m->ch->sw->loaded)
		return false;
	env = sw_env(m->ch->sw, m->ch->conf.tc_pref);
	return attach_check(env, m->link.ifindex, m->port->slot, &m->port->attach) == 1;
}

static void plan_attach(struct move *m)
{
	const struct conf_port *was = m->old_conf, *now = m->conf;

	m->mode = m->port->attach.mode;
	if (!m->link.ifindex)
		return;
	m->choose = m->fresh || was->attach != now->attach || was->xdp_shared != now->xdp_shared;
	m->attach =
		m->fresh || !is_attached(m) ||
		(m->mode.tc == ATTACH_TC_CLSACT && m->port->attach.tc_pref != m->ch->conf.tc_pref);
}

void sw_plan_settings(struct move *m)
{
	bool uplink = m->conf->role == CONF_ROLE_UPLINK;
	bool was_uplink = !m->fresh && m->old_conf && m->old_conf->role == CONF_ROLE_UPLINK;
	bool native = m->mode.xdp == ATTACH_XDP_NATIVE && strcmp(m->link.kind, "veth") != 0;
	bool was_native = !m->fresh && m->old.attach.mode.xdp == ATTACH_XDP_NATIVE;

	if (!m->link.ifindex)
		return;
	m->promisc_on = uplink && !was_uplink && !m->link.promisc;
	m->promisc_off = !uplink && m->port->set_promisc;
	m->port->set_promisc = m->promisc_on || (uplink && m->port->set_promisc);
	m->rxvlan_off =
		native && !was_native &&
		rtnl_feature_get(&m->ch->sw->rtnl, m->link.ifindex, "rx-vlan-hw-parse") == 1;
	m->rxvlan_on = !native && m->port->set_rxvlan;
	m->port->set_rxvlan = m->rxvlan_off || (native && m->port->set_rxvlan);
}

/* See check() of sw_match.c. */
static int choose(struct move *m, struct err *err)
{
	struct err why = {0};
	int ret = sw_port_choose(m, &why);

	if (!ret)
		return 0;
	if (!m->ch->follow || !m->fresh)
		return err_set(err, ret, "%s", why.text);
	sw_warn(m->ch, "%s", why.text);
	m->link = (struct rtnl_link){0};
	m->mode = (struct attach_mode){0};
	m->fresh = m->choose = m->attach = false;
	fresh_record(m);
	return 0;
}

void sw_move_take(struct move *m, const struct rtnl_link *link)
{
	m->link = *link;
	fresh_record(m);
	m->fresh = m->choose = m->attach = m->ifaces = true;
}

static int plan_port(struct move *m, struct err *err)
{
	uint32_t slot;
	int ret = 0;

	if (m->fresh || !m->link.ifindex)
		fresh_record(m);
	inherit_settings(m);
	sw_fn_plan(m);
	sw_rate_plan(m);
	if (m->make_veth)
		m->port->made_veth = true;
	plan_guard(m);
	plan_attach(m);
	if (m->choose && m->ch->sw->loaded)
		ret = choose(m, err);
	if (ret || !m->link.ifindex)
		return ret;
	if (!m->choose || m->ch->sw->loaded)
		sw_plan_settings(m);
	if (!m->fresh)
		sw_port_refresh(m, err);
	m->ifaces = m->fresh || m->ch->make_maps || !m->ch->sw->loaded ||
		    sw_map_iface_get(m->ch->sw, m->link.ifindex, &slot) || slot != m->port->slot;
	m->relearn = m->old_conf && m->old_conf->mac_limit != m->conf->mac_limit;
	return 0;
}

static bool tx_differs(const struct move *m)
{
	uint32_t want = m->port->xmit_flags & REPX_PORT_XMIT ? m->port->ifindex : 0;

	return sw_map_tx_get(m->ch->sw, m->port->slot) != want;
}

static int report_port(struct move *m)
{
	bool maps = m->ch->sw->loaded && !m->ch->make_maps;

	if (!m->old_conf)
		return sw_changes_add(&m->ch->changes, "add", "port", m->conf->name);
	if (strcmp(m->old_conf->name, m->conf->name)) {
		m->changed = true;
		if (sw_changes_add(&m->ch->changes, "delete", "port", m->old_conf->name))
			return -ENOMEM;
		return sw_changes_add(&m->ch->changes, "add", "port", m->conf->name);
	}
	m->changed = !conf_port_equal(m->conf, m->old_conf) || m->fresh || m->flush || m->attach ||
		     m->fn_new || m->fn_start || m->vdpa_redo || m->make_veth || m->guard_new ||
		     m->guard_gone || m->promisc_on || m->promisc_off || m->rxvlan_on ||
		     m->rxvlan_off || m->old_lives != !!m->link.ifindex;
	if (!m->changed && m->link.ifindex)
		m->changed = m->ifaces || (maps && (tx_differs(m) || sw_half_port_differs(m)));
	return m->changed ? sw_changes_add(&m->ch->changes, "change", "port", m->conf->name) : 0;
}

static bool switch_differs(const struct change *ch)
{
	const struct conf *a = &ch->conf, *b = &ch->sw->conf;

	if (a->attach != b->attach || a->tc_pref != b->tc_pref || a->tc_marks != b->tc_marks ||
	    a->xdp_tx_errors != b->xdp_tx_errors || !conf_offload_equal(&a->offload, &b->offload) ||
	    a->ageing_ms != b->ageing_ms || a->unknown != b->unknown || a->pool_sf != b->pool_sf ||
	    strcmp(a->host_netdev, b->host_netdev))
		return true;
	return ch->reload || ch->make_maps;
}

/* The switch itself comes first; a half that is damaged where no port is, last. */
static int report(struct change *ch)
{
	const char *name = ch->conf.name;
	int ret = 0;

	if (!ch->sw->exists)
		ret = sw_changes_add(&ch->changes, "add", "switch", name);
	else if (switch_differs(ch))
		ret = sw_changes_add(&ch->changes, "change", "switch", name);
	for (size_t i = 0; !ret && i < ch->gone_len; i++)
		if (old_index(ch->sw, ch->gone[i].conf->name, 0) >= 0 &&
		    !conf_find(&ch->conf, ch->gone[i].conf->name))
			ret = sw_changes_add(&ch->changes, "delete", "port",
					     ch->gone[i].conf->name);
	for (size_t i = 0; !ret && i < ch->moves_len; i++)
		ret = report_port(&ch->moves[i]);
	if (!ret)
		ret = sw_fn_report(ch);
	if (!ret)
		ret = sw_static_plan(ch, NULL);
	if (!ret && !ch->changes.len && sw_half_differs(ch))
		ret = sw_changes_add(&ch->changes, "change", "switch", name);
	return ret;
}

static int read_links(struct change *ch)
{
	struct rtnl_cache *cache = ch->sw->cache;
	int ret;

	ch->links = cache ? &cache->links : &ch->own_links;
	if (cache)
		ret = rtnl_cache_refresh(cache, &ch->sw->rtnl);
	else
		ret = rtnl_links_load(&ch->sw->rtnl, &ch->own_links);
	return ret ? ret : sw_ident_make(ch->links, &ch->ident);
}

int sw_plan(struct change *ch, struct err *err)
{
	int ret = make_moves(ch);

	if (!ret)
		ret = read_links(ch);
	if (ret)
		return err_set(err, ret, "read netdevs: %s", strerror(-ret));
	ch->next_guard = ch->sw->next_guard;
	ret = sw_match(ch, err);
	if (!ret)
		ret = make_gone(ch);
	if (!ret)
		ch->retires = calloc(ch->gone_len + ch->moves_len + 1, sizeof(*ch->retires));
	if (!ret && !ch->retires)
		ret = -ENOMEM;
	for (size_t i = 0; !ret && i < ch->moves_len; i++)
		ret = plan_port(&ch->moves[i], err);
	if (!ret)
		ret = sw_half_make(ch);
	if (!ret)
		ret = report(ch);
	if (ret)
		err_set(err, ret, "plan the change of switch '%s': %s", ch->conf.name,
			strerror(-ret));
	return ret;
}

void sw_plan_done(struct change *ch)
{
	for (size_t i = 0; i < ch->moves_len; i++)
		free(ch->moves[i].taken_by);
	free(ch->moves);
	free(ch->gone);
	free(ch->entries);
	free(ch->gone_fdb);
	sw_forget_done(&ch->dead);
	sw_forget_done(&ch->after);
	sw_half_done(ch);
	free(ch->retires);
	sw_ident_done(&ch->ident);
	rtnl_links_done(&ch->own_links);
	sw_changes_done(&ch->changes);
	steps_done(&ch->steps);
}
