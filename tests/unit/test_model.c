// SPDX-License-Identifier: GPL-2.0-only
/* test_model.c - the reference model against what the tables say by hand */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "rows.h"

static int setup(void **state)
{
	static struct fix fix;

	fix_open_offline(&fix);
	*state = &fix;
	return 0;
}

static int teardown(void **state)
{
	fix_close(*state);
	return 0;
}

static void test_tables(void **state)
{
	int failed = 0;

	for (const struct row_table *const *t = rows_all; *t; t++)
		failed += row_check_table(*state, FIX_TC, *t);
	assert_int_equal(failed, 0);
}

/* Over ten seconds a bucket lets through its rate, within 5 %, after the burst. */
static void test_bucket_rate(void **state)
{
	static const char yaml[] =
		ROW_SW "ports:\n" ROW_A
		       "- {name: l, netdev: p5, vlan: {access: 10}, rate: {rx: 80mbit}}\n";
	static struct model_result result;
	struct fix *fix = *state;
	uint64_t start, bytes = 0;
	struct pkt pkt;
	int port;

	assert_int_equal(fix_conf(fix, yaml), 0);
	port = model_port(&fix->model, "l");
	pkt_text(&pkt, "bc m1 type,0800 raw,986");
	start = fix->model.now;
	for (uint64_t t = 0; t < 11000000; t += 50) {
		fix->model.now = start + t * 1000;
		model_run(&fix->model, fix_ifindex(fix, port), &pkt, &result);
		if (result.verdict == REPX_VERDICT_FLOOD && t >= 1000000)
			bytes += pkt.len;
	}
	assert_in_range(bytes, 95000000, 105000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tables, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bucket_rate, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
