// SPDX-License-Identifier: GPL-2.0-only
/* doc.c - the documents of show, port show, vlan show and stats show */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_json.h"
#include "ctl.h"
#include "doc.h"
#include "doc_conf.h"
#include "doc_nic.h"
#include "util.h"

struct census {
	const struct sw *sw;
	uint64_t now;
	uint32_t *macs; /* per slot: dynamic addresses in use */
	uint64_t used;	/* entries in use, static ones too */
};

static int count_one(const struct repx_fdb_key *key, const struct repx_fdb *entry, void *data)
{
	struct census *census = data;
	uint64_t age;

	(void)key;
	if (!doc_fdb_live(census->sw, entry, census->now, &age))
		return 0;
	census->used++;
	if (!(entry->flags & REPX_FDB_STATIC) && entry->port < census->sw->obj.max_ports)
		census->macs[entry->port]++;
	return 0;
}

static int count_macs(const struct sw *sw, struct census *census, struct err *err)
{
	int rc;

	*census = (struct census){.sw = sw, .now = now_ns()};
	census->macs = calloc(sw->obj.max_ports ? sw->obj.max_ports : 1, sizeof(*census->macs));
	if (!census->macs)
		return err_set(err, -ENOMEM, "count addresses: out of memory");
	rc = bpf_obj_fdb_walk(&sw->obj, count_one, census);
	if (!rc)
		return 0;
	free(census->macs);
	return err_set(err, rc, "read the FDB of '%s': %s", sw->name, strerror(-rc));
}

static int read_counters(const struct sw *sw, size_t index, struct repx_stats *stats,
			 struct repx_drops *drops, struct err *err)
{
	uint32_t slot = sw->ports[index].slot;
	int rc;

	rc = bpf_obj_stats(&sw->obj, slot, stats);
	if (!rc)
		rc = bpf_obj_drops(&sw->obj, slot, drops);
	return rc ? err_set(err, rc, "read counters of '%s': %s", sw->conf.ports[index].name,
			    strerror(-rc))
		  : 0;
}

/* As configured, where the port has it; of a rate also who keeps what the SF or VF
 * sends to it. */
static void set_configured(json_t *doc, const struct sw *sw, size_t index)
{
	static const char *const keys[] = {"sf", "vf", "vdpa", "rate", "guard", "isolated"};
	const struct sw_port *at = &sw->ports[index];
	json_t *conf = conf_port_json(&sw->conf, &sw->conf.ports[index]), *part;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		part = json_object_get(conf, keys[i]);
		if (part)
			json_object_set(doc, keys[i], part);
	}
	if (json_object_get(json_object_get(doc, "rate"), "rx"))
		json_object_set_new(json_object_get(doc, "rate"), "rx_by",
				    json_string(at->fn.rate_hw ? "devlink" : "software"));
	json_decref(conf);
}

/* The name that its netdev has now; "" where it never had one. */
static const char *port_netdev(const struct sw *sw, size_t index)
{
	return sw->ports[index].netdev[0] ? sw->ports[index].netdev : sw->conf.ports[index].netdev;
}

json_t *doc_port(const struct sw *sw, size_t index)
{
	const struct conf_port *port = &sw->conf.ports[index];
	const struct sw_port *at = &sw->ports[index];
	json_t *doc;

	doc = json_pack("{s:s, s:s, s:s, s:I, s:o, s:s, s:s, s:{s:s, s:s}, s:o}", "name",
			port->name, "owner", sw_owner_name(at->owner), "netdev",
			port_netdev(sw, index), "ifindex", (json_int_t)at->ifindex, "handle",
			doc_handle(&at->fn.port.dev, at->fn.port.index), "role",
			doc_role(port->role), "state", doc_port_state(sw_port_state(sw, index)),
			"attach", "xdp", attach_xdp_name(at->attach.mode.xdp), "tc",
			attach_tc_name(at->attach.mode.tc), "vlan", conf_vlan_json(&port->vlan));
	set_configured(doc, sw, index);
	return doc;
}

/* What came from the port, and went to it, without a frame in software. */
static json_t *offloaded(const struct sw *sw, uint32_t slot)
{
	static const struct repx_hw none;
	const struct repx_hw *hw = sw->obj.hw_mem ? &sw->obj.hw_mem[slot] : &none;
	json_t *doc = doc_count(hw->rx_packets, hw->rx_bytes);

	json_object_set_new(doc, "tx", doc_count(hw->tx_packets, hw->tx_bytes));
	return doc;
}

