/* SPDX-License-Identifier: GPL-2.0-only */
/* conf_doc.h - a YAML text as a tree of nodes that know their line and column */
#ifndef REPX_CONF_DOC_H
#define REPX_CONF_DOC_H

#include "conf_err.h"

enum conf_kind { CONF_SCALAR, CONF_LIST, CONF_MAP };

struct conf_node {
	enum conf_kind kind;
	bool open; /* the text ended, by a syntax error, inside of it */
	struct conf_pos pos;
	char *text;		 /* scalar */
	struct conf_node **kids; /* list: items; map: key, value, key, value ... */
	size_t len;		 /* of kids */
	struct conf_node *next;	 /* of the document, in no order */
};

struct conf_doc {
	struct conf_node *root, *all;
};

/**
 * conf_doc_read() - read one YAML document
 * @ctx: gets what is wrong with the YAML itself. After a syntax error the tree
 *	 holds what stood before it, and ctx->partial is set.
 * @syntax: the syntax error, as it is to be the last of the list
 *
 * Return: 0 or -ENOMEM; @doc is to be conf_doc_done() in both cases.
 */
int conf_doc_read(const char *text, size_t len, struct conf_doc *doc, struct conf_ctx *ctx,
		  struct conf_error *syntax);
void conf_doc_done(struct conf_doc *doc);

/* The value of @key in a map, or NULL. Any node may be given. */
const struct conf_node *conf_doc_get(const struct conf_node *map, const char *key);

#endif
