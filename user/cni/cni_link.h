/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_link.h - netdevs, addresses and routes: one netlink request each */
#ifndef REPX_CNI_LINK_H
#define REPX_CNI_LINK_H

#include "rtnl.h"

/* Return of all: 0, -errno with the kernel's words in nl->extack (nl_why()). */

/* equal to: ip link add NAME mtu MTU type veth peer name PEER address MAC mtu MTU
 * @mtu 0: the kernel's */
int cni_link_veth(struct nl *nl, const char *name, const char *peer, const uint8_t mac[6],
		  uint32_t mtu);
/* equal to: ip link set dev IFINDEX netns FD name NAME */
int cni_link_move(struct nl *nl, uint32_t ifindex, int netns_fd, const char *name);
/* equal to: ip link set dev IFINDEX mtu MTU */
int cni_link_set_mtu(struct nl *nl, uint32_t ifindex, uint32_t mtu);
/* equal to: ip link set dev IFINDEX name NAME */
int cni_link_set_name(struct nl *nl, uint32_t ifindex, const char *name);

struct cni_addr {
	int family; /* AF_INET, AF_INET6 */
	uint8_t bytes[16];
	uint8_t len; /* of the prefix */
};

/* "10.0.0.1/24"; without a length: all bits. Return: 0, -EINVAL. */
int cni_addr_parse(const char *text, struct cni_addr *out);

/* equal to: ip addr add ADDR dev IFINDEX [nodad] */
int cni_link_add_addr(struct nl *nl, uint32_t ifindex, const struct cni_addr *addr);
/* Has the netdev the address, with that length of prefix? Return: 1, 0, -errno. */
int cni_link_has_addr(struct nl *nl, uint32_t ifindex, const struct cni_addr *addr);

struct cni_route {
	struct cni_addr dst;
	struct cni_addr gw; /* family 0: on the link */
	uint32_t mtu, advmss, priority, table;
	int scope; /* -1: as the gateway says */
};

/* equal to: ip route add DST via GW dev IFINDEX ... */
int cni_link_add_route(struct nl *nl, uint32_t ifindex, const struct cni_route *route);
/* Is there one of that destination and gateway? Return: 1, 0, -errno. */
int cni_link_has_route(struct nl *nl, uint32_t ifindex, const struct cni_route *route);

#endif
