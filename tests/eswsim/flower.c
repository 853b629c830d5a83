// SPDX-License-Identifier: GPL-2.0-only
/* flower.c - tc flower rules into flow table rules, and what is refused
 *
 * Only what mlx5 takes on an eswitch without connection tracking, tunnels or chains
 * is taken; all else is -EOPNOTSUPP with a reason.
 */
#include <net/pkt_cls.h>
#include "eswsim.h"

#define ESW_MAX_PRIO 16

struct esw_match {
	struct esw_key key, mask;
	bool tagged; /* the rule names an outer C-tag */
};

#define SUPPORTED_KEYS                                                                \
	(BIT_ULL(FLOW_DISSECTOR_KEY_CONTROL) | BIT_ULL(FLOW_DISSECTOR_KEY_BASIC) |    \
	 BIT_ULL(FLOW_DISSECTOR_KEY_ETH_ADDRS) | BIT_ULL(FLOW_DISSECTOR_KEY_VLAN) |   \
	 BIT_ULL(FLOW_DISSECTOR_KEY_CVLAN) | BIT_ULL(FLOW_DISSECTOR_KEY_IPV4_ADDRS) | \
	 BIT_ULL(FLOW_DISSECTOR_KEY_IPV6_ADDRS) | BIT_ULL(FLOW_DISSECTOR_KEY_PORTS) | \
	 BIT_ULL(FLOW_DISSECTOR_KEY_IP) | BIT_ULL(FLOW_DISSECTOR_KEY_META))

static int refuse(struct netlink_ext_ack *extack, const char *why)
{
	NL_SET_ERR_MSG_FMT_MOD(extack, "%s", why);
	return -EOPNOTSUPP;
}

/* A tag of the match: 1 the outer, 2 the next. A mask without VID matches presence. */
static void match_vlan(const struct flow_match_vlan *vlan, u8 *tag, u8 *tag_mask, u16 *vid,
		       u16 *vid_mask)
{
	*tag = vlan->key->vlan_tpid == htons(ETH_P_8021AD) ? ESW_TAG_S : ESW_TAG_C;
	*tag_mask = 0xff;
	*vid = vlan->key->vlan_id;
	*vid_mask = vlan->mask->vlan_id;
}

static void match_vlans(const struct flow_rule *flow, struct esw_match *m)
{
	struct esw_key *key = &m->key, *mask = &m->mask;
	struct flow_match_vlan vlan;

	if (flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_VLAN)) {
		flow_rule_match_vlan(flow, &vlan);
		match_vlan(&vlan, &key->tag1, &mask->tag1, &key->vid1, &mask->vid1);
		key->prio1 = vlan.key->vlan_priority;
		mask->prio1 = vlan.mask->vlan_priority;
		m->tagged = key->tag1 == ESW_TAG_C;
		/* an inner ethertype says: no second tag */
		if (mask->ethertype)
			mask->tag2 = 0xff;
	} else if (mask->ethertype) {
		mask->tag1 = 0xff;
	}
	if (flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_CVLAN)) {
		flow_rule_match_cvlan(flow, &vlan);
		match_vlan(&vlan, &key->tag2, &mask->tag2, &key->vid2, &mask->vid2);
		key->prio2 = vlan.key->vlan_priority;
		mask->prio2 = vlan.mask->vlan_priority;
	}
}

static int match_l2(const struct flow_rule *flow, struct esw_match *m,
		    struct netlink_ext_ack *extack)
{
	struct flow_match_eth_addrs eth;
	struct flow_match_control ctl;
	struct flow_match_basic basic;

	if (flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_BASIC)) {
		flow_rule_match_basic(flow, &basic);
		m->key.ethertype = basic.key->n_proto;
		m->mask.ethertype = basic.mask->n_proto;
		m->key.ip_proto = basic.key->ip_proto;
		m->mask.ip_proto = basic.mask->ip_proto;
	}
	if (flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_ETH_ADDRS)) {
		flow_rule_match_eth_addrs(flow, &eth);
		ether_addr_copy(m->key.dst, eth.key->dst);
		ether_addr_copy(m->mask.dst, eth.mask->dst);
		ether_addr_copy(m->key.src, eth.key->src);
		ether_addr_copy(m->mask.src, eth.mask->src);
	}
	match_vlans(flow, m);
	if (!flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_CONTROL))
		return 0;
	flow_rule_match_control(flow, &ctl);
	if (!flow_rule_is_supp_control_flags(FLOW_DIS_IS_FRAGMENT, ctl.mask->flags, extack))
		return -EOPNOTSUPP;
	if (ctl.mask->flags & FLOW_DIS_IS_FRAGMENT) {
		m->key.frag = !!(ctl.key->flags & FLOW_DIS_IS_FRAGMENT);
		m->mask.frag = 0xff;
	}
	return 0;
}

