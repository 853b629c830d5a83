// SPDX-License-Identifier: GPL-2.0-only
/* flower_rule.c - what a rule of an eswitch may say, and whether two say the same */
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <string.h>

#include "flower_parse.h"

#define VID_MAX 4095
#define PCP_MAX 7

uint16_t flower_protocol(const struct flower_match *match)
{
	return match->tpid ? match->tpid : match->ethertype;
}

uint64_t flower_ticks(uint64_t rate, uint32_t burst)
{
	return rate ? (uint64_t)((unsigned __int128)burst * 1000000000 / 64 / rate) : 0;
}

/* --- what can be asked for */

static const char *check_match(const struct flower_match *m)
{
	unsigned int ip_max = m->ethertype == ETH_P_IP ? 32 : m->ethertype == ETH_P_IPV6 ? 128 : 0;

	if (m->ethertype < ETH_P_802_3_MIN || flower_is_tpid(m->ethertype))
		return "a rule's ethertype is that of what follows the tags";
	if ((m->tpid && !flower_is_tpid(m->tpid)) || (m->tpid2 && !flower_is_tpid(m->tpid2)))
		return "a rule's tags are 802.1q or 802.1ad";
	if (m->tpid2 && !m->tpid)
		return "a rule with a second tag has a first one";
	if (m->vid > VID_MAX || m->vid2 > VID_MAX || m->pcp > PCP_MAX)
		return "a rule's VID is below 4096, its PCP below 8";
	if (!m->tpid ? m->vid || m->has_pcp : !m->tpid2 && m->vid2)
		return "a rule with a VID or a PCP has a tag";
	if (m->ip_len > ip_max)
		return "a rule's address prefix is of its ethertype";
	return NULL;
}

static const char *check_vlan(const struct flower_rule *rule)
{
	const struct flower_action *a = &rule->action;

	if (a->vlan == FLOWER_VLAN_NONE)
		return a->before ? "a rule that changes nothing has no outputs before it" : NULL;
	if (a->vlan > FLOWER_VLAN_MODIFY)
		return "a rule pops, pushes or modifies a tag";
	if (a->vlan != FLOWER_VLAN_PUSH && !rule->match.tpid)
		return "a rule that takes or changes a tag matches one";
	if (a->vlan != FLOWER_VLAN_POP &&
	    (!flower_is_tpid(a->vlan_tpid) || a->vlan_vid > VID_MAX || a->vlan_pcp > PCP_MAX))
		return "a tag is 802.1q or 802.1ad, its VID below 4096, its PCP below 8";
	return a->before < a->outs_len ? NULL : "a rule has an output behind its change";
}

static const char *check_outs(const struct flower_action *a)
{
	unsigned int actions = a->outs_len + (a->vlan != FLOWER_VLAN_NONE) + (a->rate != 0);
	unsigned int i;

	if (a->outs_len > FLOWER_OUTS_MAX || actions > TCA_ACT_MAX_PRIO)
		return "a rule has at most 32 actions";
	for (i = 0; i < a->outs_len; i++)
		if (!a->outs[i])
			return "a rule's outputs are netdevs";
	return NULL;
}

static const char *check_action(const struct flower_rule *rule)
{
	const struct flower_action *a = &rule->action;
	const char *why;

	if (a->drop)
		return a->vlan != FLOWER_VLAN_NONE || a->outs_len || a->rate
			       ? "a rule that drops does nothing else"
			       : NULL;
	if (!a->outs_len)
		return "a rule drops or has an output";
	if (a->rate &&
	    (!flower_ticks(a->rate, a->burst) || flower_ticks(a->rate, a->burst) > UINT32_MAX))
		return "a rule's burst is of 64 ns to 274 s of its rate";
	why = check_outs(a);
	return why ? why : check_vlan(rule);
}

const char *flower_check(const struct flower_rule *rule)
{
	const char *why;

	if (!rule->ifindex || !rule->pref)
		return "a rule has a netdev and a pref";
	why = check_match(&rule->match);
	return why ? why : check_action(rule);
}

/* --- equality */

static bool same_mac(const uint8_t a[6], const uint8_t a_mask[6], const uint8_t b[6],
		     const uint8_t b_mask[6])
{
	int i;

	for (i = 0; i < 6; i++)
		if (a_mask[i] != b_mask[i] || ((a[i] ^ b[i]) & a_mask[i]))
			return false;
	return true;
}

static bool same_prefix(const struct flower_match *a, const struct flower_match *b)
{
	unsigned int i;

	if (a->ip_len != b->ip_len)
		return false;
	for (i = 0; i < a->ip_len; i++)
		if ((a->ip_src[i / 8] ^ b->ip_src[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static bool same_match(const struct flower_match *a, const struct flower_match *b)
{
	return a->tpid == b->tpid && a->tpid2 == b->tpid2 && a->ethertype == b->ethertype &&
	       (!a->tpid || a->vid == b->vid) && (!a->tpid2 || a->vid2 == b->vid2) &&
	       a->has_pcp == b->has_pcp && (!a->has_pcp || a->pcp == b->pcp) &&
	       same_mac(a->src, a->src_mask, b->src, b->src_mask) &&
	       same_mac(a->dst, a->dst_mask, b->dst, b->dst_mask) && same_prefix(a, b);
}

static bool same_vlan(const struct flower_action *a, const struct flower_action *b)
{
	if (a->vlan != b->vlan)
		return false;
	if (a->vlan == FLOWER_VLAN_NONE)
		return true;
	return a->before == b->before &&
	       (a->vlan == FLOWER_VLAN_POP ||
		(a->vlan_tpid == b->vlan_tpid && a->vlan_vid == b->vlan_vid &&
		 a->vlan_pcp == b->vlan_pcp));
}

static bool same_action(const struct flower_action *a, const struct flower_action *b)
{
	return a->drop == b->drop && same_vlan(a, b) && a->outs_len == b->outs_len &&
	       a->outs_len <= FLOWER_OUTS_MAX &&
	       !memcmp(a->outs, b->outs, a->outs_len * sizeof(a->outs[0])) && a->rate == b->rate &&
	       flower_ticks(a->rate, a->burst) == flower_ticks(b->rate, b->burst);
}

bool flower_same(const struct flower_rule *a, const struct flower_rule *b)
{
	return a->ifindex == b->ifindex && a->pref == b->pref && same_match(&a->match, &b->match) &&
	       same_action(&a->action, &b->action) &&
	       !memcmp(a->cookie, b->cookie, FLOWER_COOKIE_SIZE);
}
