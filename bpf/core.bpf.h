/* SPDX-License-Identifier: GPL-2.0-only */
/* core.bpf.h - the switch: every rule, in its order, for both hooks
 *
 * switch_frame() is the whole of it. A frame whose flow is remembered is done in
 * cache.bpf.h's few steps; any other goes through rules 1 to 8 in ingress() and
 * 9 to 17 in forward(). On XDP, what takes more than one copy, or a port that
 * takes no redirect, is left for tc before anything was learnt or charged.
 */
#ifndef REPX_CORE_BPF_H
#define REPX_CORE_BPF_H

#include "guard.bpf.h"
#include "egress.bpf.h"
#if REPX_HOOK_XDP
#include "veth.bpf.h"
#else
#include "flood.bpf.h"
#endif

#define PAUSE_GROUP 0x01 /* 01:80:c2:00:00:01 */

/* What a tc script asks for in skb->mark, REPX_MARK_*; 0: nothing. */
__global int mark_request(__u32 mark, __u32 sw_flags)
{
	if (!(sw_flags & REPX_SW_MARKS) || (mark & REPX_MARK_MASK) != REPX_MARK_VALUE)
		return 0;
	return mark & ~REPX_MARK_MASK;
}

static __always_inline int obey_mark(repx_ctx *ctx, const struct repx_run *run, struct repx_in *in,
				     const struct repx_pkt *pkt)
{
	__u32 asked = mark_request(ctx_mark(ctx), run->sw->flags);

	in->nolearn = asked & REPX_MARK_NOLEARN;
	in->nocache = asked;
	in->marked = asked != 0;
	if (asked & REPX_MARK_DROP)
		return drop(in, pkt, REPX_DROP_mark);
	if (asked & REPX_MARK_KERNEL)
		return to_kernel(in, pkt);
	return NEXT_RULE;
}

/* Rule 5. The frame keeps its tag, or lack of one: such groups have no VLAN. */
static __always_inline int reserved(repx_ctx *ctx, const struct repx_run *run,
				    const struct repx_in *in, const struct repx_pkt *pkt)
{
	struct repx_out host = {.slot = run->sw->host_port};

	trace_step(REPX_STEP_reserved, pkt->dst[5], 0);
	if (pkt->dst[5] == PAUSE_GROUP ||
	    !(in->port->flags & (REPX_PORT_UPLINK | REPX_PORT_LINK_LOCAL)))
		return drop(in, pkt, REPX_DROP_reserved);
	if (run->sw->host_port == REPX_PORT_NONE)
		return to_kernel(in, pkt);
	host.port = port_get(run->half, host.slot);
	if (!host.port || !(host.port->flags & REPX_PORT_UP))
		return drop(in, pkt, REPX_DROP_port_down);
	if (pkt->wire.size > host.port->mtu + MTU_HEADERS)
		return drop(in, pkt, REPX_DROP_too_big);
	if (REPX_HOOK_XDP)
		return XDP_PASS;
	trace_verdict(REPX_VERDICT_HOST, 0);
	trace_out(host.slot, 0, 0, 0);
	count_unicast(in->slot, host.slot, &pkt->wire, 0, 1);
	return transmit(ctx, pkt, 0, &host, host.port->ifindex);
}

/* Rule 3 said no: the cases in which the frame still is somebody's. */
static __always_inline int unclassified(const struct repx_run *run, const struct repx_in *in,
					const struct repx_pkt *pkt)
{
	if (!is_untagged(in, pkt))
		return drop_flow(run, in, pkt, REPX_DROP_vlan);
	if (mac_is_reserved(pkt->dst) &&
	    in->port->flags & (REPX_PORT_UPLINK | REPX_PORT_LINK_LOCAL))
		return NEXT_RULE;
	if (in->port->flags & REPX_PORT_SHARED && mac_is_group(pkt->dst))
		return NEXT_RULE;
	return drop_flow(run, in, pkt, REPX_DROP_vlan);
}

