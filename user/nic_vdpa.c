// SPDX-License-Identifier: GPL-2.0-only
/* nic_vdpa.c - a vDPA device of an SF: made, bound, taken away; see nic.h */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nic_int.h"
#include "sysdev.h"
#include "util.h"

#define BIT(n) (1ULL << (n))
#define QUEUE_PAIR 2

static const char *bind_driver(enum nic_bind bind)
{
	switch (bind) {
	case NIC_BIND_VHOST:
		return VDPA_DRIVER_VHOST;
	case NIC_BIND_VIRTIO:
		return VDPA_DRIVER_VIRTIO;
	default:
		return NULL;
	}
}

bool nic_vdpa_there(const struct nic *nic, const char *name, enum nic_bind bind)
{
	char driver[VDPA_NAME_MAX];

	if (vdpa_driver(nic->sys, name, driver, sizeof(driver)))
		return false;
	return bind == NIC_BIND_NONE || !strcmp(driver, bind_driver(bind));
}

/* --- its management device --- */

struct mgmt_wait {
	const struct devlink_dev *aux;
	struct vdpa_mgmt *out;
};

static int mgmt_there(struct nic *nic, struct nic_until *until, struct err *err)
{
	struct mgmt_wait *wait = until->data;
	const struct devlink_dev *aux = wait->aux;
	int ret;

	ret = vdpa_mgmt_get(&nic->vdpa, aux->bus, aux->dev, wait->out);
	if (!ret)
		return 1;
	if (ret != -ENODEV && ret != -EINVAL && ret != -ENOENT)
		return nic_fail(err, ret, &nic->vdpa.nl, NULL, "look at vDPA management '%s/%s'",
				aux->bus, aux->dev);
	if (!nic_aux_there(nic, aux->dev))
		return err_set(err, -ENODEV, "wait for vDPA management '%s/%s': the SF went",
			       aux->bus, aux->dev);
	until->so = ret == -ENOENT ? "this kernel has no vDPA" : "none";
	return 0;
}

static int mgmt_wait(struct nic *nic, const struct devlink_dev *aux, struct vdpa_mgmt *out,
		     struct err *err)
{
	struct mgmt_wait wait = {.aux = aux, .out = out};
	struct nic_until until = {
		.look = mgmt_there,
		.data = &wait,
		.hint = "is enable_vnet on, the driver's vDPA module loaded (modprobe mlx5_vdpa)? "
			"vdpa mgmtdev show",
	};

	return nic_wait(nic, &until, err, "wait for vDPA management '%s/%s'", aux->bus, aux->dev);
}

/* --- what it is to be like --- */

static uint64_t follow(const struct vdpa_config *c)
{
	uint64_t bits = BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_F_ACCESS_PLATFORM);

	if (c->has & VDPA_HAS_MAC)
		bits |= BIT(VIRTIO_NET_F_MAC);
	if (c->has & VDPA_HAS_MTU)
		bits |= BIT(VIRTIO_NET_F_MTU);
	if (c->has & VDPA_HAS_MAX_VQP && c->max_vqp > 1)
		bits |= BIT(VIRTIO_NET_F_MQ);
	return bits;
}

uint64_t nic_vdpa_features(const struct vdpa_config *config)
{
	uint64_t bits = config->features | follow(config);

	/* drivers refuse several queues that they cannot ask for */
	return bits & BIT(VIRTIO_NET_F_MQ) ? bits | BIT(VIRTIO_NET_F_CTRL_VQ) : bits;
}

static void feature_names(uint64_t bits, char *buf, size_t size)
{
	size_t used = 0;
	unsigned int bit;

	buf[0] = 0;
	for (bit = 0; bit < 64 && used < size; bit++) {
		const char *name = vdpa_feature_name(bit);

		if (bits & BIT(bit) && name)
			used += (size_t)snprintf(buf + used, size - used, " %s", name);
		else if (bits & BIT(bit))
			used += (size_t)snprintf(buf + used, size - used, " %u", bit);
	}
}

/* The kernel would say no more than "Invalid argument". (Old ones do not tell what a
 * management device can do: 0.) */
