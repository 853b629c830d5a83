// SPDX-License-Identifier: GPL-2.0-only
/* test_conf_nic.c - eswitch:, sf:, vf: and vdpa: read right, written back, and refused */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conf_json.h"
#include "util.h"

#define SWITCH "switch: {eswitch: pci/0000:03:00.0}\n"
#define PORT(keys) SWITCH "ports:\n- {name: a, vlan: {access: 10}, " keys "}\n"
#define TWO(a, b) PORT(a) "- {name: b, vlan: {access: 10}, " b "}\n"

static void parse(const char *text, struct conf *conf)
{
	struct conf_errors errors;

	if (conf_parse(text, strlen(text), conf, &errors))
		fail_msg("%s\nline %u: %s", text, errors.list[0].pos.line, errors.list[0].text);
}

static char *to_text(const struct conf *conf)
{
	json_t *json = conf_json(conf);
	char *text = json_dumps(json, JSON_COMPACT);

	assert_non_null(text);
	json_decref(json);
	return text;
}

/* What was written and read again is the same, in every key; so is a copy. */
static void assert_kept(const struct conf *conf)
{
	char *text = to_text(conf), *again;
	struct conf back, copy;

	parse(text, &back);
	assert_int_equal(conf_copy(&copy, conf), 0);
	assert_string_equal(back.eswitch, conf->eswitch);
	assert_int_equal(back.switchdev, conf->switchdev);
	for (size_t i = 0; i < conf->ports_len; i++) {
		assert_true(conf_port_equal(&conf->ports[i], &back.ports[i]));
		assert_true(conf_port_equal(&conf->ports[i], &copy.ports[i]));
		assert_int_equal(conf->ports[i].fn.has_controller, back.ports[i].fn.has_controller);
	}
	again = to_text(&back);
	assert_string_equal(text, again);
	free(text);
	free(again);
	conf_done(&back);
	conf_done(&copy);
}

static void test_eswitch(void **state)
{
	struct conf conf;

	(void)state;
	parse("{}", &conf);
	assert_string_equal(conf.eswitch, "");
	assert_false(conf.switchdev);
	conf_done(&conf);
	parse("switch:\n  eswitch: pci/0000:03:00.0\n", &conf);
	assert_string_equal(conf.eswitch, "pci/0000:03:00.0");
	assert_false(conf.switchdev);
	assert_int_equal(conf.eswitch_pos.line, 2);
	assert_int_equal(conf.eswitch_pos.col, 12);
	assert_kept(&conf);
	conf_done(&conf);
	parse("switch: {eswitch: {handle: auxiliary/mlx5_core.eth.0}}", &conf);
	assert_string_equal(conf.eswitch, "auxiliary/mlx5_core.eth.0");
	assert_false(conf.switchdev);
	conf_done(&conf);
	parse("switch: {eswitch: {mode: switchdev, handle: pci/0000:03:00.0}}", &conf);
	assert_true(conf.switchdev);
	assert_kept(&conf);
	conf_done(&conf);
}

static void test_sf_defaults(void **state)
{
	static const uint8_t zero[6];
	const struct conf_port *p;
	struct conf conf;

	(void)state;
	parse(PORT("sf: {num: 88}") "- {name: n, netdev: p0, vlan: {access: 10}}\n", &conf);
	p = &conf.ports[0];
	assert_string_equal(p->netdev, "");
	assert_int_equal(p->fn.kind, CONF_FN_SF);
	assert_int_equal(p->fn.num, 88);
	assert_int_equal(p->fn.pf, 0);
	assert_int_equal(p->fn.controller, 0);
	assert_false(p->fn.has_controller);
	assert_memory_equal(p->fn.mac, zero, 6);
	assert_int_equal(p->fn.eth, CONF_NOT_GIVEN);
	assert_int_equal(p->fn.rdma, CONF_NOT_GIVEN);
	assert_int_equal(p->fn.roce, CONF_NOT_GIVEN);
	assert_int_equal(p->fn.max_io_eqs, 0);
	assert_int_equal(p->fn.pos.line, 3);
	assert_int_equal(p->fn.pos.col, 37);
	assert_false(p->vdpa.on);
	assert_int_equal(conf.ports[1].fn.kind, CONF_FN_NONE);
	assert_int_equal(conf.ports[1].fn.eth, CONF_NOT_GIVEN);
	assert_kept(&conf);
	conf_done(&conf);
}

