// SPDX-License-Identifier: GPL-2.0-only
/* test_limits.c - rules 7 and 15, on every hook */
#include "fixtest.h"

static void by_hook(void **state, enum fix_hook hook)
{
	fixtest_table(*state, hook, &rows_limits);
}

FIXTEST_HOOKS(FIXTEST_BODY)

int main(void)
{
	const struct CMUnitTest tests[] = {FIXTEST_HOOKS(FIXTEST_UNIT)};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
