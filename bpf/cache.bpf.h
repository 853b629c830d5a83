/* SPDX-License-Identifier: GPL-2.0-only */
/* cache.bpf.h - the outcome of a known unicast flow, remembered per CPU
 *
 * Most frames follow one that had the same port, addresses and tag a moment ago:
 * for those the rules need not be asked again. An entry holds for one jiffy (so
 * addresses are refreshed, and age, to within one) and for one epoch (so no flip
 * and no moved or deleted address is missed). Only outcomes that depend on
 * nothing but the key are kept: no buckets, no look into headers.
 */
#ifndef REPX_CACHE_BPF_H
#define REPX_CACHE_BPF_H

#include "count.bpf.h"
#include "port.bpf.h"

struct cache_key {
	__u64 dst_tci;
	__u64 src_tpid;
};

static __always_inline struct cache_key cache_key(const struct repx_pkt *pkt)
{
	struct cache_key k;

	k.dst_tci = mac_u64(pkt->dst);
	k.src_tpid = mac_u64(pkt->src);
	__builtin_memcpy((__u8 *)&k.dst_tci + ETH_ALEN, &pkt->tci, sizeof(pkt->tci));
	__builtin_memcpy((__u8 *)&k.src_tpid + ETH_ALEN, &pkt->tpid_be, sizeof(pkt->tpid_be));
	return k;
}

static __always_inline struct repx_cache *cache_slot(const struct cache_key *k, __u32 ifindex)
{
	__u64 h = (k->dst_tci ^ (k->src_tpid << 17 | k->src_tpid >> 47) ^ ifindex) *
		  0x9e3779b97f4a7c15ULL;
	__u32 key = h >> 52;

	_Static_assert(REPX_CACHE_SLOTS == 1 << 12, "the shift above");
	return bpf_map_lookup_elem(&repx_cache, &key);
}

/* The entry that decides this frame, or NULL. */
static __always_inline struct repx_cache *cache_find(const struct repx_pkt *pkt, __u64 epoch)
{
	struct cache_key k = cache_key(pkt);
	struct repx_cache *c;

	if (REPX_TRACING)
		return NULL;
	c = cache_slot(&k, pkt->ifindex);
	if (!c || c->dst_tci != k.dst_tci || c->src_tpid != k.src_tpid || c->epoch != epoch ||
	    c->in_ifindex != pkt->ifindex || c->jiffies != bpf_jiffies64())
		return NULL;
	return c;
}

/* May the outcome of this frame decide others? */
static __always_inline int cache_may(const struct repx_in *in, const struct repx_out *out)
{
	if (REPX_TRACING || in->nocache)
		return 0;
	if (in->port->flags & (REPX_PORT_GUARD_IP | REPX_PORT_STRICT))
		return 0;
	return !in->port->limit[REPX_LIMIT_RX].cost && !out->port->limit[REPX_LIMIT_TX].cost;
}

static __always_inline void cache_fill(const struct repx_pkt *pkt, const struct repx_in *in,
				       const struct repx_out *out, __u64 epoch)
{
	struct cache_key k = cache_key(pkt);
	struct repx_cache *c;

	if (!cache_may(in, out))
		return;
	c = cache_slot(&k, pkt->ifindex);
	if (!c)
		return;
	c->dst_tci = k.dst_tci;
	c->src_tpid = k.src_tpid;
	c->epoch = epoch;
	c->jiffies = bpf_jiffies64();
	c->in_ifindex = pkt->ifindex;
	c->in_port = in->slot;
	c->out_ifindex = out->port->ifindex;
	c->out_port = out->slot;
	c->max_size = out->port->mtu + 18;
	c->out_tpid_be = out->tpid_be;
	c->out_tci = out->tci;
	c->flags = out->port->flags & (REPX_PORT_XMIT | REPX_PORT_XMIT_SG);
	if (in->strip)
		c->flags |= REPX_CACHE_STRIP;
	if (out->host)
		c->flags |= REPX_CACHE_HOST;
	if (in->port->flags & REPX_PORT_VETH)
		c->flags |= REPX_CACHE_VETH;
}

#endif
