// SPDX-License-Identifier: GPL-2.0-only
/* test_devlink.c - what devlink, vDPA and RDMA say, and what sysfs says of them */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/vdpa.h>
#include <rdma/rdma_netlink.h>

#include "devlink_parse.h"
#include "rdma_parse.h"
#include "util.h"
#include "vdpa_parse.h"

static char buf[4096];

static struct nlmsghdr *start(const void *head, size_t len)
{
	struct nlmsghdr *nlh;

	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = 0x20;
	memcpy(mnl_nlmsg_put_extra_header(nlh, len), head, len);
	return nlh;
}

static struct nlmsghdr *start_genl(uint8_t cmd)
{
	struct genlmsghdr genl = {.cmd = cmd, .version = 1};

	return start(&genl, sizeof(genl));
}

static struct nlmsghdr *start_dev(uint8_t cmd, const char *bus, const char *dev)
{
	struct nlmsghdr *nlh = start_genl(cmd);

	mnl_attr_put_strz(nlh, DEVLINK_ATTR_BUS_NAME, bus);
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_DEV_NAME, dev);
	return nlh;
}

/* An SF's port, as Linux 6.12 tells of it. */
static struct nlmsghdr *sf_port(uint8_t cmd)
{
	struct nlmsghdr *nlh = start_dev(cmd, "pci", "0000:03:00.0");
	struct nla_bitfield32 caps = {.value = 1, .selector = 1};
	struct nlattr *fn, *nested;

	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_INDEX, 32768);
	mnl_attr_put_u16(nlh, DEVLINK_ATTR_PORT_TYPE, DEVLINK_PORT_TYPE_ETH);
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_NETDEV_IFINDEX, 7);
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_PORT_NETDEV_NAME, "pf0sf88");
	mnl_attr_put_u16(nlh, DEVLINK_ATTR_PORT_FLAVOUR, DEVLINK_PORT_FLAVOUR_PCI_SF);
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_CONTROLLER_NUMBER, 0);
	mnl_attr_put_u16(nlh, DEVLINK_ATTR_PORT_PCI_PF_NUMBER, 1);
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_PCI_SF_NUMBER, 88);
	fn = mnl_attr_nest_start(nlh, DEVLINK_ATTR_PORT_FUNCTION);
	mnl_attr_put(nlh, DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR, 6, "\2\0\0\0\0\x11");
	mnl_attr_put_u8(nlh, DEVLINK_PORT_FN_ATTR_STATE, 1);
	mnl_attr_put_u8(nlh, DEVLINK_PORT_FN_ATTR_OPSTATE, 0);
	mnl_attr_put(nlh, 4, sizeof(caps), &caps);
	nested = mnl_attr_nest_start(nlh, 5);
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_BUS_NAME, "auxiliary");
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_DEV_NAME, "mlx5_core.sf.4");
	mnl_attr_nest_end(nlh, nested);
	mnl_attr_put_u32(nlh, 6, 4);
	mnl_attr_nest_end(nlh, fn);
	return nlh;
}

static void test_port(void **state)
{
	struct devlink_port port;

	(void)state;
	assert_int_equal(devlink_parse_port(sf_port(DEVLINK_CMD_PORT_NEW), &port), 0);
	assert_string_equal(port.dev.bus, "pci");
	assert_string_equal(port.dev.dev, "0000:03:00.0");
	assert_int_equal(port.index, 32768);
	assert_int_equal(port.type, DEVLINK_PORT_TYPE_ETH);
	assert_int_equal(port.flavour, DEVLINK_PORT_FLAVOUR_PCI_SF);
	assert_int_equal(port.ifindex, 7);
	assert_string_equal(port.netdev, "pf0sf88");
	assert_int_equal(port.has, DEVLINK_PORT_PF | DEVLINK_PORT_SF);
	assert_int_equal(port.pf, 1);
	assert_int_equal(port.sf, 88);
	assert_int_equal(port.fn.has, DEVLINK_FN_HW_ADDR | DEVLINK_FN_ACTIVE | DEVLINK_FN_ATTACHED |
					      DEVLINK_FN_ROCE | DEVLINK_FN_MAX_IO_EQS);
	assert_int_equal(port.fn.hw_addr[5], 0x11);
	assert_true(port.fn.active);
	assert_false(port.fn.attached);
	assert_true(port.fn.roce);
	assert_int_equal(port.fn.max_io_eqs, 4);
	assert_string_equal(port.fn.nested.dev, "mlx5_core.sf.4");
}

