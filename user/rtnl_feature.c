// SPDX-License-Identifier: GPL-2.0-only
/* rtnl_feature.c - offloads (ethtool netlink) and XDP features; see rtnl.h */
#include <errno.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <string.h>

#include "nl_parse.h"
#include "rtnl.h"
#include "util.h"

/* linux/netdev.h came with 6.3 */
#define NETDEV_CMD_DEV_GET 1
#define NETDEV_A_DEV_IFINDEX 1
#define NETDEV_A_DEV_XDP_FEATURES 3

/* Names as in the kernel's string set, at most ETH_GSTRING_LEN. */
#define FEATURE_NAME_MAX 32

/* One bit of a verbose bitset. Return: is it called @name? */
static bool parse_bit(const struct nlattr *bit, const char *name, bool *value)
{
	const struct nlattr *attr;
	char text[FEATURE_NAME_MAX] = "";

	*value = false;
	mnl_attr_for_each_nested(attr, bit)
	{
		if (mnl_attr_get_type(attr) == ETHTOOL_A_BITSET_BIT_NAME)
			nl_attr_str(attr, text, sizeof(text));
		else if (mnl_attr_get_type(attr) == ETHTOOL_A_BITSET_BIT_VALUE)
			*value = true;
	}
	return !strcmp(text, name);
}

/* Is the bit called @name listed (*listed) and set (return)? In a set without
 * mask all that is listed is set. */
static bool parse_bitset(const struct nlattr *set, const char *name, bool *listed)
{
	const struct nlattr *attr, *bit;
	bool no_mask = false, value, found = false;

	*listed = false;
	mnl_attr_for_each_nested(attr, set)
	{
		if (mnl_attr_get_type(attr) == ETHTOOL_A_BITSET_NOMASK)
			no_mask = true;
		if (mnl_attr_get_type(attr) != ETHTOOL_A_BITSET_BITS)
			continue;
		mnl_attr_for_each_nested(bit, attr) if (parse_bit(bit, name, &value))
		{
			*listed = true;
			found = value;
		}
	}
	return *listed && (found || no_mask);
}

int rtnl_parse_feature(const struct nlmsghdr *nlh, const char *name, struct rtnl_feature *out)
{
	const struct nlattr *attr;
	bool listed;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr))
		return -EBADMSG;
	memset(out, 0, sizeof(*out));
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		switch (mnl_attr_get_type(attr)) {
		case ETHTOOL_A_FEATURES_HW: /* lists every feature there is */
			parse_bitset(attr, name, &out->known);
			break;
		case ETHTOOL_A_FEATURES_WANTED:
			out->wanted = parse_bitset(attr, name, &listed);
			break;
		case ETHTOOL_A_FEATURES_ACTIVE:
			out->active = parse_bitset(attr, name, &listed);
			break;
		}
	}
	return 0;
}

struct feature_get {
	const char *name;
	struct rtnl_feature out;
};

static int feature_cb(const struct nlmsghdr *nlh, void *data)
{
	struct feature_get *get = data;

	rtnl_parse_feature(nlh, get->name, &get->out);
	return MNL_CB_OK;
}

static int feature_request(struct rtnl *rtnl, uint8_t cmd, uint32_t ifindex, struct nlmsghdr **out)
{
	struct nlmsghdr *nlh;
	struct nlattr *header;

	rtnl->generic.extack[0] = 0;
	if (rtnl->ethtool_family < 0)
		return -EOPNOTSUPP;
	nlh = nl_request_generic(&rtnl->generic, rtnl->ethtool_family, cmd);
	header = mnl_attr_nest_start(nlh, ETHTOOL_A_FEATURES_HEADER);
	mnl_attr_put_u32(nlh, ETHTOOL_A_HEADER_DEV_INDEX, ifindex);
	mnl_attr_nest_end(nlh, header);
	*out = nlh;
	return 0;
}

