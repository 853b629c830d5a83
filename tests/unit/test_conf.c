// SPDX-License-Identifier: GPL-2.0-only
/* test_conf.c - right configurations: every key, every default, and back */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "conf_json.h"
#include "util.h"

/* The example files are part of the program: the test runs from anywhere. */
#define EMBED(name, file)                                             \
	__asm__(".section .rodata\n" #name ": .incbin \"" file "\"\n" \
		".byte 0\n.previous");                                \
	extern const char name[]

EMBED(example_minimal, "user/examples/minimal.yaml");
EMBED(example_tenants, "user/examples/tenants.yaml");
EMBED(example_trunk, "user/examples/trunk-qinq.yaml");
EMBED(example_card, "user/examples/card.yaml");

static void parse(const char *text, struct conf *conf)
{
	struct conf_errors errors;

	if (conf_parse(text, strlen(text), conf, &errors))
		fail_msg("line %u: %s", errors.list[0].pos.line, errors.list[0].text);
	assert_null(errors.list);
}

static void assert_conf_equal(const struct conf *a, const struct conf *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->eswitch, b->eswitch);
	assert_int_equal(a->switchdev, b->switchdev);
	assert_int_equal(a->attach, b->attach);
	assert_int_equal(a->tc_pref, b->tc_pref);
	assert_int_equal(a->tc_marks, b->tc_marks);
	assert_int_equal(a->xdp_tx_errors, b->xdp_tx_errors);
	assert_int_equal(a->fdb_size, b->fdb_size);
	assert_int_equal(a->ageing_ms, b->ageing_ms);
	assert_true(conf_offload_equal(&a->offload, &b->offload));
	assert_int_equal(a->max_ports, b->max_ports);
	assert_int_equal(a->unknown, b->unknown);
	assert_string_equal(a->host_netdev, b->host_netdev);
	assert_int_equal(a->ports_len, b->ports_len);
	for (size_t i = 0; i < a->ports_len; i++) {
		if (!conf_port_equal(&a->ports[i], &b->ports[i]))
			fail_msg("port '%s' differs", a->ports[i].name);
		assert_memory_equal(a->ports[i].vlan.set, b->ports[i].vlan.set,
				    sizeof(a->ports[i].vlan.set));
	}
	assert_int_equal(a->fdb_len, b->fdb_len);
	for (size_t i = 0; i < a->fdb_len; i++) {
		assert_memory_equal(a->fdb[i].mac, b->fdb[i].mac, 6);
		assert_int_equal(a->fdb[i].vlan, b->fdb[i].vlan);
		assert_string_equal(a->fdb[i].port, b->fdb[i].port);
	}
}

static char *to_text(const struct conf *conf)
{
	json_t *json = conf_json(conf);
	char *text = json_dumps(json, JSON_COMPACT);

	assert_non_null(text);
	json_decref(json);
	return text;
}

/* The conf says the same after it was written and read, and so does the text. */
static void assert_round_trip(const struct conf *conf)
{
	char *text = to_text(conf), *again;
	struct conf back;

	parse(text, &back);
	assert_conf_equal(conf, &back);
	again = to_text(&back);
	assert_string_equal(text, again);
	conf_done(&back);
	free(text);
	free(again);
}

