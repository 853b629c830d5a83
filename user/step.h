/* SPDX-License-Identifier: GPL-2.0-only */
/* step.h - a change of the host as a list of small steps that can be undone
 *
 * A step does one thing or, when it fails, nothing. When one fails, all that
 * were done are undone in reverse. Steps may be added while others have run
 * already, because what comes later may depend on what earlier ones found.
 */
#ifndef REPX_STEP_H
#define REPX_STEP_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

typedef int (*step_fn)(void *arg, struct err *err);

struct step {
	char name[80];
	step_fn run, undo; /* undo NULL: nothing to put back */
	void *arg;	   /* must live as long as the list */
};

struct steps {
	struct step *list;
	size_t len, cap;
	size_t ran;	/* the first so many were run and are in force */
	size_t left;	/* so many could not be undone */
	bool no_memory; /* an add failed: steps_run() will */
};

/* Appends a step. The name says what is done, for messages: "set 'p0' up". */
__attribute__((format(printf, 5, 6))) void steps_add(struct steps *steps, step_fn run, step_fn undo,
						     void *arg, const char *fmt, ...);

/**
 * steps_run() - run what was added and not yet run
 *
 * Return: 0; -errno of the step that failed, all steps are undone and the list
 * is empty; -EUCLEAN: some could not be undone, @err names them.
 */
int steps_run(struct steps *steps, struct err *err);

/* Undoes all that ran, for a failure (@err is set) outside of the steps. Return:
 * err->code, or -EUCLEAN with what is left added to @err. */
int steps_undo(struct steps *steps, struct err *err);

void steps_done(struct steps *steps);

/* Called before every step, may be NULL: who has to do something in the meantime, for a
 * change may be long. */
extern void (*step_tick)(void);

/* For tests: called before every step (@undo false) and every undo; a negative
 * answer makes it fail as if it had been its own. */
extern int (*step_hook)(const char *name, bool undo);

#endif
