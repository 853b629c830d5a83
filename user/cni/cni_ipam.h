/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_ipam.h - addresses are another plugin's: it is run, with our call and configuration */
#ifndef REPX_CNI_IPAM_H
#define REPX_CNI_IPAM_H

#include "cni_conf.h"

/* One call, ours or, for what went without one, as it was recorded. */
struct cni_call {
	struct cni_env env;
	struct cni_conf conf;
};

/* Does the plugin talk to its server through the interface? Then that has to be there. */
bool cni_ipam_by_interface(const struct cni_conf *conf);

/* Each does nothing, and succeeds, where the network has no ipam. An error of the IPAM
 * plugin is handed on with its code. */

/* ADD. Return: 0 and its result in the newest form (new reference; NULL: no ipam). */
int cni_ipam_add(const struct cni_call *call, json_t **result, struct cni_err *err);
/* DEL or CHECK */
int cni_ipam_run(const struct cni_call *call, const char *command, struct cni_err *err);
/* STATUS or GC, which came with 1.1.0: older IPAM plugins are not asked. */
int cni_ipam_run_new(const struct cni_call *call, const char *command, struct cni_err *err);

#endif
