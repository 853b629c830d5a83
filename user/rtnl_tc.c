// SPDX-License-Identifier: GPL-2.0-only
/* rtnl_tc.c - the clsact qdisc and bpf filters in it; see rtnl.h */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "flower_parse.h"
#include "nl_parse.h"
#include "rtnl.h"

#define CLSACT_HANDLE TC_H_MAKE(TC_H_CLSACT, 0)
#define CLSACT_INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define CLSACT_EGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

static struct nlmsghdr *clsact_request(struct rtnl *rtnl, uint16_t type, uint16_t flags,
				       uint32_t ifindex)
{
	struct tcmsg tcm = {.tcm_ifindex = (int)ifindex,
			    .tcm_handle = CLSACT_HANDLE,
			    .tcm_parent = TC_H_CLSACT};
	struct nlmsghdr *nlh = nl_request(&rtnl->route, type, flags, &tcm, sizeof(tcm));

	mnl_attr_put_strz(nlh, TCA_KIND, "clsact");
	return nlh;
}

int rtnl_clsact_add(struct rtnl *rtnl, uint32_t ifindex)
{
	return nl_talk(&rtnl->route,
		       clsact_request(rtnl, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, ifindex), NULL,
		       NULL);
}

int rtnl_clsact_del(struct rtnl *rtnl, uint32_t ifindex)
{
	return nl_talk(&rtnl->route, clsact_request(rtnl, RTM_DELQDISC, 0, ifindex), NULL, NULL);
}

int rtnl_parse_ingress(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	char kind[16] = "";

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct tcmsg))
		return -EBADMSG;
	mnl_attr_for_each(attr, nlh, sizeof(struct tcmsg)) if (mnl_attr_get_type(attr) == TCA_KIND)
		nl_attr_str(attr, kind, sizeof(kind));
	if (!strcmp(kind, "clsact"))
		return 1;
	return strcmp(kind, "ingress") ? 0 : 2;
}

static int ingress_cb(const struct nlmsghdr *nlh, void *data)
{
	int kind = rtnl_parse_ingress(nlh);

	if (kind > 0)
		*(int *)data = kind;
	return MNL_CB_OK;
}

/* A dump would list the qdiscs of every netdev, so one is asked for; kernels
 * before 6.8 answer that with a notification and send it here only on ECHO.
 * equal to: tc qdisc get dev NAME ingress */
int rtnl_clsact_get(struct rtnl *rtnl, uint32_t ifindex)
{
	struct tcmsg tcm = {.tcm_ifindex = (int)ifindex, .tcm_parent = TC_H_INGRESS};
	struct nlmsghdr *nlh =
		nl_request(&rtnl->route, RTM_GETQDISC, NLM_F_ECHO, &tcm, sizeof(tcm));
	int kind = 0, ret;

	ret = nl_talk(&rtnl->route, nlh, ingress_cb, &kind);
	/* EINVAL: there was one once, and its place is empty now */
	return ret && ret != -ENOENT && ret != -EINVAL ? ret : kind;
}

static void parse_bpf(const struct nlattr *nest, struct rtnl_filter *out)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
	{
		if (mnl_attr_get_type(attr) == TCA_BPF_ID)
			out->prog_id = nl_attr_u32(attr);
		else if (mnl_attr_get_type(attr) == TCA_BPF_NAME)
			nl_attr_str(attr, out->name, sizeof(out->name));
	}
}

/* Where each classifier has its flags. */
static uint16_t flags_attr(const char *kind)
{
	if (!strcmp(kind, "flower"))
		return TCA_FLOWER_FLAGS;
	if (!strcmp(kind, "matchall"))
		return TCA_MATCHALL_FLAGS;
	if (!strcmp(kind, "u32"))
		return TCA_U32_FLAGS;
	return strcmp(kind, "bpf") ? 0 : TCA_BPF_FLAGS_GEN;
}

static bool is_hw_only(const char *kind, const struct nlattr *nest)
{
	uint16_t type = flags_attr(kind);
	const struct nlattr *attr;
	bool ret = false;

	mnl_attr_for_each_nested(attr, nest) if (type && mnl_attr_get_type(attr) == type) ret =
		nl_attr_u32(attr) & TCA_CLS_FLAGS_SKIP_SW;
	return ret;
}

