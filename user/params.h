/* SPDX-License-Identifier: GPL-2.0-only */
/* params.h - reading the parameters of a method, strictly */
#ifndef REPX_PARAMS_H
#define REPX_PARAMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sw.h"

/* All: 0, or -EINVAL with @err. A key that is not there leaves *out as it is. */

/* Refuses keys that are not in @names (separated by blanks). */
int params_known(const json_t *params, const char *names, struct err *err);
/* *out lives as long as @params. */
int params_text(const json_t *params, const char *key, const char **out, struct err *err);
int params_bool(const json_t *params, const char *key, bool *out, struct err *err);
/* "02:00:00:00:00:01"; -EINVAL too when it is not there */
int params_mac(const json_t *params, const char *key, uint8_t out[6], struct err *err);
/* Who a port belongs to: "cli", which it also is where nothing is said, or "cni" */
int params_owner(const json_t *params, enum sw_owner *out, struct err *err);
/* 1-4094, as number or text */
int params_vid(const json_t *params, const char *key, uint16_t *out, struct err *err);
/* Bytes in hex; blanks, ':' and '-' between them do not count. *out is malloc()ed. */
int params_hex(const char *text, uint8_t **out, size_t *len, struct err *err);

/* Moves what is there of @names into the object @under, which is made where it is
 * missing; one that is there already must not have them. */
int params_nest(json_t *params, const char *names, const char *under, struct err *err);

/* xx:xx:xx:xx:xx:xx. Return: 0, -EINVAL. */
int params_parse_mac(const char *text, uint8_t mac[6]);
/* 1-4094. Return: 0, -EINVAL. */
int params_parse_vid(const char *text, uint16_t *vid);

#endif
