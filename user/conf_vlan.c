// SPDX-License-Identifier: GPL-2.0-only
/* conf_vlan.c - the vlan: map of a port */
#include <string.h>

#include "conf_parse.h"
#include "conf_units.h"

/* The keys as they stand in the map, before they are put together. */
struct vlan_keys {
	uint16_t access, native, tunnel;
	unsigned int tpid;
	bool all;
	uint64_t set[4096 / 64];
};

enum { VLAN_ACCESS, VLAN_TRUNK, VLAN_TUNNEL, VLAN_NATIVE, VLAN_PROTO };

bool conf_vlan_member(const struct conf_vlan *v, unsigned int vid)
{
	switch (v->mode) {
	case CONF_VLAN_ACCESS:
	case CONF_VLAN_TUNNEL:
		return v->vid == vid;
	case CONF_VLAN_TRUNK:
		return conf_vlan_has(v, vid);
	default:
		return false;
	}
}

static void add_range(struct conf_ctx *ctx, const struct conf_node *node, struct vlan_keys *k)
{
	static const char *const what = "a VID (1-4094) or a range of them (20-29)";
	uint16_t first, last, clash = 0;

	if (!conf_is_scalar(ctx, node, what))
		return;
	if (conf_vid_range(node->text, &first, &last)) {
		conf_fail(ctx, node->pos, "%.32s is not %s", node->text, what);
		return;
	}
	for (unsigned int vid = first; vid <= last; vid++) {
		if (k->set[vid / 64] >> (vid % 64) & 1 && !clash)
			clash = (uint16_t)vid;
		k->set[vid / 64] |= 1ULL << (vid % 64);
	}
	if (clash)
		conf_fail(ctx, node->pos, "%s overlaps: VID %u is in the list already", node->text,
			  clash);
}

static CONF_READER(get_trunk)
{
	struct vlan_keys *k = to;

	(void)key;
	if (node->kind == CONF_SCALAR && !strcmp(node->text, "all")) {
		k->all = true;
		return;
	}
	if (!conf_is_list(ctx, node, "VIDs and ranges ([10, 20-29]), or the word all", false))
		return;
	for (size_t i = 0; i < node->len; i++)
		add_range(ctx, node->kids[i], k);
}

static const struct conf_word protos[] = {{"802.1q", 0x8100}, {"802.1ad", 0x88a8}, {NULL, 0}};

static const struct conf_key vlan_rows[] = {
	[VLAN_ACCESS] = CONF_KEY("access", conf_get_vid, struct vlan_keys, access),
	[VLAN_TRUNK] = {.name = "trunk", .read = get_trunk},
	[VLAN_TUNNEL] = CONF_KEY("tunnel", conf_get_vid, struct vlan_keys, tunnel),
	[VLAN_NATIVE] = CONF_KEY("native", conf_get_vid, struct vlan_keys, native),
	[VLAN_PROTO] = CONF_KEY("proto", conf_get_enum, struct vlan_keys, tpid, .arg = protos),
};

static void vlan_check(struct conf_ctx *ctx, const struct conf_node *map,
		       const struct conf_found *f, void *base)
{
	int modes = !!f->at[VLAN_ACCESS] + !!f->at[VLAN_TRUNK] + !!f->at[VLAN_TUNNEL];

	(void)base;
	if (!modes && !map->open)
		conf_fail(ctx, map->pos,
			  "no VLAN: give {access: VID}, {trunk: [VIDs]}, "
			  "{trunk: all} or {tunnel: VID}");
	if (modes > 1)
		conf_fail(ctx, map->pos, "only one of access, trunk and tunnel can be given");
	if (modes == 1 && f->at[VLAN_NATIVE] && !f->at[VLAN_TRUNK])
		conf_fail(ctx, f->at[VLAN_NATIVE]->pos, "native belongs to trunk (%s)",
			  f->at[VLAN_ACCESS] ? "access is untagged already"
					     : "a tunnel takes every frame, tagged or not");
	if (modes == 1 && f->at[VLAN_PROTO] && f->at[VLAN_TUNNEL])
		conf_fail(ctx, f->at[VLAN_PROTO]->pos,
			  "proto is not for tunnel: its S-tag is 802.1ad (leave it out)");
}

static const struct conf_table vlan_table = {vlan_rows, sizeof(vlan_rows) / sizeof(vlan_rows[0]),
					     vlan_check};

static void put_together(const struct vlan_keys *k, const struct conf_found *f, struct conf_vlan *v)
{
	*v = (struct conf_vlan){.tpid = (uint16_t)k->tpid};
	if (f->at[VLAN_ACCESS]) {
		v->mode = CONF_VLAN_ACCESS;
		v->vid = k->access;
	} else if (f->at[VLAN_TUNNEL]) {
		v->mode = CONF_VLAN_TUNNEL;
		v->vid = k->tunnel;
	} else {
		v->mode = CONF_VLAN_TRUNK;
		v->vid = k->native;
		v->all = k->all;
		memcpy(v->set, k->set, sizeof(v->set));
		v->set[v->vid / 64] |= (uint64_t) !!v->vid << (v->vid % 64);
	}
}

/* After a mistake the port counts as trunk: all, which clashes with nothing: no
 * second message about the same thing. */
CONF_READER(conf_get_vlan)
{
	struct vlan_keys k = {.tpid = 0x8100};
	struct conf_vlan *v = to;
	struct conf_found found;
	size_t before = ctx->errors.len;

	(void)key;
	if (conf_map(ctx, node, &vlan_table, &k, &found) && ctx->errors.len == before &&
	    !node->open)
		put_together(&k, &found, v);
	else
		*v = (struct conf_vlan){.mode = CONF_VLAN_TRUNK, .all = true, .tpid = 0x8100};
}