static int can_do(const struct vdpa_mgmt *mgmt, const struct nic_vdpa *want,
		  const struct vdpa_config *config, struct err *err)
{
	uint64_t missing = config->has & VDPA_HAS_FEATURES ? config->features & ~mgmt->features : 0;
	char names[192];

	if (mgmt->classes && !(mgmt->classes & BIT(VIRTIO_ID_NET)))
		return err_set(err, -EOPNOTSUPP,
			       "make vDPA device '%s': %s/%s makes no network "
			       "devices",
			       want->name, mgmt->bus, mgmt->dev);
	if (mgmt->features && missing) {
		feature_names(missing, names, sizeof(names));
		return err_set(err, -EOPNOTSUPP,
			       "make vDPA device '%s': %s/%s does not have%s (vdpa mgmtdev show)",
			       want->name, mgmt->bus, mgmt->dev, names);
	}
	if (mgmt->max_vqs && config->has & VDPA_HAS_MAX_VQP &&
	    config->max_vqp > mgmt->max_vqs / QUEUE_PAIR)
		return err_set(err, -EINVAL,
			       "make vDPA device '%s': %u pairs of queues are too many: %s/%s can "
			       "do %u",
			       want->name, config->max_vqp, mgmt->bus, mgmt->dev,
			       mgmt->max_vqs / QUEUE_PAIR);
	return 0;
}

/* --- one that is there already --- */

static int is_like(const struct vdpa_config *now, const struct nic_vdpa *want, struct err *err)
{
	const struct vdpa_config *c = &want->config;
	uint32_t both = now->has & c->has;
	const char *what = NULL;

	if (c->has & VDPA_HAS_FEATURES && now->has & VDPA_HAS_OFFERED &&
	    now->offered != nic_vdpa_features(c))
		what = "set of features";
	if (both & VDPA_HAS_MAC && memcmp(now->mac, c->mac, sizeof(c->mac)) != 0)
		what = "MAC";
	else if (both & VDPA_HAS_MTU && now->mtu != c->mtu)
		what = "MTU";
	else if (both & VDPA_HAS_MAX_VQP && now->max_vqp != c->max_vqp)
		what = "number of queues";
	if (!what)
		return 0;
	return err_set(err, -EEXIST,
		       "make vDPA device '%s': it is there with another %s (vdpa dev config show; "
		       "vdpa dev del %s)",
		       want->name, what, want->name);
}

/* Return: 1: it is there, on this SF and like this; 0; -errno. */
static int find_own(struct nic *nic, const struct devlink_dev *aux, const struct nic_vdpa *want,
		    struct err *err)
{
	struct vdpa_config config;
	struct vdpa_dev dev;
	int ret = vdpa_dev_get(&nic->vdpa, want->name, &dev);

	if (ret == -ENODEV)
		return 0;
	if (ret)
		return nic_fail(err, ret, &nic->vdpa.nl, NULL, "look at vDPA device '%s'",
				want->name);
	if (strcmp(dev.bus, aux->bus) != 0 || strcmp(dev.mgmt, aux->dev) != 0)
		return err_set(err, -EEXIST,
			       "make vDPA device '%s': it is a device of %s%s%s already (give this "
			       "one another name)",
			       want->name, dev.bus, dev.bus[0] ? "/" : "", dev.mgmt);
	ret = vdpa_config_get(&nic->vdpa, want->name, &config);
	if (ret)
		return nic_fail(err, ret, &nic->vdpa.nl, NULL, "look at vDPA device '%s'",
				want->name);
	ret = is_like(&config, want, err);
	return ret ? ret : 1;
}

/* --- making --- */

static const char *add_hint(int code)
{
	switch (code) {
	case -ENOSPC:
		return "the SF has one already: vdpa dev show";
	case -EEXIST:
		return "the name is taken: vdpa dev show";
	case -EINVAL:
	case -EOPNOTSUPP:
		return "more than it can do: vdpa mgmtdev show";
	case -EPERM:
		return "be root, in the first network namespace";
	default:
		return "see dmesg";
	}
}

