/* SPDX-License-Identifier: GPL-2.0-only */
/* fdb.bpf.h - addresses: look up, learn, move, limit, and room for new ones
 *
 * Entries are replaced whole by map updates, except that seen_ns is refreshed in
 * place: a preallocated element may already belong to another address then, for
 * which being seen a little late does no harm.
 */
#ifndef REPX_FDB_BPF_H
#define REPX_FDB_BPF_H

#include <asm-generic/errno.h>

#include "count.bpf.h"
#include "known.bpf.h"
#include "limit.bpf.h"
#include "port.bpf.h"
#include "where.bpf.h"

#define FDB_RING_TRIES 4096	   /* places looked at for a port with mac_limit */
#define FDB_REFRESH_NS 1000000ULL  /* younger entries are not written again */
#define FDB_SWEEP_NS 1000000000ULL /* at most one sweep a second ... */
#define FDB_SWEEP_SHARE 50	   /* ... and a fiftieth of a CPU's time */

#define REPX_LEARNT (-1) /* or a drop reason */

static __always_inline int fdb_expired(const struct repx_fdb *e, __u64 now, __u64 ageing)
{
	__u64 seen = REPX_READ_ONCE(e->seen_ns);

	if (e->flags & REPX_FDB_STATIC || !ageing)
		return 0;
	return now > seen && now - seen > ageing;
}

/* The generation of repx_where that an answer of the FDB may be put in; 0: none. */
static __always_inline __u64 fdb_turn(const struct repx_cfg *cfg, __u64 epoch, __u64 now)
{
	const struct repx_where_head *head = where_head();
	__u64 turn;

	if (REPX_TRACING || !head)
		return 0;
	turn = where_turn(head, epoch);
	if (turn || REPX_READ_ONCE(cfg->epoch) != epoch)
		return turn;
	return where_begin(epoch, now, cfg->sw[epoch & 1].ageing_ns);
}

/* The slot behind which an address is, or REPX_PORT_NONE. @key: of mac_word() */
__global __u32 fdb_where(__u64 key, __u64 epoch)
{
	__u64 now = bpf_ktime_get_coarse_ns(), turn, ageing;
	struct repx_cfg *cfg;
	struct repx_fdb *e;
	__u32 zero = 0;

	cfg = bpf_map_lookup_elem(&repx_cfg, &zero);
	if (!cfg)
		return REPX_PORT_NONE;
	turn = fdb_turn(cfg, epoch, now); /* first: what is found then is of this epoch */
	ageing = cfg->sw[epoch & 1].ageing_ns;
	e = bpf_map_lookup_elem(&repx_fdb, &key);
	if (!e || fdb_expired(e, now, ageing))
		return REPX_PORT_NONE;
	trace_step(REPX_STEP_dst, e->port, e->flags);
	if (turn && !fdb_expired(e, now, ageing - (ageing >> WHERE_AGEING_SHIFT)))
		where_put(key, turn, e->port);
	return e->port;
}

/* --- room in a full FDB -------------------------------------------------- */

struct fdb_sweep {
	__u64 now, ageing;
	__u64 oldest;  /* of those that stay */
	__u32 removed; /* any; a number would be one state each to the verifier */
};

static long fdb_sweep_one(void *map, struct repx_fdb_key *key, struct repx_fdb *e,
			  struct fdb_sweep *sweep)
{
	if (e->flags & REPX_FDB_STATIC)
		return 0;
	if (fdb_expired(e, sweep->now, sweep->ageing)) {
		bpf_map_delete_elem(&repx_fdb, key);
		sweep->removed = 1;
	} else if (e->seen_ns < sweep->oldest) {
		sweep->oldest = e->seen_ns;
	}
	return 0;
}

/* Removes what has expired, if anything can have. sweep_ns is the time before
 * which another look cannot find anything, or would take too much of the CPU. */
__global int fdb_make_room(__u64 now, __u64 ageing)
{
	struct fdb_sweep sweep = {.now = now, .ageing = ageing, .oldest = now};
	__u64 next, start, spent, expiry;
	struct repx_cfg *cfg;
	__u32 zero = 0;

	cfg = bpf_map_lookup_elem(&repx_cfg, &zero);
	if (!cfg || !ageing)
		return 0;
	next = REPX_READ_ONCE(cfg->sweep_ns);
	if (now < next)
		return 0;
	if (__sync_val_compare_and_swap(&cfg->sweep_ns, next, now + FDB_SWEEP_NS) != next)
		return 0;
	start = bpf_ktime_get_ns();
	bpf_for_each_map_elem(&repx_fdb, fdb_sweep_one, &sweep, 0);
	spent = bpf_ktime_get_ns() - start;
	next = now + spent * FDB_SWEEP_SHARE;
	expiry = sweep.oldest + ageing;
	if (!sweep.removed && next < now + FDB_SWEEP_NS)
		next = now + FDB_SWEEP_NS;
	REPX_WRITE_ONCE(cfg->sweep_ns, expiry > next ? expiry : next);
	return sweep.removed;
}

