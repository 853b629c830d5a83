// SPDX-License-Identifier: GPL-2.0-only
/* nic_param.c - what the driver of an SF is to offer, and its reload; see nic.h */
#include <errno.h>

#include "nic_int.h"
#include "util.h"

#define PARAMS 3

static const char *const names[PARAMS] = {"enable_eth", "enable_rdma", "enable_vnet"};

/* What each costs to find out, when the driver does not know it. */
static const char *const hints[PARAMS] = {
	"the driver was built without it",
	"the card or its driver has no RDMA for SFs, or the SF's roce is off",
	"needs a driver with vDPA (mlx5: CONFIG_MLX5_VDPA_NET) and a card that emulates virtio",
};

static int fail(struct nic *nic, const struct devlink_dev *aux, int i, int code, const char *doing,
		struct err *err)
{
	return nic_fail(err, code, &nic->dl.nl,
			code == -EINVAL || code == -EOPNOTSUPP ? hints[i] : NULL,
			"%s %s of '%s/%s'", doing, names[i], aux->bus, aux->dev);
}

/* A parameter that is not there is as good as off. */
static int get_all(struct nic *nic, const struct devlink_dev *aux, const int8_t *want, int8_t *was,
		   struct err *err)
{
	bool value;
	int i, ret;

	for (i = 0; i < PARAMS; i++) {
		was[i] = -1;
		if (want[i] < 0)
			continue;
		ret = devlink_param_get(&nic->dl, aux, names[i], &value);
		if (!ret)
			was[i] = value;
		else if (ret != -EINVAL || want[i])
			return fail(nic, aux, i, ret, "get", err);
	}
	return 0;
}

static void put_back(struct nic *nic, const struct devlink_dev *aux, const int8_t *want,
		     const int8_t *was, int upto)
{
	int i;

	for (i = 0; i < upto; i++)
		if (was[i] >= 0 && want[i] != was[i])
			devlink_param_set(&nic->dl, aux, names[i], was[i]);
}

/* Return: how many were set, -errno with none. */
static int set_all(struct nic *nic, const struct devlink_dev *aux, const int8_t *want,
		   const int8_t *was, struct err *err)
{
	int i, ret, set = 0;

	for (i = 0; i < PARAMS; i++) {
		if (was[i] < 0 || want[i] == was[i])
			continue;
		ret = devlink_param_set(&nic->dl, aux, names[i], want[i]);
		if (ret) {
			fail(nic, aux, i, ret, want[i] ? "turn on" : "turn off", err);
			put_back(nic, aux, want, was, i);
			return ret;
		}
		set++;
	}
	return set;
}

static const char *reload_hint(int code)
{
	switch (code) {
	case -EBUSY:
		return "the card is being reset, or somebody uses the SF; try again";
	case -EOPNOTSUPP:
		return "not possible now: is the card part of a bond?";
	case -ENODEV:
		return "the SF went";
	default:
		return "see dmesg";
	}
}

/* A driver that went down and did not come up again gets another chance with what it
 * was told before; one that did not even go down is not disturbed. */
static int reload(struct nic *nic, const struct devlink_dev *aux, const int8_t *want,
		  const int8_t *was, struct err *err)
{
	int ret = nic_aux_idle(nic, aux->dev, err);

	if (ret) {
		put_back(nic, aux, want, was, PARAMS);
		return ret;
	}
	ret = devlink_reload(&nic->dl, aux);
	if (!ret)
		return 0;
	nic_fail(err, ret, &nic->dl.nl, reload_hint(ret), "reload SF '%s/%s'", aux->bus, aux->dev);
	put_back(nic, aux, want, was, PARAMS);
	if (devlink_reload_failed(&nic->dl, aux) > 0)
		devlink_reload(&nic->dl, aux);
	return ret;
}

int nic_sf_params(struct nic *nic, const struct devlink_dev *aux, const struct nic_params *want,
		  bool force, struct nic_params *was, struct err *err)
{
	const int8_t wanted[PARAMS] = {want->eth, want->rdma, want->vnet};
	int8_t before[PARAMS];
	int ret;

	ret = get_all(nic, aux, wanted, before, err);
	if (ret)
		return ret;
	ret = set_all(nic, aux, wanted, before, err);
	if (ret < 0)
		return ret;
	/* a reload that failed earlier left it without what it is to offer */
	if (ret || force || devlink_reload_failed(&nic->dl, aux) > 0)
		ret = reload(nic, aux, wanted, before, err);
	if (!ret && was)
		*was = (struct nic_params){.eth = before[0], .rdma = before[1], .vnet = before[2]};
	return ret;
}
