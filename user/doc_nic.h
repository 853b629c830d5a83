/* SPDX-License-Identifier: GPL-2.0-only */
/* doc_nic.h - pieces of the documents of SFs, vDPA devices and their ports
 *
 * What is not there is null, so that a member is always there.
 */
#ifndef REPX_DOC_NIC_H
#define REPX_DOC_NIC_H

#include <jansson.h>

#include "sw.h"

/* null for "" */
json_t *doc_text(const char *text);
/* "pci/0000:03:00.0/32769"; null where no device is given */
json_t *doc_handle(const struct devlink_dev *dev, uint32_t index);
/* The controller of a function, 0 being this host. */
uint32_t doc_controller(const struct conf_fn *fn);

/* What a port is: the part of port show without counters. NULL: out of memory. */
json_t *doc_port(const struct sw *sw, size_t index);

/* Opens sw->nic. Return: 0, -errno. */
int doc_nic_open(struct sw *sw, struct err *err);

/**
 * struct doc_sfs - what the rows of SFs are made of
 * @rdma: ports of soft-RoCE devices, asked for when the first row needs them
 */
struct doc_sfs {
	struct sw *sw;
	json_t *list; /* a row each */
	bool *seen;   /* per port of the switch: has it its row? */
	json_t *rdma;
	struct err *err;
};

/* One row. @index: of the port of the switch, -1: of none. @port: NULL: it is not
 * there. Return: a new reference, NULL when out of memory. */
json_t *doc_sf_row(struct doc_sfs *sfs, int index, const struct devlink_port *port);
/* {"dev","state","netdev"} of an SF's auxiliary device, by sysfs; NULL: it has none */
json_t *doc_sf_ibdev(const char *sys, const char *aux, const char *netdev);

/* The vDPA device that lies on an auxiliary device, whoever made it. By sysfs.
 * Return: 0, -ENOENT, -errno. */
int doc_vdpa_on(const char *sys, const char *aux, char *name, size_t size);
/* Sets "driver", "node", "netdev" of a device. */
void doc_vdpa_place(json_t *doc, struct nic *nic, const char *name);
/* Who has its node open, or null */
json_t *doc_vdpa_user(struct nic *nic, const char *name);
/* Names of virtio features; a bit without one is its number. */
json_t *doc_features(uint64_t features);

#endif
