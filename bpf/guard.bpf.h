/* SPDX-License-Identifier: GPL-2.0-only */
/* guard.bpf.h - who a port may claim to be: MAC, IPv4, ARP, IPv6, ND (rule 6)
 *
 * Headers are copied out of the frame (ctx_load), so paged and multi-buffer
 * frames are judged like any other. Offsets count from the start of the frame.
 */
#ifndef REPX_GUARD_BPF_H
#define REPX_GUARD_BPF_H

#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "maps.bpf.h"
#include "trace.bpf.h"

#define GUARD_PASS (-1) /* or a drop reason */
#define GUARD_MAX_EXT 6
#define GUARD_MAX_OPT 8

#define DHCP_CLIENT_PORT 68
#define DHCP_SERVER_PORT 67
#define IPV4_OFFSET_MASK 0x1fff
#define IPV6_OFFSET_MASK 0xfff8

#define ND_ROUTER_SOLICIT 133
#define ND_NEIGHBOR_SOLICIT 135
#define ND_NEIGHBOR_ADVERT 136
#define MLD_REPORT 131
#define MLD2_REPORT 143

struct guard_arp {
	__be16 hrd, pro;
	__u8 hln, pln;
	__be16 op;
	__u8 sha[6];
	__u8 sip[4];
	__u8 tha[6];
	__u8 tip[4];
} __attribute__((packed));

struct guard_nd {
	__u8 type, code;
	__be16 csum;
	__be32 flags;
	__u8 target[16];
};

struct guard_opt {
	__u8 type, units;
	__u8 mac[6];
};

/* What the checks of one frame share. */
struct guard {
	__u64 epoch;
	__u32 slot, set, flags; /* of the port */
	__u32 unknown;		/* 0: the MAC address has been looked at */
	__u32 l3, end;		/* offsets: the network header, the end of the frame */
	__u8 src[ETH_ALEN];
};

static __always_inline int guard_has_mac(__u32 set, const __u8 *mac)
{
	struct repx_guard_mac key = {.set = set};

	__builtin_memcpy(key.mac, mac, ETH_ALEN);
	return bpf_map_lookup_elem(&repx_guard_mac, &key) != NULL;
}

/* The address of that family which the port was allowed last, for guard_same(). What a port
 * may use never changes within an epoch. */
static __always_inline struct repx_passed *guard_memo(__u32 slot, int ipv6)
{
	__u32 key = 2 * slot + ipv6;

	return REPX_TRACING ? NULL : bpf_map_lookup_elem(&repx_passed, &key);
}

/* Where this can be interrupted by another frame (PREEMPT_RT), that must not find a mixture. */
static __always_inline void guard_remember(struct repx_passed *memo, __u64 epoch, const __u64 *addr)
{
	REPX_WRITE_ONCE(memo->epoch, ~0ULL);
	REPX_WRITE_ONCE(memo->addr[0], addr[0]);
	REPX_WRITE_ONCE(memo->addr[1], addr[1]);
	REPX_WRITE_ONCE(memo->epoch, epoch);
}

static __always_inline int guard_has(const struct guard *g, const __u64 addr[2], int ipv6)
{
	struct repx_guard_ip key = {.prefixlen = 32 + 128, .set_be = bpf_htonl(g->set)};
	struct repx_passed *memo = guard_memo(g->slot, ipv6);
	int found;

	__builtin_memcpy(key.addr, addr, sizeof(key.addr));
	found = bpf_map_lookup_elem(&repx_guard_ip, &key) != NULL;
	trace_step(REPX_STEP_guard_ip, sizeof(key.addr), found);
	if (memo && found)
		guard_remember(memo, g->epoch, addr);
	return found;
}

/* ::ffff:a.b.c.d */
static __always_inline void guard_map_ip4(__u64 mapped[2], __be32 addr)
{
	mapped[0] = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	mapped[1] = (__u64)addr << 32 | bpf_htonl(0xffff);
#else
	mapped[1] = 0xffffULL << 32 | addr;
#endif
}