static json_t *port_doc(const struct sw *sw, size_t index, const struct census *census,
			struct err *err)
{
	struct repx_drops drops;
	struct repx_stats stats;
	json_t *doc;

	if (read_counters(sw, index, &stats, &drops, err))
		return NULL;
	doc = doc_port(sw, index);
	json_object_set_new(doc, "mac_count", json_integer(census->macs[sw->ports[index].slot]));
	json_object_set_new(doc, "rx", doc_count(stats.rx_packets, stats.rx_bytes));
	json_object_set_new(doc, "tx", doc_count(stats.tx_packets, stats.tx_bytes));
	json_object_set_new(doc, "offloaded", offloaded(sw, sw->ports[index].slot));
	json_object_set_new(doc, "drops", doc_drops(&drops));
	json_object_set_new(doc, "events", doc_events(&drops));
	return doc_checked(doc, err);
}

/* @name NULL: all */
static json_t *port_list(const struct sw *sw, const char *name, const struct census *census,
			 struct err *err)
{
	json_t *list = json_array(), *doc;
	size_t i;

	for (i = 0; i < sw->conf.ports_len; i++) {
		if (sw->conf.ports[i].pool || (name && strcmp(name, sw->conf.ports[i].name)))
			continue;
		doc = port_doc(sw, i, census, err);
		if (!doc) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, doc);
	}
	return doc_checked(list, err);
}

static bool unknown_port(const struct sw *sw, const char *name, struct err *err)
{
	const struct conf_port *port = name ? conf_find(&sw->conf, name) : NULL;

	if (!name || (port && !port->pool))
		return false;
	err_set(err, -ENOENT, "show port '%s': no such port in '%s' (repx port show lists them)",
		name, sw->name);
	return true;
}

json_t *doc_ports(struct sw *sw, const char *name, struct err *err)
{
	struct census census;
	json_t *list;

	if (unknown_port(sw, name, err) || count_macs(sw, &census, err))
		return NULL;
	list = port_list(sw, name, &census, err);
	free(census.macs);
	return list;
}

/* Does a daemon follow this host: we are it, or it takes connections? */
static bool daemon_there(const struct sw *sw)
{
	struct ctl ctl;
	char path[400];

	if (sw->owner_fd >= 0)
		return true;
	snprintf(path, sizeof(path), "%s/control", sw->run_dir);
	if (ctl_connect(&ctl, path))
		return false;
	ctl_close(&ctl);
	return true;
}

static json_t *switch_doc(const struct sw *sw, uint64_t used)
{
	const struct conf *conf = &sw->conf;
	json_t *doc;

	doc = json_pack("{s:s, s:I, s:I, s:s, s:s, s:b, s:{s:I, s:I, s:I}, s:b}", "name", sw->name,
			"ports", (json_int_t)conf_ports_wanted(conf), "max_ports",
			(json_int_t)sw->obj.max_ports, "attach", attach_name(conf->attach),
			"unknown", doc_unknown(conf->unknown), "marks", (int)conf->tc_marks, "fdb",
			"size", (json_int_t)sw->obj.fdb_size, "used", (json_int_t)used, "ageing_ms",
			(json_int_t)conf->ageing_ms, "daemon", (int)daemon_there(sw));
	if (conf->pool_sf)
		json_object_set_new(doc, "pool", doc_pool(sw));
	if (conf->host_netdev[0])
		json_object_set_new(doc, "host", json_string(conf->host_netdev));
	return doc;
}

static void problem(json_t *list, const char *object, const char *name, const char *text)
{
	json_array_append_new(
		list, json_pack("{s:s, s:s, s:s}", "object", object, "name", name, "text", text));
}

static void port_problems(json_t *list, const json_t *port)
{
	const char *name = json_string_value(json_object_get(port, "name"));
	const char *state = json_string_value(json_object_get(port, "state"));
	const char *netdev = json_string_value(json_object_get(port, "netdev"));
	json_t *events = json_object_get(port, "events");
	char text[128];

	if (!strcmp(state, "missing")) {
		if (*netdev)
			snprintf(text, sizeof(text), "netdev '%s' is not there", netdev);
		else
			snprintf(text, sizeof(text), "its representor is not there");
		problem(list, "port", name, text);
	}
	if (json_object_get(events, "tx_error"))
		problem(list, "port", name, "the device refused frames (tx_error)");
	if (json_object_get(events, "fdb_full"))
		problem(list, "port", name, "addresses were not learnt: the FDB was full");
	if (json_object_get(json_object_get(port, "drops"), "too_big"))
		problem(list, "port", name, "sent frames longer than the destination's MTU");
}

