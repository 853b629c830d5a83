// SPDX-License-Identifier: GPL-2.0-only
/* rtnl.c - netdevs over rtnetlink; see rtnl.h */
#include <ctype.h>
#include <errno.h>
#include <linux/devlink.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if_arp.h>
#include <string.h>

#include "nl_parse.h"
#include "rtnl.h"
#include "util.h"

#define IFLA_DEVLINK_PORT_ATTR 62 /* IFLA_DEVLINK_PORT, Linux 6.2 */

#ifndef IFF_LOWER_UP
#define IFF_LOWER_UP 0x10000
#endif

int rtnl_open(struct rtnl *rtnl)
{
	int ret;

	memset(rtnl, 0, sizeof(*rtnl));
	ret = nl_open(&rtnl->route, NETLINK_ROUTE);
	if (ret)
		return ret;
	ret = nl_open(&rtnl->generic, NETLINK_GENERIC);
	if (ret) {
		nl_close(&rtnl->route);
		return ret;
	}
	rtnl->ethtool_family = nl_family(&rtnl->generic, "ethtool", NULL, NULL);
	rtnl->netdev_family = nl_family(&rtnl->generic, "netdev", NULL, NULL);
	return 0;
}

void rtnl_close(struct rtnl *rtnl)
{
	nl_close(&rtnl->route);
	nl_close(&rtnl->generic);
}

static void parse_linkinfo(const struct nlattr *nest, struct rtnl_link *out)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
		nl_attr_str(attr, out->kind, sizeof(out->kind));
}

static void parse_xdp(const struct nlattr *nest, struct rtnl_link *out)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
	{
		switch (mnl_attr_get_type(attr)) {
		case IFLA_XDP_ATTACHED:
			if (mnl_attr_get_payload_len(attr) >= 1)
				out->xdp_mode = mnl_attr_get_u8(attr);
			break;
		case IFLA_XDP_DRV_PROG_ID: /* beside one in hardware */
			if (!out->xdp_prog_id)
				out->xdp_prog_id = nl_attr_u32(attr);
			break;
		case IFLA_XDP_PROG_ID:
			out->xdp_prog_id = nl_attr_u32(attr);
			break;
		}
	}
}

/* All of it or nothing: without its index it would be another port. */
static void parse_port(const struct nlattr *nest, struct rtnl_link *out)
{
	struct rtnl_port port = {0};
	const struct nlattr *attr;
	bool indexed = false;

	mnl_attr_for_each_nested(attr, nest)
	{
		switch (mnl_attr_get_type(attr)) {
		case DEVLINK_ATTR_BUS_NAME:
			nl_attr_str(attr, port.bus, sizeof(port.bus));
			break;
		case DEVLINK_ATTR_DEV_NAME:
			nl_attr_str(attr, port.dev, sizeof(port.dev));
			break;
		case DEVLINK_ATTR_PORT_INDEX:
			indexed = mnl_attr_get_payload_len(attr) >= sizeof(port.index);
			port.index = nl_attr_u32(attr);
			break;
		}
	}
	if (port.bus[0] && port.dev[0] && indexed)
		out->port = port;
}

/* what comes of several attributes together */
struct link_bits {
	uint32_t lower;
	bool lower_elsewhere;
};

