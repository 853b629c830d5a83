// SPDX-License-Identifier: GPL-2.0-only
/* sw_fdb.c - entries of the FDB by hand, and the removal of old ones */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

static int need_switch(const struct sw *sw, const char *what, struct err *err)
{
	if (!sw->exists || !sw->loaded)
		return err_set(err, -ENOENT, "%s of switch '%s': there is no such switch%s", what,
			       sw->name, sw->exists ? " any more (apply its file again)" : "");
	return 0;
}

static struct repx_fdb_key key_of(const uint8_t mac[6], uint16_t vlan)
{
	struct repx_fdb_key key = {.vlan = vlan};

	memcpy(key.mac, mac, sizeof(key.mac));
	return key;
}

static const char *why_not(const uint8_t mac[6], uint16_t vlan, const struct conf_port *port,
			   const struct sw_port *record)
{
	static const uint8_t zero[6];

	if ((mac[0] & 1) || !memcmp(mac, zero, sizeof(zero)))
		return "not the address of one station";
	if (!port)
		return "there is no such port";
	if (vlan < 1 || vlan > 4094 || !sw_vlan_member(port, vlan))
		return "the port is not in that VLAN";
	return record->ifindex ? NULL : "the port is missing";
}

/* Rules of the eswitch stand on addresses. */
static int addresses_changed(struct sw *sw, struct err *err)
{
	if (sw->offload)
		sw->offload->addresses(sw->offload->data);
	return sw_offload_purge(sw, err);
}

int sw_fdb_add(struct sw *sw, const uint8_t mac[6], uint16_t vlan, const char *port,
	       struct err *err)
{
	struct repx_fdb value = {.flags = REPX_FDB_STATIC, .ring = REPX_FDB_NO_RING};
	struct repx_fdb_key key = key_of(mac, vlan);
	const struct conf_port *conf;
	const struct sw_port *record;
	const char *why;
	int ret = need_switch(sw, "add fdb entry", err);

	if (ret)
		return ret;
	conf = conf_find(&sw->conf, port);
	record = conf ? &sw->ports[conf - sw->conf.ports] : NULL;
	why = why_not(mac, vlan, conf, record);
	if (why)
		return err_set(err, -EINVAL, "add fdb entry '" MAC_FMT " port %s vlan %u': %s",
			       MAC_ARG(mac), port, vlan, why);
	value.port = record->slot;
	value.seen_ns = now_ns();
	ret = bpf_map_update_elem(sw->obj.fdb, &key, &value, BPF_ANY) ? -errno : 0;
	bpf_obj_void(&sw->obj);
	if (ret)
		err_set(err, ret, "add fdb entry '" MAC_FMT " port %s vlan %u': %s%s", MAC_ARG(mac),
			port, vlan, strerror(-ret),
			ret == -E2BIG ? " (the FDB is full: flush it, or raise fdb.size)" : "");
	return ret ? ret : addresses_changed(sw, err);
}

/* An entry of the file that is deleted by hand stays deleted until the file is
 * applied again. */
static int drop_conf_entry(struct sw *sw, const uint8_t mac[6], uint16_t vlan, struct err *err)
{
	for (size_t i = 0; i < sw->conf.fdb_len; i++) {
		struct conf_fdb *fdb = &sw->conf.fdb[i];

		if (fdb->vlan != vlan || memcmp(fdb->mac, mac, 6))
			continue;
		memmove(fdb, fdb + 1, (--sw->conf.fdb_len - i) * sizeof(*fdb));
		return sw_state_save(sw, sw->journal.open ? &sw->journal : NULL, err);
	}
	return 0;
}

int sw_fdb_del(struct sw *sw, const uint8_t mac[6], uint16_t vlan, struct err *err)
{
	struct repx_fdb_key key = key_of(mac, vlan);
	int ret = need_switch(sw, "delete fdb entry", err);

	if (ret)
		return ret;
	ret = bpf_map_delete_elem(sw->obj.fdb, &key) ? -errno : 0;
	bpf_obj_void(&sw->obj);
	if (ret)
		return err_set(err, ret, "delete fdb entry '" MAC_FMT " vlan %u': %s", MAC_ARG(mac),
			       vlan, ret == -ENOENT ? "there is no such entry" : strerror(-ret));
	ret = addresses_changed(sw, err);
	return ret ? ret : drop_conf_entry(sw, mac, vlan, err);
}

