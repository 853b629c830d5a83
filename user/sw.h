/* SPDX-License-Identifier: GPL-2.0-only */
/* sw.h - one switch on this host: read it, change it, take it away
 *
 * Where a switch lives:
 *   bpffs   ROOT/bpf/NAME or /sys/fs/bpf/repx/NAME   {maps,progs,links}
 *   state   ROOT/run/NAME or /run/repx/NAME          state.json, lock, control
 * state.json says which ports there are, who owns each (file, cli, cni), their
 * keys, slots and netdevs, what is attached where, and what each netdev was like
 * before (promiscuity, up, rx-vlan-hw-parse), so that down can put it back. It
 * is written to a new file and renamed, with the flip of the data path.
 *
 * A change: read the host, diff with what is wanted, a plan of small steps each
 * with its undo (step.h), run; on failure undo in reverse. One process changes a
 * switch at a time (lock); the daemon holds an owner lock besides.
 */
#ifndef REPX_SW_H
#define REPX_SW_H

#include <stdbool.h>
#include <stdint.h>

#include "attach.h"
#include "bpf_obj.h"
#include "conf.h"
#include "err.h"
#include "nic.h"
#include "rtnl.h"

/* The pool's are spare SFs: sw_pool.c. */
enum sw_owner { SW_OWNER_FILE, SW_OWNER_CLI, SW_OWNER_CNI, SW_OWNER_POOL };
enum sw_port_state { SW_PORT_UP, SW_PORT_DOWN, SW_PORT_MISSING };

/* What repx did to the function behind a port, and what was there before: down puts
 * it back. All zero for a port without a devlink port. */
struct sw_fn {
	struct nic_port port;	/* its devlink port; dev.dev "": not known */
	enum conf_fn_kind kind; /* NONE: a netdev by its name */
	uint16_t pf;		/* of conf_fn, to find it again */
	uint32_t num, controller;
	bool has_controller;
	bool made;		      /* the SF is repx's and goes with the port */
	bool ready;		      /* brought up completely */
	struct devlink_fn was;	      /* adopted: what was changed of it (was.has) */
	struct nic_params was_params; /* likewise, -1: unchanged */
	char aux[DEVLINK_NAME_MAX];   /* its auxiliary device, "eswsim.sf.3", or "" */
	char vdpa[CONF_NAME_MAX];     /* its vDPA device, or "" */
	bool vdpa_made;		      /* which is repx's, and goes with the port */
	int8_t vdpa_was;    /* not made: enum nic_bind of before; -1: it is bound as it was */
	bool rate_hw;	    /* rate.rx is kept by devlink rate */
	bool share_hw;	    /* rate.rx_min likewise */
	uint64_t was_rate;  /* tx_max before, bytes/s */
	uint64_t was_share; /* tx_share before, bytes/s */
};

/* One port as it is on the host. */
struct sw_port {
	enum sw_owner owner;
	uint32_t slot;
	uint32_t ifindex;      /* 0: missing */
	char netdev[IFNAMSIZ]; /* the netdev's name when it was last seen, or "" */
	struct sw_fn fn;
	uint32_t guard; /* set id, 0 = none */
	uint32_t mtu;
	uint8_t mac[6], host_mac[6];
	uint32_t xmit_flags; /* REPX_PORT_XMIT... of image_port.flags */
	struct attach_state attach;
	/* before repx: put back by down */
	bool was_up, set_up, set_promisc, set_rxvlan, made_veth;
	bool off_clsact, off_hw_tc; /* added for rules in the eswitch */
};

/* What an interrupted change may have left on a netdev, beside what the ports
 * say. Written before the host is touched, gone when the change is complete. */
struct sw_left {
	char netdev[IFNAMSIZ];
	char host_netdev[IFNAMSIZ]; /* host port: the stack's side, else "" */
	bool opens;		    /* it is set up once the programs know it */
	struct sw_port port;
};

struct sw_journal {
	bool open; /* a change was begun and has not ended */
	struct sw_left *left;
	size_t left_len;
	struct conf_fdb *fdb; /* static entries it may have made */
	size_t fdb_len;
	bool expedited; /* RCU was made faster for it */
};

struct flower_rule;