static void check_full_sf(const struct conf_fn *fn)
{
	assert_int_equal(fn->kind, CONF_FN_SF);
	assert_int_equal(fn->num, 4294967295U);
	assert_int_equal(fn->pf, 1);
	assert_true(fn->has_controller);
	assert_int_equal(fn->controller, 0);
	assert_int_equal(fn->mac[5], 2);
	assert_int_equal(fn->mac_pos.col, 82);
	assert_int_equal(fn->eth, 1);
	assert_int_equal(fn->rdma, 0);
	assert_int_equal(fn->roce, 0);
	assert_int_equal(fn->max_io_eqs, 4);
}

static void check_full_vdpa(const struct conf_vdpa *v)
{
	assert_true(v->on);
	assert_string_equal(v->name, "v0");
	assert_int_equal(v->mac[5], 1);
	assert_int_equal(v->mtu, 1500);
	assert_int_equal(v->max_vqp, 2);
	assert_int_equal(v->features, 1ULL << 22 | 1ULL << 17 | 1ULL << 32);
	assert_int_equal(v->bind, CONF_BIND_VHOST);
	assert_int_equal(v->pos.line, 4);
	assert_int_equal(v->pos.col, 7);
	assert_int_equal(v->name_pos.col, 14);
}

static void test_every_key(void **state)
{
	struct conf conf;

	(void)state;
	parse(PORT("sf: {num: 4294967295, pf: 1, controller: 0, mac: 02:00:00:00:00:02, eth: "
		   "true, rdma: false, roce: false, max_io_eqs: 4},\n"
		   "vdpa: {name: v0, mac: 02:00:00:00:00:01, mtu: 1500, max_vqp: 2, features: [MQ, "
		   "CTRL_VQ, VERSION_1], bind: vhost}") "- {name: b, vlan: {access: 10}, vf: {pf: "
							"1, num: 3, controller: 2, mac: "
							"02:00:00:00:00:09}}\n",
	      &conf);
	check_full_sf(&conf.ports[0].fn);
	check_full_vdpa(&conf.ports[0].vdpa);
	assert_int_equal(conf.ports[1].fn.kind, CONF_FN_VF);
	assert_int_equal(conf.ports[1].fn.pf, 1);
	assert_int_equal(conf.ports[1].fn.num, 3);
	assert_int_equal(conf.ports[1].fn.controller, 2);
	assert_int_equal(conf.ports[1].fn.mac[5], 9);
	assert_int_equal(conf.ports[1].fn.eth, CONF_NOT_GIVEN);
	assert_kept(&conf);
	conf_done(&conf);
}

/* The order of the keys means nothing. */
static void test_vdpa_defaults(void **state)
{
	const struct conf_vdpa *v;
	struct conf conf;

	(void)state;
	parse(SWITCH "ports:\n"
		     "- {vdpa: {}, sf: {num: 1, mac: 02:00:00:00:00:02}, vlan: {access: 1}, name: "
		     "vm}\n"
		     "- {name: w, sf: {num: 2}, vlan: {access: 1}, vdpa: {bind: virtio}}\n",
	      &conf);
	v = &conf.ports[0].vdpa;
	assert_true(v->on);
	assert_string_equal(v->name, "vm");
	assert_int_equal(v->mac[5], 2);
	assert_int_equal(v->mtu | v->max_vqp, 0);
	assert_int_equal(v->features, 0);
	assert_int_equal(v->bind, CONF_BIND_NONE);
	assert_int_equal(v->name_pos.col, 10);
	v = &conf.ports[1].vdpa;
	assert_int_equal(v->mac[0] | v->mac[5], 0);
	assert_int_equal(v->bind, CONF_BIND_VIRTIO);
	assert_kept(&conf);
	conf_done(&conf);
}

