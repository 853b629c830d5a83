/* SPDX-License-Identifier: GPL-2.0-only */
/* run.h - the daemon */
#ifndef REPX_RUN_H
#define REPX_RUN_H

#include "err.h"

/**
 * run_daemon() - own a switch until SIGTERM or `down`
 * @root: --root, or NULL
 * @name: the switch
 * @file: its configuration; read again at SIGHUP
 * Return: 0; -EINVAL: mistakes in @file, told already; -errno with @err; the
 * data path stays in every case.
 */
int run_daemon(const char *root, const char *name, const char *file, struct err *err);

#endif
