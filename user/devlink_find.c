// SPDX-License-Identifier: GPL-2.0-only
/* devlink_find.c - who belongs to whom: netdevs, ports, SFs; see devlink.h */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "devlink_parse.h"
#include "sysdev.h"
#include "util.h"

static int port_of_link(struct devlink *dl, struct rtnl *rtnl, uint32_t ifindex,
			struct devlink_port *out)
{
	struct devlink_dev dev = {0};
	struct rtnl_link link;
	int ret;

	ret = rtnl_link_get_index(rtnl, ifindex, &link);
	if (ret)
		return ret;
	if (!link.port.dev[0])
		return -ENOENT;
	str_copy(dev.bus, sizeof(dev.bus), link.port.bus);
	str_copy(dev.dev, sizeof(dev.dev), link.port.dev);
	return devlink_port_get(dl, &dev, link.port.index, out);
}

struct ifindex_search {
	uint32_t ifindex; /* 0: any */
	struct devlink_port *out;
};

static int by_ifindex(const struct devlink_port *port, void *data)
{
	struct ifindex_search *search = data;

	if (!port->ifindex || (search->ifindex && port->ifindex != search->ifindex))
		return 0;
	*search->out = *port;
	return 1;
}

int devlink_port_of_netdev(struct devlink *dl, struct rtnl *rtnl, uint32_t ifindex,
			   struct devlink_port *out)
{
	struct ifindex_search search = {.ifindex = ifindex, .out = out};
	int ret;

	if (!ifindex)
		return -ENODEV;
	if (dl->family < 0) {
		devlink_request(dl, DEVLINK_CMD_PORT_GET, NULL);
		return -ENOENT;
	}
	ret = port_of_link(dl, rtnl, ifindex, out);
	if (ret != -ENOENT || sysdev_kernel(NULL) >= SYSDEV_KERNEL(6, 2))
		return ret;
	ret = devlink_port_walk(dl, NULL, by_ifindex, &search);
	return ret < 0 ? ret : ret ? 0 : -ENOENT;
}

/* Is the auxiliary device @name the SF @num of device @parent? It lies in the
 * folder of the device that made it. */
static bool is_sf(const char *sys, const char *name, const char *parent, uint32_t num)
{
	char path[SYSDEV_PATH_MAX], text[64], *real, *dir = NULL, *end;
	bool found = false;

	if (sysdev_path(path, sys, "bus/auxiliary/devices/%s/sfnum", name) ||
	    sysdev_read(path, text, sizeof(text)) || !text[0] || strtoul(text, &end, 10) != num ||
	    *end)
		return false;
	if (sysdev_path(path, sys, "bus/auxiliary/devices/%s", name))
		return false;
	real = realpath(path, NULL);
	if (real && (end = strrchr(real, '/'))) {
		*end = 0;
		dir = strrchr(real, '/');
	}
	if (dir)
		found = !strcmp(dir + 1, parent);
	free(real);
	return found;
}

int devlink_aux_of_port(const char *sys, const struct devlink_port *port, struct devlink_dev *out)
{
	struct devlink_dev aux = {.bus = "auxiliary"};
	char path[SYSDEV_PATH_MAX];
	int ret = -ENOENT;
	struct dirent *e;
	DIR *dir;

	if (!strcmp(port->fn.nested.bus, aux.bus)) {
		*out = port->fn.nested;
		return 0;
	}
	if (!(port->has & DEVLINK_PORT_SF) || port->external || port->controller ||
	    sysdev_path(path, sys, "bus/auxiliary/devices"))
		return -ENOENT;
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (ret && (e = readdir(dir)))
		if (e->d_name[0] != '.' && !str_copy(aux.dev, sizeof(aux.dev), e->d_name) &&
		    is_sf(sys, aux.dev, port->dev.dev, port->sf))
			ret = 0;
	closedir(dir);
	if (!ret)
		*out = aux;
	return ret;
}

int devlink_netdev_of_aux(struct devlink *dl, struct rtnl *rtnl, const char *sys,
			  const struct devlink_dev *aux, struct rtnl_link *out)
{
	struct devlink_port port;
	struct ifindex_search search = {.out = &port};
	char path[SYSDEV_PATH_MAX];
	int ret;

	ret = sysdev_path(path, sys, "bus/%s/devices/%s", aux->bus, aux->dev);
	if (!ret)
		ret = sysdev_netdev(rtnl, path, aux->dev, out);
	if (ret != -ENOENT)
		return ret;
	ret = devlink_port_walk(dl, aux, by_ifindex, &search);
	if (ret == -ENODEV) /* newer kernels look for the device first */
		return -ENOENT;
	if (ret <= 0)
		return ret ? ret : -ENOENT;
	ret = rtnl_link_get_index(rtnl, port.ifindex, out);
	return ret == -ENODEV ? -ENOENT : ret;
}
