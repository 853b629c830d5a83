// SPDX-License-Identifier: GPL-2.0-only
/* test_rtnl_cache.c - the list of netdevs that follows notices is as a fresh one */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "own_netns.h"
#include "rtnl.h"
#include "util.h"

#define PAIRS 12
#define ROUNDS 20
#define ROUND 200

static struct rtnl rtnl;
static struct rtnl_cache cache;
static int xdp_prog, gate;
static pid_t other; /* a process in another network namespace */

static void run(const char *command)
{
	if (own_netns_run(command))
		fail_msg("%s", command);
}

static int setup(void **state)
{
	(void)state;
	if (rtnl_veth_add(&rtnl, "a0", "b0") || rtnl_cache_open(&cache))
		return -1;
	return rtnl_cache_refresh(&cache, &rtnl);
}

static int teardown(void **state)
{
	(void)state;
	rtnl_cache_close(&cache);
	own_netns_run("ip link del a0 2>/dev/null");
	return 0;
}

static void same_link(const struct rtnl_link *is, const struct rtnl_link *want)
{
	assert_int_equal(is->ifindex, want->ifindex);
	assert_string_equal(is->name, want->name);
	assert_string_equal(is->kind, want->kind);
	assert_int_equal(is->mtu, want->mtu);
	assert_memory_equal(is->mac, want->mac, sizeof(is->mac));
	assert_int_equal(is->ethernet, want->ethernet);
	assert_int_equal(is->up, want->up);
	assert_int_equal(is->promisc, want->promisc);
	assert_int_equal(is->promiscuity, want->promiscuity);
	assert_int_equal(is->has_parent, want->has_parent);
	assert_string_equal(is->phys_port, want->phys_port);
	assert_string_equal(is->parent_bus, want->parent_bus);
	assert_string_equal(is->parent_dev, want->parent_dev);
	assert_memory_equal(&is->port, &want->port, sizeof(is->port));
	assert_int_equal(is->peer_here, want->peer_here);
	if (is->peer_here) /* else it is another namespace's number */
		assert_int_equal(is->peer_ifindex, want->peer_ifindex);
	assert_int_equal(is->master, want->master);
	assert_int_equal(is->xdp_prog_id, want->xdp_prog_id);
	assert_int_equal(is->xdp_mode, want->xdp_mode);
}

static bool same_carriers(const struct rtnl_links *fresh)
{
	for (size_t i = 0; i < fresh->len; i++)
		if (cache.links.list[i].running != fresh->list[i].running)
			return false;
	return true;
}

/* which the kernel tells of up to a second later */
static void wait_for_carriers(void)
{
	struct pollfd p = {.fd = mnl_socket_get_fd(cache.watch.sock), .events = POLLIN};
	uint64_t end = now_ns() + 5000000000;
	struct rtnl_links fresh;

	assert_int_equal(rtnl_links_load(&rtnl, &fresh), 0);
	while (!same_carriers(&fresh)) {
		assert_true(now_ns() < end);
		poll(&p, 1, 100);
		assert_int_equal(rtnl_cache_refresh(&cache, &rtnl), 0);
	}
	rtnl_links_done(&fresh);
}

/* All but the carrier, at once. Return: how many requests the refresh cost. */
static uint64_t same(void)
{
	uint64_t sent = nl_count.sent;
	struct rtnl_links fresh;

	assert_int_equal(rtnl_cache_refresh(&cache, &rtnl), 0);
	sent = nl_count.sent - sent;
	assert_int_equal(rtnl_links_load(&rtnl, &fresh), 0);
	assert_int_equal(cache.links.len, fresh.len);
	for (size_t i = 0; i < fresh.len; i++) {
		same_link(&cache.links.list[i], &fresh.list[i]);
		assert_string_equal(cache.links.by_name[i]->name, fresh.by_name[i]->name);
		assert_ptr_equal(rtnl_links_by_name(&cache.links, fresh.list[i].name),
				 &cache.links.list[i]);
	}
	rtnl_links_done(&fresh);
	return sent;
}

