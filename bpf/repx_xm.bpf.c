// SPDX-License-Identifier: GPL-2.0-only
/* repx_xm.bpf.c - counts XDP redirects that came to nothing
 *
 * A program that redirects has ended by then, so the kernel tells in tracepoints: at once
 * where a frame cannot be sent (the netdev is down, takes no redirects any more, or has a
 * smaller MTU), and once a bulk how many the device refused (its ring is full). The second
 * one runs for every bulk of the host, whoever sends it: 3 ns a frame, so that it may be
 * left out (switch.xdp.tx_errors).
 */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "maps.bpf.h"
#include "vmlinux.h"

static __always_inline int count_refused(__u32 ifindex, __u32 frames)
{
	__u32 *slot = bpf_map_lookup_elem(&repx_ifaces, &ifindex);
	__u64 *rows = slot ? bpf_map_lookup_elem(&repx_drops, slot) : NULL;

	if (rows)
		rows[REPX_DROP_MAX + REPX_EVENT_tx_error] += frames;
	return 0;
}

/* @to: the entry of a devmap; without a map @index is an ifindex. */
SEC("tp_btf/xdp_redirect_err")
int BPF_PROG(repx_refused, const struct net_device *from, const void *prog, const void *to, int err,
	     int map_type, __u32 map_id, __u32 index)
{
	const struct bpf_dtab_netdev *entry = to;

	if (map_type == BPF_MAP_TYPE_DEVMAP || map_type == BPF_MAP_TYPE_DEVMAP_HASH)
		index = BPF_CORE_READ(entry, dev, ifindex);
	else if (map_type != BPF_MAP_TYPE_UNSPEC)
		return 0;
	return count_refused(index, 1);
}

SEC("tp_btf/xdp_devmap_xmit")
int BPF_PROG(repx_xmit, const struct net_device *from, const struct net_device *to, int sent,
	     int drops, int err)
{
	return drops > 0 ? count_refused(to->ifindex, drops) : 0;
}

char LICENSE[] SEC("license") = "GPL";
