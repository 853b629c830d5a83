// SPDX-License-Identifier: GPL-2.0-only
/* conf_json.c - see conf_json.h */
#include <stdlib.h>
#include <string.h>

#include "conf_json.h"
#include "conf_parse.h"
#include "conf_units.h"
#include "util.h"
#include "vdpa.h"

/* Every *_new() of jansson gives NULL when out of memory, every setter takes
 * NULL for a value and fails: @ok gathers that, one test at the end is enough. */
static void set(bool *ok, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		*ok = false;
}

static void append(bool *ok, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value))
		*ok = false;
}

static json_t *finish(bool ok, json_t *value)
{
	if (ok)
		return value;
	json_decref(value);
	return NULL;
}

static json_t *word(const struct conf_word *words, unsigned int value)
{
	while (words->name && words->value != value)
		words++;
	return words->name ? json_string(words->name) : NULL;
}

static json_t *mac_json(const uint8_t mac[6])
{
	return json_sprintf(MAC_FMT, MAC_ARG(mac));
}

static json_t *vid_set(const struct conf_vlan *v)
{
	json_t *list = json_array();
	unsigned int vid = 1, last;
	bool ok = list;

	while (ok && vid <= CONF_VID_MAX) {
		if (!conf_vlan_has(v, vid)) {
			vid++;
			continue;
		}
		for (last = vid; last < CONF_VID_MAX && conf_vlan_has(v, last + 1);)
			last++;
		append(&ok, list,
		       last == vid ? json_integer(vid) : json_sprintf("%u-%u", vid, last));
		vid = last + 1;
	}
	return finish(ok, list);
}

json_t *conf_vlan_json(const struct conf_vlan *vlan)
{
	json_t *out = json_object();
	bool ok = out;

	switch (vlan->mode) {
	case CONF_VLAN_NONE:
		break;
	case CONF_VLAN_ACCESS:
		set(&ok, out, "access", json_integer(vlan->vid));
		break;
	case CONF_VLAN_TUNNEL:
		set(&ok, out, "tunnel", json_integer(vlan->vid));
		break;
	case CONF_VLAN_TRUNK:
		set(&ok, out, "trunk", vlan->all ? json_string("all") : vid_set(vlan));
		if (vlan->vid)
			set(&ok, out, "native", json_integer(vlan->vid));
		break;
	}
	if (vlan->tpid == 0x88a8 && vlan->mode != CONF_VLAN_TUNNEL)
		set(&ok, out, "proto", json_string("802.1ad"));
	return finish(ok, out);
}

static json_t *guard_json(const struct conf_guard *g)
{
	json_t *out, *list;
	char text[CONF_TEXT_MAX];
	bool ok;

	if (g->from_fn)
		return json_true();
	out = json_object();
	ok = out;
	if (g->mac_len) {
		list = json_array();
		for (size_t i = 0; i < g->mac_len; i++)
			append(&ok, list, mac_json(g->mac[i]));
		set(&ok, out, "mac", list);
	}
	if (g->ip_len) {
		list = json_array();
		for (size_t i = 0; i < g->ip_len; i++) {
			conf_ip_text(&g->ip[i], text);
			append(&ok, list, json_string(text));
		}
		set(&ok, out, "ip", list);
	}
	if (g->strict)
		set(&ok, out, "strict", json_true());
	return finish(ok, out);
}

static void set_text(bool *ok, json_t *object, const char *key, uint64_t value,
		     void (*print)(uint64_t value, char out[CONF_TEXT_MAX]))
{
	char text[CONF_TEXT_MAX];

	if (!value)
		return;
	print(value, text);
	set(ok, object, key, json_string(text));
}

/* Adds @part under @key unless there is nothing in it. */
static void set_part(bool *ok, json_t *object, const char *key, json_t *part)
{
	if (part && !json_object_size(part))
		json_decref(part);
	else
		set(ok, object, key, part);
}

static json_t *rate_json(const struct conf_rate *rate)
{
	json_t *out = json_object();
	bool ok = out;

	set_text(&ok, out, "rx", rate->rx, conf_rate_text);
	set_text(&ok, out, "tx", rate->tx, conf_rate_text);
	set_text(&ok, out, "burst", rate->burst, conf_size_text);
	set_text(&ok, out, "rx_min", rate->rx_min, conf_rate_text);
	return finish(ok, out);
}

static json_t *storm_json(const struct conf_storm *storm)
{
	json_t *out = json_object();
	bool ok = out;

	set_text(&ok, out, "broadcast", storm->broadcast, conf_pps_text);
	set_text(&ok, out, "multicast", storm->multicast, conf_pps_text);
	set_text(&ok, out, "unknown", storm->unknown, conf_pps_text);
	return finish(ok, out);
}

static void set_integer(bool *ok, json_t *object, const char *key, uint32_t value)
{
	if (value)
		set(ok, object, key, json_integer(value));
}

