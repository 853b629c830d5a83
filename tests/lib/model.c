// SPDX-License-Identifier: GPL-2.0-only
/* model.c - the reference model: which frame goes where, as the rules say */
#include <string.h>

#include "model.h"

static const struct conf_port *port_of(const struct model *m, int port)
{
	return &m->conf->ports[port];
}

static bool is_uplink(const struct model *m, int port)
{
	return port_of(m, port)->role == CONF_ROLE_UPLINK;
}

static void drop(struct model_result *out, int port, unsigned int reason)
{
	out->verdict = REPX_VERDICT_DROP;
	out->reason = reason;
	out->drops[port][reason]++;
}

static void to_kernel(struct model_result *out)
{
	out->verdict = REPX_VERDICT_KERNEL;
	out->stats[out->in].to_kernel++;
}

static void emit(struct model_result *out, int port, const struct pkt *pkt)
{
	out->out[out->out_len].port = port;
	out->out[out->out_len++].pkt = *pkt;
	out->stats[port].tx_packets++;
	out->stats[port].tx_bytes += pkt->len;
}

/* Rule 1. Return: a drop reason, or MODEL_NONE. */
static int parse(const struct pkt *in, struct model_frame *f)
{
	unsigned int type;

	memset(f, 0, sizeof(*f));
	f->in = in;
	f->vlan = MODEL_NONE;
	if (in->len < 14)
		return REPX_DROP_malformed;
	f->dst = in->data;
	f->src = in->data + 6;
	f->payload = 12;
	type = pkt_get16(in, 12);
	if (type != PKT_8021Q && type != PKT_8021AD)
		return MODEL_NONE;
	if (in->len < 18)
		return REPX_DROP_malformed;
	f->tagged = true;
	f->tpid = type;
	f->tci = pkt_get16(in, 14);
	return (f->tci & 0xfff) == 4095 ? REPX_DROP_vlan : MODEL_NONE;
}

/* The TPID with which a VID comes in and goes out on a port. */
static unsigned int tpid_of(const struct model *m, int port, int vlan)
{
	if (is_uplink(m, port) && model_tunnel_vlan(m, vlan))
		return PKT_8021AD;
	return port_of(m, port)->vlan.tpid;
}

/* Rule 3. Sets vlan, or leaves MODEL_NONE where there is no VLAN for an untagged
 * frame. Return: false when the frame has a tag that is not allowed. */
static bool classify(const struct model *m, int port, struct model_frame *f)
{
	const struct conf_port *p = port_of(m, port);
	bool tunnel = p->vlan.mode == CONF_VLAN_TUNNEL;
	int vid = f->tci & 0xfff;

	f->prio = (unsigned int)p->pcp << 13;
	if (f->tagged)
		f->payload = 16;
	if (tunnel) {
		f->vlan = p->vlan.vid;
		return true;
	}
	if (f->tagged) {
		f->tag_len = 4;
		f->prio = f->tci & 0xf000;
	}
	if (f->tagged && !(vid == 0 && f->tpid == p->vlan.tpid)) {
		f->vlan = vid;
		return vid && p->vlan.mode == CONF_VLAN_TRUNK && model_member(m, port, vid) &&
		       f->tpid == tpid_of(m, port, vid);
	}
	if (p->vlan.mode != CONF_VLAN_NONE && p->vlan.vid)
		f->vlan = p->vlan.vid;
	return true;
}

static bool is_link_local(const uint8_t mac[6])
{
	return !memcmp(mac, "\x01\x80\xc2\x00\x00", 5) && mac[5] < 16;
}

static bool link_local_port(const struct model *m, int port)
{
	return is_uplink(m, port) || port_of(m, port)->link_local_host;
}

/* To the host port as it came: its tag stays, membership does not matter. */
static void host_unmodified(struct model *m, struct model_result *out, const struct pkt *in)
{
	int host = model_host_port(m);

	out->early = false;
	if (!port_of(m, host)->up)
		drop(out, out->in, REPX_DROP_port_down);
	else if (in->len > m->host[host].mtu + 18)
		drop(out, out->in, REPX_DROP_too_big);
	else {
		out->verdict = REPX_VERDICT_HOST;
		out->stats[out->in].to_host++;
		emit(out, host, in);
	}
}

/* Rule 5, for a frame to a link-local group. */
static void reserved(struct model *m, const struct model_frame *f, struct model_result *out)
{
	if (f->dst[5] == 1 || !link_local_port(m, out->in) ||
	    port_of(m, out->in)->role == CONF_ROLE_HOST)
		drop(out, out->in, REPX_DROP_reserved);
	else if (model_host_port(m) == MODEL_NONE)
		to_kernel(out);
	else
		host_unmodified(m, out, f->in);
}

