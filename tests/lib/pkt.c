// SPDX-License-Identifier: GPL-2.0-only
/* pkt.c - builds frames for tests, byte by byte */
#include <stdlib.h>
#include <string.h>

#include "pkt.h"

void pkt_put(struct pkt *p, const void *bytes, size_t len)
{
	if (p->len + len > PKT_MAX) {
		fprintf(stderr, "pkt: frame longer than %d bytes\n", PKT_MAX);
		abort();
	}
	memcpy(p->data + p->len, bytes, len);
	p->len += len;
}

void pkt_u8(struct pkt *p, unsigned int v)
{
	uint8_t b = (uint8_t)v;

	pkt_put(p, &b, 1);
}

void pkt_u16(struct pkt *p, unsigned int v)
{
	pkt_u8(p, v >> 8);
	pkt_u8(p, v);
}

void pkt_u32(struct pkt *p, uint32_t v)
{
	pkt_u16(p, v >> 16);
	pkt_u16(p, v & 0xffff);
}

void pkt_macs(struct pkt *p, const uint8_t dst[6], const uint8_t src[6])
{
	p->len = 0;
	p->ip = 0;
	pkt_put(p, dst, 6);
	pkt_put(p, src, 6);
}

void pkt_tag(struct pkt *p, unsigned int tpid, unsigned int tci)
{
	pkt_u16(p, tpid);
	pkt_u16(p, tci);
}

void pkt_fill(struct pkt *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		pkt_u8(p, (unsigned int)(i * 7 + 1));
}

void pkt_ipv4(struct pkt *p, const struct pkt_ipv4 *h)
{
	unsigned int ihl = h->ihl ? h->ihl : 5;

	pkt_u16(p, 0x0800);
	p->ip = p->len;
	pkt_u8(p, (h->version ? h->version : 4U) << 4 | ihl);
	pkt_u8(p, 0);
	pkt_u16(p, 0); /* length: pkt_finish() */
	pkt_u16(p, 1);
	pkt_u16(p, h->frag);
	pkt_u8(p, 64);
	pkt_u8(p, h->proto);
	pkt_u16(p, 0); /* checksum: pkt_finish() */
	pkt_put(p, h->src, 4);
	pkt_put(p, h->dst, 4);
	for (unsigned int i = 5; i < ihl; i++)
		pkt_u32(p, 0x01010101); /* options: no operation */
}

void pkt_udp(struct pkt *p, unsigned int sport, unsigned int dport)
{
	pkt_u16(p, sport);
	pkt_u16(p, dport);
	pkt_u16(p, 8);
	pkt_u16(p, 0);
}

void pkt_arp(struct pkt *p, const struct pkt_arp *h)
{
	static const uint8_t zero[6];

	pkt_u16(p, 0x0806);
	pkt_u16(p, h->htype ? h->htype : 1);
	pkt_u16(p, h->ptype ? h->ptype : 0x0800);
	pkt_u8(p, h->hlen ? h->hlen : 6);
	pkt_u8(p, h->plen ? h->plen : 4);
	pkt_u16(p, 1);
	pkt_put(p, h->sha, 6);
	pkt_put(p, h->spa, 4);
	pkt_put(p, zero, 6);
	pkt_u32(p, 0x0a0000fe);
}

void pkt_ipv6(struct pkt *p, const struct pkt_ipv6 *h)
{
	pkt_u16(p, 0x86dd);
	p->ip = p->len;
	pkt_u32(p, (h->version ? h->version : 6U) << 28);
	pkt_u16(p, 0); /* length: pkt_finish() */
	pkt_u8(p, h->next);
	pkt_u8(p, 255);
	pkt_put(p, h->src, 16);
	pkt_put(p, h->dst, 16);
}

void pkt_ext(struct pkt *p, unsigned int next, unsigned int n)
{
	pkt_u8(p, next);
	pkt_u8(p, n);
	for (unsigned int i = 2; i < (n + 1) * 8; i++)
		pkt_u8(p, 0);
}

void pkt_ah(struct pkt *p, unsigned int next, unsigned int n)
{
	pkt_u8(p, next);
	pkt_u8(p, n);
	for (unsigned int i = 2; i < (n + 2) * 4; i++)
		pkt_u8(p, 0);
}

void pkt_fragment(struct pkt *p, unsigned int next, unsigned int off)
{
	pkt_u8(p, next);
	pkt_u8(p, 0);
	pkt_u16(p, off << 3 | 1);
	pkt_u32(p, 7);
}

void pkt_icmp6(struct pkt *p, unsigned int type)
{
	pkt_u8(p, type);
	pkt_u8(p, 0);
	pkt_u16(p, 0);
	pkt_u32(p, 0);
}

void pkt_nd(struct pkt *p, unsigned int type, const uint8_t target[16])
{
	pkt_icmp6(p, type);
	pkt_put(p, target, 16);
}

void pkt_nd_option(struct pkt *p, unsigned int type, unsigned int len8, const uint8_t mac[6])
{
	pkt_u8(p, type);
	pkt_u8(p, len8);
	pkt_put(p, mac, 6);
	for (unsigned int i = 8; i < len8 * 8; i++)
		pkt_u8(p, 0);
}

static void put16(struct pkt *p, size_t off, size_t v)
{
	if (off + 2 <= p->len) {
		p->data[off] = (uint8_t)(v >> 8);
		p->data[off + 1] = (uint8_t)v;
	}
}

void pkt_finish(struct pkt *p)
{
	size_t size = p->len - p->ip, hdr;
	uint32_t sum = 0;

	if (!p->ip)
		return;
	if (p->data[p->ip - 1] == 0xdd) {
		put16(p, p->ip + 4, size - 40);
		return;
	}
	hdr = (p->data[p->ip] & 15) * 4U;
	put16(p, p->ip + 2, size);
	for (size_t i = 0; i < hdr && p->ip + i + 2 <= p->len; i += 2)
		sum += pkt_get16(p, p->ip + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(p, p->ip + 10, ~sum & 0xffff);
}

void pkt_retag(struct pkt *out, const struct pkt *in, const char *tags)
{
	char text[256];
	struct pkt head;
	size_t off = 12;

	while (off + 4 <= in->len &&
	       (pkt_get16(in, off) == PKT_8021Q || pkt_get16(in, off) == PKT_8021AD))
		off += 4;
	snprintf(text, sizeof(text), "zero zero %s", strcmp(tags, "-") ? tags : "");
	pkt_text(&head, text);
	out->len = 0;
	out->ip = 0;
	pkt_put(out, in->data, 12);
	pkt_put(out, head.data + 12, head.len - 12);
	pkt_put(out, in->data + off, in->len - off);
}

bool pkt_equal(const struct pkt *a, const struct pkt *b)
{
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

void pkt_dump(FILE *f, const char *what, const struct pkt *p)
{
	fprintf(f, "%s (%zu bytes) ", what, p->len);
	for (size_t i = 0; i < p->len && i < 512; i++)
		fprintf(f, "%02x", p->data[i]);
	fprintf(f, "%s\n", p->len > 512 ? "..." : "");
}
