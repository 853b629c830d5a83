// SPDX-License-Identifier: GPL-2.0-only
/* rdma.c - see rdma.h */
#include <errno.h>
#include <rdma/rdma_netlink.h>
#include <string.h>

#include "nl_attr.h"
#include "rdma_parse.h"
#include "sysdev.h"
#include "util.h"

#define BUS_RDMA 20 /* NETLINK_RDMA */
#define NLDEV_TYPE(cmd) RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, cmd)

int rdma_open(struct rdma *r)
{
	int ret;

	memset(r, 0, sizeof(*r));
	ret = nl_open(&r->nl, BUS_RDMA);
	if (ret != -EPROTONOSUPPORT && ret != -EAFNOSUPPORT)
		return ret;
	/* the socket is needed for nothing but the text */
	ret = nl_open(&r->nl, NETLINK_ROUTE);
	r->missing = true;
	return ret;
}

void rdma_close(struct rdma *r)
{
	nl_close(&r->nl);
	memset(r, 0, sizeof(*r));
}

const char *rdma_state_name(uint8_t state)
{
	static const char *const names[] = {"nop",   "down",   "init",
					    "armed", "active", "active-defer"};

	return state < ARRAY_SIZE(names) ? names[state] : "?";
}

static struct nlmsghdr *rdma_request(struct rdma *r, uint16_t cmd, uint16_t flags)
{
	if (r->missing) {
		str_copy(r->nl.extack, sizeof(r->nl.extack),
			 "this kernel has no RDMA (modprobe ib_core)");
		return NULL;
	}
	return nl_request(&r->nl, (uint16_t)NLDEV_TYPE(cmd), flags, "", 0);
}

int rdma_parse_port(const struct nlmsghdr *nlh, struct rdma_port *out)
{
	struct rdma_port port = {0};
	const struct nlattr *attr;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN)
		return -EBADMSG;
	mnl_attr_for_each(attr, nlh, 0)
	{
		switch (mnl_attr_get_type(attr)) {
		case RDMA_NLDEV_ATTR_DEV_INDEX:
			port.dev_index = nl_attr_u32(attr);
			break;
		case RDMA_NLDEV_ATTR_DEV_NAME:
			nl_attr_str(attr, port.dev, sizeof(port.dev));
			break;
		case RDMA_NLDEV_ATTR_PORT_INDEX:
			port.port = nl_attr_u32(attr);
			break;
		case RDMA_NLDEV_ATTR_PORT_STATE:
			port.state = nl_attr_u8(attr);
			break;
		case RDMA_NLDEV_ATTR_NDEV_INDEX:
			port.ifindex = nl_attr_u32(attr);
			break;
		case RDMA_NLDEV_ATTR_NDEV_NAME:
			nl_attr_str(attr, port.netdev, sizeof(port.netdev));
			break;
		}
	}
	if (!port.dev[0])
		return -EBADMSG;
	*out = port;
	return 0;
}

int rdma_parse_netns(const struct nlmsghdr *nlh, bool *exclusive)
{
	const struct nlattr *attr;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN)
		return -EBADMSG;
	mnl_attr_for_each(attr, nlh, 0)
	{
		if (mnl_attr_get_type(attr) != RDMA_NLDEV_SYS_ATTR_NETNS_MODE ||
		    mnl_attr_get_payload_len(attr) < 1)
			continue;
		*exclusive = !mnl_attr_get_u8(attr);
		return 0;
	}
	return -ENOENT;
}

struct rdma_walk {
	struct rdma *r;
	int (*cb)(const struct rdma_port *port, void *data);
	void *data;
	int ret;
};

static int rdma_port_cb(const struct nlmsghdr *nlh, void *data)
{
	struct rdma_walk *walk = data;
	struct rdma_port port;

	if (rdma_parse_port(nlh, &port))
		return MNL_CB_OK;
	walk->ret = walk->cb(&port, walk->data);
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

/* One device of the dump: asks for its ports. It may be gone meanwhile. */
static int rdma_dev_cb(const struct nlmsghdr *nlh, void *data)
{
	struct rdma_walk *walk = data;
	struct rdma_port dev;
	struct nlmsghdr *ask;
	int ret;

	if (rdma_parse_port(nlh, &dev))
		return MNL_CB_OK;
	ask = rdma_request(walk->r, RDMA_NLDEV_CMD_PORT_GET, NLM_F_DUMP);
	if (!ask)
		return MNL_CB_STOP;
	mnl_attr_put_u32(ask, RDMA_NLDEV_ATTR_DEV_INDEX, dev.dev_index);
	ret = nl_talk(&walk->r->nl, ask, rdma_port_cb, walk);
	if (ret && ret != -EINVAL && ret != -ENODEV)
		walk->ret = ret;
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

int rdma_port_walk(struct rdma *r, int (*cb)(const struct rdma_port *port, void *data), void *data)
{
	struct rdma_walk walk = {.r = r, .cb = cb, .data = data};
	struct nlmsghdr *nlh = rdma_request(r, RDMA_NLDEV_CMD_GET, NLM_F_DUMP);
	int ret;

	if (!nlh)
		return -ENOENT;
	ret = nl_talk(&r->nl, nlh, rdma_dev_cb, &walk);
	return ret ? ret : walk.ret;
}

static int netns_cb(const struct nlmsghdr *nlh, void *data)
{
	bool exclusive;

	if (!rdma_parse_netns(nlh, &exclusive))
		*(int *)data = exclusive;
	return MNL_CB_OK;
}

int rdma_netns_mode(struct rdma *r, bool *exclusive)
{
	struct nlmsghdr *nlh = rdma_request(r, RDMA_NLDEV_CMD_SYS_GET, 0);
	int ret, found = -1;

	if (!nlh)
		return -ENOENT;
	ret = nl_talk(&r->nl, nlh, netns_cb, &found);
	if (ret == -EINVAL || (!ret && found < 0))
		return -EOPNOTSUPP;
	if (!ret)
		*exclusive = found;
	return ret;
}

struct find {
	const char *name;
	uint32_t index;
	bool found;
};

static int find_cb(const struct rdma_port *port, void *data)
{
	struct find *find = data;

	if (strcmp(port->dev, find->name) != 0)
		return 0;
	find->index = port->dev_index;
	find->found = true;
	return 1;
}

int rdma_dev_index(struct rdma *r, const char *name, uint32_t *index)
{
	struct find find = {.name = name};
	int ret = rdma_port_walk(r, find_cb, &find);

	if (ret < 0)
		return ret;
	if (!find.found)
		return -ENODEV;
	*index = find.index;
	return 0;
}

int rdma_dev_set_netns(struct rdma *r, uint32_t index, int netns_fd)
{
	struct nlmsghdr *nlh = rdma_request(r, RDMA_NLDEV_CMD_SET, 0);

	if (!nlh)
		return -ENOENT;
	mnl_attr_put_u32(nlh, RDMA_NLDEV_ATTR_DEV_INDEX, index);
	mnl_attr_put_u32(nlh, RDMA_NLDEV_NET_NS_FD, (uint32_t)netns_fd);
	return nl_talk(&r->nl, nlh, NULL, NULL);
}

int rdma_parent(const char *sys, const char *dev, char *buf, size_t size)
{
	char path[SYSDEV_PATH_MAX];
	int ret = sysdev_path(path, sys, "class/infiniband/%s/device", dev);

	return ret ? ret : sysdev_link(path, buf, size);
}
