// SPDX-License-Identifier: GPL-2.0-only
/* methods_flow.c - the methods of flows and of their rules in the eswitch */
#include "doc.h"
#include "doc_verify.h"
#include "methods_int.h"
#include "params.h"

static int read_filter(const struct methods_env *env, const json_t *params,
		       struct doc_flow_filter *f, struct err *err)
{
	f->has_src = json_object_get(params, "src");
	f->has_dst = json_object_get(params, "dst");
	if (methods_start(env, params, "port vlan src dst", err) ||
	    params_text(params, "port", &f->port, err) || params_vid(params, "vlan", &f->vlan, err))
		return -1;
	if (f->has_src && params_mac(params, "src", f->src, err))
		return -1;
	return f->has_dst ? params_mac(params, "dst", f->dst, err) : 0;
}

json_t *methods_flow_show(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	struct doc_flow_filter filter = {0};

	return read_filter(env, params, &filter, err) ? NULL
						      : doc_flows(env->sw, env->off, &filter, err);
}

json_t *methods_flow_why(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	struct doc_flow_filter filter = {0};

	return read_filter(env, params, &filter, err)
		       ? NULL
		       : doc_flows_why(env->sw, env->off, &filter, err);
}

json_t *methods_offload_show(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;

	return methods_start(env, params, "", err) ? NULL : doc_offload(env->sw, env->off, err);
}

json_t *methods_verify(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;

	return methods_start(env, params, "", err) ? NULL : doc_verify(env->sw, err);
}
