// SPDX-License-Identifier: GPL-2.0-only
/* cmd_stats.c - repx stats show: every counter of every port */
#include <stdio.h>

#include "cmd.h"

static long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void show_port(const json_t *port)
{
	const json_t *rx = json_object_get(port, "rx"), *tx = json_object_get(port, "tx");
	const json_t *hw = json_object_get(port, "offloaded");

	printf("%s\n", json_string_value(json_object_get(port, "port")));
	printf("    rx         %lld packets  %lld bytes\n", number(rx, "packets"),
	       number(rx, "bytes"));
	printf("    tx         %lld packets  %lld bytes\n", number(tx, "packets"),
	       number(tx, "bytes"));
	if (number(hw, "packets") || number(json_object_get(hw, "tx"), "packets"))
		printf("    eswitch    rx %lld packets  %lld bytes, tx %lld packets  %lld bytes\n",
		       number(hw, "packets"), number(hw, "bytes"),
		       number(json_object_get(hw, "tx"), "packets"),
		       number(json_object_get(hw, "tx"), "bytes"));
	printf("    verdicts   forwarded %lld, flooded %lld (%lld copies), host %lld, kernel "
	       "%lld\n",
	       number(port, "forwarded"), number(port, "flooded"), number(port, "flood_copies"),
	       number(port, "to_host"), number(port, "to_kernel"));
	cmd_show_counters("    drops     ", json_object_get(port, "drops"));
	cmd_show_counters("    events    ", json_object_get(port, "events"));
}

static void show(const struct cmd_opts *o, const json_t *doc)
{
	json_t *port;
	size_t i;

	(void)o;
	for (i = 0; (port = json_array_get(doc, i)); i++)
		show_port(port);
}

int cmd_stats_show(const struct cmd_opts *o, int argc, char **argv)
{
	if (argc)
		return cmd_usage("'%.64s': stats show takes no words", argv[0]);
	return cmd_run_method(o, "stats.show", NULL, show);
}
