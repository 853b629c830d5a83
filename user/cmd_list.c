// SPDX-License-Identifier: GPL-2.0-only
/* cmd_list.c - a long list, printed while it is read */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "log.h"
#include "table.h"

#define HELD 1000 /* rows whose widths are those of the columns */

struct list {
	struct table *t;
	void (*row)(struct table *t, const json_t *element);
	const char *comma;
	json_t *whole; /* for indented JSON, whose elements are indented by where they are */
};

static int print_row(void *data, json_t *element)
{
	struct list *list = data;

	list->row(list->t, element);
	json_decref(element);
	if (list->t->rows >= HELD)
		table_flush(list->t, stdout);
	return 0;
}

static int print_json(void *data, json_t *element)
{
	struct list *list = data;

	fputs(list->comma, stdout);
	list->comma = ",";
	json_dumpf(element, stdout, JSON_COMPACT); /* written() tells */
	json_decref(element);
	return 0;
}

static int keep(void *data, json_t *element)
{
	struct list *list = data;

	return json_array_append_new(list->whole, element) ? -ENOMEM : 0;
}

static int written(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return CMD_DONE;
	log_err("write to standard output: %s", strerror(errno));
	return CMD_FAILED;
}

static int run_table(const struct cmd_opts *o, const char *method, json_t *params,
		     struct list *list, struct err *err)
{
	int rc = cmd_call_each(o, method, params, print_row, list, err);

	if (!rc)
		table_flush(list->t, stdout);
	return rc;
}

static int run_json(const struct cmd_opts *o, const char *method, json_t *params, struct list *list,
		    struct err *err)
{
	int rc;

	list->comma = "[";
	rc = cmd_call_each(o, method, params, print_json, list, err);
	if (!rc)
		puts(list->comma[0] == '[' ? "[]" : "]");
	return rc;
}

static int run_pretty(const struct cmd_opts *o, const char *method, json_t *params,
		      struct list *list, struct err *err)
{
	int rc;

	list->whole = json_array();
	rc = cmd_call_each(o, method, params, keep, list, err);
	if (!rc)
		json_dumpf(list->whole, stdout, JSON_INDENT(4));
	if (!rc)
		putchar('\n');
	json_decref(list->whole);
	return rc;
}

int cmd_run_list(const struct cmd_opts *o, const char *method, json_t *params, struct table *t,
		 void (*row)(struct table *t, const json_t *element))
{
	struct list list = {.t = t, .row = row};
	struct err err = {0};
	int rc;

	if (!o->json)
		rc = run_table(o, method, params, &list, &err);
	else if (o->pretty)
		rc = run_pretty(o, method, params, &list, &err);
	else
		rc = run_json(o, method, params, &list, &err);
	table_done(t);
	return rc ? cmd_fail(&err) : written();
}
