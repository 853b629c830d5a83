// SPDX-License-Identifier: GPL-2.0-only
/* cni_dev.c - see cni_dev.h */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "cni_daemon.h"
#include "cni_dev.h"
#include "cni_name.h"
#include "sysdev.h"
#include "util.h"

#define SYS "/sys"
#define NETDEV_MS 5000 /* an SF's netdev comes a moment after the SF */

/* Local and unicast. An address that was given is taken, whatever it is. */
static void choose_mac(struct cni_dev *dev, const struct cni_conf *conf)
{
	if (conf->has_mac) {
		memcpy(dev->mac, conf->mac, sizeof(dev->mac));
		return;
	}
	if (getrandom(dev->mac, sizeof(dev->mac), 0) != (ssize_t)sizeof(dev->mac)) {
		uint64_t now = now_ns();

		memcpy(dev->mac, &now, sizeof(dev->mac));
	}
	dev->mac[0] = (dev->mac[0] & 0xfe) | 2;
}

/* --- veth --- */

static int make_veth(struct cni_dev *dev, const struct cni_conf *conf, struct rtnl *host,
		     struct cni_err *err)
{
	struct rtnl_link link;
	int rc;

	str_copy(dev->netdev, sizeof(dev->netdev), dev->port);
	str_copy(dev->inside, sizeof(dev->inside), dev->port);
	dev->inside[0] = 't';
	rc = cni_link_veth(&host->route, dev->netdev, dev->inside, dev->mac, conf->mtu);
	if (!rc)
		rc = rtnl_link_get(host, dev->inside, &link);
	if (rc)
		return cni_fail(err, CNI_E_NETDEV, "is the module veth there? (modprobe veth)",
				"make veth '%s': %s", dev->netdev, nl_why(&host->route, rc));
	dev->ifindex = link.ifindex;
	dev->mtu = link.mtu;
	/* the host is not a neighbour of its containers */
	cni_netns_ipv6(NULL, dev->netdev, "disable_ipv6", "1");
	return 0;
}

/* --- what is there already --- */

static int no_device(const char *id, const char *why, struct cni_err *err)
{
	return cni_fail(err, CNI_E_DEVICE,
			"deviceID is a VF's PCI address (0000:03:00.2), or the name of an SF's "
			"auxiliary device (ls /sys/bus/auxiliary/devices)",
			"device '%.64s': %s", id, why);
}

/* The number of a PCI function, "0000:03:00.1" -> 1, is that of the PF. */
static uint32_t pf_of(const char *pci)
{
	const char *dot = strrchr(pci, '.');

	return dot ? (uint32_t)strtoul(dot + 1, NULL, 16) : 0;
}

static int find_sf(struct cni_dev *dev, const char *id, struct cni_err *err)
{
	char path[SYSDEV_PATH_MAX], real[PATH_MAX], text[32], *slash;

	if (sysdev_path(path, SYS, "bus/auxiliary/devices/%s", id) || !realpath(path, real))
		return no_device(id, "there is none of this name", err);
	if (sysdev_path(path, SYS, "bus/auxiliary/devices/%s/sfnum", id) ||
	    sysdev_read(path, text, sizeof(text)))
		return no_device(id, "it is not an SF", err);
	dev->num = (uint32_t)strtoul(text, NULL, 10);
	str_copy(dev->aux, sizeof(dev->aux), id);
	slash = strrchr(real, '/');
	if (slash)
		*slash = 0;
	slash = strrchr(real, '/');
	str_copy(dev->pci, sizeof(dev->pci), slash ? slash + 1 : "");
	dev->pf = pf_of(dev->pci);
	return 0;
}

static int find_vf(struct cni_dev *dev, const char *id, struct cni_err *err)
{
	char path[SYSDEV_PATH_MAX], pf[64], name[64];

	if (sysdev_path(path, SYS, "bus/pci/devices/%s/physfn", id) ||
	    sysdev_link(path, pf, sizeof(pf)))
		return no_device(id, "there is no VF of this address", err);
	for (dev->num = 0;; dev->num++) {
		if (sysdev_path(path, SYS, "bus/pci/devices/%s/virtfn%u", pf, dev->num) ||
		    sysdev_link(path, name, sizeof(name)))
			return no_device(id, "its PF does not list it", err);
		if (!strcmp(name, id))
			break;
	}
	dev->pf = pf_of(pf);
	str_copy(dev->pci, sizeof(dev->pci), id);
	return 0;
}

static int device_folder(const struct cni_dev *dev, const struct cni_conf *conf,
			 char path[SYSDEV_PATH_MAX])
{
	if (conf->device == CNI_DEV_VF)
		return sysdev_path(path, SYS, "bus/pci/devices/%s", dev->pci);
	return sysdev_path(path, SYS, "bus/auxiliary/devices/%s", dev->aux);
}

static int given_netdev(struct cni_dev *dev, const struct cni_conf *conf, struct rtnl *host,
			struct rtnl_link *link, struct cni_err *err)
{
	char path[SYSDEV_PATH_MAX];

