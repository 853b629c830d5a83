/* SPDX-License-Identifier: GPL-2.0-only */
/* swhost.h - a host for tests of the engine: namespaces, netdevs, what is there
 *
 * The process gets network and mount namespaces of its own, so that nothing is
 * left of a test however it ends.
 */
#ifndef REPX_TEST_SWHOST_H
#define REPX_TEST_SWHOST_H

#include <stdbool.h>

#include "sw.h"

#define SWHOST_ROOT "/mnt/root"

/* A conf of three ports on a0, a1, a2 that most tests begin with. */
#define SWHOST_SWITCH "switch: {name: sw0, max_ports: 16, fdb: {size: 1024}}\n"
#define SWHOST_BASIC                                       \
	"version: 1\n" SWHOST_SWITCH "ports:\n"            \
	"  - {name: up, netdev: a0, role: uplink}\n"       \
	"  - {name: p1, netdev: a1, vlan: {access: 10}}\n" \
	"  - {name: p2, netdev: a2, vlan: {trunk: [10, 20-29], native: 10}}\n"

/* Enters the namespaces. Return: 0; -EPERM without root. */
int swhost_enter(void);

/* A shell command that must work. */
__attribute__((format(printf, 1, 2))) void swhost_run(const char *fmt, ...);

/* Veth pairs a<first>..a<first+n-1>, whose peers are b<i>; all down. */
void swhost_veths(int first, int n);

/**
 * swhost_look() - all that a change could have touched, as text
 * @maps: of the switch in SWHOST_ROOT too, where there is one
 * Numbers that may differ between equal hosts (guard set ids, which half is in
 * use) are not in it. Return: malloc()ed.
 */
char *swhost_look(bool maps);
extern bool swhost_any_slot; /* slots are not told apart in it */

/* Reads @yaml and applies it as the file's. Return: sw_apply()'s, changes
 * counted in *n (may be NULL), text of the error in swhost_err. */
int swhost_apply(const char *yaml, int *n);
int swhost_apply_open(struct sw *sw, const char *yaml, bool dry_run, struct sw_changes *changes);
/* It must work, with so many changes. */
void swhost_must_apply(const char *yaml, int changes);
int swhost_down(void);
extern struct err swhost_err;
extern char swhost_warnings[4096];
void swhost_warn(const char *text);

/* The dynamic entry of 02:00:00:00:00:<last>. */
void swhost_fdb_set(struct sw *sw, uint8_t last, uint16_t vlan, uint32_t slot);
bool swhost_fdb_has(const struct sw *sw, uint8_t last, uint16_t vlan);

/* Both must be equal; prints where they are not and fails. */
void swhost_same(const char *before, const char *after);

#endif
