/* SPDX-License-Identifier: GPL-2.0-only */
/* log.h - messages for people, on stderr; journald priorities under systemd */
#ifndef REPX_LOG_H
#define REPX_LOG_H

#include <stdarg.h>

enum log_level { LOG_LEVEL_ERR = 3, LOG_LEVEL_WARN, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG };

/* Highest level shown; LOG_LEVEL_WARN at start. */
void log_set_level(enum log_level level);

/* One line: "repx: ..." (or "<N>repx: ..." where JOURNAL_STREAM is set). */
__attribute__((format(printf, 2, 3))) void log_msg(enum log_level level, const char *fmt, ...);

void log_line(enum log_level level, const char *fmt, va_list ap);

/* Sends what libbpf and libxdp say through log_msg, one level lower. */
void log_hook_libbpf(void);

#define log_err(...) log_msg(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warn(...) log_msg(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_msg(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_msg(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
