// SPDX-License-Identifier: GPL-2.0-only
/* off_rule.c - see off_rule.h; the rules of the frame are those of bpf/core.bpf.h */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <string.h>

#include "off_rule.h"
#include "util.h"

#define VID_MASK 0x0fff
#define AGEING_MIN_NS 5000000000ULL /* hardware counts seconds late */
#define HEADER 14
#define TAG 4
#define FRAME_OVERHEAD 18 /* as the data path counts: rule 14 */

/* --- reasons */

static const struct {
	const char *name, *text;
	bool refuses;
} whys[] = {[OFF_FINE] = {"", "", false},
#define W(name, text) [OFF_WHY_##name] = {#name, text, false},
#define R(name, text) [OFF_WHY_##name] = {#name, text, true},
	    OFF_WHYS(W, R)
#undef W
#undef R
};

const char *off_why_name(enum off_why why)
{
	return why < OFF_WHY_MAX ? whys[why].name : "?";
}

const char *off_why_text(enum off_why why)
{
	return why < OFF_WHY_MAX ? whys[why].text : "?";
}

bool off_why_refuses(enum off_why why)
{
	return why < OFF_WHY_MAX && whys[why].refuses;
}

/* --- the flow on its way */

struct decision {
	const struct off_view *v;
	const struct repx_flow_key *key;
	const struct repx_port *in;
	struct off_plan *plan;
	uint16_t tpid, type; /* of the key, host order */
	bool strip;	     /* its tag is taken off */
};

static enum off_why because(struct decision *d, enum off_why why, uint32_t slot)
{
	d->plan->port = slot;
	return why;
}

static const struct repx_port *port_at(const struct off_view *v, uint32_t slot)
{
	return slot < v->max_ports && v->ports[slot].ifindex ? &v->ports[slot] : NULL;
}

static bool is_tpid(uint16_t type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD;
}

static bool member(const struct off_view *v, uint16_t vid, uint32_t slot)
{
	return v->vlans[vid].members[slot / 64] >> (slot % 64) & 1;
}

/* The TPID of a tag of @vid on the port. */
static uint16_t port_tpid(const struct off_view *v, const struct repx_port *port, uint16_t vid)
{
	if (port->flags & REPX_PORT_UPLINK && v->vlans[vid].tunnel)
		return ETH_P_8021AD;
	return ntohs(port->tpid_be);
}

/* Rule 13: 0 is without a tag. */
static uint16_t egress_tpid(const struct off_view *v, const struct repx_port *port, uint16_t vid)
{
	return port->flags & REPX_PORT_TAGGED && vid != port->pvid ? port_tpid(v, port, vid) : 0;
}

/* Rule 3: is the flow in its VLAN still? */
static bool classify(struct decision *d)
{
	const struct repx_flow_key *key = d->key;

	if (key->vlan < 1 || key->vlan > 4094 || key->vid > 4094)
		return false;
	if (d->in->flags & REPX_PORT_TUNNEL)
		return key->vlan == d->in->pvid;
	d->strip = d->tpid != 0;
	if (!d->tpid || (d->tpid == ntohs(d->in->tpid_be) && !key->vid))
		return key->vlan == d->in->pvid;
	return d->in->flags & REPX_PORT_TAGGED && key->vid == key->vlan &&
	       member(d->v, key->vlan, key->port) && d->tpid == port_tpid(d->v, d->in, key->vlan);
}

/* --- ingress: rules 1 to 8 */

static enum off_why check_frame(struct decision *d)
{
	const struct repx_sw *sw = d->v->sw;

	if (is_tpid(d->type))
		return OFF_WHY_tags;
	if (d->type < ETH_P_802_3_MIN)
		return OFF_WHY_type;
	if (sw->ageing_ns && sw->ageing_ns < AGEING_MIN_NS)
		return OFF_WHY_ageing;
	if (sw->host_port != REPX_PORT_NONE &&
	    (!memcmp(d->key->dst, sw->host_mac, 6) || !memcmp(d->key->src, sw->host_mac, 6)))
		return OFF_WHY_host;
	if (sw->host_port == REPX_PORT_NONE && d->in->flags & REPX_PORT_UPLINK &&
	    !memcmp(d->key->dst, d->in->mac, 6))
		return OFF_WHY_host;
	return OFF_FINE;
}

