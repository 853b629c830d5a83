// SPDX-License-Identifier: GPL-2.0-only
/* off_budget.c - which flows are to have the rules there is room for
 *
 * A flow is its tenant's: the port of the two that is no uplink. Rules are shared out
 * among tenants so that nobody can have more while somebody with less still wants some
 * (max-min); a tenant's own go to the flows that save most packets a second for a rule.
 * What has rules keeps them unless another flow is better by a quarter: else two alike
 * would take turns.
 */
#include <stdlib.h>

#include "off_int.h"

#define KEEP(rate) ((rate) + (rate) / 4)
#define GROW_NS (60 * OFF_SECOND) /* a full card is tried again with a tenth more */

struct want {
	struct off_flow *flow;
	uint64_t benefit; /* rate for a rule */
	uint32_t tenant;
	unsigned int rules;
};

struct share {
	uint32_t tenant, wants, gets;
};

static uint32_t tenant_of(const struct off_view *view, const struct off_flow *flow)
{
	if (view->ports[flow->key.port].flags & REPX_PORT_UPLINK && flow->out != REPX_PORT_NONE)
		return flow->out;
	return flow->key.port;
}

/* --- who wants rules */

/* Not hot enough, or cannot be: said so. Return: it wants rules. */
static bool is_candidate(struct off *off, const struct off_view *view, struct off_flow *flow,
			 struct off_plan *plan, uint64_t now)
{
	const struct conf_offload *conf = &off->sw->conf.offload;
	uint64_t seen = flow->hw_seen_ns > flow->seen_ns ? flow->hw_seen_ns : flow->seen_ns;
	enum off_why why;

	if (flow->rate < conf->promote * OFF_RATE ||
	    now - seen > conf->idle_ms * (OFF_SECOND / 1000)) {
		if (flow->state == OFF_REFUSED || flow->why == OFF_WHY_budget ||
		    flow->why == OFF_WHY_full)
			off_flow_set(flow, OFF_SOFTWARE, OFF_WHY_cold, REPX_PORT_NONE, NULL);
		return false;
	}
	if (now < flow->retry_ns)
		return false;
	off_ports_filters(off, flow->key.port);
	off_ports_filters(off, flow->out);
	why = off_decide(view, &flow->key, flow->out, flow->flags, plan);
	if (!why)
		return true;
	if (flow->why != why)
		off->n.refusals[why]++;
	off_flow_set(flow, off_why_refuses(why) ? OFF_REFUSED : OFF_SOFTWARE, why, plan->port,
		     NULL);
	return false;
}

static size_t collect(struct off *off, const struct off_view *view, struct want *wants)
{
	struct off_flow *flow, *next;
	uint64_t now = now_ns();
	struct off_plan plan;
	size_t n = 0;

	HASH_ITER(hh, off->flows, flow, next) {
		bool has = flow->state == OFF_OFFLOADED;

		flow->wanted = false;
		if (!has && !is_candidate(off, view, flow, &plan, now))
			continue;
		wants[n].flow = flow;
		wants[n].rules = has ? flow->rules_len : plan.len;
		wants[n].tenant = tenant_of(view, flow);
		wants[n].benefit = (has ? KEEP(flow->rate) : flow->rate) / wants[n].rules;
		n++;
	}
	return n;
}

/* --- what each tenant gets */

static int by_tenant(const void *a, const void *b)
{
	const struct want *x = a, *y = b;

	if (x->tenant != y->tenant)
		return x->tenant < y->tenant ? -1 : 1;
	if (x->benefit != y->benefit)
		return x->benefit < y->benefit ? 1 : -1;
	return memcmp(&x->flow->key, &y->flow->key, sizeof(x->flow->key));
}

static int by_wants(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	return (x->wants > y->wants) - (x->wants < y->wants);
}

/* The smallest wishes first: whoever wants less than an equal part leaves the rest. */
static void share_out(struct share *shares, size_t len, uint32_t room)
{
	qsort(shares, len, sizeof(*shares), by_wants);
	for (size_t i = 0; i < len; i++) {
		uint32_t part = room / (uint32_t)(len - i);

		shares[i].gets = shares[i].wants < part ? shares[i].wants : part;
		room -= shares[i].gets;
	}
}

static uint32_t gets(const struct share *shares, size_t len, uint32_t tenant)
{
	for (size_t i = 0; i < len; i++)
		if (shares[i].tenant == tenant)
			return shares[i].gets;
	return 0;
}

/* @wants is sorted by tenant. Return: how many tenants. */
static size_t tenants(const struct want *wants, size_t len, struct share *shares)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!i || wants[i].tenant != wants[i - 1].tenant)
			shares[n++] = (struct share){.tenant = wants[i].tenant};
		shares[n - 1].wants += wants[i].rules;
	}
	return n;
}

/* @why: what keeps the rest from having rules */
static void choose(struct want *wants, size_t len, const struct share *shares, size_t n,
		   enum off_why why)
{
	uint32_t left = 0;

	for (size_t i = 0; i < len; i++) {
		struct off_flow *flow = wants[i].flow;

		if (!i || wants[i].tenant != wants[i - 1].tenant)
			left = gets(shares, n, wants[i].tenant);
		flow->wanted = wants[i].rules <= left;
		if (flow->wanted)
			left -= wants[i].rules;
		else if (flow->state != OFF_OFFLOADED)
			off_flow_set(flow, OFF_SOFTWARE, why, REPX_PORT_NONE, NULL);
	}
}

/* As many as the file says, and no more than the card was seen to take. */
static uint32_t room_now(struct off *off)
{
	uint32_t max = off->sw->conf.offload.max_rules;
	uint64_t now = now_ns();

	if (off->room < max && now - off->room_ns > GROW_NS) {
		off->room += off->room / 10 + 1;
		off->room_ns = now;
	}
	return off->room < max ? off->room : max;
}

bool off_budget(struct off *off, const struct off_view *view)
{
	struct want *wants = calloc(HASH_COUNT(off->flows) + 1, sizeof(*wants));
	struct share *shares = NULL;
	size_t len, n;

	if (!wants)
		return false;
	len = collect(off, view, wants);
	shares = calloc(len + 1, sizeof(*shares));
	if (!shares) {
		free(wants);
		return false;
	}
	qsort(wants, len, sizeof(*wants), by_tenant);
	n = tenants(wants, len, shares);
	share_out(shares, n, room_now(off));
	choose(wants, len, shares, n,
	       off->room < off->sw->conf.offload.max_rules ? OFF_WHY_full : OFF_WHY_budget);
	free(wants);
	free(shares);
	return true;
}
