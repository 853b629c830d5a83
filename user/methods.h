/* SPDX-License-Identifier: GPL-2.0-only */
/* methods.h - what can be asked of a switch, by the socket and by the CLI
 *
 * One table for both: without a daemon the CLI opens the switch itself and calls
 * the same functions, so `-j` and the socket cannot differ.
 */
#ifndef REPX_METHODS_H
#define REPX_METHODS_H

#include <jansson.h>
#include <stdbool.h>

#include "ctl.h"
#include "sw.h"

struct off;

/* the data pointer of every method */
struct methods_env {
	struct sw *sw;
	const char *file;		/* of the daemon; NULL: there is none */
	struct off *off;		/* of the daemon; NULL: no rules are kept */
	void (*warn)(const char *text); /* may be NULL */
	/* daemon: the switch may have changed / is gone / the asking client wants
	 * events; NULL without a daemon */
	void (*changed)(void *daemon);
	void (*gone)(void *daemon);
	int (*subscribe)(void *daemon, struct err *err);
	void *daemon;
	/* a list that may be long is handed over an element at a time, and the answer is
	 * null. Takes the reference; returns 0 to go on, or -errno. NULL: it is answered whole */
	int (*each)(void *data, json_t *element);
	void *each_data;
};

extern const struct ctl_method methods[]; /* ends with {0} */

/* Return: NULL where there is no such method. */
const struct ctl_method *methods_find(const char *name);

#endif
