// SPDX-License-Identifier: GPL-2.0-only
/* main.c - the card: PCI driver, devlink instance, reload and reset
 *
 * The parent is QEMU's pci-testdev, which has no function of its own. With
 * platform=1 a platform device is made instead. The wire's netdev, the cable's
 * other end, belongs to the world outside: it stays when the card is reset.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include "eswsim.h"

static bool platform;
module_param(platform, bool, 0444);
MODULE_PARM_DESC(platform, "make a platform device as parent");

static DEFINE_IDA(card_ida);
static const struct devlink_port_ops uplink_port_ops = {};

static void uplink_down(struct esw_card *card)
{
	if (!card->up)
		return;
	card->up = false;
	esw_set_mode(card, DEVLINK_ESWITCH_MODE_LEGACY, NULL);
	esw_set_vfs(card, 0);
	esw_vport_del_rep(&card->uplink);
	esw_vport_del(&card->uplink);
}

static int uplink_up(struct esw_card *card)
{
	int err;

	err = esw_vport_add(&card->uplink, &uplink_port_ops);
	if (err)
		return err;
	err = esw_vport_add_rep(&card->uplink, NULL);
	if (err) {
		esw_vport_del(&card->uplink);
		return err;
	}
	card->up = true;
	return 0;
}

static int card_reload_down(struct devlink *devlink, bool netns_change,
			    enum devlink_reload_action action, enum devlink_reload_limit limit,
			    struct netlink_ext_ack *extack)
{
	struct esw_card *card = devlink_priv(devlink);
	int err;

	if (card->resetting)
		return -EBUSY;
	err = esw_op(card, ESW_OP_reload_down, extack);
	if (err)
		return err;
	uplink_down(card);
	return 0;
}

static int card_reload_up(struct devlink *devlink, enum devlink_reload_action action,
			  enum devlink_reload_limit limit, u32 *performed,
			  struct netlink_ext_ack *extack)
{
	struct esw_card *card = devlink_priv(devlink);
	int err;

	err = esw_op(card, ESW_OP_reload_up, extack);
	if (err)
		return err;
	*performed = BIT(DEVLINK_RELOAD_ACTION_DRIVER_REINIT);
	return uplink_up(card);
}

static int card_info(struct devlink *devlink, struct devlink_info_req *req,
		     struct netlink_ext_ack *extack)
{
	return devlink_info_version_running_put(req, "fw.version", "1.0.0");
}

static const struct devlink_ops card_devlink_ops = {
	.reload_actions = BIT(DEVLINK_RELOAD_ACTION_DRIVER_REINIT),
	.reload_down = card_reload_down,
	.reload_up = card_reload_up,
	.info_get = card_info,
	.eswitch_mode_get = esw_mode_get,
	.eswitch_mode_set = esw_mode_set,
	.port_new = esw_port_new,
	.rate_leaf_tx_max_set = esw_leaf_tx_max,
	.rate_leaf_tx_share_set = esw_leaf_tx_share,
	.rate_node_tx_max_set = esw_node_tx_max,
	.rate_node_tx_share_set = esw_node_tx_share,
	.rate_node_new = esw_node_new,
	.rate_node_del = esw_node_del,
	.rate_leaf_parent_set = esw_leaf_parent,
};

/* After a reset, the second half: what a card has after its firmware booted */
static void card_reset_up(struct work_struct *work)
{
	struct esw_card *card = container_of(work, struct esw_card, reset_work.work);

	devl_lock(card->devlink);
	if (!card->dead) {
		card->resetting = false;
		if (uplink_up(card))
			dev_err(card->dev, "did not come up after the reset\n");
	}
	devl_unlock(card->devlink);
}

/* Only representors and uplink go and come back, as new netdevs */
static void card_renew_reps(struct esw_card *card)
{
	struct esw_vport *vport;
	unsigned long id;

	xa_for_each(&card->vports, id, vport)
		esw_vport_del_rep(vport);
	esw_vport_del_rep(&card->uplink);
	esw_vport_add_rep(&card->uplink, NULL);
	xa_for_each(&card->vports, id, vport)
		if (vport->kind != ESW_PORT_UPLINK)
			esw_vport_add_rep(vport, NULL);
}

/* esw_card_reset - the firmware died: ports, functions and rules are gone; after
 * ops/reset/delay_ms the card is back in legacy mode. With reset_keep only the
 * netdevs of the ports are made anew.
 */
void esw_card_reset(struct esw_card *card)
{
	devl_lock(card->devlink);
	card->knob[ESW_OP_reset].calls++;
	if (card->up && card->reset_keep) {
		card_renew_reps(card);
	} else if (card->up) {
		card->resetting = true;
		uplink_down(card);
		schedule_delayed_work(&card->reset_work, esw_op_delay(card, ESW_OP_reset));
	}
	devl_unlock(card->devlink);
}

static void card_setup(struct esw_card *card, struct device *dev, int idx)
{
	card->dev = dev;
	card->idx = idx;
	card->mode = DEVLINK_ESWITCH_MODE_LEGACY;
	card->switch_id.id_len = 8;
	get_random_bytes(card->switch_id.id, 8);
	xa_init(&card->vports);
	INIT_LIST_HEAD(&card->sfs);
	INIT_LIST_HEAD(&card->flows);
	hash_init(card->cookies);
	mutex_init(&card->flow_lock);
	INIT_DELAYED_WORK(&card->events, esw_sf_events);
	INIT_DELAYED_WORK(&card->reset_work, card_reset_up);
	INIT_DELAYED_WORK(&card->counters, esw_counters);
	esw_vport_init(&card->uplink, card, ESW_PORT_UPLINK, ESW_UPLINK_VPORT);
}

