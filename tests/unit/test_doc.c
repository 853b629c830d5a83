// SPDX-License-Identifier: GPL-2.0-only
/* test_doc.c - documents that need no map: names, VLANs, changes, short frames */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "doc.h"
#include "doc_conf.h"
#include "events.h"
#include "util.h"

static const char conf_text[] =
	"version: 1\n"
	"switch: {name: sw0, fdb: {ageing: 10s}}\n"
	"ports:\n"
	"  - {name: up, netdev: n0, role: uplink, vlan: {trunk: [10, 20-29, 100]}}\n"
	"  - {name: a, netdev: n1, vlan: {access: 10}}\n"
	"  - {name: t, netdev: n2, vlan: {trunk: [20-29], native: 25}}\n"
	"  - {name: q, netdev: n3, vlan: {tunnel: 100}}\n";

static int setup(void **state)
{
	struct sw *sw = calloc(1, sizeof(*sw));
	struct conf_errors errors = {0};
	uint32_t i;

	if (conf_parse(conf_text, strlen(conf_text), &sw->conf, &errors)) {
		print_error("%s\n", errors.len ? errors.list[0].text : "conf_parse");
		return -1;
	}
	str_copy(sw->name, sizeof(sw->name), sw->conf.name);
	sw->exists = true;
	sw->lock_fd = sw->owner_fd = -1;
	sw->ports = calloc(sw->conf.ports_len, sizeof(*sw->ports));
	for (i = 0; i < sw->conf.ports_len; i++) {
		sw->ports[i].slot = 3 + i;
		sw->ports[i].ifindex = i ? 100 + i : 0;
	}
	*state = sw;
	return 0;
}

static int teardown(void **state)
{
	struct sw *sw = *state;

	conf_done(&sw->conf);
	free(sw->ports);
	free(sw);
	return 0;
}

/* @doc is taken over. */
static void same(json_t *doc, const char *want)
{
	json_t *expected = json_loads(want, JSON_DECODE_ANY, NULL);
	char *text = json_dumps(doc, JSON_COMPACT | JSON_ENCODE_ANY);

	assert_non_null(expected);
	if (!json_equal(doc, expected))
		fail_msg("got %s, want %s", text ? text : "nothing", want);
	free(text);
	json_decref(doc);
	json_decref(expected);
}

static void test_vlans(void **state)
{
	struct err err = {0};

	same(doc_vlans(*state, &err),
	     "[{\"port\":\"up\",\"vlans\":[{\"vlan\":10,\"flags\":[]},"
	     "{\"vlan\":20,\"last\":29,\"flags\":[]},{\"vlan\":100,\"flags\":[]}]},"
	     "{\"port\":\"a\",\"vlans\":[{\"vlan\":10,\"flags\":[\"pvid\",\"untagged\"]}]},"
	     "{\"port\":\"t\",\"vlans\":[{\"vlan\":20,\"last\":24,\"flags\":[]},"
	     "{\"vlan\":25,\"flags\":[\"pvid\",\"untagged\"]},"
	     "{\"vlan\":26,\"last\":29,\"flags\":[]}]},"
	     "{\"port\":\"q\",\"vlans\":[{\"vlan\":100,\"flags\":[\"pvid\",\"tunnel\"]}]}]");
}

static void test_changes(void **state)
{
	struct sw_change list[] = {{"add", "port", "a"}, {"change", "switch", "sw0"}};
	struct sw_changes changes = {list, 2}, none = {0};

	(void)state;
	same(doc_changes(&changes), "[{\"op\":\"add\",\"object\":\"port\",\"name\":\"a\"},"
				    "{\"op\":\"change\",\"object\":\"switch\",\"name\":\"sw0\"}]");
	same(doc_changes(&none), "[]");
}

static void test_counters(void **state)
{
	struct repx_drops drops = {.malformed = 1, .mark = 2, .move_limited = 3, .tx_error = 4};
	struct repx_drops zero = {0};

	(void)state;
	same(doc_drops(&drops), "{\"malformed\":1,\"mark\":2}");
	same(doc_events(&drops), "{\"move_limited\":3,\"tx_error\":4}");
	same(doc_drops(&zero), "{}");
	same(doc_events(&zero), "{}");
}

