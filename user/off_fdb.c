// SPDX-License-Identifier: GPL-2.0-only
/* off_fdb.c - rules stand on addresses: where they are, when they move, how old they are
 *
 * Software sends a frame where its destination was learnt, and learns its source where it
 * came in. A rule may do so only while the FDB says both: the data path tells of each
 * address that moves (repx_moves), and an entry that is about to age out is looked at in
 * time. The ring may overflow; but every move also counts in repx_cfg.epoch, and when that
 * says more than the ring did, all addresses are looked at.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "off_int.h"

/* A rule goes so long before its address would age out. */
#define MARGIN_NS (3 * OFF_SECOND / 2)
#define LATER UINT64_MAX

/* --- one flow */

/* Looks at one address. *due: when it would age out, if nothing was seen of it. */
static bool lookup(struct off *off, uint16_t vlan, const uint8_t mac[6], struct repx_fdb *entry)
{
	struct repx_fdb_key key = {.vlan = vlan};

	memcpy(key.mac, mac, 6);
	return !bpf_map_lookup_elem(off->sw->obj.fdb, &key, entry);
}

/* Return: when the entry must be looked at again; 0: it is no good any more. */
static uint64_t good_until(const struct off *off, const struct repx_fdb *entry, uint64_t now)
{
	const struct bpf_obj *obj = &off->sw->obj;
	uint64_t ageing = obj->cfg_mem->sw[bpf_obj_half(obj)].ageing_ns, until;

	if (entry->flags & REPX_FDB_STATIC || !ageing)
		return LATER;
	until = entry->seen_ns + ageing - MARGIN_NS;
	return until > now ? until : 0;
}

static enum off_why check_dst(struct off *off, const struct off_flow *flow, uint64_t now,
			      uint64_t *due)
{
	struct repx_fdb entry;
	uint64_t until;

	if (flow->out == REPX_PORT_NONE)
		return OFF_FINE;
	if (!lookup(off, flow->key.vlan, flow->key.dst, &entry))
		return OFF_WHY_address;
	if (entry.port != flow->out)
		return OFF_WHY_moved;
	until = good_until(off, &entry, now);
	if (until < *due)
		*due = until;
	return until ? OFF_FINE : OFF_WHY_address;
}

/* On a port that does not learn, the source is nowhere, or at most static there. */
static enum off_why check_src(struct off *off, const struct off_flow *flow, uint64_t now,
			      uint64_t *due)
{
	const struct bpf_obj *obj = &off->sw->obj;
	const struct repx_port *in =
		&obj->ports_mem[(size_t)bpf_obj_half(obj) * obj->max_ports + flow->key.port];
	bool learns = in->flags & REPX_PORT_LEARN;
	struct repx_fdb entry;
	uint64_t until;

	if (!lookup(off, flow->key.vlan, flow->key.src, &entry))
		return learns ? OFF_WHY_address : OFF_FINE;
	if (entry.port != flow->key.port)
		return learns || entry.flags & REPX_FDB_STATIC ? OFF_WHY_moved : OFF_FINE;
	if (!learns)
		return OFF_FINE;
	until = good_until(off, &entry, now);
	if (until < *due)
		*due = until;
	return until ? OFF_FINE : OFF_WHY_address;
}

enum off_why off_fdb_check(struct off *off, struct off_flow *flow, uint64_t now)
{
	uint64_t due = LATER;
	enum off_why why = check_dst(off, flow, now, &due);

	if (!why)
		why = check_src(off, flow, now, &due);
	flow->fdb_due_ns = due;
	if (due < off->fdb_due_ns)
		off->fdb_due_ns = due;
	return why;
}

