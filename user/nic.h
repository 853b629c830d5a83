/* SPDX-License-Identifier: GPL-2.0-only */
/* nic.h - what a NIC makes for a port: SFs, their settings, vDPA devices on them
 *
 * One level above devlink.h and vdpa.h: each function does one thing that the
 * engine can undo with another one, waits until the card has really done it, and
 * says in @err what it was about, why (the kernel's words) and what to do.
 *
 * Drivers tell of some changes and keep quiet about others (an SF's opstate), so
 * waiting is polling that notices of devlink wake early. Every wait ends after
 * nic->wait_ms with -ETIMEDOUT and says what it waited for.
 */
#ifndef REPX_NIC_H
#define REPX_NIC_H

#include "devlink.h"
#include "err.h"
#include "rdma.h"
#include "rtnl.h"
#include "vdpa.h"

#define NIC_WAIT_MS 10000

struct nic {
	struct devlink dl;
	struct vdpa vdpa;
	struct nl watch;      /* devlink's notices; sock NULL: not heard */
	struct rtnl *rtnl;    /* borrowed */
	const char *sys;      /* "/sys", or a test's tree */
	unsigned int wait_ms; /* deadline of every wait */
	void (*tick)(void);   /* called while waiting, may be NULL: a daemon's watchdog */
	bool open;
};

/* Opens what is not open yet; sys and wait_ms that are zero get their usual values.
 * Return: 0, also on a kernel without devlink or vDPA; -errno. */
int nic_open(struct nic *nic, struct rtnl *rtnl, struct err *err);
/* Closes the sockets; sys, wait_ms and tick stay. Takes a zeroed one. */
void nic_close(struct nic *nic);
/* Takes what waits in nic->watch, for who lives long and listens to it. A socket that
 * fails is closed: nic->watch.sock is NULL then. */
void nic_drain(struct nic *nic);

/* A devlink port by its number: what survives renaming. dev.dev "": none. */
struct nic_port {
	struct devlink_dev dev;
	uint32_t index;
};

/* --- eswitch --- */

/* equal to: devlink dev eswitch show HANDLE. Return: -ENODEV no such device, as
 * while it is reset; -EOPNOTSUPP it has no eswitch. */
int nic_eswitch_get(struct nic *nic, const struct devlink_dev *dev, uint16_t *mode,
		    struct err *err);
/* equal to: devlink dev eswitch set HANDLE mode MODE */
int nic_eswitch_set(struct nic *nic, const struct devlink_dev *dev, uint16_t mode, struct err *err);
/* Has the device ports of SFs? One dump of its ports. Return: how many, -errno. */
int nic_sf_count(struct nic *nic, const struct devlink_dev *dev, struct err *err);

/* --- SFs (nic_sf.c, nic_param.c) --- */

/**
 * nic_sf_new() - make an SF, inactive; or find the one that is there
 * @out: its port
 * @made: false: it was there already
 * A number whose former SF the firmware has not let go yet is waited for.
 * equal to: devlink port add HANDLE flavour pcisf pfnum PF sfnum NUM [controller C]
 */
int nic_sf_new(struct nic *nic, const struct devlink_sf *want, struct devlink_port *out, bool *made,
	       struct err *err);
/* Finds it by one dump. Return: 0; -ENOENT: there is none; -errno. */
int nic_sf_find(struct nic *nic, const struct devlink_sf *want, struct devlink_port *out,
		struct err *err);
/* Waits for the representor of a port, whatever its name. Return: 0; -ETIMEDOUT none in
 * this network namespace; -ENODEV the port went. */
int nic_rep_wait(struct nic *nic, const struct nic_port *port, struct rtnl_link *out,
		 struct err *err);
/* equal to: devlink port show HANDLE/INDEX. Return: -ENODEV no such port. */
int nic_port_get(struct nic *nic, const struct nic_port *port, struct devlink_port *out,
		 struct err *err);
/* Sets what fn->has names, in one message, the state last; see devlink_port_set_fn(). An
 * SF whose driver has not let go of it since it was made inactive is waited for. */
