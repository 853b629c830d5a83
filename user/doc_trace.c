// SPDX-License-Identifier: GPL-2.0-only
/* doc_trace.c - the document of trace: verdict, reason, steps, frames that leave */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "doc_conf.h"
#include "frame.h"
#include "util.h"

#define STEP_NAME(name, text) #name,
static const char *const step_names[] = {REPX_STEPS(STEP_NAME)};
#undef STEP_NAME

static const char *const limits[REPX_LIMIT_MAX] = {
	[REPX_LIMIT_RX] = "rate.rx",
	[REPX_LIMIT_TX] = "rate.tx",
	[REPX_LIMIT_BROADCAST] = "storm.broadcast",
	[REPX_LIMIT_MULTICAST] = "storm.multicast",
	[REPX_LIMIT_UNKNOWN] = "storm.unknown",
	[REPX_LIMIT_MOVES] = "mac_moves",
};

static const char *known(const char *const *names, size_t len, uint64_t index)
{
	return index < len ? names[index] : "?";
}

/* "no tag", or "tag 802.1Q VLAN 10 PCP 3" */
static const char *tag_text(char *buf, size_t size, uint64_t tag)
{
	unsigned int tpid = (unsigned int)(tag >> 16) & 0xffff, tci = (unsigned int)tag & 0xffff;

	if (!tpid)
		snprintf(buf, size, "no tag");
	else
		snprintf(buf, size, "tag %s VLAN %u PCP %u DEI %u",
			 tpid == 0x88a8 ? "802.1ad" : "802.1Q", tci & 0xfff, tci >> 13,
			 tci >> 12 & 1);
	return buf;
}

/* Steps about a port: with its name in place of its slot. Return: not one. */
static bool port_step(const struct sw *sw, const struct repx_trace_step *s, char *buf, size_t size)
{
	const char *port = doc_slot_name(sw, s->a);
	char tag[64];

	switch (s->step) {
	case REPX_STEP_port:
		snprintf(buf, size, "received on port '%s'", port);
		return false;
	case REPX_STEP_learn:
		if (s->b)
			snprintf(buf, size, "source address is known behind port '%s'", port);
		else
			snprintf(buf, size, "source address is not known yet");
		return false;
	case REPX_STEP_dst:
		snprintf(buf, size, "destination address is behind port '%s'", port);
		return false;
	case REPX_STEP_copy:
		snprintf(buf, size, "a copy for port '%s', %s", port,
			 tag_text(tag, sizeof(tag), s->b));
		return false;
	case REPX_STEP_skip:
		snprintf(buf, size, "no copy for port '%s': %s (%s)", port,
			 doc_drop_name((uint32_t)s->b), doc_drop_text((uint32_t)s->b));
		return false;
	case REPX_STEP_egress:
		snprintf(buf, size, "leaves by port '%s', %s", port,
			 tag_text(tag, sizeof(tag), s->b));
		return false;
	}
	return true;
}

static void step_text(const struct repx_trace_step *s, char *buf, size_t size)
{
	char tag[64];

	switch (s->step) {
	case REPX_STEP_parse:
		snprintf(buf, size, "a frame of %u bytes, %s", s->a,
			 tag_text(tag, sizeof(tag), s->b));
		return;
	case REPX_STEP_classify:
		snprintf(buf, size, "is in VLAN %u, PCP %u DEI %u", s->a,
			 (unsigned int)(s->b >> 1) & 7, (unsigned int)s->b & 1);
		return;
	case REPX_STEP_reserved:
		snprintf(buf, size, "link-local group address 01:80:c2:00:00:%02x",
			 (unsigned int)s->b & 0xff);
		return;
	case REPX_STEP_guard_mac:
		snprintf(buf, size, "guard: source MAC is %slisted", s->b ? "" : "not ");
		return;
	case REPX_STEP_guard_ip:
		snprintf(buf, size, "guard: IP address is %slisted", s->b ? "" : "not ");
		return;
	case REPX_STEP_limit:
		snprintf(buf, size, "within %s", known(limits, ARRAY_SIZE(limits), s->a));
		return;
	case REPX_STEP_miss:
		snprintf(buf, size, "destination address is unknown, unknown: %s",
			 doc_unknown((enum conf_unknown)s->a));
		return;
	case REPX_STEP_group:
		snprintf(buf, size, "to all ports of the VLAN: %s",
			 s->a ? "broadcast" : "multicast");
		return;
	}
	snprintf(buf, size, "step %u: %u 0x%llx", s->step, s->a, (unsigned long long)s->b);
}

