// SPDX-License-Identifier: GPL-2.0-only
/* bench_lane.c - netdevs with something that switches between them */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "repx_abi.h"
#include "rxbench.skel.h"
#include "util.h"

#define TCX_INGRESS 46
#define BATCH 8192 /* frames of a run whose time is not known yet */

static bool is_bare(enum bench_kind kind)
{
	return kind == BENCH_BARE_XDP || kind == BENCH_BARE_TCX;
}

static bool is_xdp(enum bench_kind kind)
{
	return kind == BENCH_XDP || kind == BENCH_BARE_XDP;
}

/* Is it repx that switches? */
static bool is_repx(const struct bench_lane *l)
{
	return (l->kind == BENCH_XDP || l->kind == BENCH_TCX) && !l->c->limit;
}

/* --- netdevs ------------------------------------------------------------------------ */

/* With room for a tag. */
static void write_pair(FILE *f, const struct bench_case *c, const char *a, const char *b)
{
	unsigned int mtu = bench_size(c) > 1500 ? bench_size(c) : 1500;

	fprintf(f, "link add %s mtu %u type veth peer name %s mtu %u\n", a, mtu, b, mtu);
	fprintf(f, "link set %s up\nlink set %s up\n", a, b);
}

static void write_netdevs(const struct bench_lane *l, FILE *f)
{
	unsigned int w, i;

	for (w = 0; w < bench_ways(l->c); w++) {
		write_pair(f, l->c, bench_name("g", l->id, w, 0), bench_name("p", l->id, w, 0));
		for (i = 0; i < bench_outs(l->c); i++)
			write_pair(f, l->c, bench_name("o", l->id, w, i),
				   bench_name("s", l->id, w, i));
	}
}

static void make_netdevs(const struct bench_lane *l)
{
	FILE *f = fopen(BENCH_DIR "/batch", "we");
	unsigned int w, i;

	bench_must(f ? 0 : -errno, BENCH_DIR "/batch");
	write_netdevs(l, f);
	fclose(f);
	bench_run("ip -batch " BENCH_DIR "/batch");
	for (w = 0; w < bench_ways(l->c); w++) {
		bench_poll(bench_name("p", l->id, w, 0));
		for (i = 0; i < bench_outs(l->c); i++)
			bench_poll(bench_name("o", l->id, w, i));
	}
	if (l->c->spread && !is_xdp(l->kind))
		bench_steer(bench_name("p", l->id, 0, 0), 1);
}

static uint32_t index_of(const char *netdev)
{
	uint32_t index = if_nametoindex(netdev);

	bench_must(index ? 0 : -errno, netdev);
	return index;
}

/* --- the generator's and the sink's programs ------------------------------------------- */

/* Tables of limits, that only those cases fill. */
static void size_tables(const struct bench_lane *l, struct rxbench *skel)
{
	uint32_t flat = 1;

	while (l->c->limit == BENCH_LIMIT_FLAT && flat < l->c->dsts)
		flat *= 2;
	skel->rodata->flat_places = flat;
	skel->rodata->flat_work = l->c->work;
	bench_must(bpf_map__set_max_entries(skel->maps.limit_flat, flat), "size the array");
	if (l->c->limit == BENCH_LIMIT_HASH)
		bench_must(bpf_map__set_max_entries(skel->maps.limit_fdb, bench_fdb_size(l->c)),
			   "size the hash");
	bench_must(bpf_map__set_max_entries(skel->maps.limit_cpus, bench_cpu(1) + 1),
		   "size the map of CPUs");
}

static void load_way(struct bench_lane *l, unsigned int way)
{
	struct bench_way *w = &l->way[way];
	const uint32_t to[] = {
		[BENCH_TO_IN] = index_of(bench_name("g", l->id, way, 0)),
		[BENCH_TO_BACK] = index_of(bench_name("s", l->id, way, bench_outs(l->c) - 1)),
	};
	uint32_t i;

	w->socket = bench_gen_by_socket(bench_size(l->c)) ? bench_gen_socket(to[BENCH_TO_IN]) : -1;
	w->skel = rxbench__open();
	bench_must(w->skel ? 0 : -errno, "open the bench's programs");
	w->skel->rodata->bare_spread = l->c->dsts > 1 && bench_outs(l->c) > 1;
	w->skel->rodata->bare_outs = bench_outs(l->c);
	w->skel->rodata->other_cpu = bench_cpu(1);
	size_tables(l, w->skel);
	w->skel->rodata->bare_one = index_of(bench_name("o", l->id, way, 0));
	bench_must(rxbench__load(w->skel), "load the bench's programs");
	for (i = 0; i < ARRAY_SIZE(to); i++)
		bench_must(
			bpf_map_update_elem(bpf_map__fd(w->skel->maps.gen_tx), &i, &to[i], BPF_ANY),
			"aim the generator");
	for (i = 0; i < bench_outs(l->c); i++)
		bench_must(bpf_xdp_attach((int)index_of(bench_name("s", l->id, way, i)),
					  bpf_program__fd(w->skel->progs.bench_sink),
					  XDP_FLAGS_DRV_MODE, NULL),
			   "attach the sink");
}