static void set_tristate(bool *ok, json_t *object, const char *key, int8_t value)
{
	if (value != CONF_NOT_GIVEN)
		set(ok, object, key, json_boolean(value));
}

static void set_mac(bool *ok, json_t *object, const char *key, const uint8_t mac[6],
		    const uint8_t unless[6])
{
	if (memcmp(mac, unless, 6))
		set(ok, object, key, mac_json(mac));
}

static json_t *fn_json(const struct conf_fn *fn)
{
	static const uint8_t none[6];
	json_t *out = json_object();
	bool ok = out;

	set(&ok, out, "num", json_integer(fn->num));
	set_integer(&ok, out, "pf", fn->pf);
	if (fn->has_controller)
		set(&ok, out, "controller", json_integer(fn->controller));
	set_mac(&ok, out, "mac", fn->mac, none);
	if (fn->kind == CONF_FN_SF) {
		set_tristate(&ok, out, "eth", fn->eth);
		set_tristate(&ok, out, "rdma", fn->rdma);
		set_tristate(&ok, out, "roce", fn->roce);
		set_integer(&ok, out, "max_io_eqs", fn->max_io_eqs);
	}
	return finish(ok, out);
}

static json_t *features_json(uint64_t features)
{
	json_t *list = json_array();
	bool ok = list;

	for (unsigned int bit = 0; bit < 64; bit++)
		if (features >> bit & 1)
			append(&ok, list, json_string(vdpa_feature_name(bit)));
	return finish(ok, list);
}

static json_t *vdpa_json(const struct conf_port *p)
{
	const struct conf_vdpa *v = &p->vdpa;
	json_t *out = json_object();
	bool ok = out;

	if (strcmp(v->name, p->name))
		set(&ok, out, "name", json_string(v->name));
	set_mac(&ok, out, "mac", v->mac, p->fn.mac);
	set_integer(&ok, out, "mtu", v->mtu);
	set_integer(&ok, out, "max_vqp", v->max_vqp);
	if (v->features)
		set(&ok, out, "features", features_json(v->features));
	if (v->bind != CONF_BIND_NONE)
		set(&ok, out, "bind", word(conf_bind_words, v->bind));
	return finish(ok, out);
}

/* What the port is: a netdev, or the function that its netdev stands for. */
static void set_identity(bool *ok, json_t *out, const struct conf_port *p)
{
	if (p->fn.kind == CONF_FN_NONE)
		set(ok, out, "netdev", json_string(p->netdev));
	else
		set(ok, out, p->fn.kind == CONF_FN_SF ? "sf" : "vf", fn_json(&p->fn));
	if (p->vdpa.on)
		set(ok, out, "vdpa", vdpa_json(p));
}

static void set_flags(bool *ok, json_t *out, const struct conf_port *p)
{
	if (p->isolated)
		set(ok, out, "isolated", json_true());
	if (!p->learning)
		set(ok, out, "learning", json_false());
	if (!p->flood)
		set(ok, out, "flood", json_false());
	if (p->link_local_host)
		set(ok, out, "link_local", json_string("host"));
	if (p->pcp)
		set(ok, out, "pcp", json_integer(p->pcp));
	if (!p->up)
		set(ok, out, "state", json_string("down"));
	if (p->xdp_shared)
		set(ok, out, "xdp", json_string("shared"));
	if (p->shared)
		set(ok, out, "shared", json_true());
}

json_t *conf_port_json(const struct conf *conf, const struct conf_port *p)
{
	static const struct conf_word roles[] = {
		{"uplink", CONF_ROLE_UPLINK}, {"host", CONF_ROLE_HOST}, {NULL, 0}};
	json_t *out = json_object();
	bool ok = out;

	set(&ok, out, "name", json_string(p->name));
	set_identity(&ok, out, p);
	if (p->role != CONF_ROLE_PORT)
		set(&ok, out, "role", word(roles, p->role));
	set(&ok, out, "vlan", conf_vlan_json(&p->vlan));
	if (p->guard.on)
		set(&ok, out, "guard", guard_json(&p->guard));
	set_part(&ok, out, "rate", rate_json(&p->rate));
	set_part(&ok, out, "storm", storm_json(&p->storm));
	set_integer(&ok, out, "mac_limit", p->mac_limit);
	if (p->mac_moves != 100)
		set(&ok, out, "mac_moves", json_integer(p->mac_moves));
	set_flags(&ok, out, p);
	if (p->attach != conf->attach)
		set(&ok, out, "attach", word(conf_attach_words, p->attach));
	return finish(ok, out);
}

static json_t *tc_json(const struct conf *conf)
{
	json_t *out = json_object();
	bool ok = out;

	if (conf->tc_pref != 49152)
		set(&ok, out, "pref", json_integer(conf->tc_pref));
	if (conf->tc_marks)
		set(&ok, out, "marks", json_true());
	return finish(ok, out);
}

