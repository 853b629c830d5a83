/* SPDX-License-Identifier: GPL-2.0-only */
/* doctor.h - what this host can do for a switch, and what to do about the rest
 *
 * Looks, and changes nothing: what must be tried to be known (clsact, flower) is
 * tried in a network namespace that lives for a moment.
 */
#ifndef REPX_DOCTOR_H
#define REPX_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>

struct doctor_env {
	const char *sys, *proc; /* "/sys", "/proc"; or a test's trees */
	const char *root;	/* --root, or NULL */
	const char *sw;		/* --switch: look at its ports only; NULL: of all */
};

/**
 * doctor_run() - look at everything
 * @works: a switch can work here, be it slowly or without hardware
 *
 * Return: a new reference: [{"check","object","state":"ok|missing|warn","text",
 * "hint"}], hint "" where nothing is to be done; NULL: out of memory.
 */
json_t *doctor_run(const struct doctor_env *env, bool *works);

#endif
