// SPDX-License-Identifier: GPL-2.0-only
/* test_sw_fail.c - the engine when things go wrong: every step fails once, the
 * process is killed at many of them, the host changes at random
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "step.h"
#include "swhost.h"
#include "util.h"

#define HEAD "version: 1\nswitch: {name: sw0, max_ports: 16, fdb: {size: 1024}"
#define HOST ", host: {netdev: h0, vlan: {access: 10}}"

/* Two confs that differ in as many ways as a change knows. */
static const char conf_a[] =
	HEAD "}\nports:\n"
	     "  - {name: up, netdev: a0, role: uplink}\n"
	     "  - {name: p1, netdev: a1, vlan: {access: 10}, guard: {mac: [02:00:00:00:00:01], ip: "
	     "[10.0.0.1]}}\n"
	     "  - {name: p2, netdev: a2, vlan: {trunk: [10, 20]}, attach: clsact}\n"
	     "fdb:\n"
	     "  - {mac: 02:00:00:00:00:07, vlan: 10, port: p1}\n"
	     "  - {mac: 02:00:00:00:00:08, vlan: 10, port: p2}\n";
static const char conf_b[] = HEAD HOST
	", unknown: drop}\nports:\n"
	"  - {name: p1, netdev: a1, vlan: {access: 10}, mac_limit: 2, attach: xdp, guard: "
	"{mac: [02:00:00:00:00:02]}}\n"
	"  - {name: p2, netdev: a2, vlan: {trunk: [10]}, attach: tcx}\n"
	"  - {name: p3, netdev: a3, role: uplink, vlan: {trunk: all}}\n"
	"fdb:\n"
	"  - {mac: 02:00:00:00:00:07, vlan: 10, port: p2}\n"
	"  - {mac: 02:00:00:00:00:09, vlan: 10, port: p2}\n";

static int step_count, step_stop;
static bool step_kill;
static char step_name[80];

static int stop_hook(const char *name, bool undo)
{
	if (undo || ++step_count != step_stop)
		return 0;
	str_copy(step_name, sizeof(step_name), name);
	if (step_kill)
		kill(getpid(), SIGKILL);
	return -EIO;
}

static int setup(void **state)
{
	(void)state;
	swhost_veths(0, 4);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	step_hook = NULL;
	swhost_any_slot = false;
	swhost_down();
	swhost_run("for i in 0 1 2 3 4 5 6 7; do ip link del a$i 2>/dev/null; done; true");
	return 0;
}

static void must(int ret, const char *what)
{
	if (ret)
		fail_msg("%s: %s", what, swhost_err.text);
}

static void learn(void)
{
	struct repx_fdb entry = {.ring = REPX_FDB_NO_RING, .seen_ns = now_ns()};
	struct repx_fdb_key key = {.vlan = 10, .mac = {2, 0, 0, 0, 1, 0}};
	struct sw sw;

	if (sw_open(&sw, SWHOST_ROOT, "sw0", SW_READ, NULL))
		return;
	for (size_t i = 0; i < sw.conf.ports_len; i++) {
		key.mac[5] = (uint8_t)i;
		entry.port = sw.ports[i].slot;
		bpf_map_update_elem(sw.obj.fdb, &key, &entry, BPF_ANY);
	}
	sw_close(&sw);
}

/* From a host with @from (NULL: none), @to fails at each step. */
static void fail_everywhere(const char *from, const char *to)
{
	char *before, *after;
	int steps;

	if (from)
		must(swhost_apply(from, NULL), "apply");
	learn();
	before = swhost_look(true);
	for (steps = 1;; steps++) {
		int ret;

		step_count = 0;
		step_stop = steps;
		step_hook = stop_hook;
		ret = swhost_apply(to, NULL);
		step_hook = NULL;
		if (!ret)
			break;
		if (ret != -EIO)
			fail_msg("step %d '%s': %d %s", steps, step_name, ret, swhost_err.text);
		after = swhost_look(true);
		if (strcmp(before, after))
			print_message("failed at step %d '%s'\n", steps, step_name);
		swhost_same(before, after);
		free(after);
	}
	print_message("%d steps, each failed once\n", steps - 1);
	assert_true(steps > 5);
	free(before);
}

static void fail_first(void **state)
{
	(void)state;
	fail_everywhere(NULL, conf_b);
}

static void fail_change(void **state)
{
	(void)state;
	fail_everywhere(conf_a, conf_b);
}

static void fail_change_back(void **state)
{
	(void)state;
	fail_everywhere(conf_b, conf_a);
}

/* Return: it was killed. */
static bool killed_apply(const char *yaml, int at)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		step_count = 0;
		step_stop = at;
		step_kill = true;
		step_hook = stop_hook;
		_exit(swhost_apply(yaml, NULL) ? 1 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return true;
	assert_int_equal(WEXITSTATUS(status), 0);
	return false;
}

