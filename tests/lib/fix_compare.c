// SPDX-License-Identifier: GPL-2.0-only
/* fix_compare.c - the fixture: what a program did against what the model says */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <stdlib.h>
#include <string.h>

#include "fix.h"

/* The programs' clock may be the coarse one, and remember for a jiffy. */
#define CLOCK_SLACK_NS 30000000ULL

static const char *stat_name(size_t n)
{
	static const char *const name[] = {"rx_packets", "rx_bytes",  "tx_packets",
					   "tx_bytes",	 "forwarded", "flooded",
					   "to_host",	 "to_kernel", "flood_copies"};

	return name[n];
}

static bool same(int port, const char *what, uint64_t want, uint64_t got)
{
	if (want == got)
		return true;
	fprintf(stderr, "port %d: %s should grow by %llu, grew by %lld\n", port, what,
		(unsigned long long)want, (long long)got);
	return false;
}

bool fix_same_counters(const struct fix *fix, const struct model_result *want,
		       const struct model_result *got)
{
	bool ok = true;

	for (int i = 0; i < (int)fix->conf.ports_len; i++) {
		const uint64_t *w = (const uint64_t *)&want->stats[i];
		const uint64_t *g = (const uint64_t *)&got->stats[i];

		for (size_t n = 0; n < sizeof(struct repx_stats) / 8; n++)
			ok &= same(i, stat_name(n), w[n], g[n]);
		for (uint32_t n = 0; n < REPX_DROP_MAX; n++)
			ok &= same(i, model_drop_name(n), want->drops[i][n], got->drops[i][n]);
		for (uint32_t n = 0; n < REPX_EVENT_MAX; n++)
			ok &= same(i, model_event_name(n), want->events[i][n], got->events[i][n]);
	}
	return ok;
}

/* A test run shows no tag that is in metadata: the frame may lack its outer tag. */
static bool equal_but_tag(const struct pkt *full, const struct pkt *got)
{
	struct pkt less;

	if (pkt_equal(full, got))
		return true;
	if (full->len < 18)
		return false;
	less.len = full->len - 4;
	memcpy(less.data, full->data, 12);
	memcpy(less.data + 12, full->data + 16, full->len - 16);
	return pkt_equal(&less, got);
}

/* Crosses out in @done the model's copy that equals this one. */
static bool match(const struct model_result *want, bool *done, int port, const struct pkt *pkt,
		  bool hidden_tag)
{
	for (size_t i = 0; i < want->out_len; i++) {
		const struct model_copy *c = &want->out[i];

		if (done[i] || (port >= 0 && c->port != port))
			continue;
		if (!(hidden_tag ? equal_but_tag(&c->pkt, pkt) : pkt_equal(&c->pkt, pkt)))
			continue;
		done[i] = true;
		return true;
	}
	return false;
}

static bool same_copies(const struct model_result *want, const struct fix_seen *seen, bool *done)
{
	bool ok = true;

	for (size_t i = 0; i < seen->out_len; i++) {
		if (match(want, done, seen->out[i].port, &seen->out[i].pkt, false))
			continue;
		fprintf(stderr, "a frame left by port %d that should not have, or differs\n",
			seen->out[i].port);
		ok = false;
	}
	return ok;
}

static bool none_left(const struct model_result *want, const bool *done)
{
	bool ok = true;

	for (size_t i = 0; i < want->out_len; i++) {
		if (done[i])
			continue;
		fprintf(stderr, "no copy, or one that differs, left by port %d\n",
			want->out[i].port);
		ok = false;
	}
	return ok;
}

static bool untouched(const struct pkt *in, const struct pkt *got)
{
	if (equal_but_tag(in, got))
		return true;
	fprintf(stderr, "a frame for the kernel was changed\n");
	return false;
}

static bool same_retval(int want, int got)
{
	if (want == got)
		return true;
	fprintf(stderr, "the program should have returned %d, returned %d\n", want, got);
	return false;
}

/* The last copy of a test run is not sent: it is the frame that was left. */
static bool same_test_run(enum fix_hook hook, const struct pkt *in, const struct model_result *want,
			  const struct fix_seen *seen, bool *done)
{
	int redirect = hook == FIX_XDP ? XDP_REDIRECT : TC_ACT_REDIRECT;
	int drop = hook == FIX_XDP ? XDP_DROP : TC_ACT_SHOT;
	bool ok;

	if (want->verdict == REPX_VERDICT_KERNEL)
		return same_retval(TC_ACT_UNSPEC, seen->retval) & untouched(in, &seen->frame);
	if (want->kernel_copy)
		return same_retval(TC_ACT_OK, seen->retval) & untouched(in, &seen->frame);
	if (want->verdict == REPX_VERDICT_DROP || !want->out_len)
		return same_retval(drop, seen->retval);
	if (seen->retval == drop && seen->out_len == want->out_len)
		return true;
	ok = same_retval(redirect, seen->retval);
	if (!match(want, done, -1, &seen->frame, hook == FIX_TC)) {
		fprintf(stderr, "the frame that was left is not the last copy\n");
		ok = false;
	}
	return ok;
}

