// SPDX-License-Identifier: GPL-2.0-only
/* run_offload.c - see run_offload.h */
#include <string.h>
#include <sys/epoll.h>

#include "log.h"
#include "run_offload.h"
#include "step.h"
#include "util.h"

#define MSEC 1000ULL

static int on_tick(sd_event_source *source, uint64_t usec, void *data)
{
	struct run_offload *r = data;
	unsigned int ms = off_tick(r->off);

	(void)usec;
	sd_event_source_set_time_relative(source, ms * MSEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

void run_offload_moves(struct run_offload *r)
{
	if (r->off && r->sw->loaded)
		off_moves(r->off);
}

/* There is one daemon in a process; and addresses move while a change is made, too. */
static struct run_offload *the_offload;

static void between_steps(void)
{
	run_offload_moves(the_offload);
}

static int on_moves(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	(void)source;
	(void)fd;
	(void)revents;
	run_offload_moves(data);
	return 0;
}

void run_offload_init(struct run_offload *r, sd_event *event, struct sw *sw, off_event told,
		      void *data, void (*warn)(const char *text))
{
	r->event = event;
	r->sw = sw;
	r->told = told;
	r->data = data;
	r->warn = warn;
	the_offload = r;
	step_tick = between_steps;
}

static int listen_to(struct run_offload *r, struct err *err)
{
	int rc = sd_event_add_io(r->event, &r->moves, off_moves_fd(r->off), EPOLLIN, on_moves, r);

	/* before all else that waits: an address that moved is the most urgent */
	if (rc >= 0)
		rc = sd_event_source_set_priority(r->moves, SD_EVENT_PRIORITY_IMPORTANT);
	if (rc >= 0)
		rc = sd_event_add_time_relative(r->event, &r->tick, CLOCK_MONOTONIC, 0, MSEC,
						on_tick, r);
	return rc < 0 ? err_set(err, rc, "watch flows: %s", strerror(-rc)) : 0;
}

void run_offload_deafen(struct run_offload *r)
{
	for (size_t i = 0; r->off && i < ARRAY_SIZE(r->deaf); i++)
		if (r->deaf[i]->sock)
			nl_deafen(r->deaf[i], off_portid(r->off));
}

static void begin(struct run_offload *r)
{
	struct err err = {0};

	if (off_open(&r->off, r->sw, r->told, r->data, &err)) {
		r->off = NULL;
		if (!r->failed)
			log_warn("%s (all traffic stays in software)", err.text);
		r->failed = true;
		return;
	}
	run_offload_deafen(r);
	if (listen_to(r, &err)) {
		log_err("%s", err.text);
		run_offload_close(r);
	}
}

static void warn_in_vain(struct run_offload *r)
{
	if (!r->failed && r->sw->exists && r->sw->conf.offload.enabled == CONF_OFFLOAD_ON)
		r->warn("offload.enabled is true, but no port of the switch is behind an eswitch "
			"(devlink port show; all traffic stays in software)");
	r->failed = true;
}

void run_offload_changed(struct run_offload *r)
{
	const struct repx_cfg *cfg = r->sw->obj.cfg_mem;

	sw_flows_count(r->sw, true);
	if (r->off)
		off_changed(r->off);
	else if (r->sw->exists && r->sw->loaded && cfg && cfg->sample)
		begin(r);
	else
		warn_in_vain(r);
}

void run_offload_links(struct run_offload *r)
{
	if (r->off && r->sw->exists)
		off_host_changed(r->off, OFF_LINKS);
}

void run_offload_filters(struct run_offload *r, uint32_t ifindex)
{
	if (r->off && r->sw->exists)
		off_host_changed(r->off, ifindex);
}

void run_offload_close(struct run_offload *r)
{
	step_tick = NULL;
	r->tick = sd_event_source_disable_unref(r->tick);
	r->moves = sd_event_source_disable_unref(r->moves);
	off_close(r->off);
	r->off = NULL;
}
