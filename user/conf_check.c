// SPDX-License-Identifier: GPL-2.0-only
/* conf_check.c - the rules that concern several objects of a switch */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_parse.h"
#include "conf_units.h"
#include "util.h"

/* Every port by one of its texts, sorted: repeated ones are neighbours. */
struct by_text {
	const char *text;
	const struct conf_port *port;
};

struct index {
	struct by_text *list;
	size_t len;
};

/* The host port first: a clash with it is told at the other port. */
static int compare(const void *a, const void *b)
{
	const struct by_text *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	if (x->port->role != y->port->role &&
	    (x->port->role == CONF_ROLE_HOST || y->port->role == CONF_ROLE_HOST))
		return x->port->role == CONF_ROLE_HOST ? -1 : 1;
	return x->port < y->port ? -1 : x->port > y->port;
}

static int index_ports(const struct conf *conf, size_t member, struct index *out)
{
	*out = (struct index){0};
	out->list = calloc(conf->ports_len ? conf->ports_len : 1, sizeof(*out->list));
	if (!out->list)
		return -ENOMEM;
	for (size_t i = 0; i < conf->ports_len; i++) {
		const struct conf_port *p = &conf->ports[i];
		const char *text = (const char *)p + member;

		if (text[0]) /* "": there is none, or it was wrong, and is reported */
			out->list[out->len++] = (struct by_text){text, p};
	}
	qsort(out->list, out->len, sizeof(*out->list), compare);
	return 0;
}

static const struct conf_port *look_up(const struct index *names, const char *name)
{
	size_t low = 0, high = names->len;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(names->list[mid].text, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == names->len || strcmp(names->list[low].text, name))
		return NULL;
	return names->list[low].port;
}

static void object(struct conf_ctx *ctx, const struct conf_port *p)
{
	if (p->name[0])
		conf_object(ctx, "%s '%s'", p->role == CONF_ROLE_HOST ? "host port" : "port",
			    p->name);
	else
		conf_object(ctx, "port");
}

/* ", of line 12" where that says something */
static const char *line_of(const struct conf_port *p, char out[32])
{
	out[0] = 0;
	if (p->pos.line)
		snprintf(out, 32, " in line %u", p->pos.line);
	return out;
}

static void fail_repeated(struct conf_ctx *ctx, const struct conf_port *p, const char *text,
			  const struct conf_port *first)
{
	bool vdpa = text == p->vdpa.name;
	char line[32];

	if (vdpa && !strcmp(text, p->name) && !strcmp(text, first->name))
		return; /* both have their port's name, which is told */
	line_of(first, line);
	if (text == p->name)
		conf_fail(ctx, p->pos, "name: there is a port of this name%s already", line);
	else
		conf_fail(ctx, vdpa ? p->vdpa.name_pos : p->netdev_pos,
			  "%s: '%s' is the %s of port '%s'%s already",
			  vdpa ? "vdpa.name" : "netdev", text, vdpa ? "vDPA device" : "netdev",
			  first->name, line);
}

static void check_repeated(struct conf_ctx *ctx, const struct index *index)
{
	const struct by_text *e = index->list, *first = e;

	for (size_t i = 1; i < index->len; i++) {
		if (strcmp(e[i].text, first->text)) {
			first = &e[i];
			continue;
		}
		object(ctx, e[i].port);
		fail_repeated(ctx, e[i].port, e[i].text, first->port);
	}
}

static void check_host_side(struct conf_ctx *ctx, const struct conf *conf)
{
	for (size_t i = 0; conf->host_netdev[0] && i < conf->ports_len; i++) {
		const struct conf_port *p = &conf->ports[i];

		if (strcmp(p->netdev, conf->host_netdev))
			continue;
		object(ctx, p);
		conf_fail(ctx, p->netdev_pos,
			  "netdev: '%s' is the host's side of the host port (switch.host)",
			  p->netdev);
	}
}

