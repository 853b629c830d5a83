// SPDX-License-Identifier: GPL-2.0-only
/* test_attach_choose.c - which hooks a port gets, and what others have there */
#include "repx_abi.h"

#include "repx_xs.skel.h"

#include "attach_fix.h"

static void foreign_xdp(uint32_t flags)
{
	struct attach_mode out = {0}, none = {0};
	char want[64];

	assert_int_equal(bpf_xdp_attach((int)a.ifindex, stranger_fd, flags, NULL), 0);
	refresh();
	assert_int_equal(
		attach_choose(&env, &a, CONF_ATTACH_XDP, false, &none, &out, NULL, 0, &err),
		-EBUSY);
	snprintf(want, sizeof(want), "program %u 'stranger'", prog_id(stranger_fd));
	assert_non_null(strstr(err.text, want));
	/* and even when it came in between */
	assert_int_equal(set(ATTACH_XDP_NATIVE, ATTACH_TC_TCX), -EBUSY);
	assert_non_null(strstr(err.text, want));
	assert_int_equal(set(ATTACH_XDP_GENERIC, ATTACH_TC_CLSACT), -EBUSY);
	refresh();
	assert_int_equal(a.xdp_prog_id, prog_id(stranger_fd));
	assert_int_equal(tcx_count(NULL), 0);
	assert_int_equal(rtnl_clsact_get(&rtnl, a.ifindex), 0);
	assert_int_equal(st.mode.tc, ATTACH_TC_NONE);
	/* tc alone goes beside it */
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_TCX);
	assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, NULL), 0);
	refresh();
	assert_int_equal(a.xdp_prog_id, prog_id(stranger_fd));
	assert_int_equal(bpf_xdp_attach((int)a.ifindex, -1, flags, NULL), 0);
}

static void foreign_native_xdp(void **state)
{
	(void)state;
	foreign_xdp(XDP_FLAGS_DRV_MODE);
}

static void foreign_generic_xdp(void **state)
{
	(void)state;
	foreign_xdp(XDP_FLAGS_SKB_MODE);
}

static void foreign_filters(void **state)
{
	char warn[256];

	(void)state;
	assert_int_equal(choose(CONF_ATTACH_TC, NULL, 0).tc, ATTACH_TC_TCX);
	run("tc qdisc add dev a0 clsact");
	assert_int_equal(choose(CONF_ATTACH_TC, NULL, 0).tc, ATTACH_TC_TCX);
	run("tc filter add dev a0 ingress pref 9 protocol ip u32 match u32 0 0");
	assert_int_equal(choose(CONF_ATTACH_TC, NULL, 0).tc, ATTACH_TC_CLSACT);
	assert_int_equal(choose(CONF_ATTACH_AUTO, NULL, 0).tc, ATTACH_TC_CLSACT);
	assert_int_equal(choose(CONF_ATTACH_TCX, warn, sizeof(warn)).tc, ATTACH_TC_TCX);
	assert_non_null(strstr(warn, "u32 filter at pref 9"));
	/* the qdisc is not ours */
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT);
	assert_false(st.clsact_made);
	assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, NULL), 0);
	run("tc filter show dev a0 ingress | grep -q u32");
	run("! tc filter show dev a0 ingress | grep -q repx");
	run("tc filter del dev a0 ingress");
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT);
	assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, NULL), 0);
	assert_int_equal(rtnl_clsact_get(&rtnl, a.ifindex), 1);
}

/* A running port keeps its hook, whatever others add later. */
static void hook_is_kept(void **state)
{
	(void)state;
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_TCX);
	run("tc qdisc add dev a0 clsact");
	run("tc filter add dev a0 ingress pref 9 protocol ip u32 match u32 0 0");
	assert_int_equal(choose(CONF_ATTACH_AUTO, NULL, 0).tc, ATTACH_TC_TCX);
	assert_int_equal(choose(CONF_ATTACH_CLSACT, NULL, 0).tc, ATTACH_TC_CLSACT);
	set_ok(ATTACH_XDP_NONE, ATTACH_TC_CLSACT);
	run("tc filter del dev a0 ingress pref 9");
	assert_int_equal(choose(CONF_ATTACH_TC, NULL, 0).tc, ATTACH_TC_CLSACT);
}

