// SPDX-License-Identifier: GPL-2.0-only
/* table.c - see table.h */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

static void add_row(struct table *t, va_list ap)
{
	char *(*cells)[TABLE_COLUMNS] = reallocarray(t->cells, t->rows + 1, sizeof(*cells));
	size_t i;

	if (!cells)
		return;
	t->cells = cells;
	memset(cells[t->rows], 0, sizeof(*cells));
	for (i = 0; i < t->columns; i++) {
		const char *text = va_arg(ap, const char *);
		int len = (int)strlen(text);

		cells[t->rows][i] = strdup(text);
		if (len > t->widths[i])
			t->widths[i] = len;
	}
	t->rows++;
}

void table_init(struct table *t, size_t columns, ...)
{
	va_list ap;

	*t = (struct table){.columns = columns};
	va_start(ap, columns);
	add_row(t, ap);
	va_end(ap);
}

void table_row(struct table *t, ...)
{
	va_list ap;

	va_start(ap, t);
	add_row(t, ap);
	va_end(ap);
}

static const char *cell(const struct table *t, size_t row, size_t column)
{
	return t->cells[row][column] ? t->cells[row][column] : "";
}

void table_print(const struct table *t, size_t first, size_t end, FILE *to)
{
	size_t row, i;

	for (row = first; row < end && row < t->rows; row++) {
		for (i = 0; i + 1 < t->columns; i++)
			fprintf(to, "%-*s  ", t->widths[i], cell(t, row, i));
		fprintf(to, "%s\n", cell(t, row, i));
	}
}

static void forget_rows(struct table *t)
{
	size_t row, i;

	for (row = 0; row < t->rows; row++)
		for (i = 0; i < t->columns; i++)
			free(t->cells[row][i]);
	t->rows = 0;
}

void table_flush(struct table *t, FILE *to)
{
	table_print(t, 0, t->rows, to);
	forget_rows(t);
}

void table_done(struct table *t)
{
	forget_rows(t);
	free(t->cells);
	*t = (struct table){0};
}
