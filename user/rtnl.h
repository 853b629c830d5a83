/* SPDX-License-Identifier: GPL-2.0-only */
/* rtnl.h - netdevs: what they are, what can be set on them (rtnetlink, ethtool)
 *
 * All functions work in the network namespace where rtnl_open() was called.
 * They change one thing each; what was before is asked first, by the caller who
 * wants to put it back. Errors: -errno with nl->extack (nl_why()) of the socket
 * that was used; -ENODEV where there is no such netdev.
 */
#ifndef REPX_RTNL_H
#define REPX_RTNL_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "nl.h"

struct rtnl {
	struct nl route;		   /* NETLINK_ROUTE */
	struct nl generic;		   /* NETLINK_GENERIC: ethtool, netdev */
	int ethtool_family, netdev_family; /* -ENOENT where missing */
};

int rtnl_open(struct rtnl *rtnl);
void rtnl_close(struct rtnl *rtnl);

struct rtnl_link {
	uint32_t ifindex;
	char name[IFNAMSIZ];
	char kind[16]; /* "veth", "tun", "" for hardware */
	uint32_t mtu;
	uint8_t mac[6];
	bool ethernet;	      /* ARPHRD_ETHER */
	bool up;	      /* IFF_UP */
	bool running;	      /* up and carrier */
	bool promisc;	      /* as rtnl_link_set_promisc() sets it */
	uint32_t promiscuity; /* all who hold it so: tcpdump, a bridge, the flag above */
	bool has_parent;      /* a parent device: hardware */
	char phys_port[32];   /* IFLA_PHYS_PORT_NAME, or "" */
	char parent_bus[16];  /* IFLA_PARENT_DEV_BUS_NAME, "pci", or "" */
	char parent_dev[64];  /* IFLA_PARENT_DEV_NAME, "0000:03:00.0", or "" */
	/* The devlink port it stands for (IFLA_DEVLINK_PORT, Linux 6.2); dev "": none told */
	struct rtnl_port {
		char bus[16], dev[64];
		uint32_t index;
	} port;
	uint32_t peer_ifindex; /* veth: IFLA_LINK, else 0; another namespace's unless ... */
	bool peer_here;	       /* ... the veth peer is in this namespace */
	uint32_t master;       /* ifindex of the bridge or bond above, or 0 */
	uint32_t xdp_prog_id;  /* program attached, or 0 ... */
	uint8_t xdp_mode;      /* ... XDP_ATTACHED_* of linux/if_link.h */
};

/* Is this the phys_port_name of a PF, VF or SF representor ([c<n>]pf<n>...), not of a
 * physical port (p<n>)? Some old kernels claim XDP for them that they do not have. */
bool rtnl_is_representor(const char *phys_port);

/* equal to: ip -d link show dev NAME */
int rtnl_link_get(struct rtnl *rtnl, const char *name, struct rtnl_link *out);
int rtnl_link_get_index(struct rtnl *rtnl, uint32_t ifindex, struct rtnl_link *out);
/* equal to: ip -d link show; @cb returns 0 to go on, else the walk ends with it */
int rtnl_link_walk(struct rtnl *rtnl, int (*cb)(const struct rtnl_link *link, void *data),
		   void *data);

/* All netdevs at one moment, for many look-ups; altnames are not in it. */
struct rtnl_links {
	struct rtnl_link *list; /* by ifindex */
	struct rtnl_link **by_name;
	size_t len;
};

/* equal to: ip -d link show. Return: 0, -errno (then @out is untouched). */
int rtnl_links_load(struct rtnl *rtnl, struct rtnl_links *out);
/* Return: NULL when there is none; valid until rtnl_links_done() */
struct rtnl_link *rtnl_links_by_name(const struct rtnl_links *links, const char *name);
struct rtnl_link *rtnl_links_by_index(const struct rtnl_links *links, uint32_t ifindex);
/* Makes by_name anew, after a change of the list. Return: 0, -ENOMEM. */
int rtnl_links_order(struct rtnl_links *links);
void rtnl_links_done(struct rtnl_links *links); /* zeroes it; {0} is fine */

/**
 * struct rtnl_cache - all netdevs, kept up to date by the kernel's notices
 * For who lives long: one dump when it begins and after an overrun, none otherwise.
 * xdp_prog_id and xdp_mode may be older than the rest, since the kernel does not tell
 * of every change of them: who decides by them asks rtnl_link_get_index().
 */
struct rtnl_cache {
	struct nl watch; /* links, tc filters, qdiscs: as rtnl_watch_open() */
	struct rtnl_links links;
	size_t size;	      /* room in links.list */
	bool valid;	      /* false: the next refresh makes a dump */
	unsigned int pending; /* notices taken since rtnl_cache_taken() */
};

/* Return: 0, -errno. equal to: ip monitor link */
int rtnl_cache_open(struct rtnl_cache *cache);
void rtnl_cache_close(struct rtnl_cache *cache); /* takes a zeroed one */
/**
 * rtnl_cache_refresh() - take what notices there are, so that ->links is as the host is
 * Pointers into ->links are good until the next refresh. Return: 0, -errno.
 */
int rtnl_cache_refresh(struct rtnl_cache *cache, struct rtnl *rtnl);
/* How many notices there were since the last call that said something changed. */
unsigned int rtnl_cache_taken(struct rtnl_cache *cache);

/**
 * rtnl_watch_open() - a socket of its own that hears of changes
 * Netdevs that come, go or change, tc filters and the removal of qdiscs.
 * equal to: ip monitor link, tc monitor
 *
 * Not blocking: poll mnl_socket_get_fd(nl->sock), then rtnl_watch_read().
 * nl_close() it. Return: 0, -errno.
 */
