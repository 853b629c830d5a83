// SPDX-License-Identifier: GPL-2.0-only
/* offlab.c - see offlab.h */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "ctl.h"
#include "offlab.h"

#define MAGIC 0x52455058U /* before a marker */
#define DEV_MS 20000

static const char *socket_path;

void offlab_socket(const char *path)
{
	socket_path = path;
}

json_t *offlab_call(const char *method, json_t *params)
{
	struct err err = {0};
	json_t *result = NULL;
	int rc = ctl_call(socket_path, method, params, &result, &err);

	json_decref(params);
	if (!rc)
		return result;
	fprintf(stderr, "%s: %s\n", method, err.text[0] ? err.text : strerror(-rc));
	return NULL;
}

int offlab_apply(const char *text)
{
	json_t *doc = offlab_call("apply", json_pack("{s:s}", "text", text));

	json_decref(doc);
	return doc ? 0 : -1;
}

size_t offlab_flows(const char *from, const char *to, const char *state)
{
	json_t *doc = offlab_call("flow.show", NULL), *flow;
	size_t i, n = 0;

	json_array_foreach(doc, i, flow)
	{
		const char *f = json_string_value(json_object_get(flow, "from"));
		const char *t = json_string_value(json_object_get(flow, "to"));
		const char *s = json_string_value(json_object_get(flow, "state"));

		n += (!from || !strcmp(from, f)) && (!to || !strcmp(to, t)) && !strcmp(state, s);
	}
	json_decref(doc);
	return n;
}

int offlab_open(const char *dev)
{
	int64_t end = raw_now_ms() + DEV_MS;
	char up[64];
	int fd;

	snprintf(up, sizeof(up), "ip link set dev %.15s up 2>/dev/null", dev);
	while (system(up) && raw_now_ms() < end)
		poll(NULL, 0, 20);
	fd = raw_open(NULL, dev, true);
	if (fd >= 0)
		return fd;
	fprintf(stderr, "open '%s': %s\n", dev, strerror(-fd));
	exit(1);
}

void offlab_send(int fd, const void *frame, size_t len)
{
	struct pollfd wait = {.fd = fd, .events = POLLOUT};

	while (send(fd, frame, len, 0) < 0) {
		if (errno != EAGAIN && errno != ENOBUFS) {
			fprintf(stderr, "send: %s\n", strerror(errno));
			exit(1);
		}
		poll(&wait, 1, 10);
	}
}

static uint8_t *put(uint8_t *p, const void *bytes, size_t len)
{
	memcpy(p, bytes, len);
	return p + len;
}

size_t offlab_frame(uint8_t *buf, const uint8_t dst[6], const uint8_t src[6], unsigned int vlan,
		    uint64_t marker)
{
	static const uint8_t ip[20] = {0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10};
	const uint8_t tag[4] = {0x81, 0, (uint8_t)(vlan >> 8), (uint8_t)vlan};
	uint32_t magic = MAGIC;
	uint8_t *p = buf;

	memset(buf, 0, OFFLAB_FRAME);
	p = put(p, dst, 6);
	p = put(p, src, 6);
	if (vlan)
		p = put(p, tag, 4);
	p = put(p, "\x08\0", 2);
	p = put(p, ip, sizeof(ip));
	p = put(p, &magic, 4);
	p = put(p, &marker, 8);
	return (size_t)(p - buf) < 64 ? 64 : (size_t)(p - buf);
}

uint64_t offlab_marker(const uint8_t *frame, size_t len)
{
	uint32_t magic = MAGIC;
	const uint8_t *at = memmem(frame, len, &magic, 4);
	uint64_t marker;

	if (!at || at + 12 > frame + len)
		return 0;
	memcpy(&marker, at + 4, 8);
	return marker;
}

void offlab_mac(uint8_t mac[6], unsigned int kind, unsigned int number)
{
	const uint8_t bytes[6] = {0x02, (uint8_t)kind,		0,
				  0,	(uint8_t)(number >> 8), (uint8_t)number};

	memcpy(mac, bytes, 6);
}

uint64_t offlab_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void offlab_count(struct offlab_counted *list, const char *text)
{
	for (int i = 0; i < OFFLAB_REASONS; i++) {
		if (!list[i].n)
			snprintf(list[i].text, sizeof(list[i].text), "%s", text);
		if (strncmp(list[i].text, text, sizeof(list[i].text) - 1))
			continue;
		list[i].n++;
		return;
	}
}

void offlab_print(const char *what, const struct offlab_counted *list)
{
	for (int i = 0; i < OFFLAB_REASONS && list[i].n; i++)
		printf("# %s: %u x %s\n", what, list[i].n, list[i].text);
}
