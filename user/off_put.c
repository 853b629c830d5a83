// SPDX-License-Identifier: GPL-2.0-only
/* off_put.c - rules into the card and out of it, in batches
 *
 * Rules of a flow go in and out together. While a batch is sent nothing else is: what the
 * rules were made from is still so when they are in, except that addresses may have moved
 * in traffic; that is looked at right after.
 */
#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "off_int.h"

#define RETRY_NS (30 * OFF_SECOND)
#define RETRIES_MAX 5 /* doublings of it */

static void tell(struct off *off, const struct off_flow *flow, enum off_why why)
{
	struct off_line line;

	if (!off->event)
		return;
	off_line_of(flow, &line);
	off->event(&line, why, off->event_data);
}

/* --- out */

/* Gone with its netdev, by somebody's hand, or never there: gone. */
static bool is_gone(int code)
{
	return code == -ENOENT || code == -ENODEV || code == -EINVAL || code == -EOPNOTSUPP;
}

/* What became of the rules that were to go. */
struct going {
	struct off_flow **flows;
	uint32_t *owner; /* of a message: which of the flows */
	int ret;
};

static void on_del(unsigned int index, int code, const char *extack, void *data)
{
	struct going *g = data;
	struct off_flow *flow = g->flows[g->owner[index]];

	if (!code || is_gone(code))
		return;
	flow->stuck = true;
	g->ret = code;
	log_err("take a rule out of the card: %s", *extack ? extack : strerror(-code));
}

static void forget_rules(struct off *off, struct off_flow *flow)
{
	enum off_why why = flow->why;
	unsigned int i;

	off_addrs_drop(off, flow);
	off_ports_count(off, flow, -1);
	for (i = 0; i < flow->rules_len; i++)
		off_handle_give(off, flow->rules[i].handle);
	off->installed -= flow->rules_len;
	free(flow->rules);
	flow->rules = NULL;
	flow->rules_len = 0;
	if (why == OFF_WHY_lost) /* with the qdisc, perhaps */
		off->ports[flow->key.port].ready = false;
	off->n.demotions[why]++;
	flow->window_ns = 0;
	if (why == OFF_WHY_idle)
		flow->rate = 0;
	off_flow_set(flow, off_why_refuses(why) ? OFF_REFUSED : OFF_SOFTWARE, why, flow->why_port,
		     NULL);
	tell(off, flow, why);
}

static void send_dels(struct off *off, struct going *g, size_t len)
{
	struct nl_batch batch;
	uint32_t n = 0;
	int ret;

	nl_batch_begin(&batch, &off->nl, on_del, g);
	for (size_t i = 0; i < len; i++) {
		const struct off_flow *flow = g->flows[i];

		for (unsigned int j = 0; j < flow->rules_len; j++) {
			const struct flower_rule *r = &flow->rules[j];

			g->owner[n++] = (uint32_t)i;
			flower_batch_del(&batch, r->ifindex, r->pref, flower_protocol(&r->match),
					 r->handle);
		}
	}
	ret = nl_batch_run(&batch);
	if (!ret)
		return;
	g->ret = ret;
	for (size_t i = 0; i < len; i++)
		g->flows[i]->stuck = true;
}

/* What could not be taken out stays in the book, and is tried again in each round. */
int off_take(struct off *off, struct off_flow **flows, size_t len)
{
	struct going g = {.flows = flows};

	if (!len)
		return 0;
	g.owner = calloc(len * OFF_RULES_MAX, sizeof(*g.owner));
	if (!g.owner)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++) {
		off->stuck -= flows[i]->stuck;
		flows[i]->stuck = false;
	}
	send_dels(off, &g, len);
	for (size_t i = 0; i < len; i++) {
		off->stuck += flows[i]->stuck;
		if (!flows[i]->stuck)
			forget_rules(off, flows[i]);
	}
	free(g.owner);
	return g.ret;
}

int off_take_one(struct off *off, struct off_flow *flow, enum off_why why)
{
	if (flow->state != OFF_OFFLOADED)
		return 0;
	flow->why = why;
	flow->why_port = REPX_PORT_NONE;
	return off_take(off, &flow, 1);
}

int off_take_if(struct off *off,
		enum off_why (*test)(struct off *off, struct off_flow *flow, void *data),
		void *data)
{
	struct off_flow *flow, *next, **list;
	size_t len = 0;
	int ret;

	if (!off->installed)
		return 0;
	list = calloc(off->installed, sizeof(*list));
	if (!list)
		return -ENOMEM;
	HASH_ITER(hh, off->flows, flow, next) {
		enum off_why why = flow->state == OFF_OFFLOADED ? test(off, flow, data) : OFF_FINE;

		if (!why)
			continue;
		flow->why = why;
		list[len++] = flow;
	}
	ret = off_take(off, list, len);
	free(list);
	return ret;
}

/* --- in */

/* What became of the messages of a batch. */
struct batch {
	struct off_flow **flows;
	uint32_t *owner; /* of a message: which of the flows, and which rule of it */
	int *code;	 /* of a flow: its first failure */
	uint8_t *added;	 /* of a flow: its rules that are in, as bits */
	char (*words)[160];
	int ret; /* of the transport */
};

static void on_add(unsigned int index, int code, const char *extack, void *data)
{
	struct batch *b = data;
	uint32_t at = b->owner[index] / OFF_RULES_MAX, rule = b->owner[index] % OFF_RULES_MAX;

	if (!code)
		b->added[at] |= (uint8_t)(1U << rule);
	if (!code || b->code[at])
		return;
	b->code[at] = code;
	str_copy(b->words[at], sizeof(b->words[at]), *extack ? extack : strerror(-code));
}