static void test_guard_true(void **state)
{
	const struct conf_guard *g;
	struct conf conf;

	(void)state;
	parse(SWITCH "ports:\n"
		     "- {name: a, guard: true, vlan: {access: 1}, sf: {num: 1, mac: "
		     "02:00:00:00:00:02}, vdpa: {mac: 02:00:00:00:00:01}}\n"
		     "- {name: b, vlan: {access: 1}, sf: {num: 2, mac: 02:00:00:00:00:03}, vdpa: "
		     "{}, guard: true}\n"
		     "- {name: c, vlan: {tunnel: 2}, vf: {num: 2, mac: 02:00:00:00:00:04}, guard: "
		     "true}\n"
		     "- {name: d, vlan: {access: 1}, sf: {num: 3}, guard: false}\n",
	      &conf);
	g = &conf.ports[0].guard;
	assert_true(g->on && g->from_fn && !g->strict);
	assert_int_equal(g->mac_len, 2);
	assert_int_equal(g->mac[0][5], 1);
	assert_int_equal(g->mac[1][5], 2);
	assert_int_equal(g->ip_len, 0);
	assert_int_equal(conf.ports[1].guard.mac_len, 1);
	assert_int_equal(conf.ports[1].guard.mac[0][5], 3);
	assert_int_equal(conf.ports[2].guard.mac_len, 1);
	assert_int_equal(conf.ports[2].guard.mac[0][5], 4);
	assert_false(conf.ports[3].guard.on || conf.ports[3].guard.from_fn);
	assert_kept(&conf);
	conf_done(&conf);
}

static void test_json(void **state)
{
	static const char want[] =
		"{\"version\":1,\"switch\":{\"name\":\"repx0\",\"eswitch\":{\"handle\":\"pci/"
		"0000:03:00.0\",\"mode\":\"switchdev\"}},\"ports\":["
		"{\"name\":\"a\",\"sf\":{\"num\":0,\"mac\":\"02:00:00:00:00:02\",\"eth\":true},"
		"\"vdpa\":{},\"vlan\":{\"access\":1},\"guard\":true},"
		"{\"name\":\"b\",\"sf\":{\"num\":1,\"pf\":1,\"controller\":0,\"rdma\":true,"
		"\"roce\":false,\"max_io_eqs\":2},\"vdpa\":{\"name\":\"v\",\"mtu\":68,\"max_vqp\":"
		"1,\"features\":[\"CTRL_VQ\",\"MQ\"],\"bind\":\"virtio\"},\"vlan\":{\"access\":1}},"
		"{\"name\":\"c\",\"vf\":{\"num\":7},\"vlan\":{\"access\":1}}],\"fdb\":[]}";
	struct conf conf;
	char *text;

	(void)state;
	parse("switch: {eswitch: {handle: pci/0000:03:00.0, mode: switchdev}}\n"
	      "ports:\n"
	      "- {name: a, sf: {num: 0, pf: 0, mac: 02:00:00:00:00:02, eth: true}, vdpa: {name: a, "
	      "mac: 02:00:00:00:00:02}, vlan: {access: 1}, guard: true}\n"
	      "- {name: b, sf: {num: 1, pf: 1, controller: 0, rdma: true, roce: false, max_io_eqs: "
	      "2}, vdpa: {name: v, mtu: 68, max_vqp: 1, features: [MQ, CTRL_VQ], bind: virtio}, "
	      "vlan: {access: 1}}\n"
	      "- {name: c, vf: {num: 7, pf: 0}, vlan: {access: 1}}\n",
	      &conf);
	text = to_text(&conf);
	assert_string_equal(text, want);
	free(text);
	conf_done(&conf);
}

/* One mistake, its place, the whole message. */
struct row {
	const char *text;
	unsigned int line, col;
	const char *error;
};

#define NOT_HANDLE \
	" is not a devlink handle, BUS/DEVICE (pci/0000:03:00.0; devlink dev show has them)"
#define LONG64 "a234567890123456789012345678901234567890123456789012345678901234"
#define SF2 "vlan: {access: 1}, sf: {num: 1}"

