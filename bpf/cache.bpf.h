/* SPDX-License-Identifier: GPL-2.0-only */
/* cache.bpf.h - the outcome of a flow, remembered per CPU
 *
 * Most frames follow one that had the same port, addresses and tag a moment ago:
 * for those the rules need not be asked again. An entry holds for a moment
 * (repx_sw.hold; while somebody counts flows for one jiffy, since these are charged
 * when an entry is filled anew) and for one epoch (so no flip and no moved or deleted
 * address is missed). Only outcomes that depend on nothing but the key are kept: no
 * buckets. A guard that looks into the frame is asked each time, and only that.
 */
#ifndef REPX_CACHE_BPF_H
#define REPX_CACHE_BPF_H

#include "count.bpf.h"
#include "flow.bpf.h"
#include "port.bpf.h"

/* Until when what is written now decides others: for how long is known then, so that the
 * frames it decides need not ask. */
static __always_inline __u32 cache_until(const struct repx_run *run)
{
	__u32 now = bpf_jiffies64();

	return run->cfg->sample ? now : now + run->sw->hold - 1;
}

static __always_inline int cache_holds(__u32 until)
{
	return until - (__u32)bpf_jiffies64() < REPX_HOLD;
}

/* Addresses are often numbers in a row, in their last bytes. With these at the low end a
 * multiplication by the golden ratio spreads them: of 2,000 in a row no two share a place. The
 * other factors are odd numbers with as many ones. */
#define CACHE_MIX_1 0x9e3779b97f4a7c15ULL
#define CACHE_MIX_2 0xc2b2ae3d27d4eb4fULL
#define CACHE_MIX_3 0x165667b19e3779f9ULL

static __always_inline struct repx_cache *cache_slot(const struct repx_pkt *pkt)
{
	const repx_word *w = pkt_words(pkt);
	__u64 h = bpf_be64_to_cpu(w[0]) * CACHE_MIX_1 + bpf_be64_to_cpu(w[1]) * CACHE_MIX_2 +
		  pkt->ifindex * CACHE_MIX_3;
	__u32 key = h >> 52;

	_Static_assert(REPX_CACHE_SLOTS == 1 << 12, "the shift above");
	return bpf_map_lookup_elem(&repx_cache, &key);
}

/* The entry that decides this frame, or NULL. */
static __always_inline struct repx_cache *cache_find(const struct repx_pkt *pkt,
						     struct repx_run *run)
{
	const repx_word *w = pkt_words(pkt);
	struct repx_cache *c;

	if (REPX_TRACING)
		return NULL;
	c = cache_slot(pkt);
	run->place = c;
	/* one branch for all: each is one more way for the verifier */
	if (!c ||
	    (pkt_words(c)[0] ^ w[0]) | (pkt_words(c)[1] ^ w[1]) | (c->epoch ^ run->epoch) |
		    (c->in_ifindex ^ pkt->ifindex) ||
	    !cache_holds(c->until))
		return NULL;
	return c;
}

/* The place of a flow that is in use is not taken from it: where flows are too many for all to
 * be remembered, the busiest are, and the others need not try each time. */
static __always_inline int cache_taken(const struct repx_cache *c, const struct repx_run *run)
{
	return !c->drop && c->epoch == run->epoch && cache_holds(c->until);
}

/* May the outcome of this frame decide others? */
static __always_inline int cache_may(const struct repx_in *in, const struct repx_out *out)
{
	if (REPX_TRACING || in->nocache)
		return 0;
	return !in->port->limit[REPX_LIMIT_RX].cost && !out->port->limit[REPX_LIMIT_TX].cost;
}

/* @inner: of flow_inner(); 0: nobody counts */
static __always_inline void cache_fill(const struct repx_pkt *pkt, const struct repx_in *in,
				       const struct repx_out *out, const struct repx_run *run,
				       __u32 inner)
{
	__u32 most = out->port->mtu + MTU_HEADERS - out->growth;
	struct repx_cache *c;

	if (!cache_may(in, out))
		return;
	c = run->place;
	if (!c || cache_taken(c, run))
		return;
	if (run->cfg->sample)
		flow_settle(c, run->cfg->sample, run->half);
	pkt_words(c)[0] = pkt_words(pkt)[0];
	pkt_words(c)[1] = pkt_words(pkt)[1];
	c->epoch = run->epoch;
	c->until = cache_until(run);
	c->in_ifindex = pkt->ifindex;
	c->in_port = in->slot;
	c->out_ifindex = out->port->ifindex;
	c->out_port = out->slot;
	c->most = most < 0xffff ? most : 0xffff;
	c->growth = out->growth;
	c->packets = 0;
	c->bytes = 0;
	c->type_be = inner;
	c->tag2 = inner >> 16;
	c->vlan = in->vid;
	c->out_tpid_be = out->tpid_be;
	c->out_tci = out->tci;
	c->drop = 0;
	c->flags = 0;
	if (!(in->port->flags & REPX_PORT_GENERIC)) /* there XDP must not decide */
		c->flags = out->port->flags & (REPX_PORT_XMIT | REPX_PORT_XMIT_SG);
	if (in->strip)
		c->flags |= REPX_CACHE_STRIP;
	if (out->host)
		c->flags |= REPX_CACHE_HOST;
	if (in->port->flags & REPX_PORT_VETH)
		c->flags |= REPX_CACHE_VETH;
	if (in->port->flags & (REPX_PORT_GUARD_IP | REPX_PORT_STRICT))
		c->flags |= REPX_CACHE_GUARD;
}

/* Remembers that frames like this one are dropped, whatever is in them. Unlike a flow that is
 * forwarded it keeps its place from no other: a sender of nonsense shall slow down none. */
static __always_inline void cache_fill_drop(const struct repx_pkt *pkt, const struct repx_in *in,
					    const struct repx_run *run, __u32 reason)
{
	struct repx_cache *c;

	if (REPX_TRACING || in->nocache || in->port->flags & REPX_PORT_GENERIC)
		return;
	c = run->place;
	if (!c || cache_taken(c, run))
		return;
	if (run->cfg->sample)
		flow_settle(c, run->cfg->sample, run->half);
	pkt_words(c)[0] = pkt_words(pkt)[0];
	pkt_words(c)[1] = pkt_words(pkt)[1];
	c->epoch = run->epoch;
	c->until = cache_until(run);
	c->in_ifindex = pkt->ifindex;
	c->in_port = in->slot;
	c->packets = 0;
	c->drop = reason + 1;
	c->flags = in->port->flags & REPX_PORT_VETH ? REPX_CACHE_VETH : 0;
}

#endif
