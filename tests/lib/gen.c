// SPDX-License-Identifier: GPL-2.0-only
/* gen.c - random frames from a seed */
#include <string.h>

#include "gen.h"

/* splitmix64: any seed will do */
uint32_t gen_u32(struct gen *g)
{
	uint64_t z = g->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (uint32_t)(z >> 32);
}

uint32_t gen_below(struct gen *g, uint32_t n)
{
	return gen_u32(g) % n;
}

bool gen_chance(struct gen *g, uint32_t percent)
{
	return gen_below(g, 100) < percent;
}

void gen_mac(struct gen *g, uint8_t mac[6])
{
	memcpy(mac, (uint8_t[6]){2, 0, 0, 0, 0, (uint8_t)(1 + gen_below(g, 8))}, 6);
}

unsigned int gen_vid(struct gen *g)
{
	static const uint16_t vids[] = {1, 10, 10, 20, 30, 100, 200, 4094, 77};

	return vids[gen_below(g, sizeof(vids) / sizeof(vids[0]))];
}

static void gen_dst(struct gen *g, uint8_t mac[6])
{
	static const char *const other[] = {"bc",    "bc",   "mc",   "33:33:00:00:00:16",
					    "ll00",  "ll01", "ll0e", "ll10",
					    "peer7", "nic0", "nic1", "zero"};

	if (gen_chance(g, 55))
		gen_mac(g, mac);
	else
		pkt_mac(mac, other[gen_below(g, sizeof(other) / sizeof(other[0]))]);
}

static void gen_src(struct gen *g, uint8_t mac[6])
{
	static const char *const other[] = {"peer7", "bc", "zero", "mc", "nic0"};

	if (gen_chance(g, 93))
		gen_mac(g, mac);
	else
		pkt_mac(mac, other[gen_below(g, sizeof(other) / sizeof(other[0]))]);
}

static void gen_tags(struct gen *g, struct pkt *p)
{
	static const uint8_t how_many[] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 3};
	unsigned int n = how_many[gen_below(g, sizeof(how_many))], vid;

	while (n--) {
		vid = gen_vid(g);
		if (gen_chance(g, 10))
			vid = 0;
		if (gen_chance(g, 3))
			vid = 4095;
		pkt_tag(p,
			gen_chance(g, vid >= 100 && vid < 300 ? 80 : 20) ? PKT_8021AD : PKT_8021Q,
			vid | (gen_chance(g, 50) ? gen_u32(g) & 0xf000 : 0));
	}
}

/* Listed by the guards of gen_conf(), or near it. */
static void gen_ipv4(struct gen *g, uint8_t ip[4])
{
	static const uint8_t known[][4] = {{10, 0, 0, 1}, {10, 0, 0, 2}, {10, 1, 2, 3},
					   {10, 2, 0, 0}, {0, 0, 0, 0},	 {192, 168, 1, 1}};

	memcpy(ip, known[gen_below(g, 6)], 4);
}

