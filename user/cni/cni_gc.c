// SPDX-License-Identifier: GPL-2.0-only
/* cni_gc.c - GC: what no attachment needs any more goes
 *
 * GC knows what there is by the records: each has the configuration and the environment
 * of its ADD, so that its address is given back, too.
 */
#include <string.h>

#include "cni_attach.h"
#include "cni_daemon.h"
#include "log.h"

struct gc {
	const struct cni_call *call;
	struct cni_store *store;
	struct cni_err *err; /* the first failure; it goes on */
};

static bool is_valid(const json_t *valid, const json_t *record)
{
	json_t *item;
	size_t i;

	json_array_foreach(valid, i,
			   item) if (!strcmp(cni_attach_text(item, "containerID"),
					     cni_attach_text(record, "containerID")) &&
				     !strcmp(cni_attach_text(item, "ifname"),
					     cni_attach_text(record, "ifname"))) return true;
	return false;
}

/* The call of its ADD, but for the namespace, which may be another's by now. */
static void call_of(const json_t *record, const struct cni_call *now, struct cni_call *out,
		    struct cni_err *err)
{
	cni_conf_read(json_object_get(record, "conf"), NULL, &out->conf, err);
	out->env = (struct cni_env){.command = "DEL",
				    .container = cni_attach_text(record, "containerID"),
				    .netns = "",
				    .ifname = cni_attach_text(record, "ifname"),
				    .args = cni_attach_text(record, "args"),
				    .path = now->env.path};
}

static int collect(json_t *record, void *data)
{
	struct gc *gc = data;
	struct cni_store store = *gc->store;
	struct cni_err e = {0};
	struct cni_call call;

	if (is_valid(gc->call->conf.valid, record))
		return 0;
	call_of(record, gc->call, &call, &e);
	store.container = call.env.container;
	store.ifname = call.env.ifname;
	if (!e.code)
		cni_attach_undo(&store, record, &call, &e);
	if (e.code) {
		log_warn("collect '%s': %s (%s)", call.env.container, e.msg, e.details);
		if (!gc->err->code)
			*gc->err = e;
	}
	cni_conf_done(&call.conf);
	return 0;
}

int cni_gc(const struct cni_call *call, struct cni_err *err)
{
	struct cni_err first = {0};
	struct cni_store store;
	struct cni_call all = *call;
	struct gc gc = {.call = call, .store = &store, .err = &first};
	int rc = -1;

	all.env.container = all.env.ifname = "";
	if (!call->conf.valid || json_is_null(call->conf.valid))
		return cni_fail(err, CNI_E_CONFIG, "a runtime gives it with GC",
				"cni.dev/valid-attachments is missing");
	if (!cni_store_open(&store, &call->conf, &all.env, err)) {
		cni_store_walk(&store, collect, &gc);
		cni_ipam_run_new(call, "GC", &first);
		*err = first;
		rc = first.code ? -1 : 0;
	}
	cni_store_close(&store);
	return rc;
}
