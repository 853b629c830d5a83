// SPDX-License-Identifier: GPL-2.0-only
/* conf_data.c - a configuration in memory: copy, compare, remove, free */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_parse.h"

struct conf_port *conf_find(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->ports_len; i++)
		if (!strcmp(conf->ports[i].name, name))
			return &conf->ports[i];
	return NULL;
}

int conf_add_port(struct conf *conf, const struct conf_port *port)
{
	size_t at = conf->ports_len;
	struct conf_port *ports = realloc(conf->ports, (at + 1) * sizeof(*ports));

	if (!ports)
		return -ENOMEM;
	conf->ports = ports;
	if (at && ports[at - 1].role == CONF_ROLE_HOST) {
		ports[at] = ports[at - 1];
		at--;
	}
	ports[at] = *port;
	conf->ports_len++;
	return 0;
}

size_t conf_ports_wanted(const struct conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->ports_len; i++)
		n += !conf->ports[i].pool;
	return n;
}

static void remove_fdb(struct conf *conf, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < conf->fdb_len; i++)
		if (strcmp(conf->fdb[i].port, name))
			conf->fdb[kept++] = conf->fdb[i];
	conf->fdb_len = kept;
}

int conf_remove(struct conf *conf, const char *name)
{
	struct conf_port *port = conf_find(conf, name);
	char gone[CONF_NAME_MAX];
	size_t behind;

	if (!port)
		return -ENOENT;
	memcpy(gone, port->name, sizeof(gone)); /* @name may be the port's own */
	if (port->role == CONF_ROLE_HOST)
		conf->host_netdev[0] = 0;
	conf_port_done(port);
	behind = conf->ports_len - (size_t)(port - conf->ports) - 1;
	memmove(port, port + 1, behind * sizeof(*port));
	conf->ports_len--;
	remove_fdb(conf, gone);
	conf_settle(conf);
	return 0;
}

/* malloc(0) may be NULL, and an empty list may be so too. */
static int copy_array(void *to, const void *from, size_t len, size_t size)
{
	void *copy = NULL;

	if (len) {
		copy = malloc(len * size);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, from, len * size);
	}
	memcpy(to, &copy, sizeof(copy));
	return 0;
}

static int copy_port(struct conf_port *to, const struct conf_port *from)
{
	const struct conf_guard *g = &from->guard;

	*to = *from;
	to->guard.mac = NULL;
	to->guard.ip = NULL;
	if (copy_array(&to->guard.mac, g->mac, g->mac_len, sizeof(*g->mac)) ||
	    copy_array(&to->guard.ip, g->ip, g->ip_len, sizeof(*g->ip)))
		return -ENOMEM;
	return 0;
}

int conf_copy(struct conf *to, const struct conf *from)
{
	struct conf copy = *from;

	copy.ports = NULL;
	copy.fdb = NULL;
	copy.ports_len = 0;
	if (from->ports_len) {
		copy.ports = calloc(from->ports_len, sizeof(*copy.ports));
		if (!copy.ports)
			return -ENOMEM;
	}
	for (; copy.ports_len < from->ports_len; copy.ports_len++)
		if (copy_port(&copy.ports[copy.ports_len], &from->ports[copy.ports_len])) {
			copy.ports_len++;
			goto free_copy;
		}
	if (copy_array(&copy.fdb, from->fdb, from->fdb_len, sizeof(*from->fdb)))
		goto free_copy;
	*to = copy;
	return 0;
free_copy:
	conf_done(&copy);
	return -ENOMEM;
}

static bool vlan_equal(const struct conf_vlan *a, const struct conf_vlan *b)
{
	if (a->mode != b->mode || a->vid != b->vid || a->tpid != b->tpid)
		return false;
	if (a->mode != CONF_VLAN_TRUNK)
		return true;
	return a->all == b->all && (a->all || !memcmp(a->set, b->set, sizeof(a->set)));
}

/* Lists come sorted from conf_parse(). */
static bool guard_equal(const struct conf_guard *a, const struct conf_guard *b)
{
	if (a->on != b->on || a->from_fn != b->from_fn || a->strict != b->strict ||
	    a->mac_len != b->mac_len || a->ip_len != b->ip_len)
		return false;
	if (a->mac_len && memcmp(a->mac, b->mac, a->mac_len * sizeof(*a->mac)))
		return false;
	return !a->ip_len || !memcmp(a->ip, b->ip, a->ip_len * sizeof(*a->ip));
}

static bool limits_equal(const struct conf_port *a, const struct conf_port *b)
{
	return a->rate.rx == b->rate.rx && a->rate.tx == b->rate.tx &&
	       a->rate.burst == b->rate.burst && a->rate.rx_min == b->rate.rx_min &&
	       a->storm.broadcast == b->storm.broadcast &&
	       a->storm.multicast == b->storm.multicast && a->storm.unknown == b->storm.unknown &&
	       a->mac_limit == b->mac_limit && a->mac_moves == b->mac_moves;
}

static bool flags_equal(const struct conf_port *a, const struct conf_port *b)
{
	return a->isolated == b->isolated && a->learning == b->learning && a->flood == b->flood &&
	       a->up == b->up && a->link_local_host == b->link_local_host &&
	       a->shared == b->shared && a->pcp == b->pcp && a->attach == b->attach &&
	       a->xdp_shared == b->xdp_shared && a->pool == b->pool;
}

bool conf_fn_same(const struct conf_fn *a, const struct conf_fn *b)
{
	if (a->kind != b->kind || a->kind == CONF_FN_NONE)
		return a->kind == b->kind;
	/* none given is this host's, as 0 is */
	return !a->num_auto && !b->num_auto && a->pf == b->pf && a->num == b->num &&
	       a->controller == b->controller;
}

bool conf_fn_equal(const struct conf_fn *a, const struct conf_fn *b)
{
	if (!conf_fn_same(a, b) || a->kind == CONF_FN_NONE)
		return conf_fn_same(a, b);
	return !memcmp(a->mac, b->mac, sizeof(a->mac)) && a->eth == b->eth && a->rdma == b->rdma &&
	       a->roce == b->roce && a->max_io_eqs == b->max_io_eqs;
}

bool conf_vdpa_equal(const struct conf_vdpa *a, const struct conf_vdpa *b)
{
	if (!a->on || !b->on)
		return a->on == b->on;
	return !strcmp(a->name, b->name) && !memcmp(a->mac, b->mac, sizeof(a->mac)) &&
	       a->mtu == b->mtu && a->max_vqp == b->max_vqp && a->features == b->features &&
	       a->bind == b->bind;
}

bool conf_port_equal(const struct conf_port *a, const struct conf_port *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->netdev, b->netdev) && a->role == b->role &&
	       vlan_equal(&a->vlan, &b->vlan) && guard_equal(&a->guard, &b->guard) &&
	       limits_equal(a, b) && flags_equal(a, b) && conf_fn_equal(&a->fn, &b->fn) &&
	       conf_vdpa_equal(&a->vdpa, &b->vdpa);
}

void conf_done(struct conf *conf)
{
	if (!conf)
		return;
	for (size_t i = 0; i < conf->ports_len; i++)
		conf_port_done(&conf->ports[i]);
	free(conf->ports);
	free(conf->fdb);
	*conf = (struct conf){0};
}