static int add(struct nic *nic, const struct devlink_dev *aux, const struct nic_vdpa *want,
	       const struct vdpa_mgmt *mgmt, struct err *err)
{
	struct vdpa_config config = want->config;
	int ret;

	if (config.has & VDPA_HAS_FEATURES)
		config.features = nic_vdpa_features(&config);
	ret = can_do(mgmt, want, &config, err);
	if (ret)
		return ret;
	ret = vdpa_dev_add(&nic->vdpa, want->name, aux->bus, aux->dev, &config);
	if (!ret)
		return 0;
	return nic_fail(err, ret, &nic->vdpa.nl, add_hint(ret), "make vDPA device '%s' on '%s/%s'",
			want->name, aux->bus, aux->dev);
}

/* --- binding --- */

static int is_usable(struct nic *nic, struct nic_until *until, struct err *err)
{
	const struct nic_vdpa *want = until->data;
	char node[VDPA_NAME_MAX];
	struct rtnl_link link;
	int ret;

	if (want->bind == NIC_BIND_VHOST) {
		ret = vdpa_node(nic->sys, want->name, node, sizeof(node));
		if (!ret && access(node, F_OK))
			ret = -errno;
	} else {
		ret = vdpa_netdev(nic->rtnl, nic->sys, want->name, &link);
	}
	if (!ret)
		return 1;
	if (ret == -ENODEV) /* it was renamed while it was looked at */
		ret = -ENOENT;
	if (ret == -ENOENT && nic_vdpa_there(nic, want->name, NIC_BIND_NONE))
		return 0;
	return err_set(err, ret, "wait for vDPA device '%s': %s", want->name,
		       ret == -ENOENT ? "it went" : strerror(-ret));
}

static int bind_to(struct nic *nic, const struct nic_vdpa *want, struct err *err)
{
	bool vhost = want->bind == NIC_BIND_VHOST;
	struct nic_until until = {
		.look = is_usable,
		.data = (void *)want,
		.so = "none",
		.hint = vhost ? "is devtmpfs mounted on /dev?" : "modprobe virtio_net; see dmesg",
	};
	int ret;

	if (want->bind == NIC_BIND_NONE)
		return 0;
	ret = vdpa_bind(nic->sys, want->name, bind_driver(want->bind), err);
	if (ret)
		return ret;
	return nic_wait(nic, &until, err, "wait for the %s of vDPA device '%s'",
			vhost ? "node" : "netdev", want->name);
}

/* What was there gets its former driver back. */
static int bind_own(struct nic *nic, const struct nic_vdpa *want, struct err *err)
{
	char before[VDPA_NAME_MAX] = "";
	int ret;

	vdpa_driver(nic->sys, want->name, before, sizeof(before));
	ret = bind_to(nic, want, err);
	if (ret && !nic_vdpa_there(nic, want->name, want->bind))
		vdpa_bind(nic->sys, want->name, before[0] ? before : NULL, NULL);
	return ret;
}

int nic_vdpa_make(struct nic *nic, const struct devlink_dev *aux, const struct nic_vdpa *want,
		  bool *made, struct err *err)
{
	struct vdpa_mgmt mgmt;
	int ret;

	ret = mgmt_wait(nic, aux, &mgmt, err);
	if (ret)
		return ret;
	ret = find_own(nic, aux, want, err);
	if (ret < 0)
		return ret;
	if (ret) {
		ret = bind_own(nic, want, err);
		if (!ret)
			*made = false;
		return ret;
	}
	ret = add(nic, aux, want, &mgmt, err);
	if (ret)
		return ret;
	ret = bind_to(nic, want, err);
	if (!ret)
		*made = true;
	else
		nic_vdpa_remove(nic, want->name, NULL);
	return ret;
}

/* --- taking away --- */

/* Has process @pid @node open? (In a container it may be in another folder: the name is
 * what counts.) */