static void test_defaults(void **state)
{
	struct conf conf;
	const struct conf_port *p;

	(void)state;
	parse("ports:\n- {name: a, netdev: b, vlan: {access: 10}}\n", &conf);
	assert_string_equal(conf.name, "repx0");
	assert_int_equal(conf.attach, CONF_ATTACH_AUTO);
	assert_int_equal(conf.tc_pref, 49152);
	assert_false(conf.tc_marks);
	assert_true(conf.xdp_tx_errors);
	assert_int_equal(conf.fdb_size, 65536);
	assert_int_equal(conf.ageing_ms, 300000);
	assert_int_equal(conf.offload.enabled, CONF_OFFLOAD_AUTO);
	assert_int_equal(conf.offload.promote, 100);
	assert_int_equal(conf.offload.idle_ms, 10000);
	assert_false(conf.offload.guard_ip);
	assert_int_equal(conf.max_ports, 1024);
	assert_int_equal(conf.unknown, CONF_UNKNOWN_FLOOD);
	assert_string_equal(conf.host_netdev, "");
	assert_int_equal(conf.ports_len, 1);
	assert_int_equal(conf.fdb_len, 0);
	p = &conf.ports[0];
	assert_int_equal(p->role, CONF_ROLE_PORT);
	assert_int_equal(p->vlan.tpid, 0x8100);
	assert_false(p->guard.on);
	assert_int_equal(p->rate.rx | p->rate.tx | p->rate.burst, 0);
	assert_int_equal(p->storm.broadcast | p->storm.multicast | p->storm.unknown, 0);
	assert_int_equal(p->mac_limit, 0);
	assert_int_equal(p->mac_moves, 100);
	assert_true(p->learning && p->flood && p->up);
	assert_false(p->isolated || p->link_local_host || p->shared || p->xdp_shared);
	assert_int_equal(p->pcp, 0);
	assert_int_equal(p->attach, CONF_ATTACH_AUTO);
	assert_int_equal(p->pos.line, 2);
	assert_int_equal(p->pos.col, 3);
	assert_int_equal(p->netdev_pos.col, 21);
	assert_round_trip(&conf);
	conf_done(&conf);
}

static const char full[] =
	"version: 1\n"
	"switch:\n"
	"  name: sw0\n"
	"  attach: tc\n"
	"  tc: {pref: 100, marks: true}\n"
	"  xdp: {tx_errors: false}\n"
	"  fdb: {size: 1000, ageing: 10s}\n"
	"  unknown: uplink\n"
	"  max_ports: 64\n"
	"  host: {netdev: repx0, vlan: {trunk: [5, 10], native: 5}}\n"
	"offload: {enabled: false, pref: 20, max_rules: 0, promote: 1pps, idle: 2s, flood: true, "
	"guard_ip: true}\n"
	"ports:\n"
	"- {name: up, netdev: p0, role: uplink, shared: true, link_local: host}\n"
	"- name: vm1\n"
	"  netdev: pf0sf88\n"
	"  role: port\n"
	"  vlan: {trunk: [10, 20-29], native: 10, proto: 802.1ad}\n"
	"  guard: {mac: [02:00:00:00:00:02, 02:00:00:00:00:01], ip: [10.0.0.1, \"2001:db8::/64\"], "
	"strict: true}\n"
	"  rate: {rx: 1gbit, tx: 10mbit, burst: 256k, rx_min: 8mbit}\n"
	"  storm: {broadcast: 1000pps, multicast: 2000pps, unknown: 3kpps}\n"
	"  mac_limit: 4\n"
	"  mac_moves: 0\n"
	"  isolated: true\n"
	"  learning: false\n"
	"  flood: false\n"
	"  link_local: host\n"
	"  pcp: 7\n"
	"  state: down\n"
	"  attach: clsact\n"
	"  xdp: shared\n"
	"- {name: q1, netdev: q1r, vlan: {tunnel: 100}, xdp: exclusive, state: up}\n"
	"- {name: all, netdev: allr, vlan: {trunk: all, native: 7}}\n"
	"fdb:\n"
	"- {mac: 02:00:00:00:00:09, vlan: 20, port: vm1}\n"
	"- {mac: 02:00:00:00:00:0a, vlan: 100, port: q1}\n"
	"- {mac: 02:00:00:00:00:0b, vlan: 10, port: repx0}\n";

static void check_full_switch(const struct conf *conf)
{
	const struct conf_port *host = &conf->ports[4];

	assert_string_equal(conf->name, "sw0");
	assert_int_equal(conf->attach, CONF_ATTACH_TC);
	assert_int_equal(conf->tc_pref, 100);
	assert_true(conf->tc_marks);
	assert_false(conf->xdp_tx_errors);
	assert_int_equal(conf->fdb_size, 1000);
	assert_int_equal(conf->ageing_ms, 10000);
	assert_int_equal(conf->offload.enabled, CONF_OFFLOAD_OFF);
	assert_int_equal(conf->offload.pref, 20);
	assert_int_equal(conf->offload.max_rules, 0);
	assert_int_equal(conf->offload.promote, 1);
	assert_int_equal(conf->offload.idle_ms, 2000);
	assert_true(conf->offload.guard_ip);
	assert_true(conf->offload.flood);
	assert_int_equal(conf->unknown, CONF_UNKNOWN_UPLINK);
	assert_int_equal(conf->max_ports, 64);
	assert_string_equal(conf->host_netdev, "repx0");
	assert_int_equal(conf->ports_len, 5);
	assert_int_equal(host->role, CONF_ROLE_HOST);
	assert_string_equal(host->name, "repx0");
	assert_string_equal(host->netdev, "repx0-sw");
	assert_int_equal(host->vlan.vid, 5);
	assert_true(conf_vlan_member(&host->vlan, 10) && host->learning && host->flood);
	assert_int_equal(host->mac_moves, 100);
	assert_int_equal(conf->fdb_len, 3);
	assert_int_equal(conf->fdb[0].mac[5], 9);
	assert_int_equal(conf->fdb[0].vlan, 20);
	assert_string_equal(conf->fdb[0].port, "vm1");
}

