// SPDX-License-Identifier: GPL-2.0-only
/* bench_conf.c - the config of repx for a case of the benchmark */
#include <errno.h>
#include <stdio.h>

#include "bench.h"

static const char *const roles[] = {
	[BENCH_ACCESS] = "vlan: {access: 10}",
	[BENCH_UPLINK] = "role: uplink",
	[BENCH_TRUNK] = "vlan: {trunk: [10, 20-29]}",
	[BENCH_TUNNEL] = "vlan: {tunnel: 200}",
};

const char *bench_name(const char *what, unsigned int id, unsigned int way, unsigned int out)
{
	static char names[5][48];
	static unsigned int next;
	char *name = names[next++ % 5];

	snprintf(name, sizeof(names[0]), "%s%uw%un%u", what, id, way, out);
	return name;
}

static void write_port(FILE *f, const struct bench_case *c, const char *netdev,
		       enum bench_port role, unsigned int way, bool in)
{
	fprintf(f, "  - {name: %s, netdev: %s, %s", netdev, netdev, roles[role]);
	if (in && c->guard != BENCH_NO_GUARD)
		fprintf(f, ", guard: {mac: [\"02:10:00:00:00:%02x\"]%s}", way,
			c->guard == BENCH_GUARD_IP ? ", ip: [10.0.0.1, \"2001:db8::1\"]" : "");
	fprintf(f, "}\n");
}

unsigned int bench_fdb_size(const struct bench_case *c)
{
	unsigned int most = c->dsts > c->srcs ? c->dsts : c->srcs;

	return most > 32768 ? 2 * most : 65536;
}

static void write_ports(FILE *f, const struct bench_case *c, unsigned int id)
{
	unsigned int w, i;

	fprintf(f, "ports:\n");
	for (w = 0; w < bench_ways(c); w++) {
		write_port(f, c, bench_name("p", id, w, 0), c->in, w, true);
		for (i = 0; i < bench_outs(c); i++)
			write_port(f, c, bench_name("o", id, w, i), c->out, w, false);
	}
}

/* Addresses that are not learnt: one a way, or one an out port. */
static void write_fdb(FILE *f, const struct bench_case *c, unsigned int id)
{
	bool tunnel = c->in == BENCH_TUNNEL || c->out == BENCH_TUNNEL;
	unsigned int w, i, outs = c->dsts ? bench_outs(c) : 1;

	fprintf(f, "fdb:\n");
	for (w = 0; w < bench_ways(c); w++)
		for (i = 0; i < outs; i++)
			fprintf(f, "  - {mac: \"02:00:00:00:%02x:%02x\", vlan: %d, port: %s}\n",
				i >> 8, i ? i & 255 : w, tunnel ? BENCH_S_VLAN : BENCH_C_VLAN,
				bench_name("o", id, w, i));
}

void bench_conf(const struct bench_case *c, unsigned int id, const char *attach, const char *path)
{
	FILE *f = fopen(path, "we");

	bench_must(f ? 0 : -errno, path);
	fprintf(f,
		"version: 1\n"
		"switch: {name: l%u, attach: %s, fdb: {size: %u, ageing: 3600s}%s}\n",
		id, attach, bench_fdb_size(c), c->unwatched ? ", xdp: {tx_errors: false}" : "");
	write_ports(f, c, id);
	if (!(c->dsts && bench_outs(c) == 1))
		write_fdb(f, c, id);
	fclose(f);
}
