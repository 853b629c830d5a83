// SPDX-License-Identifier: GPL-2.0-only
/* vdpa.c - the vDPA management device of an SF and its one virtio-net device */
#include <net/netlink.h>
#include <uapi/linux/vdpa.h>
#include <uapi/linux/virtio_ids.h>
#include "eswvdpa.h"

#define ESW_FEATURES                                                                            \
	(BIT_ULL(VIRTIO_NET_F_MAC) | BIT_ULL(VIRTIO_NET_F_MTU) | BIT_ULL(VIRTIO_NET_F_STATUS) | \
	 BIT_ULL(VIRTIO_NET_F_MQ) | BIT_ULL(VIRTIO_NET_F_CTRL_VQ) |                             \
	 BIT_ULL(VIRTIO_NET_F_CTRL_MAC_ADDR) | BIT_ULL(VIRTIO_F_VERSION_1) |                    \
	 BIT_ULL(VIRTIO_F_ACCESS_PLATFORM))

struct esw_vmgmt {
	struct vdpa_mgmt_dev mdev;
	struct esw_sfdev *sfdev;
	struct esw_vdpa *vd;
};

static struct esw_vdpa *to_vd(const struct vdpa_device *vdev)
{
	return container_of((struct vdpa_device *)vdev, struct esw_vdpa, vdpa);
}

static int vd_set_vq_address(struct vdpa_device *vdev, u16 idx, u64 desc, u64 driver, u64 device)
{
	struct esw_vq *vq = &to_vd(vdev)->vqs[idx];

	vq->desc = desc;
	vq->driver = driver;
	vq->device = device;
	return 0;
}

static void vd_set_vq_num(struct vdpa_device *vdev, u16 idx, u32 num)
{
	to_vd(vdev)->vqs[idx].num = clamp_t(u32, num, 1, ESW_VQ_SIZE);
}

static void vd_kick(struct vdpa_device *vdev, u16 idx)
{
	schedule_work(&to_vd(vdev)->work);
}

static void vd_set_vq_cb(struct vdpa_device *vdev, u16 idx, struct vdpa_callback *cb)
{
	struct esw_vdpa *vd = to_vd(vdev);

	mutex_lock(&vd->lock);
	vd->vqs[idx].cb = *cb;
	mutex_unlock(&vd->lock);
}

static void vd_set_vq_ready(struct vdpa_device *vdev, u16 idx, bool ready)
{
	struct esw_vdpa *vd = to_vd(vdev);

	mutex_lock(&vd->lock);
	vd->vqs[idx].ready = ready;
	mutex_unlock(&vd->lock);
}

static bool vd_get_vq_ready(struct vdpa_device *vdev, u16 idx)
{
	return to_vd(vdev)->vqs[idx].ready;
}

static int vd_set_vq_state(struct vdpa_device *vdev, u16 idx, const struct vdpa_vq_state *state)
{
	struct esw_vq *vq = &to_vd(vdev)->vqs[idx];

	vq->last_avail = state->split.avail_index;
	vq->used_idx = state->split.avail_index;
	return 0;
}

static int vd_get_vq_state(struct vdpa_device *vdev, u16 idx, struct vdpa_vq_state *state)
{
	state->split.avail_index = to_vd(vdev)->vqs[idx].last_avail;
	return 0;
}

static int put_stat(struct sk_buff *msg, const char *name, u64 value)
{
	if (nla_put_string(msg, VDPA_ATTR_DEV_VENDOR_ATTR_NAME, name))
		return -EMSGSIZE;
	return nla_put_u64_64bit(msg, VDPA_ATTR_DEV_VENDOR_ATTR_VALUE, value, VDPA_ATTR_PAD);
}

static int vd_vq_stats(struct vdpa_device *vdev, u16 idx, struct sk_buff *msg,
		       struct netlink_ext_ack *extack)
{
	struct esw_vdpa *vd = to_vd(vdev);
	int err;

	if (idx >= 2 * vd->max_vqp + 1) {
		NL_SET_ERR_MSG_MOD(extack, "virtqueue index is not valid");
		return -EINVAL;
	}
	err = put_stat(msg, "received_desc", vd->vqs[idx].received_desc);
	return err ?: put_stat(msg, "completed_desc", vd->vqs[idx].completed_desc);
}

static u32 vd_vq_align(struct vdpa_device *vdev)
{
	return PAGE_SIZE;
}

