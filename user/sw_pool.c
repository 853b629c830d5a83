// SPDX-License-Identifier: GPL-2.0-only
/* sw_pool.c - spare SFs: kept ready for ports that are added in a hurry
 *
 * A spare SF is a port like any other, so that journal, crash, reset and down treat it
 * as such: its SF is active, its netdev is there, its representor has the programs; but
 * it is down in the tables and in no VLAN, so that nothing goes in or out. No file has
 * it and nobody can name it: its name begins with a dot, its owner is the pool.
 *
 * A port that is added with sf.num: auto becomes the one that a spare SF was: its keys
 * and its MAC are all that changes. The number of every SF that repx chooses is the
 * lowest that is free.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

/* --- which there are --- */

static void make_port(const struct conf *conf, uint32_t num, struct conf_port *out)
{
	conf_port_init(out, conf);
	snprintf(out->name, sizeof(out->name), ".pool-%u", num);
	out->fn.kind = CONF_FN_SF;
	out->fn.num = num;
	out->fn.eth = 1;
	out->vlan.mode = CONF_VLAN_NONE;
	out->up = out->learning = out->flood = false;
	out->pool = true;
}

static bool is_ready(const struct sw *sw, size_t index)
{
	const struct sw_port *port = &sw->ports[index];

	return sw->conf.ports[index].pool && port->ifindex && port->fn.ready &&
	       nic_aux_is(&sw->nic, port->fn.aux, port->fn.num);
}

void sw_pool_count(const struct sw *sw, struct sw_pool *out)
{
	*out = (struct sw_pool){.want = sw->conf.pool_sf};
	for (size_t i = 0; sw->exists && i < sw->conf.ports_len; i++)
		out->ready += is_ready(sw, i);
}

int sw_pool_restore(struct conf *conf, size_t index, const struct sw_fn *rec)
{
	struct conf_port port, *ports;

	if (index > conf->ports_len || rec->kind != CONF_FN_SF)
		return -EINVAL;
	ports = realloc(conf->ports, (conf->ports_len + 1) * sizeof(*ports));
	if (!ports)
		return -ENOMEM;
	make_port(conf, rec->num, &port);
	conf->ports = ports;
	memmove(ports + index + 1, ports + index, (conf->ports_len - index) * sizeof(*ports));
	ports[index] = port;
	conf->ports_len++;
	return 0;
}

/* Is it the function of another port too? */
static bool in_the_way(const struct conf *conf, const struct conf_port *port)
{
	for (size_t i = 0; i < conf->ports_len; i++)
		if (&conf->ports[i] != port && conf_fn_same(&conf->ports[i].fn, &port->fn))
			return true;
	return false;
}

static void yield_to_others(struct conf *conf)
{
	for (size_t i = conf->ports_len; i > 0; i--)
		if (conf->ports[i - 1].pool && in_the_way(conf, &conf->ports[i - 1]))
			conf_remove(conf, conf->ports[i - 1].name);
}

int sw_pool_keep(const struct sw *sw, struct conf *out)
{
	size_t kept = 0;
	int ret = 0;

	if (!sw->exists || strcmp(sw->conf.eswitch, out->eswitch))
		return 0;
	for (size_t i = 0; !ret && i < sw->conf.ports_len; i++) {
		struct conf_port port;

		if (!sw->conf.ports[i].pool || kept == out->pool_sf ||
		    out->ports_len >= out->max_ports)
			continue;
		make_port(out, sw->conf.ports[i].fn.num, &port);
		ret = conf_add_port(out, &port);
		kept++;
	}
	yield_to_others(out);
	return ret;
}

/* --- numbers --- */

struct numbers {
	const struct conf_fn *fn;
	uint32_t *list;
	size_t len, room;
};

static int add_number(struct numbers *n, uint32_t num)
{
	if (n->len == n->room) {
		size_t room = n->room ? 2 * n->room : 64;
		uint32_t *list = realloc(n->list, room * sizeof(*list));

		if (!list)
			return -ENOMEM;
		n->list = list;
		n->room = room;
	}
	n->list[n->len++] = num;
	return 0;
}

