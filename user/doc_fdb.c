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
	const char *port; /* NULL: any */
	uint16_t vlan;	  /* 0: any */
	uint64_t now;
	struct fdb_line *lines;
	size_t len, size;
};

static int add_line(struct fdb_list *list, const struct fdb_line *line)
{
	size_t size = list->size ? list->size * 2 : 64;
	struct fdb_line *lines;

	if ((list->vlan && list->vlan != line->key.vlan) ||
	    (list->port && strcmp(list->port, doc_slot_name(list->sw, line->slot))))
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

static json_t *to_json(const struct fdb_list *list)
{
	json_t *out = json_array();
	size_t i;

	for (i = 0; i < list->len; i++) {
		const struct fdb_line *line = &list->lines[i];

		json_array_append_new(
			out, json_pack("{s:o, s:I, s:s, s:s, s:I, s:b}", "mac",
				       doc_mac(line->key.mac), "vlan", (json_int_t)line->key.vlan,
				       "port", doc_slot_name(list->sw, line->slot), "type",
				       line->type, "age_ms", (json_int_t)(line->age_ns / 1000000),
				       "offloaded", (int)line->offloaded));
	}
	return out;
}

json_t *doc_fdb(struct sw *sw, const char *port, uint16_t vlan, struct err *err)
{
	struct fdb_list list = {.sw = sw, .port = port, .vlan = vlan, .now = now_ns()};
	json_t *out = NULL;
	int rc;

	if (port && !conf_find(&sw->conf, port)) {
		err_set(err, -ENOENT, "show the FDB of port '%s': no such port in '%s'", port,
			sw->name);
		return NULL;
	}
	rc = bpf_obj_fdb_walk(&sw->obj, add_entry, &list);
	if (!rc)
		rc = add_local(&list);
	if (rc) {
		err_set(err, rc, "read the FDB of '%s': %s", sw->name, strerror(-rc));
	} else {
		if (list.len)
			qsort(list.lines, list.len, sizeof(*list.lines), by_key);
		out = doc_checked(to_json(&list), err);
	}
	free(list.lines);
	return out;
}