int rtnl_parse_filter(const struct nlmsghdr *nlh, struct rtnl_filter *out)
{
	const struct tcmsg *tcm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *options = NULL;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*tcm))
		return -EBADMSG;
	memset(out, 0, sizeof(*out));
	out->handle = tcm->tcm_handle;
	out->pref = TC_H_MAJ(tcm->tcm_info) >> 16;
	out->protocol = ntohs((uint16_t)TC_H_MIN(tcm->tcm_info));
	mnl_attr_for_each(attr, nlh, sizeof(*tcm))
	{
		if (mnl_attr_get_type(attr) == TCA_KIND)
			nl_attr_str(attr, out->kind, sizeof(out->kind));
		else if (mnl_attr_get_type(attr) == TCA_OPTIONS)
			options = attr;
	}
	if ((nlh->nlmsg_type != RTM_NEWTFILTER && nlh->nlmsg_type != RTM_DELTFILTER) || !options)
		return -ENOENT;
	if (!strcmp(out->kind, "bpf"))
		parse_bpf(options, out);
	out->repx = !strcmp(out->kind, "flower") && flower_is_repx(options);
	out->hw_only = is_hw_only(out->kind, options);
	return 0;
}

struct filter_walk {
	int (*cb)(const struct rtnl_filter *f, void *data);
	void *data;
	int ret;
};

static int filter_cb(const struct nlmsghdr *nlh, void *data)
{
	struct filter_walk *walk = data;
	struct rtnl_filter f;

	if (rtnl_parse_filter(nlh, &f))
		return MNL_CB_OK;
	walk->ret = walk->cb(&f, walk->data);
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

int rtnl_filter_walk(struct rtnl *rtnl, uint32_t ifindex, bool egress,
		     int (*cb)(const struct rtnl_filter *f, void *data), void *data)
{
	struct tcmsg tcm = {.tcm_ifindex = (int)ifindex,
			    .tcm_parent = egress ? CLSACT_EGRESS : CLSACT_INGRESS};
	struct filter_walk walk = {.cb = cb, .data = data};
	struct nlmsghdr *nlh;
	int ret;

	nlh = nl_request(&rtnl->route, RTM_GETTFILTER, NLM_F_DUMP, &tcm, sizeof(tcm));
	ret = nl_talk(&rtnl->route, nlh, filter_cb, &walk);
	return ret ? ret : walk.ret;
}

static struct nlmsghdr *filter_request(struct rtnl *rtnl, uint16_t type, uint16_t flags,
				       uint32_t ifindex, uint32_t pref, uint32_t handle)
{
	struct tcmsg tcm = {.tcm_ifindex = (int)ifindex,
			    .tcm_handle = handle,
			    .tcm_parent = CLSACT_INGRESS,
			    .tcm_info = TC_H_MAKE(pref << 16, htons(ETH_P_ALL))};
	struct nlmsghdr *nlh = nl_request(&rtnl->route, type, flags, &tcm, sizeof(tcm));

	mnl_attr_put_strz(nlh, TCA_KIND, "bpf");
	return nlh;
}

static int filter_keep(const struct rtnl_filter *f, void *data)
{
	*(struct rtnl_filter *)data = *f;
	return 0;
}

/* No qdisc, or another classifier at this pref, is EINVAL to the kernel. */
int rtnl_filter_get(struct rtnl *rtnl, uint32_t ifindex, uint32_t pref, uint32_t handle,
		    struct rtnl_filter *out)
{
	struct rtnl_filter f = {0};
	struct filter_walk walk = {.cb = filter_keep, .data = &f};
	struct nlmsghdr *nlh = filter_request(rtnl, RTM_GETTFILTER, 0, ifindex, pref, handle);
	int ret;

	ret = nl_talk(&rtnl->route, nlh, filter_cb, &walk);
	if (ret == -EINVAL || (!ret && !f.handle))
		ret = -ENOENT;
	if (!ret)
		*out = f;
	return ret;
}

int rtnl_filter_set(struct rtnl *rtnl, uint32_t ifindex, uint32_t pref, uint32_t handle,
		    int prog_fd, const char *name, bool replace)
{
	uint16_t flags = NLM_F_CREATE | (replace ? 0 : NLM_F_EXCL);
	struct nlmsghdr *nlh = filter_request(rtnl, RTM_NEWTFILTER, flags, ifindex, pref, handle);
	struct nlattr *options = mnl_attr_nest_start(nlh, TCA_OPTIONS);

	mnl_attr_put_u32(nlh, TCA_BPF_FD, (uint32_t)prog_fd);
	mnl_attr_put_strz(nlh, TCA_BPF_NAME, name);
	mnl_attr_put_u32(nlh, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	mnl_attr_nest_end(nlh, options);
	return nl_talk(&rtnl->route, nlh, NULL, NULL);
}

int rtnl_filter_del(struct rtnl *rtnl, uint32_t ifindex, uint32_t pref, uint32_t handle)
{
	return nl_talk(&rtnl->route, filter_request(rtnl, RTM_DELTFILTER, 0, ifindex, pref, handle),
		       NULL, NULL);
}
