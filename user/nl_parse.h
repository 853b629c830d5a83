/* SPDX-License-Identifier: GPL-2.0-only */
/* nl_parse.h - the parsers of kernel messages, apart from the sockets
 *
 * For nl.c, the rtnl files and their tests only. Each takes one whole message,
 * which lies in memory up to its length rounded up to 4, and trusts nothing
 * else in it. Return: 0; -EBADMSG: cut short; what the function says.
 */
#ifndef REPX_NL_PARSE_H
#define REPX_NL_PARSE_H

#include "nl.h"
#include "rtnl.h"

/* Is a whole message at @nlh, with @len bytes left? libmnl 1.0.4 takes a length
 * above INT_MAX for a negative one, which fits anywhere. */
static inline bool nl_ok(const struct nlmsghdr *nlh, int len)
{
	return mnl_nlmsg_ok(nlh, len) && nlh->nlmsg_len <= (uint32_t)len;
}

/* NLMSG_ERROR or NLMSG_DONE. *code: 0 or -errno; @extack: its text or "". */
int nl_parse_end(const struct nlmsghdr *nlh, int *code, char *extack, size_t size);

/* CTRL_CMD_NEWFAMILY. *group stays as it is when there is no such group. */
int nl_parse_family(const struct nlmsghdr *nlh, const char *group_name, int *id, uint32_t *group);

/* RTM_NEWLINK. -ENOENT: no netdev in it. */
int rtnl_parse_link(const struct nlmsghdr *nlh, struct rtnl_link *out);

/* A notice: does it say that something changed? */
bool rtnl_tells(const struct nl *nl, const struct nlmsghdr *nlh);

/* RTM_NEWADDR. *counts: IPv4, or IPv6 of more than link scope. */
int rtnl_parse_addr(const struct nlmsghdr *nlh, uint32_t *ifindex, bool *counts);

/* RTM_NEWTFILTER, RTM_DELTFILTER. -ENOENT: the head of a pref, which is no filter itself. */
int rtnl_parse_filter(const struct nlmsghdr *nlh, struct rtnl_filter *out);

/* RTM_NEWQDISC: 1 clsact, 2 ingress, 0 another. */
int rtnl_parse_ingress(const struct nlmsghdr *nlh);

/* What ETHTOOL_MSG_FEATURES_GET_REPLY says of one feature. */
struct rtnl_feature {
	bool known, wanted, active;
};

int rtnl_parse_feature(const struct nlmsghdr *nlh, const char *name, struct rtnl_feature *out);

/* NETDEV_CMD_DEV_GET. */
int rtnl_parse_xdp_features(const struct nlmsghdr *nlh, uint64_t *features);

#endif