/* Rule 13: the frame as it leaves by @port. */
static void edit(const struct model *m, int port, const struct model_frame *f, struct pkt *out)
{
	const struct conf_vlan *v = &port_of(m, port)->vlan;
	size_t skip = 12 + f->tag_len;

	pkt_macs(out, f->dst, f->src);
	if (v->mode == CONF_VLAN_TRUNK && f->vlan != v->vid)
		pkt_tag(out, tpid_of(m, port, f->vlan), f->prio | (unsigned int)f->vlan);
	pkt_put(out, f->in->data + skip, f->in->len - skip);
}

/* Rules 9, 11, 12, 14, 15 for one known destination. */
static void unicast(struct model *m, int to, const struct model_frame *f, struct model_result *out,
		    bool host)
{
	int in = out->in;
	struct pkt pkt;

	if (to == in || (is_uplink(m, in) && is_uplink(m, to))) {
		drop(out, in, REPX_DROP_hairpin);
		return;
	}
	if (!port_of(m, to)->up) {
		drop(out, in, REPX_DROP_port_down);
		return;
	}
	if (port_of(m, in)->isolated && port_of(m, to)->isolated) {
		drop(out, in, REPX_DROP_isolated);
		return;
	}
	if (!model_member(m, to, f->vlan)) {
		drop(out, in, REPX_DROP_vlan_egress);
		return;
	}
	edit(m, to, f, &pkt);
	if (pkt.len > m->host[to].mtu + 18) {
		drop(out, in, REPX_DROP_too_big);
		return;
	}
	if (!model_limit(m, to, REPX_LIMIT_TX, (double)pkt.len)) {
		drop(out, to, REPX_DROP_rate);
		return;
	}
	out->verdict = host ? REPX_VERDICT_HOST : REPX_VERDICT_FORWARD;
	if (host)
		out->stats[in].to_host++;
	else
		out->stats[in].forwarded++;
	emit(out, to, &pkt);
}

/* Rule 10: may this port have a copy at all? */
static bool eligible(const struct model *m, int in, int to, const struct model_frame *f)
{
	const struct conf_port *p = port_of(m, to);

	if (to == in || !p->up || !model_member(m, to, f->vlan))
		return false;
	if (p->isolated && port_of(m, in)->isolated)
		return false;
	if (is_uplink(m, in) && is_uplink(m, to))
		return false;
	if (model_group(f->dst))
		return true;
	return p->flood && (m->conf->unknown != CONF_UNKNOWN_UPLINK || is_uplink(m, to));
}

static void flood(struct model *m, const struct model_frame *f, struct model_result *out)
{
	int in = out->in;
	bool any = false;
	struct pkt pkt;

	for (int to = 0; to < (int)m->conf->ports_len; to++) {
		if (!eligible(m, in, to, f))
			continue;
		any = true;
		edit(m, to, f, &pkt);
		if (pkt.len > m->host[to].mtu + 18) {
			out->events[in][REPX_EVENT_copy_too_big]++;
		} else if (!model_limit(m, to, REPX_LIMIT_TX, (double)pkt.len)) {
			out->events[to][REPX_EVENT_copy_rate]++;
		} else {
			emit(out, to, &pkt);
			out->stats[in].flood_copies++;
		}
	}
	out->kernel_copy = model_group(f->dst) && is_uplink(m, in) && port_of(m, in)->shared &&
			   (!f->tagged || !(f->tci & 0xfff));
	if (!any && !out->kernel_copy) {
		drop(out, in, REPX_DROP_no_member);
		return;
	}
	out->verdict = REPX_VERDICT_FLOOD;
	out->stats[in].flooded++;
}

/* Rule 9, for a unicast destination nobody is known to have. */
static void miss(struct model *m, const struct model_frame *f, struct model_result *out)
{
	if (!model_limit(m, out->in, REPX_LIMIT_UNKNOWN, 1))
		drop(out, out->in, REPX_DROP_storm);
	else if (m->conf->unknown == CONF_UNKNOWN_DROP)
		drop(out, out->in, REPX_DROP_unknown);
	else
		flood(m, f, out);
}

static void destination(struct model *m, const struct model_frame *f, struct model_result *out)
{
	int host = model_host_port(m);
	int to;

	if (model_group(f->dst)) {
		flood(m, f, out);
		return;
	}
	to = model_lookup(m, f->vlan, f->dst);
	if (to == MODEL_NONE)
		miss(m, f, out);
	else
		unicast(m, to, f, out,
			to == host && !memcmp(f->dst, m->host[host].stack_mac, 6) &&
				model_member(m, host, f->vlan));
}

