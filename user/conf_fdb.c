// SPDX-License-Identifier: GPL-2.0-only
/* conf_fdb.c - one static entry of fdb: */
#include "conf_parse.h"
#include "util.h"

enum { FDB_MAC, FDB_VLAN, FDB_PORT };

static const struct conf_key entry_rows[] = {
	[FDB_MAC] = CONF_KEY("mac", conf_get_mac, struct conf_fdb, mac),
	[FDB_VLAN] = CONF_KEY("vlan", conf_get_vid, struct conf_fdb, vlan),
	[FDB_PORT] = CONF_KEY("port", conf_get_name, struct conf_fdb, port),
};

static void entry_check(struct conf_ctx *ctx, const struct conf_node *map,
			const struct conf_found *f, void *base)
{
	(void)base;
	for (size_t i = 0; i < ARRAY_SIZE(entry_rows) && !map->open; i++)
		if (!f->at[i])
			conf_fail(ctx, map->pos, "%s is missing", entry_rows[i].name);
}

static const struct conf_table entry_table = {entry_rows, ARRAY_SIZE(entry_rows), entry_check};

static void name_entry_at(struct conf_ctx *ctx, const struct conf_node *node, size_t number)
{
	const struct conf_node *mac = conf_doc_get(node, "mac");

	if (mac && mac->kind == CONF_SCALAR && mac->text[0])
		conf_object(ctx, "fdb '%.40s'", mac->text);
	else
		conf_object(ctx, "fdb number %zu", number);
}

void conf_fdb_read(struct conf_ctx *ctx, const struct conf_node *node, size_t number,
		   struct conf_fdb *entry)
{
	struct conf_found f;

	name_entry_at(ctx, node, number);
	conf_map(ctx, node, &entry_table, entry, &f);
	entry->pos = node->pos;
	entry->vlan_pos = f.at[FDB_VLAN] ? f.at[FDB_VLAN]->pos : node->pos;
	entry->port_pos = f.at[FDB_PORT] ? f.at[FDB_PORT]->pos : node->pos;
}
