/* SPDX-License-Identifier: GPL-2.0-only */
/* vdpa_parse.h - the parsers of vDPA's messages; terms as in devlink_parse.h */
#ifndef REPX_VDPA_PARSE_H
#define REPX_VDPA_PARSE_H

#include "vdpa.h"

/* VDPA_CMD_MGMTDEV_NEW */
int vdpa_parse_mgmt(const struct nlmsghdr *nlh, struct vdpa_mgmt *out);
/* VDPA_CMD_DEV_NEW */
int vdpa_parse_dev(const struct nlmsghdr *nlh, struct vdpa_dev *out);
/* VDPA_CMD_DEV_CONFIG_GET */
int vdpa_parse_config(const struct nlmsghdr *nlh, struct vdpa_config *out);

#endif
