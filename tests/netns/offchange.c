// SPDX-License-Identifier: GPL-2.0-only
/* offchange.c - policy is tightened while hardware carries the traffic:
 * offchange SOCKET ESWITCH CHANGES
 *
 * PORTS functions send to a station on the wire, and each to the next one. When all of that
 * is in the eswitch, each port in turn is tightened, in another way each time; after the
 * answer, frames are sent that must not pass any more. None may arrive, whenever. Then all
 * is as before, and it begins anew. Prints "CHANGES changes, SENT frames forbidden, PASSED
 * passed". Exit: 0 when none did.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "offlab.h"

#define PORTS 16
#define AFTER 4 /* frames that are sent after a change, each way */
#define VLAN 10
#define READY_MS 20000

enum { FREE = 1, FORBIDDEN = 2 }; /* in markers */
enum { TO_WIRE, TO_NEXT, WAYS };

/* How a port is tightened: what stands in its line then, and which ways that closes. */
static const struct {
	const char *name, *keys; /* keys NULL: the port goes */
	bool closed[WAYS];
} kinds[] = {
	{"VLAN removed", "vlan: {access: 99}", {true, true}},
	{"guard added", "vlan: {access: 10}, guard: {mac: [\"02:ff:00:00:00:01\"]}", {true, true}},
	{"isolated", "vlan: {access: 10}, isolated: true", {false, true}},
	{"set down", "vlan: {access: 10}, state: down", {true, true}},
	{"IP guard added", "vlan: {access: 10}, guard: {ip: [10.9.9.9]}", {true, true}},
	{"VLAN of a trunk", "vlan: {trunk: [20, 30]}", {true, true}},
	{"deleted", NULL, {true, true}},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define ISOLATED 2
#define DELETED (KINDS - 1)
#define BASE "vlan: {access: 10}"

static const char *eswitch;
static int wire, functions[PORTS];
static uint8_t station[6], macs[PORTS][6];
static unsigned long forbidden, passed, passed_kind[KINDS];

/* --- the switch; the last two ports are VFs, whose netdevs stay without a port */

static bool is_vf(unsigned int port)
{
	return port >= PORTS - 2;
}

static void add_port(FILE *f, unsigned int port, const char *keys)
{
	if (is_vf(port))
		fprintf(f, "  - {name: p%u, vf: {pf: 0, num: %u}, %s}\n", port, port - (PORTS - 2),
			keys);
	else
		fprintf(f,
			"  - {name: p%u, sf: {num: %u, mac: \"02:01:00:00:00:%02x\", eth: true}, "
			"%s}\n",
			port, port + 1, port, keys);
}

/* @tight: the one that is tightened, or PORTS */
static void apply(unsigned int tight, unsigned int kind)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fprintf(f,
		"version: 1\nswitch: {name: nic, eswitch: {handle: \"%s\", mode: switchdev}}\n"
		"offload: {enabled: true, promote: 1pps, idle: 60s}\nports:\n"
		"  - {name: up, netdev: p0, role: uplink}\n",
		eswitch);
	for (unsigned int i = 0; i < PORTS; i++) {
		/* isolation takes two */
		bool next = tight < PORTS && kind == ISOLATED && i == (tight + 1) % PORTS;
		const char *keys = i == tight || next ? kinds[kind].keys : BASE;

		if (keys)
			add_port(f, i, keys);
	}
	fclose(f);
	if (offlab_apply(text))
		exit(1);
	free(text);
}

/* --- frames */

static uint64_t marker(unsigned int what, unsigned int kind, unsigned int port)
{
	return (uint64_t)what << 32 | kind << 16 | port;
}

static void send_way(unsigned int port, unsigned int way, uint64_t mark)
{
	const uint8_t *dst = way == TO_WIRE ? station : macs[(port + 1) % PORTS];
	uint8_t frame[OFFLAB_FRAME];

	offlab_send(functions[port], frame, offlab_frame(frame, dst, macs[port], 0, mark));
}

