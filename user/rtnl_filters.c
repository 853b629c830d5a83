// SPDX-License-Identifier: GPL-2.0-only
/* rtnl_filters.c - hearing of tc filters as they are added; see rtnl.h */
#include <errno.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "nl_parse.h"
#include "rtnl.h"

#define CLSACT_INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define CLSACT_EGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)
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

/* A qdisc takes all its filters away, and so does the last filter of a pref, of which only
 * the head is told. */
static bool read_note(const struct nlmsghdr *nlh, struct rtnl_filter_note *note)
{
	const struct tcmsg *tcm = mnl_nlmsg_get_payload(nlh);
	int ret = rtnl_parse_filter(nlh, &note->filter);

	note->gone = nlh->nlmsg_type == RTM_DELTFILTER || nlh->nlmsg_type == RTM_DELQDISC;
	if (ret == -EBADMSG || (ret && !note->gone))
		return false;
	note->ifindex = (uint32_t)tcm->tcm_ifindex;
	note->egress = tcm->tcm_parent == CLSACT_EGRESS;
	return nlh->nlmsg_type == RTM_DELQDISC || note->egress ||
	       tcm->tcm_parent == CLSACT_INGRESS || tcm->tcm_parent == INGRESS_QDISC;
}

int rtnl_filters_read(struct nl *nl, void (*cb)(const struct rtnl_filter_note *note, void *data),
		      void *data)
{
	const struct rtnl_filter_note lost = {.ifindex = 0};
	struct rtnl_filter_note note;
	const struct nlmsghdr *nlh;
	int len;

	while ((len = nl_hear(nl)) > 0 || len == -ENOBUFS) {
		if (len < 0)
			cb(&lost, data);
		for (nlh = (void *)nl->rx; len > 0 && nl_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			if (read_note(nlh, &note))
				cb(&note, data);
	}
	return len;
}
