// SPDX-License-Identifier: GPL-2.0-only
/* repx_xm.bpf.c - counts XDP redirects that the device refused
 *
 * A native redirect only joins a bulk; the driver takes or refuses it after the
 * program has ended. The kernel tells in this tracepoint, once a bulk.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "maps.bpf.h"
#include "vmlinux.h"

SEC("tp_btf/xdp_devmap_xmit")
int BPF_PROG(repx_xmit, const struct net_device *from, const struct net_device *to, int sent,
	     int drops, int err)
{
	__u32 ifindex, *slot;
	__u64 *rows;

	if (drops <= 0)
		return 0;
	ifindex = to->ifindex;
	slot = bpf_map_lookup_elem(&repx_ifaces, &ifindex);
	if (!slot)
		return 0;
	rows = bpf_map_lookup_elem(&repx_drops, slot);
	if (rows)
		rows[REPX_DROP_MAX + REPX_EVENT_tx_error] += drops;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