/* Every name of the lists stands at its own counter. */
static void test_names(void **state)
{
	(void)state;
#define SAME_DROP(name, text)                                        \
	assert_string_equal(doc_drop_name(REPX_DROP_##name), #name); \
	assert_string_equal(doc_drop_text(REPX_DROP_##name), text);
	REPX_DROPS(SAME_DROP)
#define SAME_EVENT(name, text) assert_string_equal(doc_event_name(REPX_EVENT_##name), #name);
	REPX_EVENTS(SAME_EVENT)
	assert_string_equal(doc_drop_name(REPX_DROP_MAX), "?");
	assert_string_equal(doc_event_name(REPX_EVENT_MAX), "?");
}

static void test_slots(void **state)
{
	assert_string_equal(doc_slot_name(*state, 3), "up");
	assert_string_equal(doc_slot_name(*state, 6), "q");
	assert_string_equal(doc_slot_name(*state, 0), "?");
	assert_string_equal(doc_slot_name(*state, REPX_PORT_NONE), "?");
}

static void test_ageing(void **state)
{
	const uint64_t second = 1000000000ULL, now = 1000 * second;
	struct repx_fdb entry = {.seen_ns = now - 10 * second};
	struct sw *sw = *state;
	uint64_t age;

	assert_true(doc_fdb_live(sw, &entry, now, &age));
	assert_int_equal(age, 10 * second);
	assert_false(doc_fdb_live(sw, &entry, now + 1, &age));
	assert_true(doc_fdb_live(sw, &entry, now - 20 * second, &age)); /* seen meanwhile */
	assert_int_equal(age, 0);
	entry.flags = REPX_FDB_STATIC;
	assert_true(doc_fdb_live(sw, &entry, now + 1, &age));
	assert_int_equal(age, 0);
	entry.flags = 0;
	sw->conf.ageing_ms = 0;
	assert_true(doc_fdb_live(sw, &entry, now + 1, &age));
	sw->conf.ageing_ms = 10000;
}

static void test_trace_errors(void **state)
{
	struct err no_port = {0}, missing = {0}, err = {0};

	assert_null(doc_trace(*state, "nobody", "", 0, &no_port));
	assert_int_equal(no_port.code, -ENOENT);
	assert_null(doc_trace(*state, "up", "", 0, &missing));
	assert_int_equal(missing.code, -ENODEV);
	/* the kernel would not run a program on this */
	same(doc_trace(*state, "a", "0123456789abc", 13, &err),
	     "{\"verdict\":\"drop\",\"reason\":\"malformed\",\"in\":\"a\",\"out\":[],\"steps\":["
	     "{\"step\":\"verdict\",\"text\":\"drop, malformed: frame, tag or header cut short or "
	     "unreadable\"}]}");
}

static void test_event_text(void **state)
{
	static const struct {
		const char *json, *text;
	} rows[] = {
		{"{\"time\":\"T\",\"event\":\"learnt\",\"port\":\"a\",\"mac\":\"m\",\"vlan\":10}",
		 "T learnt port a m vlan 10"},
		{"{\"time\":\"T\",\"event\":\"moved\",\"port\":\"a\",\"mac\":\"m\",\"vlan\":10,"
		 "\"from\":\"b\"}",
		 "T moved port a m vlan 10 from b"},
		{"{\"time\":\"T\",\"event\":\"port_up\",\"port\":\"a\"}", "T port_up port a"},
		{"{\"time\":\"T\",\"event\":\"config\",\"op\":\"add\",\"object\":\"port\","
		 "\"name\":\"a\",\"port\":\"a\"}",
		 "T config add port a"},
		{"{\"time\":\"T\",\"event\":\"config\",\"op\":\"change\","
		 "\"object\":\"switch\",\"name\":\"sw0\"}",
		 "T config change switch sw0"},
	};
	json_t *event;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		event = json_loads(rows[i].json, 0, NULL);
		text = events_text(event);
		assert_string_equal(text, rows[i].text);
		free(text);
		json_decref(event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vlans),	     cmocka_unit_test(test_changes),
		cmocka_unit_test(test_counters),     cmocka_unit_test(test_names),
		cmocka_unit_test(test_slots),	     cmocka_unit_test(test_ageing),
		cmocka_unit_test(test_trace_errors), cmocka_unit_test(test_event_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
