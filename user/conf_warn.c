// SPDX-License-Identifier: GPL-2.0-only
/* conf_warn.c - what is no mistake in a configuration, but probably not meant */
#include <stdarg.h>

#include "conf_parse.h"
#include "conf_units.h"

typedef void (*warn_fn)(const char *text);

__attribute__((format(printf, 2, 3))) static void say(warn_fn warn, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	warn(text);
}

/* Only an SF of this host: what another host does with its own is not known here. */
static void warn_useless(const struct conf_port *p, warn_fn warn)
{
	if (p->fn.kind == CONF_FN_SF && !p->fn.controller && p->fn.eth != 1 && p->fn.rdma != 1 &&
	    !p->vdpa.on)
		say(warn,
		    "port '%s': nothing can use its SF (give sf: {eth: true}, {rdma: true}, or "
		    "vdpa: {})",
		    p->name);
}

static void warn_port(const struct conf *conf, const struct conf_port *p, warn_fn warn)
{
	bool tc_only = p->attach == CONF_ATTACH_TC || p->attach == CONF_ATTACH_TCX ||
		       p->attach == CONF_ATTACH_CLSACT;

	if (p->attach == CONF_ATTACH_XDP_GENERIC && conf->attach != CONF_ATTACH_XDP_GENERIC)
		say(warn, "port '%s': attach: xdp-generic is for tests (give auto)", p->name);
	if (p->xdp_shared && tc_only)
		say(warn, "port '%s': xdp: shared does nothing where attach is tc only", p->name);
	if (p->mac_limit && !p->learning)
		say(warn, "port '%s': mac_limit does nothing with learning: false", p->name);
	warn_useless(p, warn);
}

static void warn_tunnels(const struct conf *conf, warn_fn warn)
{
	uint64_t carried[4096 / 64] = {0};
	bool uplinks = false;

	for (size_t i = 0; i < conf->ports_len; i++) {
		const struct conf_port *p = &conf->ports[i];

		if (p->role != CONF_ROLE_UPLINK)
			continue;
		uplinks = true;
		for (unsigned int vid = 1; vid <= CONF_VID_MAX; vid++)
			if (conf_vlan_member(&p->vlan, vid))
				carried[vid / 64] |= 1ULL << (vid % 64);
	}
	for (size_t i = 0; uplinks && i < conf->ports_len; i++) {
		const struct conf_vlan *v = &conf->ports[i].vlan;

		if (v->mode == CONF_VLAN_TUNNEL && !(carried[v->vid / 64] >> (v->vid % 64) & 1))
			say(warn, "port '%s': tunnel %u is in the trunk of no uplink",
			    conf->ports[i].name, v->vid);
	}
	if (!uplinks && conf->unknown == CONF_UNKNOWN_UPLINK)
		say(warn, "switch '%s': unknown: uplink drops all of it while there is no uplink",
		    conf->name);
}

/* Ports of others may come and take their places: no mistake. */
static void warn_pool(const struct conf *conf, warn_fn warn)
{
	size_t ports = conf_ports_wanted(conf);

	if (conf->pool_sf && ports + conf->pool_sf > conf->max_ports)
		say(warn,
		    "switch '%s': pool.sf: %u and %zu ports are more than max_ports: %u (a spare "
		    "SF has the place of a port)",
		    conf->name, conf->pool_sf, ports, conf->max_ports);
}

void conf_warnings(const struct conf *conf, void (*warn)(const char *text))
{
	if (conf->attach == CONF_ATTACH_XDP_GENERIC)
		say(warn, "switch '%s': attach: xdp-generic is for tests (give auto)", conf->name);
	for (size_t i = 0; i < conf->ports_len; i++)
		warn_port(conf, &conf->ports[i], warn);
	warn_tunnels(conf, warn);
	warn_pool(conf, warn);
}