static __always_inline int guard_has_ip4(const struct guard *g, __be32 addr)
{
	__u64 mapped[2];

	guard_map_ip4(mapped, addr);
	return guard_has(g, mapped, 0);
}

static __always_inline int guard_has_ip6(const struct guard *g, const void *addr)
{
	__u64 copy[2];

	__builtin_memcpy(copy, addr, sizeof(copy));
	return guard_has(g, copy, 1);
}

static __always_inline int guard_is_zero(const void *addr)
{
	__u64 w[2];

	__builtin_memcpy(w, addr, sizeof(w));
	return !(w[0] | w[1]);
}

/* fe80::/64 with an interface id made of a MAC that the port may use */
static __always_inline int guard_own_link_local(const struct guard *g, const __u8 *a)
{
	__u8 mac[ETH_ALEN] = {a[8] ^ 2, a[9], a[10], a[13], a[14], a[15]};

	if (a[0] != 0xfe || a[1] != 0x80 || a[2] || a[3] || a[4] || a[5] || a[6] || a[7] ||
	    a[11] != 0xff || a[12] != 0xfe)
		return 0;
	if (g->flags & REPX_PORT_GUARD_MAC)
		return guard_has_mac(g->set, mac);
	return mac_equal(mac, g->src);
}

/* --- IPv4 and ARP ----------------------------------------------------------- */

/* 0.0.0.0 is for asking a DHCP server. */
static __always_inline int guard_dhcp(repx_ctx *ctx, const struct iphdr *ip, __u32 l4)
{
	__be16 ports[2];

	if (ip->protocol != IPPROTO_UDP || ip->frag_off & bpf_htons(IPV4_OFFSET_MASK))
		return 0;
	if (ctx_load(ctx, l4, ports, sizeof(ports)))
		return 0;
	return ports[0] == bpf_htons(DHCP_CLIENT_PORT) && ports[1] == bpf_htons(DHCP_SERVER_PORT);
}

__global int guard_ipv4(repx_ctx *ctx, const struct guard *g)
{
	struct iphdr ip;
	__u32 len;

	if (!g || ctx_load(ctx, g->l3, &ip, sizeof(ip)))
		return REPX_DROP_malformed;
	len = ip.ihl * 4;
	if (ip.version != 4 || len < sizeof(ip) || g->l3 + len > g->end)
		return REPX_DROP_malformed;
	if (guard_has_ip4(g, ip.saddr))
		return GUARD_PASS;
	if (!ip.saddr && guard_dhcp(ctx, &ip, g->l3 + len))
		return GUARD_PASS;
	return REPX_DROP_spoof_ip;
}

__global int guard_arp(repx_ctx *ctx, const struct guard *g)
{
	struct guard_arp arp;
	__be32 sip;

	if (!g || ctx_load(ctx, g->l3, &arp, sizeof(arp)))
		return REPX_DROP_malformed;
	if (arp.hrd != bpf_htons(1) || arp.pro != bpf_htons(ETH_P_IP) || arp.hln != ETH_ALEN ||
	    arp.pln != 4)
		return REPX_DROP_spoof_arp;
	if (!mac_equal(arp.sha, g->src))
		return REPX_DROP_spoof_arp;
	__builtin_memcpy(&sip, arp.sip, 4);
	if (sip && !guard_has_ip4(g, sip))
		return REPX_DROP_spoof_ip;
	return GUARD_PASS;
}

/* --- IPv6 and ND -------------------------------------------------------------- */

static __always_inline int guard_is_ext(__u8 next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
	       next == IPPROTO_DSTOPTS || next == IPPROTO_AH;
}

/* One extension header: moves *at behind it, *next to what follows it.
 * Return: 0, 1: there is nothing readable behind it, -1: cut short. */
