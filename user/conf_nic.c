// SPDX-License-Identifier: GPL-2.0-only
/* conf_nic.c - what a NIC makes: eswitch: of the switch, sf:, vf: and vdpa: of a port
 *
 * The maps of a port are read in the order of the file, so what one key takes from
 * another (the device's name and MAC, guard: true) is settled when all are read.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf_parse.h"
#include "util.h"
#include "vdpa.h"

/* The kernel keeps 16 bits of a controller's number: more would be another one. */
#define CONTROLLER_MAX UINT16_MAX
#define BUS_MAX 16 /* both with the final zero */
#define DEV_MAX (CONF_HANDLE_MAX - BUS_MAX)

static bool is_mac(const uint8_t mac[6])
{
	static const uint8_t zero[6];

	return memcmp(mac, zero, sizeof(zero));
}

/* --- eswitch --- */

static bool is_handle(const char *text)
{
	size_t bus = strcspn(text, "/"), len = strlen(text);

	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return bus && bus < BUS_MAX && len > bus + 1 && len - bus - 1 < DEV_MAX &&
	       !strchr(text + bus + 1, '/');
}

static CONF_READER(get_handle)
{
	if (!conf_is_scalar(ctx, node, "a devlink handle (pci/0000:03:00.0)"))
		return;
	if (is_handle(node->text))
		str_copy(to, key->size, node->text);
	else
		conf_fail(ctx, node->pos,
			  "'%.80s' is not a devlink handle, BUS/DEVICE (pci/0000:03:00.0; devlink "
			  "dev show has them)",
			  node->text);
}

static CONF_READER(get_mode)
{
	static const struct conf_word modes[] = {{"switchdev", true}, {NULL, 0}};
	struct conf_key row = {.size = key->size, .arg = modes};

	if (node->kind == CONF_SCALAR && !strcmp(node->text, "legacy"))
		conf_fail(ctx, node->pos,
			  "repx needs switchdev: legacy has no representors (give switchdev, or "
			  "leave mode out and set it before)");
	else
		conf_get_enum(ctx, node, &row, to);
}

enum { ESWITCH_HANDLE, ESWITCH_MODE };
static const struct conf_key eswitch_rows[] = {
	[ESWITCH_HANDLE] = CONF_KEY("handle", get_handle, struct conf_eswitch, handle),
	[ESWITCH_MODE] = CONF_KEY("mode", get_mode, struct conf_eswitch, switchdev),
};

static void eswitch_check(struct conf_ctx *ctx, const struct conf_node *map,
			  const struct conf_found *f, void *base)
{
	(void)base;
	if (!f->at[ESWITCH_HANDLE] && !map->open)
		conf_fail(ctx, map->pos, "handle is missing (pci/0000:03:00.0)");
}

static const struct conf_table eswitch_table = {eswitch_rows, ARRAY_SIZE(eswitch_rows),
						eswitch_check};

CONF_READER(conf_get_eswitch)
{
	struct conf_eswitch *e = to;
	struct conf_found found;

	(void)key;
	e->pos = node->pos;
	if (node->kind == CONF_MAP)
		conf_map(ctx, node, &eswitch_table, e, &found);
	else
		get_handle(ctx, node, &eswitch_rows[ESWITCH_HANDLE], e->handle);
}

/* --- sf, vf --- */

enum { FN_NUM, FN_PF, FN_CONTROLLER, FN_MAC, FN_ETH, FN_RDMA, FN_ROCE, FN_EQS };

/* What is written down is to be the same tomorrow: a file has numbers. */
static CONF_READER(get_sf_num)
{
	struct conf_fn *fn = to;
	bool is_auto = node->kind == CONF_SCALAR && !strcmp(node->text, "auto");

	fn->num_auto = is_auto;
	if (!is_auto)
		conf_get_int(ctx, node, key, &fn->num);
	else if (!ctx->adding)
		conf_fail(ctx, node->pos,
			  "auto is for repx port add alone: a file must make the same SF every "
			  "time (give a number)");
}

#define FN_KEY(NAME, READ, MEMBER, ...) CONF_KEY(NAME, READ, struct conf_fn, MEMBER, __VA_ARGS__)
#define FN_ROWS                                                                                  \
	[FN_PF] = FN_KEY("pf", conf_get_int, pf, .max = UINT16_MAX),                             \
	[FN_CONTROLLER] = FN_KEY("controller", conf_get_int, controller, .max = CONTROLLER_MAX), \
	[FN_MAC] = FN_KEY("mac", conf_get_mac, mac)

static const struct conf_key sf_rows[] = {
	[FN_NUM] = {.name = "num", .read = get_sf_num, .size = 4, .max = UINT32_MAX},
	FN_ROWS,
	[FN_ETH] = FN_KEY("eth", conf_get_bool, eth),
	[FN_RDMA] = FN_KEY("rdma", conf_get_bool, rdma),
	[FN_ROCE] = FN_KEY("roce", conf_get_bool, roce),
	[FN_EQS] = FN_KEY("max_io_eqs", conf_get_int, max_io_eqs, .min = 1, .max = UINT32_MAX),
};

