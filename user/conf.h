/* SPDX-License-Identifier: GPL-2.0-only */
/* conf.h - a switch as its YAML file (or a control message) describes it
 *
 * Pure data: nothing here has looked at the host. A value that was not given
 * holds the default that the data path uses; where it matters whether a key was
 * given at all there is a `has_` or a sentinel.
 */
#ifndef REPX_CONF_H
#define REPX_CONF_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CONF_NAME_MAX 32   /* with the final zero; [A-Za-z0-9_.-]+ */
#define CONF_HANDLE_MAX 80 /* as DEVLINK_HANDLE_MAX */

enum conf_attach { /* names: attach_name() */
		   CONF_ATTACH_AUTO,
		   CONF_ATTACH_XDP,
		   CONF_ATTACH_TC, /* tcx or clsact */
		   CONF_ATTACH_TCX,
		   CONF_ATTACH_CLSACT,
		   CONF_ATTACH_XDP_GENERIC,
		   CONF_ATTACH_MAX
};

enum conf_role { CONF_ROLE_PORT, CONF_ROLE_UPLINK, CONF_ROLE_HOST };
enum conf_unknown { CONF_UNKNOWN_FLOOD, CONF_UNKNOWN_UPLINK, CONF_UNKNOWN_DROP };
enum conf_vlan_mode {
	CONF_VLAN_NONE, /* member of no VLAN: only a host port may be so */
	CONF_VLAN_ACCESS,
	CONF_VLAN_TRUNK,
	CONF_VLAN_TUNNEL
};

/* where a value stands in its file: for messages after parsing */
struct conf_pos {
	uint32_t line, col; /* from 1; 0 = not from a file */
};

struct conf_vlan {
	enum conf_vlan_mode mode;
	uint16_t vid;		 /* access and tunnel: the VID; trunk: native or 0 */
	uint16_t tpid;		 /* host order: 0x8100 (default) or 0x88a8 */
	bool all;		 /* trunk: all; set holds 1-4094 less the tunnels' VIDs */
	uint64_t set[4096 / 64]; /* trunk: VIDs accepted, native among them */
};

struct conf_ip {
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint8_t len;	  /* bits of addr: 96..128 for IPv4 */
};

struct conf_guard {
	bool on;      /* there is a guard: key */
	bool from_fn; /* guard: true: mac holds the function's, and its vDPA device's */
	bool strict;
	uint8_t (*mac)[6];
	size_t mac_len; /* 0: source MACs are not checked */
	struct conf_ip *ip;
	size_t ip_len; /* 0: addresses are not checked */
};

struct conf_rate {
	uint64_t rx, tx; /* bytes of L2 without FCS a second; 0 = no limit */
	uint64_t burst;	 /* bytes; 0 = default */
	uint64_t rx_min; /* as rx: what the card promises; 0 = nothing */
};

struct conf_storm {
	uint64_t broadcast, multicast, unknown; /* frames a second; 0 = no limit */
};

/* The function that a port's representor stands for, where the port is named by it
 * (`sf:`, `vf:`) and not by a netdev. What was not given is not sent to the kernel. */
enum conf_fn_kind { CONF_FN_NONE, CONF_FN_SF, CONF_FN_VF };
#define CONF_NOT_GIVEN (-1)

struct conf_fn {
	enum conf_fn_kind kind;
	uint16_t pf;
	uint32_t num;
	bool num_auto; /* num is still to be chosen: of a port that is being added */
	bool has_controller;
	uint32_t controller; /* 0, also where not given: this host's */
	uint8_t mac[6];	     /* zero: not given */
	/* SFs only; 1, 0, CONF_NOT_GIVEN */
	int8_t eth, rdma, roce;
	uint32_t max_io_eqs; /* 0: not given */
	struct conf_pos pos, mac_pos;
};

/* A virtio-net device on the SF (`vdpa:`). */
enum conf_vdpa_bind { CONF_BIND_NONE, CONF_BIND_VHOST, CONF_BIND_VIRTIO };

struct conf_vdpa {
	bool on;
	char name[CONF_NAME_MAX]; /* the port's, where not given */
	uint8_t mac[6];		  /* the SF's, where not given; zero: neither */
	uint16_t mtu, max_vqp;	  /* 0: not given */
	uint64_t features;	  /* virtio bits that were named; 0: not given */
	enum conf_vdpa_bind bind; /* NONE: left to the kernel */
	struct conf_pos pos, name_pos;
};

struct conf_port {
	char name[CONF_NAME_MAX];
	char netdev[IFNAMSIZ]; /* "" with fn; for the host port: the switch's side */
	struct conf_fn fn;
	struct conf_vdpa vdpa;
	enum conf_role role;
	struct conf_vlan vlan;
	struct conf_guard guard;
	struct conf_rate rate;
	struct conf_storm storm;
	uint32_t mac_limit; /* 0 = no limit */
	uint32_t mac_moves; /* a second; 0 = no limit; default 100 */
	bool isolated, learning, flood, up, link_local_host, shared;
	uint8_t pcp;
	enum conf_attach attach; /* the switch's, where the port has none */
	bool xdp_shared;	 /* xdp: shared */
	bool pool;		 /* a spare SF (switch.pool): in no file, in no VLAN */
	struct conf_pos pos, netdev_pos, vlan_pos, attach_pos;
};

struct conf_fdb {
	uint8_t mac[6];
	uint16_t vlan;
	char port[CONF_NAME_MAX];
	struct conf_pos pos, vlan_pos, port_pos;
};

/* What may be put into the eswitch. */
enum conf_offload_on { CONF_OFFLOAD_AUTO, CONF_OFFLOAD_ON, CONF_OFFLOAD_OFF };

