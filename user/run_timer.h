/* SPDX-License-Identifier: GPL-2.0-only */
/* run_timer.h - the daemon's timers: made once, armed when there is something to wait for */
#ifndef REPX_RUN_TIMER_H
#define REPX_RUN_TIMER_H

#include <systemd/sd-event.h>

/* A timer that is off. Return: 0 or more; -errno. */
int run_timer_add(sd_event *event, sd_event_source **out, sd_event_time_handler_t handler,
		  void *data);
/* Once, from now on. */
void run_timer_arm(sd_event_source *timer, uint64_t usec);

#endif
