// SPDX-License-Identifier: GPL-2.0-only
/* test_where.c - where repx_where keeps an address: row and tag are the address, and
 * addresses that are numbers in a row are close together */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "repx_where.h"
#include "util.h"

#define MASK51 ((1ULL << 51) - 1)

/* The number that @mix undoes, modulo 2^51. */
static uint64_t inverse(uint64_t mix)
{
	uint64_t x = mix;
	int i;

	for (i = 0; i < 6; i++)
		x *= 2 - mix * x;
	return x & MASK51;
}

/* The address from what repx_where_at() made of it. */
static uint64_t undo(const struct repx_where_at *at, unsigned int bits)
{
	uint64_t low = at->tag >> (bits + 4) & 7;
	uint64_t below = at->tag >> (bits + 7) << (bits + 7);
	uint64_t page = below >> (bits - 6) | (uint64_t)(at->row >> 6) << (64 - (bits - 6));
	uint64_t line = (at->row ^ page >> (64 - bits)) & 63;

	return ((page >> 13) * inverse(REPX_WHERE_MIX) & MASK51) << 9 | line << 3 | low;
}

static void test_undone(void **state)
{
	uint64_t seed = 1, number;
	unsigned int bits, i;

	(void)state;
	for (bits = REPX_WHERE_BITS_MIN; bits <= 21; bits++)
		for (i = 0; i < 20000; i++) {
			struct repx_where_at at;

			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			number = seed >> 4;
			at = repx_where_at(number, bits);
			assert_in_range(at.row, 0, (1U << bits) - 1);
			assert_int_equal(at.first, number & 7);
			assert_int_equal(at.tag & ((1ULL << (bits + 4)) - 1), 0);
			assert_int_equal(undo(&at, bits), number);
		}
}

/* Of 512 in a row, that begin where such a run does, each row of a page has eight. */
static void test_close(void **state)
{
	unsigned int in_row[64] = {0}, i;
	struct repx_where_at at = repx_where_at(0x000a020000000200, 13);
	uint32_t page = at.row >> 6;

	(void)state;
	for (i = 0; i < 512; i++) {
		at = repx_where_at(0x000a020000000200 + i, 13);
		assert_int_equal(at.row >> 6, page);
		assert_int_equal(at.first, i % 8);
		in_row[at.row & 63]++;
	}
	for (i = 0; i < 64; i++)
		assert_int_equal(in_row[i], 8);
}

/* How many of @len addresses have no place, where each has two. */
static unsigned int crowded(uint64_t (*mac)(unsigned int), unsigned int len, unsigned int bits)
{
	unsigned int *in_row = calloc(1U << bits, sizeof(*in_row)), i, n = 0;

	assert_non_null(in_row);
	for (i = 0; i < len; i++)
		n += ++in_row[repx_where_at(mac(i), bits).row] > REPX_WHERE_PLACES;
	free(in_row);
	return n;
}

static uint64_t by_one(unsigned int i)
{
	return 0x000a020000000000 + i;
}

static uint64_t by_page(unsigned int i)
{
	return 0x000a020000000000 + i * 512ULL;
}

static uint64_t by_64k(unsigned int i)
{
	return 0x000a020000000000 + i * 65536ULL;
}

static uint64_t anyhow(unsigned int i)
{
	return 0x000a020000000000 + (i * 0x9e3779b97f4a7c15ULL >> 24);
}

static void test_room(void **state)
{
	uint64_t (*const kinds[])(unsigned int) = {by_one, by_page, by_64k, anyhow};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		assert_in_range(crowded(kinds[i], 32768, 13), 0, 32768 / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_undone),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
