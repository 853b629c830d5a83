/* SPDX-License-Identifier: GPL-2.0-only */
/* ctl_server.h - the daemon's end of the control socket
 *
 * Many clients, none of which can hold up the daemon: nothing here blocks, a
 * client that does not read its answer is not listened to meanwhile, and one
 * that does not read at all is dropped.
 */
#ifndef REPX_CTL_SERVER_H
#define REPX_CTL_SERVER_H

#include <jansson.h>
#include <systemd/sd-event.h>

#include "ctl.h"

#define CTL_CLIENTS_MAX 64
#define CTL_EVENTS_MAX (4 << 20) /* bytes of events that wait for one client */
#define CTL_SLOW_SECONDS 30	 /* without reading a byte of what waits */

struct ctl_client;

struct ctl_server {
	sd_event *event;
	sd_event_source *listen, *tick;
	char path[400];
	int fd;
	const struct ctl_method *methods;
	void *data;
	struct ctl_client *clients, *asking; /* asking: whose request runs */
	size_t clients_len;
	void (*idle)(void *data); /* the last subscriber went */
};

/**
 * ctl_server_open() - make the socket, 0660 root:repx, and serve it from @event
 * @path: a socket file there is replaced
 * @idle: may be NULL
 */
int ctl_server_open(struct ctl_server *server, sd_event *event, const char *path,
		    const struct ctl_method *table, void *data, struct err *err);
void ctl_server_close(struct ctl_server *server); /* {.fd = -1} is fine */

/* Inside a method: the asking client gets events from now on. */
void ctl_server_subscribe(struct ctl_server *server);
/* A notification to all subscribers. */
void ctl_server_event(struct ctl_server *server, json_t *params);
/* Inside a method: a notification "warning" to the asking client, if any. */
void ctl_server_warn(struct ctl_server *server, const char *text);
/* Sends what waits, as far as clients take it without delay. */
void ctl_server_flush(struct ctl_server *server);

#endif
