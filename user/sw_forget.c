// SPDX-License-Identifier: GPL-2.0-only
/* sw_forget.c - addresses that go with a change, and can come back with its undo
 *
 * One walk of the FDB serves all ports: of some everything goes, of some what
 * was learnt, of some what is in VLANs they left. A port whose addresses go
 * also gives out its places under mac_limit anew.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"

#define BIT(v, n) ((v)[(n) / 64] >> ((n) % 64) & 1)

enum what { KEEP, DYNAMIC, LEFT, ALL };

/* What goes of a slot, for the length of one walk. */
struct rule {
	enum what what;
	uint64_t left[4096 / 64];
};

struct walk {
	const struct rule *rules;
	uint32_t slots;
	struct forgot *out;
};

struct stray_walk {
	const struct sw *sw;
	struct forgot found;
};

bool sw_vlan_member(const struct conf_port *port, unsigned int vid)
{
	const struct conf_vlan *v = &port->vlan;

	if (v->mode == CONF_VLAN_TRUNK)
		return conf_vlan_has(v, vid);
	return v->mode != CONF_VLAN_NONE && v->vid == vid;
}

bool sw_vlans_left(const struct conf_port *was, const struct conf_port *now,
		   uint64_t left[4096 / 64])
{
	bool some = false;

	memset(left, 0, 4096 / 8);
	for (unsigned int vid = 1; vid < 4095; vid++) {
		if (!sw_vlan_member(was, vid) || sw_vlan_member(now, vid))
			continue;
		left[vid / 64] |= 1ULL << (vid % 64);
		some = true;
	}
	return some;
}

static enum what what_of(const struct move *m, bool dead, uint64_t left[4096 / 64])
{
	if (dead)
		return m->flush ? ALL : KEEP;
	if (!m->old_conf || !m->old.ifindex || m->flush || m->port->slot != m->old.slot)
		return KEEP;
	if (memcmp(&m->old_conf->vlan, &m->conf->vlan, sizeof(m->conf->vlan)) &&
	    sw_vlans_left(m->old_conf, m->conf, left))
		return LEFT;
	return m->relearn ? DYNAMIC : KEEP;
}

/* Return: some addresses have to go; which, by slot, where @rules is not NULL. */
static bool each_rule(const struct change *ch, bool dead, struct rule *rules)
{
	uint64_t left[4096 / 64];
	bool some = false;

	for (size_t i = 0; i < ch->moves_len; i++) {
		const struct move *m = &ch->moves[i];
		enum what what = what_of(m, dead, left);

		if (what == KEEP)
			continue;
		some = true;
		if (!rules)
			continue;
		rules[m->old.slot].what = what;
		memcpy(rules[m->old.slot].left, left, sizeof(left));
		if (what == LEFT && m->relearn)
			rules[m->old.slot].left[0] |= 1; /* VID 0: and what was learnt */
	}
	for (size_t i = 0; !dead && i < ch->gone_len; i++) {
		some = true;
		if (rules)
			rules[ch->gone[i].port.slot].what = ALL;
	}
	return some;
}

bool sw_forget_due(const struct change *ch, bool dead)
{
	return each_rule(ch, dead, NULL) || (!dead && ch->gone_fdb_len);
}

static int forgot_add(struct forgot *f, const struct repx_fdb_key *key,
		      const struct repx_fdb *value)
{
	if (f->len == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 256;
		void *keys = realloc(f->keys, cap * sizeof(*f->keys));
		void *values = keys ? realloc(f->values, cap * sizeof(*f->values)) : NULL;

		if (keys)
			f->keys = keys;
		if (!values)
			return -ENOMEM;
		f->values = values;
		f->cap = cap;
	}
	f->keys[f->len] = *key;
	f->values[f->len++] = *value;
	return 0;
}

static int collect(const struct repx_fdb_key *key, const struct repx_fdb *entry, void *data)
{
	struct walk *walk = data;
	const struct rule *rule = entry->port < walk->slots ? &walk->rules[entry->port] : NULL;
	bool is_static = entry->flags & REPX_FDB_STATIC, goes;

	if (!rule || rule->what == KEEP)
		return 0;
	goes = rule->what == ALL || (rule->what == DYNAMIC && !is_static) ||
	       (rule->what == LEFT &&
		(BIT(rule->left, key->vlan) || ((rule->left[0] & 1) && !is_static)));
	return goes ? forgot_add(walk->out, key, entry) : 0;
}

static int collect_static(struct forget *f)
{
	struct bpf_obj *obj = &f->ch->sw->obj;
	int ret = 0;

	for (size_t i = 0; !ret && !f->dead && i < f->ch->gone_fdb_len; i++) {
		struct repx_fdb_key key = {.vlan = f->ch->gone_fdb[i]->vlan};
		struct repx_fdb entry;

		memcpy(key.mac, f->ch->gone_fdb[i]->mac, sizeof(key.mac));
		if (!bpf_map_lookup_elem(obj->fdb, &key, &entry) && (entry.flags & REPX_FDB_STATIC))
			ret = forgot_add(&f->fdb, &key, &entry);
	}
	return ret;
}

