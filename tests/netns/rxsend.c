// SPDX-License-Identifier: GPL-2.0-only
/* rxsend.c - sends raw frames: rxsend [-s] [-z SIZE] IFNAME HEX [COUNT [INTERVAL_US]]
 *
 * -s writes a number, from 0 up, big endian, into the last four bytes of each
 * frame; -z pads with zeros to SIZE bytes. Prints what it took: "COUNT SECONDS".
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rawsock.h"

struct plan {
	uint8_t frame[RAW_FRAME_MAX];
	size_t len;
	long count, interval_us;
	bool number;
};

static void set_number(struct plan *p, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		p->frame[p->len - 1 - (size_t)i] = (uint8_t)(n >> (8 * i));
}

static int send_one(int fd, const struct plan *p)
{
	struct pollfd wait = {.fd = fd, .events = POLLOUT};

	for (;;) {
		if (send(fd, p->frame, p->len, 0) >= 0)
			return 0;
		if (errno != EAGAIN && errno != ENOBUFS)
			return -errno;
		poll(&wait, 1, 10);
	}
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void wait_until_ns(int64_t when)
{
	struct timespec t = {.tv_sec = when / 1000000000, .tv_nsec = when % 1000000000};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int run(int fd, struct plan *p)
{
	int64_t start = now_ns();

	prctl(PR_SET_TIMERSLACK, 1000);
	for (long i = 0; i < p->count; i++) {
		int rc;

		if (p->interval_us && i)
			wait_until_ns(start + i * p->interval_us * 1000);
		if (p->number)
			set_number(p, (uint32_t)i);
		rc = send_one(fd, p);
		if (rc) {
			fprintf(stderr, "rxsend: send: %s\n", strerror(-rc));
			return 1;
		}
	}
	printf("%ld %.6f\n", p->count, (double)(now_ns() - start) / 1e9);
	return 0;
}

static int usage(void)
{
	fputs("usage: rxsend [-s] [-z SIZE] IFNAME HEX [COUNT [INTERVAL_US]]\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static struct plan p = {.count = 1};
	size_t size = 0;
	ssize_t len;
	int opt, fd;

	while ((opt = getopt(argc, argv, "sz:")) != -1) {
		if (opt == 's')
			p.number = true;
		else if (opt == 'z')
			size = strtoul(optarg, NULL, 10);
		else
			return usage();
	}
	if (argc - optind < 2 || argc - optind > 4 || size > sizeof(p.frame))
		return usage();
	len = raw_parse_hex(argv[optind + 1], p.frame, sizeof(p.frame));
	if (len < 14)
		return usage();
	p.len = (size_t)len > size ? (size_t)len : size;
	if (argc - optind > 2)
		p.count = strtol(argv[optind + 2], NULL, 10);
	if (argc - optind > 3)
		p.interval_us = strtol(argv[optind + 3], NULL, 10);
	fd = raw_open(NULL, argv[optind], false);
	if (fd < 0) {
		fprintf(stderr, "rxsend: '%s': %s\n", argv[optind], strerror(-fd));
		return 1;
	}
	return run(fd, &p);
}