/* --- what switches --------------------------------------------------------------------- */

static void fill_bare_maps(struct bench_lane *l, unsigned int way)
{
	struct rxbench *skel = l->way[way].skel;
	uint32_t i, out;

	for (i = 0; i < bench_outs(l->c); i++) {
		out = index_of(bench_name("o", l->id, way, i));
		bench_must(bpf_map_update_elem(bpf_map__fd(skel->maps.bare_tx), &i, &out, BPF_ANY),
			   "fill the devmap");
		bench_must(bpf_map_update_elem(bpf_map__fd(skel->maps.bare_ifindex), &i, &out,
					       BPF_ANY),
			   "fill the ifindexes");
	}
}

/* As many addresses as the case has destinations. */
static void fill_hash(struct bench_lane *l, unsigned int way)
{
	int fd = bpf_map__fd(l->way[way].skel->maps.limit_fdb);
	struct repx_fdb_key key = {.vlan = BENCH_C_VLAN, .mac = {2}};
	struct repx_fdb value = {0};
	uint32_t i;

	for (i = 0; i < l->c->dsts; i++) {
		key.mac[3] = (uint8_t)(i >> 16);
		key.mac[4] = (uint8_t)(i >> 8);
		key.mac[5] = (uint8_t)i;
		bench_must(bpf_map_update_elem(fd, &key, &value, BPF_ANY), "fill the hash");
	}
}

/* Where a CPU takes what another one hands it, and what it does then. */
static void fill_cpus(struct bench_lane *l, unsigned int way)
{
	struct rxbench *skel = l->way[way].skel;
	uint32_t cpu = bench_cpu(1);
	struct bpf_cpumap_val value = {
		.qsize = 2048,
		.bpf_prog.fd = bpf_program__fd(skel->progs.bench_bare_cpu),
	};

	bench_must(bpf_map_update_elem(bpf_map__fd(skel->maps.limit_cpus), &cpu, &value, BPF_ANY),
		   "make a CPU take frames");
}

/* The source of bench_head(), as guard_and_count() reads it. */
static void allow_source(struct bench_lane *l, unsigned int way)
{
	uint8_t head[BENCH_HEAD];
	uint64_t source = 0;
	uint32_t zero = 0;

	bench_head(l->c, way, head);
	memcpy(&source, head + 6, 6);
	bench_must(bpf_map_update_elem(bpf_map__fd(l->way[way].skel->maps.limit_source), &zero,
				       &source, BPF_ANY),
		   "allow the source");
}

static struct bpf_program *bare_program(const struct bench_lane *l, struct rxbench *skel)
{
	bool xdp = is_xdp(l->kind);

	if (is_bare(l->kind) && l->c->drop)
		return xdp ? skel->progs.bench_drop_xdp : skel->progs.bench_drop_tc;
	switch (is_bare(l->kind) ? BENCH_LIMIT_BARE : l->c->limit) {
	case BENCH_LIMIT_PUSH:
		return xdp ? skel->progs.bench_push_xdp : skel->progs.bench_push_tc;
	case BENCH_LIMIT_COUNT:
		return xdp ? skel->progs.bench_count_xdp : skel->progs.bench_count_tc;
	case BENCH_LIMIT_HASH:
		return xdp ? skel->progs.bench_hash_xdp : skel->progs.bench_hash_tc;
	case BENCH_LIMIT_FLAT:
		return xdp ? skel->progs.bench_flat_xdp : skel->progs.bench_flat_tc;
	case BENCH_LIMIT_FLOOD:
		return xdp ? skel->progs.bench_flood_xdp : skel->progs.bench_flood_tc;
	case BENCH_LIMIT_CPU: /* on tc the kernel does it: RPS */
		return xdp ? skel->progs.bench_cpu_xdp : skel->progs.bench_bare_tc;
	default:
		return xdp ? skel->progs.bench_bare_xdp : skel->progs.bench_bare_tc;
	}
}

static void make_bare(struct bench_lane *l, unsigned int way)
{
	struct rxbench *skel = l->way[way].skel;
	int in = (int)index_of(bench_name("p", l->id, way, 0));
	int prog = bpf_program__fd(bare_program(l, skel));

	fill_bare_maps(l, way);
	allow_source(l, way);
	if (l->c->limit == BENCH_LIMIT_HASH)
		fill_hash(l, way);
	if (l->c->limit == BENCH_LIMIT_CPU && l->kind == BENCH_XDP)
		fill_cpus(l, way);
	if (is_xdp(l->kind))
		bench_must(bpf_xdp_attach(in, prog, XDP_FLAGS_DRV_MODE, NULL),
			   "attach the bare XDP program");
	else /* lives as long as this process */
		bench_must(bpf_link_create(prog, in, TCX_INGRESS, NULL),
			   "attach the bare tc program");
}

