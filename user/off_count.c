// SPDX-License-Identifier: GPL-2.0-only
/* off_count.c - traffic: what software was seen to carry, and what hardware counted
 *
 * Both looks cost what there is to look at, so both are as rare as that makes them: a
 * fiftieth of a CPU, or what the times of the configuration need.
 */
#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "off_int.h"

#define SHARE 50	    /* a fiftieth of the CPU's time */
#define COUNT_NS OFF_SECOND /* hardware is read that often at most (mlx5 does so, too) */

/* --- rates */

/* Over a second at least, and smoothed: few packets come unevenly. Of a new flow what was
 * seen counts at once. */
static void measure(struct off_flow *flow, uint64_t packets, uint64_t now)
{
	uint64_t span = now - flow->window_ns, n = packets - flow->window_packets, rate;

	if (!flow->window_ns || packets < flow->window_packets) {
		flow->window_ns = now;
		flow->window_packets = packets;
		return;
	}
	if (span < OFF_SECOND) {
		if (!flow->measured && n * OFF_RATE > flow->rate)
			flow->rate = n * OFF_RATE;
		return;
	}
	/* in ms: with ns, 18 million packets would be too many for 64 bits */
	rate = n * OFF_RATE * 1000 / (span / (OFF_SECOND / 1000));
	flow->rate = flow->measured ? (3 * flow->rate + rate) / 4 : rate;
	flow->measured = true;
	flow->window_ns = now;
	flow->window_packets = packets;
}

/* --- software */

struct look {
	struct off *off;
	uint64_t now;
};

static int look_one(const struct repx_flow_key *key, const struct repx_flow *seen, void *data)
{
	struct look *look = data;
	struct off_flow *flow = off_flow_get(look->off, key);

	if (!flow)
		return -ENOMEM;
	flow->looked = true;
	/* what has rules for another output is judged by its addresses, not by this */
	if (flow->state != OFF_OFFLOADED)
		flow->out = seen->out;
	flow->flags = seen->flags;
	if (seen->packets < flow->packets) /* evicted, and counted anew */
		flow->window_ns = 0;
	if (!flow->window_ns && !flow->packets)
		flow->window_ns = look->now; /* new: all of it is of late */
	flow->packets = seen->packets;
	flow->bytes = seen->bytes;
	flow->seen_ns = seen->seen_ns;
	if (flow->state != OFF_OFFLOADED)
		measure(flow, flow->packets, look->now);
	return 0;
}

/* What is in the map no more, and in the card neither, is forgotten. */
static void sweep(struct off *off, uint64_t now)
{
	struct off_flow *flow, *next;

	HASH_ITER(hh, off->flows, flow, next) {
		bool looked = flow->looked;

		flow->looked = false;
		if (looked || flow->state == OFF_OFFLOADED)
			continue;
		if (now - flow->hw_seen_ns > 10 * OFF_SECOND)
			off_flow_free(off, flow);
	}
}

void off_look(struct off *off)
{
	struct look look = {off, now_ns()};
	int ret;

	if (look.now - off->looked_ns < SHARE * off->look_cost_ns)
		return;
	ret = bpf_obj_flow_walk(&off->sw->obj, look_one, &look);
	if (ret)
		log_debug("read the flows of '%s': %s", off->sw->name, strerror(-ret));
	else
		sweep(off, look.now);
	off->looked_ns = now_ns();
	off->look_cost_ns = off->looked_ns - look.now;
}

/* --- hardware */

static uint64_t on_wire(const struct flower_rule *rule, uint64_t packets, uint64_t bytes)
{
	if (rule->action.vlan == FLOWER_VLAN_PUSH)
		return bytes + 4 * packets;
	return rule->action.vlan == FLOWER_VLAN_POP ? bytes - 4 * packets : bytes;
}

static uint32_t slot_of(const struct off *off, uint32_t ifindex)
{
	for (uint32_t i = 0; i < off->sw->obj.max_ports; i++)
		if (off->ports[i].ifindex == ifindex)
			return i;
	return REPX_PORT_NONE;
}

/* Outputs before the change of the tag get frames as they came. */
static void charge_outs(struct off *off, const struct off_flow *flow,
			const struct flower_rule *rule, uint64_t packets, uint64_t bytes)
{
	struct repx_hw *hw = off->sw->obj.hw_mem;
	uint64_t wire = on_wire(rule, packets, bytes);
	uint32_t slot;

	for (unsigned int i = 0; i < rule->action.outs_len; i++) {
		slot = flow->out != REPX_PORT_NONE ? flow->out : slot_of(off, rule->action.outs[i]);
		if (slot == REPX_PORT_NONE)
			continue;
		hw[slot].tx_packets += packets;
		hw[slot].tx_bytes += i < rule->action.before ? bytes : wire;
	}
}

