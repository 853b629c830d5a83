// SPDX-License-Identifier: GPL-2.0-only
/* test_flower.c - rules of an eswitch as messages and back */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_gact.h>

#include "flower_parse.h"
#include "util.h"

#define ALL                                        \
	{                                          \
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff \
	}
#define IPV4 .ethertype = ETH_P_IP
#define C10 .tpid = ETH_P_8021Q, .vid = 10
#define DROP .action = {.drop = true}
#define TO(...) .outs = {__VA_ARGS__}, .outs_len = sizeof((uint32_t[]){__VA_ARGS__}) / 4

static const struct {
	const char *name;
	struct flower_rule rule;
} rows[] = {
	{"untagged, dropped", {.match = {IPV4}, DROP}},
	{"untagged ARP, to one", {.match = {.ethertype = ETH_P_ARP}, .action = {TO(7)}}},
	{"tagged, popped",
	 {.match = {C10, IPV4, .dst = {2, 0, 0, 0, 0, 1}, .dst_mask = ALL},
	  .action = {.vlan = FLOWER_VLAN_POP, TO(7)}}},
	{"tagged, as it is", {.match = {C10, .ethertype = ETH_P_IPV6}, .action = {TO(7)}}},
	{"priority tag", {.match = {.tpid = ETH_P_8021Q, IPV4}, DROP}},
	{"PCP 0", {.match = {C10, IPV4, .has_pcp = true}, DROP}},
	{"PCP and source",
	 {.match = {C10, IPV4, .has_pcp = true, .pcp = 7, .src = {2, 1}, .src_mask = ALL}, DROP}},
	{"S-tag",
	 {.match = {.tpid = ETH_P_8021AD, .vid = 4095, IPV4},
	  .action = {.vlan = FLOWER_VLAN_POP, TO(7)}}},
	{"QinQ",
	 {.match = {.tpid = ETH_P_8021AD, .vid = 100, .tpid2 = ETH_P_8021Q, .vid2 = 5, IPV4},
	  .action = {.vlan = FLOWER_VLAN_POP, TO(7)}}},
	{"two C-tags",
	 {.match = {C10, .tpid2 = ETH_P_8021Q, .ethertype = ETH_P_LOOPBACK}, .action = {TO(8)}}},
	{"pushed",
	 {.match = {IPV4},
	  .action = {.vlan = FLOWER_VLAN_PUSH, .vlan_tpid = ETH_P_8021Q, .vlan_vid = 10, TO(7)}}},
	{"an S-tag pushed on a tag",
	 {.match = {C10, IPV4},
	  .action = {.vlan = FLOWER_VLAN_PUSH,
		     .vlan_tpid = ETH_P_8021AD,
		     .vlan_vid = 100,
		     .vlan_pcp = 5,
		     TO(7)}}},
	{"modified",
	 {.match = {C10, IPV4},
	  .action = {.vlan = FLOWER_VLAN_MODIFY,
		     .vlan_tpid = ETH_P_8021Q,
		     .vlan_vid = 20,
		     TO(7, 8)}}},
	{"multicast, two as it came, two popped",
	 {.match = {C10, IPV4, .dst = {1, 0, 0x5e}, .dst_mask = {0xff, 0xff, 0xff}},
	  .action = {.vlan = FLOWER_VLAN_POP, .before = 2, TO(7, 8, 9, 10)}}},
	{"31 outputs and a pop",
	 {.match = {C10, IPV4},
	  .action = {.vlan = FLOWER_VLAN_POP,
		     .before = 30,
		     TO(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
			22, 23, 24, 25, 26, 27, 28, 29, 30, 31)}}},
	{"32 outputs",
	 {.match = {C10, IPV4},
	  .action = {TO(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
			22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32)}}},
	{"IPv4 guard", {.match = {IPV4, .ip_src = {10, 0, 0, 1}, .ip_len = 32}, DROP}},
	{"IPv4 prefix",
	 {.match = {C10, IPV4, .ip_src = {10, 64}, .ip_len = 11}, .action = {TO(7)}}},
	{"IPv6 guard",
	 {.match = {C10, .ethertype = ETH_P_IPV6, .ip_src = {0x20, 1, 0xd, 0xb8}, .ip_len = 64},
	  .action = {TO(7)}}},
	{"IPv6 address",
	 {.match = {.ethertype = ETH_P_IPV6, .ip_src = {0xfe, 0x80, [15] = 1}, .ip_len = 128},
	  DROP}},
	{"a rate", {.match = {IPV4}, .action = {TO(7), .rate = 125000, .burst = 20000}}},
	{"a rate beyond 32 bits, and a push",
	 {.match = {IPV4},
	  .action = {.vlan = FLOWER_VLAN_PUSH,
		     .vlan_tpid = ETH_P_8021Q,
		     .vlan_vid = 1,
		     TO(7, 8),
		     .rate = 12500000000,
		     .burst = 1 << 20}}},
};

