// SPDX-License-Identifier: GPL-2.0-only
/* test_rtnl.c - netlink against this kernel, in a namespace of its own */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "nl_parse.h"
#include "own_netns.h"
#include "rtnl.h"
#include "util.h"

static struct rtnl rtnl;
static struct rtnl_link a, b;

static void run(const char *command)
{
	if (own_netns_run(command))
		fail_msg("%s", command);
}

/* a pair a0-b0 for each test */
static int setup(void **state)
{
	(void)state;
	if (rtnl_veth_add(&rtnl, "a0", "b0"))
		return -1;
	return rtnl_link_get(&rtnl, "a0", &a) || rtnl_link_get(&rtnl, "b0", &b);
}

static int teardown(void **state)
{
	struct rtnl_link link;
	int ret = 0;

	(void)state;
	if (!rtnl_link_get(&rtnl, "a0", &link))
		ret = rtnl_link_del(&rtnl, link.ifindex);
	/* it may go just now, with a namespace that its peer was in */
	return ret == -ENODEV ? 0 : ret;
}

static void link_says_what_it_is(void **state)
{
	struct rtnl_link link;

	(void)state;
	assert_string_equal(a.name, "a0");
	assert_string_equal(a.kind, "veth");
	assert_int_equal(a.mtu, 1500);
	assert_true(a.ethernet);
	assert_false(a.up || a.running || a.promisc || a.has_parent);
	assert_int_equal(a.peer_ifindex, b.ifindex);
	assert_true(a.peer_here);
	assert_int_equal(a.xdp_prog_id, 0);
	run("ip link set dev a0 address 02:00:00:00:00:0a mtu 1400");
	assert_int_equal(rtnl_link_get_index(&rtnl, a.ifindex, &link), 0);
	assert_memory_equal(link.mac, "\x02\x00\x00\x00\x00\x0a", 6);
	assert_int_equal(link.mtu, 1400);
}

static void link_of_no_netdev(void **state)
{
	struct rtnl_link link = {.ifindex = 7};

	(void)state;
	assert_int_equal(rtnl_link_get(&rtnl, "nope", &link), -ENODEV);
	assert_int_equal(rtnl_link_get(&rtnl, "", &link), -ENODEV);
	assert_int_equal(rtnl_link_get(&rtnl, "much-too-long-a-name", &link), -ENODEV);
	assert_int_equal(rtnl_link_get_index(&rtnl, 99999, &link), -ENODEV);
	assert_int_equal(rtnl_link_get_index(&rtnl, 0, &link), -ENODEV);
	assert_int_equal(rtnl_link_set_up(&rtnl, 99999, true), -ENODEV);
	assert_int_equal(rtnl_link_del(&rtnl, 99999), -ENODEV);
	assert_int_equal(link.ifindex, 7); /* untouched */
}

static void link_altname(void **state)
{
	struct rtnl_link link;

	(void)state;
	run("ip link property add dev a0 altname other");
	assert_int_equal(rtnl_link_get(&rtnl, "other", &link), 0);
	assert_int_equal(link.ifindex, a.ifindex);
}

static void link_up_and_promisc(void **state)
{
	struct rtnl_link link;

	(void)state;
	assert_int_equal(rtnl_link_set_up(&rtnl, a.ifindex, true), 0);
	assert_int_equal(rtnl_link_get(&rtnl, "a0", &link), 0);
	assert_true(link.up && !link.running);
	assert_int_equal(rtnl_link_set_up(&rtnl, b.ifindex, true), 0);
	assert_int_equal(rtnl_link_set_promisc(&rtnl, a.ifindex, true), 0);
	assert_int_equal(rtnl_link_get(&rtnl, "a0", &link), 0);
	assert_true(link.running && link.promisc);
	assert_int_equal(link.promiscuity, 1);
	assert_int_equal(rtnl_link_set_promisc(&rtnl, a.ifindex, false), 0);
	assert_int_equal(rtnl_link_set_up(&rtnl, a.ifindex, false), 0);
	assert_int_equal(rtnl_link_get(&rtnl, "a0", &link), 0);
	assert_false(link.up || link.promisc || link.promiscuity);
}

