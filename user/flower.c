// SPDX-License-Identifier: GPL-2.0-only
/* flower.c - rules of an eswitch asked for; see flower.h */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "flower_parse.h"
#include "util.h"

#define CLSACT_INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)

static int refuse(struct nl *nl, int code, const char *why)
{
	str_copy(nl->extack, sizeof(nl->extack), why);
	return code;
}

static struct tcmsg head(uint32_t ifindex, uint16_t pref, uint16_t protocol, uint32_t handle)
{
	return (struct tcmsg){.tcm_ifindex = (int)ifindex,
			      .tcm_handle = handle,
			      .tcm_parent = CLSACT_INGRESS,
			      .tcm_info = TC_H_MAKE((uint32_t)pref << 16, htons(protocol))};
}

static struct tcmsg head_of(const struct flower_rule *rule)
{
	return head(rule->ifindex, rule->pref, flower_protocol(&rule->match), rule->handle);
}

/* --- one rule */

struct found {
	struct flower_rule rule;
	struct flower_stats stats;
	bool any;
};

static int found_cb(const struct nlmsghdr *nlh, void *data)
{
	struct found *found = data;

	if (flower_parse(nlh, &found->rule) || flower_parse_stats(nlh, &found->stats))
		return MNL_CB_OK;
	found->any = true;
	return MNL_CB_OK;
}

struct search {
	const struct flower_rule *like; /* or NULL: by the handle */
	uint32_t handle;
	uint16_t protocol;
	struct found *found;
};

static int search_cb(const struct flower_rule *rule, const struct flower_stats *stats, void *data)
{
	const struct search *search = data;

	if (stats->protocol != search->protocol)
		return 0;
	if (search->handle ? rule->handle != search->handle : !flower_same(rule, search->like))
		return 0;
	*search->found = (struct found){.rule = *rule, .stats = *stats, .any = true};
	return 1;
}

/* In a dump, where a rule of any length has room: in echoes and answers of some kernels
 * it is a page, which 16 outputs fill, and nothing comes when the rule is longer. */
static int search(struct nl *nl, uint32_t ifindex, uint16_t pref, const struct search *search)
{
	int ret = flower_walk(nl, ifindex, pref, search_cb, (void *)search);

	if (ret < 0)
		return ret;
	return search->found->any ? 0 : refuse(nl, -ENOENT, "the kernel does not list the rule");
}

/* What the kernel installed, of which the echo told or not. */
static int verify(struct nl *nl, struct flower_rule *rule, struct found *found)
{
	const struct search by = {.like = rule,
				  .handle = rule->handle,
				  .protocol = flower_protocol(&rule->match),
				  .found = found};
	int ret = found->any ? 0 : search(nl, rule->ifindex, rule->pref, &by);

	if (ret)
		return ret;
	rule->handle = found->rule.handle;
	if (flower_same(rule, &found->rule) && found->rule.whole && found->rule.ours) {
		*rule = found->rule;
		return 0;
	}
	flower_del(nl, rule->ifindex, rule->pref, flower_protocol(&rule->match), rule->handle);
	return refuse(nl, -EPROTO, "the kernel installed another rule than was asked for");
}

static int set(struct nl *nl, struct flower_rule *rule, uint16_t flags)
{
	const char *why = flower_check(rule);
	struct found found = {0};
	struct nlmsghdr *nlh;
	struct tcmsg tcm;
	int ret;

	if (why)
		return refuse(nl, -EINVAL, why);
	tcm = head_of(rule);
	nlh = nl_request(nl, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_ECHO | flags, &tcm, sizeof(tcm));
	flower_put(nlh, rule);
	ret = nl_talk(nl, nlh, found_cb, &found);
	return ret ? ret : verify(nl, rule, &found);
}

int flower_add(struct nl *nl, struct flower_rule *rule)
{
	return set(nl, rule, NLM_F_EXCL);
}

int flower_replace(struct nl *nl, struct flower_rule *rule)
{
	return set(nl, rule, 0);
}

/* Handle 0 would be all rules of the pref. */
static const char *check_name(uint32_t ifindex, uint16_t pref, uint32_t handle)
{
	return ifindex && pref && handle ? NULL : "a rule's name has ifindex, pref and handle";
}

int flower_del(struct nl *nl, uint32_t ifindex, uint16_t pref, uint16_t protocol, uint32_t handle)
{
	struct tcmsg tcm = head(ifindex, pref, protocol, handle);
	const char *why = check_name(ifindex, pref, handle);
	struct nlmsghdr *nlh;

	if (why)
		return refuse(nl, -EINVAL, why);
	nlh = nl_request(nl, RTM_DELTFILTER, 0, &tcm, sizeof(tcm));
	mnl_attr_put_strz(nlh, TCA_KIND, "flower");
	return nl_talk(nl, nlh, NULL, NULL);
}

