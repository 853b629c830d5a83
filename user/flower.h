/* SPDX-License-Identifier: GPL-2.0-only */
/* flower.h - rules in a NIC's eswitch: tc flower filters with skip_sw
 *
 * A rule is on the ingress of a representor, and matches what its function sends, or
 * on that of the uplink. The netdev must have a clsact qdisc (rtnl_clsact_add()). All
 * functions take a socket of NETLINK_ROUTE; errors are -errno with nl->extack
 * (nl_why()): of a refusal by the driver, its own words. Needs Linux 5.8.
 */
#ifndef REPX_FLOWER_H
#define REPX_FLOWER_H

#include <stdbool.h>
#include <stdint.h>

#include "nl.h"

#define FLOWER_OUTS_MAX 32 /* as many as mlx5 takes, and actions the kernel takes */
#define FLOWER_COOKIE_SIZE 12

/* All in host byte order. */
struct flower_match {
	uint16_t tpid, vid; /* outer tag: ETH_P_8021Q, ETH_P_8021AD, 0: there must be none */
	bool has_pcp;
	uint8_t pcp;		/* of the outer tag */
	uint16_t tpid2, vid2;	/* second tag, 0: there must be none */
	uint16_t ethertype;	/* of what follows the tags; always given */
	uint8_t src[6], dst[6]; /* bits outside the masks do not count */
	uint8_t src_mask[6], dst_mask[6];
	uint8_t ip_src[16]; /* IPv4: the first four */
	uint8_t ip_len;	    /* prefix of ip_src, 0: any; the family is the ethertype's */
};

enum flower_vlan { FLOWER_VLAN_NONE, FLOWER_VLAN_POP, FLOWER_VLAN_PUSH, FLOWER_VLAN_MODIFY };

/**
 * struct flower_action - what becomes of a frame
 * There is one header change at most, because mlx5 gives outputs before the last one
 * the frame as it came, whatever stands in front of them. The last output is a
 * redirect, the others are mirrors.
 */
struct flower_action {
	bool drop; /* and nothing else */
	enum flower_vlan vlan;
	/* PUSH, MODIFY. mlx5 pushes no other pcp than 0 right, and modifies none. */
	uint16_t vlan_tpid, vlan_vid;
	uint8_t vlan_pcp; /* MODIFY: 0 leaves it */
	uint8_t before;	  /* so many of the outputs get the frame as it came */
	uint8_t outs_len;
	uint32_t outs[FLOWER_OUTS_MAX]; /* ifindexes */
	uint64_t rate;			/* bytes per second, more is dropped; 0: no limit */
	uint32_t burst;			/* bytes, with rate */
};

struct flower_rule {
	uint32_t ifindex; /* where it is */
	uint32_t handle;  /* 0: the kernel chooses */
	uint16_t pref;
	struct flower_match match;
	struct flower_action action;
	uint8_t cookie[FLOWER_COOKIE_SIZE]; /* the caller's; behind "repx" in the kernel */
	/* As read back: */
	bool ours;  /* its cookie begins with "repx" */
	bool whole; /* false: somebody's rule with more in it than can be said here */
	bool skip_sw, in_hw;
	uint32_t in_hw_count;
};

/* What the hardware counted, about a second late on mlx5. */
struct flower_stats {
	uint32_t handle;
	uint16_t pref, protocol;
	bool ours, in_hw;
	uint8_t cookie[FLOWER_COOKIE_SIZE]; /* if ours */
	uint64_t packets, bytes;
	bool has_used;
	uint64_t used_ms; /* since the last frame, or since it was added */
};

/* Why no such rule can be asked for, or NULL. */
const char *flower_check(const struct flower_rule *rule);

/* Protocol of the kernel's filter, which with ifindex, pref and handle names it: the
 * outer tag's, or the ethertype. The kernel takes one protocol for each pref. */
uint16_t flower_protocol(const struct flower_match *match);

/* Do both ask for the same? Ifindex, pref, match, action and cookie. */
bool flower_same(const struct flower_rule *a, const struct flower_rule *b);

/**
 * flower_add() - add a rule, and look at what the kernel made of it
 * Handle and what is read back are set in @rule. When the kernel installed something
 * else, it is taken away again: -EPROTO.
 * Return: 0, -EEXIST: it is there; -EINVAL: flower_check(); -errno.
 * equal to: tc filter add dev IFINDEX ingress pref PREF handle HANDLE protocol 802.1q
 * flower skip_sw vlan_id VID vlan_ethtype ip dst_mac MAC action vlan pop cookie COOKIE
 * pipe action mirred egress redirect dev OUT cookie COOKIE
 */
int flower_add(struct nl *nl, struct flower_rule *rule);
/* The same over the rule of this handle, if there is one. equal to: tc filter replace */
int flower_replace(struct nl *nl, struct flower_rule *rule);
/* equal to: tc filter del dev IFINDEX ingress pref PREF handle HANDLE protocol PROTOCOL
 * flower. Return: 0; -ENOENT: none there; -EINVAL: no qdisc, another protocol, handle 0. */
int flower_del(struct nl *nl, uint32_t ifindex, uint16_t pref, uint16_t protocol, uint32_t handle);
/* equal to: tc -s filter get dev IFINDEX ingress pref PREF handle HANDLE protocol PROTOCOL
 * flower. @stats may be NULL. Return: as flower_del(). */
int flower_get(struct nl *nl, uint32_t ifindex, uint16_t pref, uint16_t protocol, uint32_t handle,
	       struct flower_rule *out, struct flower_stats *stats);

/* @cb returns 0 to go on, else the walk ends with it. */
typedef int (*flower_cb)(const struct flower_rule *rule, const struct flower_stats *stats,
			 void *data);
/* All flower filters of a netdev, ours and others'; pref 0: any.
 * equal to: tc -s filter show dev IFINDEX ingress [pref PREF] */
int flower_walk(struct nl *nl, uint32_t ifindex, uint16_t pref, flower_cb cb, void *data);

typedef int (*flower_stats_cb)(const struct flower_stats *stats, void *data);
/**
 * flower_stats_walk() - the same, counters alone
 * @used: used_ms is wanted, too. The kernel's terse dump, which costs little more
 * than half (tests/nic/flower.sh), does not have it: the whole one is asked for then.
 * equal to: tc -s -br filter show dev IFINDEX ingress [pref PREF]
 */
int flower_stats_walk(struct nl *nl, uint32_t ifindex, uint16_t pref, bool used, flower_stats_cb cb,
		      void *data);

/* Many at once, in a batch of nl_batch_begin(). The result is told to its callback. What
 * was installed is not read back: the handle must be given. equal to: tc -batch
 * Return: 0; -EINVAL: flower_check(), and it has no index; -errno of the transport. */
int flower_batch_add(struct nl_batch *batch, const struct flower_rule *rule);
int flower_batch_del(struct nl_batch *batch, uint32_t ifindex, uint16_t pref, uint16_t protocol,
		     uint32_t handle);

#endif
