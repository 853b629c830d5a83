// SPDX-License-Identifier: GPL-2.0-only
/* bench_apply.c - the control plane: apply of many ports, the daemon, fdb show of many addresses */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "repx_abi.h"
#include "util.h"

#define ADDRESSES 1000000U
#define MAX_APPLY_SECONDS 1.0

struct cost {
	double seconds, mib;
};

/* --- a command, and what it took ------------------------------------------------------ */

static void run_quiet(char *const argv[])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execv(argv[0], argv);
	_exit(127);
}

static struct cost measure(char *const argv[])
{
	uint64_t start = now_ns();
	struct cost cost;
	struct rusage u;
	pid_t pid = fork();
	int status;

	if (!pid)
		run_quiet(argv);
	bench_must(pid < 0 || wait4(pid, &status, 0, &u) != pid ? -errno : 0, "run repx");
	bench_must(status ? -EIO : 0, argv[3]);
	cost.seconds = (double)(now_ns() - start) / 1e9;
	cost.mib = (double)u.ru_maxrss / 1024;
	return cost;
}

static void figure(struct bench_report *r, const char *name, const char *hook, const char *what,
		   const struct cost *cost, unsigned int len)
{
	struct bench_figure *f = bench_figure(r, name, hook, "ms");
	double ms[BENCH_ROUNDS], mib = 0;
	unsigned int i;

	for (i = 0; i < len; i++) {
		ms[i] = cost[i].seconds * 1000;
		mib = cost[i].mib > mib ? cost[i].mib : mib;
	}
	bench_stat(&f->value, ms, len);
	str_copy(f->what, sizeof(f->what), what);
	snprintf(f->note, sizeof(f->note), "%.1f .. %.1f ms, peak %.1f MiB resident", f->value.min,
		 f->value.max, mib);
}

/* --- apply -------------------------------------------------------------------------------- */

static void make_ports(unsigned int ports)
{
	FILE *f = fopen(BENCH_DIR "/batch", "we");
	unsigned int i;

	bench_must(f ? 0 : -errno, BENCH_DIR "/batch");
	for (i = 0; i < ports; i++)
		fprintf(f,
			"link add p%u type veth peer name q%u\nlink set p%u up\nlink set q%u up\n",
			i, i, i, i);
	fclose(f);
	bench_run("ip -batch " BENCH_DIR "/batch");
}

static void write_conf(unsigned int ports, const char *attach)
{
	FILE *f = fopen(BENCH_DIR "/apply.yaml", "we");
	unsigned int i;

	bench_must(f ? 0 : -errno, BENCH_DIR "/apply.yaml");
	fprintf(f, "version: 1\nswitch: {name: many, attach: %s}\nports:\n", attach);
	for (i = 0; i < ports; i++)
		fprintf(f,
			"  - {name: p%u, netdev: p%u, vlan: {access: %u}, "
			"guard: {mac: [\"02:10:00:00:%02x:%02x\"]}}\n",
			i, i, 1 + i % 4000, i >> 8, i & 255);
	fclose(f);
}

static void per_port(struct bench_report *r, unsigned int ports)
{
	struct bench_figure *f = &r->figure[r->figures - 1];
	size_t used = strlen(f->note);

	snprintf(f->note + used, sizeof(f->note) - used, ", %.2f ms a port",
		 f->value.median / ports);
}

static void apply_ports(const struct bench_opts *o, unsigned int ports, const char *attach,
			struct bench_report *r)
{
	char *apply[] = {(char *)o->repx,	  "--root", BENCH_DIR "/root", "apply",
			 BENCH_DIR "/apply.yaml", NULL};
	struct cost first[BENCH_ROUNDS], again[BENCH_ROUNDS];
	unsigned int i, rounds = o->rounds > 5 ? 5 : o->rounds;
	char name[24], what[80];

	write_conf(ports, attach);
	for (i = 0; i < rounds; i++) {
		first[i] = measure(apply);
		again[i] = measure(apply);
		bench_run("%s --root " BENCH_DIR "/root down", o->repx);
	}
	snprintf(name, sizeof(name), "apply-%u", ports);
	snprintf(what, sizeof(what), "apply of %u new ports", ports);
	figure(r, name, attach, what, first, rounds);
	per_port(r, ports);
	if (ports == 1000)
		r->figure[r->figures - 1].at_most = MAX_APPLY_SECONDS * 1000;
	snprintf(name, sizeof(name), "again-%u", ports);
	snprintf(what, sizeof(what), "apply of %u ports that are there", ports);
	figure(r, name, attach, what, again, rounds);
}

void bench_apply(const struct bench_opts *o, struct bench_report *r)
{
	static const char *const hooks[] = {"clsact", "xdp", "tcx"};
	static const unsigned int ports[] = {100, 1000};
	size_t h, p;

	bench_private();
	make_ports(1000);
	for (p = 0; p < ARRAY_SIZE(ports); p++)
		for (h = 0; h < ARRAY_SIZE(hooks); h++)
			apply_ports(o, ports[p], hooks[h], r);
}

