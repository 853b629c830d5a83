// SPDX-License-Identifier: GPL-2.0-only
/* rows_rules.c - frames for rules 1 to 5: parse, port, VLAN, source, reserved groups */
#include "rows.h"
#include "util.h"

#define DATA "type,0800 raw,46"
#define UP_AD "- {name: up, netdev: p0, role: uplink, vlan: {trunk: all, proto: 802.1ad}}\n"
#define T_AD "- {name: t, netdev: p3, vlan: {trunk: [10, 20-29], native: 30, proto: 802.1ad}}\n"
#define AD ROW_SW "ports:\n" UP_AD ROW_A ROW_B T_AD ROW_Q
#define NONATIVE ROW_SW "ports:\n" ROW_UP ROW_A "- {name: t, netdev: p3, vlan: {trunk: [10]}}\n"
#define DOWN                                                                           \
	ROW_SW "ports:\n" ROW_UP "- {name: a, netdev: p1, vlan: {access: 10}, state: " \
	       "down}\n" ROW_B
#define HOST                                                                                    \
	"version: 1\nswitch: {name: t, host: {netdev: h, vlan: {access: 10}}}\nports:\n" ROW_UP \
		ROW_A ROW_B ROW_T
#define LLH                                                               \
	"- {name: l, netdev: p5, vlan: {access: 10}, link_local: host}\n" \
	"- {name: k, netdev: p6, vlan: {trunk: [10]}, link_local: host}\n"
#define ALL ROW_SW "ports:\n" ROW_UP ROW_A ROW_Q "- {name: s, netdev: p5, vlan: {trunk: all}}\n"
#define SHARED                                                                \
	ROW_SW "ports:\n- {name: up, netdev: p0, role: uplink, shared: true," \
	       " vlan: {trunk: [10, 20], native: 10}}\n" ROW_A ROW_T
#define SHARED0 ROW_SW "ports:\n- {name: up, netdev: p0, role: uplink, shared: true}\n" ROW_A ROW_T
#define MARKS "version: 1\nswitch: {name: t, tc: {marks: true}}\nports:\n" ROW_UP ROW_A ROW_B
#define PCP                                                                              \
	ROW_SW "ports:\n" ROW_UP "- {name: a, netdev: p1, vlan: {access: 10}, pcp: 5}\n" \
	       "- {name: q, netdev: p4, vlan: {tunnel: 100}, pcp: 3}\n"

