/* SPDX-License-Identifier: GPL-2.0-only */
/* bpf_helpers.h - maps and helpers, for programs compiled for user space
 *
 * Maps are small association lists with exact keys (an LPM trie too: the fuzzer
 * wants every path taken, not routes right). What edits or sends a frame is
 * left to the fuzz target: shim_load() and so on below.
 */
#ifndef SHIM_BPF_HELPERS_H
#define SHIM_BPF_HELPERS_H

#include <errno.h>
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#define SEC(name)
#define __uint(name, val) int(*name)[val]
#define __type(name, val) __typeof__(val) *name
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif

#define SHIM_MAPS 32
#define SHIM_ELEMENTS 4096 /* kept of one map; more are -E2BIG */

struct shim_map {
	const void *id; /* address of the map's definition */
	size_t key_size, value_size, len;
	unsigned char *keys;
	unsigned char **values;
};

static struct shim_map shim_maps[SHIM_MAPS];
static __u64 shim_now = 1000000000000ULL, shim_jiffies = 1000;

static inline struct shim_map *shim_map(const void *id, size_t key_size, size_t value_size)
{
	size_t i;

	for (i = 0; i < SHIM_MAPS && shim_maps[i].id; i++)
		if (shim_maps[i].id == id)
			return &shim_maps[i];
	if (i == SHIM_MAPS)
		abort();
	shim_maps[i].id = id;
	shim_maps[i].key_size = key_size;
	shim_maps[i].value_size = value_size;
	shim_maps[i].keys = calloc(SHIM_ELEMENTS, key_size);
	shim_maps[i].values = calloc(SHIM_ELEMENTS, sizeof(void *));
	return &shim_maps[i];
}

static inline long shim_index(const struct shim_map *m, const void *key)
{
	size_t i;

	for (i = 0; i < m->len; i++)
		if (!memcmp(m->keys + i * m->key_size, key, m->key_size))
			return (long)i;
	return -1;
}

static inline void *shim_add(struct shim_map *m, const void *key)
{
	if (m->len == SHIM_ELEMENTS)
		return NULL;
	memcpy(m->keys + m->len * m->key_size, key, m->key_size);
	m->values[m->len] = calloc(1, m->value_size);
	return m->values[m->len++];
}

/* Elements of arrays are always there: made when first asked for. */
static inline void *shim_lookup(struct shim_map *m, const void *key, int type, __u32 max_entries)
{
	long i = shim_index(m, key);
	int array = type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;

	if (i >= 0)
		return m->values[i];
	if (!array || *(const __u32 *)key >= max_entries)
		return NULL;
	return shim_add(m, key);
}

static inline long shim_delete(struct shim_map *m, const void *key)
{
	long i = shim_index(m, key), last = (long)m->len - 1;

	if (i < 0)
		return -ENOENT;
	free(m->values[i]);
	m->values[i] = m->values[last];
	memmove(m->keys + (size_t)i * m->key_size, m->keys + (size_t)last * m->key_size,
		m->key_size);
	m->len--;
	return 0;
}

static inline long shim_update(struct shim_map *m, const void *key, const void *value, __u64 flags)
{
	long i = shim_index(m, key);
	void *v;

	if (i >= 0 && flags == BPF_NOEXIST)
		return -EEXIST;
	if (i < 0 && flags == BPF_EXIST)
		return -ENOENT;
	v = i >= 0 ? m->values[i] : shim_add(m, key);
	if (!v)
		return -E2BIG;
	memcpy(v, value, m->value_size);
	return 0;
}

#define SHIM_MAP(map) shim_map((map), sizeof(*(map)->key), sizeof(*(map)->value))
#define SHIM_UINT(map, name) (sizeof(*(map)->name) / sizeof(int))
#define bpf_map_lookup_elem(map, k) \
	shim_lookup(SHIM_MAP(map), k, SHIM_UINT(map, type), SHIM_UINT(map, max_entries))
#define bpf_map_update_elem(map, k, v, flags) shim_update(SHIM_MAP(map), k, v, flags)
#define bpf_map_delete_elem(map, k) shim_delete(SHIM_MAP(map), k)
#define bpf_for_each_map_elem(map, cb, data, flags)                                              \
	do {                                                                                     \
		struct shim_map *m_ = SHIM_MAP(map);                                             \
		size_t i_ = m_->len;                                                             \
		while (i_-- > 0)                                                                 \
			cb(NULL, (void *)(m_->keys + i_ * m_->key_size), (void *)m_->values[i_], \
			   data);                                                                \
	} while (0)
#define bpf_loop(n, cb, data, flags)                          \
	do {                                                  \
		__u32 i_;                                     \
		for (i_ = 0; i_ < (n) && !cb(i_, data); i_++) \
			;                                     \
	} while (0)

static inline __u64 bpf_ktime_get_ns(void)
{
	return shim_now;
}

static inline __u64 bpf_ktime_get_coarse_ns(void)
{
	return shim_now;
}

static inline __u32 bpf_get_prandom_u32(void)
{
	return (__u32)shim_now;
}

static inline __u64 bpf_jiffies64(void)
{
	return shim_jiffies;
}

static inline void *bpf_ringbuf_reserve(void *ring, __u64 size, __u64 flags)
{
	(void)ring;
	(void)flags;
	return malloc(size);
}

static inline long bpf_ringbuf_output(void *ring, void *data, __u64 size, __u64 flags)
{
	(void)ring;
	(void)data;
	(void)size;
	(void)flags;
	return 0;
}

static inline void bpf_ringbuf_submit(void *record, __u64 flags)
{
	(void)flags;
	free(record);
}

static inline long bpf_probe_read_kernel(void *to, __u32 size, const void *from)
{
	(void)from;
	memset(to, 0, size);
	return -EFAULT;
}

/* The fuzz target's: @ctx is a struct __sk_buff or a struct xdp_md. */
static long shim_load(const void *ctx, __u32 off, void *to, __u32 len);
static long shim_head(void *ctx, int delta);
static long shim_vlan_pop(void *ctx);
static long shim_vlan_push(void *ctx, __u16 proto, __u16 tci);
static long shim_send(void *ctx, __u32 to, int copy);

#define bpf_skb_load_bytes(ctx, off, to, len) shim_load(ctx, off, to, len)
#define bpf_skb_load_bytes_relative(ctx, off, to, len, from) shim_load(ctx, 14 + (off), to, len)
#define bpf_xdp_load_bytes(ctx, off, to, len) shim_load(ctx, off, to, len)
#define bpf_xdp_get_buff_len(ctx) ((ctx)->data_end - (ctx)->data)
#define bpf_xdp_adjust_head(ctx, delta) shim_head(ctx, delta)
#define bpf_skb_vlan_pop(ctx) shim_vlan_pop(ctx)
#define bpf_skb_vlan_push(ctx, proto, tci) shim_vlan_push(ctx, proto, tci)
#define bpf_skb_change_head(ctx, len, flags) (-EINVAL)
#define bpf_skb_store_bytes(ctx, off, from, len, flags) (-EINVAL)
#define bpf_redirect(ifindex, flags) ((int)shim_send(ctx, ifindex, 0))
#define bpf_clone_redirect(ctx, ifindex, flags) shim_send(ctx, ifindex, 1)
#define bpf_redirect_map(map, key, flags) ((int)shim_send(ctx, key, 0))

#endif
