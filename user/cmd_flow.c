// SPDX-License-Identifier: GPL-2.0-only
/* cmd_flow.c - repx flow show: which traffic the data path carries */
#include <stdio.h>

#include "cmd.h"
#include "table.h"

static void number(const json_t *flow, const char *key, char *buf, size_t size)
{
	snprintf(buf, size, "%" JSON_INTEGER_FORMAT,
		 json_integer_value(json_object_get(flow, key)));
}

static void add_flow(struct table *t, const json_t *flow)
{
	char vlan[16], packets[24], bytes[24], way[80], macs[48], idle[24];

	number(flow, "vlan", vlan, sizeof(vlan));
	number(flow, "packets", packets, sizeof(packets));
	number(flow, "bytes", bytes, sizeof(bytes));
	snprintf(way, sizeof(way), "%s > %s", cmd_text(flow, "from"), cmd_text(flow, "to"));
	snprintf(macs, sizeof(macs), "%s > %s", cmd_text(flow, "src"), cmd_text(flow, "dst"));
	snprintf(idle, sizeof(idle), "%.1f s",
		 (double)json_integer_value(json_object_get(flow, "idle_ms")) / 1000);
	table_row(t, way, vlan, macs, cmd_text(flow, "ethertype"), cmd_text(flow, "state"), packets,
		  bytes, idle);
}

static void show(const struct cmd_opts *o, const json_t *doc)
{
	struct table t;
	json_t *flow;
	size_t i;

	(void)o;
	if (!json_array_size(doc)) {
		fprintf(stderr,
			"repx: no flows were counted: that takes a daemon (repx run), a port "
			"behind an eswitch, and offload.enabled not false\n");
		return;
	}
	table_init(&t, 8, "PORTS", "VLAN", "ADDRESSES", "TYPE", "STATE", "PACKETS", "BYTES",
		   "IDLE");
	for (i = 0; (flow = json_array_get(doc, i)); i++)
		add_flow(&t, flow);
	table_print(&t, 0, t.rows, stdout);
	table_done(&t);
}

int cmd_flow_show(const struct cmd_opts *o, int argc, char **argv)
{
	return cmd_show_of(o, "flow.show", argc, argv, show);
}
