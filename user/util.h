/* SPDX-License-Identifier: GPL-2.0-only */
/* util.h - small things that every file may use */
#ifndef REPX_UTIL_H
#define REPX_UTIL_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAC_FMT "%02x:%02x:%02x:%02x:%02x:%02x"
#define MAC_ARG(m) (m)[0], (m)[1], (m)[2], (m)[3], (m)[4], (m)[5]

/* Copies a C string into a fixed array, always ended. Return: 0, -1 if cut. */
static inline int str_copy(char *to, size_t size, const char *from)
{
	return snprintf(to, size, "%s", from) < (int)size ? 0 : -1;
}

/* CLOCK_MONOTONIC, which is what bpf_ktime_get_ns() and _coarse_ns() give. */
static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

#endif
