// SPDX-License-Identifier: GPL-2.0-only
/* repx_xdp.bpf.c - the XDP program, native and generic */
#include "ctx_xdp.bpf.h"
#include "core.bpf.h"

SEC("xdp.frags")
int repx_xdp_in(struct xdp_md *ctx)
{
	return switch_frame(ctx);
}

char LICENSE[] SEC("license") = "GPL";
