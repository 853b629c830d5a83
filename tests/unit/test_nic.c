// SPDX-License-Identifier: GPL-2.0-only
/* test_nic.c - waiting, and what nic.h finds in a tree like /sys */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/virtio_net.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nic_int.h"
#include "util.h"

static char sys[64];
static struct nic nic;
static int looks, ticks;

static void tick(void)
{
	ticks++;
}

static int setup(void **state)
{
	(void)state;
	looks = ticks = 0;
	str_copy(sys, sizeof(sys), "/tmp/repx-test-nic-XXXXXX");
	nic = (struct nic){.sys = sys, .wait_ms = 60, .tick = tick};
	return mkdtemp(sys) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", sys);
	return system(command);
}

/* Folders of a path below @sys, with a format. */
__attribute__((format(printf, 1, 2))) static void make_dirs(const char *fmt, ...)
{
	char path[256], full[512], *slash;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	snprintf(full, sizeof(full), "%s/%s/", sys, path);
	for (slash = full + strlen(sys) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		assert_true(!mkdir(full, 0700) || errno == EEXIST);
		*slash = '/';
	}
}

/* A vDPA device with a driver, and a node when that is vhost_vdpa. */
static void make_vdpa(const char *name, const char *driver, const char *node)
{
	char link[256], target[128];

	make_dirs("bus/vdpa/devices/%s/%s", name, node ? node : "power");
	if (!driver)
		return;
	make_dirs("bus/vdpa/drivers/%s", driver);
	snprintf(link, sizeof(link), "%s/bus/vdpa/devices/%s/driver", sys, name);
	snprintf(target, sizeof(target), "../../drivers/%s", driver);
	assert_int_equal(symlink(target, link), 0);
}

/* --- waiting --- */

static int look(struct nic *n, struct nic_until *until, struct err *err)
{
	const int *when = until->data;

	assert_ptr_equal(n, &nic);
	if (*when < 0)
		return err_set(err, *when, "it will never be");
	return ++looks > *when;
}

static int wait_for(int when, struct err *err)
{
	struct nic_until until = {.look = look, .data = &when, .so = "not yet", .hint = "hurry up"};

	return nic_wait(&nic, &until, err, "wait for '%s'", "it");
}

static void test_wait_is_so(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(wait_for(0, &err), 0);
	assert_int_equal(looks, 1);
	assert_int_equal(ticks, 0);
	assert_int_equal(wait_for(3, &err), 0);
	assert_int_equal(ticks, 2);
	assert_int_equal(err.code, 0);
}

static void test_wait_in_vain(void **state)
{
	uint64_t begin = now_ns(), took;
	struct err err = {0};

	(void)state;
	assert_int_equal(wait_for(1 << 30, &err), -ETIMEDOUT);
	took = (now_ns() - begin) / 1000000;
	assert_true(took >= 60);
	assert_string_equal(err.text, "wait for 'it': not yet after 0.06 s (hurry up)");
	assert_int_equal(err.code, -ETIMEDOUT);
	assert_true(looks == ticks + 1); /* the last look is behind the last pause */
	assert_in_range(looks, 2, 6);	 /* 5, 10, 20, ... ms: not all the time */
}

static void test_wait_given_up(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(wait_for(-ENODEV, &err), -ENODEV);
	assert_string_equal(err.text, "it will never be");
	assert_int_equal(ticks, 0);
}

/* --- what is said --- */

static void test_fail_text(void **state)
{
	struct nl nl = {.extack = "the kernel's words"};
	struct err err = {0};

	(void)state;
	assert_int_equal(nic_fail(&err, -EBUSY, &nl, "wait", "do '%d'", 7), -EBUSY);
	assert_string_equal(err.text, "do '7': the kernel's words (wait)");
	err = (struct err){0};
	nl.extack[0] = 0;
	assert_int_equal(nic_fail(&err, -EBUSY, &nl, NULL, "do it"), -EBUSY);
	assert_string_equal(err.text, "do it: Device or resource busy");
	assert_int_equal(nic_fail(&err, -EIO, &nl, NULL, "later"), -EIO);
	assert_int_equal(err.code, -EBUSY);
}

static void test_port_text(void **state)
{
	struct nic_port port = {.dev = {.bus = "pci", .dev = "0000:03:00.0"}, .index = 4294967295};
	char text[NIC_PORT_TEXT_MAX];

	(void)state;
	assert_string_equal(nic_port_text(&port, text), "pci/0000:03:00.0/4294967295");
	memset(port.dev.bus, 'b', sizeof(port.dev.bus) - 1);
	memset(port.dev.dev, 'd', sizeof(port.dev.dev) - 1);
	assert_int_equal(strlen(nic_port_text(&port, text)), 15 + 1 + 63 + 1 + 10);
}