static char buf[NL_BATCH_MESSAGE];

static struct nlmsghdr *start(uint32_t ifindex, uint16_t pref, uint16_t protocol, uint32_t handle)
{
	struct tcmsg tcm = {.tcm_ifindex = (int)ifindex,
			    .tcm_handle = handle,
			    .tcm_info = TC_H_MAKE((uint32_t)pref << 16, htons(protocol))};
	struct nlmsghdr *nlh;

	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = RTM_NEWTFILTER;
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(tcm)), &tcm, sizeof(tcm));
	return nlh;
}

static struct flower_rule row(size_t i)
{
	struct flower_rule rule = rows[i].rule;

	rule.ifindex = 5;
	rule.pref = 11;
	rule.handle = 0x100 + (uint32_t)i;
	memcpy(rule.cookie, "twelve bytes", FLOWER_COOKIE_SIZE);
	return rule;
}

static struct nlmsghdr *put(const struct flower_rule *rule)
{
	struct nlmsghdr *nlh =
		start(rule->ifindex, rule->pref, flower_protocol(&rule->match), rule->handle);

	flower_put(nlh, rule);
	assert_true(nlh->nlmsg_len <= NL_BATCH_MESSAGE);
	return nlh;
}

static void assert_match(const struct flower_match *got, const struct flower_match *want)
{
	assert_int_equal(got->tpid, want->tpid);
	assert_int_equal(got->vid, want->vid);
	assert_int_equal(got->has_pcp, want->has_pcp);
	assert_int_equal(got->pcp, want->pcp);
	assert_int_equal(got->tpid2, want->tpid2);
	assert_int_equal(got->vid2, want->vid2);
	assert_int_equal(got->ethertype, want->ethertype);
	assert_memory_equal(got->src, want->src, 6);
	assert_memory_equal(got->dst, want->dst, 6);
	assert_memory_equal(got->src_mask, want->src_mask, 6);
	assert_memory_equal(got->dst_mask, want->dst_mask, 6);
	assert_memory_equal(got->ip_src, want->ip_src, 16);
	assert_int_equal(got->ip_len, want->ip_len);
}

static void assert_action(const struct flower_action *got, const struct flower_action *want)
{
	assert_int_equal(got->drop, want->drop);
	assert_int_equal(got->vlan, want->vlan);
	assert_int_equal(got->vlan_tpid, want->vlan_tpid);
	assert_int_equal(got->vlan_vid, want->vlan_vid);
	assert_int_equal(got->vlan_pcp, want->vlan_pcp);
	assert_int_equal(got->before, want->before);
	assert_int_equal(got->outs_len, want->outs_len);
	assert_memory_equal(got->outs, want->outs, sizeof(got->outs));
	assert_int_equal(got->rate, want->rate);
	assert_int_equal(flower_ticks(got->rate, got->burst),
			 flower_ticks(want->rate, want->burst));
}

