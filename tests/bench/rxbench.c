// SPDX-License-Identifier: GPL-2.0-only
/* rxbench.c - known unicast through repx, against bare redirects and the bridge
 *
 * Each lane is two veth pairs in a private network namespace: frames are sent
 * into "gen", arrive at "port", are switched to "out", and counted and dropped
 * at "sink". One core does it all, generator included. A round measures every
 * lane once, in turn; what is printed are medians over the rounds: frames a
 * second, and ratios taken round by round, so that a machine whose speed wanders
 * does not move them.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "rxbench.skel.h"
#include "util.h"

#define TCX_INGRESS 46
#define FRAME_LEN 64
#define BATCH (1U << 15)
#define MAX_ROUNDS 99

enum lane_kind {
	LANE_XDP_BARE,
	LANE_XDP_REPX,
	LANE_TCX_BARE,
	LANE_TCX_REPX,
	LANE_BRIDGE,
	LANE_MAX
};

static const char *const lane_names[LANE_MAX] = {
	"bare bpf_redirect_map, native XDP",
	"repx, native XDP",
	"bare bpf_redirect, tcx",
	"repx, tcx",
	"Linux bridge",
};

struct ratio {
	enum lane_kind of, to;
	const char *goal;
};

static const struct ratio ratios[] = {
	{LANE_XDP_REPX, LANE_XDP_BARE, ">= 0.80"}, {LANE_TCX_REPX, LANE_TCX_BARE, ">= 0.80"},
	{LANE_XDP_REPX, LANE_BRIDGE, "> 1"},	   {LANE_TCX_REPX, LANE_BRIDGE, "> 1"},
};

struct bench {
	struct rxbench *skel;
	const char *repx;
	char dir[64];
	unsigned int rounds, ms, flows;
	double pps[LANE_MAX][MAX_ROUNDS];
};

__attribute__((format(printf, 1, 2))) static void run(const char *fmt, ...)
{
	char cmd[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	if (!system(cmd))
		return;
	fprintf(stderr, "rxbench: failed: %s\n", cmd);
	exit(1);
}

static void must(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "rxbench: %s: %s\n", what, strerror(-ret));
	exit(1);
}

static uint32_t index_of(const char *name, int lane)
{
	char ifname[IFNAMSIZ];

	snprintf(ifname, sizeof(ifname), "%s%d", name, lane);
	return if_nametoindex(ifname);
}

/* The netdevs of a lane. All ends poll (NAPI), as a NIC's do. */
static void lane_netdevs(struct bench *b, int i)
{
	run("ip link add gen%d type veth peer name port%d && ip link add out%d type veth peer name "
	    "sink%d",
	    i, i, i, i);
	run("for d in gen port out sink; do ip link set ${d}%d up || exit 1; done", i);
	run("ethtool -K port%d gro on; ethtool -K out%d gro on", i, i);
	must(bpf_xdp_attach((int)index_of("sink", i), bpf_program__fd(b->skel->progs.bench_sink),
			    XDP_FLAGS_DRV_MODE, NULL),
	     "attach the sink");
}

static void lane_repx(struct bench *b, int i, const char *hook)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.yaml", b->dir, hook);
	f = fopen(path, "w");
	if (!f)
		must(-errno, path);
	fprintf(f,
		"version: 1\nswitch: {name: %s, attach: %s}\nports:\n"
		"  - {name: up, netdev: out%d, role: uplink}\n"
		"  - name: vm\n    netdev: port%d\n    vlan: {access: 10}\n",
		hook, hook, i, i);
	if (b->flows == 1)
		fprintf(f, "    guard: {mac: [02:00:00:00:00:01]}\n");
	fprintf(f, "fdb:\n  - {mac: 02:00:00:00:00:02, vlan: 10, port: up}\n");
	fclose(f);
	run("%s --root %s/root apply %s >/dev/null", b->repx, b->dir, path);
}

static void lane_bare_xdp(struct bench *b, int i)
{
	uint32_t zero = 0, out = index_of("out", i);

	must(bpf_map_update_elem(bpf_map__fd(b->skel->maps.bare_tx), &zero, &out, BPF_ANY),
	     "fill the devmap");
	must(bpf_xdp_attach((int)index_of("port", i),
			    bpf_program__fd(b->skel->progs.bench_bare_xdp), XDP_FLAGS_DRV_MODE,
			    NULL),
	     "attach the bare XDP program");
}

static void lane_bare_tcx(struct bench *b, int i)
{
	int link;

	b->skel->bss->bare_ifindex = index_of("out", i);
	link = bpf_link_create(bpf_program__fd(b->skel->progs.bench_bare_tc),
			       (int)index_of("port", i), TCX_INGRESS, NULL);
	must(link, "attach the bare tc program"); /* lives as long as this process */
}

/* Without VLAN filtering, which not every kernel has: less work than repx does. */
static void lane_bridge(int i)
{
	run("ip link add br%d type bridge && ip link set br%d up", i, i);
	run("ip link set port%d master br%d && ip link set out%d master br%d", i, i, i, i);
	run("[ ! -e /proc/sys/net/bridge ] || sysctl -qw net.bridge.bridge-nf-call-iptables=0");
	run("bridge fdb add 02:00:00:00:00:02 dev out%d master static", i);
}

