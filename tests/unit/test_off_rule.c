// SPDX-License-Identifier: GPL-2.0-only
/* test_off_rule.c - rules of the eswitch that off_decide() gives, against the model
 *
 * For every switch of the frame tables, every pair of its ports, many tags and ethertypes:
 * where a flow may be offloaded, frames that its rules match must come out as the model says;
 * and what the model drops must not be offloaded. Besides, a table of reasons.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "off_rule.h"
#include "rows.h"
#include "util.h"

#define VARIANTS 8
#define PREF 11

static struct fix fix; /* the model alone */
static struct repx_port ports[FIX_MAX_PORTS];
static struct repx_vlan vlans[REPX_MAX_VLANS];
static struct repx_sw sw;
static struct off_host hosts[FIX_MAX_PORTS];
static struct off_view view = {.sw = &sw,
			       .ports = ports,
			       .vlans = vlans,
			       .hosts = hosts,
			       .max_ports = FIX_MAX_PORTS,
			       .pref = PREF,
			       .flood = true,
			       .guard_ip = true};

static const uint8_t src_mac[6] = {2, 0, 0, 0, 0, 1}, dst_mac[6] = {2, 0, 0, 0, 0, 2};
static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static const struct {
	uint16_t tpid, vid, tpid2, vid2;
} tags[] = {
	{0, 0, 0, 0},
	{ETH_P_8021Q, 0, 0, 0},
	{ETH_P_8021Q, 10, 0, 0},
	{ETH_P_8021Q, 20, 0, 0},
	{ETH_P_8021Q, 30, 0, 0},
	{ETH_P_8021Q, 100, 0, 0},
	{ETH_P_8021AD, 0, 0, 0},
	{ETH_P_8021AD, 10, 0, 0},
	{ETH_P_8021AD, 100, 0, 0},
	{ETH_P_8021AD, 100, ETH_P_8021Q, 7},
	{ETH_P_8021Q, 10, ETH_P_8021Q, 7},
	{ETH_P_8021Q, 4095, 0, 0},
};
static const uint16_t types[] = {ETH_P_IP, ETH_P_IPV6, ETH_P_ARP, 0x88b5, 0x0026};
static const uint16_t vids[] = {10, 20, 30, 100};

static unsigned int fine, compared;

/* --- a switch */

static void make(const char *yaml)
{
	char text[4096], *at;

	/* addresses that age in seconds are not offloaded */
	snprintf(text, sizeof(text), "%s", yaml);
	at = strstr(text, "ageing: 4s");
	if (at)
		memcpy(at, "ageing: 9m", strlen("ageing: 9m"));
	assert_int_equal(fix_conf(&fix, text), 0);
	image_write(&fix.conf, fix.image, FIX_MAX_PORTS, ports, vlans, &sw);
	memset(hosts, 0, sizeof(hosts));
	for (size_t i = 0; i < fix.conf.ports_len; i++)
		hosts[fix.image[i].slot] = (struct off_host){
			.card = 1,
			.link = true,
			.guard = fix.conf.ports[i].guard.on ? &fix.conf.ports[i].guard : NULL};
}

static int port_of(uint32_t ifindex)
{
	for (size_t i = 0; i < fix.conf.ports_len; i++)
		if (fix.image[i].ifindex == ifindex)
			return (int)i;
	return MODEL_NONE;
}

/* The source was learnt where it is, the destination where it is to go. */
static void learn(uint16_t vlan, int in, int out)
{
	fix.model.fdb_len = 0;
	if (fix.conf.ports[in].learning)
		model_fdb_put(&fix.model, vlan, src_mac, in, false);
	if (out != MODEL_NONE)
		model_fdb_put(&fix.model, vlan, dst_mac, out, false);
}

/* --- one rule */

static void say(const struct flower_rule *rule, const struct pkt *pkt,
		const struct model_result *want)
{
	fprintf(stderr, "rule on port %d, pref %u: %u outputs, VLAN action %d %04x/%u\n",
		port_of(rule->ifindex), rule->pref, rule->action.outs_len, rule->action.vlan,
		rule->action.vlan_tpid, rule->action.vlan_vid);
	pkt_dump(stderr, "frame", pkt);
	fix_print_result(&fix, "the model", want);
}