static void assert_parses(const struct nlmsghdr *nlh, const struct flower_rule *want)
{
	struct flower_rule got;

	assert_int_equal(flower_parse(nlh, &got), 0);
	assert_int_equal(got.ifindex, want->ifindex);
	assert_int_equal(got.pref, want->pref);
	assert_int_equal(got.handle, want->handle);
	assert_match(&got.match, &want->match);
	assert_action(&got.action, &want->action);
	assert_memory_equal(got.cookie, want->cookie, FLOWER_COOKIE_SIZE);
	assert_true(got.ours);
	assert_true(got.whole);
	assert_true(got.skip_sw);
	assert_true(flower_same(&got, want));
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct flower_rule rule = row(i);

		if (flower_check(&rule))
			fail_msg("%s: %s", rows[i].name, flower_check(&rule));
		assert_parses(put(&rule), &rule);
	}
}

static void put_be16(struct nlmsghdr *nlh, uint16_t type, uint16_t value)
{
	mnl_attr_put_u16(nlh, type, htons(value));
}

/* The kernel tells of a rule in other words: KEY_ETH_TYPE is the innermost type. */
static void test_kernels_words(void **state)
{
	struct flower_rule want = {.ifindex = 5, .pref = 11, .handle = 1, DROP, .cookie = "1"};
	struct nlmsghdr *nlh = start(5, 11, ETH_P_8021AD, 1);
	struct tc_gact gact = {.action = TC_ACT_SHOT, .index = 3, .refcnt = 1, .bindcnt = 1};
	struct nlattr *options, *acts, *act, *act_options;
	struct flower_rule got;

	(void)state;
	want.match = (struct flower_match){
		.tpid = ETH_P_8021AD, .vid = 100, .tpid2 = ETH_P_8021Q, .vid2 = 5, IPV4};
	mnl_attr_put_strz(nlh, TCA_KIND, "flower");
	mnl_attr_put_u32(nlh, TCA_CHAIN, 0);
	options = mnl_attr_nest_start(nlh, TCA_OPTIONS);
	put_be16(nlh, TCA_FLOWER_KEY_ETH_TYPE, ETH_P_IP);
	mnl_attr_put_u16(nlh, TCA_FLOWER_KEY_VLAN_ID, 100);
	mnl_attr_put_u16(nlh, TCA_FLOWER_KEY_CVLAN_ID, 5);
	put_be16(nlh, TCA_FLOWER_KEY_VLAN_ETH_TYPE, ETH_P_8021Q);
	put_be16(nlh, TCA_FLOWER_KEY_CVLAN_ETH_TYPE, ETH_P_IP);
	mnl_attr_put_u32(nlh, TCA_FLOWER_FLAGS, TCA_CLS_FLAGS_SKIP_SW | TCA_CLS_FLAGS_IN_HW);
	mnl_attr_put_u32(nlh, TCA_FLOWER_IN_HW_COUNT, 2);
	acts = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	act = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_strz(nlh, TCA_ACT_KIND, "gact");
	mnl_attr_put(nlh, TCA_ACT_COOKIE, 16, "repx1\0\0\0\0\0\0\0\0\0\0");
	act_options = mnl_attr_nest_start(nlh, TCA_ACT_OPTIONS);
	mnl_attr_put(nlh, TCA_GACT_PARMS, sizeof(gact), &gact);
	mnl_attr_nest_end(nlh, act_options);
	mnl_attr_nest_end(nlh, act);
	mnl_attr_nest_end(nlh, acts);
	mnl_attr_nest_end(nlh, options);
	assert_parses(nlh, &want);
	assert_int_equal(flower_parse(nlh, &got), 0);
	assert_true(got.in_hw);
	assert_int_equal(got.in_hw_count, 2);
}

/* --- what may not be asked for */

static void assert_refused(const struct flower_rule *rule, const char *text)
{
	const char *why = flower_check(rule);

	assert_non_null(why);
	if (!strstr(why, text))
		fail_msg("'%s' has no '%s'", why, text);
}

#define POP_TO .action = {.vlan = FLOWER_VLAN_POP, TO(7)}
#define PUSH(tpid_, vid_, pcp_)              \
	.action = {.vlan = FLOWER_VLAN_PUSH, \
		   .vlan_tpid = (tpid_),     \
		   .vlan_vid = (vid_),       \
		   .vlan_pcp = (pcp_),       \
		   TO(7)}

