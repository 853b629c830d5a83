// SPDX-License-Identifier: GPL-2.0-only
/* test_trace.c - the tracing programs say what would happen, and do nothing */
#include "fixtest.h"

static void test_rows(void **state)
{
	int failed = 0;

	for (const struct row_table *const *t = rows_all; *t; t++)
		for (size_t i = 0; i < (*t)->len; i++)
			failed += !row_check_trace(*state, &(*t)->rows[i]);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
