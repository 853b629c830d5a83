// SPDX-License-Identifier: GPL-2.0-only
/* run_watch.c - see run_watch.h */
#include <string.h>
#include <sys/epoll.h>

#include "run_timer.h"
#include "run_watch.h"
#include "util.h"

#define EVERY_US 1000000ULL /* between comparisons */

static void on_event(json_t *event, void *data)
{
	struct run_watch *w = data;

	ctl_server_event(w->server, event);
}

void run_watch_compare(struct run_watch *w)
{
	if (!w->on)
		return;
	events_poll(&w->events);
	ctl_server_flush(w->server);
}

static int on_ring(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct run_watch *w = data;

	(void)source;
	(void)fd;
	(void)revents;
	events_read(&w->events);
	ctl_server_flush(w->server);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
	struct run_watch *w = data;
	uint64_t start = now_ns();

	(void)usec;
	run_watch_compare(w);
	/* a table of a million entries takes its time: a twentieth of ours at most */
	if (w->on)
		run_timer_arm(source, EVERY_US + (now_ns() - start) / 1000 * 20);
	return 0;
}

int run_watch_init(struct run_watch *w, sd_event *event, struct sw *sw, struct ctl_server *server)
{
	*w = (struct run_watch){.sw = sw, .server = server, .event = event};
	w->events.lock_fd = -1;
	return run_timer_add(event, &w->timer, on_timer, w);
}

void run_watch_stop(struct run_watch *w)
{
	if (!w->on)
		return;
	sd_event_source_set_enabled(w->timer, SD_EVENT_OFF);
	w->ring = sd_event_source_disable_unref(w->ring);
	events_close(&w->events);
	w->on = false;
}

static int start(struct run_watch *w, struct err *err)
{
	int rc;

	rc = events_open(&w->events, w->sw, on_event, w, err);
	if (rc)
		return rc;
	rc = sd_event_add_io(w->event, &w->ring, events_fd(&w->events), EPOLLIN, on_ring, w);
	if (rc < 0) {
		events_close(&w->events);
		return err_set(err, rc, "watch '%s': %s", w->sw->name, strerror(-rc));
	}
	w->on = true;
	run_timer_arm(w->timer, EVERY_US);
	return 0;
}

int run_watch_subscribe(struct run_watch *w, struct err *err)
{
	if (!w->on && start(w, err))
		return -1;
	ctl_server_subscribe(w->server);
	return 0;
}

void run_watch_flow(struct run_watch *w, const struct off_line *line, enum off_why why)
{
	if (!w->on)
		return;
	events_flow(&w->events, line, why);
	ctl_server_flush(w->server);
}

void run_watch_close(struct run_watch *w)
{
	run_watch_stop(w);
	w->timer = sd_event_source_disable_unref(w->timer);
}
