// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_devlink.c - devlink, vDPA and RDMA messages, as arbitrary bytes
 *
 * The input is a datagram of netlink messages. It lies in memory of exactly its
 * size, so that a read beyond an attribute is found.
 */
#include <stdlib.h>
#include <string.h>

#include "devlink.c"
#include "devlink_find.c"
#include "devlink_param.c"
#include "devlink_port.c"
#include "devlink_rate.c"
#include "devlink_watch.c"
#include "nl.c"
#include "rdma.c"
#include "rtnl.c"
#include "sysdev.c"
#include "vdpa.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The result of a parser is text that is ended. */
#define CHECK_TEXT(text)                            \
	do {                                        \
		if (!memchr(text, 0, sizeof(text))) \
			abort();                    \
	} while (0)

static void check_dev(const struct devlink_dev *dev)
{
	CHECK_TEXT(dev->bus);
	CHECK_TEXT(dev->dev);
}

static void check_port(const struct devlink_port *port)
{
	check_dev(&port->dev);
	check_dev(&port->fn.nested);
	CHECK_TEXT(port->netdev);
	CHECK_TEXT(port->ibdev);
}

static void parse_devlink(const struct nlmsghdr *nlh)
{
	struct devlink_event event;
	struct devlink_param param;
	struct devlink_port port;
	struct devlink_rate rate;
	struct devlink_dev dev;
	uint16_t mode;

	if (!devlink_parse_dev(nlh, &dev))
		check_dev(&dev);
	if (!devlink_parse_port(nlh, &port))
		check_port(&port);
	if (!devlink_parse_event(nlh, &event))
		check_port(&event.port);
	if (!devlink_parse_param(nlh, &dev, &param))
		CHECK_TEXT(param.name);
	devlink_parse_eswitch(nlh, &mode);
	devlink_parse_rate(nlh, &rate);
}

static void parse_others(const struct nlmsghdr *nlh)
{
	struct vdpa_config config;
	struct vdpa_mgmt mgmt;
	struct vdpa_dev dev;
	struct rdma_port port;
	bool exclusive;

	if (!vdpa_parse_mgmt(nlh, &mgmt)) {
		CHECK_TEXT(mgmt.bus);
		CHECK_TEXT(mgmt.dev);
	}
	if (!vdpa_parse_dev(nlh, &dev)) {
		CHECK_TEXT(dev.name);
		CHECK_TEXT(dev.mgmt);
	}
	vdpa_parse_config(nlh, &config);
	if (!rdma_parse_port(nlh, &port)) {
		CHECK_TEXT(port.dev);
		CHECK_TEXT(port.netdev);
	}
	rdma_parse_netns(nlh, &exclusive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nlmsghdr *nlh;
	int len = (int)size;
	char *buf;

	if (!size || size > NL_BUF_SIZE)
		return 0;
	buf = calloc(1, MNL_ALIGN(size));
	if (!buf)
		return 0;
	memcpy(buf, data, size);
	for (nlh = (void *)buf; nl_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		parse_devlink(nlh);
		parse_others(nlh);
	}
	free(buf);
	return 0;
}
