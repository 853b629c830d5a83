// SPDX-License-Identifier: GPL-2.0-only
/* rtnl_watch.c - hearing of netdevs and filters that change; see rtnl.h */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "nl_parse.h"
#include "rtnl.h"

/* Takes a burst of some thousand netdevs; what is lost beyond is told. */
#define WATCH_RCVBUF (4 << 20)

static void grow(struct nl *nl)
{
	int fd = mnl_socket_get_fd(nl->sock), size = WATCH_RCVBUF;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

int rtnl_watch_open(struct nl *nl)
{
	int ret;

	ret = nl_open(nl, NETLINK_ROUTE);
	if (ret)
		return ret;
	grow(nl);
	ret = nl_join(nl, RTNLGRP_LINK);
	if (!ret)
		ret = nl_join(nl, RTNLGRP_TC);
	if (ret)
		nl_close(nl);
	return ret;
}

int rtnl_watch_xdp_open(struct nl *nl)
{
	uint32_t group;
	int ret;

	ret = nl_open(nl, NETLINK_GENERIC);
	if (ret)
		return ret;
	ret = nl_family(nl, "netdev", "mgmt", &group);
	if (ret >= 0)
		ret = nl_join(nl, group);
	if (ret)
		nl_close(nl);
	return ret;
}

/* Kernels before 6.8 broadcast the answer to a mere question about a qdisc: a
 * watcher who asks one on every change would never come to rest. */
bool rtnl_tells(const struct nl *nl, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type < NLMSG_MIN_TYPE)
		return false;
	return nl->bus != NETLINK_ROUTE || nlh->nlmsg_type != RTM_NEWQDISC;
}

static int count_told(const struct nl *nl, int len)
{
	const struct nlmsghdr *nlh;
	int n = 0;

	for (nlh = (void *)nl->rx; nl_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		n += rtnl_tells(nl, nlh);
	return n;
}

int rtnl_watch_read(struct nl *nl)
{
	int len, n = 0;

	for (;;) {
		len = nl_hear(nl);
		if (len > 0)
			n += count_told(nl, len);
		else if (len == -ENOBUFS)
			n++;
		else
			return len ? len : n;
	}
}