static bool guard_has(const struct conf_guard *guard, const uint8_t mac[6])
{
	for (size_t i = 0; i < guard->mac_len; i++)
		if (!memcmp(guard->mac[i], mac, 6))
			return true;
	return false;
}

/* Rule 6. What the guard looks for inside of ARP and IPv6 no match can say. Prefixes of IPv4
 * it can, but not that a header with options is whole: a malformed frame from a permitted
 * address would pass, so that is done only where it is asked for. */
static enum off_why check_guard(const struct decision *d)
{
	const struct conf_guard *guard = d->v->hosts[d->key->port].guard;
	uint32_t flags = d->in->flags;

	if (flags & (REPX_PORT_GUARD_MAC | REPX_PORT_GUARD_IP) && !guard)
		return OFF_WHY_policy;
	if (flags & REPX_PORT_GUARD_MAC && !guard_has(guard, d->key->src))
		return OFF_WHY_guard_mac;
	if (!(flags & (REPX_PORT_GUARD_IP | REPX_PORT_STRICT)))
		return OFF_FINE;
	if (d->key->tpid2_be || (d->tpid && !d->strip))
		return OFF_WHY_guard_type;
	if (d->type == ETH_P_IP)
		return flags & REPX_PORT_GUARD_IP && !d->v->guard_ip ? OFF_WHY_guard_ip : OFF_FINE;
	if (d->type == ETH_P_ARP)
		return flags & REPX_PORT_GUARD_IP ? OFF_WHY_guard_arp : OFF_FINE;
	if (d->type == ETH_P_IPV6)
		return flags & REPX_PORT_GUARD_IP ? OFF_WHY_guard_ipv6 : OFF_FINE;
	return flags & REPX_PORT_STRICT ? OFF_WHY_guard_type : OFF_FINE;
}

/* Rule 7. What devlink rate keeps has no limit in the tables. */
static enum off_why check_limits(const struct decision *d)
{
	bool group = d->key->dst[0] & 1, broadcast = d->key->dst[0] == 0xff;
	unsigned int storm = broadcast ? REPX_LIMIT_BROADCAST : REPX_LIMIT_MULTICAST;

	if (d->in->limit[REPX_LIMIT_RX].cost)
		return OFF_WHY_rate_rx;
	return group && d->in->limit[storm].cost ? OFF_WHY_storm : OFF_FINE;
}

/* Is the port one that rules can be on, or send to? */
static enum off_why check_port(const struct off_view *v, uint32_t slot, enum off_why bar)
{
	const struct repx_port *port = port_at(v, slot);
	const struct off_host *host = &v->hosts[slot];

	if (!port || !(port->flags & REPX_PORT_UP))
		return OFF_WHY_down;
	if (port->flags & REPX_PORT_HOST || slot == v->sw->host_port)
		return OFF_WHY_host;
	if (!host->card)
		return OFF_WHY_no_card;
	if (!host->link)
		return OFF_WHY_link;
	return bar;
}

static enum off_why check_pref(const struct decision *d)
{
	const struct off_host *host = &d->v->hosts[d->key->port];

	if (off_pref_of(d->tpid, d->type) != OFF_PREFS - 1)
		return OFF_FINE;
	return host->other_type && host->other_type != d->type ? OFF_WHY_other_type : OFF_FINE;
}

static enum off_why check_in(struct decision *d)
{
	const struct off_host *host = &d->v->hosts[d->key->port];
	enum off_why why = check_port(d->v, d->key->port, host->bar_in);

	if (why)
		return why;
	if (host->xdp_shared)
		return OFF_WHY_xdp_shared;
	if (!classify(d))
		return OFF_WHY_vlan;
	why = check_frame(d);
	if (!why)
		why = check_guard(d);
	if (!why)
		why = check_limits(d);
	return why ? why : check_pref(d);
}

/* --- egress: rules 11 to 15 */

/* May a frame of that port be too long for this one? What the function sends is as long
 * as its MTU allows, with one tag beside it. */
static bool too_long(const struct decision *d, const struct repx_port *out, uint16_t tpid)
{
	uint32_t longest = d->in->mtu + HEADER + (d->tpid ? TAG : 0);

	return longest + (tpid ? TAG : 0) - (d->strip ? TAG : 0) > out->mtu + FRAME_OVERHEAD;
}

