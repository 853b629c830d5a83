// SPDX-License-Identifier: GPL-2.0-only
/* test_cmd_check.c - what `repx check` prints, where, and its exit code */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cmd_check.h"

static char out[2][4096]; /* what came on stdout and stderr */

/* Runs the command with both outputs in files. Return: its exit code. */
static int run(const char *path, bool json)
{
	FILE *file[2] = {tmpfile(), tmpfile()};
	int saved[2] = {dup(1), dup(2)}, ret;

	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 2; i++)
		dup2(fileno(file[i]), i + 1);
	ret = cmd_check(path, json);
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
		rewind(file[i]);
		out[i][fread(out[i], 1, sizeof(out[i]) - 1, file[i])] = 0;
		fclose(file[i]);
	}
	return ret;
}

static char path[] = "/tmp/repx-test-check-XXXXXX";

static void write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_right(void **state)
{
	(void)state;
	write_file("ports: [{name: a, netdev: b, vlan: {access: 1}}]\n");
	assert_int_equal(run(path, false), 0);
	assert_string_equal(out[0], "");
	assert_string_equal(out[1], "");
	assert_int_equal(run(path, true), 0);
	assert_string_equal(out[0], "[]\n");
	assert_string_equal(out[1], "");
}

static void test_warned(void **state)
{
	(void)state;
	write_file("switch: {attach: xdp-generic}\n");
	assert_int_equal(run(path, true), 0);
	assert_string_equal(out[0], "[]\n");
	assert_non_null(strstr(out[1], "repx: switch 'repx0': attach: xdp-generic is for tests"));
}

static void test_wrong(void **state)
{
	char want[512];

	(void)state;
	write_file("ports:\n- {name: a, netdev: b, vlan: {access: 5000}, pcp: 9}\n");
	assert_int_equal(run(path, false), 1);
	assert_string_equal(out[0], "");
	snprintf(want, sizeof(want),
		 "%s:2:39: port 'a': vlan.access: 5000 is not a VID (1-4094)\n"
		 "%s:2:51: port 'a': pcp: 9 is not a number from 0 to 7\n",
		 path, path);
	assert_string_equal(out[1], want);
	assert_int_equal(run(path, true), 1);
	snprintf(
		want, sizeof(want),
		"[{\"file\":\"%s\",\"line\":2,\"col\":39,\"text\":\"port 'a': vlan.access: 5000 is "
		"not a VID (1-4094)\"},{\"file\":\"%s\",\"line\":2,\"col\":51,\"text\":\"port 'a': "
		"pcp: 9 is not a number from 0 to 7\"}]\n",
		path, path);
	assert_string_equal(out[0], want);
	assert_string_equal(out[1], "");
}

static void test_no_file(void **state)
{
	(void)state;
	assert_int_equal(run("/nowhere/x.yaml", false), 1);
	assert_string_equal(out[0], "");
	assert_string_equal(out[1], "repx: reading '/nowhere/x.yaml': No such file or directory\n");
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	unsetenv("JOURNAL_STREAM");
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_warned),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests_name("cmd_check", tests, make_file, remove_file);
}