static void check_full_port(const struct conf_port *p)
{
	assert_string_equal(p->netdev, "pf0sf88");
	assert_int_equal(p->vlan.mode, CONF_VLAN_TRUNK);
	assert_int_equal(p->vlan.vid, 10);
	assert_int_equal(p->vlan.tpid, 0x88a8);
	assert_false(p->vlan.all);
	for (unsigned int vid = 0; vid < 4096; vid++)
		assert_int_equal(conf_vlan_has(&p->vlan, vid),
				 vid == 10 || (vid >= 20 && vid <= 29));
	assert_true(p->guard.on && p->guard.strict);
	assert_int_equal(p->guard.mac_len, 2);
	assert_int_equal(p->guard.mac[0][5], 1);
	assert_int_equal(p->guard.mac[1][5], 2);
	assert_int_equal(p->guard.ip_len, 2);
	assert_int_equal(p->guard.ip[0].len, 128);
	assert_int_equal(p->guard.ip[0].addr[10], 0xff);
	assert_int_equal(p->guard.ip[1].len, 64);
	assert_int_equal(p->rate.rx, 125000000);
	assert_int_equal(p->rate.tx, 1250000);
	assert_int_equal(p->rate.burst, 262144);
	assert_int_equal(p->rate.rx_min, 1000000);
	assert_int_equal(p->storm.broadcast, 1000);
	assert_int_equal(p->storm.multicast, 2000);
	assert_int_equal(p->storm.unknown, 3000);
	assert_int_equal(p->mac_limit, 4);
	assert_int_equal(p->mac_moves, 0);
	assert_int_equal(p->pcp, 7);
	assert_true(p->isolated && p->link_local_host && p->xdp_shared);
	assert_false(p->learning || p->flood || p->up);
	assert_int_equal(p->attach, CONF_ATTACH_CLSACT);
}

static void test_every_key(void **state)
{
	struct conf conf;
	const struct conf_port *up, *all;

	(void)state;
	parse(full, &conf);
	check_full_switch(&conf);
	check_full_port(&conf.ports[1]);
	up = &conf.ports[0];
	assert_int_equal(up->role, CONF_ROLE_UPLINK);
	assert_true(up->shared && up->vlan.all && up->link_local_host);
	assert_int_equal(up->attach, CONF_ATTACH_TC);
	/* an uplink carries the S-VLANs, other trunks have all but them */
	assert_true(conf_vlan_has(&up->vlan, 100) && conf_vlan_has(&up->vlan, 4094));
	assert_false(conf_vlan_has(&up->vlan, 0) || conf_vlan_has(&up->vlan, 4095));
	all = &conf.ports[3];
	assert_true(all->vlan.all && conf_vlan_has(&all->vlan, 99));
	assert_false(conf_vlan_has(&all->vlan, 100));
	assert_int_equal(all->vlan.vid, 7);
	assert_int_equal(conf.ports[2].vlan.mode, CONF_VLAN_TUNNEL);
	assert_round_trip(&conf);
	conf_done(&conf);
}

static void test_host_without_vlan(void **state)
{
	struct conf conf;

	(void)state;
	parse("switch: {host: {netdev: repx0}}\n", &conf);
	assert_int_equal(conf.ports_len, 1);
	assert_int_equal(conf.ports[0].vlan.mode, CONF_VLAN_NONE);
	assert_round_trip(&conf);
	assert_int_equal(conf_remove(&conf, "repx0"), 0);
	assert_string_equal(conf.host_netdev, "");
	conf_done(&conf);
}

