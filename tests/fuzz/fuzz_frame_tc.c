// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_frame_tc.c - any frame, through the tc program compiled for user space */
#include "ctx_tc.bpf.h"
#include "core.bpf.h"
#include "frame.h"

/* Copies go out with the tag in metadata: nothing else of the frame changes. */
static unsigned char *base; /* where the frame begins */

static long shim_load(const void *ctx, __u32 off, void *to, __u32 len)
{
	const struct __sk_buff *skb = ctx;

	if (off > skb->len || len > skb->len - off)
		return -EFAULT;
	memcpy(to, base + off, len);
	return 0;
}

static long shim_head(void *ctx, int delta)
{
	(void)ctx;
	(void)delta;
	abort();
}

/* A tag in the bytes becomes one in metadata. */
static void untag(struct __sk_buff *skb)
{
	skb->vlan_present = 1;
	skb->vlan_proto = *(uint16_t *)(base + 12);
	skb->vlan_tci = bpf_ntohs(*(uint16_t *)(base + 14));
	memmove(base + 4, base, 12);
	base += 4;
	skb->data += 4;
	skb->len -= 4;
}

static long shim_vlan_pop(void *ctx)
{
	struct __sk_buff *skb = ctx;

	if (!skb->vlan_present && skb->len >= 18 && is_vlan_type(*(uint16_t *)(base + 12)))
		untag(skb);
	skb->vlan_present = 0;
	if (skb->len >= 18 && is_vlan_type(*(uint16_t *)(base + 12)))
		untag(skb);
	return 0;
}

static long shim_vlan_push(void *ctx, __u16 proto, __u16 tci)
{
	struct __sk_buff *skb = ctx;

	if (skb->vlan_present) {
		memmove(base - 4, base, 12);
		base -= 4;
		*(uint16_t *)(base + 12) = (uint16_t)skb->vlan_proto;
		*(uint16_t *)(base + 14) = bpf_htons((uint16_t)skb->vlan_tci);
		skb->data -= 4;
		skb->len += 4;
	}
	skb->vlan_present = 1;
	skb->vlan_proto = proto;
	skb->vlan_tci = tci;
	return 0;
}

static long shim_send(void *ctx, __u32 to, int copy)
{
	(void)ctx;
	check_copy(to - FIRST_IFINDEX, base);
	return copy ? 0 : TC_ACT_REDIRECT;
}

static void run(unsigned char *frame, size_t len, const uint8_t *control)
{
	struct __sk_buff skb = {.ifindex = FIRST_IFINDEX + in_port, .len = (uint32_t)len};
	int action;

	if (len < ETH_HLEN)
		return;
	base = frame;
	skb.data = (uint32_t)(uintptr_t)frame;
	skb.data_end = (uint32_t)(uintptr_t)(frame + len);
	if (control[2] & 1) {
		skb.vlan_present = 1;
		skb.vlan_proto = bpf_htons(control[2] & 2 ? 0x88a8 : 0x8100);
		skb.vlan_tci = control[3];
	}
	action = switch_frame(&skb);
	assert(action == TC_ACT_UNSPEC || action == TC_ACT_SHOT || action == TC_ACT_REDIRECT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	each_frame(data, len, run);
	return 0;
}
