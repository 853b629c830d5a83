// SPDX-License-Identifier: GPL-2.0-only
/* sw_static.c - the static FDB entries that the conf asks for
 *
 * They are made before the flip, because an FDB that is full must fail a change
 * while it can still be undone, and those no longer wanted go after it. What
 * `fdb add` made is only in the map, and stays.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

static struct move *move_of(struct change *ch, const char *port)
{
	for (size_t i = 0; i < ch->moves_len; i++)
		if (!strcmp(ch->moves[i].conf->name, port))
			return &ch->moves[i];
	return NULL;
}

static struct repx_fdb_key key_of(const struct conf_fdb *fdb)
{
	struct repx_fdb_key key = {.vlan = fdb->vlan};

	memcpy(key.mac, fdb->mac, sizeof(key.mac));
	return key;
}

static bool same_key(const struct conf_fdb *a, const struct conf_fdb *b)
{
	return a->vlan == b->vlan && !memcmp(a->mac, b->mac, sizeof(a->mac));
}

static const struct conf_fdb *find(const struct conf *conf, const struct conf_fdb *fdb)
{
	for (size_t i = 0; i < conf->fdb_len; i++)
		if (same_key(&conf->fdb[i], fdb))
			return &conf->fdb[i];
	return NULL;
}

static bool is_there(const struct change *ch, const struct repx_fdb_key *key, uint32_t slot)
{
	struct repx_fdb entry;

	return ch->sw->loaded && !ch->make_maps &&
	       !bpf_map_lookup_elem(ch->sw->obj.fdb, key, &entry) &&
	       (entry.flags & REPX_FDB_STATIC) && entry.port == slot;
}

static int report(struct change *ch, const char *op, const struct conf_fdb *fdb)
{
	char name[64];

	snprintf(name, sizeof(name), MAC_FMT " vlan %u", MAC_ARG(fdb->mac), fdb->vlan);
	return sw_changes_add(&ch->changes, op, "fdb", name);
}

static int plan_one(struct change *ch, const struct conf_fdb *fdb)
{
	struct move *m = move_of(ch, fdb->port);
	struct repx_fdb_key key = key_of(fdb);
	const struct conf_fdb *old = ch->sw->exists ? find(&ch->sw->conf, fdb) : NULL;

	if (!m || (!m->link.ifindex && !m->make_veth))
		return 0;
	if (!m->flush && !m->fresh && is_there(ch, &key, m->port->slot))
		return 0;
	ch->entries[ch->entries_len++] =
		(struct entry){.ch = ch, .key = key, .conf = fdb, .move = m};
	return report(ch, old && strcmp(old->port, fdb->port) ? "change" : "add", fdb);
}

int sw_static_plan(struct change *ch, struct err *err)
{
	const struct conf *old = &ch->sw->conf;
	int ret = 0;

	ch->entries = calloc(ch->conf.fdb_len + 1, sizeof(*ch->entries));
	ch->gone_fdb = calloc(old->fdb_len + 1, sizeof(*ch->gone_fdb));
	if (!ch->entries || !ch->gone_fdb)
		return err_set(err, -ENOMEM, "planning the change: out of memory");
	for (size_t i = 0; !ret && i < ch->conf.fdb_len; i++)
		ret = plan_one(ch, &ch->conf.fdb[i]);
	for (size_t i = 0; !ret && ch->sw->exists && i < old->fdb_len; i++) {
		if (find(&ch->conf, &old->fdb[i]))
			continue;
		ch->gone_fdb[ch->gone_fdb_len++] = &old->fdb[i];
		ret = report(ch, "delete", &old->fdb[i]);
	}
	return ret;
}

static int entry_add(void *arg, struct err *err)
{
	struct entry *e = arg;
	struct bpf_obj *obj = &e->ch->sw->obj;
	struct repx_fdb value = {
		.port = e->move->port->slot,
		.flags = REPX_FDB_STATIC,
		.ring = REPX_FDB_NO_RING,
		.seen_ns = now_ns(),
	};

	e->had = !bpf_map_lookup_elem(obj->fdb, &e->key, &e->was);
	if (bpf_map_update_elem(obj->fdb, &e->key, &value, BPF_ANY))
		return err_set(err, -errno, "add fdb entry '" MAC_FMT " vlan %u': %s%s",
			       MAC_ARG(e->key.mac), e->key.vlan, strerror(errno),
			       errno == E2BIG ? " (the FDB is full: flush it, or raise fdb.size)"
					      : "");
	bpf_obj_void(obj);
	return 0;
}

static int entry_undo(void *arg, struct err *err)
{
	struct entry *e = arg;
	struct bpf_obj *obj = &e->ch->sw->obj;
	int ret;

	(void)err;
	if (e->had)
		ret = bpf_map_update_elem(obj->fdb, &e->key, &e->was, BPF_ANY) ? -errno : 0;
	else
		ret = bpf_map_delete_elem(obj->fdb, &e->key) && errno != ENOENT ? -errno : 0;
	bpf_obj_void(obj);
	return ret;
}

void sw_static_steps(struct change *ch)
{
	for (size_t i = 0; i < ch->entries_len; i++) {
		struct entry *e = &ch->entries[i];

		steps_add(&ch->steps, entry_add, entry_undo, e,
			  "add fdb entry '" MAC_FMT " vlan %u'", MAC_ARG(e->key.mac), e->key.vlan);
	}
}
