// SPDX-License-Identifier: GPL-2.0-only
/* test_cmd.c - from words of the command line to parameters, frames and tables */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cmd.h"
#include "params.h"
#include "table.h"
#include "util.h"

#define WORDS_MAX 16

/* Splits @line at '|'. Return: how many words. */
static int split(char *line, char **words)
{
	int n = 0;
	char *p;

	for (p = strtok(line, "|"); p && n < WORDS_MAX; p = strtok(NULL, "|"))
		words[n++] = p;
	return n;
}

static const struct {
	const char *words, *json; /* NULL: wrong usage */
} port_rows[] = {
	{"p1", "{\"name\":\"p1\"}"},
	{"p1|netdev|veth1|vlan.access|10",
	 "{\"name\":\"p1\",\"netdev\":\"veth1\",\"vlan\":{\"access\":10}}"},
	{"p1|vlan|{access: 10}", "{\"name\":\"p1\",\"vlan\":{\"access\":10}}"},
	{"p1|vlan|{trunk: [10, 20-29], native: 10}",
	 "{\"name\":\"p1\",\"vlan\":{\"trunk\":[10,\"20-29\"],\"native\":10}}"},
	{"p1|vlan.trunk|all|vlan.proto|802.1ad",
	 "{\"name\":\"p1\",\"vlan\":{\"trunk\":\"all\",\"proto\":\"802.1ad\"}}"},
	{"p1|guard.mac|[02:00:00:00:00:01]",
	 "{\"name\":\"p1\",\"guard\":{\"mac\":[\"02:00:00:00:00:01\"]}}"},
	{"p1|guard.ip|[10.0.0.1, \"2001:db8::/64\"]|guard.strict|true",
	 "{\"name\":\"p1\",\"guard\":{\"ip\":[\"10.0.0.1\",\"2001:db8::/64\"],\"strict\":true}}"},
	{"p1|rate|{rx: 1gbit}|mac_limit|4",
	 "{\"name\":\"p1\",\"rate\":{\"rx\":\"1gbit\"},\"mac_limit\":4}"},
	{"p1|rate|{rx: 1gbit}|rate.tx|2gbit",
	 "{\"name\":\"p1\",\"rate\":{\"rx\":\"1gbit\",\"tx\":\"2gbit\"}}"},
	{"p1|netdev|007|pcp|0", "{\"name\":\"p1\",\"netdev\":\"007\",\"pcp\":0}"},
	{"p1|netdev|99999999999999999999", "{\"name\":\"p1\",\"netdev\":\"99999999999999999999\"}"},
	{"", NULL},
	{"p1|netdev", NULL},
	{"p1|netdev|a|netdev|b", NULL},
	{"p1|name|b", NULL},
	{"p1|vlan|{access: 10}|vlan.access|20", NULL},
	{"p1|vlan.access|10|vlan|{access: 20}", NULL},
	{"p1|netdev|a|netdev.b|c", NULL},
	{"p1|.access|10", NULL},
	{"p1|vlan.|10", NULL},
	{"p1|vlan..access|10", NULL},
	{"p1|vlan|{access: 10", NULL},
	{"p1|vlan|[1, 2", NULL},
	{"p1|vlan|&a [*a]", NULL},
	{"p1|vlan|{[1]: 2}", NULL},
	{"\xff|netdev|a", NULL},
	{"p1|netdev|\xff", NULL},
};

static void test_port_add(void **state)
{
	char line[256], *words[WORDS_MAX], *text;
	json_t *params;
	size_t i;
	int rc;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(port_rows); i++) {
		str_copy(line, sizeof(line), port_rows[i].words);
		params = NULL;
		rc = cmd_key_params("name", split(line, words), words, &params);
		text = params ? json_dumps(params, JSON_COMPACT) : NULL;
		if (rc != (port_rows[i].json ? 0 : CMD_USAGE) ||
		    (port_rows[i].json && strcmp(text, port_rows[i].json)))
			fail_msg("'%s': status %d, %s", port_rows[i].words, rc,
				 text ? text : "nothing");
		free(text);
		json_decref(params);
	}
}

/* The first word is the port, and a KEY may be the device's name. */
static void test_vdpa_add(void **state)
{
	char line[] = "p1|name|v1|mtu|1500|features|[MQ, CTRL_VQ]", *words[WORDS_MAX], *text;
	json_t *params = NULL;

	(void)state;
	assert_int_equal(cmd_key_params("port", split(line, words), words, &params), 0);
	text = json_dumps(params, JSON_COMPACT);
	assert_string_equal(text, "{\"port\":\"p1\",\"name\":\"v1\",\"mtu\":1500,"
				  "\"features\":[\"MQ\",\"CTRL_VQ\"]}");
	free(text);
	json_decref(params);
}

