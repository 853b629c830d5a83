// SPDX-License-Identifier: GPL-2.0-only
/* bare.bpf.c - the least that a switch between a representor and the uplink has to do: one
 * tag on or off, and on to the other port. No table, no check, no counter.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 out_ifindex;
const volatile __u16 vid;

SEC("tc")
int bare_push(struct __sk_buff *skb)
{
	if (bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), vid))
		return TC_ACT_SHOT;
	return bpf_redirect(out_ifindex, 0);
}

SEC("tc")
int bare_pop(struct __sk_buff *skb)
{
	if (bpf_skb_vlan_pop(skb))
		return TC_ACT_SHOT;
	return bpf_redirect(out_ifindex, 0);
}

char LICENSE[] SEC("license") = "GPL";
