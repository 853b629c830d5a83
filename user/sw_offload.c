// SPDX-License-Identifier: GPL-2.0-only
/* sw_offload.c - what the offload leaves on netdevs, and how it goes again
 *
 * Rules are kept true by the daemon that made them. state.json says that there may be
 * some before the first is made; whoever finds that without a daemon takes them all out
 * before he changes anything, known by their cookie. A netdev that has rules needs a
 * clsact qdisc and hw-tc-offload: what repx added of it is in the port's record, and is
 * put back when the port leaves the netdev.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flower.h"
#include "sw_int.h"
#include "util.h"

#define HW_TC "hw-tc-offload"

/* FNV-1a of where its state is, which no two switches of a host share. */
uint32_t sw_offload_id(const struct sw *sw)
{
	uint32_t h = 0x811c9dc5U;
	const char *p;

	for (p = sw->run_dir; *p; p++)
		h = (h ^ (uint8_t)*p) * 0x01000193U;
	return h;
}

static int save(struct sw *sw, struct err *err)
{
	return sw_state_save(sw, sw->journal.open ? &sw->journal : NULL, err);
}

/* --- rules that are there */

struct found {
	uint32_t id;
	struct sw_rules *rules;
};

static int found_one(const struct flower_rule *rule, const struct flower_stats *stats, void *data)
{
	const struct found *found = data;
	struct sw_rules *rules = found->rules;

	(void)stats;
	if (!rule->ours || memcmp(rule->cookie, &found->id, sizeof(found->id)))
		return 0;
	if (rules->len == rules->size) {
		size_t size = rules->size ? 2 * rules->size : 64;
		void *list = reallocarray(rules->list, size, sizeof(*rules->list));

		if (!list)
			return -ENOMEM;
		rules->list = list;
		rules->size = size;
	}
	rules->list[rules->len++] = *rule;
	return 0;
}

static int read_netdev(struct sw *sw, uint32_t ifindex, struct sw_rules *rules)
{
	struct found found = {sw_offload_id(sw), rules};
	int ret = ifindex ? flower_walk(&sw->rtnl.route, ifindex, 0, found_one, &found) : 0;

	return ret == -ENODEV ? 0 : ret;
}

/* Netdevs of an unfinished change, too: they may have been ports. */
int sw_offload_rules(struct sw *sw, struct sw_rules *rules, struct err *err)
{
	int ret = 0;

	if (!sw->rules)
		return 0;
	for (size_t i = 0; !ret && sw->exists && i < sw->conf.ports_len; i++)
		ret = read_netdev(sw, sw->ports[i].ifindex, rules);
	for (size_t i = 0; !ret && i < sw->journal.left_len; i++)
		ret = read_netdev(sw, sw->journal.left[i].port.ifindex, rules);
	return ret ? err_set(err, ret, "read the rules of '%s': %s", sw->name,
			     nl_why(&sw->rtnl.route, ret))
		   : 0;
}

/* --- rules that nobody keeps */

static void on_del(unsigned int index, int code, const char *extack, void *data)
{
	(void)index;
	(void)extack;
	if (code && code != -ENOENT && code != -ENODEV)
		*(int *)data = code;
}

static int take_out(struct sw *sw, const struct sw_rules *rules)
{
	struct nl_batch batch;
	int failed = 0, ret;

	nl_batch_begin(&batch, &sw->rtnl.route, on_del, &failed);
	for (size_t i = 0; i < rules->len; i++) {
		const struct flower_rule *r = &rules->list[i];

		flower_batch_del(&batch, r->ifindex, r->pref, flower_protocol(&r->match),
				 r->handle);
	}
	ret = nl_batch_run(&batch);
	return ret ? ret : failed;
}

int sw_offload_purge(struct sw *sw, struct err *err)
{
	struct sw_rules rules = {0};
	int ret;

	if (!sw->rules || sw->offload || sw->netns != sw_path_netns())
		return 0;
	ret = sw_offload_rules(sw, &rules, err);
	if (!ret) {
		ret = take_out(sw, &rules);
		if (ret)
			err_set(err, ret, "take the rules of '%s' out of the eswitch: %s", sw->name,
				nl_why(&sw->rtnl.route, ret));
	}
	free(rules.list);
	if (ret)
		return ret;
	sw->rules = false;
	return sw->exists ? save(sw, err) : 0;
}

/* --- netdevs that are to have some */

/* What is not there yet will be repx's. */
static void record(struct sw *sw, struct sw_ready *r)
{
	struct sw_port *port = &sw->ports[r->index];
	int clsact = rtnl_clsact_get(&sw->rtnl, port->ifindex);
	int hw_tc = rtnl_feature_get(&sw->rtnl, port->ifindex, HW_TC);

	if (clsact < 0)
		err_set(&r->err, clsact, "look for a clsact qdisc on '%s': %s", port->netdev,
			nl_why(&sw->rtnl.route, clsact));
	if (hw_tc < 0)
		err_set(&r->err, hw_tc, "'%s' has no " HW_TC ": %s", port->netdev,
			strerror(-hw_tc));
	r->set_clsact = !clsact;
	r->set_hw_tc = !hw_tc;
	if (r->err.code)
		return;
	/* of a clsact that the attachment made: whoever is last takes it away */
	port->off_clsact |= r->set_clsact || port->attach.clsact_made;
	port->off_hw_tc |= r->set_hw_tc;
}

static void make_ready(struct sw *sw, struct sw_ready *r)
{
	struct sw_port *port = &sw->ports[r->index];
	int ret = 0;

	if (r->set_clsact)
		ret = rtnl_clsact_add(&sw->rtnl, port->ifindex);
	if (ret && ret != -EEXIST)
		err_set(&r->err, ret, "add a clsact qdisc to '%s': %s", port->netdev,
			nl_why(&sw->rtnl.route, ret));
	else if (r->set_hw_tc && (ret = rtnl_feature_set(&sw->rtnl, port->ifindex, HW_TC, true)))
		err_set(&r->err, ret, "set '%s' " HW_TC " on: %s", port->netdev, strerror(-ret));
}

void sw_offload_ready(struct sw *sw, struct sw_ready *list, size_t len)
{
	struct err err = {0};
	int ret;

	for (size_t i = 0; i < len; i++)
		record(sw, &list[i]);
	sw->rules = true;
	ret = save(sw, &err);
	for (size_t i = 0; i < len; i++) {
		if (ret)
			list[i].err = err;
		else if (!list[i].err.code)
			make_ready(sw, &list[i]);
	}
}

void sw_offload_ended(struct sw *sw)
{
	if (!sw->rules || !sw->exists)
		return;
	sw->rules = false;
	save(sw, NULL);
}

/* Where others have filters, it stays: theirs may be rules of the hardware. */
int sw_offload_put_back(struct sw *sw, const struct sw_port *port)
{
	int ret = 0;

	if (!port->off_clsact && !port->off_hw_tc)
		return 0;
	if (port->off_clsact)
		ret = attach_clsact_leave(&sw->rtnl, port->ifindex);
	if (ret >= 0 && port->off_hw_tc && rtnl_clsact_get(&sw->rtnl, port->ifindex) == 0)
		ret = rtnl_feature_set(&sw->rtnl, port->ifindex, HW_TC, false);
	return ret == -ENODEV ? 0 : ret;
}
