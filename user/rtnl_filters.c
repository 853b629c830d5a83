// SPDX-License-Identifier: GPL-2.0-only
/* rtnl_filters.c - hearing of tc filters as they are added; see rtnl.h */
#include <errno.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "nl_parse.h"
#include "rtnl.h"

#define CLSACT_INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define INGRESS_QDISC TC_H_MAKE(TC_H_INGRESS, 0)

int rtnl_filters_open(struct nl *nl)
{
	int ret;

	ret = nl_open(nl, NETLINK_ROUTE);
	if (ret)
		return ret;
	ret = nl_join(nl, RTNLGRP_TC);
	if (ret)
		nl_close(nl);
	return ret;
}

/* Ifindex of the netdev on whose ingress the filter is, or 0. */
static uint32_t ingress_of(const struct nlmsghdr *nlh)
{
	const struct tcmsg *tcm = mnl_nlmsg_get_payload(nlh);

	if (tcm->tcm_parent != CLSACT_INGRESS && tcm->tcm_parent != INGRESS_QDISC)
		return 0;
	return (uint32_t)tcm->tcm_ifindex;
}

/* What an overrun takes is lost: these are only warned about. */
int rtnl_filters_read(struct nl *nl,
		      void (*cb)(uint32_t ifindex, const struct rtnl_filter *f, void *data),
		      void *data)
{
	const struct nlmsghdr *nlh;
	struct rtnl_filter f;
	int len;

	while ((len = nl_hear(nl)) > 0 || len == -ENOBUFS)
		for (nlh = (void *)nl->rx; len > 0 && nl_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			if (nlh->nlmsg_type == RTM_NEWTFILTER && !rtnl_parse_filter(nlh, &f) &&
			    ingress_of(nlh))
				cb(ingress_of(nlh), &f, data);
	return len;
}