static u64 vd_get_features(struct vdpa_device *vdev)
{
	return to_vd(vdev)->features;
}

static int vd_set_driver_features(struct vdpa_device *vdev, u64 features)
{
	struct esw_vdpa *vd = to_vd(vdev);

	if (!(features & BIT_ULL(VIRTIO_F_ACCESS_PLATFORM)))
		return -EOPNOTSUPP;
	vd->driver_features = features & vd->features;
	return 0;
}

static u64 vd_get_driver_features(struct vdpa_device *vdev)
{
	return to_vd(vdev)->driver_features;
}

static void vd_set_config_cb(struct vdpa_device *vdev, struct vdpa_callback *cb)
{
	to_vd(vdev)->config_cb = *cb;
}

static u16 vd_vq_num_max(struct vdpa_device *vdev)
{
	return ESW_VQ_SIZE;
}

static u32 vd_device_id(struct vdpa_device *vdev)
{
	return VIRTIO_ID_NET;
}

static u32 vd_vendor_id(struct vdpa_device *vdev)
{
	return 0x1b36;
}

static u8 vd_get_status(struct vdpa_device *vdev)
{
	return to_vd(vdev)->status;
}

static void vd_set_status(struct vdpa_device *vdev, u8 status)
{
	struct esw_vdpa *vd = to_vd(vdev);

	mutex_lock(&vd->lock);
	WRITE_ONCE(vd->status, status);
	mutex_unlock(&vd->lock);
	schedule_work(&vd->work);
}

/* A map outlives the reset: the driver takes it away when it means to */
static int vd_reset(struct vdpa_device *vdev)
{
	struct esw_vdpa *vd = to_vd(vdev);
	int i;

	mutex_lock(&vd->lock);
	WRITE_ONCE(vd->status, 0);
	vd->driver_features = 0;
	vd->cur_vqp = 1;
	for (i = 0; i < ESW_VQ_MAX; i++)
		esw_vq_reset(&vd->vqs[i]);
	skb_queue_purge(&vd->rxq);
	mutex_unlock(&vd->lock);
	return 0;
}

static size_t vd_config_size(struct vdpa_device *vdev)
{
	return sizeof(struct virtio_net_config);
}

static void vd_get_config(struct vdpa_device *vdev, unsigned int offset, void *buf,
			  unsigned int len)
{
	if (offset + len <= sizeof(struct virtio_net_config))
		memcpy(buf, (u8 *)&to_vd(vdev)->config + offset, len);
}

/* The configuration is read-only with VERSION_1 */
static void vd_set_config(struct vdpa_device *vdev, unsigned int offset, const void *buf,
			  unsigned int len)
{
}

static u32 vd_generation(struct vdpa_device *vdev)
{
	return to_vd(vdev)->generation;
}

static void vd_swap_map(struct esw_vdpa *vd, struct vhost_iotlb *iotlb)
{
	struct vhost_iotlb *old;

	mutex_lock(&vd->lock);
	old = vd->iotlb;
	vd->iotlb = iotlb;
	mutex_unlock(&vd->lock);
	if (old)
		vhost_iotlb_free(old);
}

static int vd_set_map(struct vdpa_device *vdev, unsigned int asid, struct vhost_iotlb *iotlb)
{
	struct vhost_iotlb *copy = vhost_iotlb_alloc(0, 0);
	struct vhost_iotlb_map *map;
	int err;

	if (!copy)
		return -ENOMEM;
	for (map = vhost_iotlb_itree_first(iotlb, 0, U64_MAX); map;
	     map = vhost_iotlb_itree_next(map, 0, U64_MAX)) {
		err = vhost_iotlb_add_range(copy, map->start, map->last, map->addr, map->perm);
		if (err) {
			vhost_iotlb_free(copy);
			return err;
		}
	}
	vd_swap_map(to_vd(vdev), copy);
	return 0;
}

static int vd_reset_map(struct vdpa_device *vdev, unsigned int asid)
{
	vd_swap_map(to_vd(vdev), NULL);
	return 0;
}

static void vd_free(struct vdpa_device *vdev)
{
	struct esw_vdpa *vd = to_vd(vdev);

	skb_queue_purge(&vd->rxq);
	if (vd->iotlb)
		vhost_iotlb_free(vd->iotlb);
}