static __always_inline int guard_ext(repx_ctx *ctx, const struct guard *g, __u8 *next, __u32 *at)
{
	__u32 len = 8;
	__u8 h[8];

	if (ctx_load(ctx, *at, h, sizeof(h)))
		return -1;
	if (*next == IPPROTO_AH)
		len = (h[1] + 2) * 4;
	else if (*next != IPPROTO_FRAGMENT)
		len = (h[1] + 1) * 8;
	if (*at + len > g->end)
		return -1;
	if (*next == IPPROTO_FRAGMENT && ((h[2] << 8 | h[3]) & IPV6_OFFSET_MASK))
		return 1;
	*next = h[0];
	*at += len;
	return 0;
}

/* Walks the chain. Return: 0 with *next and *at of the upper header (*next
 * IPPROTO_NONE in later fragments), -1: malformed. */
static __always_inline int guard_upper(repx_ctx *ctx, const struct guard *g, __u8 *next, __u32 *at)
{
	int i, end;

	for (i = 0; i <= GUARD_MAX_EXT; i++) {
		if (!guard_is_ext(*next))
			return 0;
		if (i == GUARD_MAX_EXT)
			return -1;
		end = guard_ext(ctx, g, next, at);
		if (end < 0)
			return -1;
		if (end) {
			*next = IPPROTO_NONE;
			return 0;
		}
	}
	return -1;
}

/* Link-layer address options of an NS or NA must name the sender. */
__global int guard_nd_options(repx_ctx *ctx, const struct guard *g, __u32 at)
{
	struct guard_opt opt;
	__u32 end;
	int i;

	if (!g)
		return REPX_DROP_malformed;
	end = g->end;
	for (i = 0; i < GUARD_MAX_OPT; i++) {
		if (at >= end)
			return GUARD_PASS;
		if (ctx_load(ctx, at, &opt, sizeof(opt)) || !opt.units || at + opt.units * 8 > end)
			return REPX_DROP_malformed;
		if ((opt.type == 1 || opt.type == 2) && !mac_equal(opt.mac, g->src))
			return REPX_DROP_spoof_ip;
		at += opt.units * 8;
	}
	return at >= end ? GUARD_PASS : REPX_DROP_malformed;
}

static __always_inline int guard_nd(repx_ctx *ctx, const struct guard *g, __u8 type, __u32 at)
{
	struct guard_nd nd;

	if (type != ND_NEIGHBOR_SOLICIT && type != ND_NEIGHBOR_ADVERT)
		return GUARD_PASS;
	if (ctx_load(ctx, at, &nd, sizeof(nd)))
		return REPX_DROP_malformed;
	if (type == ND_NEIGHBOR_ADVERT && !guard_has_ip6(g, nd.target) &&
	    !guard_own_link_local(g, nd.target))
		return REPX_DROP_spoof_ip;
	return guard_nd_options(ctx, g, at + sizeof(nd));
}

static __always_inline int guard_unspecified(__u8 type)
{
	return type == ND_ROUTER_SOLICIT || type == ND_NEIGHBOR_SOLICIT || type == MLD_REPORT ||
	       type == MLD2_REPORT;
}

__global int guard_ipv6(repx_ctx *ctx, const struct guard *g)
{
	struct ipv6hdr ip;
	__u8 next, type = 0;
	const __u8 *src = (const __u8 *)&ip.saddr;
	__u32 at;

	if (!g || ctx_load(ctx, g->l3, &ip, sizeof(ip)) || ip.version != 6)
		return REPX_DROP_malformed;
	next = ip.nexthdr;
	at = g->l3 + sizeof(ip);
	if (guard_upper(ctx, g, &next, &at))
		return REPX_DROP_malformed;
	if (next == IPPROTO_ICMPV6 && ctx_load(ctx, at, &type, sizeof(type)))
		type = 0;
	if (!guard_has_ip6(g, src) && !guard_own_link_local(g, src) &&
	    !(guard_is_zero(src) && guard_unspecified(type)))
		return REPX_DROP_spoof_ip;
	if (next != IPPROTO_ICMPV6)
		return GUARD_PASS;
	return guard_nd(ctx, g, type, at);
}

