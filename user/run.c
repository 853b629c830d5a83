// SPDX-License-Identifier: GPL-2.0-only
/* run.c - the daemon: applies a file, follows the host, answers the socket
 *
 * The data path does not need it: it forwards, learns and checks while no daemon
 * runs. What the daemon adds is that netdevs that come and go are followed, that
 * aged addresses are taken out of the table, and that many can talk to it. It
 * holds the switch's locks for as long as it lives; a second one is refused.
 * Nothing that happens on the host or on the socket ends it: only SIGTERM,
 * SIGINT and `down` do, and of these only `down` touches the data path.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "ctl_server.h"
#include "log.h"
#include "methods.h"
#include "run.h"
#include "run_debts.h"
#include "run_file.h"
#include "run_filters.h"
#include "run_offload.h"
#include "run_pool.h"
#include "run_timer.h"
#include "run_watch.h"
#include "util.h"

#define MSEC 1000ULL
#define SECOND (1000 * MSEC)
#define SETTLE (50 * MSEC)	 /* hotplug comes in bursts */
#define SETTLE_MAX (60 * SECOND) /* between attempts that fail */

struct daemon {
	sd_event *event;
	struct sw sw;
	const char *name, *file;
	struct methods_env env;
	struct ctl_server server;
	struct rtnl_cache cache; /* netdevs, by netlink notices */
	struct nl features;	 /* XDP features; sock NULL: not heard */
	sd_event_source *settle, *age;
	uint64_t settle_wait;
	char settle_error[512]; /* told already */
	char settle_warning[512];
	sd_event_source *devlink; /* notices of nic.watch; NULL: not heard (yet) */
	struct run_filters filters;
	struct run_offload offload;
	struct run_pool pool;
	struct run_watch watch;
};

/* warn callbacks have no data pointer; there is one daemon in a process */
static struct daemon *the_daemon;

static void on_warning(const char *text)
{
	log_warn("%s", text);
	ctl_server_warn(&the_daemon->server, text);
}

static void tell_status(struct daemon *d)
{
	size_t missing = 0, i;

	for (i = 0; i < d->sw.conf.ports_len; i++)
		missing += sw_port_state(&d->sw, i) == SW_PORT_MISSING;
	sd_notifyf(0, "STATUS=switch %s: %zu ports, %zu missing", d->sw.name,
		   conf_ports_wanted(&d->sw.conf), missing);
}

/* --- events for monitors --- */

/* nobody listens any more */
static void on_idle(void *data)
{
	struct daemon *d = ((struct methods_env *)data)->daemon;

	run_watch_stop(&d->watch);
}

static int subscribe(void *data, struct err *err)
{
	struct daemon *d = data;

	return run_watch_subscribe(&d->watch, err);
}

/* --- offload --- */

static void on_flow(const struct off_line *line, enum off_why why, void *data)
{
	struct daemon *d = data;

	run_watch_flow(&d->watch, line, why);
}

static void on_filters(uint32_t ifindex)
{
	run_offload_filters(&the_daemon->offload, ifindex);
}

static void offload_changed(struct daemon *d)
{
	run_offload_changed(&d->offload);
	d->env.off = d->offload.off;
}

/* --- ageing --- */

static void plan_ageing(struct daemon *d)
{
	uint64_t tenth = d->sw.conf.ageing_ms / 10 * MSEC;

	if (d->sw.exists && d->sw.conf.ageing_ms)
		run_timer_arm(d->age, tenth > SECOND ? tenth : SECOND);
	else
		sd_event_source_set_enabled(d->age, SD_EVENT_OFF);
}

static int on_age(sd_event_source *source, uint64_t usec, void *data)
{
	struct daemon *d = data;
	struct err err = {0};

	(void)source;
	(void)usec;
	if (sw_fdb_age(&d->sw, &err) < 0)
		log_debug("%s", err.text); /* the data path does not use aged entries */
	plan_ageing(d);
	return 0;
}

/* --- the host changes --- */

