// SPDX-License-Identifier: GPL-2.0-only
/* step.c - see step.h */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "step.h"

int (*step_hook)(const char *name, bool undo);
void (*step_tick)(void);

void steps_add(struct steps *steps, step_fn run, step_fn undo, void *arg, const char *fmt, ...)
{
	struct step *step;
	va_list ap;

	if (steps->len == steps->cap) {
		size_t cap = steps->cap ? 2 * steps->cap : 64;
		void *list = realloc(steps->list, cap * sizeof(*steps->list));

		if (!list) {
			steps->no_memory = true;
			return;
		}
		steps->list = list;
		steps->cap = cap;
	}
	step = &steps->list[steps->len++];
	*step = (struct step){.run = run, .undo = undo, .arg = arg};
	va_start(ap, fmt);
	vsnprintf(step->name, sizeof(step->name), fmt, ap);
	va_end(ap);
}

static int step_call(const struct step *step, bool undo, struct err *err)
{
	int ret = step_hook ? step_hook(step->name, undo) : 0;

	if (step_tick)
		step_tick();
	log_debug("%s%s", undo ? "undo: " : "", step->name);
	if (!ret)
		ret = undo ? step->undo(step->arg, err) : step->run(step->arg, err);
	if (ret < 0)
		err_set(err, ret, "%s: %s", step->name, strerror(-ret));
	return ret;
}

/* The reason stays in front; what is left follows it. */
static int add_left(struct err *err, bool first, const char *name, const struct err *why)
{
	size_t used = strlen(err->text);

	snprintf(err->text + used, sizeof(err->text) - used, "%s%s (%s)",
		 first ? "; could not be undone: " : "; ", name, strerror(-why->code));
	return -EUCLEAN;
}

int steps_undo(struct steps *steps, struct err *err)
{
	struct err mine = {0};
	int ret;

	if (!err)
		err = &mine;
	ret = err->code;
	while (steps->ran > 0) {
		const struct step *step = &steps->list[--steps->ran];
		struct err why = {0};

		if (step->undo && step_call(step, true, &why) < 0)
			ret = add_left(err, !steps->left++, step->name, &why);
	}
	steps->len = 0;
	err->code = ret;
	return ret;
}

int steps_run(struct steps *steps, struct err *err)
{
	struct err mine = {0};

	if (!err)
		err = &mine;
	if (steps->no_memory) {
		err_set(err, -ENOMEM, "planning the change: out of memory");
		return steps_undo(steps, err);
	}
	while (steps->ran < steps->len) {
		if (step_call(&steps->list[steps->ran], false, err) < 0)
			return steps_undo(steps, err);
		steps->ran++;
	}
	return 0;
}

void steps_done(struct steps *steps)
{
	free(steps->list);
	memset(steps, 0, sizeof(*steps));
}
