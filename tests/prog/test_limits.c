// SPDX-License-Identifier: GPL-2.0-only
/* test_limits.c - rules 7 and 15, on every hook */
#include "fixtest.h"

static void by_hook(void **state, enum fix_hook hook)
{
	fixtest_table(*state, hook, &rows_limits);
}

static void test_xdp(void **state)
{
	by_hook(state, FIX_XDP);
}

static void test_tc(void **state)
{
	by_hook(state, FIX_TC);
}

static void test_live_tcx(void **state)
{
	by_hook(state, FIX_LIVE_TCX);
}

static void test_live_xdp(void **state)
{
	by_hook(state, FIX_LIVE_XDP);
}

static void test_live_tag(void **state)
{
	by_hook(state, FIX_LIVE_TAG);
}

static void test_live_generic(void **state)
{
	by_hook(state, FIX_LIVE_GENERIC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xdp),	 cmocka_unit_test(test_tc),
		cmocka_unit_test(test_live_tcx), cmocka_unit_test(test_live_xdp),
		cmocka_unit_test(test_live_tag), cmocka_unit_test(test_live_generic),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