int nic_fn_set(struct nic *nic, const struct nic_port *port, const struct devlink_fn *fn,
	       struct err *err);
/* Waits until a driver of this host has the active SF: @aux is its device.
 * Return: 0; -ETIMEDOUT; -ENODEV the port went; -EOPNOTSUPP it is another host's. */
int nic_sf_attached(struct nic *nic, const struct nic_port *port, struct devlink_dev *aux,
		    struct err *err);
/* Sets it inactive and waits until its driver let go and the auxiliary device is away;
 * fine when it is so, or the port is gone. A vDPA device on it that is in use would hold
 * up the kernel: nic_vdpa_remove() first. */
int nic_sf_stop(struct nic *nic, const struct nic_port *port, struct err *err);
/* equal to: devlink port del HANDLE/INDEX; fine when it is gone. */
int nic_sf_del(struct nic *nic, const struct nic_port *port, struct err *err);

/* What an SF's driver is to offer: 1, 0, -1 not to be touched. One that it does not know
 * counts as off. */
struct nic_params {
	int8_t eth, rdma, vnet;
};

/**
 * nic_sf_params() - set what differs, and reload the driver so that it counts
 * @force: reload in any case: it may not have been, after a set. (After a reload that
 *	   failed the kernel says so itself, then it is done without.)
 * @was: what they were before, -1 for those not asked for; may be NULL; filled on success
 * When it fails the parameters are as before, and so is the driver if it can be.
 * equal to: devlink dev param set HANDLE name enable_eth value true cmode driverinit ...
 *	     devlink dev reload HANDLE
 */
int nic_sf_params(struct nic *nic, const struct devlink_dev *aux, const struct nic_params *want,
		  bool force, struct nic_params *was, struct err *err);
/* Waits for the SF's own netdev. Return: 0, -ETIMEDOUT, -ENODEV the SF went. */
int nic_sf_netdev(struct nic *nic, const struct devlink_dev *aux, struct rtnl_link *out,
		  struct err *err);
/* Is the auxiliary device there? By sysfs: costs no message. */
bool nic_aux_there(const struct nic *nic, const char *aux);
/* And that of SF @num? Names are given again. */
bool nic_aux_is(const struct nic *nic, const char *aux, uint32_t num);

/* --- vDPA (nic_vdpa.c) --- */

enum nic_bind { NIC_BIND_NONE, NIC_BIND_VHOST, NIC_BIND_VIRTIO };

struct nic_vdpa {
	const char *name;
	struct vdpa_config config; /* features: without those that follow from the rest */
	enum nic_bind bind;	   /* NONE: left to the kernel */
};

/**
 * nic_vdpa_make() - make a device on an SF, bind it, wait for its node or netdev
 * @made: false: it was there, on this SF, and was only bound
 * Waits for the management device too. VERSION_1, ACCESS_PLATFORM and the bits that MAC,
 * MTU and several queues need are added to features that are given.
 * Return: -EEXIST the name is taken by a device elsewhere, or one with another MAC, MTU
 * or number of queues; -EOPNOTSUPP, -EINVAL the SF cannot do it; -ENOENT the driver to
 * bind to is not loaded (repx loads none). What it made is taken away again when it fails.
 */
int nic_vdpa_make(struct nic *nic, const struct devlink_dev *aux, const struct nic_vdpa *want,
		  bool *made, struct err *err);
/* Return: 0, also when it is gone; -EBUSY: somebody has its node open, named in @err. */
int nic_vdpa_remove(struct nic *nic, const char *name, struct err *err);
/* Is it there, and bound so (NONE: in any way)? By sysfs: costs no message. */
bool nic_vdpa_there(const struct nic *nic, const char *name, enum nic_bind bind);
/* Is no vDPA device of an SF in use, whoever made it? Its driver could neither stop nor
 * reload: the kernel would wait for the user's end. Return: 0, -EBUSY. */
int nic_aux_idle(const struct nic *nic, const char *aux, struct err *err);
/* Who has the node open, "qemu-system-x86 1234", or "". Only looks in /proc. */
void nic_vdpa_user(const struct nic *nic, const char *name, char *buf, size_t size);

#endif
