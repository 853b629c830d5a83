/* SPDX-License-Identifier: GPL-2.0-only */
/* sw_state.h - one port's record as JSON, for state.json
 *
 * The functions that read and write the whole file are in sw_int.h.
 */
#ifndef REPX_SW_STATE_H
#define REPX_SW_STATE_H

#include <jansson.h>

#include "sw.h"

#define SW_STATE_VERSION 1

/* A new reference, or NULL without memory. */
json_t *sw_record_json(const struct sw_port *port);
/* Return: 0; -EINVAL with jansson's words in @why. */
int sw_record_parse(json_t *json, struct sw_port *out, json_error_t *why);

/* What repx did to the function behind the port; NULL: nothing is known of one. In
 * sw_record_fn.c. */
json_t *sw_fn_json(const struct sw_fn *fn);
/* @json NULL: nothing. */
int sw_fn_parse(json_t *json, struct sw_fn *out, json_error_t *why);

json_t *sw_left_json(const struct sw_left *left);
int sw_left_parse(json_t *json, struct sw_left *out, json_error_t *why);

json_t *sw_fdb_key_json(const struct conf_fdb *fdb);
int sw_fdb_key_parse(json_t *json, struct conf_fdb *out, json_error_t *why);

#endif
