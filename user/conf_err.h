/* SPDX-License-Identifier: GPL-2.0-only */
/* conf_err.h - collecting the mistakes of a configuration, with their places */
#ifndef REPX_CONF_ERR_H
#define REPX_CONF_ERR_H

#include "conf.h"

#define CONF_ERRORS_MAX 1000 /* more are not kept: the last one says so */

/* What is being read, for the messages: "port 'vm1': vlan.access: ..." */
struct conf_ctx {
	struct conf_errors errors;
	bool nomem;
	bool partial;	 /* a syntax error cut the text short */
	bool adding;	 /* one port for a switch that is there: sf.num may be auto */
	char object[80]; /* "switch", "port 'vm1'"; "" = the file */
	char path[80];	 /* "vlan.access" */
};

/* One mistake at @pos. The text becomes printable ASCII, cut to its place. */
__attribute__((format(printf, 3, 4))) void conf_fail(struct conf_ctx *ctx, struct conf_pos pos,
						     const char *fmt, ...);

/* Names the object that the next messages are about; the path becomes empty. */
__attribute__((format(printf, 2, 3))) void conf_object(struct conf_ctx *ctx, const char *fmt, ...);

/* Adds a key to the path. Return: what conf_leave() wants. */
size_t conf_enter(struct conf_ctx *ctx, const char *key);
void conf_leave(struct conf_ctx *ctx, size_t mark);

/* By line, then column, then text. */
void conf_errors_sort(struct conf_errors *errors);

/* Return: 0; -EINVAL there are mistakes; -ENOMEM. */
int conf_ctx_result(const struct conf_ctx *ctx);

#endif
