// SPDX-License-Identifier: GPL-2.0-only
/* test_sw.c - the engine: a host is made to match a conf, and back */
#include <bpf/bpf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "swhost.h"
#include "util.h"

static char *before;

static int setup(void **state)
{
	(void)state;
	swhost_veths(0, 5);
	before = swhost_look(false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	swhost_down();
	swhost_run("for i in 0 1 2 3 4; do ip link del a$i 2>/dev/null; done; true");
	free(before);
	return 0;
}

static void no_trace(void)
{
	char *after;

	if (swhost_down())
		fail_msg("down: %s", swhost_err.text);
	after = swhost_look(false);
	swhost_same(before, after);
	free(after);
}

static void open_read(struct sw *sw)
{
	struct err err = {0};

	if (sw_open(sw, SWHOST_ROOT, "sw0", SW_READ, &err))
		fail_msg("open: %s", err.text);
}

static void twice_then_down(void **state)
{
	struct sw sw;
	char *first, *second;

	(void)state;
	swhost_must_apply(SWHOST_BASIC, 4);
	first = swhost_look(true);
	swhost_must_apply(SWHOST_BASIC, 0);
	second = swhost_look(true);
	swhost_same(first, second);
	open_read(&sw);
	assert_int_equal(sw.conf.ports_len, 3);
	for (int i = 0; i < 3; i++) {
		const struct repx_port *half =
			sw.obj.ports_mem + (size_t)bpf_obj_half(&sw.obj) * sw.obj.max_ports;

		assert_int_equal(sw.ports[i].slot, i);
		assert_int_equal(half[i].ifindex, sw.ports[i].ifindex);
		assert_int_not_equal(sw.ports[i].attach.mode.tc, ATTACH_TC_NONE);
		assert_int_equal(sw_port_state(&sw, (size_t)i), SW_PORT_UP);
	}
	sw_close(&sw);
	free(first);
	free(second);
	no_trace();
}

static void dry_run_makes_nothing(void **state)
{
	struct sw_changes changes = {0};
	struct sw sw;
	char *after;

	(void)state;
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, "sw0", SW_CHANGE, NULL), 0);
	assert_false(sw.exists);
	assert_int_equal(swhost_apply_open(&sw, SWHOST_BASIC, true, &changes), 0);
	assert_int_equal(changes.len, 4);
	assert_string_equal(changes.list[0].object, "switch");
	sw_changes_done(&changes);
	sw_close(&sw);
	after = swhost_look(false);
	swhost_same(before, after);
	free(after);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, "sw0", SW_READ, NULL), -ENOENT);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_CHANGE, NULL), -ENOENT);
}

static struct repx_port port_of(const char *name)
{
	struct repx_port port;
	struct sw sw;

	open_read(&sw);
	for (size_t i = 0; i < sw.conf.ports_len; i++)
		if (!strcmp(sw.conf.ports[i].name, name))
			port = sw.obj.ports_mem[bpf_obj_half(&sw.obj) * sw.obj.max_ports +
						sw.ports[i].slot];
	sw_close(&sw);
	return port;
}