static const struct conf_key vf_rows[] = {
	[FN_NUM] = FN_KEY("num", conf_get_int, num, .max = UINT16_MAX),
	FN_ROWS,
};

static void fn_check(struct conf_ctx *ctx, const struct conf_node *map, const struct conf_found *f,
		     void *base)
{
	struct conf_fn *fn = base;

	fn->has_controller = f->at[FN_CONTROLLER];
	fn->mac_pos = f->at[FN_MAC] ? f->at[FN_MAC]->pos : map->pos;
	if (!f->at[FN_NUM] && !map->open)
		conf_fail(ctx, map->pos, "num is missing");
}

static const struct conf_table sf_table = {sf_rows, ARRAY_SIZE(sf_rows), fn_check};
static const struct conf_table vf_table = {vf_rows, ARRAY_SIZE(vf_rows), fn_check};

void conf_fn_init(struct conf_fn *fn)
{
	*fn = (struct conf_fn){
		.eth = CONF_NOT_GIVEN, .rdma = CONF_NOT_GIVEN, .roce = CONF_NOT_GIVEN};
}

static void get_fn(struct conf_ctx *ctx, const struct conf_node *node,
		   const struct conf_table *table, enum conf_fn_kind kind, struct conf_fn *fn)
{
	struct conf_found found;

	conf_fn_init(fn);
	fn->kind = kind;
	fn->pos = node->pos;
	fn->mac_pos = node->pos;
	conf_map(ctx, node, table, fn, &found);
}

CONF_READER(conf_get_sf)
{
	(void)key;
	get_fn(ctx, node, &sf_table, CONF_FN_SF, to);
}

CONF_READER(conf_get_vf)
{
	(void)key;
	get_fn(ctx, node, &vf_table, CONF_FN_VF, to);
}

/* --- vdpa --- */

/* "mq" and "VIRTIO_NET_F_MQ" are meant well. */
static const char *closest_feature(const char *text)
{
	const char *names[64];
	char upper[64];
	size_t len = 0, i;

	for (unsigned int bit = 0; bit < 64; bit++)
		if (vdpa_feature_name(bit))
			names[len++] = vdpa_feature_name(bit);
	if (!strncasecmp(text, "VIRTIO_", 7) && strcasestr(text, "_F_"))
		text = strcasestr(text, "_F_") + 3;
	for (i = 0; text[i] && i + 1 < sizeof(upper); i++)
		upper[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
	upper[i] = 0;
	return conf_closest(upper, names, len);
}

static void add_feature(struct conf_ctx *ctx, const struct conf_node *node, uint64_t *features)
{
	const char *closest;
	int bit;

	if (!conf_is_scalar(ctx, node, "the name of a virtio feature (MQ, CTRL_VQ)"))
		return;
	bit = vdpa_feature_bit(node->text);
	if (bit >= 0 && *features >> bit & 1)
		conf_fail(ctx, node->pos, "%s is in the list twice", node->text);
	if (bit >= 0) {
		*features |= 1ULL << bit;
		return;
	}
	closest = closest_feature(node->text);
	conf_fail(ctx, node->pos, "'%.40s' is not a virtio feature%s%s%s", node->text,
		  closest ? " (did you mean '" : " (as MQ, CTRL_VQ: vdpa mgmtdev show has them)",
		  closest ? closest : "", closest ? "'?)" : "");
}

static CONF_READER(get_features)
{
	(void)key;
	if (!conf_is_list(ctx, node, "virtio features (MQ, CTRL_VQ)", false))
		return;
	for (size_t i = 0; i < node->len; i++)
		add_feature(ctx, node->kids[i], to);
}

const struct conf_word conf_bind_words[] = {
	{"vhost", CONF_BIND_VHOST}, {"virtio", CONF_BIND_VIRTIO}, {NULL, 0}};

#define VDPA_KEY(NAME, READ, MEMBER, ...) \
	CONF_KEY(NAME, READ, struct conf_vdpa, MEMBER, __VA_ARGS__)

enum { VDPA_NAME, VDPA_MAC, VDPA_MTU, VDPA_MAX_VQP, VDPA_FEATURES, VDPA_BIND };
static const struct conf_key vdpa_rows[] = {
	[VDPA_NAME] = VDPA_KEY("name", conf_get_name, name),
	[VDPA_MAC] = VDPA_KEY("mac", conf_get_mac, mac),
	[VDPA_MTU] = VDPA_KEY("mtu", conf_get_int, mtu, .min = 68, .max = UINT16_MAX),
	[VDPA_MAX_VQP] = VDPA_KEY("max_vqp", conf_get_int, max_vqp, .min = 1, .max = UINT16_MAX),
	[VDPA_FEATURES] = VDPA_KEY("features", get_features, features),
	[VDPA_BIND] = VDPA_KEY("bind", conf_get_enum, bind, .arg = conf_bind_words),
};
static const struct conf_table vdpa_table = {vdpa_rows, ARRAY_SIZE(vdpa_rows), NULL};

CONF_READER(conf_get_vdpa)
{
	struct conf_vdpa *v = to;
	struct conf_found found;

	(void)key;
	v->on = conf_map(ctx, node, &vdpa_table, v, &found);
	v->pos = node->pos;
	v->name_pos = v->on && found.at[VDPA_NAME] ? found.at[VDPA_NAME]->pos : node->pos;
}

/* --- rules between the keys of a port --- */

static void check_identity(struct conf_ctx *ctx, const struct conf_node *map)
{
	const struct conf_node *netdev = conf_doc_get(map, "netdev");
	const struct conf_node *sf = conf_doc_get(map, "sf"), *vf = conf_doc_get(map, "vf");

	if (!netdev && !sf && !vf && !map->open)
		conf_fail(ctx, map->pos, "netdev is missing (or sf: or vf:, for a port of a NIC)");
	if (!!netdev + !!sf + !!vf > 1)
		conf_fail(ctx, vf ? vf->pos : sf->pos,
			  "only one of netdev, sf and vf can be given");
}

/* What an SF offers is set on its own device, where the SF is. */
static void check_far(struct conf_ctx *ctx, const struct conf_node *sf, const struct conf_port *p)
{
	static const char *const keys[] = {"eth", "rdma"};

	if (!p->fn.controller)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct conf_node *node = conf_doc_get(sf, keys[i]);

		if (node)
			conf_fail(ctx, node->pos,
				  "sf.%s is set on the SF's device, which is on the host of "
				  "controller %u (leave it out)",
				  keys[i], p->fn.controller);
	}
	if (p->vdpa.on)
		conf_fail(ctx, p->vdpa.pos,
			  "vdpa is made on the SF's device, which is on the host of controller %u "
			  "(leave it out)",
			  p->fn.controller);
}