/* Not for each counting: often enough that it never looks old. */
void off_fdb_touch(struct off *off, struct off_flow *flow, uint64_t seen_ns)
{
	uint64_t ageing = off->sw->conf.ageing_ms * (OFF_SECOND / 1000);
	struct repx_touch touch = {
		.key.vlan = flow->key.vlan,
		.port = flow->key.port,
		.flags = REPX_FDB_OFFLOADED,
		.seen_ns = seen_ns,
	};

	if (!ageing || seen_ns - flow->touched_ns < ageing / 8)
		return;
	memcpy(touch.key.mac, flow->key.src, 6);
	if (bpf_obj_touch(&off->sw->obj, &touch) == 1)
		flow->touched_ns = seen_ns;
}

/* --- addresses that moved */

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct repx_fdb_key));
}

static bool was_moved(const struct off *off, uint16_t vlan, const uint8_t mac[6])
{
	struct repx_fdb_key key = {.vlan = vlan};

	memcpy(key.mac, mac, 6);
	return off->moved_len &&
	       bsearch(&key, off->moved, off->moved_len, sizeof(key), by_key) != NULL;
}

/* Whatever moved may be back: then what the rule does is right again, but frames went
 * another way in between. It goes all the same. */
static enum off_why test_moved(struct off *off, struct off_flow *flow, void *data)
{
	(void)data;
	return was_moved(off, flow->key.vlan, flow->key.src) ||
			       was_moved(off, flow->key.vlan, flow->key.dst)
		       ? OFF_WHY_moved
		       : OFF_FINE;
}

static enum off_why test_all(struct off *off, struct off_flow *flow, void *data)
{
	const uint64_t *now = data;

	return off_fdb_check(off, flow, *now);
}

static enum off_why test_due(struct off *off, struct off_flow *flow, void *data)
{
	const uint64_t *now = data;

	if (flow->fdb_due_ns <= *now)
		return off_fdb_check(off, flow, *now);
	if (flow->fdb_due_ns < off->fdb_due_ns)
		off->fdb_due_ns = flow->fdb_due_ns;
	return OFF_FINE;
}

static int on_move(void *data, void *raw, size_t size)
{
	const struct repx_move *move = raw;
	struct off *off = data;

	if (size < sizeof(*move))
		return 0;
	off->epoch += 2;
	if (off->moved_len == off->moved_size) {
		size_t more = off->moved_size ? 2 * off->moved_size : 64;
		void *keys = reallocarray(off->moved, more, sizeof(*off->moved));

		if (!keys) {
			off->epoch -= 2; /* as if it had not been told */
			return 0;
		}
		off->moved = keys;
		off->moved_size = more;
	}
	off->moved[off->moved_len++] = move->key;
	return 0;
}

/* The epoch is read first: what happens after that is in the ring, or told later. */
void off_fdb_round(struct off *off, bool all)
{
	uint64_t epoch = __atomic_load_n(&off->sw->obj.cfg_mem->epoch, __ATOMIC_ACQUIRE);
	uint64_t now = now_ns();

	ring_buffer__consume(off->moves);
	if (off->moved_len) {
		qsort(off->moved, off->moved_len, sizeof(*off->moved), by_key);
		off_take_if(off, test_moved, NULL);
		off->moved_len = 0;
	}
	/* more notes than the epoch had: they are of moves after it was read */
	if ((int64_t)(epoch - off->epoch) > 0) {
		off->epoch = epoch;
		all = true;
	}
	if (!all && now < off->fdb_due_ns)
		return;
	off->fdb_due_ns = LATER;
	off_take_if(off, all ? test_all : test_due, &now);
}

int off_fdb_open(struct off *off, struct err *err)
{
	int ret = bpf_obj_touch_load(&off->sw->obj, err);

	if (ret)
		return ret;
	off->moves = ring_buffer__new(off->sw->obj.moves, on_move, off, NULL);
	if (!off->moves)
		return err_set(err, -errno, "read the moves of '%s': %s", off->sw->name,
			       strerror(errno));
	off->epoch = __atomic_load_n(&off->sw->obj.cfg_mem->epoch, __ATOMIC_ACQUIRE);
	return 0;
}

void off_fdb_close(struct off *off)
{
	ring_buffer__free(off->moves);
	free(off->moved);
}