static enum off_why check_out(const struct decision *d, uint32_t slot, uint16_t tpid)
{
	const struct off_view *v = d->v;
	const struct repx_port *out = port_at(v, slot);
	enum off_why why = check_port(v, slot, v->hosts[slot].bar_out);

	if (why)
		return why;
	if (v->hosts[slot].card != v->hosts[d->key->port].card)
		return OFF_WHY_other_card;
	if (out->limit[REPX_LIMIT_TX].cost)
		return OFF_WHY_rate_tx;
	return too_long(d, out, tpid) ? OFF_WHY_mtu : OFF_FINE;
}

/* The change from the tag it came with to one of @tpid. */
static enum off_why edit_for(const struct decision *d, uint16_t tpid, struct flower_action *a)
{
	uint16_t vid = d->key->vlan;

	a->vlan = FLOWER_VLAN_NONE;
	if (!d->strip && !tpid)
		return OFF_FINE;
	if (d->strip && !tpid) {
		a->vlan = FLOWER_VLAN_POP;
		return OFF_FINE;
	}
	if (!d->strip && d->in->pcp)
		return OFF_WHY_pcp;
	if (d->strip && d->tpid != tpid)
		return OFF_WHY_tpid;
	if (d->strip && d->key->vid == vid)
		return OFF_FINE;
	if (d->strip && tpid != ETH_P_8021Q)
		return OFF_WHY_tpid; /* mlx5 rewrites no S-tag */
	a->vlan = d->strip ? FLOWER_VLAN_MODIFY : FLOWER_VLAN_PUSH;
	a->vlan_tpid = tpid;
	a->vlan_vid = vid;
	return OFF_FINE;
}

static enum off_why unicast(struct decision *d, uint32_t out, struct flower_action *a)
{
	const struct repx_port *port = port_at(d->v, out);
	uint32_t both;
	uint16_t tpid;
	enum off_why why;

	if (!port)
		return because(d, OFF_WHY_down, out);
	both = d->in->flags & port->flags;
	if (out == d->key->port || both & REPX_PORT_UPLINK)
		return OFF_WHY_hairpin;
	if (both & REPX_PORT_ISOLATED)
		return OFF_WHY_isolated;
	if (!member(d->v, d->key->vlan, out))
		return because(d, OFF_WHY_vlan, out);
	tpid = egress_tpid(d->v, port, d->key->vlan);
	why = check_out(d, out, tpid);
	if (why)
		return because(d, why, out);
	a->outs[0] = port->ifindex;
	a->outs_len = 1;
	return edit_for(d, tpid, a);
}

/* --- floods: rule 10 */

/* Does the port get a copy? One without link gets none in software either. */
static bool gets_copy(const struct decision *d, uint32_t slot)
{
	const struct repx_port *out = port_at(d->v, slot);

	if (!out || slot == d->key->port || !(out->flags & REPX_PORT_UP))
		return false;
	if (d->in->flags & out->flags & (REPX_PORT_UPLINK | REPX_PORT_ISOLATED))
		return false;
	return d->v->hosts[slot].link || slot == d->v->sw->host_port;
}

/* Outputs that want the frame as it came stand before the one change. */
static enum off_why add_copy(struct decision *d, uint32_t slot, struct flower_action *a)
{
	const struct repx_port *out = port_at(d->v, slot);
	uint16_t tpid = egress_tpid(d->v, out, d->key->vlan);
	enum off_why why = check_out(d, slot, tpid);
	struct flower_action edit = {0};

	if (!why)
		why = edit_for(d, tpid, &edit);
	if (!why && a->outs_len == FLOWER_OUTS_MAX)
		why = OFF_WHY_outputs;
	if (why)
		return because(d, why, slot);
	if (edit.vlan == FLOWER_VLAN_NONE) {
		memmove(&a->outs[a->before + 1], &a->outs[a->before],
			(size_t)(a->outs_len - a->before) * sizeof(a->outs[0]));
		a->outs[a->before++] = out->ifindex;
		a->outs_len++;
		return OFF_FINE;
	}
	if (a->vlan != FLOWER_VLAN_NONE && (a->vlan != edit.vlan || a->vlan_tpid != edit.vlan_tpid))
		return because(d, OFF_WHY_edits, slot);
	a->vlan = edit.vlan;
	a->vlan_tpid = edit.vlan_tpid;
	a->vlan_vid = edit.vlan_vid;
	a->outs[a->outs_len++] = out->ifindex;
	return OFF_FINE;
}

