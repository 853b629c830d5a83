/* SPDX-License-Identifier: GPL-2.0-only */
/* rows.h - the tables of frames: what the rules say must happen, by hand
 *
 * Each row is one frame on one small switch. What must happen is written out,
 * not computed; the model is held to it, and the programs to both.
 */
#ifndef REPX_TEST_ROWS_H
#define REPX_TEST_ROWS_H

#include "fix.h"

struct row {
	const char *what;
	const char *yaml;
	/* Before the frame, separated by ';':
	 *   from PORT FRAME        a frame that must agree too
	 *   age VLAN MAC SECONDS   as if last seen so long ago
	 *   put VLAN MAC PORT      a dynamic entry
	 *   del VLAN MAC
	 *   debt PORT LIMIT        rx tx broadcast multicast unknown moves: over it
	 *   fill live|expired      no place is left in the FDB
	 *   mtu PORT N   noxmit PORT   mark HEX */
	const char *setup;
	const char *in; /* port; "-": a netdev that is no port */
	const char *frame;
	const char *expect; /* verdict; drop REASON, at the ingress port; drop REASON@PORT */
	/* "PORT:TAGS ...": the frame with these tags instead of its own; '+' between
	 * two tags, "-" for none, "=" for the frame as it came. NULL: no copies */
	const char *out;
	const char *events; /* "EVENT@PORT ...", or NULL */
	const char *fdb;    /* "VLAN MAC PORT; ..." afterwards; PORT "-": no entry */
	unsigned int flags;
};

/* rows leave out what does not apply to them */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define ROW_TC 1U	   /* only tc has it: marks */
#define ROW_KERNEL_COPY 2U /* the kernel gets a copy */

struct row_table {
	const char *name;
	const struct row *rows;
	size_t len;
};

extern const struct row_table rows_rules, rows_egress, rows_guard, rows_guard6, rows_limits,
	rows_fdb;
extern const struct row_table *const rows_all[]; /* ended by NULL */

/* Switches that many rows use. */
#define ROW_SW "version: 1\nswitch: {name: t, fdb: {ageing: 4s}}\n"
#define ROW_UP "- {name: up, netdev: p0, role: uplink}\n"
#define ROW_A "- {name: a, netdev: p1, vlan: {access: 10}}\n"
#define ROW_B "- {name: b, netdev: p2, vlan: {access: 10}}\n"
#define ROW_T "- {name: t, netdev: p3, vlan: {trunk: [10, 20-29], native: 30}}\n"
#define ROW_Q "- {name: q, netdev: p4, vlan: {tunnel: 100}}\n"
#define ROW_BASE ROW_SW "ports:\n" ROW_UP ROW_A ROW_B ROW_T ROW_Q

/* The model alone against the row. Return: true if they agree. */
bool row_check_model(struct fix *offline, const struct row *row);
/* Model and program; @fix has its hook on. */
bool row_check(struct fix *fix, enum fix_hook hook, const struct row *row);
bool row_check_trace(struct fix *fix, const struct row *row);
/* Every row of a table; prints which fail. Return: how many. */
int row_check_table(struct fix *fix, enum fix_hook hook, const struct row_table *table);

#endif
