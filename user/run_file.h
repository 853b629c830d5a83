/* SPDX-License-Identifier: GPL-2.0-only */
/* run_file.h - the file that the daemon was started with */
#ifndef REPX_RUN_FILE_H
#define REPX_RUN_FILE_H

#include "conf.h"
#include "err.h"

/* Reads the file of switch @name; its mistakes are told on stderr, one a line.
 * Return: 0 and @conf; -errno with @err. */
int run_file_read(const char *file, const char *name, struct conf *conf, struct err *err);

#endif
