/* SPDX-License-Identifier: GPL-2.0-only */
/* devlink.h - eswitches, their ports and SFs (generic netlink "devlink")
 *
 * One function is one request, with the equal command of devlink(8) quoted.
 * Errors: -errno of the kernel, whose words are in dl->nl.extack (nl_why());
 * -ENOENT from all of them on a kernel without devlink. Outputs are untouched on
 * failure. Nothing is allocated: results are filled into what the caller owns.
 * Instances are those of the network namespace where devlink_open() was called.
 */
#ifndef REPX_DEVLINK_H
#define REPX_DEVLINK_H

#include <linux/devlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "nl.h"
#include "rtnl.h"

#define DEVLINK_NAME_MAX 64

struct devlink {
	struct nl nl;
	int family; /* -ENOENT: the kernel has no devlink */
};

/* Return: 0, also where the kernel has no devlink; -errno of the socket. */
int devlink_open(struct devlink *dl);
void devlink_close(struct devlink *dl); /* takes a zeroed one */

/* A device by its handle, "pci/0000:03:00.0"; dev "" is none. */
struct devlink_dev {
	char bus[16];
	char dev[DEVLINK_NAME_MAX];
};

/* Room for a handle as text. */
#define DEVLINK_HANDLE_MAX (16 + DEVLINK_NAME_MAX)

/* Return: 0, -EINVAL: not BUS/DEV. */
int devlink_handle_parse(const char *text, struct devlink_dev *out);
void devlink_handle_text(const struct devlink_dev *dev, char *buf, size_t size);
bool devlink_dev_equal(const struct devlink_dev *a, const struct devlink_dev *b);

/* equal to: devlink dev show HANDLE. Return: -ENODEV: no such device. */
int devlink_dev_get(struct devlink *dl, const struct devlink_dev *dev);
/* equal to: devlink dev show; @cb returns 0 to go on, else the walk ends with it */
int devlink_dev_walk(struct devlink *dl, int (*cb)(const struct devlink_dev *dev, void *data),
		     void *data);

/**
 * devlink_reload() - have the driver start anew, with the driverinit parameters
 * Done when it returns, which may take seconds. The SFs of a PF go with it.
 * equal to: devlink dev reload HANDLE action driver_reinit
 * Return: -EBUSY firmware reset under way; -EOPNOTSUPP not possible now.
 */
int devlink_reload(struct devlink *dl, const struct devlink_dev *dev);
/* Did the last reload leave the device without what its driver offers? Return: 1, 0,
 * -errno. equal to: devlink dev show HANDLE, which says "reload_failed true" */
int devlink_reload_failed(struct devlink *dl, const struct devlink_dev *dev);

#define DEVLINK_MODE_LEGACY 0
#define DEVLINK_MODE_SWITCHDEV 1
#define DEVLINK_MODE_SWITCHDEV_INACTIVE 2 /* Linux 6.19 */

/* "legacy", "switchdev", ... or "?" */
const char *devlink_mode_name(uint16_t mode);
/* equal to: devlink dev eswitch show HANDLE
 * Return: -EOPNOTSUPP: a device without an eswitch. */
int devlink_eswitch_get(struct devlink *dl, const struct devlink_dev *dev, uint16_t *mode);
/* equal to: devlink dev eswitch set HANDLE mode MODE
 * To legacy deletes every SF. -EBUSY: rules or rate nodes hold the eswitch. */
int devlink_eswitch_set(struct devlink *dl, const struct devlink_dev *dev, uint16_t mode);

/* What is known, or is to be set, of the function behind a port. */
#define DEVLINK_FN_HW_ADDR 0x01
#define DEVLINK_FN_ACTIVE 0x02
#define DEVLINK_FN_ATTACHED 0x04 /* read only: a driver has it */
#define DEVLINK_FN_ROCE 0x08
#define DEVLINK_FN_MAX_IO_EQS 0x10 /* Linux 6.10 */

