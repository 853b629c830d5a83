// SPDX-License-Identifier: GPL-2.0-only
/* bench_frames.c - one case of the benchmark: its lanes, its rounds, its figures */
#include <stdio.h>
#include <string.h>

#include "bench.h"

/* the lanes of a case: repx on both hooks and what it is compared with */
struct frames {
	struct bench_lane lane[BENCH_LANES];
	unsigned int len;
};

static const char *const hooks[] = {"xdp", "tcx"};

static void add(struct frames *f, const struct bench_case *c, enum bench_kind kind,
		const char *repx)
{
	struct bench_lane *l = &f->lane[f->len];

	l->c = c;
	l->kind = kind;
	l->repx = repx;
	l->id = f->len++;
}

static struct bench_lane *find(struct frames *f, const struct bench_case *c, enum bench_kind kind,
			       const char *repx)
{
	unsigned int i;

	for (i = 0; i < f->len; i++)
		if (f->lane[i].c == c && f->lane[i].kind == kind && f->lane[i].repx == repx)
			return &f->lane[i];
	return NULL;
}

/* What figures are compared with beside bare and bridge: another case, or the same
 * one with another build of repx. */
static const struct bench_case *base_of(const struct bench_case *c, const struct bench_opts *o,
					const char **repx)
{
	*repx = o->against ? o->against : o->repx;
	return o->against ? c : bench_case_find(c->base);
}

/* Each next to what it is compared with: what wanders slowly moves both. */
static void make_lanes(struct frames *f, const struct bench_case *c, const struct bench_opts *o)
{
	const char *repx;
	const struct bench_case *base = base_of(c, o, &repx);
	unsigned int i;

	for (i = 0; i < BENCH_KINDS; i++) {
		if (i == BENCH_LINUX && c->no_bridge)
			continue;
		if (base && (i == BENCH_XDP || i == BENCH_TCX || (i == BENCH_LINUX && base != c)))
			add(f, base, i, repx);
		add(f, c, i, o->repx);
	}
	for (i = 0; i < f->len; i++) {
		f->lane[i].by_clock = c->spread;
		bench_lane_make(&f->lane[i]);
	}
	for (i = 0; o->profile && i < f->len; i++)
		f->lane[i].profile = bench_profile_new();
}

/* Every other round goes backwards, so that no lane always follows the same one. */
static void run_rounds(struct frames *f, const struct bench_opts *o)
{
	unsigned int r, i;

	for (r = 0; r < o->rounds; r++)
		for (i = 0; i < f->len; i++) {
			struct bench_lane *l = &f->lane[r & 1 ? f->len - 1 - i : i];

			l->value[r] = bench_lane_sample(l, o);
		}
}

static void tell_lost(struct bench_figure *fig, const struct bench_lane *l)
{
	if (l->lost)
		snprintf(fig->note, sizeof(fig->note), "lost %.3g %% of the frames",
			 100.0 * (double)l->lost / (double)l->sent);
}

static void ratio(struct bench_figure *fig, enum bench_ref ref, const struct bench_lane *l,
		  const struct bench_lane *to, unsigned int rounds)
{
	if (to)
		bench_ratio(&fig->ratio[ref], l->value, to->value, rounds);
}

static struct bench_figure *new_figure(struct frames *f, const struct bench_lane *l,
				       const char *hook, const struct bench_opts *o,
				       struct bench_report *r)
{
	const char *repx;
	const struct bench_case *c = l->c, *base = base_of(c, o, &repx);
	struct bench_figure *fig = bench_figure(r, c->name, hook, "Mpps");
	double mpps[BENCH_ROUNDS];
	unsigned int i;

	for (i = 0; i < o->rounds; i++)
		mpps[i] = l->value[i] / 1e6;
	bench_stat(&fig->value, mpps, o->rounds);
	snprintf(fig->what, sizeof(fig->what), "%s", c->what);
	snprintf(fig->base, sizeof(fig->base), "%.39s", o->against ? repx : c->base ? c->base : "");
	ratio(fig, BENCH_BASE, l, find(f, base, l->kind, repx), o->rounds);
	tell_lost(fig, l);
	return fig;
}

static void figures(struct frames *f, const struct bench_case *c, const struct bench_opts *o,
		    struct bench_report *r)
{
	static const enum bench_kind kinds[] = {BENCH_XDP, BENCH_TCX};
	static const enum bench_kind bares[] = {BENCH_BARE_XDP, BENCH_BARE_TCX};
	const struct bench_lane *l, *bridge = find(f, c, BENCH_LINUX, o->repx);
	struct bench_figure *fig;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		l = find(f, c, kinds[i], o->repx);
		fig = new_figure(f, l, hooks[i], o, r);
		ratio(fig, BENCH_BARE, l, find(f, c, bares[i], o->repx), o->rounds);
		ratio(fig, BENCH_BRIDGE, l, bridge, o->rounds);
		fig->goal[BENCH_BARE] = c->bare[i];
		fig->goal[BENCH_BRIDGE] = c->bridge[i];
		fig->goal[BENCH_BASE] = o->against ? 0 : c->of_base[i];
	}
	if (bridge)
		new_figure(f, bridge, "bridge", o, r);
}

static const char *lane_name(const struct bench_lane *l, const struct bench_case *c,
			     const struct bench_opts *o)
{
	static const char *const kinds[BENCH_KINDS] = {"xdp", "bare xdp", "tcx", "bare tcx",
						       "bridge"};
	static const char *const bases[BENCH_KINDS] = {
		[BENCH_XDP] = "base xdp", [BENCH_TCX] = "base tcx", [BENCH_LINUX] = "base bridge"};

	return l->c == c && l->repx == o->repx ? kinds[l->kind] : bases[l->kind];
}

/* As in all figures it is the ratios that count: here to the first lane, in its median time. */
static void print_profile(struct frames *f, const struct bench_case *c, const struct bench_opts *o)
{
	struct bench_profiled lanes[BENCH_LANES];
	struct bench_stat rate, slower;
	double values[BENCH_ROUNDS];
	unsigned int i;

	memcpy(values, f->lane[0].value, sizeof(values));
	bench_stat(&rate, values, o->rounds);
	for (i = 0; i < f->len; i++) {
		bench_ratio(&slower, f->lane[0].value, f->lane[i].value, o->rounds);
		lanes[i] = (struct bench_profiled){
			.name = lane_name(&f->lane[i], c, o),
			.profile = f->lane[i].profile,
			.ns = rate.median > 0 ? 1e9 / rate.median * slower.median : 0,
		};
	}
	bench_profile_print(c->name, lanes, f->len);
}

void bench_frames(const struct bench_case *c, const struct bench_opts *o, struct bench_report *r)
{
	static struct frames f; /* the process is the case's own */

	bench_private();
	bench_pin(0);
	make_lanes(&f, c, o);
	run_rounds(&f, o);
	figures(&f, c, o, r);
	if (o->profile)
		print_profile(&f, c, o);
}