static void match_l3(const struct flow_rule *flow, struct esw_match *m)
{
	struct flow_match_ipv4_addrs ip4;
	struct flow_match_ipv6_addrs ip6;
	struct flow_match_ports ports;
	struct flow_match_ip ip;

	if (flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_IPV4_ADDRS) &&
	    m->key.ethertype == htons(ETH_P_IP)) {
		flow_rule_match_ipv4_addrs(flow, &ip4);
		m->key.ip_src[0] = ip4.key->src;
		m->mask.ip_src[0] = ip4.mask->src;
		m->key.ip_dst[0] = ip4.key->dst;
		m->mask.ip_dst[0] = ip4.mask->dst;
	}
	if (flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_IPV6_ADDRS) &&
	    m->key.ethertype == htons(ETH_P_IPV6)) {
		flow_rule_match_ipv6_addrs(flow, &ip6);
		memcpy(m->key.ip_src, &ip6.key->src, 16);
		memcpy(m->mask.ip_src, &ip6.mask->src, 16);
		memcpy(m->key.ip_dst, &ip6.key->dst, 16);
		memcpy(m->mask.ip_dst, &ip6.mask->dst, 16);
	}
	if (flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_PORTS)) {
		flow_rule_match_ports(flow, &ports);
		m->key.sport = ports.key->src;
		m->mask.sport = ports.mask->src;
		m->key.dport = ports.key->dst;
		m->mask.dport = ports.mask->dst;
	}
	if (flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_IP)) {
		flow_rule_match_ip(flow, &ip);
		m->key.tos = ip.key->tos;
		m->mask.tos = ip.mask->tos;
		m->key.ttl = ip.key->ttl;
		m->mask.ttl = ip.mask->ttl;
	}
}

static int match_meta(const struct flow_rule *flow, const struct net_device *dev,
		      struct netlink_ext_ack *extack)
{
	struct flow_match_meta meta;

	if (!flow_rule_match_key(flow, FLOW_DISSECTOR_KEY_META))
		return 0;
	flow_rule_match_meta(flow, &meta);
	if (meta.mask->l2_miss)
		return refuse(extack, "Can't match on \"l2_miss\"");
	if (meta.mask->ingress_ifindex && meta.key->ingress_ifindex != dev->ifindex)
		return refuse(extack, "Can't match on another ingress port");
	return 0;
}

static int parse_match(const struct flow_rule *flow, const struct net_device *dev,
		       struct esw_match *m, struct netlink_ext_ack *extack)
{
	int err;

	if (flow->match.dissector->used_keys & ~SUPPORTED_KEYS)
		return refuse(extack, "Unsupported key");
	err = match_meta(flow, dev, extack);
	if (err)
		return err;
	err = match_l2(flow, m, extack);
	if (!err)
		match_l3(flow, m);
	return err;
}

struct esw_build {
	struct esw_vport *vport;
	const struct esw_match *match;
	struct netlink_ext_ack *extack;
	struct esw_rule *rule;
	int pushes, pops, outs;
	bool end;
};

static struct esw_act *build_act(struct esw_build *b, enum esw_act_id id)
{
	struct esw_act *act = &b->rule->acts[b->rule->nacts];

	if (id != ESW_ACT_OUT && id != ESW_ACT_DROP && id != ESW_ACT_TRAP)
		b->rule->last_edit = b->rule->nacts;
	act->id = id;
	b->rule->nacts++;
	return act;
}

static struct esw_vport *peer_vport(struct esw_card *card, const struct net_device *dev)
{
	struct esw_vport *vport;
	unsigned long id;

	xa_for_each(&card->vports, id, vport)
		if (rcu_access_pointer(vport->rep) == dev)
			return vport;
	return NULL;
}

static int build_out(struct esw_build *b, const struct net_device *dev)
{
	struct esw_vport *vport = peer_vport(b->vport->card, dev);
	int i;

	if (!vport)
		return refuse(b->extack,
			      "devices are not on the same switch HW, can't offload forwarding");
	if (vport == b->vport)
		return refuse(b->extack,
			      vport->kind == ESW_PORT_UPLINK
				      ? "devices are both uplink, can't offload forwarding"
				      : "can't forward to the port the frame came from");
	for (i = 0; i < b->rule->nacts; i++)
		if (b->rule->acts[i].id == ESW_ACT_OUT && b->rule->acts[i].vport == vport->id)
			return refuse(b->extack, "can't duplicate the same output port");
	if (++b->outs > ESW_MAX_OUT)
		return refuse(b->extack,
			      "can't support more output ports, can't offload forwarding");
	build_act(b, ESW_ACT_OUT)->vport = vport->id;
	return 0;
}

