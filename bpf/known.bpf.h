/* SPDX-License-Identifier: GPL-2.0-only */
/* known.bpf.h - where source addresses were admitted, remembered per CPU
 *
 * Where flows are too many for repx_cache, source addresses are not: a port has few of its
 * own. That one was admitted holds as long as an entry of repx_cache does where nobody counts
 * flows, for the same reasons. It has passed the guard's MAC addresses then, and has been
 * learnt or refreshed.
 */
#ifndef REPX_KNOWN_BPF_H
#define REPX_KNOWN_BPF_H

#include "cache.bpf.h"

/* The one place for an address, or NULL. @key: of mac_word() */
static __always_inline struct repx_known *known_place(__u64 key)
{
	__u32 at = bpf_be64_to_cpu(key) * CACHE_MIX_1 >> 52;

	_Static_assert(REPX_KNOWN_SLOTS == 1 << 12, "the shift above");
	return REPX_TRACING ? NULL : bpf_map_lookup_elem(&repx_known, &at);
}

static __always_inline int known_holds(__u32 jiffies, const struct repx_sw *sw)
{
	return (__u32)bpf_jiffies64() - jiffies < sw->hold;
}

/* The slot, or REPX_PORT_NONE. */
static __always_inline __u32 known_find(__u64 key, const struct repx_run *run)
{
	struct repx_known *k = known_place(key);

	if (!k || (k->key ^ key) | (k->epoch ^ run->epoch) || !known_holds(k->jiffies, run->sw))
		return REPX_PORT_NONE;
	return k->at;
}

static __always_inline void known_put(__u64 key, __u64 epoch, __u32 at)
{
	struct repx_known *k = known_place(key);

	if (!k)
		return;
	REPX_WRITE_ONCE(k->epoch, ~0ULL); /* whoever interrupts us finds nothing half done */
	REPX_WRITE_ONCE(k->key, key);
	REPX_WRITE_ONCE(k->jiffies, (__u32)bpf_jiffies64());
	REPX_WRITE_ONCE(k->at, at);
	REPX_WRITE_ONCE(k->epoch, epoch);
}

#endif
