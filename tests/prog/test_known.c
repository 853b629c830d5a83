// SPDX-License-Identifier: GPL-2.0-only
/* test_known.c - what is remembered of addresses (repx_known): for a moment, and where */
#include "fixtest.h"

#include <bpf/bpf.h>
#include <string.h>

#include "util.h"

#define DATA "type,0800 raw,46"
#define DEADLINE_NS 5000000000ULL

static struct repx_fdb entry_of(const struct fix *fix, const char *name)
{
	struct repx_fdb_key key = {.vlan = 10};
	struct repx_fdb entry;

	pkt_mac(key.mac, name);
	assert_int_equal(bpf_map_lookup_elem(fix->obj.fdb, &key, &entry), 0);
	return entry;
}

static void begin(struct fix *fix, enum fix_hook hook)
{
	uint8_t mac[6];

	assert_int_equal(fix_conf(fix, ROW_BASE), 0);
	assert_int_equal(fix_hook(fix, hook), 0);
	pkt_mac(mac, "m2");
	fix_fdb_put(fix, 10, mac, model_port(&fix->model, "b"), false);
}

/* An address in use does not age, however often it is found remembered. */
static void refreshed(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	uint64_t first, end = now_ns() + DEADLINE_NS;

	begin(fix, hook);
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
	first = entry_of(fix, "m1").seen_ns;
	do {
		fixtest_send(fix, hook, "a", "m2 m1 " DATA);
		assert_true(now_ns() < end);
	} while (entry_of(fix, "m1").seen_ns - first < 30000000);
}

/* Known on one port, it is as good as unknown on another. */
static void elsewhere(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	uint32_t slot_a, slot_b;

	begin(fix, hook);
	slot_a = fix->image[model_port(&fix->model, "a")].slot;
	slot_b = fix->image[model_port(&fix->model, "b")].slot;
	for (int i = 0; i < 3; i++) {
		fixtest_send(fix, hook, "a", "m2 m1 " DATA);
		fixtest_send(fix, hook, "a", "m2 m1 " DATA);
		assert_int_equal(entry_of(fix, "m1").port, slot_a);
		fixtest_send(fix, hook, "b", "m3 m1 " DATA);
		assert_int_equal(entry_of(fix, "m1").port, slot_b);
	}
}

FIXTEST_BOTH(refreshed)
FIXTEST_BOTH(elsewhere)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refreshed_tc),
		cmocka_unit_test(test_refreshed_live),
		cmocka_unit_test(test_elsewhere_tc),
		cmocka_unit_test(test_elsewhere_live),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
