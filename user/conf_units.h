/* SPDX-License-Identifier: GPL-2.0-only */
/* conf_units.h - the words of a configuration: text to value and back
 *
 * Nothing here knows of files or positions. "to text" gives the canonical form,
 * which "from text" reads back exactly.
 */
#ifndef REPX_CONF_UNITS_H
#define REPX_CONF_UNITS_H

#include "conf.h"

#define CONF_VID_MAX 4094
#define CONF_TEXT_MAX 64 /* room for any text made here */

/* One unit: a number with it is number * mul / div. */
struct conf_unit {
	const char *name; /* "" = no unit is needed; NULL ends a list */
	uint64_t mul, div;
};

extern const struct conf_unit conf_units_rate[]; /* bytes a second */
extern const struct conf_unit conf_units_size[]; /* bytes */
extern const struct conf_unit conf_units_pps[];	 /* frames a second */
extern const struct conf_unit conf_units_time[]; /* milliseconds */

/**
 * conf_number() - a decimal number with a unit, as tc reads it: "1.5gbit"
 * Return: 0; -EINVAL no number, or not one of @units; -ERANGE too big.
 */
int conf_number(const char *text, const struct conf_unit *units, uint64_t *out);

/* Digits only, no sign, no zero in front. Return: 0, -EINVAL, -ERANGE. */
int conf_integer(const char *text, uint64_t *out);

/* aa:bb:cc:dd:ee:ff, either case. Return: 0, -EINVAL. */
int conf_mac(const char *text, uint8_t mac[6]);

/**
 * conf_ip() - an IPv4 or IPv6 address or prefix
 * Return: 0; -EINVAL not an address; -ERANGE prefix length; -EDOM bits beyond
 * the prefix are set; -EPROTO an IPv6 prefix so short that IPv4 is inside.
 */
int conf_ip(const char *text, struct conf_ip *ip);

/* "10" or "20-29". Return: 0; -EINVAL no such form, outside of 1-4094, or
 * backwards. */
int conf_vid_range(const char *text, uint16_t *first, uint16_t *last);

void conf_rate_text(uint64_t bytes, char out[CONF_TEXT_MAX]);
void conf_size_text(uint64_t bytes, char out[CONF_TEXT_MAX]);
void conf_pps_text(uint64_t pps, char out[CONF_TEXT_MAX]);
void conf_time_text(uint64_t ms, char out[CONF_TEXT_MAX]);
void conf_ip_text(const struct conf_ip *ip, char out[CONF_TEXT_MAX]);

#endif
