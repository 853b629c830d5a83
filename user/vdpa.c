// SPDX-License-Identifier: GPL-2.0-only
/* vdpa.c - the netlink part; see vdpa.h */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/vdpa.h>
#include <string.h>

#include "nl_attr.h"
#include "util.h"
#include "vdpa_parse.h"

#define vdpa_for_each(attr, nlh) mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))

int vdpa_open(struct vdpa *v)
{
	int ret;

	memset(v, 0, sizeof(*v));
	ret = nl_open(&v->nl, NETLINK_GENERIC);
	if (ret)
		return ret;
	v->family = nl_family(&v->nl, VDPA_GENL_NAME, NULL, NULL);
	if (v->family >= 0 || v->family == -ENOENT)
		return 0;
	ret = v->family;
	vdpa_close(v);
	return ret;
}

void vdpa_close(struct vdpa *v)
{
	nl_close(&v->nl);
	memset(v, 0, sizeof(*v));
}

static struct nlmsghdr *vdpa_request(struct vdpa *v, uint8_t cmd, bool dump)
{
	struct nlmsghdr *nlh;

	if (v->family < 0 && v->nl.sock) /* the reload of an SF may have loaded it since */
		v->family = nl_family(&v->nl, VDPA_GENL_NAME, NULL, NULL);
	if (v->family < 0) {
		str_copy(v->nl.extack, sizeof(v->nl.extack),
			 "this kernel has no vDPA (modprobe vdpa; it is in the first network "
			 "namespace only)");
		return NULL;
	}
	nlh = nl_request_generic(&v->nl, v->family, cmd);
	if (dump)
		nlh->nlmsg_flags |= NLM_F_DUMP;
	return nlh;
}

static bool has_head(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_len >= MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr);
}

int vdpa_parse_mgmt(const struct nlmsghdr *nlh, struct vdpa_mgmt *out)
{
	struct vdpa_mgmt mgmt = {0};
	const struct nlattr *attr;

	if (!has_head(nlh))
		return -EBADMSG;
	vdpa_for_each(attr, nlh)
	{
		switch (mnl_attr_get_type(attr)) {
		case VDPA_ATTR_MGMTDEV_BUS_NAME:
			nl_attr_str(attr, mgmt.bus, sizeof(mgmt.bus));
			break;
		case VDPA_ATTR_MGMTDEV_DEV_NAME:
			nl_attr_str(attr, mgmt.dev, sizeof(mgmt.dev));
			break;
		case VDPA_ATTR_MGMTDEV_SUPPORTED_CLASSES:
			mgmt.classes = nl_attr_u64(attr);
			break;
		case VDPA_ATTR_DEV_SUPPORTED_FEATURES:
			mgmt.features = nl_attr_u64(attr);
			break;
		case VDPA_ATTR_DEV_MGMTDEV_MAX_VQS:
			mgmt.max_vqs = nl_attr_u32(attr);
			break;
		}
	}
	if (!mgmt.dev[0])
		return -EBADMSG;
	*out = mgmt;
	return 0;
}

int vdpa_parse_dev(const struct nlmsghdr *nlh, struct vdpa_dev *out)
{
	struct vdpa_dev dev = {0};
	const struct nlattr *attr;

	if (!has_head(nlh))
		return -EBADMSG;
	vdpa_for_each(attr, nlh)
	{
		switch (mnl_attr_get_type(attr)) {
		case VDPA_ATTR_DEV_NAME:
			nl_attr_str(attr, dev.name, sizeof(dev.name));
			break;
		case VDPA_ATTR_MGMTDEV_BUS_NAME:
			nl_attr_str(attr, dev.bus, sizeof(dev.bus));
			break;
		case VDPA_ATTR_MGMTDEV_DEV_NAME:
			nl_attr_str(attr, dev.mgmt, sizeof(dev.mgmt));
			break;
		case VDPA_ATTR_DEV_ID:
			dev.id = nl_attr_u32(attr);
			break;
		case VDPA_ATTR_DEV_VENDOR_ID:
			dev.vendor = nl_attr_u32(attr);
			break;
		case VDPA_ATTR_DEV_MAX_VQS:
			dev.max_vqs = nl_attr_u32(attr);
			break;
		case VDPA_ATTR_DEV_MAX_VQ_SIZE:
			dev.max_vq_size = nl_attr_u16(attr);
			break;
		}
	}
	if (!dev.name[0])
		return -EBADMSG;
	*out = dev;
	return 0;
}

