/* SPDX-License-Identifier: GPL-2.0-only */
/* off.h - the eswitch as a cache of the data path: hot flows become its rules
 *
 * What the data path counted (repx_flows) is looked at; a flow that passes offload.promote
 * and whose rules would do exactly the same (off_rule.h) gets them; their counters feed
 * the flow, its ports and the ages of its addresses. Whatever a rule was made from -
 * tables, addresses, links, somebody's filters - is asked again when it changes, and a
 * rule for which the answer is another one is taken out before the change counts.
 *
 * Lives in the daemon: without one nothing would keep rules true, so there are none.
 */
#ifndef REPX_OFF_H
#define REPX_OFF_H

#include <stdbool.h>
#include <stdint.h>

#include "off_why.h"
#include "sw.h"

struct off;

enum off_state { OFF_SOFTWARE, OFF_OFFLOADED, OFF_REFUSED };
const char *off_state_name(enum off_state state);

/* A flow as others are told of it. Pointers are good until the next call. */
struct off_line {
	const struct repx_flow_key *key;
	uint32_t out;		       /* slot, or REPX_PORT_NONE */
	uint64_t packets, bytes;       /* in software, as last counted */
	uint64_t hw_packets, hw_bytes; /* carried by the eswitch */
	uint64_t pps, seen_ns;	       /* rate of late; last frame */
	enum off_state state;
	enum off_why why;		 /* not OFF_OFFLOADED: why not, or OFF_FINE */
	uint32_t why_port;		 /* slot it is about, or REPX_PORT_NONE */
	const char *words;		 /* OFF_WHY_kernel: the kernel's own; else "" */
	const struct flower_rule *rules; /* OFF_OFFLOADED: rules_len of them */
	unsigned int rules_len;
};

struct off_numbers {
	uint32_t flows, rules, room, max_rules; /* room: what the card is known to take */
	uint64_t promotions;
	uint64_t demotions[OFF_WHY_MAX]; /* by cause */
	uint64_t refusals[OFF_WHY_MAX];	 /* flows that were hot enough and could not be */
	uint64_t verified, differences;	 /* rules compared with the data path; that differed */
	bool on;
};

/* Told of a flow that got its rules (@why OFF_FINE) or lost them. */
typedef void (*off_event)(const struct off_line *line, enum off_why why, void *data);

/**
 * off_open() - begin; the switch must be loaded
 * Rules that an earlier daemon left are gone already: sw_offload_purge().
 * Return: 0, -errno with @err.
 */
int off_open(struct off **out, struct sw *sw, off_event event, void *data, struct err *err);
/* Takes all rules out first. Takes NULL. */
void off_close(struct off *off);

/* One round: addresses, traffic, counters, then rules. Return: ms until the next is due. */
unsigned int off_tick(struct off *off);
/* The switch was changed: what had to go for that is gone already; addresses are looked
 * at, and what was refused may be tried again. */
void off_changed(struct off *off);
/* Something on the host changed: filters on the netdev (0: on any), or OFF_LINKS. */
#define OFF_LINKS UINT32_MAX
void off_host_changed(struct off *off, uint32_t ifindex);
/* Becomes readable when addresses move; then call off_moves(). */
int off_moves_fd(const struct off *off);
void off_moves(struct off *off);

/* All flows that are known; @cb returns 0 to go on. */
int off_walk(struct off *off, int (*cb)(const struct off_line *line, void *data), void *data);
void off_numbers(const struct off *off, struct off_numbers *out);
/* A rule that was read back and does something else than software: it goes, and its flow
 * gets none for a while. Return: 0; -ENOENT: it is not (or no longer) one of ours. */
int off_remove(struct off *off, const struct flower_rule *rule);
/* Compares the counters of rules with what came to software in spite of them; rules that do
 * not hold go. Return: how many. */
unsigned int off_compare_counters(struct off *off);
/* The netlink port whose doings are the offload's own. */
uint32_t off_portid(const struct off *off);

#endif
