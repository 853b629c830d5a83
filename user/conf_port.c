// SPDX-License-Identifier: GPL-2.0-only
/* conf_port.c - one port, and the rules between its keys */
#include <stdlib.h>
#include <string.h>

#include "conf_parse.h"
#include "util.h"

enum {
	PORT_NAME,
	PORT_NETDEV,
	PORT_ROLE,
	PORT_VLAN,
	PORT_GUARD,
	PORT_RATE,
	PORT_STORM,
	PORT_MAC_LIMIT,
	PORT_MAC_MOVES,
	PORT_ISOLATED,
	PORT_LEARNING,
	PORT_FLOOD,
	PORT_LINK_LOCAL,
	PORT_PCP,
	PORT_STATE,
	PORT_ATTACH,
	PORT_XDP,
	PORT_SHARED,
	PORT_SF,
	PORT_VF,
	PORT_VDPA
};

const struct conf_word conf_attach_words[] = {{"auto", CONF_ATTACH_AUTO},
					      {"xdp", CONF_ATTACH_XDP},
					      {"tc", CONF_ATTACH_TC},
					      {"tcx", CONF_ATTACH_TCX},
					      {"clsact", CONF_ATTACH_CLSACT},
					      {"xdp-generic", CONF_ATTACH_XDP_GENERIC},
					      {NULL, 0}};

static const struct conf_word roles[] = {
	{"port", CONF_ROLE_PORT}, {"uplink", CONF_ROLE_UPLINK}, {NULL, 0}};
static const struct conf_word states[] = {{"down", false}, {"up", true}, {NULL, 0}};
static const struct conf_word link_locals[] = {{"drop", false}, {"host", true}, {NULL, 0}};
static const struct conf_word xdps[] = {{"exclusive", false}, {"shared", true}, {NULL, 0}};

enum { RATE_RX, RATE_TX, RATE_BURST, RATE_RX_MIN };
static const struct conf_key rate_rows[] = {
	[RATE_RX] = CONF_KEY("rx", conf_get_rate, struct conf_rate, rx),
	[RATE_TX] = CONF_KEY("tx", conf_get_rate, struct conf_rate, tx),
	[RATE_BURST] = CONF_KEY("burst", conf_get_size, struct conf_rate, burst),
	[RATE_RX_MIN] = CONF_KEY("rx_min", conf_get_rate, struct conf_rate, rx_min),
};

static void rate_check(struct conf_ctx *ctx, const struct conf_node *map,
		       const struct conf_found *f, void *base)
{
	const struct conf_rate *rate = base;

	if (f->at[RATE_BURST] && !f->at[RATE_RX] && !f->at[RATE_TX] && !map->open)
		conf_fail(ctx, f->at[RATE_BURST]->pos,
			  "burst limits nothing alone (give rx or tx too)");
	if (rate->rx && rate->rx_min > rate->rx)
		conf_fail(ctx, f->at[RATE_RX_MIN]->pos, "rx_min is more than rx allows");
}

static const struct conf_table rate_table = {rate_rows, ARRAY_SIZE(rate_rows), rate_check};

static const struct conf_key storm_rows[] = {
	CONF_KEY("broadcast", conf_get_pps, struct conf_storm, broadcast),
	CONF_KEY("multicast", conf_get_pps, struct conf_storm, multicast),
	CONF_KEY("unknown", conf_get_pps, struct conf_storm, unknown),
};
static const struct conf_table storm_table = {storm_rows, ARRAY_SIZE(storm_rows), NULL};

#define PORT_KEY(NAME, READ, MEMBER, ...) \
	CONF_KEY(NAME, READ, struct conf_port, MEMBER, __VA_ARGS__)

static const struct conf_key port_rows[] = {
	[PORT_NAME] = PORT_KEY("name", conf_get_name, name),
	[PORT_NETDEV] = PORT_KEY("netdev", conf_get_netdev, netdev),
	[PORT_ROLE] = PORT_KEY("role", conf_get_enum, role, .arg = roles),
	[PORT_VLAN] = PORT_KEY("vlan", conf_get_vlan, vlan),
	[PORT_GUARD] = PORT_KEY("guard", conf_get_guard, guard),
	[PORT_RATE] = PORT_KEY("rate", conf_get_map, rate, .arg = &rate_table),
	[PORT_STORM] = PORT_KEY("storm", conf_get_map, storm, .arg = &storm_table),
	[PORT_MAC_LIMIT] = PORT_KEY("mac_limit", conf_get_int, mac_limit, .max = 16777216),
	[PORT_MAC_MOVES] = PORT_KEY("mac_moves", conf_get_int, mac_moves, .max = 1000000),
	[PORT_ISOLATED] = PORT_KEY("isolated", conf_get_bool, isolated),
	[PORT_LEARNING] = PORT_KEY("learning", conf_get_bool, learning),
	[PORT_FLOOD] = PORT_KEY("flood", conf_get_bool, flood),
	[PORT_LINK_LOCAL] =
		PORT_KEY("link_local", conf_get_enum, link_local_host, .arg = link_locals),
	[PORT_PCP] = PORT_KEY("pcp", conf_get_int, pcp, .max = 7),
	[PORT_STATE] = PORT_KEY("state", conf_get_enum, up, .arg = states),
	[PORT_ATTACH] = PORT_KEY("attach", conf_get_enum, attach, .arg = conf_attach_words),
	[PORT_XDP] = PORT_KEY("xdp", conf_get_enum, xdp_shared, .arg = xdps),
	[PORT_SHARED] = PORT_KEY("shared", conf_get_bool, shared),
	[PORT_SF] = PORT_KEY("sf", conf_get_sf, fn),
	[PORT_VF] = PORT_KEY("vf", conf_get_vf, fn),
	[PORT_VDPA] = PORT_KEY("vdpa", conf_get_vdpa, vdpa),
};

