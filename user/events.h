/* SPDX-License-Identifier: GPL-2.0-only */
/* events.h - what happens in a switch, as JSON objects
 *
 * {"time","event",...}, time in UTC with microseconds. From the data path's ring
 * buffer: learnt, moved, mac_limit, fdb_full, move_limited (port, mac, vlan;
 * moved: from). By comparing what was with what is: removed (an address that
 * went or aged), added (a static one), port_up, port_down, port_missing (port),
 * config (op, object, name, and port where it is one). From the offload: offloaded,
 * demoted.
 *
 * There is one reader of the ring at a time, and while there is one the data
 * path writes to it (repx_cfg.watch).
 */
#ifndef REPX_EVENTS_H
#define REPX_EVENTS_H

#include <jansson.h>

#include "off.h"
#include "sw.h"

struct events_port; /* what was last seen of a port */
struct events_entry;
struct ring_buffer;

struct events {
	struct sw *sw;
	void (*cb)(json_t *event, void *data); /* @event is borrowed */
	void *data;
	int lock_fd;
	struct ring_buffer *ring;
	struct events_switch {
		uint64_t ageing_ms;
		enum conf_unknown unknown;
		bool marks;
	} seen; /* of the switch */
	struct events_port *ports;
	size_t ports_len;
	struct events_entry *entries; /* by key */
	size_t entries_len;
	struct events_entry *fresh; /* told of by the ring since the last look */
	size_t fresh_len, fresh_size;
};

/**
 * events_open() - begin to watch
 * @sw: outlives @ev; what it holds may change between calls
 * Return: 0; -EBUSY: somebody else watches this switch; -errno.
 */
int events_open(struct events *ev, struct sw *sw, void (*cb)(json_t *event, void *data), void *data,
		struct err *err);
void events_close(struct events *ev); /* takes what was never opened: {.lock_fd = -1} */

/* To be polled for reading; then events_read(). */
int events_fd(const struct events *ev);
void events_read(struct events *ev);

/* Compares with what was last seen. To be called once in a while, and after
 * changes. */
void events_poll(struct events *ev);

/* A flow got rules in the eswitch (@why OFF_FINE: "offloaded") or lost them ("demoted",
 * with "cause"): port, to, mac, dst, vlan. Takes one that is not open. */
void events_flow(struct events *ev, const struct off_line *line, enum off_why why);

/* One event as a line for people. Return: malloc()ed, NULL: no memory. */
char *events_text(const json_t *event);

#endif