static const struct row rows[] = {
	/* 1 parse */
	{"tag cut short", ROW_BASE, NULL, "a", "bc m1 q,10 cut,16", "drop malformed", .out = NULL},
	{"tag without ethertype", ROW_BASE, NULL, "up", "bc m1 q,10 cut,17", "drop malformed"},
	{"0x8100 and nothing", ROW_BASE, NULL, "up", "bc m1 q,10 cut,14", "drop malformed"},
	{"0x88a8 cut short on a tunnel", ROW_BASE, NULL, "q", "bc m1 ad,7 cut,15",
	 "drop malformed"},
	{"cut tag on a port that is down", DOWN, NULL, "a", "bc m1 q,10 cut,16", "drop malformed"},
	{"shortest tagged frame", ROW_BASE, NULL, "up", "bc m1 q,10 type,0800", "flood",
	 "a:- b:- t:q,10"},
	{"shortest untagged frame", ROW_BASE, NULL, "a", "bc m1 type,0800", "flood",
	 "up:q,10 b:- t:q,10"},
	{"length field instead of a type", ROW_BASE, NULL, "a", "bc m1 type,0026 raw,46", "flood",
	 "up:q,10 b:- t:q,10"},
	{"VID 4095", ROW_BASE, NULL, "up", "bc m1 q,4095 " DATA, "drop vlan"},
	{"VID 4095 on an access port", ROW_BASE, NULL, "a", "bc m1 ad,4095 " DATA, "drop vlan"},
	{"VID 4095 on a tunnel", ROW_BASE, NULL, "q", "bc m1 q,4095 " DATA, "drop vlan"},
	{"VID 4095, 802.1ad, on a tunnel", ROW_BASE, NULL, "q", "bc m1 ad,4095,7 " DATA,
	 "drop vlan"},
	{"VID 4095 on a port that is down", DOWN, NULL, "a", "bc m1 q,4095 " DATA, "drop vlan"},
	{"VID 4095 in the inner tag of a tunnel", ROW_BASE, NULL, "q", "bc m1 q,9 q,4095 " DATA,
	 "flood", "up:ad,100+q,9+q,4095"},

	/* 2 port */
	{"no port of the switch", ROW_BASE, NULL, "-", "bc m1 " DATA, "kernel"},
	{"no port, cut tag", ROW_BASE, NULL, "-", "bc m1 q,10 cut,16", "kernel"},
	{"port down", DOWN, NULL, "a", "m2 m1 " DATA, "drop port_down"},
	{"port down, bad source", DOWN, NULL, "a", "m2 bc " DATA, "drop port_down"},
	{"to the uplink's own MAC", ROW_BASE, NULL, "up", "nic0 m1 " DATA, "kernel"},
	{"to the uplink's own MAC, tagged", ROW_BASE, NULL, "up", "nic0 m1 q,10 " DATA, "kernel"},
	{"to the uplink's own MAC, tag not allowed", ROW_BASE, NULL, "up", "nic0 m1 ad,10 " DATA,
	 "kernel"},
	{"to the uplink's own MAC, group source", ROW_BASE, NULL, "up", "nic0 bc " DATA, "kernel"},
	{"to the uplink's own MAC from a port", ROW_BASE, NULL, "a", "nic0 m1 " DATA, "flood",
	 "up:q,10 b:- t:q,10"},
	{"to a port's own MAC", ROW_BASE, NULL, "a", "nic1 m1 " DATA, "flood",
	 "up:q,10 b:- t:q,10"},
	{"to the uplink's own MAC with a host port", HOST, NULL, "up", "nic0 m1 q,10 " DATA,
	 "flood", "a:- b:- t:q,10 host:-"},

	/* marks of tc scripts */
	{"mark: drop", MARKS, "mark 52500001", "a", "bc m1 " DATA, "drop mark", .flags = ROW_TC},
	{"mark: drop, before the VLAN", MARKS, "mark 52500001", "a", "bc m1 q,9 " DATA, "drop mark",
	 .flags = ROW_TC},
	{"mark: drop, after malformed", MARKS, "mark 52500001", "a", "bc m1 q,9 cut,15",
	 "drop malformed", .flags = ROW_TC},
	{"mark: kernel", MARKS, "mark 52500002", "a", "bc m1 " DATA, "kernel", .flags = ROW_TC},
	{"mark: drop and kernel", MARKS, "mark 52500003", "a", "bc m1 " DATA, "drop mark",
	 .flags = ROW_TC},
	{"mark: do not learn", MARKS, "mark 52500004", "a", "bc m1 " DATA, "flood", "up:q,10 b:-",
	 .fdb = "10 m1 -", .flags = ROW_TC},
	{"mark: do not offload is nothing here", MARKS, "mark 52500008", "a", "bc m1 " DATA,
	 "flood", "up:q,10 b:-", .fdb = "10 m1 a", .flags = ROW_TC},
	{"mark of somebody else", MARKS, "mark 52600001", "a", "bc m1 " DATA, "flood",
	 "up:q,10 b:-", .flags = ROW_TC},
	{"marks are not obeyed unless asked for", ROW_BASE, "mark 52500001", "a", "bc m1 " DATA,
	 "flood", "up:q,10 b:- t:q,10", .flags = ROW_TC},

	/* 3 VLAN: access */
	{"access: untagged", ROW_BASE, NULL, "a", "bc m1 " DATA, "flood", "up:q,10 b:- t:q,10",
	 .fdb = "10 m1 a"},
	{"access: own VID tagged", ROW_BASE, NULL, "a", "bc m1 q,10 " DATA, "drop vlan",
	 .fdb = "10 m1 -"},
	{"access: other VID", ROW_BASE, NULL, "a", "bc m1 q,20 " DATA, "drop vlan"},
	{"access: 802.1ad tag", ROW_BASE, NULL, "a", "bc m1 ad,10 " DATA, "drop vlan"},
	{"access: priority tag", ROW_BASE, NULL, "a", "bc m1 q,0,6 " DATA, "flood",
	 "up:q,10,6 b:- t:q,10,6"},
	{"access: priority tag with DEI", ROW_BASE, NULL, "a", "bc m1 q,0,1,1 " DATA, "flood",
	 "up:q,10,1,1 b:- t:q,10,1,1"},
	{"access: priority tag of the other TPID", ROW_BASE, NULL, "a", "bc m1 ad,0,6 " DATA,
	 "drop vlan"},
	{"access: priority tag, another inside", ROW_BASE, NULL, "a", "bc m1 q,0,6 q,20 " DATA,
	 "flood", "up:q,10,6+q,20 b:q,20 t:q,10,6+q,20"},
	{"access: two tags", ROW_BASE, NULL, "a", "bc m1 q,10 q,20 " DATA, "drop vlan"},
	{"access: pcp of untagged frames", PCP, NULL, "a", "bc m1 " DATA, "flood", "up:q,10,5"},
	{"access: pcp does not replace a priority tag's", PCP, NULL, "a", "bc m1 q,0,2 " DATA,
	 "flood", "up:q,10,2"},

	/* 3 VLAN: trunk */
	{"trunk: in the set", ROW_BASE, NULL, "t", "bc m1 q,20,3,1 " DATA, "flood", "up:q,20,3,1",
	 .fdb = "20 m1 t"},
	{"trunk: first and last of a range", ROW_BASE, NULL, "t", "bc m1 q,29 " DATA, "flood",
	 "up:q,29"},
	{"trunk: beyond the range", ROW_BASE, NULL, "t", "bc m1 q,19 " DATA, "drop vlan"},
	{"trunk: not in the set", ROW_BASE, NULL, "t", "bc m1 q,11 " DATA, "drop vlan"},
	{"trunk: untagged is native", ROW_BASE, NULL, "t", "bc m1 " DATA, "flood", "up:q,30",
	 .fdb = "30 m1 t"},
	{"trunk: tagged native", ROW_BASE, NULL, "t", "bc m1 q,30,4 " DATA, "flood", "up:q,30,4"},
	{"trunk: priority tag is native", ROW_BASE, NULL, "t", "bc m1 q,0,4 " DATA, "flood",
	 "up:q,30,4"},
	{"trunk: untagged without native", NONATIVE, NULL, "t", "bc m1 " DATA, "drop vlan"},
	{"trunk: priority tag without native", NONATIVE, NULL, "t", "bc m1 q,0 " DATA, "drop vlan"},
	{"trunk: other TPID", ROW_BASE, NULL, "t", "bc m1 ad,20 " DATA, "drop vlan"},
	{"trunk: S-VLAN of a tunnel", ROW_BASE, NULL, "t", "bc m1 q,100 " DATA, "drop vlan"},
	{"trunk: all", ALL, NULL, "s", "bc m1 q,4094 " DATA, "flood", "up:q,4094"},
	{"trunk: all, VID 1", ALL, NULL, "s", "bc m1 q,1 " DATA, "flood", "up:q,1"},
	{"trunk: all is without S-VLANs", ALL, NULL, "s", "bc m1 q,100 " DATA, "drop vlan"},
	{"trunk: all gets no S-VLAN", ALL, NULL, "q", "bc m1 " DATA, "flood", "up:ad,100"},
	{"trunk: inner tag stays", ROW_BASE, NULL, "t", "bc m1 q,10,2 ad,44 " DATA, "flood",
	 "up:q,10,2+ad,44 a:ad,44 b:ad,44"},
	{"trunk 802.1ad: its TPID", AD, NULL, "t", "bc m1 ad,10,2 " DATA, "flood",
	 "up:ad,10,2 a:- b:-"},
	{"trunk 802.1ad: 0x8100", AD, NULL, "t", "bc m1 q,10 " DATA, "drop vlan"},
	{"trunk 802.1ad: priority tag", AD, NULL, "t", "bc m1 ad,0,7 " DATA, "flood", "up:ad,30,7"},
	{"trunk 802.1ad: 0x8100 priority tag", AD, NULL, "t", "bc m1 q,0,7 " DATA, "drop vlan"},

	/* 3 VLAN: tunnel */
	{"tunnel: untagged", ROW_BASE, NULL, "q", "bc m1 " DATA, "flood", "up:ad,100",
	 .fdb = "100 m1 q"},
	{"tunnel: tagged", ROW_BASE, NULL, "q", "bc m1 q,10,5 " DATA, "flood", "up:ad,100+q,10,5"},
	{"tunnel: priority tag is payload", ROW_BASE, NULL, "q", "bc m1 q,0,5 " DATA, "flood",
	 "up:ad,100+q,0,5"},
	{"tunnel: 802.1ad tag is payload", ROW_BASE, NULL, "q", "bc m1 ad,100,5 " DATA, "flood",
	 "up:ad,100+ad,100,5"},
	{"tunnel: pcp of the S-tag", PCP, NULL, "q", "bc m1 q,10,5,1 " DATA, "flood",
	 "up:ad,100,3+q,10,5,1"},
	{"to a tunnel", ROW_BASE, NULL, "up", "bc m1 ad,100,5 q,10 " DATA, "flood", "q:q,10"},
	{"to a tunnel, nothing inside", ROW_BASE, NULL, "up", "bc m1 ad,100,5 " DATA, "flood",
	 "q:-"},
	{"to a tunnel, priority tag inside", ROW_BASE, NULL, "up", "bc m1 ad,100 q,0,3 " DATA,
	 "flood", "q:q,0,3"},

	/* 3 VLAN: uplink */
	{"uplink: S-VLAN with 0x8100", ROW_BASE, NULL, "up", "bc m1 q,100 " DATA, "drop vlan"},
	{"uplink: other VLAN with 0x88a8", ROW_BASE, NULL, "up", "bc m1 ad,10 " DATA, "drop vlan"},
	{"uplink: VID 0 with 0x88a8", ROW_BASE, NULL, "up", "bc m1 ad,0 " DATA, "drop vlan"},
	{"uplink: untagged", ROW_BASE, NULL, "up", "bc m1 " DATA, "drop vlan"},
	{"uplink: priority tag", ROW_BASE, NULL, "up", "bc m1 q,0,7 " DATA, "drop vlan"},
	{"uplink: VLAN of nobody else", ROW_BASE, NULL, "up", "bc m1 q,999 " DATA,
	 "drop no_member"},
	{"uplink 802.1ad: all with 0x88a8", AD, NULL, "up", "bc m1 ad,10,1 " DATA, "flood",
	 "a:- b:- t:ad,10,1"},
	{"uplink 802.1ad: S-VLAN", AD, NULL, "up", "bc m1 ad,100,1 " DATA, "flood", "q:-"},
	{"uplink 802.1ad: 0x8100", AD, NULL, "up", "bc m1 q,10 " DATA, "drop vlan"},
	{"uplink 802.1ad: from access", AD, NULL, "a", "bc m1 " DATA, "flood",
	 "up:ad,10 b:- t:ad,10"},

	/* 3 VLAN: shared uplink */
	{"shared: untagged broadcast", SHARED, NULL, "up", "bc m1 " DATA, "flood", "a:- t:q,10",
	 .flags = ROW_KERNEL_COPY},
	{"shared: untagged multicast", SHARED, NULL, "up", "mc m1 " DATA, "flood", "a:- t:q,10",
	 .flags = ROW_KERNEL_COPY},
	{"shared: tagged broadcast", SHARED, NULL, "up", "bc m1 q,10 " DATA, "flood", "a:- t:q,10"},
	{"shared: untagged unicast", SHARED, NULL, "up", "m2 m1 " DATA, "flood", "a:- t:q,10"},
	{"shared: untagged broadcast without VLAN", SHARED0, NULL, "up", "bc m1 " DATA, "kernel"},
	{"shared: untagged multicast without VLAN", SHARED0, NULL, "up", "mc m1 " DATA, "kernel"},
	{"shared: untagged unicast without VLAN", SHARED0, NULL, "up", "m2 m1 " DATA, "drop vlan"},
	{"shared: priority-tagged broadcast", SHARED, NULL, "up", "bc m1 q,0,5 " DATA, "flood",
	 "a:- t:q,10,5", .flags = ROW_KERNEL_COPY},
	{"shared: priority-tagged broadcast without VLAN", SHARED0, NULL, "up", "bc m1 q,0,5 " DATA,
	 "kernel"},
	{"shared: broadcast nobody else may have goes to the kernel",
	 ROW_SW "ports:\n- {name: up, netdev: p0, role: uplink, shared: true,"
		" vlan: {trunk: [10, 20], native: 20}}\n" ROW_A,
	 NULL, "up", "bc m1 " DATA, "flood", .flags = ROW_KERNEL_COPY},
	{"shared: bad source without VLAN", SHARED0, NULL, "up", "bc bc " DATA, "drop bad_source"},
	{"shared: pause frame without VLAN", SHARED0, NULL, "up", "ll01 m1 type,8808 raw,46",
	 "drop reserved"},

	/* 4 source */
	{"broadcast source", ROW_BASE, NULL, "a", "m2 bc " DATA, "drop bad_source"},
	{"multicast source", ROW_BASE, NULL, "a", "m2 mc " DATA, "drop bad_source"},
	{"zero source", ROW_BASE, NULL, "a", "m2 zero " DATA, "drop bad_source"},
	{"group source and tag not allowed", ROW_BASE, NULL, "a", "m2 bc q,10 " DATA, "drop vlan"},
	{"zero destination is unicast", ROW_BASE, NULL, "a", "zero m1 " DATA, "flood",
	 "up:q,10 b:- t:q,10"},

	/* 5 reserved */
	{"LLDP from the uplink", ROW_BASE, NULL, "up", "ll0e m1 type,88cc raw,46", "kernel"},
	{"LACP from the uplink, tagged", ROW_BASE, NULL, "up", "ll02 m1 q,10 type,8809 raw,46",
	 "kernel"},
	{"STP from the uplink, priority tag", ROW_BASE, NULL, "up", "ll00 m1 q,0,7 raw,46",
	 "kernel"},
	{"reserved from the uplink, tag not allowed", ROW_BASE, NULL, "up",
	 "ll0e m1 ad,10 type,88cc raw,46", "drop vlan"},
	{"reserved from the uplink, bad source", ROW_BASE, NULL, "up", "ll0e mc type,88cc raw,46",
	 "drop bad_source"},
	{"pause frame from the uplink", ROW_BASE, NULL, "up", "ll01 m1 type,8808 raw,46",
	 "drop reserved"},
	{"one past the reserved groups", ROW_BASE, NULL, "up", "ll10 m1 q,10 " DATA, "flood",
	 "a:- b:- t:q,10"},
	{"one past the reserved groups, untagged", ROW_BASE, NULL, "up", "ll10 m1 " DATA,
	 "drop vlan"},
	{"last reserved group from a port", ROW_BASE, NULL, "a", "ll0f m1 " DATA, "drop reserved"},
	{"LLDP from a port", ROW_BASE, NULL, "a", "ll0e m1 type,88cc raw,46", "drop reserved",
	 .fdb = "10 m1 -"},
	{"LLDP from a trunk without native", NONATIVE, NULL, "t", "ll0e m1 type,88cc raw,46",
	 "drop vlan"},
	{"LLDP from the uplink to the host", HOST, NULL, "up", "ll0e m1 type,88cc raw,46", "host",
	 "host:=", .fdb = "10 m1 -"},
	{"LLDP to the host keeps its tag", HOST, NULL, "up", "ll0e m1 q,20,3 type,88cc raw,46",
	 "host", "host:="},
	{"LLDP to the host keeps a priority tag", HOST, NULL, "up",
	 "ll0e m1 q,0,3 type,88cc raw,46", "host", "host:="},
	{"reserved, too big for the host", HOST, "mtu host 1400", "up",
	 "ll0e m1 type,88cc raw,1405", "drop too_big"},
	{"LLDP from the host", HOST, NULL, "host", "ll0e m1 type,88cc raw,46", "drop reserved"},
	{"LLDP from a port with a host", HOST, NULL, "a", "ll0e m1 type,88cc raw,46",
	 "drop reserved"},
	{"pause frame with a host", HOST, NULL, "up", "ll01 m1 type,8808 raw,46", "drop reserved"},
	{"link_local: host", HOST LLH, NULL, "l", "ll0e m1 type,88cc raw,46", "host", "host:="},
	{"link_local: host, no VLAN", HOST LLH, NULL, "k", "ll0e m1 type,88cc raw,46", "host",
	 "host:="},
	{"link_local: host, tag not allowed", HOST LLH, NULL, "k", "ll0e m1 q,11 type,88cc raw,46",
	 "drop vlan"},
	{"link_local: host, pause frame", HOST LLH, NULL, "l", "ll01 m1 type,8808 raw,46",
	 "drop reserved"},
	{"link_local: host without a host", ROW_BASE LLH, NULL, "l", "ll0e m1 type,88cc raw,46",
	 "kernel"},
	{"link_local: host without a host, no VLAN", ROW_BASE LLH, NULL, "k",
	 "ll0e m1 type,88cc raw,46", "kernel"},
};

const struct row_table rows_rules = {"rules 1 to 5", rows, ARRAY_SIZE(rows)};
