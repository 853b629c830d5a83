/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_exec.h - run another plugin: a text in, a text out */
#ifndef REPX_CNI_EXEC_H
#define REPX_CNI_EXEC_H

#include <stddef.h>

#define CNI_EXEC_SECONDS 120 /* one that takes longer is ended */

struct cni_exec_var {
	const char *name, *value; /* name NULL ends a list */
};

/**
 * cni_exec() - run a plugin and wait for it
 * @argv0: the file
 * @vars: what differs from our environment
 * @in: its standard input
 * @out: what it wrote to standard output, ended with 0; free() it
 * Its messages go where ours do. Return: its exit status; -ETIMEDOUT; -EINTR: it was
 * ended by a signal; -errno.
 */
int cni_exec(const char *argv0, const struct cni_exec_var *vars, const char *in, char **out);

#endif
