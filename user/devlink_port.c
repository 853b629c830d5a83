// SPDX-License-Identifier: GPL-2.0-only
/* devlink_port.c - ports of an eswitch and the functions behind them; see devlink.h */
#include <errno.h>
#include <string.h>

#include "devlink_parse.h"
#include "nl_attr.h"

/* Newer than linux/devlink.h may be: 6.2, 6.2, 6.7, 6.10. */
#define FN_ATTR_CAPS 4
#define FN_CAP_ROCE 0x1
#define FN_ATTR_DEVLINK 5
#define FN_ATTR_MAX_IO_EQS 6

static void parse_caps(const struct nlattr *attr, struct devlink_fn *fn)
{
	struct nla_bitfield32 caps;

	if (mnl_attr_get_payload_len(attr) < sizeof(caps))
		return;
	memcpy(&caps, mnl_attr_get_payload(attr), sizeof(caps));
	if (!(caps.selector & FN_CAP_ROCE))
		return;
	fn->has |= DEVLINK_FN_ROCE;
	fn->roce = caps.value & FN_CAP_ROCE;
}

static void parse_nested(const struct nlattr *nest, struct devlink_dev *dev)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
	{
		if (mnl_attr_get_type(attr) == DEVLINK_ATTR_BUS_NAME)
			nl_attr_str(attr, dev->bus, sizeof(dev->bus));
		else if (mnl_attr_get_type(attr) == DEVLINK_ATTR_DEV_NAME)
			nl_attr_str(attr, dev->dev, sizeof(dev->dev));
	}
}

static void parse_fn_attr(const struct nlattr *attr, struct devlink_fn *fn)
{
	switch (mnl_attr_get_type(attr)) {
	case DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR:
		if (nl_attr_mac(attr, fn->hw_addr))
			fn->has |= DEVLINK_FN_HW_ADDR;
		break;
	case DEVLINK_PORT_FN_ATTR_STATE:
		fn->has |= DEVLINK_FN_ACTIVE;
		fn->active = nl_attr_u8(attr) == DEVLINK_PORT_FN_STATE_ACTIVE;
		break;
	case DEVLINK_PORT_FN_ATTR_OPSTATE:
		fn->has |= DEVLINK_FN_ATTACHED;
		fn->attached = nl_attr_u8(attr) == DEVLINK_PORT_FN_OPSTATE_ATTACHED;
		break;
	case FN_ATTR_CAPS:
		parse_caps(attr, fn);
		break;
	case FN_ATTR_DEVLINK:
		parse_nested(attr, &fn->nested);
		break;
	case FN_ATTR_MAX_IO_EQS:
		fn->has |= DEVLINK_FN_MAX_IO_EQS;
		fn->max_io_eqs = nl_attr_u32(attr);
		break;
	}
}

/* Numbers that say which function it is. */
static void parse_number(const struct nlattr *attr, struct devlink_port *port)
{
	switch (mnl_attr_get_type(attr)) {
	case DEVLINK_ATTR_PORT_PCI_PF_NUMBER:
		port->has |= DEVLINK_PORT_PF;
		port->pf = nl_attr_u16(attr);
		break;
	case DEVLINK_ATTR_PORT_PCI_VF_NUMBER:
		port->has |= DEVLINK_PORT_VF;
		port->vf = nl_attr_u16(attr);
		break;
	case DEVLINK_ATTR_PORT_PCI_SF_NUMBER:
		port->has |= DEVLINK_PORT_SF;
		port->sf = nl_attr_u32(attr);
		break;
	case DEVLINK_ATTR_PORT_CONTROLLER_NUMBER:
		port->controller = nl_attr_u32(attr);
		break;
	case DEVLINK_ATTR_PORT_EXTERNAL:
		port->external = nl_attr_u8(attr);
		break;
	}
}

static void parse_port_attr(const struct nlattr *attr, struct devlink_port *port, bool *indexed)
{
	const struct nlattr *sub;

	switch (mnl_attr_get_type(attr)) {
	case DEVLINK_ATTR_PORT_INDEX:
		*indexed = mnl_attr_get_payload_len(attr) >= sizeof(port->index);
		port->index = nl_attr_u32(attr);
		break;
	case DEVLINK_ATTR_PORT_TYPE:
		port->type = nl_attr_u16(attr);
		break;
	case DEVLINK_ATTR_PORT_FLAVOUR:
		port->flavour = nl_attr_u16(attr);
		break;
	case DEVLINK_ATTR_PORT_NETDEV_IFINDEX:
		port->ifindex = nl_attr_u32(attr);
		break;
	case DEVLINK_ATTR_PORT_NETDEV_NAME:
		nl_attr_str(attr, port->netdev, sizeof(port->netdev));
		break;
	case DEVLINK_ATTR_PORT_IBDEV_NAME:
		nl_attr_str(attr, port->ibdev, sizeof(port->ibdev));
		break;
	case DEVLINK_ATTR_PORT_FUNCTION:
		mnl_attr_for_each_nested(sub, attr) parse_fn_attr(sub, &port->fn);
		break;
	default:
		parse_number(attr, port);
	}
}

