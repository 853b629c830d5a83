// SPDX-License-Identifier: GPL-2.0-only
/* flower_put.c - rules of an eswitch into messages; see flower_parse.h */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/tc_act/tc_vlan.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "flower_parse.h"
#include "util.h"

#define MTU_ANY UINT32_MAX
#define RATE_TABLE_SIZE 1024

/* --- match */

static void put_be16(struct nlmsghdr *nlh, uint16_t type, uint16_t value)
{
	mnl_attr_put_u16(nlh, type, htons(value));
}

static void put_mac(struct nlmsghdr *nlh, uint16_t type, const uint8_t mac[6],
		    const uint8_t mask[6])
{
	static const uint8_t none[6];

	if (!memcmp(mask, none, sizeof(none)))
		return;
	mnl_attr_put(nlh, type, 6, mac);
	mnl_attr_put(nlh, type + 1, 6, mask);
}

/* The kernel looks at a VLAN key only if the type before it says that there is a tag,
 * and knows the innermost type only by the last of them. */
static void put_tags(struct nlmsghdr *nlh, const struct flower_match *m)
{
	put_be16(nlh, TCA_FLOWER_KEY_ETH_TYPE, flower_protocol(m));
	if (!m->tpid)
		return;
	mnl_attr_put_u16(nlh, TCA_FLOWER_KEY_VLAN_ID, m->vid);
	if (m->has_pcp)
		mnl_attr_put_u8(nlh, TCA_FLOWER_KEY_VLAN_PRIO, m->pcp);
	put_be16(nlh, TCA_FLOWER_KEY_VLAN_ETH_TYPE, m->tpid2 ? m->tpid2 : m->ethertype);
	if (!m->tpid2)
		return;
	mnl_attr_put_u16(nlh, TCA_FLOWER_KEY_CVLAN_ID, m->vid2);
	put_be16(nlh, TCA_FLOWER_KEY_CVLAN_ETH_TYPE, m->ethertype);
}

static void put_prefix(struct nlmsghdr *nlh, const struct flower_match *m)
{
	uint16_t type =
		m->ethertype == ETH_P_IP ? TCA_FLOWER_KEY_IPV4_SRC : TCA_FLOWER_KEY_IPV6_SRC;
	size_t size = m->ethertype == ETH_P_IP ? 4 : 16;
	uint8_t mask[16] = {0};
	unsigned int i;

	if (!m->ip_len)
		return;
	for (i = 0; i < m->ip_len; i++)
		mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
	mnl_attr_put(nlh, type, size, m->ip_src);
	mnl_attr_put(nlh, type + 1, size, mask);
}

/* --- actions */

struct put {
	struct nlmsghdr *nlh;
	uint16_t order; /* of the next action, from 1 */
	uint8_t cookie[FLOWER_MARK_SIZE + FLOWER_COOKIE_SIZE];
	struct nlattr *act, *options;
};

static void act_begin(struct put *put, const char *kind)
{
	/* counters for each CPU cost time and memory, and only software uses them */
	const struct nla_bitfield32 flags = {TCA_ACT_FLAGS_NO_PERCPU_STATS,
					     TCA_ACT_FLAGS_NO_PERCPU_STATS};

	put->act = mnl_attr_nest_start(put->nlh, ++put->order);
	mnl_attr_put_strz(put->nlh, TCA_ACT_KIND, kind);
	mnl_attr_put(put->nlh, TCA_ACT_COOKIE, sizeof(put->cookie), put->cookie);
	mnl_attr_put(put->nlh, TCA_ACT_FLAGS, sizeof(flags), &flags);
	put->options = mnl_attr_nest_start(put->nlh, TCA_ACT_OPTIONS);
}

static void act_end(struct put *put)
{
	mnl_attr_nest_end(put->nlh, put->options);
	mnl_attr_nest_end(put->nlh, put->act);
}

static void put_drop(struct put *put)
{
	const struct tc_gact parms = {.action = TC_ACT_SHOT};

	act_begin(put, "gact");
	mnl_attr_put(put->nlh, TCA_GACT_PARMS, sizeof(parms), &parms);
	act_end(put);
}

/* What is beyond the rate is dropped, the rest goes on. The kernel wants a table with
 * it that it does not use. */
