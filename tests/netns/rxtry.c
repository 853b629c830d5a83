// SPDX-License-Identifier: GPL-2.0-only
/* rxtry.c - sends frames and says who got what
 *
 * Reads a case a line from standard input:
 *
 *	NETNS/IFNAME HEX NETNS/IFNAME=[HEX[,HEX...]] ...
 *
 * The frame is sent by the first netdev. Every one named after it must receive
 * exactly the frames given for it, in that order, byte for byte, and no others.
 * Waits for the expected ones for at most 3 s, and 30 ms more for ones that must
 * not come. Answers with the differences, if any, then a line "= 0" (all as
 * given), "= 1" (not) or "= 2" (the case could not be run).
 *
 * Sockets stay open from case to case: closing one waits for an RCU grace period.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rawsock.h"

#define MAX_PLACES 32
#define MAX_OPEN 128
#define MAX_FRAMES 16
#define WAIT_MS 3000
#define QUIET_MS 30

struct frames {
	size_t len[MAX_FRAMES];
	uint8_t *data[MAX_FRAMES];
	size_t count;
};

/* a netdev that has been opened, to receive */
struct opened {
	char *name;
	int fd;
};

struct place {
	const char *name;
	int fd;
	struct frames want, got;
};

struct attempt {
	int from;
	uint8_t frame[RAW_FRAME_MAX];
	size_t len;
	struct place places[MAX_PLACES];
	size_t count;
};

static struct opened table[MAX_OPEN];

static int frames_add(struct frames *f, const uint8_t *data, size_t len)
{
	if (f->count == MAX_FRAMES)
		return -ENOSPC;
	f->data[f->count] = malloc(len ? len : 1);
	if (!f->data[f->count])
		return -ENOMEM;
	memcpy(f->data[f->count], data, len);
	f->len[f->count++] = len;
	return 0;
}

static void frames_clear(struct frames *f)
{
	while (f->count)
		free(f->data[--f->count]);
}

static bool frames_equal(const struct frames *a, const struct frames *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->len[i] != b->len[i] || memcmp(a->data[i], b->data[i], a->len[i]))
			return false;
	return true;
}

static void frames_print(const char *what, const struct frames *f)
{
	printf("  %s", what);
	for (size_t i = 0; i < f->count; i++) {
		putchar(' ');
		raw_print_hex(stdout, f->data[i], f->len[i]);
	}
	puts(f->count ? "" : " nothing");
}

/* "NETNS/IFNAME": opened once. Return: file descriptor, -errno */
static int open_place(const char *name)
{
	struct opened *o = table;
	char netns[64];
	const char *slash = strchr(name, '/');

	if (!slash || slash - name >= (int)sizeof(netns))
		return -EINVAL;
	while (o < table + MAX_OPEN && o->name && strcmp(o->name, name))
		o++;
	if (o == table + MAX_OPEN)
		return -ENOSPC;
	if (o->name)
		return o->fd;
	snprintf(netns, sizeof(netns), "%.*s", (int)(slash - name), name);
	o->fd = raw_open(netns, slash + 1, true);
	if (o->fd >= 0)
		o->name = strdup(name);
	return o->fd;
}

/* Frames of an earlier case that came late are not this one's. */
static void empty(int fd)
{
	static uint8_t buf[RAW_FRAME_MAX + 4];

	while (raw_recv(fd, buf, sizeof(buf), NULL) >= 0)
		;
}

static int parse_wanted(char *text, struct frames *want)
{
	static uint8_t buf[RAW_FRAME_MAX];
	char *save = NULL, *hex;

	for (hex = strtok_r(text, ",", &save); hex; hex = strtok_r(NULL, ",", &save)) {
		ssize_t len = raw_parse_hex(hex, buf, sizeof(buf));
		int rc = len < 0 ? (int)len : frames_add(want, buf, (size_t)len);

		if (rc)
			return rc;
	}
	return 0;
}

/* The caller's text is cut in two. */
static int parse_place(char *text, struct place *p)
{
	char *equals = strchr(text, '=');
	int rc;

	if (!equals)
		return -EINVAL;
	*equals = '\0';
	rc = parse_wanted(equals + 1, &p->want);
	if (rc)
		return rc;
	p->name = text;
	p->fd = open_place(text);
	if (p->fd < 0)
		return p->fd;
	empty(p->fd);
	return 0;
}

static void drain(struct place *p)
{
	static uint8_t buf[RAW_FRAME_MAX + 4];
	ssize_t len;

	while ((len = raw_recv(p->fd, buf, sizeof(buf), NULL)) >= 0)
		if (frames_add(&p->got, buf, (size_t)len))
			return;
}

static bool all_arrived(const struct place *p, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (p[i].got.count < p[i].want.count)
			return false;
	return true;
}

static void collect(struct place *p, size_t count)
{
	int64_t end = raw_now_ms() + WAIT_MS, left;
	struct pollfd fds[MAX_PLACES];
	bool quiet = false;

	while ((left = end - raw_now_ms()) > 0) {
		if (!quiet && all_arrived(p, count)) {
			quiet = true;
			left = QUIET_MS;
			end = raw_now_ms() + QUIET_MS;
		}
		for (size_t i = 0; i < count; i++)
			fds[i] = (struct pollfd){.fd = p[i].fd, .events = POLLIN};
		if (poll(fds, count, (int)left) <= 0)
			continue;
		for (size_t i = 0; i < count; i++)
			drain(&p[i]);
	}
}

static int verdict(const struct place *p, size_t count)
{
	int rc = 0;

	for (size_t i = 0; i < count; i++) {
		if (frames_equal(&p[i].want, &p[i].got))
			continue;
		printf("%s:\n", p[i].name);
		frames_print("want", &p[i].want);
		frames_print("got ", &p[i].got);
		rc = 1;
	}
	return rc;
}

static int fail(const char *what, int rc)
{
	printf("'%s': %s\n", what, strerror(-rc));
	return 2;
}

/* One line; it is cut up. Return: 0, or 2 when it makes no sense */
static int parse_attempt(char *line, struct attempt *a)
{
	char *save = NULL, *from = strtok_r(line, " \n", &save),
	     *hex = strtok_r(NULL, " \n", &save);
	ssize_t len = hex ? raw_parse_hex(hex, a->frame, sizeof(a->frame)) : -EINVAL;
	char *word;

	if (len < 14)
		return fail(hex ? hex : "frame", -EINVAL);
	a->len = (size_t)len;
	while ((word = strtok_r(NULL, " \n", &save))) {
		int rc = a->count < MAX_PLACES ? parse_place(word, &a->places[a->count]) : -ENOSPC;

		if (rc)
			return fail(word, rc);
		a->count++;
	}
	a->from = open_place(from);
	return a->from < 0 ? fail(from, a->from) : 0;
}

static int run(char *line)
{
	static struct attempt a;
	int rc;

	a.count = 0;
	rc = parse_attempt(line, &a);
	if (!rc && send(a.from, a.frame, a.len, 0) < 0)
		rc = fail("send", -errno);
	if (!rc) {
		collect(a.places, a.count);
		rc = verdict(a.places, a.count);
	}
	for (size_t i = 0; i < MAX_PLACES; i++) {
		frames_clear(&a.places[i].want);
		frames_clear(&a.places[i].got);
	}
	return rc;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		printf("= %d\n", run(line));
		fflush(stdout);
	}
	free(line);
	return 0;
}
