// SPDX-License-Identifier: GPL-2.0-only
/* action.c - what a rule does to a frame
 *
 * Two traps of mlx5 are kept: an output before the last header change gets the
 * frame as it came, and a pushed tag has its priority in bits 14:12 (flower.c).
 */
#include "eswsim.h"

static bool act_push(struct sk_buff *skb, const struct esw_act *act)
{
	struct vlan_ethhdr *veth;

	if (skb_cow_head(skb, VLAN_HLEN))
		return false;
	veth = skb_push(skb, VLAN_HLEN);
	memmove(veth, skb->data + VLAN_HLEN, 2 * ETH_ALEN);
	veth->h_vlan_proto = act->proto;
	veth->h_vlan_TCI = htons(act->tci);
	return true;
}

static bool act_pop(struct sk_buff *skb)
{
	struct ethhdr *eth = (void *)skb->data;

	if (!eth_type_vlan(eth->h_proto) || skb->len < VLAN_ETH_HLEN)
		return true;
	memmove(skb->data + VLAN_HLEN, skb->data, 2 * ETH_ALEN);
	skb_pull(skb, VLAN_HLEN);
	return true;
}

static bool act_set_vid(struct sk_buff *skb, const struct esw_act *act)
{
	struct vlan_ethhdr *veth = (void *)skb->data;

	if (eth_type_vlan(veth->h_vlan_proto) && skb->len >= VLAN_ETH_HLEN)
		veth->h_vlan_TCI = htons((ntohs(veth->h_vlan_TCI) & ~VLAN_VID_MASK) | act->tci);
	return true;
}

static bool act_eth(struct sk_buff *skb, const struct esw_act *act)
{
	int i;

	for (i = 0; i < 2 * ETH_ALEN; i++)
		skb->data[i] = (skb->data[i] & ~act->mask[i]) | (act->val[i] & act->mask[i]);
	return true;
}

static bool act_edit(struct sk_buff *skb, const struct esw_act *act)
{
	switch (act->id) {
	case ESW_ACT_PUSH:
		return act_push(skb, act);
	case ESW_ACT_POP:
		return act_pop(skb);
	case ESW_ACT_SETVID:
		return act_set_vid(skb, act);
	case ESW_ACT_ETH:
		return act_eth(skb, act);
	default:
		return true;
	}
}

static void count(const struct esw_rule *const_rule, const struct sk_buff *skb)
{
	struct esw_rule *rule = (struct esw_rule *)const_rule;

	atomic64_inc(&rule->packets);
	atomic64_add(skb->len, &rule->bytes);
	WRITE_ONCE(rule->lastused, jiffies);
}

static void out_copy(struct esw_card *card, const struct esw_act *act, struct sk_buff *skb)
{
	struct sk_buff *copy = skb_copy(skb, GFP_ATOMIC);

	if (copy)
		esw_output(card, act->vport, copy);
}

/* Outputs before the last header change, with the frame as it came */
static void early_outputs(struct esw_card *card, const struct esw_rule *rule, struct sk_buff *skb)
{
	int i;

	for (i = 0; i < rule->last_edit; i++)
		if (rule->acts[i].id == ESW_ACT_OUT)
			out_copy(card, &rule->acts[i], skb);
}

/* esw_actions_run - true: the frame is dealt with; false: it goes to the representor */
bool esw_actions_run(struct esw_card *card, const struct esw_rule *rule, struct sk_buff *skb)
{
	int i;

	count(rule, skb);
	early_outputs(card, rule, skb);
	for (i = 0; i < rule->nacts; i++) {
		const struct esw_act *act = &rule->acts[i];

		if (act->id == ESW_ACT_TRAP)
			return false;
		if (act->id == ESW_ACT_DROP || !act_edit(skb, act))
			break;
		if (act->id == ESW_ACT_OUT && i > rule->last_edit)
			out_copy(card, act, skb);
	}
	consume_skb(skb);
	return true;
}
