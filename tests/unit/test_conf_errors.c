// SPDX-License-Identifier: GPL-2.0-only
/* test_conf_errors.c - wrong configurations: what is said, and where */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conf.h"
#include "util.h"

/* The file is part of the program: the test runs from anywhere. */
__asm__(".section .rodata\n"
	"thirty_start: .incbin \"tests/unit/thirty-mistakes.yaml\"\n"
	".byte 0\n"
	".previous");
extern const char thirty_start[];

/* One mistake, where it stands, and the whole message. */
struct row {
	const char *text;
	unsigned int line, col;
	const char *error;
};

#define PORT(keys) "ports: [{name: a, netdev: b, " keys "}]"
#define ACCESS(keys) PORT("vlan: {access: 10}, " keys)
#define UPLINK(keys) PORT("role: uplink, " keys)
#define TWO(a, b) "ports:\n- {name: a, netdev: ra, " a "}\n- {name: b, netdev: rb, " b "}"

static const struct row rows[] = {
	/* the file */
	{"", 1, 1, "there is nothing in it"},
	{"# nothing\n", 1, 1, "there is nothing in it"},
	{"[]", 1, 1, "must be a map of keys and values, not a list"},
	{"text", 1, 1, "must be a map of keys and values, not a scalar"},
	{"version: 2", 1, 10, "version: '2' is not known to this version of repx (give 1)"},
	{"prots: []", 1, 1, "unknown key 'prots' (did you mean 'ports'?)"},
	{"x: 1", 1, 1, "unknown key 'x' (known: version, switch, offload, ports, fdb)"},
	{"[a]: 1", 1, 1, NULL},
	{"? [a]\n: 1", 1, 3, NULL},
	{"ports: []\nports: []", 2, 1, "key 'ports' is given twice (also in line 1)"},
	{"ports: {}", 1, 8, "ports: must be a list of maps, not a map"},
	{"ports:", 1, 7, "ports: must be a list of maps, not a scalar"},
	{"ports: [1]", 1, 9, "port number 1: must be a map of keys and values, not a scalar"},
	{"ports: x\nfdb: [{mac: 02:00:00:00:00:01, vlan: 10, port: a}]", 1, 8, NULL},
	{"fdb: 1", 1, 6, "fdb: must be a list of maps, not a scalar"},
	{"version: !!int 1", 1, 10,
	 "YAML tag 'tag:yaml.org,2002:int' is not accepted (leave it out)"},
	{"switch: {name: \"a\\0b\"}", 1, 16, "text with a zero byte is not accepted"},
	/* YAML itself */
	{"ports: [", 2, 1, "YAML: did not find expected node content"},
	{"ports: [{name: a, netdev: b, vlan: {access: 1}\n\nfdb: []\n", 3, 1,
	 "YAML: did not find expected ',' or '}' (while parsing a flow mapping that begins in line "
	 "1)"},
	{"ports: \n\t- a", 2, 1, NULL},
	{"---\n{}\n---\n{}", 3, 1, "YAML: a second document (one file describes one switch)"},
	{"ports: *x", 1, 8, "YAML: an alias without an anchor"},
	{"ports: &x [*x]", 1, 12, "YAML: an alias inside of what it stands for"},
	/* switch */
	{"switch: []", 1, 9, "switch: must be a map of keys and values, not a list"},
	{"switch: {name: a/b}", 1, 16, NULL},
	{"switch: {name: a.b}", 1, 16,
	 "switch: name: 'a.b' has a dot, which a switch's name must "
	 "not (bpffs takes none)"},
	{"switch: {name: -a}", 1, 16, NULL},
	{"switch: {name: a234567890123456789012345678901x}", 1, 16,
	 "switch: name: 'a234567890123456789012345678901x' is longer than 31 characters"},
	{"switch: {name: \"\"}", 1, 16, "switch: name: is empty: must be a name"},
	{"switch: {name: [a]}", 1, 16, "switch: name: must be a name, not a list"},
	{"switch: {attach: ebpf}", 1, 18,
	 "switch: attach: 'ebpf' is not one of auto, xdp, tc, tcx, clsact, xdp-generic"},
	{"switch: {tc: {pref: 0}}", 1, 21, "switch: tc.pref: 0 is not a number from 1 to 65535"},
	{"switch: {tc: {pref: 1k}}", 1, 21, "switch: tc.pref: 1k is not a number from 1 to 65535"},
	{"switch: {tc: {marks: on}}", 1, 22, "switch: tc.marks: 'on' is neither true nor false"},
	{"switch: {tc: {mark: true}}", 1, 15,
	 "switch: tc: unknown key 'mark' (did you mean 'marks'?)"},
	{"switch: {tc: 5}", 1, 14, "switch: tc: must be a map of keys and values, not a scalar"},
	{"switch: {fdb: {size: 0}}", 1, 22,
	 "switch: fdb.size: 0 is not a number from 1 to 16777216"},
	{"switch: {fdb: {ageing: 300}}", 1, 24,
	 "switch: fdb.ageing: '300' is not a time with ms, s or m (300s)"},
	{"switch: {fdb: {ageing: 1h}}", 1, 24, NULL},
	{"switch: {fdb: {ageing: 525601m}}", 1, 24,
	 "switch: fdb.ageing: 525601m is more than 525600m (a year)"},
	{"switch: {unknown: up}", 1, 19, "switch: unknown: 'up' is not one of flood, uplink, drop"},
	{"switch: {max_ports: 4097}", 1, 21,
	 "switch: max_ports: 4097 is not a number from 1 to 4096"},
	{"switch: {max_ports: 0}", 1, 21, "switch: max_ports: 0 is not a number from 1 to 4096"},
	{"switch: {host: {vlan: {access: 1}}}", 1, 16,
	 "switch: host: netdev is missing (the name for the host's side, repx0)"},
	{"switch: {host: {netdev: a-long-netdev}}", 1, 25,
	 "switch: host.netdev: 'a-long-netdev' is longer than 12 characters"},
	{"switch: {host: {netdev: h, vlan: {tunnel: 5}}}", 1, 34,
	 "switch: host: the host port cannot be a tunnel (give access or trunk)"},
	{"switch: {host: {netdev: h, vlan: {}}}", 1, 34,
	 "switch: host.vlan: no VLAN: give {access: VID}, {trunk: [VIDs]}, {trunk: all} or "
	 "{tunnel: VID}"},
	{"switch: {host: repx0}", 1, 16,
	 "switch: host: must be a map of keys and values, not a scalar"},
	{"switch: {attach: xdp, tc: {marks: true}}", 1, 18,
	 "switch: attach: xdp cannot be with switch.tc.marks: true (marks are seen by tc only: "
	 "give tc or auto)"},
	{"switch: {attach: xdp-generic, tc: {marks: true}}", 1, 18, NULL},
	/* what later versions have */
	{"switch: {metrics: {listen: \"127.0.0.1:9477\"}}", 1, 19,
	 "switch: metrics: is not supported by this version of repx (leave it out)"},
	{"offload: {enabled: no}", 1, 20, "offload: enabled: 'no' is not one of auto, true, false"},
	{"offload: {pref: 0}", 1, 17, "offload: pref: 0 is not a number from 1 to 65530"},
	{"offload: {max_rules: -1}", 1, 22, NULL},
	{"offload: {promote: 100}", 1, 20, NULL},
	{"offload: {promote: 0pps}", 1, 20, NULL},
	{"offload: {idle: 10}", 1, 17, NULL},
	{"offload: {idle: 1999ms}", 1, 17, "offload: idle must be 2s at least"},
	{"offload: {flood: 1}", 1, 18, "offload: flood: '1' is neither true nor false"},
	{"offload: {ilde: 10s}", 1, 11, "offload: unknown key 'ilde' (did you mean 'idle'?)"},
	/* ports */
	{"ports: [{netdev: b, vlan: {access: 1}}]", 1, 9, "port number 1: name is missing"},
	{"ports: [{name: a, vlan: {access: 1}}]", 1, 9,
	 "port 'a': netdev is missing (or sf: or vf:, for a port of a NIC)"},
	{"ports: [{name: a, netdev: b}]", 1, 9,
	 "port 'a': vlan is missing (give {access: VID}, {trunk: [VIDs]}, {trunk: all} or "
	 "{tunnel: VID})"},
	{"ports: [{name: a b, netdev: b, vlan: {access: 1}}]", 1, 16, NULL},
	{"ports: [{name: \"a\\x1b[2J\", netdev: b, vlan: {access: 1}}]", 1, 16,
	 "port 'a?[2J': name: 'a?[2J' is not a name (letters, digits, '_', '.' and '-', beginning "
	 "with none of the last two)"},
	{"ports: [{name: a, netdev: a-netdev-name-16, vlan: {access: 1}}]", 1, 27,
	 "port 'a': netdev: 'a-netdev-name-16' is longer than 15 characters"},
	{"ports: [{name: a, netdev: a/b, vlan: {access: 1}}]", 1, 27,
	 "port 'a': netdev: 'a/b' cannot be the name of a netdev"},
	{"ports: [{name: a, netdev: \"..\", vlan: {access: 1}}]", 1, 27, NULL},
	{"ports: [{name: a, netdev: {}, vlan: {access: 1}}]", 1, 27,
	 "port 'a': netdev: must be the name of a netdev, not a map"},
	{ACCESS("role: host"), 1, 56, "port 'a': role: 'host' is not one of port, uplink"},
	{ACCESS("rat: {}"), 1, 50, "port 'a': unknown key 'rat' (did you mean 'rate'?)"},
	{ACCESS("state: u"), 1, 57, NULL},
	{ACCESS("pcp: 8"), 1, 55, "port 'a': pcp: 8 is not a number from 0 to 7"},
	{ACCESS("mac_limit: -1"), 1, 61, NULL},
	{ACCESS("mac_moves: 1000001"), 1, 61, NULL},
	{ACCESS("isolated: yes"), 1, 60, "port 'a': isolated: 'yes' is neither true nor false"},
	{ACCESS("learning: 1"), 1, 60, NULL},
	{ACCESS("flood: []"), 1, 57, "port 'a': flood: must be true or false, not a list"},
	{ACCESS("link_local: up"), 1, 62, "port 'a': link_local: 'up' is not one of drop, host"},
	{ACCESS("attach: skb"), 1, 58, NULL},
	{ACCESS("xdp: true"), 1, 55, "port 'a': xdp: 'true' is not one of exclusive, shared"},
	{ACCESS("shared: true"), 1, 58, "port 'a': shared is for an uplink (role: uplink)"},
	{"switch: {tc: {marks: true}}\n" ACCESS("attach: xdp"), 2, 58, NULL},
	{"switch: {attach: xdp, tc: {marks: true}}\n" ACCESS("attach: xdp"), 1, 18, NULL},
	{"switch: {max_ports: 1}\n" TWO("vlan: {access: 1}", "vlan: {access: 1}"), 4, 3,
	 "port 'b': 2 ports, the host port included, are more than switch.max_ports: 1 (at most "
	 "4096)"},
	/* vlan */
	{PORT("vlan: 10"), 1, 36, "port 'a': vlan: must be a map of keys and values, not a scalar"},
	{PORT("vlan: {}"), 1, 36, NULL},
	{PORT("vlan: {access: 0}"), 1, 45, "port 'a': vlan.access: 0 is not a VID (1-4094)"},
	{PORT("vlan: {access: 4095}"), 1, 45, "port 'a': vlan.access: 4095 is not a VID (1-4094)"},
	{PORT("vlan: {access: 1-2}"), 1, 45, "port 'a': vlan.access: 1-2 is not a VID (1-4094)"},
	{PORT("vlan: {tunnel: x}"), 1, 45, "port 'a': vlan.tunnel: x is not a VID (1-4094)"},
	{PORT("vlan: {access: 1, tunnel: 2}"), 1, 36,
	 "port 'a': vlan: only one of access, trunk and tunnel can be given"},
	{PORT("vlan: {access: 1, native: 2}"), 1, 56,
	 "port 'a': vlan: native belongs to trunk (access is untagged already)"},
	{PORT("vlan: {tunnel: 1, native: 2}"), 1, 56, NULL},
	{PORT("vlan: {tunnel: 1, proto: 802.1ad}"), 1, 55,
	 "port 'a': vlan: proto is not for tunnel: its S-tag is 802.1ad (leave it out)"},
	{PORT("vlan: {native: 1}"), 1, 36, NULL},
	{PORT("vlan: {trunk: []}"), 1, 44, NULL},
	{PORT("vlan: {trunk: 10}"), 1, 44,
	 "port 'a': vlan.trunk: must be a list of VIDs and ranges ([10, 20-29]), or the word all, "
	 "not a scalar"},
	{PORT("vlan: {trunk: [10, 4095]}"), 1, 49,
	 "port 'a': vlan.trunk: 4095 is not a VID (1-4094) or a range of them (20-29)"},
	{PORT("vlan: {trunk: [29-20]}"), 1, 45, NULL},
	{PORT("vlan: {trunk: [10-20, 20-30]}"), 1, 52,
	 "port 'a': vlan.trunk: 20-30 overlaps: VID 20 is in the list already"},
	{PORT("vlan: {trunk: [10, 10]}"), 1, 49, NULL},
	{PORT("vlan: {trunk: all, proto: 802.1x}"), 1, 56,
	 "port 'a': vlan.proto: '802.1x' is not one of 802.1q, 802.1ad (did you mean '802.1q'?)"},
	/* guard */
	{ACCESS("guard: {}"), 1, 57,
	 "port 'a': guard: nothing is guarded: give mac: [...], ip: [...] or strict: true"},
	{ACCESS("guard: {strict: false}"), 1, 57, NULL},
	{ACCESS("guard: {strict: maybe}"), 1, 66, NULL},
	{ACCESS("guard: {mac: []}"), 1, 63,
	 "port 'a': guard.mac: the list is empty: give MAC addresses, or leave the key out"},
	{ACCESS("guard: {mac: 02:00:00:00:00:01}"), 1, 63,
	 "port 'a': guard.mac: must be a list of MAC addresses, not a scalar"},
	{ACCESS("guard: {mac: [02:00]}"), 1, 64,
	 "port 'a': guard.mac: '02:00' is not a MAC address (02:00:00:00:00:01)"},
	{ACCESS("guard: {mac: [ff:ff:ff:ff:ff:ff]}"), 1, 64,
	 "port 'a': guard.mac: ff:ff:ff:ff:ff:ff is a group address: no port sends from it (give "
	 "a unicast MAC)"},
	{ACCESS("guard: {mac: [00:00:00:00:00:00]}"), 1, 64, NULL},
	{ACCESS("guard: {mac: [02:00:00:00:00:01,\n02:00:00:00:00:01]}"), 2, 1,
	 "port 'a': guard.mac: is in the list twice (also in line 1)"},
	{ACCESS("guard: {ip: [10.0.0.1.2]}"), 1, 63,
	 "port 'a': guard.ip: '10.0.0.1.2' is not an IPv4 or IPv6 address or prefix (10.0.0.1, "
	 "\"2001:db8::/64\")"},
	{ACCESS("guard: {ip: [10.0.0.0/33]}"), 1, 63,
	 "port 'a': guard.ip: 10.0.0.0/33: the prefix length is 0-32 for IPv4, 0-128 for IPv6"},
	{ACCESS("guard: {ip: [10.0.0.1/24]}"), 1, 63, NULL},
	{ACCESS("guard: {ip: [\"::/0\"]}"), 1, 63, NULL},
	{ACCESS("guard: {ip: [10.0.0.1, 10.0.0.1/32]}"), 1, 73, NULL},
	{ACCESS("guard: {ips: [10.0.0.1], strict: true}"), 1, 58,
	 "port 'a': guard: unknown key 'ips' (did you mean 'ip'?)"},
	{PORT("vlan: {tunnel: 9}, guard: {ip: [10.0.0.1]}"), 1, 61,
	 "port 'a': guard.ip is not for a tunnel port (its frames are payload; guard.mac can be "
	 "given)"},
	/* rate, storm */
	{ACCESS("rate: {rx: 7999bit}"), 1, 61,
	 "port 'a': rate.rx: 7999bit is less than 8kbit (leave the key out for no limit)"},
	{ACCESS("rate: {rx: 0}"), 1, 61, NULL},
	{ACCESS("rate: {tx: 1gb}"), 1, 61,
	 "port 'a': rate.tx: '1gb' is not a rate with a unit of tc (1gbit, 100mbit, 64kbit, "
	 "10mbps)"},
	{ACCESS("rate: {tx: 11tbit}"), 1, 61,
	 "port 'a': rate.tx: 11tbit is more than 10tbit (leave the key out for no limit)"},
	{ACCESS("rate: {burst: 1m}"), 1, 64,
	 "port 'a': rate: burst limits nothing alone (give rx or tx too)"},
	{ACCESS("rate: {rx: 1gbit, rx_min: 2gbit}"), 1, 76,
	 "port 'a': rate: rx_min is more than rx allows"},
	{ACCESS("rate: {rx: 1gbit, burst: 0}"), 1, 75,
	 "port 'a': rate.burst: 0 is less than 1 byte"},
	{ACCESS("rate: {rx: 1gbit, burst: 1s}"), 1, 75, NULL},
	{ACCESS("rate: {rx: 1gbit, burst: 5g}"), 1, 75, "port 'a': rate.burst: 5g is more than 4g"},
	{ACCESS("storm: {broadcast: 0pps}"), 1, 69,
	 "port 'a': storm.broadcast: 0pps is less than 1pps (leave the key out for no limit)"},
	{ACCESS("storm: {multicast: 1000}"), 1, 69,
	 "port 'a': storm.multicast: '1000' is not a number of frames a second (1000pps)"},
	{ACCESS("storm: {unknown: 2000mpps}"), 1, 67, NULL},
	/* uplinks */
	{UPLINK("isolated: true"), 1, 54, "port 'a': isolated is not for an uplink"},
	{UPLINK("guard: {strict: true}"), 1, 51,
	 "port 'a': guard is not for an uplink (every address comes from there)"},
	{UPLINK("rate: {rx: 1gbit}"), 1, 50, "port 'a': rate is not for an uplink"},
	{UPLINK("vlan: {tunnel: 5}"), 1, 50, NULL},
	/* between ports */
	{TWO("vlan: {tunnel: 5}", "vlan: {access: 5}"), 3, 31,
	 "port 'b': vlan: VID 5 belongs to the tunnel of port 'a' (only the trunk of an uplink may "
	 "have it too)"},
	{TWO("vlan: {tunnel: 5}", "vlan: {trunk: [1-9]}"), 3, 31, NULL},
	{TWO("vlan: {tunnel: 5}", "vlan: {trunk: all, native: 5}"), 3, 31, NULL},
	{TWO("vlan: {tunnel: 5}", "role: uplink, vlan: {trunk: all, native: 5}"), 3, 45, NULL},
	{TWO("vlan: {tunnel: 5}", "role: uplink, vlan: {access: 5}"), 3, 45, NULL},
	{"switch: {host: {netdev: h, vlan: {access: 5}}}\n" PORT("vlan: {tunnel: 5}"), 1, 34,
	 "host port 'h': vlan: VID 5 belongs to the tunnel of port 'a' (only the trunk of an "
	 "uplink may have it too)"},
	{"ports:\n- {name: a, netdev: x, vlan: {access: 1}}\n- {name: a, netdev: y, vlan: {access: "
	 "1}}",
	 3, 3, "port 'a': name: there is a port of this name in line 2 already"},
	{"ports:\n- {name: a, netdev: x, vlan: {access: 1}}\n- {name: b, netdev: x, vlan: {access: "
	 "1}}",
	 3, 21, "port 'b': netdev: 'x' is the netdev of port 'a' in line 2 already"},
	{"switch: {host: {netdev: a}}\n" ACCESS("pcp: 1"), 2, 9,
	 "port 'a': name: there is a port of this name in line 1 already"},
	{"switch: {host: {netdev: b}}\n" ACCESS("pcp: 1"), 2, 27,
	 "port 'a': netdev: 'b' is the host's side of the host port (switch.host)"},
	{"switch: {host: {netdev: h}}\nports: [{name: a, netdev: h-sw, vlan: {access: 1}}]", 2, 27,
	 "port 'a': netdev: 'h-sw' is the netdev of port 'h' in line 1 already"},
	/* fdb */
	{ACCESS("pcp: 1") "\nfdb: [{mac: 02:00:00:00:00:01, vlan: 10, port: c}]", 2, 48,
	 "fdb '02:00:00:00:00:01': port: there is no port 'c' (give one of ports:)"},
	{ACCESS("pcp: 1") "\nfdb: [{mac: 02:00:00:00:00:01, vlan: 11, port: a}]", 2, 38,
	 "fdb '02:00:00:00:00:01': vlan: port 'a' is not in VLAN 11"},
	{ACCESS("pcp: 1") "\nfdb: [{mac: 03:00:00:00:00:01, vlan: 10, port: a}]", 2, 13, NULL},
	{ACCESS("pcp: 1") "\nfdb: [{vlan: 10, port: a}]", 2, 7, "fdb number 1: mac is missing"},
	{ACCESS("pcp: 1") "\nfdb: [{mac: 02:00:00:00:00:01, port: a}]", 2, 7,
	 "fdb '02:00:00:00:00:01': vlan is missing"},
	{ACCESS("pcp: 1") "\nfdb: [{mac: 02:00:00:00:00:01, vlan: 10}]", 2, 7,
	 "fdb '02:00:00:00:00:01': port is missing"},
	{ACCESS("pcp: 1") "\nfdb: [{mac: 02:00:00:00:00:01, vlan: 10, port: a, age: 1s}]", 2, 51,
	 "fdb '02:00:00:00:00:01': unknown key 'age' (known: mac, vlan, port)"},
	{ACCESS("pcp: 1") "\nfdb:\n- {mac: 02:00:00:00:00:01, vlan: 10, port: a}\n"
			  "- {mac: 02:00:00:00:00:01, vlan: 10, port: a}",
	 4, 3, "fdb '02:00:00:00:00:01': VLAN 10 has this address already (in line 3)"},
	{"switch: {fdb: {size: 1}}\n" ACCESS(
		 "pcp: 1") "\nfdb:\n- {mac: 02:00:00:00:00:01, vlan: 10, port: a}\n"
			   "- {mac: 02:00:00:00:00:02, vlan: 10, port: a}",
	 5, 3, "fdb: 2 entries are more than switch.fdb.size: 1"},
};