/* --- sysfs --- */

static void test_aux_there(void **state)
{
	(void)state;
	make_dirs("bus/auxiliary/devices/eswsim.sf.1");
	assert_true(nic_aux_there(&nic, "eswsim.sf.1"));
	assert_false(nic_aux_there(&nic, "eswsim.sf.2"));
	assert_false(nic_aux_there(&nic, ""));
	assert_false(nic_aux_there(&nic, "."));
	assert_false(nic_aux_there(&nic, "../devices"));
}

static void test_vdpa_there(void **state)
{
	(void)state;
	make_vdpa("v1", "vhost_vdpa", "vhost-vdpa-0");
	make_vdpa("v2", "virtio_vdpa", NULL);
	make_vdpa("v3", NULL, NULL);
	assert_true(nic_vdpa_there(&nic, "v1", NIC_BIND_NONE));
	assert_true(nic_vdpa_there(&nic, "v1", NIC_BIND_VHOST));
	assert_false(nic_vdpa_there(&nic, "v1", NIC_BIND_VIRTIO));
	assert_true(nic_vdpa_there(&nic, "v2", NIC_BIND_VIRTIO));
	assert_false(nic_vdpa_there(&nic, "v2", NIC_BIND_VHOST));
	assert_true(nic_vdpa_there(&nic, "v3", NIC_BIND_NONE));
	assert_false(nic_vdpa_there(&nic, "v3", NIC_BIND_VIRTIO));
	assert_false(nic_vdpa_there(&nic, "v4", NIC_BIND_NONE));
	assert_false(nic_vdpa_there(&nic, "..", NIC_BIND_NONE));
}

/* A file stands for the node: its name is what is looked for. */
static void test_vdpa_user(void **state)
{
	char path[128], want[64], user[64] = "x";
	int fd;

	(void)state;
	make_vdpa("v1", "vhost_vdpa", "vhost-vdpa-123456789");
	make_vdpa("v2", "virtio_vdpa", NULL);
	nic_vdpa_user(&nic, "v1", user, sizeof(user));
	assert_string_equal(user, "");
	snprintf(path, sizeof(path), "%s/vhost-vdpa-123456789", sys);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	nic_vdpa_user(&nic, "v1", user, sizeof(user));
	snprintf(want, sizeof(want), "test_nic %d", getpid());
	assert_string_equal(user, want);
	nic_vdpa_user(&nic, "v2", user, sizeof(user));
	assert_string_equal(user, "");
	close(fd);
	nic_vdpa_user(&nic, "v1", user, sizeof(user));
	assert_string_equal(user, "");
}

/* --- features that follow from others --- */

#define BIT(n) (1ULL << (n))
#define BASE (BIT(32) | BIT(33)) /* VERSION_1, ACCESS_PLATFORM */
#define MQ (BIT(VIRTIO_NET_F_MQ) | BIT(VIRTIO_NET_F_CTRL_VQ))

static void test_features(void **state)
{
	struct vdpa_config c = {.has = VDPA_HAS_FEATURES, .features = BIT(VIRTIO_NET_F_STATUS)};
	const uint64_t base = BASE | BIT(VIRTIO_NET_F_STATUS);

	(void)state;
	assert_true(nic_vdpa_features(&c) == base);
	c.has |= VDPA_HAS_MAC;
	assert_true(nic_vdpa_features(&c) == (base | BIT(VIRTIO_NET_F_MAC)));
	c.has = VDPA_HAS_FEATURES | VDPA_HAS_MTU;
	assert_true(nic_vdpa_features(&c) == (base | BIT(VIRTIO_NET_F_MTU)));
	c.has = VDPA_HAS_FEATURES | VDPA_HAS_MAX_VQP;
	c.max_vqp = 1;
	assert_true(nic_vdpa_features(&c) == base);
	c.max_vqp = 2;
	assert_true(nic_vdpa_features(&c) == (base | MQ));
	c = (struct vdpa_config){.has = VDPA_HAS_FEATURES, .features = BIT(VIRTIO_NET_F_MQ)};
	assert_true(nic_vdpa_features(&c) == (BASE | MQ));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_wait_is_so, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wait_in_vain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wait_given_up, setup, teardown),
		cmocka_unit_test(test_fail_text),
		cmocka_unit_test(test_port_text),
		cmocka_unit_test_setup_teardown(test_aux_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vdpa_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vdpa_user, setup, teardown),
		cmocka_unit_test(test_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
