// SPDX-License-Identifier: GPL-2.0-only
/* sw_guard.c - the sets of addresses that guards allow
 *
 * A set is filled before any port names it and never changed: a port whose
 * guard changes gets a new set with the flip, and the old one is emptied after.
 */
#include <bpf/bpf.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

bool sw_guard_equal(const struct conf_guard *a, const struct conf_guard *b)
{
	if (a->on != b->on || a->mac_len != b->mac_len || a->ip_len != b->ip_len)
		return false;
	if (a->mac_len && memcmp(a->mac, b->mac, a->mac_len * sizeof(*a->mac)))
		return false;
	for (size_t i = 0; i < a->ip_len; i++)
		if (a->ip[i].len != b->ip[i].len ||
		    memcmp(a->ip[i].addr, b->ip[i].addr, sizeof(a->ip[i].addr)))
			return false;
	return true;
}

static struct repx_guard_mac mac_key(uint32_t set, const uint8_t mac[6])
{
	struct repx_guard_mac key = {.set = set};

	memcpy(key.mac, mac, sizeof(key.mac));
	return key;
}

static struct repx_guard_ip ip_key(uint32_t set, const struct conf_ip *ip)
{
	struct repx_guard_ip key = {.prefixlen = 32U + ip->len, .set_be = htobe32(set)};

	memcpy(key.addr, ip->addr, sizeof(key.addr));
	return key;
}

int sw_guard_fill(const struct sw *sw, uint32_t set, const struct conf_guard *guard)
{
	uint32_t one = 1;

	for (size_t i = 0; i < guard->mac_len; i++) {
		struct repx_guard_mac key = mac_key(set, guard->mac[i]);

		if (bpf_map_update_elem(sw->obj.guard_mac, &key, &one, BPF_ANY))
			return -errno;
	}
	for (size_t i = 0; i < guard->ip_len; i++) {
		struct repx_guard_ip key = ip_key(set, &guard->ip[i]);

		if (bpf_map_update_elem(sw->obj.guard_ip, &key, &one, BPF_ANY))
			return -errno;
	}
	return 0;
}

int sw_guard_empty(const struct sw *sw, uint32_t set, const struct conf_guard *guard)
{
	int ret = 0;

	for (size_t i = 0; i < guard->mac_len; i++) {
		struct repx_guard_mac key = mac_key(set, guard->mac[i]);

		if (bpf_map_delete_elem(sw->obj.guard_mac, &key) && errno != ENOENT)
			ret = -errno;
	}
	for (size_t i = 0; i < guard->ip_len; i++) {
		struct repx_guard_ip key = ip_key(set, &guard->ip[i]);

		if (bpf_map_delete_elem(sw->obj.guard_ip, &key) && errno != ENOENT)
			ret = -errno;
	}
	return ret;
}

static bool in_use(const struct sw *sw, uint32_t set)
{
	for (size_t i = 0; i < sw->conf.ports_len; i++)
		if (sw->ports[i].guard == set)
			return true;
	return false;
}

/* A deleted key has no successor: the walk goes on from the one before. */
int sw_guard_purge(const struct sw *sw)
{
	struct repx_guard_mac mac, next_mac;
	struct repx_guard_ip ip, next_ip;
	bool first = true;

	while (!bpf_map_get_next_key(sw->obj.guard_mac, first ? NULL : &mac, &next_mac)) {
		if (!in_use(sw, next_mac.set)) {
			if (bpf_map_delete_elem(sw->obj.guard_mac, &next_mac))
				return -errno;
			continue;
		}
		mac = next_mac;
		first = false;
	}
	first = true;
	while (!bpf_map_get_next_key(sw->obj.guard_ip, first ? NULL : &ip, &next_ip)) {
		if (!in_use(sw, be32toh(next_ip.set_be))) {
			if (bpf_map_delete_elem(sw->obj.guard_ip, &next_ip))
				return -errno;
			continue;
		}
		ip = next_ip;
		first = false;
	}
	return 0;
}