static const struct row rows[] = {
	/* eswitch */
	{"switch: {eswitch: pci}", 1, 19, "switch: eswitch: 'pci'" NOT_HANDLE},
	{"switch: {eswitch: /0000:03:00.0}", 1, 19, "switch: eswitch: '/0000:03:00.0'" NOT_HANDLE},
	{"switch: {eswitch: pci/}", 1, 19, "switch: eswitch: 'pci/'" NOT_HANDLE},
	{"switch: {eswitch: pci/0/1}", 1, 19, "switch: eswitch: 'pci/0/1'" NOT_HANDLE},
	{"switch: {eswitch: pci/0 1}", 1, 19, "switch: eswitch: 'pci/0 1'" NOT_HANDLE},
	{"switch: {eswitch: a-bus-of-sixteen/0}", 1, 19, NULL},
	{"switch: {eswitch: pci/" LONG64 "}", 1, 19, NULL},
	{"switch: {eswitch: \"\"}", 1, 19,
	 "switch: eswitch: is empty: must be a devlink handle (pci/0000:03:00.0)"},
	{"switch: {eswitch: [pci/0]}", 1, 19,
	 "switch: eswitch: must be a devlink handle (pci/0000:03:00.0), not a list"},
	{"switch: {eswitch: {mode: switchdev}}", 1, 19,
	 "switch: eswitch: handle is missing (pci/0000:03:00.0)"},
	{"switch: {eswitch: {handle: pci}}", 1, 28, "switch: eswitch.handle: 'pci'" NOT_HANDLE},
	{"switch: {eswitch: {handle: pci/0, mode: legacy}}", 1, 41,
	 "switch: eswitch.mode: repx needs switchdev: legacy has no representors (give switchdev, "
	 "or leave mode out and set it before)"},
	{"switch: {eswitch: {handle: pci/0, mode: swithdev}}", 1, 41,
	 "switch: eswitch.mode: 'swithdev' is not one of switchdev (did you mean 'switchdev'?)"},
	{"switch: {eswitch: {handle: pci/0, mod: switchdev}}", 1, 35,
	 "switch: eswitch: unknown key 'mod' (did you mean 'mode'?)"},
	/* a mistake in it is not taken for its absence */
	{"switch: {eswitch: pci}\nports: [{name: a, " SF2 "}]", 1, 19, NULL},
	{"switch: [eswitch]\nports: [{name: a, " SF2 "}]", 1, 9, NULL},
	{"ports:\n- {name: a, " SF2 "}\n- {name: b, vlan: {access: 1}, vf: {num: 1}}", 2, 36,
	 "port 'a': sf needs switch.eswitch (give switch: {eswitch: pci/0000:03:00.0}; devlink dev "
	 "show has them)"},
	{"ports: [{name: a, vlan: {access: 1}, vf: {num: 1}}]", 1, 42, NULL},
	/* which port */
	{PORT("netdev: p0, sf: {num: 1}"), 3, 49,
	 "port 'a': only one of netdev, sf and vf can be given"},
	{PORT("netdev: p0, vf: {num: 1}"), 3, 49, NULL},
	{PORT("vf: {num: 1}, sf: {num: 1}"), 3, 37, NULL},
	{PORT("pcp: 1"), 3, 3, "port 'a': netdev is missing (or sf: or vf:, for a port of a NIC)"},
	{PORT("role: uplink, sf: {num: 1}"), 3, 51,
	 "port 'a': sf is not for an uplink (give its netdev)"},
	{PORT("role: uplink, vf: {num: 1}"), 3, 51,
	 "port 'a': vf is not for an uplink (give its netdev)"},
	/* sf, vf */
	{PORT("sf: 88"), 3, 37, "port 'a': sf: must be a map of keys and values, not a scalar"},
	{PORT("sf: {}"), 3, 37, "port 'a': sf: num is missing"},
	{PORT("sf: {num: 4294967296}"), 3, 43,
	 "port 'a': sf.num: 4294967296 is not a number from 0 to 4294967295"},
	{PORT("sf: {num: -1}"), 3, 43, NULL},
	{PORT("sf: {num: 1, pf: 65536}"), 3, 50,
	 "port 'a': sf.pf: 65536 is not a number from 0 to 65535"},
	{PORT("sf: {num: 1, controller: 65536}"), 3, 58,
	 "port 'a': sf.controller: 65536 is not a number from 0 to 65535"},
	{PORT("sf: {num: 1, mac: 01:00:00:00:00:01}"), 3, 51,
	 "port 'a': sf.mac: 01:00:00:00:00:01 is a group address: no port sends from it (give a "
	 "unicast MAC)"},
	{PORT("sf: {num: 1, eth: yes}"), 3, 51,
	 "port 'a': sf.eth: 'yes' is neither true nor false"},
	{PORT("sf: {num: 1, rdma: 1}"), 3, 52, NULL},
	{PORT("sf: {num: 1, roce: on}"), 3, 52, NULL},
	{PORT("sf: {num: 1, max_io_eqs: 0}"), 3, 58,
	 "port 'a': sf.max_io_eqs: 0 is not a number from 1 to 4294967295"},
	{PORT("sf: {num: 1, max_eqs: 4}"), 3, 46,
	 "port 'a': sf: unknown key 'max_eqs' (known: num, pf, controller, mac, eth, rdma, roce, "
	 "max_io_eqs)"},
	{PORT("vf: {pf: 0}"), 3, 37, "port 'a': vf: num is missing"},
	{PORT("vf: {num: 65536}"), 3, 43,
	 "port 'a': vf.num: 65536 is not a number from 0 to 65535"},
	{PORT("vf: {num: 1, eth: true}"), 3, 46,
	 "port 'a': vf: unknown key 'eth' (known: num, pf, controller, mac)"},
	/* what another host has */
	{PORT("sf: {num: 1, controller: 1, rdma: true}"), 3, 67,
	 "port 'a': sf.rdma is set on the SF's device, which is on the host of controller 1 (leave "
	 "it out)"},
	{PORT("sf: {num: 1, controller: 1, eth: false}"), 3, 66, NULL},
	{PORT("sf: {num: 1, controller: 1}, vdpa: {}"), 3, 68,
	 "port 'a': vdpa is made on the SF's device, which is on the host of controller 1 (leave "
	 "it out)"},
	/* vdpa */
	{PORT("netdev: b, vdpa: {}"), 3, 50, "port 'a': vdpa is made on an SF (give sf: {num: N})"},
	{PORT("vf: {num: 1}, vdpa: {}"), 3, 53, NULL},
	{PORT("sf: {num: 1}, vdpa: true"), 3, 53,
	 "port 'a': vdpa: must be a map of keys and values, not a scalar"},
	{PORT("sf: {num: 1}, vdpa: {name: a/b}"), 3, 60, NULL},
	{PORT("sf: {num: 1}, vdpa: {mac: 02}"), 3, 59, NULL},
	{PORT("sf: {num: 1}, vdpa: {mtu: 67}"), 3, 59,
	 "port 'a': vdpa.mtu: 67 is not a number from 68 to 65535"},
	{PORT("sf: {num: 1}, vdpa: {max_vqp: 0}"), 3, 63,
	 "port 'a': vdpa.max_vqp: 0 is not a number from 1 to 65535"},
	{PORT("sf: {num: 1}, vdpa: {bind: qemu}"), 3, 60,
	 "port 'a': vdpa.bind: 'qemu' is not one of vhost, virtio"},
	{PORT("sf: {num: 1}, vdpa: {features: []}"), 3, 64,
	 "port 'a': vdpa.features: the list is empty: give virtio features (MQ, CTRL_VQ), or leave "
	 "the key out"},
	{PORT("sf: {num: 1}, vdpa: {features: MQ}"), 3, 64,
	 "port 'a': vdpa.features: must be a list of virtio features (MQ, CTRL_VQ), not a scalar"},
	{PORT("sf: {num: 1}, vdpa: {features: [[MQ]]}"), 3, 65, NULL},
	{PORT("sf: {num: 1}, vdpa: {features: [MQ, CTRL_QV]}"), 3, 69,
	 "port 'a': vdpa.features: 'CTRL_QV' is not a virtio feature (did you mean 'CTRL_VQ'?)"},
	{PORT("sf: {num: 1}, vdpa: {features: [mq]}"), 3, 65,
	 "port 'a': vdpa.features: 'mq' is not a virtio feature (did you mean 'MQ'?)"},
	{PORT("sf: {num: 1}, vdpa: {features: [VIRTIO_F_VERSION_1]}"), 3, 65,
	 "port 'a': vdpa.features: 'VIRTIO_F_VERSION_1' is not a virtio feature (did you mean "
	 "'VERSION_1'?)"},
	{PORT("sf: {num: 1}, vdpa: {features: [everything-there-is]}"), 3, 65,
	 "port 'a': vdpa.features: 'everything-there-is' is not a virtio feature (as MQ, CTRL_VQ: "
	 "vdpa mgmtdev show has them)"},
	{PORT("sf: {num: 1}, vdpa: {features: [MQ, MQ]}"), 3, 69,
	 "port 'a': vdpa.features: MQ is in the list twice"},
	/* guard: true */
	{PORT("netdev: b, guard: true"), 3, 51,
	 "port 'a': guard: true takes the MAC from sf: or vf: (give {mac: [...]})"},
	{PORT("sf: {num: 1}, guard: true"), 3, 54,
	 "port 'a': guard: true needs sf.mac (give sf: {mac: MAC}, or guard: {mac: [...]})"},
	{PORT("guard: true, vf: {num: 1}"), 3, 40,
	 "port 'a': guard: true needs vf.mac (give vf: {mac: MAC}, or guard: {mac: [...]})"},
	{PORT("sf: {num: 1}, guard: true, vdpa: {mac: 02:00:00:00:00:01}"), 3, 54, NULL},
	{PORT("sf: {num: 1, mac: 02}, guard: true"), 3, 51, NULL},
	{PORT("sf: 1, guard: true"), 3, 37, NULL},
	{PORT("netdev: b, role: uplink, guard: true"), 3, 65, NULL},
	/* between ports */
	{TWO("sf: {num: 1}", "sf: {num: 1, controller: 0, mac: 02:00:00:00:00:01}"), 4, 37,
	 "port 'b': sf: it is the function of port 'a' in line 3 already"},
	{TWO("vf: {num: 1, pf: 1}", "vf: {num: 1, pf: 1}"), 4, 37,
	 "port 'b': vf: it is the function of port 'a' in line 3 already"},
	{TWO("sf: {num: 1}, vdpa: {name: v}", "sf: {num: 2}, vdpa: {name: v}"), 4, 60,
	 "port 'b': vdpa.name: 'v' is the vDPA device of port 'a' in line 3 already"},
	{TWO("sf: {num: 1}, vdpa: {}", "sf: {num: 2}, vdpa: {name: a}"), 4, 60, NULL},
	{TWO("sf: {num: 1}, vdpa: {name: b}", "sf: {num: 2}, vdpa: {}"), 4, 53, NULL},
	{PORT("sf: {num: 1}, vdpa: {}") "- {name: a, vlan: {access: 1}, sf: {num: 2}, vdpa: {}}", 4,
	 3, "port 'a': name: there is a port of this name in line 3 already"},
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

static void test_each_mistake(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		wrong += !right(&rows[i]);
	assert_int_equal(wrong, 0);
}

/* Functions that are near each other are still two. */
static void test_no_mistake(void **state)
{
	static const char *const texts[] = {
		TWO("sf: {num: 1}", "vf: {num: 1}"),
		TWO("sf: {num: 1}", "sf: {num: 1, pf: 1}"),
		TWO("sf: {num: 1}", "sf: {num: 1, controller: 1}"),
		TWO("sf: {num: 1}", "sf: {num: 2}"),
		TWO("sf: {num: 1}, vdpa: {}", "sf: {num: 2}, vdpa: {}"),
		PORT("sf: {num: 1, controller: 1, roce: false, max_io_eqs: 1}"),
		PORT("sf: {num: 1}, attach: xdp"),
		PORT("sf: {num: 1, mac: 02:00:00:00:00:01}, vdpa: {mtu: 68, features: [MTU, MAC]}"),
	};
	struct conf conf;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		parse(texts[i], &conf);
		assert_kept(&conf);
		conf_done(&conf);
	}
}