/* Each key of a port reaches the half in use. */
static void every_key(void **state)
{
	static const struct {
		const char *keys;
		size_t at, size; /* in struct repx_port: must differ */
	} rows[] = {
		{"vlan: {access: 11}", offsetof(struct repx_port, pvid), 2},
		{"vlan: {trunk: [10]}", offsetof(struct repx_port, flags), 4},
		{"vlan: {tunnel: 300}", offsetof(struct repx_port, flags), 4},
		{"vlan: {access: 10}, guard: {mac: [02:00:00:00:00:01]}",
		 offsetof(struct repx_port, guard), 4},
		{"vlan: {access: 10}, rate: {rx: 1gbit}", offsetof(struct repx_port, limit), 16},
		{"vlan: {access: 10}, storm: {broadcast: 10pps}",
		 offsetof(struct repx_port, limit[REPX_LIMIT_BROADCAST]), 16},
		{"vlan: {access: 10}, mac_limit: 4", offsetof(struct repx_port, mac_limit), 4},
		{"vlan: {access: 10}, mac_moves: 5",
		 offsetof(struct repx_port, limit[REPX_LIMIT_MOVES]), 16},
		{"vlan: {access: 10}, isolated: true", offsetof(struct repx_port, flags), 4},
		{"vlan: {access: 10}, learning: false", offsetof(struct repx_port, flags), 4},
		{"vlan: {access: 10}, flood: false", offsetof(struct repx_port, flags), 4},
		{"vlan: {access: 10}, link_local: host", offsetof(struct repx_port, flags), 4},
		{"vlan: {access: 10}, pcp: 3", offsetof(struct repx_port, pcp), 1},
		{"vlan: {access: 10}, state: down", offsetof(struct repx_port, flags), 4},
	};
	struct repx_port plain, now;
	char yaml[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(yaml, sizeof(yaml),
			 "version: 1\n" SWHOST_SWITCH "ports:\n  - {name: p1, netdev: a1, "
			 "vlan: {access: 10}}\n");
		swhost_must_apply(yaml, i ? 1 : 2);
		plain = port_of("p1");
		snprintf(yaml, sizeof(yaml),
			 "version: 1\n" SWHOST_SWITCH "ports:\n  - {name: p1, netdev: a1, %s}\n",
			 rows[i].keys);
		swhost_must_apply(yaml, 1);
		now = port_of("p1");
		if (!memcmp((char *)&plain + rows[i].at, (char *)&now + rows[i].at, rows[i].size))
			fail_msg("'%s' did not arrive", rows[i].keys);
		swhost_must_apply(yaml, 0);
	}
	no_trace();
}

static void switch_keys(void **state)
{
	struct sw sw;

	(void)state;
	swhost_must_apply("version: 1\nswitch: {name: sw0, unknown: flood}\n", 1);
	swhost_must_apply("version: 1\nswitch: {name: sw0, unknown: drop}\n", 1);
	swhost_must_apply("version: 1\nswitch: {name: sw0, unknown: drop, fdb: {ageing: 0s}}\n", 1);
	open_read(&sw);
	assert_int_equal(sw.obj.cfg_mem->sw[bpf_obj_half(&sw.obj)].unknown, REPX_UNKNOWN_DROP);
	assert_int_equal(sw.obj.cfg_mem->sw[bpf_obj_half(&sw.obj)].ageing_ns, 0);
	sw_close(&sw);
	assert_int_equal(swhost_apply("version: 1\nswitch: {name: sw0, fdb: {size: 99}}\n", NULL),
			 -EINVAL);
	assert_non_null(strstr(swhost_err.text, "65536"));
	assert_non_null(strstr(swhost_err.text, "99"));
	no_trace();
}

static void owners(void **state)
{
	struct err err = {0};
	struct sw sw;

	(void)state;
	swhost_must_apply(SWHOST_BASIC, 4);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_CHANGE, &err), 0);
	if (sw_port_add(&sw, "{name: x, netdev: a3, vlan: {access: 10}}", SW_OWNER_CLI, NULL, &err))
		fail_msg("%s", err.text);
	assert_int_equal(sw_port_add(&sw, "{name: x, netdev: a4, vlan: {access: 10}}", SW_OWNER_CLI,
				     NULL, NULL),
			 -EINVAL);
	assert_int_equal(sw_port_add(&sw, "{name: y, netdev: a4, vlan: {access: 10}}", SW_OWNER_CNI,
				     NULL, NULL),
			 0);
	assert_int_equal(sw_port_del(&sw, "p1", SW_OWNER_CLI, NULL), -EPERM);
	assert_int_equal(sw_port_del(&sw, "y", SW_OWNER_CLI, NULL), -EPERM);
	assert_int_equal(sw_port_del(&sw, "nix", SW_OWNER_CLI, NULL), -ENOENT);
	sw_close(&sw);
	swhost_must_apply(SWHOST_BASIC, 0); /* leaves x and y alone */
	swhost_must_apply("version: 1\n" SWHOST_SWITCH, 3);
	open_read(&sw);
	assert_int_equal(sw.conf.ports_len, 2);
	assert_int_equal(sw.ports[0].owner, SW_OWNER_CLI);
	assert_int_equal(sw.ports[1].owner, SW_OWNER_CNI);
	sw_close(&sw);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_CHANGE, NULL), 0);
	assert_int_equal(sw_port_del(&sw, "x", SW_OWNER_CLI, NULL), 0);
	assert_int_equal(sw_port_del(&sw, "y", SW_OWNER_CNI, NULL), 0);
	assert_int_equal(sw.conf.ports_len, 0);
	sw_close(&sw);
	no_trace();
}

