/* SPDX-License-Identifier: GPL-2.0-only */
/* where.bpf.h - the slot an address is behind, a word for each, for all CPUs
 *
 * With many addresses a lookup in repx_fdb waits for memory several times. Here it waits
 * once: all places that an address can have (a row) are one cache line. Being one word,
 * what a place says is whole at any time. It says so for one generation: another begins
 * with each epoch (so no moved or deleted address is missed), and after a part of the
 * ageing time. An address that could expire before that is not put here: so none is
 * found here that repx_fdb would not give.
 *
 * A word is, from the top: what tells the address from others of this row, the generation
 * (never 0), the slot. A number of a generation comes again. Until then all rows have been
 * cleared: each generation begins with its share of them.
 */
#ifndef REPX_WHERE_BPF_H
#define REPX_WHERE_BPF_H

#include "maps.bpf.h"
#include "pkt.bpf.h"
#include "repx_where.h"
#include "trace.bpf.h"

#define WHERE_TURN_BITS (repx_sizes.where_bits - REPX_WHERE_CLEAR_BITS)
#define WHERE_EPOCH_SHIFT 16	    /* in repx_where_head.turn: epoch, then generation */
#define WHERE_AGEING_SHIFT 2	    /* a generation lasts a quarter of the ageing time */
#define WHERE_PAUSE_NS 100000000ULL /* ... and at least so long: an epoch may be short */
#define WHERE_SURE_SHIFT 40	    /* in .sure: as much of turn as fits, then jiffies */
#define WHERE_SURE_MOST (1ULL << 36)
#define WHERE_JIFFY_NS 10000000ULL /* the longest, of HZ 100 */

static __always_inline struct repx_where_at where_at(__u64 key)
{
	return repx_where_at(mac_word_number(key), repx_sizes.where_bits);
}

static __always_inline struct repx_where *where_row(__u32 row)
{
	return bpf_map_lookup_elem(&repx_where, &row);
}

/* Behind the last row. */
static __always_inline struct repx_where_head *where_head(void)
{
	return (struct repx_where_head *)where_row(1U << repx_sizes.where_bits);
}

/* Is generation @turn not over yet? Asks the clock, and notes for how many jiffies at least it
 * need not be asked again: however long they are here, none is longer than WHERE_JIFFY_NS. */
__global int where_ask(__u64 turn)
{
	__u64 jiffies = bpf_jiffies64(), now = bpf_ktime_get_coarse_ns(), until, left;
	struct repx_where_head *head = where_head();

	if (!head)
		return 0;
	until = REPX_READ_ONCE(head->until_ns);
	if (now >= until)
		return 0;
	left = (until - now) / WHERE_JIFFY_NS;
	if (left > WHERE_SURE_MOST)
		left = WHERE_SURE_MOST;
	if (left) /* this jiffy is one of them */
		REPX_WRITE_ONCE(head->sure, turn << WHERE_SURE_SHIFT | (jiffies + left - 1));
	return 1;
}

/* The generation of @epoch, as it is in a word, or 0: there is none now. */
static __always_inline __u64 where_turn(const struct repx_where_head *head, __u64 epoch)
{
	__u64 turn = REPX_READ_ONCE(head->turn), left;

	if (turn >> WHERE_EPOCH_SHIFT != epoch)
		return 0;
	left = (REPX_READ_ONCE(head->sure) ^ turn << WHERE_SURE_SHIFT) - bpf_jiffies64();
	if (left >= WHERE_SURE_MOST && !where_ask(turn))
		return 0;
	return (turn & ((1 << WHERE_EPOCH_SHIFT) - 1)) << REPX_WHERE_SLOT_BITS;
}

/* The slot, or REPX_PORT_NONE: ask repx_fdb. @key: of mac_word() */
static __always_inline __u32 where_find(__u64 key, __u64 epoch)
{
	const struct repx_where_head *head = REPX_TRACING ? NULL : where_head();
	const struct repx_where *row;
	struct repx_where_at at;
	__u64 turn, slot;
	__u32 i;

	if (!head)
		return REPX_PORT_NONE;
	turn = where_turn(head, epoch);
	at = where_at(key);
	row = where_row(at.row);
	if (!turn || !row)
		return REPX_PORT_NONE;
	for (i = 0; i < REPX_WHERE_PLACES; i++) {
		slot = row->place[(at.first + i) % REPX_WHERE_PLACES] ^ (at.tag | turn);
		if (slot < REPX_MAX_PORTS)
			return slot;
	}
	return REPX_PORT_NONE;
}

/* For an address that stays behind @slot while generation @turn lasts. It takes the place of
 * an earlier generation's, or else that of the one it looks at first. */
static __always_inline void where_put(__u64 key, __u64 turn, __u32 slot)
{
	__u64 mask = ((1ULL << WHERE_TURN_BITS) - 1) << REPX_WHERE_SLOT_BITS;
	struct repx_where_at at = where_at(key);
	struct repx_where *row = where_row(at.row);
	__u32 i, place = at.first;

	if (!row)
		return;
	for (i = 0; i < REPX_WHERE_PLACES; i++) {
		place = (at.first + i) % REPX_WHERE_PLACES;
		if ((row->place[place] & mask) != turn)
			break;
	}
	if (i == REPX_WHERE_PLACES)
		place = at.first;
	REPX_WRITE_ONCE(row->place[place], at.tag | turn | slot);
}

static long where_clear_row(__u32 i, __u32 *first)
{
	struct repx_where *row = where_row(*first + i);
	__u32 k;

	for (k = 0; row && k < REPX_WHERE_PLACES; k++)
		REPX_WRITE_ONCE(row->place[k], 0);
	return 0;
}

/* Clears the rows that are the share of generation @n. */
static __always_inline void where_clear(__u32 n)
{
	__u32 first = n << REPX_WHERE_CLEAR_BITS;

	bpf_loop(1 << REPX_WHERE_CLEAR_BITS, where_clear_row, &first, 0);
}

/**
 * where_begin() - another generation, if the last one is over
 * @epoch: the current one
 *
 * Return: the generation, as it is in a word; 0: none, look again later.
 */
__global __u64 where_begin(__u64 epoch, __u64 now, __u64 ageing)
{
	struct repx_where_head *head = where_head();
	__u64 next;
	__u32 n;

	if (!head)
		return 0;
	next = REPX_READ_ONCE(head->next_ns);
	if (now < next ||
	    __sync_val_compare_and_swap(&head->next_ns, next, now + WHERE_PAUSE_NS) != next)
		return 0;
	n = (__sync_lock_test_and_set(&head->turn, 0) + 1) & ((1 << WHERE_TURN_BITS) - 1);
	where_clear(n);
	if (!n)
		where_clear(++n);
	REPX_WRITE_ONCE(head->sure, 0);
	REPX_WRITE_ONCE(head->until_ns, ageing ? now + (ageing >> WHERE_AGEING_SHIFT) : ~0ULL);
	__sync_lock_test_and_set(&head->turn, epoch << WHERE_EPOCH_SHIFT | n); /* after all that */
	return (__u64)n << REPX_WHERE_SLOT_BITS;
}

#endif