/* A text that is cut short lacks nothing: only the syntax error is told. */
static void test_cut_short(void **state)
{
	static const char *const texts[] = {
		"ports:\n- {name: a, vlan: {access: 1}, sf: {num: 1}}\n- {name: \"b\n",
		"ports:\n- {name: a, vlan: {access: 1}, guard: true, sf: {pf: 1\n",
		"ports:\n- {name: a, vlan: {access: 1}, guard: true, vdpa: {mtu: 68}\n",
		"switch: {eswitch: {mode: switchdev\n",
	};
	struct conf_errors errors;
	struct conf conf;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(conf_parse(texts[i], strlen(texts[i]), &conf, &errors), -EINVAL);
		if (errors.len != 1 || strncmp(errors.list[0].text, "YAML: ", 6))
			fail_msg("%s\n%zu: %s", texts[i], errors.len, errors.list[0].text);
		conf_errors_done(&errors);
	}
}

static size_t port_errors(const char *text, struct conf *conf)
{
	struct conf_errors errors;
	size_t len;

	conf_port_parse(text, strlen(text), conf, &errors);
	len = errors.len;
	conf_errors_done(&errors);
	return len;
}

/* `port add` has the same rules, and tells all that is wrong at once. */
static void test_port_parse(void **state)
{
	struct conf conf, bare;

	(void)state;
	parse(PORT("sf: {num: 1}, vdpa: {name: v}"), &conf);
	parse("{}", &bare);
	assert_int_equal(port_errors("{name: n, vlan: {access: 1}, sf: {num: 2}}", &bare), 1);
	assert_int_equal(bare.ports_len, 0);
	assert_int_equal(port_errors("{name: n, netdev: x, vlan: {access: 1}, sf: {num: 2, rdma: "
				     "true, controller: 3}, vdpa: {mtu: 1, features: [X]}, guard: "
				     "true}",
				     &conf),
			 6);
	assert_int_equal(port_errors("{name: n, vlan: {access: 1}, sf: {num: 1}}", &conf), 1);
	assert_int_equal(
		port_errors("{name: n, vlan: {access: 1}, sf: {num: 2}, vdpa: {name: v}}", &conf),
		1);
	assert_int_equal(conf.ports_len, 1);
	assert_int_equal(port_errors("{name: n, vlan: {access: 1}, guard: true, vdpa: {}, sf: "
				     "{num: 2, mac: 02:00:00:00:00:02}}",
				     &conf),
			 0);
	assert_int_equal(conf.ports_len, 2);
	assert_string_equal(conf.ports[1].vdpa.name, "n");
	assert_int_equal(conf.ports[1].guard.mac[0][5], 2);
	assert_kept(&conf);
	conf_done(&conf);
	conf_done(&bare);
}