static void check_missing(struct conf_ctx *ctx, const struct conf_node *map,
			  const struct conf_found *f, const struct conf_port *p)
{
	if (map->open)
		return;
	if (!f->at[PORT_NAME])
		conf_fail(ctx, map->pos, "name is missing");
	if (!f->at[PORT_VLAN] && p->role != CONF_ROLE_UPLINK)
		conf_fail(ctx, map->pos,
			  "vlan is missing (give {access: VID}, {trunk: [VIDs]}, "
			  "{trunk: all} or {tunnel: VID})");
}

static void check_uplink(struct conf_ctx *ctx, const struct conf_found *f,
			 const struct conf_port *p)
{
	if (p->isolated)
		conf_fail(ctx, f->at[PORT_ISOLATED]->pos, "isolated is not for an uplink");
	if (p->guard.on)
		conf_fail(ctx, f->at[PORT_GUARD]->pos,
			  "guard is not for an uplink (every address comes from there)");
	if (f->at[PORT_RATE])
		conf_fail(ctx, f->at[PORT_RATE]->pos, "rate is not for an uplink");
	if (f->at[PORT_VLAN] && p->vlan.mode == CONF_VLAN_TUNNEL)
		conf_fail(ctx, f->at[PORT_VLAN]->pos,
			  "an uplink carries tunnels, it cannot be one (give {trunk: all})");
}

static void port_check(struct conf_ctx *ctx, const struct conf_node *map,
		       const struct conf_found *f, void *base)
{
	struct conf_port *p = base;
	const struct conf_node *ip;

	check_missing(ctx, map, f, p);
	conf_nic_check(ctx, map, p);
	if (p->role == CONF_ROLE_UPLINK)
		check_uplink(ctx, f, p);
	else if (p->shared)
		conf_fail(ctx, f->at[PORT_SHARED]->pos, "shared is for an uplink (role: uplink)");
	ip = f->at[PORT_GUARD] ? conf_doc_get(f->at[PORT_GUARD], "ip") : NULL;
	if (ip && f->at[PORT_VLAN] && p->vlan.mode == CONF_VLAN_TUNNEL)
		conf_fail(ctx, ip->pos,
			  "guard.ip is not for a tunnel port (its frames are "
			  "payload; guard.mac can be given)");
}

static const struct conf_table port_table = {port_rows, ARRAY_SIZE(port_rows), port_check};

/* "port 'vm1'", or by number where there is no name to go by. */
static void name_port(struct conf_ctx *ctx, const struct conf_node *node, size_t number)
{
	const struct conf_node *name = conf_doc_get(node, "name");

	if (name && name->kind == CONF_SCALAR && name->text[0])
		conf_object(ctx, "port '%.40s'", name->text);
	else if (number)
		conf_object(ctx, "port number %zu", number);
	else
		conf_object(ctx, "port");
}

void conf_port_init(struct conf_port *port, const struct conf *conf)
{
	*port = (struct conf_port){.learning = true,
				   .flood = true,
				   .up = true,
				   .mac_moves = 100,
				   .vlan.tpid = 0x8100,
				   .attach = conf->attach};
	conf_fn_init(&port->fn);
}

void conf_port_read(struct conf_ctx *ctx, const struct conf_node *node, size_t number,
		    const struct conf *conf, struct conf_port *port)
{
	struct conf_found f;

	name_port(ctx, node, number);
	conf_port_init(port, conf);
	conf_map(ctx, node, &port_table, port, &f);
	if (!f.at[PORT_VLAN]) {
		port->vlan.mode = CONF_VLAN_TRUNK;
		port->vlan.all = true;
	}
	port->pos = node->pos;
	port->netdev_pos = f.at[PORT_NETDEV] ? f.at[PORT_NETDEV]->pos : node->pos;
	port->vlan_pos = f.at[PORT_VLAN] ? f.at[PORT_VLAN]->pos : node->pos;
	port->attach_pos = f.at[PORT_ATTACH] ? f.at[PORT_ATTACH]->pos : node->pos;
}

void conf_port_done(struct conf_port *port)
{
	if (!port)
		return;
	free(port->guard.mac);
	free(port->guard.ip);
	*port = (struct conf_port){0};
}
