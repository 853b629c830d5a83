// SPDX-License-Identifier: GPL-2.0-only
/* off_book.c - the flows that are known, their rules by handle, the addresses they need */
#include <stdlib.h>

#include "off_int.h"

/* --- flows */

const char *off_state_name(enum off_state state)
{
	static const char *const names[] = {"software", "offloaded", "refused"};

	return state < ARRAY_SIZE(names) ? names[state] : "?";
}

struct off_flow *off_flow_find(struct off *off, const struct repx_flow_key *key)
{
	struct off_flow *flow;

	HASH_FIND(hh, off->flows, key, sizeof(*key), flow);
	return flow;
}

struct off_flow *off_flow_get(struct off *off, const struct repx_flow_key *key)
{
	struct off_flow *flow = off_flow_find(off, key);

	if (flow)
		return flow;
	flow = calloc(1, sizeof(*flow));
	if (!flow)
		return NULL;
	flow->key = *key;
	flow->why = OFF_WHY_cold;
	flow->why_port = REPX_PORT_NONE;
	HASH_ADD(hh, off->flows, key, sizeof(*key), flow);
	return flow;
}

void off_flow_free(struct off *off, struct off_flow *flow)
{
	HASH_DEL(off->flows, flow);
	free(flow->words);
	free(flow->rules);
	free(flow);
}

void off_flow_set(struct off_flow *flow, enum off_state state, enum off_why why, uint32_t port,
		  const char *words)
{
	flow->state = state;
	flow->why = why;
	flow->why_port = port;
	if (words != flow->words) {
		free(flow->words);
		flow->words = words && *words ? strdup(words) : NULL;
	}
}

void off_line_of(const struct off_flow *flow, struct off_line *line)
{
	*line = (struct off_line){
		.key = &flow->key,
		.out = flow->out,
		.packets = flow->packets,
		.bytes = flow->bytes,
		.hw_packets = flow->hw_packets,
		.hw_bytes = flow->hw_bytes,
		.pps = flow->rate / OFF_RATE,
		.seen_ns = flow->hw_seen_ns > flow->seen_ns ? flow->hw_seen_ns : flow->seen_ns,
		.state = flow->state,
		.why = flow->why,
		.why_port = flow->why_port,
		.words = flow->words ? flow->words : "",
		.rules = flow->rules,
		.rules_len = flow->state == OFF_OFFLOADED ? flow->rules_len : 0,
	};
}

/* FNV-1a: not against anybody, only to tell one flow from another. */
void off_cookie(uint32_t id, const struct repx_flow_key *key, uint8_t cookie[FLOWER_COOKIE_SIZE])
{
	uint64_t h = 0xcbf29ce484222325ULL;
	const uint8_t *p = (const uint8_t *)key;

	for (size_t i = 0; i < sizeof(*key); i++)
		h = (h ^ p[i]) * 0x100000001b3ULL;
	memcpy(cookie, &id, 4);
	memcpy(cookie + 4, &h, 8);
}

/* --- handles */

static int handles_grow(struct off *off)
{
	uint32_t len = off->handles_len ? 2 * off->handles_len : 256, i;
	struct off_handle *handles = reallocarray(off->handles, len, sizeof(*handles));

	if (!handles)
		return -1;
	for (i = off->handles_len; i < len; i++) {
		handles[i] = (struct off_handle){.rule = off->free_handle};
		off->free_handle = i + 1;
	}
	off->handles = handles;
	off->handles_len = len;
	return 0;
}

int off_handle_take(struct off *off, struct off_flow *flow, unsigned int rule, uint32_t *handle)
{
	struct off_handle *h;

	if (!off->free_handle && handles_grow(off))
		return -1;
	*handle = off->free_handle;
	h = &off->handles[*handle - 1];
	off->free_handle = h->rule;
	*h = (struct off_handle){.flow = flow, .rule = rule};
	return 0;
}

void off_handle_give(struct off *off, uint32_t handle)
{
	off->handles[handle - 1] = (struct off_handle){.rule = off->free_handle};
	off->free_handle = handle;
}

struct off_handle *off_handle_at(struct off *off, uint32_t handle)
{
	struct off_handle *h;

	if (!handle || handle > off->handles_len)
		return NULL;
	h = &off->handles[handle - 1];
	return h->flow ? h : NULL;
}

/* --- addresses */

static void touch(struct off *off, const struct off_addr *addr, uint32_t flags)
{
	struct repx_touch t = {.key = addr->key, .port = addr->port, .flags = flags};

	bpf_obj_touch(&off->sw->obj, &t);
}

static void hold(struct off *off, uint16_t vlan, const uint8_t mac[6], uint32_t port)
{
	struct repx_fdb_key key = {.vlan = vlan};
	struct off_addr *addr;

	memcpy(key.mac, mac, 6);
	HASH_FIND(hh, off->addrs, &key, sizeof(key), addr);
	if (!addr) {
		addr = calloc(1, sizeof(*addr));
		if (!addr)
			return; /* it is not shown, that is all */
		addr->key = key;
		HASH_ADD(hh, off->addrs, key, sizeof(key), addr);
	}
	if (!addr->refs++ || addr->port != port) {
		addr->port = port;
		touch(off, addr, REPX_FDB_OFFLOADED);
	}
}

static void drop(struct off *off, uint16_t vlan, const uint8_t mac[6])
{
	struct repx_fdb_key key = {.vlan = vlan};
	struct off_addr *addr;

	memcpy(key.mac, mac, 6);
	HASH_FIND(hh, off->addrs, &key, sizeof(key), addr);
	if (!addr || --addr->refs)
		return;
	touch(off, addr, 0);
	HASH_DEL(off->addrs, addr);
	free(addr);
}

void off_addrs_hold(struct off *off, const struct off_flow *flow)
{
	hold(off, flow->key.vlan, flow->key.src, flow->key.port);
	if (flow->out != REPX_PORT_NONE)
		hold(off, flow->key.vlan, flow->key.dst, flow->out);
}

void off_addrs_drop(struct off *off, const struct off_flow *flow)
{
	drop(off, flow->key.vlan, flow->key.src);
	if (flow->out != REPX_PORT_NONE)
		drop(off, flow->key.vlan, flow->key.dst);
}
