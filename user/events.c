// SPDX-License-Identifier: GPL-2.0-only
/* events.c - see events.h */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "doc_conf.h"
#include "events.h"
#include "util.h"

struct events_port {
	struct conf_port *conf; /* a copy: only what conf_port_equal() reads */
	enum sw_port_state state;
};

struct events_entry {
	struct repx_fdb_key key;
	uint32_t slot;
	bool is_static;
	char port[CONF_NAME_MAX]; /* its port may be gone when it goes */
};

static const char *const note_names[] = {
	[REPX_NOTE_LEARNT] = "learnt",
	[REPX_NOTE_MOVED] = "moved",
	[REPX_NOTE_MAC_LIMIT] = "mac_limit",
	[REPX_NOTE_FDB_FULL] = "fdb_full",
	[REPX_NOTE_MOVE_LIMITED] = "move_limited",
};

/* Wall-clock time of a moment @ago_ns before now. */
static json_t *wall_time(uint64_t ago_ns)
{
	struct timespec ts;
	struct tm tm;
	char text[64];
	uint64_t ns;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &ts);
	ns = (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec - ago_ns;
	ts.tv_sec = (time_t)(ns / 1000000000ULL);
	gmtime_r(&ts.tv_sec, &tm);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, sizeof(text) - len, ".%06uZ",
		 (unsigned int)(ns % 1000000000ULL / 1000));
	return json_string(text);
}

/* @more (taken over) holds the rest of the event. */
static void emit(const struct events *ev, const char *name, uint64_t ago_ns, json_t *more)
{
	json_t *event = json_pack("{s:o, s:s}", "time", wall_time(ago_ns), "event", name);

	json_object_update(event, more);
	json_decref(more);
	if (event)
		ev->cb(event, ev->data);
	json_decref(event);
}

static json_t *address(const char *port, const struct repx_fdb_key *key)
{
	return json_pack("{s:s, s:o, s:I}", "port", port, "mac", doc_mac(key->mac), "vlan",
			 (json_int_t)key->vlan);
}

/* --- ports --- */

static struct events_port *find_port(struct events_port *ports, size_t len, const char *name)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!strcmp(ports[i].conf->name, name))
			return &ports[i];
	return NULL;
}

static void free_ports(struct events_port *ports, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		conf_port_done(ports[i].conf);
		free(ports[i].conf);
	}
	free(ports);
}

/* A deep copy of one port, by way of a switch that has no other. */
static struct conf_port *copy_port(const struct conf_port *port)
{
	struct conf one = {.ports = (struct conf_port *)port, .ports_len = 1}, copy = {0};

	if (conf_copy(&copy, &one))
		return NULL;
	return copy.ports;
}

static int see_ports(const struct sw *sw, struct events_port **out, size_t *len)
{
	size_t n = sw->exists ? sw->conf.ports_len : 0, used = 0, i;
	struct events_port *ports = calloc(n ? n : 1, sizeof(*ports));

	if (!ports)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		if (sw->conf.ports[i].pool) /* nobody's so far */
			continue;
		ports[used].conf = copy_port(&sw->conf.ports[i]);
		if (!ports[used].conf) {
			free_ports(ports, used);
			return -ENOMEM;
		}
		ports[used++].state = sw_port_state(sw, i);
	}
	*out = ports;
	*len = used;
	return 0;
}

static void emit_config(const struct events *ev, const char *op, const char *port)
{
	emit(ev, "config", 0,
	     json_pack("{s:s, s:s, s:s, s:s}", "op", op, "object", "port", "name", port, "port",
		       port));
}

static void emit_state(const struct events *ev, const struct events_port *port)
{
	char name[32];

	snprintf(name, sizeof(name), "port_%s", doc_port_state(port->state));
	emit(ev, name, 0, json_pack("{s:s}", "port", port->conf->name));
}

