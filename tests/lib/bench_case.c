// SPDX-License-Identifier: GPL-2.0-only
/* bench_case.c - the kinds of traffic that are measured, and their frames */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>

#include "bench.h"

#define ACCESS_TO_UPLINK .in = BENCH_ACCESS, .out = BENCH_UPLINK
#define UPLINK_TO_ACCESS .in = BENCH_UPLINK, .out = BENCH_ACCESS, .tag = BENCH_VLAN

const struct bench_case bench_cases[] = {
	{.name = "push",
	 .what = "access -> uplink: tag pushed, MAC guard, learning, counters",
	 ACCESS_TO_UPLINK,
	 .guard = BENCH_GUARD_MAC,
	 .bare = {0.95, 0.93},
	 .bridge = {3.5, 1.4}},
	{.name = "unwatched",
	 .what = "push, refused redirects not counted (xdp: {tx_errors: false})",
	 ACCESS_TO_UPLINK,
	 .guard = BENCH_GUARD_MAC,
	 .unwatched = true,
	 .bare = {0.95, 0.93},
	 .bridge = {3.5, 1.4}},
	{.name = "limit-push",
	 .what = "a program that pushes a tag and redirects, nothing else",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_PUSH},
	{.name = "limit-count",
	 .what = "a program that compares the source, counts on two ports, pushes and redirects",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_COUNT},
	{.name = "pop", .what = "uplink -> access: tag popped", UPLINK_TO_ACCESS},
	{.name = "trunk",
	 .what = "trunk -> trunk: tag kept",
	 .in = BENCH_TRUNK,
	 .out = BENCH_TRUNK,
	 .tag = BENCH_VLAN},
	{.name = "qinq-push",
	 .what = "tunnel -> uplink: S-tag pushed on a tagged frame",
	 .in = BENCH_TUNNEL,
	 .out = BENCH_UPLINK,
	 .tag = BENCH_CUSTOMER},
	{.name = "qinq-pop",
	 .what = "uplink -> tunnel: S-tag popped",
	 .in = BENCH_UPLINK,
	 .out = BENCH_TUNNEL,
	 .tag = BENCH_QINQ},
	{.name = "guard-none", .what = "access -> uplink without a guard", ACCESS_TO_UPLINK},
	{.name = "guard-ip4",
	 .what = "guard: MAC and IPv4 address",
	 ACCESS_TO_UPLINK,
	 .guard = BENCH_GUARD_IP},
	{.name = "guard-ip6",
	 .what = "guard: MAC and IPv6 address",
	 ACCESS_TO_UPLINK,
	 .guard = BENCH_GUARD_IP,
	 .ipv6 = true},
	{.name = "drop-spoof",
	 .what = "forbidden source MAC, against a program that only drops",
	 ACCESS_TO_UPLINK,
	 .guard = BENCH_GUARD_MAC,
	 .drop = true,
	 .spoof = true,
	 .no_bridge = true,
	 .bare = {0.9, 0}},
	{.name = "drop-vlan",
	 .what = "foreign VLAN tag, against a program that only drops",
	 ACCESS_TO_UPLINK,
	 .tag = BENCH_VLAN,
	 .drop = true,
	 .no_bridge = true,
	 .bare = {0.9, 0}},
	{.name = "flood-4",
	 .what = "broadcast to 4 ports, copies against unicast frames",
	 .outs = 4,
	 .flood = true,
	 .base = "unicast"},
	{.name = "flood-16",
	 .what = "broadcast to 16 ports, copies against unicast frames",
	 .outs = 16,
	 .flood = true,
	 .base = "unicast",
	 .of_base = {0.8, 0.8}},
	{.name = "limit-flood",
	 .what = "a program that sends copies to 16 ports, against one that redirects",
	 .limit = BENCH_LIMIT_FLOOD,
	 .outs = 16,
	 .flood = true,
	 .no_bridge = true,
	 .base = "limit-bare"},
	{.name = "flood-64",
	 .what = "broadcast to 64 ports, copies against unicast frames",
	 .outs = 64,
	 .flood = true,
	 .base = "unicast"},
	{.name = "unicast", .what = "access -> access: no tag at all"},
	{.name = "fdb-1", .what = "1 address learnt, traffic to it", ACCESS_TO_UPLINK, .dsts = 1},
	{.name = "fdb-1k",
	 .what = "1,000 addresses learnt, traffic to all of them",
	 ACCESS_TO_UPLINK,
	 .dsts = 1000,
	 .base = "fdb-1"},
	{.name = "mesh",
	 .what = "40,000 flows of 400 addresses: no two frames in a row of the same",
	 ACCESS_TO_UPLINK,
	 .dsts = 200,
	 .srcs = 199,
	 .base = "fdb-1"},
	{.name = "fdb-100k",
	 .what = "100,000 addresses learnt, traffic to all of them",
	 ACCESS_TO_UPLINK,
	 .dsts = 100000,
	 .base = "fdb-1"},
	{.name = "fdb-1m",
	 .what = "1,000,000 addresses learnt, traffic to all of them",
	 ACCESS_TO_UPLINK,
	 .dsts = 1000000,
	 .base = "fdb-1",
	 .of_base = {0.6, 0.6}},
	{.name = "fdb-1m-order",
	 .what = "fdb-1m, to one address after the other",
	 ACCESS_TO_UPLINK,
	 .dsts = 1000000,
	 .in_order = true,
	 .base = "fdb-1",
	 .of_base = {0.6, 0.6}},
	{.name = "fdb-1m-any",
	 .what = "fdb-1m, addresses that are no numbers in a row",
	 ACCESS_TO_UPLINK,
	 .dsts = 1000000,
	 .anyhow = true,
	 .base = "fdb-1",
	 .of_base = {0.6, 0.6}},
	{.name = "limit-1m",
	 .what = "a program that looks 1,000,000 addresses up and redirects, nothing else",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_HASH,
	 .dsts = 1000000,
	 .no_bridge = true,
	 .base = "limit-1"},
	{.name = "limit-flat1m",
	 .what = "limit-count that takes the port from an array of 1,000,000 words, one an address",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_FLAT,
	 .dsts = 1000000,
	 .no_bridge = true,
	 .base = "limit-flat1"},
	{.name = "limit-work1m",
	 .what = "limit-flat1m with arithmetic that makes it, with one address, as slow as repx",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_FLAT,
	 .work = 30,
	 .dsts = 1000000,
	 .no_bridge = true,
	 .base = "limit-work1"},
	{.name = "flows",
	 .what = "push, with the traffic of each flow counted",
	 ACCESS_TO_UPLINK,
	 .guard = BENCH_GUARD_MAC,
	 .sample = 10,
	 .no_bridge = true,
	 .base = "push",
	 .of_base = {0.97, 0.97}},
	{.name = "flows-100k",
	 .what = "fdb-100k, with the traffic of each flow counted: most frames are of no hot flow",
	 ACCESS_TO_UPLINK,
	 .dsts = 100000,
	 .sample = 10,
	 .no_bridge = true,
	 .base = "fdb-100k"},
	{.name = "ports-1", .what = "uplink -> 1 port", UPLINK_TO_ACCESS, .outs = 1, .dsts = 1},
	{.name = "ports-100",
	 .what = "uplink -> 100 ports, one after the other",
	 UPLINK_TO_ACCESS,
	 .outs = 100,
	 .dsts = 100},
	{.name = "ports-1000",
	 .what = "uplink -> 1,000 ports, one after the other",
	 UPLINK_TO_ACCESS,
	 .outs = 1000,
	 .dsts = 1000},
	{.name = "size-512", .what = "access -> uplink, 512 bytes", ACCESS_TO_UPLINK, .size = 512},
	{.name = "size-1500",
	 .what = "access -> uplink, 1500 bytes",
	 ACCESS_TO_UPLINK,
	 .size = 1500},
	{.name = "size-9000",
	 .what = "access -> uplink, 9000 bytes (sent by a packet socket)",
	 ACCESS_TO_UPLINK,
	 .size = 9000},
	{.name = "learn",
	 .what = "100,000 new source MACs, one a frame, at full rate",
	 ACCESS_TO_UPLINK,
	 .srcs = 100000,
	 .frames = 100000,
	 .forget = true,
	 .base = "guard-none"},
	{.name = "two-cores",
	 .what = "two cores at once, own ports each, against one",
	 ACCESS_TO_UPLINK,
	 .guard = BENCH_GUARD_MAC,
	 .ways = 2,
	 .base = "push",
	 .of_base = {1.8, 1.8}},
	{.name = "spread",
	 .what = "one queue, its frames spread (RPS) to a second core, by the clock",
	 ACCESS_TO_UPLINK,
	 .guard = BENCH_GUARD_MAC,
	 .spread = true,
	 .base = "push"},
	{.name = "limit-spread",
	 .what = "a program that redirects, spread by RPS or (XDP) a cpumap, by the clock",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_CPU,
	 .spread = true,
	 .no_bridge = true,
	 .base = "limit-bare"},
	{.name = "limit-two",
	 .what = "a program that redirects, two cores at once, against one",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_BARE,
	 .ways = 2,
	 .no_bridge = true,
	 .base = "limit-bare"},
	{.name = "limit-bare",
	 .what = "a program that redirects",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_BARE,
	 .no_bridge = true},
	{.name = "limit-1",
	 .what = "a program that looks one address up and redirects, nothing else",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_HASH,
	 .dsts = 1,
	 .no_bridge = true},
	{.name = "limit-flat1",
	 .what = "limit-count that takes the port from an array of one word",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_FLAT,
	 .dsts = 1,
	 .no_bridge = true},
	{.name = "limit-work1",
	 .what = "limit-flat1 with arithmetic that makes it as slow as repx",
	 ACCESS_TO_UPLINK,
	 .limit = BENCH_LIMIT_FLAT,
	 .work = 30,
	 .dsts = 1,
	 .no_bridge = true},
	{.name = NULL},
};

