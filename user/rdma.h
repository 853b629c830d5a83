/* SPDX-License-Identifier: GPL-2.0-only */
/* rdma.h - RDMA devices and their netdevs (netlink "RDMA_NLDEV")
 *
 * Errors: -errno, the kernel's words in r->nl.extack (nl_why()); -ENOENT from all
 * functions on a kernel without RDMA. Outputs are untouched on failure; nothing is
 * allocated.
 */
#ifndef REPX_RDMA_H
#define REPX_RDMA_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "nl.h"

struct rdma {
	struct nl nl;
	bool missing; /* the kernel has no RDMA */
};

/* Return: 0, also where the kernel has no RDMA; -errno of the socket. */
int rdma_open(struct rdma *r);
void rdma_close(struct rdma *r); /* takes a zeroed one */

struct rdma_port {
	uint32_t dev_index;
	char dev[64]; /* "mlx5_2", "rxe0" */
	uint32_t port;
	uint8_t state;	  /* rdma_state_name(); 4 is active */
	uint32_t ifindex; /* its netdev, if that is in this namespace, or 0 */
	char netdev[IFNAMSIZ];
};

#define RDMA_STATE_ACTIVE 4

/* "down", "init", "armed", "active", ... or "?" */
const char *rdma_state_name(uint8_t state);

/* Ports of all RDMA devices of this namespace; @cb returns 0 to go on, else the
 * walk ends with it. equal to: rdma link show */
int rdma_port_walk(struct rdma *r, int (*cb)(const struct rdma_port *port, void *data), void *data);

/**
 * rdma_netns_mode() - can a network namespace have RDMA devices of its own?
 * @exclusive: yes, a device is in one namespace; else all see all (shared)
 * equal to: rdma system show netns
 * Return: 0; -EOPNOTSUPP: a kernel before 5.2, which has only shared; -errno.
 */
int rdma_netns_mode(struct rdma *r, bool *exclusive);

/**
 * rdma_dev_index() - an RDMA device of this namespace by its name
 * Return: 0; -ENODEV: there is none; -errno.
 */
int rdma_dev_index(struct rdma *r, const char *name, uint32_t *index);

/* The device is of another namespace from now on; -EOPNOTSUPP where all share them.
 * equal to: rdma dev set DEV netns NAME */
int rdma_dev_set_netns(struct rdma *r, uint32_t index, int netns_fd);

/* The device that an RDMA device is of, as "mlx5_core.sf.2", by sysfs. It may have
 * none (soft-RoCE): -ENOENT. @sys is "/sys". */
int rdma_parent(const char *sys, const char *dev, char *buf, size_t size);

#endif
