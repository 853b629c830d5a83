// SPDX-License-Identifier: GPL-2.0-only
/* conf_units.c - see conf_units.h */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf_units.h"

#define KIB 1024ULL
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* clang-format off */
const struct conf_unit conf_units_rate[] = {
	{"bit", 1, 8}, {"", 1, 8},
	{"kbit", 1000, 8}, {"mbit", 1000000, 8}, {"gbit", 1000000000, 8}, {"tbit", 1000000000000, 8},
	{"kibit", KIB, 8}, {"mibit", MIB, 8}, {"gibit", GIB, 8}, {"tibit", 1024 * GIB, 8},
	{"bps", 1, 1}, {"kbps", 1000, 1}, {"mbps", 1000000, 1}, {"gbps", 1000000000, 1},
	{"tbps", 1000000000000, 1},
	{"kibps", KIB, 1}, {"mibps", MIB, 1}, {"gibps", GIB, 1}, {"tibps", 1024 * GIB, 1},
	{NULL, 0, 0}
};

const struct conf_unit conf_units_size[] = {
	{"", 1, 1}, {"b", 1, 1},
	{"k", KIB, 1}, {"kb", KIB, 1}, {"m", MIB, 1}, {"mb", MIB, 1}, {"g", GIB, 1}, {"gb", GIB, 1},
	{"kbit", KIB, 8}, {"mbit", MIB, 8}, {"gbit", GIB, 8},
	{NULL, 0, 0}
};

const struct conf_unit conf_units_pps[] = {
	{"pps", 1, 1}, {"kpps", 1000, 1}, {"mpps", 1000000, 1}, {NULL, 0, 0}
};

const struct conf_unit conf_units_time[] = {
	{"ms", 1, 1}, {"s", 1000, 1}, {"m", 60000, 1}, {NULL, 0, 0}
};
/* clang-format on */

/* Up to 15 digits before the point and 9 behind it, as a fraction. */
static const char *read_decimal(const char *at, uint64_t *number, uint64_t *scale)
{
	int digits = 0, behind = 0;

	*number = 0;
	*scale = 1;
	for (; isdigit((unsigned char)*at) && digits < 16; at++, digits++)
		*number = *number * 10 + (uint64_t)(*at - '0');
	if (!digits || digits > 15)
		return NULL;
	if (*at != '.')
		return at;
	for (at++; isdigit((unsigned char)*at) && behind < 10; at++, behind++) {
		*number = *number * 10 + (uint64_t)(*at - '0');
		*scale *= 10;
	}
	return behind && behind < 10 ? at : NULL;
}

int conf_number(const char *text, const struct conf_unit *units, uint64_t *out)
{
	uint64_t number, scale;
	unsigned __int128 value;

	/* 15 + 9 digits do not fit in 64 bits, so the whole part is bounded first */
	if (strspn(text, "0123456789") > 15)
		return -ERANGE;
	if (strspn(text, "0123456789") > 9 && strchr(text, '.'))
		return -EINVAL;
	text = read_decimal(text, &number, &scale);
	if (!text)
		return -EINVAL;
	while (units->name && strcasecmp(units->name, text))
		units++;
	if (!units->name)
		return -EINVAL;
	value = (unsigned __int128)number * units->mul / units->div / scale;
	if (value > INT64_MAX)
		return -ERANGE;
	*out = (uint64_t)value;
	return 0;
}

int conf_integer(const char *text, uint64_t *out)
{
	size_t len = strlen(text);

	if (!len || strspn(text, "0123456789") != len || (text[0] == '0' && len > 1))
		return -EINVAL;
	if (len > 18)
		return -ERANGE;
	*out = strtoull(text, NULL, 10);
	return 0;
}

static int hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

int conf_mac(const char *text, uint8_t mac[6])
{
	uint8_t got[6];

	if (strlen(text) != 17)
		return -EINVAL;
	for (int i = 0; i < 6; i++, text += 3) {
		if (hex(text[0]) < 0 || hex(text[1]) < 0 || text[2] != (i < 5 ? ':' : 0))
			return -EINVAL;
		got[i] = (uint8_t)(hex(text[0]) << 4 | hex(text[1]));
	}
	memcpy(mac, got, sizeof(got));
	return 0;
}

static const uint8_t v4_head[12] = {[10] = 0xff, [11] = 0xff};

static bool bits_beyond(const struct conf_ip *ip)
{
	for (int bit = ip->len; bit < 128; bit++)
		if (ip->addr[bit / 8] & 0x80 >> (bit % 8))
			return true;
	return false;
}