static const struct vdpa_config_ops vd_ops = {
	.set_vq_address = vd_set_vq_address,
	.set_vq_num = vd_set_vq_num,
	.kick_vq = vd_kick,
	.set_vq_cb = vd_set_vq_cb,
	.set_vq_ready = vd_set_vq_ready,
	.get_vq_ready = vd_get_vq_ready,
	.set_vq_state = vd_set_vq_state,
	.get_vq_state = vd_get_vq_state,
	.get_vendor_vq_stats = vd_vq_stats,
	.get_vq_align = vd_vq_align,
	.get_device_features = vd_get_features,
	.set_driver_features = vd_set_driver_features,
	.get_driver_features = vd_get_driver_features,
	.set_config_cb = vd_set_config_cb,
	.get_vq_num_max = vd_vq_num_max,
	.get_device_id = vd_device_id,
	.get_vendor_id = vd_vendor_id,
	.get_status = vd_get_status,
	.set_status = vd_set_status,
	.reset = vd_reset,
	.get_config_size = vd_config_size,
	.get_config = vd_get_config,
	.set_config = vd_set_config,
	.get_generation = vd_generation,
	.set_map = vd_set_map,
	.reset_map = vd_reset_map,
	.free = vd_free,
};

/* What was asked for; no extack reaches a vDPA driver, so errnos are all there is */
static int check_config(struct esw_vmgmt *vmgmt, const struct vdpa_dev_set_config *config,
			u64 *features, u16 *max_vqp)
{
	struct esw_card *card = vmgmt->sfdev->card;

	*features = ESW_FEATURES;
	*max_vqp = 1;
	if (vmgmt->vd)
		return -ENOSPC;
	if (config->mask & BIT_ULL(VDPA_ATTR_DEV_FEATURES)) {
		if (config->device_features & ~ESW_FEATURES)
			return -EINVAL;
		*features = config->device_features;
	}
	if (!(*features & BIT_ULL(VIRTIO_F_VERSION_1)) ||
	    !(*features & BIT_ULL(VIRTIO_F_ACCESS_PLATFORM)))
		return -EOPNOTSUPP;
	if (config->mask & BIT_ULL(VDPA_ATTR_DEV_NET_CFG_MAX_VQP))
		*max_vqp = config->net.max_vq_pairs;
	if (!*max_vqp || *max_vqp > min_t(u32, card->max_vqp, ESW_VQP_MAX))
		return -EINVAL;
	if (*max_vqp > 1 && !(*features & BIT_ULL(VIRTIO_NET_F_MQ)))
		return -EINVAL;
	return 0;
}

static int set_config(struct esw_vdpa *vd, const struct vdpa_dev_set_config *config, u64 features,
		      u16 max_vqp)
{
	struct virtio_net_config *c = &vd->config;

	vd->features = features;
	vd->max_vqp = max_vqp;
	vd->cur_vqp = 1;
	if (config->mask & BIT_ULL(VDPA_ATTR_DEV_NET_CFG_MACADDR))
		ether_addr_copy(c->mac, config->net.mac);
	else
		ether_addr_copy(c->mac, vd->vport->hw_addr);
	if (is_zero_ether_addr(c->mac)) {
		if (config->mask & BIT_ULL(VDPA_ATTR_DEV_FEATURES) &&
		    features & BIT_ULL(VIRTIO_NET_F_MAC))
			return -EINVAL;
		eth_random_addr(c->mac);
	}
	c->status = (__force __virtio16)VIRTIO_NET_S_LINK_UP;
	c->max_virtqueue_pairs = (__force __virtio16)max_vqp;
	c->mtu = (__force __virtio16)(
		config->mask & BIT_ULL(VDPA_ATTR_DEV_NET_CFG_MTU) ? config->net.mtu : 1500);
	return 0;
}

