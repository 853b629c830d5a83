// SPDX-License-Identifier: GPL-2.0-only
/* repx_tr.bpf.c - the tracing copy of the tc program, for `repx trace` */
#define REPX_TRACE

#include "ctx_tc.bpf.h"
#include "core.bpf.h"

SEC("tc")
int repx_trace_in(struct __sk_buff *ctx)
{
	return switch_frame(ctx);
}

char LICENSE[] SEC("license") = "GPL";
