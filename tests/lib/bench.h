/* SPDX-License-Identifier: GPL-2.0-only */
/* bench.h - what the benchmarks share: cases, lanes, figures, the report
 *
 * A case is one kind of traffic. It is measured on lanes: repx on one of its
 * hooks, a bare redirect (or drop) on the same hook, the Linux bridge. Every
 * round measures every lane once, in turn; figures are medians over the rounds,
 * and ratios are taken round by round, so that a machine whose speed wanders
 * does not move them. A case runs in a process and in namespaces of its own:
 * whatever happens to it, nothing is left.
 */
#ifndef REPX_BENCH_H
#define REPX_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_ROUNDS 64
#define BENCH_HEAD 64	      /* bytes of a frame that are not zeros */
#define BENCH_MOST_BYTES 9014 /* of a frame */
#define BENCH_WAYS 2
#define BENCH_FIGURES 256
#define BENCH_LANES 8 /* of a case */
#define BENCH_S_VLAN 200
#define BENCH_C_VLAN 10
#define BENCH_DIR "/run/rxbench" /* on the tmpfs of bench_private() */

/* --- figures ------------------------------------------------------------------ */

struct bench_stat {
	double median, min, max;
	double low, high; /* the median of endless rounds lies between, with 95 % */
	double spread;	  /* of the middle half of the rounds, as a part of the median */
	bool have;
};

enum bench_ref {
	BENCH_BARE,   /* the bare program on the same hook */
	BENCH_BRIDGE, /* the Linux bridge */
	BENCH_BASE,   /* another case on the same hook: bench_figure.base names it */
	BENCH_REFS,
	BENCH_GOALS /* each a ratio's, and one that the value itself has (at_most) */
};

/* One line of the table. */
struct bench_figure {
	char name[24], hook[12], what[80], unit[12], base[40], note[96];
	struct bench_stat value; /* in @unit */
	struct bench_stat ratio[BENCH_REFS];
	double goal[BENCH_REFS]; /* at least; 0: none */
	double at_most;		 /* of value; 0: none */
};

/* Filled by the processes of the cases: shared memory. */
struct bench_report {
	unsigned int figures, failed;
	unsigned int rounds, ms;
	double load[2]; /* average of a minute, at the start and at the end */
	char kernel[64], date[32], cpu[64];
	struct bench_figure figure[BENCH_FIGURES];
};

/* --- options -------------------------------------------------------------------- */

struct bench_opts {
	const char *repx, *against, *pattern, *json, *svg;
	unsigned int rounds, ms;
	bool quick, list, profile;
};

/* Does the case run? A pattern as of the shell, over the case's name. */
bool bench_wanted(const struct bench_opts *o, const char *name);

/* --- bench_net.c: namespaces and netdevs ------------------------------------------ */

/* Runs a shell command; what it says is shown only if it fails, and then all ends. */
void bench_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Ends all if @ret is an error. */
void bench_must(long ret, const char *what);
/* A network and mount namespace of the process's own, with a fresh /run and /sys. */
void bench_private(void);
/* Another network namespace, entered, and kept for as long as the fd is open. A lane has
 * its own: a kernel finds netdevs by ifindex in short hash chains, the oldest last, so
 * that among thousands of them the lane made first would be slower. */
int bench_new_net(void);
void bench_enter_net(int fd);
/* Lets the end of a veth poll (NAPI), as a NIC does. */
void bench_poll(const char *netdev);
/* Has the frames of a netdev's one queue switched by the @nth CPU (RPS). */
void bench_steer(const char *netdev, unsigned int nth);
/* CPUs are counted from the last one downwards. */
unsigned int bench_cpu(unsigned int nth);
/* Puts the calling thread on one. */
void bench_pin(unsigned int nth);
uint64_t bench_clock_ns(void);
/* CPU time of the calling thread and of the CPU's ksoftirqd: what frames cost, also
 * where the machine has other things to do. */
uint64_t bench_cpu_ns(unsigned int nth);

/* --- bench_case.c: what a lane carries, and its repx config -------------------------- */

