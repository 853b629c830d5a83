/* SPDX-License-Identifier: GPL-2.0-only */
/* run_offload.h - the offload in the daemon's event loop */
#ifndef REPX_RUN_OFFLOAD_H
#define REPX_RUN_OFFLOAD_H

#include <systemd/sd-event.h>

#include "off.h"

struct run_offload {
	struct sw *sw;
	struct off *off; /* NULL: nothing can be offloaded (yet) */
	sd_event *event;
	sd_event_source *tick, *moves;
	off_event told;
	void *data;
	void (*warn)(const char *text);
	bool failed;	    /* told already */
	struct nl *deaf[2]; /* sockets that are not to hear of the offload's own doings */
};

/* @told: of each flow that got or lost rules, with @data. */
void run_offload_init(struct run_offload *r, sd_event *event, struct sw *sw, off_event told,
		      void *data, void (*warn)(const char *text));
/* To be called when one of ->deaf was opened. */
void run_offload_deafen(struct run_offload *r);
/* The switch may be another one than it was: flows are counted, and offloaded, where
 * offload: and the ports say so. To be called after every change, before it is told. */
void run_offload_changed(struct run_offload *r);
/* Rules on addresses that moved go, at once: also called while a change takes its time. */
void run_offload_moves(struct run_offload *r);
/* Links changed, or filters on a netdev (0: any). */
void run_offload_links(struct run_offload *r);
void run_offload_filters(struct run_offload *r, uint32_t ifindex);
/* Takes all rules out. Takes a zeroed one. */
void run_offload_close(struct run_offload *r);

#endif
