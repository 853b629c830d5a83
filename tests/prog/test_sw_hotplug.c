// SPDX-License-Identifier: GPL-2.0-only
/* test_sw_hotplug.c - the engine while netdevs come and go */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "swhost.h"

static int setup(void **state)
{
	(void)state;
	swhost_veths(0, 3);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	swhost_down();
	swhost_run("for i in 0 1 2; do ip link del a$i 2>/dev/null; done; true");
	return 0;
}

static void hotplug(void **state)
{
	struct sw_changes changes = {0};
	struct sw sw;
	uint32_t slot;

	(void)state;
	swhost_run("ip link del a2");
	swhost_must_apply(SWHOST_BASIC "fdb:\n  - {mac: 02:00:00:00:00:07, vlan: 10, port: p2}\n",
			  4);
	assert_non_null(strstr(swhost_warnings, "a2"));
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_DAEMON, NULL), 0);
	assert_int_equal(sw_port_state(&sw, 2), SW_PORT_MISSING);
	slot = sw.ports[2].slot;
	assert_int_equal(sw_follow_host(&sw, NULL, &changes, NULL), 0);
	assert_int_equal(changes.len, 0);
	for (int round = 0; round < 3; round++) {
		swhost_veths(2, 1);
		assert_int_equal(sw_follow_host(&sw, NULL, &changes, &swhost_err), 0);
		assert_int_equal(changes.len, 2); /* the port, its static entry */
		sw_changes_done(&changes);
		assert_int_equal(sw_port_state(&sw, 2), SW_PORT_UP);
		assert_int_equal(sw.ports[2].slot, slot);
		assert_true(swhost_fdb_has(&sw, 7, 10));
		swhost_fdb_set(&sw, 21, 20, slot);
		swhost_run("ip link set a2 down; ip link set a2 name z2");
		assert_int_equal(sw_follow_host(&sw, NULL, &changes, NULL), 0);
		assert_int_equal(changes.len, 0);
		if (round == 1) { /* another netdev of that name in one go */
			swhost_run("ip link del z2");
			continue;
		}
		swhost_run("ip link del z2");
		assert_int_equal(sw_follow_host(&sw, NULL, &changes, NULL), 0);
		assert_int_equal(changes.len, 1);
		sw_changes_done(&changes);
		assert_int_equal(sw_port_state(&sw, 2), SW_PORT_MISSING);
		assert_int_equal(sw.ports[2].slot, slot);
		assert_false(swhost_fdb_has(&sw, 7, 10));
		assert_false(swhost_fdb_has(&sw, 21, 20));
	}
	sw_close(&sw);
	swhost_veths(2, 1);
	assert_int_equal(swhost_down(), 0);
}

/* A netdev that may not be a port stops no other. */
static void hotplug_refuses(void **state)
{
	struct sw_changes changes = {0};
	struct sw sw;

	(void)state;
	swhost_run("ip link del a0; ip link del a2");
	swhost_must_apply(SWHOST_BASIC, 4);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_DAEMON, NULL), 0);
	swhost_veths(0, 1);
	swhost_veths(2, 1);
	swhost_run("ip addr add 192.0.2.1/24 dev a0");
	*swhost_warnings = 0;
	assert_int_equal(sw_follow_host(&sw, swhost_warn, &changes, NULL), 0);
	assert_int_equal(changes.len, 1);
	sw_changes_done(&changes);
	assert_non_null(strstr(swhost_warnings, "IP address"));
	assert_int_equal(sw_port_state(&sw, 0), SW_PORT_MISSING);
	assert_int_equal(sw_port_state(&sw, 2), SW_PORT_UP);
	swhost_run("ip addr flush dev a0");
	assert_int_equal(sw_follow_host(&sw, swhost_warn, &changes, NULL), 0);
	assert_int_equal(changes.len, 1);
	sw_changes_done(&changes);
	assert_int_equal(sw_port_state(&sw, 0), SW_PORT_UP);
	sw_close(&sw);
	assert_int_equal(swhost_down(), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {TEST(hotplug), TEST(hotplug_refuses)};
	int ret = swhost_enter();

	if (ret) {
		printf("skip test_sw_hotplug: no namespaces of its own: %s\n", strerror(-ret));
		return 4;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