static void repairs(void **state)
{
	(void)state;
	swhost_must_apply(SWHOST_BASIC, 4);
	swhost_run("rm " SWHOST_ROOT "/bpf/sw0/links/*-1");
	swhost_must_apply(SWHOST_BASIC, 1);
	swhost_must_apply(SWHOST_BASIC, 0);
	swhost_run("ip link set a1 mtu 1400");
	swhost_must_apply(SWHOST_BASIC, 1);
	assert_int_equal(port_of("p1").mtu, 1400);
	swhost_run("ip link set a1 mtu 1500; ip link set a1 down");
	swhost_must_apply(SWHOST_BASIC, 1);
	swhost_must_apply(SWHOST_BASIC, 0); /* a link that was set down stays down */
	swhost_run("ip link show a1 | grep -q 'state DOWN'; ip link set a1 up");
	swhost_run("rm -r " SWHOST_ROOT "/bpf/sw0/*");
	assert_int_equal(swhost_apply(SWHOST_BASIC, NULL), 0);
	swhost_must_apply(SWHOST_BASIC, 0);
	no_trace();
}

static void refusals(void **state)
{
	static const char uplink[] =
		"version: 1\n" SWHOST_SWITCH "ports:\n  - {name: up, netdev: a0, role: uplink}\n";
	char *after;

	(void)state;
	swhost_run("ip addr add 192.0.2.1/24 dev a0");
	assert_int_equal(swhost_apply(uplink, NULL), -EADDRINUSE);
	assert_int_equal(swhost_apply("version: 1\n" SWHOST_SWITCH
				      "ports:\n  - {name: up, netdev: a0, "
				      "role: uplink, shared: true}\n",
				      NULL),
			 0);
	assert_int_equal(swhost_down(), 0);
	swhost_run("ip addr flush dev a0; ip link add br0 type bridge; ip link set a0 master br0");
	assert_int_equal(swhost_apply(uplink, NULL), -EBUSY);
	assert_non_null(strstr(swhost_err.text, "br0"));
	swhost_run("ip link del br0");
	assert_int_equal(swhost_apply("version: 1\n" SWHOST_SWITCH
				      "ports:\n  - {name: l, netdev: lo, vlan: {access: 1}}\n",
				      NULL),
			 -EOPNOTSUPP);
	after = swhost_look(false);
	swhost_same(before, after);
	free(after);
}

static void two_switches(void **state)
{
	struct sw_changes changes = {0};
	struct sw sw;

	(void)state;
	swhost_must_apply(SWHOST_BASIC, 4);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, "sw1", SW_CHANGE, NULL), 0);
	assert_int_equal(swhost_apply_open(&sw,
					   "version: 1\nswitch: {name: sw1}\nports:\n"
					   "  - {name: q, netdev: a1, vlan: {access: 1}}\n",
					   false, &changes),
			 -EBUSY);
	assert_non_null(strstr(swhost_err.text, "sw0"));
	assert_int_equal(swhost_apply_open(&sw,
					   "version: 1\nswitch: {name: sw1}\nports:\n"
					   "  - {name: q, netdev: a4, vlan: {access: 1}}\n",
					   false, &changes),
			 0);
	sw_changes_done(&changes);
	sw_close(&sw);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_READ, &swhost_err), -E2BIG);
	assert_int_equal(swhost_down(), 0);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_CHANGE, NULL), 0);
	assert_string_equal(sw.name, "sw1");
	assert_int_equal(sw_down(&sw, NULL), 0);
	sw_close(&sw);
	char *after = swhost_look(false);

	swhost_same(before, after);
	free(after);
}

