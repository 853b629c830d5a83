// SPDX-License-Identifier: GPL-2.0-only
/* fix_trace.c - the fixture: the tracing programs against the model */
#include <stdlib.h>
#include <string.h>

#include "fix.h"
#include "util.h"

static const struct repx_trace_out *find_out(const struct repx_trace *t, uint32_t slot)
{
	for (uint32_t i = 0; i < t->out_len && i < REPX_MAX_PORTS; i++)
		if (t->out[i].port == slot)
			return &t->out[i];
	return NULL;
}

/* The frame as the trace says it leaves. */
static void traced_frame(const struct repx_trace *t, const struct repx_trace_out *out,
			 const struct pkt *in, struct pkt *frame)
{
	size_t skip = 12 + (t->strip ? 4 : 0);

	pkt_macs(frame, in->data, in->data + 6);
	if (out->tpid)
		pkt_tag(frame, out->tpid, out->tci);
	pkt_put(frame, in->data + skip, in->len - skip);
}

static bool same_outputs(const struct fix *fix, const struct repx_trace *t, const struct pkt *in,
			 const struct model_result *want)
{
	struct pkt frame;
	bool ok = true;

	if (t->out_len != want->out_len) {
		fprintf(stderr, "trace: %u outputs, should be %zu\n", t->out_len, want->out_len);
		return false;
	}
	for (size_t i = 0; i < want->out_len; i++) {
		const struct model_copy *c = &want->out[i];
		const struct repx_trace_out *out = find_out(t, fix->image[c->port].slot);

		if (!out) {
			fprintf(stderr, "trace: no output by port %d\n", c->port);
			ok = false;
			continue;
		}
		traced_frame(t, out, in, &frame);
		if (!pkt_equal(&frame, &c->pkt)) {
			fprintf(stderr, "trace: output by port %d differs\n", c->port);
			pkt_dump(stderr, "  is", &frame);
			pkt_dump(stderr, "  should be", &c->pkt);
			ok = false;
		}
	}
	return ok;
}

static bool same_verdict(const struct repx_trace *t, const struct model_result *want)
{
	bool drop = want->verdict == REPX_VERDICT_DROP;

	if (t->verdict == want->verdict && (!drop || t->reason == want->reason) &&
	    (!want->counted || !!t->kernel_copy == want->kernel_copy))
		return true;
	fprintf(stderr, "trace: verdict %s %s kernel copy %u, should be %s %s %d\n",
		model_verdict_name(t->verdict), model_drop_name(t->reason), t->kernel_copy,
		model_verdict_name(want->verdict), drop ? model_drop_name(want->reason) : "",
		want->kernel_copy);
	return false;
}

struct world {
	struct repx_fdb fdb[FIX_FDB * 2];
	struct repx_state state[FIX_MAX_PORTS];
	size_t fdb_len;
};

static int remember(const struct repx_fdb_key *key, const struct repx_fdb *e, void *data)
{
	struct world *w = data;

	(void)key;
	if (w->fdb_len < FIX_FDB * 2)
		w->fdb[w->fdb_len++] = *e;
	return 0;
}

static void look(struct fix *fix, struct world *w)
{
	memset(w, 0, sizeof(*w));
	bpf_obj_fdb_walk(&fix->obj, remember, w);
	memcpy(w->state, fix->obj.state_mem, sizeof(w->state));
}

static bool same_world(struct fix *fix, const struct world *before)
{
	static const struct model_result nothing;
	static struct model_result delta;
	static struct world after;

	look(fix, &after);
	fix_count(fix, &delta);
	if (memcmp(before, &after, sizeof(after))) {
		fprintf(stderr, "trace: changed an FDB entry or the state of a port\n");
		return false;
	}
	return fix_same_counters(fix, &nothing, &delta);
}

bool fix_trace(struct fix *fix, uint32_t ifindex, const struct pkt *in, struct model_result *want)
{
	static struct model copy;
	static struct world before;
	static struct repx_trace trace;
	struct err err = {0};
	bool ok;

	fix->model.now = now_ns();
	copy = fix->model;
	model_run(&copy, ifindex, in, want);
	look(fix, &before);
	if (bpf_obj_trace(&fix->obj, ifindex, in->data, (uint32_t)in->len, &trace, &err)) {
		fprintf(stderr, "trace: %s\n", err.text);
		return false;
	}
	ok = same_verdict(&trace, want);
	ok &= same_outputs(fix, &trace, in, want);
	ok &= same_world(fix, &before);
	if (!ok) {
		pkt_dump(stderr, "frame", in);
		fix_print_result(fix, "model", want);
	}
	return ok;
}