static unsigned int warnings;
static const char *const useless =
	"port 'a': nothing can use its SF (give sf: {eth: true}, {rdma: true}, or vdpa: {})";

static void warn(const char *text)
{
	warnings++;
	assert_string_equal(text, useless);
}

static void test_warnings(void **state)
{
	static const struct {
		const char *text;
		unsigned int warnings;
	} likely[] = {
		{PORT("sf: {num: 1}"), 1},
		{PORT("sf: {num: 1, eth: false, rdma: false, roce: true, controller: 0}"), 1},
		{PORT("sf: {num: 1, eth: true}"), 0},
		{PORT("sf: {num: 1, rdma: true}"), 0},
		{PORT("sf: {num: 1}, vdpa: {}"), 0},
		{PORT("sf: {num: 1, controller: 1}"), 0},
		{PORT("vf: {num: 1}"), 0},
		{PORT("netdev: p0"), 0},
	};
	struct conf conf;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(likely); i++) {
		parse(likely[i].text, &conf);
		warnings = 0;
		conf_warnings(&conf, warn);
		if (warnings != likely[i].warnings)
			fail_msg("%s: %u warnings", likely[i].text, warnings);
		conf_done(&conf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_eswitch),	     cmocka_unit_test(test_sf_defaults),
		cmocka_unit_test(test_every_key),    cmocka_unit_test(test_vdpa_defaults),
		cmocka_unit_test(test_guard_true),   cmocka_unit_test(test_json),
		cmocka_unit_test(test_each_mistake), cmocka_unit_test(test_no_mistake),
		cmocka_unit_test(test_cut_short),    cmocka_unit_test(test_port_parse),
		cmocka_unit_test(test_warnings),
	};

	return cmocka_run_group_tests_name("conf_nic", tests, NULL, NULL);
}
