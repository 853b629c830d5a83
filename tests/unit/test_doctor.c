// SPDX-License-Identifier: GPL-2.0-only
/* test_doctor.c - what the doctor makes of what it finds */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devlink.h"
#include "doctor_int.h"
#include "util.h"

static struct doctor_env env = {.sys = "/nowhere", .proc = "/nowhere"};
static struct doctor d;

static void fresh(void)
{
	json_decref(d.items);
	d = (struct doctor){.env = &env, .items = json_array()};
}

static int done(void **state)
{
	(void)state;
	json_decref(d.items);
	d.items = NULL;
	return 0;
}

/* "object state, object state": everything that was said */
static const char *said(void)
{
	static char text[1024];
	size_t i, used = 0;
	json_t *item;

	text[0] = 0;
	for (i = 0; (item = json_array_get(d.items, i)); i++) {
		assert_int_equal(json_object_size(item), 5);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s",
					 used ? ", " : "",
					 json_string_value(json_object_get(item, "object")),
					 json_string_value(json_object_get(item, "state")));
	}
	return text;
}

static const char *last(const char *key)
{
	return json_string_value(
		json_object_get(json_array_get(d.items, json_array_size(d.items) - 1), key));
}

static void assert_says(const char *key, const char *part)
{
	if (!strstr(last(key), part))
		fail_msg("'%s' has no '%s'", last(key), part);
}

