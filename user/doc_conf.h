/* SPDX-License-Identifier: GPL-2.0-only */
/* doc_conf.h - pieces that several documents share */
#ifndef REPX_DOC_CONF_H
#define REPX_DOC_CONF_H

#include <jansson.h>

#include "conf.h"
#include "repx_abi.h"
#include "sw.h"

/* The counters that are not zero, by name: {"vlan":3} */
json_t *doc_drops(const struct repx_drops *drops);
json_t *doc_events(const struct repx_drops *drops);

/* {"packets":n,"bytes":n} */
json_t *doc_count(uint64_t packets, uint64_t bytes);

const char *doc_role(enum conf_role role);
const char *doc_port_state(enum sw_port_state state);
const char *doc_unknown(enum conf_unknown unknown);
const char *doc_drop_name(uint32_t reason); /* "?" where there is none */
const char *doc_drop_text(uint32_t reason);
const char *doc_event_name(uint32_t event);

/* The port in a slot, "?" where there is none. */
const char *doc_slot_name(const struct sw *sw, uint32_t slot);

json_t *doc_mac(const uint8_t mac[6]);
json_t *doc_hex(const uint8_t *bytes, size_t len);
const char *doc_verdict(uint32_t verdict); /* of REPX_VERDICT_* */

/* Is the entry in use: static, or younger than the switch's ageing? @age_ns: 0
 * for static entries. */
bool doc_fdb_live(const struct sw *sw, const struct repx_fdb *entry, uint64_t now,
		  uint64_t *age_ns);

/* A list, or the error text where jansson had no memory for it. */
json_t *doc_checked(json_t *doc, struct err *err);

#endif