static json_t *xdp_json(const struct conf *conf)
{
	json_t *out = json_object();
	bool ok = out;

	if (!conf->xdp_tx_errors)
		set(&ok, out, "tx_errors", json_false());
	return finish(ok, out);
}

static json_t *fdb_table_json(const struct conf *conf)
{
	char text[CONF_TEXT_MAX];
	json_t *out = json_object();
	bool ok = out;

	if (conf->fdb_size != 65536)
		set(&ok, out, "size", json_integer(conf->fdb_size));
	if (conf->ageing_ms != 300000) {
		conf_time_text(conf->ageing_ms, text);
		set(&ok, out, "ageing", json_string(text));
	}
	return finish(ok, out);
}

static json_t *host_json(const struct conf *conf)
{
	const struct conf_port *port = conf_find(conf, conf->host_netdev);
	json_t *out = json_object();
	bool ok = out;

	set(&ok, out, "netdev", json_string(conf->host_netdev));
	if (port)
		set_part(&ok, out, "vlan", conf_vlan_json(&port->vlan));
	return finish(ok, out);
}

static json_t *eswitch_json(const struct conf *conf)
{
	json_t *out;
	bool ok;

	if (!conf->switchdev)
		return json_string(conf->eswitch);
	out = json_object();
	ok = out;
	set(&ok, out, "handle", json_string(conf->eswitch));
	set(&ok, out, "mode", json_string("switchdev"));
	return finish(ok, out);
}

json_t *conf_switch_json(const struct conf *conf)
{
	json_t *out = json_object();
	bool ok = out;

	set(&ok, out, "name", json_string(conf->name));
	if (conf->eswitch[0])
		set(&ok, out, "eswitch", eswitch_json(conf));
	if (conf->attach != CONF_ATTACH_AUTO)
		set(&ok, out, "attach", word(conf_attach_words, conf->attach));
	set_part(&ok, out, "tc", tc_json(conf));
	set_part(&ok, out, "xdp", xdp_json(conf));
	set_part(&ok, out, "fdb", fdb_table_json(conf));
	if (conf->unknown != CONF_UNKNOWN_FLOOD)
		set(&ok, out, "unknown", word(conf_unknown_words, conf->unknown));
	if (conf->max_ports != 1024)
		set(&ok, out, "max_ports", json_integer(conf->max_ports));
	if (conf->pool_sf)
		set(&ok, out, "pool", json_pack("{s:I}", "sf", (json_int_t)conf->pool_sf));
	if (conf->host_netdev[0])
		set(&ok, out, "host", host_json(conf));
	return finish(ok, out);
}

json_t *conf_fdb_json(const struct conf_fdb *entry)
{
	json_t *out = json_object();
	bool ok = out;

	set(&ok, out, "mac", mac_json(entry->mac));
	set(&ok, out, "vlan", json_integer(entry->vlan));
	set(&ok, out, "port", json_string(entry->port));
	return finish(ok, out);
}

static json_t *offload_json(const struct conf_offload *offload)
{
	json_t *out = json_object();
	bool ok = out;

	if (offload->enabled != CONF_OFFLOAD_AUTO)
		set(&ok, out, "enabled", word(conf_offload_words, offload->enabled));
	if (offload->pref != 11)
		set(&ok, out, "pref", json_integer(offload->pref));
	if (offload->max_rules != 4096)
		set(&ok, out, "max_rules", json_integer(offload->max_rules));
	if (offload->promote != 100)
		set_text(&ok, out, "promote", offload->promote, conf_pps_text);
	if (offload->idle_ms != 10000)
		set_text(&ok, out, "idle", offload->idle_ms, conf_time_text);
	if (offload->guard_ip)
		set(&ok, out, "guard_ip", json_true());
	if (offload->flood)
		set(&ok, out, "flood", json_true());
	return finish(ok, out);
}

json_t *conf_json(const struct conf *conf)
{
	json_t *out = json_object(), *ports = json_array(), *fdb = json_array();
	bool ok = out && ports && fdb;

	for (size_t i = 0; i < conf->ports_len; i++)
		if (conf->ports[i].role != CONF_ROLE_HOST && !conf->ports[i].pool)
			append(&ok, ports, conf_port_json(conf, &conf->ports[i]));
	for (size_t i = 0; i < conf->fdb_len; i++)
		append(&ok, fdb, conf_fdb_json(&conf->fdb[i]));
	set(&ok, out, "version", json_integer(1));
	set(&ok, out, "switch", conf_switch_json(conf));
	set_part(&ok, out, "offload", offload_json(&conf->offload));
	set(&ok, out, "ports", ports);
	set(&ok, out, "fdb", fdb);
	return finish(ok, out);
}
