// SPDX-License-Identifier: GPL-2.0-only
/* eswrdma.c - an RDMA device that does nothing but be there, as a child of an SF
 *
 * Unlike soft-RoCE it can be moved between network namespaces, as those of a card can. A
 * module of its own, so that only the tests that are about RDMA have it:
 *
 *	echo eswsim.sf.1 >/sys/module/eswrdma/parameters/add	makes eswrdma0 of it
 *
 * It goes with the driver of its SF.
 */
#include <linux/auxiliary_bus.h>
#include <linux/module.h>
#include <rdma/ib_verbs.h>

struct esw_rdma {
	struct ib_device ib;
	struct device *parent;
	struct list_head node;
};

static LIST_HEAD(devices);
static DEFINE_MUTEX(devices_lock);
static const struct bus_type *watched;

static int query_device(struct ib_device *ib, struct ib_device_attr *attr, struct ib_udata *udata)
{
	memset(attr, 0, sizeof(*attr));
	return 0;
}

static int query_port(struct ib_device *ib, u32 port, struct ib_port_attr *attr)
{
	attr->state = IB_PORT_ACTIVE;
	attr->gid_tbl_len = 1;
	attr->pkey_tbl_len = 1;
	return 0;
}

static int get_port_immutable(struct ib_device *ib, u32 port, struct ib_port_immutable *immutable)
{
	immutable->core_cap_flags = RDMA_CORE_PORT_USNIC;
	immutable->gid_tbl_len = 1;
	immutable->pkey_tbl_len = 1;
	return 0;
}

static enum rdma_link_layer get_link_layer(struct ib_device *ib, u32 port)
{
	return IB_LINK_LAYER_ETHERNET;
}

static int query_gid(struct ib_device *ib, u32 port, int index, union ib_gid *gid)
{
	memset(gid, 0, sizeof(*gid));
	return 0;
}

static int query_pkey(struct ib_device *ib, u32 port, u16 index, u16 *pkey)
{
	*pkey = 0xffff;
	return 0;
}

/* without it the kernel does not move a device */
static void disassociate_ucontext(struct ib_ucontext *context)
{
}

static const struct ib_device_ops ops = {
	.owner = THIS_MODULE,
	.driver_id = RDMA_DRIVER_UNKNOWN,
	.query_device = query_device,
	.query_port = query_port,
	.get_port_immutable = get_port_immutable,
	.get_link_layer = get_link_layer,
	.query_gid = query_gid,
	.query_pkey = query_pkey,
	.disassociate_ucontext = disassociate_ucontext,
};

static void drop(struct esw_rdma *r)
{
	list_del(&r->node);
	ib_unregister_device(&r->ib);
	put_device(r->parent);
	ib_dealloc_device(&r->ib);
}

static int bus_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct esw_rdma *r, *next;

	if (event != BUS_NOTIFY_UNBIND_DRIVER)
		return NOTIFY_DONE;
	mutex_lock(&devices_lock);
	list_for_each_entry_safe(r, next, &devices, node)
		if (r->parent == data)
			drop(r);
	mutex_unlock(&devices_lock);
	return NOTIFY_OK;
}

static struct notifier_block bus_watch = {.notifier_call = bus_event};

static int match_name(struct device *dev, const void *name)
{
	return sysfs_streq(dev_name(dev), name);
}

static int make(struct device *parent)
{
	struct esw_rdma *r = ib_alloc_device(esw_rdma, ib);
	int err;

	if (!r)
		return -ENOMEM;
	r->parent = parent;
	r->ib.phys_port_cnt = 1;
	r->ib.node_type = RDMA_NODE_IB_CA;
	r->ib.dev.parent = parent;
	ib_set_device_ops(&r->ib, &ops);
	err = ib_register_device(&r->ib, "eswrdma%d", NULL);
	if (err) {
		ib_dealloc_device(&r->ib);
		return err;
	}
	get_device(parent);
	list_add(&r->node, &devices);
	return 0;
}

static int add_set(const char *name, const struct kernel_param *kp)
{
	struct auxiliary_device *aux = auxiliary_find_device(NULL, name, match_name);
	int err = -ENODEV;

	if (!aux)
		return err;
	mutex_lock(&devices_lock);
	if (!watched && !bus_register_notifier(aux->dev.bus, &bus_watch))
		watched = aux->dev.bus;
	if (watched)
		err = make(&aux->dev);
	mutex_unlock(&devices_lock);
	put_device(&aux->dev);
	return err;
}

static const struct kernel_param_ops add_ops = {.set = add_set};
module_param_cb(add, &add_ops, NULL, 0200);

static int __init eswrdma_init(void)
{
	return 0;
}

static void __exit eswrdma_exit(void)
{
	struct esw_rdma *r, *next;

	if (watched)
		bus_unregister_notifier(watched, &bus_watch);
	list_for_each_entry_safe(r, next, &devices, node)
		drop(r);
}

module_init(eswrdma_init);
module_exit(eswrdma_exit);
MODULE_DESCRIPTION("RDMA devices for the simulated NIC");
MODULE_LICENSE("GPL");
