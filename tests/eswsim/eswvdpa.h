/* SPDX-License-Identifier: GPL-2.0-only */
/* eswvdpa.h - a vDPA device and its virtqueues, private to vdpa*.c and vring.c */
#ifndef ESWVDPA_H
#define ESWVDPA_H

#include <linux/vdpa.h>
#include <linux/vhost_iotlb.h>
#include <uapi/linux/virtio_net.h>
#include <uapi/linux/virtio_ring.h>
#include "eswsim.h"

#define ESW_VQ_SIZE 256
#define ESW_VQP_MAX 16
#define ESW_VQ_MAX (2 * ESW_VQP_MAX + 1)
#define ESW_SEGS_MAX 64
#define ESW_FRAME_MAX 10240

struct esw_vq {
	u64 desc, driver, device;
	u16 num, last_avail, used_idx;
	bool ready;
	struct vdpa_callback cb;
	u64 received_desc, completed_desc;
};

struct esw_vdpa {
	struct vdpa_device vdpa;
	struct esw_vport *vport;
	struct mutex lock;	   /* queues, map and status */
	struct vhost_iotlb *iotlb; /* NULL: bus addresses */
	struct esw_vq vqs[ESW_VQ_MAX];
	struct virtio_net_config config;
	struct vdpa_callback config_cb;
	u64 features, driver_features;
	u32 generation;
	u16 max_vqp, cur_vqp;
	u8 status;
	struct sk_buff_head rxq;
	struct work_struct work;
	u8 buf[ESW_FRAME_MAX];
};

struct esw_seg {
	u64 addr;
	u32 len;
};

/* struct esw_chain - one buffer: first what the device reads, then what it writes */
struct esw_chain {
	u16 head;
	int nread, nsegs;
	struct esw_seg segs[ESW_SEGS_MAX];
};

/* vring.c; all under vd->lock */
void esw_vq_reset(struct esw_vq *vq);
bool esw_vq_pop(struct esw_vdpa *vd, struct esw_vq *vq, struct esw_chain *chain);
int esw_chain_read(struct esw_vdpa *vd, const struct esw_chain *chain, void *buf, u32 max);
int esw_chain_write(struct esw_vdpa *vd, const struct esw_chain *chain, const void *buf, u32 len);
void esw_vq_push(struct esw_vdpa *vd, struct esw_vq *vq, u16 head, u32 written);
void esw_vq_signal(struct esw_vdpa *vd, struct esw_vq *vq);

/* vdpa_net.c */
void esw_vdpa_work(struct work_struct *work);

#endif