static void host_port(void **state)
{
	static const char yaml[] =
		"version: 1\nswitch: {name: sw0, max_ports: 16, fdb: {size: 1024}, "
		"host: {netdev: h0, vlan: {access: 10}}}\nports:\n"
		"  - {name: p1, netdev: a1, vlan: {access: 10}}\n";
	struct sw sw;

	(void)state;
	swhost_must_apply(yaml, 3);
	swhost_must_apply(yaml, 0);
	open_read(&sw);
	assert_int_equal(sw.obj.cfg_mem->sw[bpf_obj_half(&sw.obj)].host_port, sw.ports[1].slot);
	assert_true(sw.ports[1].made_veth);
	sw_close(&sw);
	swhost_run("ip link show h0 | grep -q UP && ip link show h0-sw | grep -q UP");
	swhost_must_apply(SWHOST_BASIC, 4);
	swhost_run("! ip link show h0 2>/dev/null");
	swhost_must_apply(yaml, 4);
	no_trace();
	swhost_run("ip link add h0 type bridge");
	assert_int_equal(swhost_apply(yaml, NULL), -EEXIST);
	swhost_run("ip link del h0");
}

static void fdb(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9}, group[6] = {1, 0, 0, 0, 0, 9};
	struct sw sw;

	(void)state;
	swhost_must_apply(SWHOST_BASIC "fdb:\n  - {mac: 02:00:00:00:00:07, vlan: 10, port: p1}\n",
			  5);
	swhost_must_apply(SWHOST_BASIC "fdb:\n  - {mac: 02:00:00:00:00:07, vlan: 10, port: p1}\n",
			  0);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_CHANGE, NULL), 0);
	assert_true(swhost_fdb_has(&sw, 7, 10));
	assert_int_equal(sw_fdb_add(&sw, mac, 10, "p1", NULL), 0);
	assert_int_equal(sw_fdb_add(&sw, mac, 11, "p1", NULL), -EINVAL);
	assert_int_equal(sw_fdb_add(&sw, group, 10, "p1", NULL), -EINVAL);
	assert_int_equal(sw_fdb_add(&sw, mac, 10, "nix", NULL), -EINVAL);
	swhost_fdb_set(&sw, 20, 10, 1);
	swhost_fdb_set(&sw, 21, 20, 2);
	swhost_fdb_set(&sw, 22, 10, 2);
	assert_int_equal(sw_fdb_flush(&sw, "p2", 20, NULL), 1);
	assert_int_equal(sw_fdb_flush(&sw, "p1", 0, NULL), 1);
	assert_int_equal(sw_fdb_flush(&sw, NULL, 0, NULL), 1);
	swhost_fdb_set(&sw, 20, 10, 1);
	assert_int_equal(sw_fdb_age(&sw, NULL), 0);
	sw.conf.ageing_ms = 1;
	for (uint64_t until = now_ns() + 2000000; now_ns() < until;)
		;
	assert_int_equal(sw_fdb_age(&sw, NULL), 1);
	swhost_fdb_set(&sw, 21, 20, 2);
	swhost_fdb_set(&sw, 22, 10, 2);
	swhost_fdb_set(&sw, 23, 10, 1);
	sw_close(&sw);
	/* p2 leaves VLAN 20, p1 goes, the entry made by hand with it */
	swhost_must_apply("version: 1\n" SWHOST_SWITCH "ports:\n"
			  "  - {name: up, netdev: a0, role: uplink}\n"
			  "  - {name: p2, netdev: a2, vlan: {trunk: [10], native: 10}}\n",
			  3);
	open_read(&sw);
	assert_false(swhost_fdb_has(&sw, 7, 10));
	assert_false(swhost_fdb_has(&sw, 9, 10));
	assert_false(swhost_fdb_has(&sw, 21, 20));
	assert_true(swhost_fdb_has(&sw, 22, 10));
	assert_false(swhost_fdb_has(&sw, 23, 10));
	sw_close(&sw);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_CHANGE, NULL), 0);
	assert_int_equal(sw_fdb_add(&sw, mac, 10, "p2", NULL), 0);
	assert_int_equal(sw_fdb_del(&sw, mac, 10, NULL), 0);
	assert_int_equal(sw_fdb_del(&sw, mac, 10, NULL), -ENOENT);
	sw_close(&sw);
	no_trace();
}