/* Words that are refused before a switch is looked for */
static void test_usage(void **state)
{
	static const struct {
		cmd_fn *run;
		const char *words;
	} rows[] = {
		{cmd_port_show, "a|b"},	    {cmd_sf_show, "a|b"},  {cmd_vdpa_show, "a|b"},
		{cmd_sf_show, "\xff"},	    {cmd_port_add, ""},	   {cmd_sf_add, ""},
		{cmd_sf_add, "a|num"},	    {cmd_vdpa_add, ""},	   {cmd_vdpa_add, "a|mac"},
		{cmd_vdpa_add, "a|port|b"}, {cmd_sf_del, ""},	   {cmd_sf_del, "a|b"},
		{cmd_vdpa_del, ""},	    {cmd_vdpa_del, "a|b"},
	};
	char line[64], *words[WORDS_MAX];
	struct cmd_opts o = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		str_copy(line, sizeof(line), rows[i].words);
		if (rows[i].run(&o, split(line, words), words) != CMD_USAGE)
			fail_msg("row %zu, '%s': not wrong usage", i, rows[i].words);
	}
}

/* What sf.add makes of its parameters */
static void test_nest(void **state)
{
	static const struct {
		const char *json, *nested; /* NULL: refused */
	} rows[] = {
		{"{\"name\":\"p1\",\"num\":88,\"eth\":true,\"vlan\":{\"access\":10}}",
		 "{\"name\":\"p1\",\"vlan\":{\"access\":10},\"sf\":{\"num\":88,\"eth\":true}}"},
		{"{\"name\":\"p1\",\"sf\":{\"num\":88},\"eth\":true}",
		 "{\"name\":\"p1\",\"sf\":{\"num\":88,\"eth\":true}}"},
		{"{\"name\":\"p1\",\"nu\":1,\"numb\":2}",
		 "{\"name\":\"p1\",\"nu\":1,\"numb\":2,\"sf\":{}}"},
		{"{\"sf\":5}", "{\"sf\":5}"}, /* the parser says it better */
		{"{\"sf\":5,\"num\":1}", NULL},
		{"{\"sf\":{\"num\":1},\"num\":1}", NULL},
	};
	struct err err;
	json_t *params;
	char *text;
	size_t i;
	int rc;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		params = json_loads(rows[i].json, 0, NULL);
		err = (struct err){0};
		rc = params_nest(params, "num eth", "sf", &err);
		text = json_dumps(params, JSON_COMPACT);
		if (rc != (rows[i].nested ? 0 : -EINVAL) || rc != err.code ||
		    (!rc && strcmp(text, rows[i].nested)))
			fail_msg("'%s': status %d, %s", rows[i].json, rc, text);
		free(text);
		json_decref(params);
	}
}

#define HEAD "ffffffffffff020000000001"

static const struct {
	const char *words, *head; /* NULL: wrong usage; the rest is zeros */
	size_t size;
} frame_rows[] = {
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01", HEAD "0800", 60},
	{"src|02:00:00:00:00:01|dst|FF:ff:ff:ff:ff:ff|vlan|10", HEAD "8100000a0800", 60},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|vlan|10|proto|802.1ad|pcp|7",
	 HEAD "88a8e00a0800", 60},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|pcp|3", HEAD "810060000800", 60},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|ethertype|0x86dd|size|100", HEAD "86dd", 100},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|size|0", HEAD "0800", 14},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|vlan|4095", HEAD "81000fff0800", 60},
	{"dst|ff:ff:ff:ff:ff:ff", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01:02", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|vlan|4096", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|vlan|-1", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|pcp|8", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|proto|vlan", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|ethertype|ip", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|size|70000", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|vlan", NULL, 0},
	{"dst|ff:ff:ff:ff:ff:ff|src|02:00:00:00:00:01|colour|red", NULL, 0},
};

static void test_trace_frame(void **state)
{
	char line[256], *words[WORDS_MAX], *hex;
	size_t i, head;
	int rc;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(frame_rows); i++) {
		str_copy(line, sizeof(line), frame_rows[i].words);
		hex = NULL;
		rc = cmd_trace_frame(split(line, words), words, &hex);
		if (rc != (frame_rows[i].head ? 0 : CMD_USAGE))
			fail_msg("'%s': status %d", frame_rows[i].words, rc);
		if (!frame_rows[i].head)
			continue;
		head = strlen(frame_rows[i].head);
		if (strlen(hex) != 2 * frame_rows[i].size ||
		    strncmp(hex, frame_rows[i].head, head) ||
		    strspn(hex + head, "0") != strlen(hex) - head)
			fail_msg("'%s': %s", frame_rows[i].words, hex);
		free(hex);
	}
}

