// SPDX-License-Identifier: GPL-2.0-only
/* rxbench.c - repx against bare programs on the same hook, and the Linux bridge */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "util.h"

static const char usage[] =
	"usage: rxbench [OPTION]... REPX [CASE-PATTERN]\n"
	"  -r, --rounds N   rounds (21)\n"
	"  -m, --ms N       CPU time of a sample, milliseconds (40)\n"
	"  -q, --quick      5 rounds of 30 ms, nothing that takes long to set up\n"
	"  -a, --against OTHER  another build of repx to compare with, in place of the base\n"
	"  -p, --profile    also show what the time of a frame goes to\n"
	"  -j, --json FILE  results as JSON\n"
	"  -s, --svg FILE   results as a picture\n"
	"  -l, --list       the cases\n";

/* Cases that are not frames from the generator. */
static const struct {
	const char *name, *what;
	void (*run)(const struct bench_opts *o, struct bench_report *r);
} suites[] = {
	{"tcp", "a TCP stream (iperf3, TSO on) through the switch", bench_tcp},
	{"apply", "apply of 100 and 1,000 ports: time, memory", bench_apply},
	{"daemon", "the daemon of 1 and 1,000 ports: memory, CPU when idle", bench_daemon},
	{"fdb-show", "fdb show of a million addresses: time, memory", bench_fdb_show},
};

static const char *const slow[] = {"fdb-100k",	   "limit-1m",	 "limit-work1m", "fdb-1m",
				   "fdb-1m-order", "fdb-1m-any", "flows-100k",	 "ports-100",
				   "ports-1000",   "flood-64",	 "apply",	 "daemon",
				   "fdb-show"};

static bool is_slow(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(slow); i++)
		if (!strcmp(slow[i], name))
			return true;
	return false;
}

/* --- the report's head ---------------------------------------------------------------- */

static double load_average(void)
{
	double load = 0;

	return getloadavg(&load, 1) == 1 ? load : 0;
}

static void describe_cpu(char *text, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256], *name;

	str_copy(text, size, "unknown CPU");
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "model name", 10) || !(name = strchr(line, ':')))
			continue;
		name[strcspn(name, "\n")] = '\0';
		snprintf(text, size, "%.60s", name + 2);
		break;
	}
	if (f)
		fclose(f);
}

static void describe(struct bench_report *r, const struct bench_opts *o)
{
	time_t now = time(NULL);
	struct utsname u;
	struct tm tm;

	r->rounds = o->rounds;
	r->ms = o->ms;
	r->load[0] = load_average();
	strftime(r->date, sizeof(r->date), "%Y-%m-%d", gmtime_r(&now, &tm));
	if (!uname(&u))
		snprintf(r->kernel, sizeof(r->kernel), "%.63s", u.release);
	describe_cpu(r->cpu, sizeof(r->cpu));
}

/* --- running --------------------------------------------------------------------------- */

static int save(const struct bench_report *r, const struct bench_opts *o)
{
	int ret = 0;

	if (o->json)
		ret = bench_json(r, o->json);
	if (!ret && o->svg)
		ret = bench_svg(r, o->svg);
	if (ret)
		fprintf(stderr, "rxbench: write the results: %s\n", strerror(-ret));
	return ret;
}

/* Each in a process of its own: its namespaces end with it. */
static void run_case(const struct bench_case *c, size_t suite, const struct bench_opts *o,
		     struct bench_report *r)
{
	const char *name = c ? c->name : suites[suite].name;
	unsigned int i, first = r->figures;
	int status = -1;
	pid_t pid;

	if (!bench_wanted(o, name) || (o->quick && is_slow(name)))
		return;
	if (o->list) {
		printf("%-12s %s\n", name, c ? c->what : suites[suite].what);
		return;
	}
	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (c)
			bench_frames(c, o, r);
		else
			suites[suite].run(o, r);
		exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		printf("%-12s FAILED\n", name);
		r->failed++;
	}
	for (i = first; i < r->figures; i++)
		bench_table_line(&r->figure[i]);
	r->load[1] = load_average();
	save(r, o); /* what is measured is kept, should this be interrupted */
}

static void run_all(const struct bench_opts *o, struct bench_report *r)
{
	const struct bench_case *c;
	size_t i;

	for (c = bench_cases; c->name; c++)
		run_case(c, 0, o, r);
	for (i = 0; i < ARRAY_SIZE(suites); i++)
		run_case(NULL, i, o, r);
}

static int parse(int argc, char **argv, struct bench_opts *o)
{
	static const struct option longs[] = {
		{"rounds", 1, NULL, 'r'}, {"ms", 1, NULL, 'm'},	     {"quick", 0, NULL, 'q'},
		{"json", 1, NULL, 'j'},	  {"against", 1, NULL, 'a'}, {"svg", 1, NULL, 's'},
		{"list", 0, NULL, 'l'},	  {"profile", 0, NULL, 'p'}, {0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "r:m:qa:pj:s:l", longs, NULL)) != -1) {
		if (c == 'r')
			o->rounds = (unsigned int)atoi(optarg);
		else if (c == 'm')
			o->ms = (unsigned int)atoi(optarg);
		else if (c == 'q')
			*o = (struct bench_opts){.quick = true, .rounds = 5, .ms = 30};
		else if (c == 'a')
			o->against = optarg;
		else if (c == 'p')
			o->profile = true;
		else if (c == 'j')
			o->json = optarg;
		else if (c == 's')
			o->svg = optarg;
		else if (c == 'l')
			o->list = true;
		else
			return -1;
	}
	if (optind >= argc || !o->rounds || o->rounds > BENCH_ROUNDS || !o->ms)
		return -1;
	o->repx = argv[optind];
	o->pattern = argv[optind + 1];
	return 0;
}

int main(int argc, char **argv)
{
	struct bench_opts o = {.rounds = 21, .ms = 40};
	struct bench_report *r;

	if (parse(argc, argv, &o)) {
		fputs(usage, stderr);
		return 2;
	}
	r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r == MAP_FAILED)
		return 1;
	describe(r, &o);
	if (!o.list)
		bench_table_begin(r);
	run_all(&o, r);
	if (o.list)
		return 0;
	r->load[1] = load_average();
	bench_table_end(r);
	return save(r, &o) || r->failed ? 1 : 0;
}