static int card_number(const struct devlink_port *port, void *data)
{
	struct numbers *n = data;

	if (port->flavour != DEVLINK_PORT_FLAVOUR_PCI_SF || port->pf != n->fn->pf ||
	    port->controller != n->fn->controller)
		return 0;
	return add_number(n, port->sf);
}

/* Ports that are missing now have their numbers too. */
static int conf_numbers(struct numbers *n, const struct conf *conf)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < conf->ports_len; i++) {
		const struct conf_fn *fn = &conf->ports[i].fn;

		if (fn->kind == CONF_FN_SF && !fn->num_auto && fn->pf == n->fn->pf &&
		    fn->controller == n->fn->controller)
			ret = add_number(n, fn->num);
	}
	return ret;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The lowest from 1 on that no SF of the card has, whoever made it. One dump. */
static int free_number(struct sw *sw, const struct conf *conf, struct conf_fn *fn, struct err *err)
{
	struct numbers n = {.fn = fn};
	struct devlink_dev dev;
	uint32_t num = 1;
	int ret = sw_nic(sw, err);

	if (ret)
		return ret;
	if (devlink_handle_parse(conf->eswitch, &dev))
		return err_set(err, -EINVAL, "choose an SF: there is no switch.eswitch");
	ret = devlink_port_walk(&sw->nic.dl, &dev, card_number, &n);
	if (ret >= 0)
		ret = conf_numbers(&n, conf);
	if (ret < 0) {
		free(n.list);
		return err_set(err, ret, "choose an SF of '%s': %s", conf->eswitch,
			       nl_why(&sw->nic.dl.nl, ret));
	}
	if (n.len)
		qsort(n.list, n.len, sizeof(*n.list), by_number);
	for (size_t i = 0; i < n.len; i++)
		num += n.list[i] == num;
	free(n.list);
	fn->num = num;
	fn->num_auto = false;
	return 0;
}

/* --- taking one --- */

/* Where somebody moved the netdev away it is not spare. */
static bool has_netdev(struct sw *sw, size_t index, struct rtnl_link *out)
{
	struct devlink_dev aux = {.bus = "auxiliary"};

	str_copy(aux.dev, sizeof(aux.dev), sw->ports[index].fn.aux);
	return !devlink_netdev_of_aux(&sw->nic.dl, &sw->rtnl, sw->nic.sys, &aux, out);
}

/* The first that can be taken, or NULL. */
static const struct conf_port *find_spare(struct sw *sw, const struct conf_fn *fn)
{
	struct rtnl_link link;

	if (fn->pf || fn->controller || sw_nic(sw, NULL))
		return NULL;
	for (size_t i = 0; i < sw->conf.ports_len; i++)
		if (is_ready(sw, i) && has_netdev(sw, i, &link))
			return &sw->conf.ports[i];
	return NULL;
}

/* What is not given is as it is; but a port with a vDPA device has no netdev unasked. */
static void take(struct conf_port *port, const struct conf_fn *spare)
{
	struct conf_fn *fn = &port->fn;

	fn->num = spare->num;
	fn->num_auto = false;
	if (fn->eth == CONF_NOT_GIVEN)
		fn->eth = port->vdpa.on ? 0 : spare->eth;
}

struct conf_port *sw_pool_last_added(const struct conf *conf)
{
	size_t len = conf->ports_len;

	if (len && conf->ports[len - 1].role == CONF_ROLE_HOST)
		len--;
	return len ? &conf->ports[len - 1] : NULL;
}

int sw_pool_choose(struct sw *sw, struct conf *conf, struct err *err)
{
	struct conf_port *port = sw_pool_last_added(conf);
	const struct conf_port *spare;
	int ret = 0;

	if (port && port->fn.num_auto) {
		spare = find_spare(sw, &port->fn);
		if (spare)
			take(port, &spare->fn);
		else
			ret = free_number(sw, conf, &port->fn, err);
	}
	yield_to_others(conf);
	return ret;
}

/* --- its MAC --- */

bool sw_pool_taken(const struct conf_port *was, const struct conf_port *now)
{
	struct conf_fn fn = now->fn;

	memcpy(fn.mac, was->fn.mac, sizeof(fn.mac));
	return was->pool && !now->pool && !now->vdpa.on && conf_fn_equal(&was->fn, &fn);
}