/* Rules 1 to 3. */
static __always_inline int admit(repx_ctx *ctx, const struct repx_run *run, struct repx_in *in,
				 const struct repx_pkt *pkt)
{
	int verdict;

	if (pkt->malformed)
		return drop(in, pkt, REPX_DROP_malformed);
	if (pkt->tpid_be && (pkt->tci & VLAN_VID_MASK) == VLAN_VID_MASK)
		return drop_flow(run, in, pkt, REPX_DROP_vlan);
	if (!(in->port->flags & REPX_PORT_UP))
		return drop(in, pkt, REPX_DROP_port_down);
	if (!REPX_HOOK_XDP) { /* marks: true excludes XDP */
		verdict = obey_mark(ctx, run, in, pkt);
		if (verdict != NEXT_RULE)
			return verdict;
	}
	if (in->port->flags & REPX_PORT_UPLINK && run->sw->host_port == REPX_PORT_NONE &&
	    pkt_dst(pkt) == mac_u64(in->port->mac))
		return to_kernel(in, pkt);
	if (classify(run->half, in, pkt)) {
		trace_step(REPX_STEP_classify, in->vid, in->prio >> 12);
		return NEXT_RULE;
	}
	in->vid = 0;
	return unclassified(run, in, pkt);
}

/* Rules 1 to 6: nothing has been charged or learnt yet. */
static __always_inline int ingress(repx_ctx *ctx, const struct repx_run *run, struct repx_in *in,
				   const struct repx_pkt *pkt)
{
	int verdict = admit(ctx, run, in, pkt);

	if (verdict != NEXT_RULE)
		return verdict;
	if (mac_is_group(pkt->src) || !pkt_src(pkt))
		return drop_flow(run, in, pkt, REPX_DROP_bad_source);
	if (mac_is_reserved(pkt->dst))
		return reserved(ctx, run, in, pkt);
	if (!in->vid)
		return to_kernel(in, pkt); /* shared uplink, no native VLAN */
	in->unknown = known_find(mac_word(in->vid, pkt_src(pkt)), run) ^ in->slot;
	verdict = guard_check(ctx, run, in->port, in->slot, in->unknown, pkt);
	if (verdict == REPX_DROP_spoof_mac)
		return drop_flow(run, in, pkt, verdict);
	if (verdict >= 0)
		return drop(in, pkt, verdict);
	return NEXT_RULE;
}

/* The limit that group-addressed frames have beside rate.rx. */
static __always_inline __u32 storm_id(const struct repx_pkt *pkt)
{
	return mac_is_broadcast(pkt->dst) ? REPX_LIMIT_BROADCAST : REPX_LIMIT_MULTICAST;
}

/* Rule 7. */
static __always_inline int limits(struct repx_in *in, const struct repx_pkt *pkt)
{
	if (!(in->port->flags & REPX_PORT_LIMITED))
		return NEXT_RULE;
	if (!limit_pass(in->port, in->slot, REPX_LIMIT_RX, pkt->wire.bytes))
		return drop(in, pkt, REPX_DROP_rate);
	if (!mac_is_group(pkt->dst))
		return NEXT_RULE;
	if (!limit_pass(in->port, in->slot, storm_id(pkt), pkt->wire.segs))
		return drop(in, pkt, REPX_DROP_storm);
	return NEXT_RULE;
}

/* The slot behind which the destination is, or REPX_PORT_NONE. */
static __always_inline __u32 destination(const struct repx_run *run, const struct repx_in *in,
					 const struct repx_pkt *pkt)
{
	__u64 key = mac_word(in->vid, pkt_dst(pkt));
	__u32 slot;

	if (mac_is_group(pkt->dst))
		return REPX_PORT_NONE;
	if (host_owns(run->sw, run->half, in->vid, pkt->dst))
		return run->sw->host_port;
	if (in->here && pkt_dst(pkt) == pkt_src(pkt))
		return in->slot; /* where it was before this frame may be remembered */
	slot = where_find(key, run->epoch);
	return slot != REPX_PORT_NONE ? slot : fdb_where(key, run->epoch);
}

#if REPX_HOOK_XDP
/* What is for tc: but a storm need not get that far. A frame that rule 7 stops
 * teaches nothing, so all that is to be done for it can be done here. */