enum bench_port { BENCH_ACCESS, BENCH_UPLINK, BENCH_TRUNK, BENCH_TUNNEL };
enum bench_guard { BENCH_NO_GUARD, BENCH_GUARD_MAC, BENCH_GUARD_IP };
enum bench_tag { BENCH_UNTAGGED, BENCH_VLAN, BENCH_QINQ, BENCH_CUSTOMER };
enum bench_kind { BENCH_XDP, BENCH_BARE_XDP, BENCH_TCX, BENCH_BARE_TCX, BENCH_LINUX, BENCH_KINDS };

/* A case without repx: a program that does one thing and redirects. What repx is below its
 * goal, this may be, too. */
enum bench_limit {
	BENCH_NO_LIMIT,
	BENCH_LIMIT_BARE,
	BENCH_LIMIT_PUSH,  /* pushes a tag */
	BENCH_LIMIT_COUNT, /* compares the source, counts, pushes a tag */
	BENCH_LIMIT_HASH,  /* looks the destination up in a BPF hash */
	BENCH_LIMIT_FLAT,  /* BENCH_LIMIT_COUNT, and looks the port up in an array */
	BENCH_LIMIT_FLOOD, /* sends copies */
	BENCH_LIMIT_CPU,   /* XDP: hands frames to another CPU, which redirects */
};

struct bench_case {
	const char *name, *what;
	enum bench_limit limit;
	enum bench_port in, out;
	enum bench_guard guard;
	enum bench_tag tag;
	bool ipv6;
	unsigned int size;   /* of the frame; 0: 64 */
	unsigned int outs;   /* ports to send to; 0: 1 */
	unsigned int dsts;   /* addresses known behind the out ports; 0: 1 */
	unsigned int srcs;   /* source addresses; 0: 1 */
	unsigned int frames; /* in a sample; 0: as many as fit into the time */
	unsigned int ways;   /* pairs of ports, each with a core of its own; 0: 1 */
	unsigned int sample; /* repx_cfg.sample: flows are counted */
	unsigned int work;   /* BENCH_LIMIT_FLAT: rounds of arithmetic with the port */
	bool in_order;	     /* frames go to one destination after the other; else anyhow */
	bool anyhow;	     /* addresses are no numbers in a row */
	bool flood;	     /* to the broadcast address */
	bool drop;	     /* nothing comes out */
	bool spoof;	     /* from an address that the guard forbids */
	bool forget;	     /* learnt addresses, before each sample */
	bool unwatched;	     /* what devices refuse is not counted */
	bool spread;	     /* a second CPU switches what the first one receives: by the clock */
	bool no_bridge;
	const char *base; /* a case to compare with */
	/* at least: of bare and of the bridge, on XDP and on tcx; of the base, on both */
	double bare[2], bridge[2], of_base[2];
};

const struct bench_case *bench_case_find(const char *name);
extern const struct bench_case bench_cases[]; /* ends with a NULL name */

/* Writes the repx config of a lane, whose netdevs are named by bench_name(). */
void bench_conf(const struct bench_case *c, unsigned int id, const char *attach, const char *path);
/* Entries of its FDB. */
unsigned int bench_fdb_size(const struct bench_case *c);
/* Netdev @what of a lane: "p" the port, "g" its other end, "o" an out port, "s" the
 * sink behind it; in a buffer that the next four calls leave alone. */
const char *bench_name(const char *what, unsigned int id, unsigned int way, unsigned int out);

unsigned int bench_outs(const struct bench_case *c);
unsigned int bench_ways(const struct bench_case *c);
unsigned int bench_size(const struct bench_case *c);

/* The first bytes of a frame that goes in by way @way. */
void bench_head(const struct bench_case *c, unsigned int way, uint8_t head[BENCH_HEAD]);
/* ... and of one that comes back from the last out port, to be learnt there. */
void bench_head_back(const struct bench_case *c, uint8_t head[BENCH_HEAD]);

/* --- bench_lane.c: netdevs with something that switches between them ------------------ */

struct rxbench;

/* Where frames are sent to: the in port, or what is behind the last out port. */
enum bench_to { BENCH_TO_IN, BENCH_TO_BACK };

