// SPDX-License-Identifier: GPL-2.0-only
/* frame.c - see frame.h */
#include <linux/if_ether.h>
#include <string.h>

#include "frame.h"

#define PCP_SHIFT 13
#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define BODY 50 /* behind the tags: no frame is shorter than Ethernet's least */
#define UDP 17

static uint8_t *put16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
	return p + 2;
}

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

size_t frame_retag(const uint8_t *frame, size_t len, bool strip, uint16_t tpid, uint16_t tci,
		   uint8_t *out)
{
	size_t skip = FRAME_ADDRESSES + (strip ? FRAME_TAG : 0);
	uint8_t *p = out + FRAME_ADDRESSES;

	memcpy(out, frame, FRAME_ADDRESSES);
	if (tpid) {
		p = put16(p, tpid);
		p = put16(p, tci);
	}
	memcpy(p, frame + skip, len - skip);
	return (size_t)(p - out) + len - skip;
}

/* --- a frame that is matched */

static void put_address(uint8_t *to, const uint8_t *value, const uint8_t *mask)
{
	static const uint8_t any[6] = {0x02, 0x52, 0x45, 0x50, 0x58, 0x01};

	for (int i = 0; i < 6; i++)
		to[i] = (uint8_t)((value[i] & mask[i]) | (any[i] & ~mask[i]));
}

/* Bits behind the prefix are all 0 or all 1, by turns. */
static void put_prefix(uint8_t *to, const struct flower_match *m, size_t size, unsigned int variant)
{
	memcpy(to, m->ip_src, size);
	for (size_t bit = m->ip_len; bit < 8 * size; bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		to[bit / 8] = (uint8_t)(variant & 1 ? to[bit / 8] | mask : to[bit / 8] & ~mask);
	}
	if (!m->ip_len) /* no address that stands for none */
		to[0] = size == 4 ? 192 : 0x20;
}

static void put_ipv4(uint8_t *p, const struct flower_match *m, unsigned int variant)
{
	uint32_t sum = 0;

	p[0] = 0x45;
	put16(p + 2, BODY);
	p[8] = 64;
	p[9] = UDP;
	put_prefix(p + 12, m, 4, variant);
	memcpy(p + 16, "\xc0\x00\x02\x01", 4);
	for (int i = 0; i < IPV4_HEADER; i += 2)
		sum += get16(p + i);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(p + 10, (uint16_t) ~(sum + (sum >> 16)));
}

static void put_ipv6(uint8_t *p, const struct flower_match *m, unsigned int variant)
{
	p[0] = 0x60;
	put16(p + 4, BODY - IPV6_HEADER);
	p[6] = UDP;
	p[7] = 64;
	put_prefix(p + 8, m, 16, variant);
	memcpy(p + 24, "\x20\x01\x0d\xb8", 4);
	p[39] = 1;
}

/* An announcement of its own address. */
static void put_arp(uint8_t *p, const uint8_t src[6])
{
	put16(p, 1);
	put16(p + 2, ETH_P_IP);
	p[4] = 6;
	p[5] = 4;
	put16(p + 6, 1);
	memcpy(p + 8, src, 6);
	memcpy(p + 14, "\xc0\x00\x02\x02", 4);
	memcpy(p + 24, "\xc0\x00\x02\x02", 4);
}

size_t frame_of_match(const struct flower_match *m, unsigned int variant, uint8_t *out)
{
	uint16_t pcp = (uint16_t)((m->has_pcp ? m->pcp : variant & 7) << PCP_SHIFT);
	uint8_t *p = out + FRAME_ADDRESSES;

	memset(out, 0, FRAME_MATCH_MAX);
	put_address(out, m->dst, m->dst_mask);
	put_address(out + 6, m->src, m->src_mask);
	if (m->tpid) {
		p = put16(p, m->tpid);
		p = put16(p, m->vid | pcp);
	}
	if (m->tpid2) {
		p = put16(p, m->tpid2);
		p = put16(p, m->vid2 | pcp);
	}
	p = put16(p, m->ethertype);
	if (m->ethertype == ETH_P_IP)
		put_ipv4(p, m, variant);
	else if (m->ethertype == ETH_P_IPV6)
		put_ipv6(p, m, variant);
	else if (m->ethertype == ETH_P_ARP)
		put_arp(p, out + 6);
	return (size_t)(p - out) + BODY;
}

/* --- what a rule makes of it */

size_t frame_by_action(const struct flower_action *a, unsigned int index, const uint8_t *frame,
		       size_t len, uint8_t *out)
{
	uint16_t tci = get16(frame + FRAME_ADDRESSES + 2);
	uint16_t kept = a->vlan_pcp ? (uint16_t)(a->vlan_pcp << PCP_SHIFT) : tci & 0xf000;

	if (index >= a->before && a->vlan == FLOWER_VLAN_POP)
		return frame_retag(frame, len, true, 0, 0, out);
	if (index >= a->before && a->vlan == FLOWER_VLAN_PUSH)
		return frame_retag(frame, len, false, a->vlan_tpid,
				   (uint16_t)(a->vlan_vid | a->vlan_pcp << PCP_SHIFT), out);
	if (index >= a->before && a->vlan == FLOWER_VLAN_MODIFY)
		return frame_retag(frame, len, true, a->vlan_tpid, a->vlan_vid | kept, out);
	return frame_retag(frame, len, false, 0, 0, out);
}