static int ring_reset(struct forget *f, uint32_t slot)
{
	struct bpf_obj *obj = &f->ch->sw->obj;
	struct repx_state *state = &obj->state_mem[slot];
	uint32_t used = state->ring_used;
	struct repx_fdb_key *places = calloc(used + 1, sizeof(*places));

	if (!places)
		return -ENOMEM;
	f->rings[f->rings_len].slot = slot;
	f->rings[f->rings_len].used = used;
	f->rings[f->rings_len++].places = places;
	for (uint32_t ring = 0; ring < used; ring++) {
		struct repx_maclim_key key = {.port = slot, .ring = ring};

		if (!bpf_map_lookup_elem(obj->maclim, &key, &places[ring]))
			bpf_map_delete_elem(obj->maclim, &key);
	}
	state->ring_used = 0;
	state->full_ns = 0;
	return 0;
}

static int rings_reset(struct forget *f, const struct rule *rules)
{
	struct bpf_obj *obj = &f->ch->sw->obj;
	int ret = 0;

	f->rings = calloc(obj->max_ports, sizeof(*f->rings));
	if (!f->rings)
		return -ENOMEM;
	for (uint32_t slot = 0; !ret && slot < obj->max_ports; slot++) {
		const struct rule *rule = &rules[slot];

		if (rule->what == ALL || rule->what == DYNAMIC ||
		    (rule->what == LEFT && (rule->left[0] & 1)))
			ret = ring_reset(f, slot);
	}
	return ret;
}

int sw_forget_run(void *forget, struct err *err)
{
	struct forget *f = forget;
	struct bpf_obj *obj = &f->ch->sw->obj;
	struct rule *rules = calloc(obj->max_ports, sizeof(*rules));
	struct walk walk = {.rules = rules, .slots = obj->max_ports, .out = &f->fdb};
	int ret = rules ? 0 : -ENOMEM;

	if (!ret && each_rule(f->ch, f->dead, rules))
		ret = bpf_obj_fdb_walk(obj, collect, &walk);
	if (!ret)
		ret = collect_static(f);
	if (!ret)
		ret = rings_reset(f, rules);
	for (size_t i = 0; !ret && i < f->fdb.len; i++)
		if (bpf_map_delete_elem(obj->fdb, &f->fdb.keys[i]) && errno != ENOENT)
			ret = -errno;
	bpf_obj_void(obj);
	free(rules);
	if (ret) {
		err_set(err, ret, "remove fdb entries: %s", strerror(-ret));
		sw_forget_undo(f, NULL);
	}
	return ret;
}

/* What the programs learnt anew in the meantime stays. */
int sw_forget_undo(void *forget, struct err *err)
{
	struct forget *f = forget;
	struct bpf_obj *obj = &f->ch->sw->obj;
	int ret = 0;

	(void)err;
	for (size_t i = 0; i < f->rings_len; i++) {
		struct repx_state *state = &obj->state_mem[f->rings[i].slot];

		for (uint32_t ring = 0; ring < f->rings[i].used; ring++) {
			struct repx_maclim_key key = {.port = f->rings[i].slot, .ring = ring};

			if (f->rings[i].places[ring].vlan)
				bpf_map_update_elem(obj->maclim, &key, &f->rings[i].places[ring],
						    BPF_ANY);
		}
		state->ring_used = f->rings[i].used;
		state->full_ns = 0;
	}
	for (size_t i = 0; i < f->fdb.len; i++)
		if (bpf_map_update_elem(obj->fdb, &f->fdb.keys[i], &f->fdb.values[i],
					BPF_NOEXIST) &&
		    errno != EEXIST)
			ret = -errno;
	bpf_obj_void(obj);
	return ret;
}

void sw_forget_done(struct forget *f)
{
	for (size_t i = 0; i < f->rings_len; i++)
		free(f->rings[i].places);
	free(f->rings);
	free(f->fdb.keys);
	free(f->fdb.values);
	memset(f, 0, sizeof(*f));
}

static int collect_stray(const struct repx_fdb_key *key, const struct repx_fdb *entry, void *data)
{
	struct stray_walk *walk = data;
	int at = sw_port_by_slot(walk->sw, entry->port);

	if (at >= 0 && walk->sw->ports[at].ifindex &&
	    sw_vlan_member(&walk->sw->conf.ports[at], key->vlan))
		return 0;
	return forgot_add(&walk->found, key, entry);
}

int sw_forget_strays(struct sw *sw)
{
	struct stray_walk walk = {.sw = sw};
	int ret = bpf_obj_fdb_walk(&sw->obj, collect_stray, &walk);

	for (size_t i = 0; i < walk.found.len; i++)
		bpf_map_delete_elem(sw->obj.fdb, &walk.found.keys[i]);
	bpf_obj_void(&sw->obj);
	free(walk.found.keys);
	free(walk.found.values);
	return ret;
}
