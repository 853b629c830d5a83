// SPDX-License-Identifier: GPL-2.0-only
/* bpf_data.c - what is in the maps of a switch: halves, counters, addresses */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf_obj.h"
#include "util.h"

#define BATCH 4096 /* entries of a map read at once */

uint32_t bpf_obj_half(const struct bpf_obj *obj)
{
	return __atomic_load_n(&obj->cfg_mem->epoch, __ATOMIC_ACQUIRE) & 1;
}

void bpf_obj_flip(struct bpf_obj *obj)
{
	__atomic_fetch_add(&obj->cfg_mem->epoch, 1, __ATOMIC_SEQ_CST);
}

void bpf_obj_void(struct bpf_obj *obj)
{
	__atomic_fetch_add(&obj->cfg_mem->epoch, 2, __ATOMIC_SEQ_CST);
}

/* A grace period of RCU, under which every program runs. membarrier() waits for
 * one, except on one CPU (where nothing can be running while we are) and with
 * nohz_full; replacing a map in a map waits for one everywhere. */
static void wait_by_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	uint32_t zero = 0;
	int inner, outer;

	inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "repx_wait", 4, 4, 1, NULL);
	opts.inner_map_fd = (uint32_t)inner;
	outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "repx_waits", 4, 4, 1, &opts);
	if (inner >= 0 && outer >= 0)
		bpf_map_update_elem(outer, &zero, &inner, BPF_ANY);
	if (inner >= 0)
		close(inner);
	if (outer >= 0)
		close(outer);
}

void bpf_obj_wait(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		wait_by_map();
}

/* Adds up the per-CPU values of a slot, which are all counters of 8 bytes. */
static int sum_slot(int fd, uint32_t slot, size_t size, uint64_t *sum)
{
	int cpus = libbpf_num_possible_cpus(), cpu;
	size_t i, words = size / 8;
	uint64_t *values;

	if (cpus < 0)
		return cpus;
	values = calloc((size_t)cpus, size);
	if (!values)
		return -ENOMEM;
	if (bpf_map_lookup_elem(fd, &slot, values)) {
		free(values);
		return -errno;
	}
	memset(sum, 0, size);
	for (cpu = 0; cpu < cpus; cpu++)
		for (i = 0; i < words; i++)
			sum[i] += values[(size_t)cpu * words + i];
	free(values);
	return 0;
}

int bpf_obj_stats(const struct bpf_obj *obj, uint32_t slot, struct repx_stats *out)
{
	return sum_slot(obj->stats, slot, sizeof(*out), (uint64_t *)out);
}

int bpf_obj_drops(const struct bpf_obj *obj, uint32_t slot, struct repx_drops *out)
{
	return sum_slot(obj->drops, slot, sizeof(*out), (uint64_t *)out);
}

static int zero_slot(int fd, uint32_t slot, size_t size)
{
	int cpus = libbpf_num_possible_cpus(), ret;
	void *zero;

	if (cpus < 0)
		return cpus;
	zero = calloc((size_t)cpus, size);
	if (!zero)
		return -ENOMEM;
	ret = bpf_map_update_elem(fd, &slot, zero, BPF_ANY) ? -errno : 0;
	free(zero);
	return ret;
}

int bpf_obj_clear_slot(struct bpf_obj *obj, uint32_t slot)
{
	int ret = zero_slot(obj->stats, slot, sizeof(struct repx_stats));

	if (!ret)
		ret = zero_slot(obj->drops, slot, sizeof(struct repx_drops));
	memset(&obj->state_mem[slot], 0, sizeof(obj->state_mem[slot]));
	if (obj->hw_mem)
		memset(&obj->hw_mem[slot], 0, sizeof(obj->hw_mem[slot]));
	return ret;
}

/* Reads all of a hash map, in batches of keys and values. @cb returns 0 to go on. */
static int walk(int fd, size_t key_size, size_t value_size,
		int (*cb)(const void *key, const void *value, void *data), void *data)
{
	uint32_t size = BATCH, len, at = 0, *in = NULL, i;
	char *keys = NULL, *values = NULL;
	int ret = 0, last = 0;

	while (!ret && !last) {
		char *k = reallocarray(keys, size, key_size);
		char *v = reallocarray(values, size, value_size);

		keys = k ? k : keys;
		values = v ? v : values;
		if (!k || !v) {
			ret = -ENOMEM;
			break;
		}
		len = size;
		last = bpf_map_lookup_batch(fd, in, &at, keys, values, &len, NULL);
		if (last == -ENOSPC) { /* one bucket holds more than that */
			size *= 2;
			last = 0;
			continue;
		}
		if (last && last != -ENOENT)
			ret = last;
		for (i = 0; !ret && i < len; i++)
			ret = cb(keys + i * key_size, values + i * value_size, data);
		in = &at;
	}
	free(keys);
	free(values);
	return ret;
}

/* The types of the callbacks, which walk() does not know. */
struct walk_fdb {
	int (*cb)(const struct repx_fdb_key *key, const struct repx_fdb *entry, void *data);
	void *data;
};

static int walk_fdb_cb(const void *key, const void *value, void *data)
{
	const struct walk_fdb *w = data;

	return w->cb(key, value, w->data);
}

int bpf_obj_fdb_walk(const struct bpf_obj *obj,
		     int (*cb)(const struct repx_fdb_key *key, const struct repx_fdb *entry,
			       void *data),
		     void *data)
{
	struct walk_fdb w = {cb, data};

	return walk(obj->fdb, sizeof(struct repx_fdb_key), sizeof(struct repx_fdb), walk_fdb_cb,
		    &w);
}

struct walk_flow {
	int (*cb)(const struct repx_flow_key *key, const struct repx_flow *flow, void *data);
	void *data;
};

static int walk_flow_cb(const void *key, const void *value, void *data)
{
	const struct walk_flow *w = data;

	return w->cb(key, value, w->data);
}

int bpf_obj_flow_walk(const struct bpf_obj *obj,
		      int (*cb)(const struct repx_flow_key *key, const struct repx_flow *flow,
				void *data),
		      void *data)
{
	struct walk_flow w = {cb, data};

	return walk(obj->flows, sizeof(struct repx_flow_key), sizeof(struct repx_flow),
		    walk_flow_cb, &w);
}

struct flow_clear {
	const struct bpf_obj *obj;
	const bool *slots; /* NULL: all */
};

static bool flow_goes(const struct flow_clear *c, const struct repx_flow_key *key,
		      const struct repx_flow *flow)
{
	uint32_t max = c->obj->max_ports;

	if (!c->slots)
		return true;
	return (key->port < max && c->slots[key->port]) || (flow->out < max && c->slots[flow->out]);
}

static int flow_clear_one(const struct repx_flow_key *key, const struct repx_flow *flow, void *data)
{
	const struct flow_clear *c = data;

	if (flow_goes(c, key, flow))
		bpf_map_delete_elem(c->obj->flows, key);
	return 0;
}

int bpf_obj_flow_clear(const struct bpf_obj *obj, const bool *slots)
{
	struct flow_clear c = {obj, slots};

	return bpf_obj_flow_walk(obj, flow_clear_one, &c);
}