static void test_native_joins(void **state)
{
	struct conf conf;

	(void)state;
	parse("ports: [{name: a, netdev: b, vlan: {trunk: [10], native: 3000}}]", &conf);
	assert_true(conf_vlan_member(&conf.ports[0].vlan, 3000));
	assert_true(conf_vlan_member(&conf.ports[0].vlan, 10));
	assert_false(conf_vlan_member(&conf.ports[0].vlan, 3000 % 64));
	assert_round_trip(&conf);
	conf_done(&conf);
}

/* ports before the switch, anchors, quotes, JSON: all of it is YAML */
static void test_yaml_forms(void **state)
{
	struct conf conf;

	(void)state;
	parse("ports:\n"
	      "- &one {name: \"a\", 'netdev': b, vlan: &v {access: \"10\"}}\n"
	      "- name: c\n  netdev: d\n  vlan: *v\n"
	      "switch: {attach: tcx}\n",
	      &conf);
	assert_int_equal(conf.ports[0].attach, CONF_ATTACH_TCX);
	assert_int_equal(conf.ports[1].vlan.vid, 10);
	conf_done(&conf);
	parse("{\"version\":1,\"switch\":{\"name\":\"j\"},\"ports\":[{\"name\":\"a\",\"netdev\":"
	      "\"b\",\"vlan\":{\"trunk\":[1,\"3-4\"]}}]}",
	      &conf);
	assert_string_equal(conf.name, "j");
	assert_true(conf_vlan_has(&conf.ports[0].vlan, 4));
	conf_done(&conf);
	parse("{}", &conf);
	assert_int_equal(conf.ports_len, 0);
	assert_round_trip(&conf);
	conf_done(&conf);
}

static void test_json_is_canonical(void **state)
{
	static const char want[] =
		"{\"version\":1,\"switch\":{\"name\":\"repx0\",\"host\":{\"netdev\":\"h\"}},"
		"\"ports\":["
		"{\"name\":\"u\",\"netdev\":\"p0\",\"role\":\"uplink\",\"vlan\":{\"trunk\":\"all\"}"
		"},"
		"{\"name\":\"a\",\"netdev\":\"b\",\"vlan\":{\"trunk\":[1,\"3-5\"],\"native\":1},"
		"\"guard\":{\"ip\":[\"10.0.0.0/8\"]},\"rate\":{\"rx\":\"1500mbit\"}}],\"fdb\":[]}";
	struct conf conf;
	json_t *host;
	char *text;

	(void)state;
	parse("switch: {name: repx0, attach: auto, unknown: flood, tc: {}, host: {netdev: h}}\n"
	      "ports:\n"
	      "- {name: u, netdev: p0, role: uplink, storm: {}, isolated: false}\n"
	      "- {name: a, netdev: b, vlan: {trunk: [3, 5, 4], native: 1}, guard: {ip: "
	      "[10.0.0.0/8]}, rate: {rx: 1.5gbit}, mac_moves: 100, state: up}\n",
	      &conf);
	text = to_text(&conf);
	assert_string_equal(text, want);
	free(text);
	host = conf_port_json(&conf, conf_find(&conf, "h"));
	text = json_dumps(host, JSON_COMPACT);
	assert_string_equal(text,
			    "{\"name\":\"h\",\"netdev\":\"h-sw\",\"role\":\"host\",\"vlan\":{}}");
	free(text);
	json_decref(host);
	conf_done(&conf);
}

static int port_parse(const char *text, struct conf *conf)
{
	struct conf_errors errors;
	int ret = conf_port_parse(text, strlen(text), conf, &errors);

	assert_true((ret == -EINVAL) == (errors.len > 0));
	conf_errors_done(&errors);
	return ret;
}