static __always_inline int for_tc(const struct repx_in *in, const struct repx_pkt *pkt)
{
	if (!(in->port->flags & REPX_PORT_LIMITED))
		return CTX_UNFINISHED;
	if (limit_owes(in->port, in->slot, REPX_LIMIT_RX))
		return drop(in, pkt, REPX_DROP_rate);
	if (!mac_is_group(pkt->dst) || !limit_owes(in->port, in->slot, storm_id(pkt)))
		return CTX_UNFINISHED;
	if (!limit_pass(in->port, in->slot, REPX_LIMIT_RX, pkt->wire.bytes))
		return drop(in, pkt, REPX_DROP_rate);
	return drop(in, pkt, REPX_DROP_storm);
}

/* Does the frame leave by @out longer or shorter than it came? */
static __always_inline int changes_length(const struct repx_run *run, const struct repx_in *in,
					  const struct repx_port *out)
{
	const struct repx_vlan *vlan = vlan_get(run->half, in->vid);

	return !vlan || edit_growth(in->strip, egress_tpid(out, vlan, in->vid));
}

/* Can XDP do all that is left? One port, that takes redirects. */
static __always_inline int xdp_can_finish(const struct repx_run *run, const struct repx_in *in,
					  const struct repx_pkt *pkt, const struct repx_port *out)
{
	if (!out || pkt_dst(pkt) == pkt_src(pkt)) /* learning would change the answer */
		return 0;
	if (REPX_XDP_PART && changes_length(run, in, out))
		return 0;
	return out->flags & (pkt->frags ? REPX_PORT_XMIT_SG : REPX_PORT_XMIT);
}
#else
/* Rules 9 and 10 for what has no one port: group addresses, unknown unicast. */
static __always_inline int to_many(repx_ctx *ctx, const struct repx_run *run,
				   const struct repx_in *in, const struct repx_pkt *pkt)
{
	__u32 how = 0;

	if (mac_is_group(pkt->dst)) {
		trace_step(REPX_STEP_group, mac_is_broadcast(pkt->dst), 0);
	} else {
		how = FLOOD_UNKNOWN;
		trace_step(REPX_STEP_miss, run->sw->unknown, 0);
		if (!limit_pass(in->port, in->slot, REPX_LIMIT_UNKNOWN, pkt->wire.segs))
			return drop(in, pkt, REPX_DROP_storm);
		if (run->sw->unknown == REPX_UNKNOWN_DROP)
			return drop(in, pkt, REPX_DROP_unknown);
		if (run->sw->unknown == REPX_UNKNOWN_UPLINK)
			how |= FLOOD_UPLINKS;
	}
	return flood(ctx, run, in, pkt, how);
}
#endif

/* Rule 8. */
static __always_inline int learn(const struct repx_run *run, struct repx_in *in,
				 const struct repx_pkt *pkt)
{
	struct fdb_source s = {
		.epoch = run->epoch,
		.slot = in->slot,
		.unknown = in->unknown,
		.half = run->half,
		.wire = pkt->wire,
		.nolearn = in->nolearn,
	};
	int verdict;

	if (__builtin_expect(!in->unknown, 0))
		return REPX_LEARNT;
	*(repx_word *)&s.key = mac_word(in->vid, pkt_src(pkt));
	verdict = fdb_learn(&s);
	in->nocache |= s.nocache;
	in->here = s.here;
	return verdict;
}

/* Rules 7 to 17, for a frame that is in a VLAN. */
static __always_inline int forward(repx_ctx *ctx, const struct repx_run *run, struct repx_in *in,
				   const struct repx_pkt *pkt)
{
	const struct repx_port *out;
	__u32 slot;
	int verdict;

#if REPX_HOOK_XDP
	slot = destination(run, in, pkt);
	out = port_get(run->half, slot);
	if (!xdp_can_finish(run, in, pkt, out))
		return for_tc(in, pkt);
#endif
	verdict = limits(in, pkt);
	if (verdict != NEXT_RULE)
		return verdict;
	verdict = learn(run, in, pkt);
	if (verdict >= 0)
		return drop(in, pkt, verdict);
#if !REPX_HOOK_XDP
	slot = destination(run, in, pkt);
	if (slot == REPX_PORT_NONE)
		return to_many(ctx, run, in, pkt);
	out = port_get(run->half, slot);
#endif
	return unicast(ctx, run, in, pkt, slot, out);
}

