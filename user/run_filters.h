/* SPDX-License-Identifier: GPL-2.0-only */
/* run_filters.h - the daemon's eye on filters that others add behind repx's tcx program */
#ifndef REPX_RUN_FILTERS_H
#define REPX_RUN_FILTERS_H

#include <systemd/sd-event.h>

#include "sw.h"

#define RUN_FILTERS_TOLD 64

struct run_filters {
	struct nl nl; /* sock NULL: not open */
	struct sw *sw;
	void (*warn)(const char *text);
	void (*changed)(uint32_t ifindex); /* filters on it; 0: on any */
	uint32_t told[RUN_FILTERS_TOLD];   /* ifindexes, the oldest is forgotten first */
	unsigned int next;
};

/**
 * run_filters_open() - warn of filters that see nothing, once a netdev
 * Of those that are there, and of those that come while @event runs.
 * Return: 0, -errno with @err.
 */
int run_filters_open(struct run_filters *rf, sd_event *event, struct sw *sw,
		     void (*warn)(const char *text), void (*changed)(uint32_t ifindex),
		     struct err *err);
/* After the file was read again: who still is behind is told again. */
void run_filters_again(struct run_filters *rf);
void run_filters_close(struct run_filters *rf); /* takes a zeroed one */

#endif