struct bench_way {
	struct rxbench *skel;	  /* generator, sinks and bare program of this way */
	uint8_t head[BENCH_HEAD]; /* of its frames */
	uint32_t batch;		  /* frames that take as long as a sample shall; 0: not known */
	int socket;		  /* for frames that are too large for live ones; else -1 */
};

struct bench_lane {
	const struct bench_case *c;
	enum bench_kind kind;
	unsigned int id;
	int net;	  /* its network namespace */
	const char *repx; /* the program that makes and feeds it */
	bool by_clock;	  /* what is counted is not CPU time */
	struct bench_way way[BENCH_WAYS];
	double value[BENCH_ROUNDS];
	uint64_t sent, lost;
	struct bench_profile *profile; /* NULL: none is asked for */
};

/* bench_gen.c: sends @frames of @size bytes, with the head that is in skel->bss, from this
 * CPU, and has them switched. Return: ns by the clock, without what comes before the first */
uint64_t bench_generate(const struct bench_way *w, unsigned int size, uint32_t frames);
bool bench_gen_by_socket(unsigned int size);
int bench_gen_socket(unsigned int ifindex);

/**
 * bench_lane_make() - netdevs, and what switches
 * @lane: c, kind, id and repx set
 *
 * Frames sent into "g" arrive at the port "p", are switched to "o", and counted
 * and dropped at "s".
 */
void bench_lane_make(struct bench_lane *lane);
/* One sample: frames a second of CPU time (by_clock: of time) that came out (or in, if they
 * are dropped). */
double bench_lane_sample(struct bench_lane *lane, const struct bench_opts *o);

/* --- bench_profile.c: what the CPU does meanwhile ---------------------------------------- */

struct bench_profile;

struct bench_profiled {
	const char *name; /* of the lane */
	const struct bench_profile *profile;
	double ns; /* a frame */
};

/* Of the CPU it is called on, once all programs are loaded. Lasts as long as the process. */
struct bench_profile *bench_profile_new(void);
void bench_profile_start(struct bench_profile *p);
void bench_profile_stop(struct bench_profile *p);
/* The lanes of a case beside each other, by what the time is for. */
void bench_profile_print(const char *name, const struct bench_profiled *lanes, unsigned int len);

/* --- the suites ------------------------------------------------------------------------ */

/* bench_frames.c: a case of bench_cases */
void bench_frames(const struct bench_case *c, const struct bench_opts *o, struct bench_report *r);
/* bench_tcp.c: a TCP stream through the switch */
void bench_tcp(const struct bench_opts *o, struct bench_report *r);
/* bench_apply.c: apply of many ports, the daemon of many, and a listing of a full FDB */
void bench_apply(const struct bench_opts *o, struct bench_report *r);
void bench_daemon(const struct bench_opts *o, struct bench_report *r);
void bench_fdb_show(const struct bench_opts *o, struct bench_report *r);

/* --- bench_report.c, bench_svg.c --------------------------------------------------------- */

/* Sorts @values and fills @s. */
void bench_stat(struct bench_stat *s, double *values, unsigned int len);
/* The same of values[i] / refs[i]. */
void bench_ratio(struct bench_stat *s, const double *values, const double *refs, unsigned int len);
/* The next figure of the report, zeroed and named. */
struct bench_figure *bench_figure(struct bench_report *r, const char *name, const char *hook,
				  const char *unit);
/* How far from one of its goals a figure is: enum bench_ref, or BENCH_REFS: its at_most. */
enum bench_verdict { BENCH_NO_GOAL, BENCH_MISSED, BENCH_UNSURE, BENCH_MET };
/* BENCH_UNSURE: below a goal, but by no more than the rounds leave open */
enum bench_verdict bench_verdict(const struct bench_figure *f, unsigned int goal);
/* Too wide to be believed. */
bool bench_wide(const struct bench_stat *s);

void bench_table_begin(const struct bench_report *r);
void bench_table_line(const struct bench_figure *f);
void bench_table_end(const struct bench_report *r);
/* Return: 0, -errno */
int bench_json(const struct bench_report *r, const char *path);
int bench_svg(const struct bench_report *r, const char *path);

#endif
