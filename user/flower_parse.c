// SPDX-License-Identifier: GPL-2.0-only
/* flower_parse.c - flower filters as the kernel tells of them; see flower_parse.h
 *
 * The kernel does not tell what it was told: of a tagged rule the type of the outer tag
 * is only the filter's protocol, and KEY_ETH_TYPE is the innermost one. Others' rules
 * may say anything; what has no place in struct flower_rule makes them not whole.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/tc_act/tc_vlan.h>
#include <string.h>
#include <unistd.h>

#include "flower_parse.h"
#include "nl_attr.h"
#include "util.h"

/* What is known of a rule when not all of it was read yet. */
struct reading {
	struct flower_rule *rule;
	uint16_t protocol, eth_type, vlan_type, cvlan_type;
	bool has_vid, has_vid2;
	uint16_t ip_type; /* ethertype that the address is of, or 0 */
	uint8_t ip_mask[16];
	bool odd; /* there is something that the rule cannot say */
	bool end; /* its actions are over */
};

static uint16_t attr_be16(const struct nlattr *attr)
{
	return ntohs(nl_attr_u16(attr));
}

/* A struct at the beginning of an attribute. Return: is it all there? */
static bool attr_struct(const struct nlattr *attr, void *out, size_t size)
{
	if (mnl_attr_get_payload_len(attr) < size)
		return false;
	memcpy(out, mnl_attr_get_payload(attr), size);
	return true;
}

/* --- match */

static void read_mac(const struct nlattr *attr, uint8_t mac[6], uint8_t mask[6])
{
	if (nl_attr_mac(attr, mac))
		memset(mask, 0xff, 6); /* unless there is one */
}

static void read_ip(struct reading *r, const struct nlattr *attr, uint16_t ethertype)
{
	size_t size = ethertype == ETH_P_IP ? 4 : 16;

	r->odd |= r->ip_type != 0 || !attr_struct(attr, r->rule->match.ip_src, size);
	r->ip_type = ethertype;
	memset(r->ip_mask, 0xff, size);
}

static void read_ip_mask(struct reading *r, const struct nlattr *attr, uint16_t ethertype)
{
	r->odd |= r->ip_type != ethertype ||
		  !attr_struct(attr, r->ip_mask, ethertype == ETH_P_IP ? 4 : 16);
}

/* Return: is it one of these? */
static bool read_tag(struct reading *r, const struct nlattr *attr)
{
	struct flower_match *m = &r->rule->match;

	switch (mnl_attr_get_type(attr)) {
	case TCA_FLOWER_KEY_ETH_TYPE:
		r->eth_type = attr_be16(attr);
		return true;
	case TCA_FLOWER_KEY_VLAN_ID:
		m->vid = nl_attr_u16(attr);
		r->has_vid = true;
		return true;
	case TCA_FLOWER_KEY_VLAN_PRIO:
		m->pcp = nl_attr_u8(attr);
		m->has_pcp = true;
		return true;
	case TCA_FLOWER_KEY_VLAN_ETH_TYPE:
		r->vlan_type = attr_be16(attr);
		return true;
	case TCA_FLOWER_KEY_CVLAN_ID:
		m->vid2 = nl_attr_u16(attr);
		r->has_vid2 = true;
		return true;
	case TCA_FLOWER_KEY_CVLAN_ETH_TYPE:
		r->cvlan_type = attr_be16(attr);
		return true;
	default:
		return false;
	}
}

static bool read_address(struct reading *r, const struct nlattr *attr)
{
	struct flower_match *m = &r->rule->match;

	switch (mnl_attr_get_type(attr)) {
	case TCA_FLOWER_KEY_ETH_DST:
		read_mac(attr, m->dst, m->dst_mask);
		return true;
	case TCA_FLOWER_KEY_ETH_DST_MASK:
		return nl_attr_mac(attr, m->dst_mask);
	case TCA_FLOWER_KEY_ETH_SRC:
		read_mac(attr, m->src, m->src_mask);
		return true;
	case TCA_FLOWER_KEY_ETH_SRC_MASK:
		return nl_attr_mac(attr, m->src_mask);
	case TCA_FLOWER_KEY_IPV4_SRC:
	case TCA_FLOWER_KEY_IPV6_SRC:
		read_ip(r, attr,
			mnl_attr_get_type(attr) == TCA_FLOWER_KEY_IPV4_SRC ? ETH_P_IP : ETH_P_IPV6);
		return true;
	case TCA_FLOWER_KEY_IPV4_SRC_MASK:
	case TCA_FLOWER_KEY_IPV6_SRC_MASK:
		read_ip_mask(r, attr,
			     mnl_attr_get_type(attr) == TCA_FLOWER_KEY_IPV4_SRC_MASK ? ETH_P_IP
										     : ETH_P_IPV6);
		return true;
	default:
		return false;
	}
}

