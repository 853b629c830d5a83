// SPDX-License-Identifier: GPL-2.0-only
/* cni_dev_info.c - the device-info file, for who tells the container of its device
 *
 * There is no type for an SF in version 1.1.0: it is told as a pci device, by its parent.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cni_dev.h"

static json_t *info(const struct cni_dev *dev, const struct cni_conf *conf)
{
	bool vdpa = conf->device == CNI_DEV_VDPA;
	const char *type = vdpa ? "vdpa" : "pci";
	json_t *part = json_object();

	if (dev->pci[0])
		json_object_set_new(part, "pci-address", json_string(dev->pci));
	if (dev->netdev[0])
		json_object_set_new(part, "representor-device", json_string(dev->netdev));
	if (dev->rdma[0])
		json_object_set_new(part, "rdma-device", json_string(dev->rdma));
	if (vdpa) {
		json_object_set_new(part, "parent-device", json_string(dev->vdpa));
		json_object_set_new(part, "driver", json_string(conf->virtio ? "virtio" : "vhost"));
		if (dev->node[0])
			json_object_set_new(part, "path", json_string(dev->node));
	}
	return json_pack("{s:s, s:s, s:o}", "type", type, "version", "1.1.0", type, part);
}

int cni_dev_info(const struct cni_dev *dev, const struct cni_conf *conf, struct cni_err *err)
{
	ssize_t len, n = -1;
	json_t *doc;
	char *text;
	int fd;

	if (!conf->device_info[0] || conf->device == CNI_DEV_VETH)
		return 0;
	doc = info(dev, conf);
	text = json_dumps(doc, JSON_COMPACT);
	json_decref(doc);
	len = text ? (ssize_t)strlen(text) : 0;
	fd = open(conf->device_info, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd >= 0 && text)
		n = write(fd, text, (size_t)len);
	if (fd >= 0 && close(fd))
		n = -1;
	free(text);
	if (n == len)
		return 0;
	return cni_fail(err, CNI_E_IO, "the runtime gives it in CNIDeviceInfoFile",
			"write '%.200s': %s", conf->device_info, strerror(errno));
}
