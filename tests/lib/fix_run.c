// SPDX-License-Identifier: GPL-2.0-only
/* fix_run.c - the fixture: one frame through a hook */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/pkt_cls.h>
#include <stdlib.h>
#include <string.h>

#include "fix.h"
#include "util.h"

#define WAIT_MS 500
#define TC_RUN_MAX 3500

static int test_run(int prog, void *ctx, uint32_t ctx_size, const struct pkt *in,
		    struct fix_seen *seen)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in->data, .data_size_in = (uint32_t)in->len,
		    .data_out = seen->frame.data, .data_size_out = PKT_MAX, .ctx_in = ctx,
		    .ctx_size_in = ctx_size, .repeat = 1);

	if (bpf_prog_test_run_opts(prog, &opts))
		return -errno;
	seen->frame.len = opts.data_size_out;
	seen->retval = (int)opts.retval;
	return 0;
}

static int run_xdp(struct fix *fix, uint32_t ifindex, const struct pkt *in, struct fix_seen *seen)
{
	struct xdp_md ctx = {.data_end = (uint32_t)in->len, .ingress_ifindex = ifindex};

	return test_run(fix->obj.xdp_prog, &ctx, sizeof(ctx), in, seen);
}

static int run_tc(struct fix *fix, uint32_t ifindex, const struct pkt *in, struct fix_seen *seen)
{
	struct __sk_buff ctx = {
		.ifindex = ifindex, .ingress_ifindex = ifindex, .mark = fix->model.mark};

	return test_run(fix->obj.tc_prog, &ctx, sizeof(ctx), in, seen);
}

static int run_live(struct fix *fix, uint32_t ifindex, const struct pkt *in)
{
	for (int i = 0; i < FIX_PORTS; i++)
		if (fix->net.ifindex[i] == ifindex)
			return fix_net_send(&fix->net, i, in);
	return -ENODEV;
}

static int port_of_veth(const struct fix *fix, int veth)
{
	for (int i = 0; i < (int)fix->conf.ports_len; i++)
		if (fix->veth[i] == veth)
			return i;
	return MODEL_NONE;
}

/* Reads the copies that arrived, waiting only while @want are not there yet. */
static void collect(struct fix *fix, size_t want, struct fix_seen *seen)
{
	uint64_t end = now_ns() + WAIT_MS * 1000000ULL;

	seen->out_len = 0;
	while (seen->out_len < FIX_PORTS * 2) {
		bool wait = seen->out_len < want && now_ns() < end;
		struct model_copy *c = &seen->out[seen->out_len];
		int veth = fix_net_receive(&fix->net, &c->pkt, wait ? 20 : 0);

		if (veth >= 0) {
			c->port = port_of_veth(fix, veth);
			seen->out_len++;
		} else if (!wait) {
			break;
		}
	}
}

/* A live frame is done when the program has counted it. */
static void wait_counted(struct fix *fix, const struct model_result *want, struct fix_seen *seen)
{
	uint64_t end = now_ns() + WAIT_MS * 1000000ULL;

	do
		fix_count(fix, &seen->counted);
	while (!seen->counted.stats[want->in].rx_packets && now_ns() < end);
}

bool fix_see(struct fix *fix, enum fix_hook hook, uint32_t ifindex, const struct pkt *in,
	     const struct model_result *want, struct fix_seen *seen)
{
	size_t copies = fix_live(hook) ? want->out_len : want->out_len - 1;
	int err;

	if (hook == FIX_XDP)
		err = run_xdp(fix, ifindex, in, seen);
	else if (hook == FIX_TC)
		err = run_tc(fix, ifindex, in, seen);
	else
		err = run_live(fix, ifindex, in);
	if (err) {
		fprintf(stderr, "%s refused a frame of %zu bytes: %s\n", fix_hook_name(hook),
			in->len, strerror(-err));
		return false;
	}
	if (fix_live(hook))
		wait_counted(fix, want, seen);
	else
		fix_count(fix, &seen->counted);
	fix->t1 = now_ns();
	if (hook == FIX_XDP || !want->out_len)
		copies = 0;
	collect(fix, copies, seen);
	return true;
}

bool fix_can(enum fix_hook hook, const struct pkt *in)
{
	unsigned int type = pkt_get16(in, 12);
	bool tagged = type == PKT_8021Q || type == PKT_8021AD;

	if (hook == FIX_XDP)
		return in->len >= 14;
	if (in->len < (tagged ? 24 : 16))
		return false;
	if (fix_live(hook))
		return true;
	return in->len <= TC_RUN_MAX && !(type == 0x0800 && in->len < 34) &&
	       !(type == 0x86dd && in->len < 54);
}

