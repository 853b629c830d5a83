/* SPDX-License-Identifier: GPL-2.0-only */
/* table.h - rows of text, printed in aligned columns */
#ifndef REPX_TABLE_H
#define REPX_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS 9

struct table {
	size_t columns, rows;
	int widths[TABLE_COLUMNS]; /* of all rows so far */
	char *(*cells)[TABLE_COLUMNS];
};

/* Adds a row: as many strings as there are columns. The first row, as for
 * table_init(), is the head. */
void table_init(struct table *t, size_t columns, ...);
void table_row(struct table *t, ...);
/* Prints the rows from @first up to, not with, @end; all have the same columns. */
void table_print(const struct table *t, size_t first, size_t end, FILE *to);
/* Prints all rows and forgets them: those that follow are as wide, or wider. */
void table_flush(struct table *t, FILE *to);
void table_done(struct table *t);

#endif
