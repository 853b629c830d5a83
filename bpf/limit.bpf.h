/* SPDX-License-Identifier: GPL-2.0-only */
/* limit.bpf.h - token buckets shared by all CPUs, without a lock
 *
 * A bucket is one time (tat): until then it owes, from then on it holds
 * now - tat, at most burst. A frame passes while it holds anything and takes its
 * whole cost, so a bucket may owe one frame.
 */
#ifndef REPX_LIMIT_BPF_H
#define REPX_LIMIT_BPF_H

#include "maps.bpf.h"
#include "trace.bpf.h"

static __always_inline __u64 limit_now(void)
{
	return bpf_ktime_get_ns() << REPX_TICKS_SHIFT;
}

/* Takes @units from the bucket. Return: 1 passed, 0 over the limit. */
static __always_inline int limit_take(const struct repx_limit *limit, __u64 *tat, __u64 units)
{
	__u64 now, full, t, cost;

	now = limit_now();
	full = now > limit->burst ? now - limit->burst : 0;
	t = REPX_READ_ONCE(*tat);
	if (REPX_TRACING)
		return t < now;
	if (t < full)
		__sync_val_compare_and_swap(tat, t, full);
	cost = (units * limit->cost) >> REPX_COST_SHIFT;
	t = __sync_fetch_and_add(tat, cost);
	if (t < now)
		return 1;
	__sync_fetch_and_add(tat, -cost);
	return 0;
}

/* Would limit_pass() fail now? Takes nothing. */
static __always_inline int limit_owes(const struct repx_port *port, __u32 slot, __u32 id)
{
	struct repx_state *state;

	if (!port->limit[id].cost)
		return 0;
	state = bpf_map_lookup_elem(&repx_state, &slot);
	return state && REPX_READ_ONCE(state->tat[id]) >= limit_now();
}

/* Limit @id of port @slot. Return: as limit_take(); 1 where there is none. */
static __always_inline int limit_pass(const struct repx_port *port, __u32 slot, __u32 id,
				      __u64 units)
{
	struct repx_state *state;
	int pass;

	if (!port->limit[id].cost)
		return 1;
	state = bpf_map_lookup_elem(&repx_state, &slot);
	if (!state)
		return 1;
	pass = limit_take(&port->limit[id], &state->tat[id], units);
	if (pass)
		trace_step(REPX_STEP_limit, id, (units * port->limit[id].cost) >> REPX_COST_SHIFT);
	return pass;
}

#endif