/* what a bridge holds is not the administrator's flag */
static void link_master(void **state)
{
	struct rtnl_link link, bridge;

	(void)state;
	run("ip link add br0 type bridge && ip link set a0 master br0");
	assert_int_equal(rtnl_link_get(&rtnl, "a0", &link), 0);
	assert_int_equal(rtnl_link_get(&rtnl, "br0", &bridge), 0);
	assert_int_equal(link.master, bridge.ifindex);
	assert_string_equal(bridge.kind, "bridge");
	assert_false(link.promisc);
	assert_int_equal(link.promiscuity, 1);
	run("ip link del br0");
}

static void veth_add_twice(void **state)
{
	(void)state;
	assert_int_equal(rtnl_veth_add(&rtnl, "a0", "c0"), -EEXIST);
	assert_int_equal(rtnl_veth_add(&rtnl, "much-too-long-a-name", "c0"), -EINVAL);
}

/* A child process in a network namespace that lives until *gate is closed. */
static pid_t elsewhere(int *gate)
{
	int ready[2], hold[2];
	char c;
	pid_t pid;

	if (pipe(ready) || pipe(hold))
		return -1;
	pid = fork();
	if (!pid) {
		close(hold[1]);
		if (unshare(CLONE_NEWNET) || write(ready[1], "x", 1) != 1)
			_exit(1);
		_exit(read(hold[0], &c, 1) != 0);
	}
	close(hold[0]);
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		pid = -1;
	close(ready[0]);
	*gate = hold[1];
	return pid;
}

static void peer_elsewhere(void **state)
{
	struct rtnl_link link;
	char command[64];
	int gate = -1, ret;
	pid_t pid = elsewhere(&gate);

	(void)state;
	assert_true(pid > 0);
	snprintf(command, sizeof(command), "ip link set b0 netns %d", pid);
	run(command);
	ret = rtnl_link_get(&rtnl, "a0", &link);
	close(gate);
	waitpid(pid, NULL, 0);
	assert_int_equal(ret, 0);
	assert_false(link.peer_here);
	assert_int_equal(link.peer_ifindex, b.ifindex);
}

static int count_cb(const struct rtnl_link *link, void *data)
{
	int *n = data;

	if (!strcmp(link->name, "a0"))
		return 42;
	(*n)++;
	return 0;
}

static void walk_stops(void **state)
{
	int n = 0;

	(void)state;
	assert_int_equal(rtnl_link_walk(&rtnl, count_cb, &n), 42);
	assert_in_range(n, 1, 10); /* lo comes first */
}

static void addresses(void **state)
{
	(void)state;
	assert_int_equal(rtnl_link_has_addr(&rtnl, a.ifindex), 0);
	run("ip link set a0 up && ip link set b0 up");
	run("ip addr add fe80::1234/64 dev a0 nodad");
	assert_int_equal(rtnl_link_has_addr(&rtnl, a.ifindex), 0);
	run("ip addr add 192.0.2.1/24 dev b0");
	assert_int_equal(rtnl_link_has_addr(&rtnl, a.ifindex), 0);
	assert_int_equal(rtnl_link_has_addr(&rtnl, b.ifindex), 1);
	run("ip addr add 2001:db8::1/64 dev a0 nodad");
	assert_int_equal(rtnl_link_has_addr(&rtnl, a.ifindex), 1);
}

static void features(void **state)
{
	static const char *const name[] = {"tx-vlan-hw-insert", "tx-checksum-ip-generic"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(name); i++) {
		assert_int_equal(rtnl_feature_get(&rtnl, a.ifindex, name[i]), 1);
		assert_int_equal(rtnl_feature_set(&rtnl, a.ifindex, name[i], false), 0);
		assert_int_equal(rtnl_feature_get(&rtnl, a.ifindex, name[i]), 0);
	}
	run("ethtool -k a0 | grep -q '^tx-vlan-offload: off'");
	run("ethtool -k a0 | grep -q 'tx-checksum-ip-generic: off'");
	for (i = 0; i < ARRAY_SIZE(name); i++) {
		assert_int_equal(rtnl_feature_set(&rtnl, a.ifindex, name[i], true), 0);
		assert_int_equal(rtnl_feature_set(&rtnl, a.ifindex, name[i], true), 0);
	}
	run("ethtool -k a0 | grep -q '^tx-vlan-offload: on'");
	assert_int_equal(rtnl_feature_get(&rtnl, a.ifindex, "no-such-thing"), -ENOENT);
	assert_int_equal(rtnl_feature_set(&rtnl, a.ifindex, "no-such-thing", true), -ENOENT);
	assert_int_equal(rtnl_feature_get(&rtnl, 99999, name[0]), -ENODEV);
}

