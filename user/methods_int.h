/* SPDX-License-Identifier: GPL-2.0-only */
/* methods_int.h - what the files of the methods share; nobody else includes it */
#ifndef REPX_METHODS_INT_H
#define REPX_METHODS_INT_H

#include "methods.h"

/* There is a switch, and no parameters but @names (as for params_known()). Return: 0, -1
 * with @err. */
int methods_start(const struct methods_env *env, const json_t *params, const char *names,
		  struct err *err);

/* methods_cni.c */
json_t *methods_cni_status(void *data, const json_t *params, struct err *err);

/* methods_flow.c */
json_t *methods_flow_show(void *data, const json_t *params, struct err *err);
json_t *methods_flow_why(void *data, const json_t *params, struct err *err);
json_t *methods_offload_show(void *data, const json_t *params, struct err *err);
json_t *methods_verify(void *data, const json_t *params, struct err *err);

#endif
