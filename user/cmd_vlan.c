// SPDX-License-Identifier: GPL-2.0-only
/* cmd_vlan.c - repx vlan show: which VLANs a port is in, as bridge(8) tells it */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "table.h"

static void range_text(const json_t *run, char *buf, size_t size)
{
	json_t *last = json_object_get(run, "last");
	int vid = (int)json_integer_value(json_object_get(run, "vlan"));

	if (last)
		snprintf(buf, size, "%d-%d", vid, (int)json_integer_value(last));
	else
		snprintf(buf, size, "%d", vid);
}

static void flags_text(const json_t *run, char *buf, size_t size)
{
	size_t used = 0, i;
	json_t *flag;

	buf[0] = 0;
	for (i = 0; (flag = json_array_get(json_object_get(run, "flags"), i)); i++) {
		snprintf(buf + used, size - used, "%s%s", i ? " " : "", json_string_value(flag));
		used = strlen(buf);
	}
}

static void add_port(struct table *t, const json_t *port)
{
	const char *name = json_string_value(json_object_get(port, "port"));
	char range[24], flags[40];
	json_t *run;
	size_t i;

	for (i = 0; (run = json_array_get(json_object_get(port, "vlans"), i)); i++) {
		range_text(run, range, sizeof(range));
		flags_text(run, flags, sizeof(flags));
		table_row(t, i ? "" : name, range, flags);
	}
	if (!i)
		table_row(t, name, "none", "");
}

static void show(const struct cmd_opts *o, const json_t *doc)
{
	struct table t;
	json_t *port;
	size_t i;

	(void)o;
	table_init(&t, 3, "PORT", "VLAN", "FLAGS");
	for (i = 0; (port = json_array_get(doc, i)); i++)
		add_port(&t, port);
	table_print(&t, 0, t.rows, stdout);
	table_done(&t);
}

int cmd_vlan_show(const struct cmd_opts *o, int argc, char **argv)
{
	if (argc)
		return cmd_usage("'%.64s': vlan show takes no words", argv[0]);
	return cmd_run_method(o, "vlan.show", NULL, show);
}