/* mlx5 builds the tag as prio << 12 */
static u16 push_tci(const struct flow_action_entry *e)
{
	return e->vlan.vid | (u16)(e->vlan.prio << 12);
}

/* pop and push together are a change of VID, and the priority must stay */
static int build_rewrite(struct esw_build *b, u16 vid, u8 prio)
{
	const struct esw_match *m = b->match;

	if (!m->tagged)
		return refuse(b->extack, "VLAN rewrite must have a C-VLAN match");
	if (prio != (m->mask.prio1 ? m->key.prio1 : 0))
		return refuse(b->extack, "Changing VLAN prio is not supported");
	build_act(b, ESW_ACT_SETVID)->tci = vid;
	return 0;
}

static int build_vlan(struct esw_build *b, const struct flow_action_entry *e,
		      const struct flow_action_entry *next)
{
	struct esw_act *act;

	if (e->id == FLOW_ACTION_VLAN_MANGLE)
		return build_rewrite(b, e->vlan.vid, e->vlan.prio);
	if (e->id == FLOW_ACTION_VLAN_POP) {
		if (next && next->id == FLOW_ACTION_VLAN_PUSH)
			return build_rewrite(b, next->vlan.vid, next->vlan.prio) ?: 1;
		if (++b->pops > 2)
			return refuse(b->extack, "Total vlan pops exceed the supported depth");
		build_act(b, ESW_ACT_POP);
		return 0;
	}
	if (++b->pushes > 2)
		return refuse(b->extack, "Total vlan pushes exceed the supported depth");
	if (!eth_type_vlan(e->vlan.proto))
		return refuse(b->extack, "Unsupported VLAN protocol");
	act = build_act(b, ESW_ACT_PUSH);
	act->proto = e->vlan.proto;
	act->tci = push_tci(e);
	return 0;
}

static int build_mangle(struct esw_build *b, const struct flow_action_entry *e)
{
	struct esw_act *act;
	u32 val = e->mangle.val, mask = ~e->mangle.mask;

	if (e->mangle.htype != FLOW_ACT_MANGLE_HDR_TYPE_ETH || e->mangle.offset > 8 ||
	    e->mangle.offset % 4)
		return refuse(b->extack, "attempt to offload an unsupported field");
	act = build_act(b, ESW_ACT_ETH);
	memcpy(act->val + e->mangle.offset, &val, 4);
	memcpy(act->mask + e->mangle.offset, &mask, 4);
	return 0;
}

/* 1: the next action has been dealt with, too */
static int build_one(struct esw_build *b, const struct flow_action_entry *e,
		     const struct flow_action_entry *next)
{
	switch (e->id) {
	case FLOW_ACTION_ACCEPT:
		return 0;
	case FLOW_ACTION_DROP:
	case FLOW_ACTION_TRAP:
		build_act(b, e->id == FLOW_ACTION_DROP ? ESW_ACT_DROP : ESW_ACT_TRAP);
		b->end = true;
		return 0;
	case FLOW_ACTION_REDIRECT:
	case FLOW_ACTION_MIRRED:
		b->end = true;
		return build_out(b, e->dev);
	case FLOW_ACTION_VLAN_PUSH:
	case FLOW_ACTION_VLAN_POP:
	case FLOW_ACTION_VLAN_MANGLE:
		return build_vlan(b, e, next);
	case FLOW_ACTION_MANGLE:
		return build_mangle(b, e);
	case FLOW_ACTION_CSUM:
		return 0;
	case FLOW_ACTION_GOTO:
		return refuse(b->extack, "Chains are not supported");
	default:
		return refuse(b->extack, "The offload action is not supported");
	}
}

static int build_actions(struct esw_build *b, const struct flow_action *actions)
{
	unsigned int i;
	int ret;

	if (!flow_action_has_entries(actions))
		return -EINVAL;
	if (!flow_action_hw_stats_check(actions, b->extack, FLOW_ACTION_HW_STATS_DELAYED_BIT))
		return -EOPNOTSUPP;
	if (actions->num_entries > ESW_MAX_ACT)
		return refuse(b->extack, "Too many actions");
	b->rule->last_edit = -1;
	for (i = 0; i < actions->num_entries; i++) {
		const struct flow_action_entry *e = &actions->entries[i];

		ret = build_one(b, e, i + 1 < actions->num_entries ? e + 1 : NULL);
		if (ret < 0)
			return ret;
		i += ret;
	}
	return b->end ? 0 : refuse(b->extack, "Rule must have at least one forward/drop action");
}

