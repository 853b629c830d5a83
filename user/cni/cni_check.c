// SPDX-License-Identifier: GPL-2.0-only
/* cni_check.c - CHECK: is all as ADD promised it? Each difference is named
 *
 * Compared are the container's interface, the netdev on the host, the port as the daemon
 * knows it, and what the programs do on the live maps with a frame of the container and
 * with one that it must not send (trace). What a later plugin of the chain changed is told
 * in prevResult, and right as it is there: of addresses and routes those count that were
 * ours and still are in it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cni_attach.h"
#include "cni_daemon.h"
#include "cni_rdma.h"
#include "cni_result.h"
#include "conf_units.h"
#include "util.h"

#define CARRIER_MS 1000

struct check {
	const struct cni_call *call;
	json_t *record, *prev;
	size_t index; /* of our interface in prev */
	uint8_t mac[6];
	struct rtnl host;
	struct cni_netns ns;
	struct rtnl_link link;
	char text[1400]; /* the differences */
	size_t len;
	unsigned int count;
	struct cni_err *err;
};

__attribute__((format(printf, 2, 3))) static void differs(struct check *c, const char *fmt, ...)
{
	va_list ap;
	int n;

	c->count++;
	if (c->len >= sizeof(c->text) - 1)
		return;
	if (c->len)
		c->len += (size_t)snprintf(c->text + c->len, sizeof(c->text) - c->len, "; ");
	if (c->len >= sizeof(c->text))
		return;
	va_start(ap, fmt);
	n = vsnprintf(c->text + c->len, sizeof(c->text) - c->len, fmt, ap);
	va_end(ap);
	c->len += n > 0 ? (size_t)n : 0;
}

/* --- the container's side --- */

/* Has a list of our own result an item with this @key? */
static bool was_ours(const struct check *c, const char *list, const char *key, const char *value)
{
	json_t *items = json_object_get(json_object_get(c->record, "result"), list), *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (!strcmp(cni_attach_text(item, key), value))
			return true;
	}
	return false;
}

static void check_ips(struct check *c)
{
	struct nl *nl = &c->ns.rtnl.route;
	struct cni_addr addr;
	const char *text;
	json_t *ip;
	size_t i;

	json_array_foreach(json_object_get(c->prev, "ips"), i, ip)
	{
		text = cni_attach_text(ip, "address");
		if (json_integer_value(json_object_get(ip, "interface")) != (json_int_t)c->index ||
		    !was_ours(c, "ips", "address", text))
			continue;
		if (cni_addr_parse(text, &addr) ||
		    cni_link_has_addr(nl, c->link.ifindex, &addr) != 1)
			differs(c, "interface '%s' has not the address %.64s", c->link.name, text);
	}
}

static int check_route(const struct cni_route *route, void *data)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct check *c = data;

	if (cni_link_has_route(&c->ns.rtnl.route, c->link.ifindex, route) != 1) {
		inet_ntop(route->dst.family, route->dst.bytes, text, sizeof(text));
		differs(c, "the route to %s/%u is missing in the container", text, route->dst.len);
	}
	return 0;
}

static void check_routes(struct check *c)
{
	json_t *ours = json_deep_copy(c->prev), *list = json_object_get(ours, "routes");
	struct cni_err why = {0};

	for (size_t i = json_array_size(list); i > 0; i--) {
		json_t *route = json_array_get(list, i - 1);

		if (!was_ours(c, "routes", "dst", cni_attach_text(route, "dst")))
			json_array_remove(list, i - 1);
	}
	cni_netns_routes(ours, c->index, check_route, c, &why);
	if (why.code)
		differs(c, "%s", why.msg);
	json_decref(ours);
}

/* Right after ADD a link may still be on its way up. */
static void wait_carrier(struct check *c)
{
	uint64_t end = now_ns() + CARRIER_MS * 1000000ULL;
	struct timespec pause = {.tv_nsec = 5000000};

	while (c->link.up && !c->link.running && now_ns() < end) {
		nanosleep(&pause, NULL);
		if (rtnl_link_get(&c->ns.rtnl, c->call->env.ifname, &c->link))
			c->link.up = false;
	}
}

