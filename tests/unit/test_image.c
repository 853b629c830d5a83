// SPDX-License-Identifier: GPL-2.0-only
/* test_image.c - what image_write() makes of small switches */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "util.h"

#define MAX_PORTS 256
#define SW(more) "version: 1\nswitch: {name: t, fdb: {ageing: 7s}" more "}\nports:\n"
#define UP "- {name: up, netdev: p0, role: uplink}\n"

/* ticks in a nanosecond, and a second */
#define TICKS (1 << REPX_TICKS_SHIFT)
#define TICKS_PER_S (1000000000ULL * TICKS)

static struct {
	struct conf conf;
	struct image_port host[8];
	struct repx_port ports[MAX_PORTS];
	struct repx_vlan vlans[REPX_MAX_VLANS];
	struct repx_sw sw;
} image;

static uint32_t slot_of(size_t port)
{
	return 3 + 61 * (uint32_t)port;
}

static void make(const char *yaml)
{
	struct conf_errors errors = {0};

	if (conf_parse(yaml, strlen(yaml), &image.conf, &errors))
		fail_msg("%u: %s", errors.list->pos.line, errors.list->text);
	for (size_t i = 0; i < image.conf.ports_len; i++)
		image.host[i] = (struct image_port){.slot = slot_of(i),
						    .ifindex = 10 + (uint32_t)i,
						    .mtu = 1500,
						    .mac = {2, 0, 0, 0, 1, (uint8_t)i},
						    .host_mac = {2, 0, 0, 0, 2, (uint8_t)i},
						    .guard = image.conf.ports[i].guard.on ? 5 : 0,
						    .flags = REPX_PORT_XMIT};
	/* whatever was there before must not shine through */
	memset(image.ports, 0xff, sizeof(image.ports));
	memset(image.vlans, 0xff, sizeof(image.vlans));
	memset(&image.sw, 0xff, sizeof(image.sw));
	image_write(&image.conf, image.host, MAX_PORTS, image.ports, image.vlans, &image.sw);
	conf_errors_done(&errors);
}

static void write_again(void)
{
	image_write(&image.conf, image.host, MAX_PORTS, image.ports, image.vlans, &image.sw);
}

static bool member(unsigned int vlan, size_t port)
{
	uint32_t s = slot_of(port);

	return image.vlans[vlan].members[s / 64] >> (s % 64) & 1;
}

static int teardown(void **state)
{
	(void)state;
	conf_done(&image.conf);
	return 0;
}

static void test_port(void **state)
{
	const struct repx_port *p = &image.ports[slot_of(1)];

	(void)state;
	make(SW("") UP "- {name: a, netdev: p1, vlan: {access: 10}, pcp: 5, mac_limit: 3,"
		       " isolated: true}\n");
	assert_int_equal(p->ifindex, 11);
	assert_int_equal(p->mtu, 1500);
	assert_int_equal(p->pvid, 10);
	assert_int_equal(p->pcp, 5);
	assert_int_equal(p->mac_limit, 3);
	assert_int_equal(p->guard, 0);
	assert_int_equal(p->tpid_be, htons(0x8100));
	assert_memory_equal(p->mac, image.host[1].mac, 6);
	assert_int_equal(p->flags & ~REPX_PORT_LIMITED, REPX_PORT_UP | REPX_PORT_ISOLATED |
								REPX_PORT_LEARN | REPX_PORT_FLOOD |
								REPX_PORT_XMIT);
	assert_true(image.ports[slot_of(0)].flags & REPX_PORT_UPLINK);
	assert_int_equal(image.ports[0].ifindex, 0);
	assert_int_equal(image.ports[MAX_PORTS - 1].ifindex, 0);
}