static void test_check(void **state)
{
	static const struct {
		const char *text;
		struct flower_rule rule;
	} bad[] = {
		{"ethertype", {.match = {C10}, DROP}},
		{"ethertype", {.match = {.ethertype = ETH_P_8021Q}, DROP}},
		{"ethertype", {.match = {.ethertype = ETH_P_802_2}, DROP}},
		{"802.1q", {.match = {.tpid = 0x9100, IPV4}, DROP}},
		{"802.1q", {.match = {C10, .tpid2 = 0x9100, IPV4}, DROP}},
		{"second tag", {.match = {.tpid2 = ETH_P_8021Q, IPV4}, DROP}},
		{"below 4096", {.match = {.tpid = ETH_P_8021Q, .vid = 4096, IPV4}, DROP}},
		{"below 4096", {.match = {C10, .tpid2 = ETH_P_8021Q, .vid2 = 4096, IPV4}, DROP}},
		{"below 8", {.match = {C10, IPV4, .has_pcp = true, .pcp = 8}, DROP}},
		{"has a tag", {.match = {IPV4, .has_pcp = true}, DROP}},
		{"has a tag", {.match = {IPV4, .vid = 10}, DROP}},
		{"has a tag", {.match = {C10, IPV4, .vid2 = 10}, DROP}},
		{"address prefix", {.match = {.ethertype = ETH_P_ARP, .ip_len = 8}, DROP}},
		{"address prefix", {.match = {IPV4, .ip_len = 33}, DROP}},
		{"address prefix", {.match = {.ethertype = ETH_P_IPV6, .ip_len = 129}, DROP}},
		{"drops or has an output", {.match = {IPV4}}},
		{"does nothing else", {.match = {IPV4}, .action = {.drop = true, TO(7)}}},
		{"does nothing else",
		 {.match = {C10, IPV4}, .action = {.drop = true, .vlan = FLOWER_VLAN_POP}}},
		{"does nothing else", {.match = {IPV4}, .action = {.drop = true, .rate = 1}}},
		{"burst", {.match = {IPV4}, .action = {TO(7), .rate = 1000}}},
		{"burst", {.match = {IPV4}, .action = {TO(7), .rate = 1000, .burst = 300000}}},
		{"netdevs", {.match = {IPV4}, .action = {TO(7, 0, 8)}}},
		{"nothing has no outputs before",
		 {.match = {IPV4}, .action = {.before = 1, TO(7, 8)}}},
		{"behind its change",
		 {.match = {C10, IPV4}, .action = {.vlan = FLOWER_VLAN_POP, .before = 1, TO(7)}}},
		{"matches one", {.match = {IPV4}, POP_TO}},
		{"tag is 802.1q", {.match = {IPV4}, PUSH(0, 1, 0)}},
		{"tag is 802.1q", {.match = {IPV4}, PUSH(ETH_P_8021Q, 4096, 0)}},
		{"tag is 802.1q", {.match = {IPV4}, PUSH(ETH_P_8021Q, 1, 8)}},
		{"pops, pushes", {.match = {C10, IPV4}, .action = {.vlan = 4, TO(7)}}},
		{"32 actions",
		 {.match = {C10, IPV4},
		  .action = {.vlan = FLOWER_VLAN_POP, .outs_len = FLOWER_OUTS_MAX}}},
		{"32 actions", {.match = {C10, IPV4}, .action = {.outs_len = 33}}},
	};
	struct flower_rule rule;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		rule = bad[i].rule;
		rule.ifindex = 5;
		rule.pref = 11;
		assert_refused(&rule, bad[i].text);
	}
	rule = row(0);
	rule.pref = 0;
	assert_refused(&rule, "pref");
	rule = row(0);
	rule.ifindex = 0;
	assert_refused(&rule, "netdev");
}

/* --- equality */

