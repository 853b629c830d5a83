// SPDX-License-Identifier: GPL-2.0-only
/* test_random.c - random frames on random switches, against the model
 *
 * Every switch has its own seed: the first one's is REPX_SEED or taken from the
 * clock, the next has the next number. A failure prints its switch's seed;
 * REPX_SEED=that runs it first.
 */
#include <stdlib.h>

#include "fixtest.h"
#include "gen.h"
#include "util.h"

#define NS_PER_S 1000000000ULL

static uint64_t base_seed(void)
{
	static uint64_t seed;
	const char *env = getenv("REPX_SEED");

	if (!seed)
		seed = env ? strtoull(env, NULL, 0) : now_ns() % 1000000000;
	return seed;
}

static void random_hosts(struct gen *g, struct fix *fix)
{
	static const uint32_t mtus[] = {1500, 1500, 1500, 1400, 9000};

	for (int i = 0; i < FIX_PORTS; i++) {
		fix->mtu[i] = mtus[gen_below(g, 5)];
		fix->flags[i] &= ~(REPX_PORT_XMIT | REPX_PORT_XMIT_SG);
		if (gen_chance(g, 85))
			fix->flags[i] |= REPX_PORT_XMIT | REPX_PORT_XMIT_SG;
	}
}

/* Something that happens to a switch between frames. */
static void random_event(struct gen *g, struct fix *fix)
{
	int port = (int)gen_below(g, (uint32_t)fix->conf.ports_len);
	enum repx_limit_id id = (enum repx_limit_id)gen_below(g, REPX_LIMIT_MAX);
	unsigned int vid = gen_vid(g);
	uint8_t mac[6];

	gen_mac(g, mac);
	switch (gen_below(g, 6)) {
	case 0:
		fix_fdb_age(fix, vid, mac, (GEN_AGEING_S + 2) * NS_PER_S);
		break;
	case 1:
		fix_fdb_age(fix, vid, mac, NS_PER_S);
		break;
	case 2:
		fix_fdb_del(fix, vid, mac);
		break;
	case 3:
		fix_bucket(fix, port, id, true);
		break;
	case 4:
		fix_bucket(fix, port, id, false);
		break;
	default:
		fix_image(fix);
	}
}

static uint32_t random_mark(struct gen *g, enum fix_hook hook)
{
	if (hook != FIX_TC || !gen_chance(g, 10))
		return 0;
	return gen_chance(g, 80) ? REPX_MARK_VALUE | gen_below(g, 16) : gen_u32(g);
}

static bool random_frame(struct gen *g, struct fix *fix, enum fix_hook hook)
{
	static struct model_result result;
	int port = (int)gen_below(g, (uint32_t)fix->conf.ports_len);
	unsigned int times = gen_chance(g, 30) ? 3 : 1;
	static struct pkt pkt;

	do
		gen_frame(g, &pkt);
	while (!fix_can(hook, &pkt));
	while (gen_chance(g, 10))
		random_event(g, fix);
	fix->model.mark = random_mark(g, hook);
	while (times--) {
		fix_settle(fix);
		if (!fix_run(fix, hook, fix_ifindex(fix, port), &pkt, &result, NULL))
			return false;
	}
	return true;
}

static void random_switch(struct fix *fix, enum fix_hook hook, uint64_t seed, unsigned int frames)
{
	struct gen g = {seed};
	static char yaml[GEN_YAML];

	random_hosts(&g, fix);
	gen_conf(&g, yaml);
	if (fix_conf(fix, yaml))
		fail_msg("switch of REPX_SEED=%llu was refused", (unsigned long long)seed);
	for (unsigned int i = 0; i < frames; i++) {
		if (random_frame(&g, fix, hook))
			continue;
		fprintf(stderr, "on:\n%s", yaml);
		fail_msg("frame %u of REPX_SEED=%llu (%s)", i, (unsigned long long)seed,
			 fix_hook_name(hook));
	}
}

static void by_hook(void **state, enum fix_hook hook)
{
	unsigned int switches = fix_live(hook) ? 40 : 200, frames = fix_live(hook) ? 100 : 150;
	struct fix *fix = *state;

	printf("REPX_SEED=%llu: %u switches, %u frames each (%s)\n",
	       (unsigned long long)base_seed(), switches, frames, fix_hook_name(hook));
	assert_int_equal(fix_hook(fix, hook), 0);
	for (unsigned int i = 0; i < switches; i++)
		random_switch(fix, hook, base_seed() + i, frames);
}

FIXTEST_HOOKS(FIXTEST_BODY)

int main(void)
{
	const struct CMUnitTest tests[] = {FIXTEST_HOOKS(FIXTEST_UNIT)};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