static void one_dump_then_none(void **state)
{
	uint64_t sent = nl_count.sent, received;

	(void)state;
	assert_int_equal(same(), 0);
	run("ip link set a0 mtu 1400 && ip link set a0 address 02:00:00:00:00:0a");
	sent = nl_count.sent;
	received = nl_count.received;
	assert_int_equal(rtnl_cache_refresh(&cache, &rtnl), 0);
	assert_int_equal(nl_count.sent, sent);
	assert_true(nl_count.received >= received + 2);
	assert_int_equal(rtnl_links_by_name(&cache.links, "a0")->mtu, 1400);
	assert_true(rtnl_cache_taken(&cache) >= 2);
	assert_int_equal(rtnl_cache_taken(&cache), 0);
	/* a lost list is made again */
	cache.valid = false;
	assert_int_equal(same(), 1);
	assert_int_equal(same(), 0);
}

static void names_change_hands(void **state)
{
	uint32_t a, b;

	(void)state;
	a = rtnl_links_by_name(&cache.links, "a0")->ifindex;
	b = rtnl_links_by_name(&cache.links, "b0")->ifindex;
	run("ip link set a0 name tmp && ip link set b0 name a0 && ip link set tmp name b0");
	assert_int_equal(same(), 0);
	assert_int_equal(rtnl_links_by_name(&cache.links, "a0")->ifindex, b);
	assert_int_equal(rtnl_links_by_name(&cache.links, "b0")->ifindex, a);
	assert_null(rtnl_links_by_name(&cache.links, "tmp"));
}

/* what a bridge says of its members is of the same type */
static void bridge_member(void **state)
{
	(void)state;
	run("ip link add br0 type bridge && ip link set a0 up && ip link set a0 master br0");
	assert_int_equal(same(), 0);
	assert_int_equal(rtnl_links_by_name(&cache.links, "a0")->promiscuity, 1);
	run("ip link set a0 nomaster");
	assert_int_equal(same(), 0);
	assert_non_null(rtnl_links_by_name(&cache.links, "a0"));
	run("ip link set a0 master br0 && ip link del br0");
	assert_int_equal(same(), 0);
}

static void move(const char *name, bool away)
{
	char command[96];

	if (away)
		snprintf(command, sizeof(command), "ip link set %s netns %d", name, other);
	else
		snprintf(command, sizeof(command), "nsenter -n -t %d ip link set %s netns %d",
			 other, name, getpid());
	run(command);
}

/* Nothing is told of the end that stays: it is asked for. */
static void other_end_leaves(void **state)
{
	(void)state;
	move("b0", true);
	assert_int_equal(same(), 1);
	assert_false(rtnl_links_by_name(&cache.links, "a0")->peer_here);
	assert_int_equal(same(), 0);
	move("b0", false);
	assert_int_equal(same(), 0);
	assert_true(rtnl_links_by_name(&cache.links, "a0")->peer_here);
	/* there and back between two looks, and both away */
	move("b0", true);
	move("b0", false);
	assert_int_equal(same(), 0);
	move("b0", true);
	move("a0", true);
	assert_int_equal(same(), 0);
	move("a0", false);
	move("b0", false);
	assert_int_equal(same(), 0);
}

/* both ends are known, though the first is told of before there is a second */
static void new_pair(void **state)
{
	(void)state;
	run("ip link add c0 type veth peer name d0");
	assert_int_equal(same(), 0);
	run("ip link del d0");
	assert_int_equal(same(), 0);
}

static void xdp_by_netlink(void **state)
{
	int ifindex = (int)rtnl_links_by_name(&cache.links, "a0")->ifindex;

	(void)state;
	run("ip link set a0 up");
	assert_int_equal(bpf_xdp_attach(ifindex, xdp_prog, XDP_FLAGS_SKB_MODE, NULL), 0);
	assert_int_equal(same(), 0);
	assert_int_not_equal(rtnl_links_by_name(&cache.links, "a0")->xdp_prog_id, 0);
	assert_int_equal(bpf_xdp_detach(ifindex, XDP_FLAGS_SKB_MODE, NULL), 0);
	assert_int_equal(same(), 0);
}

/* --- a storm of changes --- */

