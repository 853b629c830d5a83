/* SPDX-License-Identifier: GPL-2.0-only */
/* eswsim.h - a simulated NIC with an embedded switch: its objects
 *
 * A card has a wire, an uplink and virtual ports (vports). A vport joins a
 * function (SF or VF: what an SF netdev, a VF netdev or a vDPA device sends and
 * receives) with a representor. Frames from a function or from the wire meet the
 * flower rules of their vport; what no rule takes is received by the representor.
 *
 * Locks, outermost first: devlink of the card, devlink of an SF, rtnl,
 * card->flow_lock, vDPA locks. The data path runs under RCU only.
 */
#ifndef ESWSIM_H
#define ESWSIM_H

#include <linux/auxiliary_bus.h>
#include <linux/debugfs.h>
#include <linux/etherdevice.h>
#include <linux/hashtable.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rhashtable-types.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/devlink.h>
#include <net/flow_offload.h>
#include <net/xdp.h>

#define ESW_HEADROOM 256
#define ESW_QUEUE_MAX 4096
#define ESW_UPLINK_VPORT 0xffff
#define ESW_VF_VPORT 1
#define ESW_SF_VPORT 0x8000
#define ESW_MAX_VFS 64
#define ESW_MAX_OUT 32
#define ESW_MAX_ACT 48
#define ESW_RATE_UNIT 125000 /* bytes/s: rates are whole Mbit/s, as on mlx5 */
#define ESW_STATS_PERIOD HZ

/* operations that can be made to fail, or be delayed, one by one */
#define ESW_OPS(X)        \
	X(mode_set)       \
	X(port_new)       \
	X(port_del)       \
	X(rep_netdev)     \
	X(hw_addr_set)    \
	X(roce_set)       \
	X(max_io_eqs_set) \
	X(state_set)      \
	X(attach)         \
	X(detach)         \
	X(opstate)        \
	X(sf_probe)       \
	X(reload_down)    \
	X(reload_up)      \
	X(sf_netdev)      \
	X(vdpa_mgmtdev)   \
	X(vdpa_add)       \
	X(vdpa_del)       \
	X(flow_add)       \
	X(flow_stats)     \
	X(rate_set)       \
	X(xdp_set)        \
	X(late_rep)       \
	X(late_netdev)    \
	X(reset)
enum esw_op {
#define X(name) ESW_OP_##name,
	ESW_OPS(X)
#undef X
		ESW_OP_MAX
};

/* struct esw_knob - what debugfs ops/NAME/ says about one operation
 * @errno: positive error to fail with; 0: works
 * @after: let so many calls pass first
 * @times: fail so many, then work; 0: all
 * @delay_ms: wait before doing it
 * @calls: how often it was asked for
 */
struct esw_knob {
	u32 errno;
	u32 after;
	u32 times;
	u32 delay_ms;
	u32 calls;
};

enum esw_role { ESW_WIRE, ESW_UPLINK, ESW_REP, ESW_FN };
enum esw_kind { ESW_PORT_UPLINK, ESW_PORT_VF, ESW_PORT_SF };

struct esw_card;
struct esw_vport;
struct esw_vdpa;
struct esw_sfdev;

struct esw_stats {
	atomic64_t rx_packets, rx_bytes;	 /* sent by the function */
	atomic64_t tx_packets, tx_bytes;	 /* received by the function */
	atomic64_t cpu_rx_packets, cpu_rx_bytes; /* of rx: taken by the representor */
	atomic64_t cpu_tx_packets, cpu_tx_bytes; /* of tx: sent on the representor */
	atomic64_t drops;
};

/* struct esw_nd - private part of every netdev here */
struct esw_nd {
	struct net_device *dev;
	struct esw_card *card;
	struct esw_vport *vport;
	enum esw_role role;
	struct napi_struct napi;
	struct sk_buff_head rxq;
	struct bpf_prog __rcu *prog;
	struct xdp_rxq_info rxq_info;
	atomic64_t rx_packets, rx_bytes, tx_packets, tx_bytes, rx_dropped, tx_dropped;
};

/* struct esw_bucket - token bucket; a frame passes while it is not in debt */
struct esw_bucket {
	spinlock_t lock;
	u64 rate; /* bytes/s, 0: no limit */
	s64 tokens;
	u64 stamp_ns;
};

/* struct esw_node - a node of the rate tree */
struct esw_node {
	struct esw_bucket bucket;
};

/* struct esw_vport - a port of the embedded switch */
struct esw_vport {
	struct esw_card *card;
	enum esw_kind kind;
	u16 id;
	u32 controller;
	u32 num; /* of the VF or SF */
	u8 hw_addr[ETH_ALEN];
	bool roce;
	u32 max_io_eqs;
	struct devlink_port dl_port;
	bool dl_registered;
	struct net_device __rcu *rep; /* the uplink netdev, on the uplink */
	struct net_device __rcu *fn;  /* the wire's netdev, on the uplink */
	struct esw_vdpa __rcu *vdpa;
	struct esw_stats stats;
	struct esw_bucket bucket;
	struct esw_node __rcu *node;
	struct list_head tables; /* RCU, by prio: struct esw_table */
	struct list_head rules;
};