static void test_flags(void **state)
{
	uint32_t f;

	(void)state;
	make(SW("") "- {name: a, netdev: p1, vlan: {trunk: [10], native: 20, proto: 802.1ad},"
		    " learning: false, flood: false, state: down, link_local: host,"
		    " guard: {mac: ['02:00:00:00:00:01'], ip: [10.0.0.1], strict: true}}\n"
		    "- {name: q, netdev: p2, vlan: {tunnel: 100}}\n"
		    "- {name: s, netdev: p3, role: uplink, shared: true}\n");
	f = image.ports[slot_of(0)].flags & ~REPX_PORT_LIMITED;
	assert_int_equal(f, REPX_PORT_TAGGED | REPX_PORT_LINK_LOCAL | REPX_PORT_GUARD_MAC |
				    REPX_PORT_GUARD_IP | REPX_PORT_STRICT | REPX_PORT_XMIT);
	assert_int_equal(image.ports[slot_of(0)].tpid_be, htons(0x88a8));
	assert_int_equal(image.ports[slot_of(0)].pvid, 20);
	assert_int_equal(image.ports[slot_of(0)].guard, 5);
	assert_true(image.ports[slot_of(1)].flags & REPX_PORT_TUNNEL);
	assert_int_equal(image.ports[slot_of(1)].pvid, 100);
	assert_true(image.ports[slot_of(2)].flags & REPX_PORT_SHARED);
}

static void test_members(void **state)
{
	(void)state;
	make(SW("") UP "- {name: a, netdev: p1, vlan: {access: 10}}\n"
		       "- {name: t, netdev: p2, vlan: {trunk: [10, 20-22], native: 30}}\n"
		       "- {name: all, netdev: p3, vlan: {trunk: all}}\n"
		       "- {name: q, netdev: p4, vlan: {tunnel: 100}}\n");
	/* the uplink carries everything, a trunk no S-VLAN */
	assert_true(member(1, 0) && member(100, 0) && member(4094, 0));
	assert_true(member(1, 3) && !member(100, 3) && member(4094, 3));
	assert_true(member(10, 1) && !member(11, 1));
	assert_true(member(10, 2) && member(22, 2) && member(30, 2) && !member(23, 2));
	assert_true(member(100, 4) && !member(10, 4));
	assert_true(image.vlans[100].tunnel && !image.vlans[10].tunnel);
	for (size_t i = 0; i < 64; i++)
		assert_true(!image.vlans[0].members[i] && !image.vlans[4095].members[i]);
	for (size_t i = MAX_PORTS / 64; i < 64; i++)
		assert_true(!image.vlans[10].members[i]);
	/* slot 3 + 61 * 4 is in the fourth word */
	assert_in_range(image.sw.words, 4, MAX_PORTS / 64);
}

static void test_switch(void **state)
{
	(void)state;
	make(SW(", unknown: uplink, tc: {marks: true}, host: {netdev: h, vlan: {access: 10}}") UP
	     "- {name: a, netdev: p1, vlan: {access: 10}}\n");
	assert_int_equal(image.sw.ageing_ns, 7000000000ULL);
	assert_int_equal(image.sw.unknown, REPX_UNKNOWN_UPLINK);
	assert_true(image.sw.flags & REPX_SW_MARKS);
	assert_int_equal(image.sw.host_port, slot_of(2));
	assert_memory_equal(image.sw.host_mac, image.host[2].host_mac, 6);
	assert_true(image.ports[slot_of(2)].flags & REPX_PORT_HOST);
	assert_true(member(10, 2));
}

/* What is remembered may make an address older by so much: little, against the ageing. */
static void test_hold(void **state)
{
	static const struct {
		const char *ageing;
		unsigned int hold;
	} rows[] = {
		{"1s", 1}, {"127s", 1}, {"128s", REPX_HOLD}, {"5m", REPX_HOLD}, {"0s", REPX_HOLD}};
	char text[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(text, sizeof(text),
			 "version: 1\nswitch: {name: t, fdb: {ageing: %s}}\nports:\n" UP,
			 rows[i].ageing);
		make(text);
		assert_int_equal(image.sw.hold, rows[i].hold);
		teardown(state);
	}
	make(SW("") UP);
}

