// SPDX-License-Identifier: GPL-2.0-only
/* test_cache.c - repx_cache: who gets a place that more than one flow has; that a flow in it
 * does not keep a frame from its mark */
#include "fixtest.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

#define DATA "type,0800 raw,46"
#define DEADLINE_NS 5000000000ULL

struct found {
	uint32_t place;
	struct repx_cache *all; /* of that place, on each CPU */
	struct repx_cache *entry;
};

static void look(const struct fix *fix, uint32_t place, struct repx_cache *all)
{
	assert_int_equal(bpf_map_lookup_elem(fix->obj.cache, &place, all), 0);
}

static void put(const struct fix *fix, const struct found *f)
{
	assert_int_equal(bpf_map_update_elem(fix->obj.cache, &f->place, f->all, BPF_EXIST), 0);
}

/* The entry of a flow, by its two addresses. Return: whether there is one. */
static bool find(const struct fix *fix, const uint8_t macs[12], struct found *f)
{
	int cpus = libbpf_num_possible_cpus(), i;

	for (f->place = 0; f->place < REPX_CACHE_SLOTS; f->place++) {
		look(fix, f->place, f->all);
		for (i = 0; i < cpus; i++) {
			f->entry = &f->all[i];
			if (f->entry->epoch == fix->obj.cfg_mem->epoch &&
			    !memcmp(f->entry->dst, macs, 12))
				return true;
		}
	}
	return false;
}

/* Sends a frame of the flow that had the place of @f before another got it. Return: has it
 * the place again? */
static bool gets_it(struct fix *fix, enum fix_hook hook, const struct found *f,
		    const uint8_t macs[12])
{
	put(fix, f);
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
	look(fix, f->place, f->all);
	return !memcmp(f->entry->dst, macs, 12);
}

static void by_hook(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	struct repx_cache other;
	struct found f;
	struct pkt pkt;
	uint8_t mac[6];
	uint64_t end = now_ns() + DEADLINE_NS;

	assert_int_equal(fix_conf(fix, ROW_BASE), 0);
	assert_int_equal(fix_hook(fix, hook), 0);
	pkt_mac(mac, "m2");
	fix_fdb_put(fix, 10, mac, model_port(&fix->model, "b"), false);
	fixtest_send(fix, hook, "a", "bc m1 " DATA); /* learnt, so that no epoch begins later */
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
	f.all = calloc((size_t)libbpf_num_possible_cpus(), sizeof(*f.all));
	assert_non_null(f.all);
	pkt_text(&pkt, "m2 m1 " DATA);
	assert_true(find(fix, pkt.data, &f));
	f.entry->src[5] ^= 0x80; /* it is another flow's now, that is in use ... */
	f.entry->until += REPX_HOLD / 2;
	other = *f.entry;
	while (gets_it(fix, hook, &f, pkt.data)) { /* as when we slept too long */
		assert_true(now_ns() < end);
		other.until = f.entry->until + REPX_HOLD / 2;
		*f.entry = other;
	}
	assert_memory_equal(f.entry, &other, sizeof(other));
	*f.entry = other; /* ... that is dropped ... */
	f.entry->drop = 1;
	assert_true(gets_it(fix, hook, &f, pkt.data));
	*f.entry = other; /* ... that is not in use any more ... */
	f.entry->until -= REPX_HOLD;
	assert_true(gets_it(fix, hook, &f, pkt.data));
	*f.entry = other; /* ... that is of another epoch */
	f.entry->epoch -= 2;
	assert_true(gets_it(fix, hook, &f, pkt.data));
	free(f.all);
}

static void test_marked(void **state)
{
	struct fix *fix = *state;
	struct pkt pkt;
	struct found f;
	uint8_t mac[6];

	assert_int_equal(
		fix_conf(fix,
			 "version: 1\nswitch: {name: t, tc: {marks: true}}\nports:\n" ROW_A ROW_B),
		0);
	assert_int_equal(fix_hook(fix, FIX_TC), 0);
	pkt_mac(mac, "m2");
	fix_fdb_put(fix, 10, mac, model_port(&fix->model, "b"), false);
	fixtest_send(fix, FIX_TC, "a", "bc m1 " DATA);
	fixtest_send(fix, FIX_TC, "a", "m2 m1 " DATA);
	f.all = calloc((size_t)libbpf_num_possible_cpus(), sizeof(*f.all));
	assert_non_null(f.all);
	pkt_text(&pkt, "m2 m1 " DATA);
	assert_true(find(fix, pkt.data, &f));
	free(f.all);
	fix->model.mark = REPX_MARK_VALUE | REPX_MARK_DROP;
	fixtest_send(fix, FIX_TC, "a", "m2 m1 " DATA);
	fix->model.mark = 0;
	fixtest_send(fix, FIX_TC, "a", "m2 m1 " DATA);
}

FIXTEST_BODY(tc, FIX_TC)
FIXTEST_BODY(live_tcx, FIX_LIVE_TCX)
FIXTEST_BODY(live_xdp, FIX_LIVE_XDP)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTEST_UNIT(tc, FIX_TC) FIXTEST_UNIT(live_tcx, FIX_LIVE_TCX)
			FIXTEST_UNIT(live_xdp, FIX_LIVE_XDP) cmocka_unit_test(test_marked)};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
