// SPDX-License-Identifier: GPL-2.0-only
/* cni_netns.c - see cni_netns.h */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cni_netns.h"
#include "util.h"

int cni_host_open(struct rtnl *rtnl, struct cni_err *err)
{
	int rc;

	*rtnl = (struct rtnl){0};
	rc = nl_open(&rtnl->route, NETLINK_ROUTE);
	return rc ? cni_fail(err, CNI_E_IO, "be root", "open rtnetlink: %s", strerror(-rc)) : 0;
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return !fstat(a, &x) && !fstat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int cni_netns_enter(const struct cni_netns *ns)
{
	return setns(ns->fd, CLONE_NEWNET) ? -errno : 0;
}

void cni_netns_leave(const struct cni_netns *ns)
{
	if (setns(ns->home, CLONE_NEWNET))
		_exit(1); /* we must not go on in a container */
}

/* Return: 0, -errno; we are at home again. */
static int open_sockets(struct cni_netns *ns)
{
	int rc = cni_netns_enter(ns);

	if (rc)
		return rc;
	rc = nl_open(&ns->rtnl.route, NETLINK_ROUTE);
	cni_netns_leave(ns);
	return rc;
}

int cni_netns_open(struct cni_netns *ns, const char *path, bool *gone, struct cni_err *err)
{
	int rc;

	*ns = (struct cni_netns){.home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC),
				 .fd = open(path, O_RDONLY | O_CLOEXEC)};
	rc = ns->fd < 0 || ns->home < 0 ? -errno : 0;
	if (gone)
		*gone = ns->fd < 0 && ns->home >= 0 && (rc == -ENOENT || rc == -ENOTDIR);
	if (!rc && same_file(ns->fd, ns->home)) {
		cni_netns_close(ns);
		return cni_fail(err, CNI_E_ENV, "give the container's",
				"CNI_NETNS '%.200s' is the host's own namespace", path);
	}
	if (!rc)
		rc = open_sockets(ns);
	if (!rc)
		return 0;
	/* a file where a namespace was mounted before */
	if (gone && rc == -EINVAL)
		*gone = true;
	cni_netns_close(ns);
	return cni_fail(err, CNI_E_NETNS,
			"is the container running, and the path a network namespace?",
			"enter '%.200s': %s", path, strerror(-rc));
}

void cni_netns_close(struct cni_netns *ns)
{
	rtnl_close(&ns->rtnl);
	if (ns->fd >= 0)
		close(ns->fd);
	if (ns->home >= 0)
		close(ns->home);
	ns->fd = ns->home = -1;
}

void cni_netns_ipv6(const struct cni_netns *ns, const char *ifname, const char *key,
		    const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", ifname, key);
	/* sysctls are those of the namespace of who opens them */
	if (ns && cni_netns_enter(ns))
		return;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (ns)
		cni_netns_leave(ns);
	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) < 0)
		errno = 0; /* it stays as it was */
	close(fd);
}

/* --- routes --- */

static const char *text_of(const json_t *map, const char *key)
{
	const char *text = json_string_value(json_object_get(map, key));

	return text ? text : "";
}

static bool is_ours(const json_t *ip, size_t index)
{
	return json_integer_value(json_object_get(ip, "interface")) == (json_int_t)index;
}

/* The gateway of the first address of ours that has one, of that family. */
static void default_gateway(const json_t *result, size_t index, struct cni_route *route)
{
	struct cni_addr gw;
	json_t *ip;
	size_t i;

	json_array_foreach(json_object_get(result, "ips"), i, ip)
	{
		if (!is_ours(ip, index) || cni_addr_parse(text_of(ip, "gateway"), &gw) ||
		    gw.family != route->dst.family)
			continue;
		route->gw = gw;
		return;
	}
}

/* A route whose scope is the link has no gateway. */
static bool wants_gateway(const struct cni_route *route)
{
	return route->scope < 0 || route->scope == RT_SCOPE_UNIVERSE;
}

