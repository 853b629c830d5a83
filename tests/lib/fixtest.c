// SPDX-License-Identifier: GPL-2.0-only
/* fixtest.c - what every test binary with a fixture begins and ends with */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixtest.h"

#define SKIP 4

int fixtest_setup(void **state)
{
	static struct fix fix;

	if (fix_open(&fix))
		return -1;
	*state = &fix;
	return 0;
}

int fixtest_teardown(void **state)
{
	if (*state)
		fix_close(*state);
	return 0;
}

void fixtest_need_root(void)
{
	if (!geteuid())
		return;
	printf("SKIP: needs root to load BPF programs\n");
	exit(SKIP);
}

void fixtest_table(struct fix *fix, enum fix_hook hook, const struct row_table *table)
{
	int err = fix_hook(fix, hook);

	if (err)
		fail_msg("%s: %s", fix_hook_name(hook), strerror(-err));
	assert_int_equal(row_check_table(fix, hook, table), 0);
}

void fixtest_send(struct fix *fix, enum fix_hook hook, const char *port, const char *frame)
{
	static struct model_result want;
	struct pkt pkt;

	pkt_text(&pkt, frame);
	assert_true(fix_run(fix, hook, fix_ifindex(fix, model_port(&fix->model, port)), &pkt, &want,
			    NULL));
}