/* What the driver does not know it does not tell, and then nothing is known. */
static void test_port_silent(void **state)
{
	struct nlmsghdr *nlh = start_dev(DEVLINK_CMD_PORT_NEW, "pci", "0000:03:00.0");
	struct nla_bitfield32 caps = {.value = 1, .selector = 2};
	struct devlink_port port;
	struct nlattr *fn;

	(void)state;
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_INDEX, 0);
	fn = mnl_attr_nest_start(nlh, DEVLINK_ATTR_PORT_FUNCTION);
	mnl_attr_put(nlh, 4, sizeof(caps), &caps);
	mnl_attr_put(nlh, DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR, 20, "an infiniband address");
	mnl_attr_nest_end(nlh, fn);
	assert_int_equal(devlink_parse_port(nlh, &port), 0);
	assert_int_equal(port.fn.has, 0);
	assert_int_equal(port.has, 0);
	assert_int_equal(port.ifindex, 0);
	assert_string_equal(port.fn.nested.dev, "");
}

static void test_port_bad(void **state)
{
	struct devlink_port port = {.index = 1234};
	struct nlmsghdr *nlh;

	(void)state;
	nlh = start_dev(DEVLINK_CMD_PORT_NEW, "pci", "x");
	assert_int_equal(devlink_parse_port(nlh, &port), -EBADMSG);
	nlh = start_dev(DEVLINK_CMD_PORT_NEW, "pci", "");
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_INDEX, 5);
	assert_int_equal(devlink_parse_port(nlh, &port), -EBADMSG);
	nlh = start_dev(DEVLINK_CMD_PORT_NEW, "pci", "x");
	mnl_attr_put_u16(nlh, DEVLINK_ATTR_PORT_INDEX, 5);
	assert_int_equal(devlink_parse_port(nlh, &port), -EBADMSG);
	assert_int_equal(port.index, 1234);
}

/* Cut between any two words, it is refused or right in what it says. */
static void test_cut(void **state)
{
	struct devlink_port port;
	uint32_t len, full;

	(void)state;
	full = sf_port(DEVLINK_CMD_PORT_NEW)->nlmsg_len;
	for (len = MNL_NLMSG_HDRLEN; len < full; len += 4) {
		char *copy = calloc(1, MNL_ALIGN(len));

		assert_non_null(copy);
		memcpy(copy, buf, len);
		((struct nlmsghdr *)copy)->nlmsg_len = len;
		if (!devlink_parse_port((void *)copy, &port)) {
			assert_int_equal(port.index, 32768);
			assert_string_equal(port.dev.dev, "0000:03:00.0");
		}
		free(copy);
	}
}

static void test_event(void **state)
{
	static const struct {
		uint8_t cmd;
		enum devlink_event_kind kind;
	} rows[] = {
		{DEVLINK_CMD_NEW, DEVLINK_EVENT_DEV},
		{DEVLINK_CMD_DEL, DEVLINK_EVENT_DEV_GONE},
		{DEVLINK_CMD_PORT_NEW, DEVLINK_EVENT_PORT},
		{DEVLINK_CMD_PORT_DEL, DEVLINK_EVENT_PORT_GONE},
		{DEVLINK_CMD_PARAM_NEW, DEVLINK_EVENT_PARAM},
		{DEVLINK_CMD_TRAP_NEW, DEVLINK_EVENT_OTHER},
	};
	struct devlink_event event;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bool port = rows[i].kind == DEVLINK_EVENT_PORT ||
			    rows[i].kind == DEVLINK_EVENT_PORT_GONE;

		assert_int_equal(devlink_parse_event(sf_port(rows[i].cmd), &event), 0);
		assert_int_equal(event.kind, rows[i].kind);
		assert_string_equal(event.dev.dev, "0000:03:00.0");
		assert_int_equal(event.port.index, port ? 32768 : 0);
	}
	assert_int_equal(devlink_parse_event(start_genl(DEVLINK_CMD_NEW), &event), -EBADMSG);
}

static void test_eswitch(void **state)
{
	struct nlmsghdr *nlh = start_dev(DEVLINK_CMD_ESWITCH_GET, "pci", "x");
	uint16_t mode = 99;

	(void)state;
	assert_int_equal(devlink_parse_eswitch(nlh, &mode), -ENOENT);
	assert_int_equal(mode, 99);
	mnl_attr_put_u16(nlh, DEVLINK_ATTR_ESWITCH_MODE, DEVLINK_MODE_SWITCHDEV);
	assert_int_equal(devlink_parse_eswitch(nlh, &mode), 0);
	assert_string_equal(devlink_mode_name(mode), "switchdev");
	assert_string_equal(devlink_mode_name(0), "legacy");
	assert_string_equal(devlink_mode_name(2), "switchdev_inactive");
	assert_string_equal(devlink_mode_name(3), "?");
}