static void test_port_parse(void **state)
{
	static const char *const bad[] = {
		"{name: vm1, netdev: new, vlan: {access: 10}}",	    /* name there */
		"{name: new, netdev: pf0sf88, vlan: {access: 10}}", /* netdev there */
		"{name: repx0, netdev: new, vlan: {access: 10}}",   /* host port's name */
		"{name: new, netdev: repx0-sw, vlan: {access: 10}}",
		"{name: new, netdev: repx0, vlan: {access: 10}}",
		"{name: new, netdev: new, vlan: {access: 100}}", /* a tunnel's VID */
		"{name: new, netdev: new, vlan: {tunnel: 10}}",	 /* others have VLAN 10 */
		"{name: new, netdev: new, vlan: {access: 10}, attach: xdp}", /* marks */
		"{name: new, netdev: new}",
		"[]",
		"",
		"{name: new",
		"{name: new, netdev: new, vlan: {access: 10}}\n---\n{}",
	};
	struct conf conf, before;

	(void)state;
	parse(full, &conf);
	assert_int_equal(conf_copy(&before, &conf), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (port_parse(bad[i], &conf) != -EINVAL)
			fail_msg("%s was taken", bad[i]);
		assert_conf_equal(&before, &conf);
	}
	assert_int_equal(port_parse("{name: new, netdev: new, vlan: {tunnel: 99}}", &conf), 0);
	assert_int_equal(conf.ports_len, 6);
	assert_string_equal(conf.ports[4].name, "new");
	assert_int_equal(conf.ports[4].attach, CONF_ATTACH_TC);
	assert_int_equal(conf.ports[5].role, CONF_ROLE_HOST);
	/* what trunk: all means follows the tunnels */
	assert_false(conf_vlan_has(&conf_find(&conf, "all")->vlan, 99));
	assert_int_equal(conf_remove(&conf, "new"), 0);
	assert_true(conf_vlan_has(&conf_find(&conf, "all")->vlan, 99));
	assert_conf_equal(&before, &conf);
	conf_done(&conf);
	conf_done(&before);
}

/* What conf_port_json() says is what conf_port_parse() makes the same port of. */
static void test_port_round_trip(void **state)
{
	struct conf conf;

	(void)state;
	parse(full, &conf);
	for (size_t i = 0; i < conf.ports_len; i++) {
		json_t *json = conf_port_json(&conf, &conf.ports[i]);
		char *text = json_dumps(json, JSON_COMPACT);
		struct conf other;

		json_decref(json);
		if (conf.ports[i].role != CONF_ROLE_HOST) {
			parse("switch: {attach: tc, tc: {marks: true}}", &other);
			assert_int_equal(port_parse(text, &other), 0);
			if (!conf.ports[i].vlan.all)
				assert_true(conf_port_equal(&other.ports[0], &conf.ports[i]));
			conf_done(&other);
		}
		free(text);
	}
	conf_done(&conf);
}

static void test_copy_remove(void **state)
{
	struct conf conf, copy;

	(void)state;
	parse(full, &conf);
	assert_int_equal(conf_copy(&copy, &conf), 0);
	assert_conf_equal(&conf, &copy);
	assert_ptr_not_equal(conf.ports[1].guard.mac, copy.ports[1].guard.mac);
	assert_int_equal(conf_remove(&copy, "nobody"), -ENOENT);
	assert_int_equal(conf_remove(&copy, "vm1"), 0);
	assert_int_equal(copy.ports_len, 4);
	assert_null(conf_find(&copy, "vm1"));
	assert_int_equal(copy.fdb_len, 2);
	assert_string_equal(copy.fdb[0].port, "q1");
	assert_int_equal(conf_remove(&copy, copy.ports[0].name), 0);
	assert_non_null(conf_find(&conf, "up"));
	conf_done(&copy);
	assert_int_equal(copy.ports_len, 0);
	conf_done(&copy);
	conf_done(&conf);
	conf_done(NULL);
	conf_errors_done(NULL);
	conf_port_done(NULL);
}

static char *thousand_ports(void)
{
	size_t size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	fprintf(f, "ports:\n");
	for (int i = 0; i < 1000; i++)
		fprintf(f,
			"- name: vm%d\n  netdev: rep%d\n  vlan: {trunk: [%d-%d]}\n"
			"  guard: {mac: [02:00:00:00:%02x:%02x], ip: [10.0.%d.%d]}\n"
			"  rate: {rx: 1gbit}\n",
			i, i, i + 1, i + 1000, i / 256, i % 256, i / 256, i % 256);
	fprintf(f, "fdb:\n");
	for (int i = 0; i < 1000; i++)
		fprintf(f, "- {mac: 02:00:00:01:%02x:%02x, vlan: %d, port: vm%d}\n", i / 256,
			i % 256, i + 1, i);
	fclose(f);
	return text;
}

