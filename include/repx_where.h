/* SPDX-License-Identifier: GPL-2.0-only */
/* repx_where.h - where in repx_where an address is kept
 *
 * Addresses are often numbers in a row: 512 of them share a page, so that few pages are in
 * use, and of eight each has its own place of a row. Which page that is, and with what its rows
 * are shuffled, says a multiplication that can be undone: row and tag together are the address.
 */
#ifndef REPX_WHERE_H
#define REPX_WHERE_H

#include "repx_abi.h"

#define REPX_WHERE_MIX 0x4f1bbcdcbfa53ULL /* 2^51 / golden ratio, odd */
#define REPX_WHERE_SLOT_BITS 12

/* A word is, from the top: tag, generation (bits - REPX_WHERE_CLEAR_BITS), slot. */
struct repx_where_at {
	__u32 row;
	__u32 first; /* place that is looked at first */
	__u64 tag;   /* as in a word */
};

/**
 * repx_where_at() - the row of an address
 * @number: VID, and in the low 48 bits the address, whose last byte is the lowest
 * @bits: repx_sizes.where_bits
 */
static inline __attribute__((always_inline)) struct repx_where_at repx_where_at(__u64 number,
										__u32 bits)
{
	__u64 page = (number >> 9 << 13) * REPX_WHERE_MIX;
	struct repx_where_at at = {
		.row = (__u32)(page >> (64 - bits) ^ (number >> 3 & 63)),
		.first = number % REPX_WHERE_PLACES,
		.tag = page << (bits - 6) | (number & 7) << (bits + 4),
	};

	_Static_assert(REPX_WHERE_PLACES == 8, "the three low bits");
	_Static_assert(REPX_WHERE_SLOT_BITS - REPX_WHERE_CLEAR_BITS == 4, "where a tag begins");
	_Static_assert(REPX_MAX_PORTS == 1 << REPX_WHERE_SLOT_BITS, "slots");
	return at;
}

#endif