static void mac_limit(void **state)
{
	struct repx_fdb_key value = {.vlan = 10, .mac = {2, 0, 0, 0, 0, 20}}, got;
	struct repx_maclim_key place = {.port = 1};
	struct sw sw;

	(void)state;
	swhost_must_apply(SWHOST_BASIC, 4);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, NULL, SW_CHANGE, NULL), 0);
	swhost_fdb_set(&sw, 20, 10, 1);
	swhost_fdb_set(&sw, 21, 10, 2);
	assert_int_equal(bpf_map_update_elem(sw.obj.maclim, &place, &value, BPF_ANY), 0);
	sw.obj.state_mem[1].ring_used = 1;
	sw_close(&sw);
	swhost_must_apply("version: 1\n" SWHOST_SWITCH "ports:\n"
			  "  - {name: up, netdev: a0, role: uplink}\n"
			  "  - {name: p1, netdev: a1, vlan: {access: 10}, mac_limit: 3}\n"
			  "  - {name: p2, netdev: a2, vlan: {trunk: [10, 20-29], native: 10}}\n",
			  1);
	open_read(&sw);
	assert_false(swhost_fdb_has(&sw, 20, 10));
	assert_true(swhost_fdb_has(&sw, 21, 10));
	assert_int_not_equal(bpf_map_lookup_elem(sw.obj.maclim, &place, &got), 0);
	assert_int_equal(sw.obj.state_mem[1].ring_used, 0);
	sw_close(&sw);
	no_trace();
}

static size_t count_keys(int fd)
{
	char key[64], next[64];
	size_t n = 0;

	for (void *last = NULL; !bpf_map_get_next_key(fd, last, next); last = key, n++)
		memcpy(key, next, sizeof(key));
	return n;
}

static void guards(void **state)
{
	struct sw sw;

	(void)state;
	swhost_must_apply(
		"version: 1\n" SWHOST_SWITCH
		"ports:\n  - {name: p1, netdev: a1, vlan: {access: 10}, guard: {mac: "
		"[02:00:00:00:00:01, 02:00:00:00:00:02], ip: [10.0.0.1, \"2001:db8::/64\"]}}\n",
		2);
	open_read(&sw);
	assert_int_equal(count_keys(sw.obj.guard_mac), 2);
	assert_int_equal(count_keys(sw.obj.guard_ip), 2);
	sw_close(&sw);
	swhost_must_apply("version: 1\n" SWHOST_SWITCH
			  "ports:\n  - {name: p1, netdev: a1, vlan: {access: 10}, guard: {mac: "
			  "[02:00:00:00:00:01]}}\n",
			  1);
	open_read(&sw);
	assert_int_equal(count_keys(sw.obj.guard_mac), 1);
	assert_int_equal(count_keys(sw.obj.guard_ip), 0);
	assert_int_equal(sw.ports[0].guard, 2);
	sw_close(&sw);
	swhost_must_apply("version: 1\n" SWHOST_SWITCH
			  "ports:\n  - {name: p1, netdev: a1, vlan: {access: 10}}\n",
			  1);
	open_read(&sw);
	assert_int_equal(count_keys(sw.obj.guard_mac), 0);
	sw_close(&sw);
	no_trace();
}

/* The netdev of a port is another one, and the former lives on. */
static void moves_netdev(void **state)
{
	struct sw sw;

	(void)state;
	swhost_must_apply(SWHOST_BASIC, 4);
	swhost_must_apply("version: 1\n" SWHOST_SWITCH "ports:\n"
			  "  - {name: up, netdev: a0, role: uplink}\n"
			  "  - {name: p1, netdev: a3, vlan: {access: 10}}\n"
			  "  - {name: p2, netdev: a2, vlan: {trunk: [10, 20-29], native: 10}}\n",
			  1);
	open_read(&sw);
	assert_int_equal(count_keys(sw.obj.ifaces), 3);
	sw_close(&sw);
	swhost_run("ip link show a1 | grep -q 'state DOWN'");
	swhost_must_apply(SWHOST_BASIC, 1);
	no_trace();
}

static void modes(void **state)
{
	static const char *const attach[] = {"xdp", "tcx",    "clsact", "xdp-generic",
					     "tc",  "clsact", "auto"};
	char yaml[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(attach); i++) {
		snprintf(yaml, sizeof(yaml),
			 "version: 1\n" SWHOST_SWITCH "ports:\n  - {name: p1, netdev: a1, "
			 "vlan: {access: 10}, attach: %s}\n",
			 attach[i]);
		swhost_must_apply(yaml, i ? 1 : 2);
		swhost_must_apply(yaml, 0);
	}
	no_trace();
}

