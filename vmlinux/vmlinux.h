/* SPDX-License-Identifier: GPL-2.0-only */
/* vmlinux.h - the few private kernel types the programs look into, by CO-RE
 *
 * Hand-kept: only the members that are read. See README in this folder.
 * UAPI headers give everything else.
 */
#ifndef REPX_VMLINUX_H
#define REPX_VMLINUX_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sk_buff {
	unsigned char *head;
	unsigned char *data;
	__u16 transport_header;
	__u16 mac_header;
	__u8 ip_summed : 2;
	__u32 vlan_all; /* protocol and TCI of the tag in metadata; since 6.2 */
};

struct net_device {
	int ifindex;
};

struct bpf_dtab_netdev {
	struct net_device *dev;
};

struct xdp_buff {
	void *data;
	__u32 flags;
};

/* stands for "a struct that begins with a pointer to an sk_buff" */
struct sk_buff_head {
	struct sk_buff *next;
};

#pragma clang attribute pop

extern void *bpf_cast_to_kern_ctx(void *ctx) __ksym;
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;

#endif