/* Return: is it exactly the one message, at its place? */
static bool right(const struct row *r)
{
	struct conf_errors errors;
	const struct conf_error *e;
	struct conf conf;
	bool ok;

	if (conf_parse(r->text, strlen(r->text), &conf, &errors) != -EINVAL) {
		print_error("%s\nwas taken\n", r->text);
		return false;
	}
	e = errors.list;
	ok = errors.len == 1 && e->pos.line == r->line && e->pos.col == r->col &&
	     (!r->error || !strcmp(r->error, e->text));
	for (size_t i = 0; !ok && i < errors.len; i++)
		print_error("%s\n%u:%u: %s\n", r->text, e[i].pos.line, e[i].pos.col, e[i].text);
	conf_errors_done(&errors);
	return ok;
}

static void test_each(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		wrong += !right(&rows[i]);
	assert_int_equal(wrong, 0);
}

/* The n-th line of @text, copied. */
static void get_line(const char *text, unsigned int n, char *out, size_t size)
{
	while (--n)
		text = strchr(text, '\n') + 1;
	snprintf(out, size, "%.*s", (int)strcspn(text, "\n"), text);
}

static void test_thirty_mistakes(void **state)
{
	struct conf_errors errors;
	struct conf conf;
	unsigned int last = 0;
	char line[256];

	(void)state;
	assert_int_equal(conf_parse(thirty_start, strlen(thirty_start), &conf, &errors), -EINVAL);
	assert_int_equal(errors.len, 30);
	for (size_t i = 0; i < errors.len; i++) {
		const char *want;

		assert_true(errors.list[i].pos.line > last);
		last = errors.list[i].pos.line;
		get_line(thirty_start, last, line, sizeof(line));
		want = strstr(line, "# ! ");
		if (!want || !strstr(errors.list[i].text, want + 4))
			fail_msg("line %u: %s", last, errors.list[i].text);
	}
	conf_errors_done(&errors);
}