/* A state.json of another version's programs: all are replaced in place. */
static void upgrade(void **state)
{
	(void)state;
	swhost_must_apply(SWHOST_BASIC, 4);
	swhost_run("sed -i 's/\"build\":\"[^\"]*\"/\"build\":\"0.0.1\"/' " SWHOST_ROOT
		   "/run/sw0/state.json");
	swhost_must_apply(SWHOST_BASIC, 4);
	swhost_must_apply(SWHOST_BASIC, 0);
	no_trace();
}

static void places(void **state)
{
	struct err err = {0};
	struct sw sw;

	(void)state;
	swhost_run("mkdir -m 0777 /mnt/open; mkdir -p /mnt/sticky/in; chmod 1777 /mnt/sticky");
	assert_int_equal(sw_open(&sw, "/mnt/open", "sw0", SW_CHANGE, &err), -EPERM);
	assert_int_equal(sw_open(&sw, "/mnt/sticky/in", "sw0", SW_CHANGE, NULL), 0);
	sw_close(&sw);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, "../x", SW_CHANGE, NULL), -EINVAL);
	assert_int_equal(sw_open(&sw, SWHOST_ROOT, "sw0", SW_DAEMON, NULL), 0);
	struct sw other;

	assert_int_equal(sw_open(&other, SWHOST_ROOT, "sw0", SW_DAEMON, NULL), -EBUSY);
	sw_close(&sw);
	swhost_run("test -z \"$(ls -A " SWHOST_ROOT ")\"; rm -r /mnt/open /mnt/sticky");
}

/* A port that only gets another name goes on as it is; two that trade their netdevs
 * are both there afterwards. */
static void renamed(void **state)
{
	static const char renamed[] =
		"version: 1\n" SWHOST_SWITCH "ports:\n"
		"  - {name: up, netdev: a0, role: uplink}\n"
		"  - {name: other, netdev: a1, vlan: {access: 10}}\n"
		"  - {name: p2, netdev: a2, vlan: {trunk: [10, 20-29], native: 10}}\n";
	static const char traded[] =
		"version: 1\n" SWHOST_SWITCH "ports:\n"
		"  - {name: up, netdev: a0, role: uplink}\n"
		"  - {name: other, netdev: a2, vlan: {access: 10}}\n"
		"  - {name: p2, netdev: a1, vlan: {trunk: [10, 20-29], native: 10}}\n";
	struct repx_port was, now;
	uint32_t slot;
	struct sw sw;

	(void)state;
	swhost_must_apply(SWHOST_BASIC, 4);
	was = port_of("p1");
	swhost_must_apply(renamed, 2); /* one port less, one more */
	now = port_of("other");
	assert_memory_equal(&was, &now, sizeof(was));
	swhost_must_apply(renamed, 0);
	swhost_must_apply(traded, 2);
	open_read(&sw);
	for (int i = 0; i < 3; i++) {
		uint32_t ifindex = sw.ports[i].ifindex;

		assert_int_equal(bpf_map_lookup_elem(sw.obj.ifaces, &ifindex, &slot), 0);
		assert_int_equal(slot, sw.ports[i].slot);
	}
	sw_close(&sw);
	swhost_run("for i in 0 1 2; do ip link show a$i | grep -q ',UP' || exit 1; done");
	swhost_must_apply(traded, 0);
	no_trace();
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(twice_then_down), TEST(dry_run_makes_nothing),
		TEST(every_key),       TEST(switch_keys),
		TEST(owners),	       TEST(repairs),
		TEST(refusals),	       TEST(two_switches),
		TEST(host_port),       TEST(fdb),
		TEST(mac_limit),       TEST(guards),
		TEST(moves_netdev),    TEST(modes),
		TEST(upgrade),	       TEST(places),
		TEST(renamed),
	};
	int ret = swhost_enter();

	if (ret) {
		printf("skip test_sw: no namespaces of its own: %s\n", strerror(-ret));
		return 4;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