static const char *kind_name(const struct conf_fn *fn)
{
	return fn->kind == CONF_FN_SF ? "sf" : "vf";
}

/* One mistake, however many ports it stops. */
static void check_eswitch(struct conf_ctx *ctx, const struct conf *conf)
{
	if (conf->eswitch[0] || conf->eswitch_pos.line || ctx->partial)
		return;
	if (conf->pool_sf) {
		conf_object(ctx, "switch");
		conf_fail(ctx, conf->pool_pos,
			  "pool needs switch.eswitch, whose SFs they are (give eswitch: "
			  "pci/0000:03:00.0)");
		return;
	}
	for (size_t i = 0; i < conf->ports_len; i++) {
		const struct conf_port *p = &conf->ports[i];

		if (p->fn.kind == CONF_FN_NONE)
			continue;
		object(ctx, p);
		conf_fail(ctx, p->fn.pos,
			  "%s needs switch.eswitch (give switch: {eswitch: pci/0000:03:00.0}; "
			  "devlink dev show has them)",
			  kind_name(&p->fn));
		return;
	}
}

static int by_fn(const void *a, const void *b)
{
	const struct conf_port *x = *(const struct conf_port *const *)a;
	const struct conf_port *y = *(const struct conf_port *const *)b;
	const struct conf_fn *f = &x->fn, *g = &y->fn;

	if (f->kind != g->kind)
		return f->kind < g->kind ? -1 : 1;
	if (f->controller != g->controller)
		return f->controller < g->controller ? -1 : 1;
	if (f->pf != g->pf)
		return f->pf < g->pf ? -1 : 1;
	if (f->num != g->num)
		return f->num < g->num ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void check_fn_repeated(struct conf_ctx *ctx, const struct conf *conf)
{
	const struct conf_port **sorted =
		calloc(conf->ports_len ? conf->ports_len : 1, sizeof(*sorted));
	const struct conf_port *first;
	char line[32];
	size_t len = 0;

	if (!sorted) {
		ctx->nomem = true;
		return;
	}
	for (size_t i = 0; i < conf->ports_len; i++)
		if (conf->ports[i].fn.kind != CONF_FN_NONE &&
		    !conf->ports[i].pool) /* a spare one gives way */
			sorted[len++] = &conf->ports[i];
	qsort(sorted, len, sizeof(*sorted), by_fn);
	first = len ? sorted[0] : NULL;
	for (size_t i = 1; i < len; i++) {
		if (!conf_fn_same(&first->fn, &sorted[i]->fn)) {
			first = sorted[i];
			continue;
		}
		object(ctx, sorted[i]);
		conf_fail(ctx, sorted[i]->fn.pos, "%s: it is the function of port '%s'%s already",
			  kind_name(&first->fn), first->name, line_of(first, line));
	}
	free(sorted);
}

/* A tunnel port for each S-VID; NULL where there is none. */
struct tunnels {
	const struct conf_port *by_vid[4096];
};

static void find_tunnels(const struct conf *conf, struct tunnels *t)
{
	memset(t, 0, sizeof(*t));
	for (size_t i = 0; i < conf->ports_len; i++) {
		const struct conf_vlan *v = &conf->ports[i].vlan;

		if (v->mode == CONF_VLAN_TUNNEL && !t->by_vid[v->vid & 4095])
			t->by_vid[v->vid & 4095] = &conf->ports[i];
	}
}

/* The first VID that @p must not have, or 0. An uplink's list may name tunnels:
 * it carries them; but not as the VLAN that leaves without a tag. */
static unsigned int tunnel_clash(const struct conf_port *p, const struct tunnels *t)
{
	const struct conf_vlan *v = &p->vlan;

	if (v->mode == CONF_VLAN_TUNNEL || v->mode == CONF_VLAN_NONE)
		return 0;
	if (v->vid && t->by_vid[v->vid])
		return v->vid;
	if (v->mode != CONF_VLAN_TRUNK || v->all || p->role == CONF_ROLE_UPLINK)
		return 0;
	for (unsigned int vid = 1; vid <= CONF_VID_MAX; vid++)
		if (t->by_vid[vid] && conf_vlan_has(v, vid))
			return vid;
	return 0;
}

static void check_tunnels(struct conf_ctx *ctx, const struct conf *conf, const struct tunnels *t)
{
	for (size_t i = 0; i < conf->ports_len; i++) {
		const struct conf_port *p = &conf->ports[i];
		unsigned int vid = tunnel_clash(p, t);

		if (!vid)
			continue;
		object(ctx, p);
		conf_fail(ctx, p->vlan_pos,
			  "vlan: VID %u belongs to the tunnel of port '%s' (only the trunk of an "
			  "uplink may have it too)",
			  vid, t->by_vid[vid]->name);
	}
}

static bool on_xdp(enum conf_attach attach)
{
	return attach == CONF_ATTACH_XDP || attach == CONF_ATTACH_XDP_GENERIC;
}

/* A tc script's mark comes after XDP has switched the frame. */
static void check_marks(struct conf_ctx *ctx, const struct conf *conf)
{
	static const char *const text =
		"attach: xdp cannot be with switch.tc.marks: true (marks are seen by tc only: "
		"give tc or auto)";

	if (!conf->tc_marks)
		return;
	if (on_xdp(conf->attach)) {
		conf_object(ctx, "switch");
		conf_fail(ctx, conf->attach_pos, "%s", text);
	}
	for (size_t i = 0; i < conf->ports_len; i++) {
		const struct conf_port *p = &conf->ports[i];

		if (!on_xdp(p->attach) || p->attach == conf->attach)
			continue;
		object(ctx, p);
		conf_fail(ctx, p->attach_pos, "%s", text);
	}
}

static void check_count(struct conf_ctx *ctx, const struct conf *conf)
{
	const struct conf_port *p;

	if (conf_ports_wanted(conf) <= conf->max_ports)
		return;
	p = &conf->ports[conf->max_ports];
	if (p->role == CONF_ROLE_HOST && conf->max_ports)
		p--;
	object(ctx, p);
	conf_fail(ctx, p->pos,
		  "%zu ports, the host port included, are more than switch.max_ports: %u (at "
		  "most 4096)",
		  conf_ports_wanted(conf), conf->max_ports);
}

/* All zero: it was wrong, and is reported. */
static bool has_mac(const struct conf_fdb *e)
{
	static const uint8_t zero[6];

	return memcmp(e->mac, zero, sizeof(zero));
}

static void name_entry(struct conf_ctx *ctx, const struct conf_fdb *e)
{
	if (has_mac(e))
		conf_object(ctx, "fdb '" MAC_FMT "'", MAC_ARG(e->mac));
	else
		conf_object(ctx, "fdb");
}

static void check_fdb_port(struct conf_ctx *ctx, const struct conf_fdb *e, const struct conf *conf,
			   const struct index *names)
{
	const struct conf_port *p = look_up(names, e->port);
	const char *all[64], *closest;
	size_t len = 0;

	if (!e->port[0])
		return;
	if (p && e->vlan && !conf_vlan_member(&p->vlan, e->vlan))
		conf_fail(ctx, e->vlan_pos, "vlan: port '%s' is not in VLAN %u", p->name, e->vlan);
	if (p)
		return;
	for (size_t i = 0; i < conf->ports_len && len < ARRAY_SIZE(all); i++)
		all[len++] = conf->ports[i].name;
	closest = conf_closest(e->port, all, len);
	conf_fail(ctx, e->port_pos, "port: there is no port '%s'%s%s%s", e->port,
		  closest ? " (did you mean '" : " (give one of ports:)", closest ? closest : "",
		  closest ? "'?)" : "");
}

static int by_address(const void *a, const void *b)
{
	const struct conf_fdb *x = *(const struct conf_fdb *const *)a;
	const struct conf_fdb *y = *(const struct conf_fdb *const *)b;
	int order = memcmp(x->mac, y->mac, sizeof(x->mac));

	if (order)
		return order;
	if (x->vlan != y->vlan)
		return x->vlan < y->vlan ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void check_fdb_repeated(struct conf_ctx *ctx, const struct conf *conf)
{
	const struct conf_fdb **sorted = calloc(conf->fdb_len ? conf->fdb_len : 1, sizeof(*sorted));

	if (!sorted) {
		ctx->nomem = true;
		return;
	}
	for (size_t i = 0; i < conf->fdb_len; i++)
		sorted[i] = &conf->fdb[i];
	qsort(sorted, conf->fdb_len, sizeof(*sorted), by_address);
	for (size_t i = 1; i < conf->fdb_len; i++) {
		const struct conf_fdb *e = sorted[i], *before = sorted[i - 1];

		if (memcmp(e->mac, before->mac, 6) || e->vlan != before->vlan || !e->vlan ||
		    !has_mac(e))
			continue;
		name_entry(ctx, e);
		conf_fail(ctx, e->pos, "VLAN %u has this address already (in line %u)", e->vlan,
			  before->pos.line);
	}
	free(sorted);
}

static void check_fdb(struct conf_ctx *ctx, const struct conf *conf, const struct index *names)
{
	for (size_t i = 0; i < conf->fdb_len; i++) {
		const struct conf_fdb *e = &conf->fdb[i];

		name_entry(ctx, e);
		check_fdb_port(ctx, e, conf, names);
	}
	check_fdb_repeated(ctx, conf);
	if (conf->fdb_len > conf->fdb_size) {
		conf_object(ctx, "fdb");
		conf_fail(ctx, conf->fdb[conf->fdb_size].pos,
			  "%zu entries are more than switch.fdb.size: %u", conf->fdb_len,
			  conf->fdb_size);
	}
}

void conf_settle(struct conf *conf)
{
	struct tunnels t;

	find_tunnels(conf, &t);
	for (size_t i = 0; i < conf->ports_len; i++) {
		struct conf_vlan *v = &conf->ports[i].vlan;

		if (v->mode != CONF_VLAN_TRUNK || !v->all)
			continue;
		memset(v->set, 0, sizeof(v->set));
		for (unsigned int vid = 1; vid <= CONF_VID_MAX; vid++)
			if (conf->ports[i].role == CONF_ROLE_UPLINK || !t.by_vid[vid])
				v->set[vid / 64] |= 1ULL << (vid % 64);
	}
}

void conf_check_ctx(struct conf *conf, struct conf_ctx *ctx)
{
	struct index names = {0}, netdevs = {0}, vdpas = {0};
	struct tunnels t;

	if (index_ports(conf, offsetof(struct conf_port, name), &names) ||
	    index_ports(conf, offsetof(struct conf_port, netdev), &netdevs) ||
	    index_ports(conf, offsetof(struct conf_port, vdpa.name), &vdpas)) {
		ctx->nomem = true;
		goto free_index;
	}
	find_tunnels(conf, &t);
	check_repeated(ctx, &names);
	check_repeated(ctx, &netdevs);
	check_repeated(ctx, &vdpas);
	check_eswitch(ctx, conf);
	check_fn_repeated(ctx, conf);
	check_host_side(ctx, conf);
	check_tunnels(ctx, conf, &t);
	check_marks(ctx, conf);
	check_count(ctx, conf);
	conf_settle(conf);
	if (!ctx->partial)
		check_fdb(ctx, conf, &names);
free_index:
	free(vdpas.list);
	free(netdevs.list);
	free(names.list);
}

int conf_check(struct conf *conf, struct conf_errors *errors)
{
	struct conf_ctx ctx = {.errors = *errors};
	size_t before = errors->len;

	conf_check_ctx(conf, &ctx);
	conf_errors_sort(&ctx.errors);
	*errors = ctx.errors;
	if (ctx.nomem)
		return -ENOMEM;
	return errors->len > before ? -EINVAL : 0;
}