static unsigned int seed = 7; /* the same storm every time */

static unsigned int below(unsigned int n)
{
	return (unsigned int)rand_r(&seed) % n;
}

/* only where it is told of: the netdev is up */
static void random_xdp(void)
{
	struct rtnl_link link;
	char name[IFNAMSIZ];

	snprintf(name, sizeof(name), "v%u", below(PAIRS));
	if (rtnl_link_get(&rtnl, name, &link) || !link.up)
		return;
	if (link.xdp_prog_id)
		bpf_xdp_detach((int)link.ifindex, XDP_FLAGS_SKB_MODE, NULL);
	else
		bpf_xdp_attach((int)link.ifindex, xdp_prog, XDP_FLAGS_SKB_MODE, NULL);
}

/* Some of them fail, which is no matter: enough do not. */
static void random_change(FILE *here, FILE *there)
{
	char name[IFNAMSIZ];
	unsigned int n = below(PAIRS);

	snprintf(name, sizeof(name), "%c%u", "vw"[below(2)], n);
	switch (below(30)) {
	case 0:
		fprintf(here, "link del %s\n", name);
		break;
	case 1 ... 3:
		fprintf(here, "link add v%u type veth peer name w%u\n", n, n);
		break;
	case 4 ... 9:
		fprintf(here, "link set %s mtu %u\n", name, 1000 + below(500));
		break;
	case 10 ... 14:
		fprintf(here, "link set %s address 02:00:00:00:00:%02x\n", name, below(256));
		break;
	case 15 ... 16:
		fprintf(here, "link set %s down\n", name);
		break;
	case 17 ... 18:
		fprintf(here, "link set v%u name x%u\n", n, n);
		break;
	case 19 ... 20:
		fprintf(here, "link set x%u name v%u\n", n, n);
		break;
	case 21 ... 24:
		fprintf(here, "link set %s promisc %s\n", name, below(2) ? "on" : "off");
		break;
	case 25 ... 26:
		fprintf(here, "link set %s %s\n", name, below(3) ? "master storm" : "nomaster");
		break;
	case 27:
		fprintf(here, "link set %s netns %d\n", name, other);
		break;
	case 28:
		fprintf(there, "link set %s netns %d\n", name, getpid());
		break;
	default:
		fprintf(here, "link set %s up\n", name);
	}
}

static void storm(unsigned int n)
{
	char command[96];
	FILE *here, *there;

	snprintf(command, sizeof(command), "nsenter -n -t %d ip -force -batch - 2>/dev/null",
		 other);
	here = popen("ip -force -batch - 2>/dev/null", "w");
	there = popen(command, "w");
	assert_true(here && there);
	while (n--) {
		random_change(here, there);
		if (n % 10)
			continue;
		fflush(here);
		assert_int_equal(rtnl_cache_refresh(&cache, &rtnl), 0); /* in the middle of it */
	}
	pclose(here);
	pclose(there);
	for (n = 0; n < 8; n++)
		random_xdp();
}

static void after_a_storm(void **state)
{
	uint64_t sent = 0;

	(void)state;
	run("ip link add storm type bridge");
	rtnl_cache_taken(&cache);
	for (int i = 0; i < ROUNDS; i++) {
		storm(ROUND);
		sent += same();
		assert_true(cache.valid);
	}
	wait_for_carriers();
	run("ip link del storm");
	same();
	assert_true(cache.pending > 2000);
	printf("storm: %u notices, %u requests\n", rtnl_cache_taken(&cache), (unsigned int)sent);
	/* those that were left by their other end */
	assert_true(sent < ROUNDS * 4);
}

/* A mark that only a dump takes away. */
static void mark(void)
{
	strcpy(cache.links.list[0].phys_port, "mark");
}

static bool marked(void)
{
	bool is = cache.links.list[0].phys_port[0];

	cache.links.list[0].phys_port[0] = 0;
	return is;
}

