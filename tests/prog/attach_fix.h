/* SPDX-License-Identifier: GPL-2.0-only */
/* attach_fix.h - a veth pair a0-b0, programs and an independent look at hooks
 *
 * One set of all this for each test program that includes it.
 */
#ifndef REPX_TEST_ATTACH_FIX_H
#define REPX_TEST_ATTACH_FIX_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <xdp/libxdp.h>

#include <cmocka.h>

#include "attach.h"
#include "own_netns.h"
#include "util.h"

#define LINKS "/sys/fs/bpf/links"
#define TCX_INGRESS 46
#define SLOT 3
#define PREF 49152

static struct rtnl rtnl;
static struct attach_env env;
static struct attach_state st;
static struct err err;
static struct rtnl_link a;
static int xdp_fd[2], tc_fd[2], stranger_fd; /* [1]: the programs of an upgrade */

static inline void run(const char *command)
{
	if (own_netns_run(command))
		fail_msg("%s", command);
}

static uint32_t prog_id(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &len), 0);
	return info.id;
}

static inline bool exists(const char *path)
{
	struct stat st_;

	return !stat(path, &st_);
}

static inline int tcx_count(uint32_t *id)
{
	uint32_t flags, ids[8] = {0}, count = ARRAY_SIZE(ids);

	assert_int_equal(bpf_prog_query((int)a.ifindex, TCX_INGRESS, 0, &flags, ids, &count), 0);
	if (id)
		*id = ids[0];
	return (int)count;
}

static inline void refresh(void)
{
	assert_int_equal(rtnl_link_get_index(&rtnl, a.ifindex, &a), 0);
}

/* What is really there, seen without the code under test. */
static inline void assert_hooks(enum attach_xdp xdp, enum attach_tc tc, int gen)
{
	static const uint8_t mode[] = {XDP_ATTACHED_NONE, XDP_ATTACHED_DRV, XDP_ATTACHED_SKB};
	struct rtnl_filter f = {0};
	uint32_t id;

	refresh();
	assert_int_equal(a.xdp_mode, mode[xdp]);
	assert_int_equal(a.xdp_prog_id, xdp ? prog_id(xdp_fd[gen]) : 0);
	assert_int_equal(tcx_count(&id), tc == ATTACH_TC_TCX);
	assert_int_equal(id, tc == ATTACH_TC_TCX ? prog_id(tc_fd[gen]) : 0);
	assert_int_equal(rtnl_clsact_get(&rtnl, a.ifindex), tc == ATTACH_TC_CLSACT);
	rtnl_filter_get(&rtnl, a.ifindex, PREF, 1, &f);
	assert_int_equal(f.prog_id, tc == ATTACH_TC_CLSACT ? prog_id(tc_fd[gen]) : 0);
	assert_int_equal(exists(LINKS "/xdp-3"), xdp != ATTACH_XDP_NONE);
	assert_int_equal(exists(LINKS "/tcx-3"), tc == ATTACH_TC_TCX);
	assert_int_equal(st.mode.xdp, xdp);
	assert_int_equal(st.mode.tc, tc);
}

static inline int set(enum attach_xdp xdp, enum attach_tc tc)
{
	struct attach_mode mode = {.xdp = xdp, .tc = tc};

	memset(&err, 0, sizeof(err));
	return attach_set(&env, &a, SLOT, &mode, &st, &err);
}

static inline void set_ok(enum attach_xdp xdp, enum attach_tc tc)
{
	if (set(xdp, tc))
		fail_msg("%s", err.text);
}

static inline void generation(int gen)
{
	env.xdp_fd = xdp_fd[gen];
	env.tc_fd = tc_fd[gen];
}

static inline void read_only(bool on)
{
	unsigned long flags = MS_REMOUNT | MS_BIND | (on ? MS_RDONLY : 0);

	assert_int_equal(mount(NULL, "/sys/fs/bpf", NULL, flags, NULL), 0);
}

static inline int setup(void **state)
{
	(void)state;
	if (rtnl_veth_add(&rtnl, "a0", "b0") || rtnl_link_get(&rtnl, "a0", &a))
		return -1;
	memset(&st, 0, sizeof(st));
	memset(&err, 0, sizeof(err));
	env = (struct attach_env){
		.rtnl = &rtnl, .links_dir = LINKS, .tc_pref = PREF, .xdp_why = NULL};
	generation(0);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	mount(NULL, "/sys/fs/bpf", NULL, MS_REMOUNT | MS_BIND, NULL);
	attach_clear(&env, a.ifindex, SLOT, &st, NULL);
	rtnl_link_del(&rtnl, a.ifindex);
	/* pins that a failing test left must not fail the next */
	return own_netns_run("rm -f " LINKS "/*");
}

static inline struct attach_mode choose(enum conf_attach want, char *warn, size_t size)
{
	struct attach_mode out = {0};

	memset(&err, 0, sizeof(err));
	if (attach_choose(&env, &a, want, false, &st.mode, &out, warn, size, &err))
		fail_msg("%s", err.text);
	return out;
}

/* Some hundred tcx links are made here, each waiting for RCU. A process of its
 * own makes that quick and puts it back when this one ends, however it does. */
static inline int quick_rcu(void)
{
	int hold[2], saved;
	char c;

	if (pipe2(hold, O_CLOEXEC))
		return -1;
	switch (fork()) {
	case -1:
		return -1;
	case 0:
		close(hold[1]);
		setsid();
		attach_expedite(true, &saved);
		while (read(hold[0], &c, 1) < 0)
			;
		attach_expedite(false, &saved);
		_exit(0);
	}
	close(hold[0]);
	return 0;
}

static inline int group_setup(void **state)
{
	int i;

	(void)state;
	if (quick_rcu())
		return -1;
	for (i = 0; i < 2; i++) {
		xdp_fd[i] = own_netns_prog(BPF_PROG_TYPE_XDP, i ? "new_xdp" : "xdp", XDP_PASS);
		tc_fd[i] =
			own_netns_prog(BPF_PROG_TYPE_SCHED_CLS, i ? "new_tc" : "tc", TC_ACT_UNSPEC);
		if (xdp_fd[i] < 0 || tc_fd[i] < 0)
			return -1;
	}
	stranger_fd = own_netns_prog(BPF_PROG_TYPE_XDP, "stranger", XDP_PASS);
	libbpf_set_print(NULL);
	libxdp_set_print(NULL);
	return stranger_fd < 0 || mkdir(LINKS, 0700) || rtnl_open(&rtnl);
}

static inline int group_teardown(void **state)
{
	(void)state;
	rtnl_close(&rtnl);
	return 0;
}

#define VETH_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
