// SPDX-License-Identifier: GPL-2.0-only
/* devlink_param.c - parameters that count at the next reload; see devlink.h */
#include <errno.h>
#include <string.h>

#include "devlink_parse.h"
#include "nl_attr.h"

/* Types of values are those of the kernel's own netlink policies. */
#define TYPE_FLAG 6

/* A bool that is true has data, of no length; one that is false has none. */
static bool parse_value(const struct nlattr *nest, bool *value)
{
	const struct nlattr *attr;
	int cmode = -1;

	*value = false;
	mnl_attr_for_each_nested(attr, nest)
	{
		if (mnl_attr_get_type(attr) == DEVLINK_ATTR_PARAM_VALUE_DATA)
			*value = true;
		else if (mnl_attr_get_type(attr) == DEVLINK_ATTR_PARAM_VALUE_CMODE)
			cmode = nl_attr_u8(attr);
	}
	return cmode == DEVLINK_PARAM_CMODE_DRIVERINIT;
}

static bool parse_values(const struct nlattr *list, bool *value)
{
	const struct nlattr *attr;
	bool one;

	mnl_attr_for_each_nested(attr, list)
	{
		if (mnl_attr_get_type(attr) != DEVLINK_ATTR_PARAM_VALUE || !parse_value(attr, &one))
			continue;
		*value = one;
		return true;
	}
	return false;
}

static int parse_nest(const struct nlattr *nest, struct devlink_param *out)
{
	struct devlink_param param = {0};
	const struct nlattr *attr;
	bool flag = false, found = false;

	mnl_attr_for_each_nested(attr, nest)
	{
		switch (mnl_attr_get_type(attr)) {
		case DEVLINK_ATTR_PARAM_NAME:
			nl_attr_str(attr, param.name, sizeof(param.name));
			break;
		case DEVLINK_ATTR_PARAM_TYPE:
			flag = nl_attr_u8(attr) == TYPE_FLAG;
			break;
		case DEVLINK_ATTR_PARAM_VALUES_LIST:
			found = parse_values(attr, &param.value);
			break;
		}
	}
	if (!flag || !found || !param.name[0])
		return -ENOENT;
	*out = param;
	return 0;
}

int devlink_parse_param(const struct nlmsghdr *nlh, struct devlink_dev *dev,
			struct devlink_param *out)
{
	const struct nlattr *attr;

	if (devlink_parse_dev(nlh, dev))
		return -EBADMSG;
	devlink_for_each(attr, nlh) if (mnl_attr_get_type(attr) ==
					DEVLINK_ATTR_PARAM) return parse_nest(attr, out);
	return -ENOENT;
}

static int param_cb(const struct nlmsghdr *nlh, void *data)
{
	struct devlink_dev dev;

	devlink_parse_param(nlh, &dev, data);
	return MNL_CB_OK;
}

int devlink_param_get(struct devlink *dl, const struct devlink_dev *dev, const char *name,
		      bool *value)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_PARAM_GET, dev);
	struct devlink_param param = {0};
	int ret;

	if (!nlh)
		return -ENOENT;
	if (strlen(name) >= sizeof(param.name))
		return -EINVAL;
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_PARAM_NAME, name);
	ret = nl_talk(&dl->nl, nlh, param_cb, &param);
	if (ret)
		return ret;
	if (strcmp(param.name, name))
		return -EPROTO;
	*value = param.value;
	return 0;
}

int devlink_param_set(struct devlink *dl, const struct devlink_dev *dev, const char *name,
		      bool value)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_PARAM_SET, dev);

	if (!nlh)
		return -ENOENT;
	if (strlen(name) >= sizeof(((struct devlink_param *)0)->name))
		return -EINVAL;
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_PARAM_NAME, name);
	mnl_attr_put_u8(nlh, DEVLINK_ATTR_PARAM_TYPE, TYPE_FLAG);
	mnl_attr_put_u8(nlh, DEVLINK_ATTR_PARAM_VALUE_CMODE, DEVLINK_PARAM_CMODE_DRIVERINIT);
	if (value)
		mnl_attr_put(nlh, DEVLINK_ATTR_PARAM_VALUE_DATA, 0, NULL);
	return nl_talk(&dl->nl, nlh, NULL, NULL);
}

struct param_walk {
	int (*cb)(const struct devlink_dev *dev, const struct devlink_param *param, void *data);
	void *data;
	int ret;
};

static int param_walk_cb(const struct nlmsghdr *nlh, void *data)
{
	struct param_walk *walk = data;
	struct devlink_param param;
	struct devlink_dev dev;

	if (devlink_parse_param(nlh, &dev, &param))
		return MNL_CB_OK;
	walk->ret = walk->cb(&dev, &param, walk->data);
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

int devlink_param_walk(struct devlink *dl,
		       int (*cb)(const struct devlink_dev *dev, const struct devlink_param *param,
				 void *data),
		       void *data)
{
	struct param_walk walk = {.cb = cb, .data = data};
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_PARAM_GET, NULL);
	int ret;

	if (!nlh)
		return -ENOENT;
	nlh->nlmsg_flags |= NLM_F_DUMP;
	ret = nl_talk(&dl->nl, nlh, param_walk_cb, &walk);
	return ret ? ret : walk.ret;
}
