// SPDX-License-Identifier: GPL-2.0-only
/* devlink_watch.c - hearing of devices, ports and parameters; see devlink.h */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "devlink_parse.h"
#include "nl_parse.h"

/* Some thousand ports may change at once; what is lost beyond is told. */
#define WATCH_RCVBUF (4 << 20)

int devlink_watch_open(struct nl *nl)
{
	int ret, size = WATCH_RCVBUF, fd;
	uint32_t group;

	ret = nl_open(nl, NETLINK_GENERIC);
	if (ret)
		return ret;
	fd = mnl_socket_get_fd(nl->sock);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	ret = nl_family(nl, DEVLINK_GENL_NAME, DEVLINK_GENL_MCGRP_CONFIG_NAME, &group);
	if (ret >= 0)
		ret = nl_join(nl, group);
	if (ret)
		nl_close(nl);
	return ret;
}

static enum devlink_event_kind event_kind(uint8_t cmd)
{
	switch (cmd) {
	case DEVLINK_CMD_NEW:
		return DEVLINK_EVENT_DEV;
	case DEVLINK_CMD_DEL:
		return DEVLINK_EVENT_DEV_GONE;
	case DEVLINK_CMD_PORT_NEW:
		return DEVLINK_EVENT_PORT;
	case DEVLINK_CMD_PORT_DEL:
		return DEVLINK_EVENT_PORT_GONE;
	case DEVLINK_CMD_PARAM_NEW:
	case DEVLINK_CMD_PARAM_DEL:
		return DEVLINK_EVENT_PARAM;
	default:
		return DEVLINK_EVENT_OTHER;
	}
}

int devlink_parse_event(const struct nlmsghdr *nlh, struct devlink_event *out)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct devlink_event event = {0};

	if (devlink_parse_dev(nlh, &event.dev))
		return -EBADMSG;
	event.kind = event_kind(genl->cmd);
	if ((event.kind == DEVLINK_EVENT_PORT || event.kind == DEVLINK_EVENT_PORT_GONE) &&
	    devlink_parse_port(nlh, &event.port))
		return -EBADMSG;
	*out = event;
	return 0;
}

struct watch {
	int (*cb)(const struct devlink_event *event, void *data);
	void *data;
};

static int datagram(const struct nl *nl, int len, const struct watch *watch)
{
	struct devlink_event event;
	const struct nlmsghdr *nlh;
	int ret;

	for (nlh = (void *)nl->rx; nl_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE || devlink_parse_event(nlh, &event))
			continue;
		ret = watch->cb(&event, watch->data);
		if (ret)
			return ret;
	}
	return 0;
}

int devlink_watch_read(struct nl *nl, int (*cb)(const struct devlink_event *event, void *data),
		       void *data)
{
	static const struct devlink_event overrun = {.kind = DEVLINK_EVENT_OVERRUN};
	const struct watch watch = {.cb = cb, .data = data};
	int len, ret = 0;

	while (!ret) {
		len = nl_hear(nl);
		if (!len)
			return 0;
		if (len == -ENOBUFS)
			ret = cb(&overrun, data);
		else
			ret = len < 0 ? len : datagram(nl, len, &watch);
	}
	return ret;
}
