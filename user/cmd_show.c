// SPDX-License-Identifier: GPL-2.0-only
/* cmd_show.c - repx show; and the table of ports that `port show` has too */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "table.h"

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static size_t add_vids(const json_t *trunk, char *buf, size_t size, size_t used)
{
	json_t *vid;
	size_t i;

	for (i = 0; (vid = json_array_get(trunk, i)); i++) {
		if (used + 12 > size) /* the longest is ",4093-4094" */
			return used + (size_t)snprintf(buf + used, size - used, ",...");
		if (json_is_string(vid))
			used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? "," : "",
						 json_string_value(vid));
		else
			used += (size_t)snprintf(buf + used, size - used, "%s%lld", i ? "," : "",
						 (long long)json_integer_value(vid));
	}
	return used;
}

static void trunk_text(const json_t *vlan, char *buf, size_t size)
{
	const json_t *trunk = json_object_get(vlan, "trunk");
	size_t room = size - sizeof(" native 4094 802.1ad"), used;

	used = (size_t)snprintf(buf, room, "trunk %s", text(vlan, "trunk"));
	used = add_vids(trunk, buf, room, used);
	if (number(vlan, "native"))
		snprintf(buf + used, size - used, " native %lld", number(vlan, "native"));
}

void cmd_vlan_text(const json_t *vlan, char *buf, size_t size)
{
	size_t used;

	if (json_object_get(vlan, "access"))
		snprintf(buf, size, "access %lld", number(vlan, "access"));
	else if (json_object_get(vlan, "tunnel"))
		snprintf(buf, size, "tunnel %lld", number(vlan, "tunnel"));
	else if (json_object_get(vlan, "trunk"))
		trunk_text(vlan, buf, size);
	else
		snprintf(buf, size, "none");
	used = strlen(buf);
	if (json_object_get(vlan, "proto"))
		snprintf(buf + used, size - used, " %s", text(vlan, "proto"));
}

static void attach_text(const json_t *attach, char *buf, size_t size)
{
	const char *xdp = text(attach, "xdp"), *tc = text(attach, "tc");
	bool has_xdp = strcmp(xdp, "none"), has_tc = strcmp(tc, "none");

	snprintf(buf, size, "%s%s%s%s", has_xdp ? "xdp-" : "", has_xdp ? xdp : "",
		 has_xdp && has_tc ? "+" : "", has_tc || !has_xdp ? tc : "");
}

static void add_port(struct table *t, const json_t *port)
{
	char vlan[80], attach[40], macs[24];

	cmd_vlan_text(json_object_get(port, "vlan"), vlan, sizeof(vlan));
	attach_text(json_object_get(port, "attach"), attach, sizeof(attach));
	snprintf(macs, sizeof(macs), "%lld", number(port, "mac_count"));
	table_row(t, text(port, "name"), text(port, "role"), text(port, "state"),
		  text(port, "netdev"), vlan, attach, macs, text(port, "owner"));
}

static void show_count(const char *label, const json_t *count)
{
	printf("    %-10s %lld packets  %lld bytes\n", label, number(count, "packets"),
	       number(count, "bytes"));
}

static void show_rate(const json_t *rate)
{
	if (!rate)
		return;
	printf("    %-10s", "rate");
	if (*text(rate, "rx"))
		printf(" rx %s (%s)", text(rate, "rx"), text(rate, "rx_by"));
	if (*text(rate, "tx"))
		printf(" tx %s", text(rate, "tx"));
	if (*text(rate, "burst"))
		printf(" burst %s", text(rate, "burst"));
	if (*text(rate, "rx_min"))
		printf(" rx_min %s", text(rate, "rx_min"));
	putchar('\n');
}

static void show_port_counters(const json_t *port)
{
	show_rate(json_object_get(port, "rate"));
	show_count("rx", json_object_get(port, "rx"));
	show_count("tx", json_object_get(port, "tx"));
	show_count("offloaded", json_object_get(port, "offloaded"));
	cmd_show_counters("    drops     ", json_object_get(port, "drops"));
	cmd_show_counters("    events    ", json_object_get(port, "events"));
}

void cmd_port_table(const struct cmd_opts *o, const json_t *ports)
{
	struct table t;
	json_t *port;
	size_t i;

	table_init(&t, 8, "NAME", "ROLE", "STATE", "NETDEV", "VLAN", "ATTACH", "MACS", "OWNER");
	for (i = 0; (port = json_array_get(ports, i)); i++)
		add_port(&t, port);
	table_print(&t, 0, 1, stdout);
	for (i = 0; (port = json_array_get(ports, i)); i++) {
		table_print(&t, i + 1, i + 2, stdout);
		if (o->stats)
			show_port_counters(port);
	}
	table_done(&t);
}

static void show_problems(const json_t *problems)
{
	json_t *problem;
	size_t i;

	if (!json_array_size(problems))
		return;
	printf("\nproblems:\n");
	for (i = 0; (problem = json_array_get(problems, i)); i++)
		printf("    %s '%s': %s\n", text(problem, "object"), text(problem, "name"),
		       text(problem, "text"));
}

static void show(const struct cmd_opts *o, const json_t *doc)
{
	const json_t *sw = json_object_get(doc, "switch"), *fdb = json_object_get(sw, "fdb");
	const json_t *pool = json_object_get(sw, "pool");

	printf("switch %s: %lld ports, attach %s, unknown %s, daemon %s\n", text(sw, "name"),
	       number(sw, "ports"), text(sw, "attach"), text(sw, "unknown"),
	       json_is_true(json_object_get(sw, "daemon")) ? "runs" : "does not run");
	printf("    fdb %lld of %lld, ageing ", number(fdb, "used"), number(fdb, "size"));
	if (number(fdb, "ageing_ms"))
		printf("%g s", (double)number(fdb, "ageing_ms") / 1000);
	else
		printf("never");
	printf("%s%s", *text(sw, "host") ? ", host " : "", text(sw, "host"));
	if (pool)
		printf(", %lld of %lld spare SFs ready", number(pool, "ready"),
		       number(pool, "want"));
	printf("\n\n");
	cmd_port_table(o, json_object_get(doc, "ports"));
	show_problems(json_object_get(doc, "problems"));
}

int cmd_show(const struct cmd_opts *o, int argc, char **argv)
{
	if (argc)
		return cmd_usage("'%.64s': show takes no words", argv[0]);
	return cmd_run_method(o, "show", NULL, show);
}
