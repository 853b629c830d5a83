// SPDX-License-Identifier: GPL-2.0-only
/* repx_xs.bpf.c - the XDP program as a part of libxdp's dispatcher (xdp: shared)
 *
 * A part may do less than a program of its own:
 * - Kernels since the end of 2024 refuse one that calls a helper which moves packet
 *   data, unless the dispatcher does so too, and that of libxdp before 1.5.5 does not.
 *   So frames that become longer or shorter, by a tag, are left to tc.
 * - A devmap is for programs that all know frames of several buffers, or none; and
 *   libxdp does not let the kernel know that a part does. So frames are redirected
 *   by ifindex.
 */
#define REPX_XDP_PART 1
#include "ctx_xdp.bpf.h"
#include "core.bpf.h"

SEC("xdp.frags")
int repx_xdp_in(struct xdp_md *ctx)
{
	return switch_frame(ctx);
}

char LICENSE[] SEC("license") = "GPL";
