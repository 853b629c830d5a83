// SPDX-License-Identifier: GPL-2.0-only
/* doc_flow.c - `flow show`, `flow show why`, `offload show`: what is carried, by whom, why
 *
 * The daemon knows which flows have rules; without one there are none, and the map of the
 * data path says all there is.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "doc_conf.h"
#include "doc_verify.h"
#include "off.h"
#include "util.h"

struct list {
	const struct sw *sw;
	const struct doc_flow_filter *filter;
	uint32_t slot; /* REPX_PORT_NONE: any */
	uint64_t now;
	bool why;
	json_t *json;
};

static bool passes(const struct list *list, const struct repx_flow_key *key, uint32_t out)
{
	const struct doc_flow_filter *f = list->filter;

	if (list->slot != REPX_PORT_NONE && list->slot != key->port && list->slot != out)
		return false;
	if (f->vlan && f->vlan != key->vlan)
		return false;
	return (!f->has_src || !memcmp(f->src, key->src, 6)) &&
	       (!f->has_dst || !memcmp(f->dst, key->dst, 6));
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

void doc_flow_reason(const struct sw *sw, const struct off_line *line, char *buf, size_t size)
{
	if (line->state == OFF_OFFLOADED)
		*buf = 0;
	else if (line->words[0])
		snprintf(buf, size, "%s: %s", off_why_text(line->why), line->words);
	else if (line->why_port != REPX_PORT_NONE && line->why)
		snprintf(buf, size, "port '%s': %s", doc_slot_name(sw, line->why_port),
			 off_why_text(line->why));
	else
		snprintf(buf, size, "%s", off_why_text(line->why));
}

static json_t *rules_json(const struct sw *sw, const struct off_line *line)
{
	json_t *list = json_array();
	char text[1024];

	for (unsigned int i = 0; i < line->rules_len; i++) {
		doc_rule_text(sw, &line->rules[i], text, sizeof(text));
		json_array_append_new(list, json_string(text));
	}
	return list;
}

json_t *doc_flow(const struct sw *sw, const struct off_line *line, uint64_t now)
{
	const struct repx_flow_key *key = line->key;
	uint64_t idle = now > line->seen_ns ? now - line->seen_ns : 0;
	char tag[48] = "", type[8], reason[400];
	json_t *doc;

	add_tag(tag, sizeof(tag), key->tpid_be, key->vid);
	add_tag(tag, sizeof(tag), key->tpid2_be, key->vid2);
	doc_flow_reason(sw, line, reason, sizeof(reason));
	doc = json_pack(
		"{s:s, s:s, s:I, s:o, s:o, s:s, s:s, s:s, s:s, s:I, s:I, s:o, s:I, s:I, "
		"s:n, s:n}",
		"from", doc_slot_name(sw, key->port), "to",
		line->out == REPX_PORT_NONE ? "flood" : doc_slot_name(sw, line->out), "vlan",
		(json_int_t)key->vlan, "src", doc_mac(key->src), "dst", doc_mac(key->dst), "tag",
		tag, "ethertype", type_text(key->type_be, type, sizeof(type)), "state",
		off_state_name(line->state), "reason", reason, "packets",
		(json_int_t)(line->packets + line->hw_packets), "bytes",
		(json_int_t)(line->bytes + line->hw_bytes), "offloaded",
		doc_count(line->hw_packets, line->hw_bytes), "rate_pps", (json_int_t)line->pps,
		"idle_ms", (json_int_t)(idle / 1000000), "pref", "handle");
	if (line->rules_len) {
		json_object_set_new(doc, "pref", json_integer(line->rules[0].pref));
		json_object_set_new(doc, "handle", json_integer(line->rules[0].handle));
	}
	return doc;
}

/* What one who asks why wants to know beside. */
static void add_why(const struct list *list, json_t *doc, const struct off_line *line)
{
	json_object_set_new(doc, "why", json_string(off_why_name(line->why)));
	json_object_set_new(doc, "promote_pps",
			    json_integer((json_int_t)list->sw->conf.offload.promote));
	json_object_set_new(doc, "rules", rules_json(list->sw, line));
}

static int add_line(const struct off_line *line, void *data)
{
	struct list *list = data;
	json_t *doc;

	if (!passes(list, line->key, line->out))
		return 0;
	doc = doc_flow(list->sw, line, list->now);
	if (list->why)
		add_why(list, doc, line);
	return json_array_append_new(list->json, doc) ? -ENOMEM : 0;
}

/* From the map alone. */
static int add_counted(const struct repx_flow_key *key, const struct repx_flow *flow, void *data)
{
	const struct off_line line = {
		.key = key,
		.out = flow->out,
		.packets = flow->packets,
		.bytes = flow->bytes,
		.seen_ns = flow->seen_ns,
		.why_port = REPX_PORT_NONE,
		.words = "",
	};

	return add_line(&line, data);
}

/* Most packets first. */
static int by_packets(const void *a, const void *b)
{
	const json_t *const *x = a, *const *y = b;
	json_int_t m = json_integer_value(json_object_get(*x, "packets"));
	json_int_t n = json_integer_value(json_object_get(*y, "packets"));

	return (m < n) - (m > n);
}

static json_t *sorted(json_t *list)
{
	size_t len = json_array_size(list), i;
	json_t **docs = calloc(len + 1, sizeof(json_t *)), *out = json_array();

	for (i = 0; docs && i < len; i++)
		docs[i] = json_array_get(list, i);
	if (docs)
		qsort(docs, len, sizeof(json_t *), by_packets);
	for (i = 0; docs && i < len; i++)
		json_array_append(out, docs[i]);
	free(docs);
	json_decref(list);
	return out;
}

static json_t *flows(struct sw *sw, struct off *off, const struct doc_flow_filter *filter, bool why,
		     struct err *err)
{
	struct list list = {.sw = sw, .filter = filter, .slot = REPX_PORT_NONE, .why = why};
	const struct conf_port *conf = filter->port ? conf_find(&sw->conf, filter->port) : NULL;
	int rc;

	if (filter->port && !conf) {
		err_set(err, -ENOENT, "show the flows of port '%s': no such port in '%s'",
			filter->port, sw->name);
		return NULL;
	}
	if (conf)
		list.slot = sw->ports[conf - sw->conf.ports].slot;
	list.json = json_array();
	list.now = now_ns();
	rc = off ? off_walk(off, add_line, &list) : bpf_obj_flow_walk(&sw->obj, add_counted, &list);
	if (!rc)
		return doc_checked(sorted(list.json), err);
	json_decref(list.json);
	err_set(err, rc, "read the flows of '%s': %s", sw->name, strerror(-rc));
	return NULL;
}

json_t *doc_flows(struct sw *sw, struct off *off, const struct doc_flow_filter *filter,
		  struct err *err)
{
	return flows(sw, off, filter, false, err);
}

json_t *doc_flows_why(struct sw *sw, struct off *off, const struct doc_flow_filter *filter,
		      struct err *err)
{
	return flows(sw, off, filter, true, err);
}

/* The counters that are not zero, by name. */
static json_t *by_cause(const uint64_t counters[OFF_WHY_MAX])
{
	json_t *out = json_object();

	for (int i = 1; i < OFF_WHY_MAX; i++)
		if (counters[i])
			json_object_set_new(out, off_why_name((enum off_why)i),
					    json_integer((json_int_t)counters[i]));
	return out;
}

json_t *doc_offload(const struct sw *sw, const struct off *off, struct err *err)
{
	struct off_numbers n = {.max_rules = sw->conf.offload.max_rules};
	uint64_t demotions = 0;

	if (off)
		off_numbers(off, &n);
	for (int i = 0; i < OFF_WHY_MAX; i++)
		demotions += n.demotions[i];
	return doc_checked(json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:{s:I, s:I}}",
				     "running", off && n.on, "rules", (json_int_t)n.rules,
				     "max_rules", (json_int_t)n.max_rules, "room",
				     (json_int_t)n.room, "flows", (json_int_t)n.flows, "promotions",
				     (json_int_t)n.promotions, "demotions", (json_int_t)demotions,
				     "causes", by_cause(n.demotions), "refusals",
				     by_cause(n.refusals), "verify", "checked",
				     (json_int_t)n.verified, "differ", (json_int_t)n.differences),
			   err);
}
