// SPDX-License-Identifier: GPL-2.0-only
/* run_timer.c - see run_timer.h */
#include <time.h>

#include "run_timer.h"

#define ACCURACY_US 10000

int run_timer_add(sd_event *event, sd_event_source **out, sd_event_time_handler_t handler,
		  void *data)
{
	int rc = sd_event_add_time_relative(event, out, CLOCK_MONOTONIC, 0, ACCURACY_US, handler,
					    data);

	return rc < 0 ? rc : sd_event_source_set_enabled(*out, SD_EVENT_OFF);
}

void run_timer_arm(sd_event_source *timer, uint64_t usec)
{
	sd_event_source_set_time_relative(timer, usec);
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}
