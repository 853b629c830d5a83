// SPDX-License-Identifier: GPL-2.0-only
/* test_sysdev.c - what is found in a tree like /sys: SFs, vDPA devices, the kernel */
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

#include "devlink_parse.h"
#include "sysdev.h"
#include "util.h"
#include "vdpa_parse.h"

static char sys[64];

static const char *below(const char *path)
{
	static char full[4][512];
	static unsigned int next;
	char *out = full[next++ % 4];

	snprintf(out, sizeof(full[0]), "%s/%s", sys, path);
	return out;
}

static void make_dirs(const char *path)
{
	char part[512];
	size_t i;

	for (i = 1; path[i - 1]; i++) {
		if (path[i] && path[i] != '/')
			continue;
		snprintf(part, sizeof(part), "%s/%.*s", sys, (int)i, path);
		assert_true(!mkdir(part, 0700) || errno == EEXIST);
	}
}

static void make_file(const char *path, const char *text)
{
	FILE *f = fopen(below(path), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void make_sf(const char *pf, const char *name, const char *sfnum)
{
	char path[256], link[256];

	snprintf(path, sizeof(path), "devices/%s/%s", pf, name);
	make_dirs(path);
	snprintf(path, sizeof(path), "devices/%s/%s/sfnum", pf, name);
	make_file(path, sfnum);
	snprintf(path, sizeof(path), "../../../devices/%s/%s", pf, name);
	snprintf(link, sizeof(link), "bus/auxiliary/devices/%s", name);
	assert_int_equal(symlink(path, below(link)), 0);
}

static int tree(void **state)
{
	(void)state;
	str_copy(sys, sizeof(sys), "/tmp/repx-sys.XXXXXX");
	if (!mkdtemp(sys))
		return -1;
	make_dirs("bus/auxiliary/devices");
	make_sf("0000:03:00.0", "mlx5_core.sf.2", "88\n");
	make_sf("0000:03:00.1", "mlx5_core.sf.3", "89\n");
	make_sf("0000:03:00.1", "mlx5_core.sf.4", "88\n");
	make_dirs("bus/auxiliary/devices/other.0");
	make_dirs("bus/vdpa/drivers/vhost_vdpa");
	make_dirs("bus/vdpa/devices/v0/vhost-vdpa-3");
	make_file("bus/vdpa/devices/v0/driver_override", "");
	make_dirs("bus/vdpa/devices/v1");
	make_file("bus/vdpa/devices/v1/driver_override", "");
	return symlink("../../drivers/vhost_vdpa", below("bus/vdpa/devices/v0/driver"));
}

static int no_tree(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", sys);
	return system(command);
}

static struct devlink_port sf_of(const char *pf, uint32_t num)
{
	struct devlink_port port = {.has = DEVLINK_PORT_SF, .sf = num, .dev.bus = "pci"};

	str_copy(port.dev.dev, sizeof(port.dev.dev), pf);
	return port;
}

/* The number alone does not say which: each PF counts for itself. */
static void test_aux(void **state)
{
	struct devlink_port port = sf_of("0000:03:00.1", 88);
	struct devlink_dev aux;

	(void)state;
	assert_int_equal(devlink_aux_of_port(sys, &port, &aux), 0);
	assert_string_equal(aux.bus, "auxiliary");
	assert_string_equal(aux.dev, "mlx5_core.sf.4");
	port = sf_of("0000:03:00.0", 88);
	assert_int_equal(devlink_aux_of_port(sys, &port, &aux), 0);
	assert_string_equal(aux.dev, "mlx5_core.sf.2");
	port = sf_of("0000:03:00.0", 89);
	assert_int_equal(devlink_aux_of_port(sys, &port, &aux), -ENOENT);
	port = sf_of("0000:03:00.0", 88);
	port.controller = 1; /* of another host: its number means nothing here */
	assert_int_equal(devlink_aux_of_port(sys, &port, &aux), -ENOENT);
	str_copy(port.fn.nested.bus, sizeof(port.fn.nested.bus), "auxiliary");
	str_copy(port.fn.nested.dev, sizeof(port.fn.nested.dev), "mlx5_core.sf.7");
	assert_int_equal(devlink_aux_of_port(sys, &port, &aux), 0);
	assert_string_equal(aux.dev, "mlx5_core.sf.7");
}

static void test_vdpa_sysfs(void **state)
{
	struct err err = {0};
	char text[64];

	(void)state;
	assert_int_equal(vdpa_driver(sys, "v0", text, sizeof(text)), 0);
	assert_string_equal(text, "vhost_vdpa");
	assert_int_equal(vdpa_driver(sys, "v1", text, sizeof(text)), 0);
	assert_string_equal(text, "");
	assert_int_equal(vdpa_driver(sys, "v2", text, sizeof(text)), -ENOENT);
	assert_int_equal(vdpa_driver(sys, "../drivers", text, sizeof(text)), -ENOENT);
	assert_int_equal(vdpa_driver(sys, "..", text, sizeof(text)), -ENOENT);
	assert_int_equal(vdpa_node(sys, "v0", text, sizeof(text)), 0);
	assert_string_equal(text, "/dev/vhost-vdpa-3");
	assert_int_equal(vdpa_node(sys, "v1", text, sizeof(text)), -ENOENT);
	assert_int_equal(vdpa_in_use(sys, "v1"), 0);

	assert_int_equal(vdpa_bind(sys, "v0", VDPA_DRIVER_VHOST, &err), 0);
	assert_int_equal(
		sysdev_read(below("bus/vdpa/devices/v0/driver_override"), text, sizeof(text)), 0);
	assert_string_equal(text, "vhost_vdpa"); /* so that it stays with it */
	assert_int_equal(vdpa_bind(sys, "v0", VDPA_DRIVER_VIRTIO, &err), -ENOENT);
	assert_non_null(strstr(err.text, "modprobe virtio_vdpa"));
	err = (struct err){0};
	assert_int_equal(vdpa_bind(sys, "v2", VDPA_DRIVER_VHOST, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no such device"));
}

static void test_kernel(void **state)
{
	(void)state;
	assert_int_equal(sysdev_kernel("6.12.117+deb12-amd64"), SYSDEV_KERNEL(6, 12));
	assert_int_equal(sysdev_kernel("5.17.0"), SYSDEV_KERNEL(5, 17));
	assert_int_equal(sysdev_kernel("7.0-rc1"), SYSDEV_KERNEL(7, 0));
	assert_int_equal(sysdev_kernel("linux"), 0);
	assert_true(sysdev_kernel("6.2") < sysdev_kernel("6.12"));
	assert_true(sysdev_kernel(NULL) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aux),
		cmocka_unit_test(test_vdpa_sysfs),
		cmocka_unit_test(test_kernel),
	};

	return cmocka_run_group_tests(tests, tree, no_tree);
}
