// SPDX-License-Identifier: GPL-2.0-only
/* bench_profile.c - where the time of a lane's frames goes
 *
 * While a lane is measured, the kernel's CPU clock samples what its CPU executes. The
 * samples are told by function, added up by what they are for, and shown as nanoseconds a
 * frame. Needs no counters of the hardware, which virtual machines often lack.
 */
#include <errno.h>
#include <fnmatch.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"
#include "util.h"

#define SAMPLES_A_SECOND 10000
#define RING_PAGES 128 /* a power of two: of some three seconds */
#define NAME_LEN 64
#define TOP 8
#define IN_USER_SPACE (-1)

/* --- functions of the kernel, and programs ------------------------------------------------ */

struct symbol {
	uint64_t start;
	char name[NAME_LEN];
};

static struct {
	struct symbol *at;
	int len, room;
} symbols;

static int by_start(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void add_symbol(uint64_t start, const char *name)
{
	if (symbols.len == symbols.room) {
		symbols.room = symbols.room ? 2 * symbols.room : 1 << 16;
		symbols.at = realloc(symbols.at, (size_t)symbols.room * sizeof(*symbols.at));
		bench_must(symbols.at ? 0 : -ENOMEM, "keep the kernel's symbols");
	}
	symbols.at[symbols.len].start = start;
	str_copy(symbols.at[symbols.len++].name, NAME_LEN, name);
}

/* Once all programs of the case are loaded. */
static void load_symbols(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512], type, name[NAME_LEN];
	unsigned long long start;
	bool program = false;

	bench_must(f ? 0 : -errno, "/proc/kallsyms");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %c %63s", &start, &type, name) == 3 &&
		    strchr("tTwW", type)) {
			add_symbol(start, name);
			program |= start && strstr(line, "[bpf]");
		}
	fclose(f);
	bench_must(program ? 0 : -EPERM,
		   "find programs in /proc/kallsyms (sysctl kernel.kptr_restrict=0 "
		   "net.core.bpf_jit_kallsyms=1)");
	qsort(symbols.at, (size_t)symbols.len, sizeof(*symbols.at), by_start);
}

static int find_symbol(uint64_t ip)
{
	int from = 0, to = symbols.len;

	while (from < to) {
		int middle = from + (to - from) / 2;

		if (symbols.at[middle].start <= ip)
			from = middle + 1;
		else
			to = middle;
	}
	return from - 1; /* IN_USER_SPACE: below all of them */
}

/* --- what they are for ---------------------------------------------------------------------- */

enum group { BENCH_ITSELF, PROGRAM, TAG, HASH, COPY, REDIRECT, BRIDGE, OTHER, GROUPS };

static const char *const group_names[GROUPS] = {
	[BENCH_ITSELF] = "generator and sink",
	[PROGRAM] = "the program",
	[TAG] = "pushing, popping a tag",
	[HASH] = "lookups in hashes",
	[COPY] = "copies",
	[REDIRECT] = "redirect",
	[BRIDGE] = "the bridge",
	[OTHER] = "the rest of the kernel",
};

/* The first that matches counts. */
static const struct {
	const char *pattern;
	enum group group;
} groups[] = {
	{"bpf_prog_*_bench_gen", BENCH_ITSELF},
	{"bpf_prog_*_bench_sink", BENCH_ITSELF},
	{"xdp_test_run_*", BENCH_ITSELF},
	{"bpf_test_run_*", BENCH_ITSELF},
	{"bpf_prog_*", PROGRAM},
	{"bpf_xdp_adjust_head", TAG},
	{"bpf_skb_vlan_*", TAG},
	{"*skb_vlan_*", TAG},
	{"*htab*", HASH},
	{"lookup_nulls_elem_raw", HASH},
	{"bpf_clone_redirect", COPY},
	{"*skb_clone*", COPY},
	{"*pskb_expand_head", COPY},
	{"skb_copy*", COPY},
	{"xdpf_clone", COPY},
	{"memcpy*", COPY},
	{"dev_map_enqueue_*", COPY}, /* of a broadcast */
	{"*redirect*", REDIRECT},
	{"dev_map_*", REDIRECT},
	{"*dev_map_lookup_elem", REDIRECT},
	{"dev_get_by_index_rcu", REDIRECT},
	{"bq_*", REDIRECT},
	{"dev_xdp_enqueue", REDIRECT},
	{"br_*", BRIDGE},
	{"__br_*", BRIDGE},
	{"fdb_find_rcu", BRIDGE},
	{"nf_*", BRIDGE},
};

static enum group group_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if (!fnmatch(groups[i].pattern, name, 0))
			return groups[i].group;
	return OTHER;
}

/* --- sampling ----------------------------------------------------------------------------------- */

struct bench_profile {
	int fd;
	struct perf_event_mmap_page *ring;
	uint64_t samples, user, lost;
	uint32_t *hits; /* of each symbol */
};

static size_t ring_size(void)
{
	return (size_t)RING_PAGES * (size_t)sysconf(_SC_PAGESIZE);
}