/* Whoever has rules in the eswitch is told of what they were made from. */
struct sw_offload {
	void *data;
	/* The other @half is about to be used, for @conf and @ports: rules that are not what
	 * follows from it go first. Return: 0; -errno with @err: the change is not made. */
	int (*flip)(void *data, const struct conf *conf, const struct sw_port *ports, uint32_t half,
		    struct err *err);
	/* Addresses were changed by hand, or aged out. */
	void (*addresses)(void *data);
	/* The eswitch's mode is about to be set, which a rule would hold up: all go. */
	int (*clear)(void *data);
	/* A rule of it was found to be wrong: it goes. */
	int (*remove)(void *data, const struct flower_rule *rule);
	/* Do counters tell of rules that do not hold? These go. Return: how many. */
	unsigned int (*counters)(void *data);
};

struct sw {
	char name[CONF_NAME_MAX];
	char root[256];			   /* "" = the system's places */
	char bpf_base[300], run_base[300]; /* the folders of all switches */
	char bpf_dir[340], run_dir[340];
	struct rtnl rtnl;
	struct rtnl_cache *cache; /* who lives long sets it: all netdevs, without dumps */
	struct nic nic;		  /* opened when a port needs it */
	struct bpf_obj obj;
	bool exists;			     /* there is such a switch */
	char switchdev_set[CONF_HANDLE_MAX]; /* eswitch whose mode repx set, or "": for down */
	bool rules;			     /* there may be rules of it in the eswitch */
	const struct sw_offload *offload;    /* NULL: nobody keeps them */
	bool fns_seen;	       /* the functions of the card were looked at since it came up */
	bool unsettled;	       /* sw_follow_host() left something to be tried again */
	struct conf conf;      /* as it is now, all owners' ports */
	struct sw_port *ports; /* one per conf.ports[] */
	uint32_t next_guard;
	int lock_fd, owner_fd; /* -1 */
	bool loaded;	       /* obj is open */
	char build[32];	       /* version of the programs in use */
	uint64_t netns;	       /* inode of the network namespace it lives in */
	struct sw_journal journal;
	struct attach_env env;
	char links_dir[360];
	char no_sf[256];   /* why the last SF that was asked for could not be made, or "" */
	uint64_t no_sf_ns; /* when that was, or when one was made or went */
};

enum sw_open_mode {
	SW_READ,   /* look only: no lock, no programs loaded */
	SW_CHANGE, /* waits for the lock (10 s, then -EBUSY) */
	SW_DAEMON  /* the owner lock too; -EBUSY at once if another daemon has it */
};

/**
 * sw_open() - find a switch
 * @root: --root, or NULL
 * @name: --switch, or NULL: the only one on the host (-ENOENT none, -E2BIG
 *	  several, both with their names in @err)
 * A root that others than root can write is refused (-EPERM; a sticky parent is
 * fine). SW_CHANGE and SW_DAEMON of a named switch that does not exist yet
 * succeed with sw->exists false.
 */
int sw_open(struct sw *sw, const char *root, const char *name, enum sw_open_mode mode,
	    struct err *err);
void sw_close(struct sw *sw);

/* Names of the switches under @root. @cb returns 0 to go on. */
int sw_walk(const char *root, int (*cb)(const char *name, void *data), void *data);

/* The only switch under @root. Return: 0; -ENOENT none; -E2BIG several, named in @err. */
int sw_only(const char *root, char name[CONF_NAME_MAX], struct err *err);

struct sw_change {
	char op[8];	/* add, change, delete */
	char object[8]; /* switch, port, fdb */
	char name[64];
};

struct sw_changes {
	struct sw_change *list;
	size_t len;
};
void sw_changes_done(struct sw_changes *changes);

/**
 * sw_apply() - make the host match @want
 * @owner: whose ports @want describes; ports of other owners stay as they are
 * @dry_run: only say what would change
 * @changes: filled also on dry run; empty where nothing is to be done
 * @warn: called for each warning (attach modes, tunnel MTU), may be NULL
 *
 * Return: 0. -errno: the host is as before. -EUCLEAN: the undo failed too, @err
 * lists what is left (exit code 3).
 */
