/* SPDX-License-Identifier: GPL-2.0-only */
/* maps.bpf.h - every map of the data path; keys and values are in repx_abi.h
 *
 * The loader sets the sizes marked "loader" and pins all of them by name.
 */
#ifndef REPX_MAPS_BPF_H
#define REPX_MAPS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "repx_abi.h"

/* The loader writes them before the programs are loaded. */
const volatile struct repx_sizes repx_sizes = {.max_ports = 1024, .where_bits = 13};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct repx_cfg);
} repx_cfg SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2 * 1024); /* loader */
	__type(key, __u32);	       /* half * max_ports + slot */
	__type(value, struct repx_port);
} repx_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2 * REPX_MAX_VLANS);
	__type(key, __u32); /* half * 4096 + VID */
	__type(value, struct repx_vlan);
} repx_vlans SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * 1024); /* loader */
	__type(key, __u32);	       /* ifindex */
	__type(value, __u32);	       /* slot */
} repx_ifaces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, REPX_MEMO_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} repx_memo SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536); /* loader */
	__type(key, struct repx_fdb_key);
	__type(value, struct repx_fdb);
} repx_fdb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536); /* loader: as many as the FDB */
	__type(key, struct repx_maclim_key);
	__type(value, struct repx_fdb_key);
} repx_maclim SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024); /* loader */
	__type(key, __u32);	   /* slot */
	__type(value, struct repx_state);
} repx_state SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, struct repx_guard_mac);
	__type(value, __u32);
} repx_guard_mac SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 20);
	__type(key, struct repx_guard_ip);
	__type(value, __u32);
} repx_guard_ip SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2 * 1024); /* loader */
	__type(key, __u32);	       /* 2 * slot, + 1: IPv6 */
	__type(value, struct repx_passed);
} repx_passed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1024); /* loader */
	__type(key, __u32);	   /* slot */
	__type(value, struct repx_stats);
} repx_stats SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1024); /* loader */
	__type(key, __u32);	   /* slot */
	__type(value, struct repx_drops);
} repx_drops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, REPX_CACHE_SLOTS);
	__type(key, __u32);
	__type(value, struct repx_cache);
} repx_cache SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, REPX_KNOWN_SLOTS);
	__type(key, __u32);
	__type(value, struct repx_known);
} repx_known SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);  /* which begins with a page: rows are cache lines */
	__uint(max_entries, (1 << 13) + 1); /* loader */
	__type(key, __u32);		    /* row */
	__type(value, struct repx_where);
} repx_where SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct repx_flow_key);
	__type(value, struct repx_flow);
} repx_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} repx_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} repx_moves SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024); /* loader */
	__type(key, __u32);	   /* slot */
	__type(value, struct repx_hw);
} repx_hw SEC(".maps");

#endif
