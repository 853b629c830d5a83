// SPDX-License-Identifier: GPL-2.0-only
/* off.c - see off.h: the rounds, and the hooks of the engine */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "off_int.h"

#define PUT_MAX 512 /* flows that get rules in one round, between which others have a turn */
#define NOW_MS 1
#define SCRIPT_NS (2 * OFF_SECOND)
#define CHOOSE_NS (OFF_SECOND * OFF_TICK_MS / 1000 - OFF_SECOND / 100)

static bool enabled(const struct conf *conf)
{
	return conf->offload.enabled != CONF_OFFLOAD_OFF;
}

static struct off_view view_now(struct off *off)
{
	struct sw *sw = off->sw;

	off_ports_see(off, &sw->conf, sw->ports);
	return off_view(off, &sw->conf, bpf_obj_half(&sw->obj));
}

/* --- rules that are not what follows from the tables */

static bool same_rules(const struct off_flow *flow, const struct off_plan *plan)
{
	struct flower_rule rule;

	if (flow->rules_len != plan->len)
		return false;
	for (unsigned int i = 0; i < plan->len; i++) {
		rule = plan->rules[i];
		memcpy(rule.cookie, flow->rules[i].cookie, sizeof(rule.cookie));
		if (!flower_same(&rule, &flow->rules[i]))
			return false;
	}
	return true;
}

struct policy {
	const struct off_view *view;
	bool none; /* offload is not enabled */
};

static enum off_why test_policy(struct off *off, struct off_flow *flow, void *data)
{
	const struct policy *p = data;
	struct off_plan plan;
	enum off_why why;

	if (p->none)
		return OFF_WHY_off;
	off_ports_filters(off, flow->key.port);
	off_ports_filters(off, flow->out);
	why = off_decide(p->view, &flow->key, flow->out, flow->flags, &plan);
	flow->why_port = why ? plan.port : REPX_PORT_NONE;
	if (why)
		return why;
	return same_rules(flow, &plan) ? OFF_FINE : OFF_WHY_policy;
}

/* A script that asks by mark has to see a frame first: what is in hardware waits so long in
 * software. */
static enum off_why test_script(struct off *off, struct off_flow *flow, void *data)
{
	const uint32_t *ifindex = data;

	(void)off;
	if (*ifindex && flow->rules[0].ifindex != *ifindex)
		return OFF_FINE;
	flow->retry_ns = now_ns() + SCRIPT_NS;
	return OFF_WHY_filter;
}

static enum off_why test_stuck(struct off *off, struct off_flow *flow, void *data)
{
	(void)off;
	(void)data;
	return flow->stuck ? flow->why : OFF_FINE;
}

static enum off_why test_unwanted(struct off *off, struct off_flow *flow, void *data)
{
	(void)off;
	(void)data;
	return flow->wanted ? OFF_FINE : OFF_WHY_budget;
}

static enum off_why test_any(struct off *off, struct off_flow *flow, void *data)
{
	const enum off_why *why = data;

	(void)off;
	(void)flow;
	return *why;
}

static int flip(void *data, const struct conf *conf, const struct sw_port *ports, uint32_t half,
		struct err *err)
{
	struct off *off = data;
	struct off_view view;
	struct policy policy = {&view, !enabled(conf)};
	int ret;

	off_ports_see(off, conf, ports);
	view = off_view(off, conf, half);
	ret = off_take_if(off, test_policy, &policy);
	return ret ? err_set(err, ret, "take rules of '%s' out of the eswitch: %s", off->sw->name,
			     nl_why(&off->nl, ret))
		   : 0;
}

static void addresses(void *data)
{
	off_fdb_round(data, true);
}

static int clear(void *data)
{
	enum off_why why = OFF_WHY_lost;

	return off_take_if(data, test_any, &why);
}

static int wrong(void *data, const struct flower_rule *rule)
{
	return off_remove(data, rule);
}

static unsigned int counters(void *data)
{
	return off_compare_counters(data);
}

void off_host_changed(struct off *off, uint32_t ifindex)
{
	struct off_view view;
	struct policy policy = {&view, !enabled(&off->sw->conf)};

	if (ifindex != OFF_LINKS)
		off_ports_forget(off, ifindex);
	view = view_now(off);
	off_take_if(off, test_policy, &policy);
	if (ifindex != OFF_LINKS && off->sw->conf.tc_marks)
		off_take_if(off, test_script, &ifindex);
}

/* Whether a filter of somebody's stands in the way depends on where others are. */
static bool judged_anew(struct off *off)
{
	const struct conf *conf = &off->sw->conf;
	bool same = off->judged_pref == conf->offload.pref &&
		    off->judged_tc_pref == conf->tc_pref && off->judged_marks == conf->tc_marks;

	off->judged_pref = conf->offload.pref;
	off->judged_tc_pref = conf->tc_pref;
	off->judged_marks = conf->tc_marks;
	return !same;
}

void off_changed(struct off *off)
{
	struct off_flow *flow, *next;

	if (!off->sw->exists || !off->sw->loaded)
		return;
	HASH_ITER(hh, off->flows, flow, next)
		flow->retry_ns = 0;
	if (judged_anew(off))
		off_host_changed(off, 0);
	off_fdb_round(off, true);
}

/* --- a round */

/* Those that are to get rules, for this round and the next ones: until the traffic is looked
 * at again no flow is forgotten. */
