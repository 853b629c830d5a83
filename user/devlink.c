// SPDX-License-Identifier: GPL-2.0-only
/* devlink.c - devices: handles, eswitch mode, reload; see devlink.h */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "devlink_parse.h"
#include "nl_attr.h"
#include "util.h"

int devlink_open(struct devlink *dl)
{
	int ret;

	memset(dl, 0, sizeof(*dl));
	ret = nl_open(&dl->nl, NETLINK_GENERIC);
	if (ret)
		return ret;
	dl->family = nl_family(&dl->nl, DEVLINK_GENL_NAME, NULL, NULL);
	if (dl->family >= 0 || dl->family == -ENOENT)
		return 0;
	ret = dl->family;
	devlink_close(dl);
	return ret;
}

void devlink_close(struct devlink *dl)
{
	nl_close(&dl->nl);
	memset(dl, 0, sizeof(*dl));
}

int devlink_handle_parse(const char *text, struct devlink_dev *out)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : 0;
	struct devlink_dev dev = {0};

	if (!len || len >= sizeof(dev.bus) || strchr(slash + 1, '/') || !slash[1] ||
	    str_copy(dev.dev, sizeof(dev.dev), slash + 1))
		return -EINVAL;
	memcpy(dev.bus, text, len);
	*out = dev;
	return 0;
}

void devlink_handle_text(const struct devlink_dev *dev, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s", dev->bus, dev->dev);
}

bool devlink_dev_equal(const struct devlink_dev *a, const struct devlink_dev *b)
{
	return !strcmp(a->bus, b->bus) && !strcmp(a->dev, b->dev);
}

struct nlmsghdr *devlink_request(struct devlink *dl, uint8_t cmd, const struct devlink_dev *dev)
{
	struct nlmsghdr *nlh;

	if (dl->family < 0) {
		str_copy(dl->nl.extack, sizeof(dl->nl.extack),
			 "this kernel has no devlink (CONFIG_NET_DEVLINK comes with the drivers "
			 "that use it)");
		return NULL;
	}
	nlh = nl_request_generic(&dl->nl, dl->family, cmd);
	if (dev) {
		mnl_attr_put_strz(nlh, DEVLINK_ATTR_BUS_NAME, dev->bus);
		mnl_attr_put_strz(nlh, DEVLINK_ATTR_DEV_NAME, dev->dev);
	}
	return nlh;
}

int devlink_parse_dev(const struct nlmsghdr *nlh, struct devlink_dev *out)
{
	struct devlink_dev dev = {0};
	const struct nlattr *attr;

	if (devlink_parse_head(nlh))
		return -EBADMSG;
	devlink_for_each(attr, nlh)
	{
		if (mnl_attr_get_type(attr) == DEVLINK_ATTR_BUS_NAME)
			nl_attr_str(attr, dev.bus, sizeof(dev.bus));
		else if (mnl_attr_get_type(attr) == DEVLINK_ATTR_DEV_NAME)
			nl_attr_str(attr, dev.dev, sizeof(dev.dev));
	}
	if (!dev.bus[0] || !dev.dev[0])
		return -EBADMSG;
	*out = dev;
	return 0;
}

struct dev_walk {
	int (*cb)(const struct devlink_dev *dev, void *data);
	void *data;
	int ret;
};

static int dev_walk_cb(const struct nlmsghdr *nlh, void *data)
{
	struct dev_walk *walk = data;
	struct devlink_dev dev;

	if (devlink_parse_dev(nlh, &dev))
		return MNL_CB_OK;
	walk->ret = walk->cb(&dev, walk->data);
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

int devlink_dev_walk(struct devlink *dl, int (*cb)(const struct devlink_dev *dev, void *data),
		     void *data)
{
	struct dev_walk walk = {.cb = cb, .data = data};
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_GET, NULL);
	int ret;

	if (!nlh)
		return -ENOENT;
	nlh->nlmsg_flags |= NLM_F_DUMP;
	ret = nl_talk(&dl->nl, nlh, dev_walk_cb, &walk);
	return ret ? ret : walk.ret;
}

int devlink_dev_get(struct devlink *dl, const struct devlink_dev *dev)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_GET, dev);

	return nlh ? nl_talk(&dl->nl, nlh, NULL, NULL) : -ENOENT;
}

int devlink_reload(struct devlink *dl, const struct devlink_dev *dev)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_RELOAD, dev);

	if (!nlh)
		return -ENOENT;
	mnl_attr_put_u8(nlh, DEVLINK_ATTR_RELOAD_ACTION, DEVLINK_RELOAD_ACTION_DRIVER_REINIT);
	return nl_talk(&dl->nl, nlh, NULL, NULL);
}

static int reload_failed_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	if (devlink_parse_head(nlh))
		return MNL_CB_OK;
	devlink_for_each(attr, nlh) if (mnl_attr_get_type(attr) == DEVLINK_ATTR_RELOAD_FAILED) *
		(int *)data = nl_attr_u8(attr) != 0;
	return MNL_CB_OK;
}

int devlink_reload_failed(struct devlink *dl, const struct devlink_dev *dev)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_GET, dev);
	int ret, failed = 0;

	if (!nlh)
		return -ENOENT;
	ret = nl_talk(&dl->nl, nlh, reload_failed_cb, &failed);
	return ret ? ret : failed;
}

const char *devlink_mode_name(uint16_t mode)
{
	static const char *const names[] = {
		[DEVLINK_MODE_LEGACY] = "legacy",
		[DEVLINK_MODE_SWITCHDEV] = "switchdev",
		[DEVLINK_MODE_SWITCHDEV_INACTIVE] = "switchdev_inactive",
	};

	return mode < ARRAY_SIZE(names) ? names[mode] : "?";
}

int devlink_parse_eswitch(const struct nlmsghdr *nlh, uint16_t *mode)
{
	const struct nlattr *attr;

	if (devlink_parse_head(nlh))
		return -EBADMSG;
	devlink_for_each(attr, nlh)
	{
		if (mnl_attr_get_type(attr) != DEVLINK_ATTR_ESWITCH_MODE ||
		    mnl_attr_get_payload_len(attr) < sizeof(*mode))
			continue;
		*mode = mnl_attr_get_u16(attr);
		return 0;
	}
	return -ENOENT;
}

static int eswitch_cb(const struct nlmsghdr *nlh, void *data)
{
	uint16_t mode;

	if (!devlink_parse_eswitch(nlh, &mode))
		*(int *)data = mode;
	return MNL_CB_OK;
}

int devlink_eswitch_get(struct devlink *dl, const struct devlink_dev *dev, uint16_t *mode)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_ESWITCH_GET, dev);
	int ret, found = -1;

	if (!nlh)
		return -ENOENT;
	ret = nl_talk(&dl->nl, nlh, eswitch_cb, &found);
	if (ret)
		return ret;
	if (found < 0) /* a driver may have an eswitch without modes */
		return -EOPNOTSUPP;
	*mode = (uint16_t)found;
	return 0;
}

int devlink_eswitch_set(struct devlink *dl, const struct devlink_dev *dev, uint16_t mode)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_ESWITCH_SET, dev);

	if (!nlh)
		return -ENOENT;
	mnl_attr_put_u16(nlh, DEVLINK_ATTR_ESWITCH_MODE, mode);
	return nl_talk(&dl->nl, nlh, NULL, NULL);
}
