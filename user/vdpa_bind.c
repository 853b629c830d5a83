// SPDX-License-Identifier: GPL-2.0-only
/* vdpa_bind.c - drivers of vDPA devices; see vdpa.h */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysdev.h"
#include "vdpa.h"

static int dev_path(char path[SYSDEV_PATH_MAX], const char *sys, const char *name)
{
	if (!name[0] || name[0] == '.' || strchr(name, '/'))
		return -ENOENT;
	return sysdev_path(path, sys, "bus/vdpa/devices/%s", name);
}

int vdpa_driver(const char *sys, const char *name, char *buf, size_t size)
{
	char path[SYSDEV_PATH_MAX], link[SYSDEV_PATH_MAX];
	int ret = dev_path(path, sys, name);

	if (!ret && access(path, F_OK))
		ret = -errno;
	if (!ret)
		ret = sysdev_path(link, path, "driver");
	if (ret)
		return ret;
	ret = sysdev_link(link, buf, size);
	if (ret != -ENOENT)
		return ret;
	buf[0] = 0;
	return 0;
}

int vdpa_node(const char *sys, const char *name, char *buf, size_t size)
{
	char path[SYSDEV_PATH_MAX], node[VDPA_NAME_MAX];
	int ret = dev_path(path, sys, name);

	if (!ret)
		ret = sysdev_child(path, "vhost-vdpa-", node, sizeof(node));
	if (ret)
		return ret;
	return snprintf(buf, size, "/dev/%s", node) < (int)size ? 0 : -ENAMETOOLONG;
}

/* The netdev of a virtio device says which vDPA device it is of. */
static int netdev_of_virtio(struct rtnl *rtnl, const char *folder, const char *virtio,
			    const char *name, struct rtnl_link *out)
{
	struct ethtool_drvinfo info;
	char path[SYSDEV_PATH_MAX];
	struct rtnl_link link = {0};
	int ret = sysdev_path(path, folder, "%s", virtio);

	if (!ret)
		ret = sysdev_netdev(rtnl, path, virtio, &link);
	if (!ret)
		ret = sysdev_drvinfo(link.name, &info);
	if (!ret && strcmp(info.bus_info, name) != 0)
		ret = -ENOENT;
	if (!ret)
		*out = link;
	return ret;
}

static int netdev_below(struct rtnl *rtnl, const char *folder, const char *name,
			struct rtnl_link *out)
{
	DIR *dir = opendir(folder);
	int ret = -ENOENT;
	struct dirent *e;

	if (!dir)
		return -errno;
	while (ret && (e = readdir(dir)))
		if (!strncmp(e->d_name, "virtio", strlen("virtio")))
			ret = netdev_of_virtio(rtnl, folder, e->d_name, name, out);
	closedir(dir);
	return ret;
}

/* The virtio device lies beside the vDPA device, in the folder of the device that
 * does DMA, which several may share. */
int vdpa_netdev(struct rtnl *rtnl, const char *sys, const char *name, struct rtnl_link *out)
{
	char path[SYSDEV_PATH_MAX], parent[SYSDEV_PATH_MAX];
	int ret = dev_path(path, sys, name);

	if (!ret)
		ret = sysdev_path(parent, path, "..");
	if (!ret)
		ret = netdev_below(rtnl, parent, name, out);
	return ret == -ENOENT ? netdev_below(rtnl, path, name, out) : ret;
}

/* The node takes one opener at a time. */
int vdpa_in_use(const char *sys, const char *name)
{
	char node[VDPA_NAME_MAX];
	int ret, fd;

	ret = vdpa_node(sys, name, node, sizeof(node));
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno == EBUSY ? 1 : -errno;
	close(fd);
	return 0;
}

static int write_driver(const char *sys, const char *driver, const char *file, const char *name)
{
	char path[SYSDEV_PATH_MAX];
	int ret = sysdev_path(path, sys, "bus/vdpa/drivers/%s/%s", driver, file);

	return ret ? ret : sysdev_write(path, name);
}

static int set_override(const char *sys, const char *name, const char *driver)
{
	char path[SYSDEV_PATH_MAX];
	int ret = sysdev_path(path, sys, "bus/vdpa/devices/%s/driver_override", name);

	return ret ? ret : sysdev_write(path, driver ? driver : "\n");
}

static bool has_driver(const char *sys, const char *driver)
{
	char path[SYSDEV_PATH_MAX];

	return !sysdev_path(path, sys, "bus/vdpa/drivers/%s", driver) && !access(path, F_OK);
}

/* Unbinding waits, in the kernel and for good, until the node is closed. */
static int driver_unbind(const char *sys, const char *name, const char *driver, struct err *err)
{
	int ret = vdpa_in_use(sys, name);

	if (ret > 0)
		return err_set(err, -EBUSY,
			       "unbind vDPA device '%s' from %s: its device node is open (end the "
			       "virtual machine that uses it)",
			       name, driver);
	if (ret < 0)
		return err_set(err, ret, "unbind vDPA device '%s' from %s: look at its node: %s",
			       name, driver, strerror(-ret));
	ret = write_driver(sys, driver, "unbind", name);
	if (!ret || ret == -ENODEV)
		return 0;
	return err_set(err, ret, "unbind vDPA device '%s' from %s: %s", name, driver,
		       strerror(-ret));
}

/* A driver that has just been loaded may have taken the device by itself. */
static int driver_bind(const char *sys, const char *name, const char *driver, struct err *err)
{
	char now[VDPA_NAME_MAX] = "";
	int ret = write_driver(sys, driver, "bind", name);

	if (vdpa_driver(sys, name, now, sizeof(now)) || strcmp(now, driver))
		ret = ret ? ret : -ENODEV;
	else
		ret = 0;
	if (!ret)
		return 0;
	return err_set(err, ret, "bind vDPA device '%s' to %s: %s", name, driver, strerror(-ret));
}

int vdpa_bind(const char *sys, const char *name, const char *driver, struct err *err)
{
	char now[VDPA_NAME_MAX];
	int ret = vdpa_driver(sys, name, now, sizeof(now));

	if (ret)
		return err_set(err, ret, "bind vDPA device '%s': %s", name,
			       ret == -ENOENT ? "there is no such device" : strerror(-ret));
	if (driver && !has_driver(sys, driver))
		return err_set(
			err, -ENOENT,
			"bind vDPA device '%s' to %s: the driver is not loaded (modprobe %s)", name,
			driver, driver);
	ret = set_override(sys, name, driver);
	if (ret)
		return err_set(err, ret, "bind vDPA device '%s': set driver_override: %s", name,
			       strerror(-ret));
	if (driver && !strcmp(now, driver))
		return 0;
	if (now[0])
		ret = driver_unbind(sys, name, now, err);
	if (!ret && driver)
		ret = driver_bind(sys, name, driver, err);
	return ret;
}
