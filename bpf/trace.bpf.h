/* SPDX-License-Identifier: GPL-2.0-only */
/* trace.bpf.h - the difference between the programs and their tracing copy
 *
 * The tracing copy (REPX_TRACE) runs the same rules on the live maps but sends,
 * learns, counts and charges nothing: REPX_TRACING is 1 there, and what would
 * have happened is written to repx_trace.
 */
#ifndef REPX_TRACE_BPF_H
#define REPX_TRACE_BPF_H

#include "pkt.bpf.h"
#include "repx_trace.h"

#ifdef REPX_TRACE
#define REPX_TRACING 1

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct repx_trace);
} repx_trace SEC(".maps");

static __always_inline struct repx_trace *trace_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&repx_trace, &zero);
}

/* Bytes of the frame, of which a test run has only the beginning. */
static __always_inline __u32 trace_size(void)
{
	struct repx_trace *t = trace_get();

	return t ? t->frame_size : 0;
}

static __always_inline void trace_step(__u32 step, __u32 a, __u64 b)
{
	struct repx_trace *t = trace_get();
	struct repx_trace_step *s;

	if (!t || t->steps_len >= REPX_TRACE_STEPS)
		return;
	s = &t->steps[t->steps_len & (REPX_TRACE_STEPS - 1)];
	s->step = step;
	s->a = a;
	s->b = b;
	t->steps_len++;
}

static __always_inline void trace_verdict(__u32 verdict, __u32 reason)
{
	struct repx_trace *t = trace_get();

	if (!t)
		return;
	t->verdict = verdict;
	t->reason = reason;
}

static __always_inline void trace_out(__u32 slot, __be16 tpid_be, __u16 tci, __u32 strip)
{
	struct repx_trace *t = trace_get();
	struct repx_trace_out *o;

	if (!t || t->out_len >= REPX_MAX_PORTS)
		return;
	o = &t->out[t->out_len & (REPX_MAX_PORTS - 1)];
	o->port = slot;
	o->tpid = bpf_ntohs(tpid_be);
	o->tci = tci;
	t->strip = strip;
	t->out_len++;
}

static __always_inline void trace_kernel_copy(void)
{
	struct repx_trace *t = trace_get();

	if (t)
		t->kernel_copy = 1;
}

#else
#define REPX_TRACING 0

static __always_inline __u32 trace_size(void)
{
	return 0;
}

static __always_inline void trace_step(__u32 step, __u32 a, __u64 b)
{
}

static __always_inline void trace_verdict(__u32 verdict, __u32 reason)
{
}

static __always_inline void trace_out(__u32 slot, __be16 tpid_be, __u16 tci, __u32 strip)
{
}

static __always_inline void trace_kernel_copy(void)
{
}
#endif

#endif