int vdpa_parse_config(const struct nlmsghdr *nlh, struct vdpa_config *out)
{
	struct vdpa_config c = {0};
	const struct nlattr *attr;

	if (!has_head(nlh))
		return -EBADMSG;
	vdpa_for_each(attr, nlh)
	{
		switch (mnl_attr_get_type(attr)) {
		case VDPA_ATTR_DEV_NET_CFG_MACADDR:
			if (nl_attr_mac(attr, c.mac))
				c.has |= VDPA_HAS_MAC;
			break;
		case VDPA_ATTR_DEV_NET_CFG_MTU:
			c.has |= VDPA_HAS_MTU;
			c.mtu = nl_attr_u16(attr);
			break;
		case VDPA_ATTR_DEV_NET_CFG_MAX_VQP:
			c.has |= VDPA_HAS_MAX_VQP;
			c.max_vqp = nl_attr_u16(attr);
			break;
		case VDPA_ATTR_DEV_NEGOTIATED_FEATURES:
			c.has |= VDPA_HAS_FEATURES;
			c.features = nl_attr_u64(attr);
			break;
		case VDPA_ATTR_DEV_FEATURES:
			c.has |= VDPA_HAS_OFFERED;
			c.offered = nl_attr_u64(attr);
			break;
		case VDPA_ATTR_DEV_NET_STATUS: /* the kernel sends 16 bits */
			c.has |= VDPA_HAS_STATUS;
			c.status = mnl_attr_get_payload_len(attr) >= 2 ? mnl_attr_get_u16(attr)
								       : nl_attr_u8(attr);
			break;
		}
	}
	*out = c;
	return 0;
}

struct vdpa_walk {
	int (*mgmt_cb)(const struct vdpa_mgmt *mgmt, void *data);
	int (*dev_cb)(const struct vdpa_dev *dev, void *data);
	void *data;
	int ret;
};

static int vdpa_walk_cb(const struct nlmsghdr *nlh, void *data)
{
	struct vdpa_walk *walk = data;
	struct vdpa_mgmt mgmt;
	struct vdpa_dev dev;

	if (walk->mgmt_cb && !vdpa_parse_mgmt(nlh, &mgmt))
		walk->ret = walk->mgmt_cb(&mgmt, walk->data);
	else if (walk->dev_cb && !vdpa_parse_dev(nlh, &dev))
		walk->ret = walk->dev_cb(&dev, walk->data);
	return walk->ret ? MNL_CB_STOP : MNL_CB_OK;
}

int vdpa_mgmt_walk(struct vdpa *v, int (*cb)(const struct vdpa_mgmt *mgmt, void *data), void *data)
{
	struct vdpa_walk walk = {.mgmt_cb = cb, .data = data};
	struct nlmsghdr *nlh = vdpa_request(v, VDPA_CMD_MGMTDEV_GET, true);
	int ret;

	if (!nlh)
		return -ENOENT;
	ret = nl_talk(&v->nl, nlh, vdpa_walk_cb, &walk);
	return ret ? ret : walk.ret;
}

int vdpa_dev_walk(struct vdpa *v, int (*cb)(const struct vdpa_dev *dev, void *data), void *data)
{
	struct vdpa_walk walk = {.dev_cb = cb, .data = data};
	struct nlmsghdr *nlh = vdpa_request(v, VDPA_CMD_DEV_GET, true);
	int ret;

	if (!nlh)
		return -ENOENT;
	ret = nl_talk(&v->nl, nlh, vdpa_walk_cb, &walk);
	return ret ? ret : walk.ret;
}

static void put_mgmt(struct nlmsghdr *nlh, const char *bus, const char *dev)
{
	if (bus[0])
		mnl_attr_put_strz(nlh, VDPA_ATTR_MGMTDEV_BUS_NAME, bus);
	mnl_attr_put_strz(nlh, VDPA_ATTR_MGMTDEV_DEV_NAME, dev);
}

static int mgmt_cb(const struct nlmsghdr *nlh, void *data)
{
	vdpa_parse_mgmt(nlh, data);
	return MNL_CB_OK;
}

