/* SPDX-License-Identifier: GPL-2.0-only */
/* fixtest.h - what every test binary with a fixture begins and ends with */
#ifndef REPX_TEST_FIXTEST_H
#define REPX_TEST_FIXTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rows.h"

/* The same test on every hook. Where by_hook(void **state, enum fix_hook) is the
 * test, FIXTEST_HOOKS(FIXTEST_BODY) makes a cmocka test for each hook, and
 * FIXTEST_HOOKS(FIXTEST_UNIT) stands for all of them in the list of tests. */
#define FIXTEST_HOOKS(X)                  \
	X(xdp, FIX_XDP)                   \
	X(tc, FIX_TC)                     \
	X(live_tcx, FIX_LIVE_TCX)         \
	X(live_xdp, FIX_LIVE_XDP)         \
	X(live_tag, FIX_LIVE_TAG)         \
	X(live_generic, FIX_LIVE_GENERIC) \
	X(live_generic_tag, FIX_LIVE_GENERIC_TAG)
#define FIXTEST_BODY(name, hook)              \
	static void test_##name(void **state) \
	{                                     \
		by_hook(state, hook);         \
	}
#define FIXTEST_UNIT(name, hook) cmocka_unit_test(test_##name),

/* Or on one hook of each kind, where @name is such a test: test_@name_tc and test_@name_live. */
#define FIXTEST_BOTH(name)                           \
	static void test_##name##_tc(void **state)   \
	{                                            \
		name(state, FIX_TC);                 \
	}                                            \
	static void test_##name##_live(void **state) \
	{                                            \
		name(state, FIX_LIVE_XDP);           \
	}

/* cmocka fixtures: *state is a struct fix */
int fixtest_setup(void **state);
int fixtest_teardown(void **state);
/* Exits with 4 and the reason where BPF programs cannot be loaded. */
void fixtest_need_root(void);
/* Every row of the table by one hook; fails the test if any fails. */
void fixtest_table(struct fix *fix, enum fix_hook hook, const struct row_table *table);

/* A frame of pkt_text() into a port; what comes of it is what the model says. */
void fixtest_send(struct fix *fix, enum fix_hook hook, const char *port, const char *frame);

#endif
