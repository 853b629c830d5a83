// SPDX-License-Identifier: GPL-2.0-only
/* test_moves.c - what rules of an eswitch stand on: addresses that move are told, and those
 * that only hardware hears of are kept alive, where they are */
#include "fixtest.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>

#include "util.h"

#define DATA "type,0800 raw,46"

static struct repx_move last;
static unsigned int told;

static int on_move(void *ctx, void *data, size_t size)
{
	(void)ctx;
	assert_int_equal(size, sizeof(last));
	memcpy(&last, data, sizeof(last));
	told++;
	return 0;
}

static uint32_t slot(const struct fix *fix, const char *port)
{
	return fix->image[model_port(&fix->model, port)].slot;
}

static void by_hook(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	struct ring_buffer *ring;
	uint64_t epoch;
	uint8_t mac[6];

	assert_int_equal(fix_conf(fix, ROW_BASE), 0);
	assert_int_equal(fix_hook(fix, hook), 0);
	ring = ring_buffer__new(fix->obj.moves, on_move, NULL, NULL);
	assert_non_null(ring);
	ring_buffer__consume(ring);
	told = 0;
	/* nobody asked: nothing is told */
	fixtest_send(fix, hook, "a", "bc m1 " DATA);
	fixtest_send(fix, hook, "b", "bc m1 " DATA);
	ring_buffer__consume(ring);
	assert_int_equal(told, 0);
	fix->obj.cfg_mem->sample = 1;
	fixtest_send(fix, hook, "a", "bc m3 " DATA); /* new: no move */
	ring_buffer__consume(ring);
	assert_int_equal(told, 0);
	epoch = fix->obj.cfg_mem->epoch;
	fixtest_send(fix, hook, "a", "bc m1 " DATA);
	ring_buffer__consume(ring);
	assert_int_equal(told, 1);
	assert_int_equal(fix->obj.cfg_mem->epoch, epoch + 2);
	pkt_mac(mac, "m1");
	assert_memory_equal(last.key.mac, mac, 6);
	assert_int_equal(last.key.vlan, 10);
	assert_int_equal(last.from, slot(fix, "b"));
	assert_int_equal(last.to, slot(fix, "a"));
	fixtest_send(fix, hook, "a", "bc m1 " DATA); /* it is there already */
	ring_buffer__consume(ring);
	assert_int_equal(told, 1);
	fix->obj.cfg_mem->sample = 0;
	ring_buffer__free(ring);
}

static void test_moves_tc(void **state)
{
	by_hook(state, FIX_TC);
}

static void test_moves_live(void **state)
{
	by_hook(state, FIX_LIVE_XDP);
}

static struct repx_fdb entry_of(const struct fix *fix, const struct repx_fdb_key *key)
{
	struct repx_fdb entry;

	assert_int_equal(bpf_map_lookup_elem(fix->obj.fdb, key, &entry), 0);
	return entry;
}

static void test_touch(void **state)
{
	struct fix *fix = *state;
	struct repx_touch touch = {.key.vlan = 10, .flags = REPX_FDB_OFFLOADED};
	struct repx_fdb was, now;

	assert_int_equal(fix_conf(fix, ROW_BASE), 0);
	pkt_mac(touch.key.mac, "m1");
	touch.port = slot(fix, "a");
	touch.seen_ns = now_ns();
	assert_int_equal(bpf_obj_touch(&fix->obj, &touch), 0); /* not there */
	fix_fdb_put(fix, 10, touch.key.mac, model_port(&fix->model, "a"), false);
	was = entry_of(fix, &touch.key);
	touch.seen_ns = was.seen_ns + 5;
	assert_int_equal(bpf_obj_touch(&fix->obj, &touch), 1);
	now = entry_of(fix, &touch.key);
	assert_int_equal(now.seen_ns, was.seen_ns + 5);
	assert_int_equal(now.flags, REPX_FDB_OFFLOADED);
	assert_int_equal(now.port, was.port);
	/* never back in time, nor on another port; the mark goes again */
	touch.seen_ns = 1;
	touch.flags = 0;
	assert_int_equal(bpf_obj_touch(&fix->obj, &touch), 1);
	now = entry_of(fix, &touch.key);
	assert_int_equal(now.seen_ns, was.seen_ns + 5);
	assert_int_equal(now.flags, 0);
	touch.port = slot(fix, "b");
	touch.seen_ns = was.seen_ns + 9;
	assert_int_equal(bpf_obj_touch(&fix->obj, &touch), 0);
	assert_int_equal(entry_of(fix, &touch.key).seen_ns, was.seen_ns + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves_tc),
		cmocka_unit_test(test_moves_live),
		cmocka_unit_test(test_touch),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
