// SPDX-License-Identifier: GPL-2.0-only
/* rows_fdb.c - frames for rule 8: learning, moves, limits and a full table */
#include "rows.h"
#include "util.h"

#define DATA "type,0800 raw,46"
#define PORT(more) "- {name: l, netdev: p5, vlan: {trunk: [20], native: 10}, " more "}\n"
#define SW(more) ROW_SW "ports:\n" ROW_UP ROW_A ROW_B PORT(more)
#define LIMIT SW("mac_limit: 2")
#define NO_LEARN SW("learning: false")
#define MOVES SW("mac_moves: 1")
#define MOVES0 SW("mac_moves: 0")
#define MOVES_LIMIT SW("mac_moves: 1, mac_limit: 1")
#define STATIC(port) "fdb:\n- {mac: 02:00:00:00:00:01, vlan: 10, port: " port "}\n"
#define OUT_A "up:q,10 b:- l:-"
#define OUT_B "up:q,10 a:- l:-"
#define OUT_L "up:q,10 a:- b:-"
#define M(n) "; from l bc m" n " " DATA
#define FROM_L(n) "from l bc m" n " " DATA

static const struct row rows[] = {
	{"learnt", SW("pcp: 0"), NULL, "a", "bc m1 " DATA, "flood", OUT_A, .fdb = "10 m1 a"},
	{"refreshed", SW("pcp: 0"), "from a bc m1 " DATA "; age 10 m1 2", "a", "bc m1 " DATA,
	 "flood", OUT_A, .fdb = "10 m1 a"},
	{"same MAC in two VLANs", SW("pcp: 0"), "from l bc m1 q,20 " DATA, "a", "bc m1 " DATA,
	 "flood", OUT_A, .fdb = "10 m1 a;20 m1 l"},
	{"learnt again after ageing", SW("pcp: 0"), "from a bc m1 " DATA "; age 10 m1 6", "a",
	 "bc m1 " DATA, "flood", OUT_A, .fdb = "10 m1 a"},
	{"moved", SW("pcp: 0"), "from a bc m1 " DATA, "b", "bc m1 " DATA, "flood", OUT_B,
	 .fdb = "10 m1 b"},
	{"moved to the uplink", SW("pcp: 0"), "from a bc m1 " DATA, "up", "bc m1 q,10 " DATA,
	 "flood", "a:- b:- l:-", .fdb = "10 m1 up"},
	{"frames dropped later teach", SW("pcp: 0"), NULL, "a", "m1 m1 " DATA, "drop hairpin",
	 .fdb = "10 m1 a"},
	{"frames dropped before do not", SW("pcp: 0"), NULL, "a", "bc m1 q,10 " DATA, "drop vlan",
	 .fdb = "10 m1 -"},

	/* learning: false and static entries */
	{"learning: false", NO_LEARN, NULL, "l", "bc m1 " DATA, "flood", OUT_L, .fdb = "10 m1 -"},
	{"learning: false does not move", NO_LEARN, "from a bc m1 " DATA, "l", "bc m1 " DATA,
	 "flood", OUT_L, .fdb = "10 m1 a"},
	{"static entry of the port", SW("pcp: 0") STATIC("a"), NULL, "a", "bc m1 " DATA, "flood",
	 OUT_A, .fdb = "10 m1 a"},
	{"static entry of another port", SW("pcp: 0") STATIC("a"), NULL, "b", "bc m1 " DATA,
	 "drop spoof_mac", .fdb = "10 m1 a"},
	{"static entry of another port, learning: false", NO_LEARN STATIC("a"), NULL, "l",
	 "bc m1 " DATA, "drop spoof_mac", .fdb = "10 m1 a"},
	{"static entry of another port, mark",
	 "version: 1\nswitch: {name: t, tc: {marks: true}}\n"
	 "ports:\n" ROW_UP ROW_A ROW_B STATIC("a"),
	 "mark 52500004", "b", "bc m1 " DATA, "drop spoof_mac", .flags = ROW_TC},
	{"static entry in another VLAN", SW("pcp: 0") STATIC("a"), NULL, "l", "bc m1 q,20 " DATA,
	 "flood", "up:q,20", .fdb = "10 m1 a; 20 m1 l"},

	/* mac_moves */
	{"moves are not limited", MOVES0,
	 "from a bc m1 " DATA M("1") "; from a bc m1 " DATA M("1") "; from a bc m1 " DATA, "l",
	 "bc m1 " DATA, "flood", OUT_L, .fdb = "10 m1 l"},
	{"moves over the limit", MOVES, "from a bc m1 " DATA "; debt l moves", "l", "bc m1 " DATA,
	 "flood", OUT_L, "move_limited@l", .fdb = "10 m1 a"},
	{"counted where it moves to", MOVES, FROM_L("1") "; debt l moves", "a", "bc m1 " DATA,
	 "flood", OUT_A, .fdb = "10 m1 a"},
	{"a new address is no move", MOVES, "debt l moves", "l", "bc m1 " DATA, "flood", OUT_L,
	 .fdb = "10 m1 l"},
	{"an expired address is no move", MOVES, "from a bc m1 " DATA "; age 10 m1 5; debt l moves",
	 "l", "bc m1 " DATA, "flood", OUT_L, .fdb = "10 m1 l"},
	{"still forwarded", MOVES, "from a bc m1 " DATA "; from b bc m2 " DATA "; debt l moves",
	 "l", "m2 m1 " DATA, "forward", "b:-", "move_limited@l", .fdb = "10 m1 a"},

	/* mac_limit */
	{"mac_limit not reached", LIMIT, FROM_L("1"), "l", "bc m2 " DATA, "flood", OUT_L,
	 .fdb = "10 m1 l; 10 m2 l"},
	{"mac_limit", LIMIT, FROM_L("1") M("2"), "l", "bc m3 " DATA, "drop mac_limit",
	 .fdb = "10 m3 -"},
	{"mac_limit counts all VLANs", LIMIT, FROM_L("1") M("2"), "l", "bc m1 q,20 " DATA,
	 "drop mac_limit", .fdb = "20 m1 -"},
	{"mac_limit, known address", LIMIT, FROM_L("1") M("2"), "l", "bc m2 " DATA, "flood", OUT_L},
	{"mac_limit: what moves in is new", LIMIT, FROM_L("1") M("2") "; from a bc m3 " DATA, "l",
	 "bc m3 " DATA, "drop mac_limit", .fdb = "10 m3 a"},
	{"mac_limit: what moved away is not counted", LIMIT,
	 FROM_L("1") M("2") "; from a bc m1 " DATA, "l", "bc m3 " DATA, "flood", OUT_L,
	 .fdb = "10 m1 a; 10 m3 l"},
	{"mac_limit: moved away and back", LIMIT, FROM_L("1") M("2") "; from a bc m1 " DATA M("3"),
	 "l", "bc m1 " DATA, "drop mac_limit", .fdb = "10 m1 a"},
	{"mac_limit: deleted is not counted", LIMIT, FROM_L("1") M("2") "; del 10 m1", "l",
	 "bc m3 " DATA, "flood", OUT_L, .fdb = "10 m3 l"},
	{"mac_limit: expired is not counted", LIMIT, FROM_L("1") M("2") "; age 10 m2 5", "l",
	 "bc m3 " DATA, "flood", OUT_L, .fdb = "10 m3 l"},
	{"mac_limit: an expired one is new", LIMIT, FROM_L("1") M("2") "; age 10 m2 5" M("3"), "l",
	 "bc m2 " DATA, "drop mac_limit"},
	{"mac_limit: static entries are not counted", LIMIT STATIC("l"), FROM_L("1") M("2"), "l",
	 "bc m3 " DATA, "flood", OUT_L, .fdb = "10 m3 l"},
	{"mac_limit: many come and go", LIMIT,
	 FROM_L("1") M("2") "; del 10 m1" M("3") "; del 10 m2" M("4") "; age 10 m3 5" M("5"), "l",
	 "bc m6 " DATA, "drop mac_limit", .fdb = "10 m6 -"},
	{"moves go before mac_limit", MOVES_LIMIT,
	 FROM_L("1") "; from a bc m2 " DATA "; debt l moves", "l", "bc m2 " DATA, "flood", OUT_L,
	 "move_limited@l", .fdb = "10 m2 a"},

	/* a full table */
	{"full", SW("pcp: 0"), "fill live", "a", "bc m1 " DATA, "flood", OUT_A, "fdb_full@a",
	 .fdb = "10 m1 -"},
	{"full, known address", SW("pcp: 0"), "from a bc m1 " DATA "; fill live", "a",
	 "bc m1 " DATA, "flood", OUT_A, .fdb = "10 m1 a"},
	{"full, known address moves", SW("pcp: 0"), "from a bc m1 " DATA "; fill live", "b",
	 "bc m1 " DATA, "flood", OUT_B, .fdb = "10 m1 b"},
	{"full of expired entries", SW("pcp: 0"), "fill expired", "a", "bc m1 " DATA, "flood",
	 OUT_A, .fdb = "10 m1 a"},
	{"a static entry is not evicted", SW("pcp: 0") STATIC("b"), "fill expired", "a",
	 "bc m2 " DATA, "flood", OUT_A, .fdb = "10 m1 b; 10 m2 a"},
	{"full, mac_limit", LIMIT, "fill live; from l bc m1 " DATA M("2"), "l", "bc m3 " DATA,
	 "flood", OUT_L, "fdb_full@l", .fdb = "10 m3 -"},
	{"full, its own expired entry", SW("pcp: 0"),
	 "from a bc m1 " DATA "; age 10 m1 5; fill live", "b", "bc m1 " DATA, "flood", OUT_B,
	 .fdb = "10 m1 b"},
};

const struct row_table rows_fdb = {"rule 8", rows, ARRAY_SIZE(rows)};