static void settle_tags(struct reading *r)
{
	struct flower_match *m = &r->rule->match;

	if (!flower_is_tpid(r->protocol)) {
		m->ethertype = r->eth_type;
		r->odd |= r->eth_type != r->protocol || r->has_vid || m->has_pcp || r->vlan_type ||
			  r->has_vid2 || r->cvlan_type;
		return;
	}
	m->tpid = r->protocol;
	m->tpid2 = flower_is_tpid(r->vlan_type) ? r->vlan_type : 0;
	m->ethertype = m->tpid2 ? r->cvlan_type : r->vlan_type;
	r->odd |= !r->has_vid || r->has_vid2 != (m->tpid2 != 0) || (!m->tpid2 && r->cvlan_type);
	r->odd |= r->eth_type != m->ethertype && r->eth_type != m->tpid;
}

static void settle_prefix(struct reading *r)
{
	struct flower_match *m = &r->rule->match;
	unsigned int i, len = 0;

	while (len < 128 && r->ip_mask[len / 8] & 0x80 >> len % 8)
		len++;
	for (i = len; i < 128; i++)
		r->odd |= (r->ip_mask[i / 8] & 0x80 >> i % 8) != 0;
	r->odd |= len && r->ip_type != m->ethertype;
	m->ip_len = (uint8_t)len;
}

/* --- actions */

static const struct nlattr *find_attr(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	if (nest)
		mnl_attr_for_each_nested(attr,
					 nest) if (mnl_attr_get_type(attr) == type) return attr;
	return NULL;
}

static bool find_struct(const struct nlattr *nest, uint16_t type, void *out, size_t size)
{
	const struct nlattr *attr = find_attr(nest, type);

	return attr && attr_struct(attr, out, size);
}

/* Return: is it as repx says it? So do the other read_*(). */
static bool read_gact(struct reading *r, const struct nlattr *options)
{
	struct flower_action *a = &r->rule->action;
	struct tc_gact parms;

	if (!find_struct(options, TCA_GACT_PARMS, &parms, sizeof(parms)) ||
	    find_attr(options, TCA_GACT_PROB) || parms.action != TC_ACT_SHOT)
		return false;
	a->drop = true;
	r->end = true;
	return true;
}

static bool read_police(struct reading *r, const struct nlattr *options)
{
	const struct nlattr *attr = find_attr(options, TCA_POLICE_RATE64);
	struct flower_action *a = &r->rule->action;
	struct tc_police parms;
	unsigned __int128 burst;
	uint32_t result = 0;

	if (!find_struct(options, TCA_POLICE_TBF, &parms, sizeof(parms)))
		return false;
	find_struct(options, TCA_POLICE_RESULT, &result, sizeof(result));
	a->rate = attr ? nl_attr_u64(attr) : parms.rate.rate;
	/* rounded up, so that the same ticks come out of it */
	burst = ((unsigned __int128)parms.burst * 64 * a->rate + 999999999) / 1000000000;
	a->burst = burst > UINT32_MAX ? UINT32_MAX : (uint32_t)burst;
	return a->rate && burst <= UINT32_MAX && !a->outs_len && a->vlan == FLOWER_VLAN_NONE &&
	       parms.action == TC_POLICE_SHOT && result == TC_ACT_PIPE && parms.mtu == UINT32_MAX &&
	       !parms.peakrate.rate && !find_attr(options, TCA_POLICE_AVRATE) &&
	       !find_attr(options, TCA_POLICE_PKTRATE64);
}

static enum flower_vlan vlan_of(int v_action)
{
	switch (v_action) {
	case TCA_VLAN_ACT_POP:
		return FLOWER_VLAN_POP;
	case TCA_VLAN_ACT_PUSH:
		return FLOWER_VLAN_PUSH;
	case TCA_VLAN_ACT_MODIFY:
		return FLOWER_VLAN_MODIFY;
	default:
		return FLOWER_VLAN_NONE;
	}
}

