// SPDX-License-Identifier: GPL-2.0-only
/* cmd_vdpa.c - repx vdpa show, add, del */
#include <stdio.h>

#include "cmd.h"
#include "table.h"

static void add_device(struct table *t, const json_t *dev)
{
	const char *where = cmd_text(dev, "node");
	char mtu[24] = "-";

	if (!*where)
		where = cmd_cell(dev, "netdev");
	if (json_is_integer(json_object_get(dev, "mtu")))
		snprintf(mtu, sizeof(mtu), "%lld",
			 (long long)json_integer_value(json_object_get(dev, "mtu")));
	table_row(t, cmd_cell(dev, "name"), cmd_cell(dev, "port"),
		  *cmd_text(dev, "mgmtdev") ? cmd_text(dev, "mgmtdev") : "missing",
		  cmd_cell(dev, "mac"), mtu, cmd_cell(dev, "driver"), where,
		  cmd_cell(dev, "in_use_by"));
}

static void show_devices(const struct cmd_opts *o, const json_t *doc)
{
	struct table t;
	json_t *dev;
	size_t i;

	(void)o;
	table_init(&t, 8, "NAME", "PORT", "MGMTDEV", "MAC", "MTU", "DRIVER", "DEVICE", "USED BY");
	for (i = 0; (dev = json_array_get(doc, i)); i++)
		add_device(&t, dev);
	table_print(&t, 0, t.rows, stdout);
	table_done(&t);
}

int cmd_vdpa_show(const struct cmd_opts *o, int argc, char **argv)
{
	return cmd_show_named(o, "vdpa.show", argc, argv, show_devices);
}

int cmd_vdpa_add(const struct cmd_opts *o, int argc, char **argv)
{
	json_t *params;
	int rc;

	rc = cmd_key_params("port", argc, argv, &params);
	return rc ? rc : cmd_run_method(o, "vdpa.add", params, NULL);
}

int cmd_vdpa_del(const struct cmd_opts *o, int argc, char **argv)
{
	if (argc != 1)
		return cmd_usage("vdpa del wants the name of a device, and nothing else");
	return cmd_run_method(o, "vdpa.del", json_pack("{s:s}", "name", argv[0]), NULL);
}