static void assert_choice(enum conf_attach want, enum attach_xdp xdp)
{
	struct attach_mode mode = choose(want, NULL, 0);

	assert_int_equal(mode.xdp, xdp);
	assert_int_equal(mode.tc, want == CONF_ATTACH_CLSACT ? ATTACH_TC_CLSACT : ATTACH_TC_TCX);
	assert_false(mode.xdp_shared);
}

static void choices(void **state)
{
	struct attach_mode out = {.tc = ATTACH_TC_CLSACT}, none = {0};

	(void)state;
	assert_choice(CONF_ATTACH_AUTO, ATTACH_XDP_NONE);
	assert_choice(CONF_ATTACH_TC, ATTACH_XDP_NONE);
	assert_choice(CONF_ATTACH_TCX, ATTACH_XDP_NONE);
	assert_choice(CONF_ATTACH_CLSACT, ATTACH_XDP_NONE);
	assert_choice(CONF_ATTACH_XDP, ATTACH_XDP_NATIVE);
	assert_choice(CONF_ATTACH_XDP_GENERIC, ATTACH_XDP_GENERIC);
	/* as hardware would be */
	a.has_parent = true;
	assert_choice(CONF_ATTACH_AUTO, ATTACH_XDP_NATIVE);
	str_copy(a.phys_port, sizeof(a.phys_port), "p0");
	assert_choice(CONF_ATTACH_AUTO, ATTACH_XDP_NATIVE);
	str_copy(a.phys_port, sizeof(a.phys_port), "c1pf0sf88");
	assert_choice(CONF_ATTACH_AUTO, ATTACH_XDP_NONE);
	assert_int_equal(
		attach_choose(&env, &a, CONF_ATTACH_XDP, false, &none, &out, NULL, 0, &err),
		-EOPNOTSUPP);
	assert_int_equal(out.tc, ATTACH_TC_CLSACT); /* untouched */
	a.phys_port[0] = 0;
	env.xdp_fd = -1;
	env.xdp_why = "verifier says no";
	assert_choice(CONF_ATTACH_AUTO, ATTACH_XDP_NONE);
	memset(&err, 0, sizeof(err));
	assert_int_equal(
		attach_choose(&env, &a, CONF_ATTACH_XDP, false, &none, &out, NULL, 0, &err),
		-EOPNOTSUPP);
	assert_non_null(strstr(err.text, "verifier says no"));
	a.ethernet = false;
	assert_int_equal(attach_choose(&env, &a, CONF_ATTACH_TC, false, &none, &out, NULL, 0, &err),
			 -EOPNOTSUPP);
}

static void auto_leaves_foreign_xdp(void **state)
{
	char warn[256];

	(void)state;
	assert_int_equal(bpf_xdp_attach((int)a.ifindex, stranger_fd, XDP_FLAGS_DRV_MODE, NULL), 0);
	refresh();
	a.has_parent = true;
	assert_int_equal(choose(CONF_ATTACH_AUTO, warn, sizeof(warn)).xdp, ATTACH_XDP_NONE);
	assert_non_null(strstr(warn, "'stranger'"));
}

static void warnings(void **state)
{
	char warn[256];

	(void)state;
	choose(CONF_ATTACH_TC, warn, sizeof(warn));
	assert_string_equal(warn, "");
	choose(CONF_ATTACH_XDP_GENERIC, warn, sizeof(warn));
	assert_non_null(strstr(warn, "generic"));
	choose(CONF_ATTACH_XDP, warn, sizeof(warn));
	assert_non_null(strstr(warn, "ethtool -K b0"));
	choose(CONF_ATTACH_XDP, warn, 8); /* cut, not overrun */
	assert_int_equal(strlen(warn), 7);
	run("ethtool -K b0 tx off >/dev/null");
	choose(CONF_ATTACH_XDP, warn, sizeof(warn));
	assert_non_null(strstr(warn, "ethtool -K b0"));
	run("ethtool -K b0 tx on txvlan off >/dev/null");
	choose(CONF_ATTACH_XDP, warn, sizeof(warn));
	assert_non_null(strstr(warn, "ethtool -K b0"));
	run("ethtool -K b0 tx off >/dev/null");
	choose(CONF_ATTACH_XDP, warn, sizeof(warn));
	assert_string_equal(warn, "");
}

