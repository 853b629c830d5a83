/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_netns.h - work in a container's network namespace
 *
 * A netlink socket belongs to the namespace it was opened in: we go there only to open
 * sockets and to write sysctls, and are back when a function returns. For the kernel's few
 * calls that go by where the process is, there is cni_netns_enter().
 */
#ifndef REPX_CNI_NETNS_H
#define REPX_CNI_NETNS_H

#include "cni.h"
#include "cni_link.h"

struct cni_netns {
	int fd;		  /* -1: not open */
	int home;	  /* ours */
	struct rtnl rtnl; /* sockets there; only ->route is open */
};

/* Opens the host's side only: what is ours. */
int cni_host_open(struct rtnl *rtnl, struct cni_err *err);

/**
 * cni_netns_open() - the namespace at @path
 * Return: 0; -1 with @err: it cannot be entered, or it is ours. *gone (may be NULL): there
 * is no such file, or it is no namespace any more.
 */
int cni_netns_open(struct cni_netns *ns, const char *path, bool *gone, struct cni_err *err);
void cni_netns_close(struct cni_netns *ns); /* takes one that failed to open */

/* Return: 0, -errno: we are still at home. */
int cni_netns_enter(const struct cni_netns *ns);
void cni_netns_leave(const struct cni_netns *ns); /* home; the process ends where that fails */

/* Writes net.ipv6.conf.IFNAME.KEY there; a kernel without IPv6 has none. */
void cni_netns_ipv6(const struct cni_netns *ns, const char *ifname, const char *key,
		    const char *value);

/**
 * cni_netns_setup() - addresses, routes, up
 * @ifindex: of the interface there
 * @result: ips that are of interface @index, and routes: one without a gateway goes by
 *	    that of an address of its family
 */
int cni_netns_setup(struct cni_netns *ns, uint32_t ifindex, const json_t *result, size_t index,
		    struct cni_err *err);
/* The routes of @result as the kernel is to have them. @cb returns 0 to go on. */
int cni_netns_routes(const json_t *result, size_t index,
		     int (*cb)(const struct cni_route *route, void *data), void *data,
		     struct cni_err *err);

/* Says whose the addresses are now: gratuitous ARP, unsolicited neighbour advertisement.
 * An address that was somebody else's is reached at once. Failures are no matter. */
void cni_netns_announce(struct cni_netns *ns, uint32_t ifindex, const uint8_t mac[6],
			const json_t *result, size_t index);

#endif