int sw_apply(struct sw *sw, const struct conf *want, enum sw_owner owner, bool dry_run,
	     struct sw_changes *changes, void (*warn)(const char *text), struct err *err);

/* One port more, or less, of @owner; the rest stays. @text: YAML/JSON mapping
 * with name and netdev. Del of another owner's port: -EPERM. */
int sw_port_add(struct sw *sw, const char *text, enum sw_owner owner,
		void (*warn)(const char *text), struct err *err);
int sw_port_del(struct sw *sw, const char *name, enum sw_owner owner, struct err *err);
/* Keys of a port of @owner: @text is a mapping of those that change; null takes a key
 * away: "{vdpa: {name: v0}}", "{vdpa: null}". */
int sw_port_change(struct sw *sw, const char *name, const char *text, enum sw_owner owner,
		   void (*warn)(const char *text), struct err *err);

/* Spare SFs (switch.pool): as many as there are to be, and those that a port with sf.num:
 * auto can take at once. */
struct sw_pool {
	size_t want, ready;
};
void sw_pool_count(const struct sw *sw, struct sw_pool *out);
/* Makes one that is missing. Return: 1; 0 none was, or there is no slot; -errno. */
int sw_pool_fill(struct sw *sw, void (*warn)(const char *text), struct err *err);

/* Takes away all that repx made and restores what it changed. Goes on after
 * failures; -EUCLEAN and a list of what is left when there were any. */
int sw_down(struct sw *sw, struct err *err);

/* Netdevs came, went, changed name, MTU, MAC or XDP features: brings ports up,
 * makes them missing, rewrites the half. Nothing changed: does nothing.
 * @changed: ports whose state changed (may be NULL). */
int sw_follow_host(struct sw *sw, void (*warn)(const char *text), struct sw_changes *changed,
		   struct err *err);

/* Flows are counted, where offload: in the conf and the ports say so (@on), or not: to be
 * called after every change. Who turns it on turns it off when it ends. */
void sw_flows_count(struct sw *sw, bool on);

/* A port whose netdev is to have rules in the eswitch; err.code: why it cannot. */
struct sw_ready {
	size_t index; /* in sw->conf.ports */
	bool set_clsact, set_hw_tc;
	struct err err;
};
/* Adds a clsact qdisc and sets hw-tc-offload where that is missing; recorded first.
 * equal to: tc qdisc add dev NETDEV clsact; ethtool -K NETDEV hw-tc-offload on */
void sw_offload_ready(struct sw *sw, struct sw_ready *list, size_t len);
struct sw_rules {
	struct flower_rule *list; /* the caller's, to free() */
	size_t len, size;
};
/* Rules of the switch that are in the kernel, known by their cookie. Return: 0, -errno.
 * equal to: tc filter show dev NETDEV ingress, of each port */
int sw_offload_rules(struct sw *sw, struct sw_rules *rules, struct err *err);
/* Takes out all rules that state.json speaks of and nobody keeps. Return: 0, -errno. */
int sw_offload_purge(struct sw *sw, struct err *err);
/* There are none any more. */
void sw_offload_ended(struct sw *sw);
/* What the switch's rules have at the beginning of their cookies. */
uint32_t sw_offload_id(const struct sw *sw);

enum sw_port_state sw_port_state(const struct sw *sw, size_t index);
/* Index in sw->conf.ports of a slot, or -1. */
int sw_port_by_slot(const struct sw *sw, uint32_t slot);
const char *sw_owner_name(enum sw_owner owner);

/* As bridge(8). Add makes a static entry; a dynamic one there becomes static.
 * Errors: unknown port, VLAN the port is not in, multicast MAC: -EINVAL;
 * del of nothing: -ENOENT. */
int sw_fdb_add(struct sw *sw, const uint8_t mac[6], uint16_t vlan, const char *port,
	       struct err *err);
int sw_fdb_del(struct sw *sw, const uint8_t mac[6], uint16_t vlan, struct err *err);
/* Dynamic entries only. @port NULL: any; @vlan 0: any. Return: how many, -errno. */
int sw_fdb_flush(struct sw *sw, const char *port, uint16_t vlan, struct err *err);
/* Removes entries past their age. Return: how many, -errno. */
int sw_fdb_age(struct sw *sw, struct err *err);

#endif
