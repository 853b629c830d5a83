// SPDX-License-Identifier: GPL-2.0-only
/* test_flower_read.c - flower filters of others, and counters */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/gen_stats.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/tc_act/tc_vlan.h>

#include "flower_parse.h"
#include "util.h"

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

static void put_be16(struct nlmsghdr *nlh, uint16_t type, uint16_t value)
{
	mnl_attr_put_u16(nlh, type, htons(value));
}

/* --- others' rules */

static struct nlattr *options, *acts;

/* A rule that is dropped by @tcm's head, open for more options. */
static struct nlmsghdr *foreign(uint16_t protocol)
{
	struct nlmsghdr *nlh = start(5, 11, protocol, 1);

	mnl_attr_put_strz(nlh, TCA_KIND, "flower");
	options = mnl_attr_nest_start(nlh, TCA_OPTIONS);
	put_be16(nlh, TCA_FLOWER_KEY_ETH_TYPE, ETH_P_IP);
	return nlh;
}

static void put_act(struct nlmsghdr *nlh, uint16_t order, const char *kind, uint16_t type,
		    const void *parms, size_t size)
{
	struct nlattr *act = mnl_attr_nest_start(nlh, order), *nest;

	mnl_attr_put_strz(nlh, TCA_ACT_KIND, kind);
	nest = mnl_attr_nest_start(nlh, TCA_ACT_OPTIONS);
	mnl_attr_put(nlh, type, size, parms);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, act);
}

static void put_gact(struct nlmsghdr *nlh, uint16_t order, int action)
{
	const struct tc_gact parms = {.action = action};

	put_act(nlh, order, "gact", TCA_GACT_PARMS, &parms, sizeof(parms));
}

static void put_mirred(struct nlmsghdr *nlh, uint16_t order, int eaction, int action)
{
	const struct tc_mirred parms = {.eaction = eaction, .action = action, .ifindex = 7};

	put_act(nlh, order, "mirred", TCA_MIRRED_PARMS, &parms, sizeof(parms));
}

static void put_vlan(struct nlmsghdr *nlh, uint16_t order, int v_action)
{
	const struct tc_vlan parms = {.v_action = v_action, .action = TC_ACT_PIPE};

	put_act(nlh, order, "vlan", TCA_VLAN_PARMS, &parms, sizeof(parms));
}

static void assert_foreign(struct nlmsghdr *nlh, bool whole)
{
	struct flower_rule rule;

	mnl_attr_nest_end(nlh, acts);
	mnl_attr_nest_end(nlh, options);
	assert_int_equal(flower_parse(nlh, &rule), 0);
	assert_int_equal(rule.handle, 1);
	assert_false(rule.ours);
	assert_int_equal(rule.whole, whole);
}

static struct nlmsghdr *foreign_key(uint16_t type, const void *value, size_t size)
{
	struct nlmsghdr *nlh = foreign(ETH_P_IP);

	if (size)
		mnl_attr_put(nlh, type, size, value);
	acts = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	put_gact(nlh, 1, TC_ACT_SHOT);
	return nlh;
}