bool fix_same_frames(const struct fix *fix, enum fix_hook hook, const struct pkt *in,
		     const struct model_result *want, const struct fix_seen *seen)
{
	bool done[MODEL_PORTS] = {false}, ok;

	(void)fix;
	ok = same_copies(want, seen, done);
	if (!fix_live(hook))
		ok &= same_test_run(hook, in, want, seen, done);
	return none_left(want, done) && ok;
}

struct fdb_walk {
	struct fix *fix;
	bool found[MODEL_FDB];
	bool ok;
};

static int fdb_entry(const struct repx_fdb_key *key, const struct repx_fdb *e, void *data)
{
	struct fdb_walk *w = data;
	struct model_fdb *m = model_fdb_find(&w->fix->model, key->vlan, key->mac);

	if (!m) {
		fprintf(stderr, "the FDB has VLAN %u %02x:..:%02x, the model has not\n", key->vlan,
			key->mac[0], key->mac[5]);
		w->ok = false;
		return 0;
	}
	w->found[m - w->fix->model.fdb] = true;
	if (e->port != w->fix->image[m->port].slot ||
	    !!(e->flags & REPX_FDB_STATIC) != m->is_static) {
		fprintf(stderr,
			"FDB VLAN %u %02x:..:%02x: slot %u flags %u, should be port %d"
			" (slot %u) static %d\n",
			key->vlan, key->mac[0], key->mac[5], e->port, e->flags, m->port,
			w->fix->image[m->port].slot, m->is_static);
		w->ok = false;
	}
	if (!m->is_static && (e->seen_ns + CLOCK_SLACK_NS < m->seen ||
			      e->seen_ns > (m->seen < w->fix->t0 ? m->seen : w->fix->t1))) {
		fprintf(stderr, "FDB VLAN %u %02x:..:%02x: seen %lld ns from where it should be\n",
			key->vlan, key->mac[0], key->mac[5], (long long)(e->seen_ns - m->seen));
		w->ok = false;
	}
	m->seen = e->seen_ns;
	return 0;
}

static bool expired(const struct fix *fix, const struct model_fdb *e)
{
	uint64_t ageing = fix->conf.ageing_ms * 1000000;

	return !e->is_static && ageing && fix->t1 - e->seen > ageing;
}

/* An expired entry may be there or not: it is a miss either way. */
bool fix_same_fdb(struct fix *fix)
{
	struct model *m = &fix->model;
	struct fdb_walk w = {.fix = fix, .ok = true};

	if (bpf_obj_fdb_walk(&fix->obj, fdb_entry, &w))
		return false;
	for (size_t i = m->fdb_len; i-- > 0;) {
		if (w.found[i])
			continue;
		if (!expired(fix, &m->fdb[i])) {
			fprintf(stderr, "the model has VLAN %u %02x:..:%02x, the FDB has not\n",
				m->fdb[i].vlan, m->fdb[i].mac[0], m->fdb[i].mac[5]);
			w.ok = false;
		}
		m->fdb[i] = m->fdb[--m->fdb_len];
	}
	return w.ok;
}

/* The programs keep when the debt is over: a burst before the bucket is full.
 * The model charged at t0, the program somewhere until t1, to its own rounding. */
static bool same_bucket(struct fix *fix, int port, int id)
{
	const struct repx_state *s = &fix->obj.state_mem[fix->image[port].slot];
	double got = (double)s->tat[id] / (1 << REPX_TICKS_SHIFT) +
		     model_burst(&fix->model, port, (enum repx_limit_id)id);
	double *want = &fix->model.full_at[port][id];
	double slack = (double)(fix->t1 - fix->t0) + (double)CLOCK_SLACK_NS +
		       model_cost(&fix->model, port, (enum repx_limit_id)id, 1) / 1000;

	if (model_cost(&fix->model, port, (enum repx_limit_id)id, 1) <= 0)
		return true;
	if ((got - *want > slack || *want - got > slack) &&
	    (got > (double)fix->t0 || *want > (double)fix->t0)) {
		fprintf(stderr, "port %d: bucket %d is full at %.0f ns, should be %.0f (%+.0f)\n",
			port, id, got, *want, got - *want);
		return false;
	}
	*want = got;
	return true;
}

bool fix_same_buckets(struct fix *fix)
{
	bool ok = true;

	for (int i = 0; i < (int)fix->conf.ports_len; i++)
		for (int id = 0; id < REPX_LIMIT_MAX; id++)
			ok &= same_bucket(fix, i, id);
	return ok;
}

void fix_print_result(const struct fix *fix, const char *what, const struct model_result *r)
{
	fprintf(stderr, "%s: %s%s%s, VLAN %d, %zu copies%s:", what, model_verdict_name(r->verdict),
		r->verdict == REPX_VERDICT_DROP ? " " : "",
		r->verdict == REPX_VERDICT_DROP ? model_drop_name(r->reason) : "", r->vlan,
		r->out_len, r->kernel_copy ? " and one for the kernel" : "");
	for (size_t i = 0; i < r->out_len; i++)
		fprintf(stderr, " %s", fix->conf.ports[r->out[i].port].name);
	for (int i = 0; i < (int)fix->conf.ports_len; i++)
		for (uint32_t n = 0; n < REPX_EVENT_MAX; n++)
			if (r->events[i][n])
				fprintf(stderr, " %s@%s", model_event_name(n),
					fix->conf.ports[i].name);
	fprintf(stderr, "\n");
}
