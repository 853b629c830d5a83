// SPDX-License-Identifier: GPL-2.0-only
/* conf_guard.c - the guard: map of a port */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_parse.h"
#include "conf_units.h"
#include "util.h"

enum { GUARD_MAC, GUARD_IP, GUARD_STRICT };

/* An address of either kind while its list is read: sorted, so that a repeated
 * one is found, and because the order of a list means nothing. */
struct item {
	uint8_t bytes[17]; /* a MAC, or an address and its length */
	struct conf_pos pos;
};

static int by_bytes(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = memcmp(x->bytes, y->bytes, sizeof(x->bytes));

	if (order)
		return order;
	if (x->pos.line != y->pos.line)
		return x->pos.line < y->pos.line ? -1 : 1;
	return x->pos.col < y->pos.col ? -1 : x->pos.col > y->pos.col;
}

typedef bool (*item_fn)(struct conf_ctx *ctx, const struct conf_node *node, struct item *out);

/* Return: the sorted items (free() them), NULL when there are none. */
static struct item *read_items(struct conf_ctx *ctx, const struct conf_node *node, item_fn one,
			       size_t *len)
{
	struct item *items = calloc(node->len ? node->len : 1, sizeof(*items));

	*len = 0;
	if (!items) {
		ctx->nomem = true;
		return NULL;
	}
	for (size_t i = 0; i < node->len; i++) {
		items[*len].pos = node->kids[i]->pos;
		*len += one(ctx, node->kids[i], &items[*len]);
	}
	qsort(items, *len, sizeof(*items), by_bytes);
	for (size_t i = 1; i < *len; i++)
		if (!memcmp(items[i].bytes, items[i - 1].bytes, sizeof(items[i].bytes)))
			conf_fail(ctx, items[i].pos, "is in the list twice (also in line %u)",
				  items[i - 1].pos.line);
	return items;
}

static bool one_mac(struct conf_ctx *ctx, const struct conf_node *node, struct item *out)
{
	size_t before = ctx->errors.len;

	conf_get_mac(ctx, node, NULL, out->bytes);
	return ctx->errors.len == before;
}

static void bad_ip(struct conf_ctx *ctx, const struct conf_node *node, int why)
{
	const char *text = node->text;

	if (why == -ERANGE)
		conf_fail(ctx, node->pos,
			  "%.50s: the prefix length is 0-32 for IPv4, 0-128 for "
			  "IPv6",
			  text);
	else if (why == -EDOM)
		conf_fail(ctx, node->pos,
			  "%.50s has bits set beyond its prefix length (give the "
			  "address alone, or the prefix with zeros)",
			  text);
	else if (why == -EPROTO)
		conf_fail(ctx, node->pos,
			  "%.50s would cover IPv4 too (give what is meant, as "
			  "2000::/3 and fe80::/10)",
			  text);
	else
		conf_fail(ctx, node->pos,
			  "'%.50s' is not an IPv4 or IPv6 address or prefix "
			  "(10.0.0.1, \"2001:db8::/64\")",
			  text);
}

static bool one_ip(struct conf_ctx *ctx, const struct conf_node *node, struct item *out)
{
	struct conf_ip ip;
	int ret;

	if (node->kind == CONF_MAP) {
		conf_fail(ctx, node->pos,
			  "must be an address, and YAML takes this ':' for a key "
			  "(put an IPv6 address in quotes: \"2001:db8::1\")");
		return false;
	}
	if (!conf_is_scalar(ctx, node, "an IP address or prefix"))
		return false;
	ret = conf_ip(node->text, &ip);
	if (ret) {
		bad_ip(ctx, node, ret);
		return false;
	}
	memcpy(out->bytes, ip.addr, sizeof(ip.addr));
	out->bytes[16] = ip.len;
	return true;
}

static CONF_READER(get_macs)
{
	struct conf_guard *g = to;
	struct item *items;
	size_t len;

	(void)key;
	if (!conf_is_list(ctx, node, "MAC addresses", false))
		return;
	items = read_items(ctx, node, one_mac, &len);
	if (len) {
		g->mac = calloc(len, sizeof(*g->mac));
		ctx->nomem |= !g->mac;
	}
	for (size_t i = 0; g->mac && i < len; i++)
		memcpy(g->mac[g->mac_len++], items[i].bytes, sizeof(*g->mac));
	free(items);
}

static CONF_READER(get_ips)
{
	struct conf_guard *g = to;
	struct item *items;
	size_t len;

	(void)key;
	if (!conf_is_list(ctx, node, "IP addresses and prefixes", false))
		return;
	items = read_items(ctx, node, one_ip, &len);
	if (len) {
		g->ip = calloc(len, sizeof(*g->ip));
		ctx->nomem |= !g->ip;
	}
	for (size_t i = 0; g->ip && i < len; i++, g->ip_len++) {
		memcpy(g->ip[i].addr, items[i].bytes, sizeof(g->ip[i].addr));
		g->ip[i].len = items[i].bytes[16];
	}
	free(items);
}

static const struct conf_key guard_rows[] = {
	[GUARD_MAC] = {.name = "mac", .read = get_macs},
	[GUARD_IP] = {.name = "ip", .read = get_ips},
	[GUARD_STRICT] = CONF_KEY("strict", conf_get_bool, struct conf_guard, strict),
};

static void guard_check(struct conf_ctx *ctx, const struct conf_node *map,
			const struct conf_found *f, void *base)
{
	const struct conf_node *strict = f->at[GUARD_STRICT];
	bool off = !strict || (strict->kind == CONF_SCALAR && !strcmp(strict->text, "false"));

	(void)base;
	if (!f->at[GUARD_MAC] && !f->at[GUARD_IP] && off && !map->open)
		conf_fail(ctx, map->pos,
			  "nothing is guarded: give mac: [...], ip: [...] or strict: true");
}

static const struct conf_table guard_table = {guard_rows, ARRAY_SIZE(guard_rows), guard_check};

CONF_READER(conf_get_guard)
{
	struct conf_guard *g = to;
	struct conf_found found;

	(void)key;
	if (node->kind == CONF_SCALAR && !strcmp(node->text, "false"))
		return;
	if (node->kind == CONF_SCALAR && !strcmp(node->text, "true")) {
		g->on = true;
		g->from_fn = true; /* conf_nic_check() fills the list */
		return;
	}
	g->on = conf_map(ctx, node, &guard_table, g, &found);
}