/* What XDP must not leave to tc: what rules 1 to 6 drop, and known unicast to
 * ports that take redirects, whether it is forwarded or dropped by the limits
 * and the learning before. */
static bool xdp_must(const struct fix *fix, const struct model_result *want)
{
	bool drop = want->verdict == REPX_VERDICT_DROP;

	if (want->early)
		return drop;
	if (want->known == MODEL_NONE || !(fix->flags[fix->veth[want->known]] & REPX_PORT_XMIT))
		return false;
	switch (drop ? want->reason : 0) {
	case REPX_DROP_rate:
		return want->drops[want->in][REPX_DROP_rate];
	case REPX_DROP_storm:
	case REPX_DROP_spoof_mac:
	case REPX_DROP_mac_limit:
		return true;
	default:
		return want->verdict == REPX_VERDICT_FORWARD;
	}
}

static bool xdp_left_it(const struct fix *fix, const struct pkt *in,
			const struct model_result *want, const struct fix_seen *seen)
{
	static const struct model_result nothing;
	bool ok = fix_same_counters(fix, &nothing, &seen->counted);

	if (!pkt_equal(in, &seen->frame)) {
		fprintf(stderr, "XDP changed a frame that it left to tc\n");
		ok = false;
	}
	if (xdp_must(fix, want)) {
		fprintf(stderr, "XDP left to tc a frame that it must finish\n");
		ok = false;
	}
	return ok;
}

static bool compare(struct fix *fix, enum fix_hook hook, const struct pkt *in,
		    const struct model_result *want, const struct fix_seen *seen)
{
	bool ok = fix_same_frames(fix, hook, in, want, seen);

	if (!fix_same_counters(fix, want, &seen->counted))
		ok = false;
	if (!fix_same_fdb(fix))
		ok = false;
	return fix_same_buckets(fix) && ok;
}

static void explain(const struct fix *fix, enum fix_hook hook, uint32_t ifindex,
		    const struct pkt *in, const struct model_result *want,
		    const struct fix_seen *seen)
{
	fprintf(stderr, "%s, ingress port %d (ifindex %u), mark 0x%x, retval %d\n",
		fix_hook_name(hook), want->in, ifindex, fix->model.mark, seen->retval);
	pkt_dump(stderr, "frame", in);
	fix_print_result(fix, "model", want);
	for (size_t i = 0; i < fix->conf.ports_len; i++)
		fprintf(stderr, "  port %zu: flags 0x%x MTU %u\n", i, fix->image[i].flags,
			fix->image[i].mtu);
	for (size_t i = 0; i < want->out_len; i++)
		pkt_dump(stderr, "  copy", &want->out[i].pkt);
	fprintf(stderr, "program: %zu copies seen\n", seen->out_len);
	for (size_t i = 0; i < seen->out_len; i++) {
		fprintf(stderr, "  port %d", seen->out[i].port);
		pkt_dump(stderr, "", &seen->out[i].pkt);
	}
	if (!fix_live(hook))
		pkt_dump(stderr, "  frame left", &seen->frame);
}

/* Lets another generation of repx_where begin at once where one is over, as it is after each
 * change of a table: a test changes too much for it to be in use otherwise. */
static void hurry_where(const struct fix *fix)
{
	uint32_t last = 1U << bpf_obj_sizes(&fix->obj).where_bits;
	struct repx_where row;
	struct repx_where_head *head = (struct repx_where_head *)&row;

	if (bpf_map_lookup_elem(fix->obj.where, &last, &row))
		return;
	head->next_ns = 0;
	bpf_map_update_elem(fix->obj.where, &last, &row, BPF_EXIST);
}

bool fix_run(struct fix *fix, enum fix_hook hook, uint32_t ifindex, const struct pkt *in,
	     struct model_result *want, bool *finished)
{
	static struct model before;
	static struct fix_seen seen;
	bool left, ok;

	before = fix->model;
	seen.retval = 0;
	fix->t0 = now_ns();
	fix->model.now = fix->t0;
	model_run(&fix->model, ifindex, in, want);
	if (fix->offline)
		return true;
	hurry_where(fix);
	ok = fix_see(fix, hook, ifindex, in, want, &seen);
	left = ok && hook == FIX_XDP && seen.retval == XDP_PASS;
	if (left) {
		fix->model = before;
		ok = xdp_left_it(fix, in, want, &seen) && fix_same_fdb(fix) &&
		     fix_same_buckets(fix);
	} else if (ok) {
		ok = compare(fix, hook, in, want, &seen);
	}
	if (finished)
		*finished = !left;
	if (!ok)
		explain(fix, hook, ifindex, in, want, &seen);
	return ok;
}