static struct nlmsghdr *param(uint8_t type, uint8_t cmode, bool value)
{
	struct nlmsghdr *nlh = start_dev(DEVLINK_CMD_PARAM_GET, "auxiliary", "mlx5_core.sf.4");
	struct nlattr *nest, *list, *one;

	nest = mnl_attr_nest_start(nlh, DEVLINK_ATTR_PARAM);
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_PARAM_NAME, "enable_vnet");
	mnl_attr_put_u8(nlh, DEVLINK_ATTR_PARAM_TYPE, type);
	list = mnl_attr_nest_start(nlh, DEVLINK_ATTR_PARAM_VALUES_LIST);
	one = mnl_attr_nest_start(nlh, DEVLINK_ATTR_PARAM_VALUE);
	if (value)
		mnl_attr_put(nlh, DEVLINK_ATTR_PARAM_VALUE_DATA, 0, NULL);
	mnl_attr_put_u8(nlh, DEVLINK_ATTR_PARAM_VALUE_CMODE, cmode);
	mnl_attr_nest_end(nlh, one);
	mnl_attr_nest_end(nlh, list);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static void test_param(void **state)
{
	struct devlink_param out = {0};
	struct devlink_dev dev;

	(void)state;
	assert_int_equal(devlink_parse_param(param(6, 1, true), &dev, &out), 0);
	assert_string_equal(dev.dev, "mlx5_core.sf.4");
	assert_string_equal(out.name, "enable_vnet");
	assert_true(out.value);
	assert_int_equal(devlink_parse_param(param(6, 1, false), &dev, &out), 0);
	assert_false(out.value);
	assert_int_equal(devlink_parse_param(param(6, 0, true), &dev, &out), -ENOENT);
	assert_int_equal(devlink_parse_param(param(1, 1, true), &dev, &out), -ENOENT);
	assert_false(out.value);
}

static void test_rate(void **state)
{
	struct nlmsghdr *nlh = start_dev(DEVLINK_CMD_RATE_NEW, "pci", "x");
	struct devlink_rate rate;

	(void)state;
	assert_int_equal(devlink_parse_rate(nlh, &rate), 0);
	assert_int_equal(rate.has, 0);
	mnl_attr_put_u64(nlh, DEVLINK_ATTR_RATE_TX_MAX, 125000000);
	assert_int_equal(devlink_parse_rate(nlh, &rate), 0);
	assert_int_equal(rate.has, DEVLINK_RATE_MAX);
	assert_int_equal(rate.tx_max, 125000000);
}

