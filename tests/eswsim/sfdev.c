// SPDX-License-Identifier: GPL-2.0-only
/* sfdev.c - the auxiliary device of a local SF and its devlink instance
 *
 * An SF probes lightweight: only the devlink instance is there. enable_eth,
 * enable_rdma and enable_vnet are false and take effect on reload: then there is
 * a netdev, and a vDPA management device. (RDMA is left to rdma_rxe on the netdev.)
 */
#include <linux/dma-mapping.h>
#include "eswsim.h"

/* struct esw_sfi - the devlink instance of an SF, as its driver sees it */
struct esw_sfi {
	struct esw_sfdev *sfdev;
	struct devlink_port port;
	struct net_device *netdev;
	struct esw_vmgmt *vmgmt;
	struct delayed_work late;
};

static DEFINE_IDA(sfdev_ida);

static ssize_t sfnum_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", container_of(dev, struct esw_sfdev, adev.dev)->sfnum);
}
static DEVICE_ATTR_RO(sfnum);
static struct attribute *sfdev_attrs[] = {&dev_attr_sfnum.attr, NULL};
ATTRIBUTE_GROUPS(sfdev);

static void sfdev_release(struct device *dev)
{
	struct esw_sfdev *sfdev = container_of(dev, struct esw_sfdev, adev.dev);

	ida_free(&sfdev_ida, sfdev->id);
	kfree(sfdev);
}

/* esw_sfdev_add - makes the auxiliary device; its driver probes at once */
int esw_sfdev_add(struct esw_sf *sf)
{
	struct esw_sfdev *sfdev;
	int err;

	sfdev = kzalloc(sizeof(*sfdev), GFP_KERNEL);
	if (!sfdev)
		return -ENOMEM;
	sfdev->id = ida_alloc_min(&sfdev_ida, 1, GFP_KERNEL);
	if (sfdev->id < 0) {
		err = sfdev->id;
		kfree(sfdev);
		return err;
	}
	sfdev->card = sf->vport.card;
	sfdev->sf = sf;
	sfdev->sfnum = sf->vport.num;
	sfdev->adev.name = "sf";
	sfdev->adev.id = sfdev->id;
	sfdev->adev.dev.parent = sf->vport.card->dev;
	sfdev->adev.dev.groups = sfdev_groups;
	sfdev->adev.dev.release = sfdev_release;
	err = auxiliary_device_init(&sfdev->adev);
	if (err) {
		ida_free(&sfdev_ida, sfdev->id);
		kfree(sfdev);
		return err;
	}
	sfdev->adev.dev.coherent_dma_mask = DMA_BIT_MASK(64);
	sfdev->adev.dev.dma_mask = &sfdev->adev.dev.coherent_dma_mask;
	sf->sfdev = sfdev;
	err = auxiliary_device_add(&sfdev->adev);
	if (err) {
		sf->sfdev = NULL;
		auxiliary_device_uninit(&sfdev->adev);
	}
	return err;
}

void esw_sfdev_del(struct esw_sf *sf)
{
	struct esw_sfdev *sfdev = sf->sfdev;

	if (!sfdev)
		return;
	auxiliary_device_delete(&sfdev->adev);
	sf->sfdev = NULL;
	auxiliary_device_uninit(&sfdev->adev);
}

static bool sfi_param(struct devlink *devlink, u32 id)
{
	union devlink_param_value value = {};

	return !devl_param_driverinit_value_get(devlink, id, &value) && value.vbool;
}

static int sfi_eth_up(struct esw_sfi *sfi, struct netlink_ext_ack *extack)
{
	struct esw_sfdev *sfdev = sfi->sfdev;
	struct esw_vport *vport = &sfdev->sf->vport;
	struct devlink *devlink = priv_to_devlink(sfi);
	struct devlink_port_attrs attrs = {.flavour = DEVLINK_PORT_FLAVOUR_VIRTUAL};
	struct net_device *dev;
	char name[IFNAMSIZ];
	int err;

	err = esw_op(sfdev->card, ESW_OP_sf_netdev, extack);
	if (err)
		return err;
	memset(&sfi->port, 0, sizeof(sfi->port));
	devlink_port_attrs_set(&sfi->port, &attrs);
	err = devl_port_register(devlink, &sfi->port, 0);
	if (err)
		return err;
	snprintf(name, sizeof(name), "sf%u", sfdev->sfnum);
	dev = esw_netdev_add(sfdev->card, vport, ESW_FN, &sfdev->adev.dev, &sfi->port, name);
	if (IS_ERR(dev)) {
		devl_port_unregister(&sfi->port);
		return PTR_ERR(dev);
	}
	sfi->netdev = dev;
	rcu_assign_pointer(vport->fn, dev);
	return 0;
}

