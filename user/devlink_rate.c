// SPDX-License-Identifier: GPL-2.0-only
/* devlink_rate.c - limits of what a function sends; see devlink.h */
#include <errno.h>

#include "devlink_parse.h"

int devlink_parse_rate(const struct nlmsghdr *nlh, struct devlink_rate *out)
{
	struct devlink_rate rate = {0};
	const struct nlattr *attr;

	if (devlink_parse_head(nlh))
		return -EBADMSG;
	devlink_for_each(attr, nlh)
	{
		if (mnl_attr_get_type(attr) == DEVLINK_ATTR_RATE_TX_SHARE) {
			rate.has |= DEVLINK_RATE_SHARE;
			rate.tx_share = nl_attr_u64(attr);
		} else if (mnl_attr_get_type(attr) == DEVLINK_ATTR_RATE_TX_MAX) {
			rate.has |= DEVLINK_RATE_MAX;
			rate.tx_max = nl_attr_u64(attr);
		}
	}
	*out = rate;
	return 0;
}

static int rate_cb(const struct nlmsghdr *nlh, void *data)
{
	devlink_parse_rate(nlh, data);
	return MNL_CB_OK;
}

int devlink_rate_get(struct devlink *dl, const struct devlink_dev *dev, uint32_t index,
		     struct devlink_rate *out)
{
	struct nlmsghdr *nlh = devlink_request(dl, DEVLINK_CMD_RATE_GET, dev);
	struct devlink_rate rate = {0};
	int ret;

	if (!nlh)
		return -ENOENT;
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_INDEX, index);
	ret = nl_talk(&dl->nl, nlh, rate_cb, &rate);
	if (!ret)
		*out = rate;
	return ret;
}

int devlink_rate_set(struct devlink *dl, const struct devlink_dev *dev, uint32_t index,
		     const struct devlink_rate *rate)
{
	struct nlmsghdr *nlh;

	if (!rate->has)
		return 0;
	nlh = devlink_request(dl, DEVLINK_CMD_RATE_SET, dev);
	if (!nlh)
		return -ENOENT;
	mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_INDEX, index);
	if (rate->has & DEVLINK_RATE_SHARE)
		mnl_attr_put_u64(nlh, DEVLINK_ATTR_RATE_TX_SHARE, rate->tx_share);
	if (rate->has & DEVLINK_RATE_MAX)
		mnl_attr_put_u64(nlh, DEVLINK_ATTR_RATE_TX_MAX, rate->tx_max);
	return nl_talk(&dl->nl, nlh, NULL, NULL);
}