static int card_start(struct esw_card *card)
{
	char name[IFNAMSIZ];
	int err;

	snprintf(name, sizeof(name), "wire%d", card->idx);
	card->wire = esw_netdev_add(card, &card->uplink, ESW_WIRE, NULL, NULL, name);
	if (IS_ERR(card->wire))
		return PTR_ERR(card->wire);
	rcu_assign_pointer(card->uplink.fn, card->wire);
	devl_lock(card->devlink);
	err = devl_register(card->devlink);
	if (!err) {
		err = uplink_up(card);
		if (err)
			devl_unregister(card->devlink);
	}
	devl_unlock(card->devlink);
	if (err)
		esw_netdev_del(card->wire);
	else
		schedule_delayed_work(&card->counters, ESW_STATS_PERIOD);
	return err;
}

static int card_add(struct device *dev)
{
	struct devlink *devlink;
	struct esw_card *card;
	int idx, err;

	idx = ida_alloc(&card_ida, GFP_KERNEL);
	if (idx < 0)
		return idx;
	devlink = devlink_alloc(&card_devlink_ops, sizeof(*card), dev);
	if (!devlink) {
		ida_free(&card_ida, idx);
		return -ENOMEM;
	}
	card = devlink_priv(devlink);
	card->devlink = devlink;
	card_setup(card, dev, idx);
	dev_set_drvdata(dev, card);
	esw_knobs_init(card);
	err = card_start(card);
	if (err) {
		esw_knobs_done(card);
		ida_free(&card_ida, idx);
		devlink_free(devlink);
	}
	return err;
}

static void card_del(struct device *dev)
{
	struct esw_card *card = dev_get_drvdata(dev);

	esw_knobs_done(card);
	devl_lock(card->devlink);
	card->dead = true;
	uplink_down(card);
	devl_unregister(card->devlink);
	devl_unlock(card->devlink);
	cancel_delayed_work_sync(&card->reset_work);
	cancel_delayed_work_sync(&card->events);
	cancel_delayed_work_sync(&card->counters);
	RCU_INIT_POINTER(card->uplink.fn, NULL);
	esw_netdev_del(card->wire);
	rcu_barrier();
	xa_destroy(&card->vports);
	ida_free(&card_ida, card->idx);
	devlink_free(card->devlink);
}

/* The PCI core's own attribute of this name is there only with the capability. */
static ssize_t sriov_numvfs_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct esw_card *card = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", card->num_vfs);
}

static ssize_t sriov_numvfs_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t len)
{
	struct esw_card *card = dev_get_drvdata(dev);
	u32 num;
	int err;

	err = kstrtou32(buf, 0, &num);
	if (err)
		return err;
	devl_lock(card->devlink);
	err = card->up ? esw_set_vfs(card, num) : -EBUSY;
	devl_unlock(card->devlink);
	return err ?: len;
}
static DEVICE_ATTR_RW(sriov_numvfs);

static struct attribute *card_attrs[] = {&dev_attr_sriov_numvfs.attr, NULL};
ATTRIBUTE_GROUPS(card);

static int pci_add(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return card_add(&pdev->dev);
}

static void pci_del(struct pci_dev *pdev)
{
	card_del(&pdev->dev);
}

static const struct pci_device_id pci_ids[] = {
	{PCI_DEVICE(0x1b36, 0x0005)}, /* Red Hat, Inc. QEMU PCI Test Device */
	{},
};

static struct pci_driver esw_pci_driver = {
	.name = "eswsim",
	.id_table = pci_ids,
	.probe = pci_add,
	.remove = pci_del,
	.dev_groups = card_groups,
};

static int platform_add(struct platform_device *pdev)
{
	return card_add(&pdev->dev);
}

static void platform_del(struct platform_device *pdev)
{
	card_del(&pdev->dev);
}

static struct platform_driver esw_platform_driver = {
	.probe = platform_add,
	.remove_new = platform_del,
	.driver = {.name = "eswsim", .dev_groups = card_groups},
};
static struct platform_device *platform_dev;

static int platform_start(void)
{
	int err;

	err = platform_driver_register(&esw_platform_driver);
	if (err)
		return err;
	platform_dev = platform_device_register_simple("eswsim", 0, NULL, 0);
	if (!IS_ERR(platform_dev))
		return 0;
	platform_driver_unregister(&esw_platform_driver);
	return PTR_ERR(platform_dev);
}

static int __init esw_init(void)
{
	int err;

	err = esw_knobs_module_init();
	if (err)
		return err;
	err = esw_sfdev_module_init();
	if (err)
		goto knobs;
	err = platform ? platform_start() : pci_register_driver(&esw_pci_driver);
	if (!err)
		return 0;
	esw_sfdev_module_done();
knobs:
	esw_knobs_module_done();
	return err;
}

static void __exit esw_exit(void)
{
	if (platform) {
		platform_device_unregister(platform_dev);
		platform_driver_unregister(&esw_platform_driver);
	} else {
		pci_unregister_driver(&esw_pci_driver);
	}
	esw_sfdev_module_done();
	esw_knobs_module_done();
	rcu_barrier();
}

module_init(esw_init);
module_exit(esw_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Simulated NIC with an embedded switch");