int vdpa_mgmt_get(struct vdpa *v, const char *bus, const char *dev, struct vdpa_mgmt *out)
{
	struct nlmsghdr *nlh = vdpa_request(v, VDPA_CMD_MGMTDEV_GET, false);
	struct vdpa_mgmt mgmt = {0};
	int ret;

	if (!nlh)
		return -ENOENT;
	if (strlen(bus) >= sizeof(mgmt.bus) || strlen(dev) >= sizeof(mgmt.dev))
		return -ENODEV;
	put_mgmt(nlh, bus, dev);
	ret = nl_talk(&v->nl, nlh, mgmt_cb, &mgmt);
	if (ret)
		return ret;
	if (!mgmt.dev[0])
		return -EPROTO;
	*out = mgmt;
	return 0;
}

static void put_config(struct nlmsghdr *nlh, const struct vdpa_config *c)
{
	if (c->has & VDPA_HAS_MAC)
		mnl_attr_put(nlh, VDPA_ATTR_DEV_NET_CFG_MACADDR, sizeof(c->mac), c->mac);
	if (c->has & VDPA_HAS_MTU)
		mnl_attr_put_u16(nlh, VDPA_ATTR_DEV_NET_CFG_MTU, c->mtu);
	if (c->has & VDPA_HAS_MAX_VQP)
		mnl_attr_put_u16(nlh, VDPA_ATTR_DEV_NET_CFG_MAX_VQP, c->max_vqp);
	if (c->has & VDPA_HAS_FEATURES)
		mnl_attr_put_u64(nlh, VDPA_ATTR_DEV_FEATURES, c->features);
}

int vdpa_dev_add(struct vdpa *v, const char *name, const char *bus, const char *dev,
		 const struct vdpa_config *config)
{
	struct nlmsghdr *nlh = vdpa_request(v, VDPA_CMD_DEV_NEW, false);

	if (!nlh)
		return -ENOENT;
	if (!name[0] || strlen(name) >= VDPA_NAME_MAX || strlen(bus) >= VDPA_NAME_MAX ||
	    strlen(dev) >= VDPA_NAME_MAX)
		return -EINVAL;
	mnl_attr_put_strz(nlh, VDPA_ATTR_DEV_NAME, name);
	put_mgmt(nlh, bus, dev);
	put_config(nlh, config);
	return nl_talk(&v->nl, nlh, NULL, NULL);
}

/* A request about a device. Return: NULL and *ret. */
static struct nlmsghdr *dev_request(struct vdpa *v, uint8_t cmd, const char *name, int *ret)
{
	struct nlmsghdr *nlh = vdpa_request(v, cmd, false);

	*ret = nlh ? -ENODEV : -ENOENT;
	if (!nlh || strlen(name) >= VDPA_NAME_MAX)
		return NULL;
	mnl_attr_put_strz(nlh, VDPA_ATTR_DEV_NAME, name);
	return nlh;
}

int vdpa_dev_del(struct vdpa *v, const char *name)
{
	struct nlmsghdr *nlh;
	int ret;

	nlh = dev_request(v, VDPA_CMD_DEV_DEL, name, &ret);
	return nlh ? nl_talk(&v->nl, nlh, NULL, NULL) : ret;
}

static int vdpa_dev_cb(const struct nlmsghdr *nlh, void *data)
{
	vdpa_parse_dev(nlh, data);
	return MNL_CB_OK;
}

int vdpa_dev_get(struct vdpa *v, const char *name, struct vdpa_dev *out)
{
	struct vdpa_dev dev = {0};
	struct nlmsghdr *nlh;
	int ret;

	nlh = dev_request(v, VDPA_CMD_DEV_GET, name, &ret);
	if (nlh)
		ret = nl_talk(&v->nl, nlh, vdpa_dev_cb, &dev);
	if (ret)
		return ret;
	if (!dev.name[0])
		return -EPROTO;
	*out = dev;
	return 0;
}

static int config_cb(const struct nlmsghdr *nlh, void *data)
{
	vdpa_parse_config(nlh, data);
	return MNL_CB_OK;
}

int vdpa_config_get(struct vdpa *v, const char *name, struct vdpa_config *out)
{
	struct vdpa_config config = {0};
	struct nlmsghdr *nlh;
	int ret;

	nlh = dev_request(v, VDPA_CMD_DEV_CONFIG_GET, name, &ret);
	if (nlh)
		ret = nl_talk(&v->nl, nlh, config_cb, &config);
	if (!ret)
		*out = config;
	return ret;
}
