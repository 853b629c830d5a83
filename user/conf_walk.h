/* SPDX-License-Identifier: GPL-2.0-only */
/* conf_walk.h - reading a YAML map by a table: a key is one row
 *
 * Every reader below takes the value's node, the key's row, and where the value
 * goes. What cannot be read is reported and leaves the value as it was.
 */
#ifndef REPX_CONF_WALK_H
#define REPX_CONF_WALK_H

#include "conf_doc.h"

#define CONF_KEYS_MAX 24 /* most keys of a map */

struct conf_key {
	const char *name;
	void (*read)(struct conf_ctx *ctx, const struct conf_node *node, const struct conf_key *key,
		     void *to); /* NULL: the caller does it */
	size_t offset;		/* of the value in the map's struct */
	size_t size;		/* of the value: integers of any width */
	uint64_t min, max;	/* numbers */
	const void *arg;	/* conf_get_enum: names; conf_get_map: the table */
};

#define CONF_KEY(NAME, READ, TYPE, MEMBER, ...)                               \
	{                                                                     \
		.name = NAME, .read = READ, .offset = offsetof(TYPE, MEMBER), \
		.size = sizeof(((TYPE *)0)->MEMBER), __VA_ARGS__              \
	}

/* A key whose value is checked and kept nowhere: there is room at offset 0. */
#define CONF_NOWHERE(NAME, READ, SIZE, ...)                           \
	{                                                             \
		.name = NAME, .read = READ, .size = SIZE, __VA_ARGS__ \
	}

/* The value of each key of a table, by row; NULL where it was not given. */
struct conf_found {
	const struct conf_node *at[CONF_KEYS_MAX];
};

struct conf_table {
	const struct conf_key *keys;
	size_t len;
	/* rules between the keys; may be NULL */
	void (*check)(struct conf_ctx *ctx, const struct conf_node *map,
		      const struct conf_found *found, void *base);
};

struct conf_word {
	const char *name; /* NULL ends a list */
	unsigned int value;
};

/**
 * conf_map() - read a map: unknown and repeated keys are reported
 * @base: the struct that the rows' offsets are in
 * Return: false when @node is no map at all (reported).
 */
bool conf_map(struct conf_ctx *ctx, const struct conf_node *node, const struct conf_table *table,
	      void *base, struct conf_found *found);

/* Is it a scalar with something in it? Reported if not, as "must be @what". */
bool conf_is_scalar(struct conf_ctx *ctx, const struct conf_node *node, const char *what);
/* Is it a list? An empty one is refused unless @empty. */
bool conf_is_list(struct conf_ctx *ctx, const struct conf_node *node, const char *what, bool empty);

#define CONF_READER(name)                                                                         \
	void name(struct conf_ctx *ctx, const struct conf_node *node, const struct conf_key *key, \
		  void *to)

CONF_READER(conf_get_map);    /* arg: struct conf_table; nested */
CONF_READER(conf_get_bool);   /* bool */
CONF_READER(conf_get_enum);   /* arg: struct conf_word[] */
CONF_READER(conf_get_int);    /* min..max, any unsigned width */
CONF_READER(conf_get_rate);   /* uint64_t, bytes a second */
CONF_READER(conf_get_size);   /* uint64_t, bytes */
CONF_READER(conf_get_pps);    /* uint64_t */
CONF_READER(conf_get_ms);     /* uint64_t */
CONF_READER(conf_get_name);   /* char[CONF_NAME_MAX] */
CONF_READER(conf_get_netdev); /* char[IFNAMSIZ] */
CONF_READER(conf_get_mac);    /* uint8_t[6], unicast, not zero */
CONF_READER(conf_get_vid);    /* uint16_t */
CONF_READER(conf_get_text);   /* any text; kept nowhere */

/* The closest of the words to @text, close enough for a typing error, or NULL. */
const char *conf_closest(const char *text, const char *const *words, size_t len);

#endif
