// SPDX-License-Identifier: GPL-2.0-only
/* vdpa_net.c - frames between the virtqueues and the function's port */
#include "eswvdpa.h"

#define HDR_LEN sizeof(struct virtio_net_hdr_v1)

static void send_frame(struct esw_vdpa *vd, const u8 *data, int len)
{
	struct sk_buff *skb;

	if (len < ETH_HLEN || len > vd->config.mtu + ETH_HLEN + 2 * VLAN_HLEN)
		return;
	skb = dev_alloc_skb(max_t(int, len, ETH_ZLEN) + ESW_HEADROOM);
	if (!skb)
		return;
	skb_reserve(skb, ESW_HEADROOM);
	skb_put_data(skb, data, len);
	if (len < ETH_ZLEN)
		skb_put_zero(skb, ETH_ZLEN - len);
	local_bh_disable();
	esw_from_function(vd->vport, skb);
	local_bh_enable();
}

static void queue_tx(struct esw_vdpa *vd, struct esw_vq *vq)
{
	struct esw_chain chain;
	bool any = false;
	int budget = ESW_VQ_SIZE;

	while (budget-- && esw_vq_pop(vd, vq, &chain)) {
		int len = esw_chain_read(vd, &chain, vd->buf, sizeof(vd->buf));

		if (len > (int)HDR_LEN)
			send_frame(vd, vd->buf + HDR_LEN, len - HDR_LEN);
		esw_vq_push(vd, vq, chain.head, 0);
		any = true;
	}
	if (any)
		esw_vq_signal(vd, vq);
	if (budget < 0)
		schedule_work(&vd->work);
}

static bool receive_frame(struct esw_vdpa *vd, struct esw_vq *vq, const struct sk_buff *skb)
{
	struct virtio_net_hdr_v1 *hdr = (void *)vd->buf;
	struct esw_chain chain;
	u32 len = skb->len + HDR_LEN;

	if (len > sizeof(vd->buf))
		return true;
	if (!esw_vq_pop(vd, vq, &chain))
		return false;
	memset(hdr, 0, HDR_LEN);
	hdr->num_buffers = (__force __virtio16)1;
	skb_copy_bits(skb, 0, vd->buf + HDR_LEN, skb->len);
	if (esw_chain_write(vd, &chain, vd->buf, len))
		len = 0; /* too long for the buffer: lost */
	esw_vq_push(vd, vq, chain.head, len);
	return true;
}

/* Frames wait until the driver offers a buffer: a kick brings us back */
static void queues_rx(struct esw_vdpa *vd)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&vd->rxq))) {
		u16 pair = skb->data[2 * ETH_ALEN - 1] % vd->cur_vqp;
		struct esw_vq *vq = &vd->vqs[2 * pair];

		if (!receive_frame(vd, vq, skb)) {
			skb_queue_head(&vd->rxq, skb);
			return;
		}
		esw_vq_signal(vd, vq);
		kfree_skb(skb);
	}
}

static bool ctrl_command(struct esw_vdpa *vd, const u8 *cmd, int len)
{
	const struct virtio_net_ctrl_hdr *hdr = (const void *)cmd;

	if (hdr->class == VIRTIO_NET_CTRL_MQ && hdr->cmd == VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET) {
		u16 pairs = len >= 4 ? cmd[2] | cmd[3] << 8 : 0;

		if (!pairs || pairs > vd->max_vqp)
			return false;
		vd->cur_vqp = pairs;
		return true;
	}
	if (hdr->class == VIRTIO_NET_CTRL_MAC && hdr->cmd == VIRTIO_NET_CTRL_MAC_ADDR_SET) {
		if (len < 8)
			return false;
		ether_addr_copy(vd->config.mac, cmd + 2);
		return true;
	}
	return false;
}

static void queue_ctrl(struct esw_vdpa *vd)
{
	bool mq = vd->driver_features & BIT_ULL(VIRTIO_NET_F_MQ);
	struct esw_vq *vq = &vd->vqs[mq ? 2 * vd->max_vqp : 2];
	struct esw_chain chain;

	while (esw_vq_pop(vd, vq, &chain)) {
		int len = esw_chain_read(vd, &chain, vd->buf, sizeof(vd->buf));
		bool ok = len >= (int)sizeof(struct virtio_net_ctrl_hdr) &&
			  ctrl_command(vd, vd->buf, len);
		u8 ack = ok ? VIRTIO_NET_OK : VIRTIO_NET_ERR;

		esw_chain_write(vd, &chain, &ack, 1);
		esw_vq_push(vd, vq, chain.head, 1);
		esw_vq_signal(vd, vq);
	}
}

/* esw_vdpa_work - serves all queues; one runner at a time */
void esw_vdpa_work(struct work_struct *work)
{
	struct esw_vdpa *vd = container_of(work, struct esw_vdpa, work);
	u16 i;

	mutex_lock(&vd->lock);
	if (!(vd->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
		skb_queue_purge(&vd->rxq);
		goto out;
	}
	if (vd->driver_features & BIT_ULL(VIRTIO_NET_F_CTRL_VQ))
		queue_ctrl(vd);
	for (i = 0; i < vd->cur_vqp; i++)
		queue_tx(vd, &vd->vqs[2 * i + 1]);
	queues_rx(vd);
out:
	mutex_unlock(&vd->lock);
}

/* esw_vdpa_wants - steering by destination MAC; groups go to both consumers */
bool esw_vdpa_wants(struct esw_vdpa *vd, const u8 *dst)
{
	if (!(READ_ONCE(vd->status) & VIRTIO_CONFIG_S_DRIVER_OK))
		return false;
	return is_multicast_ether_addr(dst) || ether_addr_equal(dst, vd->config.mac);
}

void esw_vdpa_rx(struct esw_vdpa *vd, struct sk_buff *skb)
{
	if (skb_queue_len(&vd->rxq) >= 2 * ESW_VQ_SIZE) {
		kfree_skb(skb);
		return;
	}
	skb_queue_tail(&vd->rxq, skb);
	schedule_work(&vd->work);
}
