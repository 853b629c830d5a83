/* SPDX-License-Identifier: GPL-2.0-only */
/* rawsock.h - packet sockets for the netns tests: whole frames, tags included */
#ifndef RAWSOCK_H
#define RAWSOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#define RAW_FRAME_MAX 65536

/**
 * raw_open() - a packet socket on a netdev
 * @netns: name below /run/netns, or NULL: the caller's. The caller stays in it.
 * @receive: false: a socket that only sends
 *
 * Return: a non-blocking file descriptor, or -errno.
 */
int raw_open(const char *netns, const char *ifname, bool receive);

/**
 * raw_recv() - the next frame as it was on the wire
 * @when: time of arrival (CLOCK_REALTIME), may be NULL
 *
 * A VLAN tag that the kernel keeps beside the frame is put back into it.
 *
 * Return: its length, -EAGAIN when there is none, -errno.
 */
ssize_t raw_recv(int fd, uint8_t *buf, size_t size, struct timespec *when);

/* Hex digits, with any of " :._-" between them. Return: bytes, or -EINVAL. */
ssize_t raw_parse_hex(const char *text, uint8_t *buf, size_t size);
void raw_print_hex(FILE *out, const uint8_t *buf, size_t len);

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t raw_now_ms(void);

#endif
