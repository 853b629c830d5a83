// SPDX-License-Identifier: GPL-2.0-only
/* model_guard.c - the reference model: who a port may claim to be (rule 6) */
#include <string.h>

#include "model.h"

#define EXT_MAX 6    /* extension headers */
#define OPTION_MAX 8 /* of neighbour discovery */

/* An IP packet inside the frame: everything is counted from its first byte to
 * the frame's end, whatever its length fields say. */
struct inside {
	const struct conf_guard *g;
	const uint8_t *src; /* Ethernet source */
	const uint8_t *data;
	size_t len;
};

static unsigned int get16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static bool prefix_equal(const uint8_t a[16], const uint8_t b[16], unsigned int bits)
{
	for (unsigned int i = 0; i < bits; i++)
		if ((a[i / 8] ^ b[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static bool listed6(const struct conf_guard *g, const uint8_t addr[16])
{
	for (size_t i = 0; i < g->ip_len; i++)
		if (prefix_equal(addr, g->ip[i].addr, g->ip[i].len))
			return true;
	return false;
}

static bool listed4(const struct conf_guard *g, const uint8_t addr[4])
{
	uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff};

	memcpy(mapped + 12, addr, 4);
	return listed6(g, mapped);
}

static bool zero(const uint8_t *p, size_t len)
{
	while (len--)
		if (*p++)
			return false;
	return true;
}

static bool eui64(const uint8_t addr[16], const uint8_t mac[6])
{
	const uint8_t want[16] = {0xfe,	      0x80,   0,      0,    0,	  0,	  0,	  0,
				  mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};

	return !memcmp(addr, want, 16);
}

/* Listed, or the EUI-64 link-local address of a MAC the port may use. */
static bool allowed6(const struct inside *in, const uint8_t addr[16])
{
	if (listed6(in->g, addr))
		return true;
	if (!in->g->mac_len)
		return eui64(addr, in->src);
	for (size_t i = 0; i < in->g->mac_len; i++)
		if (eui64(addr, in->g->mac[i]))
			return true;
	return false;
}

static int guard_mac(const struct conf_guard *g, const uint8_t src[6])
{
	if (!g->mac_len)
		return MODEL_NONE;
	for (size_t i = 0; i < g->mac_len; i++)
		if (!memcmp(g->mac[i], src, 6))
			return MODEL_NONE;
	return REPX_DROP_spoof_mac;
}

static bool is_dhcp(const struct inside *in, size_t ihl)
{
	const uint8_t *p = in->data;

	return p[9] == 17 && !(get16(p + 6) & 0x1fff) && in->len >= ihl + 4 &&
	       get16(p + ihl) == 68 && get16(p + ihl + 2) == 67;
}

static int guard_ipv4(const struct inside *in)
{
	const uint8_t *p = in->data;
	size_t ihl;

	if (in->len < 20)
		return REPX_DROP_malformed;
	ihl = (p[0] & 15) * 4U;
	if (p[0] >> 4 != 4 || ihl < 20 || in->len < ihl)
		return REPX_DROP_malformed;
	if (listed4(in->g, p + 12) || (zero(p + 12, 4) && is_dhcp(in, ihl)))
		return MODEL_NONE;
	return REPX_DROP_spoof_ip;
}

static int guard_arp(const struct inside *in)
{
	static const uint8_t head[6] = {0, 1, 8, 0, 6, 4};
	const uint8_t *p = in->data;

	if (in->len < 28)
		return REPX_DROP_malformed;
	if (memcmp(p, head, 6) || memcmp(p + 8, in->src, 6))
		return REPX_DROP_spoof_arp;
	if (zero(p + 14, 4) || listed4(in->g, p + 14))
		return MODEL_NONE;
	return REPX_DROP_spoof_ip;
}

static bool is_ext(unsigned int next)
{
	return next == 0 || next == 43 || next == 44 || next == 60 || next == 51;
}

/* The end of the extension chain. Return: the upper protocol and, in @off, where
 * it begins; -1: malformed; -2: there is none, a later fragment. */
static int upper(const struct inside *in, size_t *off)
{
	unsigned int next = in->data[6];
	size_t at = 40, size;

	for (int n = 0; is_ext(next); n++) {
		const uint8_t *h = in->data + at;

		if (n == EXT_MAX || in->len < at + 8)
			return -1;
		size = next == 44 ? 8 : next == 51 ? (h[1] + 2U) * 4 : (h[1] + 1U) * 8;
		if (in->len < at + size)
			return -1;
		if (next == 44 && get16(h + 2) >> 3)
			return -2;
		next = h[0];
		at += size;
	}
	*off = at;
	return (int)next;
}

/* Options of a neighbour solicitation or advertisement. */
static int guard_options(const struct inside *in, size_t at)
{
	for (int n = 0; at < in->len; n++) {
		size_t size;

		if (n == OPTION_MAX || in->len < at + 2)
			return REPX_DROP_malformed;
		size = in->data[at + 1] * 8U;
		if (!size || in->len < at + size)
			return REPX_DROP_malformed;
		if ((in->data[at] == 1 || in->data[at] == 2) &&
		    memcmp(in->data + at + 2, in->src, 6))
			return REPX_DROP_spoof_ip;
		at += size;
	}
	return MODEL_NONE;
}

static bool from_nobody(unsigned int type)
{
	return type == 133 || type == 135 || type == 131 || type == 143;
}

static int guard_ipv6(const struct inside *in)
{
	const uint8_t *src = in->data + 8;
	int proto, type = -1;
	size_t off = 0;

	if (in->len < 40 || in->data[0] >> 4 != 6)
		return REPX_DROP_malformed;
	proto = upper(in, &off);
	if (proto == -1)
		return REPX_DROP_malformed;
	if (proto == 58 && off < in->len)
		type = in->data[off];
	if (!allowed6(in, src) && !(zero(src, 16) && type >= 0 && from_nobody((unsigned int)type)))
		return REPX_DROP_spoof_ip;
	if (type != 135 && type != 136)
		return MODEL_NONE;
	if (in->len < off + 24)
		return REPX_DROP_malformed;
	if (type == 136 && !allowed6(in, in->data + off + 8))
		return REPX_DROP_spoof_ip;
	return guard_options(in, off + 24);
}

int model_guard(const struct conf_guard *g, const struct model_frame *f)
{
	unsigned int type = pkt_get16(f->in, f->payload);
	struct inside in = {g, f->src, f->in->data + f->payload + 2, f->in->len - f->payload - 2};
	bool tag = type == PKT_8021Q || type == PKT_8021AD;
	int reason;

	if (!g->on)
		return MODEL_NONE;
	reason = guard_mac(g, f->src);
	if (reason != MODEL_NONE)
		return reason;
	if (tag && (g->ip_len || g->strict))
		return REPX_DROP_spoof_type;
	if (g->strict && type != 0x0800 && type != 0x0806 && type != 0x86dd)
		return REPX_DROP_spoof_type;
	if (!g->ip_len)
		return MODEL_NONE;
	if (type == 0x0800)
		return guard_ipv4(&in);
	if (type == 0x0806)
		return guard_arp(&in);
	return type == 0x86dd ? guard_ipv6(&in) : MODEL_NONE;
}
