// SPDX-License-Identifier: GPL-2.0-only
/* conf_err.c - see conf_err.h */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf_err.h"

/* The list has room for the next power of two: no capacity to keep. */
static struct conf_error *grow(struct conf_errors *errors)
{
	size_t len = errors->len;
	struct conf_error *list = errors->list;

	if (!(len & (len - 1))) {
		list = realloc(list, (len ? 2 * len : 1) * sizeof(*list));
		if (!list)
			return NULL;
		errors->list = list;
	}
	errors->len++;
	memset(&list[len], 0, sizeof(*list));
	return &list[len];
}

/* Texts quote the file: nothing in it may reach a terminal as it is. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static void fill(const struct conf_ctx *ctx, struct conf_error *e, const char *fmt, va_list ap)
{
	size_t size = sizeof(e->text), len = 0;

	if (ctx->object[0])
		len += (size_t)snprintf(e->text, size, "%s: ", ctx->object);
	if (ctx->path[0])
		len += (size_t)snprintf(e->text + len, size - len, "%s: ", ctx->path);
	vsnprintf(e->text + len, size - len, fmt, ap);
	make_printable(e->text);
}

void conf_fail(struct conf_ctx *ctx, struct conf_pos pos, const char *fmt, ...)
{
	struct conf_error *e;
	va_list ap;

	if (ctx->errors.len > CONF_ERRORS_MAX)
		return;
	e = grow(&ctx->errors);
	if (!e) {
		ctx->nomem = true;
		return;
	}
	e->pos = pos;
	if (ctx->errors.len > CONF_ERRORS_MAX) {
		e->pos.line = UINT32_MAX; /* stays the last one */
		snprintf(e->text, sizeof(e->text), "more than %d mistakes: the rest is not shown",
			 CONF_ERRORS_MAX);
		return;
	}
	va_start(ap, fmt);
	fill(ctx, e, fmt, ap);
	va_end(ap);
}

void conf_object(struct conf_ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ctx->object, sizeof(ctx->object), fmt, ap);
	va_end(ap);
	ctx->path[0] = 0;
}

size_t conf_enter(struct conf_ctx *ctx, const char *key)
{
	size_t mark = strlen(ctx->path);

	snprintf(ctx->path + mark, sizeof(ctx->path) - mark, "%s%s", mark ? "." : "", key);
	return mark;
}

void conf_leave(struct conf_ctx *ctx, size_t mark)
{
	ctx->path[mark] = 0;
}

static int by_place(const void *a, const void *b)
{
	const struct conf_error *x = a, *y = b;

	if (x->pos.line != y->pos.line)
		return x->pos.line < y->pos.line ? -1 : 1;
	if (x->pos.col != y->pos.col)
		return x->pos.col < y->pos.col ? -1 : 1;
	return strcmp(x->text, y->text);
}

void conf_errors_sort(struct conf_errors *errors)
{
	if (errors->len > 1)
		qsort(errors->list, errors->len, sizeof(*errors->list), by_place);
}

int conf_ctx_result(const struct conf_ctx *ctx)
{
	if (ctx->nomem)
		return -ENOMEM;
	return ctx->errors.len ? -EINVAL : 0;
}

void conf_errors_done(struct conf_errors *errors)
{
	if (!errors)
		return;
	free(errors->list);
	*errors = (struct conf_errors){0};
}