/* --- places of a port with mac_limit --------------------------------------
 *
 * When all are taken, the next address would look at all of them again: so it is
 * remembered until when that cannot change. Places become free when addresses
 * expire (full_ns), move or are deleted (which begins an epoch).
 */

struct fdb_search {
	struct repx_maclim_key at;
	__u64 mine, now, ageing;
	__u64 oldest; /* of those that keep their places */
	__u32 limit, next;
	__u32 found;
};

/* May the place be given to another address? One that has expired is removed
 * from the FDB first: an entry and its place are one. */
static __always_inline int fdb_place_free(struct fdb_search *f, __u64 was)
{
	struct repx_fdb_key key;
	struct repx_fdb *e;

	__builtin_memcpy(&key, &was, sizeof(key));
	e = bpf_map_lookup_elem(&repx_fdb, &key);
	if (!e || e->port != f->at.port || e->ring != f->at.ring || e->flags & REPX_FDB_STATIC)
		return 1;
	if (!fdb_expired(e, f->now, f->ageing)) {
		if (e->seen_ns < f->oldest)
			f->oldest = e->seen_ns;
		return 0;
	}
	if (!REPX_TRACING)
		bpf_map_delete_elem(&repx_fdb, &key);
	return 1;
}

static long fdb_try_place(__u32 i, struct fdb_search *f)
{
	__u64 *place, was;

	f->at.ring = f->next % f->limit;
	f->next = f->at.ring + 1;
	place = bpf_map_lookup_elem(&repx_maclim, &f->at);
	if (!place)
		return 0;
	was = REPX_READ_ONCE(*place);
	if (!fdb_place_free(f, was))
		return 0;
	if (!REPX_TRACING && __sync_val_compare_and_swap(place, was, f->mine) != was)
		return 0;
	f->found = 1;
	return 1;
}

/* A place that was never given out, or -1. */
static __always_inline long fdb_fresh_place(struct repx_state *state, struct fdb_search *f)
{
	if (REPX_READ_ONCE(state->ring_used) >= f->limit)
		return -1;
	if (REPX_TRACING)
		return 0;
	f->at.ring = __sync_fetch_and_add(&state->ring_used, 1);
	if (f->at.ring < f->limit && !bpf_map_update_elem(&repx_maclim, &f->at, &f->mine, BPF_ANY))
		return f->at.ring;
	__sync_fetch_and_add(&state->ring_used, -1);
	return -1;
}

/* Looks at all places, from a random one on where there are too many for that. */
static __always_inline long fdb_find_place(struct repx_state *state, struct fdb_search *f,
					   __u32 epoch)
{
	__u32 tries = f->limit;

	if (state->full_epoch == epoch && f->now < state->full_ns)
		return -1;
	if (tries > FDB_RING_TRIES) {
		tries = FDB_RING_TRIES;
		f->next = bpf_get_prandom_u32() % f->limit;
	}
	bpf_loop(tries, fdb_try_place, f, 0);
	if (f->found)
		return f->at.ring;
	if (!REPX_TRACING && tries == f->limit) {
		state->full_ns = f->ageing ? f->oldest + f->ageing : ~0ULL;
		state->full_epoch = epoch;
	}
	return -1;
}

/* A place among the @limit of the port for @key, or -1: all are taken. */
__global long fdb_take_place(__u32 slot, __u32 limit, const struct repx_fdb_key *key, __u64 now,
			     __u64 ageing)
{
	struct fdb_search f = {.at.port = slot, .limit = limit, .now = now, .ageing = ageing};
	struct repx_state *state;
	struct repx_cfg *cfg;
	__u32 zero = 0;
	long place;

	state = bpf_map_lookup_elem(&repx_state, &slot);
	cfg = bpf_map_lookup_elem(&repx_cfg, &zero);
	if (!state || !cfg || !key || !limit)
		return -1;
	__builtin_memcpy(&f.mine, key, sizeof(f.mine));
	f.oldest = now;
	place = fdb_fresh_place(state, &f);
	if (place >= 0)
		return place;
	return fdb_find_place(state, &f, cfg->epoch);
}

/* --- learning ---------------------------------------------------------------- */

/* A source address seen on a port: plain values, for a __global function. */
struct fdb_source {
	struct repx_fdb_key key __attribute__((aligned(8)));
	__u64 now; /* CLOCK_MONOTONIC, coarse: set by fdb_learn() */
	__u64 epoch;
	__u32 slot, half;
	__u32 unknown; /* 0: there is nothing to learn */
	struct repx_wire wire;
	__u8 nolearn;
	__u8 nocache; /* out: the next frame must ask again */
	__u8 here;    /* out: the address is behind this port now (or would be) */
	__u8 pad;
};

/* Whether the address may move here now. */
static __always_inline int fdb_may_move(const struct repx_cfg *cfg, const struct repx_port *port,
					struct fdb_source *s, const struct repx_fdb *e)
{
	if (limit_pass(port, s->slot, REPX_LIMIT_MOVES, 1))
		return 1;
	count_event(s->slot, REPX_EVENT_move_limited, &s->wire);
	note(cfg, REPX_NOTE_MOVE_LIMITED, s->slot, e->port, &s->key);
	s->nocache = 1;
	return 0;
}