static void test_thousand_ports(void **state)
{
	char *text = thousand_ports();
	uint64_t start = now_ns(), ms;
	struct conf conf;

	(void)state;
	parse(text, &conf);
	ms = (now_ns() - start) / 1000000;
	print_message("1000 ports and 1000 addresses read in %llu ms\n", (unsigned long long)ms);
	assert_int_equal(conf.ports_len, 1000);
	assert_int_equal(conf.fdb_len, 1000);
	assert_true(ms < 2000); /* some 30 ms; sanitizers and a busy machine are slow */
	assert_round_trip(&conf);
	conf_done(&conf);
	free(text);
}

static void test_read_file(void **state)
{
	char path[] = "/tmp/repx-test-conf-XXXXXX";
	int fd = mkstemp(path);
	struct conf_errors errors;
	struct conf conf;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, full, strlen(full)), strlen(full));
	close(fd);
	assert_int_equal(conf_read(path, &conf, &errors), 0);
	assert_string_equal(conf.name, "sw0");
	conf_done(&conf);
	unlink(path);
	assert_int_equal(conf_read(path, &conf, &errors), -ENOENT);
	assert_int_equal(errors.len, 0);
	assert_int_equal(conf_read("/", &conf, &errors), -EISDIR);
}

static char warned[1024];

static void warn(const char *text)
{
	strncat(warned, text, sizeof(warned) - strlen(warned) - 1);
	strncat(warned, "\n", sizeof(warned) - strlen(warned) - 1);
}

static void test_examples(void **state)
{
	static const char *const texts[] = {example_minimal, example_tenants, example_trunk,
					    example_card};
	static const size_t ports[] = {3, 7, 5, 5};
	struct conf conf;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		parse(texts[i], &conf);
		assert_int_equal(conf.ports_len, ports[i]);
		warned[0] = 0;
		conf_warnings(&conf, warn);
		assert_string_equal(warned, "");
		assert_round_trip(&conf);
		conf_done(&conf);
	}
}

static void test_warnings(void **state)
{
	static const char *const texts[][2] = {
		{"{}", ""},
		{"switch: {attach: xdp-generic}", "xdp-generic is for tests"},
		{"ports: [{name: a, netdev: b, vlan: {access: 1}, attach: xdp-generic}]",
		 "port 'a': attach: xdp-generic"},
		{"ports: [{name: a, netdev: b, vlan: {access: 1}, attach: tc, xdp: shared}]",
		 "xdp: shared does nothing"},
		{"ports: [{name: a, netdev: b, vlan: {access: 1}, mac_limit: 1, learning: false}]",
		 "mac_limit does nothing"},
		{"ports: [{name: a, netdev: b, vlan: {tunnel: 9}}]", ""},
		{"ports: [{name: a, netdev: b, vlan: {tunnel: 9}}, {name: u, netdev: p, role: "
		 "uplink}]",
		 ""},
		{"ports: [{name: a, netdev: b, vlan: {tunnel: 9}}, "
		 "{name: u, netdev: p, role: uplink, vlan: {trunk: [1-8]}}]",
		 "port 'a': tunnel 9 is in the trunk of no uplink"},
		{"switch: {unknown: uplink}", "no uplink"},
	};
	struct conf conf;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		parse(texts[i][0], &conf);
		warned[0] = 0;
		conf_warnings(&conf, warn);
		if (texts[i][1][0] ? !strstr(warned, texts[i][1]) : warned[0])
			fail_msg("%s: '%s'", texts[i][0], warned);
		conf_done(&conf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),	  cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_host_without_vlan), cmocka_unit_test(test_yaml_forms),
		cmocka_unit_test(test_native_joins),	  cmocka_unit_test(test_json_is_canonical),
		cmocka_unit_test(test_port_parse),	  cmocka_unit_test(test_port_round_trip),
		cmocka_unit_test(test_copy_remove),	  cmocka_unit_test(test_thousand_ports),
		cmocka_unit_test(test_read_file),	  cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
