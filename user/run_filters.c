// SPDX-License-Identifier: GPL-2.0-only
/* run_filters.c - the daemon's eye on filters that others add behind repx's tcx program
 *
 * tcx runs before all filters of clsact, and repx's verdict is final: a script that
 * adds one to such a port would wonder. The kernel's notice of a filter says all that
 * is needed, so nothing is asked, however many are added. Rules for the hardware alone
 * (skip_sw) work wherever repx sits.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "attach.h"
#include "run_filters.h"

static bool was_told(struct run_filters *rf, uint32_t ifindex)
{
	for (unsigned int i = 0; i < RUN_FILTERS_TOLD; i++)
		if (rf->told[i] == ifindex)
			return true;
	rf->told[rf->next++ % RUN_FILTERS_TOLD] = ifindex;
	return false;
}

static void tell(struct run_filters *rf, size_t port, const struct rtnl_filter *f)
{
	const char *name = rf->sw->conf.ports[port].name;
	char text[256];

	if (was_told(rf, rf->sw->ports[port].ifindex))
		return;
	snprintf(text, sizeof(text),
		 "port '%s': somebody's %s filter at pref %u sees no frame of it: repx sits in tcx "
		 "there, which runs before all filters (say attach: clsact on the port and apply)",
		 name, f->kind, f->pref);
	rf->warn(text);
}

static bool in_tcx(const struct run_filters *rf, size_t port)
{
	return rf->sw->ports[port].ifindex && rf->sw->ports[port].attach.mode.tc == ATTACH_TC_TCX;
}

static void on_filter(const struct rtnl_filter_note *note, void *data)
{
	struct run_filters *rf = data;
	const struct rtnl_filter *f = &note->filter;

	if (!rf->sw->exists || f->repx)
		return;
	rf->changed(note->ifindex);
	if (f->hw_only || note->gone || note->egress)
		return;
	for (size_t i = 0; note->ifindex && i < rf->sw->conf.ports_len; i++)
		if (rf->sw->ports[i].ifindex == note->ifindex && in_tcx(rf, i))
			tell(rf, i, f);
}

static int on_netlink(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct run_filters *rf = data;

	(void)source;
	(void)fd;
	(void)revents;
	rtnl_filters_read(&rf->nl, on_filter, rf);
	return 0;
}

void run_filters_again(struct run_filters *rf)
{
	struct rtnl_filter f;

	memset(rf->told, 0, sizeof(rf->told));
	for (size_t i = 0; rf->sw->exists && i < rf->sw->conf.ports_len; i++)
		if (in_tcx(rf, i) &&
		    attach_behind(&rf->sw->rtnl, rf->sw->ports[i].ifindex, &f) == 1)
			tell(rf, i, &f);
}

int run_filters_open(struct run_filters *rf, sd_event *event, struct sw *sw,
		     void (*warn)(const char *text), void (*changed)(uint32_t ifindex),
		     struct err *err)
{
	int rc;

	*rf = (struct run_filters){.sw = sw, .warn = warn, .changed = changed};
	rc = rtnl_filters_open(&rf->nl);
	if (rc) {
		rf->nl.sock = NULL;
		return err_set(err, rc, "listen to tc: %s", strerror(-rc));
	}
	rc = sd_event_add_io(event, NULL, mnl_socket_get_fd(rf->nl.sock), EPOLLIN, on_netlink, rf);
	if (rc < 0)
		return err_set(err, rc, "listen to tc: %s", strerror(-rc));
	run_filters_again(rf);
	return 0;
}

void run_filters_close(struct run_filters *rf)
{
	if (rf->nl.sock)
		nl_close(&rf->nl);
	rf->nl.sock = NULL;
}
