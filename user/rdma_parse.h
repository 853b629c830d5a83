/* SPDX-License-Identifier: GPL-2.0-only */
/* rdma_parse.h - the parsers of RDMA's messages; terms as in devlink_parse.h */
#ifndef REPX_RDMA_PARSE_H
#define REPX_RDMA_PARSE_H

#include "rdma.h"

/* RDMA_NLDEV_CMD_GET: dev_index, dev; RDMA_NLDEV_CMD_PORT_GET: all of it.
 * -EBADMSG: cut short, or without the name of a device. */
int rdma_parse_port(const struct nlmsghdr *nlh, struct rdma_port *out);
/* RDMA_NLDEV_CMD_SYS_GET; -ENOENT: it does not say. */
int rdma_parse_netns(const struct nlmsghdr *nlh, bool *exclusive);

#endif
