/* SPDX-License-Identifier: GPL-2.0-only */
/* doc_verify.h - rules of the eswitch, and what is wrong with them, for people and scripts */
#ifndef REPX_DOC_VERIFY_H
#define REPX_DOC_VERIFY_H

#include <jansson.h>

#include "sw.h"
#include "verify.h"

/* The tc command that would make the rule (netdevs by the names of the ports' netdevs):
 * "tc filter add dev pf0sf1 ingress pref 13 handle 7 protocol ip flower skip_sw ..." */
void doc_rule_text(const struct sw *sw, const struct flower_rule *rule, char *buf, size_t size);

/* One line: rule, frame, both results. */
void doc_verify_text(const struct sw *sw, const struct verify *v, char *buf, size_t size);

/* All rules compared; those that differ are taken out, and those that frames passed by in
 * spite of them. {"rules","differ","passed_by","differences":[
 * {"rule","dev","pref","handle","frame","software":{"verdict","reason","out"},"hardware":
 * {"out"}}]}. NULL with @err. */
json_t *doc_verify(struct sw *sw, struct err *err);

#endif
