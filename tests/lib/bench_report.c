// SPDX-License-Identifier: GPL-2.0-only
/* bench_report.c - figures: statistics, the table, JSON */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "util.h"

#define WIDE 0.10 /* of the median: the middle half of the rounds */

static const char *const ref_names[BENCH_REFS] = {"bare", "bridge", "base"};

/* --- statistics --------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Where the median lies, by the ranks between which it is in 95 of 100 cases, whatever the
 * distribution. */
static void stat_range(struct bench_stat *s, const double *sorted, unsigned int len)
{
	double half = 0.98 * sqrt(len);
	int low = (int)floor(len / 2.0 - half) - 1, high = (int)ceil(len / 2.0 + half);

	s->low = sorted[low < 0 ? 0 : low];
	s->high = sorted[high >= (int)len ? (int)len - 1 : high];
}

void bench_stat(struct bench_stat *s, double *values, unsigned int len)
{
	double quarters;

	if (!len)
		return;
	qsort(values, len, sizeof(*values), compare);
	s->median = len & 1 ? values[len / 2] : (values[len / 2 - 1] + values[len / 2]) / 2;
	s->min = values[0];
	s->max = values[len - 1];
	stat_range(s, values, len);
	quarters = values[len * 3 / 4] - values[len / 4];
	s->spread = s->median > 0 ? quarters / s->median : 0;
	s->have = true;
}

void bench_ratio(struct bench_stat *s, const double *values, const double *refs, unsigned int len)
{
	double ratios[BENCH_ROUNDS];
	unsigned int i;

	for (i = 0; i < len; i++)
		ratios[i] = refs[i] > 0 ? values[i] / refs[i] : 0;
	bench_stat(s, ratios, len);
}

struct bench_figure *bench_figure(struct bench_report *r, const char *name, const char *hook,
				  const char *unit)
{
	struct bench_figure *f;

	bench_must(r->figures < BENCH_FIGURES ? 0 : -ENOSPC, "keep a figure");
	f = &r->figure[r->figures++];
	memset(f, 0, sizeof(*f));
	str_copy(f->name, sizeof(f->name), name);
	str_copy(f->hook, sizeof(f->hook), hook);
	str_copy(f->unit, sizeof(f->unit), unit);
	return f;
}

bool bench_wide(const struct bench_stat *s)
{
	return s->have && s->spread > WIDE;
}

enum bench_verdict bench_verdict(const struct bench_figure *f, unsigned int goal)
{
	const struct bench_stat *s = &f->ratio[goal];

	if (goal == BENCH_REFS) {
		if (!(f->at_most > 0) || !f->value.have)
			return BENCH_NO_GOAL;
		return f->value.median <= f->at_most ? BENCH_MET : BENCH_MISSED;
	}
	if (!(f->goal[goal] > 0) || !s->have)
		return BENCH_NO_GOAL;
	if (s->median >= f->goal[goal])
		return BENCH_MET;
	return s->high >= f->goal[goal] ? BENCH_UNSURE : BENCH_MISSED;
}

/* --- the table ------------------------------------------------------------------------ */

void bench_table_begin(const struct bench_report *r)
{
	printf("%s, Linux %s, %s\n", r->date, r->kernel, r->cpu);
	printf("%u rounds of %u ms a lane, interleaved, one core; load average %.2f%s\n", r->rounds,
	       r->ms, r->load[0], r->load[0] > 0.5 ? " (BUSY: look at the spread)" : "");
	printf("in brackets: where the median lies, with 95 %%\n"
	       "~ marks a ratio whose middle half of the rounds spreads over more than %.0f %%\n\n",
	       WIDE * 100);
	printf("%-12s %-8s %16s  %-26s %-26s %-26s %s\n", "case", "hook", "median", "of bare",
	       "of the bridge", "of base", "goal");
}

static void print_ratio(const struct bench_stat *s)
{
	char text[64] = "-";

	if (s->have)
		snprintf(text, sizeof(text), "%5.3f%s (%.3f..%.3f)", s->median,
			 bench_wide(s) ? "~" : " ", s->low, s->high);
	printf(" %-26s", text);
}