static bool has_open(const char *pid, const char *node)
{
	char path[SYSDEV_PATH_MAX], to[SYSDEV_PATH_MAX];
	bool found = false;
	struct dirent *e;
	DIR *dir;

	if (sysdev_path(path, "/proc", "%s/fd", pid) || !(dir = opendir(path)))
		return false;
	while (!found && (e = readdir(dir)))
		found = e->d_name[0] != '.' &&
			!sysdev_path(path, "/proc", "%s/fd/%s", pid, e->d_name) &&
			!sysdev_link(path, to, sizeof(to)) && !strcmp(to, node);
	closedir(dir);
	return found;
}

void nic_vdpa_user(const struct nic *nic, const char *name, char *buf, size_t size)
{
	char node[VDPA_NAME_MAX], path[SYSDEV_PATH_MAX], comm[32] = "?";
	struct dirent *e;
	DIR *dir;

	buf[0] = 0;
	if (vdpa_node(nic->sys, name, node, sizeof(node)) || !(dir = opendir("/proc")))
		return;
	while (!buf[0] && (e = readdir(dir))) {
		if (!isdigit((unsigned char)e->d_name[0]) ||
		    !has_open(e->d_name, node + strlen("/dev/")))
			continue;
		if (!sysdev_path(path, "/proc", "%s/comm", e->d_name))
			sysdev_read(path, comm, sizeof(comm));
		snprintf(buf, size, "%s %s", comm, e->d_name);
	}
	closedir(dir);
}

/* Deleting would not come back before the node is closed, and hold up all of vDPA: not
 * to know is no leave to try. */
static int not_in_use(struct nic *nic, const char *name, struct err *err)
{
	char node[VDPA_NAME_MAX], user[64];
	int ret;

	if (!nic_vdpa_there(nic, name, NIC_BIND_VHOST) ||
	    vdpa_node(nic->sys, name, node, sizeof(node)))
		return 0;
	ret = vdpa_in_use(nic->sys, name);
	if (!ret || ret == -ENOENT || ret == -ENODEV || ret == -ENXIO)
		return 0;
	if (ret < 0)
		return err_set(err, ret, "remove vDPA device '%s': look whether %s is in use: %s",
			       name, node, strerror(-ret));
	nic_vdpa_user(nic, name, user, sizeof(user));
	return err_set(err, -EBUSY, "remove vDPA device '%s': %s is open in %s (end that first)",
		       name, node, user[0] ? user : "some process");
}

int nic_aux_idle(const struct nic *nic, const char *aux, struct err *err)
{
	char path[SYSDEV_PATH_MAX], user[64];
	struct dirent *e;
	int ret = 0;
	DIR *dir;

	if (!nic_aux_there(nic, aux) ||
	    sysdev_path(path, nic->sys, "bus/auxiliary/devices/%s", aux) || !(dir = opendir(path)))
		return 0;
	while (!ret && (e = readdir(dir))) {
		if (!nic_vdpa_there(nic, e->d_name, NIC_BIND_VHOST) ||
		    vdpa_in_use(nic->sys, e->d_name) <= 0)
			continue;
		nic_vdpa_user(nic, e->d_name, user, sizeof(user));
		ret = err_set(err, -EBUSY,
			      "stop SF '%s': its vDPA device '%s' is in use by %s (end that first)",
			      aux, e->d_name, *user ? user : "some process");
	}
	closedir(dir);
	return ret;
}

static int is_gone(struct nic *nic, struct nic_until *until, struct err *err)
{
	(void)err;
	return !nic_vdpa_there(nic, until->data, NIC_BIND_NONE);
}

int nic_vdpa_remove(struct nic *nic, const char *name, struct err *err)
{
	struct nic_until until = {
		.look = is_gone,
		.data = (void *)name,
		.so = "still there",
		.hint = "see dmesg, vdpa dev show",
	};
	int ret = not_in_use(nic, name, err);

	if (ret)
		return ret;
	ret = vdpa_dev_del(&nic->vdpa, name);
	if (ret == -ENODEV || (ret == -ENOENT && !nic_vdpa_there(nic, name, NIC_BIND_NONE)))
		return 0;
	if (ret)
		return nic_fail(err, ret, &nic->vdpa.nl, NULL, "remove vDPA device '%s'", name);
	return nic_wait(nic, &until, err, "remove vDPA device '%s'", name);
}
