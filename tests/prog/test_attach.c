// SPDX-License-Identifier: GPL-2.0-only
/* test_attach.c - setting, changing, updating and clearing hooks */
#include "attach_fix.h"
#include <poll.h>

static const struct attach_mode modes[] = {
	{ATTACH_XDP_NONE, ATTACH_TC_TCX, false},    {ATTACH_XDP_NONE, ATTACH_TC_CLSACT, false},
	{ATTACH_XDP_NATIVE, ATTACH_TC_TCX, false},  {ATTACH_XDP_NATIVE, ATTACH_TC_CLSACT, false},
	{ATTACH_XDP_GENERIC, ATTACH_TC_TCX, false}, {ATTACH_XDP_GENERIC, ATTACH_TC_CLSACT, false},
	{ATTACH_XDP_NONE, ATTACH_TC_NONE, false},
};

static void every_transition(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		for (j = 0; j < ARRAY_SIZE(modes); j++) {
			set_ok(modes[i].xdp, modes[i].tc);
			assert_hooks(modes[i].xdp, modes[i].tc, 0);
			set_ok(modes[j].xdp, modes[j].tc);
			assert_hooks(modes[j].xdp, modes[j].tc, 0);
			assert_int_equal(attach_check(&env, a.ifindex, SLOT, &st), 1);
		}
	}
	assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, NULL), 0);
	assert_hooks(ATTACH_XDP_NONE, ATTACH_TC_NONE, 0);
}

static void clear_from_every_mode(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		set_ok(modes[i].xdp, modes[i].tc);
		assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, NULL), 0);
		assert_hooks(ATTACH_XDP_NONE, ATTACH_TC_NONE, 0);
	}
}

/* An upgrade keeps the hooks and swaps the programs. */
static void update_in_place(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(modes) - 1; i++) {
		generation(0);
		set_ok(modes[i].xdp, modes[i].tc);
		generation(1);
		assert_int_equal(attach_check(&env, a.ifindex, SLOT, &st), 0);
		set_ok(modes[i].xdp, modes[i].tc);
		assert_hooks(modes[i].xdp, modes[i].tc, 1);
		assert_int_equal(attach_check(&env, a.ifindex, SLOT, &st), 1);
	}
}

/* The run state was lost: what is there is taken over, under whatever slot. */
static void second_attach_takes_over(void **state)
{
	struct attach_mode mode = {ATTACH_XDP_NATIVE, ATTACH_TC_TCX, false}, out;

	(void)state;
	set_ok(ATTACH_XDP_NATIVE, ATTACH_TC_TCX);
	memset(&st, 0, sizeof(st));
	refresh();
	set_ok(ATTACH_XDP_NATIVE, ATTACH_TC_TCX);
	assert_hooks(ATTACH_XDP_NATIVE, ATTACH_TC_TCX, 0);

	assert_int_equal(rename(LINKS "/xdp-3", LINKS "/xdp-8"), 0);
	assert_int_equal(rename(LINKS "/tcx-3", LINKS "/tcx-8"), 0);
	memset(&st, 0, sizeof(st));
	assert_int_equal(
		attach_choose(&env, &a, CONF_ATTACH_XDP, false, &st.mode, &out, NULL, 0, &err), 0);
	generation(1);
	assert_int_equal(attach_set(&env, &a, SLOT, &mode, &st, &err), 0);
	assert_hooks(ATTACH_XDP_NATIVE, ATTACH_TC_TCX, 1);
	assert_false(exists(LINKS "/xdp-8") || exists(LINKS "/tcx-8"));

	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT);
	memset(&st, 0, sizeof(st));
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT);
	run("test $(tc filter show dev a0 ingress | grep -c 'handle 0x1') = 1");
}

/* The qdisc we made stays as long as somebody's filter is in it. */
static void clsact_with_guests(void **state)
{
	(void)state;
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT);
	assert_true(st.clsact_made);
	run("tc filter add dev a0 egress pref 9 protocol ip u32 match u32 0 0");
	assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, NULL), 0);
	run("tc filter show dev a0 egress | grep -q u32");
	run("! tc filter show dev a0 ingress | grep -q repx");
}

