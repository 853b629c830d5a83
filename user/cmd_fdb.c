// SPDX-License-Identifier: GPL-2.0-only
/* cmd_fdb.c - repx fdb show, add, del, flush: the words are those of bridge(8) */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "params.h"
#include "table.h"

static int run(const struct cmd_opts *o, const char *method, json_t *params, int rc,
	       void (*show)(const struct cmd_opts *o, const json_t *doc))
{
	if (!rc)
		return cmd_run_method(o, method, params, show);
	json_decref(params);
	return rc;
}

static void age_text(const json_t *entry, char *buf, size_t size)
{
	const char *type = json_string_value(json_object_get(entry, "type"));
	json_int_t age = json_integer_value(json_object_get(entry, "age_ms"));

	if (!strcmp(type, "dynamic"))
		snprintf(buf, size, "%.1f s", (double)age / 1000);
	else
		snprintf(buf, size, "-");
}

static void add_entry(struct table *t, const json_t *entry)
{
	char vlan[16], age[32], type[32];

	snprintf(vlan, sizeof(vlan), "%d", (int)json_integer_value(json_object_get(entry, "vlan")));
	age_text(entry, age, sizeof(age));
	snprintf(type, sizeof(type), "%s%s", cmd_text(entry, "type"),
		 json_is_true(json_object_get(entry, "offloaded")) ? " offload" : "");
	table_row(t, cmd_text(entry, "mac"), vlan, cmd_text(entry, "port"), type, age);
}

int cmd_fdb_show(const struct cmd_opts *o, int argc, char **argv)
{
	json_t *params = json_object();
	struct table t;
	int rc = cmd_pairs(argc, argv, "port vlan", params);

	if (!rc)
		rc = cmd_check_vlan(params, false);
	if (rc) {
		json_decref(params);
		return rc;
	}
	table_init(&t, 5, "MAC", "VLAN", "PORT", "TYPE", "AGE");
	return cmd_run_list(o, "fdb.show", params, &t, add_entry);
}

/* MAC and pairs. Return: 0; CMD_USAGE, told. */
static int entry_params(int argc, char **argv, const char *keys, json_t *params)
{
	uint8_t mac[6];
	int rc;

	if (!argc)
		return cmd_usage("a MAC address is missing");
	if (params_parse_mac(argv[0], mac))
		return cmd_usage("'%.64s' is not a MAC address (02:00:00:00:00:01)", argv[0]);
	json_object_set_new(params, "mac", json_string(argv[0]));
	rc = cmd_pairs(argc - 1, argv + 1, keys, params);
	return rc ? rc : cmd_check_vlan(params, true);
}

int cmd_fdb_add(const struct cmd_opts *o, int argc, char **argv)
{
	json_t *params = json_object();
	int rc = entry_params(argc, argv, "port vlan", params);

	if (!rc && !json_object_get(params, "port"))
		rc = cmd_usage("'port NAME' is missing");
	return run(o, "fdb.add", params, rc, NULL);
}

int cmd_fdb_del(const struct cmd_opts *o, int argc, char **argv)
{
	json_t *params = json_object();
	int rc = entry_params(argc, argv, "vlan", params);

	return run(o, "fdb.del", params, rc, NULL);
}

static void show_flushed(const struct cmd_opts *o, const json_t *doc)
{
	(void)o;
	printf("flushed %lld\n", (long long)json_integer_value(json_object_get(doc, "flushed")));
}

int cmd_fdb_flush(const struct cmd_opts *o, int argc, char **argv)
{
	json_t *params = json_object();
	int rc = cmd_pairs(argc, argv, "port vlan", params);

	if (!rc)
		rc = cmd_check_vlan(params, false);
	return run(o, "fdb.flush", params, rc, show_flushed);
}
