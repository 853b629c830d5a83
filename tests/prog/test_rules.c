// SPDX-License-Identifier: GPL-2.0-only
/* test_rules.c - rules 1 to 5 and 9 to 17, on every hook */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTEST_HOOKS(FIXTEST_UNIT) cmocka_unit_test(test_generic_cache),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