static int feature_ask(struct rtnl *rtnl, uint32_t ifindex, const char *name,
		       struct rtnl_feature *out)
{
	struct feature_get get = {.name = name};
	struct nlmsghdr *nlh;
	int ret;

	ret = feature_request(rtnl, ETHTOOL_MSG_FEATURES_GET, ifindex, &nlh);
	if (!ret)
		ret = nl_talk(&rtnl->generic, nlh, feature_cb, &get);
	if (ret)
		return ret;
	if (!get.out.known)
		return -ENOENT;
	*out = get.out;
	return 0;
}

int rtnl_feature_get(struct rtnl *rtnl, uint32_t ifindex, const char *feature)
{
	struct rtnl_feature f;
	int ret;

	ret = feature_ask(rtnl, ifindex, feature, &f);
	return ret ? ret : f.active;
}

static int feature_wish(struct rtnl *rtnl, uint32_t ifindex, const char *name, bool on)
{
	struct nlattr *set, *bits, *bit;
	struct nlmsghdr *nlh;
	int ret;

	ret = feature_request(rtnl, ETHTOOL_MSG_FEATURES_SET, ifindex, &nlh);
	if (ret)
		return ret;
	set = mnl_attr_nest_start(nlh, ETHTOOL_A_FEATURES_WANTED);
	bits = mnl_attr_nest_start(nlh, ETHTOOL_A_BITSET_BITS);
	bit = mnl_attr_nest_start(nlh, ETHTOOL_A_BITSET_BITS_BIT);
	mnl_attr_put_strz(nlh, ETHTOOL_A_BITSET_BIT_NAME, name);
	if (on)
		mnl_attr_put(nlh, ETHTOOL_A_BITSET_BIT_VALUE, 0, NULL);
	mnl_attr_nest_end(nlh, bit);
	mnl_attr_nest_end(nlh, bits);
	mnl_attr_nest_end(nlh, set);
	return nl_talk(&rtnl->generic, nlh, NULL, NULL);
}

int rtnl_feature_set(struct rtnl *rtnl, uint32_t ifindex, const char *feature, bool on)
{
	struct rtnl_feature before, after;
	int ret;

	ret = feature_ask(rtnl, ifindex, feature, &before);
	if (ret)
		return ret;
	if (before.active == on)
		return 0;
	ret = feature_wish(rtnl, ifindex, feature, on);
	if (ret)
		return ret;
	ret = feature_ask(rtnl, ifindex, feature, &after);
	if (ret || after.active == on)
		return ret;
	if (before.wanted != on)
		feature_wish(rtnl, ifindex, feature, before.wanted);
	str_copy(rtnl->generic.extack, sizeof(rtnl->generic.extack),
		 on ? "the feature cannot be turned on" : "the feature cannot be turned off");
	return -EOPNOTSUPP;
}

int rtnl_parse_xdp_features(const struct nlmsghdr *nlh, uint64_t *features)
{
	const struct nlattr *attr;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr))
		return -EBADMSG;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(attr) == NETDEV_A_DEV_XDP_FEATURES)
			*features = nl_attr_u64(attr);
	}
	return 0;
}

static int xdp_features_cb(const struct nlmsghdr *nlh, void *data)
{
	rtnl_parse_xdp_features(nlh, data);
	return MNL_CB_OK;
}

/* equal to: ynl --family netdev --do dev-get --json '{"ifindex": IFINDEX}' */
int rtnl_xdp_features(struct rtnl *rtnl, uint32_t ifindex, uint64_t *features)
{
	struct nlmsghdr *nlh;
	uint64_t bits = 0;
	int ret;

	if (rtnl->netdev_family < 0)
		return -EOPNOTSUPP;
	nlh = nl_request_generic(&rtnl->generic, rtnl->netdev_family, NETDEV_CMD_DEV_GET);
	mnl_attr_put_u32(nlh, NETDEV_A_DEV_IFINDEX, ifindex);
	ret = nl_talk(&rtnl->generic, nlh, xdp_features_cb, &bits);
	if (!ret)
		*features = bits;
	return ret;
}
