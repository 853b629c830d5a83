// SPDX-License-Identifier: GPL-2.0-only
/* image.c - from a conf to the bytes the data path reads */
#include <endian.h>
#include <string.h>

#include "image.h"
#include "util.h"

#define NS_PER_S 1000000000ULL
#define FRAME_OVERHEAD 18 /* Ethernet header and one tag, as Linux counts */

struct repx_limit image_limit(uint64_t per_second, uint64_t burst)
{
	struct repx_limit l = {0};
	uint64_t ticks = NS_PER_S << REPX_TICKS_SHIFT;

	if (!per_second)
		return l;
	l.cost = (ticks << REPX_COST_SHIFT) / per_second;
	if (!l.cost)
		l.cost = 1;
	l.burst = (uint64_t)(((unsigned __int128)burst * l.cost) >> REPX_COST_SHIFT);
	return l;
}

/* rate.rx and rate.tx: burst is 10 ms of the rate, and two frames, at least */
static struct repx_limit rate_limit(uint64_t rate, uint64_t burst, uint32_t mtu)
{
	uint64_t least = 2 * ((uint64_t)mtu + FRAME_OVERHEAD);

	if (!burst)
		burst = rate / 100 > least ? rate / 100 : least;
	return image_limit(rate, burst);
}

/* storm: the burst is a tenth of a second, also where that is less than a frame */
static struct repx_limit storm_limit(uint64_t pps)
{
	struct repx_limit l = image_limit(pps, 0);

	l.burst = pps ? (NS_PER_S << REPX_TICKS_SHIFT) / 10 : 0;
	return l;
}

static void write_limits(const struct conf_port *c, bool rx_elsewhere, struct repx_port *p)
{
	uint64_t rx = rx_elsewhere ? 0 : c->rate.rx;

	p->limit[REPX_LIMIT_RX] = rate_limit(rx, c->rate.burst, p->mtu);
	p->limit[REPX_LIMIT_TX] = rate_limit(c->rate.tx, c->rate.burst, p->mtu);
	p->limit[REPX_LIMIT_BROADCAST] = storm_limit(c->storm.broadcast);
	p->limit[REPX_LIMIT_MULTICAST] = storm_limit(c->storm.multicast);
	p->limit[REPX_LIMIT_UNKNOWN] = storm_limit(c->storm.unknown);
	p->limit[REPX_LIMIT_MOVES] = image_limit(c->mac_moves, c->mac_moves);
	if (rx || c->storm.broadcast || c->storm.multicast)
		p->flags |= REPX_PORT_LIMITED;
}

static uint32_t port_flags(const struct conf_port *c)
{
	uint32_t f = 0;

	f |= c->up ? REPX_PORT_UP : 0;
	f |= c->role == CONF_ROLE_UPLINK ? REPX_PORT_UPLINK : 0;
	f |= c->role == CONF_ROLE_HOST ? REPX_PORT_HOST : 0;
	f |= c->vlan.mode == CONF_VLAN_TUNNEL ? REPX_PORT_TUNNEL : 0;
	f |= c->vlan.mode == CONF_VLAN_TRUNK ? REPX_PORT_TAGGED : 0;
	f |= c->isolated ? REPX_PORT_ISOLATED : 0;
	f |= c->learning ? REPX_PORT_LEARN : 0;
	f |= c->flood ? REPX_PORT_FLOOD : 0;
	f |= c->link_local_host ? REPX_PORT_LINK_LOCAL : 0;
	f |= c->shared ? REPX_PORT_SHARED : 0;
	f |= c->guard.on && c->guard.mac_len ? REPX_PORT_GUARD_MAC : 0;
	f |= c->guard.on && c->guard.ip_len ? REPX_PORT_GUARD_IP : 0;
	f |= c->guard.on && c->guard.strict ? REPX_PORT_STRICT : 0;
	return f;
}

static void write_port(const struct conf_port *c, const struct image_port *h, struct repx_port *p)
{
	p->ifindex = h->ifindex;
	p->flags = port_flags(c) | h->flags;
	p->mtu = h->mtu;
	p->guard = h->guard;
	p->pvid = c->vlan.mode == CONF_VLAN_NONE ? 0 : c->vlan.vid;
	p->tpid_be = htobe16(c->vlan.tpid ? c->vlan.tpid : 0x8100);
	p->pcp = c->pcp;
	memcpy(p->mac, h->mac, sizeof(p->mac));
	p->mac_limit = c->mac_limit;
	write_limits(c, h->rx_elsewhere, p);
}

static void join(struct repx_vlan *vlans, unsigned int vid, uint32_t slot)
{
	vlans[vid].members[slot / 64] |= 1ULL << (slot % 64);
}

static void write_vlans(const struct conf_port *c, uint32_t slot, struct repx_vlan *vlans)
{
	unsigned int vid;

	if (c->vlan.mode == CONF_VLAN_TUNNEL)
		vlans[c->vlan.vid].tunnel = 1;
	if (c->vlan.mode == CONF_VLAN_ACCESS || c->vlan.mode == CONF_VLAN_TUNNEL)
		join(vlans, c->vlan.vid, slot);
	if (c->vlan.mode != CONF_VLAN_TRUNK)
		return;
	for (vid = 1; vid < 4095; vid++)
		if (conf_vlan_has(&c->vlan, vid))
			join(vlans, vid, slot);
}

static void write_switch(const struct conf *conf, struct repx_sw *sw)
{
	memset(sw, 0, sizeof(*sw));
	sw->ageing_ns = conf->ageing_ms * 1000000ULL;
	sw->hold = sw->ageing_ns && sw->ageing_ns < REPX_HOLD_AGEING_NS ? 1 : REPX_HOLD;
	sw->flags = conf->tc_marks ? REPX_SW_MARKS : 0;
	sw->unknown = conf->unknown == CONF_UNKNOWN_UPLINK ? REPX_UNKNOWN_UPLINK
		      : conf->unknown == CONF_UNKNOWN_DROP ? REPX_UNKNOWN_DROP
							   : REPX_UNKNOWN_FLOOD;
	sw->host_port = REPX_PORT_NONE;
	sw->words = 1;
}

/* A port whose netdev is missing is in no VLAN, but its tunnel VID stays one. */
void image_write(const struct conf *conf, const struct image_port *host, uint32_t max_ports,
		 struct repx_port *ports, struct repx_vlan *vlans, struct repx_sw *sw)
{
	size_t i;

	memset(ports, 0, max_ports * sizeof(*ports));
	memset(vlans, 0, REPX_MAX_VLANS * sizeof(*vlans));
	write_switch(conf, sw);
	for (i = 0; i < conf->ports_len; i++) {
		const struct conf_port *c = &conf->ports[i];
		const struct image_port *h = &host[i];

		if (c->vlan.mode == CONF_VLAN_TUNNEL)
			vlans[c->vlan.vid].tunnel = 1;
		if (!h->ifindex || h->slot >= max_ports)
			continue;
		write_port(c, h, &ports[h->slot]);
		write_vlans(c, h->slot, vlans);
		if (h->slot / 64 + 1 > sw->words)
			sw->words = h->slot / 64 + 1;
		if (h->flags & REPX_PORT_GENERIC)
			sw->flags |= REPX_SW_GENERIC;
		if (c->role != CONF_ROLE_HOST)
			continue;
		sw->host_port = h->slot;
		memcpy(sw->host_mac, h->host_mac, sizeof(sw->host_mac));
	}
}