/* All rules, from the beginning. */
static __always_inline int switch_slow(repx_ctx *ctx, struct repx_run *run,
				       const struct repx_pkt *pkt)
{
	struct repx_in in = {};
	int verdict;

	in.port = port_find(run->half, pkt->ifindex, &in.slot);
	if (!in.port) {
		trace_verdict(REPX_VERDICT_KERNEL, 0);
		return CTX_KERNEL;
	}
#if REPX_HOOK_XDP
	/* Generic XDP cannot see a tag in skb metadata, nor find out whether there
	 * is one: deciding here would let a sender hide its VLAN. */
	if (in.port->flags & REPX_PORT_GENERIC)
		return CTX_UNFINISHED;
	if (in.port->flags & REPX_PORT_VETH && veth_hides(ctx))
		return CTX_UNFINISHED;
#endif
	trace_step(REPX_STEP_parse, pkt->wire.size,
		   (__u64)bpf_ntohs(pkt->tpid_be) << 16 | pkt->tci);
	trace_step(REPX_STEP_port, in.slot, in.port->flags);
	verdict = ingress(ctx, run, &in, pkt);
	if (verdict != NEXT_RULE)
		return verdict;
	return forward(ctx, run, &in, pkt);
}

/* The guard of a flow that is remembered. Return: a reason to drop the frame, or -1. */
static __always_inline int guard_cached(repx_ctx *ctx, const struct repx_run *run,
					const struct repx_pkt *pkt, const struct repx_cache *c)
{
	const struct repx_port *port;

	if (!(c->flags & REPX_CACHE_GUARD))
		return GUARD_PASS;
	if (guard_same(ctx, c->in_port, run->epoch, pkt->l3, pkt->type_be))
		return GUARD_PASS;
	port = port_get(run->half, c->in_port);
	return port ? guard_check(ctx, run, port, c->in_port, 0, pkt) : REPX_DROP_port_down;
}

/* A frame whose flow is remembered. Return: NEXT_RULE if it is for the rules. */
static __always_inline int switch_cached(repx_ctx *ctx, struct repx_run *run,
					 const struct repx_pkt *pkt)
{
	struct repx_cache *c;
	int verdict;

	c = cache_find(pkt, run);
	if (!c)
		return NEXT_RULE;
#if REPX_HOOK_XDP
	if (c->flags & REPX_CACHE_VETH && veth_hides(ctx))
		return CTX_UNFINISHED;
	/* tc's own: XDP cannot send it, or (generic) may not judge it */
	if (!c->drop && !(c->flags & (REPX_PORT_XMIT | REPX_PORT_XMIT_SG)))
		return CTX_UNFINISHED;
#endif
	if (c->drop)
		return drop_cached(pkt, c->in_port, c->drop - 1);
	verdict = guard_cached(ctx, run, pkt, c);
	if (verdict >= 0)
		return drop_cached(pkt, c->in_port, verdict);
	return unicast_cached(ctx, pkt, c);
}

static __always_inline int switch_frame(repx_ctx *ctx)
{
	struct repx_run run = {};
	struct repx_pkt pkt = {};
	int verdict = NEXT_RULE;
	__u32 zero = 0;

	run.cfg = bpf_map_lookup_elem(&repx_cfg, &zero);
	if (!run.cfg)
		return CTX_KERNEL;
	run.epoch = REPX_READ_ONCE(run.cfg->epoch);
	run.half = run.epoch & 1;
	run.sw = &run.cfg->sw[run.half];
#if !REPX_HOOK_XDP
	if (run.sw->flags & REPX_SW_GENERIC && tc_restore_header(ctx))
		return CTX_DROP;
#endif
	ctx_parse(ctx, &pkt);
	if (!pkt.malformed && !(run.sw->flags & REPX_SW_MARKS && ctx_mark_set(ctx)))
		verdict = switch_cached(ctx, &run, &pkt);
	if (__builtin_expect(verdict == NEXT_RULE, 0))
		return switch_slow(ctx, &run, &pkt);
	return verdict;
}

#endif
