// SPDX-License-Identifier: GPL-2.0-only
/* pkt_text.c - a frame from one line of text, for tables of tests */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "pkt.h"

#define ARGS_MAX 10

struct part {
	char text[4096];
	char *arg[ARGS_MAX]; /* arg[0] is the part's name */
	int args;
};

static void bad(const char *what, const char *text)
{
	fprintf(stderr, "pkt: %s in frame text: '%s'\n", what, text);
	abort();
}

static void split(struct part *part, const char *text, size_t len)
{
	char *save = NULL;

	if (len >= sizeof(part->text))
		bad("part too long", text);
	memcpy(part->text, text, len);
	part->text[len] = 0;
	part->args = 0;
	for (char *s = strtok_r(part->text, ",", &save); s; s = strtok_r(NULL, ",", &save)) {
		if (part->args == ARGS_MAX)
			bad("too many arguments", text);
		part->arg[part->args++] = s;
	}
}

static unsigned int num(const struct part *p, int i, int base)
{
	char *end;
	unsigned long v;

	if (i >= p->args)
		bad("argument missing", p->text);
	v = strtoul(p->arg[i], &end, base);
	if (*end || end == p->arg[i])
		bad("not a number", p->arg[i]);
	return (unsigned int)v;
}

/* key=N anywhere among the arguments, else 0 */
static unsigned int key(const struct part *p, const char *name)
{
	size_t len = strlen(name);

	for (int i = 1; i < p->args; i++)
		if (!strncmp(p->arg[i], name, len) && p->arg[i][len] == '=')
			return (unsigned int)strtoul(p->arg[i] + len + 1, NULL, 0);
	return 0;
}

static void ip(const struct part *p, int i, int family, uint8_t *out)
{
	if (i >= p->args || inet_pton(family, p->arg[i], out) != 1)
		bad("not an address", i < p->args ? p->arg[i] : p->text);
}

static void mac_number(uint8_t mac[6], uint8_t second, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || n > 255)
		bad("not a MAC", text);
	memcpy(mac, (uint8_t[6]){2, second, 0, 0, 0, (uint8_t)n}, 6);
}

void pkt_mac(uint8_t mac[6], const char *text)
{
	if (!strcmp(text, "bc"))
		memset(mac, 0xff, 6);
	else if (!strcmp(text, "zero"))
		memset(mac, 0, 6);
	else if (!strcmp(text, "mc"))
		memcpy(mac, "\x01\x00\x5e\x00\x00\x01", 6);
	else if (!strncmp(text, "ll", 2))
		memcpy(mac, (uint8_t[6]){1, 0x80, 0xc2, 0, 0, (uint8_t)strtoul(text + 2, NULL, 16)},
		       6);
	else if (!strncmp(text, "nic", 3))
		mac_number(mac, 0xaa, text + 3);
	else if (!strncmp(text, "peer", 4))
		mac_number(mac, 0xbb, text + 4);
	else if (text[0] == 'm')
		mac_number(mac, 0, text + 1);
	else if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3,
			mac + 4, mac + 5) != 6)
		bad("not a MAC", text);
}

static void mac_arg(const struct part *p, int i, uint8_t mac[6])
{
	if (i >= p->args)
		bad("MAC missing", p->text);
	pkt_mac(mac, p->arg[i]);
}

static void part_tag(struct pkt *p, const struct part *t, unsigned int tpid)
{
	unsigned int pcp = t->args > 2 ? num(t, 2, 10) : 0;
	unsigned int dei = t->args > 3 ? num(t, 3, 10) : 0;

	pkt_tag(p, tpid, pcp << 13 | dei << 12 | num(t, 1, 10));
}

static void part_hex(struct pkt *p, const struct part *t)
{
	unsigned int v;

	for (const char *s = t->args > 1 ? t->arg[1] : ""; *s; s += 2) {
		if (sscanf(s, "%2x", &v) != 1 || !s[1])
			bad("not hex", s);
		pkt_u8(p, v);
	}
}

static void part_ipv4(struct pkt *p, const struct part *t)
{
	struct pkt_ipv4 h = {.version = (uint8_t)key(t, "ver"),
			     .ihl = (uint8_t)key(t, "ihl"),
			     .frag = (uint16_t)key(t, "frag"),
			     .proto = (uint8_t)num(t, 3, 10)};

	ip(t, 1, AF_INET, h.src);
	ip(t, 2, AF_INET, h.dst);
	pkt_ipv4(p, &h);
}