static void settle(const char *yaml, const char *looks, int at, const char *what)
{
	char *after;
	int n = -1;

	must(swhost_apply(yaml, NULL), what);
	must(swhost_apply(yaml, &n), "apply again");
	assert_int_equal(n, 0);
	after = swhost_look(true);
	if (strcmp(looks, after))
		print_message("%s after being killed at step %d\n", what, at);
	swhost_same(looks, after);
	free(after);
}

/* Killed on the way from @from to @to: both then can be reached, and down. */
static void kill_everywhere(const char *from, const char *to)
{
	char *none = swhost_look(false), *at_from = NULL, *after;
	int at, times = 0;

	swhost_any_slot = true;
	if (from) {
		must(swhost_apply(from, NULL), "apply");
		at_from = swhost_look(true);
	}
	for (at = 1;; at += at < 7 ? 1 : 3, times++) {
		if (!killed_apply(to, at))
			break;
		if (at % 2 && from) {
			settle(from, at_from, at, "the former conf");
		} else if (at % 2) {
			int ret = swhost_down();

			must(at == 1 && ret == -ENOENT ? 0 : ret, "down");
			after = swhost_look(false);
			swhost_same(none, after);
			free(after);
		} else {
			must(swhost_apply(to, NULL), "the new conf");
			must(swhost_down(), "down");
			after = swhost_look(false);
			if (strcmp(none, after))
				print_message("down after being killed at step %d\n", at);
			swhost_same(none, after);
			free(after);
			if (from)
				must(swhost_apply(from, NULL), "apply");
		}
	}
	print_message("killed %d times\n", times);
	assert_true(times > 2);
	must(swhost_down(), "down");
	after = swhost_look(false);
	swhost_same(none, after);
	free(after);
	free(none);
	free(at_from);
}

static void kill_first(void **state)
{
	(void)state;
	kill_everywhere(NULL, conf_b);
}

static void kill_change(void **state)
{
	(void)state;
	kill_everywhere(conf_a, conf_b);
}

/* Right after a kill: down finds all. */
static void kill_then_down(void **state)
{
	char *none = swhost_look(false), *after;

	(void)state;
	for (int at = 2;; at += 5) {
		must(swhost_apply(conf_a, NULL), "apply");
		if (!killed_apply(conf_b, at))
			break;
		must(swhost_down(), "down");
		after = swhost_look(false);
		if (strcmp(none, after))
			print_message("down after being killed at step %d\n", at);
		swhost_same(none, after);
		free(after);
	}
	free(none);
}

static int undo_hook(const char *name, bool undo)
{
	if (undo)
		return strncmp(name, "make 'a1'", 9) ? 0 : -EPERM;
	return strcmp(name, "switch to the new tables") ? 0 : -EIO;
}

/* What is left is named, and found by the next run. */
static void undo_fails(void **state)
{
	char *none = swhost_look(false), *after;

	(void)state;
	for (int round = 0; round < 2; round++) {
		step_hook = undo_hook;
		assert_int_equal(swhost_apply(conf_a, NULL), -EUCLEAN);
		step_hook = NULL;
		assert_non_null(strstr(swhost_err.text, "switch to the new tables"));
		assert_non_null(strstr(swhost_err.text, "could not be undone: make 'a1' known"));
		if (round)
			must(swhost_apply(conf_a, NULL), "apply");
		must(swhost_down(), "down");
		after = swhost_look(false);
		swhost_same(none, after);
		free(after);
	}
	free(none);
}

/* A down that could not take all away is ended by another, or by an apply. */
static void down_fails(void **state)
{
	char *none = swhost_look(false), *after;

	(void)state;
	for (int round = 0; round < 2; round++) {
		must(swhost_apply(conf_a, NULL), "apply");
		swhost_run("mkdir " SWHOST_ROOT "/bpf/sw0/links/x");
		assert_int_equal(swhost_down(), -EUCLEAN);
		assert_non_null(strstr(swhost_err.text, "bpf/sw0"));
		swhost_run("rmdir " SWHOST_ROOT
			   "/bpf/sw0/links/x; ip link show a1 | grep -q 'state DOWN'");
		if (round) {
			must(swhost_apply(conf_a, NULL), "apply");
			swhost_run("ip link show a1 | grep -q ,UP");
		}
		must(swhost_down(), "down");
		after = swhost_look(false);
		swhost_same(none, after);
		free(after);
	}
	free(none);
}

static unsigned int seed = 1;

static unsigned int dice(unsigned int n)
{
	seed = seed * 1103515245U + 12345U;
	return (seed >> 16) % n;
}

