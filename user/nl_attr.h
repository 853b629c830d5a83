/* SPDX-License-Identifier: GPL-2.0-only */
/* nl_attr.h - bounded reads of short attributes, beside those of nl.h */
#ifndef REPX_NL_ATTR_H
#define REPX_NL_ATTR_H

#include <string.h>

#include "nl.h"

/* 0 where the attribute is too short. */
static inline uint8_t nl_attr_u8(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) >= sizeof(uint8_t) ? mnl_attr_get_u8(attr) : 0;
}

static inline uint16_t nl_attr_u16(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) >= sizeof(uint16_t) ? mnl_attr_get_u16(attr) : 0;
}

/* Return: is it a MAC address? @mac stays as it is when not. */
static inline bool nl_attr_mac(const struct nlattr *attr, uint8_t mac[6])
{
	if (mnl_attr_get_payload_len(attr) != 6)
		return false;
	memcpy(mac, mnl_attr_get_payload(attr), 6);
	return true;
}

#endif
