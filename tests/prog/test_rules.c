// SPDX-License-Identifier: GPL-2.0-only
/* test_rules.c - rules 1 to 5 and 9 to 17, on every hook */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <stdlib.h>
#include <string.h>

#include "fixtest.h"

static void by_hook(void **state, enum fix_hook hook)
{
	fixtest_table(*state, hook, &rows_rules);
	fixtest_table(*state, hook, &rows_egress);
}

FIXTEST_HOOKS(FIXTEST_BODY)

/* What tc remembers of a flow must not let generic XDP decide, which cannot see a
 * tag beside the frame. An entry holds for one jiffy only, too short to send such a
 * frame after it for sure: so the entry itself is looked at. */
static void test_generic_cache(void **state)
{
	static struct model_result result;
	struct repx_cache *c, *all;
	struct fix *fix = *state;
	uint32_t key, kept = 0;
	int cpus = libbpf_num_possible_cpus();
	struct pkt pkt;

	all = calloc((size_t)cpus, sizeof(*all));
	assert_non_null(all);
	assert_int_equal(fix_hook(fix, FIX_LIVE_GENERIC), 0);
	assert_int_equal(fix_conf(fix, ROW_BASE), 0);
	pkt_text(&pkt, "bc m2 type,0800 raw,46");
	assert_true(fix_run(fix, FIX_LIVE_GENERIC, fix_ifindex(fix, 2), &pkt, &result, NULL));
	pkt_text(&pkt, "m2 m1 type,0800 raw,46");
	assert_true(fix_run(fix, FIX_LIVE_GENERIC, fix_ifindex(fix, 1), &pkt, &result, NULL));
	for (key = 0; key < REPX_CACHE_SLOTS; key++) {
		assert_int_equal(bpf_map_lookup_elem(fix->obj.cache, &key, all), 0);
		for (c = all; c < all + cpus; c++) {
			if (c->in_ifindex != fix_ifindex(fix, 1) || memcmp(c->dst, pkt.data, 12))
				continue;
			kept++;
			assert_int_equal(c->flags & (REPX_PORT_XMIT | REPX_PORT_XMIT_SG), 0);
		}
	}
	assert_int_not_equal(kept, 0);
	free(all);
}

/* One frame through a program as it is. Return: its action. */
static int run_raw(int prog, uint32_t ifindex, const struct pkt *pkt, bool xdp)
{
	struct xdp_md xdp_ctx = {.data_end = (uint32_t)pkt->len, .ingress_ifindex = ifindex};
	struct __sk_buff tc_ctx = {.ifindex = ifindex};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = pkt->data,
		    .data_size_in = (uint32_t)pkt->len, .repeat = 1);

	opts.ctx_in = xdp ? (void *)&xdp_ctx : (void *)&tc_ctx;
	opts.ctx_size_in = xdp ? sizeof(xdp_ctx) : sizeof(tc_ctx);
	assert_int_equal(bpf_prog_test_run_opts(prog, &opts), 0);
	return (int)opts.retval;
}

/* Right after tc has remembered a flow, generic XDP still gives all of it to tc: what
 * it would forward, and what the guard would have it drop. */
static void test_generic_gives_all(void **state)
{
	static const char yaml[] = ROW_SW
		"ports:\n" ROW_UP
		"- {name: a, netdev: p1, vlan: {access: 10}, guard: {ip: [10.0.0.1]}}\n" ROW_B;
	static struct model_result result;
	struct fix *fix = *state;
	struct pkt good, bad;
	uint32_t a;

	assert_int_equal(fix_hook(fix, FIX_TC), 0);
	for (int i = 0; i < FIX_PORTS; i++)
		fix->flags[i] |= REPX_PORT_GENERIC;
	assert_int_equal(fix_conf(fix, yaml), 0);
	a = fix_ifindex(fix, 1);
	pkt_text(&good, "bc m2 type,0800 raw,46");
	assert_true(fix_run(fix, FIX_TC, fix_ifindex(fix, 2), &good, &result, NULL));
	pkt_text(&good, "m2 m1 ip4,10.0.0.1,10.0.0.2,17 raw,26");
	pkt_text(&bad, "m2 m1 ip4,9.9.9.9,10.0.0.2,17 raw,26");
	for (int i = 0; i < 200; i++) { /* a jiffy may end in between: not 200 times */
		assert_int_equal(run_raw(fix->obj.tc_prog, a, &good, false), TC_ACT_REDIRECT);
		assert_int_equal(run_raw(fix->obj.xdp_prog, a, &bad, true), XDP_PASS);
		assert_int_equal(run_raw(fix->obj.tc_prog, a, &good, false), TC_ACT_REDIRECT);
		assert_int_equal(run_raw(fix->obj.xdp_prog, a, &good, true), XDP_PASS);
		assert_int_equal(run_raw(fix->obj.tc_prog, a, &bad, false), TC_ACT_SHOT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTEST_HOOKS(FIXTEST_UNIT) cmocka_unit_test(test_generic_cache),
		cmocka_unit_test(test_generic_gives_all),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