static void random_conf(char *yaml, size_t size)
{
	static const char *const vlans[] = {"{access: 10}", "{access: 20}", "{trunk: [10, 20]}",
					    "{trunk: [20], native: 10}", "{tunnel: 30}"};
	static const char *const extra[] = {"",
					    ", mac_limit: 2",
					    ", attach: clsact",
					    ", attach: tcx",
					    ", guard: {mac: [02:00:00:00:00:01]}",
					    ", state: down",
					    ", rate: {tx: 1gbit}",
					    ", attach: xdp"};
	size_t n = (size_t)snprintf(yaml, size, HEAD "%s}\nports:\n", dice(3) ? "" : HOST);
	unsigned int made = 0;

	for (unsigned int i = 0; i < 6; i++) {
		if (!dice(3) && made++)
			continue;
		if (!dice(5))
			n += (size_t)snprintf(yaml + n, size - n,
					      "  - {name: p%u, netdev: a%u, role: uplink}\n", i, i);
		else
			n += (size_t)snprintf(
				yaml + n, size - n, "  - {name: p%u, netdev: a%u, vlan: %s%s}\n", i,
				dice(8) ? i : (i + 1) % 8 + 8, vlans[dice(5)], extra[dice(8)]);
	}
}

static void random_host(void)
{
	unsigned int i = dice(6);

	switch (dice(4)) {
	case 0:
		swhost_run("ip link del a%u 2>/dev/null; true", i);
		break;
	case 1:
		swhost_run("ip link show a%u >/dev/null 2>&1 || ip link add a%u type veth peer "
			   "name b%u; "
			   "true",
			   i, i, i);
		break;
	case 2:
		swhost_run("ip link set a%u down 2>/dev/null && ip link set a%u name z%u && ip "
			   "link set "
			   "z%u name a%u; true",
			   i, i, i, i, i);
		break;
	default:
		swhost_run("ip link set a%u mtu %u 2>/dev/null; true", i, 1300 + dice(200));
	}
}

static void random_walk(void **state)
{
	struct sw_changes changes = {0};
	char yaml[4096];
	struct sw sw;
	int n;

	(void)state;
	for (int round = 0; round < 100; round++) {
		random_host();
		if (dice(2))
			random_host();
		if (!dice(3) && !sw_open(&sw, SWHOST_ROOT, "sw0", SW_CHANGE, NULL)) {
			must(sw_follow_host(&sw, NULL, &changes, &swhost_err), "follow");
			sw_changes_done(&changes);
			must(sw_follow_host(&sw, NULL, &changes, &swhost_err), "follow");
			assert_int_equal(changes.len, 0);
			sw_close(&sw);
		}
		random_conf(yaml, sizeof(yaml));
		if (swhost_apply(yaml, NULL))
			fail_msg("round %d: %s\n%s", round, swhost_err.text, yaml);
		must(swhost_apply(yaml, &n), "apply again");
		if (n)
			fail_msg("round %d: %d changes the second time\n%s", round, n, yaml);
	}
	must(swhost_down(), "down");
	swhost_run("! tc qdisc show | grep clsact; ! ip -d link show | grep xdp; "
		   "test -z \"$(ls -A " SWHOST_ROOT ")\"");
}

static double seconds_since(uint64_t start)
{
	return (double)(now_ns() - start) / 1e9;
}

static void thousand_with(const char *attach)
{
	size_t size = 200000, n;
	char *yaml = malloc(size);
	double first, second, last;
	uint64_t start;
	int changes;

	n = (size_t)snprintf(yaml, size, "version: 1\nswitch: {name: sw0, attach: %s}\nports:\n",
			     attach);
	for (int i = 0; i < 1000; i++)
		n += (size_t)snprintf(yaml + n, size - n,
				      "  - {name: port%d, netdev: a%d, vlan: {trunk: all}}\n", i,
				      i);
	start = now_ns();
	must(swhost_apply(yaml, &changes), "apply");
	first = seconds_since(start);
	assert_int_equal(changes, 1001);
	start = now_ns();
	must(swhost_apply(yaml, &changes), "apply again");
	second = seconds_since(start);
	assert_int_equal(changes, 0);
	start = now_ns();
	must(swhost_down(), "down");
	last = seconds_since(start);
	print_message("1000 ports, %s: apply %.2f s, again %.2f s, down %.2f s\n", attach, first,
		      second, last);
	assert_true(first < 10 && second < 10 && last < 10);
	free(yaml);
}

static void thousand(void **state)
{
	(void)state;
	swhost_veths(4, 996);
	thousand_with("clsact");
	thousand_with("tcx");
	thousand_with("xdp");
}

int main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(fail_first),  TEST(fail_change),	 TEST(fail_change_back), TEST(kill_first),
		TEST(kill_change), TEST(kill_then_down), TEST(undo_fails),	 TEST(down_fails),
		TEST(random_walk), TEST(thousand),
	};
	int ret = swhost_enter();

	if (ret) {
		printf("skip test_sw_fail: no namespaces of its own: %s\n", strerror(-ret));
		return 4;
	}
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
