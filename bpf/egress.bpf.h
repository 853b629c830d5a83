/* SPDX-License-Identifier: GPL-2.0-only */
/* egress.bpf.h - one frame to one port (rules 11 to 17) */
#ifndef REPX_EGRESS_BPF_H
#define REPX_EGRESS_BPF_H

#include "cache.bpf.h"
#include "count.bpf.h"
#include "fdb.bpf.h"
#include "limit.bpf.h"
#include "port.bpf.h"

/* The frame ends here, for @reason. */
static __always_inline int drop(const struct repx_in *in, const struct repx_pkt *pkt, __u32 reason)
{
	trace_verdict(REPX_VERDICT_DROP, reason);
	count_dropped(in->slot, in->slot, reason, &pkt->wire);
	return CTX_DROP;
}

/* The same for a reason that every frame of this port, addresses and tag has. */
static __always_inline int drop_flow(const struct repx_run *run, const struct repx_in *in,
				     const struct repx_pkt *pkt, __u32 reason)
{
	cache_fill_drop(pkt, in, run, reason);
	return drop(in, pkt, reason);
}

static __always_inline int drop_cached(const struct repx_pkt *pkt, __u32 slot, __u32 reason)
{
	struct repx_stats *s = count_of(slot);

	if (s)
		count_rx(s, &pkt->wire);
	count_row(slot, reason, wire_segs(&pkt->wire));
	return CTX_DROP;
}

/* The frame is the kernel's, untouched. */
static __always_inline int to_kernel(const struct repx_in *in, const struct repx_pkt *pkt)
{
	if (REPX_HOOK_XDP)
		return CTX_KERNEL; /* tc will count it */
	trace_verdict(REPX_VERDICT_KERNEL, 0);
	count_kernel(in->slot, &pkt->wire);
	return CTX_KERNEL;
}

/* Edits and sends; everything has been decided and counted. */
static __always_inline int transmit(repx_ctx *ctx, const struct repx_pkt *pkt, int strip,
				    const struct repx_out *out, __u32 ifindex)
{
	if (REPX_TRACING)
		return CTX_DROP;
	if (ctx_edit(ctx, pkt, strip, out->tpid_be, out->tci)) {
		count_event(out->slot, REPX_EVENT_tx_error, &pkt->wire);
		return CTX_DROP;
	}
	return ctx_send(ctx, out->slot, ifindex);
}

/* Why @out does not get the frame, or -1. @vlan: of the frame. */
static __always_inline int unicast_refused(const struct repx_in *in, const struct repx_pkt *pkt,
					   const struct repx_out *out, const struct repx_vlan *vlan,
					   int growth)
{
	if (!(out->port->flags & REPX_PORT_UP))
		return REPX_DROP_port_down;
	if (in->port->flags & out->port->flags & REPX_PORT_ISOLATED)
		return REPX_DROP_isolated;
	if (!vlan_has(vlan, out->slot))
		return REPX_DROP_vlan_egress;
	if (pkt->wire.size + growth > out->port->mtu + MTU_HEADERS)
		return REPX_DROP_too_big;
	return -1;
}

/* The receiver's limit is counted on the receiver. */
static __always_inline int drop_rate_tx(const struct repx_in *in, const struct repx_pkt *pkt,
					__u32 slot)
{
	trace_verdict(REPX_VERDICT_DROP, REPX_DROP_rate);
	count_dropped(in->slot, slot, REPX_DROP_rate, &pkt->wire);
	return CTX_DROP;
}

/* Known unicast to @slot. @port: what is there, or NULL */
static __always_inline int unicast(repx_ctx *ctx, const struct repx_run *run, struct repx_in *in,
				   const struct repx_pkt *pkt, __u32 slot,
				   const struct repx_port *port)
{
	const struct repx_vlan *vlan = vlan_get(run->half, in->vid);
	struct repx_out out = {.port = port, .slot = slot};
	int reason, growth;
	__u32 inner = 0;

	if (!vlan || !port)
		return drop(in, pkt, REPX_DROP_no_member);
	if (slot == in->slot || in->port->flags & out.port->flags & REPX_PORT_UPLINK)
		return drop(in, pkt, REPX_DROP_hairpin);
	out.tpid_be = egress_tpid(out.port, vlan, in->vid);
	out.tci = out.tpid_be ? in->vid | in->prio : 0;
	out.host = slot == run->sw->host_port && pkt_dst(pkt) == mac_u64(run->sw->host_mac);
	growth = edit_growth(in->strip, out.tpid_be);
	out.growth = growth;
	reason = unicast_refused(in, pkt, &out, vlan, growth);
	if (reason >= 0)
		return drop(in, pkt, reason);
	if (!limit_pass(out.port, slot, REPX_LIMIT_TX,
			pkt->wire.bytes + growth * wire_segs(&pkt->wire)))
		return drop_rate_tx(in, pkt, slot);
	trace_step(REPX_STEP_egress, slot, (__u64)bpf_ntohs(out.tpid_be) << 16 | out.tci);
	trace_verdict(out.host ? REPX_VERDICT_HOST : REPX_VERDICT_FORWARD, 0);
	trace_out(slot, out.tpid_be, out.tci, in->strip);
	count_unicast(in->slot, slot, &pkt->wire, growth, out.host);
	if (!REPX_TRACING && run->cfg->sample) {
		inner = flow_inner(ctx, pkt);
		flow_charge(pkt, flow_in(in), slot, flow_sample(in, run->cfg->sample), inner);
	}
	cache_fill(pkt, in, &out, run, inner);
	return transmit(ctx, pkt, in->strip, &out, out.port->ifindex);
}

/* The same for a flow that is remembered. Return: NEXT_RULE if it is for the rules after all. */
static __always_inline int unicast_cached(repx_ctx *ctx, const struct repx_pkt *pkt,
					  struct repx_cache *c)
{
	struct repx_out out = {
		.slot = c->out_port,
		.tpid_be = c->out_tpid_be,
		.tci = c->out_tci,
	};
	int growth = c->growth;

	if (pkt->wire.size > c->most || (REPX_XDP_PART && growth))
		return NEXT_RULE;
	if (REPX_HOOK_XDP && !(c->flags & (pkt->frags ? REPX_PORT_XMIT_SG : REPX_PORT_XMIT)))
		return NEXT_RULE;
	count_forwarded(c->in_port, &pkt->wire, c->flags & REPX_CACHE_HOST);
	count_tx(out.slot, &pkt->wire, growth);
	if (c->type_be) { /* somebody counts */
		c->packets += wire_segs(&pkt->wire);
		c->bytes += pkt->wire.bytes;
	}
	return transmit(ctx, pkt, c->flags & REPX_CACHE_STRIP, &out, c->out_ifindex);
}

#endif