/* A wish that is not followed is an error and is taken back. */
static void feature_that_does_not_follow(void **state)
{
	(void)state;
	assert_int_equal(rtnl_feature_get(&rtnl, a.ifindex, "loopback"), 0);
	assert_int_equal(rtnl_feature_set(&rtnl, a.ifindex, "loopback", true), -EOPNOTSUPP);
	assert_string_not_equal(nl_why(&rtnl.generic, -EOPNOTSUPP), "");
	/* TSO needs the checksum, which is off */
	run("ethtool -K a0 tx off tso off >/dev/null");
	assert_int_equal(rtnl_feature_set(&rtnl, a.ifindex, "tx-tcp-segmentation", true),
			 -EOPNOTSUPP);
	run("ethtool -K a0 tx on >/dev/null");
	assert_int_equal(rtnl_feature_get(&rtnl, a.ifindex, "tx-tcp-segmentation"), 0);
}

static void xdp_features(void **state)
{
	uint64_t bits = 0;
	struct nl watch;

	(void)state;
	if (rtnl.netdev_family < 0) {
		printf("skip: no netdev family in this kernel\n");
		skip();
	}
	assert_int_equal(rtnl_xdp_features(&rtnl, a.ifindex, &bits), 0);
	assert_true(bits & RTNL_XDP_BASIC);
	assert_false(bits & RTNL_XDP_NDO_XMIT);
	assert_int_equal(rtnl_watch_xdp_open(&watch), 0);
	run("ip link set a0 up && ip link set b0 up && ethtool -K b0 gro on");
	assert_true(rtnl_watch_read(&watch) > 0);
	assert_int_equal(rtnl_watch_read(&watch), 0);
	nl_close(&watch);
	assert_int_equal(rtnl_xdp_features(&rtnl, a.ifindex, &bits), 0);
	assert_true(bits & RTNL_XDP_NDO_XMIT);
	assert_int_equal(rtnl_xdp_features(&rtnl, 99999, &bits), -ENODEV);
}

static void clsact(void **state)
{
	(void)state;
	assert_int_equal(rtnl_clsact_get(&rtnl, a.ifindex), 0);
	assert_int_equal(rtnl_clsact_add(&rtnl, a.ifindex), 0);
	run("tc qdisc show dev a0 | grep -q '^qdisc clsact ffff: parent ffff:fff1'");
	assert_int_equal(rtnl_clsact_add(&rtnl, a.ifindex), -EEXIST);
	assert_int_equal(rtnl_clsact_get(&rtnl, a.ifindex), 1);
	assert_int_equal(rtnl_clsact_del(&rtnl, a.ifindex), 0);
	assert_int_equal(rtnl_clsact_get(&rtnl, a.ifindex), 0);
	assert_int_not_equal(rtnl_clsact_del(&rtnl, a.ifindex), 0);
	run("tc qdisc add dev a0 ingress");
	assert_int_equal(rtnl_clsact_get(&rtnl, a.ifindex), 2);
	assert_int_equal(rtnl_clsact_add(&rtnl, a.ifindex), -EEXIST);
	assert_int_equal(rtnl_clsact_add(&rtnl, 99999), -ENODEV);
}

struct seen {
	struct rtnl_filter f[4];
	size_t len;
};

static int see(const struct rtnl_filter *f, void *data)
{
	struct seen *s = data;

	s->f[s->len++] = *f;
	return s->len == ARRAY_SIZE(s->f);
}

static uint32_t prog_id(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &len), 0);
	return info.id;
}

