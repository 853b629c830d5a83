// SPDX-License-Identifier: GPL-2.0-only
/* test_truncate.c - frames cut at every length get the model's verdict */
#include "fixtest.h"
#include "util.h"

#define GUARD "ip: [10.0.0.1, '2001:db8::/64']"
#define YAML(strict)                                                                     \
	ROW_SW "ports:\n" ROW_UP ROW_Q                                                   \
	       "- {name: z, netdev: p6, vlan: {trunk: [10], native: 10}}\n"              \
	       "- {name: g, netdev: p5, vlan: {trunk: [10], native: 10}, guard: {" GUARD \
	       ", strict: " strict "}}\n"                                                \
	       "- {name: m, netdev: p1, vlan: {access: 10}, guard:"                      \
	       " {mac: ['02:00:00:00:00:01'], " GUARD "}}\n"

#define OK6 "2001:db8::1"
#define NS "ip6," OK6 ",ff02::1,"
#define DAD "ip6,::,ff02::1,"
#define CHAIN "ext,43,1 ext,44,2 frag,51,0 ah,60,3 ext,58,0 "

static const struct {
	const char *port, *frame;
} frames[] = {
	{"g", "bc m1 ip4,10.0.0.1,10.0.0.2,17,ihl=8 udp,1,2 raw,20"},
	{"g", "bc m1 ip4,0.0.0.0,255.255.255.255,17 udp,68,67 raw,20"},
	{"g", "bc m1 q,10,3 ip4,0.0.0.0,255.255.255.255,17,ihl=6 udp,68,67 raw,20"},
	{"g", "bc m1 arp,m1,10.0.0.1 pad,60"},
	{"g", "bc m1 q,0,5 arp,m1,0.0.0.0 pad,60"},
	{"m", "bc m1 arp,m2,10.0.0.1 pad,60"},
	{"g",
	 "33:33:00:00:00:01 m1 q,10 " NS "60 " CHAIN "ns," OK6 " opt,1,m1 opt,14,m2,2 opt,2,m1"},
	{"g", "33:33:00:00:00:01 m1 " NS "60 ext,17,3 udp,1,2 raw,9"},
	{"g", "33:33:00:00:00:01 m1 " NS "51 ah,17,5 udp,1,2 raw,9"},
	{"g", "33:33:00:00:00:01 m1 " DAD "58 ns," OK6 " opt,14,m1"},
	{"g", "33:33:00:00:00:01 m1 " DAD "0 ext,58,0 icmp6,143 raw,30"},
	{"m", "33:33:00:00:00:01 m1 " NS "58 na," OK6 " opt,2,m1 opt,2,m2"},
	{"m", "33:33:00:00:00:01 m1 " NS "44 frag,58,0 na," OK6 " opt,2,m1"},
	{"up", "bc m1 ad,100,3 q,10 ip4,10.0.0.1,10.0.0.2,17 raw,30"},
	{"up", "m2 m1 q,10,3 q,11 q,12 type,0800 raw,30"},
	{"q", "bc m1 q,10,3 q,11 q,12 type,0800 raw,30"},
	{"g", "bc m1 q,10 q,11 type,0800 raw,30"},
	{"g", "ll0e m1 type,88cc raw,30"},
};

static int cut_frame(struct fix *fix, enum fix_hook hook, size_t n)
{
	static struct model_result result;
	int port = model_port(&fix->model, frames[n].port), failed = 0;
	struct pkt pkt;

	pkt_text(&pkt, frames[n].frame);
	for (; pkt.len >= 14; pkt.len--) {
		if (!fix_can(hook, &pkt))
			continue;
		if (fix_run(fix, hook, fix_ifindex(fix, port), &pkt, &result, NULL))
			continue;
		fprintf(stderr, "FAILED '%s' cut to %zu bytes (%s)\n", frames[n].frame, pkt.len,
			fix_hook_name(hook));
		failed++;
	}
	return failed;
}

static void by_hook(void **state, enum fix_hook hook)
{
	static const char *const yaml[] = {YAML("false"), YAML("true")};
	struct fix *fix = *state;
	int failed = 0;

	assert_int_equal(fix_hook(fix, hook), 0);
	for (size_t y = 0; y < ARRAY_SIZE(yaml); y++) {
		assert_int_equal(fix_conf(fix, yaml[y]), 0);
		for (size_t n = 0; n < ARRAY_SIZE(frames); n++)
			failed += cut_frame(fix, hook, n);
	}
	assert_int_equal(failed, 0);
}

static void test_xdp(void **state)
{
	by_hook(state, FIX_XDP);
}

static void test_tc(void **state)
{
	by_hook(state, FIX_TC);
}

/* takes the frames that a tc test run does not */
static void test_live_tcx(void **state)
{
	by_hook(state, FIX_LIVE_TCX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xdp),
		cmocka_unit_test(test_tc),
		cmocka_unit_test(test_live_tcx),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