static void test_pairs(void **state)
{
	static const struct {
		const char *words;
		int rc;
	} rows[] = {
		{"", 0},
		{"port|a", 0},
		{"port|a|vlan|10", 0},
		{"vlan|10|port|a", 0},
		{"por|a", CMD_USAGE},
		{"ports|a", CMD_USAGE},
		{"port vlan|a", CMD_USAGE},
		{"port", CMD_USAGE},
		{"port|a|port|b", CMD_USAGE},
		{"port|\xff", CMD_USAGE},
	};
	char line[64], *words[WORDS_MAX];
	json_t *out;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		str_copy(line, sizeof(line), rows[i].words);
		out = json_object();
		if (cmd_pairs(split(line, words), words, "port vlan", out) != rows[i].rc)
			fail_msg("'%s': not status %d", rows[i].words, rows[i].rc);
		json_decref(out);
	}
}

static void test_vlan_text(void **state)
{
	static const struct {
		const char *json, *text;
	} rows[] = {
		{"{}", "none"},
		{"{\"access\":10}", "access 10"},
		{"{\"tunnel\":100}", "tunnel 100"},
		{"{\"trunk\":\"all\"}", "trunk all"},
		{"{\"trunk\":[10,\"20-29\"],\"native\":10}", "trunk 10,20-29 native 10"},
		{"{\"trunk\":[10],\"proto\":\"802.1ad\"}", "trunk 10 802.1ad"},
		{"{\"trunk\":[1001,1003,1005,1007,1009,1011],\"native\":1001,\"proto\":\"802."
		 "1ad\"}",
		 "trunk 1001,1003,1005,1007,... native 1001 802.1ad"},
	};
	char text[53];
	json_t *vlan;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		vlan = json_loads(rows[i].json, 0, NULL);
		cmd_vlan_text(vlan, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
		json_decref(vlan);
	}
}

static void test_numbers(void **state)
{
	struct err err = {0};
	uint16_t vid = 7;
	uint8_t mac[6], *bytes;
	size_t len;

	(void)state;
	assert_int_equal(params_parse_vid("4094", &vid), 0);
	assert_int_equal(vid, 4094);
	assert_int_not_equal(params_parse_vid("0", &vid), 0);
	assert_int_not_equal(params_parse_vid("4095", &vid), 0);
	assert_int_not_equal(params_parse_vid("+1", &vid), 0);
	assert_int_not_equal(params_parse_vid("1x", &vid), 0);
	assert_int_not_equal(params_parse_vid("", &vid), 0);
	assert_int_equal(vid, 4094);
	assert_int_equal(params_parse_mac("02:00:00:00:0a:0B", mac), 0);
	assert_memory_equal(mac, "\x02\0\0\0\x0a\x0b", 6);
	assert_int_not_equal(params_parse_mac("2:0:0:0:a:b", mac), 0);
	assert_int_not_equal(params_parse_mac("02-00-00-00-0a-0b", mac), 0);
	assert_int_equal(params_hex("01 02:03-0a\n", &bytes, &len, &err), 0);
	assert_int_equal(len, 4);
	assert_memory_equal(bytes, "\1\2\3\x0a", 4);
	free(bytes);
	assert_int_not_equal(params_hex("012", &bytes, &len, &err), 0);
	assert_int_not_equal(params_hex("0 1", &bytes, &len, &err), 0);
	assert_int_not_equal(params_hex("zz", &bytes, &len, &err), 0);
}

static void test_table(void **state)
{
	char text[256] = "";
	struct table t;
	FILE *to = fmemopen(text, sizeof(text), "w");

	(void)state;
	table_init(&t, 3, "NAME", "N", "LAST");
	table_row(&t, "a", "1000", "x y");
	table_row(&t, "longer", "1", "");
	table_print(&t, 0, 3, to);
	fclose(to);
	table_done(&t);
	assert_string_equal(text, "NAME    N     LAST\n"
				  "a       1000  x y\n"
				  "longer  1     \n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_port_add),  cmocka_unit_test(test_trace_frame),
		cmocka_unit_test(test_vdpa_add),  cmocka_unit_test(test_nest),
		cmocka_unit_test(test_usage),	  cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_vlan_text), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
