// SPDX-License-Identifier: GPL-2.0-only
/* cni_add.c - ADD: an interface for a container
 *
 * What can fail without a trace comes first; then the record; then what it speaks of: the
 * address, the device, the port with its whole policy, and only then the interface goes
 * into the container. A failure takes all of it back. DHCP is asked through the interface
 * itself: its port lets nothing else through then, where addresses are guarded.
 */
#include <string.h>

#include "cni_attach.h"
#include "cni_daemon.h"
#include "cni_name.h"
#include "cni_rdma.h"
#include "cni_result.h"
#include "log.h"
#include "util.h"

struct add {
	const struct cni_call *call;
	const struct cni_conf *conf;
	struct cni_store store;
	struct rtnl host;
	struct cni_netns ns;
	struct cni_dev dev;
	json_t *record, *result, *ipam;
	size_t index; /* of the container's interface in result */
	struct cni_err *err;
};

/* An ADD that was killed, or a container of a former boot: what is left of it goes. */
static int clear_old(struct add *a, bool there)
{
	json_t *old = cni_store_load(&a->store);
	int rc = 0;

	if (!old)
		return 0;
	if (there && !strcmp(cni_attach_text(old, "state"), "done"))
		rc = cni_fail(a->err, CNI_E_EXISTS, "DEL it first",
			      "container '%.64s' has '%s' on network '%.64s' already",
			      a->call->env.container, a->call->env.ifname, a->conf->name);
	else
		rc = cni_attach_undo(&a->store, old, a->call, a->err);
	json_decref(old);
	return rc;
}

static int check_free(struct add *a)
{
	struct rtnl_link link;
	bool there = !rtnl_link_get(&a->ns.rtnl, a->call->env.ifname, &link);

	if (clear_old(a, there))
		return -1;
	if (!rtnl_link_get(&a->ns.rtnl, a->call->env.ifname, &link))
		return cni_fail(a->err, CNI_E_EXISTS,
				"another plugin or network made it: give this one another name",
				"there is an interface '%s' in the container already",
				a->call->env.ifname);
	return 0;
}

/* Before anything is made: does somebody answer who could make a port? */
static int check_daemon(struct add *a)
{
	struct err why = {0};
	json_t *hello;
	int rc = cni_daemon_call(a->conf->socket, "hello", NULL, &hello, &why);

	if (rc)
		return cni_daemon_fail(a->err, rc, &why, a->conf->socket, "ask the switch");
	json_decref(hello);
	return 0;
}

static int begin(struct add *a)
{
	uint64_t hash = cni_name_hash(a->conf->name, a->call->env.container, a->call->env.ifname);

	cni_name_port(hash, 'c', a->dev.port);
	if (a->conf->device == CNI_DEV_VETH)
		str_copy(a->dev.netdev, sizeof(a->dev.netdev), a->dev.port);
	if (cni_host_open(&a->host, a->err) ||
	    cni_netns_open(&a->ns, a->call->env.netns, NULL, a->err) || check_free(a) ||
	    check_daemon(a))
		return -1;
	a->record = cni_attach_record(a->call, &a->dev);
	return cni_store_save(&a->store, a->record, a->err);
}

static int write_down(struct add *a)
{
	json_object_set_new(a->record, "device", cni_dev_record(&a->dev, a->conf));
	return cni_store_save(&a->store, a->record, a->err);
}

/* What is there already: how it was, is written down before it is changed. */
static int prepare(struct add *a)
{
	if (cni_dev_prepare(&a->dev, a->conf, &a->host, a->err))
		return -1;
	return a->conf->device_id[0] ? write_down(a) : 0;
}

/* The addresses that the guard is to let through: bare, without their prefix. */
static json_t *guard_ips(const json_t *ipam)
{
	json_t *list = json_array(), *ip;
	const char *text;
	size_t i;

	json_array_foreach(json_object_get(ipam, "ips"), i, ip)
	{
		text = json_string_value(json_object_get(ip, "address"));
		json_array_append_new(list, json_stringn(text, strcspn(text, "/")));
	}
	return list;
}

static int remember(struct add *a, json_t *shown)
{
	json_object_set_new(a->record, "promised", cni_attach_promise(shown));
	return 0;
}