/* While a card resets every attempt has the same to say. */
static void on_settle_warning(const char *text)
{
	struct daemon *d = the_daemon;

	if (!strcmp(d->settle_warning, text))
		return;
	str_copy(d->settle_warning, sizeof(d->settle_warning), text);
	on_warning(text);
}

/* Something could not be done yet, as while a card resets. */
static void settle_again(struct daemon *d)
{
	d->settle_wait *= 2;
	if (d->settle_wait > SETTLE_MAX)
		d->settle_wait = SETTLE_MAX;
	run_timer_arm(d->settle, d->settle_wait);
}

/* A failure is told once, and tried again less and less often. */
static void follow_failed(struct daemon *d, const struct err *err)
{
	if (strcmp(d->settle_error, err->text))
		log_err("%s", err->text);
	str_copy(d->settle_error, sizeof(d->settle_error), err->text);
	if (d->settle_wait < SECOND / 2)
		d->settle_wait = SECOND / 2;
	settle_again(d);
}

static void log_changes(const struct sw_changes *changes)
{
	size_t i;

	for (i = 0; i < changes->len; i++)
		log_info("%s %s '%s'", changes->list[i].op, changes->list[i].object,
			 changes->list[i].name);
}

static int on_settle(sd_event_source *source, uint64_t usec, void *data)
{
	struct sw_changes changes = {0};
	struct daemon *d = data;
	struct err err = {0};

	(void)source;
	(void)usec;
	if (!d->sw.exists)
		return 0;
	/* what was told so far is in what is looked at now: it needs no other look */
	rtnl_cache_refresh(&d->cache, &d->sw.rtnl);
	rtnl_cache_taken(&d->cache);
	run_offload_links(&d->offload);
	if (sw_follow_host(&d->sw, on_settle_warning, &changes, &err)) {
		follow_failed(d, &err);
	} else {
		d->settle_error[0] = 0;
		if (d->sw.unsettled) {
			settle_again(d);
		} else {
			d->settle_wait = SETTLE;
			d->settle_warning[0] = 0;
		}
	}
	log_changes(&changes);
	if (changes.len || !d->offload.off)
		offload_changed(d);
	sw_changes_done(&changes);
	tell_status(d);
	run_watch_compare(&d->watch);
	return 0;
}

/* What failed and was undone made notices of its own: these must not make a loop. */
static void settle_within(struct daemon *d, uint64_t usec)
{
	uint64_t due = 0, now = 0;
	int enabled = SD_EVENT_OFF;

	sd_event_source_get_enabled(d->settle, &enabled);
	sd_event_source_get_time(d->settle, &due);
	sd_event_now(d->event, CLOCK_MONOTONIC, &now);
	if (enabled == SD_EVENT_OFF || due > now + usec)
		run_timer_arm(d->settle, usec);
}

static void settle_soon(struct daemon *d)
{
	settle_within(d, d->settle_error[0] ? SECOND : SETTLE);
}

static int on_links(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;

	(void)source;
	(void)fd;
	(void)revents;
	/* an error of the socket itself: something may have been missed */
	if (rtnl_cache_refresh(&d->cache, &d->sw.rtnl))
		settle_soon(d);
	return 0;
}

static int on_features(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;

	(void)source;
	(void)fd;
	(void)revents;
	if (rtnl_watch_read(&d->features) != 0)
		settle_soon(d);
	return 0;
}

static int hear(struct daemon *d, const struct nl *nl, sd_event_io_handler_t handler)
{
	return sd_event_add_io(d->event, NULL, mnl_socket_get_fd(nl->sock), EPOLLIN, handler, d);
}

/* They say what repx did itself, or come with a notice of a netdev: only taken, so that
 * the next wait of a change does not find thousands. */
static int on_devlink(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;

	(void)source;
	(void)fd;
	(void)revents;
	nic_drain(&d->sw.nic);
	return 0;
}