enum esw_hwstate { ESW_HW_ALLOCATED, ESW_HW_ACTIVE, ESW_HW_IN_USE, ESW_HW_TEARDOWN };
enum esw_event { ESW_EV_NONE, ESW_EV_ATTACH, ESW_EV_OPSTATE, ESW_EV_DETACH };

/* struct esw_sf - a subfunction in the card's table
 *
 * It outlives its port when that is deleted before the function has let go.
 */
struct esw_sf {
	struct esw_vport vport;
	struct list_head list;
	enum esw_hwstate state;
	enum esw_event event;
	unsigned long due;
	bool rep_late;
	unsigned long rep_due;
	bool external;
	bool pending_delete;
	struct esw_sfdev *sfdev;
	struct rcu_head rcu;
};

struct esw_vf {
	struct esw_vport vport;
	bool present;
};

/* struct esw_sfdev - the auxiliary device of an active local SF */
struct esw_sfdev {
	struct auxiliary_device adev;
	struct esw_card *card;
	struct esw_sf *sf;
	u32 sfnum;
	int id;
};

struct esw_card {
	struct device *dev;
	struct devlink *devlink;
	int idx;
	struct list_head list;
	u16 mode;
	bool dead; /* being removed */
	bool resetting;
	bool up;
	struct netdev_phys_item_id switch_id;
	struct net_device *wire;
	struct esw_vport uplink;
	struct esw_vf vfs[ESW_MAX_VFS];
	u32 num_vfs;
	struct xarray vports; /* by vport number; RCU for the data path */
	struct list_head sfs;
	u32 sf_count;
	struct delayed_work events;
	struct delayed_work reset_work;
	struct mutex flow_lock;
	struct list_head flows; /* all rules, for the counter cache */
	DECLARE_HASHTABLE(cookies, 12);
	u32 flow_count;
	struct delayed_work counters;
	struct dentry *debugfs;
	struct esw_knob knob[ESW_OP_MAX];
	u32 max_sfs, max_flows, max_eqs, speed_mbps;
	u32 max_vqp;
	bool ecpf, ignore_flow_level, reset_keep, deaf;
};

/* knobs.c */
int esw_op(struct esw_card *card, enum esw_op op, struct netlink_ext_ack *extack);
unsigned long esw_op_delay(struct esw_card *card, enum esw_op op);
void esw_knobs_init(struct esw_card *card);
void esw_knobs_done(struct esw_card *card);
int esw_knobs_module_init(void);
void esw_knobs_module_done(void);

/* main.c */
void esw_card_reset(struct esw_card *card);

/* eswitch.c */
int esw_mode_get(struct devlink *devlink, u16 *mode);
int esw_mode_set(struct devlink *devlink, u16 mode, struct netlink_ext_ack *extack);
int esw_set_mode(struct esw_card *card, u16 mode, struct netlink_ext_ack *extack);
int esw_set_vfs(struct esw_card *card, u32 num);
void esw_vport_init(struct esw_vport *vport, struct esw_card *card, enum esw_kind kind, u16 id);
int esw_vport_add(struct esw_vport *vport, const struct devlink_port_ops *ops);
void esw_vport_del(struct esw_vport *vport);
int esw_vport_add_rep(struct esw_vport *vport, struct netlink_ext_ack *extack);
void esw_vport_del_rep(struct esw_vport *vport);
extern const struct devlink_port_ops esw_vf_port_ops;

/* sf.c */
int esw_port_new(struct devlink *devlink, const struct devlink_port_new_attrs *attrs,
		 struct netlink_ext_ack *extack, struct devlink_port **port);
int esw_hw_addr_get(struct devlink_port *port, u8 *addr, int *len, struct netlink_ext_ack *extack);
int esw_hw_addr_set(struct devlink_port *port, const u8 *addr, int len,
		    struct netlink_ext_ack *extack);
int esw_roce_get(struct devlink_port *port, bool *on, struct netlink_ext_ack *extack);
int esw_roce_set(struct devlink_port *port, bool on, struct netlink_ext_ack *extack);
int esw_max_io_eqs_get(struct devlink_port *port, u32 *eqs, struct netlink_ext_ack *extack);
int esw_max_io_eqs_set(struct devlink_port *port, u32 eqs, struct netlink_ext_ack *extack);
void esw_sfs_del_all(struct esw_card *card);
void esw_sf_events(struct work_struct *work);
void esw_sf_kick(struct esw_card *card);
const char *esw_sf_state_name(const struct esw_sf *sf);

/* sfdev.c */
int esw_sfdev_add(struct esw_sf *sf);
void esw_sfdev_del(struct esw_sf *sf);
int esw_sfdev_module_init(void);
void esw_sfdev_module_done(void);

