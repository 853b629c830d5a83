// SPDX-License-Identifier: GPL-2.0-only
/* cni_announce.c - gratuitous ARP and unsolicited neighbour advertisements */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cni_announce.h"
#include "cni_netns.h"
#include "util.h"

#define CARRIER_MS 1000 /* longest wait for the link: nobody would hear it before */

static uint8_t *put(uint8_t *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

size_t cni_announce_arp(const uint8_t mac[6], const uint8_t ip[4], uint8_t out[CNI_ANNOUNCE_MAX])
{
	/* Ethernet, IPv4, request: what is asked for is the sender's own address */
	static const uint8_t head[] = {0x08, 0x06, 0, 1, 0x08, 0x00, 6, 4, 0, 1};
	uint8_t *at = out;

	memset(out, 0, CNI_ANNOUNCE_MAX);
	at = put(at, "\xff\xff\xff\xff\xff\xff", 6);
	at = put(at, mac, 6);
	at = put(at, head, sizeof(head));
	at = put(at, mac, 6);
	at = put(at, ip, 4);
	at = put(at + 6, ip, 4);
	return (size_t)(at - out);
}

/* The internet checksum of the pseudo header and @len bytes of ICMPv6. */
static uint16_t icmp_sum(const uint8_t *addrs, const uint8_t *icmp, size_t len)
{
	uint32_t sum = (uint32_t)len + IPPROTO_ICMPV6;
	size_t i;

	for (i = 0; i < 32; i += 2)
		sum += (uint32_t)addrs[i] << 8 | addrs[i + 1];
	for (i = 0; i < len; i += 2)
		sum += (uint32_t)icmp[i] << 8 | icmp[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

size_t cni_announce_na(const uint8_t mac[6], const uint8_t ip[16], uint8_t out[CNI_ANNOUNCE_MAX])
{
	static const uint8_t all[16] = {0xff, 2, [15] = 1};
	static const uint8_t ip6[] = {0x60, 0, 0, 0, 0, 32, IPPROTO_ICMPV6, 255};
	static const uint8_t na[] = {136, 0, 0, 0, 0x20, 0, 0, 0}; /* override */
	uint8_t *at = out, *addrs, *icmp;
	uint16_t sum;

	memset(out, 0, CNI_ANNOUNCE_MAX);
	at = put(at, "\x33\x33\0\0\0\1", 6);
	at = put(at, mac, 6);
	at = put(at, "\x86\xdd", 2);
	at = put(at, ip6, sizeof(ip6));
	addrs = at;
	at = put(at, ip, 16);
	at = put(at, all, 16);
	icmp = at;
	at = put(at, na, sizeof(na));
	at = put(at, ip, 16);
	at = put(at, "\2\1", 2); /* option: the target's link-layer address */
	at = put(at, mac, 6);
	sum = icmp_sum(addrs, icmp, (size_t)(at - icmp));
	icmp[2] = (uint8_t)(sum >> 8);
	icmp[3] = (uint8_t)sum;
	return (size_t)(at - out);
}

static int open_socket(const struct cni_netns *ns)
{
	int fd;

	if (setns(ns->fd, CLONE_NEWNET))
		return -1;
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (setns(ns->home, CLONE_NEWNET))
		_exit(1); /* we must not go on in a container */
	return fd;
}

static void wait_carrier(struct cni_netns *ns, uint32_t ifindex)
{
	uint64_t end = now_ns() + CARRIER_MS * 1000000ULL;
	struct timespec pause = {.tv_nsec = 2000000};
	struct rtnl_link link;

	while (!rtnl_link_get_index(&ns->rtnl, ifindex, &link) && !link.running && now_ns() < end)
		nanosleep(&pause, NULL);
}

static void announce(int fd, uint32_t ifindex, const uint8_t mac[6], const char *text)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_ifindex = (int)ifindex, .sll_halen = 6};
	uint8_t frame[CNI_ANNOUNCE_MAX];
	struct cni_addr addr;
	size_t len;

	if (cni_addr_parse(text, &addr))
		return;
	len = addr.family == AF_INET ? cni_announce_arp(mac, addr.bytes, frame)
				     : cni_announce_na(mac, addr.bytes, frame);
	memcpy(to.sll_addr, frame, 6);
	sendto(fd, frame, len, 0, (struct sockaddr *)&to, sizeof(to));
}

void cni_netns_announce(struct cni_netns *ns, uint32_t ifindex, const uint8_t mac[6],
			const json_t *result, size_t index)
{
	json_t *ips = json_object_get(result, "ips"), *ip;
	const char *text;
	size_t i;
	int fd;

	if (!json_array_size(ips))
		return;
	fd = open_socket(ns);
	if (fd < 0)
		return;
	wait_carrier(ns, ifindex);
	json_array_foreach(ips, i, ip)
	{
		text = json_string_value(json_object_get(ip, "address"));
		if (text &&
		    json_integer_value(json_object_get(ip, "interface")) == (json_int_t)index)
			announce(fd, ifindex, mac, text);
	}
	close(fd);
}