static json_t *problem_list(const struct sw *sw, const json_t *ports, uint64_t used)
{
	json_t *list = json_array(), *port;
	size_t i;

	if (used > sw->obj.fdb_size / 10 * 9ULL)
		problem(list, "switch", sw->name, "the FDB is nearly full (switch.fdb.size)");
	for (i = 0; (port = json_array_get(ports, i)); i++)
		port_problems(list, port);
	return list;
}

json_t *doc_show(struct sw *sw, struct err *err)
{
	struct census census;
	json_t *ports, *doc = NULL;

	if (count_macs(sw, &census, err))
		return NULL;
	ports = port_list(sw, NULL, &census, err);
	if (ports)
		doc = json_pack("{s:o, s:O, s:o}", "switch", switch_doc(sw, census.used), "ports",
				ports, "problems", problem_list(sw, ports, census.used));
	json_decref(ports);
	free(census.macs);
	return doc_checked(doc, err);
}

/* As bridge(8): one element per run of VIDs with the same flags. */
static json_t *vlan_run(const struct conf_vlan *vlan, unsigned int vid, unsigned int end)
{
	bool tunnel = vlan->mode == CONF_VLAN_TUNNEL;
	json_t *flags = json_array(), *doc;

	if (vid == vlan->vid) {
		json_array_append_new(flags, json_string("pvid"));
		json_array_append_new(flags, json_string(tunnel ? "tunnel" : "untagged"));
	}
	doc = json_pack("{s:I, s:o}", "vlan", (json_int_t)vid, "flags", flags);
	if (end != vid)
		json_object_set_new(doc, "last", json_integer(end));
	return doc;
}

static json_t *vlan_runs(const struct conf_vlan *vlan)
{
	json_t *list = json_array();
	unsigned int vid, end;

	if (vlan->mode == CONF_VLAN_ACCESS || vlan->mode == CONF_VLAN_TUNNEL)
		json_array_append_new(list, vlan_run(vlan, vlan->vid, vlan->vid));
	if (vlan->mode != CONF_VLAN_TRUNK)
		return list;
	for (vid = 1; vid < 4095; vid = end + 1) {
		end = vid;
		if (!conf_vlan_has(vlan, vid))
			continue;
		while (vid != vlan->vid && end < 4094 && end + 1 != vlan->vid &&
		       conf_vlan_has(vlan, end + 1))
			end++;
		json_array_append_new(list, vlan_run(vlan, vid, end));
	}
	return list;
}

json_t *doc_vlans(struct sw *sw, struct err *err)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sw->conf.ports_len; i++)
		if (!sw->conf.ports[i].pool)
			json_array_append_new(list, json_pack("{s:s, s:o}", "port",
							      sw->conf.ports[i].name, "vlans",
							      vlan_runs(&sw->conf.ports[i].vlan)));
	return doc_checked(list, err);
}

static json_t *stats_doc(const struct sw *sw, size_t index, struct err *err)
{
	struct repx_drops drops;
	struct repx_stats s;
	json_t *doc;

	if (read_counters(sw, index, &s, &drops, err))
		return NULL;
	doc = json_pack("{s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "port",
			sw->conf.ports[index].name, "rx", doc_count(s.rx_packets, s.rx_bytes), "tx",
			doc_count(s.tx_packets, s.tx_bytes), "forwarded", (json_int_t)s.forwarded,
			"flooded", (json_int_t)s.flooded, "flood_copies",
			(json_int_t)s.flood_copies, "to_host", (json_int_t)s.to_host, "to_kernel",
			(json_int_t)s.to_kernel, "drops", doc_drops(&drops), "events",
			doc_events(&drops));
	json_object_set_new(doc, "offloaded", offloaded(sw, sw->ports[index].slot));
	return doc_checked(doc, err);
}

json_t *doc_stats(struct sw *sw, struct err *err)
{
	json_t *list = json_array(), *doc;
	size_t i;

	for (i = 0; i < sw->conf.ports_len; i++) {
		if (sw->conf.ports[i].pool)
			continue;
		doc = stats_doc(sw, i, err);
		if (!doc) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, doc);
	}
	return doc_checked(list, err);
}

json_t *doc_changes(const struct sw_changes *changes)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < changes->len; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "op", changes->list[i].op,
						      "object", changes->list[i].object, "name",
						      changes->list[i].name));
	return list;
}
