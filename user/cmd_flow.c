// SPDX-License-Identifier: GPL-2.0-only
/* cmd_flow.c - repx flow show, offload show: which traffic is carried, by whom, and why */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "params.h"
#include "table.h"

#define FILTERS "port vlan src dst"

static long long number(const json_t *doc, const char *key)
{
	return json_integer_value(json_object_get(doc, key));
}

static void ways(const json_t *flow, char *way, size_t way_size, char *macs, size_t macs_size)
{
	snprintf(way, way_size, "%s > %s", cmd_text(flow, "from"), cmd_text(flow, "to"));
	snprintf(macs, macs_size, "%s > %s", cmd_text(flow, "src"), cmd_text(flow, "dst"));
}

static void add_flow(struct table *t, const json_t *flow)
{
	char vlan[16], packets[24], bytes[24], way[80], macs[48], idle[24];

	snprintf(vlan, sizeof(vlan), "%lld", number(flow, "vlan"));
	snprintf(packets, sizeof(packets), "%lld", number(flow, "packets"));
	snprintf(bytes, sizeof(bytes), "%lld", number(flow, "bytes"));
	snprintf(idle, sizeof(idle), "%.1f s", (double)number(flow, "idle_ms") / 1000);
	ways(flow, way, sizeof(way), macs, sizeof(macs));
	table_row(t, way, vlan, macs, cmd_text(flow, "ethertype"), packets, bytes, idle,
		  cmd_text(flow, "state"), cmd_text(flow, "reason"));
}

static bool none(const json_t *doc)
{
	if (json_array_size(doc))
		return false;
	fprintf(stderr, "repx: no flows were counted: that takes a daemon (repx run), a port "
			"behind an eswitch, and offload.enabled not false\n");
	return true;
}

static void show(const struct cmd_opts *o, const json_t *doc)
{
	struct table t;
	json_t *flow;
	size_t i;

	(void)o;
	if (none(doc))
		return;
	table_init(&t, 9, "PORTS", "VLAN", "ADDRESSES", "TYPE", "PACKETS", "BYTES", "IDLE", "STATE",
		   "REASON");
	for (i = 0; (flow = json_array_get(doc, i)); i++)
		add_flow(&t, flow);
	table_print(&t, 0, t.rows, stdout);
	table_done(&t);
}

static void why_one(const json_t *flow)
{
	const json_t *rules = json_object_get(flow, "rules"),
		     *hw = json_object_get(flow, "offloaded");
	const char *tag = cmd_text(flow, "tag"), *reason = cmd_text(flow, "reason");
	char way[80], macs[48];
	size_t i;

	ways(flow, way, sizeof(way), macs, sizeof(macs));
	printf("%s vlan %lld %s %s%s%s\n", way, number(flow, "vlan"), macs,
	       cmd_text(flow, "ethertype"), *tag ? " tag " : "", tag);
	printf("  %s%s%s\n", cmd_text(flow, "state"), *reason ? ": " : "", reason);
	printf("  %lld packets/s (offload.promote is %lld), last %.1f s ago\n",
	       number(flow, "rate_pps"), number(flow, "promote_pps"),
	       (double)number(flow, "idle_ms") / 1000);
	printf("  %lld packets, %lld of them in the eswitch\n", number(flow, "packets"),
	       number(hw, "packets"));
	for (i = 0; i < json_array_size(rules); i++)
		printf("  %s\n", json_string_value(json_array_get(rules, i)));
}

static void show_why(const struct cmd_opts *o, const json_t *doc)
{
	json_t *flow;
	size_t i;

	(void)o;
	if (none(doc))
		return;
	for (i = 0; (flow = json_array_get(doc, i)); i++)
		why_one(flow);
}

int cmd_flow_show(const struct cmd_opts *o, int argc, char **argv)
{
	if (argc && !strcmp(argv[0], "why"))
		return cmd_show_of(o, "flow.why", FILTERS, argc - 1, argv + 1, show_why);
	return cmd_show_of(o, "flow.show", FILTERS, argc, argv, show);
}

static void show_offload(const struct cmd_opts *o, const json_t *doc)
{
	(void)o;
	printf("%s: %lld rules of at most %lld, %lld flows known\n",
	       json_is_true(json_object_get(doc, "running")) ? "running" : "not running",
	       number(doc, "rules"), number(doc, "max_rules"), number(doc, "flows"));
	if (number(doc, "room") < number(doc, "max_rules"))
		printf("  the card takes no more than %lld for now\n", number(doc, "room"));
	printf("  %lld promotions, %lld demotions\n", number(doc, "promotions"),
	       number(doc, "demotions"));
	cmd_show_counters("  demotions:", json_object_get(doc, "causes"));
	cmd_show_counters("  refusals:", json_object_get(doc, "refusals"));
	printf("  verify: %lld rules compared, %lld differed\n",
	       number(json_object_get(doc, "verify"), "checked"),
	       number(json_object_get(doc, "verify"), "differ"));
}

int cmd_offload_show(const struct cmd_opts *o, int argc, char **argv)
{
	if (argc)
		return cmd_usage("'%.64s' is one word too many", argv[0]);
	return cmd_run_method(o, "offload.show", NULL, show_offload);
}
