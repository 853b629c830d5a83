/* SPDX-License-Identifier: GPL-2.0-only */
/* devlink_parse.h - the parsers of devlink's messages, apart from the sockets
 *
 * For the devlink files and their tests only. Each takes one whole message, which
 * lies in memory up to its length rounded up to 4, and trusts nothing else in it.
 * Return: 0; -EBADMSG: cut short, or names no device; what the function says.
 */
#ifndef REPX_DEVLINK_PARSE_H
#define REPX_DEVLINK_PARSE_H

#include <errno.h>
#include <linux/genetlink.h>

#include "devlink.h"

/* DEVLINK_CMD_NEW and all others that name a device. */
int devlink_parse_dev(const struct nlmsghdr *nlh, struct devlink_dev *out);
/* DEVLINK_CMD_PORT_NEW, PORT_DEL; -EBADMSG too without an index. */
int devlink_parse_port(const struct nlmsghdr *nlh, struct devlink_port *out);
/* DEVLINK_CMD_ESWITCH_GET; -ENOENT: no mode in it. */
int devlink_parse_eswitch(const struct nlmsghdr *nlh, uint16_t *mode);
/* DEVLINK_CMD_PARAM_GET; -ENOENT: none of driverinit and bool. */
int devlink_parse_param(const struct nlmsghdr *nlh, struct devlink_dev *dev,
			struct devlink_param *out);
/* DEVLINK_CMD_RATE_NEW */
int devlink_parse_rate(const struct nlmsghdr *nlh, struct devlink_rate *out);
/* Any message of the multicast group. */
int devlink_parse_event(const struct nlmsghdr *nlh, struct devlink_event *out);

/* Shared by the devlink files: a request about @dev (NULL: none in it). Return: the
 * message; NULL on a kernel without devlink, which nl.extack says. */
struct nlmsghdr *devlink_request(struct devlink *dl, uint8_t cmd, const struct devlink_dev *dev);

/* The family's attributes of a whole message. */
#define devlink_for_each(attr, nlh) mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))

/* 0, -EBADMSG: not even the headers are there */
static inline int devlink_parse_head(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr) ? -EBADMSG : 0;
}

#endif
