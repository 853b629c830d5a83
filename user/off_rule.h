/* SPDX-License-Identifier: GPL-2.0-only */
/* off_rule.h - which rules of an eswitch do to a flow exactly what the data path does
 *
 * Pure: the answer follows from one half of the tables and a few facts of the host. So
 * whoever changes one of them asks again: a rule for which the answer is another one must
 * go. Where addresses are is not looked at here (off_fdb.c).
 */
#ifndef REPX_OFF_RULE_H
#define REPX_OFF_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "flower.h"
#include "repx_abi.h"
#include "off_why.h"

#define OFF_RULES_MAX 8 /* of one flow: prefixes of an IP guard */
#define OFF_PREFS 6	/* from offload.pref on: one for each protocol of a filter */

/* What the host says of a port, by slot. Zero: nothing can be offloaded. */
struct off_host {
	uint32_t card;	      /* ports with the same number are behind one eswitch; 0: none */
	bool link;	      /* its netdev is up and has a carrier */
	bool xdp_shared;      /* xdp: shared */
	enum off_why bar_in;  /* no rule may be on it ... */
	enum off_why bar_out; /* ... or send to it, or OFF_FINE */
	uint16_t other_type;  /* ethertype that its last pref is used for, or 0 */
	const struct conf_guard *guard; /* NULL: none */
};

struct off_view {
	const struct repx_sw *sw;
	const struct repx_port *ports; /* max_ports */
	const struct repx_vlan *vlans; /* 4096 */
	const struct off_host *hosts;  /* max_ports */
	uint32_t max_ports;
	uint16_t pref; /* the first */
	bool flood, guard_ip;
};

struct off_plan {
	struct flower_rule rules[OFF_RULES_MAX]; /* without handle and cookie */
	unsigned int len;
	uint32_t port; /* slot that a reason is about, or REPX_PORT_NONE */
};

/**
 * off_decide() - the rules for a flow, or why there are none
 * @out: slot the flow goes to; REPX_PORT_NONE: a flooded one
 * @flags: REPX_FLOW_*
 * Return: OFF_FINE with at least one rule; a reason, with plan->port.
 */
enum off_why off_decide(const struct off_view *view, const struct repx_flow_key *key, uint32_t out,
			uint32_t flags, struct off_plan *plan);

/* Which of the OFF_PREFS a rule of this outer TPID (0: none) and ethertype has. */
unsigned int off_pref_of(uint16_t tpid, uint16_t ethertype);

#endif