static void write_bridge(const struct bench_lane *l, FILE *links, FILE *fdb)
{
	unsigned int w, i, known = l->c->dsts ? bench_outs(l->c) : 1;

	for (w = 0; w < bench_ways(l->c); w++) {
		fprintf(links, "link set %s master br%u\n", bench_name("p", l->id, w, 0), l->id);
		for (i = 0; i < bench_outs(l->c); i++)
			fprintf(links, "link set %s master br%u\n", bench_name("o", l->id, w, i),
				l->id);
		for (i = 0; i < known && !(l->c->dsts && known == 1); i++)
			fprintf(fdb, "fdb add 02:00:00:00:%02x:%02x dev %s master static\n", i >> 8,
				i ? i & 255 : w, bench_name("o", l->id, w, i));
	}
}

/* Without VLAN filtering, which not every kernel has: less work than repx does. */
static void make_bridge(const struct bench_lane *l)
{
	FILE *links = fopen(BENCH_DIR "/links", "we"), *fdb = fopen(BENCH_DIR "/fdb", "we");

	bench_must(links && fdb ? 0 : -errno, "write a batch");
	write_bridge(l, links, fdb);
	fclose(links);
	fclose(fdb);
	bench_run("ip link add br%u type bridge ageing_time 360000 mcast_snooping 0", l->id);
	bench_run("ip link set br%u up", l->id);
	bench_run("ip -batch " BENCH_DIR "/links");
	bench_run("bridge -batch " BENCH_DIR "/fdb");
}