static void change(struct flower_rule *rule, unsigned int what)
{
	struct flower_match *m = &rule->match;
	struct flower_action *a = &rule->action;

	switch (what) {
#define CHANGE(n, field)    \
	case n:             \
		field ^= 1; \
		break
		CHANGE(0, rule->ifindex);
		CHANGE(1, rule->pref);
		CHANGE(2, m->vid);
		CHANGE(3, m->pcp);
		CHANGE(4, m->vid2);
		CHANGE(5, m->ethertype);
		CHANGE(6, m->src[5]);
		CHANGE(7, m->dst[0]);
		CHANGE(8, m->src_mask[5]);
		CHANGE(9, m->dst_mask[0]);
		CHANGE(10, m->ip_src[1]);
		CHANGE(11, m->ip_len);
		CHANGE(12, a->vlan_tpid);
		CHANGE(13, a->vlan_vid);
		CHANGE(14, a->vlan_pcp);
		CHANGE(15, a->before);
		CHANGE(16, a->outs[2]);
		CHANGE(17, a->outs_len);
		CHANGE(18, a->rate);
		CHANGE(19, rule->cookie[11]);
		CHANGE(20, m->tpid);
		CHANGE(21, m->tpid2);
		CHANGE(22, a->drop);
		CHANGE(23, a->burst);
		CHANGE(24, m->has_pcp);
		CHANGE(25, a->vlan);
	}
}

#define CHANGES 26

static const struct flower_rule full = {
	.ifindex = 5,
	.pref = 11,
	.match = {C10, .has_pcp = true, .pcp = 2, .tpid2 = ETH_P_8021AD, .vid2 = 4, IPV4,
		  .src_mask = ALL, .dst_mask = ALL, .ip_src = {10, 2}, .ip_len = 16},
	.action = {.vlan = FLOWER_VLAN_MODIFY,
		   .vlan_tpid = ETH_P_8021Q,
		   .vlan_vid = 20,
		   .vlan_pcp = 2,
		   .before = 1,
		   TO(7, 8, 9),
		   .rate = 1000000,
		   .burst = 100000},
	.cookie = "here",
};

static void test_same(void **state)
{
	struct flower_rule a = full, b;
	unsigned int i;

	(void)state;
	for (i = 0; i < CHANGES; i++) {
		b = a;
		assert_true(flower_same(&a, &b));
		change(&b, i);
		if (flower_same(&a, &b) || flower_same(&b, &a))
			fail_msg("change %u is not seen", i);
	}
	/* what is not asked for does not count */
	b = a;
	b.handle = 77;
	b.in_hw = b.skip_sw = b.ours = true;
	b.match.ip_src[2] = 9;
	b.action.outs[3] = 9;
	assert_true(flower_same(&a, &b));
	a.match.src_mask[5] = b.match.src_mask[5] = 0xf0;
	b.match.src[5] = 0x0f;
	assert_true(flower_same(&a, &b));
}

static void test_rates(void **state)
{
	static const uint64_t rates[] = {1000, 125000, 999999, 1250000000, 12500000000};
	struct flower_rule rule = row(1), got;
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rates); i++)
		for (j = 0; j < 200; j++) {
			rule.action.rate = rates[i];
			rule.action.burst = (uint32_t)(1600 + j * 7919 % 250000);
			assert_int_equal(flower_parse(put(&rule), &got), 0);
			assert_true(got.whole);
			assert_int_equal(got.action.rate, rates[i]);
			assert_in_range(got.action.burst,
					rule.action.burst - rates[i] / 15000000 - 1,
					rule.action.burst);
			assert_true(flower_same(&rule, &got));
		}
}