struct devlink_fn {
	uint32_t has; /* DEVLINK_FN_...: which of these hold a value */
	uint8_t hw_addr[6];
	bool active, attached, roce;
	uint32_t max_io_eqs;
	struct devlink_dev nested; /* its own instance (Linux 6.7), dev "": unknown */
};

#define DEVLINK_PORT_PF 0x01
#define DEVLINK_PORT_VF 0x02
#define DEVLINK_PORT_SF 0x04

struct devlink_port {
	struct devlink_dev dev;
	uint32_t index;
	uint16_t flavour; /* DEVLINK_PORT_FLAVOUR_* */
	uint16_t type;	  /* DEVLINK_PORT_TYPE_ETH: it has a netdev */
	uint32_t ifindex; /* of the netdev in this namespace, or 0 */
	char netdev[IFNAMSIZ];
	char ibdev[64];
	uint32_t has; /* DEVLINK_PORT_...: which of pf, vf, sf hold a value */
	uint16_t pf, vf;
	uint32_t sf, controller;
	bool external; /* the function is of another host */
	struct devlink_fn fn;
};

/* equal to: devlink port show HANDLE/INDEX. Return: -ENODEV: no such port. */
int devlink_port_get(struct devlink *dl, const struct devlink_dev *dev, uint32_t index,
		     struct devlink_port *out);
/* equal to: devlink port show; one dump. @dev: those of one device only (Linux 6.6
 * and newer do not even look at the others), NULL: all. @cb as above. */
int devlink_port_walk(struct devlink *dl, const struct devlink_dev *dev,
		      int (*cb)(const struct devlink_port *port, void *data), void *data);

struct devlink_sf {
	struct devlink_dev dev;
	uint16_t pf;
	uint32_t num;
	bool has_controller; /* the function is one of that other host */
	uint32_t controller;
};

/**
 * devlink_port_new() - make an SF, inactive
 * @out: as the reply says: index, and ifindex of the representor, which is 0 while
 *	 that is not there yet
 * equal to: devlink port add HANDLE flavour pcisf pfnum PF sfnum NUM [controller C]
 * Return: -EOPNOTSUPP not switchdev, wrong pf, no SFs; -EEXIST number taken;
 * -ENOSPC no room; -EINVAL wrong controller; -EPROTO no index in the reply.
 */
int devlink_port_new(struct devlink *dl, const struct devlink_sf *sf, struct devlink_port *out);
/* equal to: devlink port del HANDLE/INDEX; -ENODEV: no such port.
 * The number stays taken until the firmware is done with it. */
int devlink_port_del(struct devlink *dl, const struct devlink_dev *dev, uint32_t index);

/**
 * devlink_port_set_fn() - set what fn->has names, in one message
 * The kernel takes the state last, so an SF can be made ready and active at once.
 * Nothing to set: nothing is sent.
 * equal to: devlink port function set HANDLE/INDEX [hw_addr MAC] [roce enable|disable]
 *	     [max_io_eqs N] [state active|inactive]
 * Return: -EBUSY still attached since it was inactive; -EOPNOTSUPP the driver does
 * not know one of them.
 */
int devlink_port_set_fn(struct devlink *dl, const struct devlink_dev *dev, uint32_t index,
			const struct devlink_fn *fn);

/* A parameter that is true or false and counts at the next reload. Get tells what
 * was set last, which the driver may not have seen yet. */
struct devlink_param {
	char name[32];
	bool value;
};

/* equal to: devlink dev param show HANDLE name NAME
 * Return: -EINVAL no such parameter; -EPROTO not a driverinit one of bool. */
int devlink_param_get(struct devlink *dl, const struct devlink_dev *dev, const char *name,
		      bool *value);
/* equal to: devlink dev param set HANDLE name NAME value true|false cmode driverinit
 * Return: -EINVAL no such parameter; -EOPNOTSUPP not possible for this device. */
