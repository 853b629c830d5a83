// SPDX-License-Identifier: GPL-2.0-only
/* err.c - see err.h */
#include <stdarg.h>
#include <stdio.h>

#include "err.h"

int err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err || err->code)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}
