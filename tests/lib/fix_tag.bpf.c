// SPDX-License-Identifier: GPL-2.0-only
/* fix_tag.bpf.c - on a peer's egress: moves the frame's outer tag beside the frame,
 * where a guest with VLAN offload puts it and XDP does not see it */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int fix_tag(struct __sk_buff *skb)
{
	__u8 tag[4];
	__u16 tpid;

	if (skb->vlan_present || bpf_skb_load_bytes(skb, 12, tag, sizeof(tag)))
		return -1;
	tpid = (__u16)(tag[0] << 8 | tag[1]);
	if ((tpid != 0x8100 && tpid != 0x88a8) || bpf_skb_vlan_pop(skb))
		return -1;
	bpf_skb_vlan_push(skb, bpf_htons(tpid), (__u16)(tag[2] << 8 | tag[3]));
	return -1; /* TCX_NEXT */
}

char LICENSE[] SEC("license") = "GPL";