static void test_foreign_keys(void **state)
{
	const uint8_t mask[4] = {0xff, 0, 0xff, 0};
	struct nlmsghdr *nlh;

	(void)state;
	assert_foreign(foreign_key(0, NULL, 0), true);
	assert_foreign(foreign_key(TCA_FLOWER_KEY_IP_PROTO, "\6", 1), false);
	assert_foreign(foreign_key(TCA_FLOWER_KEY_VLAN_ID, "\6", 2), false);
	assert_foreign(foreign_key(TCA_FLOWER_KEY_IPV4_DST, "\12\0\0\1", 4), false);
	assert_foreign(foreign_key(TCA_FLOWER_KEY_IPV4_SRC, "\12\0\0\1", 4), true);
	assert_foreign(foreign_key(TCA_FLOWER_KEY_IPV4_SRC, "\12", 1), false);
	assert_foreign(foreign_key(TCA_FLOWER_KEY_IPV6_SRC, "0123456789abcdef", 16), false);
	assert_foreign(foreign_key(TCA_FLOWER_KEY_ETH_SRC, "012345", 6), true);
	assert_foreign(foreign_key(TCA_FLOWER_KEY_ETH_SRC_MASK, "01234", 5), false);
	nlh = foreign(ETH_P_IP);
	mnl_attr_put(nlh, TCA_FLOWER_KEY_IPV4_SRC, 4, mask);
	mnl_attr_put(nlh, TCA_FLOWER_KEY_IPV4_SRC_MASK, 4, mask);
	acts = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	put_gact(nlh, 1, TC_ACT_SHOT);
	assert_foreign(nlh, false);
	/* an address of another kind */
	nlh = start(5, 11, ETH_P_IPV6, 1);
	mnl_attr_put_strz(nlh, TCA_KIND, "flower");
	options = mnl_attr_nest_start(nlh, TCA_OPTIONS);
	put_be16(nlh, TCA_FLOWER_KEY_ETH_TYPE, ETH_P_IPV6);
	mnl_attr_put(nlh, TCA_FLOWER_KEY_IPV4_SRC, 4, mask);
	acts = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	put_gact(nlh, 1, TC_ACT_SHOT);
	assert_foreign(nlh, false);
	/* a tag with any VID, one with anything in it, all protocols */
	nlh = foreign(ETH_P_8021Q);
	put_be16(nlh, TCA_FLOWER_KEY_VLAN_ETH_TYPE, ETH_P_IP);
	acts = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	put_gact(nlh, 1, TC_ACT_SHOT);
	assert_foreign(nlh, false);
	nlh = foreign(ETH_P_8021Q);
	mnl_attr_put_u16(nlh, TCA_FLOWER_KEY_VLAN_ID, 10);
	acts = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	put_gact(nlh, 1, TC_ACT_SHOT);
	assert_foreign(nlh, false);
	nlh = foreign(ETH_P_ALL);
	acts = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	put_gact(nlh, 1, TC_ACT_SHOT);
	assert_foreign(nlh, false);
}

static struct nlmsghdr *foreign_acts(void)
{
	struct nlmsghdr *nlh = foreign(ETH_P_8021Q);

	mnl_attr_put_u16(nlh, TCA_FLOWER_KEY_VLAN_ID, 10);
	put_be16(nlh, TCA_FLOWER_KEY_VLAN_ETH_TYPE, ETH_P_IP);
	acts = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	return nlh;
}

/* More outputs than there is room for: none is written beyond. */
static void test_foreign_outputs(void **state)
{
	struct nlmsghdr *nlh = foreign_acts();
	struct flower_rule rule;
	uint16_t i;

	(void)state;
	for (i = 1; i <= 40; i++)
		put_mirred(nlh, i, TCA_EGRESS_MIRROR, TC_ACT_PIPE);
	mnl_attr_nest_end(nlh, acts);
	mnl_attr_nest_end(nlh, options);
	assert_int_equal(flower_parse(nlh, &rule), 0);
	assert_false(rule.whole);
	assert_int_equal(rule.action.outs_len, FLOWER_OUTS_MAX);
	assert_int_equal(rule.action.rate, 0);
}

static void test_foreign_actions(void **state)
{
	struct tc_police police = {.action = TC_POLICE_SHOT, .burst = 1000};
	struct nlmsghdr *nlh = foreign_acts();

	(void)state;
	assert_foreign(nlh, false); /* none */
	nlh = foreign_acts();
	put_gact(nlh, 1, TC_ACT_OK);
	assert_foreign(nlh, false);
	nlh = foreign_acts();
	put_mirred(nlh, 1, TCA_EGRESS_REDIR, TC_ACT_STOLEN);
	assert_foreign(nlh, true);
	nlh = foreign_acts();
	put_mirred(nlh, 1, TCA_EGRESS_MIRROR, TC_ACT_PIPE);
	assert_foreign(nlh, false); /* and on to the representor */
	nlh = foreign_acts();
	put_mirred(nlh, 1, TCA_INGRESS_REDIR, TC_ACT_STOLEN);
	assert_foreign(nlh, false);
	nlh = foreign_acts();
	put_mirred(nlh, 1, TCA_EGRESS_REDIR, TC_ACT_STOLEN);
	put_mirred(nlh, 2, TCA_EGRESS_REDIR, TC_ACT_STOLEN);
	assert_foreign(nlh, false);
	nlh = foreign_acts();
	put_vlan(nlh, 1, TCA_VLAN_ACT_POP);
	put_vlan(nlh, 2, TCA_VLAN_ACT_POP);
	put_mirred(nlh, 3, TCA_EGRESS_REDIR, TC_ACT_STOLEN);
	assert_foreign(nlh, false);
	nlh = foreign_acts();
	put_vlan(nlh, 1, TCA_VLAN_ACT_POP_ETH);
	put_mirred(nlh, 2, TCA_EGRESS_REDIR, TC_ACT_STOLEN);
	assert_foreign(nlh, false);
	nlh = foreign_acts();
	put_act(nlh, 1, "pedit", 1, "", 1);
	put_mirred(nlh, 2, TCA_EGRESS_REDIR, TC_ACT_STOLEN);
	assert_foreign(nlh, false);
	nlh = foreign_acts();
	put_act(nlh, 1, "police", TCA_POLICE_TBF, &police, sizeof(police)); /* by packets */
	put_mirred(nlh, 2, TCA_EGRESS_REDIR, TC_ACT_STOLEN);
	assert_foreign(nlh, false);
}

