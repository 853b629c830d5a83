// SPDX-License-Identifier: GPL-2.0-only
/* cni_dev_back.c - devices on their way back; see cni_dev.h */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cni_dev.h"
#include "cni_rdma.h"
#include "conf_units.h"
#include "sysdev.h"
#include "util.h"

static const char *text_of(const json_t *map, const char *key)
{
	const char *text = json_string_value(json_object_get(map, key));

	return text ? text : "";
}

json_t *cni_dev_record(const struct cni_dev *dev, const struct cni_conf *conf)
{
	char mac[18];

	snprintf(mac, sizeof(mac), MAC_FMT, MAC_ARG(dev->was_mac));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "kind",
			 cni_device_names[conf->device], "id", conf->device_id, "netdev",
			 dev->netdev, "name", dev->was_name, "mac", mac, "mtu",
			 (json_int_t)dev->was_mtu, "rdma", dev->rdma_moved ? dev->rdma : "");
}

static int failed(const char *what, const char *name, const struct nl *nl, int rc,
		  struct cni_err *err)
{
	return cni_fail(err, CNI_E_NETDEV, "repeat the DEL; ip link show tells what there is",
			"%s '%s': %s", what, name, nl_why(nl, rc));
}

/* One end takes the other with it, wherever that is. */
static int delete_veth(const char *name, struct rtnl *host, struct cni_err *err)
{
	struct rtnl_link link;
	int rc = rtnl_link_get(host, name, &link);

	if (!rc && strcmp(link.kind, "veth") != 0)
		return 0;
	if (!rc)
		rc = rtnl_link_del(host, link.ifindex);
	return !rc || rc == -ENODEV ? 0 : failed("delete veth", name, &host->route, rc, err);
}

/* The device's netdev among those of a namespace, whatever it is called there. The path
 * may be that of another container by now. */
static int move_out(struct cni_netns *ns, const char *id)
{
	struct rtnl_links links = {0};
	char temp[IFNAMSIZ];
	int rc = rtnl_links_load(&ns->rtnl, &links);

	for (size_t i = 0; !rc && i < links.len; i++) {
		const struct rtnl_link *link = &links.list[i];

		if (strcmp(link->parent_dev, id) != 0)
			continue;
		rtnl_link_set_up(&ns->rtnl, link->ifindex, false);
		/* whoever has its name meanwhile keeps it: it comes with one of its own */
		snprintf(temp, sizeof(temp), "rx%u", link->ifindex);
		rc = cni_link_move(&ns->rtnl.route, link->ifindex, ns->home, temp);
	}
	rtnl_links_done(&links);
	return rc == -ENODEV ? 0 : rc;
}

/* Out of the container; without one it came back by itself. */
static int leave(const json_t *record, const char *netns, struct cni_err *err)
{
	const char *rdma = text_of(record, "rdma");
	struct cni_err none = {0};
	struct cni_netns ns;
	int rc;

	if (!netns[0] || cni_netns_open(&ns, netns, NULL, &none))
		return 0;
	if (rdma[0])
		cni_rdma_leave(rdma, &ns, err);
	rc = move_out(&ns, text_of(record, "id"));
	if (rc)
		failed("bring back", text_of(record, "name"), &ns.rtnl.route, rc, err);
	cni_netns_close(&ns);
	return err->code ? -1 : 0;
}

static int restore(const json_t *record, struct rtnl *host, struct cni_err *err)
{
	bool vf = !strcmp(text_of(record, "kind"), "vf");
	const char *id = text_of(record, "id"), *name = text_of(record, "name");
	uint32_t mtu = (uint32_t)json_integer_value(json_object_get(record, "mtu"));
	char path[SYSDEV_PATH_MAX];
	struct rtnl_link link;
	uint8_t mac[6];
	int rc;

	if (sysdev_path(path, "/sys", "bus/%s/devices/%s", vf ? "pci" : "auxiliary", id) ||
	    sysdev_netdev(host, path, id, &link))
		return 0; /* it is gone with its device */
	rtnl_link_set_up(host, link.ifindex, false);
	rc = !conf_mac(text_of(record, "mac"), mac) && memcmp(mac, link.mac, 6)
		     ? rtnl_link_set_mac(host, link.ifindex, mac)
		     : 0;
	if (!rc && mtu && mtu != link.mtu)
		rc = cni_link_set_mtu(&host->route, link.ifindex, mtu);
	if (!rc && strcmp(link.name, name) != 0)
		rc = cni_link_set_name(&host->route, link.ifindex, name);
	return rc ? failed("restore", name, &host->route, rc, err) : 0;
}

/* Others go with their port. */
static bool was_there(const json_t *record)
{
	return text_of(record, "id")[0] && text_of(record, "name")[0];
}

int cni_dev_take(const json_t *record, struct rtnl *host, const char *netns, struct cni_err *err)
{
	if (!strcmp(text_of(record, "kind"), "veth"))
		return delete_veth(text_of(record, "netdev"), host, err);
	return was_there(record) ? leave(record, netns, err) : 0;
}

int cni_dev_restore(const json_t *record, struct rtnl *host, struct cni_err *err)
{
	return was_there(record) ? restore(record, host, err) : 0;
}