static bool read_vlan(struct reading *r, const struct nlattr *options)
{
	struct flower_action *a = &r->rule->action;
	const struct nlattr *attr;
	struct tc_vlan parms;

	if (a->vlan != FLOWER_VLAN_NONE ||
	    !find_struct(options, TCA_VLAN_PARMS, &parms, sizeof(parms)))
		return false;
	a->vlan = vlan_of(parms.v_action);
	a->before = a->outs_len;
	if (a->vlan == FLOWER_VLAN_PUSH || a->vlan == FLOWER_VLAN_MODIFY) {
		if ((attr = find_attr(options, TCA_VLAN_PUSH_VLAN_ID)))
			a->vlan_vid = nl_attr_u16(attr);
		if ((attr = find_attr(options, TCA_VLAN_PUSH_VLAN_PROTOCOL)))
			a->vlan_tpid = attr_be16(attr);
		if ((attr = find_attr(options, TCA_VLAN_PUSH_VLAN_PRIORITY)))
			a->vlan_pcp = nl_attr_u8(attr);
	}
	return a->vlan != FLOWER_VLAN_NONE && parms.action == TC_ACT_PIPE;
}

static bool read_mirred(struct reading *r, const struct nlattr *options)
{
	struct flower_action *a = &r->rule->action;
	struct tc_mirred parms;

	if (a->outs_len == FLOWER_OUTS_MAX ||
	    !find_struct(options, TCA_MIRRED_PARMS, &parms, sizeof(parms)))
		return false;
	a->outs[a->outs_len++] = parms.ifindex;
	r->end = parms.eaction == TCA_EGRESS_REDIR && parms.action == TC_ACT_STOLEN;
	return r->end || (parms.eaction == TCA_EGRESS_MIRROR && parms.action == TC_ACT_PIPE);
}

static void read_action(struct reading *r, const struct nlattr *nest)
{
	static const struct {
		const char *kind;
		bool (*read)(struct reading *r, const struct nlattr *options);
	} kinds[] = {{"gact", read_gact},
		     {"police", read_police},
		     {"vlan", read_vlan},
		     {"mirred", read_mirred}};
	const struct nlattr *attr = find_attr(nest, TCA_ACT_KIND);
	char kind[16] = "";
	size_t i;

	if (attr)
		nl_attr_str(attr, kind, sizeof(kind));
	for (i = 0; i < ARRAY_SIZE(kinds) && strcmp(kinds[i].kind, kind) != 0; i++)
		;
	r->odd |= r->end || i == ARRAY_SIZE(kinds) ||
		  !kinds[i].read(r, find_attr(nest, TCA_ACT_OPTIONS));
}

/* The first action's cookie. Return: is it of ours? */
static bool read_cookie(const struct nlattr *acts, uint8_t out[FLOWER_COOKIE_SIZE])
{
	uint8_t bytes[FLOWER_MARK_SIZE + FLOWER_COOKIE_SIZE];
	const struct nlattr *act = find_attr(acts, 1);
	const struct nlattr *attr = find_attr(act, TCA_ACT_COOKIE);

	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(bytes) ||
	    !attr_struct(attr, bytes, sizeof(bytes)) ||
	    memcmp(bytes, FLOWER_MARK, FLOWER_MARK_SIZE) != 0)
		return false;
	memcpy(out, bytes + FLOWER_MARK_SIZE, FLOWER_COOKIE_SIZE);
	return true;
}

bool flower_is_repx(const struct nlattr *options)
{
	uint8_t cookie[FLOWER_COOKIE_SIZE];
	const struct nlattr *acts = find_attr(options, TCA_FLOWER_ACT);

	return acts && read_cookie(acts, cookie);
}

static void read_actions(struct reading *r, const struct nlattr *acts)
{
	const struct nlattr *act;

	mnl_attr_for_each_nested(act, acts) read_action(r, act);
	r->rule->ours = read_cookie(acts, r->rule->cookie);
}

/* --- a filter */

static void read_option(struct reading *r, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case TCA_FLOWER_FLAGS:
		r->rule->skip_sw = nl_attr_u32(attr) & TCA_CLS_FLAGS_SKIP_SW;
		r->rule->in_hw = nl_attr_u32(attr) & TCA_CLS_FLAGS_IN_HW;
		return;
	case TCA_FLOWER_IN_HW_COUNT:
		r->rule->in_hw_count = nl_attr_u32(attr);
		return;
	case TCA_FLOWER_ACT:
		read_actions(r, attr);
		return;
	default:
		r->odd |= !read_tag(r, attr) && !read_address(r, attr);
	}
}

