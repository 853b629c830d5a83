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

struct off;
struct off_line;

/* A new reference, or NULL with @err. */
json_t *doc_show(struct sw *sw, struct err *err);
json_t *doc_ports(struct sw *sw, const char *name, struct err *err);
json_t *doc_fdb(struct sw *sw, const char *port, uint16_t vlan, struct err *err);
/* An entry at a time, by VLAN and MAC: of a million, the document would be a gigabyte.
 * @each takes the reference, and returns 0 to go on, or -errno. Return: 0; -errno with @err. */
int doc_fdb_each(struct sw *sw, const char *port, uint16_t vlan,
		 int (*each)(void *data, json_t *entry), void *data, struct err *err);
/* Which flows are meant: all that is given must fit. */
struct doc_flow_filter {
	const char *port; /* NULL: any; from or to */
	uint16_t vlan;	  /* 0: any */
	bool has_src, has_dst;
	uint8_t src[6], dst[6];
};
/* Flows that were counted (sw_flows_count()) and those that have rules, the most packets
 * first. @off: NULL where no daemon runs */
json_t *doc_flows(struct sw *sw, struct off *off, const struct doc_flow_filter *filter,
		  struct err *err);
/* The same with all there is to say: cause by name, rate that is needed, rules */
json_t *doc_flows_why(struct sw *sw, struct off *off, const struct doc_flow_filter *filter,
		      struct err *err);
/* One of them. */
json_t *doc_flow(const struct sw *sw, const struct off_line *line, uint64_t now);
void doc_flow_reason(const struct sw *sw, const struct off_line *line, char *buf, size_t size);
/* Numbers of the offload: rules, room, promotions, demotions and their causes */
json_t *doc_offload(const struct sw *sw, const struct off *off, struct err *err);
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
/* Can a container get a port now, on @device sf or veth? NULL: sf where there is a card */
json_t *doc_cni_status(struct sw *sw, const char *device, struct err *err);
/* {"want","ready"} of the spare SFs */
json_t *doc_pool(const struct sw *sw);
json_t *doc_changes(const struct sw_changes *changes);

#endif