/* A syntax error ends the list; the mistakes before it are told, and what is
 * missing because the text ends is not. */
static void test_syntax_error_ends(void **state)
{
	static const char text[] = "switch: {nam: x}\n"
				   "ports:\n"
				   "- {name: a, netdev: b, vlan: {access: 5000}}\n"
				   "- name: c\n"
				   "  guard: {ip: [10.0.0.1, ::1]}\n"
				   "- {name: never, read: this}\n";
	struct conf_errors errors;
	struct conf conf;

	(void)state;
	assert_int_equal(conf_parse(text, strlen(text), &conf, &errors), -EINVAL);
	assert_int_equal(errors.len, 3);
	assert_int_equal(errors.list[0].pos.line, 1);
	assert_int_equal(errors.list[1].pos.line, 3);
	assert_int_equal(errors.list[2].pos.line, 5);
	assert_int_equal(errors.list[2].pos.col, 26);
	assert_non_null(strstr(errors.list[2].text, "quotes"));
	conf_errors_done(&errors);
}

/* Every way in which an IPv6 address without quotes goes wrong says so. */
static void test_ipv6_quotes(void **state)
{
	static const char *const texts[] = {
		ACCESS("guard: {ip: [fe80::]}"),
		ACCESS("guard: {ip: [::1]}"),
		ACCESS("guard: {ip: [10.0.0.1, ::1/128]}"),
		ACCESS("guard: {ip: [fe80::, 10.0.0.1]}"),
		ACCESS("guard: {ip: [2001:db8:: , 10.0.0.1]}"),
		"ports:\n- name: a\n  netdev: b\n  vlan: {access: 1}\n  guard:\n    ip:\n"
		"    - fe80::\n",
	};
	struct conf_errors errors;
	struct conf conf;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(conf_parse(texts[i], strlen(texts[i]), &conf, &errors), -EINVAL);
		if (errors.len != 1 || !strstr(errors.list[0].text, "quotes"))
			fail_msg("%s\n%zu: %s", texts[i], errors.len, errors.list[0].text);
		conf_errors_done(&errors);
	}
}

