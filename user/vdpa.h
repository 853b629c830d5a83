/* SPDX-License-Identifier: GPL-2.0-only */
/* vdpa.h - virtio-net devices made on SFs (generic netlink "vdpa", and sysfs)
 *
 * Errors of the netlink part: -errno of the kernel, whose words are in
 * v->nl.extack (nl_why()); -ENOENT from all of them on a kernel without vDPA.
 * Outputs are untouched on failure; nothing is allocated. The kernel knows vDPA in
 * the first network namespace only, and tells nobody of changes.
 */
#ifndef REPX_VDPA_H
#define REPX_VDPA_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "nl.h"
#include "rtnl.h"

#define VDPA_NAME_MAX 64

struct vdpa {
	struct nl nl;
	int family; /* -ENOENT: the kernel had no vDPA when it was last asked for */
};

/* Return: 0, also where the kernel has no vDPA; -errno of the socket. */
int vdpa_open(struct vdpa *v);
void vdpa_close(struct vdpa *v); /* takes a zeroed one */

/* What devices are made on: for mlx5 "auxiliary", "mlx5_core.sf.N". */
struct vdpa_mgmt {
	char bus[16]; /* "" for software ones */
	char dev[VDPA_NAME_MAX];
	uint64_t classes;  /* bit VIRTIO_ID_NET (1): network */
	uint64_t features; /* virtio features it can do */
	uint32_t max_vqs;  /* queues: two a pair, and the control queue; 0: not told */
};

/* equal to: vdpa mgmtdev show; @cb returns 0 to go on, else the walk ends with it */
int vdpa_mgmt_walk(struct vdpa *v, int (*cb)(const struct vdpa_mgmt *mgmt, void *data), void *data);
/* equal to: vdpa mgmtdev show BUS/DEV. Return: -ENODEV: no such management device. */
int vdpa_mgmt_get(struct vdpa *v, const char *bus, const char *dev, struct vdpa_mgmt *out);

#define VDPA_HAS_MAC 0x1
#define VDPA_HAS_MTU 0x2
#define VDPA_HAS_MAX_VQP 0x4
#define VDPA_HAS_FEATURES 0x8
#define VDPA_HAS_STATUS 0x10
#define VDPA_HAS_OFFERED 0x20

/* What a device is to be like, or is like. */
struct vdpa_config {
	uint32_t has; /* VDPA_HAS_...: which of these hold a value */
	uint8_t mac[6];
	uint16_t mtu;	   /* 68 at least */
	uint16_t max_vqp;  /* pairs of queues */
	uint64_t features; /* new: offered (Linux 6.1); get: negotiated, if any yet */
	uint64_t offered;  /* get only (Linux 6.1) */
	uint16_t status;   /* get only: VIRTIO_NET_S_* */
};

/**
 * vdpa_dev_add() - make a network device
 * Only what config->has names is sent. With features, those for MAC, MTU and MQ
 * must match the rest, and mlx5 wants VERSION_1 and ACCESS_PLATFORM among them.
 * A driver that is loaded may bind to it at once: vdpa_bind() settles which.
 * equal to: vdpa dev add name NAME mgmtdev BUS/DEV [mac M] [mtu N] [max_vqp N]
 *	     [device_features F]
 * Return: -EEXIST name taken; -ENOSPC the management device has one already;
 * -ENODEV, -EINVAL no such management device; -EINVAL more than it can do;
 * -EOPNOTSUPP an attribute it does not know.
 */
int vdpa_dev_add(struct vdpa *v, const char *name, const char *bus, const char *dev,
		 const struct vdpa_config *config);
/* equal to: vdpa dev del NAME. Return: -ENODEV no such device.
 * Does not come back while somebody has its /dev/vhost-vdpa-N open, and holds up
 * all of vDPA: ask vdpa_in_use() first. */
int vdpa_dev_del(struct vdpa *v, const char *name);

struct vdpa_dev {
	char name[VDPA_NAME_MAX];
	char bus[16], mgmt[VDPA_NAME_MAX]; /* its management device */
	uint32_t id;			   /* VIRTIO_ID_* */
	uint32_t vendor, max_vqs;
	uint16_t max_vq_size;
};

/* equal to: vdpa dev show; @cb as above */
int vdpa_dev_walk(struct vdpa *v, int (*cb)(const struct vdpa_dev *dev, void *data), void *data);
/* equal to: vdpa dev show NAME. Return: -ENODEV: no such device. */
int vdpa_dev_get(struct vdpa *v, const char *name, struct vdpa_dev *out);
/* equal to: vdpa dev config show NAME. Return: -ENODEV: no such device. */
int vdpa_config_get(struct vdpa *v, const char *name, struct vdpa_config *out);

/* Features by their names without VIRTIO_NET_F_ and VIRTIO_F_: "MQ", "VERSION_1".
 * Return: the bit, 0..63; -ENOENT. */
int vdpa_feature_bit(const char *name);
/* Name of a bit, or NULL. */
const char *vdpa_feature_name(unsigned int bit);

/* --- drivers, by sysfs; @sys is "/sys" --- */

#define VDPA_DRIVER_VHOST "vhost_vdpa"	 /* for QEMU: /dev/vhost-vdpa-N */
#define VDPA_DRIVER_VIRTIO "virtio_vdpa" /* for the host: a netdev */

/* Driver of a device, or "". Return: 0; -ENOENT no such device; -errno. */
int vdpa_driver(const char *sys, const char *name, char *buf, size_t size);

/**
 * vdpa_bind() - give a device to a driver, away from another one if need be
 * @driver: NULL: to none, and the kernel may choose again
 * equal to: echo DRIVER > /sys/bus/vdpa/devices/NAME/driver_override
 *	     echo NAME > /sys/bus/vdpa/drivers/OTHER/unbind
 *	     echo NAME > /sys/bus/vdpa/drivers/DRIVER/bind
 * Return: 0, also when it was so; -EBUSY in use, see vdpa_in_use(); -ENOENT no such
 * device, or the driver is not loaded; -errno.
 */
int vdpa_bind(const char *sys, const char *name, const char *driver, struct err *err);

/* Node of a device of vhost_vdpa, "/dev/vhost-vdpa-0". Return: 0; -ENOENT. */
int vdpa_node(const char *sys, const char *name, char *buf, size_t size);
/* Netdev of a device of virtio_vdpa. Return: 0; -ENOENT none (yet); -errno. */
int vdpa_netdev(struct rtnl *rtnl, const char *sys, const char *name, struct rtnl_link *out);
/* Has somebody, as QEMU, the node open? An idle device is reset by the question.
 * Return: 1, 0, -errno. */
int vdpa_in_use(const char *sys, const char *name);

#endif
