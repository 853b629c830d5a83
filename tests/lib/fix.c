// SPDX-License-Identifier: GPL-2.0-only
/* fix.c - the fixture: a conf in the maps and in the model */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fix.h"
#include "util.h"

#define MTU 1500
#define FAR_NS 1000000000000ULL /* longer than any test takes */
#define SOON_NS 1e9

/* Slots far apart: mistakes in word or bit of a member set show. */
static uint32_t slot_of(int port)
{
	return 3U + 61U * (uint32_t)port;
}

static void must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "fix: %s: %s\n", what, strerror(err < 0 ? -err : errno));
	abort();
}

static void init(struct fix *fix)
{
	memset(fix, 0, sizeof(*fix));
	for (int i = 0; i < FIX_PORTS; i++) {
		fix->tcx_link[i] = fix->xdp_link[i] = -1;
		fix->peer_link[i] = fix->tag_link[i] = -1;
		fix->mtu[i] = MTU;
		fix->flags[i] = FIX_XMIT;
	}
}

void fix_open_offline(struct fix *fix)
{
	init(fix);
	fix->offline = true;
	for (int i = 0; i < FIX_PORTS; i++) {
		fix->net.ifindex[i] = 101U + (uint32_t)i;
		fix->net.sock[i] = -1;
	}
}

int fix_open(struct fix *fix)
{
	struct bpf_obj_size size = {FIX_MAX_PORTS, FIX_FDB};
	struct err err = {0};
	int ret;

	init(fix);
	ret = fix_net_open(&fix->net);
	if (ret) {
		fprintf(stderr, "fix: making veth pairs: %s\n", strerror(-ret));
		return ret;
	}
	ret = bpf_obj_open(&fix->obj, NULL, &size, false, &err);
	if (!ret && fix->obj.xdp_prog < 0) {
		ret = -EOPNOTSUPP;
		err_set(&err, ret, "%s", fix->obj.xdp_why);
	}
	if (ret) {
		fprintf(stderr, "fix: %s\n", err.text);
		fix_net_close(&fix->net);
	}
	return ret;
}

void fix_close(struct fix *fix)
{
	fix_hook_off(fix);
	if (fix->conf_loaded)
		conf_done(&fix->conf);
	if (!fix->offline)
		bpf_obj_close(&fix->obj);
	fix_net_close(&fix->net);
}

/* Deletes every element of a hash. */
static void empty_map(int fd)
{
	uint8_t key[64];

	while (!bpf_map_get_next_key(fd, NULL, key))
		if (bpf_map_delete_elem(fd, key))
			break;
}

static int veth_of(const struct conf_port *p)
{
	unsigned int n;

	if (p->role == CONF_ROLE_HOST)
		return FIX_HOST;
	return sscanf(p->netdev, "p%u", &n) == 1 && n < FIX_PORTS ? (int)n : -1;
}

static void fill_model_host(struct fix *fix, struct model_host *host)
{
	for (size_t i = 0; i < fix->conf.ports_len; i++) {
		int v = fix->veth[i];

		host[i].ifindex = fix->net.ifindex[v];
		host[i].mtu = fix->mtu[v];
		memcpy(host[i].mac, (uint8_t[6]){2, 0xaa, 0, 0, 0, (uint8_t)v}, 6);
		memcpy(host[i].stack_mac, (uint8_t[6]){2, 0xbb, 0, 0, 0, (uint8_t)v}, 6);
	}
}

static void write_half(struct fix *fix)
{
	uint32_t half = bpf_obj_half(&fix->obj) ^ 1;
	struct bpf_obj *obj = &fix->obj;

	image_write(&fix->conf, fix->image, FIX_MAX_PORTS, obj->ports_mem + half * FIX_MAX_PORTS,
		    obj->vlans_mem + half * REPX_MAX_VLANS, &obj->cfg_mem->sw[half]);
	bpf_obj_flip(obj);
}

void fix_image(struct fix *fix)
{
	fill_model_host(fix, fix->model.host);
	for (size_t i = 0; i < fix->conf.ports_len; i++) {
		const struct model_host *h = &fix->model.host[i];
		struct image_port *p = &fix->image[i];

		memset(p, 0, sizeof(*p));
		p->slot = slot_of((int)i);
		p->ifindex = h->ifindex;
		p->mtu = h->mtu;
		memcpy(p->mac, h->mac, 6);
		memcpy(p->host_mac, h->stack_mac, 6);
		p->guard = fix->conf.ports[i].guard.on ? 100 + (uint32_t)i : 0;
		p->flags = fix->flags[fix->veth[i]];
	}
	if (!fix->offline)
		write_half(fix);
}