static int add_port(struct add *a)
{
	json_t *ips = guard_ips(a->ipam), *result, *shown;
	struct err why = {0};
	int rc;

	rc = cni_daemon_call(a->conf->socket, "port.add", cni_dev_port(&a->dev, a->conf, ips),
			     &result, &why);
	json_decref(ips);
	if (!rc) {
		json_decref(result);
		rc = cni_daemon_port(a->conf->socket, a->dev.port, &shown, &why);
	}
	if (rc)
		return cni_daemon_fail(a->err, rc, &why, a->conf->socket, "add a port");
	remember(a, shown);
	rc = cni_dev_find(&a->dev, a->conf, &a->host, shown, a->err);
	json_decref(shown);
	return rc;
}

static int failed(struct add *a, const struct nl *nl, const char *what, int rc)
{
	return cni_fail(a->err, CNI_E_NETDEV, "see the kernel's log", "%s '%s': %s", what,
			a->dev.inside, nl_why(nl, rc));
}

/* One that cannot move is an error only where it was asked for. */
static int unmoved(struct add *a, const struct cni_err *why)
{
	if (a->conf->rdma) {
		*a->err = *why;
		return -1;
	}
	log_warn("RDMA device '%s' stays on the host: %s", a->dev.rdma, why->msg);
	return 0;
}

static int move_rdma(struct add *a)
{
	struct cni_err why = {0};
	int rc = cni_rdma_exclusive(a->dev.rdma, &why);

	if (rc < 0)
		return unmoved(a, &why);
	if (!rc && a->conf->rdma)
		log_warn("RDMA device '%s' is not the container's alone: all network namespaces "
			 "share RDMA devices here (rdma system set netns exclusive)",
			 a->dev.rdma);
	if (!rc)
		return 0;
	a->dev.rdma_moved = true;
	if (write_down(a))
		return -1;
	if (!cni_rdma_enter(a->dev.rdma, &a->ns, &why))
		return 0;
	a->dev.rdma_moved = false;
	return unmoved(a, &why) || write_down(a) ? -1 : 0;
}

/* MAC and MTU are set while it is here, and down: it comes as it is to be. */
static int move(struct add *a)
{
	struct rtnl_link link;
	int rc = rtnl_link_get_index(&a->host, a->dev.ifindex, &link);

	if (!rc && link.up)
		rc = rtnl_link_set_up(&a->host, a->dev.ifindex, false);
	if (!rc && memcmp(link.mac, a->dev.mac, 6))
		rc = rtnl_link_set_mac(&a->host, a->dev.ifindex, a->dev.mac);
	if (!rc && a->conf->mtu && link.mtu != a->conf->mtu)
		rc = cni_link_set_mtu(&a->host.route, a->dev.ifindex, a->conf->mtu);
	if (!rc)
		rc = cni_link_move(&a->host.route, a->dev.ifindex, a->ns.fd, a->call->env.ifname);
	if (rc)
		return failed(a, &a->host.route, "move into the container", rc);
	rc = rtnl_link_get(&a->ns.rtnl, a->call->env.ifname, &link);
	if (rc)
		return failed(a, &a->ns.rtnl.route, "find in the container", rc);
	a->dev.ifindex = link.ifindex;
	a->dev.mtu = link.mtu;
	return 0;
}

/* The host's end of a pair has the MTU from its birth, a representor gets it. */
static int host_mtu(struct add *a)
{
	struct rtnl_link link;
	int rc;

	if (!a->conf->mtu || a->conf->device == CNI_DEV_VETH || !a->dev.netdev[0] ||
	    rtnl_link_get(&a->host, a->dev.netdev, &link) || link.mtu == a->conf->mtu)
		return 0;
	rc = cni_link_set_mtu(&a->host.route, link.ifindex, a->conf->mtu);
	return rc ? failed(a, &a->host.route, "set the MTU of the representor of", rc) : 0;
}

static void add_interfaces(struct add *a)
{
	struct cni_result_if host = {.name = a->dev.netdev}, in = {.name = a->call->env.ifname,
								   .sandbox = a->call->env.netns,
								   .mtu = a->dev.mtu};
	struct rtnl_link link;

	if (a->dev.netdev[0] && !rtnl_link_get(&a->host, a->dev.netdev, &link)) {
		memcpy(host.mac, link.mac, sizeof(host.mac));
		host.mtu = link.mtu;
		cni_result_add_if(a->result, &host);
	}
	memcpy(in.mac, a->dev.mac, sizeof(in.mac));
	in.socket_path = a->dev.node[0] ? a->dev.node : NULL;
	in.pci = a->conf->device == CNI_DEV_VF ? a->dev.pci : NULL;
	a->index = cni_result_add_if(a->result, &in);
}

