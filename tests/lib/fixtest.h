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

/* cmocka fixtures: *state is a struct fix */
int fixtest_setup(void **state);
int fixtest_teardown(void **state);
/* Exits with 4 and the reason where BPF programs cannot be loaded. */
void fixtest_need_root(void);
/* Every row of the table by one hook; fails the test if any fails. */
void fixtest_table(struct fix *fix, enum fix_hook hook, const struct row_table *table);

#endif
