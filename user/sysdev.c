// SPDX-License-Identifier: GPL-2.0-only
/* sysdev.c - see sysdev.h */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "sysdev.h"
#include "util.h"

unsigned int sysdev_kernel(const char *release)
{
	unsigned int major, minor;
	struct utsname name;

	if (!release)
		release = uname(&name) ? "" : name.release;
	if (sscanf(release, "%5u.%5u", &major, &minor) != 2)
		return 0;
	return SYSDEV_KERNEL(major, minor);
}

int sysdev_path(char path[SYSDEV_PATH_MAX], const char *sys, const char *fmt, ...)
{
	int used = snprintf(path, SYSDEV_PATH_MAX, "%s/", sys), len;
	va_list ap;

	if (used >= SYSDEV_PATH_MAX)
		return -ENAMETOOLONG;
	va_start(ap, fmt);
	len = vsnprintf(path + used, (size_t)(SYSDEV_PATH_MAX - used), fmt, ap);
	va_end(ap);
	return len < SYSDEV_PATH_MAX - used ? 0 : -ENAMETOOLONG;
}

int sysdev_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	if (len < 0)
		len = -errno;
	close(fd);
	if (len < 0)
		return (int)len;
	buf[len] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return 0;
}

int sysdev_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int sysdev_link(const char *path, char *buf, size_t size)
{
	char target[SYSDEV_PATH_MAX];
	const char *last;
	ssize_t len;

	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = 0;
	last = strrchr(target, '/');
	return str_copy(buf, size, last ? last + 1 : target) ? -ENAMETOOLONG : 0;
}

int sysdev_child(const char *path, const char *prefix, char *buf, size_t size)
{
	DIR *dir = opendir(path);
	int ret = -ENOENT;
	struct dirent *e;

	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.' || strncmp(e->d_name, prefix, strlen(prefix)))
			continue;
		ret = str_copy(buf, size, e->d_name) ? -ENAMETOOLONG : 0;
		break;
	}
	closedir(dir);
	return ret;
}

/* Does the netdev of a message name @data as its parent device? */
static int parent_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	const char **dev = data;
	char name[64];

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct ifinfomsg))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg))
	{
		if (mnl_attr_get_type(attr) != IFLA_PARENT_DEV_NAME)
			continue;
		nl_attr_str(attr, name, sizeof(name));
		if (!strcmp(name, *dev))
			*dev = NULL;
		break;
	}
	return MNL_CB_OK;
}

static int check_parent(struct rtnl *rtnl, uint32_t ifindex, const char *dev)
{
	struct ifinfomsg ifi = {.ifi_index = (int)ifindex};
	struct nlmsghdr *nlh = nl_request(&rtnl->route, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	int ret;

	ret = nl_talk(&rtnl->route, nlh, parent_cb, &dev);
	return ret ? ret : dev ? -ENOENT : 0;
}

int sysdev_netdev(struct rtnl *rtnl, const char *folder, const char *dev, struct rtnl_link *out)
{
	char path[SYSDEV_PATH_MAX], name[64];
	struct rtnl_link link = {0};
	int ret;

	ret = sysdev_path(path, folder, "net");
	if (!ret)
		ret = sysdev_child(path, "", name, sizeof(name));
	if (!ret)
		ret = rtnl_link_get(rtnl, name, &link);
	if (!ret)
		ret = check_parent(rtnl, link.ifindex, dev);
	if (ret == -ENODEV)
		ret = -ENOENT;
	if (!ret)
		*out = link;
	return ret;
}

int sysdev_drvinfo(const char *name, struct ethtool_drvinfo *out)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
	struct ifreq ifr = {.ifr_data = (void *)&info};
	int fd, ret = 0;

	if (str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), name))
		return -ENODEV;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCETHTOOL, &ifr))
		ret = -errno;
	close(fd);
	if (ret)
		return ret;
	info.driver[sizeof(info.driver) - 1] = 0;
	info.bus_info[sizeof(info.bus_info) - 1] = 0;
	*out = info;
	return 0;
}
