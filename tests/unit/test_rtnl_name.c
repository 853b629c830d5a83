// SPDX-License-Identifier: GPL-2.0-only
/* test_rtnl_name.c - which phys_port_name is a representor's */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rtnl.h"

static void representors(void **state)
{
	(void)state;
	assert_true(rtnl_is_representor("pf0"));
	assert_true(rtnl_is_representor("pf0vf3"));
	assert_true(rtnl_is_representor("pf1sf88"));
	assert_true(rtnl_is_representor("c1pf0sf2"));
}

static void others(void **state)
{
	(void)state;
	assert_false(rtnl_is_representor(""));
	assert_false(rtnl_is_representor("p0"));
	assert_false(rtnl_is_representor("p0s1"));
	assert_false(rtnl_is_representor("p10"));
	assert_false(rtnl_is_representor("c1"));
	assert_false(rtnl_is_representor("pfx"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(representors),
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