int devlink_parse_port(const struct nlmsghdr *nlh, struct devlink_port *out)
{
	struct devlink_port port = {0};
	const struct nlattr *attr;
	bool indexed = false;

	if (devlink_parse_dev(nlh, &port.dev))
		return -EBADMSG;
	devlink_for_each(attr, nlh) parse_port_attr(attr, &port, &indexed);
	if (!indexed)
		return -EBADMSG;
	*out = port;
	return 0;
}

struct port_walk {
	const struct devlink_dev *dev;
	int (*cb)(const struct devlink_port *port, void *data);
	void *data;
	int ret;
};

static int port_walk_cb(const struct nlmsghdr *nlh, void *data)
{
	struct port_walk *walk = data;
	struct devlink_port port;

	if (devlink_parse_port(nlh, &port))
		return MNL_CB_OK;
	if (walk->dev && !devlink_dev_equal(walk->dev, &port.dev))
		return MNL_CB_OK; /* kernels before 6.6 dump all of them */
	walk->ret = walk->cb(&port, walk->data);
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

int devlink_port_walk(struct devlink *dl, const struct devlink_dev *dev,
		      int (*cb)(const struct devlink_port *port, void *data), void *data)
{
	struct port_walk walk = {.dev = dev, .cb = cb, .data = data};
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_PORT_GET, dev);
	int ret;

	if (!nlh)
		return -ENOENT;
	nlh->nlmsg_flags |= NLM_F_DUMP;
	ret = nl_talk(&dl->nl, nlh, port_walk_cb, &walk);
	return ret ? ret : walk.ret;
}

struct port_reply {
	struct devlink_port port;
	bool found;
};

static int port_reply_cb(const struct nlmsghdr *nlh, void *data)
{
	struct port_reply *reply = data;

	if (!devlink_parse_port(nlh, &reply->port))
		reply->found = true;
	return MNL_CB_OK;
}

static int port_talk(struct devlink *dl, struct nlmsghdr *nlh, struct devlink_port *out)
{
	struct port_reply reply = {0};
	int ret;

	ret = nl_talk(&dl->nl, nlh, port_reply_cb, &reply);
	if (ret)
		return ret;
	if (!reply.found)
		return -EPROTO;
	*out = reply.port;
	return 0;
}

int devlink_port_get(struct devlink *dl, const struct devlink_dev *dev, uint32_t index,
		     struct devlink_port *out)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_PORT_GET, dev);

	if (!nlh)
		return -ENOENT;
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_INDEX, index);
	return port_talk(dl, nlh, out);
}

int devlink_port_new(struct devlink *dl, const struct devlink_sf *sf, struct devlink_port *out)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_PORT_NEW, &sf->dev);

	if (!nlh)
		return -ENOENT;
	mnl_attr_put_u16(nlh, DEVLINK_ATTR_PORT_FLAVOUR, DEVLINK_PORT_FLAVOUR_PCI_SF);
	mnl_attr_put_u16(nlh, DEVLINK_ATTR_PORT_PCI_PF_NUMBER, sf->pf);
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_PCI_SF_NUMBER, sf->num);
	if (sf->has_controller)
		mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_CONTROLLER_NUMBER, sf->controller);
	return port_talk(dl, nlh, out);
}

int devlink_port_del(struct devlink *dl, const struct devlink_dev *dev, uint32_t index)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_PORT_DEL, dev);

	if (!nlh)
		return -ENOENT;
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_INDEX, index);
	return nl_talk(&dl->nl, nlh, NULL, NULL);
}

static void put_fn(struct nlmsghdr *nlh, const struct devlink_fn *fn)
{
	struct nla_bitfield32 caps = {.value = fn->roce ? FN_CAP_ROCE : 0, .selector = FN_CAP_ROCE};
	struct nlattr *nest = mnl_attr_nest_start(nlh, DEVLINK_ATTR_PORT_FUNCTION);

	if (fn->has & DEVLINK_FN_HW_ADDR)
		mnl_attr_put(nlh, DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR, sizeof(fn->hw_addr),
			     fn->hw_addr);
	if (fn->has & DEVLINK_FN_ROCE)
		mnl_attr_put(nlh, FN_ATTR_CAPS, sizeof(caps), &caps);
	if (fn->has & DEVLINK_FN_MAX_IO_EQS)
		mnl_attr_put_u32(nlh, FN_ATTR_MAX_IO_EQS, fn->max_io_eqs);
	if (fn->has & DEVLINK_FN_ACTIVE)
		mnl_attr_put_u8(nlh, DEVLINK_PORT_FN_ATTR_STATE,
				fn->active ? DEVLINK_PORT_FN_STATE_ACTIVE
					   : DEVLINK_PORT_FN_STATE_INACTIVE);
	mnl_attr_nest_end(nlh, nest);
}

int devlink_port_set_fn(struct devlink *dl, const struct devlink_dev *dev, uint32_t index,
			const struct devlink_fn *fn)
{
	struct nlmsghdr *nlh;

	if (!(fn->has & ~DEVLINK_FN_ATTACHED))
		return 0;
	nlh = devlink_request(dl, DEVLINK_CMD_PORT_SET, dev);
	if (!nlh)
		return -ENOENT;
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_INDEX, index);
	put_fn(nlh, fn);
	return nl_talk(&dl->nl, nlh, NULL, NULL);
}
