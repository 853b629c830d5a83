// SPDX-License-Identifier: GPL-2.0-only
/* bench_svg.c - the picture: a bar for each case and hook, as a part of bare */
#include <errno.h>
#include <stdio.h>

#include "bench.h"

#define WIDTH 900
#define LEFT 250
#define UNIT 500 /* pixels of a ratio of 1 */
#define ROW 16

static double bar_length(double ratio)
{
	double most = (double)(WIDTH - LEFT - 70) / UNIT;

	return UNIT * (ratio > most ? most : ratio);
}

static void bar(FILE *f, const struct bench_figure *fig, unsigned int y)
{
	const struct bench_stat *s = &fig->ratio[BENCH_BARE];

	fprintf(f, "<text x='%d' y='%u' text-anchor='end'>%s, %s</text>\n", LEFT - 8, y + 11,
		fig->name, fig->hook);
	fprintf(f, "<rect x='%d' y='%u' width='%.1f' height='%d' class='%s'/>\n", LEFT, y + 1,
		bar_length(s->median), ROW - 4, fig->hook);
	fprintf(f, "<path d='M%.1f %uH%.1f' stroke='#000'/>\n", LEFT + bar_length(s->low),
		y + ROW / 2, LEFT + bar_length(s->high));
	fprintf(f, "<text x='%.1f' y='%u'>%.2f</text>\n", LEFT + bar_length(s->high) + 6, y + 11,
		s->median);
	if (fig->goal[BENCH_BARE] > 0)
		fprintf(f, "<path d='M%.1f %uv%d' stroke='#c00' stroke-width='2'/>\n",
			LEFT + bar_length(fig->goal[BENCH_BARE]), y, ROW - 2);
}

static void head(FILE *f, const struct bench_report *r, unsigned int height)
{
	fprintf(f,
		"<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%u' "
		"viewBox='0 0 %d %u' font-family='sans-serif' font-size='11'>\n"
		"<!-- SPDX-License-Identifier: GPL-2.0-only -->\n"
		"<style>.xdp{fill:#4878a8}.tcx{fill:#88b04b}</style>\n"
		"<rect width='100%%' height='100%%' fill='#fff'/>\n"
		"<text x='10' y='18' font-size='14'>repx: frames a second as a part of a bare "
		"redirect on the same hook</text>\n"
		"<text x='10' y='34'>%s, Linux %s, %s, one core, medians of %u interleaved rounds; "
		"line: where the median lies, with 95 %%, red: goal</text>\n",
		WIDTH, height, WIDTH, height, r->date, r->kernel, r->cpu, r->rounds);
	fprintf(f, "<path d='M%d 44V%u' stroke='#999' stroke-dasharray='4'/>\n", LEFT + UNIT,
		height - 6);
}

int bench_svg(const struct bench_report *r, const char *path)
{
	unsigned int i, rows = 0, y = 46;
	FILE *f = fopen(path, "we");

	if (!f)
		return -errno;
	for (i = 0; i < r->figures; i++)
		rows += r->figure[i].ratio[BENCH_BARE].have;
	head(f, r, y + rows * ROW + 10);
	for (i = 0; i < r->figures; i++) {
		if (!r->figure[i].ratio[BENCH_BARE].have)
			continue;
		bar(f, &r->figure[i], y);
		y += ROW;
	}
	fprintf(f, "</svg>\n");
	return fclose(f) ? -errno : 0;
}
