// SPDX-License-Identifier: GPL-2.0-only
/* off_verify.c - now and then a rule is compared with what software would do
 *
 * And its counters with software's: frames of a flow that has rules should not come to
 * software any more.
 */
#include <errno.h>
#include <stdlib.h>

#include "doc_verify.h"
#include "log.h"
#include "off_int.h"
#include "verify.h"

#define EVERY_NS OFF_SECOND	    /* one rule each */
#define RETRY_NS (600 * OFF_SECOND) /* a flow whose rule was wrong gets no other so soon */
#define STRAY 64
#define SETTLE_NS (3 * OFF_SECOND) /* what memory of the data path had counted is told by then */

/* The next rule after the last one. */
static struct off_handle *next_rule(struct off *off)
{
	for (uint32_t i = 0; i < off->handles_len; i++) {
		off->verify_at = off->verify_at % off->handles_len + 1;
		if (off->handles[off->verify_at - 1].flow)
			return &off->handles[off->verify_at - 1];
	}
	return NULL;
}

static void differs(struct off *off, struct off_flow *flow)
{
	off->n.differences++;
	flow->retry_ns = now_ns() + RETRY_NS;
	off_take_one(off, flow, OFF_WHY_parity);
}

int off_remove(struct off *off, const struct flower_rule *rule)
{
	struct off_handle *h = off_handle_at(off, rule->handle);
	const struct flower_rule *mine = h ? &h->flow->rules[h->rule] : NULL;

	if (!mine || mine->ifindex != rule->ifindex || mine->pref != rule->pref)
		return -ENOENT;
	differs(off, h->flow);
	return 0;
}

static void compare_frames(struct off *off, const struct flower_rule *mine, struct off_flow *flow)
{
	struct verify *v = malloc(sizeof(*v));
	struct flower_rule now;
	struct err err = {0};
	char text[1024];
	int ret = v ? flower_get(&off->nl, mine->ifindex, mine->pref, flower_protocol(&mine->match),
				 mine->handle, &now, NULL)
		    : -ENOMEM;

	if (!ret)
		ret = verify_rule(off->sw, &now, v, &err);
	if (!ret && flow->state == OFF_OFFLOADED) {
		doc_verify_text(off->sw, v, text, sizeof(text));
		log_err("%s", text);
		differs(off, flow);
	}
	free(v);
}

/* Frames of a flow that has its rule came to software since the last comparison: few may be
 * under way, or a rule leave a part to it, as for a prefix. Return: as many came as the
 * rule counted. */
static bool compare_counters(struct off_flow *flow, uint64_t now)
{
	uint64_t sw = flow->packets - flow->base_packets, hw = flow->hw_packets - flow->base_hw;
	bool based = flow->based && flow->packets >= flow->base_packets;

	if (now - flow->since_ns < SETTLE_NS || flow->rules_len != 1 || flow->rules[0].match.ip_len)
		return false;
	flow->based = true;
	flow->base_packets = flow->packets;
	flow->base_hw = flow->hw_packets;
	if (!based || sw <= hw + STRAY)
		return false;
	log_err("a rule of the eswitch counted %llu frames, while %llu of its flow came to "
		"software (source " MAC_FMT ", destination " MAC_FMT ", VLAN %u)",
		(unsigned long long)hw, (unsigned long long)sw, MAC_ARG(flow->key.src),
		MAC_ARG(flow->key.dst), flow->key.vlan);
	return true;
}

unsigned int off_compare_counters(struct off *off)
{
	struct off_flow *flow, *next;
	uint64_t now = now_ns();
	unsigned int n = 0;

	HASH_ITER(hh, off->flows, flow, next) {
		if (flow->state != OFF_OFFLOADED || !compare_counters(flow, now))
			continue;
		differs(off, flow);
		n++;
	}
	return n;
}

void off_verify_some(struct off *off)
{
	uint64_t now = now_ns();
	struct off_handle *h;
	struct off_flow *flow;

	if (!off->installed || now - off->verify_ns < EVERY_NS)
		return;
	off->verify_ns = now;
	h = next_rule(off);
	if (!h)
		return;
	flow = h->flow;
	off->n.verified++;
	compare_frames(off, &flow->rules[h->rule], flow);
	if (flow->state == OFF_OFFLOADED && compare_counters(flow, now))
		differs(off, flow);
}
