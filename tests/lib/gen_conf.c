// SPDX-License-Identifier: GPL-2.0-only
/* gen_conf.c - random switches from a seed: YAML that must be valid */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

#define PORTS 7

struct text {
	char *s;
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(t->s + t->len, GEN_YAML - t->len, fmt, args);
	va_end(args);
	if (n < 0 || t->len + (size_t)n >= GEN_YAML)
		abort();
	t->len += (size_t)n;
}

static void add_trunk(struct gen *g, struct text *t, bool uplink)
{
	static const char *const sets[] = {"all", "[10]", "[1, 10-20, 30]", "[20, 4000-4094]"};
	static const unsigned int natives[] = {10, 20, 30, 1};

	add(t, "{trunk: %s", uplink && gen_chance(g, 30) ? "[10, 20, 100]" : sets[gen_below(g, 4)]);
	if (gen_chance(g, 50))
		add(t, ", native: %u", natives[gen_below(g, 4)]);
	if (gen_chance(g, 20))
		add(t, ", proto: 802.1ad");
	add(t, "}");
}

static void add_guard(struct gen *g, struct text *t, bool tunnel)
{
	bool mac = gen_chance(g, 60), ip = !tunnel && gen_chance(g, 70);

	add(t, ", guard: {strict: %s", gen_chance(g, 40) ? "true" : "false");
	if (mac || !ip)
		add(t, ", mac: ['02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:03',"
		       " '02:bb:00:00:00:07']");
	if (ip)
		add(t, ", ip: [10.0.0.1, 10.1.0.0/16, '2001:db8::/64', 'fd00::1'%s]",
		    gen_chance(g, 20) ? ", 'fe80::/64'" : "");
	add(t, "}");
}

static void add_limits(struct gen *g, struct text *t, bool uplink)
{
	if (!uplink && gen_chance(g, 25))
		add(t, ", rate: {rx: 1mbit, tx: 2mbit%s}", gen_chance(g, 50) ? ", burst: 3k" : "");
	if (gen_chance(g, 25))
		add(t, ", storm: {broadcast: %upps, multicast: 5pps, unknown: 2pps}",
		    1 + gen_below(g, 30));
	if (gen_chance(g, 20))
		add(t, ", mac_limit: %u", 1 + gen_below(g, 4));
	if (gen_chance(g, 30))
		add(t, ", mac_moves: %u", gen_below(g, 3));
}

static void add_bool(struct gen *g, struct text *t, const char *key, uint32_t percent, bool value)
{
	if (gen_chance(g, percent))
		add(t, ", %s: %s", key, value ? "true" : "false");
}

static void add_port(struct gen *g, struct text *t, int n, bool uplink)
{
	bool tunnel = false;

	add(t, "- {name: n%d, netdev: p%d", n, n);
	if (uplink) {
		add(t, ", role: uplink");
		add_bool(g, t, "shared", 20, true);
		if (gen_chance(g, 60)) {
			add(t, ", vlan: ");
			add_trunk(g, t, true);
		}
	} else {
		add(t, ", vlan: ");
		tunnel = gen_chance(g, 15);
		if (tunnel)
			add(t, "{tunnel: %u}", 100 * (1 + gen_below(g, 2)));
		else if (gen_chance(g, 55))
			add(t, "{access: %u}", 10 * (1 + gen_below(g, 3)));
		else
			add_trunk(g, t, false);
		if (gen_chance(g, 30))
			add_guard(g, t, tunnel);
		add_bool(g, t, "isolated", 25, true);
		if (gen_chance(g, 15))
			add(t, ", link_local: host");
	}
	add_limits(g, t, uplink);
	add_bool(g, t, "learning", 10, false);
	add_bool(g, t, "flood", 15, false);
	if (gen_chance(g, 25))
		add(t, ", pcp: %u", gen_below(g, 8));
	if (gen_chance(g, 5))
		add(t, ", state: down");
	add(t, "}\n");
}

static void add_switch(struct gen *g, struct text *t)
{
	static const char *const unknown[] = {"flood", "flood", "flood", "uplink", "drop"};
	static const char *const host[] = {"{access: 10}", "{trunk: [10, 20]}",
					   "{trunk: [10, 20], native: 30}"};

	add(t, "version: 1\nswitch: {name: r, fdb: {ageing: %ds}, unknown: %s", GEN_AGEING_S,
	    unknown[gen_below(g, 5)]);
	add(t, ", tc: {marks: %s}", gen_chance(g, 30) ? "true" : "false");
	if (gen_chance(g, 50))
		add(t, ", host: {netdev: h, vlan: %s}", host[gen_below(g, 3)]);
	add(t, "}\nports:\n");
}

void gen_conf(struct gen *g, char yaml[GEN_YAML])
{
	struct text t = {yaml, 0};
	int ports = 1 + (int)gen_below(g, PORTS - 1), uplinks = 0;

	add_switch(g, &t);
	for (int i = 0; i < ports; i++) {
		bool uplink = uplinks < 2 && gen_chance(g, i ? 15 : 70);

		uplinks += uplink;
		add_port(g, &t, i, uplink);
	}
	/* a port and a VLAN it is in, whatever was drawn above */
	add(&t, "- {name: s, netdev: p%d, vlan: {trunk: [10, 20], native: 10}}\n", PORTS - 1);
	if (gen_chance(g, 60))
		add(&t, "fdb:\n- {mac: 02:00:00:00:00:05, vlan: 10, port: s}\n"
			"- {mac: 02:00:00:00:00:06, vlan: 20, port: s}\n");
}
