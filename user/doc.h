/* SPDX-License-Identifier: GPL-2.0-only */
/* doc.h - what is on the host, as the JSON documents of `-j` and of the socket
 *
 * One function per `show`. The CLI prints them (as JSON or as tables), the
 * control socket sends them: the same document in both places.
 */
#ifndef REPX_DOC_H
#define REPX_DOC_H

#include <jansson.h>

#include "sw.h"

/* A new reference, or NULL with @err. */
json_t *doc_show(struct sw *sw, struct err *err);
json_t *doc_ports(struct sw *sw, const char *name, struct err *err);
json_t *doc_fdb(struct sw *sw, const char *port, uint16_t vlan, struct err *err);
/* Flows that were counted (sw_flows_count()), the most packets first; as doc_fdb() */
json_t *doc_flows(struct sw *sw, const char *port, uint16_t vlan, struct err *err);
/* SFs of the switch's card, or that of one port; @port NULL: all */
json_t *doc_sf(struct sw *sw, const char *port, struct err *err);
/* vDPA devices of its ports; @name NULL: all */
json_t *doc_vdpas(struct sw *sw, const char *name, struct err *err);
/* Index of the port that has the vDPA device, -ENOENT with @err. */
int doc_vdpa_port(const struct sw *sw, const char *name, struct err *err);
json_t *doc_vlans(struct sw *sw, struct err *err);
json_t *doc_stats(struct sw *sw, struct err *err);
json_t *doc_trace(struct sw *sw, const char *port, const void *frame, uint32_t len,
		  struct err *err);
json_t *doc_changes(const struct sw_changes *changes);

#endif
