// SPDX-License-Identifier: GPL-2.0-only
/* offmove.c - an address moves while hardware carries the traffic to it:
 * offmove SOCKET OLD NEW ROUNDS
 *
 * A station on the wire sends to an address behind the netdev OLD, without a pause; when
 * that is in the eswitch, the address is seen behind NEW, once, and the station sends on.
 * Measured: from that frame to the last one that OLD gets. Then back, and so on. Prints
 * "ROUNDS moves, at most N ms, in the median N ms". Exit: 0 when all were below 100 ms, and
 * NEW got the rest.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "offlab.h"

#define VLAN 10
#define GAP_US 500
#define LOOK_US 400000 /* how long the old place is watched */
#define LIMIT_US 100000
#define READY_MS 15000
#define ROUNDS_MAX 1000

static int wire, ends[2];
static uint8_t station[6], mover[6];
static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static void nap(unsigned int us)
{
	struct timespec t = {0, (long)us * 1000};

	nanosleep(&t, NULL);
}

static void from_wire(void)
{
	uint8_t frame[OFFLAB_FRAME];

	offlab_send(wire, frame, offlab_frame(frame, mover, station, VLAN, 1));
}

/* Frames for the mover that came to an end. */
static unsigned int taken(int fd)
{
	uint8_t buf[2048];
	unsigned int n = 0;
	ssize_t len;

	while ((len = raw_recv(fd, buf, sizeof(buf), NULL)) > 0)
		n += offlab_marker(buf, (size_t)len) == 1 && !memcmp(buf, mover, 6);
	return n;
}

static void appear(int fd)
{
	uint8_t frame[OFFLAB_FRAME];

	offlab_send(fd, frame, offlab_frame(frame, all, mover, 0, 2));
}

static void until_in_hardware(const char *port)
{
	int64_t end = raw_now_ms() + READY_MS, look = 0;

	while (raw_now_ms() < end) {
		from_wire();
		nap(20000);
		taken(ends[0]);
		taken(ends[1]);
		if (raw_now_ms() < look)
			continue;
		if (offlab_flows("up", port, "offloaded"))
			return;
		look = raw_now_ms() + 200;
	}
	fprintf(stderr, "traffic to '%s' does not get into the eswitch\n", port);
	exit(1);
}

/* Return: us until the last frame at the old place, counted from the first at the new. */
static uint64_t move(int old, int new, unsigned int *arrived)
{
	uint64_t start, now, last;

	from_wire();
	nap(5000);
	taken(old);
	taken(new);
	*arrived = 0;
	start = last = offlab_now_us();
	appear(new);
	do {
		from_wire();
		nap(GAP_US);
		now = offlab_now_us();
		if (taken(old))
			last = now;
		*arrived += taken(new);
	} while (now - start < LOOK_US);
	return last - start;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc == 5 ? (unsigned int)atoi(argv[4]) : 0, arrived;
	uint64_t us[ROUNDS_MAX];
	bool reached = true;

	if (!rounds || rounds > ROUNDS_MAX) {
		fputs("usage: offmove SOCKET OLD NEW ROUNDS\n", stderr);
		return 2;
	}
	offlab_socket(argv[1]);
	wire = offlab_open("wire0");
	ends[0] = offlab_open(argv[2]);
	ends[1] = offlab_open(argv[3]);
	offlab_mac(station, 0xee, 1);
	offlab_mac(mover, 0xaa, 1);
	appear(ends[0]);
	for (unsigned int i = 0; i < rounds; i++) {
		until_in_hardware(i % 2 ? "b" : "a");
		us[i] = move(ends[i % 2], ends[(i + 1) % 2], &arrived);
		reached &= arrived > 0;
	}
	qsort(us, rounds, sizeof(us[0]), by_size);
	printf("%u moves, at most %.1f ms, in the median %.1f ms\n", rounds,
	       (double)us[rounds - 1] / 1000, (double)us[rounds / 2] / 1000);
	if (!reached)
		puts("the new place got nothing");
	return us[rounds - 1] >= LIMIT_US || !reached;
}
