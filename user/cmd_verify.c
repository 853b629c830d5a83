// SPDX-License-Identifier: GPL-2.0-only
/* cmd_verify.c - repx verify: do the rules in the eswitch do what software would? */
#include <stdio.h>

#include "cmd.h"

static long long number(const json_t *doc, const char *key)
{
	return json_integer_value(json_object_get(doc, key));
}

static void show_side(const char *who, const json_t *side)
{
	const json_t *copies = json_object_get(side, "out"), *copy;
	const char *verdict = cmd_text(side, "verdict"), *reason = cmd_text(side, "reason");
	size_t i;

	printf("  %s:%s%s%s%s\n", who, *verdict ? " " : "", verdict, *reason ? ", " : "", reason);
	for (i = 0; (copy = json_array_get(copies, i)); i++)
		printf("    %s %s\n", cmd_text(copy, "port"), cmd_text(copy, "frame"));
}

static void show(const json_t *doc)
{
	const json_t *list = json_object_get(doc, "differences"), *d;
	size_t i;

	for (i = 0; (d = json_array_get(list, i)); i++) {
		printf("%s\n  frame %s\n", cmd_text(d, "rule"), cmd_text(d, "frame"));
		show_side("software", json_object_get(d, "software"));
		show_side("hardware", json_object_get(d, "hardware"));
	}
	if (number(doc, "passed_by"))
		printf("%lld rules whose frames came to software all the same were taken out\n",
		       number(doc, "passed_by"));
	printf("%lld rules, %zu differ%s\n", number(doc, "rules"), i,
	       i ? " and were taken out" : "");
}

int cmd_verify(const struct cmd_opts *o, int argc, char **argv)
{
	struct err err = {0};
	json_t *doc = NULL;
	int rc = CMD_DONE;

	if (argc)
		return cmd_usage("'%.64s' is one word too many", argv[0]);
	if (cmd_call(o, NULL, "verify", NULL, &doc, &err))
		return cmd_fail(&err);
	if (o->json)
		rc = cmd_print(o, doc);
	else
		show(doc);
	if (number(doc, "differ") || number(doc, "passed_by"))
		rc = CMD_FAILED;
	json_decref(doc);
	return rc;
}