/* After every event: whoever changes the switch takes notices when he looks at the
 * host, and may fail before he has done what they are about; and he may be the first
 * to need a NIC. */
static int on_any(sd_event_source *source, void *data)
{
	struct daemon *d = data;

	(void)source;
	if (rtnl_cache_taken(&d->cache)) {
		run_offload_links(&d->offload); /* at once: a link may be down */
		settle_soon(d);
	}
	if (d->devlink && !d->sw.nic.watch.sock)
		d->devlink = sd_event_source_disable_unref(d->devlink);
	else if (!d->devlink && d->sw.nic.watch.sock)
		sd_event_add_io(d->event, &d->devlink, mnl_socket_get_fd(d->sw.nic.watch.sock),
				EPOLLIN, on_devlink, d);
	return 0;
}

static int listen_to_host(struct daemon *d, struct err *err)
{
	int rc;

	rc = rtnl_cache_open(&d->cache);
	if (!rc)
		rc = hear(d, &d->cache.watch, on_links);
	if (rc >= 0)
		rc = sd_event_add_post(d->event, NULL, on_any, d);
	if (rc < 0)
		return err_set(err, rc, "listen to netlink: %s", strerror(-rc));
	d->sw.cache = &d->cache;
	rc = rtnl_watch_xdp_open(&d->features);
	if (!rc)
		rc = hear(d, &d->features, on_features);
	if (rc < 0 && rc != -ENOENT) /* kernels before 6.3 */
		return err_set(err, rc, "listen to the netdev family: %s", strerror(-rc));
	return 0;
}

/* --- the file --- */

static int apply_file(struct daemon *d, struct err *err)
{
	struct sw_changes changes = {0};
	struct conf conf = {0};
	int rc;

	rc = run_file_read(d->file, d->name, &conf, err);
	if (rc)
		return rc;
	rc = sw_apply(&d->sw, &conf, SW_OWNER_FILE, false, &changes, on_warning, err);
	conf_done(&conf);
	if (!rc)
		log_changes(&changes);
	sw_changes_done(&changes);
	plan_ageing(d);
	offload_changed(d);
	run_pool_soon(&d->pool);
	return rc;
}

static void on_filled(void *data)
{
	struct daemon *d = data;

	offload_changed(d);
	tell_status(d);
	run_watch_compare(&d->watch);
}

/* After a change by a client: what we do depends on the switch. */
static void on_changed(void *data)
{
	struct daemon *d = data;

	plan_ageing(d);
	run_pool_soon(&d->pool);
	on_filled(d);
}

static void on_gone(void *data)
{
	struct daemon *d = data;

	run_watch_stop(&d->watch);
	log_info("switch '%s' was taken down: nothing left to do", d->name);
	sd_event_exit(d->event, 0);
}

/* --- signals --- */

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
	struct daemon *d = data;
	struct err err = {0};

	(void)source;
	(void)info;
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)(now_ns() / 1000));
	if (apply_file(d, &err))
		log_err("%s (everything stays as it was)", err.text);
	run_debts_pay(&d->sw, on_warning);
	run_filters_again(&d->filters);
	sd_notify(0, "READY=1");
	tell_status(d);
	run_watch_compare(&d->watch);
	return 0;
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
	struct daemon *d = data;

	(void)source;
	(void)info;
	return sd_event_exit(d->event, 0);
}

static int add_signals(struct daemon *d)
{
	sigset_t set;
	int rc;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	rc = sd_event_add_signal(d->event, NULL, SIGTERM, on_stop, d);
	if (rc >= 0)
		rc = sd_event_add_signal(d->event, NULL, SIGINT, on_stop, d);
	if (rc >= 0)
		rc = sd_event_add_signal(d->event, NULL, SIGHUP, on_reload, d);
	return rc;
}

