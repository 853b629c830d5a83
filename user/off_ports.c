// SPDX-License-Identifier: GPL-2.0-only
/* off_ports.c - what the host says of the ports: card, link, filters of others */
#include <errno.h>
#include <stdlib.h>

#include "attach.h"
#include "log.h"
#include "off_int.h"

#define CARDS_MAX 16 /* eswitches of one switch */

struct cards {
	struct devlink_dev dev[CARDS_MAX];
	uint32_t len;
};

/* Its number, from 1; 0: not behind an eswitch. */
static uint32_t card_of(struct cards *cards, const struct devlink_dev *dev)
{
	uint32_t i;

	if (!dev->dev[0])
		return 0;
	for (i = 0; i < cards->len; i++)
		if (devlink_dev_equal(&cards->dev[i], dev))
			return i + 1;
	if (cards->len == CARDS_MAX)
		return 0;
	cards->dev[cards->len++] = *dev;
	return cards->len;
}

/* Another netdev: nothing is known of it. */
static void forget_netdev(struct off_port *port, uint32_t ifindex)
{
	port->ifindex = ifindex;
	port->filters_known = port->ready = false;
	port->unable = port->bar_in = port->bar_out = OFF_FINE;
}

static void see(struct off *off, struct cards *cards, const struct conf_port *conf,
		const struct sw_port *rec)
{
	const struct rtnl_link *link = rtnl_links_by_index(&off->sw->cache->links, rec->ifindex);
	struct off_port *port = &off->ports[rec->slot];
	struct off_host *host = &off->hosts[rec->slot];

	if (port->ifindex != rec->ifindex)
		forget_netdev(port, rec->ifindex);
	port->seen = true;
	host->card = rec->ifindex ? card_of(cards, &rec->fn.port.dev) : 0;
	host->link = link && link->running;
	host->xdp_shared = rec->attach.mode.xdp_shared;
	host->bar_in = port->unable ? port->unable : port->bar_in;
	host->bar_out = port->bar_out;
	host->other_type = port->other_type;
	host->guard = conf->guard.on ? &conf->guard : NULL;
}

void off_ports_see(struct off *off, const struct conf *conf, const struct sw_port *ports)
{
	struct cards cards = {.len = 0};

	uint32_t max = off->sw->obj.max_ports;

	memset(off->hosts, 0, max * sizeof(*off->hosts));
	for (size_t i = 0; i < conf->ports_len; i++)
		if (ports[i].slot < max)
			see(off, &cards, &conf->ports[i], &ports[i]);
	for (uint32_t i = 0; i < max; i++) {
		if (!off->ports[i].seen) /* what it had of a netdev goes with the port */
			forget_netdev(&off->ports[i], 0);
		off->ports[i].seen = false;
	}
}

struct off_view off_view(const struct off *off, const struct conf *conf, uint32_t half)
{
	const struct bpf_obj *obj = &off->sw->obj;

	return (struct off_view){
		.sw = &obj->cfg_mem->sw[half],
		.ports = obj->ports_mem + (size_t)half * obj->max_ports,
		.vlans = obj->vlans_mem + (size_t)half * REPX_MAX_VLANS,
		.hosts = off->hosts,
		.max_ports = obj->max_ports,
		.pref = conf->offload.pref,
		.flood = conf->offload.flood,
		.guard_ip = conf->offload.guard_ip,
	};
}

void off_ports_count(struct off *off, const struct off_flow *flow, int by)
{
	struct off_port *port = &off->ports[flow->key.port];
	unsigned int i, pref;

	for (i = 0; i < flow->rules_len; i++) {
		const struct flower_match *m = &flow->rules[i].match;

		pref = off_pref_of(m->tpid, m->ethertype);
		port->rules[pref] += (uint32_t)by;
		if (pref != OFF_PREFS - 1)
			continue;
		port->other_type = port->rules[pref] ? m->ethertype : 0;
		off->hosts[flow->key.port].other_type = port->other_type;
	}
}

/* --- filters of others */

struct search {
	const struct off *off;
	bool egress, found;
};

/* Software filters see what comes to software only: to be passed by is not what whoever
 * put them there wants, unless he said marks: true and can ask by mark. Hardware obeys a
 * lower pref first; a rule of somebody's behind ours would not be obeyed any more. */
static int judge(const struct rtnl_filter *f, void *data)
{
	struct search *s = data;
	const struct conf *conf = &s->off->sw->conf;

	if (f->repx || (!strcmp(f->kind, "bpf") && f->pref == conf->tc_pref))
		return 0;
	if (f->hw_only && !s->egress && f->pref < conf->offload.pref)
		return 0;
	if (!f->hw_only && !s->egress && conf->tc_marks)
		return 0;
	s->found = true;
	return 1;
}

static enum off_why barred(const struct off *off, uint32_t ifindex, bool egress)
{
	struct search s = {.off = off, .egress = egress};
	int ret = rtnl_filter_walk(&off->sw->rtnl, ifindex, egress, judge, &s);

	if (ret < 0)
		return ret == -ENODEV ? OFF_WHY_down : OFF_WHY_unable;
	return s.found ? OFF_WHY_filter : OFF_FINE;
}

void off_ports_filters(struct off *off, uint32_t slot)
{
	struct off_port *port;

	if (slot >= off->sw->obj.max_ports)
		return;
	port = &off->ports[slot];
	if (port->filters_known || !port->ifindex || !off->hosts[slot].card)
		return;
	port->bar_in = barred(off, port->ifindex, false);
	port->bar_out = barred(off, port->ifindex, true);
	port->filters_known = true;
	off->hosts[slot].bar_in = port->unable ? port->unable : port->bar_in;
	off->hosts[slot].bar_out = port->bar_out;
}

void off_ports_forget(struct off *off, uint32_t ifindex)
{
	for (uint32_t i = 0; i < off->sw->obj.max_ports; i++)
		if (off->ports[i].ifindex && (!ifindex || off->ports[i].ifindex == ifindex)) {
			off->ports[i].filters_known = false;
			off->ports[i].unable = OFF_FINE;
		}
}

/* --- ready for rules */

static void tell_unable(const struct off *off, const struct sw_ready *r)
{
	log_warn("offload on port '%s': %s (its traffic stays in software)",
		 off->sw->conf.ports[r->index].name, r->err.text);
}

void off_ports_ready(struct off *off, struct off_flow **flows, size_t len)
{
	struct sw_ready *list = calloc(off->sw->conf.ports_len + 1, sizeof(*list));
	size_t n = 0, i;
	int at;

	for (i = 0; list && i < len; i++) {
		struct off_port *port = &off->ports[flows[i]->key.port];

		at = sw_port_by_slot(off->sw, flows[i]->key.port);
		if (port->ready || at < 0)
			continue;
		port->ready = true;
		list[n++].index = (size_t)at;
	}
	if (n)
		sw_offload_ready(off->sw, list, n);
	for (i = 0; i < n; i++) {
		uint32_t slot = off->sw->ports[list[i].index].slot;

		if (!list[i].err.code)
			continue;
		tell_unable(off, &list[i]);
		off->ports[slot].ready = false;
		off->ports[slot].unable = off->hosts[slot].bar_in = OFF_WHY_unable;
	}
	free(list);
}
