// SPDX-License-Identifier: GPL-2.0-only
/* conf_get.c - readers of single values, see conf_walk.h */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "conf_units.h"
#include "conf_walk.h"
#include "util.h"

static void store(const struct conf_key *key, void *to, uint64_t value)
{
	if (key->size == 1)
		*(uint8_t *)to = (uint8_t)value;
	else if (key->size == 2)
		*(uint16_t *)to = (uint16_t)value;
	else if (key->size == 4)
		*(uint32_t *)to = (uint32_t)value;
	else
		*(uint64_t *)to = value;
}

CONF_READER(conf_get_bool)
{
	if (!conf_is_scalar(ctx, node, "true or false"))
		return;
	if (!strcmp(node->text, "true"))
		store(key, to, 1);
	else if (!strcmp(node->text, "false"))
		store(key, to, 0);
	else
		conf_fail(ctx, node->pos, "'%.32s' is neither true nor false", node->text);
}

CONF_READER(conf_get_enum)
{
	const struct conf_word *words = key->arg;
	const char *names[16], *closest;
	char known[128] = "";
	size_t n, len = 0;

	for (n = 0; words[n].name; n++) {
		names[n] = words[n].name;
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", n ? ", " : "",
					names[n]);
	}
	if (!conf_is_scalar(ctx, node, known))
		return;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], node->text)) {
			store(key, to, words[i].value);
			return;
		}
	closest = conf_closest(node->text, names, n);
	conf_fail(ctx, node->pos, "'%.32s' is not one of %s%s%s%s", node->text, known,
		  closest ? " (did you mean '" : "", closest ? closest : "", closest ? "'?)" : "");
}

CONF_READER(conf_get_int)
{
	uint64_t value;

	if (!conf_is_scalar(ctx, node, "a number"))
		return;
	if (conf_integer(node->text, &value) || value < key->min || value > key->max)
		conf_fail(ctx, node->pos, "%.32s is not a number from %" PRIu64 " to %" PRIu64,
			  node->text, key->min, key->max);
	else
		store(key, to, value);
}

/* What the four kinds of numbers with a unit have in common. */
struct quantity {
	const struct conf_unit *units;
	uint64_t min, max;
	const char *what;  /* "a rate, as 100mbit" */
	const char *least; /* what is wrong with less than min */
	const char *most;
};

static void get_quantity(struct conf_ctx *ctx, const struct conf_node *node,
			 const struct conf_key *key, const struct quantity *q, void *to)
{
	uint64_t value = 0;
	int ret;

	if (!conf_is_scalar(ctx, node, q->what))
		return;
	ret = conf_number(node->text, q->units, &value);
	if (ret == -EINVAL)
		conf_fail(ctx, node->pos, "'%.32s' is not %s", node->text, q->what);
	else if (ret || value > q->max)
		conf_fail(ctx, node->pos, "%.32s is more than %s", node->text, q->most);
	else if (value < q->min)
		conf_fail(ctx, node->pos, "%.32s is less than %s", node->text, q->least);
	else
		store(key, to, value);
}

CONF_READER(conf_get_rate)
{
	static const struct quantity q = {
		conf_units_rate,
		1000,
		10000000000000 / 8,
		"a rate with a unit of tc (1gbit, 100mbit, 64kbit, 10mbps)",
		"8kbit (leave the key out for no limit)",
		"10tbit (leave the key out for no limit)"};

	get_quantity(ctx, node, key, &q, to);
}

CONF_READER(conf_get_size)
{
	static const struct quantity q = {
		conf_units_size, 1,   4294967296, "a size in bytes or with k, m or g (256k)",
		"1 byte",	 "4g"};

	get_quantity(ctx, node, key, &q, to);
}

CONF_READER(conf_get_pps)
{
	static const struct quantity q = {conf_units_pps,
					  1,
					  1000000000,
					  "a number of frames a second (1000pps)",
					  "1pps (leave the key out for no limit)",
					  "1000mpps (leave the key out for no limit)"};

	get_quantity(ctx, node, key, &q, to);
}

CONF_READER(conf_get_ms)
{
	static const struct quantity q = {
		conf_units_time,   0, 525600ULL * 60000, "a time with ms, s or m (300s)", "0s",
		"525600m (a year)"};

	get_quantity(ctx, node, key, &q, to);
}

CONF_READER(conf_get_name)
{
	static const char *const ok = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	char *name = to;

	if (!conf_is_scalar(ctx, node, "a name"))
		return;
	if (strspn(node->text, ok) != strlen(node->text) || strchr(".-", node->text[0]))
		conf_fail(ctx, node->pos,
			  "'%.40s' is not a name (letters, digits, '_', '.' and '-', beginning "
			  "with none of the last two)",
			  node->text);
	else if (strlen(node->text) >= key->size)
		conf_fail(ctx, node->pos, "'%.40s' is longer than %zu characters", node->text,
			  key->size - 1);
	else
		str_copy(name, key->size, node->text);
}

/* As the kernel has it: no '/', no ':', no blanks, not "." or "..". */
CONF_READER(conf_get_netdev)
{
	const char *text = node->text;
	bool bad;

	if (!conf_is_scalar(ctx, node, "the name of a netdev"))
		return;
	bad = !strcmp(text, ".") || !strcmp(text, "..");
	for (const char *c = text; *c; c++)
		bad |= *c == '/' || *c == ':' || (unsigned char)*c <= ' ' || *c == 0x7f;
	if (bad)
		conf_fail(ctx, node->pos, "'%.40s' cannot be the name of a netdev", text);
	else if (strlen(text) >= key->size)
		conf_fail(ctx, node->pos, "'%.40s' is longer than %zu characters", text,
			  key->size - 1);
	else
		str_copy(to, key->size, text);
}

CONF_READER(conf_get_mac)
{
	static const uint8_t zero[6];
	uint8_t mac[6];

	(void)key;
	if (!conf_is_scalar(ctx, node, "a MAC address (02:00:00:00:00:01)"))
		return;
	if (conf_mac(node->text, mac))
		conf_fail(ctx, node->pos, "'%.40s' is not a MAC address (02:00:00:00:00:01)",
			  node->text);
	else if (mac[0] & 1)
		conf_fail(ctx, node->pos,
			  "%s is a group address: no port sends from it (give a "
			  "unicast MAC)",
			  node->text);
	else if (!memcmp(mac, zero, 6))
		conf_fail(ctx, node->pos, "%s is not an address (give a unicast MAC)", node->text);
	else
		memcpy(to, mac, sizeof(mac));
}

CONF_READER(conf_get_vid)
{
	uint16_t first, last;

	if (!conf_is_scalar(ctx, node, "a VID (1-4094)"))
		return;
	if (strchr(node->text, '-') || conf_vid_range(node->text, &first, &last))
		conf_fail(ctx, node->pos, "%.32s is not a VID (1-4094)", node->text);
	else
		store(key, to, first);
}

CONF_READER(conf_get_text)
{
	(void)key;
	(void)to;
	conf_is_scalar(ctx, node, "a text");
}
