// SPDX-License-Identifier: GPL-2.0-only
/* test_load.c - every program loads, and how much work the verifier had */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fixtest.h"

#define BUDGET 85000 /* verified instructions, of the million that the kernel allows: 8 ms */

/* Is this descriptor of ours a program? Then its info. */
static bool program(int fd, struct bpf_prog_info *info)
{
	char path[64], line[128];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		found |= !strncmp(line, "prog_id:", 8);
	fclose(f);
	memset(info, 0, sizeof(*info));
	return found && !bpf_obj_get_info_by_fd(fd, info, &(uint32_t){sizeof(*info)});
}

static unsigned int check_programs(void)
{
	struct bpf_prog_info info;
	unsigned int n = 0;
	DIR *dir = opendir("/proc/self/fd");

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		if (!program(atoi(e->d_name), &info))
			continue;
		n++;
		printf("%s: %u instructions verified, %u bytes translated\n", info.name,
		       info.verified_insns, info.xlated_prog_len);
		assert_in_range(info.verified_insns, 1, BUDGET);
	}
	closedir(dir);
	return n;
}

static void test_load(void **state)
{
	static const char yaml[] = ROW_BASE;
	struct fix *fix = *state;
	struct repx_trace *trace = malloc(sizeof(*trace));
	struct err err = {0};
	struct pkt pkt;

	/* the tracing copies are loaded when they are first needed */
	assert_non_null(trace);
	assert_int_equal(fix_conf(fix, yaml), 0);
	pkt_text(&pkt, "bc m1 type,0800 raw,46");
	if (bpf_obj_trace(&fix->obj, fix_ifindex(fix, 1), pkt.data, (uint32_t)pkt.len, trace, &err))
		fail_msg("%s", err.text);
	free(trace);
	assert_true(fix->obj.xdp_prog >= 0);
	assert_true(fix->obj.tc_prog >= 0);
	assert_in_range(check_programs(), 2, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