static void filters(void **state)
{
	int one = own_netns_prog(BPF_PROG_TYPE_SCHED_CLS, "one", TC_ACT_UNSPEC);
	int two = own_netns_prog(BPF_PROG_TYPE_SCHED_CLS, "two", TC_ACT_UNSPEC);
	struct rtnl_filter f;
	struct seen s = {0};

	(void)state;
	assert_int_equal(rtnl_filter_get(&rtnl, a.ifindex, 5, 1, &f), -ENOENT);
	assert_int_equal(rtnl_filter_walk(&rtnl, a.ifindex, false, see, &s), 0);
	assert_int_equal(rtnl_clsact_add(&rtnl, a.ifindex), 0);
	assert_int_equal(rtnl_filter_get(&rtnl, a.ifindex, 5, 1, &f), -ENOENT);
	assert_int_equal(rtnl_filter_set(&rtnl, a.ifindex, 5, 1, one, "x", false), 0);
	assert_int_equal(rtnl_filter_set(&rtnl, a.ifindex, 5, 1, two, "x", false), -EEXIST);
	assert_int_equal(rtnl_filter_set(&rtnl, a.ifindex, 5, 1, two, "x", true), 0);
	run("tc filter show dev a0 ingress | grep -q 'pref 5 bpf .*handle 0x1 x direct-action'");
	run("tc filter add dev a0 ingress pref 9 protocol ip u32 match u32 0 0");
	assert_int_equal(rtnl_filter_walk(&rtnl, a.ifindex, false, see, &s), 0);
	assert_in_range(s.len, 2, 3); /* u32 shows its hash table too */
	assert_string_equal(s.f[0].kind, "bpf");
	assert_string_equal(s.f[0].name, "x");
	assert_int_equal(s.f[0].pref, 5);
	assert_int_equal(s.f[0].handle, 1);
	assert_int_equal(s.f[0].prog_id, prog_id(two));
	assert_int_equal(s.f[0].protocol, 3);
	assert_string_equal(s.f[1].kind, "u32");
	assert_int_equal(s.f[1].pref, 9);
	assert_int_equal(s.f[1].prog_id, 0);
	assert_int_equal(s.f[1].protocol, 0x800);
	assert_int_equal(rtnl_filter_get(&rtnl, a.ifindex, 5, 1, &f), 0);
	assert_memory_equal(&f, &s.f[0], sizeof(f));
	assert_int_equal(rtnl_filter_get(&rtnl, a.ifindex, 9, 1, &f), -ENOENT);
	s.len = 0;
	assert_int_equal(rtnl_filter_walk(&rtnl, a.ifindex, true, see, &s), 0);
	assert_int_equal(s.len, 0);
	/* taken by another kind */
	assert_int_not_equal(rtnl_filter_set(&rtnl, a.ifindex, 9, 1, one, "x", true), 0);
	assert_string_not_equal(rtnl.route.extack, "");
	assert_int_equal(rtnl_filter_del(&rtnl, a.ifindex, 5, 1), 0);
	assert_int_equal(rtnl_filter_del(&rtnl, a.ifindex, 5, 1), -ENOENT);
	close(one);
	close(two);
}

static int wait_readable(struct nl *nl)
{
	struct pollfd p = {.fd = mnl_socket_get_fd(nl->sock), .events = POLLIN};

	return poll(&p, 1, 2000);
}