/* Not every driver can while its netdev is up. */
static int put_netdev(struct sw *sw, const struct rtnl_link *link, const uint8_t mac[6],
		      struct err *err)
{
	int ret = rtnl_link_set_mac(&sw->rtnl, link->ifindex, mac);

	if (ret == -EBUSY && link->up) {
		ret = rtnl_link_set_up(&sw->rtnl, link->ifindex, false);
		if (!ret)
			ret = rtnl_link_set_mac(&sw->rtnl, link->ifindex, mac);
		rtnl_link_set_up(&sw->rtnl, link->ifindex, true);
	}
	return ret ? err_set(err, ret, "set the MAC of '%s': %s", link->name, strerror(-ret)) : 0;
}

/* The function's address counts from its driver's next start on, the netdev's from now. */
static int put_mac(struct move *m, const uint8_t fn_mac[6], const uint8_t netdev_mac[6],
		   struct err *err)
{
	struct devlink_fn fn = {.has = DEVLINK_FN_HW_ADDR};
	struct sw *sw = m->ch->sw;
	int ret;

	memcpy(fn.hw_addr, fn_mac, sizeof(fn.hw_addr));
	ret = nic_fn_set(&sw->nic, &m->port->fn.port, &fn, err);
	return ret ? ret : put_netdev(sw, &m->spare_netdev, netdev_mac, err);
}

static int mac_run(void *arg, struct err *err)
{
	struct move *m = arg;
	struct sw *sw = m->ch->sw;
	struct devlink_port port;
	int ret = sw_nic(sw, err);

	if (!ret)
		ret = nic_port_get(&sw->nic, &m->port->fn.port, &port, err);
	if (!ret && !has_netdev(sw, (size_t)(m->fn_was_conf - sw->conf.ports), &m->spare_netdev))
		ret = err_set(err, -ENODEV, "take spare SF %u: its netdev went", m->conf->fn.num);
	if (ret)
		return ret;
	memcpy(m->spare_mac, port.fn.hw_addr, sizeof(m->spare_mac));
	ret = put_mac(m, m->conf->fn.mac, m->conf->fn.mac, err);
	if (ret)
		put_mac(m, m->spare_mac, m->spare_netdev.mac, NULL);
	return ret;
}

static int mac_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	return put_mac(m, m->spare_mac, m->spare_netdev.mac, err);
}

/* A crash before the commit leaves a spare SF with a MAC that nobody uses: the next who
 * takes it gives it another. */
void sw_pool_mac(struct move *m)
{
	static const uint8_t none[6];

	if (m->fn_was_conf && !m->fn_start && sw_pool_taken(m->fn_was_conf, m->conf) &&
	    memcmp(m->conf->fn.mac, none, sizeof(none)))
		steps_add(&m->ch->steps, mac_run, mac_undo, m, "set the MAC of the SF of port '%s'",
			  m->conf->name);
}

/* --- filling --- */

void sw_pool_tell(struct sw *sw, const char *why)
{
	str_copy(sw->no_sf, sizeof(sw->no_sf), why ? why : "");
	sw->no_sf_ns = now_ns();
}

static int fill_one(struct sw *sw, void (*warn)(const char *text), struct err *err)
{
	struct conf_port port;
	struct conf conf;
	int ret = conf_copy(&conf, &sw->conf);

	if (ret)
		return err_set(err, ret, "make a spare SF: out of memory");
	make_port(&conf, 0, &port);
	ret = free_number(sw, &conf, &port.fn, err);
	if (!ret) {
		make_port(&conf, port.fn.num, &port);
		ret = conf_add_port(&conf, &port);
	}
	if (!ret)
		ret = sw_change_to(sw, &conf, SW_OWNER_POOL, false, NULL, warn, err);
	conf_done(&conf);
	return ret;
}

int sw_pool_fill(struct sw *sw, void (*warn)(const char *text), struct err *err)
{
	size_t spare = sw->conf.ports_len - conf_ports_wanted(&sw->conf);
	int ret;

	if (!sw->exists || spare >= sw->conf.pool_sf || sw->conf.ports_len >= sw->conf.max_ports)
		return 0;
	ret = fill_one(sw, warn, err);
	sw_pool_tell(sw, ret ? err->text : NULL);
	return ret ? ret : 1;
}