static void test_no_rule(void **state)
{
	struct flower_rule rule = row(0), got = {.pref = 1234};
	struct nlmsghdr *nlh = put(&rule);

	(void)state;
	nlh->nlmsg_type = RTM_DELTFILTER;
	assert_int_equal(flower_parse(nlh, &got), -ENOENT);
	nlh = start(5, 11, ETH_P_IP, 0);
	assert_int_equal(flower_parse(nlh, &got), -ENOENT);
	mnl_attr_put_strz(nlh, TCA_KIND, "flower"); /* the head of a pref */
	assert_int_equal(flower_parse(nlh, &got), -ENOENT);
	nlh = start(5, 11, ETH_P_IP, 1);
	mnl_attr_put_strz(nlh, TCA_KIND, "matchall");
	mnl_attr_nest_end(nlh, mnl_attr_nest_start(nlh, TCA_OPTIONS));
	assert_int_equal(flower_parse(nlh, &got), -ENOENT);
	nlh->nlmsg_len = MNL_NLMSG_HDRLEN + sizeof(struct tcmsg) - 4;
	assert_int_equal(flower_parse(nlh, &got), -EBADMSG);
	assert_int_equal(got.pref, 1234);
	/* another chain, and cookies that only look like ours */
	rule = row(0);
	nlh = put(&rule);
	mnl_attr_put_u32(nlh, TCA_CHAIN, 1);
	assert_int_equal(flower_parse(nlh, &got), 0);
	assert_false(got.whole);
	nlh = put(&rule);
	((char *)memmem(buf, sizeof(buf), "repx", 4))[3] = 'y';
	assert_int_equal(flower_parse(nlh, &got), 0);
	assert_false(got.ours);
	assert_int_equal(got.cookie[0], 0);
}

/* --- cut and broken messages: nothing beyond them is touched (make SAN=1 sees it) */

static void parse_copy(size_t len)
{
	char *copy = calloc(1, MNL_ALIGN(len));
	struct flower_stats stats;
	struct flower_rule rule;

	assert_non_null(copy);
	memcpy(copy, buf, len);
	((struct nlmsghdr *)copy)->nlmsg_len = (uint32_t)len;
	if (!flower_parse((void *)copy, &rule)) {
		assert_true(rule.action.outs_len <= FLOWER_OUTS_MAX);
		assert_true(!rule.whole || !flower_check(&rule));
	}
	flower_parse_stats((void *)copy, &stats);
	free(copy);
}

static void test_cut(void **state)
{
	struct flower_rule rule;
	size_t i, at, len;
	uint8_t byte;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rule = row(i);
		len = put(&rule)->nlmsg_len;
		for (at = MNL_NLMSG_HDRLEN; at < len; at++)
			parse_copy(at);
		for (at = MNL_NLMSG_HDRLEN; at < len; at++) {
			byte = (uint8_t)buf[at];
			buf[at] = (char)0xff;
			parse_copy(len);
			buf[at] = (char)(byte + 1);
			parse_copy(len);
			buf[at] = (char)byte;
		}
	}
}

/* What cannot be named is not asked for: a handle of 0 would be every rule. */
static void test_names(void **state)
{
	struct flower_rule rule = row(0), out;
	struct nl_batch batch;
	struct nl nl;

	(void)state;
	assert_int_equal(nl_open(&nl, NETLINK_ROUTE), 0);
	assert_int_equal(flower_del(&nl, 5, 11, ETH_P_IP, 0), -EINVAL);
	assert_non_null(strstr(nl_why(&nl, -EINVAL), "handle"));
	assert_int_equal(flower_del(&nl, 5, 0, ETH_P_IP, 1), -EINVAL);
	assert_int_equal(flower_get(&nl, 5, 11, ETH_P_IP, 0, &out, NULL), -EINVAL);
	nl_batch_begin(&batch, &nl, NULL, NULL);
	assert_int_equal(flower_batch_del(&batch, 5, 11, ETH_P_IP, 0), -EINVAL);
	rule.handle = 0;
	assert_int_equal(flower_batch_add(&batch, &rule), -EINVAL);
	rule.handle = 1;
	rule.match.ethertype = 0;
	assert_int_equal(flower_batch_add(&batch, &rule), -EINVAL);
	assert_int_equal(flower_add(&nl, &rule), -EINVAL);
	assert_non_null(strstr(nl_why(&nl, -EINVAL), "ethertype"));
	assert_int_equal(batch.waiting, 0);
	assert_int_equal(nl_batch_run(&batch), 0);
	nl_close(&nl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),  cmocka_unit_test(test_kernels_words),
		cmocka_unit_test(test_check), cmocka_unit_test(test_same),
		cmocka_unit_test(test_rates), cmocka_unit_test(test_no_rule),
		cmocka_unit_test(test_cut),   cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