static void print_goals(const struct bench_figure *f)
{
	static const char *const words[] = {"", " MISSED", " missed by less than the noise",
					    " met"};
	unsigned int i;

	for (i = 0; i < BENCH_REFS; i++)
		if (f->goal[i] > 0)
			printf(" %s>=%.2f%s", ref_names[i], f->goal[i], words[bench_verdict(f, i)]);
	if (f->at_most > 0)
		printf(" <=%g%s", f->at_most, words[bench_verdict(f, BENCH_REFS)]);
	if (f->base[0] && f->ratio[BENCH_BASE].have)
		printf(" (base: %s)", f->base);
	if (f->note[0])
		printf(" [%s]", f->note);
}

void bench_table_line(const struct bench_figure *f)
{
	unsigned int i;

	printf("%-12s %-8s %11.3f %-5s", f->name, f->hook, f->value.median, f->unit);
	for (i = 0; i < BENCH_REFS; i++)
		print_ratio(&f->ratio[i]);
	print_goals(f);
	printf("\n");
	fflush(stdout);
}

void bench_table_end(const struct bench_report *r)
{
	unsigned int i, g, goals = 0, wide = 0, verdicts[BENCH_MET + 1] = {0};

	for (i = 0; i < r->figures; i++) {
		const struct bench_figure *f = &r->figure[i];

		for (g = 0; g < BENCH_GOALS; g++) {
			verdicts[bench_verdict(f, g)]++;
			goals += bench_verdict(f, g) != BENCH_NO_GOAL;
		}
		wide += bench_wide(&f->ratio[BENCH_BARE]) || bench_wide(&f->ratio[BENCH_BRIDGE]);
	}
	printf("\n%u of %u goals met, %u missed by less than the noise; %u of %u figures wide; "
	       "load average now %.2f",
	       verdicts[BENCH_MET], goals, verdicts[BENCH_UNSURE], wide, r->figures, r->load[1]);
	if (r->failed)
		printf("; %u cases FAILED", r->failed);
	putchar('\n');
}

/* --- JSON -------------------------------------------------------------------------------- */

static json_t *stat_json(const struct bench_stat *s)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:b}", "median", s->median, "low", s->low,
			 "high", s->high, "min", s->min, "max", s->max, "spread", s->spread, "wide",
			 bench_wide(s));
}

static json_t *figure_json(const struct bench_figure *f)
{
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:o}", "case", f->name, "hook", f->hook, "what",
			      f->what, "unit", f->unit, "value", stat_json(&f->value));
	static const char *const words[] = {"none", "missed", "unsure", "met"};
	unsigned int i;

	for (i = 0; i < BENCH_REFS; i++) {
		json_t *ref;

		if (!f->ratio[i].have)
			continue;
		ref = stat_json(&f->ratio[i]);
		if (f->goal[i] > 0) {
			json_object_set_new(ref, "goal", json_real(f->goal[i]));
			json_object_set_new(ref, "verdict",
					    json_string(words[bench_verdict(f, i)]));
		}
		if (i == BENCH_BASE)
			json_object_set_new(ref, "of", json_string(f->base));
		json_object_set_new(j, ref_names[i], ref);
	}
	if (f->at_most > 0) {
		json_object_set_new(j, "at_most", json_real(f->at_most));
		json_object_set_new(j, "verdict", json_string(words[bench_verdict(f, BENCH_REFS)]));
	}
	if (f->note[0])
		json_object_set_new(j, "note", json_string(f->note));
	return j;
}

int bench_json(const struct bench_report *r, const char *path)
{
	json_t *all = json_array(), *top;
	unsigned int i;
	int ret;

	for (i = 0; i < r->figures; i++)
		json_array_append_new(all, figure_json(&r->figure[i]));
	top = json_pack("{s:s, s:s, s:s, s:i, s:i, s:[f,f], s:i, s:o}", "date", r->date, "kernel",
			r->kernel, "cpu", r->cpu, "rounds", (int)r->rounds, "ms", (int)r->ms,
			"load", r->load[0], r->load[1], "failed", (int)r->failed, "figures", all);
	if (!top)
		return -ENOMEM;
	ret = json_dump_file(top, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) ? -EIO : 0;
	json_decref(top);
	return ret;
}
