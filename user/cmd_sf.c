// SPDX-License-Identifier: GPL-2.0-only
/* cmd_sf.c - repx sf show, add, del */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "table.h"

/* "active", "active, detached": attached is what an active one should be */
static void state_text(const json_t *sf, char *buf, size_t size)
{
	const char *state = cmd_text(sf, "state"), *opstate = cmd_text(sf, "opstate");

	if (!*state)
		snprintf(buf, size, "missing");
	else if ((*state == 'a') == (*opstate == 'a'))
		snprintf(buf, size, "%s", state);
	else
		snprintf(buf, size, "%s, %s", state, *opstate ? opstate : "?");
}

static void vdpa_text(const json_t *sf, char *buf, size_t size)
{
	const json_t *vdpa = json_object_get(sf, "vdpa");
	const char *user = cmd_text(sf, "in_use_by"), *where = cmd_text(vdpa, "node");

	if (!*where)
		where = cmd_text(vdpa, "netdev");
	snprintf(buf, size, "%s%s%s%s%s%s", cmd_cell(vdpa, "name"), *where ? " " : "", where,
		 *user ? " (" : "", user, *user ? ")" : "");
}

static void add_sf(struct table *t, const json_t *sf)
{
	const json_t *rdma = json_object_get(sf, "rdma");
	char num[48], state[40], ib[120], vdpa[240];

	snprintf(num, sizeof(num), "pf%lldsf%lld",
		 (long long)json_integer_value(json_object_get(sf, "pf")),
		 (long long)json_integer_value(json_object_get(sf, "num")));
	state_text(sf, state, sizeof(state));
	snprintf(ib, sizeof(ib), "%s%s%s", cmd_cell(rdma, "dev"),
		 rdma && !json_is_null(rdma) ? " " : "", cmd_text(rdma, "state"));
	vdpa_text(sf, vdpa, sizeof(vdpa));
	table_row(t, strcmp(cmd_text(sf, "owner"), "pool") ? cmd_cell(sf, "port") : "(spare)", num,
		  cmd_cell(sf, "representor"), cmd_cell(sf, "mac"), state, cmd_cell(sf, "netdev"),
		  ib, vdpa);
}

static void show_sfs(const struct cmd_opts *o, const json_t *doc)
{
	struct table t;
	json_t *sf;
	size_t i;

	(void)o;
	table_init(&t, 8, "PORT", "SF", "REPRESENTOR", "MAC", "STATE", "NETDEV", "RDMA", "VDPA");
	for (i = 0; (sf = json_array_get(doc, i)); i++)
		add_sf(&t, sf);
	table_print(&t, 0, t.rows, stdout);
	table_done(&t);
}

int cmd_sf_show(const struct cmd_opts *o, int argc, char **argv)
{
	return cmd_show_named(o, "sf.show", argc, argv, show_sfs);
}

int cmd_sf_add(const struct cmd_opts *o, int argc, char **argv)
{
	json_t *params;
	int rc;

	rc = cmd_key_params("name", argc, argv, &params);
	return rc ? rc : cmd_run_method(o, "sf.add", params, NULL);
}

int cmd_sf_del(const struct cmd_opts *o, int argc, char **argv)
{
	if (argc != 1)
		return cmd_usage("sf del wants the name of a port, and nothing else");
	return cmd_run_method(o, "sf.del", json_pack("{s:s}", "name", argv[0]), NULL);
}
