// SPDX-License-Identifier: GPL-2.0-only
/* conf_doc.c - see conf_doc.h
 *
 * Built from libyaml's events, not with its document API: that gives nothing at
 * all when there is a syntax error, and the mistakes before it are wanted too.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "conf_doc.h"
#include "util.h"

#define DEPTH_MAX 32 /* the deepest that the format knows is 5 */
#define ANCHORS_MAX 256

struct anchor {
	char *name;
	struct conf_node *node;
};

struct loader {
	yaml_parser_t parser;
	struct conf_doc *doc;
	struct conf_ctx *ctx;
	struct conf_error *syntax;
	const char *text;
	size_t text_len;
	struct conf_node *stack[DEPTH_MAX]; /* lists and maps not closed yet */
	size_t depth;
	struct anchor anchors[ANCHORS_MAX];
	size_t anchors_len;
	size_t documents;
	bool stop;
};

static struct conf_pos pos_of(yaml_mark_t mark)
{
	return (struct conf_pos){(uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

/* What cannot be gone on from: it becomes the last of the list. */
static void stop_at(struct loader *l, struct conf_pos pos, const char *what, const char *hint)
{
	l->syntax->pos = pos;
	snprintf(l->syntax->text, sizeof(l->syntax->text), "YAML: %s%s", what, hint);
	l->ctx->partial = true;
	l->stop = true;
}

static int add_kid(struct conf_node *to, struct conf_node *kid)
{
	if (!(to->len & (to->len - 1))) {
		size_t room = to->len ? 2 * to->len : 1;
		struct conf_node **kids = realloc(to->kids, room * sizeof(struct conf_node *));

		if (!kids)
			return -ENOMEM;
		to->kids = kids;
	}
	to->kids[to->len++] = kid;
	return 0;
}

/* Puts a node where the text has it: into the list or map that is open. */
static int place(struct loader *l, struct conf_node *node)
{
	if (l->depth)
		return add_kid(l->stack[l->depth - 1], node);
	if (!l->doc->root)
		l->doc->root = node;
	return 0;
}

static int remember(struct loader *l, const yaml_char_t *name, struct conf_node *node)
{
	if (!name)
		return 0;
	if (l->anchors_len == ANCHORS_MAX) {
		stop_at(l, node->pos, "more than 256 anchors", "");
		return 0;
	}
	l->anchors[l->anchors_len].name = strdup((const char *)name);
	if (!l->anchors[l->anchors_len].name)
		return -ENOMEM;
	l->anchors[l->anchors_len++].node = node;
	return 0;
}

static struct conf_node *new_node(struct loader *l, enum conf_kind kind, yaml_mark_t mark)
{
	struct conf_node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->kind = kind;
	node->pos = pos_of(mark);
	node->next = l->doc->all;
	l->doc->all = node;
	return node;
}

static void refuse_tag(struct loader *l, const yaml_char_t *tag, const struct conf_node *node)
{
	if (tag)
		conf_fail(l->ctx, node->pos, "YAML tag '%.40s' is not accepted (leave it out)",
			  (const char *)tag);
}

static int on_scalar(struct loader *l, const yaml_event_t *e)
{
	struct conf_node *node = new_node(l, CONF_SCALAR, e->start_mark);
	size_t len = e->data.scalar.length;

	if (!node)
		return -ENOMEM;
	node->text = strndup((const char *)e->data.scalar.value, len);
	if (!node->text)
		return -ENOMEM;
	if (strlen(node->text) != len)
		conf_fail(l->ctx, node->pos, "text with a zero byte is not accepted");
	refuse_tag(l, e->data.scalar.tag, node);
	if (remember(l, e->data.scalar.anchor, node))
		return -ENOMEM;
	return place(l, node);
}

static int on_start(struct loader *l, const yaml_event_t *e, enum conf_kind kind,
		    const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct conf_node *node = new_node(l, kind, e->start_mark);

	if (!node)
		return -ENOMEM;
	node->open = true;
	refuse_tag(l, tag, node);
	if (remember(l, anchor, node) || place(l, node))
		return -ENOMEM;
	if (l->depth == DEPTH_MAX)
		stop_at(l, node->pos, "nested more than 32 deep", "");
	else
		l->stack[l->depth++] = node;
	return 0;
}

static int on_alias(struct loader *l, const yaml_event_t *e)
{
	const char *name = (const char *)e->data.alias.anchor;
	size_t i = l->anchors_len;

	while (i && strcmp(l->anchors[i - 1].name, name))
		i--;
	if (!i || l->anchors[i - 1].node->open) {
		stop_at(l, pos_of(e->start_mark),
			i ? "an alias inside of what it stands for" : "an alias without an anchor",
			"");
		return 0;
	}
	return place(l, l->anchors[i - 1].node);
}

static int on_event(struct loader *l, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (l->documents++)
			stop_at(l, pos_of(e->start_mark), "a second document",
				" (one file describes one switch)");
		return 0;
	case YAML_SCALAR_EVENT:
		return on_scalar(l, e);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(l, e, CONF_LIST, e->data.sequence_start.anchor,
				e->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return on_start(l, e, CONF_MAP, e->data.mapping_start.anchor,
				e->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		l->stack[--l->depth]->open = false;
		return 0;
	case YAML_ALIAS_EVENT:
		return on_alias(l, e);
	case YAML_STREAM_END_EVENT:
		l->stop = true;
		return 0;
	default:
		return 0;
	}
}

/* Where line @line of the text is; its length in *len. */
static const char *line_at(const struct loader *l, uint32_t line, size_t *len)
{
	const char *at = l->text, *end = l->text + l->text_len, *stop;

	for (; line > 1 && at < end; line--) {
		stop = memchr(at, '\n', (size_t)(end - at));
		at = stop ? stop + 1 : end;
	}
	stop = memchr(at, '\n', (size_t)(end - at));
	*len = (size_t)((stop ? stop : end) - at);
	return at;
}

/* Two mistakes that libyaml words so that nobody recognizes them. */
static const char *hint_for(const struct loader *l, const char *problem, struct conf_pos pos)
{
	size_t len;
	const char *line = line_at(l, pos.line, &len);

	if (strstr(problem, "':'") || memmem(line, len, "::", 2))
		return " (an IPv6 address needs quotes: \"2001:db8::1\")";
	if (strstr(problem, "cannot start any token") && memchr(line, '\t', len))
		return " (indent with blanks, not tabs)";
	return "";
}

/* The reader knows only the offset of what it cannot read. */
static struct conf_pos pos_of_offset(const struct loader *l, size_t offset)
{
	struct conf_pos pos = {1, 1};

	for (size_t i = 0; i < offset && i < l->text_len; i++) {
		pos.col++;
		if (l->text[i] == '\n')
			pos = (struct conf_pos){pos.line + 1, 1};
	}
	return pos;
}

static int on_problem(struct loader *l)
{
	const char *problem = l->parser.problem ? l->parser.problem : "cannot be read", *hint;
	struct conf_pos pos, from = pos_of(l->parser.context_mark);
	char begun[100];

	if (l->parser.error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (l->parser.error == YAML_READER_ERROR)
		pos = pos_of_offset(l, l->parser.problem_offset);
	else
		pos = pos_of(l->parser.problem_mark);
	hint = hint_for(l, problem, pos);
	if (!hint[0] && l->parser.context && from.line && from.line < pos.line) {
		snprintf(begun, sizeof(begun), " (%s that begins in line %u)", l->parser.context,
			 from.line);
		hint = begun;
	}
	stop_at(l, pos, problem, hint);
	return 0;
}

static int load(struct loader *l)
{
	yaml_event_t event;
	int ret = 0;

	while (!ret && !l->stop) {
		if (!yaml_parser_parse(&l->parser, &event))
			return on_problem(l);
		ret = on_event(l, &event);
		yaml_event_delete(&event);
	}
	return ret;
}

int conf_doc_read(const char *text, size_t len, struct conf_doc *doc, struct conf_ctx *ctx,
		  struct conf_error *syntax)
{
	struct loader *l = calloc(1, sizeof(*l));
	int ret = -ENOMEM;

	*doc = (struct conf_doc){0};
	if (!l)
		return -ENOMEM;
	l->doc = doc;
	l->ctx = ctx;
	l->syntax = syntax;
	l->text = text ? text : "";
	l->text_len = len;
	if (!yaml_parser_initialize(&l->parser))
		goto free_loader;
	yaml_parser_set_input_string(&l->parser, (const unsigned char *)l->text, len);
	ret = load(l);
	yaml_parser_delete(&l->parser);
	for (size_t i = 0; i < l->anchors_len; i++)
		free(l->anchors[i].name);
free_loader:
	free(l);
	return ret;
}

void conf_doc_done(struct conf_doc *doc)
{
	struct conf_node *node, *next;

	for (node = doc->all; node; node = next) {
		next = node->next;
		free(node->text);
		free(node->kids);
		free(node);
	}
	*doc = (struct conf_doc){0};
}

const struct conf_node *conf_doc_get(const struct conf_node *map, const char *key)
{
	for (size_t i = 0; map->kind == CONF_MAP && i + 1 < map->len; i += 2)
		if (map->kids[i]->kind == CONF_SCALAR && !strcmp(map->kids[i]->text, key))
			return map->kids[i + 1];
	return NULL;
}
