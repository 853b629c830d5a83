// SPDX-License-Identifier: GPL-2.0-only
/* cni_link.c - netdevs; see cni_link.h */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>

#include "cni_link.h"

int cni_link_veth(struct nl *nl, const char *name, const char *peer, const uint8_t mac[6],
		  uint32_t mtu)
{
	struct ifinfomsg ifi = {0};
	struct nlattr *info, *data, *other;
	struct nlmsghdr *nlh;

	nlh = nl_request(nl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi, sizeof(ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	if (mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	other = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(ifi)), &ifi, sizeof(ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, peer);
	mnl_attr_put(nlh, IFLA_ADDRESS, 6, mac);
	if (mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	mnl_attr_nest_end(nlh, other);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nl_talk(nl, nlh, NULL, NULL);
}

static struct nlmsghdr *change(struct nl *nl, uint32_t ifindex)
{
	struct ifinfomsg ifi = {.ifi_index = (int)ifindex};

	return nl_request(nl, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
}

int cni_link_move(struct nl *nl, uint32_t ifindex, int netns_fd, const char *name)
{
	struct nlmsghdr *nlh = change(nl, ifindex);

	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)netns_fd);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nl_talk(nl, nlh, NULL, NULL);
}

int cni_link_set_mtu(struct nl *nl, uint32_t ifindex, uint32_t mtu)
{
	struct nlmsghdr *nlh = change(nl, ifindex);

	mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	return nl_talk(nl, nlh, NULL, NULL);
}

int cni_link_set_name(struct nl *nl, uint32_t ifindex, const char *name)
{
	struct nlmsghdr *nlh = change(nl, ifindex);

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nl_talk(nl, nlh, NULL, NULL);
}
