// SPDX-License-Identifier: GPL-2.0-only
/* doc_verify.c - see doc_verify.h */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <string.h>

#include "doc.h"
#include "doc_conf.h"
#include "doc_verify.h"
#include "repx_trace.h"
#include "util.h"

struct text {
	char *buf;
	size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
	t->len += (size_t)n < t->size - t->len ? (size_t)n : t->size - t->len - 1;
}

static const char *netdev_name(const struct sw *sw, uint32_t ifindex)
{
	for (size_t i = 0; i < sw->conf.ports_len; i++)
		if (sw->ports[i].ifindex == ifindex)
			return sw->ports[i].netdev;
	return "?";
}

static const char *port_name(const struct sw *sw, uint32_t ifindex)
{
	for (size_t i = 0; i < sw->conf.ports_len; i++)
		if (sw->ports[i].ifindex == ifindex)
			return sw->conf.ports[i].name;
	return "?";
}

/* --- a rule as a command */

static void add_type(struct text *t, uint16_t type)
{
	switch (type) {
	case ETH_P_IP:
		add(t, "ip");
		return;
	case ETH_P_IPV6:
		add(t, "ipv6");
		return;
	case ETH_P_ARP:
		add(t, "arp");
		return;
	case ETH_P_8021Q:
		add(t, "802.1q");
		return;
	case ETH_P_8021AD:
		add(t, "802.1ad");
		return;
	}
	add(t, "0x%04x", type);
}

static void add_prefix(struct text *t, const struct flower_match *m)
{
	char text[INET6_ADDRSTRLEN];

	if (m->ip_len &&
	    inet_ntop(m->ethertype == ETH_P_IP ? AF_INET : AF_INET6, m->ip_src, text, sizeof(text)))
		add(t, " src_ip %s/%u", text, m->ip_len);
}

static void add_match(struct text *t, const struct flower_match *m)
{
	if (m->tpid) {
		add(t, " vlan_id %u vlan_ethtype ", m->vid);
		add_type(t, m->tpid2 ? m->tpid2 : m->ethertype);
	}
	if (m->tpid2) {
		add(t, " cvlan_id %u cvlan_ethtype ", m->vid2);
		add_type(t, m->ethertype);
	}
	add(t, " src_mac " MAC_FMT " dst_mac " MAC_FMT, MAC_ARG(m->src), MAC_ARG(m->dst));
	add_prefix(t, m);
}

static void add_vlan(struct text *t, const struct flower_action *a)
{
	if (a->vlan == FLOWER_VLAN_POP) {
		add(t, " action vlan pop");
		return;
	}
	add(t, " action vlan %s id %u protocol ", a->vlan == FLOWER_VLAN_PUSH ? "push" : "modify",
	    a->vlan_vid);
	add_type(t, a->vlan_tpid);
}

static void add_actions(struct text *t, const struct sw *sw, const struct flower_action *a)
{
	if (a->drop)
		add(t, " action drop");
	for (unsigned int i = 0; i < a->outs_len; i++) {
		if (i == a->before && a->vlan != FLOWER_VLAN_NONE)
			add_vlan(t, a);
		add(t, " action mirred egress %s dev %s",
		    i + 1 == a->outs_len ? "redirect" : "mirror", netdev_name(sw, a->outs[i]));
	}
}

void doc_rule_text(const struct sw *sw, const struct flower_rule *rule, char *buf, size_t size)
{
	struct text t = {buf, size, 0};

	add(&t, "tc filter add dev %s ingress pref %u handle %u protocol ",
	    netdev_name(sw, rule->ifindex), rule->pref, rule->handle);
	add_type(&t, flower_protocol(&rule->match));
	add(&t, " flower skip_sw");
	add_match(&t, &rule->match);
	add_actions(&t, sw, &rule->action);
}

/* --- a difference */

static void add_copies(struct text *t, const struct sw *sw, const struct verify_copy *copies,
		       unsigned int len)
{
	if (!len)
		add(t, " nothing");
	for (unsigned int i = 0; i < len; i++) {
		add(t, "%s %s ", i ? "," : "", port_name(sw, copies[i].ifindex));
		for (uint32_t b = 0; b < copies[i].len && b < 24; b++)
			add(t, "%02x", copies[i].frame[b]);
		add(t, "...");
	}
}

void doc_verify_text(const struct sw *sw, const struct verify *v, char *buf, size_t size)
{
	struct text t = {buf, size, 0};
	char rule[768];

	doc_rule_text(sw, &v->rule, rule, sizeof(rule));
	add(&t, "verify '%s': hardware gives", rule);
	add_copies(&t, sw, v->hw, v->hw_len);
	add(&t, "; software (%s%s%s) gives", doc_verdict(v->verdict),
	    v->verdict == REPX_VERDICT_DROP ? ", " : "",
	    v->verdict == REPX_VERDICT_DROP ? doc_drop_name(v->reason) : "");
	add_copies(&t, sw, v->sw, v->sw_len);
}

static json_t *copies_json(const struct sw *sw, const struct verify_copy *copies, unsigned int len)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < len; i++)
		json_array_append_new(list, json_pack("{s:s, s:o}", "port",
						      port_name(sw, copies[i].ifindex), "frame",
						      doc_hex(copies[i].frame, copies[i].len)));
	return list;
}

static json_t *difference(const struct sw *sw, const struct verify *v)
{
	bool drop = v->verdict == REPX_VERDICT_DROP;
	char rule[1024];

	doc_rule_text(sw, &v->rule, rule, sizeof(rule));
	return json_pack(
		"{s:s, s:s, s:s, s:I, s:I, s:o, s:{s:s, s:s?, s:o}, s:{s:o}}", "rule", rule, "port",
		port_name(sw, v->rule.ifindex), "dev", netdev_name(sw, v->rule.ifindex), "pref",
		(json_int_t)v->rule.pref, "handle", (json_int_t)v->rule.handle, "frame",
		doc_hex(v->frame, v->len), "software", "verdict", doc_verdict(v->verdict), "reason",
		drop ? doc_drop_name(v->reason) : NULL, "out", copies_json(sw, v->sw, v->sw_len),
		"hardware", "out", copies_json(sw, v->hw, v->hw_len));
}

struct report {
	struct sw *sw;
	json_t *list;
};

/* Whoever keeps the rules takes it out; without one, it is done here. */
static void on_difference(const struct verify *v, void *data)
{
	struct report *report = data;
	struct sw *sw = report->sw;
	const struct flower_rule *r = &v->rule;

	json_array_append_new(report->list, difference(sw, v));
	if (!sw->offload || sw->offload->remove(sw->offload->data, r))
		flower_del(&sw->rtnl.route, r->ifindex, r->pref, flower_protocol(&r->match),
			   r->handle);
}

json_t *doc_verify(struct sw *sw, struct err *err)
{
	struct report report = {sw, json_array()};
	struct verify_count count;
	unsigned int leaky = sw->offload ? sw->offload->counters(sw->offload->data) : 0;

	if (verify_all(sw, on_difference, &report, &count, err)) {
		json_decref(report.list);
		return NULL;
	}
	return doc_checked(json_pack("{s:I, s:I, s:I, s:o}", "rules", (json_int_t)count.rules,
				     "differ", (json_int_t)count.differ, "passed_by",
				     (json_int_t)leaky, "differences", report.list),
			   err);
}
