// SPDX-License-Identifier: GPL-2.0-only
/* model_fdb.c - the reference model: VLANs, learning and limits (rules 3, 7 and 8) */
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define NS_PER_S 1e9

bool model_tunnel_vlan(const struct model *m, int vlan)
{
	for (size_t i = 0; i < m->conf->ports_len; i++)
		if (m->conf->ports[i].vlan.mode == CONF_VLAN_TUNNEL &&
		    m->conf->ports[i].vlan.vid == vlan)
			return true;
	return false;
}

bool model_member(const struct model *m, int port, int vlan)
{
	const struct conf_port *p = &m->conf->ports[port];

	if (vlan < 1 || vlan > 4094)
		return false;
	if (p->vlan.mode == CONF_VLAN_ACCESS || p->vlan.mode == CONF_VLAN_TUNNEL)
		return p->vlan.vid == vlan;
	if (p->vlan.mode != CONF_VLAN_TRUNK)
		return false;
	if (p->vlan.all)
		return p->role == CONF_ROLE_UPLINK || !model_tunnel_vlan(m, vlan);
	return p->vlan.vid == vlan || conf_vlan_has(&p->vlan, (unsigned int)vlan);
}

int model_host_port(const struct model *m)
{
	for (size_t i = 0; i < m->conf->ports_len; i++)
		if (m->conf->ports[i].role == CONF_ROLE_HOST)
			return (int)i;
	return MODEL_NONE;
}

int model_port(const struct model *m, const char *name)
{
	if (!strcmp(name, "host"))
		return model_host_port(m);
	for (size_t i = 0; i < m->conf->ports_len; i++)
		if (!strcmp(m->conf->ports[i].name, name))
			return (int)i;
	return MODEL_NONE;
}

struct model_fdb *model_fdb_find(struct model *m, unsigned int vlan, const uint8_t mac[6])
{
	for (size_t i = 0; i < m->fdb_len; i++)
		if (m->fdb[i].vlan == vlan && !memcmp(m->fdb[i].mac, mac, 6))
			return &m->fdb[i];
	return NULL;
}

struct model_fdb *model_fdb_put(struct model *m, unsigned int vlan, const uint8_t mac[6], int port,
				bool is_static)
{
	struct model_fdb *e = model_fdb_find(m, vlan, mac);

	if (!e && m->fdb_len == MODEL_FDB)
		abort();
	if (!e)
		e = &m->fdb[m->fdb_len++];
	*e = (struct model_fdb){
		.vlan = (uint16_t)vlan, .port = port, .is_static = is_static, .seen = m->now};
	memcpy(e->mac, mac, 6);
	return e;
}

void model_fdb_del(struct model *m, unsigned int vlan, const uint8_t mac[6])
{
	struct model_fdb *e = model_fdb_find(m, vlan, mac);

	if (e)
		*e = m->fdb[--m->fdb_len];
}

void model_init(struct model *m, const struct conf *conf, const struct model_host *host)
{
	memset(m, 0, sizeof(*m));
	if (conf->ports_len > MODEL_PORTS)
		abort();
	m->conf = conf;
	memcpy(m->host, host, conf->ports_len * sizeof(*host));
	for (size_t i = 0; i < conf->fdb_len; i++)
		model_fdb_put(m, conf->fdb[i].vlan, conf->fdb[i].mac,
			      model_port(m, conf->fdb[i].port), true);
}

static bool live(const struct model *m, const struct model_fdb *e)
{
	uint64_t ageing = m->conf->ageing_ms * 1000000;

	return e->is_static || !ageing || m->now < e->seen || m->now - e->seen <= ageing;
}

/* The host's own address is known in every VLAN of the host port. */
static bool is_host_mac(const struct model *m, int vlan, const uint8_t mac[6])
{
	int host = model_host_port(m);

	return host != MODEL_NONE && model_member(m, host, vlan) &&
	       !memcmp(mac, m->host[host].stack_mac, 6);
}

