// SPDX-License-Identifier: GPL-2.0-only
/* methods_cni.c - what the network plugin asks, beside ports */
#include "doc.h"
#include "methods_int.h"
#include "params.h"

json_t *methods_cni_status(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *device = NULL;

	if (methods_start(env, params, "device", err) ||
	    params_text(params, "device", &device, err))
		return NULL;
	return doc_cni_status(env->sw, device, err);
}