static int make_loop(struct daemon *d, struct err *err)
{
	int rc;

	rc = sd_event_new(&d->event);
	if (rc >= 0)
		rc = add_signals(d);
	if (rc >= 0)
		rc = run_timer_add(d->event, &d->settle, on_settle, d);
	if (rc >= 0)
		rc = run_timer_add(d->event, &d->age, on_age, d);
	if (rc >= 0)
		rc = run_watch_init(&d->watch, d->event, &d->sw, &d->server);
	if (rc >= 0)
		rc = sd_event_set_watchdog(d->event, true);
	return rc < 0 ? err_set(err, rc, "make an event loop: %s", strerror(-rc)) : 0;
}

/* --- start, loop, end --- */

/* Waiting for a card takes longer than a watchdog may allow. */
static void tick(void)
{
	sd_notify(0, "WATCHDOG=1");
	run_offload_moves(&the_daemon->offload);
}

static int start_switch(struct daemon *d, struct err *err)
{
	char path[400];
	int rc;

	d->sw.nic.tick = tick;
	/* heard from here on, so that nothing is missed between apply and loop */
	rc = listen_to_host(d, err);
	if (!rc) /* of a daemon that was killed: whatever the file says, nobody keeps them */
		rc = sw_offload_purge(&d->sw, err);
	if (rc)
		return rc;
	run_offload_init(&d->offload, d->event, &d->sw, on_flow, d, on_warning);
	d->offload.deaf[0] = &d->cache.watch;
	d->offload.deaf[1] = &d->filters.nl;
	rc = apply_file(d, err);
	if (rc)
		return rc;
	/* of a monitor or a daemon that was killed */
	__atomic_store_n(&d->sw.obj.cfg_mem->watch, 0, __ATOMIC_RELAXED);
	d->env = (struct methods_env){.sw = &d->sw,
				      .file = d->file,
				      .off = d->offload.off,
				      .warn = on_warning,
				      .changed = on_changed,
				      .gone = on_gone,
				      .subscribe = subscribe,
				      .daemon = d};
	snprintf(path, sizeof(path), "%s/control", d->sw.run_dir);
	rc = ctl_server_open(&d->server, d->event, path, methods, &d->env, err);
	d->server.idle = on_idle;
	if (!rc)
		run_debts_pay(&d->sw, on_warning);
	if (!rc)
		rc = run_filters_open(&d->filters, d->event, &d->sw, on_warning, on_filters, err);
	if (!rc)
		rc = run_pool_open(&d->pool, d->event, &d->sw, on_warning, on_filled, d, err);
	run_offload_deafen(&d->offload);
	return rc;
}

static int loop(struct daemon *d, struct err *err)
{
	int rc;

	tell_status(d);
	sd_notify(0, "READY=1");
	rc = sd_event_loop(d->event);
	sd_notify(0, "STOPPING=1");
	ctl_server_flush(&d->server); /* the answer to `down` */
	return rc < 0 ? err_set(err, rc, "run the event loop: %s", strerror(-rc)) : 0;
}

static void end(struct daemon *d)
{
	run_watch_close(&d->watch);
	run_offload_close(&d->offload);
	sw_flows_count(&d->sw, false);
	run_filters_close(&d->filters);
	run_pool_close(&d->pool);
	ctl_server_close(&d->server);
	sd_event_source_unref(d->settle);
	sd_event_source_unref(d->age);
	sd_event_source_unref(d->devlink);
	sd_event_unref(d->event);
	nl_close(&d->features);
	d->sw.cache = NULL;
	rtnl_cache_close(&d->cache);
}

int run_daemon(const char *root, const char *name, const char *file, struct err *err)
{
	struct daemon d = {.name = name, .file = file, .settle_wait = SETTLE};
	int rc;

	the_daemon = &d;
	d.server.fd = -1;
	d.env.daemon = &d;
	rc = make_loop(&d, err);
	if (!rc) {
		rc = sw_open(&d.sw, root, name, SW_DAEMON, err);
		if (!rc) {
			rc = start_switch(&d, err);
			if (!rc)
				rc = loop(&d, err);
			end(&d);
			sw_close(&d.sw);
			return rc;
		}
	}
	end(&d);
	return rc;
}
