// SPDX-License-Identifier: GPL-2.0-only
/* log_libbpf.c - what libbpf and libxdp say; apart, for who links neither */
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <xdp/libxdp.h>

#include "log.h"

/* The library's own errors are only shown at debug: what matters of them comes
 * back as an error code, and the caller knows what it was doing. */
static int libbpf_line(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (level != LIBBPF_DEBUG)
		log_line(LOG_LEVEL_DEBUG, fmt, ap);
	return 0;
}

static int libxdp_line(enum libxdp_print_level level, const char *fmt, va_list ap)
{
	if (level != LIBXDP_DEBUG)
		log_line(LOG_LEVEL_DEBUG, fmt, ap);
	return 0;
}

void log_hook_libbpf(void)
{
	libbpf_set_print(libbpf_line);
	libxdp_set_print(libxdp_line);
}
