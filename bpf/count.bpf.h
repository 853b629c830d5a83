/* SPDX-License-Identifier: GPL-2.0-only */
/* count.bpf.h - the only place that counts: frames, drops, events, notes */
#ifndef REPX_COUNT_BPF_H
#define REPX_COUNT_BPF_H

#include "maps.bpf.h"
#include "trace.bpf.h"

/* Frames on the wire: XDP sees no aggregates, so that there the multiplications go. */
static __always_inline __u32 wire_segs(const struct repx_wire *w)
{
	return REPX_HOOK_XDP ? 1 : w->segs;
}

/* The counters of a slot; none while tracing. */
static __always_inline struct repx_stats *count_of(__u32 slot)
{
	return REPX_TRACING ? NULL : bpf_map_lookup_elem(&repx_stats, &slot);
}

static __always_inline void count_rx(struct repx_stats *s, const struct repx_wire *w)
{
	s->rx_packets += wire_segs(w);
	s->rx_bytes += w->bytes;
}

/* @growth: bytes that tag edits add to each frame on the wire */
static __always_inline void count_tx(__u32 slot, const struct repx_wire *w, int growth)
{
	struct repx_stats *s = count_of(slot);

	if (!s)
		return;
	s->tx_packets += wire_segs(w);
	s->tx_bytes += w->bytes + (__s64)growth * wire_segs(w);
}

static __always_inline void count_forwarded(__u32 slot, const struct repx_wire *w, int host)
{
	struct repx_stats *s = count_of(slot);

	if (!s)
		return;
	count_rx(s, w);
	if (host)
		s->to_host += wire_segs(w);
	else
		s->forwarded += wire_segs(w);
}

static __always_inline void count_flooded(__u32 slot, const struct repx_wire *w, __u32 copies)
{
	struct repx_stats *s = count_of(slot);

	if (!s)
		return;
	count_rx(s, w);
	s->flooded += wire_segs(w);
	s->flood_copies += copies * wire_segs(w);
}

static __always_inline void count_kernel(__u32 slot, const struct repx_wire *w)
{
	struct repx_stats *s = count_of(slot);

	if (!s)
		return;
	count_rx(s, w);
	s->to_kernel += wire_segs(w);
}

/* Drop reasons and events are one row of counters: drops first. */
static __always_inline void count_row(__u32 slot, __u32 row, __u32 frames)
{
	__u64 *rows;

	if (REPX_TRACING)
		return;
	rows = bpf_map_lookup_elem(&repx_drops, &slot);
	if (rows && row < REPX_DROP_MAX + REPX_EVENT_MAX)
		rows[row] += frames;
}

static __always_inline void count_event(__u32 slot, __u32 event, const struct repx_wire *w)
{
	count_row(slot, REPX_DROP_MAX + event, wire_segs(w));
}

/* A dropped frame, of @in or (rate.tx) charged to @at. */
__global int count_dropped(__u32 in, __u32 at, __u32 reason, const struct repx_wire *w)
{
	struct repx_stats *s = count_of(in);

	if (!w)
		return 0;
	if (s)
		count_rx(s, w);
	count_row(at, reason, wire_segs(w));
	return 0;
}

/* A frame that goes to one port. */
static __always_inline int count_unicast(__u32 in, __u32 out, const struct repx_wire *w, int growth,
					 int host)
{
	if (!w)
		return 0;
	count_forwarded(in, w, host);
	count_tx(out, w, growth);
	return 0;
}

/* Tells whoever watches (repx monitor). Costs one load when nobody does. */
static __always_inline void note(const struct repx_cfg *cfg, __u32 type, __u32 port, __u32 from,
				 const struct repx_fdb_key *key)
{
	struct repx_note *n;

	if (REPX_TRACING || !cfg->watch)
		return;
	n = bpf_ringbuf_reserve(&repx_events, sizeof(*n), 0);
	if (!n)
		return;
	n->time_ns = bpf_ktime_get_ns();
	n->type = type;
	n->port = port;
	n->from = from;
	n->vlan = key->vlan;
	__builtin_memcpy(n->mac, key->mac, ETH_ALEN);
	bpf_ringbuf_submit(n, 0);
}

#endif
