/* SPDX-License-Identifier: GPL-2.0-only */
/* vmlinux.h - kernel types by name only, for programs compiled for user space */
#ifndef SHIM_VMLINUX_H
#define SHIM_VMLINUX_H

#include <linux/types.h>

struct sk_buff {
	unsigned char *head, *data;
	__u16 transport_header, mac_header;
	__u8 ip_summed;
	__u32 vlan_all;
};

struct xdp_buff {
	void *data;
	__u32 flags;
};

struct sk_buff_head {
	struct sk_buff *next;
};

static inline void *bpf_cast_to_kern_ctx(void *ctx)
{
	return ctx;
}

static inline void *bpf_rdonly_cast(const void *obj, __u32 id)
{
	(void)id;
	return (void *)obj;
}

#endif