static void test_not_text(void **state)
{
	static const char *const texts[] = {"\xff\xfe", "a: \x01", "\xc3(", "ports: \xed\xa0\x80"};
	struct conf_errors errors;
	struct conf conf;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(conf_parse(texts[i], strlen(texts[i]), &conf, &errors), -EINVAL);
		assert_true(errors.len >= 1);
		assert_true(errors.list[0].pos.line == 1 && errors.list[0].pos.col >= 1);
		conf_errors_done(&errors);
	}
}

/* No flood of messages, however wrong the file. */
static void test_many(void **state)
{
	struct conf_errors errors;
	struct conf conf;
	size_t size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	for (int i = 0; i < 3000; i++)
		fprintf(f, "key%d: %d\n", i, i);
	fclose(f);
	assert_int_equal(conf_parse(text, size, &conf, &errors), -EINVAL);
	assert_int_equal(errors.len, 1001);
	assert_int_equal(errors.list[1000].pos.line, 1000);
	assert_non_null(strstr(errors.list[1000].text, "more than 1000 mistakes"));
	conf_errors_done(&errors);
	free(text);
}

static void test_depth(void **state)
{
	char text[4096];
	struct conf_errors errors;
	struct conf conf;

	(void)state;
	memset(text, '[', sizeof(text));
	assert_int_equal(conf_parse(text, sizeof(text), &conf, &errors), -EINVAL);
	assert_non_null(strstr(errors.list[errors.len - 1].text, "nested"));
	conf_errors_done(&errors);
}

/* conf_check() finds by itself what was put together by hand. */
static void test_check_by_hand(void **state)
{
	static const char text[] = ACCESS("pcp: 1");
	struct conf_errors errors;
	struct conf a, b;

	(void)state;
	assert_int_equal(conf_parse(text, strlen(text), &a, &errors), 0);
	assert_int_equal(conf_check(&a, &errors), 0);
	assert_int_equal(conf_parse(text, strlen(text), &b, &errors), 0);
	a.ports = realloc(a.ports, 2 * sizeof(*a.ports));
	a.ports[a.ports_len++] = b.ports[0];
	b.ports_len = 0;
	conf_done(&b);
	assert_int_equal(conf_check(&a, &errors), -EINVAL);
	assert_int_equal(errors.len, 2); /* name and netdev */
	conf_errors_done(&errors);
	conf_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_thirty_mistakes),
		cmocka_unit_test(test_syntax_error_ends),
		cmocka_unit_test(test_ipv6_quotes),
		cmocka_unit_test(test_not_text),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_check_by_hand),
	};

	return cmocka_run_group_tests_name("conf_errors", tests, NULL, NULL);
}