int rtnl_watch_open(struct nl *nl);
/* The same for changes of XDP features. Return: -ENOENT before 6.3; 0, -errno. */
int rtnl_watch_xdp_open(struct nl *nl);
/* Reads all that waits. Return: messages that say something changed (an overrun
 * counts as one: look at everything again), 0 nothing, -errno. */
int rtnl_watch_read(struct nl *nl);

/* equal to: ip link set dev IFINDEX up|down */
int rtnl_link_set_up(struct rtnl *rtnl, uint32_t ifindex, bool up);
/* equal to: ip link set dev IFINDEX promisc on|off */
int rtnl_link_set_promisc(struct rtnl *rtnl, uint32_t ifindex, bool on);
/* equal to: ip link set dev IFINDEX address MAC */
int rtnl_link_set_mac(struct rtnl *rtnl, uint32_t ifindex, const uint8_t mac[6]);
/* equal to: ip link add NAME type veth peer name PEER */
int rtnl_veth_add(struct rtnl *rtnl, const char *name, const char *peer);
/* equal to: ip link del dev IFINDEX */
int rtnl_link_del(struct rtnl *rtnl, uint32_t ifindex);
/* Has it an IPv4 or a global IPv6 address? Return: 1, 0, -errno.
 * equal to: ip addr show dev IFINDEX scope global */
int rtnl_link_has_addr(struct rtnl *rtnl, uint32_t ifindex);

/* One offload, by its ethtool name ("rx-vlan-hw-parse", "tx-vlan-hw-insert",
 * "tx-checksum-ip-generic", ...). Return: 1 on, 0 off, -ENOENT: no such
 * feature, -EOPNOTSUPP: no ethtool netlink, -errno.
 * equal to: ethtool -k NAME */
int rtnl_feature_get(struct rtnl *rtnl, uint32_t ifindex, const char *feature);
/* equal to: ethtool -K NAME FEATURE on|off
 * Looks at what the kernel made of it: -EOPNOTSUPP when the netdev did not
 * follow (a fixed feature), with the wish taken back. */
int rtnl_feature_set(struct rtnl *rtnl, uint32_t ifindex, const char *feature, bool on);

/* Bits of NETDEV_A_DEV_XDP_FEATURES: which redirects it takes and so on. */
#define RTNL_XDP_BASIC 0x1
#define RTNL_XDP_NDO_XMIT 0x4
#define RTNL_XDP_RX_SG 0x20
#define RTNL_XDP_NDO_XMIT_SG 0x40
/* Return: 0; -EOPNOTSUPP on kernels before 6.3; -errno. */
int rtnl_xdp_features(struct rtnl *rtnl, uint32_t ifindex, uint64_t *features);

/* The clsact qdisc. equal to: tc qdisc add|del dev NAME clsact
 * Add: -EEXIST where it (or another ingress qdisc) is there already. */
int rtnl_clsact_add(struct rtnl *rtnl, uint32_t ifindex);
int rtnl_clsact_del(struct rtnl *rtnl, uint32_t ifindex);

struct rtnl_filter {
	uint32_t pref, handle, prog_id; /* prog_id 0: not a bpf filter */
	uint16_t protocol;
	char kind[16];
	char name[64]; /* bpf: its name attribute */
	bool hw_only;  /* skip_sw: never runs in the kernel */
	bool repx;     /* flower with a cookie of repx */
};
/* Filters of clsact ingress (or egress). equal to: tc filter show dev NAME ingress
 * @cb returns 0 to go on, else the walk ends with it; no qdisc: no filters. */
int rtnl_filter_walk(struct rtnl *rtnl, uint32_t ifindex, bool egress,
		     int (*cb)(const struct rtnl_filter *f, void *data), void *data);
/* One bpf filter of clsact ingress. Return: -ENOENT when it, or the qdisc, is not
 * there. equal to: tc filter get dev NAME ingress pref PREF handle HANDLE bpf */
int rtnl_filter_get(struct rtnl *rtnl, uint32_t ifindex, uint32_t pref, uint32_t handle,
		    struct rtnl_filter *out);
/* What was heard of a filter of clsact. */
struct rtnl_filter_note {
	uint32_t ifindex;
	bool egress, gone;
	struct rtnl_filter filter; /* ifindex 0: notes were lost, nothing is known of it */
};

/**
 * rtnl_filters_open() - a socket of its own that hears of filters
 * Not blocking: poll mnl_socket_get_fd(nl->sock), then rtnl_filters_read(), which
 * calls @cb for each filter that was added, replaced or deleted. nl_close() it.
 * Return: 0, -errno. equal to: tc monitor
 */
int rtnl_filters_open(struct nl *nl);
int rtnl_filters_read(struct nl *nl, void (*cb)(const struct rtnl_filter_note *note, void *data),
		      void *data);
/* Is there a clsact (1), an ingress qdisc (2), none (0)? */
int rtnl_clsact_get(struct rtnl *rtnl, uint32_t ifindex);
/* equal to: tc filter replace dev NAME ingress pref PREF handle HANDLE bpf da
 * object-pinned ... (replace = false: add, -EEXIST if taken) */
int rtnl_filter_set(struct rtnl *rtnl, uint32_t ifindex, uint32_t pref, uint32_t handle,
		    int prog_fd, const char *name, bool replace);
/* equal to: tc filter del dev NAME ingress pref PREF handle HANDLE bpf */
int rtnl_filter_del(struct rtnl *rtnl, uint32_t ifindex, uint32_t pref, uint32_t handle);

#endif
