// SPDX-License-Identifier: GPL-2.0-only
/* repx_tc.bpf.c - the tc ingress program, for tcx and clsact */
#include "ctx_tc.bpf.h"
#include "core.bpf.h"

SEC("tc")
int repx_tc_in(struct __sk_buff *ctx)
{
	return switch_frame(ctx);
}

char LICENSE[] SEC("license") = "GPL";
