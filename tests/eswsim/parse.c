// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - a frame's headers as the flow table sees them */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "eswsim.h"

static u8 tag_of(__be16 proto)
{
	if (proto == htons(ETH_P_8021Q))
		return ESW_TAG_C;
	return proto == htons(ETH_P_8021AD) ? ESW_TAG_S : ESW_TAG_NONE;
}

static void parse_ports(const struct sk_buff *skb, unsigned int off, struct esw_key *key)
{
	const __be16 *ports = (const void *)(skb->data + off);
	bool known = key->ip_proto == IPPROTO_TCP || key->ip_proto == IPPROTO_UDP ||
		     key->ip_proto == IPPROTO_SCTP;

	if (!known || key->frag || skb->len < off + 4)
		return;
	key->sport = ports[0];
	key->dport = ports[1];
}

static void parse_ip4(const struct sk_buff *skb, unsigned int off, struct esw_key *key)
{
	const struct iphdr *ip = (const void *)(skb->data + off);

	if (skb->len < off + sizeof(*ip) || ip->version != 4 || ip->ihl < 5)
		return;
	key->ip_proto = ip->protocol;
	key->tos = ip->tos;
	key->ttl = ip->ttl;
	key->frag = !!(ip->frag_off & htons(IP_MF | IP_OFFSET));
	key->ip_src[0] = ip->saddr;
	key->ip_dst[0] = ip->daddr;
	parse_ports(skb, off + ip->ihl * 4, key);
}

static void parse_ip6(const struct sk_buff *skb, unsigned int off, struct esw_key *key)
{
	const struct ipv6hdr *ip = (const void *)(skb->data + off);

	if (skb->len < off + sizeof(*ip) || ip->version != 6)
		return;
	key->ip_proto = ip->nexthdr;
	key->frag = ip->nexthdr == NEXTHDR_FRAGMENT;
	key->tos = ipv6_get_dsfield(ip);
	key->ttl = ip->hop_limit;
	memcpy(key->ip_src, &ip->saddr, 16);
	memcpy(key->ip_dst, &ip->daddr, 16);
	parse_ports(skb, off + sizeof(*ip), key);
}

void esw_parse(const struct sk_buff *skb, struct esw_key *key)
{
	const struct vlan_hdr *tag;
	unsigned int off = ETH_HLEN;

	memset(key, 0, sizeof(*key));
	memcpy(key->dst, skb->data, ETH_ALEN);
	memcpy(key->src, skb->data + ETH_ALEN, ETH_ALEN);
	key->ethertype = ((const struct ethhdr *)skb->data)->h_proto;
	tag = (const void *)(skb->data + off);
	if (tag_of(key->ethertype) && skb->len >= off + VLAN_HLEN) {
		key->tag1 = tag_of(key->ethertype);
		key->vid1 = ntohs(tag->h_vlan_TCI) & VLAN_VID_MASK;
		key->prio1 = ntohs(tag->h_vlan_TCI) >> VLAN_PRIO_SHIFT;
		key->ethertype = tag->h_vlan_encapsulated_proto;
		off += VLAN_HLEN;
		tag++;
	}
	if (key->tag1 && tag_of(key->ethertype) && skb->len >= off + VLAN_HLEN) {
		key->tag2 = tag_of(key->ethertype);
		key->vid2 = ntohs(tag->h_vlan_TCI) & VLAN_VID_MASK;
		key->prio2 = ntohs(tag->h_vlan_TCI) >> VLAN_PRIO_SHIFT;
		key->ethertype = tag->h_vlan_encapsulated_proto;
		off += VLAN_HLEN;
	}
	if (key->ethertype == htons(ETH_P_IP))
		parse_ip4(skb, off, key);
	else if (key->ethertype == htons(ETH_P_IPV6))
		parse_ip6(skb, off, key);
}
