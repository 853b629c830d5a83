// SPDX-License-Identifier: GPL-2.0-only
/* bench_tcp.c - a TCP stream through the switch, on each hook and through the bridge */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "util.h"

#define BYTES "512M" /* a third of a second: many short samples in turn even out what wanders */

enum { TCP_TCX, TCP_CLSACT, TCP_AUTO, TCP_XDP, TCP_BRIDGE, TCP_LANES };

static const char *const attach[TCP_LANES] = {"tcx", "clsact", "auto", "xdp", "bridge"};

/* Two hosts of a lane, each a namespace with one end of a veth; the other ends are
 * ports in ours. */
static void make_host(unsigned int lane, char side)
{
	char ns[16], dev[16];

	snprintf(ns, sizeof(ns), "h%u%c", lane, side);
	snprintf(dev, sizeof(dev), "t%u%c", lane, side);
	bench_run("ip netns add %s", ns);
	bench_run("ip link add %s type veth peer name eth0 netns %s", dev, ns);
	bench_run("ip -n %s link set lo up; ip -n %s link set eth0 up; ip -n %s addr add "
		  "10.0.0.%d/24 dev eth0; ip link set %s up",
		  ns, ns, ns, side == 'a' ? 1 : 2, dev);
	/* XDP on veth sees no half-done checksums: what a user has to switch off there */
	if (lane == TCP_XDP)
		bench_run(
			"ip netns exec %s ethtool -K eth0 tx off txvlan off; ethtool -K %s gro on",
			ns, dev);
	if (lane == TCP_XDP)
		bench_run("ip netns exec %s ethtool -K eth0 gro on", ns);
}

static void make_switch(unsigned int lane, const struct bench_opts *o)
{
	char path[64];
	FILE *f;

	if (lane == TCP_BRIDGE) {
		bench_run("ip link add brt type bridge mcast_snooping 0; ip link set brt up; "
			  "ip link set t%ua master brt; ip link set t%ub master brt",
			  lane, lane);
		return;
	}
	snprintf(path, sizeof(path), BENCH_DIR "/t%u.yaml", lane);
	f = fopen(path, "we");
	bench_must(f ? 0 : -errno, path);
	fprintf(f,
		"version: 1\nswitch: {name: t%u, attach: %s}\nports:\n"
		"  - {name: a, netdev: t%ua, vlan: {access: 10}}\n"
		"  - {name: b, netdev: t%ub, vlan: {access: 10}}\n",
		lane, attach[lane], lane, lane);
	fclose(f);
	bench_run("%s --root " BENCH_DIR "/root apply %s", o->repx, path);
}

/* Ends with us, however we end. Return: its pid */
static pid_t start_server(unsigned int lane)
{
	char ns[16];
	pid_t pid;
	int null;

	snprintf(ns, sizeof(ns), "h%ub", lane);
	pid = fork();
	bench_must(pid < 0 ? -errno : 0, "start a server");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp("ip", "ip", "netns", "exec", ns, "taskset", "-c", "0", "iperf3", "-s", NULL);
		_exit(127);
	}
	bench_run("for i in $(seq 100); do ip netns exec %s ss -Htln 'sport = 5201' | grep -q . && "
		  "exit 0; sleep 0.05; done; exit 1",
		  ns);
	return pid;
}

/* Bits a second that arrived; 0 if nothing did. Both ends stay on their CPUs: where they are
 * moves the rate by half. */
static double stream(unsigned int lane)
{
	json_t *root, *sum;
	double bps = 0;

	bench_run("timeout 20 ip netns exec h%ua taskset -c $(($(nproc) - 1)) iperf3 -J -c "
		  "10.0.0.2 -n " BYTES " --connect-timeout 3000 "
		  ">" BENCH_DIR "/iperf.json || true; true",
		  lane);
	root = json_load_file(BENCH_DIR "/iperf.json", 0, NULL);
	sum = json_object_get(json_object_get(root, "end"), "sum_received");
	bps = json_number_value(json_object_get(sum, "bits_per_second"));
	json_decref(root);
	return bps;
}

static void tcp_figure(struct bench_report *r, unsigned int lane, double gbps[][BENCH_ROUNDS],
		       unsigned int rounds)
{
	struct bench_figure *f = bench_figure(r, "tcp", attach[lane], "Gbps");
	double sorted[BENCH_ROUNDS];

	str_copy(f->what, sizeof(f->what), "one TCP stream, TSO on, two namespaces");
	if (lane == TCP_XDP)
		str_copy(f->note, sizeof(f->note), "the peers' tx offload is off, as it must be");
	if (lane != TCP_BRIDGE)
		bench_ratio(&f->ratio[BENCH_BRIDGE], gbps[lane], gbps[TCP_BRIDGE], rounds);
	if (lane == TCP_TCX || lane == TCP_AUTO)
		f->goal[BENCH_BRIDGE] = 1;
	memcpy(sorted, gbps[lane], sizeof(sorted));
	bench_stat(&f->value, sorted, rounds);
}

void bench_tcp(const struct bench_opts *o, struct bench_report *r)
{
	static double gbps[TCP_LANES][BENCH_ROUNDS];
	unsigned int i, k, rounds = o->quick ? 3 : BENCH_ROUNDS;
	pid_t server[TCP_LANES];

	bench_private();
	for (i = 0; i < TCP_LANES; i++) {
		make_host(i, 'a');
		make_host(i, 'b');
		make_switch(i, o);
		server[i] = start_server(i);
	}
	for (k = 0; k < rounds; k++)
		for (i = 0; i < TCP_LANES; i++) {
			unsigned int lane = k & 1 ? TCP_LANES - 1 - i : i;

			gbps[lane][k] = stream(lane) / 1e9;
		}
	for (i = 0; i < TCP_LANES; i++) {
		kill(server[i], SIGKILL);
		waitpid(server[i], NULL, 0);
	}
	for (i = 0; i < TCP_LANES; i++)
		tcp_figure(r, i, gbps, rounds);
}