static bool same(const struct flower_rule *rule, const struct pkt *in, struct model_result *want)
{
	const struct flower_action *a = &rule->action;
	struct pkt out;

	if (want->kernel_copy || want->out_len != a->outs_len)
		return false;
	for (unsigned int i = 0; i < a->outs_len; i++) {
		bool found = false;

		out.len = frame_by_action(a, i, in->data, in->len, out.data);
		for (size_t j = 0; j < want->out_len; j++)
			found |= want->out[j].port == port_of(a->outs[i]) &&
				 pkt_equal(&want->out[j].pkt, &out);
		if (!found)
			return false;
	}
	return true;
}

static void compare(const struct flower_rule *rule, uint16_t vlan, int in, int out)
{
	static struct model_result want;
	struct pkt pkt;

	for (unsigned int v = 0; v < VARIANTS; v++) {
		pkt.len = frame_of_match(&rule->match, v, pkt.data);
		learn(vlan, in, out);
		model_run(&fix.model, rule->ifindex, &pkt, &want);
		compared++;
		if (same(rule, &pkt, &want))
			continue;
		say(rule, &pkt, &want);
		fail_msg("the rule does something else");
	}
}

static void flow(int in, int out, size_t tag, uint16_t type, uint16_t vlan)
{
	struct repx_flow_key key = {
		.port = (uint16_t)fix.image[in].slot,
		.vlan = vlan,
		.tpid_be = htons(tags[tag].tpid),
		.vid = tags[tag].vid,
		.tpid2_be = htons(tags[tag].tpid2),
		.vid2 = tags[tag].vid2,
		.type_be = htons(type),
	};
	uint32_t slot = out == MODEL_NONE ? REPX_PORT_NONE : fix.image[out].slot;
	struct off_plan plan;

	memcpy(key.src, src_mac, 6);
	memcpy(key.dst, out == MODEL_NONE ? all : dst_mac, 6);
	if (off_decide(&view, &key, slot, 0, &plan))
		return;
	fine++;
	for (unsigned int i = 0; i < plan.len; i++) {
		assert_null(flower_check(&plan.rules[i]));
		compare(&plan.rules[i], vlan, in, out);
	}
}

static void all_flows(void)
{
	for (int in = 0; in < (int)fix.conf.ports_len; in++)
		for (int out = MODEL_NONE; out < (int)fix.conf.ports_len; out++)
			for (size_t t = 0; t < ARRAY_SIZE(tags); t++)
				for (size_t y = 0; y < ARRAY_SIZE(types); y++)
					for (size_t v = 0; v < ARRAY_SIZE(vids); v++)
						flow(in, out, t, types[y], vids[v]);
}

/* What the tables do not have: tags of two protocols on one switch. */
static const char *const more[] = {
	ROW_SW "ports:\n" ROW_UP ROW_A
	       "- {name: x, netdev: p2, vlan: {trunk: [10, 20], proto: 802.1ad}}\n",
	ROW_SW "ports:\n- {name: up, netdev: p0, role: uplink, vlan: {trunk: all, proto: "
	       "802.1ad}}\n" ROW_A "- {name: x, netdev: p2, vlan: {trunk: [10, 20], native: 20}}\n",
};

/* Each switch once: rows with the same one follow each other. */
static void test_against_model(void **state)
{
	const char *last = "";

	(void)state;
	fix_open_offline(&fix);
	for (const struct row_table *const *t = rows_all; *t; t++)
		for (size_t i = 0; i < (*t)->len; i++) {
			if (!strcmp((*t)->rows[i].yaml, last))
				continue;
			last = (*t)->rows[i].yaml;
			make(last);
			all_flows();
		}
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		make(more[i]);
		all_flows();
	}
	print_message("%u flows could be offloaded, %u frames compared\n", fine, compared);
	assert_true(fine > 1000);
	fix_close(&fix);
}

/* --- reasons */

#define UP "- {name: up, netdev: p0, role: uplink}\n"
#define A "- {name: a, netdev: p1, vlan: {access: 10}}\n"
#define HEAD "version: 1\nswitch: {name: t}\nports:\n" UP
#define PORT(keys) "- {name: x, netdev: p2, " keys "}\n"
#define V10 "vlan: {access: 10}"

