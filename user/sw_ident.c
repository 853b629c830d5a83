// SPDX-License-Identifier: GPL-2.0-only
/* sw_ident.c - netdevs by what they stand for: a devlink port, a function
 *
 * Names are udev's to change, and a card that was reset gives its netdevs new
 * ifindexes. What stays is the number of the devlink port (IFLA_DEVLINK_PORT, Linux
 * 6.2) and, of a representor, the function it stands for (phys_port_name).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

/* A netdev's devlink device: told by its port, on older kernels its parent. */
static const char *link_bus(const struct rtnl_link *link)
{
	return *link->port.dev ? link->port.bus : link->parent_bus;
}

static const char *link_dev(const struct rtnl_link *link)
{
	return *link->port.dev ? link->port.dev : link->parent_dev;
}

static int order_by_port(const void *a, const void *b)
{
	const struct rtnl_link *x = *(const struct rtnl_link *const *)a;
	const struct rtnl_link *y = *(const struct rtnl_link *const *)b;
	int order = strcmp(x->port.dev, y->port.dev);

	if (!order)
		order = strcmp(x->port.bus, y->port.bus);
	return order ? order : (x->port.index > y->port.index) - (x->port.index < y->port.index);
}

static int order_by_function(const void *a, const void *b)
{
	const struct rtnl_link *x = *(const struct rtnl_link *const *)a;
	const struct rtnl_link *y = *(const struct rtnl_link *const *)b;
	int order = strcmp(link_dev(x), link_dev(y));

	if (!order)
		order = strcmp(link_bus(x), link_bus(y));
	return order ? order : strcmp(x->phys_port, y->phys_port);
}

int sw_ident_make(const struct rtnl_links *links, struct sw_ident *out)
{
	*out = (struct sw_ident){0};
	out->by_port = calloc(links->len + 1, sizeof(*out->by_port));
	out->by_function = calloc(links->len + 1, sizeof(*out->by_function));
	if (!out->by_port || !out->by_function) {
		sw_ident_done(out);
		return -ENOMEM;
	}
	for (size_t i = 0; i < links->len; i++) {
		const struct rtnl_link *link = &links->list[i];

		if (*link->port.dev)
			out->by_port[out->ports++] = link;
		if (*link->phys_port && *link_dev(link))
			out->by_function[out->functions++] = link;
	}
	qsort(out->by_port, out->ports, sizeof(*out->by_port), order_by_port);
	qsort(out->by_function, out->functions, sizeof(*out->by_function), order_by_function);
	return 0;
}

void sw_ident_done(struct sw_ident *ident)
{
	free(ident->by_port);
	free(ident->by_function);
	*ident = (struct sw_ident){0};
}

const struct rtnl_link *sw_ident_port(const struct sw_ident *ident, const struct nic_port *port)
{
	struct rtnl_link key = {.port.index = port->index};
	const struct rtnl_link *at = &key, **found;

	if (!*port->dev.dev || !ident->ports)
		return NULL;
	str_copy(key.port.bus, sizeof(key.port.bus), port->dev.bus);
	str_copy(key.port.dev, sizeof(key.port.dev), port->dev.dev);
	found = bsearch(&at, ident->by_port, ident->ports, sizeof(at), order_by_port);
	return found ? *found : NULL;
}

static const struct rtnl_link *by_name(const struct sw_ident *ident, const struct devlink_dev *dev,
				       const char *controller, const struct conf_fn *fn)
{
	const char *kind = fn->kind == CONF_FN_SF ? "sf" : "vf";
	const struct rtnl_link *at, **found;
	struct rtnl_link key = {0};

	at = &key;
	str_copy(key.parent_bus, sizeof(key.parent_bus), dev->bus);
	str_copy(key.parent_dev, sizeof(key.parent_dev), dev->dev);
	snprintf(key.phys_port, sizeof(key.phys_port), "%spf%u%s%u", controller, fn->pf, kind,
		 fn->num);
	if (!ident->functions)
		return NULL;
	found = bsearch(&at, ident->by_function, ident->functions, sizeof(at), order_by_function);
	return found ? *found : NULL;
}

/* Kernels name the controller of this host, or leave it out. */
const struct rtnl_link *sw_ident_function(const struct sw_ident *ident,
					  const struct devlink_dev *dev, const struct conf_fn *fn)
{
	char controller[16];
	const struct rtnl_link *link;

	snprintf(controller, sizeof(controller), "c%u", fn->controller);
	link = by_name(ident, dev, controller, fn);
	return link || fn->controller ? link : by_name(ident, dev, "", fn);
}