/* Writes a new, moved or revived entry. Return: 1 if it is in. */
static __always_inline int fdb_write(const struct repx_cfg *cfg, const struct repx_sw *sw,
				     struct fdb_source *s, const struct repx_fdb *fresh, int known)
{
	long err;

	if (REPX_TRACING)
		return 0;
	err = bpf_map_update_elem(&repx_fdb, &s->key, fresh, known ? BPF_EXIST : BPF_NOEXIST);
	if (err == -E2BIG && fdb_make_room(s->now, sw->ageing_ns))
		err = bpf_map_update_elem(&repx_fdb, &s->key, fresh, BPF_NOEXIST);
	if (!err)
		return 1;
	if (err == -EEXIST || err == -ENOENT) /* another CPU was faster */
		return 0;
	s->nocache = 1;
	count_event(s->slot, REPX_EVENT_fdb_full, &s->wire);
	note(cfg, REPX_NOTE_FDB_FULL, s->slot, REPX_PORT_NONE, &s->key);
	return 0;
}

/* Tells whoever has rules in the eswitch, which stand on where addresses are. */
static __always_inline void fdb_tell_move(const struct repx_cfg *cfg, const struct fdb_source *s,
					  __u32 from)
{
	struct repx_move move = {.key = s->key, .from = from, .to = s->slot};

	if (cfg->sample)
		bpf_ringbuf_output(&repx_moves, &move, sizeof(move), 0);
}

/* Learns an address that is not live on this port. @e: its entry, or NULL;
 * @live: it is live, on another port. */
static __always_inline int fdb_learn_new(struct repx_cfg *cfg, const struct repx_sw *sw,
					 const struct repx_port *port, struct fdb_source *s,
					 const struct repx_fdb *e, int live)
{
	struct repx_fdb fresh = {.port = s->slot, .ring = REPX_FDB_NO_RING, .seen_ns = s->now};
	__u32 from = live ? e->port : REPX_PORT_NONE;
	long place;

	if (e && e->port == s->slot)
		fresh.ring = e->ring; /* expired here: its place is its own */
	if (port->mac_limit && fresh.ring >= port->mac_limit) {
		place = fdb_take_place(s->slot, port->mac_limit, &s->key, s->now, sw->ageing_ns);
		if (place < 0) {
			note(cfg, REPX_NOTE_MAC_LIMIT, s->slot, REPX_PORT_NONE, &s->key);
			return REPX_DROP_mac_limit;
		}
		fresh.ring = place;
	}
	s->here = 1;
	if (!fdb_write(cfg, sw, s, &fresh, e != NULL))
		return REPX_LEARNT;
	if (live) {
		__sync_fetch_and_add(&cfg->epoch, 2);
		fdb_tell_move(cfg, s, from);
	}
	note(cfg, live ? REPX_NOTE_MOVED : REPX_NOTE_LEARNT, s->slot, from, &s->key);
	return REPX_LEARNT;
}

static __always_inline int fdb_admit(struct repx_cfg *cfg, struct fdb_source *s)
{
	const struct repx_port *port = port_get(s->half, s->slot);
	const struct repx_sw *sw = &cfg->sw[s->half & 1];
	struct repx_fdb *e;
	int live;

	if (!port)
		return REPX_LEARNT;
	if (host_owns(sw, s->half, s->key.vlan, s->key.mac))
		return sw->host_port == s->slot ? REPX_LEARNT : REPX_DROP_spoof_mac;
	e = bpf_map_lookup_elem(&repx_fdb, &s->key);
	trace_step(REPX_STEP_learn, e ? e->port : REPX_PORT_NONE, e != NULL);
	if (e && e->flags & REPX_FDB_STATIC) {
		s->here = e->port == s->slot;
		return s->here ? REPX_LEARNT : REPX_DROP_spoof_mac;
	}
	if (!(port->flags & REPX_PORT_LEARN) || s->nolearn)
		return REPX_LEARNT;
	live = e && !fdb_expired(e, s->now, sw->ageing_ns);
	s->here = live && e->port == s->slot;
	if (s->here) {
		if (!REPX_TRACING && s->now - e->seen_ns > FDB_REFRESH_NS)
			REPX_WRITE_ONCE(e->seen_ns, s->now);
		return REPX_LEARNT;
	}
	if (live && !fdb_may_move(cfg, port, s, e))
		return REPX_LEARNT;
	return fdb_learn_new(cfg, sw, port, s, e, live);
}

/* Rule 8. Return: REPX_LEARNT (also when there was nothing to learn), or the
 * reason to drop the frame. */
__global int fdb_learn(struct fdb_source *s)
{
	struct repx_cfg *cfg;
	__u32 zero = 0;
	int verdict;

	cfg = bpf_map_lookup_elem(&repx_cfg, &zero);
	if (!cfg || !s || !s->unknown)
		return REPX_LEARNT;
	s->now = bpf_ktime_get_coarse_ns();
	verdict = fdb_admit(cfg, s);
	if (verdict < 0 && s->here && !s->nocache)
		known_put(*(repx_word *)&s->key, s->epoch, s->slot);
	return verdict;
}

#endif