int model_lookup(struct model *m, int vlan, const uint8_t mac[6])
{
	struct model_fdb *e;

	if (is_host_mac(m, vlan, mac))
		return model_host_port(m);
	e = model_fdb_find(m, (unsigned int)vlan, mac);
	return e && live(m, e) ? e->port : MODEL_NONE;
}

static unsigned int dynamic_on(const struct model *m, int port)
{
	unsigned int n = 0;

	for (size_t i = 0; i < m->fdb_len; i++)
		if (m->fdb[i].port == port && !m->fdb[i].is_static && live(m, &m->fdb[i]))
			n++;
	return n;
}

int model_learn(struct model *m, int port, const struct model_frame *f, struct model_result *out)
{
	const struct conf_port *p = &m->conf->ports[port];
	struct model_fdb *e = model_fdb_find(m, (unsigned int)f->vlan, f->src);
	bool marks = m->conf->tc_marks && (m->mark & REPX_MARK_MASK) == REPX_MARK_VALUE;

	if (is_host_mac(m, f->vlan, f->src))
		return port == model_host_port(m) ? MODEL_NONE : REPX_DROP_spoof_mac;
	if (e && e->is_static)
		return e->port == port ? MODEL_NONE : REPX_DROP_spoof_mac;
	if (!p->learning || (marks && m->mark & REPX_MARK_NOLEARN))
		return MODEL_NONE;
	if (e && live(m, e) && e->port == port) {
		e->seen = m->now;
		return MODEL_NONE;
	}
	if (e && live(m, e) && !model_limit(m, port, REPX_LIMIT_MOVES, 1)) {
		out->events[port][REPX_EVENT_move_limited]++;
		return MODEL_NONE;
	}
	if (p->mac_limit && dynamic_on(m, port) >= p->mac_limit)
		return REPX_DROP_mac_limit;
	if (!e && m->fdb_full)
		out->events[port][REPX_EVENT_fdb_full]++;
	else
		model_fdb_put(m, (unsigned int)f->vlan, f->src, port, false);
	return MODEL_NONE;
}

/* Units (bytes, frames, moves) a second, 0 = no limit; and of a full bucket. */
static double rate_of(const struct model *m, int port, enum repx_limit_id id, double *burst)
{
	const struct conf_port *p = &m->conf->ports[port];
	double least = 2.0 * (m->host[port].mtu + 18), rate = 0;

	if (id == REPX_LIMIT_RX || id == REPX_LIMIT_TX) {
		rate = (double)(id == REPX_LIMIT_RX ? p->rate.rx : p->rate.tx);
		*burst = rate / 100 > least ? rate / 100 : least;
		if (p->rate.burst)
			*burst = (double)p->rate.burst;
		return rate;
	}
	if (id == REPX_LIMIT_BROADCAST)
		rate = (double)p->storm.broadcast;
	else if (id == REPX_LIMIT_MULTICAST)
		rate = (double)p->storm.multicast;
	else if (id == REPX_LIMIT_UNKNOWN)
		rate = (double)p->storm.unknown;
	else
		rate = p->mac_moves;
	*burst = id == REPX_LIMIT_MOVES ? rate : rate / 10;
	return rate;
}

double model_cost(const struct model *m, int port, enum repx_limit_id id, double amount)
{
	double burst, rate = rate_of(m, port, id, &burst);

	return rate > 0 ? amount * NS_PER_S / rate : 0;
}

double model_burst(const struct model *m, int port, enum repx_limit_id id)
{
	double burst, rate = rate_of(m, port, id, &burst);

	return rate > 0 ? burst * NS_PER_S / rate : 0;
}

bool model_limit(struct model *m, int port, enum repx_limit_id id, double amount)
{
	double cost = model_cost(m, port, id, amount);
	double *full_at = &m->full_at[port][id], now = (double)m->now;

	if (cost <= 0)
		return true;
	if (*full_at < now)
		*full_at = now;
	if (*full_at - now > model_burst(m, port, id))
		return false;
	*full_at += cost;
	return true;
}