static void parse_link_attr(const struct nlattr *attr, struct rtnl_link *out,
			    struct link_bits *bits)
{
	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		nl_attr_str(attr, out->name, sizeof(out->name));
		break;
	case IFLA_MTU:
		out->mtu = nl_attr_u32(attr);
		break;
	case IFLA_ADDRESS:
		if (mnl_attr_get_payload_len(attr) == sizeof(out->mac))
			memcpy(out->mac, mnl_attr_get_payload(attr), sizeof(out->mac));
		break;
	case IFLA_MASTER:
		out->master = nl_attr_u32(attr);
		break;
	case IFLA_PROMISCUITY:
		out->promiscuity = nl_attr_u32(attr);
		break;
	case IFLA_PHYS_PORT_NAME:
		nl_attr_str(attr, out->phys_port, sizeof(out->phys_port));
		break;
	case IFLA_PARENT_DEV_NAME:
		out->has_parent = true;
		nl_attr_str(attr, out->parent_dev, sizeof(out->parent_dev));
		break;
	case IFLA_PARENT_DEV_BUS_NAME:
		nl_attr_str(attr, out->parent_bus, sizeof(out->parent_bus));
		break;
	case IFLA_DEVLINK_PORT_ATTR:
		parse_port(attr, out);
		break;
	case IFLA_LINK:
		bits->lower = nl_attr_u32(attr);
		break;
	case IFLA_LINK_NETNSID:
		bits->lower_elsewhere = true;
		break;
	case IFLA_LINKINFO:
		parse_linkinfo(attr, out);
		break;
	case IFLA_XDP:
		parse_xdp(attr, out);
		break;
	}
}

int rtnl_parse_link(const struct nlmsghdr *nlh, struct rtnl_link *out)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link_bits bits = {0};
	const struct nlattr *attr;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*ifi))
		return -EBADMSG;
	if (nlh->nlmsg_type != RTM_NEWLINK || ifi->ifi_index <= 0)
		return -ENOENT;
	memset(out, 0, sizeof(*out));
	out->ifindex = (uint32_t)ifi->ifi_index;
	out->ethernet = ifi->ifi_type == ARPHRD_ETHER;
	out->up = ifi->ifi_flags & IFF_UP;
	out->running = out->up && ifi->ifi_flags & IFF_LOWER_UP;
	out->promisc = ifi->ifi_flags & IFF_PROMISC;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) parse_link_attr(attr, out, &bits);
	if (!strcmp(out->kind, "veth") && bits.lower) {
		out->peer_ifindex = bits.lower;
		out->peer_here = !bits.lower_elsewhere;
	}
	return 0;
}

struct link_walk {
	int (*cb)(const struct rtnl_link *link, void *data);
	void *data;
	int ret;
};

