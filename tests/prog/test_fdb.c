// SPDX-License-Identifier: GPL-2.0-only
/* test_fdb.c - rule 8, on every hook */
#include "fixtest.h"

static void by_hook(void **state, enum fix_hook hook)
{
	fixtest_table(*state, hook, &rows_fdb);
}

FIXTEST_HOOKS(FIXTEST_BODY)

/* However many places a port has, a free one is found. */
static void test_big_mac_limit(void **state)
{
	static const char yaml[] = ROW_SW
		"ports:\n" ROW_UP "- {name: l, netdev: p5, vlan: {access: 10}, mac_limit: 200}\n";
	static struct model_result result;
	struct fix *fix = *state;
	uint8_t mac[6];
	struct pkt pkt;
	char text[64];

	assert_int_equal(fix_hook(fix, FIX_TC), 0);
	assert_int_equal(fix_conf(fix, yaml), 0);
	for (int i = 1; i <= 201; i++) {
		snprintf(text, sizeof(text), "bc m%d type,0800 raw,46", i);
		pkt_text(&pkt, text);
		if (i == 201) {
			pkt_mac(mac, "m150");
			fix_fdb_del(fix, 10, mac);
		}
		assert_true(fix_run(fix, FIX_TC, fix_ifindex(fix, 1), &pkt, &result, NULL));
	}
	assert_int_equal(result.verdict, REPX_VERDICT_FLOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTEST_HOOKS(FIXTEST_UNIT) cmocka_unit_test(test_big_mac_limit),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
