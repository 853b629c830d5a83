/* SPDX-License-Identifier: GPL-2.0-only */
/* veth.bpf.h - what veth hides from native XDP
 *
 * A frame that the stack sent into a veth comes as an skb: its tag may be in
 * skb->vlan_all and its checksum half done (CHECKSUM_PARTIAL), and neither is in
 * the bytes that XDP sees; forwarded as they are, it would change VLAN, or be
 * thrown away by its receiver. veth keeps that skb right behind the xdp_buff
 * (struct veth_xdp_buff), so we look, and give such frames to tc.
 *
 * The metadata kfunc would tell the tag too, but wants a program bound to the
 * device, one for each port, and kernels up to 6.18 at least go down when such a
 * netdev is deleted under it.
 */
#ifndef REPX_VETH_BPF_H
#define REPX_VETH_BPF_H

#include <bpf/bpf_core_read.h>

#include "pkt.bpf.h"
#include "vmlinux.h"

#define VETH_CHECKSUM_PARTIAL 3

/* Only on a netdev of kind veth with native XDP. Return: 1 if tc must do it. */
static __always_inline int veth_hides(struct xdp_md *ctx)
{
	void *xdp = bpf_cast_to_kern_ctx(ctx);
	struct sk_buff_head *behind;
	struct sk_buff *skb;

	behind = bpf_rdonly_cast(xdp + bpf_core_type_size(struct xdp_buff),
				 bpf_core_type_id_kernel(struct sk_buff_head));
	skb = (struct sk_buff *)behind->next;
	if (!skb) /* came by redirect from another XDP program */
		return 0;
	skb = bpf_rdonly_cast(skb, bpf_core_type_id_kernel(struct sk_buff));
	return skb->vlan_all || BPF_CORE_READ_BITFIELD(skb, ip_summed) == VETH_CHECKSUM_PARTIAL;
}

#endif