static void judge(const uint8_t *frame, size_t len)
{
	uint64_t mark = offlab_marker(frame, len);
	unsigned int kind = mark >> 16 & 0xffff;

	if (mark >> 32 != FORBIDDEN || kind >= KINDS)
		return;
	passed++;
	passed_kind[kind]++;
}

/* On the wire: a port that was put into another VLAN may flood there. */
static bool in_vlan(const uint8_t *frame, ssize_t len)
{
	return len > 16 && frame[12] == 0x81 && ((frame[14] & 0xf) << 8 | frame[15]) == VLAN;
}

static void take_all(void)
{
	uint8_t buf[2048];
	ssize_t len;

	while ((len = raw_recv(wire, buf, sizeof(buf), NULL)) > 0)
		if (in_vlan(buf, len))
			judge(buf, (size_t)len);
	for (unsigned int i = 0; i < PORTS; i++)
		while ((len = raw_recv(functions[i], buf, sizeof(buf), NULL)) > 0)
			judge(buf, (size_t)len);
}

static void teach_station(void)
{
	static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	uint8_t frame[OFFLAB_FRAME];

	offlab_send(wire, frame, offlab_frame(frame, all, station, VLAN, marker(FREE, 0, 0)));
}

/* --- rounds */

static bool all_in_hardware(void)
{
	return offlab_flows(NULL, NULL, "offloaded") >= PORTS * WAYS;
}

static void until_in_hardware(void)
{
	int64_t end = raw_now_ms() + READY_MS, look = 0;

	teach_station();
	for (;;) {
		for (unsigned int i = 0; i < PORTS; i++)
			for (unsigned int way = 0; way < WAYS; way++)
				send_way(i, way, marker(FREE, 0, i));
		usleep(30000);
		take_all();
		if (raw_now_ms() < look)
			continue;
		if (all_in_hardware())
			return;
		look = raw_now_ms() + 250;
		if (look < end)
			continue;
		fprintf(stderr, "not all flows are in the eswitch: %zu of %d\n",
			offlab_flows(NULL, NULL, "offloaded"), PORTS * WAYS);
		exit(1);
	}
}

static void tighten(unsigned int port, unsigned int kind)
{
	send_way(port, TO_WIRE, marker(FREE, kind, port)); /* under way while it changes */
	apply(port, kind);
	for (unsigned int n = 0; n < AFTER; n++)
		for (unsigned int way = 0; way < WAYS; way++) {
			if (!kinds[kind].closed[way])
				continue;
			send_way(port, way, marker(FORBIDDEN, kind, port));
			forbidden++;
		}
	take_all();
}

static unsigned int kind_for(unsigned int port, unsigned int change)
{
	if (is_vf(port) && change % 2)
		return DELETED;
	return change % DELETED;
}

static void prepare(void)
{
	char dev[16];

	apply(PORTS, 0);
	wire = offlab_open("wire0");
	offlab_mac(station, 0xee, 1);
	for (unsigned int i = 0; i < PORTS; i++) {
		if (is_vf(i))
			snprintf(dev, sizeof(dev), "vf%u", i - (PORTS - 2));
		else
			snprintf(dev, sizeof(dev), "sf%u", i + 1);
		offlab_mac(macs[i], 1, i);
		functions[i] = offlab_open(dev);
	}
}

int main(int argc, char **argv)
{
	unsigned int changes = argc == 4 ? (unsigned int)atoi(argv[3]) : 0, change = 0;

	if (!changes) {
		fputs("usage: offchange SOCKET ESWITCH CHANGES\n", stderr);
		return 2;
	}
	offlab_socket(argv[1]);
	eswitch = argv[2];
	prepare();
	while (change < changes) {
		apply(PORTS, 0);
		until_in_hardware();
		for (unsigned int i = 0; i < PORTS && change < changes; i++, change++)
			tighten(i, kind_for(i, change));
	}
	usleep(200000); /* whatever is still under way */
	take_all();
	printf("%u changes, %lu frames forbidden, %lu passed\n", changes, forbidden, passed);
	for (unsigned int k = 0; k < KINDS; k++)
		if (passed_kind[k])
			printf("passed after '%s': %lu\n", kinds[k].name, passed_kind[k]);
	return passed != 0;
}