static void put_police(struct put *put, const struct flower_action *a)
{
	static const uint8_t table[RATE_TABLE_SIZE];
	struct tc_police parms = {.action = TC_POLICE_SHOT, .mtu = MTU_ANY};

	parms.burst = (uint32_t)flower_ticks(a->rate, a->burst);
	parms.rate.linklayer = TC_LINKLAYER_ETHERNET;
	parms.rate.cell_log = 1;
	parms.rate.rate = a->rate > UINT32_MAX ? UINT32_MAX : (uint32_t)a->rate;
	act_begin(put, "police");
	mnl_attr_put(put->nlh, TCA_POLICE_TBF, sizeof(parms), &parms);
	mnl_attr_put(put->nlh, TCA_POLICE_RATE, sizeof(table), table);
	if (a->rate > UINT32_MAX)
		mnl_attr_put_u64(put->nlh, TCA_POLICE_RATE64, a->rate);
	mnl_attr_put_u32(put->nlh, TCA_POLICE_RESULT, TC_ACT_PIPE);
	act_end(put);
}

static void put_vlan(struct put *put, const struct flower_action *a)
{
	static const int v_action[] = {
		[FLOWER_VLAN_POP] = TCA_VLAN_ACT_POP,
		[FLOWER_VLAN_PUSH] = TCA_VLAN_ACT_PUSH,
		[FLOWER_VLAN_MODIFY] = TCA_VLAN_ACT_MODIFY,
	};
	const struct tc_vlan parms = {.action = TC_ACT_PIPE, .v_action = v_action[a->vlan]};

	act_begin(put, "vlan");
	mnl_attr_put(put->nlh, TCA_VLAN_PARMS, sizeof(parms), &parms);
	if (a->vlan != FLOWER_VLAN_POP) {
		mnl_attr_put_u16(put->nlh, TCA_VLAN_PUSH_VLAN_ID, a->vlan_vid);
		put_be16(put->nlh, TCA_VLAN_PUSH_VLAN_PROTOCOL, a->vlan_tpid);
		if (a->vlan_pcp)
			mnl_attr_put_u8(put->nlh, TCA_VLAN_PUSH_VLAN_PRIORITY, a->vlan_pcp);
	}
	act_end(put);
}

static void put_out(struct put *put, uint32_t ifindex, bool last)
{
	const struct tc_mirred parms = {.action = last ? TC_ACT_STOLEN : TC_ACT_PIPE,
					.eaction = last ? TCA_EGRESS_REDIR : TCA_EGRESS_MIRROR,
					.ifindex = ifindex};

	act_begin(put, "mirred");
	mnl_attr_put(put->nlh, TCA_MIRRED_PARMS, sizeof(parms), &parms);
	act_end(put);
}

static void put_actions(struct nlmsghdr *nlh, const struct flower_rule *rule)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	const struct flower_action *a = &rule->action;
	struct put put = {.nlh = nlh};
	unsigned int i;

	memcpy(put.cookie, FLOWER_MARK, FLOWER_MARK_SIZE);
	memcpy(put.cookie + FLOWER_MARK_SIZE, rule->cookie, FLOWER_COOKIE_SIZE);
	if (a->drop)
		put_drop(&put);
	if (a->rate)
		put_police(&put, a);
	for (i = 0; i < a->outs_len; i++) {
		if (i == a->before && a->vlan != FLOWER_VLAN_NONE)
			put_vlan(&put, a);
		put_out(&put, a->outs[i], i + 1 == a->outs_len);
	}
	mnl_attr_nest_end(nlh, nest);
}

void flower_put(struct nlmsghdr *nlh, const struct flower_rule *rule)
{
	struct nlattr *options;

	mnl_attr_put_strz(nlh, TCA_KIND, "flower");
	options = mnl_attr_nest_start(nlh, TCA_OPTIONS);
	mnl_attr_put_u32(nlh, TCA_FLOWER_FLAGS, TCA_CLS_FLAGS_SKIP_SW);
	put_mac(nlh, TCA_FLOWER_KEY_ETH_DST, rule->match.dst, rule->match.dst_mask);
	put_mac(nlh, TCA_FLOWER_KEY_ETH_SRC, rule->match.src, rule->match.src_mask);
	put_tags(nlh, &rule->match);
	put_prefix(nlh, &rule->match);
	put_actions(nlh, rule);
	mnl_attr_nest_end(nlh, options);
}