/* Rule 7. */
static int limits(struct model *m, int port, const struct model_frame *f)
{
	if (!model_limit(m, port, REPX_LIMIT_RX, (double)f->in->len))
		return REPX_DROP_rate;
	if (!model_group(f->dst))
		return MODEL_NONE;
	if (!memcmp(f->dst, "\xff\xff\xff\xff\xff\xff", 6))
		return model_limit(m, port, REPX_LIMIT_BROADCAST, 1) ? MODEL_NONE : REPX_DROP_storm;
	return model_limit(m, port, REPX_LIMIT_MULTICAST, 1) ? MODEL_NONE : REPX_DROP_storm;
}

/* Rules 6 to 8. Return: a drop reason, or MODEL_NONE. */
static int check_source(struct model *m, const struct model_frame *f, struct model_result *out)
{
	int reason = model_guard(&port_of(m, out->in)->guard, f);

	if (reason != MODEL_NONE)
		return reason;
	/* the next rules are XDP's only where it can finish what comes after them */
	out->early = false;
	if (!model_group(f->dst) && memcmp(f->dst, f->src, 6))
		out->known = model_lookup(m, f->vlan, f->dst);
	reason = limits(m, out->in, f);
	if (reason == MODEL_NONE)
		reason = model_learn(m, out->in, f, out);
	return reason;
}

/* Rule 2: requests of tc scripts, and frames for the uplink's own stack. Return:
 * true when that was the verdict. */
static bool early(const struct model *m, const struct model_frame *f, struct model_result *out)
{
	bool marked = m->conf->tc_marks && (m->mark & REPX_MARK_MASK) == REPX_MARK_VALUE;

	if (!port_of(m, out->in)->up)
		drop(out, out->in, REPX_DROP_port_down);
	else if (marked && m->mark & REPX_MARK_DROP)
		drop(out, out->in, REPX_DROP_mark);
	else if (marked && m->mark & REPX_MARK_KERNEL)
		to_kernel(out);
	else if (is_uplink(m, out->in) && model_host_port(m) == MODEL_NONE &&
		 !memcmp(f->dst, m->host[out->in].mac, 6))
		to_kernel(out);
	else
		return false;
	return true;
}

static bool bad_source(const uint8_t mac[6])
{
	return model_group(mac) || !memcmp(mac, "\0\0\0\0\0\0", 6);
}

static void configured(struct model *m, const struct pkt *in, struct model_result *out)
{
	const struct conf_port *p = port_of(m, out->in);
	struct model_frame f;
	int reason = parse(in, &f);
	bool tag_ok;

	out->early = true;
	if (reason != MODEL_NONE) {
		drop(out, out->in, (unsigned int)reason);
		return;
	}
	if (early(m, &f, out))
		return;
	tag_ok = classify(m, out->in, &f);
	out->vlan = tag_ok ? f.vlan : MODEL_NONE;
	if (!tag_ok ||
	    (f.vlan == MODEL_NONE && !(is_link_local(f.dst) && link_local_port(m, out->in)) &&
	     !(is_uplink(m, out->in) && p->shared && model_group(f.dst)))) {
		drop(out, out->in, REPX_DROP_vlan);
		return;
	}
	if (bad_source(f.src)) {
		drop(out, out->in, REPX_DROP_bad_source);
		return;
	}
	if (is_link_local(f.dst)) {
		reserved(m, &f, out);
		return;
	}
	if (f.vlan == MODEL_NONE) {
		to_kernel(out);
		return;
	}
	reason = check_source(m, &f, out);
	if (reason != MODEL_NONE) {
		drop(out, out->in, (unsigned int)reason);
		return;
	}
	out->early = false;
	destination(m, &f, out);
}

void model_run(struct model *m, uint32_t ifindex, const struct pkt *in, struct model_result *out)
{
	memset(out->stats, 0, sizeof(out->stats));
	memset(out->drops, 0, sizeof(out->drops));
	memset(out->events, 0, sizeof(out->events));
	out->verdict = REPX_VERDICT_KERNEL;
	out->reason = 0;
	out->counted = false;
	out->kernel_copy = false;
	out->early = false;
	out->known = MODEL_NONE;
	out->out_len = 0;
	out->vlan = MODEL_NONE;
	out->in = MODEL_NONE;
	for (int i = 0; i < (int)m->conf->ports_len; i++)
		if (m->host[i].ifindex == ifindex && ifindex)
			out->in = i;
	if (out->in == MODEL_NONE)
		return;
	out->counted = true;
	out->stats[out->in].rx_packets = 1;
	out->stats[out->in].rx_bytes = in->len;
	configured(m, in, out);
}