static int ask_ipam(struct add *a)
{
	json_t *empty;

	if (cni_ipam_add(a->call, &a->ipam, a->err))
		return -1;
	if (!a->ipam || json_array_size(json_object_get(a->ipam, "ips")))
		return 0;
	empty = json_object_get(a->ipam, "routes");
	return json_array_size(empty)
		       ? 0
		       : cni_fail(a->err, CNI_E_IPAM, "see the ipam section of the network",
				  "ipam: ADD of %.64s gave no address", a->conf->ipam);
}

/* The guard that waited for addresses. */
static int close_guard(struct add *a)
{
	json_t *ips, *guard, *result, *shown;
	struct err why = {0};
	int rc;

	if (!a->conf->ip_guard)
		return 0;
	ips = guard_ips(a->ipam);
	guard = cni_dev_guard(&a->dev, a->conf, ips);
	json_decref(ips);
	rc = cni_daemon_call(
		a->conf->socket, "port.change",
		json_pack("{s:s, s:s, s:o}", "name", a->dev.port, "owner", "cni", "guard", guard),
		&result, &why);
	if (!rc) {
		json_decref(result);
		rc = cni_daemon_port(a->conf->socket, a->dev.port, &shown, &why);
	}
	if (rc)
		return cni_daemon_fail(a->err, rc, &why, a->conf->socket, "guard the addresses");
	remember(a, shown);
	json_decref(shown);
	return 0;
}

static int set_up(struct add *a)
{
	json_t *none = NULL;
	int rc;

	if (!a->dev.inside[0])
		return 0;
	if (cni_ipam_by_interface(a->conf)) {
		none = cni_result_new();
		rc = cni_netns_setup(&a->ns, a->dev.ifindex, none, 0, a->err);
		json_decref(none);
		if (rc || ask_ipam(a) || close_guard(a))
			return -1;
	}
	if (a->ipam)
		cni_result_add_ipam(a->result, a->ipam, a->index);
	return cni_netns_setup(&a->ns, a->dev.ifindex, a->result, a->index, a->err);
}

/* From here on it is there, and DEL is what takes it away. */
static int promise(struct add *a)
{
	json_t *result = json_deep_copy(a->result);
	char mac[18];

	snprintf(mac, sizeof(mac), MAC_FMT, MAC_ARG(a->dev.mac));
	json_object_set_new(a->record, "mac", json_string(mac));
	json_object_set_new(a->record, "inside", json_boolean(a->dev.inside[0]));
	json_object_set_new(a->record, "index", json_integer((json_int_t)a->index));
	json_object_set_new(a->record, "result", result);
	json_object_set_new(a->record, "state", json_string("done"));
	return cni_store_save(&a->store, a->record, a->err);
}

static int make(struct add *a)
{
	if (!cni_ipam_by_interface(a->conf) && ask_ipam(a))
		return -1;
	if (prepare(a) || add_port(a))
		return -1;
	if ((a->dev.rdma[0] && move_rdma(a)) || (a->dev.inside[0] && move(a)))
		return -1;
	if (host_mtu(a))
		return -1;
	add_interfaces(a);
	if (json_object_size(a->conf->dns))
		json_object_set(a->result, "dns", a->conf->dns);
	if (set_up(a) || cni_dev_info(&a->dev, a->conf, a->err) || promise(a))
		return -1;
	if (a->dev.inside[0])
		cni_netns_announce(&a->ns, a->dev.ifindex, a->dev.mac, a->result, a->index);
	return 0;
}

static void undo(struct add *a)
{
	struct cni_err e = {0};

	if (!a->ipam)
		json_object_set_new(a->record, "leased", json_false());
	if (cni_attach_undo(&a->store, a->record, a->call, &e))
		log_warn("undo ADD of '%s': %s (%s)", a->call->env.container, e.msg, e.details);
}

int cni_add(const struct cni_call *call, json_t **out, struct cni_err *err)
{
	struct add a = {
		.call = call, .conf = &call->conf, .err = err, .ns = {.fd = -1, .home = -1}};
	int rc = -1;

	if (cni_store_open(&a.store, a.conf, &call->env, err))
		goto close;
	a.result =
		a.conf->prev ? cni_result_read(a.conf->prev, "prevResult", err) : cni_result_new();
	if (!a.result || begin(&a))
		goto close;
	rc = make(&a);
	if (rc)
		undo(&a);
	else
		*out = cni_result_as(a.result, a.conf->version);
close:
	cni_netns_close(&a.ns);
	rtnl_close(&a.host);
	cni_store_close(&a.store);
	json_decref(a.record);
	json_decref(a.result);
	json_decref(a.ipam);
	return rc;
}
