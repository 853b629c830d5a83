/* SPDX-License-Identifier: GPL-2.0-only */
/* err.h - why something failed, carried up to whoever tells the user
 *
 * Functions that can fail in ways worth explaining take a struct err, fill it
 * once (the first reason wins) and return -errno. The text reads
 * "<what was being done> '<object>': <reason> (<hint>)", without "repx: ".
 */
#ifndef REPX_ERR_H
#define REPX_ERR_H

struct err {
	int code; /* -errno of the first failure, 0 = none */
	char text[512];
};

/* Sets @err if it is not set yet (@err may be NULL). Return: @code. */
__attribute__((format(printf, 3, 4))) int err_set(struct err *err, int code, const char *fmt, ...);

#endif