static void pref_is_taken(void **state)
{
	int fd = tc_fd[1];

	(void)state;
	run("tc qdisc add dev a0 clsact");
	assert_int_equal(rtnl_filter_set(&rtnl, a.ifindex, PREF, 1, fd, "theirs", false), 0);
	assert_int_equal(set(ATTACH_XDP_NONE, ATTACH_TC_CLSACT), -EBUSY);
	assert_non_null(strstr(err.text, "'theirs'"));
	run("tc filter show dev a0 ingress | grep -q theirs");
	st = (struct attach_state){.mode.tc = ATTACH_TC_CLSACT, .tc_pref = PREF};
	assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, NULL), 0);
	run("tc filter show dev a0 ingress | grep -q theirs");
}

/* A qdisc made for a filter that is then refused goes again. */
static void filter_is_refused(void **state)
{
	(void)state;
	env.tc_fd = xdp_fd[0];
	assert_int_equal(set(ATTACH_XDP_NONE, ATTACH_TC_CLSACT), -EINVAL);
	assert_hooks(ATTACH_XDP_NONE, ATTACH_TC_NONE, 0);
}

static void pref_changes(void **state)
{
	struct rtnl_filter f;

	(void)state;
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT);
	env.tc_pref = 77;
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT);
	assert_int_equal(rtnl_filter_get(&rtnl, a.ifindex, PREF, 1, &f), -ENOENT);
	assert_int_equal(rtnl_filter_get(&rtnl, a.ifindex, 77, 1, &f), 0);
	assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, NULL), 0);
	assert_int_equal(rtnl_clsact_get(&rtnl, a.ifindex), 0);
}

static void netdev_goes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		set_ok(modes[i].xdp, modes[i].tc);
		assert_int_equal(rtnl_link_del(&rtnl, a.ifindex), 0);
		if (i < ARRAY_SIZE(modes) - 1)
			assert_int_equal(attach_check(&env, a.ifindex, SLOT, &st), 0);
		assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, &err), 0);
		assert_false(exists(LINKS "/xdp-3") || exists(LINKS "/tcx-3"));
		assert_int_equal(rtnl_veth_add(&rtnl, "a0", "b0"), 0);
		assert_int_equal(rtnl_link_get(&rtnl, "a0", &a), 0);
	}
	/* a dead pin under the slot of a new netdev */
	set_ok(ATTACH_XDP_NATIVE, ATTACH_TC_TCX);
	assert_int_equal(rtnl_link_del(&rtnl, a.ifindex), 0);
	assert_int_equal(rtnl_veth_add(&rtnl, "a0", "b0"), 0);
	assert_int_equal(rtnl_link_get(&rtnl, "a0", &a), 0);
	memset(&st, 0, sizeof(st));
	set_ok(ATTACH_XDP_NATIVE, ATTACH_TC_TCX);
	assert_hooks(ATTACH_XDP_NATIVE, ATTACH_TC_TCX, 0);
}

static void check_sees_loss(void **state)
{
	(void)state;
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT);
	run("tc qdisc del dev a0 clsact");
	assert_int_equal(attach_check(&env, a.ifindex, SLOT, &st), 0);
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT); /* and it comes back */
	assert_int_equal(attach_check(&env, a.ifindex, SLOT, &st), 1);
	set_ok(ATTACH_XDP_NATIVE, ATTACH_TC_TCX);
	assert_int_equal(unlink(LINKS "/xdp-3"), 0);
	assert_int_equal(attach_check(&env, a.ifindex, SLOT, &st), 0);
}

/* Whatever cannot be finished on a read-only bpffs leaves all as it was. */
static void failures_roll_back(void **state)
{
	size_t i, j;
	int fails = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		for (j = 0; j < ARRAY_SIZE(modes); j++) {
			generation(0);
			set_ok(modes[i].xdp, modes[i].tc);
			generation(1);
			read_only(true);
			if (set(modes[j].xdp, modes[j].tc)) {
				assert_string_not_equal(err.text, "");
				assert_hooks(modes[i].xdp, modes[i].tc, 0);
				fails++;
			}
			read_only(false);
		}
	}
	assert_in_range(fails, 30, 49);
}