static int link_walk_cb(const struct nlmsghdr *nlh, void *data)
{
	struct link_walk *walk = data;
	struct rtnl_link link;

	if (rtnl_parse_link(nlh, &link))
		return MNL_CB_OK;
	walk->ret = walk->cb(&link, walk->data);
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

static int link_talk(struct rtnl *rtnl, struct nlmsghdr *nlh,
		     int (*cb)(const struct rtnl_link *link, void *data), void *data)
{
	struct link_walk walk = {.cb = cb, .data = data};
	int ret;

	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	ret = nl_talk(&rtnl->route, nlh, link_walk_cb, &walk);
	return ret ? ret : walk.ret;
}

static int link_keep(const struct rtnl_link *link, void *data)
{
	*(struct rtnl_link *)data = *link;
	return 0;
}

static int link_get(struct rtnl *rtnl, uint32_t ifindex, const char *name, struct rtnl_link *out)
{
	struct ifinfomsg ifi = {.ifi_index = (int)ifindex};
	struct nlmsghdr *nlh = nl_request(&rtnl->route, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	struct rtnl_link link = {0};
	int ret;

	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	ret = link_talk(rtnl, nlh, link_keep, &link);
	if (ret)
		return ret;
	if (!link.ifindex)
		return -ENODEV;
	*out = link;
	return 0;
}

bool rtnl_is_representor(const char *phys_port)
{
	if (*phys_port == 'c')
		for (phys_port++; isdigit((unsigned char)*phys_port); phys_port++)
			;
	return !strncmp(phys_port, "pf", 2) && isdigit((unsigned char)phys_port[2]);
}

int rtnl_link_get(struct rtnl *rtnl, const char *name, struct rtnl_link *out)
{
	if (!name[0] || strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	return link_get(rtnl, 0, name, out);
}

int rtnl_link_get_index(struct rtnl *rtnl, uint32_t ifindex, struct rtnl_link *out)
{
	return ifindex ? link_get(rtnl, ifindex, NULL, out) : -ENODEV;
}

int rtnl_link_walk(struct rtnl *rtnl, int (*cb)(const struct rtnl_link *link, void *data),
		   void *data)
{
	struct ifinfomsg ifi = {0};
	struct nlmsghdr *nlh = nl_request(&rtnl->route, RTM_GETLINK, NLM_F_DUMP, &ifi, sizeof(ifi));

	return link_talk(rtnl, nlh, cb, data);
}

static int link_set_flag(struct rtnl *rtnl, uint32_t ifindex, unsigned int flag, bool on)
{
	struct ifinfomsg ifi = {
		.ifi_index = (int)ifindex, .ifi_flags = on ? flag : 0, .ifi_change = flag};
	struct nlmsghdr *nlh;

	if (!ifindex)
		return -ENODEV;
	nlh = nl_request(&rtnl->route, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	return nl_talk(&rtnl->route, nlh, NULL, NULL);
}

int rtnl_link_set_up(struct rtnl *rtnl, uint32_t ifindex, bool up)
{
	return link_set_flag(rtnl, ifindex, IFF_UP, up);
}

int rtnl_link_set_promisc(struct rtnl *rtnl, uint32_t ifindex, bool on)
{
	return link_set_flag(rtnl, ifindex, IFF_PROMISC, on);
}

int rtnl_link_set_mac(struct rtnl *rtnl, uint32_t ifindex, const uint8_t mac[6])
{
	struct ifinfomsg ifi = {.ifi_index = (int)ifindex};
	struct nlmsghdr *nlh;

	if (!ifindex)
		return -ENODEV;
	nlh = nl_request(&rtnl->route, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	mnl_attr_put(nlh, IFLA_ADDRESS, 6, mac);
	return nl_talk(&rtnl->route, nlh, NULL, NULL);
}

int rtnl_veth_add(struct rtnl *rtnl, const char *name, const char *peer)
{
	struct ifinfomsg ifi = {0};
	struct nlmsghdr *nlh;
	struct nlattr *info, *data, *other;

	if (strlen(name) >= IFNAMSIZ || strlen(peer) >= IFNAMSIZ)
		return -EINVAL;
	nlh = nl_request(&rtnl->route, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi, sizeof(ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	other = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(ifi)), &ifi, sizeof(ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, peer);
	mnl_attr_nest_end(nlh, other);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nl_talk(&rtnl->route, nlh, NULL, NULL);
}

int rtnl_link_del(struct rtnl *rtnl, uint32_t ifindex)
{
	struct ifinfomsg ifi = {.ifi_index = (int)ifindex};
	struct nlmsghdr *nlh;

	if (!ifindex)
		return -ENODEV;
	nlh = nl_request(&rtnl->route, RTM_DELLINK, 0, &ifi, sizeof(ifi));
	return nl_talk(&rtnl->route, nlh, NULL, NULL);
}

int rtnl_parse_addr(const struct nlmsghdr *nlh, uint32_t *ifindex, bool *counts)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*ifa))
		return -EBADMSG;
	*ifindex = ifa->ifa_index;
	*counts = ifa->ifa_family == AF_INET ||
		  (ifa->ifa_family == AF_INET6 && ifa->ifa_scope < RT_SCOPE_LINK);
	return 0;
}

struct addr_search {
	uint32_t ifindex;
	bool found;
};

/* older kernels list the addresses of every netdev */
static int addr_cb(const struct nlmsghdr *nlh, void *data)
{
	struct addr_search *search = data;
	uint32_t ifindex;
	bool counts;

	if (!rtnl_parse_addr(nlh, &ifindex, &counts) && counts && ifindex == search->ifindex)
		search->found = true;
	return MNL_CB_OK;
}

int rtnl_link_has_addr(struct rtnl *rtnl, uint32_t ifindex)
{
	struct ifaddrmsg ifa = {.ifa_family = AF_UNSPEC, .ifa_index = ifindex};
	struct addr_search search = {.ifindex = ifindex};
	struct nlmsghdr *nlh;
	int ret;

	nlh = nl_request(&rtnl->route, RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa));
	ret = nl_talk(&rtnl->route, nlh, addr_cb, &search);
	return ret ? ret : search.found;
}