static struct esw_rule *rule_find(struct esw_vport *vport, unsigned long cookie)
{
	struct esw_rule *rule;

	hash_for_each_possible(vport->card->cookies, rule, by_cookie, cookie)
		if (rule->cookie == cookie && rule->vport == vport)
			return rule;
	return NULL;
}

static int check_offload(struct esw_card *card, struct net_device *dev, struct flow_cls_offload *f)
{
	struct netlink_ext_ack *extack = f->common.extack;

	if (READ_ONCE(card->mode) != DEVLINK_ESWITCH_MODE_SWITCHDEV)
		return refuse(extack, "Offload needs eswitch mode switchdev");
	if (!tc_can_offload_extack(dev, extack))
		return -EOPNOTSUPP;
	if (f->common.chain_index)
		return refuse(extack, "Driver supports only offload of chain 0");
	if (!card->ignore_flow_level && f->common.prio > ESW_MAX_PRIO)
		return refuse(extack, "Requested prio is out of supported range");
	if (card->flow_count >= card->max_flows) {
		NL_SET_ERR_MSG_MOD(extack, "Flow table is full");
		return -ENOSPC;
	}
	return esw_op(card, ESW_OP_flow_add, extack);
}

static int flow_add(struct esw_vport *vport, struct net_device *dev, struct flow_cls_offload *f)
{
	struct flow_rule *flow = flow_cls_offload_flow_rule(f);
	struct esw_match match = {};
	struct esw_build build = {.vport = vport, .match = &match, .extack = f->common.extack};
	struct esw_rule *rule;
	int err;

	if (rule_find(vport, f->cookie))
		return -EEXIST;
	err = check_offload(vport->card, dev, f);
	if (!err)
		err = parse_match(flow, dev, &match, f->common.extack);
	if (err)
		return err;
	rule = kzalloc(struct_size(rule, acts, flow->action.num_entries), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;
	build.rule = rule;
	rule->vport = vport;
	rule->cookie = f->cookie;
	rule->key = match.key;
	err = build_actions(&build, &flow->action);
	if (!err)
		err = esw_rule_insert(rule, f->common.prio, &match.mask);
	if (err)
		kfree(rule);
	return err;
}

static int flow_del(struct esw_vport *vport, struct flow_cls_offload *f)
{
	struct esw_rule *rule = rule_find(vport, f->cookie);

	if (!rule)
		return -EINVAL;
	esw_rule_remove(rule);
	return 0;
}

static int flow_stats(struct esw_vport *vport, struct flow_cls_offload *f)
{
	struct esw_rule *rule = rule_find(vport, f->cookie);
	int err;

	err = esw_op(vport->card, ESW_OP_flow_stats, f->common.extack);
	if (err || !rule)
		return err ?: -EINVAL;
	flow_stats_update(&f->stats, rule->seen_bytes - rule->told_bytes,
			  rule->seen_packets - rule->told_packets, 0, rule->seen_lastused,
			  FLOW_ACTION_HW_STATS_DELAYED);
	rule->told_bytes = rule->seen_bytes;
	rule->told_packets = rule->seen_packets;
	return 0;
}

static int block_cb(enum tc_setup_type type, void *type_data, void *priv)
{
	struct net_device *dev = priv;
	struct esw_vport *vport = ((struct esw_nd *)netdev_priv(dev))->vport;
	struct flow_cls_offload *f = type_data;
	int err;

	if (type != TC_SETUP_CLSFLOWER)
		return -EOPNOTSUPP;
	mutex_lock(&vport->card->flow_lock);
	switch (f->command) {
	case FLOW_CLS_REPLACE:
		err = flow_add(vport, dev, f);
		break;
	case FLOW_CLS_DESTROY:
		err = flow_del(vport, f);
		break;
	case FLOW_CLS_STATS:
		err = flow_stats(vport, f);
		break;
	default:
		err = -EOPNOTSUPP;
	}
	mutex_unlock(&vport->card->flow_lock);
	return err;
}

static LIST_HEAD(block_list);

/* esw_setup_tc - binds the ingress block of uplink and representors, in any mode:
 * unbinding must never be refused
 */
int esw_setup_tc(struct net_device *dev, enum tc_setup_type type, void *type_data)
{
	if (type != TC_SETUP_BLOCK)
		return -EOPNOTSUPP;
	return flow_block_cb_setup_simple(type_data, &block_list, block_cb, dev, dev, true);
}