static int vmgmt_dev_add(struct vdpa_mgmt_dev *mdev, const char *name,
			 const struct vdpa_dev_set_config *config)
{
	struct esw_vmgmt *vmgmt = container_of(mdev, struct esw_vmgmt, mdev);
	struct esw_sfdev *sfdev = vmgmt->sfdev;
	struct esw_vdpa *vd;
	u64 features;
	u16 max_vqp;
	int i, err;

	err = esw_op(sfdev->card, ESW_OP_vdpa_add, NULL);
	if (!err)
		err = check_config(vmgmt, config, &features, &max_vqp);
	if (err)
		return err;
	vd = vdpa_alloc_device(struct esw_vdpa, vdpa, &sfdev->adev.dev, &vd_ops, 1, 1, name, false);
	if (IS_ERR(vd))
		return PTR_ERR(vd);
	vd->vport = &sfdev->sf->vport;
	vd->vdpa.mdev = mdev;
	vd->vdpa.dma_dev = &sfdev->adev.dev;
	mutex_init(&vd->lock);
	skb_queue_head_init(&vd->rxq);
	INIT_WORK(&vd->work, esw_vdpa_work);
	for (i = 0; i < ESW_VQ_MAX; i++)
		esw_vq_reset(&vd->vqs[i]);
	err = set_config(vd, config, features, max_vqp);
	if (err)
		goto put;
	vmgmt->vd = vd;
	rcu_assign_pointer(vd->vport->vdpa, vd);
	err = _vdpa_register_device(&vd->vdpa, 2 * max_vqp + 1);
	if (!err)
		return 0;
	vmgmt->vd = NULL;
	RCU_INIT_POINTER(vd->vport->vdpa, NULL);
	synchronize_net();
put:
	put_device(&vd->vdpa.dev);
	return err;
}

static void vmgmt_dev_del(struct vdpa_mgmt_dev *mdev, struct vdpa_device *vdev)
{
	struct esw_vmgmt *vmgmt = container_of(mdev, struct esw_vmgmt, mdev);
	struct esw_vdpa *vd = to_vd(vdev);

	esw_op(vmgmt->sfdev->card, ESW_OP_vdpa_del, NULL);
	RCU_INIT_POINTER(vd->vport->vdpa, NULL);
	synchronize_net();
	vmgmt->vd = NULL;
	get_device(&vdev->dev);
	_vdpa_unregister_device(vdev);
	cancel_work_sync(&vd->work);
	put_device(&vdev->dev);
}

static int vmgmt_set_attr(struct vdpa_mgmt_dev *mdev, struct vdpa_device *vdev,
			  const struct vdpa_dev_set_config *config)
{
	struct esw_vdpa *vd = to_vd(vdev);

	if (!(config->mask & BIT_ULL(VDPA_ATTR_DEV_NET_CFG_MACADDR)))
		return -EOPNOTSUPP;
	ether_addr_copy(vd->config.mac, config->net.mac);
	vd->generation++;
	return 0;
}

static const struct vdpa_mgmtdev_ops vmgmt_ops = {
	.dev_add = vmgmt_dev_add,
	.dev_del = vmgmt_dev_del,
	.dev_set_attr = vmgmt_set_attr,
};

static struct virtio_device_id vmgmt_ids[] = {{VIRTIO_ID_NET, VIRTIO_DEV_ANY_ID}, {}};

/* esw_vmgmt_add - `vdpa mgmtdev show` has auxiliary/eswsim.sf.N from now on */
struct esw_vmgmt *esw_vmgmt_add(struct esw_sfdev *sfdev)
{
	struct esw_vmgmt *vmgmt = kzalloc(sizeof(*vmgmt), GFP_KERNEL);
	int err;

	if (!vmgmt)
		return ERR_PTR(-ENOMEM);
	vmgmt->sfdev = sfdev;
	vmgmt->mdev.device = &sfdev->adev.dev;
	vmgmt->mdev.ops = &vmgmt_ops;
	vmgmt->mdev.id_table = vmgmt_ids;
	vmgmt->mdev.config_attr_mask =
		BIT_ULL(VDPA_ATTR_DEV_NET_CFG_MACADDR) | BIT_ULL(VDPA_ATTR_DEV_NET_CFG_MTU) |
		BIT_ULL(VDPA_ATTR_DEV_NET_CFG_MAX_VQP) | BIT_ULL(VDPA_ATTR_DEV_FEATURES);
	vmgmt->mdev.supported_features = ESW_FEATURES;
	vmgmt->mdev.max_supported_vqs = 2 * min_t(u32, sfdev->card->max_vqp, ESW_VQP_MAX) + 1;
	err = vdpa_mgmtdev_register(&vmgmt->mdev);
	if (!err)
		return vmgmt;
	kfree(vmgmt);
	return ERR_PTR(err);
}

/* esw_vmgmt_del - takes its vDPA device with it */
void esw_vmgmt_del(struct esw_vmgmt *vmgmt)
{
	vdpa_mgmtdev_unregister(&vmgmt->mdev);
	kfree(vmgmt);
}
