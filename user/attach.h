/* SPDX-License-Identifier: GPL-2.0-only */
/* attach.h - putting the two programs on a netdev, and taking away only ours
 *
 * Every attachment survives the process: XDP and tcx as links pinned under
 * @links_dir, clsact as a cls_bpf filter. A second attachment of ours is never
 * made: what is there is updated in place, so no frame is lost.
 */
#ifndef REPX_ATTACH_H
#define REPX_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "err.h"
#include "rtnl.h"

struct bpf_object;

enum attach_xdp { ATTACH_XDP_NONE, ATTACH_XDP_NATIVE, ATTACH_XDP_GENERIC };
enum attach_tc { ATTACH_TC_NONE, ATTACH_TC_TCX, ATTACH_TC_CLSACT };

/* what is, or is to be, on a netdev */
struct attach_mode {
	enum attach_xdp xdp;
	enum attach_tc tc;
	bool xdp_shared; /* through libxdp's dispatcher */
};

/* What we made on one netdev: kept in the switch's run state. */
struct attach_state {
	struct attach_mode mode;
	bool clsact_made; /* the qdisc was not there before us */
	uint32_t tc_pref;
	uint32_t xdp_prog_id; /* shared only: our component program */
};

struct attach_env {
	struct rtnl *rtnl;
	const char *links_dir; /* bpffs folder; files xdp-<slot>, tcx-<slot> */
	int xdp_fd, tc_fd;     /* loaded programs; xdp_fd -1: not loadable here */
	const char *xdp_why;   /* then: the reason */
	uint32_t tc_pref;
	/* For `xdp: shared` only, may be NULL: libxdp loads a program itself, so it
	 * needs an object that is opened, not loaded, holds our XDP program first
	 * (named as xdp_fd's) and has the switch's maps set for reuse. Return: 0,
	 * -errno; it is closed here. */
	int (*xdp_object)(void *xdp_object_data, struct bpf_object **out);
	void *xdp_object_data;
	int tcx; /* attach.c's own memory: 0 not asked yet, 1 the kernel has tcx, -1 not */
};

#define ATTACH_FILTER_NAME "repx" /* of the cls_bpf filter */
#define ATTACH_FILTER_HANDLE 1

const char *attach_name(enum conf_attach a);	/* "auto", "xdp", ... */
const char *attach_xdp_name(enum attach_xdp x); /* "none", "native", ... */
const char *attach_tc_name(enum attach_tc t);	/* "none", "tcx", "clsact" */

/**
 * attach_choose() - which hooks a port gets (switching rules, "Hooks")
 * @want: the port's `attach`
 * @shared: the port's `xdp: shared`
 * @now: what repx has there now (all none for a new port): a port keeps its tc
 *	 hook under `auto` and `tc`, since a switch under traffic never changes it
 * @warn: a message for the user, or "" (NULL is fine); size @warn_size
 *
 * auto: native XDP + tc on a netdev with a parent device and native XDP, tc
 * alone elsewhere. tc: tcx where the kernel has it and no foreign clsact filter
 * is on the netdev, else clsact. xdp: native XDP + tc; on veth warned about
 * when the peer, where it can be seen, has txvlan or tx offloads on.
 * xdp-generic: generic XDP + tc, always warned about. A foreign XDP program:
 * xdp refuses with its id and name (unless it is libxdp's dispatcher or the
 * port says shared), auto takes tc.
 *
 * Return: 0; -EBUSY foreign program; -EOPNOTSUPP mode cannot be on this netdev;
 * -errno. @err says why.
 */
int attach_choose(struct attach_env *env, const struct rtnl_link *link, enum conf_attach want,
		  bool shared, const struct attach_mode *now, struct attach_mode *out, char *warn,
		  size_t warn_size, struct err *err);

/**
 * attach_set() - make the netdev's attachments @mode, from what @state says
 * @slot: names the pins
 * @state: in: what repx has there (zeroed for a new port); out: what it has now,
 *	   also after a failure, when everything possible was put back
 *
 * Hooks that stay are updated in place to env's programs; new ones are added
 * before old ones go, so no frame passes unseen. Return: 0, -errno.
 */
int attach_set(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
	       const struct attach_mode *mode, struct attach_state *state, struct err *err);

/* Takes all of ours off; fine when the netdev or the links are gone already.
 * A clsact qdisc we made goes when no filter of others is in it. */
int attach_clear(struct attach_env *env, uint32_t ifindex, uint32_t slot,
		 struct attach_state *state, struct err *err);

/* The first filter of others in clsact ingress that runs in the kernel: tcx comes before
 * it. Return: 1 and *out, 0 none, -errno. */
int attach_behind(struct rtnl *rtnl, uint32_t ifindex, struct rtnl_filter *out);

/* Removes the clsact qdisc unless somebody's filter is in it. Return: 0, -errno. */
int attach_clsact_leave(struct rtnl *rtnl, uint32_t ifindex);

/**
 * attach_expedite() - make many attachments quick
 * Creating and deleting a tcx link waits for an RCU grace period; for a run of
 * them on = true sets /sys/kernel/rcu_expedited, on = false puts it back.
 * @saved: filled by on = true, taken by on = false; -1: nothing was changed
 * Return: 0; -errno (still fine: it only takes longer).
 */
int attach_expedite(bool on, int *saved);

/* Are the attachments of @state really there with env's programs? Return: 1 yes,
 * 0 something is missing or replaced, -errno. */
int attach_check(struct attach_env *env, uint32_t ifindex, uint32_t slot,
		 const struct attach_state *state);

#endif