static void charge(struct off *off, struct off_flow *flow, const struct flower_rule *rule,
		   uint64_t packets, uint64_t bytes)
{
	struct repx_hw *hw = off->sw->obj.hw_mem;

	flow->hw_packets += packets;
	flow->hw_bytes += bytes;
	hw[flow->key.port].rx_packets += packets;
	hw[flow->key.port].rx_bytes += bytes;
	charge_outs(off, flow, rule, packets, bytes);
}

/* Frames of the rule were counted since the last time: they came between then and now, so
 * then is the latest time they are known to be after. */
static int count_one(const struct flower_stats *stats, void *data)
{
	struct off *off = data;
	struct off_handle *h = off_handle_at(off, stats->handle);
	const struct flower_rule *rule;
	uint64_t packets, bytes;

	if (!h || !stats->ours)
		return 0;
	rule = &h->flow->rules[h->rule];
	if (memcmp(rule->cookie, stats->cookie, sizeof(rule->cookie)))
		return 0;
	h->round = off->count_round;
	packets = stats->packets - h->packets;
	bytes = stats->bytes - h->bytes;
	if (!packets || stats->packets < h->packets)
		return 0;
	h->packets = stats->packets;
	h->bytes = stats->bytes;
	charge(off, h->flow, rule, packets, bytes);
	/* the last counting may have been long before there were rules */
	if (off->counted_ns > h->flow->hw_seen_ns)
		h->flow->hw_seen_ns = off->counted_ns;
	off_fdb_touch(off, h->flow, h->flow->hw_seen_ns);
	return 0;
}

/* Return: some could not be read. */
static bool count_port(struct off *off, const struct off_port *port)
{
	bool failed = false;
	unsigned int i;
	int ret;

	for (i = 0; i < OFF_PREFS; i++) {
		if (!port->rules[i])
			continue;
		ret = flower_stats_walk(&off->nl, port->ifindex,
					(uint16_t)(off->sw->conf.offload.pref + i), false,
					count_one, off);
		failed |= ret && ret != -ENODEV;
	}
	return failed;
}

static enum off_why test_lost(struct off *off, struct off_flow *flow, void *data)
{
	const uint64_t *begun = data;

	if (flow->since_ns > *begun)
		return OFF_FINE;
	for (unsigned int i = 0; i < flow->rules_len; i++)
		if (off->handles[flow->rules[i].handle - 1].round != off->count_round)
			return OFF_WHY_lost;
	return OFF_FINE;
}

static enum off_why test_idle(struct off *off, struct off_flow *flow, void *data)
{
	const uint64_t *now = data;
	uint64_t idle = off->sw->conf.offload.idle_ms * (OFF_SECOND / 1000);

	return *now - flow->hw_seen_ns > idle ? OFF_WHY_idle : OFF_FINE;
}

static void measure_all(struct off *off, uint64_t now)
{
	struct off_flow *flow, *next;

	HASH_ITER(hh, off->flows, flow, next)
		if (flow->state == OFF_OFFLOADED)
			measure(flow, flow->hw_packets, now);
}

static uint64_t interval(const struct off *off)
{
	const struct conf *conf = &off->sw->conf;
	uint64_t ns = SHARE * off->count_cost_ns,
		 idle = conf->offload.idle_ms * (OFF_SECOND / 4000);
	uint64_t ageing = conf->ageing_ms * (OFF_SECOND / 4000);

	if (ns > idle)
		ns = idle;
	if (ageing && ns > ageing)
		ns = ageing;
	return ns > COUNT_NS ? ns : COUNT_NS;
}

void off_count(struct off *off)
{
	uint64_t now = now_ns();
	bool failed = false;

	if (!off->installed || now - off->counted_ns < interval(off))
		return;
	off->count_round++;
	for (uint32_t i = 0; i < off->sw->obj.max_ports; i++)
		if (off->ports[i].ifindex)
			failed |= count_port(off, &off->ports[i]);
	off->counted_ns = now;
	off->count_cost_ns = now_ns() - now;
	measure_all(off, now);
	if (!failed)
		off_take_if(off, test_lost, &now);
	off_take_if(off, test_idle, &now);
}
