// SPDX-License-Identifier: GPL-2.0-only
/* cni_del.c - DEL: in any order, as often as one likes, with whatever is left */
#include "cni_attach.h"
#include "cni_name.h"
#include "util.h"

/* What there would be, were there a record. */
static json_t *guess(const struct cni_call *call)
{
	struct cni_conf conf = {.device = CNI_DEV_VETH, .device_id = ""};
	const struct cni_env *env = &call->env;
	struct cni_dev dev = {.port = ""};
	json_t *record;

	cni_name_port(cni_name_hash(call->conf.name, env->container, env->ifname), 'c', dev.port);
	str_copy(dev.netdev, sizeof(dev.netdev), dev.port);
	record = cni_attach_record(call, &dev);
	json_object_set_new(record, "device", cni_dev_record(&dev, &conf));
	return record;
}

int cni_del(const struct cni_call *call, struct cni_err *err)
{
	struct cni_store store;
	json_t *record;
	int rc = -1;

	if (!cni_store_open(&store, &call->conf, &call->env, err)) {
		record = cni_store_load(&store);
		if (!record)
			record = guess(call);
		rc = cni_attach_undo(&store, record, call, err);
		json_decref(record);
	}
	cni_store_close(&store);
	return rc;
}