/* Would IPv4, which is kept as ::ffff:0:0/96, be inside of this prefix? */
static bool covers_v4(const struct conf_ip *ip)
{
	for (int bit = 0; bit < ip->len; bit++)
		if ((ip->addr[bit / 8] ^ v4_head[bit / 8]) & 0x80 >> (bit % 8))
			return false;
	return true;
}

static int ip_address(const char *text, struct conf_ip *ip, unsigned int *base)
{
	*base = 0;
	if (inet_pton(AF_INET6, text, ip->addr) == 1)
		return 0;
	if (inet_pton(AF_INET, text, ip->addr + 12) != 1)
		return -EINVAL;
	memcpy(ip->addr, v4_head, sizeof(v4_head));
	*base = 96;
	return 0;
}

int conf_ip(const char *text, struct conf_ip *out)
{
	const char *slash = strchr(text, '/');
	char address[INET6_ADDRSTRLEN];
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	struct conf_ip ip = {0};
	unsigned int base;
	uint64_t bits = 0;

	if (len >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, len);
	address[len] = 0;
	if (ip_address(address, &ip, &base))
		return -EINVAL;
	if (slash && conf_integer(slash + 1, &bits))
		return -ERANGE;
	bits = slash ? bits + base : 128;
	if (bits > 128)
		return -ERANGE;
	ip.len = (uint8_t)bits;
	if (bits_beyond(&ip))
		return -EDOM;
	if (bits < 96 && covers_v4(&ip))
		return -EPROTO;
	*out = ip;
	return 0;
}

static int vid(const char *text, size_t len, uint16_t *out)
{
	uint64_t number;
	char digits[8];

	if (!len || len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, len);
	digits[len] = 0;
	if (conf_integer(digits, &number) || number < 1 || number > CONF_VID_MAX)
		return -EINVAL;
	*out = (uint16_t)number;
	return 0;
}

int conf_vid_range(const char *text, uint16_t *first, uint16_t *last)
{
	const char *dash = strchr(text, '-');
	uint16_t from, to;

	if (vid(text, dash ? (size_t)(dash - text) : strlen(text), &from))
		return -EINVAL;
	to = from;
	if (dash && vid(dash + 1, strlen(dash + 1), &to))
		return -EINVAL;
	if (to < from)
		return -EINVAL;
	*first = from;
	*last = to;
	return 0;
}

/* The biggest of the units, given smallest first, that leaves no remainder. */
static void print(uint64_t value, const char *const *names, const uint64_t *each, int n, char *out)
{
	int i = n - 1;

	while (i && (!value || value % each[i]))
		i--;
	snprintf(out, CONF_TEXT_MAX, "%" PRIu64 "%s", value / each[i], names[i]);
}

void conf_rate_text(uint64_t bytes, char out[CONF_TEXT_MAX])
{
	static const char *const names[] = {"bit", "kbit", "mbit", "gbit"};
	static const uint64_t each[] = {1, 1000, 1000000, 1000000000};

	print(bytes * 8, names, each, 4, out);
}

void conf_size_text(uint64_t bytes, char out[CONF_TEXT_MAX])
{
	static const char *const names[] = {"b", "k", "m", "g"};
	static const uint64_t each[] = {1, KIB, MIB, GIB};

	print(bytes, names, each, 4, out);
}

void conf_pps_text(uint64_t pps, char out[CONF_TEXT_MAX])
{
	snprintf(out, CONF_TEXT_MAX, "%" PRIu64 "pps", pps);
}

void conf_time_text(uint64_t ms, char out[CONF_TEXT_MAX])
{
	/* not in minutes: 300s is how the default is written everywhere */
	static const char *const names[] = {"ms", "s"};
	static const uint64_t each[] = {1, 1000};

	if (ms)
		print(ms, names, each, 2, out);
	else
		snprintf(out, CONF_TEXT_MAX, "0s");
}

void conf_ip_text(const struct conf_ip *ip, char out[CONF_TEXT_MAX])
{
	bool v4 = ip->len >= 96 && !memcmp(ip->addr, v4_head, sizeof(v4_head));
	size_t len;

	if (v4)
		inet_ntop(AF_INET, ip->addr + 12, out, CONF_TEXT_MAX);
	else
		inet_ntop(AF_INET6, ip->addr, out, CONF_TEXT_MAX);
	len = strlen(out);
	if (ip->len < 128)
		snprintf(out + len, CONF_TEXT_MAX - len, "/%d", v4 ? ip->len - 96 : ip->len);
}