/* As the daemon does. */
static void count_flows(const struct bench_lane *l)
{
	struct repx_cfg *cfg;
	char path[96];
	int fd;

	snprintf(path, sizeof(path), BENCH_DIR "/root/bpf/l%u/maps/repx_cfg", l->id);
	fd = bpf_obj_get(path);
	bench_must(fd < 0 ? -errno : 0, "open repx_cfg");
	cfg = mmap(NULL, sizeof(*cfg), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	bench_must(cfg == MAP_FAILED ? -errno : 0, "map repx_cfg");
	cfg->sample = l->c->sample;
	munmap(cfg, sizeof(*cfg));
	close(fd);
}

static void make_repx(const struct bench_lane *l)
{
	char path[64];

	snprintf(path, sizeof(path), BENCH_DIR "/l%u.yaml", l->id);
	bench_conf(l->c, l->id, l->kind == BENCH_XDP ? "xdp" : "tcx", path);
	bench_run("%s --root " BENCH_DIR "/root apply %s", l->repx, path);
	if (l->c->sample)
		count_flows(l);
}

/* --- traffic ------------------------------------------------------------------------------ */

static uint32_t gcd(uint32_t a, uint32_t b)
{
	return b ? gcd(b, a % b) : a;
}

/* Destinations by the golden ratio, so that neighbours never follow each other. */
static uint32_t step(const struct bench_case *c)
{
	uint32_t by = c->dsts * 0.618;

	if (c->in_order || bench_outs(c) > 1)
		return 1;
	while (gcd(by, c->dsts) != 1)
		by++;
	return by;
}

static void aim(struct bench_lane *l, unsigned int way)
{
	struct rxbench__bss *g = l->way[way].skel->bss;

	bench_head(l->c, way, l->way[way].head);
	g->gen_to = BENCH_TO_IN;
	g->gen_dsts = l->c->dsts > 1 ? l->c->dsts : 0;
	g->gen_step = l->c->dsts > 1 ? step(l->c) : 0;
	g->gen_mix = l->c->anyhow ? 0x9e3779b1 : 1;
	g->gen_srcs = l->c->srcs;
	g->gen_src = 0;
}

/* Lets the switch learn the destinations, from where they are. */
static void teach(struct bench_lane *l)
{
	struct rxbench__bss *g = l->way[0].skel->bss;

	aim(l, 0);
	bench_generate(&l->way[0], bench_size(l->c), 64);
	bench_head_back(l->c, l->way[0].head);
	g->gen_to = BENCH_TO_BACK;
	g->gen_dsts = 0;
	g->gen_srcs = l->c->dsts;
	bench_generate(&l->way[0], bench_size(l->c), l->c->dsts);
	aim(l, 0);
	bench_generate(&l->way[0], bench_size(l->c), l->c->dsts);
}

void bench_lane_make(struct bench_lane *l)
{
	unsigned int w;

	l->net = bench_new_net();
	make_netdevs(l);
	for (w = 0; w < bench_ways(l->c); w++) {
		load_way(l, w);
		if (!is_repx(l) && l->kind != BENCH_LINUX)
			make_bare(l, w);
	}
	if (l->kind == BENCH_LINUX)
		make_bridge(l);
	if (is_repx(l))
		make_repx(l);
	for (w = 0; w < bench_ways(l->c); w++)
		aim(l, w);
	if ((is_repx(l) || l->kind == BENCH_LINUX) && l->c->dsts && bench_outs(l->c) == 1)
		teach(l);
}

static uint64_t sink_count(struct rxbench *skel)
{
	int cpus = libbpf_num_possible_cpus(), i;
	uint64_t values[1024] = {0}, sum = 0;
	uint32_t zero = 0;

	bench_must(cpus > 1024 ? -E2BIG : 0, "count the CPUs");
	bench_must(bpf_map_lookup_elem(bpf_map__fd(skel->maps.sink_count), &zero, values),
		   "read the sink");
	for (i = 0; i < cpus; i++)
		sum += values[i];
	return sum;
}

struct sample {
	struct bench_lane *l;
	const struct bench_opts *o;
	unsigned int way;
	uint64_t sent, ns;
};

/* Return: how many frames would have taken as long as a sample shall. */
static uint32_t run_way(struct sample *s, uint32_t frames)
{
	uint64_t start = bench_cpu_ns(s->way);
	uint64_t clock = bench_generate(&s->l->way[s->way], bench_size(s->l->c), frames);
	uint64_t ns = s->l->by_clock ? clock : bench_cpu_ns(s->way) - start;

	s->sent += frames;
	s->ns += ns;
	return (uint32_t)((uint64_t)frames * s->o->ms * 1000000 / ns);
}

/* One way's part: a thread of its own where there are more. It is one run of the generator,
 * since what a run begins with takes as much time as thousands of frames: as long as the one
 * before says, or (the first) a trial; and so long that frames go to all destinations. */
static void *sample_way(void *data)
{
	struct sample *s = data;
	const struct bench_case *c = s->l->c;
	struct bench_way *w = &s->l->way[s->way];

	bench_pin(s->way);
	if (c->frames) {
		run_way(s, c->frames);
		return NULL;
	}
	if (!w->batch)
		w->batch = run_way(s, c->flood ? BATCH / bench_outs(c) : BATCH);
	if (w->batch < c->dsts)
		w->batch = c->dsts;
	w->batch = run_way(s, w->batch);
	return NULL;
}

/* How many frames come out for each that goes in. */
static unsigned int copies(const struct bench_lane *l)
{
	if (l->c->drop)
		return 0;
	return l->c->flood && !is_bare(l->kind) ? bench_outs(l->c) : 1;
}

static void prepare_sample(struct bench_lane *l)
{
	if (l->c->forget && !is_bare(l->kind)) {
		if (l->kind == BENCH_LINUX)
			bench_run("ip link set br%u type bridge fdb_flush", l->id);
		else
			bench_run("%s --root " BENCH_DIR "/root --switch l%u fdb flush", l->repx,
				  l->id);
	}
	if (!l->c->frames) /* caches warm */
		bench_generate(&l->way[0], bench_size(l->c), 4096 / (l->c->flood ? l->c->outs : 1));
}

static double sample_value(struct bench_lane *l, const struct sample *s, uint64_t came)
{
	uint64_t due = s->sent * copies(l);

	l->sent += due;
	if (came < due)
		l->lost += due - came;
	return (double)(l->c->drop ? s->sent : came) * 1e9 / (double)s->ns;
}

double bench_lane_sample(struct bench_lane *l, const struct bench_opts *o)
{
	struct sample s[BENCH_WAYS] = {0};
	uint64_t before[BENCH_WAYS];
	pthread_t thread[BENCH_WAYS];
	unsigned int w, ways = bench_ways(l->c);
	double sum = 0;

	bench_pin(0);
	bench_enter_net(l->net);
	prepare_sample(l);
	for (w = 0; w < ways; w++) {
		s[w] = (struct sample){.l = l, .o = o, .way = w};
		before[w] = sink_count(l->way[w].skel);
	}
	if (l->profile)
		bench_profile_start(l->profile);
	for (w = 1; w < ways; w++)
		bench_must(-pthread_create(&thread[w], NULL, sample_way, &s[w]), "make a thread");
	sample_way(&s[0]);
	for (w = 1; w < ways; w++)
		pthread_join(thread[w], NULL);
	if (l->profile)
		bench_profile_stop(l->profile);
	for (w = 0; w < ways; w++)
		sum += sample_value(l, &s[w], sink_count(l->way[w].skel) - before[w]);
	return sum;
}