static enum off_why flood(struct decision *d, struct flower_action *a)
{
	enum off_why why = OFF_FINE;
	uint32_t slot;

	if (!d->v->flood)
		return OFF_WHY_flood_off;
	if (!(d->key->dst[0] & 1))
		return OFF_WHY_address;
	if (d->in->flags & REPX_PORT_SHARED)
		return because(d, OFF_WHY_shared, d->key->port);
	for (slot = 0; slot < d->v->max_ports && !why; slot++)
		if (member(d->v, d->key->vlan, slot) && gets_copy(d, slot))
			why = add_copy(d, slot, a);
	if (why)
		return why;
	if (a->vlan == FLOWER_VLAN_NONE)
		a->before = 0;
	else if (a->outs_len == FLOWER_OUTS_MAX) /* the kernel takes 32 actions */
		return OFF_WHY_outputs;
	return a->outs_len ? OFF_FINE : OFF_WHY_link;
}

/* --- the rules */

unsigned int off_pref_of(uint16_t tpid, uint16_t ethertype)
{
	if (tpid)
		return tpid == ETH_P_8021Q ? 0 : 1;
	switch (ethertype) {
	case ETH_P_IP:
		return 2;
	case ETH_P_IPV6:
		return 3;
	case ETH_P_ARP:
		return 4;
	}
	return OFF_PREFS - 1;
}

/* TPID, VID and inner ethertype are always named: a rule of addresses alone would match
 * every tagging on mlx5. */
static void write_match(const struct decision *d, struct flower_match *m)
{
	const struct repx_flow_key *key = d->key;

	m->tpid = d->tpid;
	m->vid = key->vid;
	m->tpid2 = ntohs(key->tpid2_be);
	m->vid2 = key->vid2;
	m->ethertype = d->type;
	memcpy(m->src, key->src, 6);
	memcpy(m->dst, key->dst, 6);
	memset(m->src_mask, 0xff, 6);
	memset(m->dst_mask, 0xff, 6);
}

/* One rule for each IPv4 prefix of the guard. */
static enum off_why split_by_prefix(struct decision *d)
{
	const struct conf_guard *guard = d->v->hosts[d->key->port].guard;
	struct off_plan *plan = d->plan;
	const struct flower_rule rule = plan->rules[0];

	plan->len = 0;
	for (size_t i = 0; i < guard->ip_len; i++) {
		const struct conf_ip *ip = &guard->ip[i];
		static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

		if (ip->len < 96 || memcmp(ip->addr, mapped, sizeof(mapped)))
			continue;
		if (plan->len == OFF_RULES_MAX)
			return OFF_WHY_guard_prefixes;
		plan->rules[plan->len] = rule;
		memcpy(plan->rules[plan->len].match.ip_src, ip->addr + 12, 4);
		plan->rules[plan->len++].match.ip_len = (uint8_t)(ip->len - 96);
	}
	return plan->len ? OFF_FINE : OFF_WHY_guard_prefixes;
}

enum off_why off_decide(const struct off_view *view, const struct repx_flow_key *key, uint32_t out,
			uint32_t flags, struct off_plan *plan)
{
	struct decision d = {.v = view, .key = key, .plan = plan};
	struct flower_rule *rule = &plan->rules[0];
	enum off_why why;

	plan->len = 0;
	plan->port = key->port;
	d.in = port_at(view, key->port);
	d.tpid = ntohs(key->tpid_be);
	d.type = ntohs(key->type_be);
	if (!d.in)
		return OFF_WHY_down;
	if (flags & REPX_FLOW_MARKED && view->sw->flags & REPX_SW_MARKS)
		return OFF_WHY_mark;
	why = check_in(&d);
	if (why)
		return why;
	memset(rule, 0, sizeof(*rule));
	why = out == REPX_PORT_NONE ? flood(&d, &rule->action) : unicast(&d, out, &rule->action);
	if (why)
		return why;
	write_match(&d, &rule->match);
	rule->ifindex = d.in->ifindex;
	rule->pref = (uint16_t)(view->pref + off_pref_of(d.tpid, d.type));
	plan->len = 1;
	return d.in->flags & REPX_PORT_GUARD_IP && d.type == ETH_P_IP ? split_by_prefix(&d)
								      : OFF_FINE;
}