/* ifb has no native XDP: the old hook is off already when that shows */
static void native_refused(void **state)
{
	struct attach_mode out, none = {0};
	enum attach_tc tc;

	(void)state;
	rtnl_link_del(&rtnl, a.ifindex);
	run("ip link add a0 type ifb");
	assert_int_equal(rtnl_link_get(&rtnl, "a0", &a), 0);
	assert_int_equal(
		attach_choose(&env, &a, CONF_ATTACH_XDP, false, &none, &out, NULL, 0, &err),
		-EOPNOTSUPP);
	assert_non_null(strstr(err.text, "'a0'"));
	for (tc = ATTACH_TC_TCX; tc <= ATTACH_TC_CLSACT; tc++) {
		generation(0);
		assert_int_equal(set(ATTACH_XDP_NATIVE, tc), -EOPNOTSUPP);
		assert_hooks(ATTACH_XDP_NONE, ATTACH_TC_NONE, 0);
		set_ok(ATTACH_XDP_GENERIC, tc);
		generation(1);
		assert_int_equal(set(ATTACH_XDP_NATIVE, ATTACH_TC_TCX), -EOPNOTSUPP);
		assert_hooks(ATTACH_XDP_GENERIC, tc, 0);
		assert_int_equal(set(ATTACH_XDP_NATIVE, ATTACH_TC_CLSACT), -EOPNOTSUPP);
		assert_hooks(ATTACH_XDP_GENERIC, tc, 0);
		assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, NULL), 0);
	}
}

static int expedited(void)
{
	FILE *f = fopen("/sys/kernel/rcu_expedited", "r");
	int value = -1;

	if (f && fscanf(f, "%d", &value) != 1)
		value = -1;
	if (f)
		fclose(f);
	return value;
}

static void expedite(void **state)
{
	uint64_t deadline = now_ns() + 5000000000ULL;
	int outer, inner, before;

	(void)state;
	while (expedited() == 1 && now_ns() < deadline) /* another process's run */
		poll(NULL, 0, 20);
	before = expedited(); /* 1: an administrator's, given back at the end */
	run("echo 0 >/sys/kernel/rcu_expedited");
	assert_int_equal(attach_expedite(true, &outer), 0);
	assert_int_equal(expedited(), 1);
	assert_int_equal(attach_expedite(true, &inner), 0); /* as by another process */
	assert_int_equal(attach_expedite(false, &inner), 0);
	assert_int_equal(expedited(), 1);
	assert_int_equal(attach_expedite(false, &outer), 0);
	assert_int_equal(expedited(), 0);
	assert_int_equal(attach_expedite(false, &outer), 0);
	/* somebody else wants it on for good */
	run("echo 1 >/sys/kernel/rcu_expedited");
	assert_int_equal(attach_expedite(true, &outer), 0);
	assert_int_equal(attach_expedite(false, &outer), 0);
	assert_int_equal(expedited(), 1);
	if (before != 1)
		run("echo 0 >/sys/kernel/rcu_expedited");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VETH_TEST(every_transition),   VETH_TEST(clear_from_every_mode),
		VETH_TEST(update_in_place),    VETH_TEST(second_attach_takes_over),
		VETH_TEST(clsact_with_guests), VETH_TEST(pref_is_taken),
		VETH_TEST(filter_is_refused),  VETH_TEST(pref_changes),
		VETH_TEST(netdev_goes),	       VETH_TEST(check_sees_loss),
		VETH_TEST(failures_roll_back), VETH_TEST(native_refused),
	};
	const struct CMUnitTest first[] = {cmocka_unit_test(expedite)};
	int ret = own_netns_enter();

	if (ret)
		return ret;
	ret = cmocka_run_group_tests(first, NULL, NULL);
	return ret + cmocka_run_group_tests(tests, group_setup, group_teardown);
}
