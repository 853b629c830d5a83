/* SPDX-License-Identifier: GPL-2.0-only */
/* sysdev.h - what sysfs says of devices that are not netdevs
 *
 * @sys is "/sys", or a test's tree. Paths that do not fit are -ENAMETOOLONG,
 * what is not there is -ENOENT.
 */
#ifndef REPX_SYSDEV_H
#define REPX_SYSDEV_H

#include <linux/ethtool.h>
#include <stddef.h>

#include "rtnl.h"

#define SYSDEV_PATH_MAX 512

#define SYSDEV_KERNEL(major, minor) ((unsigned int)(major) << 16 | (minor))

/* "6.12.117+deb12" as SYSDEV_KERNEL(6, 12); 0: not understood. @release NULL: the
 * kernel that runs. What was ported back does not show: probe where you can. */
unsigned int sysdev_kernel(const char *release);

/* A path below @sys. Return: 0, -ENAMETOOLONG. */
__attribute__((format(printf, 3, 4))) int sysdev_path(char path[SYSDEV_PATH_MAX], const char *sys,
						      const char *fmt, ...);
/* The first line of a file. Return: 0, -errno. */
int sysdev_read(const char *path, char *buf, size_t size);
/* Writes a file at once. Return: 0, -errno of what the kernel made of it. */
int sysdev_write(const char *path, const char *text);
/* The last part of where a symbolic link points. Return: 0, -errno. */
int sysdev_link(const char *path, char *buf, size_t size);
/* The first entry of folder @path whose name begins with @prefix. Return: 0, -errno. */
int sysdev_child(const char *path, const char *prefix, char *buf, size_t size);

/**
 * sysdev_netdev() - the netdev of a device, by its folder's net/
 * @dev: name of the device: what the netdev says of its parent must agree, since
 *	 sysfs may be of another network namespace
 * Return: 0; -ENOENT none in this namespace; -errno.
 */
int sysdev_netdev(struct rtnl *rtnl, const char *folder, const char *dev, struct rtnl_link *out);

/* Driver and bus address of a netdev. equal to: ethtool -i NAME. Return: 0, -errno. */
int sysdev_drvinfo(const char *name, struct ethtool_drvinfo *out);

#endif