static void lane_setup(struct bench *b, enum lane_kind kind)
{
	lane_netdevs(b, kind);
	switch (kind) {
	case LANE_XDP_BARE:
		lane_bare_xdp(b, kind);
		break;
	case LANE_XDP_REPX:
		lane_repx(b, kind, "xdp");
		break;
	case LANE_TCX_BARE:
		lane_bare_tcx(b, kind);
		break;
	case LANE_TCX_REPX:
		lane_repx(b, kind, "tcx");
		break;
	case LANE_BRIDGE:
		lane_bridge(kind);
		break;
	default:
		break;
	}
}

static uint64_t sink_count(struct bench *b)
{
	int cpus = libbpf_num_possible_cpus(), i;
	uint64_t values[1024] = {0}, sum = 0;
	uint32_t zero = 0;

	must(bpf_map_lookup_elem(bpf_map__fd(b->skel->maps.sink_count), &zero, values),
	     "read the sink");
	for (i = 0; i < cpus && i < 1024; i++)
		sum += values[i];
	return sum;
}

static void generate(struct bench *b, uint32_t frames)
{
	static uint8_t frame[FRAME_LEN];
	struct xdp_md ctx = {.data_end = FRAME_LEN, .ingress_ifindex = if_nametoindex("lo")};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .ctx_in = &ctx, .ctx_size_in = sizeof(ctx), .repeat = (int)frames,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = 64);

	must(bpf_prog_test_run_opts(bpf_program__fd(b->skel->progs.bench_gen), &opts),
	     "run the generator");
}

/* Frames a second that arrive at the sink of a lane. */
static double measure(struct bench *b, enum lane_kind kind)
{
	static const uint8_t macs[12] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
	uint64_t start, end, before;

	memcpy(b->skel->bss->gen_macs, macs, sizeof(macs));
	b->skel->bss->gen_ifindex = index_of("gen", kind);
	b->skel->data->gen_flows = b->flows;
	generate(b, BATCH / 4); /* addresses learnt, caches warm */
	before = sink_count(b);
	start = now_ns();
	do {
		generate(b, BATCH);
		end = now_ns();
	} while (end - start < b->ms * 1000000ULL);
	return (double)(sink_count(b) - before) * 1e9 / (double)(end - start);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void print_row(const char *fmt, const char *a, const char *b, double *values,
		      unsigned int len, double scale, const char *goal)
{
	qsort(values, len, sizeof(*values), compare);
	printf(fmt, a, b, values[len / 2] / scale, values[0] / scale, values[len - 1] / scale,
	       goal);
}

static void report(struct bench *b)
{
	double values[MAX_ROUNDS];
	unsigned int r;
	size_t i;

	printf("\n%u flow%s, 64 bytes, one core, %u rounds of %u ms a lane, interleaved\n\n",
	       b->flows, b->flows > 1 ? "s" : "", b->rounds, b->ms);
	printf("%-36s %10s  %s\n", "ratio", "median", "(min .. max)  goal");
	for (i = 0; i < ARRAY_SIZE(ratios); i++) {
		char name[128];

		for (r = 0; r < b->rounds; r++)
			values[r] = b->pps[ratios[i].of][r] / b->pps[ratios[i].to][r];
		snprintf(name, sizeof(name), "%s / %s", lane_names[ratios[i].of],
			 lane_names[ratios[i].to]);
		print_row("%-58s%s %6.3f  (%.3f .. %.3f)  %s\n", name, "", values, b->rounds, 1,
			  ratios[i].goal);
	}
	printf("\n");
	for (i = 0; i < LANE_MAX; i++) {
		memcpy(values, b->pps[i], sizeof(values));
		print_row("%-58s%s %6.3f  (%.3f .. %.3f)  Mpps%s\n", lane_names[i], "", values,
			  b->rounds, 1e6, "");
	}
}

static void private_namespaces(void)
{
	cpu_set_t one;

	if (unshare(CLONE_NEWNET | CLONE_NEWNS) || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		must(-errno, "make a namespace (are you root?)");
	run("mount -t sysfs sysfs /sys && ip link set lo up");
	CPU_ZERO(&one);
	CPU_SET((unsigned int)sysconf(_SC_NPROCESSORS_ONLN) - 1, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int main(int argc, char **argv)
{
	struct bench b = {.rounds = 9, .ms = 300, .flows = 1};
	unsigned int r;
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: rxbench REPX [ROUNDS [MS [FLOWS]]]\n");
		return 2;
	}
	b.repx = argv[1];
	b.rounds = argc > 2 ? (unsigned int)atoi(argv[2]) : b.rounds;
	b.ms = argc > 3 ? (unsigned int)atoi(argv[3]) : b.ms;
	b.flows = argc > 4 ? (unsigned int)atoi(argv[4]) : b.flows;
	if (!b.rounds || b.rounds > MAX_ROUNDS || !b.flows || b.flows & (b.flows - 1))
		return 2;
	private_namespaces();
	str_copy(b.dir, sizeof(b.dir), "/tmp/rxbench.XXXXXX");
	if (!mkdtemp(b.dir))
		must(-errno, "make a folder");
	run("mkdir %s/root", b.dir);
	b.skel = rxbench__open_and_load();
	if (!b.skel)
		must(-errno, "load the bench's programs");
	for (i = 0; i < LANE_MAX; i++)
		lane_setup(&b, i);
	for (r = 0; r < b.rounds; r++)
		for (i = 0; i < LANE_MAX; i++)
			b.pps[i][r] = measure(&b, i);
	report(&b);
	run("%s --root %s/root --switch xdp down; %s --root %s/root --switch tcx down; rm -rf "
	    "--one-file-system %s",
	    b.repx, b.dir, b.repx, b.dir, b.dir);
	return 0;
}