static void test_handle(void **state)
{
	static const char *const bad[] = {"",	  "pci",     "/x",
					  "pci/", "pci/a/b", "a-bus-of-a-long-name/x"};
	struct devlink_dev dev = {.bus = "kept"};
	char text[DEVLINK_HANDLE_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(devlink_handle_parse(bad[i], &dev), -EINVAL);
	assert_string_equal(dev.bus, "kept");
	assert_int_equal(devlink_handle_parse("pci/0000:03:00.0", &dev), 0);
	assert_string_equal(dev.bus, "pci");
	assert_string_equal(dev.dev, "0000:03:00.0");
	devlink_handle_text(&dev, text, sizeof(text));
	assert_string_equal(text, "pci/0000:03:00.0");
}

/* On a kernel without devlink each function says so. */
static void test_no_devlink(void **state)
{
	const struct devlink_dev dev = {.bus = "pci", .dev = "x"};
	struct devlink_fn fn = {.has = DEVLINK_FN_ACTIVE};
	struct devlink_rate rate = {.has = DEVLINK_RATE_MAX};
	struct devlink_sf sf = {.dev = dev, .num = 1};
	struct devlink dl = {.family = -ENOENT};
	struct devlink_port port;
	uint16_t mode;
	bool value;

	(void)state;
	assert_int_equal(devlink_dev_get(&dl, &dev), -ENOENT);
	assert_non_null(strstr(nl_why(&dl.nl, -ENOENT), "no devlink"));
	assert_int_equal(devlink_dev_walk(&dl, NULL, NULL), -ENOENT);
	assert_int_equal(devlink_reload(&dl, &dev), -ENOENT);
	assert_int_equal(devlink_eswitch_get(&dl, &dev, &mode), -ENOENT);
	assert_int_equal(devlink_eswitch_set(&dl, &dev, 1), -ENOENT);
	assert_int_equal(devlink_port_get(&dl, &dev, 1, &port), -ENOENT);
	assert_int_equal(devlink_port_walk(&dl, NULL, NULL, NULL), -ENOENT);
	assert_int_equal(devlink_port_new(&dl, &sf, &port), -ENOENT);
	assert_int_equal(devlink_port_del(&dl, &dev, 1), -ENOENT);
	assert_int_equal(devlink_port_set_fn(&dl, &dev, 1, &fn), -ENOENT);
	assert_int_equal(devlink_param_get(&dl, &dev, "enable_eth", &value), -ENOENT);
	assert_int_equal(devlink_param_set(&dl, &dev, "enable_eth", true), -ENOENT);
	assert_int_equal(devlink_param_walk(&dl, NULL, NULL), -ENOENT);
	assert_int_equal(devlink_rate_get(&dl, &dev, 1, &rate), -ENOENT);
	assert_int_equal(devlink_rate_set(&dl, &dev, 1, &rate), -ENOENT);
	dl.nl.extack[0] = 0;
	assert_int_equal(devlink_port_of_netdev(&dl, NULL, 1, &port), -ENOENT);
	assert_non_null(strstr(dl.nl.extack, "no devlink"));
	fn.has = 0; /* nothing to do is done anywhere */
	assert_int_equal(devlink_port_set_fn(&dl, &dev, 1, &fn), 0);
}

static void test_no_vdpa(void **state)
{
	struct vdpa v = {.family = -ENOENT};
	struct vdpa_config config = {0};
	struct vdpa_mgmt mgmt;
	struct vdpa_dev dev;

	(void)state;
	assert_int_equal(vdpa_mgmt_walk(&v, NULL, NULL), -ENOENT);
	assert_non_null(strstr(nl_why(&v.nl, -ENOENT), "no vDPA"));
	assert_int_equal(vdpa_mgmt_get(&v, "auxiliary", "x", &mgmt), -ENOENT);
	assert_int_equal(vdpa_dev_add(&v, "n", "auxiliary", "x", &config), -ENOENT);
	assert_int_equal(vdpa_dev_del(&v, "n"), -ENOENT);
	assert_int_equal(vdpa_dev_walk(&v, NULL, NULL), -ENOENT);
	assert_int_equal(vdpa_dev_get(&v, "n", &dev), -ENOENT);
	assert_int_equal(vdpa_config_get(&v, "n", &config), -ENOENT);
}

static void test_no_rdma(void **state)
{
	struct rdma r = {.missing = true};
	bool exclusive;

	(void)state;
	assert_int_equal(rdma_netns_mode(&r, &exclusive), -ENOENT);
	assert_non_null(strstr(nl_why(&r.nl, -ENOENT), "no RDMA"));
	assert_int_equal(rdma_port_walk(&r, NULL, NULL), -ENOENT);
}

static void test_vdpa(void **state)
{
	struct nlmsghdr *nlh = start_genl(VDPA_CMD_MGMTDEV_NEW);
	struct vdpa_config config;
	struct vdpa_mgmt mgmt;
	struct vdpa_dev dev;

	(void)state;
	assert_int_equal(vdpa_parse_mgmt(nlh, &mgmt), -EBADMSG);
	assert_int_equal(vdpa_parse_dev(nlh, &dev), -EBADMSG);
	mnl_attr_put_strz(nlh, VDPA_ATTR_MGMTDEV_BUS_NAME, "auxiliary");
	mnl_attr_put_strz(nlh, VDPA_ATTR_MGMTDEV_DEV_NAME, "mlx5_core.sf.4");
	mnl_attr_put_u64(nlh, VDPA_ATTR_MGMTDEV_SUPPORTED_CLASSES, 2);
	mnl_attr_put_u64(nlh, VDPA_ATTR_DEV_SUPPORTED_FEATURES, 1ULL << 33 | 1ULL << 32);
	mnl_attr_put_u32(nlh, VDPA_ATTR_DEV_MGMTDEV_MAX_VQS, 9);
	assert_int_equal(vdpa_parse_mgmt(nlh, &mgmt), 0);
	assert_string_equal(mgmt.bus, "auxiliary");
	assert_string_equal(mgmt.dev, "mlx5_core.sf.4");
	assert_int_equal(mgmt.classes, 2);
	assert_int_equal(mgmt.max_vqs, 9);
	assert_true(mgmt.features >> vdpa_feature_bit("ACCESS_PLATFORM") & 1);

	mnl_attr_put_strz(nlh, VDPA_ATTR_DEV_NAME, "vdpa-vm2");
	mnl_attr_put_u32(nlh, VDPA_ATTR_DEV_ID, 1);
	mnl_attr_put_u16(nlh, VDPA_ATTR_DEV_MAX_VQ_SIZE, 256);
	assert_int_equal(vdpa_parse_dev(nlh, &dev), 0);
	assert_string_equal(dev.name, "vdpa-vm2");
	assert_string_equal(dev.mgmt, "mlx5_core.sf.4");
	assert_int_equal(dev.max_vq_size, 256);

	mnl_attr_put(nlh, VDPA_ATTR_DEV_NET_CFG_MACADDR, 6, "\2\0\0\0\0\2");
	mnl_attr_put_u16(nlh, VDPA_ATTR_DEV_NET_CFG_MTU, 1500);
	mnl_attr_put_u16(nlh, VDPA_ATTR_DEV_NET_STATUS, 1);
	assert_int_equal(vdpa_parse_config(nlh, &config), 0);
	assert_int_equal(config.has, VDPA_HAS_MAC | VDPA_HAS_MTU | VDPA_HAS_STATUS);
	assert_int_equal(config.mac[5], 2);
	assert_int_equal(config.mtu, 1500);
	assert_int_equal(config.status, 1);
}

static void test_features(void **state)
{
	unsigned int bit;

	(void)state;
	for (bit = 0; bit < 64; bit++)
		if (vdpa_feature_name(bit))
			assert_int_equal(vdpa_feature_bit(vdpa_feature_name(bit)), bit);
	assert_int_equal(vdpa_feature_bit("MQ"), 22);
	assert_int_equal(vdpa_feature_bit("CTRL_VQ"), 17);
	assert_int_equal(vdpa_feature_bit("VERSION_1"), 32);
	assert_int_equal(vdpa_feature_bit("mq"), -ENOENT);
	assert_null(vdpa_feature_name(64));
}

static void test_rdma(void **state)
{
	struct nlmsghdr *nlh = start("", 0);
	struct rdma_port port;
	bool exclusive = false;

	(void)state;
	assert_int_equal(rdma_parse_port(nlh, &port), -EBADMSG);
	assert_int_equal(rdma_parse_netns(nlh, &exclusive), -ENOENT);
	mnl_attr_put_u32(nlh, RDMA_NLDEV_ATTR_DEV_INDEX, 3);
	mnl_attr_put_strz(nlh, RDMA_NLDEV_ATTR_DEV_NAME, "mlx5_2");
	mnl_attr_put_u32(nlh, RDMA_NLDEV_ATTR_PORT_INDEX, 1);
	mnl_attr_put_u8(nlh, RDMA_NLDEV_ATTR_PORT_STATE, 4);
	mnl_attr_put_u32(nlh, RDMA_NLDEV_ATTR_NDEV_INDEX, 9);
	mnl_attr_put_strz(nlh, RDMA_NLDEV_ATTR_NDEV_NAME, "sf88");
	mnl_attr_put_u8(nlh, RDMA_NLDEV_SYS_ATTR_NETNS_MODE, 0);
	assert_int_equal(rdma_parse_port(nlh, &port), 0);
	assert_int_equal(port.dev_index, 3);
	assert_string_equal(port.dev, "mlx5_2");
	assert_int_equal(port.port, 1);
	assert_string_equal(rdma_state_name(port.state), "active");
	assert_int_equal(port.ifindex, 9);
	assert_string_equal(port.netdev, "sf88");
	assert_int_equal(rdma_parse_netns(nlh, &exclusive), 0);
	assert_true(exclusive);
	assert_string_equal(rdma_state_name(200), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_port),	 cmocka_unit_test(test_port_silent),
		cmocka_unit_test(test_port_bad), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_event),	 cmocka_unit_test(test_eswitch),
		cmocka_unit_test(test_param),	 cmocka_unit_test(test_rate),
		cmocka_unit_test(test_handle),	 cmocka_unit_test(test_no_devlink),
		cmocka_unit_test(test_no_vdpa),	 cmocka_unit_test(test_no_rdma),
		cmocka_unit_test(test_vdpa),	 cmocka_unit_test(test_features),
		cmocka_unit_test(test_rdma),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
