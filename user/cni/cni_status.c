// SPDX-License-Identifier: GPL-2.0-only
/* cni_status.c - STATUS: could an ADD be served now?
 *
 * The data path of a switch forwards without its daemon, so who is attached does not suffer
 * while that is away; where the switch itself is gone, he does.
 */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cni_attach.h"
#include "cni_daemon.h"
#include "util.h"

/* The record of a switch lies beside its socket for as long as it exists. */
static bool switch_exists(const char *socket)
{
	char folder[300], path[320];

	str_copy(folder, sizeof(folder), socket);
	snprintf(path, sizeof(path), "%s/state.json", dirname(folder));
	return !access(path, F_OK);
}

static int no_answer(const struct cni_conf *conf, int rc, const struct err *why,
		     struct cni_err *err)
{
	bool nobody = rc == -ECONNREFUSED;

	if (!switch_exists(conf->socket))
		return cni_fail(err, CNI_E_NO_NETWORK,
				"systemctl start repx@SWITCH; or correct switch or socket in the "
				"network's configuration",
				"there is no switch '%.40s' at '%.200s'", conf->sw, conf->socket);
	return cni_fail(err, CNI_E_NOT_READY,
			nobody ? "systemctl start repx@SWITCH (what is attached works on)"
			       : "repx show tells what there is",
			"switch '%.40s' at '%.200s': %s", conf->sw, conf->socket,
			nobody ? "no daemon answers" : why->text);
}

/* A VF, or what else is there already, needs a slot of the switch only. */
static const char *kind_of(const struct cni_conf *conf)
{
	bool there = conf->device_id[0] || conf->device == CNI_DEV_VF;

	return there || conf->device == CNI_DEV_VETH ? "veth" : "sf";
}

static int ready(const struct cni_conf *conf, struct cni_err *err)
{
	struct err why = {0};
	const char *reason;
	json_t *doc;
	int rc = cni_daemon_call(conf->socket, "cni.status",
				 json_pack("{s:s}", "device", kind_of(conf)), &doc, &why);

	if (rc)
		return no_answer(conf, rc, &why, err);
	reason = cni_attach_text(doc, "reason");
	if (!json_is_true(json_object_get(doc, "ready")))
		rc = cni_fail(err, CNI_E_NOT_READY,
			      "make room: fewer containers, more max_ports, or SFs of the card",
			      "switch '%.40s': %.400s", conf->sw,
			      reason[0] ? reason : "no port can be made");
	json_decref(doc);
	return rc;
}

int cni_status(const struct cni_call *call, struct cni_err *err)
{
	return ready(&call->conf, err) ? -1 : cni_ipam_run_new(call, "STATUS", err);
}