const struct bench_case *bench_case_find(const char *name)
{
	const struct bench_case *c;

	for (c = bench_cases; name && c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

unsigned int bench_outs(const struct bench_case *c)
{
	return c->outs ? c->outs : 1;
}

unsigned int bench_ways(const struct bench_case *c)
{
	return c->ways ? c->ways : 1;
}

unsigned int bench_size(const struct bench_case *c)
{
	return c->size ? c->size : BENCH_HEAD;
}

/* --- frames ---------------------------------------------------------------------- */

static uint16_t ip_sum(const void *header, size_t len)
{
	const uint16_t *w = header;
	uint32_t sum = 0;

	for (; len; len -= 2)
		sum += *w++;
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~(sum + (sum >> 16));
}

static void put_udp(uint8_t *at, unsigned int len)
{
	struct udphdr udp = {
		.source = htons(1000),
		.dest = htons(9),
		.len = htons((uint16_t)len),
	};

	memcpy(at, &udp, sizeof(udp));
}

static void put_ip4(uint8_t *at, unsigned int len)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.tot_len = htons((uint16_t)len),
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.saddr = htonl(0x0a000001),
		.daddr = htonl(0x0a000002),
	};

	ip.check = ip_sum(&ip, sizeof(ip));
	memcpy(at, &ip, sizeof(ip));
	put_udp(at + sizeof(ip), len - (unsigned int)sizeof(ip));
}