static void gen_ipv6(struct gen *g, uint8_t ip[16])
{
	static const uint8_t db8[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
	uint8_t mac[6];

	memset(ip, 0, 16);
	switch (gen_below(g, 5)) {
	case 0:
		break;
	case 1:
		memcpy(ip, db8, 16);
		ip[7] = (uint8_t)gen_below(g, 2);
		break;
	case 2:
		memcpy(ip, "\xfd\0", 2);
		ip[15] = (uint8_t)gen_below(g, 3);
		break;
	default:
		gen_mac(g, mac);
		memcpy(ip, "\xfe\x80", 2);
		memcpy(ip + 8, (uint8_t[8]){0, 0, 0, 0xff, 0xfe, 0, 0, mac[5]}, 8);
		ip[gen_below(g, 16)] ^= gen_chance(g, 15);
	}
}

static void frame_ipv4(struct gen *g, struct pkt *p)
{
	static const uint16_t ports[] = {67, 68, 53};
	struct pkt_ipv4 h = {.proto = gen_chance(g, 70) ? 17 : 6,
			     .version = gen_chance(g, 3) ? 5 : 4,
			     .ihl = gen_chance(g, 80) ? 5 : (uint8_t)(3 + gen_below(g, 13)),
			     .frag = gen_chance(g, 10) ? (uint16_t)gen_u32(g) : 0};

	gen_ipv4(g, h.src);
	gen_ipv4(g, h.dst);
	pkt_ipv4(p, &h);
	pkt_udp(p, ports[gen_below(g, 3)], ports[gen_below(g, 3)]);
	pkt_fill(p, gen_below(g, 64));
}

static void frame_arp(struct gen *g, struct pkt *p)
{
	struct pkt_arp h = {.htype = gen_chance(g, 3) ? 6 : 1, .plen = gen_chance(g, 3) ? 16 : 4};

	memcpy(h.sha, p->data + 6, 6);
	if (gen_chance(g, 20))
		gen_mac(g, h.sha);
	gen_ipv4(g, h.spa);
	pkt_arp(p, &h);
	pkt_fill(p, gen_below(g, 20));
}

/* What follows the header or extension whose next-header byte is at @next_at. */
static void gen_ext(struct gen *g, struct pkt *p, size_t next_at)
{
	static const uint8_t kinds[] = {0, 43, 60, 44, 51};
	unsigned int n = gen_chance(g, 60) ? 0 : gen_below(g, 9);

	while (n--) {
		uint8_t kind = kinds[gen_below(g, sizeof(kinds))];

		p->data[next_at] = kind;
		next_at = p->len;
		if (kind == 44)
			pkt_fragment(p, 0, gen_chance(g, 15) ? gen_below(g, 9) : 0);
		else if (kind == 51)
			pkt_ah(p, 0, 1 + gen_below(g, 5));
		else
			pkt_ext(p, 0, gen_below(g, 3));
	}
	p->data[next_at] = gen_chance(g, 80) ? 58 : 17;
}

static void gen_nd(struct gen *g, struct pkt *p)
{
	static const uint8_t types[] = {133, 135, 135, 136, 136, 131, 143, 130, 134, 128};
	unsigned int type = types[gen_below(g, sizeof(types))], n = gen_below(g, 4);
	uint8_t target[16], mac[6];

	gen_ipv6(g, target);
	pkt_nd(p, type, target);
	if (gen_chance(g, 5))
		n = 7 + gen_below(g, 3);
	while (n--) {
		memcpy(mac, p->data + 6, 6);
		if (gen_chance(g, 15))
			gen_mac(g, mac);
		pkt_nd_option(p, gen_chance(g, 80) ? 1 + gen_below(g, 2) : 14,
			      gen_chance(g, 90) ? 1 : gen_below(g, 3), mac);
	}
}

static void frame_ipv6(struct gen *g, struct pkt *p)
{
	struct pkt_ipv6 h = {.version = gen_chance(g, 3) ? 4 : 6};

	gen_ipv6(g, h.src);
	gen_ipv6(g, h.dst);
	pkt_ipv6(p, &h);
	gen_ext(g, p, p->ip + 6);
	gen_nd(g, p);
}

static void frame_other(struct gen *g, struct pkt *p)
{
	static const uint16_t types[] = {0x88cc, 0x8809, 0x0026, 0x9100, 0x0800, 0x86dd, 0x6558};

	pkt_u16(p, types[gen_below(g, 7)]);
	pkt_fill(p, gen_below(g, 100));
}

void gen_frame(struct gen *g, struct pkt *p)
{
	static const uint16_t sizes[] = {1414, 1418, 1419, 1514, 1518, 1519, 1522, 1523, 2000};
	uint8_t dst[6], src[6];
	size_t size;

	gen_dst(g, dst);
	gen_src(g, src);
	pkt_macs(p, dst, src);
	gen_tags(g, p);
	switch (gen_below(g, 5)) {
	case 0:
	case 1:
		frame_ipv6(g, p);
		break;
	case 2:
		frame_ipv4(g, p);
		break;
	case 3:
		frame_arp(g, p);
		break;
	default:
		frame_other(g, p);
	}
	pkt_finish(p);
	size = sizes[gen_below(g, sizeof(sizes) / sizeof(sizes[0]))];
	if (gen_chance(g, 6) && p->len < size)
		pkt_fill(p, size - p->len);
	else if (gen_chance(g, 12))
		p->len = 14 + gen_below(g, (uint32_t)(p->len - 13));
	if (gen_chance(g, 5))
		p->data[12 + gen_below(g, (uint32_t)(p->len - 12))] ^=
			(uint8_t)(1U << gen_below(g, 8));
}