/* --- the rule ------------------------------------------------------------------ */

static __always_inline int guard_type(repx_ctx *ctx, const struct guard *g, __be16 type_be)
{
	__u32 flags = g->flags;

	if (is_vlan_type(type_be))
		return REPX_DROP_spoof_type;
	if (type_be == bpf_htons(ETH_P_IP))
		return flags & REPX_PORT_GUARD_IP ? guard_ipv4(ctx, g) : GUARD_PASS;
	if (type_be == bpf_htons(ETH_P_ARP))
		return flags & REPX_PORT_GUARD_IP ? guard_arp(ctx, g) : GUARD_PASS;
	if (type_be == bpf_htons(ETH_P_IPV6))
		return flags & REPX_PORT_GUARD_IP ? guard_ipv6(ctx, g) : GUARD_PASS;
	return flags & REPX_PORT_STRICT ? REPX_DROP_spoof_type : GUARD_PASS;
}

/* Is it a plain IP packet from the address that was allowed last? Read where it is: to copy a
 * header out costs more than all the rest. What is anything else is looked at properly. */
static __always_inline int guard_same(repx_ctx *ctx, __u32 slot, __u64 epoch, __u32 l3,
				      __be16 type_be)
{
	__u8 *ip = (void *)(long)ctx->data + (l3 & 31); /* 14 or 18 */
	__u8 *end = (void *)(long)ctx->data_end;
	struct repx_passed *memo;
	__u64 addr[2];

	if (type_be == bpf_htons(ETH_P_IP)) {
		if (ip + sizeof(struct iphdr) > end || ip[0] != 0x45)
			return 0;
		guard_map_ip4(addr, *(repx_half_word *)(ip + 12));
	} else if (type_be == bpf_htons(ETH_P_IPV6)) {
		if (ip + sizeof(struct ipv6hdr) > end || ip[0] >> 4 != 6 ||
		    (ip[6] != IPPROTO_TCP && ip[6] != IPPROTO_UDP))
			return 0;
		addr[0] = *(repx_word *)(ip + 8);
		addr[1] = *(repx_word *)(ip + 16);
	} else {
		return 0;
	}
	memo = guard_memo(slot, type_be != bpf_htons(ETH_P_IP));
	return memo && memo->epoch == epoch && memo->addr[0] == addr[0] && memo->addr[1] == addr[1];
}

/* Return: GUARD_PASS, or the reason to drop. */
__global int guard_look(repx_ctx *ctx, const struct guard *g, __u32 type_be)
{
	int found;

	if (!g)
		return GUARD_PASS;
	if (g->unknown && g->flags & REPX_PORT_GUARD_MAC) {
		found = guard_has_mac(g->set, g->src);
		trace_step(REPX_STEP_guard_mac, g->set, found);
		if (!found)
			return REPX_DROP_spoof_mac;
	}
	if (!(g->flags & (REPX_PORT_GUARD_IP | REPX_PORT_STRICT)) ||
	    guard_same(ctx, g->slot, g->epoch, g->l3, type_be))
		return GUARD_PASS;
	return guard_type(ctx, g, type_be);
}

/* Rule 6. @unknown: 0: the MAC has been looked at. Return: GUARD_PASS, or the reason to drop. */
static __always_inline int guard_check(repx_ctx *ctx, const struct repx_run *run,
				       const struct repx_port *port, __u32 slot, __u32 unknown,
				       const struct repx_pkt *pkt)
{
	struct guard g = {
		.epoch = run->epoch,
		.slot = slot,
		.set = port->guard,
		.flags = port->flags,
		.unknown = unknown,
		.l3 = pkt->l3,
		.end = pkt->end,
	};

	if (!(port->flags & (REPX_PORT_GUARD_MAC | REPX_PORT_GUARD_IP | REPX_PORT_STRICT)))
		return GUARD_PASS;
	__builtin_memcpy(g.src, pkt->src, ETH_ALEN);
	return guard_look(ctx, &g, pkt->type_be);
}

#endif