static void sfi_eth_down(struct esw_sfi *sfi)
{
	if (!sfi->netdev)
		return;
	RCU_INIT_POINTER(sfi->sfdev->sf->vport.fn, NULL);
	esw_netdev_del(sfi->netdev);
	sfi->netdev = NULL;
	devl_port_unregister(&sfi->port);
}

/* The netdev comes some time after the reload. Who takes it down holds the lock and
 * waits for us: never wait for the lock here.
 */
static void sfi_eth_late(struct work_struct *work)
{
	struct esw_sfi *sfi = container_of(work, struct esw_sfi, late.work);
	struct devlink *devlink = priv_to_devlink(sfi);

	if (!devl_trylock(devlink)) {
		schedule_delayed_work(&sfi->late, 1);
		return;
	}
	if (!sfi->netdev && !sfi->sfdev->card->knob[ESW_OP_late_netdev].errno)
		sfi_eth_up(sfi, NULL);
	devl_unlock(devlink);
}

static int sfi_eth_start(struct esw_sfi *sfi, struct netlink_ext_ack *extack)
{
	unsigned long delay = esw_op_delay(sfi->sfdev->card, ESW_OP_late_netdev);

	if (!delay)
		return sfi_eth_up(sfi, extack);
	schedule_delayed_work(&sfi->late, delay);
	return 0;
}

static void sfi_down(struct esw_sfi *sfi)
{
	cancel_delayed_work_sync(&sfi->late);
	if (sfi->vmgmt)
		esw_vmgmt_del(sfi->vmgmt);
	sfi->vmgmt = NULL;
	sfi_eth_down(sfi);
}

static int sfi_up(struct esw_sfi *sfi, struct netlink_ext_ack *extack)
{
	struct devlink *devlink = priv_to_devlink(sfi);
	int err = 0;

	if (sfi_param(devlink, DEVLINK_PARAM_GENERIC_ID_ENABLE_ETH))
		err = sfi_eth_start(sfi, extack);
	if (err || !sfi_param(devlink, DEVLINK_PARAM_GENERIC_ID_ENABLE_VNET))
		return err;
	err = esw_op(sfi->sfdev->card, ESW_OP_vdpa_mgmtdev, extack);
	if (!err) {
		sfi->vmgmt = esw_vmgmt_add(sfi->sfdev);
		err = PTR_ERR_OR_ZERO(sfi->vmgmt);
	}
	if (err) {
		sfi->vmgmt = NULL;
		sfi_eth_down(sfi);
	}
	return err;
}

static int sfi_reload_down(struct devlink *devlink, bool netns_change,
			   enum devlink_reload_action action, enum devlink_reload_limit limit,
			   struct netlink_ext_ack *extack)
{
	struct esw_sfi *sfi = devlink_priv(devlink);
	int err;

	if (sfi->sfdev->card->resetting)
		return -EBUSY;
	err = esw_op(sfi->sfdev->card, ESW_OP_reload_down, extack);
	if (err)
		return err;
	sfi_down(sfi);
	return 0;
}

static int sfi_reload_up(struct devlink *devlink, enum devlink_reload_action action,
			 enum devlink_reload_limit limit, u32 *performed,
			 struct netlink_ext_ack *extack)
{
	struct esw_sfi *sfi = devlink_priv(devlink);
	int err;

	err = esw_op(sfi->sfdev->card, ESW_OP_reload_up, extack);
	if (err)
		return err;
	*performed = BIT(DEVLINK_RELOAD_ACTION_DRIVER_REINIT);
	return sfi_up(sfi, extack);
}