/* What a walk is to find, and found. */
struct hunt {
	uint32_t slot; /* REPX_PORT_NONE: any */
	uint16_t vlan; /* 0: any */
	uint64_t before_ns;
	bool old_only;
	struct repx_fdb_key *keys;
	size_t len, cap;
};

static int hunt_add(const struct repx_fdb_key *key, const struct repx_fdb *entry, void *data)
{
	struct hunt *hunt = data;

	if (entry->flags & REPX_FDB_STATIC)
		return 0;
	if (hunt->slot != REPX_PORT_NONE && hunt->slot != entry->port)
		return 0;
	if (hunt->vlan && hunt->vlan != key->vlan)
		return 0;
	if (hunt->old_only && entry->seen_ns >= hunt->before_ns)
		return 0;
	if (hunt->len == hunt->cap) {
		size_t cap = hunt->cap ? 2 * hunt->cap : 256;
		void *keys = realloc(hunt->keys, cap * sizeof(*hunt->keys));

		if (!keys)
			return -ENOMEM;
		hunt->keys = keys;
		hunt->cap = cap;
	}
	hunt->keys[hunt->len++] = *key;
	return 0;
}

/* The walk is long: what was used in the meantime is looked at again. */
static bool still_due(const struct sw *sw, const struct hunt *hunt, const struct repx_fdb_key *key)
{
	struct repx_fdb entry;

	if (bpf_map_lookup_elem(sw->obj.fdb, key, &entry) || (entry.flags & REPX_FDB_STATIC))
		return false;
	return !hunt->old_only || entry.seen_ns < hunt->before_ns;
}

static int hunt_run(struct sw *sw, struct hunt *hunt, const char *what, struct err *err)
{
	int removed = 0, ret = bpf_obj_fdb_walk(&sw->obj, hunt_add, hunt);

	for (size_t i = 0; !ret && i < hunt->len; i++) {
		if (!still_due(sw, hunt, &hunt->keys[i]))
			continue;
		if (!bpf_map_delete_elem(sw->obj.fdb, &hunt->keys[i]))
			removed++;
		else if (errno != ENOENT)
			ret = -errno;
	}
	if (removed)
		bpf_obj_void(&sw->obj);
	free(hunt->keys);
	if (removed && !ret)
		ret = addresses_changed(sw, err);
	if (ret)
		return err_set(err, ret, "%s of switch '%s': %s", what, sw->name, strerror(-ret));
	return removed;
}

int sw_fdb_flush(struct sw *sw, const char *port, uint16_t vlan, struct err *err)
{
	struct hunt hunt = {.slot = REPX_PORT_NONE, .vlan = vlan};
	const struct conf_port *conf;
	int ret = need_switch(sw, "flush fdb", err);

	if (ret)
		return ret;
	if (port) {
		conf = conf_find(&sw->conf, port);
		if (!conf)
			return err_set(err, -EINVAL,
				       "flush fdb of port '%s': there is no such port", port);
		hunt.slot = sw->ports[conf - sw->conf.ports].slot;
	}
	return hunt_run(sw, &hunt, "flush fdb", err);
}

int sw_fdb_age(struct sw *sw, struct err *err)
{
	uint64_t ageing = sw->conf.ageing_ms * 1000000ULL, now = now_ns();
	struct hunt hunt = {.slot = REPX_PORT_NONE, .old_only = true};
	int ret = need_switch(sw, "age fdb", err);

	if (ret)
		return ret;
	if (!ageing || now <= ageing)
		return 0;
	hunt.before_ns = now - ageing;
	return hunt_run(sw, &hunt, "age fdb", err);
}
