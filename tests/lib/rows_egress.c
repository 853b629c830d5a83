// SPDX-License-Identifier: GPL-2.0-only
/* rows_egress.c - frames for rules 9 to 17: destination, flood, isolation, tag, size */
#include "rows.h"
#include "util.h"

#define DATA "type,0800 raw,46"
#define UP2 "- {name: up2, netdev: p5, role: uplink}\n"
#define TWO ROW_SW "ports:\n" ROW_UP ROW_A ROW_B UP2
#define HOSTS(port)                                                   \
	"version: 1\nswitch: {name: t, host: {netdev: h, vlan: " port \
	"}}\nports:\n" ROW_UP ROW_A ROW_B ROW_T
#define HOST HOSTS("{access: 10}")
#define HOST_TRUNK HOSTS("{trunk: [10, 20], native: 30}")
#define UNKNOWN(what) \
	"version: 1\nswitch: {name: t, unknown: " what "}\nports:\n" ROW_UP ROW_A ROW_B
#define QUIET                                                         \
	"- {name: c, netdev: p5, vlan: {access: 10}, flood: false}\n" \
	"- {name: d, netdev: p6, vlan: {access: 10}, state: down}\n"
#define ISOLATED                                                               \
	ROW_SW "ports:\n" ROW_UP ROW_A                                         \
	       "- {name: x, netdev: p5, vlan: {access: 10}, isolated: true}\n" \
	       "- {name: y, netdev: p6, vlan: {access: 10}, isolated: true}\n"
#define STATIC ROW_BASE "fdb:\n"
#define M2_ON(port) "- {mac: 02:00:00:00:00:02, vlan: 10, port: " port "}\n"

