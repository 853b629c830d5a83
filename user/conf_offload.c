// SPDX-License-Identifier: GPL-2.0-only
/* conf_offload.c - the offload: section */
#include <stddef.h>

#include "conf_parse.h"
#include "conf_units.h"
#include "util.h"

#define PREFS 6 /* one for each protocol of a rule */
#define PREF_LAST 65535
#define IDLE_MIN_MS 2000

const struct conf_word conf_offload_words[] = {{"auto", CONF_OFFLOAD_AUTO},
					       {"true", CONF_OFFLOAD_ON},
					       {"false", CONF_OFFLOAD_OFF},
					       {NULL, 0}};

enum { KEY_ENABLED, KEY_PREF, KEY_MAX_RULES, KEY_PROMOTE, KEY_IDLE };

static const struct conf_key rows[] = {
	CONF_KEY("enabled", conf_get_enum, struct conf_offload, enabled, .arg = conf_offload_words),
	CONF_KEY("pref", conf_get_int, struct conf_offload, pref, .min = 1,
		 .max = PREF_LAST - PREFS + 1),
	CONF_KEY("max_rules", conf_get_int, struct conf_offload, max_rules, .max = 16777216),
	CONF_KEY("promote", conf_get_pps, struct conf_offload, promote),
	CONF_KEY("idle", conf_get_ms, struct conf_offload, idle_ms),
	CONF_KEY("flood", conf_get_bool, struct conf_offload, flood),
	CONF_KEY("guard_ip", conf_get_bool, struct conf_offload, guard_ip),
};

/* Hardware counts a second late: a flow that pauses as long is not idle yet. */
static void check(struct conf_ctx *ctx, const struct conf_node *map, const struct conf_found *found,
		  void *base)
{
	const struct conf_offload *offload = base;

	(void)map;
	if (found->at[KEY_IDLE] && offload->idle_ms < IDLE_MIN_MS)
		conf_fail(ctx, found->at[KEY_IDLE]->pos, "idle must be 2s at least");
}

static const struct conf_table table = {rows, ARRAY_SIZE(rows), check};

void conf_offload_read(struct conf_ctx *ctx, const struct conf_node *node,
		       struct conf_offload *offload)
{
	struct conf_found found;

	conf_object(ctx, "offload");
	conf_map(ctx, node, &table, offload, &found);
}

bool conf_offload_equal(const struct conf_offload *a, const struct conf_offload *b)
{
	return a->enabled == b->enabled && a->pref == b->pref && a->max_rules == b->max_rules &&
	       a->promote == b->promote && a->idle_ms == b->idle_ms && a->flood == b->flood &&
	       a->guard_ip == b->guard_ip;
}
