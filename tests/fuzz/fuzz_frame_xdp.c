// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_frame_xdp.c - any frame, through the XDP program compiled for user space */
#include "ctx_xdp.bpf.h"
#include "core.bpf.h"
#include "frame.h"

static long shim_load(const void *ctx, __u32 off, void *to, __u32 len)
{
	const struct xdp_md *xdp = ctx;
	__u32 size = xdp->data_end - xdp->data;

	if (off > size || len > size - off)
		return -EINVAL;
	memcpy(to, (unsigned char *)(uintptr_t)xdp->data + off, len);
	return 0;
}

static long shim_head(void *ctx, int delta)
{
	struct xdp_md *xdp = ctx;

	if ((int)(xdp->data_end - xdp->data) - delta < ETH_HLEN)
		return -EINVAL;
	xdp->data += (uint32_t)delta;
	return 0;
}

static long shim_send(void *ctx, __u32 to, int copy)
{
	const struct xdp_md *xdp = ctx;

	(void)copy;
	check_copy(to, (unsigned char *)(uintptr_t)xdp->data);
	return XDP_REDIRECT;
}

static void run(unsigned char *frame, size_t len, const uint8_t *control)
{
	struct xdp_md xdp = {.ingress_ifindex = FIRST_IFINDEX + in_port};
	unsigned char before[MAX_FRAME];
	int action;

	(void)control;
	if (len < ETH_HLEN)
		return;
	memcpy(before, frame, len);
	xdp.data = (uint32_t)(uintptr_t)frame;
	xdp.data_end = (uint32_t)(uintptr_t)(frame + len);
	action = switch_frame(&xdp);
	assert(action == XDP_PASS || action == XDP_DROP || action == XDP_REDIRECT);
	if (action == XDP_PASS) /* untouched, for tc */
		assert(!copies && !memcmp(before, frame, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	each_frame(data, len, run);
	return 0;
}
