// SPDX-License-Identifier: GPL-2.0-only
/* doc_flow.c - `flow show`: what the data path forwarded, by flow */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "doc_conf.h"
#include "util.h"

struct line {
	struct repx_flow_key key;
	struct repx_flow flow;
};

struct list {
	const struct sw *sw;
	uint32_t slot; /* REPX_PORT_NONE: any */
	uint16_t vlan; /* 0: any */
	struct line *lines;
	size_t len, size;
};

static int add(const struct repx_flow_key *key, const struct repx_flow *flow, void *data)
{
	struct list *list = data;

	if (list->slot != REPX_PORT_NONE && list->slot != key->port && list->slot != flow->out)
		return 0;
	if (list->vlan && list->vlan != key->vlan)
		return 0;
	if (list->len == list->size) {
		size_t size = list->size ? 2 * list->size : 256;
		struct line *lines = reallocarray(list->lines, size, sizeof(*lines));

		if (!lines)
			return -ENOMEM;
		list->lines = lines;
		list->size = size;
	}
	list->lines[list->len++] = (struct line){*key, *flow};
	return 0;
}

/* Most packets first. */
static int by_packets(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->flow.packets != y->flow.packets)
		return x->flow.packets < y->flow.packets ? 1 : -1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* Appends "10", or "802.1ad:100". */
static void add_tag(char *buf, size_t size, uint16_t tpid_be, uint16_t vid)
{
	size_t used = strlen(buf);

	if (tpid_be)
		snprintf(buf + used, size - used, "%s%s%u", used ? "." : "",
			 ntohs(tpid_be) == ETH_P_8021AD ? "802.1ad:" : "", vid);
}

static const char *type_text(uint16_t type_be, char *buf, size_t size)
{
	switch (ntohs(type_be)) {
	case ETH_P_IP:
		return "ipv4";
	case ETH_P_IPV6:
		return "ipv6";
	case ETH_P_ARP:
		return "arp";
	}
	snprintf(buf, size, "0x%04x", ntohs(type_be));
	return buf;
}

static json_t *to_json(const struct list *list, const struct line *line, uint64_t now)
{
	const struct repx_flow_key *key = &line->key;
	uint64_t idle = now > line->flow.seen_ns ? now - line->flow.seen_ns : 0;
	char tag[48] = "", type[8];

	add_tag(tag, sizeof(tag), key->tpid_be, key->vid);
	add_tag(tag, sizeof(tag), key->tpid2_be, key->vid2);
	return json_pack("{s:s, s:s, s:I, s:o, s:o, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:n, s:n}",
			 "from", doc_slot_name(list->sw, key->port), "to",
			 line->flow.out == REPX_PORT_NONE ? "flood"
							  : doc_slot_name(list->sw, line->flow.out),
			 "vlan", (json_int_t)key->vlan, "src", doc_mac(key->src), "dst",
			 doc_mac(key->dst), "tag", tag, "ethertype",
			 type_text(key->type_be, type, sizeof(type)), "state", "software", "reason",
			 "", "packets", (json_int_t)line->flow.packets, "bytes",
			 (json_int_t)line->flow.bytes, "idle_ms", (json_int_t)(idle / 1000000),
			 "pref", "handle");
}

json_t *doc_flows(struct sw *sw, const char *port, uint16_t vlan, struct err *err)
{
	struct list list = {.sw = sw, .slot = REPX_PORT_NONE, .vlan = vlan};
	const struct conf_port *conf = port ? conf_find(&sw->conf, port) : NULL;
	json_t *out = NULL;
	uint64_t now;
	int rc;

	if (port && !conf) {
		err_set(err, -ENOENT, "show the flows of port '%s': no such port in '%s'", port,
			sw->name);
		return NULL;
	}
	if (conf)
		list.slot = sw->ports[conf - sw->conf.ports].slot;
	rc = bpf_obj_flow_walk(&sw->obj, add, &list);
	now = now_ns();
	if (rc) {
		err_set(err, rc, "read the flows of '%s': %s", sw->name, strerror(-rc));
	} else {
		qsort(list.lines, list.len, sizeof(*list.lines), by_packets);
		out = json_array();
		for (size_t i = 0; i < list.len; i++)
			json_array_append_new(out, to_json(&list, &list.lines[i], now));
		out = doc_checked(out, err);
	}
	free(list.lines);
	return out;
}