static void put_ip6(uint8_t *at, unsigned int len)
{
	struct ip6_hdr ip = {
		.ip6_flow = htonl(6U << 28),
		.ip6_plen = htons((uint16_t)(len - sizeof(ip))),
		.ip6_nxt = IPPROTO_UDP,
		.ip6_hlim = 64,
	};

	inet_pton(AF_INET6, "2001:db8::1", &ip.ip6_src);
	inet_pton(AF_INET6, "2001:db8::2", &ip.ip6_dst);
	memcpy(at, &ip, sizeof(ip));
	put_udp(at + sizeof(ip), len - (unsigned int)sizeof(ip));
}

static unsigned int put_tag(uint8_t *at, uint16_t tpid, uint16_t vid)
{
	uint16_t tag[2] = {htons(tpid), htons(vid)};

	memcpy(at, tag, sizeof(tag));
	return sizeof(tag);
}

static void put_frame(const struct bench_case *c, uint8_t head[BENCH_HEAD])
{
	uint16_t type = htons(c->ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	unsigned int at = 2 * ETH_ALEN;

	if (c->tag == BENCH_QINQ)
		at += put_tag(head + at, ETH_P_8021AD, BENCH_S_VLAN);
	if (c->tag != BENCH_UNTAGGED)
		at += put_tag(head + at, ETH_P_8021Q, BENCH_C_VLAN);
	memcpy(head + at, &type, sizeof(type));
	at += (unsigned int)sizeof(type);
	if (c->ipv6)
		put_ip6(head + at, bench_size(c) - at);
	else
		put_ip4(head + at, bench_size(c) - at);
}

void bench_head(const struct bench_case *c, unsigned int way, uint8_t head[BENCH_HEAD])
{
	const uint8_t macs[2 * ETH_ALEN] = {2, 0,    0, 0, 0, (uint8_t)way,
					    2, 0x10, 0, 0, 0, (uint8_t)way};

	memset(head, 0, BENCH_HEAD);
	memcpy(head, macs, sizeof(macs));
	if (c->flood)
		memset(head, 0xff, ETH_ALEN);
	if (c->spoof)
		head[ETH_ALEN + 1] = 0x66;
	put_frame(c, head);
}

void bench_head_back(const struct bench_case *c, uint8_t head[BENCH_HEAD])
{
	const uint8_t macs[2 * ETH_ALEN] = {2, 0x10, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0};
	struct bench_case back = *c;

	back.tag = c->out == BENCH_UPLINK ? BENCH_VLAN : BENCH_UNTAGGED;
	memset(head, 0, BENCH_HEAD);
	memcpy(head, macs, sizeof(macs));
	put_frame(&back, head);
}
