// SPDX-License-Identifier: GPL-2.0-only
/* test_conf_equal.c - conf_port_equal() sees a difference in any key */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conf.h"
#include "util.h"

/* Each of these differs from the first in one thing. */
static void test_port_equal(void **state)
{
	static const char *const ports[] = {
		"{name: a, netdev: b, vlan: {access: 10}}",
		"{name: c, netdev: b, vlan: {access: 10}}",
		"{name: a, netdev: c, vlan: {access: 10}}",
		"{name: a, netdev: b, vlan: {access: 11}}",
		"{name: a, netdev: b, vlan: {tunnel: 10}}",
		"{name: a, netdev: b, vlan: {trunk: [10]}}",
		"{name: a, netdev: b, vlan: {trunk: [10], native: 10}}",
		"{name: a, netdev: b, vlan: {trunk: [10, 11]}}",
		"{name: a, netdev: b, vlan: {trunk: [10], proto: 802.1ad}}",
		"{name: a, netdev: b, vlan: {trunk: all}}",
		"{name: a, netdev: b, vlan: {trunk: [1-4094]}}",
		"{name: a, netdev: b, vlan: {access: 10}, role: uplink}",
		"{name: a, netdev: b, vlan: {access: 10}, role: uplink, shared: true}",
		"{name: a, netdev: b, vlan: {access: 10}, guard: {strict: true}}",
		"{name: a, netdev: b, vlan: {access: 10}, guard: {mac: [02:00:00:00:00:01]}}",
		"{name: a, netdev: b, vlan: {access: 10}, guard: {mac: [02:00:00:00:00:02]}}",
		"{name: a, netdev: b, vlan: {access: 10}, guard: {ip: [10.0.0.0/8]}}",
		"{name: a, netdev: b, vlan: {access: 10}, guard: {ip: [10.0.0.0/9]}}",
		"{name: a, netdev: b, vlan: {access: 10}, rate: {rx: 1gbit}}",
		"{name: a, netdev: b, vlan: {access: 10}, rate: {tx: 1gbit}}",
		"{name: a, netdev: b, vlan: {access: 10}, rate: {tx: 1gbit, burst: 1m}}",
		"{name: a, netdev: b, vlan: {access: 10}, storm: {broadcast: 1pps}}",
		"{name: a, netdev: b, vlan: {access: 10}, storm: {multicast: 1pps}}",
		"{name: a, netdev: b, vlan: {access: 10}, storm: {unknown: 1pps}}",
		"{name: a, netdev: b, vlan: {access: 10}, mac_limit: 1}",
		"{name: a, netdev: b, vlan: {access: 10}, mac_moves: 1}",
		"{name: a, netdev: b, vlan: {access: 10}, isolated: true}",
		"{name: a, netdev: b, vlan: {access: 10}, learning: false}",
		"{name: a, netdev: b, vlan: {access: 10}, flood: false}",
		"{name: a, netdev: b, vlan: {access: 10}, link_local: host}",
		"{name: a, netdev: b, vlan: {access: 10}, pcp: 1}",
		"{name: a, netdev: b, vlan: {access: 10}, state: down}",
		"{name: a, netdev: b, vlan: {access: 10}, attach: tc}",
		"{name: a, netdev: b, vlan: {access: 10}, xdp: shared}",
	};
	struct conf a[ARRAY_SIZE(ports)];
	struct conf_errors errors;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		conf_init(&a[i]);
		assert_int_equal(conf_port_parse(ports[i], strlen(ports[i]), &a[i], &errors), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		for (size_t j = 0; j < ARRAY_SIZE(ports); j++)
			if (conf_port_equal(a[i].ports, a[j].ports) != (i == j))
				fail_msg("%s and %s", ports[i], ports[j]);
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		conf_done(&a[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_port_equal)};

	return cmocka_run_group_tests_name("conf_equal", tests, NULL, NULL);
}