struct conf_offload {
	enum conf_offload_on enabled; /* auto: on a switch with ports behind an eswitch */
	uint16_t pref;		      /* first of six; default 11 */
	uint32_t max_rules;	      /* default 4096 */
	uint64_t promote;	      /* packets a second; default 100 */
	uint64_t idle_ms;	      /* default 10000 */
	bool flood;
	bool guard_ip; /* IP guards as matches of IPv4 prefixes, though software looks deeper */
};

/* One switch. Ports in the order of the file, the host port (if any) last. */
struct conf {
	char name[CONF_NAME_MAX];
	char eswitch[CONF_HANDLE_MAX]; /* devlink handle, "pci/0000:03:00.0", or "" */
	bool switchdev;		       /* mode: switchdev: repx may set it */
	struct conf_pos eswitch_pos;
	enum conf_attach attach;
	uint32_t tc_pref; /* default 49152 */
	bool tc_marks;
	bool xdp_tx_errors; /* default true */
	uint32_t fdb_size;  /* entries; default 65536 */
	uint64_t ageing_ms; /* default 300000; 0 = never */
	uint32_t max_ports; /* switch.max_ports; default 1024, at most 4096 */
	uint32_t pool_sf;   /* spare SFs that are kept ready; default 0 */
	struct conf_pos pool_pos;
	enum conf_unknown unknown;
	struct conf_offload offload;
	char host_netdev[IFNAMSIZ]; /* the stack's side; "" = no host port */
	struct conf_pos attach_pos;
	struct conf_port *ports;
	size_t ports_len;
	struct conf_fdb *fdb;
	size_t fdb_len;
};

/* One mistake. file is not owned. */
struct conf_error {
	struct conf_pos pos;
	char text[256];
};

struct conf_errors {
	struct conf_error *list; /* by line, then column */
	size_t len;
};

/**
 * conf_parse() - read a switch from YAML (or JSON) text
 * @text, @len: the document
 * @out: filled on success only; conf_done() it
 * @errors: every mistake of the text in one run; conf_errors_done() it
 *
 * Return: 0; -EINVAL with at least one error; -ENOMEM.
 */
int conf_parse(const char *text, size_t len, struct conf *out, struct conf_errors *errors);

/**
 * conf_read() - conf_parse() of a file; "-" is standard input
 * Return: as conf_parse(); -errno when the file cannot be read.
 */
int conf_read(const char *path, struct conf *out, struct conf_errors *errors);

/**
 * conf_port_parse() - one port from a YAML/JSON mapping, as `port add` gives it
 * @conf: the switch it joins: defaults, name clashes, tunnel VIDs are checked
 *
 * The port is appended to @conf->ports on success (before a host port). sf.num may be
 * auto here: who calls chooses it.
 * Return: as conf_parse().
 */
int conf_port_parse(const char *text, size_t len, struct conf *conf, struct conf_errors *errors);

/**
 * conf_check() - the rules that concern several objects
 *
 * Duplicate names and netdevs, VIDs of tunnels on other ports, FDB entries of
 * unknown ports, more ports than max_ports. conf_parse() has called it; who
 * changes a conf by hand (ports of other owners added) calls it again.
 * It also settles what depends on all ports: trunk: all less tunnel VIDs.
 * Return: 0, -EINVAL with errors appended, -ENOMEM.
 */
int conf_check(struct conf *conf, struct conf_errors *errors);

/* The port called @name, or NULL. */
struct conf_port *conf_find(const struct conf *conf, const char *name);

/* Removes a port (its fdb entries too; what trunk: all means is settled again).
 * Return: 0, -ENOENT. */
int conf_remove(struct conf *conf, const char *name);

/* Puts a port (with its memory) behind the others, before a host port. -ENOMEM. */
int conf_add_port(struct conf *conf, const struct conf_port *port);

/* How many ports there are beside the spare SFs. */
size_t conf_ports_wanted(const struct conf *conf);

/* Deep copy. Return: 0, -ENOMEM (then @to is untouched). */
int conf_copy(struct conf *to, const struct conf *from);

/* Same meaning (positions do not count). */
bool conf_port_equal(const struct conf_port *a, const struct conf_port *b);
/* Is it one function: kind, numbers, controller? What it is to be like may differ. Two
 * ports without one have the same. */
bool conf_fn_same(const struct conf_fn *a, const struct conf_fn *b);
/* Is it the same, and to be like the other in all that is set before it is active or
 * needs a reload? */
bool conf_fn_equal(const struct conf_fn *a, const struct conf_fn *b);
bool conf_offload_equal(const struct conf_offload *a, const struct conf_offload *b);
bool conf_vdpa_equal(const struct conf_vdpa *a, const struct conf_vdpa *b);

/* Is the port's VLAN configuration a member of @vid, whatever its mode? */
bool conf_vlan_member(const struct conf_vlan *v, unsigned int vid);

/* The default of every key, for a switch and for a port of it. */
void conf_init(struct conf *conf);
void conf_port_init(struct conf_port *port, const struct conf *conf);

/* What is no mistake, but probably not meant: one call of @warn each. What only
 * the host can tell (MTUs, missing netdevs) is not looked at. */
void conf_warnings(const struct conf *conf, void (*warn)(const char *text));

void conf_done(struct conf *conf); /* zeroes it; {0} is fine */
void conf_errors_done(struct conf_errors *errors);
void conf_port_done(struct conf_port *port);

static inline bool conf_vlan_has(const struct conf_vlan *v, unsigned int vid)
{
	return v->set[vid / 64] >> (vid % 64) & 1;
}

#endif