/* A rule that does not fit in the answer is EINVAL to the kernel, as is one of another
 * kind: the dump tells. */
static int get(struct nl *nl, const struct tcmsg *tcm, const struct search *by)
{
	struct nlmsghdr *nlh = nl_request(nl, RTM_GETTFILTER, 0, tcm, sizeof(*tcm));
	char why[sizeof(nl->extack)];
	int ret;

	mnl_attr_put_strz(nlh, TCA_KIND, "flower");
	ret = nl_talk(nl, nlh, found_cb, by->found);
	if (ret != -EINVAL && (ret || by->found->any))
		return ret;
	memcpy(why, nl->extack, sizeof(why));
	if (!search(nl, (uint32_t)tcm->tcm_ifindex, TC_H_MAJ(tcm->tcm_info) >> 16, by))
		return 0;
	return refuse(nl, ret ? ret : -ENOENT, why);
}

int flower_get(struct nl *nl, uint32_t ifindex, uint16_t pref, uint16_t protocol, uint32_t handle,
	       struct flower_rule *out, struct flower_stats *stats)
{
	const struct tcmsg tcm = head(ifindex, pref, protocol, handle);
	const char *why = check_name(ifindex, pref, handle);
	struct found found = {0};
	const struct search by = {.handle = handle, .protocol = protocol, .found = &found};
	int ret = why ? refuse(nl, -EINVAL, why) : get(nl, &tcm, &by);

	if (ret)
		return ret;
	*out = found.rule;
	if (stats)
		*stats = found.stats;
	return 0;
}

/* --- all rules */

static struct nlmsghdr *dump_request(struct nl *nl, uint32_t ifindex, uint16_t pref)
{
	struct tcmsg tcm = head(ifindex, pref, 0, 0);

	return nl_request(nl, RTM_GETTFILTER, NLM_F_DUMP, &tcm, sizeof(tcm));
}

struct walk {
	flower_cb cb;
	flower_stats_cb stats_cb;
	void *data;
	int ret;
};

static int walk_cb(const struct nlmsghdr *nlh, void *data)
{
	struct walk *walk = data;
	struct flower_stats stats;
	struct flower_rule rule;

	if (flower_parse(nlh, &rule) || flower_parse_stats(nlh, &stats))
		return MNL_CB_OK;
	walk->ret = walk->cb(&rule, &stats, walk->data);
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

int flower_walk(struct nl *nl, uint32_t ifindex, uint16_t pref, flower_cb cb, void *data)
{
	struct walk walk = {.cb = cb, .data = data};
	int ret = nl_talk(nl, dump_request(nl, ifindex, pref), walk_cb, &walk);

	return ret ? ret : walk.ret;
}

static int stats_cb(const struct nlmsghdr *nlh, void *data)
{
	struct walk *walk = data;
	struct flower_stats stats;

	if (flower_parse_stats(nlh, &stats))
		return MNL_CB_OK;
	walk->ret = walk->stats_cb(&stats, walk->data);
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

int flower_stats_walk(struct nl *nl, uint32_t ifindex, uint16_t pref, bool used, flower_stats_cb cb,
		      void *data)
{
	struct nla_bitfield32 terse = {TCA_DUMP_FLAGS_TERSE, TCA_DUMP_FLAGS_TERSE};
	struct walk walk = {.stats_cb = cb, .data = data};
	struct nlmsghdr *nlh = dump_request(nl, ifindex, pref);
	int ret;

	if (!used)
		mnl_attr_put(nlh, TCA_DUMP_FLAGS, sizeof(terse), &terse);
	ret = nl_talk(nl, nlh, stats_cb, &walk);
	return ret ? ret : walk.ret;
}

/* --- many */

int flower_batch_add(struct nl_batch *batch, const struct flower_rule *rule)
{
	const char *why = flower_check(rule);
	struct nlmsghdr *nlh;
	struct tcmsg tcm;

	if (!why)
		why = check_name(rule->ifindex, rule->pref, rule->handle);
	if (why)
		return refuse(batch->nl, -EINVAL, why);
	tcm = head_of(rule);
	nlh = nl_batch_request(batch, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, &tcm, sizeof(tcm));
	if (!nlh)
		return batch->ret;
	flower_put(nlh, rule);
	return 0;
}

int flower_batch_del(struct nl_batch *batch, uint32_t ifindex, uint16_t pref, uint16_t protocol,
		     uint32_t handle)
{
	struct tcmsg tcm = head(ifindex, pref, protocol, handle);
	const char *why = check_name(ifindex, pref, handle);
	struct nlmsghdr *nlh;

	if (why)
		return refuse(batch->nl, -EINVAL, why);
	nlh = nl_batch_request(batch, RTM_DELTFILTER, 0, &tcm, sizeof(tcm));
	if (!nlh)
		return batch->ret;
	mnl_attr_put_strz(nlh, TCA_KIND, "flower");
	return 0;
}