/* --- the daemon ---------------------------------------------------------------------------- */

#define IDLE_SECONDS 10

static bool answers(const struct bench_opts *o)
{
	char cmd[200];

	snprintf(cmd, sizeof(cmd),
		 "test -S " BENCH_DIR "/root/run/many/control && %s --root " BENCH_DIR
		 "/root port show >/dev/null 2>&1",
		 o->repx);
	return !system(cmd);
}

static pid_t start_daemon(const struct bench_opts *o)
{
	char *run[] = {(char *)o->repx,		"--root", BENCH_DIR "/root", "run",
		       BENCH_DIR "/apply.yaml", NULL};
	uint64_t end = now_ns() + 60000000000ULL;
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run_quiet(run);
	}
	while (!answers(o))
		bench_must(pid < 0 || now_ns() > end || waitpid(pid, NULL, WNOHANG) ? -EIO : 0,
			   "start the daemon");
	return pid;
}

/* CPU time so far, and what is resident now. */
static struct cost usage_of(pid_t pid)
{
	struct cost cost = {0};
	char path[64], line[128];
	clockid_t clock;
	struct timespec ts;
	FILE *f;

	bench_must(clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts) ? -EIO : 0,
		   "read the daemon's clock");
	cost.seconds = (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "VmRSS:", 6))
			cost.mib = strtod(line + 6, NULL) / 1024;
	if (f)
		fclose(f);
	return cost;
}

static void daemon_of(const struct bench_opts *o, unsigned int ports, struct bench_report *r)
{
	struct bench_figure *f;
	struct cost before, after;
	char name[24];
	pid_t pid;

	write_conf(ports, "tcx");
	pid = start_daemon(o);
	before = usage_of(pid);
	sleep(IDLE_SECONDS);
	after = usage_of(pid);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	bench_run("%s --root " BENCH_DIR "/root down", o->repx);
	snprintf(name, sizeof(name), "daemon-%u", ports);
	f = bench_figure(r, name, "tcx", "MiB");
	bench_stat(&f->value, &after.mib, 1);
	snprintf(f->what, sizeof(f->what), "the daemon of %u ports: resident memory", ports);
	snprintf(f->note, sizeof(f->note), "idle: %.3f %% of a CPU over %d s",
		 (after.seconds - before.seconds) * 100 / IDLE_SECONDS, IDLE_SECONDS);
}

void bench_daemon(const struct bench_opts *o, struct bench_report *r)
{
	bench_private();
	make_ports(1000);
	daemon_of(o, 1, r);
	daemon_of(o, 1000, r);
}

/* --- fdb show ------------------------------------------------------------------------------ */

static void fill_fdb(void)
{
	struct repx_fdb_key *keys = calloc(ADDRESSES, sizeof(*keys));
	struct repx_fdb *values = calloc(ADDRESSES, sizeof(*values));
	int fd = bpf_obj_get(BENCH_DIR "/root/bpf/many/maps/repx_fdb");
	uint32_t i, len = ADDRESSES;

	bench_must(keys && values ? 0 : -ENOMEM, "make a million addresses");
	bench_must(fd, "open the FDB");
	for (i = 0; i < ADDRESSES; i++) {
		keys[i] = (struct repx_fdb_key){
			.vlan = 1,
			.mac = {2, 0x20, 0, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}};
		values[i].ring = REPX_FDB_NO_RING;
		values[i].seen_ns = now_ns();
	}
	bench_must(bpf_map_update_batch(fd, keys, values, &len, NULL), "fill the FDB");
	free(keys);
	free(values);
	close(fd);
}

void bench_fdb_show(const struct bench_opts *o, struct bench_report *r)
{
	char *show[] = {(char *)o->repx, "--root", BENCH_DIR "/root", "fdb", "show", NULL};
	char *json[] = {(char *)o->repx, "--root", BENCH_DIR "/root", "-j", "fdb", "show", NULL};
	struct cost text[3], doc[3];
	unsigned int i;

	bench_private();
	make_ports(1);
	write_conf(1, "clsact");
	bench_run("sed -i 's/clsact/clsact, fdb: {size: %u}/' " BENCH_DIR "/apply.yaml",
		  ADDRESSES + ADDRESSES / 8);
	bench_run("%s --root " BENCH_DIR "/root apply " BENCH_DIR "/apply.yaml", o->repx);
	fill_fdb();
	for (i = 0; i < ARRAY_SIZE(text); i++) {
		text[i] = measure(show);
		doc[i] = measure(json);
	}
	figure(r, "fdb-show", "-", "fdb show of 1,000,000 addresses", text, i);
	figure(r, "fdb-show-j", "-", "fdb show of 1,000,000 addresses as JSON", doc, i);
}