static void list_wanted(struct off *off)
{
	struct off_flow *flow, *next, **todo;

	off->todo_len = off->todo_at = 0;
	todo = reallocarray(off->todo, HASH_COUNT(off->flows) + 1, sizeof(struct off_flow *));
	if (!todo)
		return;
	off->todo = todo;
	HASH_ITER(hh, off->flows, flow, next)
		if (flow->wanted && flow->state != OFF_OFFLOADED)
			todo[off->todo_len++] = flow;
}

/* Return: some are left for another round, soon. */
static bool put_some(struct off *off, const struct off_view *view)
{
	struct off_flow **list = off->todo + off->todo_at;
	size_t left = off->todo_len - off->todo_at, n = left < PUT_MAX ? left : PUT_MAX;

	if (!n || off->installed >= off->room)
		return false;
	off->todo_at += n;
	off_ports_ready(off, list, n);
	off_put(off, view, list, n);
	off_fdb_round(off, false); /* what moved meanwhile */
	return left > n;
}

/* Looks at the traffic, and who is to have rules for it. */
static void choose(struct off *off, const struct off_view *view)
{
	off->chosen_ns = now_ns();
	off_look(off);
	off_count(off);
	off->todo_len = off->todo_at = 0;
	if (off_budget(off, view)) {
		off_take_if(off, test_unwanted, NULL);
		list_wanted(off);
	}
	off_verify_some(off);
}

/* Where more rules are to be put than a round may, the next ones only go on with that. */
unsigned int off_tick(struct off *off)
{
	struct off_view view;

	if (!off->sw->exists || !off->sw->loaded)
		return OFF_TICK_MS;
	off->n.on = enabled(&off->sw->conf);
	if (off->stuck)
		off_take_if(off, test_stuck, NULL);
	off_fdb_round(off, false);
	if (!off->n.on)
		return OFF_TICK_MS;
	view = view_now(off);
	if (now_ns() - off->chosen_ns >= CHOOSE_NS)
		choose(off, &view);
	return put_some(off, &view) ? NOW_MS : OFF_TICK_MS;
}

int off_moves_fd(const struct off *off)
{
	return ring_buffer__epoll_fd(off->moves);
}

void off_moves(struct off *off)
{
	off_fdb_round(off, false);
}

/* --- what others are told */

int off_walk(struct off *off, int (*cb)(const struct off_line *line, void *data), void *data)
{
	struct off_flow *flow, *next;
	struct off_line line;
	int ret;

	off_look(off);
	HASH_ITER(hh, off->flows, flow, next) {
		off_line_of(flow, &line);
		ret = cb(&line, data);
		if (ret)
			return ret;
	}
	return 0;
}

void off_numbers(const struct off *off, struct off_numbers *out)
{
	*out = off->n;
	out->flows = HASH_COUNT(off->flows);
	out->rules = off->installed;
	out->max_rules = off->sw->conf.offload.max_rules;
	out->room = off->room < out->max_rules ? off->room : out->max_rules;
}

uint32_t off_portid(const struct off *off)
{
	return off->nl.portid;
}

/* --- begin, end */

static int begin(struct off *off, struct err *err)
{
	int ret = nl_open(&off->nl, NETLINK_ROUTE);

	if (ret)
		return err_set(err, ret, "open netlink: %s", strerror(-ret));
	off->ports = calloc(off->sw->obj.max_ports, sizeof(*off->ports));
	off->hosts = calloc(off->sw->obj.max_ports, sizeof(*off->hosts));
	if (!off->ports || !off->hosts)
		return err_set(err, -ENOMEM, "offload: out of memory");
	if (!off->sw->obj.hw_mem || off->sw->obj.moves < 0)
		return err_set(err, -ENOENT,
			       "offload: the switch has no map of hardware's counters");
	judged_anew(off);
	bpf_obj_flow_clear(&off->sw->obj, NULL); /* of another daemon's time */
	return off_fdb_open(off, err);
}

int off_open(struct off **out, struct sw *sw, off_event event, void *data, struct err *err)
{
	struct off *off = calloc(1, sizeof(*off));
	struct sw_offload *hooks = calloc(1, sizeof(*hooks));
	int ret;

	if (!off || !hooks) {
		free(off);
		free(hooks);
		return err_set(err, -ENOMEM, "offload: out of memory");
	}
	off->sw = sw;
	off->id = sw_offload_id(sw);
	off->room = UINT32_MAX;
	off->event = event;
	off->event_data = data;
	*hooks = (struct sw_offload){off, flip, addresses, clear, wrong, counters};
	off->hooks = hooks;
	ret = begin(off, err);
	if (ret) {
		off_close(off);
		return ret;
	}
	sw->offload = hooks;
	*out = off;
	return 0;
}

static void free_flows(struct off *off)
{
	struct off_flow *flow, *next;

	HASH_ITER(hh, off->flows, flow, next)
		off_flow_free(off, flow);
}

void off_close(struct off *off)
{
	enum off_why why = OFF_WHY_stopped;

	if (!off)
		return;
	/* what cannot be taken out now is told by state.json */
	if (off->ports && !off_take_if(off, test_any, &why))
		sw_offload_ended(off->sw);
	if (off->sw->offload == off->hooks)
		off->sw->offload = NULL;
	off_fdb_close(off);
	free_flows(off);
	free(off->todo);
	free(off->handles);
	free(off->ports);
	free(off->hosts);
	free(off->hooks);
	nl_close(&off->nl);
	free(off);
}