	if (device_folder(dev, conf, path) || sysdev_netdev(host, path, conf->device_id, link))
		return no_device(conf->device_id,
				 "it has no netdev in this namespace (is it a container's?)", err);
	str_copy(dev->was_name, sizeof(dev->was_name), link->name);
	dev->was_mtu = link->mtu;
	memcpy(dev->was_mac, link->mac, sizeof(dev->was_mac));
	return 0;
}

static int prepare_given(struct cni_dev *dev, const struct cni_conf *conf, struct rtnl *host,
			 struct cni_err *err)
{
	struct cni_err none = {0};
	struct rtnl_link link;

	if (conf->device == CNI_DEV_VF ? find_vf(dev, conf->device_id, err)
				       : find_sf(dev, conf->device_id, err))
		return -1;
	if (conf->device == CNI_DEV_VDPA) { /* a netdev it has besides starts anew with it */
		given_netdev(dev, conf, host, &link, &none);
		return 0;
	}
	/* it must be here, not in a container */
	if (given_netdev(dev, conf, host, &link, err))
		return -1;
	str_copy(dev->inside, sizeof(dev->inside), link.name);
	dev->ifindex = link.ifindex;
	if (!conf->has_mac)
		memcpy(dev->mac, link.mac, sizeof(dev->mac));
	return 0;
}

int cni_dev_prepare(struct cni_dev *dev, const struct cni_conf *conf, struct rtnl *host,
		    struct cni_err *err)
{
	choose_mac(dev, conf);
	if (conf->device == CNI_DEV_VETH)
		return make_veth(dev, conf, host, err);
	if (conf->device_id[0])
		return prepare_given(dev, conf, host, err);
	return 0;
}

/* --- what the daemon made --- */

static const char *text_of(const json_t *map, const char *key)
{
	const char *text = json_string_value(json_object_get(map, key));

	return text ? text : "";
}

static void take_sf(struct cni_dev *dev, const json_t *sf)
{
	const json_t *vdpa = json_object_get(sf, "vdpa");

	str_copy(dev->aux, sizeof(dev->aux), text_of(sf, "auxiliary"));
	str_copy(dev->pci, sizeof(dev->pci), text_of(sf, "parent"));
	str_copy(dev->inside, sizeof(dev->inside), text_of(sf, "netdev"));
	str_copy(dev->rdma, sizeof(dev->rdma), text_of(json_object_get(sf, "rdma"), "dev"));
	str_copy(dev->vdpa, sizeof(dev->vdpa), text_of(vdpa, "name"));
	str_copy(dev->node, sizeof(dev->node), text_of(vdpa, "node"));
	if (vdpa && !json_is_null(vdpa))
		str_copy(dev->inside, sizeof(dev->inside), text_of(vdpa, "netdev"));
}

static bool complete(const struct cni_dev *dev, const struct cni_conf *conf)
{
	if (conf->rdma && !dev->rdma[0])
		return false;
	return conf->device == CNI_DEV_VDPA && !conf->virtio ? dev->node[0] : dev->inside[0];
}

static const char *missing(const struct cni_dev *dev, const struct cni_conf *conf)
{
	if (conf->device == CNI_DEV_VDPA)
		return "vDPA device";
	return dev->inside[0] ? "RDMA device" : "netdev";
}

/* The SF of the port, with what the container is to have of it. */
static int ask_sf(struct cni_dev *dev, const struct cni_conf *conf, struct cni_err *err)
{
	uint64_t end = now_ns() + NETDEV_MS * 1000000ULL;
	struct timespec pause = {.tv_nsec = 5000000};
	struct err why = {0};
	json_t *list;
	int rc;

	for (;;) {
		rc = cni_daemon_call(conf->socket, "sf.show", json_pack("{s:s}", "name", dev->port),
				     &list, &why);
		if (rc)
			return cni_daemon_fail(err, rc, &why, conf->socket, "find the SF");
		take_sf(dev, json_array_get(list, 0));
		json_decref(list);
		if (complete(dev, conf))
			return 0;
		if (now_ns() > end)
			return cni_fail(err, CNI_E_DEVICE,
					"repx sf show tells what it has; see the kernel's log",
					"the SF of port '%s' has no %s", dev->port,
					missing(dev, conf));
		nanosleep(&pause, NULL);
	}
}

int cni_dev_find(struct cni_dev *dev, const struct cni_conf *conf, struct rtnl *host,
		 const json_t *shown, struct cni_err *err)
{
	struct rtnl_link link;
	int rc;

	if (conf->device != CNI_DEV_VETH)
		str_copy(dev->netdev, sizeof(dev->netdev), text_of(shown, "netdev"));
	if ((conf->device == CNI_DEV_SF || conf->device == CNI_DEV_VDPA) && ask_sf(dev, conf, err))
		return -1;
	if (!dev->inside[0])
		return 0;
	rc = rtnl_link_get(host, dev->inside, &link);
	if (rc)
		return cni_fail(err, CNI_E_DEVICE, "repx sf show tells what there is",
				"find netdev '%s': %s", dev->inside, nl_why(&host->route, rc));
	dev->ifindex = link.ifindex;
	dev->mtu = conf->mtu ? conf->mtu : link.mtu;
	return 0;
}
