// SPDX-License-Identifier: GPL-2.0-only
/* vring.c - the device's side of a split virtqueue
 *
 * Addresses are bus addresses, or go through the map that vhost-vdpa gave. Fields are
 * translated one by one, so that a ring or a buffer may lie in several mappings.
 */
#include <linux/dma-direct.h>
#include "eswvdpa.h"

/* The kernel's pointer to @iova; *@len becomes what is contiguous there */
static void *vq_ptr(struct esw_vdpa *vd, u64 iova, u32 *len)
{
	struct vhost_iotlb_map *map;

	if (!vd->iotlb)
		return phys_to_virt(dma_to_phys(vd->vdpa.dma_dev, iova));
	map = vhost_iotlb_itree_first(vd->iotlb, iova, iova + *len - 1);
	if (!map || map->start > iova)
		return NULL;
	*len = min_t(u64, *len, map->last - iova + 1);
	return phys_to_virt(map->addr + iova - map->start);
}

static void *vq_field(struct esw_vdpa *vd, u64 iova, u32 size)
{
	u32 len = size;
	void *ptr = vq_ptr(vd, iova, &len);

	return len == size ? ptr : NULL;
}

void esw_vq_reset(struct esw_vq *vq)
{
	memset(vq, 0, sizeof(*vq));
	vq->num = ESW_VQ_SIZE;
}

static bool avail_head(struct esw_vdpa *vd, struct esw_vq *vq, u16 *head)
{
	__virtio16 *idx = vq_field(vd, vq->driver + offsetof(struct vring_avail, idx), 2);
	__virtio16 *ring;

	if (!idx || (__force u16)READ_ONCE(*idx) == vq->last_avail)
		return false;
	smp_rmb(); /* the entry after the index */
	ring = vq_field(vd,
			vq->driver + offsetof(struct vring_avail, ring) +
				2 * (vq->last_avail % vq->num),
			2);
	if (!ring)
		return false;
	*head = (__force u16)READ_ONCE(*ring);
	return *head < vq->num;
}

/* esw_vq_pop - the next buffer the driver offers; false: none */
bool esw_vq_pop(struct esw_vdpa *vd, struct esw_vq *vq, struct esw_chain *chain)
{
	u16 i;

	if (!vq->ready || !avail_head(vd, vq, &chain->head))
		return false;
	chain->nread = 0;
	chain->nsegs = 0;
	i = chain->head;
	while (chain->nsegs < ESW_SEGS_MAX) {
		struct vring_desc *d = vq_field(vd, vq->desc + i * sizeof(*d), sizeof(*d));
		u16 flags;

		if (!d)
			return false;
		flags = (__force u16)d->flags;
		chain->segs[chain->nsegs].addr = (__force u64)d->addr;
		chain->segs[chain->nsegs++].len = (__force u32)d->len;
		if (!(flags & VRING_DESC_F_WRITE))
			chain->nread = chain->nsegs;
		i = (__force u16)d->next;
		if (!(flags & VRING_DESC_F_NEXT) || i >= vq->num)
			break;
	}
	vq->last_avail++;
	vq->received_desc++;
	return true;
}

static bool seg_copy(struct esw_vdpa *vd, const struct esw_seg *seg, void *buf, u32 len, bool write)
{
	u64 addr = seg->addr;

	while (len) {
		u32 part = len;
		void *ptr = vq_ptr(vd, addr, &part);

		if (!ptr)
			return false;
		if (write)
			memcpy(ptr, buf, part);
		else
			memcpy(buf, ptr, part);
		buf += part;
		addr += part;
		len -= part;
	}
	return true;
}

/* esw_chain_read - gathers what the driver gives; bytes, or -EFAULT */
int esw_chain_read(struct esw_vdpa *vd, const struct esw_chain *chain, void *buf, u32 max)
{
	u32 got = 0;
	int i;

	for (i = 0; i < chain->nread; i++) {
		u32 len = min(chain->segs[i].len, max - got);

		if (!seg_copy(vd, &chain->segs[i], buf + got, len, false))
			return -EFAULT;
		got += len;
	}
	return got;
}

/* esw_chain_write - scatters to the driver's buffer; -ENOSPC when it is too small */
int esw_chain_write(struct esw_vdpa *vd, const struct esw_chain *chain, const void *buf, u32 len)
{
	u32 done = 0;
	int i;

	for (i = chain->nread; i < chain->nsegs && done < len; i++) {
		u32 part = min(chain->segs[i].len, len - done);

		if (!seg_copy(vd, &chain->segs[i], (void *)buf + done, part, true))
			return -EFAULT;
		done += part;
	}
	return done == len ? 0 : -ENOSPC;
}

/* esw_vq_push - gives a buffer back */
void esw_vq_push(struct esw_vdpa *vd, struct esw_vq *vq, u16 head, u32 written)
{
	u64 at = vq->device + offsetof(struct vring_used, ring) +
		 sizeof(struct vring_used_elem) * (vq->used_idx % vq->num);
	struct vring_used_elem *elem = vq_field(vd, at, sizeof(*elem));
	__virtio16 *idx = vq_field(vd, vq->device + offsetof(struct vring_used, idx), 2);

	if (!elem || !idx)
		return;
	elem->id = (__force __virtio32)(u32)head;
	elem->len = (__force __virtio32)written;
	vq->used_idx++;
	smp_wmb(); /* the element before the index */
	WRITE_ONCE(*idx, (__force __virtio16)vq->used_idx);
	vq->completed_desc++;
}

/* esw_vq_signal - the driver's interrupt, unless it wants none */
void esw_vq_signal(struct esw_vdpa *vd, struct esw_vq *vq)
{
	__virtio16 *flags = vq_field(vd, vq->driver, 2);

	smp_mb(); /* the used index before the flag */
	if (!flags || ((__force u16)READ_ONCE(*flags) & VRING_AVAIL_F_NO_INTERRUPT))
		return;
	local_bh_disable();
	if (vq->cb.callback)
		vq->cb.callback(vq->cb.private);
	local_bh_enable();
}