static void write_guard(struct fix *fix, const struct conf_guard *g, uint32_t set)
{
	uint8_t value[64] = {1};

	for (size_t i = 0; i < g->mac_len; i++) {
		struct repx_guard_mac key = {.set = set};

		memcpy(key.mac, g->mac[i], 6);
		must(bpf_map_update_elem(fix->obj.guard_mac, &key, value, BPF_ANY), "guard mac");
	}
	for (size_t i = 0; i < g->ip_len; i++) {
		struct repx_guard_ip key = {.prefixlen = 32U + g->ip[i].len, .set_be = htonl(set)};

		memcpy(key.addr, g->ip[i].addr, 16);
		must(bpf_map_update_elem(fix->obj.guard_ip, &key, value, BPF_ANY), "guard ip");
	}
}

static void write_maps(struct fix *fix)
{
	struct bpf_obj *obj = &fix->obj;

	empty_map(obj->fdb);
	empty_map(obj->ifaces);
	empty_map(obj->guard_mac);
	empty_map(obj->guard_ip);
	empty_map(obj->flows);
	for (size_t i = 0; i < fix->conf.ports_len; i++) {
		uint32_t slot = fix->image[i].slot, ifindex = fix->image[i].ifindex;

		must(bpf_obj_clear_slot(obj, slot), "clear slot");
		must(bpf_map_update_elem(obj->ifaces, &ifindex, &slot, BPF_ANY), "ifaces");
		must(bpf_map_update_elem(obj->tx, &slot, &ifindex, BPF_ANY), "tx");
		write_guard(fix, &fix->conf.ports[i].guard, fix->image[i].guard);
	}
	for (size_t i = 0; i < fix->conf.fdb_len; i++) {
		const struct conf_fdb *f = &fix->conf.fdb[i];

		fix_fdb_put(fix, f->vlan, f->mac, model_port(&fix->model, f->port), true);
	}
}

static void print_errors(const struct conf_errors *errors, const char *yaml)
{
	for (size_t i = 0; i < errors->len; i++)
		fprintf(stderr, "conf:%u:%u: %s\n", errors->list[i].pos.line,
			errors->list[i].pos.col, errors->list[i].text);
	fprintf(stderr, "in:\n%s", yaml);
}

static int parse_conf(struct fix *fix, const char *yaml)
{
	struct conf_errors errors = {0};
	struct conf conf;
	int err = conf_parse(yaml, strlen(yaml), &conf, &errors);

	if (err) {
		print_errors(&errors, yaml);
		conf_errors_done(&errors);
		return err;
	}
	conf_errors_done(&errors);
	if (fix->conf_loaded)
		conf_done(&fix->conf);
	fix->conf = conf;
	fix->conf_loaded = true;
	for (size_t i = 0; i < conf.ports_len; i++)
		fix->veth[i] = veth_of(&conf.ports[i]);
	return 0;
}

int fix_conf(struct fix *fix, const char *yaml)
{
	struct model_host host[FIX_PORTS] = {0};
	int err = parse_conf(fix, yaml);

	if (err)
		return err;
	for (size_t i = 0; i < fix->conf.ports_len; i++)
		if (fix->veth[i] < 0)
			return -EINVAL;
	fill_model_host(fix, host);
	model_init(&fix->model, &fix->conf, host);
	fix->model.now = now_ns();
	fix_image(fix);
	if (fix->offline)
		return 0;
	write_maps(fix);
	fix->obj.cfg_mem->sweep_ns = 0;
	bpf_obj_void(&fix->obj);
	fix_count(fix, NULL);
	return 0;
}

uint32_t fix_ifindex(const struct fix *fix, int port)
{
	return fix->net.ifindex[fix->veth[port]];
}

void fix_fdb_put(struct fix *fix, unsigned int vlan, const uint8_t mac[6], int port, bool fixed)
{
	struct repx_fdb_key key = {.vlan = (uint16_t)vlan};
	struct repx_fdb entry = {.port = slot_of(port),
				 .flags = fixed ? REPX_FDB_STATIC : 0,
				 .ring = REPX_FDB_NO_RING,
				 .seen_ns = now_ns()};

	model_fdb_put(&fix->model, vlan, mac, port, fixed)->seen = entry.seen_ns;
	if (fix->offline)
		return;
	memcpy(key.mac, mac, 6);
	must(bpf_map_update_elem(fix->obj.fdb, &key, &entry, BPF_ANY), "fdb put");
	bpf_obj_void(&fix->obj);
}

