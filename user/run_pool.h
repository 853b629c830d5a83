/* SPDX-License-Identifier: GPL-2.0-only */
/* run_pool.h - the daemon keeps spare SFs ready (switch.pool) */
#ifndef REPX_RUN_POOL_H
#define REPX_RUN_POOL_H

#include <systemd/sd-event.h>

#include "sw.h"

struct run_pool {
	sd_event_source *timer; /* NULL: not open */
	struct sw *sw;
	void (*warn)(const char *text);
	void (*filled)(void *data); /* the switch has one more */
	void *data;
	uint64_t since; /* when it was first asked to fill, us; 0: it was not */
	uint64_t again; /* pause after a failure, us; 0: there was none */
	char told[512]; /* the last failure */
};

/**
 * run_pool_open() - fill the pool while @event runs
 * @filled: called with @data after each spare SF that was made
 * Return: 0, -errno with @err.
 */
int run_pool_open(struct run_pool *pool, sd_event *event, struct sw *sw,
		  void (*warn)(const char *text), void (*filled)(void *data), void *data,
		  struct err *err);
/* After every change: one may be missing. It is made when nobody has changed anything for
 * a moment, because all others wait while it is made. */
void run_pool_soon(struct run_pool *pool);
void run_pool_close(struct run_pool *pool); /* takes a zeroed one */

#endif
