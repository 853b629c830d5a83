// SPDX-License-Identifier: GPL-2.0-only
/* conf_walk.c - see conf_walk.h: maps, lists, and the keys of maps */
#include <string.h>

#include "conf_walk.h"
#include "util.h"

#define WORD_MAX 32

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Letters to change, add, take out, or swap with the next (optimal string
 * alignment); words longer than WORD_MAX are like nothing. */
static int distance(const char *a, const char *b)
{
	int d[WORD_MAX + 1][WORD_MAX + 1], la = (int)strlen(a), lb = (int)strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (int i = 0; i <= la; i++)
		d[i][0] = i;
	for (int j = 0; j <= lb; j++)
		d[0][j] = j;
	for (int i = 1; i <= la; i++)
		for (int j = 1; j <= lb; j++) {
			d[i][j] = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			d[i][j] = least(d[i][j], least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[la][lb];
}

const char *conf_closest(const char *text, const char *const *words, size_t len)
{
	int best = strlen(text) < 5 ? 2 : 3, d;
	const char *closest = NULL;

	for (size_t i = 0; i < len; i++) {
		d = distance(text, words[i]);
		if (d < best && d < (int)strlen(words[i])) {
			best = d;
			closest = words[i];
		}
	}
	return closest;
}

static const char *const kind_names[] = {"a scalar", "a list", "a map"};

bool conf_is_scalar(struct conf_ctx *ctx, const struct conf_node *node, const char *what)
{
	if (node->kind != CONF_SCALAR)
		conf_fail(ctx, node->pos, "must be %s, not %s", what, kind_names[node->kind]);
	else if (!node->text[0])
		conf_fail(ctx, node->pos, "is empty: must be %s", what);
	return node->kind == CONF_SCALAR && node->text[0];
}

bool conf_is_list(struct conf_ctx *ctx, const struct conf_node *node, const char *what, bool empty)
{
	if (node->kind != CONF_LIST) {
		conf_fail(ctx, node->pos, "must be a list of %s, not %s", what,
			  kind_names[node->kind]);
		return false;
	}
	if (!node->len && !empty && !node->open)
		conf_fail(ctx, node->pos, "the list is empty: give %s, or leave the key out", what);
	return true;
}

static void unknown_key(struct conf_ctx *ctx, const struct conf_node *key,
			const struct conf_table *table)
{
	const char *names[CONF_KEYS_MAX], *closest;
	char known[160] = "";
	size_t len = 0;

	for (size_t i = 0; i < table->len; i++) {
		names[i] = table->keys[i].name;
		len += (size_t)snprintf(known + len, len < sizeof(known) ? sizeof(known) - len : 0,
					"%s%s", i ? ", " : "", names[i]);
		if (len >= sizeof(known))
			len = sizeof(known) - 1;
	}
	closest = conf_closest(key->text, names, table->len);
	if (closest)
		conf_fail(ctx, key->pos, "unknown key '%.32s' (did you mean '%s'?)", key->text,
			  closest);
	else
		conf_fail(ctx, key->pos, "unknown key '%.32s' (known: %s)", key->text, known);
}

static void read_pair(struct conf_ctx *ctx, const struct conf_node *key,
		      const struct conf_node *value, const struct conf_table *table, void *base,
		      struct conf_found *found)
{
	const struct conf_key *row = table->keys;
	size_t mark, i = 0;

	if (key->kind != CONF_SCALAR) {
		conf_fail(ctx, key->pos, "a key must be a word, not %s", kind_names[key->kind]);
		return;
	}
	while (i < table->len && strcmp(row[i].name, key->text))
		i++;
	if (i == table->len) {
		unknown_key(ctx, key, table);
		return;
	}
	if (found->at[i]) {
		conf_fail(ctx, key->pos, "key '%s' is given twice (also in line %u)", key->text,
			  found->at[i]->pos.line);
		return;
	}
	found->at[i] = value;
	if (!row[i].read)
		return;
	mark = conf_enter(ctx, key->text);
	row[i].read(ctx, value, &row[i], (char *)base + row[i].offset);
	conf_leave(ctx, mark);
}

bool conf_map(struct conf_ctx *ctx, const struct conf_node *node, const struct conf_table *table,
	      void *base, struct conf_found *found)
{
	*found = (struct conf_found){0};
	if (node->kind != CONF_MAP) {
		conf_fail(ctx, node->pos, "must be a map of keys and values, not %s",
			  kind_names[node->kind]);
		return false;
	}
	for (size_t i = 0; i + 1 < node->len; i += 2)
		read_pair(ctx, node->kids[i], node->kids[i + 1], table, base, found);
	if (table->check)
		table->check(ctx, node, found, base);
	return true;
}

void conf_get_map(struct conf_ctx *ctx, const struct conf_node *node, const struct conf_key *key,
		  void *to)
{
	struct conf_found found;

	conf_map(ctx, node, key->arg, to, &found);
}
