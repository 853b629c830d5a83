// SPDX-License-Identifier: GPL-2.0-only
/* conf_switch.c - the switch: section */
#include <string.h>

#include "conf_parse.h"
#include "util.h"

/* A netdev name that leaves room for the "-sw" of the other end. */
#define HOST_NETDEV_MAX (IFNAMSIZ - 3)

enum {
	SWITCH_NAME,
	SWITCH_ESWITCH,
	SWITCH_ATTACH,
	SWITCH_TC,
	SWITCH_XDP,
	SWITCH_FDB,
	SWITCH_UNKNOWN,
	SWITCH_HOST,
	SWITCH_METRICS,
	SWITCH_MAX_PORTS,
	SWITCH_POOL
};

struct host_keys {
	char name[HOST_NETDEV_MAX];
	struct conf_vlan vlan;
	struct conf_pos pos, netdev_pos, vlan_pos;
	bool given;
};

struct switch_keys {
	char name[CONF_NAME_MAX];
	enum conf_attach attach;
	uint32_t tc_pref, fdb_size, max_ports, pool_sf;
	bool tc_marks, xdp_tx_errors;
	uint64_t ageing_ms;
	enum conf_unknown unknown;
	struct host_keys host;
	struct conf_eswitch eswitch;
};

const struct conf_word conf_unknown_words[] = {{"flood", CONF_UNKNOWN_FLOOD},
					       {"uplink", CONF_UNKNOWN_UPLINK},
					       {"drop", CONF_UNKNOWN_DROP},
					       {NULL, 0}};

static const struct conf_key metrics_rows[] = {{.name = "listen", .read = conf_get_text}};
static const struct conf_table metrics_table = {metrics_rows, ARRAY_SIZE(metrics_rows), NULL};

/* Only later versions have it: its own mistakes are told too. */
static CONF_READER(get_metrics)
{
	uint64_t nowhere;
	struct conf_found found;

	(void)to;
	(void)key;
	conf_fail(ctx, node->pos, "is not supported by this version of repx (leave it out)");
	conf_map(ctx, node, &metrics_table, &nowhere, &found);
}

static const struct conf_key tc_rows[] = {
	CONF_KEY("pref", conf_get_int, struct switch_keys, tc_pref, .min = 1, .max = 65535),
	CONF_KEY("marks", conf_get_bool, struct switch_keys, tc_marks),
};
static const struct conf_table tc_table = {tc_rows, ARRAY_SIZE(tc_rows), NULL};

static const struct conf_key xdp_rows[] = {
	CONF_KEY("tx_errors", conf_get_bool, struct switch_keys, xdp_tx_errors),
};
static const struct conf_table xdp_table = {xdp_rows, ARRAY_SIZE(xdp_rows), NULL};

static const struct conf_key fdb_rows[] = {
	CONF_KEY("size", conf_get_int, struct switch_keys, fdb_size, .min = 1, .max = 16777216),
	CONF_KEY("ageing", conf_get_ms, struct switch_keys, ageing_ms),
};
static const struct conf_table fdb_table = {fdb_rows, ARRAY_SIZE(fdb_rows), NULL};

static const struct conf_key pool_rows[] = {
	CONF_KEY("sf", conf_get_int, struct switch_keys, pool_sf, .max = 4096),
};
static const struct conf_table pool_table = {pool_rows, ARRAY_SIZE(pool_rows), NULL};

enum { HOST_NETDEV, HOST_VLAN };
static const struct conf_key host_rows[] = {
	[HOST_NETDEV] = CONF_KEY("netdev", conf_get_name, struct host_keys, name),
	[HOST_VLAN] = CONF_KEY("vlan", conf_get_vlan, struct host_keys, vlan),
};

static void host_check(struct conf_ctx *ctx, const struct conf_node *map,
		       const struct conf_found *f, void *base)
{
	struct host_keys *h = base;

	h->given = true;
	h->pos = map->pos;
	h->netdev_pos = f->at[HOST_NETDEV] ? f->at[HOST_NETDEV]->pos : map->pos;
	h->vlan_pos = f->at[HOST_VLAN] ? f->at[HOST_VLAN]->pos : map->pos;
	if (!f->at[HOST_NETDEV] && !map->open)
		conf_fail(ctx, map->pos, "netdev is missing (the name for the host's side, repx0)");
	if (f->at[HOST_VLAN] && h->vlan.mode == CONF_VLAN_TUNNEL)
		conf_fail(ctx, h->vlan_pos,
			  "the host port cannot be a tunnel (give access or "
			  "trunk)");
}

static const struct conf_table host_table = {host_rows, ARRAY_SIZE(host_rows), host_check};

