// SPDX-License-Identifier: GPL-2.0-only
/* cmd_monitor.c - repx monitor: events as they happen
 *
 * From the daemon where one runs. Without, this process reads the ring buffer
 * itself, and looks at the switch anew every second for what is not in it.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "ctl.h"
#include "events.h"

#define LOOK_EVERY_MS 1000

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

/* One event a line, at once. */
static void print(json_t *event, void *data)
{
	const struct cmd_opts *o = data;
	char *text;

	text = o->json ? json_dumps(event, JSON_COMPACT) : events_text(event);
	if (text && (puts(text) == EOF || fflush(stdout)))
		stop = 1; /* nobody reads any more */
	free(text);
}

/* --- from the daemon --- */

static int next_event(const struct cmd_opts *o, struct ctl *ctl)
{
	const char *method;
	json_t *message;
	int rc;

	rc = ctl_read(ctl, &message);
	if (rc)
		return rc;
	method = json_string_value(json_object_get(message, "method"));
	if (method && !strcmp(method, "event"))
		print(json_object_get(message, "params"), (void *)o);
	json_decref(message);
	return 0;
}

static int from_daemon(const struct cmd_opts *o, struct ctl *ctl, struct err *err)
{
	json_t *result = NULL;
	int rc;

	rc = ctl_request(ctl, "monitor.subscribe", NULL);
	if (rc)
		return err_set(err, rc, "ask the daemon: %s", strerror(-rc));
	rc = ctl_result(ctl, cmd_warn, &result, err);
	json_decref(result);
	while (!rc && !stop)
		rc = next_event(o, ctl);
	if (rc && !stop)
		err_set(err, rc, "read events: %s",
			rc == -EPIPE ? "the daemon ended" : strerror(-rc));
	return stop ? 0 : rc;
}

/* --- without --- */

/* What the switch is now takes the place of what it was. */
static int look_again(const struct cmd_opts *o, struct sw *sw, struct err *err)
{
	struct sw fresh;
	int rc;

	rc = sw_open(&fresh, o->root, sw->name, SW_READ, err);
	if (rc)
		return rc;
	sw_close(sw);
	*sw = fresh;
	return 0;
}

static int watch(const struct cmd_opts *o, struct sw *sw, struct events *ev, struct err *err)
{
	struct pollfd fd = {.fd = events_fd(ev), .events = POLLIN};
	int n, rc = 0;

	while (!stop && !rc) {
		n = poll(&fd, 1, LOOK_EVERY_MS);
		if (n > 0)
			events_read(ev);
		if (n)
			continue;
		rc = look_again(o, sw, err);
		if (!rc)
			events_poll(ev);
	}
	return stop ? 0 : rc;
}

/* The data path is to be told that nobody reads any more. */
static void catch_signals(void)
{
	struct sigaction act = {.sa_handler = on_signal};

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int from_maps(const struct cmd_opts *o, const char *name, struct err *err)
{
	struct events ev;
	struct sw sw;
	int rc;

	if (geteuid())
		return err_set(err, -EPERM,
			       "monitor '%s': no daemon runs, and only root can do without "
			       "(repx run FILE)",
			       name);
	catch_signals();
	rc = sw_open(&sw, o->root, name, SW_READ, err);
	if (rc)
		return rc;
	rc = events_open(&ev, &sw, print, (void *)o, err);
	if (!rc) {
		rc = watch(o, &sw, &ev, err);
		events_close(&ev);
	}
	sw_close(&sw);
	return rc;
}

int cmd_monitor(const struct cmd_opts *o, int argc, char **argv)
{
	char name[CONF_NAME_MAX], path[512];
	struct err err = {0};
	struct ctl ctl;
	int rc;

	if (argc)
		return cmd_usage("'%.64s': monitor takes no words", argv[0]);
	rc = cmd_switch(o, name, &err);
	if (rc)
		return cmd_fail(&err);
	cmd_socket(o, name, path, sizeof(path));
	rc = ctl_connect(&ctl, path);
	if (!rc) {
		rc = from_daemon(o, &ctl, &err);
		ctl_close(&ctl);
	} else if (rc == -EACCES) {
		err_set(&err, rc, "connect to '%s': %s (be root, or in the group repx)", path,
			strerror(EACCES));
	} else {
		rc = from_maps(o, name, &err);
	}
	return rc ? cmd_fail(&err) : CMD_DONE;
}