/* --- counters */

/* @hw_size 0: software counted alone */
static void put_stats(struct nlmsghdr *nlh, bool beyond, size_t hw_size)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, TCA_ACT_STATS);
	struct gnet_stats_basic sw = {.bytes = 11, .packets = 1},
				hw = {.bytes = 640, .packets = 10};

	mnl_attr_put(nlh, TCA_STATS_BASIC, sizeof(sw), &sw);
	mnl_attr_put_u64(nlh, TCA_STATS_PKT64, 99);
	if (hw_size)
		mnl_attr_put(nlh, TCA_STATS_BASIC_HW, hw_size, &hw);
	if (beyond)
		mnl_attr_put_u64(nlh, TCA_STATS_PKT64, 1ULL << 32 | 10);
	mnl_attr_nest_end(nlh, nest);
}

/* @kind NULL: terse */
static struct nlmsghdr *stats_message(const char *kind, uint16_t times_type, bool beyond,
				      size_t hw_size)
{
	struct nlmsghdr *nlh = start(5, 11, ETH_P_8021Q, 6);
	struct tcf_t times = {.install = 500, .lastuse = 123};
	struct nlattr *act;

	mnl_attr_put_strz(nlh, TCA_KIND, "flower");
	options = mnl_attr_nest_start(nlh, TCA_OPTIONS);
	mnl_attr_put_u32(nlh, TCA_FLOWER_FLAGS, TCA_CLS_FLAGS_SKIP_SW | TCA_CLS_FLAGS_IN_HW);
	acts = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	act = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_strz(nlh, TCA_ACT_KIND, kind ? kind : "vlan");
	put_stats(nlh, beyond, hw_size);
	mnl_attr_put(nlh, TCA_ACT_COOKIE, 16, "repxtwelve bytes");
	if (kind) {
		struct nlattr *nest = mnl_attr_nest_start(nlh, TCA_ACT_OPTIONS);

		mnl_attr_put(nlh, times_type, sizeof(times), &times);
		mnl_attr_nest_end(nlh, nest);
	}
	mnl_attr_nest_end(nlh, act);
	mnl_attr_nest_end(nlh, acts);
	mnl_attr_nest_end(nlh, options);
	return nlh;
}

static void test_stats(void **state)
{
	static const struct {
		const char *kind;
		uint16_t times_type;
		bool beyond;
	} kinds[] = {{NULL, 0, false},
		     {NULL, 0, true},
		     {"vlan", TCA_VLAN_TM, false},
		     {"mirred", TCA_MIRRED_TM, true},
		     {"gact", TCA_GACT_TM, false},
		     {"police", TCA_POLICE_TM, false},
		     {"pedit", 1, false}};
	struct flower_stats stats;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		bool used = kinds[i].times_type && strcmp(kinds[i].kind, "pedit") != 0;

		assert_int_equal(
			flower_parse_stats(stats_message(kinds[i].kind, kinds[i].times_type,
							 kinds[i].beyond, i % 2 ? 16 : 12),
					   &stats),
			0);
		assert_int_equal(stats.handle, 6);
		assert_int_equal(stats.pref, 11);
		assert_int_equal(stats.protocol, ETH_P_8021Q);
		assert_int_equal(stats.bytes, 640);
		assert_int_equal(stats.packets, kinds[i].beyond ? 1ULL << 32 | 10 : 10);
		assert_true(stats.ours);
		assert_true(stats.in_hw);
		assert_memory_equal(stats.cookie, "twelve bytes", 12);
		assert_int_equal(stats.has_used, used);
		assert_int_equal(stats.used_ms, used ? 1230 : 0);
	}
	assert_int_equal(flower_parse_stats(stats_message("vlan", TCA_VLAN_TM, false, 0), &stats),
			 0);
	assert_int_equal(stats.packets, 0);
	assert_int_equal(stats.bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign_keys),
		cmocka_unit_test(test_foreign_outputs),
		cmocka_unit_test(test_foreign_actions),
		cmocka_unit_test(test_stats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