/* The head of a flower filter. @options: NULL, or where they are. */
static int parse_head(const struct nlmsghdr *nlh, struct tcmsg *tcm, const struct nlattr **options,
		      uint32_t *chain)
{
	const struct nlattr *attr;
	char kind[16] = "";

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*tcm))
		return -EBADMSG;
	memcpy(tcm, mnl_nlmsg_get_payload(nlh), sizeof(*tcm));
	*options = NULL;
	*chain = 0;
	mnl_attr_for_each(attr, nlh, sizeof(*tcm))
	{
		if (mnl_attr_get_type(attr) == TCA_KIND)
			nl_attr_str(attr, kind, sizeof(kind));
		else if (mnl_attr_get_type(attr) == TCA_OPTIONS)
			*options = attr;
		else if (mnl_attr_get_type(attr) == TCA_CHAIN)
			*chain = nl_attr_u32(attr);
	}
	return nlh->nlmsg_type == RTM_NEWTFILTER && *options && !strcmp(kind, "flower") ? 0
											: -ENOENT;
}

int flower_parse(const struct nlmsghdr *nlh, struct flower_rule *out)
{
	struct reading r = {.rule = out};
	const struct nlattr *attr, *options;
	struct tcmsg tcm;
	uint32_t chain;
	int ret;

	ret = parse_head(nlh, &tcm, &options, &chain);
	if (ret)
		return ret;
	memset(out, 0, sizeof(*out));
	out->ifindex = (uint32_t)tcm.tcm_ifindex;
	out->handle = tcm.tcm_handle;
	out->pref = (uint16_t)(TC_H_MAJ(tcm.tcm_info) >> 16);
	r.protocol = ntohs((uint16_t)TC_H_MIN(tcm.tcm_info));
	mnl_attr_for_each_nested(attr, options) read_option(&r, attr);
	settle_tags(&r);
	settle_prefix(&r);
	out->whole = !r.odd && r.end && !chain && !flower_check(out);
	return 0;
}

/* --- counters */

/* What follows the packets of a kind are those beyond 32 bits. */
static void read_counters(struct flower_stats *out, const struct nlattr *nest)
{
	const struct nlattr *attr;
	bool hw = false;

	mnl_attr_for_each_nested(attr, nest)
	{
		struct {
			uint64_t bytes;
			uint32_t packets;
		} __attribute__((packed)) basic;

		switch (mnl_attr_get_type(attr)) {
		case TCA_STATS_BASIC:
			hw = false;
			break;
		case TCA_STATS_BASIC_HW:
			hw = attr_struct(attr, &basic, sizeof(basic));
			if (hw) {
				out->bytes = basic.bytes;
				out->packets = basic.packets;
			}
			break;
		case TCA_STATS_PKT64:
			if (hw)
				out->packets = nl_attr_u64(attr);
			break;
		}
	}
}

/* Where each kind of action has its times. */
static uint16_t times_attr(const struct nlattr *act)
{
	const struct nlattr *attr = find_attr(act, TCA_ACT_KIND);
	char kind[16] = "";

	if (attr)
		nl_attr_str(attr, kind, sizeof(kind));
	if (!strcmp(kind, "mirred"))
		return TCA_MIRRED_TM;
	if (!strcmp(kind, "vlan"))
		return TCA_VLAN_TM;
	if (!strcmp(kind, "gact"))
		return TCA_GACT_TM;
	return strcmp(kind, "police") ? 0 : TCA_POLICE_TM;
}

static void read_times(struct flower_stats *out, const struct nlattr *act)
{
	uint16_t type = times_attr(act);
	struct tcf_t times;

	if (!type || !find_struct(find_attr(act, TCA_ACT_OPTIONS), type, &times, sizeof(times)))
		return;
	out->has_used = true;
	out->used_ms = times.lastuse * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
}

/* The first action's, since the kernel counts the same for each. */
static void read_stats(struct flower_stats *out, const struct nlattr *acts)
{
	const struct nlattr *act = find_attr(acts, 1);
	const struct nlattr *stats = find_attr(act, TCA_ACT_STATS);

	if (stats)
		read_counters(out, stats);
	if (act)
		read_times(out, act);
	out->ours = read_cookie(acts, out->cookie);
}

int flower_parse_stats(const struct nlmsghdr *nlh, struct flower_stats *out)
{
	const struct nlattr *options, *attr;
	struct tcmsg tcm;
	uint32_t chain;
	int ret;

	ret = parse_head(nlh, &tcm, &options, &chain);
	if (ret)
		return ret;
	memset(out, 0, sizeof(*out));
	out->handle = tcm.tcm_handle;
	out->pref = (uint16_t)(TC_H_MAJ(tcm.tcm_info) >> 16);
	out->protocol = ntohs((uint16_t)TC_H_MIN(tcm.tcm_info));
	if ((attr = find_attr(options, TCA_FLOWER_FLAGS)))
		out->in_hw = nl_attr_u32(attr) & TCA_CLS_FLAGS_IN_HW;
	if ((attr = find_attr(options, TCA_FLOWER_ACT)))
		read_stats(out, attr);
	return 0;
}