static void compare_ports(struct events *ev, struct events_port *now, size_t len)
{
	struct events_port *was;
	size_t i;

	for (i = 0; i < len; i++) {
		was = find_port(ev->ports, ev->ports_len, now[i].conf->name);
		if (!was)
			emit_config(ev, "add", now[i].conf->name);
		else if (!conf_port_equal(was->conf, now[i].conf))
			emit_config(ev, "change", now[i].conf->name);
		if (!was || was->state != now[i].state)
			emit_state(ev, &now[i]);
	}
	for (i = 0; i < ev->ports_len; i++)
		if (!find_port(now, len, ev->ports[i].conf->name))
			emit_config(ev, "delete", ev->ports[i].conf->name);
}

static struct events_switch see_switch(const struct sw *sw)
{
	return (struct events_switch){sw->conf.ageing_ms, sw->conf.unknown, sw->conf.tc_marks};
}

static void poll_switch(struct events *ev)
{
	const struct events_switch was = ev->seen;

	if (!ev->sw->exists)
		return;
	ev->seen = see_switch(ev->sw);
	if (was.ageing_ms == ev->seen.ageing_ms && was.unknown == ev->seen.unknown &&
	    was.marks == ev->seen.marks)
		return;
	emit(ev, "config", 0,
	     json_pack("{s:s, s:s, s:s}", "op", "change", "object", "switch", "name",
		       ev->sw->name));
}

static void poll_ports(struct events *ev)
{
	struct events_port *now;
	size_t len;

	if (see_ports(ev->sw, &now, &len))
		return;
	compare_ports(ev, now, len);
	free_ports(ev->ports, ev->ports_len);
	ev->ports = now;
	ev->ports_len = len;
}

/* --- addresses --- */

struct sight {
	const struct sw *sw;
	uint64_t now;
	struct events_entry *entries;
	size_t len, size;
};

static int see_entry(const struct repx_fdb_key *key, const struct repx_fdb *entry, void *data)
{
	struct sight *sight = data;
	struct events_entry *grown;
	uint64_t age;

	if (!doc_fdb_live(sight->sw, entry, sight->now, &age))
		return 0;
	if (sight->len == sight->size) {
		sight->size = sight->size ? sight->size * 2 : 256;
		grown = reallocarray(sight->entries, sight->size, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		sight->entries = grown;
	}
	grown = &sight->entries[sight->len++];
	*grown = (struct events_entry){.key = *key, .slot = entry->port};
	grown->is_static = entry->flags & REPX_FDB_STATIC;
	str_copy(grown->port, sizeof(grown->port), doc_slot_name(sight->sw, entry->port));
	return 0;
}

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct repx_fdb_key)); /* the key is the first member */
}

static int see_entries(const struct sw *sw, struct events_entry **out, size_t *len)
{
	struct sight sight = {.sw = sw, .now = now_ns()};
	int rc = 0;

	if (sw->exists)
		rc = bpf_obj_fdb_walk(&sw->obj, see_entry, &sight);
	if (rc) {
		free(sight.entries);
		return rc;
	}
	if (sight.len)
		qsort(sight.entries, sight.len, sizeof(*sight.entries), by_key);
	*out = sight.entries;
	*len = sight.len;
	return 0;
}

static void emit_entry(const struct events *ev, const char *name, const struct events_entry *e)
{
	emit(ev, name, 0, address(e->port, &e->key));
}

/* Both lists are sorted: one walk along the two. */
static void compare_entries(struct events *ev, const struct events_entry *now, size_t len)
{
	size_t i = 0, j = 0;
	int order;

	while (i < ev->entries_len || j < len) {
		if (i == ev->entries_len)
			order = 1;
		else
			order = j == len ? -1 : by_key(&ev->entries[i], &now[j]);
		if (order < 0)
			emit_entry(ev, "removed", &ev->entries[i]);
		else if (now[j].is_static && (order > 0 || !ev->entries[i].is_static))
			emit_entry(ev, "added", &now[j]);
		i += order <= 0;
		j += order >= 0;
	}
}

