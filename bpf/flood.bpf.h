/* SPDX-License-Identifier: GPL-2.0-only */
/* flood.bpf.h - one frame to every port that may have it (rule 10), on tc
 *
 * The members of the VLAN are walked a bit at a time. A copy is sent only when
 * the next port is found, so that the last one takes the frame itself: a flood
 * to one port copies nothing. The tag is edited only where it differs from what
 * the port before wanted.
 */
#ifndef REPX_FLOOD_BPF_H
#define REPX_FLOOD_BPF_H

#include "egress.bpf.h"

#define FLOOD_UNKNOWN (1U << 0) /* ports with flood: false do not get it */
#define FLOOD_UPLINKS (1U << 1) /* uplinks only (unknown: uplink) */

/* the tag that the frame carries, or is to carry */
struct flood_tag {
	__be16 tpid_be; /* 0: none */
	__u16 tci;
};

/* Plain values only, so that flood_port() can be a __global function. */
struct flood {
	__u64 bits; /* of the members' word that are still to do */
	__u32 word, words, half, how;
	__u32 in_slot, in_flags;
	struct repx_wire wire;
	__u32 eligible, copies;
	__u32 next_slot, next_ifindex;	  /* found, not sent yet; 0: none */
	struct flood_tag next, now, came; /* came: what it came with */
	__u16 vid, prio;
	__u32 strip;
};

struct flood_walk {
	repx_ctx *ctx;
	struct flood *f;
};

/* Number of the lowest bit of @bits, which is not 0, by a de Bruijn sequence:
 * clang 14 never comes back from __builtin_ctzll() on this target. */
static __always_inline __u32 flood_lowest(__u64 bits)
{
	static const __u8 number[64] = {
		0,  1,	2,  53, 3,  7,	54, 27, 4,  38, 41, 8,	34, 55, 48, 28,
		62, 5,	39, 46, 44, 42, 22, 9,	24, 35, 59, 56, 49, 18, 29, 11,
		63, 52, 6,  26, 37, 40, 33, 47, 61, 45, 43, 21, 23, 58, 17, 10,
		51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19, 15, 30, 14, 13, 12,
	};

	return number[((bits & -bits) * 0x022fdd63cc95386dULL >> 58) & 63];
}

/* Why a member gets no copy: a drop reason, or -1: it does. */
static __always_inline int flood_refused(const struct flood *f, const struct repx_port *out,
					 __u32 slot)
{
	__u32 both = f->in_flags & out->flags;

	if (slot == f->in_slot || both & REPX_PORT_UPLINK)
		return REPX_DROP_hairpin;
	if (!(out->flags & REPX_PORT_UP))
		return REPX_DROP_port_down;
	if (both & REPX_PORT_ISOLATED)
		return REPX_DROP_isolated;
	if (f->how & FLOOD_UNKNOWN && !(out->flags & REPX_PORT_FLOOD))
		return REPX_DROP_unknown;
	if (f->how & FLOOD_UPLINKS && !(out->flags & REPX_PORT_UPLINK))
		return REPX_DROP_unknown;
	return -1;
}

/* Makes the frame carry what the found port wants. */
static __always_inline int flood_edit(repx_ctx *ctx, struct flood *f)
{
	if (f->now.tpid_be == f->next.tpid_be && f->now.tci == f->next.tci)
		return 0;
	if (tc_edit(ctx, f->now.tpid_be, f->next.tpid_be, f->next.tci))
		return -1;
	f->now = f->next;
	return 0;
}

/* Sends a copy to the port found before, if any. */
static __always_inline void flood_send_copy(repx_ctx *ctx, struct flood *f)
{
	if (!f->next_ifindex)
		return;
	if (flood_edit(ctx, f) || bpf_clone_redirect(ctx, f->next_ifindex, 0))
		count_event(f->next_slot, REPX_EVENT_tx_error, &f->wire);
	f->next_ifindex = 0;
}

/* Does the port's MTU and rate allow a copy that is @growth bytes longer? */
static __always_inline int flood_fits(const struct flood *f, const struct repx_port *out,
				      __u32 slot, int growth)
{
	if (f->wire.size + growth > out->mtu + MTU_HEADERS) {
		trace_step(REPX_STEP_skip, slot, REPX_DROP_too_big);
		count_event(f->in_slot, REPX_EVENT_copy_too_big, &f->wire);
		return 0;
	}
	if (!limit_pass(out, slot, REPX_LIMIT_TX, f->wire.bytes + growth * f->wire.segs)) {
		trace_step(REPX_STEP_skip, slot, REPX_DROP_rate);
		count_event(slot, REPX_EVENT_copy_rate, &f->wire);
		return 0;
	}
	return 1;
}