void fix_fdb_del(struct fix *fix, unsigned int vlan, const uint8_t mac[6])
{
	struct repx_fdb_key key = {.vlan = (uint16_t)vlan};

	model_fdb_del(&fix->model, vlan, mac);
	if (fix->offline)
		return;
	memcpy(key.mac, mac, 6);
	bpf_map_delete_elem(fix->obj.fdb, &key);
	bpf_obj_void(&fix->obj);
}

void fix_fdb_age(struct fix *fix, unsigned int vlan, const uint8_t mac[6], uint64_t ns)
{
	struct model_fdb *e = model_fdb_find(&fix->model, vlan, mac);
	struct repx_fdb_key key = {.vlan = (uint16_t)vlan};
	struct repx_fdb entry;

	if (!e)
		return;
	e->seen = now_ns() - ns;
	if (fix->offline)
		return;
	memcpy(key.mac, mac, 6);
	must(bpf_map_lookup_elem(fix->obj.fdb, &key, &entry), "fdb age");
	entry.seen_ns = e->seen;
	must(bpf_map_update_elem(fix->obj.fdb, &key, &entry, BPF_EXIST), "fdb age");
	bpf_obj_void(&fix->obj);
}

void fix_fdb_fill(struct fix *fix, bool expired)
{
	uint64_t old = now_ns() - fix->conf.ageing_ms * 1000000 - FAR_NS / 1000;
	struct repx_fdb entry = {
		.port = slot_of(0), .ring = REPX_FDB_NO_RING, .seen_ns = expired ? old : now_ns()};

	fix->model.fdb_full = !expired;
	for (uint16_t i = 0; !fix->offline; i++) {
		struct repx_fdb_key key = {.vlan = 4000,
					   .mac = {6, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i}};

		if (bpf_map_update_elem(fix->obj.fdb, &key, &entry, BPF_NOEXIST))
			break;
		model_fdb_put(&fix->model, key.vlan, key.mac, 0, false)->seen = entry.seen_ns;
	}
	if (!fix->offline)
		bpf_obj_void(&fix->obj);
}

void fix_bucket(struct fix *fix, int port, enum repx_limit_id id, bool debt)
{
	double burst = model_burst(&fix->model, port, id);
	uint64_t at = debt ? now_ns() + (uint64_t)burst + FAR_NS : 0;

	if (model_cost(&fix->model, port, id, 1) <= 0)
		return;
	fix->model.full_at[port][id] = (double)at;
	if (!fix->offline)
		fix->obj.state_mem[slot_of(port)].tat[id] =
			debt ? (at - (uint64_t)burst) << REPX_TICKS_SHIFT : 0;
}

void fix_settle(struct fix *fix)
{
	double now = (double)now_ns();

	for (int i = 0; i < (int)fix->conf.ports_len; i++) {
		for (int id = 0; id < REPX_LIMIT_MAX; id++) {
			double debt = fix->model.full_at[i][id] - now -
				      model_burst(&fix->model, i, (enum repx_limit_id)id);

			if (debt > -SOON_NS && debt < SOON_NS)
				fix_bucket(fix, i, (enum repx_limit_id)id, false);
		}
	}
}

/* Reads the counters; @delta (may be NULL) gets what they grew since. */
void fix_count(struct fix *fix, struct model_result *delta)
{
	for (int i = 0; i < (int)fix->conf.ports_len; i++) {
		uint64_t *old_drops = (uint64_t *)&fix->drops[i];
		uint64_t *old_stats = (uint64_t *)&fix->stats[i];
		struct repx_drops drops;
		struct repx_stats stats;

		must(bpf_obj_stats(&fix->obj, slot_of(i), &stats), "stats");
		must(bpf_obj_drops(&fix->obj, slot_of(i), &drops), "drops");
		for (size_t n = 0; delta && n < sizeof(stats) / 8; n++)
			((uint64_t *)&delta->stats[i])[n] = ((uint64_t *)&stats)[n] - old_stats[n];
		for (size_t n = 0; delta && n < REPX_DROP_MAX; n++)
			delta->drops[i][n] = ((uint64_t *)&drops)[n] - old_drops[n];
		for (size_t n = 0; delta && n < REPX_EVENT_MAX; n++)
			delta->events[i][n] = ((uint64_t *)&drops)[REPX_DROP_MAX + n] -
					      old_drops[REPX_DROP_MAX + n];
		fix->stats[i] = stats;
		fix->drops[i] = drops;
	}
}