static const struct row rows[] = {
	/* 9 destination */
	{"known unicast, access to access", ROW_BASE, "from b bc m2 " DATA, "a", "m2 m1 " DATA,
	 "forward", "b:-", .fdb = "10 m1 a; 10 m2 b"},
	{"known unicast, to the uplink", ROW_BASE, "from up bc m2 q,10 " DATA, "a", "m2 m1 " DATA,
	 "forward", "up:q,10"},
	{"known unicast, from the uplink", ROW_BASE, "from a bc m2 " DATA, "up",
	 "m2 m1 q,10,7,1 " DATA, "forward", "a:-"},
	{"strip a very short frame", ROW_BASE, "from a bc m2 " DATA, "up", "m2 m1 q,10 type,0800",
	 "forward", "a:-"},
	{"known unicast, uplink to trunk", ROW_BASE, "from t bc m2 q,20 " DATA, "up",
	 "m2 m1 q,20,7,1 " DATA, "forward", "t:q,20,7,1"},
	{"known unicast, uplink to native", ROW_BASE, "from t bc m2 " DATA, "up",
	 "m2 m1 q,30,7 " DATA, "forward", "t:-"},
	{"known unicast, access to trunk", ROW_BASE, "from t bc m2 q,10 " DATA, "a",
	 "m2 m1 q,0,2 " DATA, "forward", "t:q,10,2"},
	{"known unicast, uplink to tunnel", ROW_BASE, "from q bc m2 " DATA, "up",
	 "m2 m1 ad,100,4 q,10 " DATA, "forward", "q:q,10"},
	{"known unicast, tunnel to uplink", ROW_BASE, "from up bc m2 ad,100 " DATA, "q",
	 "m2 m1 q,10 " DATA, "forward", "up:ad,100+q,10"},
	{"known unicast twice: what is remembered", ROW_BASE,
	 "from b bc m2 " DATA "; from a m2 m1 " DATA "; from a m2 m1 " DATA, "a", "m2 m1 " DATA,
	 "forward", "b:-"},
	{"known in another VLAN", ROW_BASE, "from t bc m2 q,20 " DATA, "a", "m2 m1 " DATA, "flood",
	 "up:q,10 b:- t:q,10"},
	{"static destination", STATIC M2_ON("b"), NULL, "a", "m2 m1 " DATA, "forward", "b:-"},
	{"back to the ingress port", ROW_BASE, "from a bc m2 " DATA, "a", "m2 m1 " DATA,
	 "drop hairpin", .fdb = "10 m1 a"},
	{"to itself", ROW_BASE, NULL, "a", "m1 m1 " DATA, "drop hairpin"},
	{"uplink to uplink", TWO, "from up2 bc m2 q,10 " DATA, "up", "m2 m1 q,10 " DATA,
	 "drop hairpin"},
	{"entry too old", ROW_BASE, "from b bc m2 " DATA "; age 10 m2 5", "a", "m2 m1 " DATA,
	 "flood", "up:q,10 b:- t:q,10"},
	{"entry not too old yet", ROW_BASE, "from b bc m2 " DATA "; age 10 m2 2", "a",
	 "m2 m1 " DATA, "forward", "b:-"},
	{"remembered, then too old", ROW_BASE,
	 "from b bc m2 " DATA "; from a m2 m1 " DATA "; age 10 m2 5", "a", "m2 m1 " DATA, "flood",
	 "up:q,10 b:- t:q,10"},
	{"remembered, then deleted", ROW_BASE,
	 "from b bc m2 " DATA "; from a m2 m1 " DATA "; del 10 m2", "a", "m2 m1 " DATA, "flood",
	 "up:q,10 b:- t:q,10"},
	{"remembered, then moved", ROW_BASE,
	 "from b bc m2 " DATA "; from a m2 m1 " DATA "; from t bc m2 q,10 " DATA, "a",
	 "m2 m1 " DATA, "forward", "t:q,10"},
	{"remembered, then the same with another tag", ROW_BASE,
	 "from b bc m2 " DATA "; from a m2 m1 " DATA "; from a m2 m1 " DATA, "a",
	 "m2 m1 q,20 " DATA, "drop vlan"},
	{"a dropped tag is remembered, untagged is not dropped", ROW_BASE,
	 "from b bc m2 " DATA "; from a m2 m1 q,20 " DATA "; from a m2 m1 q,20 " DATA, "a",
	 "m2 m1 " DATA, "forward", "b:-"},
	{"a static entry does not age", STATIC M2_ON("b"), "age 10 m2 6", "a", "m2 m1 " DATA,
	 "forward", "b:-"},
	{"ageing: never",
	 "version: 1\nswitch: {name: t, fdb: {ageing: 0s}}\nports:\n" ROW_UP ROW_A ROW_B,
	 "from b bc m2 " DATA "; age 10 m2 69", "a", "m2 m1 " DATA, "forward", "b:-"},

	/* 9 the host */
	{"to the host", HOST, NULL, "a", "peer7 m1 " DATA, "host", "host:-", .fdb = "10 m1 a"},
	{"to the host from the uplink", HOST, NULL, "up", "peer7 m1 q,10,3 " DATA, "host",
	 "host:-"},
	{"to the host, tagged", HOST_TRUNK, NULL, "up", "peer7 m1 q,20,3 " DATA, "host",
	 "host:q,20,3"},
	{"to the host, native", HOST_TRUNK, NULL, "t", "peer7 m1 " DATA, "host", "host:-"},
	{"to the host where it is no member", HOST, NULL, "t", "peer7 m1 q,20 " DATA, "flood",
	 "up:q,20"},
	{"from the host", HOST, "from a bc m1 " DATA, "host", "m1 peer7 " DATA, "forward", "a:-",
	 .fdb = "10 peer7 -"},
	{"from the host with another MAC", HOST, "from a bc m1 " DATA, "host", "m1 m9 " DATA,
	 "forward", "a:-", .fdb = "10 m9 host"},
	{"to an address behind the host", HOST, "from host bc m9 " DATA, "a", "m9 m1 " DATA,
	 "forward", "host:-"},
	{"from the host to itself", HOST, NULL, "host", "peer7 m9 " DATA, "drop hairpin"},
	{"flood includes the host", HOST, NULL, "a", "bc m1 " DATA, "flood",
	 "up:q,10 b:- t:q,10 host:-"},
	{"flood from the host", HOST, NULL, "host", "bc peer7 " DATA, "flood",
	 "up:q,10 a:- b:- t:q,10"},
	{"the host's MAC from a port", HOST, NULL, "a", "bc peer7 " DATA, "drop spoof_mac"},
	{"the host's MAC where it is no member", HOST, NULL, "t", "bc peer7 q,20 " DATA, "flood",
	 "up:q,20", .fdb = "20 peer7 t"},
	{"too big for the host", HOST, "mtu host 1000", "a", "peer7 m1 type,0800 raw,1400",
	 "drop too_big"},

	/* 9 unknown */
	{"unknown: drop", UNKNOWN("drop"), NULL, "a", "m2 m1 " DATA, "drop unknown",
	 .fdb = "10 m1 a"},
	{"unknown: drop floods broadcast", UNKNOWN("drop"), NULL, "a", "bc m1 " DATA, "flood",
	 "up:q,10 b:-"},
	{"unknown: uplink", UNKNOWN("uplink"), NULL, "a", "m2 m1 " DATA, "flood", "up:q,10"},
	{"unknown: uplink floods multicast", UNKNOWN("uplink"), NULL, "a", "mc m1 " DATA, "flood",
	 "up:q,10 b:-"},
	{"unknown: uplink, from the uplink", UNKNOWN("uplink"), NULL, "up", "m2 m1 q,10 " DATA,
	 "drop no_member"},

	/* 10 flood */
	{"flood: false and state: down", ROW_BASE QUIET, NULL, "a", "m2 m1 " DATA, "flood",
	 "up:q,10 b:- t:q,10"},
	{"flood: false gets broadcast", ROW_BASE QUIET, NULL, "a", "bc m1 " DATA, "flood",
	 "up:q,10 b:- t:q,10 c:-"},
	{"flood: false gets multicast", ROW_BASE QUIET, NULL, "a", "33:33:00:00:00:01 m1 " DATA,
	 "flood", "up:q,10 b:- t:q,10 c:-"},
	{"flood: false is reached when known", ROW_BASE QUIET, "from c bc m2 " DATA, "a",
	 "m2 m1 " DATA, "forward", "c:-"},
	{"never uplink to uplink", TWO, NULL, "up", "bc m1 q,10 " DATA, "flood", "a:- b:-"},
	{"to all uplinks", TWO, NULL, "a", "bc m1 " DATA, "flood", "up:q,10 up2:q,10 b:-"},
	{"nobody else", ROW_SW "ports:\n" ROW_A, NULL, "a", "bc m1 " DATA, "drop no_member",
	 .fdb = "10 m1 a"},
	{"only the other uplink", TWO, NULL, "up", "bc m1 q,20 " DATA, "drop no_member"},
	{"destination down", ROW_BASE QUIET "fdb:\n" M2_ON("d"), NULL, "a", "m2 m1 " DATA,
	 "drop port_down"},

	/* 11 isolation */
	{"isolated unicast", ISOLATED, "from y bc m2 " DATA, "x", "m2 m1 " DATA, "drop isolated"},
	{"isolated to others", ISOLATED, "from a bc m2 " DATA, "x", "m2 m1 " DATA, "forward",
	 "a:-"},
	{"others to isolated", ISOLATED, "from x bc m2 " DATA, "a", "m2 m1 " DATA, "forward",
	 "x:-"},
	{"isolated broadcast", ISOLATED, NULL, "x", "bc m1 " DATA, "flood", "up:q,10 a:-"},
	{"isolated both, nobody else",
	 ROW_SW "ports:\n- {name: x, netdev: p5, vlan: {access: 10}, isolated: true}\n"
		"- {name: y, netdev: p6, vlan: {access: 10}, isolated: true}\n",
	 NULL, "x", "bc m1 " DATA, "drop no_member"},
	{"isolated and back to itself", ISOLATED, "from x bc m2 " DATA, "x", "m2 m1 " DATA,
	 "drop hairpin"},

	/* 14 size */
	{"as long as it may be", ROW_BASE, "from b bc m2 " DATA, "a", "m2 m1 type,0800 raw,1504",
	 "forward", "b:-"},
	{"one byte longer", ROW_BASE, "from b bc m2 " DATA, "a", "m2 m1 type,0800 raw,1505",
	 "drop too_big"},
	{"too big with the tag it gets", ROW_BASE, "from up bc m2 q,10 " DATA, "a",
	 "m2 m1 type,0800 raw,1501", "drop too_big"},
	{"just fits with the tag it gets", ROW_BASE, "from up bc m2 q,10 " DATA, "a",
	 "m2 m1 type,0800 raw,1500", "forward", "up:q,10"},
	{"fits without the tag it loses", ROW_BASE, "from a bc m2 " DATA, "up",
	 "m2 m1 q,10 type,0800 raw,1504", "forward", "a:-"},
	{"remembered, then too big", ROW_BASE,
	 "from b bc m2 " DATA "; from a m2 m1 " DATA "; from a m2 m1 " DATA, "a",
	 "m2 m1 type,0800 raw,1505", "drop too_big"},
	{"copy too big for one", ROW_BASE, "mtu b 1000", "a", "bc m1 type,0800 raw,1005", "flood",
	 "up:q,10 t:q,10", "copy_too_big@a"},
	{"copy too big for some with the tag", ROW_BASE, NULL, "a", "bc m1 type,0800 raw,1504",
	 "flood", "b:-", "copy_too_big@a copy_too_big@a"},
	{"copies too big for all", ROW_SW "ports:\n" ROW_A ROW_B, NULL, "a",
	 "bc m1 type,0800 raw,1505", "flood", NULL, "copy_too_big@a"},
	{"jumbo", ROW_BASE, "mtu a 9000; mtu b 9000; from b bc m2 " DATA, "a",
	 "m2 m1 type,0800 raw,8000", "forward", "b:-"},
	{"jumbo flood", ROW_BASE, "mtu a 9000; mtu b 9000; mtu t 9000", "a",
	 "bc m1 type,0800 raw,8000", "flood", "b:- t:q,10", "copy_too_big@a"},

	/* 12 egress VLAN */
	{"port left the VLAN", ROW_BASE, "put 10 m2 q", "a", "m2 m1 " DATA, "drop vlan_egress"},
	{"vlan_egress goes before too_big", ROW_BASE, "put 10 m2 q", "a",
	 "m2 m1 type,0800 raw,1600", "drop vlan_egress"},

	{"isolated goes before vlan_egress",
	 ISOLATED "- {name: z, netdev: p7, vlan: {access: 11}, isolated: true}\n", "put 10 m2 z",
	 "x", "m2 m1 " DATA, "drop isolated"},
	{"port_down goes before isolated",
	 ISOLATED "- {name: z, netdev: p7, vlan: {access: 10}, isolated: true, state: down}\n",
	 "put 10 m2 z", "x", "m2 m1 " DATA, "drop port_down"},

	/* hooks */
	{"target without XDP transmit", ROW_BASE, "noxmit b; from b bc m2 " DATA, "a",
	 "m2 m1 " DATA, "forward", "b:-"},
	{"remembered, target without XDP transmit", ROW_BASE,
	 "noxmit b; from b bc m2 " DATA "; from a m2 m1 " DATA, "a", "m2 m1 " DATA, "forward",
	 "b:-"},
};

const struct row_table rows_egress = {"rules 9 to 17", rows, ARRAY_SIZE(rows)};
