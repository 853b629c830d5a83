/* SPDX-License-Identifier: GPL-2.0-only */
/* run_watch.h - what clients of the daemon's socket hear while they monitor */
#ifndef REPX_RUN_WATCH_H
#define REPX_RUN_WATCH_H

#include <systemd/sd-event.h>

#include "ctl_server.h"
#include "events.h"

struct run_watch {
	struct sw *sw;
	struct ctl_server *server;
	sd_event *event;
	sd_event_source *timer, *ring;
	struct events events;
	bool on; /* somebody listens */
};

/* Nothing is looked at before somebody listens. Return: 0 or more; -errno. */
int run_watch_init(struct run_watch *w, sd_event *event, struct sw *sw, struct ctl_server *server);
/* The client that is being answered listens from now on. */
int run_watch_subscribe(struct run_watch *w, struct err *err);
/* Tells what is different now. To be called after every change. */
void run_watch_compare(struct run_watch *w);
/* A flow got rules of the eswitch or lost them. */
void run_watch_flow(struct run_watch *w, const struct off_line *line, enum off_why why);
/* Nobody listens any more. */
void run_watch_stop(struct run_watch *w);
/* Takes one that run_watch_init() did not see, too. */
void run_watch_close(struct run_watch *w);

#endif
