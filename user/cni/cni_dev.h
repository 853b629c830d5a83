/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_dev.h - what a container gets, and how it looks from the switch
 *
 * veth: a pair is made, one end is the port. sf, vdpa without deviceID: the daemon makes
 * it with the port. With deviceID: it is there, and goes back to the host on DEL.
 */
#ifndef REPX_CNI_DEV_H
#define REPX_CNI_DEV_H

#include "cni_conf.h"
#include "cni_netns.h"

struct cni_dev {
	char port[IFNAMSIZ];   /* of the switch; a veth's netdev is called so, too */
	char netdev[IFNAMSIZ]; /* the host's end: a representor or a veth */
	char inside[IFNAMSIZ]; /* what goes into the container, its name here; "": nothing */
	uint32_t ifindex;      /* of it */
	uint32_t mtu;
	uint8_t mac[6];
	char was_name[IFNAMSIZ]; /* of a netdev that goes back to the host; "": there is none */
	uint32_t was_mtu;
	uint8_t was_mac[6];
	uint32_t num, pf; /* SF or VF with deviceID */
	char aux[64];	  /* auxiliary device of an SF, or "" */
	char pci[64];	  /* VF's own address, an SF's parent's, or "" */
	char node[64];	  /* "/dev/vhost-vdpa-0", or "" */
	char vdpa[64];	  /* name of the vDPA device, or "" */
	char rdma[64];	  /* RDMA device, or "" */
	bool rdma_moved;  /* which is the container's alone */
};

/* Finds or makes what must be there before the port. Its MAC is in ->mac then. */
int cni_dev_prepare(struct cni_dev *dev, const struct cni_conf *conf, struct rtnl *host,
		    struct cni_err *err);
/* port.add's parameters: the device, and the policy. @ips: addresses for the guard, or
 * NULL. Return: new reference. */
json_t *cni_dev_port(const struct cni_dev *dev, const struct cni_conf *conf, const json_t *ips);
/* The guard of these, or NULL: none. */
json_t *cni_dev_guard(const struct cni_dev *dev, const struct cni_conf *conf, const json_t *ips);
/* Finds what port.add made. @shown: port.show */
int cni_dev_find(struct cni_dev *dev, const struct cni_conf *conf, struct rtnl *host,
		 const json_t *shown, struct cni_err *err);
/* What has to be known to bring it back: for the record, and from it. */
json_t *cni_dev_record(const struct cni_dev *dev, const struct cni_conf *conf);
/**
 * cni_dev_take() - the interface is the container's no more
 * @record: of cni_dev_record()
 * @netns: where it is, maybe; "" where that is not known
 * A veth goes; what came by deviceID is the host's again, down.
 */
int cni_dev_take(const json_t *record, struct rtnl *host, const char *netns, struct cni_err *err);
/* What came by deviceID gets back its name, MAC and MTU: when its port is gone, with which
 * its driver may have started anew. */
int cni_dev_restore(const json_t *record, struct rtnl *host, struct cni_err *err);

/* The file of k8snetworkplumbingwg's device-info specification 1.1. */
int cni_dev_info(const struct cni_dev *dev, const struct cni_conf *conf, struct cni_err *err);

#endif