/* Takes the fresh ones into what was last seen, each address once. */
static void merge_fresh(struct events *ev)
{
	size_t len = ev->entries_len + ev->fresh_len, i, n = 0;
	struct events_entry *all;

	all = ev->fresh_len ? reallocarray(ev->entries, len, sizeof(*all)) : NULL;
	if (all) {
		memcpy(all + ev->entries_len, ev->fresh, ev->fresh_len * sizeof(*all));
		qsort(all, len, sizeof(*all), by_key);
		for (i = 0; i < len; i++)
			if (!n || by_key(&all[n - 1], &all[i]))
				all[n++] = all[i];
		ev->entries = all;
		ev->entries_len = n;
	}
	ev->fresh_len = 0;
}

static void poll_entries(struct events *ev)
{
	struct events_entry *now;
	size_t len;

	if (see_entries(ev->sw, &now, &len))
		return;
	merge_fresh(ev);
	compare_entries(ev, now, len);
	free(ev->entries);
	ev->entries = now;
	ev->entries_len = len;
}

/* --- the ring --- */

/* What comes and goes between two looks is to be told as gone, too. */
static void remember(struct events *ev, const struct repx_fdb_key *key, uint32_t slot)
{
	size_t size = ev->fresh_size ? ev->fresh_size * 2 : 64;
	struct events_entry *grown;

	if (ev->fresh_len == ev->fresh_size) {
		grown = reallocarray(ev->fresh, size, sizeof(*grown));
		if (!grown)
			return;
		ev->fresh = grown;
		ev->fresh_size = size;
	}
	grown = &ev->fresh[ev->fresh_len++];
	*grown = (struct events_entry){.key = *key, .slot = slot};
	str_copy(grown->port, sizeof(grown->port), doc_slot_name(ev->sw, slot));
}

static int on_note(void *data, void *raw, size_t size)
{
	struct events *ev = data;
	const struct repx_note *note = raw;
	struct repx_fdb_key key;
	uint64_t now = now_ns();
	json_t *more;

	if (size < sizeof(*note) || note->type >= ARRAY_SIZE(note_names) || !note_names[note->type])
		return 0;
	key.vlan = note->vlan;
	memcpy(key.mac, note->mac, 6);
	if (note->type == REPX_NOTE_LEARNT)
		remember(ev, &key, note->port);
	more = address(doc_slot_name(ev->sw, note->port), &key);
	if (note->type == REPX_NOTE_MOVED)
		json_object_set_new(more, "from", json_string(doc_slot_name(ev->sw, note->from)));
	emit(ev, note_names[note->type], now > note->time_ns ? now - note->time_ns : 0, more);
	return 0;
}

/* --- flows --- */

void events_flow(struct events *ev, const struct off_line *line, enum off_why why)
{
	struct repx_fdb_key key = {.vlan = line->key->vlan};
	const char *to = line->out == REPX_PORT_NONE ? "flood" : doc_slot_name(ev->sw, line->out);
	json_t *more;

	if (!ev->ring)
		return;
	memcpy(key.mac, line->key->src, 6);
	more = address(doc_slot_name(ev->sw, line->key->port), &key);
	json_object_set_new(more, "to", json_string(to));
	json_object_set_new(more, "dst", doc_mac(line->key->dst));
	if (why)
		json_object_set_new(more, "cause", json_string(off_why_name(why)));
	emit(ev, why ? "demoted" : "offloaded", 0, more);
}

/* --- open, close --- */

/* The run folder itself is what is locked: no file is left behind. */
static int take_lock(struct events *ev, struct err *err)
{
	ev->lock_fd = open(ev->sw->run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ev->lock_fd < 0)
		return err_set(err, -errno, "open '%s': %s", ev->sw->run_dir, strerror(errno));
	if (!flock(ev->lock_fd, LOCK_EX | LOCK_NB))
		return 0;
	return err_set(err, -EBUSY,
		       "monitor '%s': somebody else reads its events (with the daemon, repx run, "
		       "many can)",
		       ev->sw->name);
}