static void part_arp(struct pkt *p, const struct part *t)
{
	struct pkt_arp h = {.htype = (uint16_t)key(t, "htype"),
			    .ptype = (uint16_t)key(t, "ptype"),
			    .hlen = (uint8_t)key(t, "hlen"),
			    .plen = (uint8_t)key(t, "plen")};

	mac_arg(t, 1, h.sha);
	ip(t, 2, AF_INET, h.spa);
	pkt_arp(p, &h);
}

static void part_ipv6(struct pkt *p, const struct part *t)
{
	struct pkt_ipv6 h = {.version = (uint8_t)key(t, "ver"), .next = (uint8_t)num(t, 3, 10)};

	ip(t, 1, AF_INET6, h.src);
	ip(t, 2, AF_INET6, h.dst);
	pkt_ipv6(p, &h);
}

static void part_nd(struct pkt *p, const struct part *t, unsigned int type)
{
	uint8_t target[16];

	ip(t, 1, AF_INET6, target);
	pkt_nd(p, type, target);
}

static void part_option(struct pkt *p, const struct part *t)
{
	uint8_t mac[6];

	mac_arg(t, 2, mac);
	pkt_nd_option(p, num(t, 1, 10), t->args > 3 ? num(t, 3, 10) : 1, mac);
}

static void part_pad(struct pkt *p, size_t len)
{
	while (p->len < len)
		pkt_u8(p, 0);
}

static bool part_l2(struct pkt *p, const struct part *t)
{
	const char *name = t->arg[0];

	if (!strcmp(name, "q"))
		part_tag(p, t, PKT_8021Q);
	else if (!strcmp(name, "ad"))
		part_tag(p, t, PKT_8021AD);
	else if (!strcmp(name, "type"))
		pkt_u16(p, num(t, 1, 16));
	else if (!strcmp(name, "hex"))
		part_hex(p, t);
	else if (!strcmp(name, "raw"))
		pkt_fill(p, num(t, 1, 10));
	else if (!strcmp(name, "pad"))
		part_pad(p, num(t, 1, 10));
	else if (!strcmp(name, "arp"))
		part_arp(p, t);
	else
		return false;
	return true;
}

static bool part_l3(struct pkt *p, const struct part *t)
{
	const char *name = t->arg[0];

	if (!strcmp(name, "ip4"))
		part_ipv4(p, t);
	else if (!strcmp(name, "udp"))
		pkt_udp(p, num(t, 1, 10), num(t, 2, 10));
	else if (!strcmp(name, "ip6"))
		part_ipv6(p, t);
	else if (!strcmp(name, "ext"))
		pkt_ext(p, num(t, 1, 10), num(t, 2, 10));
	else if (!strcmp(name, "ah"))
		pkt_ah(p, num(t, 1, 10), num(t, 2, 10));
	else if (!strcmp(name, "frag"))
		pkt_fragment(p, num(t, 1, 10), num(t, 2, 10));
	else if (!strcmp(name, "icmp6"))
		pkt_icmp6(p, num(t, 1, 10));
	else if (!strcmp(name, "ns"))
		part_nd(p, t, 135);
	else if (!strcmp(name, "na"))
		part_nd(p, t, 136);
	else if (!strcmp(name, "opt"))
		part_option(p, t);
	else
		return false;
	return true;
}

void pkt_text(struct pkt *p, const char *text)
{
	uint8_t mac[2][6];
	size_t cut = PKT_MAX;
	struct part part;
	int n = 0;

	for (const char *s = text + strspn(text, " "); *s; n++) {
		size_t len = strcspn(s, " ");

		split(&part, s, len);
		if (n < 2)
			mac_arg(&part, 0, mac[n]);
		else if (!strcmp(part.arg[0], "cut"))
			cut = num(&part, 1, 10);
		else if (!part_l2(p, &part) && !part_l3(p, &part))
			bad("unknown part", s);
		if (n == 1)
			pkt_macs(p, mac[0], mac[1]);
		s += len;
		s += strspn(s, " ");
	}
	if (n < 2)
		bad("no addresses", text);
	pkt_finish(p);
	if (cut < p->len)
		p->len = cut;
}
