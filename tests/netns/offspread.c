// SPDX-License-Identifier: GPL-2.0-only
/* offspread.c - many flows at once, the n-th of which has 1/n of the first's traffic:
 * offspread DEV TAG KIND SOURCES DESTINATIONS WIRE SECONDS [EVEN]
 *
 * SOURCES addresses behind DEV (02:KIND:...) send to DESTINATIONS addresses (02:ee:...)
 * behind WIRE (tagged TAG there), each to each. First all are made known. EVEN: all flows
 * alike. Prints "SENT frames of FLOWS flows, N a second".
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "offlab.h"

#define BURST 64

static int dev, wire;
static unsigned int kind, sources, destinations, tag;
static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static void know_all(void)
{
	uint8_t frame[OFFLAB_FRAME], mac[6];

	for (unsigned int i = 0; i < destinations; i++) {
		offlab_mac(mac, 0xee, i);
		offlab_send(wire, frame, offlab_frame(frame, all, mac, tag, 1));
	}
	for (unsigned int i = 0; i < sources; i++) {
		offlab_mac(mac, kind, i);
		offlab_send(dev, frame, offlab_frame(frame, all, mac, 0, 1));
	}
}

static void send_flow(unsigned int flow)
{
	uint8_t frame[OFFLAB_FRAME], src[6], dst[6];

	offlab_mac(src, kind, flow % sources);
	offlab_mac(dst, 0xee, flow / sources % destinations);
	offlab_send(dev, frame, offlab_frame(frame, dst, src, 0, 1));
}

/* Flow of a share of the traffic, u of 0..1: 1/n of harmonic numbers, near enough. */
static unsigned int pick(double u, unsigned int flows, bool even)
{
	double n = even ? u * flows : exp(u * log(flows + 1.0)) - 1;

	return n < flows ? (unsigned int)n : flows - 1;
}

int main(int argc, char **argv)
{
	unsigned long sent = 0;
	bool even = argc == 9;
	unsigned int flows;
	int64_t start, end;

	if (argc < 8) {
		fputs("usage: offspread DEV TAG KIND SOURCES DESTINATIONS WIRE SECONDS [EVEN]\n",
		      stderr);
		return 2;
	}
	tag = (unsigned int)atoi(argv[2]);
	kind = (unsigned int)atoi(argv[3]);
	sources = (unsigned int)atoi(argv[4]);
	destinations = (unsigned int)atoi(argv[5]);
	flows = sources * destinations;
	dev = offlab_open(argv[1]);
	wire = offlab_open(argv[6]);
	know_all();
	srand48(1);
	start = raw_now_ms();
	end = start + atol(argv[7]) * 1000;
	while (raw_now_ms() < end)
		for (int i = 0; i < BURST; i++, sent++)
			send_flow(even ? (unsigned int)(sent % flows)
				       : pick(drand48(), flows, false));
	printf("%lu frames of %u flows, %ld a second\n", sent, flows,
	       (long)(sent * 1000 / (unsigned long)(raw_now_ms() - start + 1)));
	return 0;
}