static void check_link(struct check *c)
{
	const json_t *told = json_array_get(json_object_get(c->prev, "interfaces"), c->index);
	uint32_t mtu = (uint32_t)json_integer_value(json_object_get(told, "mtu"));
	uint8_t mac[6];

	if (conf_mac(cni_attach_text(told, "mac"), mac))
		memcpy(mac, c->mac, sizeof(mac));
	if (memcmp(c->link.mac, mac, sizeof(mac)))
		differs(c, "interface '%s' has the MAC " MAC_FMT ", not " MAC_FMT, c->link.name,
			MAC_ARG(c->link.mac), MAC_ARG(mac));
	if (mtu && c->link.mtu != mtu)
		differs(c, "interface '%s' has the MTU %u, not %u", c->link.name, c->link.mtu, mtu);
	if (!c->link.up)
		differs(c, "interface '%s' is down", c->link.name);
	else if (!c->link.running)
		differs(c, "interface '%s' has no carrier", c->link.name);
}

static void check_inside(struct check *c)
{
	const char *rdma = cni_attach_text(json_object_get(c->record, "device"), "rdma");
	const char *ifname = c->call->env.ifname;
	struct cni_err why = {0};

	if (!json_is_true(json_object_get(c->record, "inside")))
		return;
	if (cni_netns_open(&c->ns, c->call->env.netns, NULL, &why)) {
		differs(c, "%s", why.msg);
		return;
	}
	if (rtnl_link_get(&c->ns.rtnl, ifname, &c->link)) {
		differs(c, "interface '%s' is not in the container", ifname);
		return;
	}
	wait_carrier(c);
	check_link(c);
	check_ips(c);
	check_routes(c);
	if (rdma[0] && !cni_rdma_inside(rdma, &c->ns))
		differs(c, "RDMA device '%s' is not in the container", rdma);
}

/* --- the switch's side --- */

static void check_keys(struct check *c, const json_t *shown)
{
	json_t *now = cni_attach_promise(shown), *then = json_object_get(c->record, "promised");
	json_t *value, *other;
	const char *key;
	char *text;

	json_object_foreach(then, key, value)
	{
		other = json_object_get(now, key);
		if (json_equal(value, other))
			continue;
		text = json_dumps(other, JSON_COMPACT | JSON_ENCODE_ANY);
		differs(c, "port: %s is %.100s now", key, text ? text : "not set");
		free(text);
	}
	json_object_foreach(now, key, value) if (!json_object_get(then, key))
		differs(c, "port: %s is set now", key);
	json_decref(now);
}

static void check_host(struct check *c, const json_t *shown)
{
	const char *name = cni_attach_text(shown, "netdev");
	struct rtnl_link link;

	if (strcmp(cni_attach_text(shown, "state"), "up") != 0)
		differs(c, "port: its state is %.16s, not up", cni_attach_text(shown, "state"));
	if (!name[0] || rtnl_link_get(&c->host, name, &link))
		differs(c, "netdev '%s' of the port is not there", name);
	else if (!link.up)
		differs(c, "netdev '%s' of the port is down", name);
}

/* What the programs do with a broadcast of @src. Return: the reason for a drop, "" for
 * none; NULL: it could not be asked. */
static const char *trace(const struct check *c, const char *port, const uint8_t src[6],
			 char out[64])
{
	char hex[160];
	struct err why = {0};
	json_t *doc;

	snprintf(hex, sizeof(hex),
		 "ffffffffffff%02x%02x%02x%02x%02x%02x88b5"
		 "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		 "000000000000",
		 MAC_ARG(src));
	if (cni_daemon_call(c->call->conf.socket, "trace",
			    json_pack("{s:s, s:s}", "port", port, "hex", hex), &doc, &why))
		return NULL;
	str_copy(out, 64,
		 strcmp(cni_attach_text(doc, "verdict"), "drop") ? ""
								 : cni_attach_text(doc, "reason"));
	json_decref(doc);
	return out;
}

/* The tables that decide may be other than what the daemon wrote there. */
static void check_maps(struct check *c, const char *port)
{
	json_t *promised = json_object_get(c->record, "promised");
	bool guarded = json_object_get(json_object_get(promised, "guard"), "mac");
	uint8_t other[6];
	char reason[64];

	if (!trace(c, port, c->mac, reason))
		return; /* a daemon without programs to trace with */
	if (!strncmp(reason, "spoof", 5) || !strncmp(reason, "vlan", 4))
		differs(c, "the data path drops what the container sends (%s)", reason);
	memcpy(other, c->mac, sizeof(other));
	other[5] ^= 1;
	if (guarded && trace(c, port, other, reason) && strcmp(reason, "spoof_mac") != 0)
		differs(c, "the data path takes another MAC than the container's");
}

