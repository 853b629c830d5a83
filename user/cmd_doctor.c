// SPDX-License-Identifier: GPL-2.0-only
/* cmd_doctor.c - repx doctor */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "doctor.h"
#include "err.h"

static const char *text(const json_t *item, const char *key)
{
	const char *value = json_string_value(json_object_get(item, key));

	return value ? value : "";
}

static bool is(const json_t *item, const char *state)
{
	return !strcmp(text(item, "state"), state);
}

/* What is fine takes one line for each check. Return: those after @first. */
static void print_fine(const json_t *items, size_t first)
{
	const char *check = text(json_array_get(items, first), "check"), *comma = "";
	json_t *item;
	size_t i;

	for (i = 0; i < first; i++)
		if (is(json_array_get(items, i), "ok") &&
		    !strcmp(text(json_array_get(items, i), "check"), check))
			return; /* was in the line of that one */
	printf("%-8s %-8s ", "ok", check);
	for (i = first; (item = json_array_get(items, i)); i++) {
		if (!is(item, "ok") || strcmp(text(item, "check"), check) != 0)
			continue;
		printf("%s%s", comma, text(item, "object"));
		comma = ", ";
	}
	putchar('\n');
}

static void print_problem(const json_t *item)
{
	printf("%-8s %-8s %s: %s\n", text(item, "state"), text(item, "check"), text(item, "object"),
	       text(item, "text"));
	if (text(item, "hint")[0])
		printf("%-8s %-8s -> %s\n", "", "", text(item, "hint"));
}

static size_t count(const json_t *items, const char *state)
{
	size_t i, n = 0;
	json_t *item;

	for (i = 0; (item = json_array_get(items, i)); i++)
		n += is(item, state);
	return n;
}

static void print_all(const json_t *items, bool works)
{
	json_t *item;
	size_t i;

	for (i = 0; (item = json_array_get(items, i)); i++) {
		if (is(item, "ok"))
			print_fine(items, i);
		else
			print_problem(item);
	}
	printf("%zu ok, %zu to look at, %zu missing: a switch %s here\n", count(items, "ok"),
	       count(items, "warn"), count(items, "missing"), works ? "works" : "cannot work");
}

int cmd_doctor(const struct cmd_opts *o, int argc, char **argv)
{
	const struct doctor_env env = {
		.sys = "/sys", .proc = "/proc", .root = o->root, .sw = o->sw};
	struct err none = {0};
	bool works = false;
	json_t *items;
	int rc = CMD_DONE;

	if (argc)
		return cmd_usage("'%.64s': doctor takes no words", argv[0]);
	items = doctor_run(&env, &works);
	if (!items)
		return cmd_fail(&none);
	if (o->json)
		rc = cmd_print(o, items);
	else
		print_all(items, works);
	json_decref(items);
	return rc ? rc : works ? CMD_DONE : CMD_FAILED;
}