/* the program as libxdp gets it, on maps of its own */
static int open_object(void *data, struct bpf_object **out)
{
	const void *elf;
	size_t size;

	(void)data;
	elf = repx_xs__elf_bytes(&size);
	*out = bpf_object__open_mem(elf, size, NULL);
	return *out ? 0 : -errno;
}

/* Here libxdp may fall back to a program without dispatcher. */
static void shared(void **state)
{
	struct attach_mode mode = {ATTACH_XDP_NATIVE, ATTACH_TC_TCX, true};
	uint32_t id;
	int newer;

	(void)state;
	assert_int_equal(attach_set(&env, &a, SLOT, &mode, &st, &err), -EOPNOTSUPP);
	assert_hooks(ATTACH_XDP_NONE, ATTACH_TC_NONE, 0);
	env.xdp_object = open_object;
	set_ok(ATTACH_XDP_NATIVE, ATTACH_TC_TCX);
	memset(&err, 0, sizeof(err));
	if (attach_set(&env, &a, SLOT, &mode, &st, &err))
		fail_msg("%s", err.text);
	refresh();
	id = a.xdp_prog_id;
	assert_int_not_equal(id, 0);
	assert_true(st.mode.xdp_shared && st.xdp_prog_id);
	assert_false(exists(LINKS "/xdp-3"));
	assert_int_equal(attach_set(&env, &a, SLOT, &mode, &st, &err), 0);
	assert_int_equal(attach_check(&env, a.ifindex, SLOT, &st), 1);
	refresh();
	assert_int_equal(a.xdp_prog_id, id);
	/* it is older than the program of an upgrade: it is replaced */
	env.xdp_fd = newer = own_netns_prog(BPF_PROG_TYPE_XDP, "newer", XDP_PASS);
	assert_int_equal(attach_check(&env, a.ifindex, SLOT, &st), 0);
	assert_int_equal(attach_set(&env, &a, SLOT, &mode, &st, &err), 0);
	refresh();
	assert_int_not_equal(a.xdp_prog_id, id);
	generation(0);
	close(newer);
	/* a run that was killed did not write down which one it made */
	st.xdp_prog_id = 0;
	assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, &err), 0);
	assert_hooks(ATTACH_XDP_NONE, ATTACH_TC_NONE, 0);
	set_ok(ATTACH_XDP_NATIVE, ATTACH_TC_CLSACT);
	assert_hooks(ATTACH_XDP_NATIVE, ATTACH_TC_CLSACT, 0);
	assert_int_equal(attach_set(&env, &a, SLOT, &mode, &st, &err), 0);
	assert_int_equal(attach_clear(&env, a.ifindex, SLOT, &st, &err), 0);
	assert_hooks(ATTACH_XDP_NONE, ATTACH_TC_NONE, 0);
}

static void shared_beside_foreign(void **state)
{
	struct attach_mode mode = {ATTACH_XDP_NATIVE, ATTACH_TC_TCX, true};

	(void)state;
	env.xdp_object = open_object;
	assert_int_equal(bpf_xdp_attach((int)a.ifindex, stranger_fd, XDP_FLAGS_DRV_MODE, NULL), 0);
	assert_int_not_equal(attach_set(&env, &a, SLOT, &mode, &st, &err), 0);
	assert_non_null(strstr(err.text, "'stranger' of somebody else did not come by libxdp"));
	refresh();
	assert_int_equal(a.xdp_prog_id, prog_id(stranger_fd));
	assert_int_equal(tcx_count(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VETH_TEST(foreign_native_xdp),
		VETH_TEST(foreign_generic_xdp),
		VETH_TEST(foreign_filters),
		VETH_TEST(hook_is_kept),
		VETH_TEST(choices),
		VETH_TEST(auto_leaves_foreign_xdp),
		VETH_TEST(warnings),
		VETH_TEST(shared),
		VETH_TEST(shared_beside_foreign),
	};
	int ret = own_netns_enter();

	if (ret)
		return ret;
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