/* A member: if it may have a copy, it is the one found. */
__global int flood_port(repx_ctx *ctx, struct flood *f, __u32 slot)
{
	const struct repx_port *out;
	const struct repx_vlan *vlan;
	struct flood_tag tag = {};
	int reason, growth;

	if (!f)
		return 0;
	out = port_get(f->half, slot);
	vlan = vlan_get(f->half, f->vid);
	if (!out || !out->ifindex || !vlan)
		return 0;
	reason = flood_refused(f, out, slot);
	if (reason >= 0) {
		if (slot != f->in_slot)
			trace_step(REPX_STEP_skip, slot, reason);
		return 0;
	}
	f->eligible++;
	tag.tpid_be = egress_tpid(out, vlan, f->vid);
	tag.tci = tag.tpid_be ? f->vid | f->prio : 0;
	growth = edit_growth(f->strip, tag.tpid_be);
	if (!flood_fits(f, out, slot, growth))
		return 0;
	trace_step(REPX_STEP_copy, slot, (__u64)bpf_ntohs(tag.tpid_be) << 16 | tag.tci);
	trace_out(slot, tag.tpid_be, tag.tci, f->strip);
	count_tx(slot, &f->wire, growth);
	f->copies++;
	if (REPX_TRACING) {
		asm volatile("" : : "r"(ctx)); /* or clang passes nothing for it */
		return 0;
	}
	flood_send_copy(ctx, f);
	f->next = tag;
	f->next_slot = slot;
	f->next_ifindex = out->ifindex;
	return 0;
}

/* The next word of members. Return: 1 at the end. */
__global int flood_word(struct flood *f)
{
	const struct repx_vlan *vlan;

	if (!f || f->word >= f->words)
		return 1;
	vlan = vlan_get(f->half, f->vid);
	if (!vlan)
		return 1;
	f->bits = vlan->members[f->word & (REPX_MAX_PORTS / 64 - 1)];
	f->word++;
	return 0;
}

/* One step of the walk: the next word, or the next of its bits. */
static long flood_step(__u32 i, struct flood_walk *walk)
{
	struct flood *f = walk->f;
	__u32 slot;

	if (!f->bits)
		return flood_word(f) != 0;
	slot = (f->word - 1) * 64 + flood_lowest(f->bits);
	f->bits &= f->bits - 1;
	flood_port(walk->ctx, f, slot);
	return 0;
}

/* The last port found takes the frame itself, unless the kernel wants it too. */
static __always_inline int flood_last(repx_ctx *ctx, struct flood *f, int kernel_too)
{
	if (REPX_TRACING)
		return CTX_DROP;
	if (kernel_too) {
		flood_send_copy(ctx, f);
		f->next = f->came;
		flood_edit(ctx, f);
		return TC_ACT_OK;
	}
	if (!f->next_ifindex)
		return CTX_DROP;
	if (flood_edit(ctx, f)) {
		count_event(f->next_slot, REPX_EVENT_tx_error, &f->wire);
		return CTX_DROP;
	}
	return bpf_redirect(f->next_ifindex, 0);
}

static __always_inline int flood(repx_ctx *ctx, const struct repx_run *run,
				 const struct repx_in *in, const struct repx_pkt *pkt, __u32 how)
{
	struct flood f = {
		.words = run->sw->words,
		.half = run->half,
		.how = how,
		.in_slot = in->slot,
		.in_flags = in->port->flags,
		.wire = pkt->wire,
		.vid = in->vid,
		.prio = in->prio,
		.strip = in->strip,
	};
	struct flood_walk walk = {.ctx = ctx, .f = &f};
	__u32 sample = mac_is_group(pkt->dst) ? run->cfg->sample_flood : 0, inner = 0;
	int kernel_too = in->port->flags & REPX_PORT_SHARED && mac_is_group(pkt->dst) &&
			 is_untagged(in, pkt);

	if (in->strip) {
		f.came.tpid_be = pkt->tpid_be;
		f.came.tci = pkt->tci;
	}
	f.now = f.came;
	if (!REPX_TRACING && sample)
		inner = flow_inner(ctx, pkt); /* while it is as it came */
	bpf_loop(REPX_MAX_PORTS + REPX_MAX_PORTS / 64 + 1, flood_step, &walk, 0);
	if (kernel_too)
		trace_kernel_copy();
	if (!f.eligible && !kernel_too)
		return drop(in, pkt, REPX_DROP_no_member);
	trace_verdict(REPX_VERDICT_FLOOD, 0);
	count_flooded(in->slot, &pkt->wire, f.copies);
	if (!REPX_TRACING && sample && f.copies)
		flow_charge(pkt, flow_in(in), REPX_PORT_NONE, flow_sample(in, sample), inner);
	return flood_last(ctx, &f, kernel_too);
}

#endif