static int parse_route(const json_t *doc, const json_t *result, size_t index, struct cni_route *out,
		       struct cni_err *err)
{
	const char *dst = text_of(doc, "dst"), *gw = text_of(doc, "gw");
	json_t *scope = json_object_get(doc, "scope");

	*out = (struct cni_route){
		.mtu = (uint32_t)json_integer_value(json_object_get(doc, "mtu")),
		.advmss = (uint32_t)json_integer_value(json_object_get(doc, "advmss")),
		.priority = (uint32_t)json_integer_value(json_object_get(doc, "priority")),
		.table = (uint32_t)json_integer_value(json_object_get(doc, "table")),
		.scope = json_is_integer(scope) ? (int)json_integer_value(scope) : -1};
	if (cni_addr_parse(dst, &out->dst) || (gw[0] && cni_addr_parse(gw, &out->gw)))
		return cni_fail(err, CNI_E_IPAM, "see routes in the ipam section",
				"route '%.64s' via '%.64s' is not one", dst, gw);
	if (!gw[0] && wants_gateway(out))
		default_gateway(result, index, out);
	return 0;
}

int cni_netns_routes(const json_t *result, size_t index,
		     int (*cb)(const struct cni_route *route, void *data), void *data,
		     struct cni_err *err)
{
	struct cni_route route;
	json_t *doc;
	size_t i;
	int rc;

	json_array_foreach(json_object_get(result, "routes"), i, doc)
	{
		if (parse_route(doc, result, index, &route, err))
			return -1;
		rc = cb(&route, data);
		if (rc)
			return rc;
	}
	return 0;
}

/* --- setup --- */

struct setup {
	struct cni_netns *ns;
	uint32_t ifindex;
	struct cni_err *err;
};

static int fail(const struct setup *s, const char *what, const char *object, int rc)
{
	return cni_fail(s->err, CNI_E_NETDEV, "see the ipam section of the network",
			"%s '%.64s' in the container: %s", what, object,
			nl_why(&s->ns->rtnl.route, rc));
}

static int add_addrs(const struct setup *s, const json_t *result, size_t index)
{
	struct cni_addr addr;
	const char *text;
	json_t *ip;
	size_t i;
	int rc;

	json_array_foreach(json_object_get(result, "ips"), i, ip)
	{
		if (!is_ours(ip, index))
			continue;
		text = text_of(ip, "address");
		rc = cni_addr_parse(text, &addr);
		if (!rc)
			rc = cni_link_add_addr(&s->ns->rtnl.route, s->ifindex, &addr);
		if (rc)
			return fail(s, "add address", text, rc);
	}
	return 0;
}

static int add_route(const struct cni_route *route, void *data)
{
	const struct setup *s = data;
	int rc = cni_link_add_route(&s->ns->rtnl.route, s->ifindex, route);
	char text[INET6_ADDRSTRLEN] = "";

	if (!rc || rc == -EEXIST) /* an address brings its own */
		return 0;
	inet_ntop(route->dst.family, route->dst.bytes, text, sizeof(text));
	return fail(s, "add route to", text, rc);
}

static bool has_ipv6(const json_t *result)
{
	json_t *ip;
	size_t i;

	json_array_foreach(json_object_get(result, "ips"), i,
			   ip) if (strchr(text_of(ip, "address"), ':')) return true;
	return false;
}

int cni_netns_setup(struct cni_netns *ns, uint32_t ifindex, const json_t *result, size_t index,
		    struct cni_err *err)
{
	struct setup s = {.ns = ns, .ifindex = ifindex, .err = err};
	struct rtnl_link link;
	int rc = rtnl_link_get_index(&ns->rtnl, ifindex, &link);

	if (rc)
		return fail(&s, "find interface", "", rc);
	if (has_ipv6(result))
		cni_netns_ipv6(ns, link.name, "disable_ipv6", "0");
	if (add_addrs(&s, result, index))
		return -1;
	rc = rtnl_link_set_up(&ns->rtnl, ifindex, true);
	if (rc)
		return fail(&s, "set up", link.name, rc);
	return cni_netns_routes(result, index, add_route, &s, err);
}
