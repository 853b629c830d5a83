/* SPDX-License-Identifier: GPL-2.0-only */
/* flow.bpf.h - how much traffic each flow has (repx_flows), for the offload
 *
 * A flow that repx_cache decides is counted in its entry there, at the price of two
 * additions, and charged when the entry is filled anew. Of the frames that the rules decide
 * one in repx_cfg.sample is charged, as so many: traffic that will never be worth a rule
 * costs a random number for each frame, and an update of the map for few.
 */
#ifndef REPX_FLOW_BPF_H
#define REPX_FLOW_BPF_H

#include "maps.bpf.h"
#include "pkt.bpf.h"
#include "port.bpf.h"
#include "trace.bpf.h"

/* What a flow's key says of the frame behind its outermost tag, as repx_cache keeps it:
 * type_be, and above it tag2. */
__global long flow_inner(repx_ctx *ctx, const struct repx_pkt *pkt)
{
	struct {
		__be16 tci_be, type_be;
	} tag;
	__u32 tag2;

	if (!pkt)
		return 0;
	if (!pkt->tpid_be || !is_vlan_type(pkt->type_be) ||
	    ctx_load(ctx, pkt->l3, &tag, sizeof(tag)))
		return pkt->type_be;
	tag2 = bpf_ntohs(tag.tci_be) & VLAN_VID_MASK;
	tag2 |= pkt->type_be == bpf_htons(ETH_P_8021Q) ? REPX_CACHE_TAG2_Q : REPX_CACHE_TAG2_AD;
	return tag.type_be | tag2 << 16;
}

/* @words: addresses and tag, of a struct repx_pkt or repx_cache (pkt_words()). */
static __always_inline void flow_key(struct repx_flow_key *key, const void *words, __u32 inner)
{
	const struct repx_pkt *pkt = words;
	__u16 tag2 = inner >> 16;

	key->tpid_be = pkt->tpid_be;
	key->vid = pkt->tpid_be ? pkt->tci & VLAN_VID_MASK : 0;
	key->type_be = inner;
	__builtin_memcpy(key->dst, pkt->dst, ETH_ALEN);
	__builtin_memcpy(key->src, pkt->src, ETH_ALEN);
	if (!tag2)
		return;
	key->tpid2_be = bpf_htons(tag2 & REPX_CACHE_TAG2_Q ? ETH_P_8021Q : ETH_P_8021AD);
	key->vid2 = tag2 & VLAN_VID_MASK;
}

static __always_inline void flow_add(const struct repx_flow_key *key, __u32 out, __u64 packets,
				     __u64 bytes, __u32 flags)
{
	__u64 now = bpf_ktime_get_coarse_ns();
	struct repx_flow fresh = {packets, bytes, now, out, flags}, *f;

	f = bpf_map_lookup_elem(&repx_flows, key);
	if (!f) {
		if (!bpf_map_update_elem(&repx_flows, key, &fresh, BPF_NOEXIST))
			return;
		f = bpf_map_lookup_elem(&repx_flows, key);
		if (!f)
			return;
	}
	__sync_fetch_and_add(&f->packets, packets);
	__sync_fetch_and_add(&f->bytes, bytes);
	if (flags)
		__sync_fetch_and_or(&f->flags, flags);
	f->seen_ns = now;
	f->out = out;
}

#define FLOW_MARKED (1ULL << 32) /* beside sample */

/**
 * flow_charge() - a frame that the rules let through
 * @in: slot, and above it the VLAN
 * @out: slot, or REPX_PORT_NONE: flooded
 * @sample: one in so many is charged; a marked one (FLOW_MARKED) always, since that must
 *	be known before a rule could be made of the flow
 */
__global int flow_charge(const struct repx_pkt *pkt, __u32 in, __u32 out, __u64 sample, __u32 inner)
{
	struct repx_flow_key key = {.port = in, .vlan = in >> 16};
	__u32 flags = sample & FLOW_MARKED ? REPX_FLOW_MARKED : 0;
	__u32 times = flags ? 1 : sample;

	if (!pkt || (times > 1 && bpf_get_prandom_u32() % times))
		return 0;
	flow_key(&key, pkt, inner);
	flow_add(&key, out, (__u64)pkt->wire.segs * times, (__u64)pkt->wire.bytes * times, flags);
	return 0;
}

static __always_inline __u32 flow_in(const struct repx_in *in)
{
	return in->slot | (__u32)in->vid << 16;
}

static __always_inline __u64 flow_sample(const struct repx_in *in, __u32 sample)
{
	return in->marked ? sample | FLOW_MARKED : sample;
}

/* What an entry of repx_cache decided since it was filled is its flow's. Fewer packets than
 * @sample are charged as @sample, with the probability that makes it right in the long run. */
__global int flow_settle(const struct repx_cache *c, __u32 sample, __u32 half)
{
	struct repx_flow_key key = {};
	const struct repx_port *port;
	__u64 packets, bytes;

	if (!c || !c->packets || !c->type_be)
		return 0;
	port = port_get(half, c->in_port);
	if (!port || port->ifindex != c->in_ifindex)
		return 0; /* the slot is another port's by now */
	packets = c->packets;
	bytes = c->bytes;
	if (packets < sample) {
		if (bpf_get_prandom_u32() % sample >= packets)
			return 0;
		bytes = bytes * sample / packets;
		packets = sample;
	}
	key.port = c->in_port;
	key.vlan = c->vlan;
	flow_key(&key, c, c->type_be | (__u32)c->tag2 << 16);
	flow_add(&key, c->out_port, packets, bytes, 0);
	return 0;
}

#endif
