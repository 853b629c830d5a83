// SPDX-License-Identifier: GPL-2.0-only
/* cni_attach.c - see cni_attach.h */
#include <errno.h>
#include <unistd.h>

#include "cni_attach.h"
#include "cni_daemon.h"
#include "log.h"
#include "util.h"

const char *cni_attach_text(const json_t *record, const char *key)
{
	const char *text = json_string_value(json_object_get(record, key));

	return text ? text : "";
}

json_t *cni_attach_record(const struct cni_call *call, const struct cni_dev *dev)
{
	const struct cni_env *env = &call->env;
	json_t *conf = json_copy(call->conf.doc);

	json_object_del(conf, "prevResult");
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}",
			 "version", 1, "state", "adding", "network", call->conf.name, "containerID",
			 env->container, "ifname", env->ifname, "netns", env->netns, "args",
			 env->args, "path", env->path, "port", dev->port, "socket",
			 call->conf.socket, "deviceInfo", call->conf.device_info, "device",
			 cni_dev_record(dev, &call->conf), "conf", conf);
}

json_t *cni_attach_promise(const json_t *shown)
{
	static const char *const keys[] = {"owner",    "netdev", "vlan", "guard", "rate",
					   "isolated", "sf",	 "vf",	 "vdpa"};
	json_t *out = json_object(), *value;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		value = json_object_get(shown, keys[i]);
		if (value)
			json_object_set_new(out, keys[i], json_deep_copy(value));
	}
	return out;
}

/* The first failure is the one to tell; the others are logged. */
static void keep(struct cni_err *first, const struct cni_err *e)
{
	if (!e->code)
		return;
	if (first->code)
		log_warn("%s (%s)", e->msg, e->details);
	else
		*first = *e;
}

static void undo_device(const json_t *record, const struct cni_call *call, struct cni_err *first)
{
	const char *netns = call->env.netns[0] ? call->env.netns : cni_attach_text(record, "netns");
	const json_t *device = json_object_get(record, "device");
	struct cni_err taken = {0}, port = {0}, restored = {0};
	struct rtnl host;

	/* the interface goes first: what it sent after its port had gone would be the host's */
	if (!cni_host_open(&host, &taken))
		cni_dev_take(device, &host, netns, &taken);
	cni_daemon_port_del(cni_attach_text(record, "socket"), cni_attach_text(record, "port"),
			    &port);
	if (!taken.code)
		cni_dev_restore(device, &host, &restored);
	rtnl_close(&host);
	keep(first, &taken);
	keep(first, &port);
	keep(first, &restored);
}

/* Where ADD knows that the IPAM plugin gave nothing, its failure to take that back is only
 * told: it fails for the same reason. */
static void undo_ipam(const json_t *record, const struct cni_call *call, struct cni_err *first)
{
	struct cni_err e = {0};

	cni_ipam_run(call, "DEL", &e);
	if (e.code && json_is_false(json_object_get(record, "leased")))
		log_warn("%s", e.msg);
	else
		keep(first, &e);
}

static void undo_info(const json_t *record)
{
	const char *file = cni_attach_text(record, "deviceInfo");

	if (file[0] && unlink(file) && errno != ENOENT)
		log_warn("remove '%s': %s", file, strerror(errno));
}

int cni_attach_undo(const struct cni_store *store, const json_t *record,
		    const struct cni_call *call, struct cni_err *err)
{
	bool by_interface = cni_ipam_by_interface(&call->conf);
	struct cni_err first = {0};

	if (by_interface)
		undo_ipam(record, call, &first);
	undo_device(record, call, &first);
	if (!by_interface) /* somebody else may have the address at once */
		undo_ipam(record, call, &first);
	undo_info(record);
	if (!first.code)
		cni_store_remove(store, &first);
	if (!first.code)
		return 0;
	*err = first;
	return -1;
}
