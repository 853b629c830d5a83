// SPDX-License-Identifier: GPL-2.0-only
/* verify.c - see verify.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verify.h"

#define VARIANTS 3 /* frames a rule: what it leaves open is 0, odd, and all set */

static const unsigned int variants[VARIANTS] = {0, 5, 7};

static bool has_link(struct sw *sw, uint32_t ifindex)
{
	struct rtnl_link link;

	return !rtnl_link_get_index(&sw->rtnl, ifindex, &link) && link.running;
}

static uint32_t netdev_of(const struct sw *sw, uint32_t slot)
{
	int at = sw_port_by_slot(sw, slot);

	return at < 0 ? 0 : sw->ports[at].ifindex;
}

/* A copy of a flood for a netdev without a link reaches nobody. */
static bool reaches_nobody(struct sw *sw, const struct repx_trace *trace, uint32_t ifindex)
{
	return trace->verdict == REPX_VERDICT_FLOOD && !has_link(sw, ifindex);
}

static void software_copies(struct sw *sw, const struct repx_trace *trace, struct verify *v)
{
	for (uint32_t i = 0; i < trace->out_len && i < REPX_MAX_PORTS; i++) {
		uint32_t ifindex = netdev_of(sw, trace->out[i].port);
		struct verify_copy *copy;

		if (reaches_nobody(sw, trace, ifindex))
			continue;
		if (v->sw_len == FLOWER_OUTS_MAX) {
			v->more = true;
			return;
		}
		copy = &v->sw[v->sw_len++];
		copy->ifindex = ifindex;
		copy->len =
			(uint32_t)frame_retag(v->frame, v->len, trace->strip, trace->out[i].tpid,
					      trace->out[i].tci, copy->frame);
	}
}

static void hardware_copies(struct verify *v)
{
	const struct flower_action *a = &v->rule.action;

	for (unsigned int i = 0; i < a->outs_len && i < FLOWER_OUTS_MAX; i++) {
		struct verify_copy *copy = &v->hw[v->hw_len++];

		copy->ifindex = a->outs[i];
		copy->len = (uint32_t)frame_by_action(a, i, v->frame, v->len, copy->frame);
	}
}

static int by_netdev(const void *a, const void *b)
{
	const struct verify_copy *x = a, *y = b;

	return (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

static bool same(struct verify *v)
{
	if (!v->rule.whole || v->more || v->kernel_copy || v->sw_len != v->hw_len)
		return false;
	if (v->verdict != REPX_VERDICT_FORWARD && v->verdict != REPX_VERDICT_FLOOD)
		return false;
	qsort(v->sw, v->sw_len, sizeof(v->sw[0]), by_netdev);
	qsort(v->hw, v->hw_len, sizeof(v->hw[0]), by_netdev);
	for (unsigned int i = 0; i < v->sw_len; i++)
		if (v->sw[i].ifindex != v->hw[i].ifindex || v->sw[i].len != v->hw[i].len ||
		    memcmp(v->sw[i].frame, v->hw[i].frame, v->sw[i].len))
			return false;
	return true;
}

static int compare(struct sw *sw, struct repx_trace *trace, struct verify *v, struct err *err)
{
	int ret = bpf_obj_trace(&sw->obj, v->rule.ifindex, v->frame, v->len, trace, err);

	if (ret)
		return ret;
	v->verdict = trace->verdict;
	v->reason = trace->reason;
	v->kernel_copy = trace->kernel_copy;
	v->sw_len = v->hw_len = 0;
	v->more = false;
	software_copies(sw, trace, v);
	hardware_copies(v);
	return same(v);
}

int verify_rule(struct sw *sw, const struct flower_rule *rule, struct verify *out, struct err *err)
{
	struct repx_trace *trace = malloc(sizeof(*trace));
	int ret = 1;

	if (!trace)
		return err_set(err, -ENOMEM, "verify a rule: out of memory");
	out->rule = *rule;
	for (unsigned int i = 0; ret == 1 && i < VARIANTS; i++) {
		out->len = (uint32_t)frame_of_match(&rule->match, variants[i], out->frame);
		ret = compare(sw, trace, out, err);
	}
	free(trace);
	return ret;
}

/* --- all of them */

/* Return: 1 the same, or gone; 0 different. */
static int look_again(struct sw *sw, const struct flower_rule *rule, struct verify *v,
		      struct err *err)
{
	struct flower_rule now;
	int ret = flower_get(&sw->rtnl.route, rule->ifindex, rule->pref,
			     flower_protocol(&rule->match), rule->handle, &now, NULL);

	if (ret)
		return 1;
	return verify_rule(sw, &now, v, err);
}

static int verify_list(struct sw *sw, const struct sw_rules *rules,
		       void (*cb)(const struct verify *v, void *data), void *data,
		       struct verify_count *count, struct err *err)
{
	struct verify *v = malloc(sizeof(*v));
	int ret = v ? 0 : err_set(err, -ENOMEM, "verify rules: out of memory");

	for (size_t i = 0; !ret && i < rules->len; i++) {
		int same = verify_rule(sw, &rules->list[i], v, err);

		if (!same)
			same = look_again(sw, &rules->list[i], v, err);
		if (same < 0)
			ret = same;
		count->rules++;
		if (same)
			continue;
		count->differ++;
		cb(v, data);
	}
	free(v);
	return ret;
}

int verify_all(struct sw *sw, void (*cb)(const struct verify *v, void *data), void *data,
	       struct verify_count *count, struct err *err)
{
	struct sw_rules rules = {0};
	int ret = sw_offload_rules(sw, &rules, err);

	*count = (struct verify_count){0};
	if (!ret)
		ret = verify_list(sw, &rules, cb, data, count, err);
	free(rules.list);
	return ret;
}
