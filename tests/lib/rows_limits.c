// SPDX-License-Identifier: GPL-2.0-only
/* rows_limits.c - frames for rules 7 and 15: rates and storms */
#include "rows.h"
#include "util.h"

#define DATA "type,0800 raw,46"
#define PORT(more) \
	ROW_SW "ports:\n" ROW_UP ROW_B "- {name: l, netdev: p5, vlan: {access: 10}, " more "}\n"
#define RX PORT("rate: {rx: 1mbit}")
#define TX PORT("rate: {tx: 1mbit}")
#define BURST PORT("rate: {rx: 8kbit, tx: 8kbit, burst: 100}")
#define STORM PORT("storm: {broadcast: 1pps, multicast: 1pps, unknown: 1pps}")
#define UP_STORM \
	ROW_SW "ports:\n- {name: up, netdev: p0, role: uplink, storm: {broadcast: 1pps}}\n" ROW_B
#define BOTH PORT("rate: {rx: 1mbit}, storm: {broadcast: 1pps}")

static const struct row rows[] = {
	/* rate.rx */
	{"rate.rx", RX, NULL, "l", "bc m1 " DATA, "flood", "up:q,10 b:-"},
	{"over rate.rx", RX, "debt l rx", "l", "bc m1 " DATA, "drop rate", .fdb = "10 m1 -"},
	{"rate.rx is not for what it receives", RX, "debt l rx; from b bc m2 " DATA "; put 10 m3 l",
	 "b", "m3 m2 " DATA, "forward", "l:-"},
	{"burst is at least one frame", BURST, NULL, "l", "bc m1 type,0800 raw,1000", "flood",
	 "up:q,10 b:-"},
	{"and then it is in debt", BURST, "from l bc m1 type,0800 raw,1000", "l", "bc m1 " DATA,
	 "drop rate"},
	{"default burst is two full frames and one in debt", RX,
	 "from l bc m1 type,0800 raw,1504; from l bc m1 type,0800 raw,1500", "l", "bc m1 " DATA,
	 "flood", "up:q,10 b:-"},
	{"guard goes before rate.rx",
	 PORT("rate: {rx: 1mbit}, guard: {mac: ['02:00:00:00:00:01']}"), "debt l rx", "l",
	 "bc m2 " DATA, "drop spoof_mac"},
	{"rate.rx goes before the storm", BOTH, "debt l rx; debt l broadcast", "l", "bc m1 " DATA,
	 "drop rate"},
	{"remembered, then over rate.rx", RX,
	 "from b bc m2 " DATA "; from l m2 m1 " DATA "; from l m2 m1 " DATA "; debt l rx", "l",
	 "m2 m1 " DATA, "drop rate"},

	/* storm */
	{"storm: broadcast", STORM, NULL, "l", "bc m1 " DATA, "flood", "up:q,10 b:-"},
	{"over storm.broadcast", STORM, "debt l broadcast", "l", "bc m1 " DATA, "drop storm",
	 .fdb = "10 m1 -"},
	{"second broadcast within the second", STORM, "from l bc m1 " DATA, "l", "bc m1 " DATA,
	 "drop storm"},
	{"multicast is another limit", STORM, "debt l broadcast; debt l unknown", "l",
	 "mc m1 " DATA, "flood", "up:q,10 b:-"},
	{"over storm.multicast", STORM, "debt l multicast", "l", "mc m1 " DATA, "drop storm"},
	{"broadcast is not multicast", STORM, "debt l multicast", "l", "bc m1 " DATA, "flood",
	 "up:q,10 b:-"},
	{"unknown unicast", STORM, NULL, "l", "m9 m1 " DATA, "flood", "up:q,10 b:-"},
	{"over storm.unknown", STORM, "debt l unknown", "l", "m9 m1 " DATA, "drop storm",
	 .fdb = "10 m1 l"},
	{"known unicast has no storm limit", STORM,
	 "debt l unknown; debt l multicast; debt l broadcast; from b bc m9 " DATA, "l",
	 "m9 m1 " DATA, "forward", "b:-"},
	{"storm on the uplink", UP_STORM, "debt up broadcast", "up", "bc m1 q,10 " DATA,
	 "drop storm"},
	{"storm.unknown goes before unknown: drop",
	 "version: 1\nswitch: {name: t, unknown: drop}\nports:\n" ROW_UP
	 "- {name: l, netdev: p5, vlan: {access: 10}, storm: {unknown: 1pps}}\n",
	 "debt l unknown", "l", "m9 m1 " DATA, "drop storm"},

	/* rate.tx */
	{"rate.tx", TX, "from l bc m1 " DATA, "b", "m1 m2 " DATA, "forward", "l:-"},
	{"over rate.tx", TX, "from l bc m1 " DATA "; debt l tx", "b", "m1 m2 " DATA, "drop rate@l",
	 .fdb = "10 m2 b"},
	{"remembered, then over rate.tx", TX,
	 "from l bc m1 " DATA "; from b m1 m2 " DATA "; from b m1 m2 " DATA "; debt l tx", "b",
	 "m1 m2 " DATA, "drop rate@l"},
	{"too_big goes before rate.tx", TX, "from l bc m1 " DATA "; debt l tx", "b",
	 "m1 m2 type,0800 raw,1505", "drop too_big"},
	{"flood copy over rate.tx", TX, "debt l tx", "b", "bc m2 " DATA, "flood", "up:q,10",
	 "copy_rate@l"},
	{"flood copies over rate.tx for all",
	 ROW_SW "ports:\n" ROW_B "- {name: l, netdev: p5, vlan: {access: 10}, rate: {tx: 1mbit}}\n",
	 "debt l tx", "b", "bc m2 " DATA, "flood", NULL, "copy_rate@l"},
	{"flood copy too big before rate.tx", TX, "debt l tx; mtu l 1000", "b",
	 "bc m2 type,0800 raw,1400", "flood", "up:q,10", "copy_too_big@b"},
	{"rate.tx is not for what it sends", TX, "debt l tx", "l", "bc m1 " DATA, "flood",
	 "up:q,10 b:-"},
};

const struct row_table rows_limits = {"rules 7 and 15", rows, ARRAY_SIZE(rows)};