static const struct devlink_ops sfi_ops = {
	.reload_actions = BIT(DEVLINK_RELOAD_ACTION_DRIVER_REINIT),
	.reload_down = sfi_reload_down,
	.reload_up = sfi_reload_up,
};

static int rdma_validate(struct devlink *devlink, u32 id, union devlink_param_value val,
			 struct netlink_ext_ack *extack)
{
	struct esw_sfi *sfi = devlink_priv(devlink);

	return val.vbool && !sfi->sfdev->sf->vport.roce ? -EOPNOTSUPP : 0;
}

static const struct devlink_param sfi_params[] = {
	DEVLINK_PARAM_GENERIC(ENABLE_ETH, BIT(DEVLINK_PARAM_CMODE_DRIVERINIT), NULL, NULL, NULL),
	DEVLINK_PARAM_GENERIC(ENABLE_RDMA, BIT(DEVLINK_PARAM_CMODE_DRIVERINIT), NULL, NULL,
			      rdma_validate),
	DEVLINK_PARAM_GENERIC(ENABLE_VNET, BIT(DEVLINK_PARAM_CMODE_DRIVERINIT), NULL, NULL, NULL),
};

static int sfi_register(struct devlink *devlink, struct esw_sfdev *sfdev)
{
	union devlink_param_value off = {};
	int err;

	if (sfdev->sf->vport.dl_registered) {
		err = devl_port_fn_devlink_set(&sfdev->sf->vport.dl_port, devlink);
		if (err)
			return err;
	}
	err = devl_register(devlink);
	if (err)
		return err;
	err = devl_params_register(devlink, sfi_params, ARRAY_SIZE(sfi_params));
	if (err) {
		devl_unregister(devlink);
		return err;
	}
	devl_param_driverinit_value_set(devlink, DEVLINK_PARAM_GENERIC_ID_ENABLE_ETH, off);
	devl_param_driverinit_value_set(devlink, DEVLINK_PARAM_GENERIC_ID_ENABLE_RDMA, off);
	devl_param_driverinit_value_set(devlink, DEVLINK_PARAM_GENERIC_ID_ENABLE_VNET, off);
	return 0;
}

static int sfi_probe(struct auxiliary_device *adev, const struct auxiliary_device_id *id)
{
	struct esw_sfdev *sfdev = container_of(adev, struct esw_sfdev, adev);
	struct devlink *devlink;
	struct esw_sfi *sfi;
	int err;

	err = esw_op(sfdev->card, ESW_OP_sf_probe, NULL);
	if (err)
		return err;
	devlink = devlink_alloc(&sfi_ops, sizeof(*sfi), &adev->dev);
	if (!devlink)
		return -ENOMEM;
	sfi = devlink_priv(devlink);
	sfi->sfdev = sfdev;
	INIT_DELAYED_WORK(&sfi->late, sfi_eth_late);
	auxiliary_set_drvdata(adev, sfi);
	devl_lock(devlink);
	err = sfi_register(devlink, sfdev);
	devl_unlock(devlink);
	if (err)
		devlink_free(devlink);
	return err;
}

static void sfi_remove(struct auxiliary_device *adev)
{
	struct esw_sfi *sfi = auxiliary_get_drvdata(adev);
	struct devlink *devlink = priv_to_devlink(sfi);

	devl_lock(devlink);
	sfi_down(sfi);
	devl_params_unregister(devlink, sfi_params, ARRAY_SIZE(sfi_params));
	devl_unregister(devlink);
	devl_unlock(devlink);
	devlink_free(devlink);
}

static const struct auxiliary_device_id sfi_ids[] = {{.name = "eswsim.sf"}, {}};

static struct auxiliary_driver sfi_driver = {
	.name = "sf",
	.id_table = sfi_ids,
	.probe = sfi_probe,
	.remove = sfi_remove,
};

int esw_sfdev_module_init(void)
{
	return auxiliary_driver_register(&sfi_driver);
}

void esw_sfdev_module_done(void)
{
	auxiliary_driver_unregister(&sfi_driver);
}