static void test_no_host(void **state)
{
	(void)state;
	make(SW("") UP);
	assert_int_equal(image.sw.host_port, REPX_PORT_NONE);
	assert_int_equal(image.sw.unknown, REPX_UNKNOWN_FLOOD);
	assert_int_equal(image.sw.flags, 0);
}

static void test_missing(void **state)
{
	(void)state;
	make(SW("") UP "- {name: a, netdev: p1, vlan: {access: 10}}\n");
	image.host[1].ifindex = 0;
	write_again();
	assert_int_equal(image.ports[slot_of(1)].ifindex, 0);
	assert_false(member(10, 1));
	assert_true(member(10, 0));
}

/* within a thousandth: fixed point */
static void near(uint64_t got, uint64_t want)
{
	assert_in_range(got, want - want / 1000, want + want / 1000);
}

static void test_limits(void **state)
{
	const struct repx_limit *l = image.ports[slot_of(0)].limit;

	(void)state;
	make(SW("") "- {name: a, netdev: p1, vlan: {access: 10}, rate: {rx: 8mbit, tx: 8gbit},"
		    " storm: {broadcast: 1000pps, multicast: 1pps}, mac_moves: 50}\n");
	/* a million bytes a second; two frames are more than 10 ms of it only below 303 kB/s */
	near(l[REPX_LIMIT_RX].cost, (TICKS_PER_S << REPX_COST_SHIFT) / 1000000);
	near(l[REPX_LIMIT_RX].burst, TICKS_PER_S / 100);
	near(l[REPX_LIMIT_TX].burst, TICKS_PER_S / 100);
	near(l[REPX_LIMIT_BROADCAST].burst, TICKS_PER_S / 10);
	near(l[REPX_LIMIT_MULTICAST].cost, TICKS_PER_S << REPX_COST_SHIFT);
	near(l[REPX_LIMIT_MULTICAST].burst, TICKS_PER_S / 10);
	assert_int_equal(l[REPX_LIMIT_UNKNOWN].cost, 0);
	near(l[REPX_LIMIT_MOVES].cost, (TICKS_PER_S << REPX_COST_SHIFT) / 50);
	near(l[REPX_LIMIT_MOVES].burst, TICKS_PER_S);
	assert_true(image.ports[slot_of(0)].flags & REPX_PORT_LIMITED);
}

static void test_burst(void **state)
{
	const struct repx_limit *l = image.ports[slot_of(0)].limit;

	(void)state;
	make(SW("") "- {name: a, netdev: p1, vlan: {access: 10}, rate: {rx: 800kbit}}\n");
	/* 100,000 bytes a second: two frames of 1518 */
	near(l[REPX_LIMIT_RX].burst, TICKS_PER_S / 100000 * 3036);
	conf_done(&image.conf);
	make(SW("") "- {name: a, netdev: p1, vlan: {access: 10},"
		    " rate: {rx: 800kbit, burst: 10k}}\n");
	near(l[REPX_LIMIT_RX].burst, TICKS_PER_S / 100000 * 10240);
}

/* 64 bytes at 100 Gbit/s are 5.12 ns: not rounded away */
static void test_fast(void **state)
{
	struct repx_limit l = image_limit(12500000000ULL, 125000000);

	(void)state;
	near(l.cost * 64000 >> REPX_COST_SHIFT, 5120ULL * TICKS);
	near(l.cost * 6400000 >> REPX_COST_SHIFT, 512000ULL * TICKS);
	assert_int_equal(image_limit(0, 0).cost, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_port, teardown),
		cmocka_unit_test_teardown(test_flags, teardown),
		cmocka_unit_test_teardown(test_members, teardown),
		cmocka_unit_test_teardown(test_switch, teardown),
		cmocka_unit_test_teardown(test_hold, teardown),
		cmocka_unit_test_teardown(test_no_host, teardown),
		cmocka_unit_test_teardown(test_missing, teardown),
		cmocka_unit_test_teardown(test_limits, teardown),
		cmocka_unit_test_teardown(test_burst, teardown),
		cmocka_unit_test(test_fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