/* Copies the plan into the flow, with handles. Return: 0, -ENOMEM. */
static int take_plan(struct off *off, struct off_flow *flow, const struct off_plan *plan)
{
	unsigned int i;

	flow->rules = calloc(plan->len, sizeof(*flow->rules));
	if (!flow->rules)
		return -ENOMEM;
	memcpy(flow->rules, plan->rules, plan->len * sizeof(*flow->rules));
	for (i = 0; i < plan->len; i++) {
		off_cookie(off->id, &flow->key, flow->rules[i].cookie);
		if (off_handle_take(off, flow, i, &flow->rules[i].handle))
			break;
	}
	flow->rules_len = i;
	if (i == plan->len)
		return 0;
	while (i--)
		off_handle_give(off, flow->rules[i].handle);
	free(flow->rules);
	flow->rules = NULL;
	flow->rules_len = 0;
	return -ENOMEM;
}

static void send_all(struct off *off, struct batch *b, size_t len)
{
	struct nl_batch batch;
	uint32_t n = 0;

	nl_batch_begin(&batch, &off->nl, on_add, b);
	for (size_t i = 0; i < len; i++)
		for (unsigned int j = 0; j < b->flows[i]->rules_len; j++) {
			b->owner[n] = (uint32_t)i * OFF_RULES_MAX + j;
			if (!flower_batch_add(&batch, &b->flows[i]->rules[j]))
				n++;
			else if (!b->code[i])
				b->code[i] = -EINVAL;
		}
	b->ret = nl_batch_run(&batch);
}

/* The rules of a flow that are in (@added), of which one was refused: that name may be
 * somebody else's. */
static void unsend(struct off *off, struct off_flow *flow, uint8_t added)
{
	for (unsigned int i = 0; i < flow->rules_len; i++) {
		struct flower_rule *r = &flow->rules[i];
		int ret = added >> i & 1 ? flower_del(&off->nl, r->ifindex, r->pref,
						      flower_protocol(&r->match), r->handle)
					 : 0;

		if (ret && !is_gone(ret))
			log_err("take a rule out of the card: %s", nl_why(&off->nl, ret));
		off_handle_give(off, r->handle);
	}
	free(flow->rules);
	flow->rules = NULL;
	flow->rules_len = 0;
}

/* A full card is not asked again and again: what is in is what it takes, until rules go,
 * or a while later. */
static void refused(struct off *off, struct off_flow *flow, uint8_t added, int code,
		    const char *words)
{
	unsigned int doublings = flow->retries < RETRIES_MAX ? flow->retries : RETRIES_MAX;

	unsend(off, flow, added);
	if (code == -ENOSPC) {
		if (off->room > off->installed)
			off->room = off->installed;
		off->room_ns = now_ns();
		off->n.refusals[OFF_WHY_full]++;
		off_flow_set(flow, OFF_SOFTWARE, OFF_WHY_full, REPX_PORT_NONE, words);
		return;
	}
	off->n.refusals[OFF_WHY_kernel]++;
	flow->retry_ns = now_ns() + (RETRY_NS << doublings);
	flow->retries++;
	off_flow_set(flow, OFF_REFUSED, OFF_WHY_kernel, REPX_PORT_NONE, words);
}

static void accepted(struct off *off, struct off_flow *flow, uint64_t now)
{
	off_flow_set(flow, OFF_OFFLOADED, OFF_FINE, REPX_PORT_NONE, NULL);
	flow->since_ns = flow->hw_seen_ns = now;
	flow->window_ns = now;
	flow->window_packets = flow->hw_packets;
	flow->touched_ns = 0;
	flow->based = false;
	off->installed += flow->rules_len;
	off_ports_count(off, flow, 1);
	off_addrs_hold(off, flow);
	off->n.promotions++;
	tell(off, flow, OFF_FINE);
}

static void put_batch(struct off *off, struct off_flow **flows, size_t len)
{
	struct batch b = {.flows = flows};
	uint64_t now = now_ns();
	bool memory;

	b.code = calloc(len, sizeof(*b.code));
	b.words = calloc(len, sizeof(*b.words));
	b.added = calloc(len, sizeof(*b.added));
	b.owner = calloc(len * OFF_RULES_MAX, sizeof(*b.owner));
	memory = b.code && b.words && b.added && b.owner;
	if (memory)
		send_all(off, &b, len);
	for (size_t i = 0; i < len; i++) {
		if (!memory)
			refused(off, flows[i], 0, -ENOMEM, strerror(ENOMEM));
		else if (b.code[i])
			refused(off, flows[i], b.added[i], b.code[i], b.words[i]);
		else if (b.ret)
			refused(off, flows[i], b.added[i], b.ret, strerror(-b.ret));
		else
			accepted(off, flows[i], now);
	}
	free(b.code);
	free(b.words);
	free(b.added);
	free(b.owner);
}

void off_put(struct off *off, const struct off_view *view, struct off_flow **flows, size_t len)
{
	struct off_plan plan;
	uint64_t now = now_ns();
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		struct off_flow *flow = flows[i];
		enum off_why why;

		off_ports_filters(off, flow->key.port);
		off_ports_filters(off, flow->out);
		why = off_decide(view, &flow->key, flow->out, flow->flags, &plan);

		if (!why) {
			why = off_fdb_check(off, flow, now);
			plan.port = REPX_PORT_NONE;
		}
		if (why)
			off_flow_set(flow, off_why_refuses(why) ? OFF_REFUSED : OFF_SOFTWARE, why,
				     plan.port, NULL);
		else if (!take_plan(off, flow, &plan))
			flows[n++] = flow;
	}
	if (n)
		put_batch(off, flows, n);
}