int devlink_param_set(struct devlink *dl, const struct devlink_dev *dev, const char *name,
		      bool value);
/* equal to: devlink dev param show; bool driverinit ones, of all devices; one dump */
int devlink_param_walk(struct devlink *dl,
		       int (*cb)(const struct devlink_dev *dev, const struct devlink_param *param,
				 void *data),
		       void *data);

/* Limits of what a function sends. */
#define DEVLINK_RATE_SHARE 0x1
#define DEVLINK_RATE_MAX 0x2

struct devlink_rate {
	uint32_t has;		   /* set: which to send */
	uint64_t tx_share, tx_max; /* bytes/s; 0: no limit. mlx5: multiples of 125000 */
};

/* equal to: devlink port function rate show HANDLE/INDEX
 * Return: -ENODEV, -EOPNOTSUPP: the driver has no rates for this port. */
int devlink_rate_get(struct devlink *dl, const struct devlink_dev *dev, uint32_t index,
		     struct devlink_rate *out);
/* equal to: devlink port function rate set HANDLE/INDEX [tx_share N] [tx_max N]
 * Return: -EINVAL not a multiple, or above the link's speed. */
int devlink_rate_set(struct devlink *dl, const struct devlink_dev *dev, uint32_t index,
		     const struct devlink_rate *rate);

/* --- who belongs to whom (devlink_find.c) --- */

/**
 * devlink_port_of_netdev() - the port that a netdev stands for
 * By IFLA_DEVLINK_PORT (Linux 6.2), before that by one dump of the ports.
 * equal to: ip -d link show dev IFINDEX; devlink port show
 * Return: -ENODEV no such netdev; -ENOENT it stands for none.
 */
int devlink_port_of_netdev(struct devlink *dl, struct rtnl *rtnl, uint32_t ifindex,
			   struct devlink_port *out);

/**
 * devlink_aux_of_port() - the auxiliary device of an active SF
 * @sys: "/sys"
 * By the port's nested instance (Linux 6.7), before that by /sys/bus/auxiliary.
 * Return: -ENOENT: there is none (yet), or it is another host's.
 */
int devlink_aux_of_port(const char *sys, const struct devlink_port *port, struct devlink_dev *out);

/**
 * devlink_netdev_of_aux() - the netdev of an SF's auxiliary device
 * By /sys/bus/auxiliary/devices/NAME/net, checked with rtnetlink (sysfs may be of
 * another namespace), else by the instance's own port.
 * Return: -ENOENT: it has none (yet).
 */
int devlink_netdev_of_aux(struct devlink *dl, struct rtnl *rtnl, const char *sys,
			  const struct devlink_dev *aux, struct rtnl_link *out);

/* --- hearing of changes (devlink_watch.c) --- */

struct devlink_event {
	enum devlink_event_kind {
		DEVLINK_EVENT_OTHER,
		DEVLINK_EVENT_DEV, /* came, or changed */
		DEVLINK_EVENT_DEV_GONE,
		DEVLINK_EVENT_PORT, /* came, or changed; opstate is never told */
		DEVLINK_EVENT_PORT_GONE,
		DEVLINK_EVENT_PARAM,
		DEVLINK_EVENT_OVERRUN /* some were lost: look at everything again */
	} kind;
	struct devlink_dev dev;
	struct devlink_port port; /* of the two port events */
};

/* A socket that hears of devices, ports and parameters. Not blocking: poll
 * mnl_socket_get_fd(nl->sock), then devlink_watch_read(). nl_close() it.
 * equal to: devlink monitor
 * Return: -ENOENT on a kernel without devlink; 0, -errno. */
int devlink_watch_open(struct nl *nl);
/* Reads all that waits; @cb per event, not 0 from it ends the reading.
 * Return: 0, @cb's, -errno. */
int devlink_watch_read(struct nl *nl, int (*cb)(const struct devlink_event *event, void *data),
		       void *data);

#endif