static void test_kernel(void **state)
{
	static const struct {
		const char *release, *want;
		bool broken;
	} rows[] = {
		{"5.10.0-amd64", "minimum missing", true},
		{"5.16.20", "minimum missing", true},
		{"5.17.0", "minimum ok, xdp-program warn, xdp-features warn, tcx warn", false},
		{"6.2.0", "minimum ok, xdp-program ok, xdp-features warn, tcx warn", false},
		{"6.3.1", "minimum ok, xdp-program ok, xdp-features ok, tcx warn", false},
		{"6.12.117+deb12", "minimum ok, xdp-program ok, xdp-features ok, tcx ok", false},
		{"strange", "minimum warn", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fresh();
		doctor_judge_kernel(&d, rows[i].release);
		assert_string_equal(said(), rows[i].want);
		assert_int_equal(d.broken, rows[i].broken);
	}
}

static void test_hooks(void **state)
{
	static const struct {
		struct doctor_hooks hooks;
		const char *want;
		bool broken;
	} rows[] = {
		{{true, 1, 0, 0, 0}, "tcx ok, clsact ok, flower ok, actions ok", false},
		{{true, 1, 0, -ENOENT, 0}, "tcx ok, clsact ok, flower missing", false},
		{{true, 1, 0, 0, -ENOENT}, "tcx ok, clsact ok, flower ok, actions missing", false},
		{{true, 1, -ENOENT, 0, 0}, "tcx ok, clsact warn", false},
		{{true, 0, 0, 0, 0}, "tcx warn, clsact ok, flower ok, actions ok", false},
		{{true, 0, -ENOENT, 0, 0}, "tcx warn, clsact missing", true},
		{{false, 1, 0, 0, 0}, "tcx ok, clsact warn", false},
		{{false, 0, 0, 0, 0}, "tcx warn, clsact warn", false},
		{{true, -1, 0, 0, 0}, "clsact ok, flower ok, actions ok", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fresh();
		doctor_judge_hooks(&d, &rows[i].hooks);
		assert_string_equal(said(), rows[i].want);
		assert_int_equal(d.broken, rows[i].broken);
	}
}

static void test_card(void **state)
{
	struct doctor_card card = {
		.handle = "pci/0000:03:00.0", .mode = DEVLINK_MODE_SWITCHDEV, .ports = 5, .sfs = 3};

	(void)state;
	fresh();
	doctor_judge_card(&d, &card);
	assert_string_equal(said(), "pci/0000:03:00.0 ok");
	assert_says("text", "5 ports, 3 of them SFs");
	card.mode = DEVLINK_MODE_LEGACY;
	fresh();
	doctor_judge_card(&d, &card);
	assert_string_equal(said(), "pci/0000:03:00.0 warn");
	assert_says("text", "legacy");
	assert_says("hint", "devlink dev eswitch set pci/0000:03:00.0 mode switchdev");
	card.mode = -EOPNOTSUPP;
	fresh();
	doctor_judge_card(&d, &card);
	assert_string_equal(said(), "pci/0000:03:00.0 ok");
	card.mode = -EBUSY;
	card.why = "the kernel's words";
	fresh();
	doctor_judge_card(&d, &card);
	assert_string_equal(said(), "pci/0000:03:00.0 warn");
	assert_says("text", "the kernel's words");
}

static void test_sf(void **state)
{
	json_t *params = json_pack("{s:b, s:b}", "enable_eth", 0, "enable_rdma", 0);

	(void)state;
	fresh();
	doctor_judge_sf(&d, "auxiliary/mlx5_core.sf.4", params);
	assert_string_equal(said(), "auxiliary/mlx5_core.sf.4 warn");
	assert_says("text", "enable_eth off, enable_rdma off, enable_vnet none");
	assert_says("hint", "devlink dev reload auxiliary/mlx5_core.sf.4");
	json_object_set_new(params, "enable_vnet", json_true());
	fresh();
	doctor_judge_sf(&d, "auxiliary/mlx5_core.sf.4", params);
	assert_string_equal(said(), "auxiliary/mlx5_core.sf.4 ok");
	assert_says("text", "enable_vnet on");
	json_decref(params);
}

static struct doctor_netdev netdev(const char *driver, uint64_t xdp)
{
	struct doctor_netdev n = {.xdp = xdp, .attach = CONF_ATTACH_AUTO};

	n.link.has_parent = true;
	str_copy(n.link.name, sizeof(n.link.name), "p0");
	str_copy(n.driver, sizeof(n.driver), driver);
	return n;
}

static void test_netdev(void **state)
{
	struct doctor_netdev n = netdev("mlx5_core", 0x67);

	(void)state;
	fresh();
	doctor_judge_netdev(&d, &n);
	assert_string_equal(said(), "p0 ok");
	assert_string_equal(last("text"),
			    "mlx5_core: native XDP: redirect ndo_xmit rx_sg ndo_xmit_sg");
	n.rxvlan = 1;
	fresh();
	doctor_judge_netdev(&d, &n);
	assert_string_equal(said(), "p0 ok");
	assert_says("text", "repx turns rx-vlan-hw-parse off");
	n.lro = 1;
	n.attached = n.in_switch = true;
	fresh();
	doctor_judge_netdev(&d, &n);
	assert_string_equal(said(), "p0 ok, p0 warn, p0 warn");
	assert_says("hint", "ethtool -K p0 rxvlan off");
	n.rxvlan = 0;
	fresh();
	doctor_judge_netdev(&d, &n);
	assert_string_equal(said(), "p0 ok, p0 warn");
	assert_says("hint", "ethtool -K p0 lro off");
	n.attach = CONF_ATTACH_TC; /* whose programs see what the stack sees */
	n.attached = false;
	fresh();
	doctor_judge_netdev(&d, &n);
	assert_string_equal(said(), "p0 ok");
}

static void test_netdev_without_xdp(void **state)
{
	struct doctor_netdev n = netdev("mlx5_core", 0x67);

	(void)state;
	str_copy(n.link.phys_port, sizeof(n.link.phys_port), "pf0sf88");
	n.lro = 1;
	fresh();
	doctor_judge_netdev(&d, &n); /* a representor that claims what it cannot do */
	assert_string_equal(said(), "p0 ok");
	assert_string_equal(last("text"), "mlx5_core: no native XDP");
	n.attach = CONF_ATTACH_XDP;
	n.lro = 0;
	fresh();
	doctor_judge_netdev(&d, &n);
	assert_string_equal(said(), "p0 missing");
	assert_false(d.broken);
	n = netdev("", 0);
	n.features = -EOPNOTSUPP;
	fresh();
	doctor_judge_netdev(&d, &n);
	assert_string_equal(said(), "p0 ok");
	assert_string_equal(last("text"), "native XDP not known (Linux 6.3 tells)");
}

/* --- a tree like /proc and /sys --- */

static char top[64];

static void put(const char *dir, const char *file, const char *text)
{
	char command[256];

	snprintf(command, sizeof(command), "mkdir -p %s/%s && printf '%s' >%s/%s/%s", top, dir,
		 text, top, dir, file);
	assert_int_equal(system(command), 0);
}

static int tree(void **state)
{
	(void)state;
	str_copy(top, sizeof(top), "/tmp/repx-doctor.XXXXXX");
	env = (struct doctor_env){.sys = top, .proc = top};
	return mkdtemp(top) ? 0 : -1;
}

static int no_tree(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return system(command);
}

static void test_files(void **state)
{
	(void)state;
	fresh();
	doctor_files(&d);
	assert_string_equal(said(), "btf missing, bpffs missing");
	assert_true(d.broken);
	put("kernel/btf", "vmlinux", "x");
	put(".", "filesystems", "nodev\tsysfs\n\text4\nnodev\tbpf\n");
	fresh();
	doctor_files(&d);
	assert_string_equal(said(), "btf ok, bpffs ok");
	assert_says("text", "not mounted");
	assert_false(d.broken);
}

static void test_bridge(void **state)
{
	(void)state;
	fresh();
	doctor_bridge(&d);
	assert_string_equal(said(), "netfilter ok");
	put("sys/net/bridge", "bridge-nf-call-iptables", "0\n");
	put("sys/net/bridge", "bridge-nf-call-ip6tables", "1\n");
	fresh();
	doctor_bridge(&d);
	assert_string_equal(said(), "netfilter warn");
	assert_says("text", "go through ip6tables, which");
}

/* On whatever host this is: every finding is whole, and no check is left out. */
static void test_run(void **state)
{
	static const struct doctor_env real = {.sys = "/sys", .proc = "/proc"};
	static const char *const checks[] = {"kernel", "bpf", "devlink", "vdpa", "rdma", "bridge"};
	json_t *items, *item;
	bool works, found;
	size_t i, k;

	(void)state;
	fresh();
	items = doctor_run(&real, &works);
	assert_non_null(items);
	for (k = 0; k < ARRAY_SIZE(checks); k++) {
		found = false;
		for (i = 0; (item = json_array_get(items, i)); i++)
			found |= !strcmp(json_string_value(json_object_get(item, "check")),
					 checks[k]);
		assert_true(found);
	}
	for (i = 0; (item = json_array_get(items, i)); i++) {
		assert_int_equal(json_object_size(item), 5);
		assert_true(json_string_length(json_object_get(item, "text")) > 0);
	}
	json_decref(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_kernel, done),
		cmocka_unit_test_teardown(test_hooks, done),
		cmocka_unit_test_teardown(test_card, done),
		cmocka_unit_test_teardown(test_sf, done),
		cmocka_unit_test_teardown(test_netdev, done),
		cmocka_unit_test_teardown(test_netdev_without_xdp, done),
		cmocka_unit_test_setup_teardown(test_files, tree, no_tree),
		cmocka_unit_test_setup_teardown(test_bridge, tree, no_tree),
		cmocka_unit_test_teardown(test_run, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