static void check_sf(struct check *c, const char *port)
{
	struct err why = {0};
	json_t *list, *sf;

	if (!strcmp(cni_device_names[CNI_DEV_VETH],
		    cni_attach_text(json_object_get(c->record, "device"), "kind")) ||
	    cni_daemon_call(c->call->conf.socket, "sf.show", json_pack("{s:s}", "name", port),
			    &list, &why))
		return;
	sf = json_array_get(list, 0);
	/* the daemon repairs its port, but knows nothing of containers */
	if (json_is_true(json_object_get(c->record, "inside")) && cni_attach_text(sf, "netdev")[0])
		differs(c, "netdev '%.16s' of the SF is on the host: the SF was made anew",
			cni_attach_text(sf, "netdev"));
	if (!cni_attach_text(sf, "handle")[0])
		differs(c, "the SF is gone from the card");
	else if (strcmp(cni_attach_text(sf, "state"), "active") != 0 ||
		 strcmp(cni_attach_text(sf, "opstate"), "attached") != 0)
		differs(c, "the SF is %.16s, %.16s", cni_attach_text(sf, "state"),
			cni_attach_text(sf, "opstate"));
	json_decref(list);
}

static void check_port(struct check *c)
{
	const char *port = cni_attach_text(c->record, "port");
	const char *socket = c->call->conf.socket;
	struct err why = {0};
	json_t *shown;
	int rc = cni_daemon_port(socket, port, &shown, &why);

	if (rc == -ECONNREFUSED) {
		differs(c, "no daemon answers at '%.200s'", socket);
		return;
	}
	if (rc) {
		differs(c, "port '%s' is not there", port);
		return;
	}
	check_keys(c, shown);
	check_host(c, shown);
	check_sf(c, port);
	check_maps(c, port);
	json_decref(shown);
}

/* --- all --- */

/* Our interface among those of the whole chain. */
static int find_interface(struct check *c)
{
	json_t *list = json_object_get(c->prev, "interfaces"), *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (strcmp(cni_attach_text(item, "name"), c->call->env.ifname) != 0 ||
		    !cni_attach_text(item, "sandbox")[0])
			continue;
		c->index = i;
		return 0;
	}
	return cni_fail(c->err, CNI_E_CONFIG, "a runtime gives the result of its ADD",
			"prevResult has no interface '%s' in a container", c->call->env.ifname);
}

static int read_prev(struct check *c)
{
	if (!c->call->conf.prev)
		return cni_fail(c->err, CNI_E_CONFIG, "a runtime gives the result of its ADD",
				"prevResult is missing");
	c->prev = cni_result_read(c->call->conf.prev, "prevResult", c->err);
	return c->prev ? find_interface(c) : -1;
}

static int verdict(struct check *c)
{
	if (!c->count)
		return 0;
	return cni_fail(c->err, CNI_E_DIFFERENT, c->text,
			"container '%.64s', network '%.64s': %u %s from what ADD promised "
			"(restart the container; repx port show tells how the port is)",
			c->call->env.container, c->call->conf.name, c->count,
			c->count == 1 ? "difference" : "differences");
}

static int compare(struct check *c)
{
	if (strcmp(cni_attach_text(c->record, "state"), "done") != 0 ||
	    conf_mac(cni_attach_text(c->record, "mac"), c->mac)) {
		differs(c, "there is no record of an ADD that was done");
		return verdict(c);
	}
	if (cni_host_open(&c->host, c->err))
		return -1;
	check_inside(c);
	check_port(c);
	return verdict(c);
}

int cni_check(const struct cni_call *call, struct cni_err *err)
{
	struct check c = {.call = call, .err = err, .ns = {.fd = -1, .home = -1}};
	struct cni_store store;
	int rc = -1;

	if (!cni_store_open(&store, &call->conf, &call->env, err) && !read_prev(&c)) {
		c.record = cni_store_load(&store);
		rc = compare(&c);
	}
	cni_store_close(&store);
	cni_netns_close(&c.ns);
	rtnl_close(&c.host);
	json_decref(c.record);
	json_decref(c.prev);
	return rc ? rc : cni_ipam_run(call, "CHECK", err);
}