/* A flow of VLAN 10 from the first to the second port, untagged unless the first is up. */
static const struct reason {
	const char *yaml, *in, *out;
	uint16_t type;
	enum off_why why;
	const char *about; /* the port that is named */
} reasons[] = {
	{HEAD A, "a", "up", ETH_P_IP, OFF_FINE, NULL},
	{HEAD A, "up", "a", ETH_P_IP, OFF_FINE, NULL},
	{HEAD A PORT(V10 ", state: down"), "a", "x", ETH_P_IP, OFF_WHY_down, "x"},
	{HEAD A PORT(V10 ", state: down"), "x", "a", ETH_P_IP, OFF_WHY_down, "x"},
	{HEAD A PORT(V10 ", rate: {rx: 1gbit}"), "x", "a", ETH_P_IP, OFF_WHY_rate_rx, "x"},
	{HEAD A PORT(V10 ", rate: {rx: 1gbit}"), "a", "x", ETH_P_IP, OFF_FINE, NULL},
	{HEAD A PORT(V10 ", rate: {tx: 1gbit}"), "a", "x", ETH_P_IP, OFF_WHY_rate_tx, "x"},
	{HEAD A PORT(V10 ", pcp: 5"), "x", "up", ETH_P_IP, OFF_WHY_pcp, "x"},
	{HEAD A PORT(V10 ", pcp: 5"), "x", "a", ETH_P_IP, OFF_FINE, NULL},
	{HEAD A PORT(V10 ", guard: {mac: [02:00:00:00:00:09]}"), "x", "a", ETH_P_IP,
	 OFF_WHY_guard_mac, "x"},
	{HEAD A PORT(V10 ", guard: {ip: [10.0.0.1]}"), "x", "a", ETH_P_ARP, OFF_WHY_guard_arp, "x"},
	{HEAD A PORT(V10 ", guard: {ip: [10.0.0.1]}"), "x", "a", ETH_P_IPV6, OFF_WHY_guard_ipv6,
	 "x"},
	{HEAD A PORT(V10 ", guard: {ip: [\"2001:db8::1\"]}"), "x", "a", ETH_P_IP,
	 OFF_WHY_guard_prefixes, "x"},
	{HEAD A PORT(V10 ", guard: {strict: true, ip: [10.0.0.1]}"), "x", "a", 0x88b5,
	 OFF_WHY_guard_type, "x"},
	{HEAD A PORT("vlan: {access: 20}"), "a", "x", ETH_P_IP, OFF_WHY_vlan, "x"},
	{HEAD A PORT("vlan: {access: 20}"), "x", "a", ETH_P_IP, OFF_WHY_vlan, "x"},
	{HEAD A, "a", "up", 0x0026, OFF_WHY_type, "a"},
	{HEAD A, "a", "a", ETH_P_IP, OFF_WHY_hairpin, "a"},
	{HEAD "- {name: a, netdev: p1, isolated: true, " V10 "}\n" PORT(V10 ", isolated: true"),
	 "a", "x", ETH_P_IP, OFF_WHY_isolated, "a"},
	{"version: 1\nswitch: {name: t, fdb: {ageing: 4s}}\nports:\n" UP A, "a", "up", ETH_P_IP,
	 OFF_WHY_ageing, "a"},
};

static void test_reasons(void **state)
{
	(void)state;
	fix_open_offline(&fix);
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		const struct reason *r = &reasons[i];
		struct repx_flow_key key = {.vlan = 10, .type_be = htons(r->type)};
		struct off_plan plan;
		enum off_why why;
		int in, out;

		make(r->yaml);
		sw.ageing_ns = strstr(r->yaml, "ageing") ? 4000000000ULL : sw.ageing_ns;
		in = model_port(&fix.model, r->in);
		out = model_port(&fix.model, r->out);
		key.port = (uint16_t)fix.image[in].slot;
		memcpy(key.src, src_mac, 6);
		memcpy(key.dst, dst_mac, 6);
		if (!strcmp(r->in, "up")) {
			key.tpid_be = htons(ETH_P_8021Q);
			key.vid = 10;
		}
		why = off_decide(&view, &key, fix.image[out].slot, 0, &plan);
		if (why != r->why)
			fail_msg("row %zu: %s, not %s", i, off_why_name(why), off_why_name(r->why));
		if (r->about)
			assert_int_equal(plan.port,
					 fix.image[model_port(&fix.model, r->about)].slot);
	}
	fix_close(&fix);
}

