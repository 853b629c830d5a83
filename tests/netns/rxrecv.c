// SPDX-License-Identifier: GPL-2.0-only
/* rxrecv.c - shows the frames a netdev receives: rxrecv [-c] IFNAME SECONDS [MAX]
 *
 * Prints "ready", then a line "TIME HEX" for each frame, TIME in seconds of the
 * wall clock, the tag where it was on the wire. Ends after SECONDS, MAX frames,
 * or SIGTERM. -c prints no frames but, at the end, "COUNT BYTES".
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rawsock.h"

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

struct tally {
	long frames, max;
	uint64_t bytes;
	bool quiet;
};

static void show(const struct timespec *when, const uint8_t *buf, size_t len)
{
	printf("%lld.%09ld ", (long long)when->tv_sec, when->tv_nsec);
	raw_print_hex(stdout, buf, len);
	putchar('\n');
}

/* Return: 0 when the queue is empty or enough was seen, -errno */
static int drain(int fd, struct tally *t)
{
	static uint8_t buf[RAW_FRAME_MAX + 4];
	struct timespec when = {0};

	while (t->frames < t->max) {
		ssize_t len = raw_recv(fd, buf, sizeof(buf), &when);

		if (len == -EAGAIN)
			return 0;
		if (len < 0)
			return (int)len;
		t->frames++;
		t->bytes += (uint64_t)len;
		if (!t->quiet)
			show(&when, buf, (size_t)len);
	}
	return 0;
}

static int run(int fd, double seconds, struct tally *t)
{
	int64_t end = raw_now_ms() + (int64_t)(seconds * 1000), left;
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	int rc = 0;

	puts("ready");
	fflush(stdout);
	while (!stop && !rc && t->frames < t->max && (left = end - raw_now_ms()) > 0) {
		if (poll(&wait, 1, (int)left) > 0)
			rc = drain(fd, t);
		if (!t->quiet)
			fflush(stdout);
	}
	if (!rc)
		rc = drain(fd, t); /* what came with the signal */
	if (t->quiet)
		printf("%ld %" PRIu64 "\n", t->frames, t->bytes);
	return rc;
}

int main(int argc, char **argv)
{
	struct sigaction sa = {.sa_handler = on_signal};
	struct tally t = {.max = 1L << 40};
	int opt, fd, rc;

	while ((opt = getopt(argc, argv, "c")) != -1) {
		if (opt != 'c')
			return 2;
		t.quiet = true;
	}
	if (argc - optind < 2) {
		fputs("usage: rxrecv [-c] IFNAME SECONDS [MAX]\n", stderr);
		return 2;
	}
	if (argc - optind > 2)
		t.max = strtol(argv[optind + 2], NULL, 10);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	fd = raw_open(NULL, argv[optind], true);
	rc = fd < 0 ? fd : run(fd, strtod(argv[optind + 1], NULL), &t);
	if (rc < 0) {
		fprintf(stderr, "rxrecv: '%s': %s\n", argv[optind], strerror(-rc));
		return 1;
	}
	return 0;
}