struct bench_profile *bench_profile_new(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_freq = SAMPLES_A_SECOND,
		.freq = 1,
		.sample_type = PERF_SAMPLE_IP,
		.disabled = 1,
		.exclude_idle = 1,
	};
	struct bench_profile *p = calloc(1, sizeof(*p));

	bench_must(p ? 0 : -ENOMEM, "make a profile");
	if (!symbols.len)
		load_symbols();
	p->hits = calloc((size_t)symbols.len, sizeof(*p->hits));
	bench_must(p->hits ? 0 : -ENOMEM, "make a profile");
	p->fd = (int)syscall(SYS_perf_event_open, &attr, -1, sched_getcpu(), -1,
			     PERF_FLAG_FD_CLOEXEC);
	bench_must(p->fd < 0 ? -errno : 0, "sample the CPU's clock");
	p->ring = mmap(NULL, ring_size() + (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
		       MAP_SHARED, p->fd, 0);
	bench_must(p->ring == MAP_FAILED ? -errno : 0, "map the samples");
	return p;
}

void bench_profile_start(struct bench_profile *p)
{
	bench_must(ioctl(p->fd, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0, "start to sample");
}

static void count_sample(struct bench_profile *p, uint64_t ip)
{
	int symbol = find_symbol(ip);

	p->samples++;
	if (symbol == IN_USER_SPACE)
		p->user++;
	else
		p->hits[symbol]++;
}

/* Records are multiples of 8 bytes long, and those of interest fit into the ring whole or are
 * cut in two between their words. */
static uint64_t ring_word(const struct bench_profile *p, uint64_t at)
{
	const uint8_t *data = (const uint8_t *)p->ring + p->ring->data_offset;
	uint64_t word;

	memcpy(&word, data + (at & (ring_size() - 1)), sizeof(word));
	return word;
}

void bench_profile_stop(struct bench_profile *p)
{
	uint64_t head, at = p->ring->data_tail;

	bench_must(ioctl(p->fd, PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0, "stop to sample");
	head = __atomic_load_n(&p->ring->data_head, __ATOMIC_ACQUIRE);
	while (at < head) {
		uint64_t word = ring_word(p, at);
		struct perf_event_header record;

		memcpy(&record, &word, sizeof(record));
		if (record.type == PERF_RECORD_SAMPLE)
			count_sample(p, ring_word(p, at + 8));
		else if (record.type == PERF_RECORD_LOST)
			p->lost += ring_word(p, at + 16);
		at += record.size;
	}
	__atomic_store_n(&p->ring->data_tail, at, __ATOMIC_RELEASE);
}

/* --- the table ------------------------------------------------------------------------------------- */

static void add_up(const struct bench_profile *p, double ns, double sum[GROUPS])
{
	int i;

	memset(sum, 0, GROUPS * sizeof(*sum));
	for (i = 0; i < symbols.len; i++)
		if (p->hits[i])
			sum[group_of(symbols.at[i].name)] += ns * p->hits[i] / (double)p->samples;
	sum[BENCH_ITSELF] += ns * (double)p->user / (double)p->samples;
}

/* The functions that take most, beside those that the table has a line for. */
static void print_top(const struct bench_profile *p, const char *lane, double ns)
{
	uint32_t limit = UINT32_MAX;
	int n, i, best;

	printf("  %-10s", lane);
	for (n = 0; n < TOP; n++) {
		for (best = -1, i = 0; i < symbols.len; i++)
			if (p->hits[i] < limit && (best < 0 || p->hits[i] > p->hits[best]))
				best = i;
		if (best < 0 || !p->hits[best])
			break;
		limit = p->hits[best];
		printf("%s %s %.1f", n ? "," : "", symbols.at[best].name,
		       ns * p->hits[best] / (double)p->samples);
	}
	printf("\n");
}

void bench_profile_print(const char *name, const struct bench_profiled *lanes, unsigned int len)
{
	double sum[BENCH_LANES][GROUPS];
	unsigned int i, g;

	printf("profile of %s: nanoseconds a frame\n  %-24s", name, "");
	for (i = 0; i < len; i++) {
		add_up(lanes[i].profile, lanes[i].ns, sum[i]);
		printf(" %12s", lanes[i].name);
	}
	for (g = 0; g < GROUPS; g++) {
		printf("\n  %-24s", group_names[g]);
		for (i = 0; i < len; i++)
			printf(" %12.1f", sum[i][g]);
	}
	printf("\n  %-24s", "all");
	for (i = 0; i < len; i++)
		printf(" %12.1f", lanes[i].ns);
	printf("\n  %-24s", "samples (lost)");
	for (i = 0; i < len; i++)
		printf(" %8llu (%llu)", (unsigned long long)lanes[i].profile->samples,
		       (unsigned long long)lanes[i].profile->lost);
	printf("\n");
	for (i = 0; i < len; i++)
		print_top(lanes[i].profile, lanes[i].name, lanes[i].ns);
	printf("\n");
}
