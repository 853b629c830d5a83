/* SPDX-License-Identifier: GPL-2.0-only */
/* cmd_check.h - `repx check FILE`: is this configuration right? */
#ifndef REPX_CMD_CHECK_H
#define REPX_CMD_CHECK_H

#include <stdbool.h>

#include "conf.h"

/**
 * cmd_check() - every mistake of a file, in one run; needs no privileges
 * @path: "-" is standard input
 * @json: [{"file","line","col","text"}] on stdout, [] when all is right
 *
 * Return: exit code: 0 it is right, 1 it is not, or cannot be read.
 */
int cmd_check(const char *path, bool json);

/* Mistakes as `check` and `apply` tell them: FILE:LINE:COL: text on stderr, or
 * as a JSON list on stdout. */
void conf_print_errors(const char *path, const struct conf_errors *errors, bool json);

/**
 * conf_load() - conf_read(), and its mistakes printed
 * Return: 0; -errno when the user has been told why.
 */
int conf_load(const char *path, bool json, struct conf *out);

#endif