/* bpffs refuses dots, and the switch's name is a folder there. */
static CONF_READER(get_switch_name)
{
	if (node->kind == CONF_SCALAR && strchr(node->text, '.'))
		conf_fail(ctx, node->pos,
			  "'%.40s' has a dot, which a switch's name must not "
			  "(bpffs takes none)",
			  node->text);
	else
		conf_get_name(ctx, node, key, to);
}

#define SWITCH_KEY(NAME, READ, MEMBER, ...) \
	CONF_KEY(NAME, READ, struct switch_keys, MEMBER, __VA_ARGS__)

static const struct conf_key switch_rows[] = {
	[SWITCH_NAME] = SWITCH_KEY("name", get_switch_name, name),
	[SWITCH_ESWITCH] = SWITCH_KEY("eswitch", conf_get_eswitch, eswitch),
	[SWITCH_ATTACH] = SWITCH_KEY("attach", conf_get_enum, attach, .arg = conf_attach_words),
	[SWITCH_TC] = {.name = "tc", .read = conf_get_map, .arg = &tc_table},
	[SWITCH_XDP] = {.name = "xdp", .read = conf_get_map, .arg = &xdp_table},
	[SWITCH_FDB] = {.name = "fdb", .read = conf_get_map, .arg = &fdb_table},
	[SWITCH_UNKNOWN] = SWITCH_KEY("unknown", conf_get_enum, unknown, .arg = conf_unknown_words),
	[SWITCH_HOST] = SWITCH_KEY("host", conf_get_map, host, .arg = &host_table),
	[SWITCH_METRICS] = {.name = "metrics", .read = get_metrics},
	[SWITCH_MAX_PORTS] =
		SWITCH_KEY("max_ports", conf_get_int, max_ports, .min = 1, .max = 4096),
	[SWITCH_POOL] = {.name = "pool", .read = conf_get_map, .arg = &pool_table},
};
static const struct conf_table switch_table = {switch_rows, ARRAY_SIZE(switch_rows), NULL};

void conf_init(struct conf *conf)
{
	*conf = (struct conf){
		.name = "repx0",
		.tc_pref = 49152,
		.xdp_tx_errors = true,
		.fdb_size = 65536,
		.ageing_ms = 300000,
		.max_ports = 1024,
		.offload = {.pref = 11, .max_rules = 4096, .promote = 100, .idle_ms = 10000}};
}

static void make_host(const struct host_keys *h, const struct conf *conf, struct conf_port *host)
{
	conf_port_init(host, conf);
	host->role = CONF_ROLE_HOST;
	str_copy(host->name, sizeof(host->name), h->name);
	snprintf(host->netdev, sizeof(host->netdev), "%s-sw", h->name);
	host->vlan = h->vlan;
	host->pos = h->pos;
	host->netdev_pos = h->netdev_pos;
	host->vlan_pos = h->vlan_pos;
	host->attach_pos = conf->attach_pos;
}

static void keep(const struct switch_keys *k, const struct conf_found *f, struct conf *conf)
{
	memcpy(conf->name, k->name, sizeof(conf->name));
	conf->attach = k->attach;
	conf->tc_pref = k->tc_pref;
	conf->tc_marks = k->tc_marks;
	conf->xdp_tx_errors = k->xdp_tx_errors;
	conf->fdb_size = k->fdb_size;
	conf->ageing_ms = k->ageing_ms;
	conf->max_ports = k->max_ports;
	conf->pool_sf = k->pool_sf;
	if (f->at[SWITCH_POOL])
		conf->pool_pos = f->at[SWITCH_POOL]->pos;
	conf->unknown = k->unknown;
	memcpy(conf->eswitch, k->eswitch.handle, sizeof(conf->eswitch));
	conf->switchdev = k->eswitch.switchdev;
	conf->eswitch_pos = k->eswitch.pos;
	if (f->at[SWITCH_ATTACH])
		conf->attach_pos = f->at[SWITCH_ATTACH]->pos;
}

void conf_switch_read(struct conf_ctx *ctx, const struct conf_node *node, struct conf *conf,
		      struct conf_port *host)
{
	struct switch_keys k = {.attach = conf->attach,
				.tc_pref = conf->tc_pref,
				.xdp_tx_errors = conf->xdp_tx_errors,
				.fdb_size = conf->fdb_size,
				.ageing_ms = conf->ageing_ms,
				.max_ports = conf->max_ports,
				.unknown = conf->unknown,
				.host.vlan.tpid = 0x8100};
	struct conf_found found;

	memcpy(k.name, conf->name, sizeof(k.name));
	conf_object(ctx, "switch");
	if (!conf_map(ctx, node, &switch_table, &k, &found)) {
		conf->eswitch_pos = node->pos; /* not missed, it may be in there */
		return;
	}
	keep(&k, &found, conf);
	if (!k.host.given || !k.host.name[0])
		return;
	str_copy(conf->host_netdev, sizeof(conf->host_netdev), k.host.name);
	make_host(&k.host, conf, host);
}