static void watch(void **state)
{
	int size = 1, i;
	struct nl nl;

	(void)state;
	assert_int_equal(rtnl_watch_open(&nl), 0);
	assert_int_equal(rtnl_watch_read(&nl), 0);
	assert_int_equal(rtnl_link_set_up(&rtnl, a.ifindex, true), 0);
	assert_int_equal(wait_readable(&nl), 1);
	assert_true(rtnl_watch_read(&nl) > 0);
	/* only a question: nothing changed */
	assert_int_equal(rtnl_clsact_add(&rtnl, a.ifindex), 0);
	rtnl_watch_read(&nl);
	rtnl_clsact_get(&rtnl, a.ifindex);
	assert_int_equal(rtnl_watch_read(&nl), 0);
	run("tc filter add dev a0 ingress pref 9 protocol ip u32 match u32 0 0");
	assert_int_equal(wait_readable(&nl), 1);
	assert_true(rtnl_watch_read(&nl) > 0);
	/* an overrun is told, once */
	setsockopt(mnl_socket_get_fd(nl.sock), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	for (i = 0; i < 50; i++)
		rtnl_link_set_up(&rtnl, a.ifindex, i & 1);
	assert_in_range(rtnl_watch_read(&nl), 1, 49);
	assert_int_equal(rtnl_watch_read(&nl), 0);
	nl_close(&nl);
}

/* A message that another process made up: no uid is asked for on generic netlink. */
static void forge(const struct nl *to)
{
	struct sockaddr_nl addr = {.nl_family = AF_NETLINK, .nl_pid = to->portid};
	char buf[256] = "";
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nlmsgerr *e = mnl_nlmsg_put_extra_header(nlh, sizeof(*e));
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_seq = to->seq + 1; /* of the next request */
	nlh->nlmsg_pid = to->portid;
	e->error = -EPERM;
	assert_int_equal(sendto(fd, nlh, nlh->nlmsg_len, 0, (void *)&addr, sizeof(addr)),
			 nlh->nlmsg_len);
	nlh->nlmsg_type = NLMSG_MIN_TYPE;
	assert_int_equal(sendto(fd, nlh, nlh->nlmsg_len, 0, (void *)&addr, sizeof(addr)),
			 nlh->nlmsg_len);
	close(fd);
}

static void others_are_not_heard(void **state)
{
	struct nl nl;
	int id;

	(void)state;
	assert_int_equal(nl_open(&nl, NETLINK_GENERIC), 0);
	forge(&nl);
	assert_int_equal(rtnl_watch_read(&nl), 0);
	forge(&nl);
	id = nl_family(&nl, "nlctrl", NULL, NULL);
	nl_close(&nl);
	assert_int_equal(id, GENL_ID_CTRL);
}

static void extack(void **state)
{
	(void)state;
	assert_int_equal(rtnl_filter_set(&rtnl, a.ifindex, 5, 1, -1, "x", false), -EINVAL);
	assert_non_null(strstr(nl_why(&rtnl.route, -EINVAL), "Qdisc"));
	assert_int_equal(rtnl_link_set_up(&rtnl, a.ifindex, true), 0);
	assert_string_equal(rtnl.route.extack, "");
	assert_string_equal(nl_why(&rtnl.route, -ENODEV), strerror(ENODEV));
}

#define PAIRS 500

static void many_links(void **state)
{
	char name[IFNAMSIZ], peer[IFNAMSIZ];
	struct rtnl_links links = {0};
	uint64_t start, took;
	size_t i;

	(void)state;
	for (i = 0; i < PAIRS; i++) {
		snprintf(name, sizeof(name), "m%zu", i);
		snprintf(peer, sizeof(peer), "n%zu", i);
		assert_int_equal(rtnl_veth_add(&rtnl, name, peer), 0);
	}
	start = now_ns();
	assert_int_equal(rtnl_links_load(&rtnl, &links), 0);
	took = now_ns() - start;
	printf("snapshot of %zu links: %.1f ms\n", links.len, (double)took / 1e6);
	assert_true(took < 300000000); /* 30 ms are the aim, on a quiet machine */
	assert_in_range(links.len, 2 * PAIRS + 3, 2 * PAIRS + 10);
	for (i = 0; i < PAIRS; i++) {
		struct rtnl_link *link;

		snprintf(name, sizeof(name), "m%zu", i);
		link = rtnl_links_by_name(&links, name);
		assert_non_null(link);
		assert_string_equal(link->name, name);
		assert_ptr_equal(rtnl_links_by_index(&links, link->ifindex), link);
	}
	assert_null(rtnl_links_by_name(&links, "nope"));
	assert_null(rtnl_links_by_name(&links, "much-too-long-a-name"));
	assert_null(rtnl_links_by_index(&links, 99999));
	rtnl_links_done(&links);
	assert_null(rtnl_links_by_name(&links, "a0"));
	assert_null(rtnl_links_by_index(&links, 1));
}

int main(void)
{
#define PAIR_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		PAIR_TEST(link_says_what_it_is),
		PAIR_TEST(link_of_no_netdev),
		PAIR_TEST(link_altname),
		PAIR_TEST(link_up_and_promisc),
		PAIR_TEST(link_master),
		PAIR_TEST(veth_add_twice),
		PAIR_TEST(peer_elsewhere),
		PAIR_TEST(walk_stops),
		PAIR_TEST(addresses),
		PAIR_TEST(features),
		PAIR_TEST(feature_that_does_not_follow),
		PAIR_TEST(xdp_features),
		PAIR_TEST(clsact),
		PAIR_TEST(filters),
		PAIR_TEST(watch),
		PAIR_TEST(others_are_not_heard),
		PAIR_TEST(extack),
		PAIR_TEST(many_links),
	};
	int ret = own_netns_enter();

	if (ret)
		return ret;
	if (rtnl_open(&rtnl))
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	rtnl_close(&rtnl);
	return ret;
}
