// SPDX-License-Identifier: GPL-2.0-only
/* cni_addr.c - addresses and routes; see cni_link.h */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "cni_link.h"
#include "util.h"

static size_t size_of(int family)
{
	return family == AF_INET6 ? 16 : 4;
}

int cni_addr_parse(const char *text, struct cni_addr *out)
{
	struct cni_addr addr = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};
	const char *slash = strchr(text, '/');
	unsigned long len = size_of(addr.family) * 8;
	char host[64], *end;

	if (str_copy(host, sizeof(host), text))
		return -EINVAL;
	if (slash) {
		host[slash - text] = 0;
		if (slash[1] < '0' || slash[1] > '9' || strtoul(slash + 1, &end, 10) > len || *end)
			return -EINVAL;
		len = strtoul(slash + 1, NULL, 10);
	}
	if (inet_pton(addr.family, host, addr.bytes) != 1)
		return -EINVAL;
	addr.len = (uint8_t)len;
	*out = addr;
	return 0;
}

/* IPAM knows that nobody has it, and the port's guard that nobody else can: no DAD, so
 * that it can be used at once. */
int cni_link_add_addr(struct nl *nl, uint32_t ifindex, const struct cni_addr *addr)
{
	struct ifaddrmsg ifa = {.ifa_family = (uint8_t)addr->family,
				.ifa_prefixlen = addr->len,
				.ifa_flags = addr->family == AF_INET6 ? IFA_F_NODAD : 0,
				.ifa_index = ifindex};
	uint32_t host = ~0U >> (addr->len < 32 ? addr->len : 31);
	struct nlmsghdr *nlh;
	uint32_t brd;

	nlh = nl_request(nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &ifa, sizeof(ifa));
	mnl_attr_put(nlh, IFA_LOCAL, size_of(addr->family), addr->bytes);
	mnl_attr_put(nlh, IFA_ADDRESS, size_of(addr->family), addr->bytes);
	if (addr->family == AF_INET && addr->len < 31) {
		memcpy(&brd, addr->bytes, 4);
		brd |= htonl(host);
		mnl_attr_put(nlh, IFA_BROADCAST, 4, &brd);
	}
	return nl_talk(nl, nlh, NULL, NULL);
}

struct search {
	uint32_t ifindex;
	const struct cni_addr *addr;
	const struct cni_route *route;
	bool found;
};

static bool same(const struct nlattr *attr, const struct cni_addr *addr)
{
	return attr && mnl_attr_get_payload_len(attr) == size_of(addr->family) &&
	       !memcmp(mnl_attr_get_payload(attr), addr->bytes, size_of(addr->family));
}

static int addr_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct search *s = data;
	const struct nlattr *attr, *local = NULL, *address = NULL;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*ifa) || ifa->ifa_index != s->ifindex ||
	    ifa->ifa_family != s->addr->family || ifa->ifa_prefixlen != s->addr->len)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa))
	{
		if (mnl_attr_get_type(attr) == IFA_LOCAL)
			local = attr;
		if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			address = attr;
	}
	s->found |= same(local ? local : address, s->addr);
	return MNL_CB_OK;
}

int cni_link_has_addr(struct nl *nl, uint32_t ifindex, const struct cni_addr *addr)
{
	struct ifaddrmsg ifa = {.ifa_family = (uint8_t)addr->family, .ifa_index = ifindex};
	struct search s = {.ifindex = ifindex, .addr = addr};
	struct nlmsghdr *nlh = nl_request(nl, RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa));
	int ret = nl_talk(nl, nlh, addr_cb, &s);

	return ret ? ret : s.found;
}

/* --- routes --- */

static void put_metrics(struct nlmsghdr *nlh, const struct cni_route *route)
{
	struct nlattr *nest;

	if (!route->mtu && !route->advmss)
		return;
	nest = mnl_attr_nest_start(nlh, RTA_METRICS);
	if (route->mtu)
		mnl_attr_put_u32(nlh, RTAX_MTU, route->mtu);
	if (route->advmss)
		mnl_attr_put_u32(nlh, RTAX_ADVMSS, route->advmss);
	mnl_attr_nest_end(nlh, nest);
}

static unsigned char scope_of(const struct cni_route *route)
{
	if (route->scope >= 0)
		return (unsigned char)route->scope;
	return route->gw.family || route->dst.family == AF_INET6 ? RT_SCOPE_UNIVERSE
								 : RT_SCOPE_LINK;
}

int cni_link_add_route(struct nl *nl, uint32_t ifindex, const struct cni_route *route)
{
	uint32_t table = route->table ? route->table : RT_TABLE_MAIN;
	struct rtmsg rtm = {.rtm_family = (unsigned char)route->dst.family,
			    .rtm_dst_len = route->dst.len,
			    .rtm_table = table < 256 ? (unsigned char)table : RT_TABLE_UNSPEC,
			    .rtm_protocol = RTPROT_BOOT,
			    .rtm_scope = scope_of(route),
			    .rtm_type = RTN_UNICAST};
	struct nlmsghdr *nlh;

	nlh = nl_request(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &rtm, sizeof(rtm));
	mnl_attr_put(nlh, RTA_DST, size_of(route->dst.family), route->dst.bytes);
	if (route->gw.family)
		mnl_attr_put(nlh, RTA_GATEWAY, size_of(route->gw.family), route->gw.bytes);
	mnl_attr_put_u32(nlh, RTA_OIF, ifindex);
	mnl_attr_put_u32(nlh, RTA_TABLE, table);
	if (route->priority)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, route->priority);
	put_metrics(nlh, route);
	return nl_talk(nl, nlh, NULL, NULL);
}

static int route_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct search *s = data;
	const struct cni_route *route = s->route;
	const struct nlattr *attr, *dst = NULL, *gw = NULL;
	uint32_t oif = 0, table;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*rtm) ||
	    rtm->rtm_family != route->dst.family || rtm->rtm_dst_len != route->dst.len)
		return MNL_CB_OK;
	table = rtm->rtm_table;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm))
	{
		switch (mnl_attr_get_type(attr)) {
		case RTA_DST:
			dst = attr;
			break;
		case RTA_GATEWAY:
			gw = attr;
			break;
		case RTA_OIF:
			oif = nl_attr_u32(attr);
			break;
		case RTA_TABLE:
			table = nl_attr_u32(attr);
			break;
		}
	}
	s->found |= oif == s->ifindex &&
		    table == (route->table ? route->table : (uint32_t)RT_TABLE_MAIN) &&
		    (dst ? same(dst, &route->dst) : !route->dst.len) &&
		    (gw ? route->gw.family && same(gw, &route->gw) : !route->gw.family);
	return MNL_CB_OK;
}

int cni_link_has_route(struct nl *nl, uint32_t ifindex, const struct cni_route *route)
{
	struct rtmsg rtm = {.rtm_family = (unsigned char)route->dst.family};
	struct search s = {.ifindex = ifindex, .route = route};
	struct nlmsghdr *nlh = nl_request(nl, RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	int ret = nl_talk(nl, nlh, route_cb, &s);

	return ret ? ret : s.found;
}