/* netdev.c */
struct net_device *esw_netdev_add(struct esw_card *card, struct esw_vport *vport,
				  enum esw_role role, struct device *parent,
				  struct devlink_port *port, const char *name);
void esw_netdev_del(struct net_device *dev);
void esw_netdev_rx(struct net_device *dev, struct sk_buff *skb);
struct sk_buff *esw_skb_take(struct sk_buff *skb);
int esw_change_mtu(struct net_device *dev, int mtu);

/* xdp.c */
extern const struct xdp_metadata_ops esw_xdp_metadata_ops;
int esw_bpf(struct net_device *dev, struct netdev_bpf *bpf);
int esw_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags);
bool esw_xdp_run(struct esw_nd *nd, struct bpf_prog *prog, struct sk_buff **skb, bool *redirected);

/* frame.c */
void esw_from_function(struct esw_vport *vport, struct sk_buff *skb);
void esw_to_function(struct esw_vport *vport, struct sk_buff *skb, bool from_cpu);
void esw_output(struct esw_card *card, u16 vport_id, struct sk_buff *skb);

/* parse.c: a frame's header as the flow table sees it; host order, unless said */
struct esw_key {
	u8 dst[ETH_ALEN], src[ETH_ALEN];
	u8 tag1, tag2; /* ESW_TAG_*: of the outer and the next tag */
	u16 vid1, vid2;
	u8 prio1, prio2;
	__be16 ethertype;
	u8 ip_proto, tos, ttl, frag;
	__be16 sport, dport;
	u8 pad[2];
	__be32 ip_src[4], ip_dst[4];
};
enum { ESW_TAG_NONE, ESW_TAG_C, ESW_TAG_S };
void esw_parse(const struct sk_buff *skb, struct esw_key *key);

/* action.c */
enum esw_act_id {
	ESW_ACT_PUSH,
	ESW_ACT_POP,
	ESW_ACT_SETVID,
	ESW_ACT_ETH,
	ESW_ACT_OUT,
	ESW_ACT_DROP,
	ESW_ACT_TRAP
};
struct esw_act {
	enum esw_act_id id;
	u16 vport;	      /* OUT */
	__be16 proto;	      /* PUSH */
	u16 tci;	      /* PUSH; SETVID: the VID */
	u8 val[12], mask[12]; /* ETH: destination, source */
};
struct esw_rule;
bool esw_actions_run(struct esw_card *card, const struct esw_rule *rule, struct sk_buff *skb);

/* fltable.c */
struct esw_rule {
	struct rhash_head node;
	struct esw_key key; /* masked: the hash key */
	unsigned long cookie;
	struct esw_vport *vport;
	struct esw_table *table;
	struct list_head list, all;
	struct hlist_node by_cookie;
	atomic64_t packets, bytes;
	unsigned long lastused;
	/* what the last sweep of the counters saw, and what tc was told */
	u64 seen_packets, seen_bytes, told_packets, told_bytes;
	unsigned long seen_lastused;
	int nacts, last_edit;
	struct rcu_head rcu;
	struct esw_act acts[];
};
int esw_rule_insert(struct esw_rule *rule, u32 prio, const struct esw_key *mask);
void esw_rule_remove(struct esw_rule *rule);
struct esw_rule *esw_rule_lookup(struct esw_vport *vport, const struct esw_key *key);
void esw_counters(struct work_struct *work);
void esw_rules_flush(struct esw_vport *vport);

/* flower.c */
int esw_setup_tc(struct net_device *dev, enum tc_setup_type type, void *type_data);

/* rate.c */
void esw_bucket_init(struct esw_bucket *bucket);
bool esw_rate_pass(struct esw_vport *vport, unsigned int len);
int esw_leaf_tx_max(struct devlink_rate *rate, void *priv, u64 tx_max,
		    struct netlink_ext_ack *extack);
int esw_leaf_tx_share(struct devlink_rate *rate, void *priv, u64 tx_share,
		      struct netlink_ext_ack *extack);
int esw_node_tx_max(struct devlink_rate *rate, void *priv, u64 tx_max,
		    struct netlink_ext_ack *extack);
int esw_node_tx_share(struct devlink_rate *rate, void *priv, u64 tx_share,
		      struct netlink_ext_ack *extack);
int esw_node_new(struct devlink_rate *rate, void **priv, struct netlink_ext_ack *extack);
int esw_node_del(struct devlink_rate *rate, void *priv, struct netlink_ext_ack *extack);
int esw_leaf_parent(struct devlink_rate *child, struct devlink_rate *parent, void *priv_child,
		    void *priv_parent, struct netlink_ext_ack *extack);

/* vdpa.c */
struct esw_vmgmt;
struct esw_vmgmt *esw_vmgmt_add(struct esw_sfdev *sfdev);
void esw_vmgmt_del(struct esw_vmgmt *vmgmt);
bool esw_vdpa_wants(struct esw_vdpa *vdpa, const u8 *dst);
void esw_vdpa_rx(struct esw_vdpa *vdpa, struct sk_buff *skb);

#endif