static void add_step(json_t *list, const char *step, const char *text)
{
	json_array_append_new(list, json_pack("{s:s, s:s}", "step", step, "text", text));
}

static void verdict_step(json_t *list, const struct repx_trace *trace)
{
	char text[160];

	if (trace->kernel_copy)
		add_step(list, "kernel_copy", "shared uplink: the kernel gets it as well");
	if (trace->verdict == REPX_VERDICT_DROP)
		snprintf(text, sizeof(text), "drop, %s: %s", doc_drop_name(trace->reason),
			 doc_drop_text(trace->reason));
	else
		snprintf(text, sizeof(text), "%s", doc_verdict(trace->verdict));
	add_step(list, "verdict", text);
}

static json_t *step_list(const struct sw *sw, const struct repx_trace *trace)
{
	json_t *list = json_array();
	char text[160];
	uint32_t i;

	for (i = 0; i < trace->steps_len && i < REPX_TRACE_STEPS; i++) {
		const struct repx_trace_step *s = &trace->steps[i];

		if (port_step(sw, s, text, sizeof(text)))
			step_text(s, text, sizeof(text));
		add_step(list, known(step_names, ARRAY_SIZE(step_names), s->step), text);
	}
	if (trace->steps_len >= REPX_TRACE_STEPS)
		add_step(list, "more", "further steps are not kept");
	verdict_step(list, trace);
	return list;
}

/* The frame as it leaves: outer tag off, the port's own on. */
static json_t *frame_out(const uint8_t *frame, uint32_t len, bool strip,
			 const struct repx_trace_out *out)
{
	json_t *json = NULL;
	uint8_t *copy;

	if (FRAME_ADDRESSES + (strip ? FRAME_TAG : 0) > len)
		return NULL;
	copy = malloc((size_t)len + FRAME_TAG);
	if (copy)
		json = doc_hex(copy, frame_retag(frame, len, strip, out->tpid, out->tci, copy));
	free(copy);
	return json;
}

static json_t *out_list(const struct sw *sw, const struct repx_trace *trace, const uint8_t *frame,
			uint32_t len)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < trace->out_len && i < REPX_MAX_PORTS; i++)
		json_array_append_new(
			list,
			json_pack("{s:s, s:o}", "port", doc_slot_name(sw, trace->out[i].port),
				  "frame", frame_out(frame, len, trace->strip, &trace->out[i])));
	return list;
}

static json_t *trace_doc(const struct sw *sw, const char *port, const struct repx_trace *trace,
			 const uint8_t *frame, uint32_t len)
{
	bool drop = trace->verdict == REPX_VERDICT_DROP;

	return json_pack("{s:s, s:s?, s:s, s:o, s:o}", "verdict", doc_verdict(trace->verdict),
			 "reason", drop ? doc_drop_name(trace->reason) : NULL, "in", port, "out",
			 out_list(sw, trace, frame, len), "steps", step_list(sw, trace));
}

static int find_netdev(const struct sw *sw, const char *port, uint32_t *ifindex, struct err *err)
{
	const struct conf_port *p = conf_find(&sw->conf, port);

	if (!p)
		return err_set(err, -ENOENT, "trace on port '%s': no such port in '%s'", port,
			       sw->name);
	*ifindex = sw->ports[p - sw->conf.ports].ifindex;
	if (!*ifindex)
		return err_set(err, -ENODEV, "trace on port '%s': netdev '%s' is missing", port,
			       p->netdev);
	return 0;
}

json_t *doc_trace(struct sw *sw, const char *port, const void *frame, uint32_t len, struct err *err)
{
	struct repx_trace *trace;
	json_t *doc = NULL;
	uint32_t ifindex;
	int rc = 0;

	if (find_netdev(sw, port, &ifindex, err))
		return NULL;
	trace = calloc(1, sizeof(*trace));
	if (!trace)
		return doc_checked(NULL, err);
	if (len < FRAME_ADDRESSES + 2) { /* the kernel does not run programs on such frames */
		trace->verdict = REPX_VERDICT_DROP;
		trace->reason = REPX_DROP_malformed;
	} else {
		rc = bpf_obj_trace(&sw->obj, ifindex, frame, len, trace, err);
	}
	if (!rc)
		doc = doc_checked(trace_doc(sw, port, trace, frame, len), err);
	free(trace);
	return doc;
}