static int by_mac(const void *a, const void *b)
{
	return memcmp(a, b, 6);
}

/* The list as if it had been written: sorted, each address once. */
static void guard_fn(struct conf_ctx *ctx, struct conf_port *p)
{
	struct conf_guard *g = &p->guard;

	g->mac = calloc(2, sizeof(*g->mac));
	if (!g->mac) {
		ctx->nomem = true;
		return;
	}
	memcpy(g->mac[g->mac_len++], p->fn.mac, sizeof(p->fn.mac));
	if (p->vdpa.on && is_mac(p->vdpa.mac) && by_mac(p->vdpa.mac, p->fn.mac))
		memcpy(g->mac[g->mac_len++], p->vdpa.mac, sizeof(p->vdpa.mac));
	qsort(g->mac, g->mac_len, sizeof(*g->mac), by_mac);
}

/* guard: true. A MAC that was given and is wrong has its message already. */
static void check_guard(struct conf_ctx *ctx, const struct conf_node *map, struct conf_port *p)
{
	const struct conf_node *guard = conf_doc_get(map, "guard");
	const char *kind = p->fn.kind == CONF_FN_VF ? "vf" : "sf";
	const struct conf_node *fn = conf_doc_get(map, kind);

	if (!p->guard.from_fn || p->role == CONF_ROLE_UPLINK)
		return;
	if (!fn && map->open)
		return;
	if (!fn)
		conf_fail(ctx, guard->pos,
			  "guard: true takes the MAC from sf: or vf: (give {mac: [...]})");
	else if (is_mac(p->fn.mac))
		guard_fn(ctx, p);
	else if (fn->kind == CONF_MAP && !fn->open && !conf_doc_get(fn, "mac"))
		conf_fail(ctx, guard->pos,
			  "guard: true needs %s.mac (give %s: {mac: MAC}, or guard: {mac: [...]})",
			  kind, kind);
}

void conf_nic_check(struct conf_ctx *ctx, const struct conf_node *map, struct conf_port *p)
{
	const struct conf_node *sf = conf_doc_get(map, "sf"), *vdpa = conf_doc_get(map, "vdpa");

	check_identity(ctx, map);
	if (p->fn.kind && p->role == CONF_ROLE_UPLINK)
		conf_fail(ctx, p->fn.pos, "%s is not for an uplink (give its netdev)",
			  p->fn.kind == CONF_FN_SF ? "sf" : "vf");
	if (vdpa && !sf && !map->open)
		conf_fail(ctx, vdpa->pos, "vdpa is made on an SF (give sf: {num: N})");
	if (sf)
		check_far(ctx, sf, p);
	if (p->vdpa.on && !conf_doc_get(vdpa, "name"))
		memcpy(p->vdpa.name, p->name, sizeof(p->vdpa.name));
	if (p->vdpa.on && !conf_doc_get(vdpa, "mac"))
		memcpy(p->vdpa.mac, p->fn.mac, sizeof(p->vdpa.mac));
	check_guard(ctx, map, p);
}
