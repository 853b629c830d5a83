// SPDX-License-Identifier: GPL-2.0-only
/* test_conf_equal.c - conf_port_equal(), conf_fn_equal(), conf_vdpa_equal() see a
 * difference in any key */
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
		"{name: a, netdev: b, vlan: {access: 10}, rate: {rx_min: 1gbit}}",
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

#define PORT(keys)                              \
	"switch: {eswitch: pci/0000:03:00.0}\n" \
	"ports: [{name: a, vlan: {access: 10}, " keys "}]"

static void parse(const char *text, struct conf *conf)
{
	struct conf_errors errors;

	if (conf_parse(text, strlen(text), conf, &errors))
		fail_msg("%s: %s", text, errors.list[0].text);
}

/* What conf_fn_same(), conf_fn_equal() and conf_vdpa_equal() are to say of the first of
 * these and each of the others: S, F, V; conf_port_equal() of all that differ: no. */
static const struct {
	const char *port, *equal;
} likes[] = {
	{"sf: {num: 1, mac: 02:00:00:00:00:01}, vdpa: {}", "SFV"},
	{"vdpa: {mac: 02:00:00:00:00:01, name: a}, sf: {mac: 02:00:00:00:00:01, num: 1}", "SFV"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01, controller: 0}, vdpa: {}", "SFV"},
	{"sf: {num: 2, mac: 02:00:00:00:00:01}, vdpa: {}", "V"},
	{"sf: {num: 1, pf: 1, mac: 02:00:00:00:00:01}, vdpa: {}", "V"},
	{"sf: {num: 1, mac: 02:00:00:00:00:02}, vdpa: {mac: 02:00:00:00:00:01}", "SV"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01, eth: true}, vdpa: {}", "SV"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01, eth: false}, vdpa: {}", "SV"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01, rdma: false}, vdpa: {}", "SV"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01, roce: true}, vdpa: {}", "SV"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01, max_io_eqs: 1}, vdpa: {}", "SV"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01}", "SF"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01}, vdpa: {name: v}", "SF"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01}, vdpa: {mac: 02:00:00:00:00:03}", "SF"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01}, vdpa: {mtu: 1500}", "SF"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01}, vdpa: {max_vqp: 1}", "SF"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01}, vdpa: {features: [MQ]}", "SF"},
	{"sf: {num: 1, mac: 02:00:00:00:00:01}, vdpa: {bind: vhost}", "SF"},
	{"vf: {num: 1, mac: 02:00:00:00:00:01}", ""},
	{"netdev: p0", ""},
};

static void test_fn_equal(void **state)
{
	struct conf first, conf;
	char text[256], is[4];

	(void)state;
	snprintf(text, sizeof(text), PORT("%s"), likes[0].port);
	parse(text, &first);
	for (size_t i = 0; i < ARRAY_SIZE(likes); i++) {
		const struct conf_port *a = first.ports, *b;

		snprintf(text, sizeof(text), PORT("%s"), likes[i].port);
		parse(text, &conf);
		b = conf.ports;
		snprintf(is, sizeof(is), "%s%s%s", conf_fn_same(&a->fn, &b->fn) ? "S" : "",
			 conf_fn_equal(&a->fn, &b->fn) ? "F" : "",
			 conf_vdpa_equal(&a->vdpa, &b->vdpa) ? "V" : "");
		if (strcmp(is, likes[i].equal) || conf_port_equal(a, b) != !strcmp(is, "SFV"))
			fail_msg("%s: %s", likes[i].port, is);
		conf_done(&conf);
	}
	conf_done(&first);
}

/* A guard that follows the function is another one than a list that happens to be its. */
static void test_guard_equal(void **state)
{
	struct conf a, b;

	(void)state;
	parse(PORT("sf: {num: 1, mac: 02:00:00:00:00:01}, guard: true"), &a);
	parse(PORT("sf: {num: 1, mac: 02:00:00:00:00:01}, guard: {mac: [02:00:00:00:00:01]}"), &b);
	assert_false(conf_port_equal(a.ports, b.ports));
	assert_true(conf_port_equal(a.ports, a.ports));
	conf_done(&a);
	conf_done(&b);
	parse("ports: [{name: a, netdev: b, vlan: {access: 1}}, {name: c, netdev: d, vlan: "
	      "{access: 1}}]",
	      &a);
	assert_true(conf_fn_same(&a.ports[0].fn, &a.ports[1].fn));
	assert_true(conf_fn_equal(&a.ports[0].fn, &a.ports[1].fn));
	assert_true(conf_vdpa_equal(&a.ports[0].vdpa, &a.ports[1].vdpa));
	conf_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_port_equal),
		cmocka_unit_test(test_fn_equal),
		cmocka_unit_test(test_guard_equal),
	};

	return cmocka_run_group_tests_name("conf_equal", tests, NULL, NULL);
}
