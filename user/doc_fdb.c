// SPDX-License-Identifier: GPL-2.0-only
/* doc_fdb.c - the document of fdb show */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "doc_conf.h"
#include "util.h"

struct fdb_line {
	struct repx_fdb_key key;
	uint32_t slot;
	const char *type;
	bool offloaded;
	uint64_t age_ns;
};

struct fdb_list {
	const struct sw *sw;
	bool any_port;
	uint32_t slot; /* of the port that is meant */
	uint16_t vlan; /* 0: any */
	const char *names[REPX_MAX_PORTS];
	uint64_t now;
	struct fdb_line *lines;
	size_t len, size;
};

static int add_line(struct fdb_list *list, const struct fdb_line *line)
{
	size_t size = list->size ? list->size * 2 : 64;
	struct fdb_line *lines;

	if ((list->vlan && list->vlan != line->key.vlan) ||
	    (!list->any_port && list->slot != line->slot))
		return 0;
	if (list->len == list->size) {
		lines = reallocarray(list->lines, size, sizeof(*lines));
		if (!lines)
			return -ENOMEM;
		list->lines = lines;
		list->size = size;
	}
	list->lines[list->len++] = *line;
	return 0;
}

static int add_entry(const struct repx_fdb_key *key, const struct repx_fdb *entry, void *data)
{
	struct fdb_list *list = data;
	struct fdb_line line = {.key = *key, .slot = entry->port};

	if (!doc_fdb_live(list->sw, entry, list->now, &line.age_ns))
		return 0;
	line.type = entry->flags & REPX_FDB_STATIC ? "static" : "dynamic";
	line.offloaded = entry->flags & REPX_FDB_OFFLOADED;
	return add_line(list, &line);
}

/* The host's own address in every VLAN its port is a member of. */
static int add_local(struct fdb_list *list)
{
	const struct sw *sw = list->sw;
	unsigned int vid;
	size_t i;
	int rc = 0;

	for (i = 0; i < sw->conf.ports_len; i++) {
		struct fdb_line line = {.slot = sw->ports[i].slot, .type = "local"};

		if (sw->conf.ports[i].role != CONF_ROLE_HOST || !sw->ports[i].ifindex)
			continue;
		memcpy(line.key.mac, sw->ports[i].host_mac, 6);
		for (vid = 1; !rc && vid < 4095; vid++) {
			line.key.vlan = (uint16_t)vid;
			if (conf_vlan_member(&sw->conf.ports[i].vlan, vid))
				rc = add_line(list, &line);
		}
	}
	return rc;
}

static int by_key(const void *a, const void *b)
{
	const struct fdb_line *x = a, *y = b;

	if (x->key.vlan != y->key.vlan)
		return x->key.vlan < y->key.vlan ? -1 : 1;
	return memcmp(x->key.mac, y->key.mac, 6);
}

static json_t *to_json(const struct fdb_list *list, const struct fdb_line *line)
{
	const char *name = line->slot < REPX_MAX_PORTS ? list->names[line->slot] : NULL;

	return json_pack("{s:o, s:I, s:s, s:s, s:I, s:b}", "mac", doc_mac(line->key.mac), "vlan",
			 (json_int_t)line->key.vlan, "port", name ? name : "?", "type", line->type,
			 "age_ms", (json_int_t)(line->age_ns / 1000000), "offloaded",
			 (int)line->offloaded);
}

/* All that are meant, sorted. Return: 0; -errno with @err. */
static int read_lines(struct fdb_list *list, struct err *err)
{
	const struct sw *sw = list->sw;
	int rc = bpf_obj_fdb_walk(&sw->obj, add_entry, list);

	if (!rc)
		rc = add_local(list);
	if (rc)
		return err_set(err, rc, "read the FDB of '%s': %s", sw->name, strerror(-rc));
	if (list->len)
		qsort(list->lines, list->len, sizeof(*list->lines), by_key);
	return 0;
}

/* Names by slot, and the slot of @port. */
static int name_slots(struct fdb_list *list, const char *port, struct err *err)
{
	const struct sw *sw = list->sw;

	list->any_port = !port;
	list->slot = REPX_PORT_NONE;
	for (size_t i = 0; i < sw->conf.ports_len; i++) {
		uint32_t slot = sw->ports[i].slot;

		if (slot >= REPX_MAX_PORTS)
			continue;
		list->names[slot] = sw->conf.ports[i].name;
		if (port && !strcmp(port, sw->conf.ports[i].name))
			list->slot = slot;
	}
	if (port && !conf_find(&sw->conf, port))
		return err_set(err, -ENOENT, "show the FDB of port '%s': no such port in '%s'",
			       port, sw->name);
	return 0;
}

int doc_fdb_each(struct sw *sw, const char *port, uint16_t vlan,
		 int (*each)(void *data, json_t *entry), void *data, struct err *err)
{
	struct fdb_list list = {.sw = sw, .vlan = vlan, .now = now_ns()};
	int rc = name_slots(&list, port, err);

	if (!rc)
		rc = read_lines(&list, err);
	for (size_t i = 0; !rc && i < list.len; i++) {
		json_t *entry = to_json(&list, &list.lines[i]);

		rc = entry ? each(data, entry) : -ENOMEM;
		if (rc)
			err_set(err, rc, "list the FDB of '%s': %s", sw->name, strerror(-rc));
	}
	free(list.lines);
	return rc;
}

static int append(void *data, json_t *entry)
{
	return json_array_append_new(data, entry) ? -ENOMEM : 0;
}

json_t *doc_fdb(struct sw *sw, const char *port, uint16_t vlan, struct err *err)
{
	json_t *out = doc_checked(json_array(), err);

	if (!out || !doc_fdb_each(sw, port, vlan, append, out, err))
		return out;
	json_decref(out);
	return NULL;
}
