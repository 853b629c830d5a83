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

/* --- rules that nobody keeps */

struct found {
	uint32_t id;
	struct flower_rule *rules;
	size_t len, size;
};

static int found_one(const struct flower_rule *rule, const struct flower_stats *stats, void *data)
{
	struct found *found = data;

	(void)stats;
	if (!rule->ours || memcmp(rule->cookie, &found->id, sizeof(found->id)))
		return 0;
	if (found->len == found->size) {
		size_t size = found->size ? 2 * found->size : 64;
		void *rules = reallocarray(found->rules, size, sizeof(*found->rules));

		if (!rules)
			return -ENOMEM;
		found->rules = rules;
		found->size = size;
	}
	found->rules[found->len++] = *rule;
	return 0;
}

static void on_del(unsigned int index, int code, const char *extack, void *data)
{
	(void)index;
	(void)extack;
	if (code && code != -ENOENT && code != -ENODEV)
		*(int *)data = code;
}

static int take_out(struct sw *sw, const struct found *found)
{
	struct nl_batch batch;
	int failed = 0, ret;

	nl_batch_begin(&batch, &sw->rtnl.route, on_del, &failed);
	for (size_t i = 0; i < found->len; i++) {
		const struct flower_rule *r = &found->rules[i];

		flower_batch_del(&batch, r->ifindex, r->pref, flower_protocol(&r->match),
				 r->handle);
	}
	ret = nl_batch_run(&batch);
	return ret ? ret : failed;
}

static int purge_netdev(struct sw *sw, uint32_t ifindex)
{
	struct found found = {.id = sw_offload_id(sw)};
	int ret = flower_walk(&sw->rtnl.route, ifindex, 0, found_one, &found);

	if (!ret)
		ret = take_out(sw, &found);
	free(found.rules);
	return ret == -ENODEV ? 0 : ret;
}

/* Netdevs of an unfinished change, too: they may have been ports. */
int sw_offload_purge(struct sw *sw, struct err *err)
{
	int ret = 0;

	if (!sw->rules || sw->offload || sw->netns != sw_path_netns())
		return 0;
	for (size_t i = 0; !ret && sw->exists && i < sw->conf.ports_len; i++)
		if (sw->ports[i].ifindex)
			ret = purge_netdev(sw, sw->ports[i].ifindex);
	for (size_t i = 0; !ret && i < sw->journal.left_len; i++)
		if (sw->journal.left[i].port.ifindex)
			ret = purge_netdev(sw, sw->journal.left[i].port.ifindex);
	if (ret)
		return err_set(err, ret, "take the rules of '%s' out of the eswitch: %s", sw->name,
			       nl_why(&sw->rtnl.route, ret));
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