/* What the host says. */
static void test_host(void **state)
{
	struct repx_flow_key key = {.vlan = 10, .type_be = htons(ETH_P_IP)};
	struct off_plan plan;
	uint32_t in, out;

	(void)state;
	fix_open_offline(&fix);
	make(HEAD A);
	in = fix.image[1].slot;
	out = fix.image[0].slot;
	key.port = (uint16_t)in;
	memcpy(key.src, src_mac, 6);
	memcpy(key.dst, dst_mac, 6);
	assert_int_equal(off_decide(&view, &key, out, 0, &plan), OFF_FINE);
	assert_int_equal(plan.rules[0].pref, PREF + 2);
	hosts[out].card = 2;
	assert_int_equal(off_decide(&view, &key, out, 0, &plan), OFF_WHY_other_card);
	hosts[out].card = 0;
	assert_int_equal(off_decide(&view, &key, out, 0, &plan), OFF_WHY_no_card);
	assert_int_equal(plan.port, out);
	hosts[out].card = 1;
	hosts[out].link = false;
	assert_int_equal(off_decide(&view, &key, out, 0, &plan), OFF_WHY_link);
	hosts[out].link = true;
	hosts[in].bar_in = OFF_WHY_filter;
	assert_int_equal(off_decide(&view, &key, out, 0, &plan), OFF_WHY_filter);
	hosts[in].bar_in = OFF_FINE;
	hosts[in].xdp_shared = true;
	assert_int_equal(off_decide(&view, &key, out, 0, &plan), OFF_WHY_xdp_shared);
	hosts[in].xdp_shared = false;
	ports[in].mtu = 9000;
	assert_int_equal(off_decide(&view, &key, out, 0, &plan), OFF_WHY_mtu);
	ports[in].mtu = 1500;
	key.type_be = htons(0x88b5);
	assert_int_equal(off_decide(&view, &key, out, 0, &plan), OFF_FINE);
	assert_int_equal(plan.rules[0].pref, PREF + 5);
	hosts[in].other_type = 0x88b6;
	assert_int_equal(off_decide(&view, &key, out, 0, &plan), OFF_WHY_other_type);
	assert_int_equal(off_decide(&view, &key, out, REPX_FLOW_MARKED, &plan), OFF_WHY_other_type);
	sw.flags |= REPX_SW_MARKS;
	assert_int_equal(off_decide(&view, &key, out, REPX_FLOW_MARKED, &plan), OFF_WHY_mark);
	view.flood = false;
	hosts[in].other_type = 0;
	assert_int_equal(off_decide(&view, &key, REPX_PORT_NONE, 0, &plan), OFF_WHY_flood_off);
	view.flood = true;
	fix_close(&fix);
}

/* One rule for each prefix, and not at all where it is not asked for. */
static void test_prefixes(void **state)
{
	struct repx_flow_key key = {.vlan = 10, .type_be = htons(ETH_P_IP)};
	struct off_plan plan;

	(void)state;
	fix_open_offline(&fix);
	make(HEAD A PORT(V10 ", guard: {ip: [10.0.0.1, \"2001:db8::/64\", 10.1.0.0/16]}"));
	key.port = (uint16_t)fix.image[2].slot;
	memcpy(key.src, src_mac, 6);
	memcpy(key.dst, dst_mac, 6);
	assert_int_equal(off_decide(&view, &key, fix.image[1].slot, 0, &plan), OFF_FINE);
	assert_int_equal(plan.len, 2);
	assert_int_equal(plan.rules[0].match.ip_len, 32);
	assert_memory_equal(plan.rules[0].match.ip_src, "\x0a\0\0\x01", 4);
	assert_int_equal(plan.rules[1].match.ip_len, 16);
	view.guard_ip = false;
	assert_int_equal(off_decide(&view, &key, fix.image[1].slot, 0, &plan), OFF_WHY_guard_ip);
	view.guard_ip = true;
	fix_close(&fix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests_name("off_rule", tests, NULL, NULL);
}
