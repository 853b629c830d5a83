// SPDX-License-Identifier: GPL-2.0-only
/* doc_conf.c - see doc_conf.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "doc_conf.h"
#include "repx_trace.h"
#include "util.h"

#define NAME_TEXT(name, text) {#name, text},
static const struct {
	const char *name, *text;
} drop_names[] = {REPX_DROPS(NAME_TEXT)}, event_names[] = {REPX_EVENTS(NAME_TEXT)};
#undef NAME_TEXT

_Static_assert(ARRAY_SIZE(drop_names) == REPX_DROP_MAX, "a name for each drop reason");
_Static_assert(ARRAY_SIZE(event_names) == REPX_EVENT_MAX, "a name for each event");

const char *doc_drop_name(uint32_t reason)
{
	return reason < REPX_DROP_MAX ? drop_names[reason].name : "?";
}

const char *doc_drop_text(uint32_t reason)
{
	return reason < REPX_DROP_MAX ? drop_names[reason].text : "?";
}

const char *doc_event_name(uint32_t event)
{
	return event < REPX_EVENT_MAX ? event_names[event].name : "?";
}

const char *doc_role(enum conf_role role)
{
	return role == CONF_ROLE_UPLINK ? "uplink" : role == CONF_ROLE_HOST ? "host" : "port";
}

const char *doc_port_state(enum sw_port_state state)
{
	return state == SW_PORT_UP ? "up" : state == SW_PORT_DOWN ? "down" : "missing";
}

const char *doc_unknown(enum conf_unknown unknown)
{
	if (unknown == CONF_UNKNOWN_UPLINK)
		return "uplink";
	return unknown == CONF_UNKNOWN_DROP ? "drop" : "flood";
}

const char *doc_slot_name(const struct sw *sw, uint32_t slot)
{
	int i = sw_port_by_slot(sw, slot);

	return i < 0 ? "?" : sw->conf.ports[i].name;
}

json_t *doc_mac(const uint8_t mac[6])
{
	return json_sprintf(MAC_FMT, MAC_ARG(mac));
}

json_t *doc_hex(const uint8_t *bytes, size_t len)
{
	char *hex = malloc(2 * len + 1);
	json_t *json;

	if (!hex)
		return NULL;
	for (size_t i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", bytes[i]);
	json = json_stringn_nocheck(hex, 2 * len);
	free(hex);
	return json;
}

const char *doc_verdict(uint32_t verdict)
{
	static const char *const names[] = {
		[REPX_VERDICT_FORWARD] = "forward", [REPX_VERDICT_FLOOD] = "flood",
		[REPX_VERDICT_HOST] = "host",	    [REPX_VERDICT_DROP] = "drop",
		[REPX_VERDICT_KERNEL] = "kernel",
	};

	return verdict < ARRAY_SIZE(names) ? names[verdict] : "?";
}

json_t *doc_count(uint64_t packets, uint64_t bytes)
{
	return json_pack("{s:I, s:I}", "packets", (json_int_t)packets, "bytes", (json_int_t)bytes);
}

static json_t *nonzero(const __u64 *counters, size_t first, size_t len,
		       const char *(*name)(uint32_t))
{
	json_t *out = json_object();
	size_t i;

	for (i = 0; i < len; i++)
		if (counters[first + i])
			json_object_set_new(out, name((uint32_t)i),
					    json_integer((json_int_t)counters[first + i]));
	return out;
}

/* struct repx_drops is as many __u64 as the two lists have names */
json_t *doc_drops(const struct repx_drops *drops)
{
	return nonzero((const __u64 *)drops, 0, REPX_DROP_MAX, doc_drop_name);
}

json_t *doc_events(const struct repx_drops *drops)
{
	return nonzero((const __u64 *)drops, REPX_DROP_MAX, REPX_EVENT_MAX, doc_event_name);
}

bool doc_fdb_live(const struct sw *sw, const struct repx_fdb *entry, uint64_t now, uint64_t *age_ns)
{
	uint64_t ageing = sw->conf.ageing_ms * 1000000ULL;

	*age_ns = 0;
	if (entry->flags & REPX_FDB_STATIC)
		return true;
	/* the data path may have seen it after @now was read */
	if (now > entry->seen_ns)
		*age_ns = now - entry->seen_ns;
	return !ageing || *age_ns <= ageing;
}

json_t *doc_checked(json_t *doc, struct err *err)
{
	if (!doc)
		err_set(err, -ENOMEM, "make the answer: out of memory");
	return doc;
}