/* Too little room for the notices: a dump, and then notices are heard again. */
static void after_an_overrun(void **state)
{
	int size = 1, fd = mnl_socket_get_fd(cache.watch.sock);
	unsigned int overruns = 0;

	(void)state;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)), 0);
	run("ip link add storm type bridge");
	for (int i = 0; i < 5; i++) {
		rtnl_cache_taken(&cache);
		mark();
		storm(ROUND);
		assert_int_equal(rtnl_cache_refresh(&cache, &rtnl), 0);
		overruns += !marked();
		assert_int_not_equal(rtnl_cache_taken(&cache), 0);
		same();
	}
	assert_int_equal(overruns, 5);
	wait_for_carriers();
	run("ip link del storm");
	same();
}

static void burst_overruns_once(void **state)
{
	int size = 20000, fd = mnl_socket_get_fd(cache.watch.sock);
	uint32_t a = rtnl_links_by_name(&cache.links, "a0")->ifindex;

	(void)state;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)), 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(rtnl_link_set_up(&rtnl, a, i & 1), 0);
	rtnl_cache_taken(&cache);
	assert_int_equal(same(), 1);
	assert_int_not_equal(rtnl_cache_taken(&cache), 0);
	assert_int_equal(rtnl_link_set_up(&rtnl, a, false), 0);
	assert_int_equal(same(), 0); /* heard, not asked */
	assert_false(rtnl_links_by_name(&cache.links, "a0")->up);
}

#define MANY 1000

static void cost_of_one_notice(void **state)
{
	char text[64];
	uint64_t start, set = 0, renamed = 0, took;
	uint32_t a = rtnl_links_by_name(&cache.links, "a0")->ifindex;
	FILE *ip = popen("ip -batch -", "w");

	(void)state;
	assert_non_null(ip);
	for (int i = 0; i < MANY; i++)
		fprintf(ip, "link add m%d type veth peer name n%d\n", i, i);
	assert_int_equal(pclose(ip), 0);
	start = now_ns();
	assert_int_equal(rtnl_cache_refresh(&cache, &rtnl), 0);
	took = now_ns() - start;
	assert_true(cache.valid);
	assert_true(cache.links.len > 2 * MANY);
	for (int i = 0; i < 20; i++) {
		rtnl_link_set_up(&rtnl, a, i & 1);
		start = now_ns();
		rtnl_cache_refresh(&cache, &rtnl);
		set += now_ns() - start;
		snprintf(text, sizeof(text), "ip link set m%d name q%d", i, i);
		run(text);
		start = now_ns();
		rtnl_cache_refresh(&cache, &rtnl);
		renamed += now_ns() - start;
	}
	printf("%zu links: all new %.1f ms, one set up %.0f us, one renamed %.0f us\n",
	       cache.links.len, (double)took / 1e6, (double)set / 2e4, (double)renamed / 2e4);
	assert_true(set / 20 < 5000000 && renamed / 20 < 10000000);
	same();
}

static int away(void)
{
	int ready[2], hold[2];
	char c;

	if (pipe(ready) || pipe(hold))
		return -1;
	other = fork();
	if (!other) {
		close(hold[1]);
		if (unshare(CLONE_NEWNET) || write(ready[1], "x", 1) != 1)
			_exit(1);
		_exit(read(hold[0], &c, 1) != 0);
	}
	gate = hold[1];
	return read(ready[0], &c, 1) == 1 ? 0 : -1;
}

int main(void)
{
#define PAIR_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		PAIR_TEST(one_dump_then_none),
		PAIR_TEST(names_change_hands),
		PAIR_TEST(bridge_member),
		PAIR_TEST(other_end_leaves),
		PAIR_TEST(new_pair),
		PAIR_TEST(xdp_by_netlink),
		PAIR_TEST(after_a_storm),
		PAIR_TEST(after_an_overrun),
		PAIR_TEST(burst_overruns_once),
		PAIR_TEST(cost_of_one_notice),
	};
	int ret = own_netns_enter();

	if (ret)
		return ret;
	xdp_prog = own_netns_prog(BPF_PROG_TYPE_XDP, "pass", 2);
	if (rtnl_open(&rtnl) || xdp_prog < 0 || away())
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	close(gate);
	waitpid(other, NULL, 0);
	rtnl_close(&rtnl);
	return ret;
}