static int start_ring(struct events *ev, struct err *err)
{
	ev->ring = ring_buffer__new(ev->sw->obj.events, on_note, ev, NULL);
	if (!ev->ring)
		return err_set(err, -errno, "read events of '%s': %s", ev->sw->name,
			       strerror(errno));
	return 0;
}

int events_open(struct events *ev, struct sw *sw, void (*cb)(json_t *event, void *data), void *data,
		struct err *err)
{
	int rc;

	*ev = (struct events){.sw = sw, .cb = cb, .data = data, .lock_fd = -1};
	ev->seen = see_switch(sw);
	rc = take_lock(ev, err);
	if (!rc)
		rc = start_ring(ev, err);
	if (!rc) {
		rc = see_ports(sw, &ev->ports, &ev->ports_len);
		if (!rc)
			rc = see_entries(sw, &ev->entries, &ev->entries_len);
		if (rc)
			err_set(err, rc, "monitor '%s': %s", sw->name, strerror(-rc));
	}
	if (rc)
		events_close(ev);
	else
		__atomic_store_n(&sw->obj.cfg_mem->watch, 1, __ATOMIC_RELAXED);
	return rc;
}

void events_close(struct events *ev)
{
	if (ev->ring && ev->sw->exists && ev->sw->obj.cfg_mem)
		__atomic_store_n(&ev->sw->obj.cfg_mem->watch, 0, __ATOMIC_RELAXED);
	ring_buffer__free(ev->ring);
	free_ports(ev->ports, ev->ports_len);
	free(ev->entries);
	free(ev->fresh);
	if (ev->lock_fd >= 0)
		close(ev->lock_fd);
	*ev = (struct events){.lock_fd = -1};
}

int events_fd(const struct events *ev)
{
	return ring_buffer__epoll_fd(ev->ring);
}

void events_read(struct events *ev)
{
	ring_buffer__consume(ev->ring);
}

void events_poll(struct events *ev)
{
	events_read(ev); /* first what happened first */
	poll_switch(ev);
	poll_ports(ev);
	poll_entries(ev);
}

char *events_text(const json_t *event)
{
	const char *time = json_string_value(json_object_get(event, "time"));
	const char *name = json_string_value(json_object_get(event, "event"));
	const char *port = json_string_value(json_object_get(event, "port"));
	const char *mac = json_string_value(json_object_get(event, "mac"));
	const char *from = json_string_value(json_object_get(event, "from"));
	const char *cause = json_string_value(json_object_get(event, "cause"));
	const char *to = json_string_value(json_object_get(event, "to"));
	const char *dst = json_string_value(json_object_get(event, "dst"));
	char what[128] = "", more[96] = "", *text;

	if (json_object_get(event, "op"))
		snprintf(what, sizeof(what), " %s %s %s",
			 json_string_value(json_object_get(event, "op")),
			 json_string_value(json_object_get(event, "object")),
			 json_string_value(json_object_get(event, "name")));
	else if (mac)
		snprintf(what, sizeof(what), " port %s %s vlan %d", port ? port : "?", mac,
			 (int)json_integer_value(json_object_get(event, "vlan")));
	else
		snprintf(what, sizeof(what), " port %s", port ? port : "?");
	if (from)
		snprintf(more, sizeof(more), " from %s", from);
	else if (to && dst)
		snprintf(more, sizeof(more), " to %s %s%s%s", to, dst, cause ? ": " : "",
			 cause ? cause : "");
	if (asprintf(&text, "%s %s%s%s", time ? time : "", name ? name : "?", what, more) < 0)
		return NULL;
	return text;
}
