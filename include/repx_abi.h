/* SPDX-License-Identifier: GPL-2.0-only */
/* repx_abi.h - keys and values of the pinned maps: the contract of bpf and user code
 *
 * Scalars are in host byte order unless the name ends in _be. MAC addresses are
 * in wire order. Padding is explicit and always zero: hash keys compare it.
 * A port is known by its slot: a number below repx_cfg.max_ports that it keeps
 * for as long as it exists.
 */
#ifndef REPX_ABI_H
#define REPX_ABI_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "repx_reasons.h"

#define REPX_ABI_VERSION 2

#define REPX_MAX_PORTS 4096 /* most slots a switch can be made with */
#define REPX_MAX_VLANS 4096
#define REPX_PORT_NONE 0xffffffffU
#define REPX_CACHE_SLOTS 4096 /* a power of two */

/* time of the limits: sixteenths of a nanosecond, so that 64 bytes at
 * 100 Gbit/s (5.12 ns) are not rounded away; wraps after 36 years of uptime */
#define REPX_TICKS_SHIFT 4
#define REPX_COST_SHIFT 16 /* fixed point of repx_limit.cost */

/* repx_sw.unknown: where a frame for an unknown unicast address goes */
#define REPX_UNKNOWN_FLOOD 0
#define REPX_UNKNOWN_UPLINK 1
#define REPX_UNKNOWN_DROP 2

/* repx_sw.flags */
#define REPX_SW_MARKS (1U << 0)	  /* obey skb->mark of tc scripts */
#define REPX_SW_GENERIC (1U << 1) /* some port runs generic XDP */

/* skb->mark of tc scripts: value and mask, and the requests in the low bits */
#define REPX_MARK_VALUE 0x52500000U
#define REPX_MARK_MASK 0xfff00000U
#define REPX_MARK_DROP (1U << 0)
#define REPX_MARK_KERNEL (1U << 1)
#define REPX_MARK_NOLEARN (1U << 2)
#define REPX_MARK_NOOFFLOAD (1U << 3)

/* What a switch is, of which there are two: one in use, one being written. */
struct repx_sw {
	__u64 ageing_ns;  /* 0 = never */
	__u32 flags;	  /* REPX_SW_* */
	__u32 unknown;	  /* REPX_UNKNOWN_* */
	__u32 host_port;  /* slot, or REPX_PORT_NONE */
	__u32 words;	  /* words of repx_vlan.members in use: 1..64 */
	__u8 host_mac[6]; /* of the stack's side of the host port */
	/* Jiffies for which what was found out of a frame decides others (repx_cache,
	 * repx_known): addresses are refreshed, and age, to within so many. 1 to REPX_HOLD. */
	__u16 hold;
};
#define REPX_HOLD 64			    /* 64 to 640 ms, by the kernel's HZ ... */
#define REPX_HOLD_AGEING_NS 128000000000ULL /* ... from such an ageing on; else 1 */

/* repx_cfg, one element.
 * The epoch is the switch's one flip and its one notice: bit 0 is the half of
 * repx_cfg.sw, repx_ports and repx_vlans in use, and whatever was remembered of
 * an earlier value (repx_cache) is void. A flip adds 1, a moved or deleted
 * address adds 2, both atomically. */
struct repx_cfg {
	__u32 abi; /* REPX_ABI_VERSION; field 0 in every version */
	__u32 max_ports;
	__u64 epoch;
	__u64 sweep_ns; /* no look for expired addresses in a full FDB before */
	__u32 watch;	/* somebody reads repx_events */
	__u32 fdb_size;
	/* Flow accounting. One frame in so many that were not decided from memory is
	 * charged, as so many, to its flow in repx_flows; 0: none is. */
	__u32 sample;
	__u32 sample_flood; /* the same for flooded frames */
	struct repx_sw sw[2];
};

/* repx_port.flags */
#define REPX_PORT_UP (1U << 0)
#define REPX_PORT_UPLINK (1U << 1)
#define REPX_PORT_HOST (1U << 2)
#define REPX_PORT_TUNNEL (1U << 3) /* QinQ: whole frame is payload of pvid */
#define REPX_PORT_TAGGED (1U << 4) /* trunk: accepts tags, sends them */
#define REPX_PORT_ISOLATED (1U << 5)
#define REPX_PORT_LEARN (1U << 6)
#define REPX_PORT_FLOOD (1U << 7)      /* gets unknown unicast */
#define REPX_PORT_LINK_LOCAL (1U << 8) /* link_local: host */
#define REPX_PORT_SHARED (1U << 9)     /* the kernel gets untagged groups too */
#define REPX_PORT_GUARD_MAC (1U << 10)
#define REPX_PORT_GUARD_IP (1U << 11)
#define REPX_PORT_STRICT (1U << 12)
#define REPX_PORT_XMIT (1U << 13)    /* takes native XDP redirects */
#define REPX_PORT_XMIT_SG (1U << 14) /* ... of multi-buffer frames too */
#define REPX_PORT_VETH (1U << 15)    /* native XDP on veth: look at its skb */
#define REPX_PORT_GENERIC (1U << 16) /* generic XDP runs before tc */
#define REPX_PORT_LIMITED (1U << 17) /* some repx_limit below is set */

/* A token bucket as rate: a byte (rate) or frame (storm, moves) costs
 * cost / 2^REPX_COST_SHIFT ticks. cost 0 = no limit. */
struct repx_limit {
	__u64 cost;
	__u64 burst; /* ticks */
};

enum repx_limit_id {
	REPX_LIMIT_RX,	      /* bytes the SF/VF sends */
	REPX_LIMIT_TX,	      /* bytes the SF/VF receives */
	REPX_LIMIT_BROADCAST, /* frames sent */
	REPX_LIMIT_MULTICAST,
	REPX_LIMIT_UNKNOWN,
	REPX_LIMIT_MOVES, /* addresses that move to the port */
	REPX_LIMIT_MAX
};

/* repx_ports: half * max_ports + slot. Only ifindex != 0 is a port. */
struct repx_port {
	__u32 ifindex;
	__u32 flags; /* REPX_PORT_* */
	__u32 mtu;
	__u32 guard;	/* set of repx_guard_mac and repx_guard_ip */
	__u16 pvid;	/* access, native or tunnel VID; 0 = none */
	__be16 tpid_be; /* the port's own: 0x8100 or 0x88a8 */
	__u8 pcp;	/* of frames without a tag */
	__u8 pad;
	__u8 mac[6];	 /* the netdev's own */
	__u32 mac_limit; /* 0 = no limit */
	struct repx_limit limit[REPX_LIMIT_MAX];
};

/* repx_vlans: half * 4096 + VID. Bit s of members: slot s is in the VLAN. */
struct repx_vlan {
	__u64 members[REPX_MAX_PORTS / 64];
	__u32 tunnel; /* an S-VLAN: uplinks tag it 0x88a8 */
	__u32 pad;
};

/* repx_ifaces: ifindex -> slot. Valid only if repx_port.ifindex agrees. repx_memo: what was
 * found there last, by the low bits of ifindex: slot, and above it ifindex. */
#define REPX_MEMO_SLOTS 1024 /* a power of two */

/* repx_fdb */
struct repx_fdb_key {
	__u16 vlan;
	__u8 mac[6];
};

#define REPX_FDB_STATIC (1U << 0)
#define REPX_FDB_OFFLOADED (1U << 1) /* a rule of the eswitch stands on it; for show alone */
#define REPX_FDB_NO_RING 0xffffffffU

struct repx_fdb {
	__u32 port;  /* slot */
	__u32 flags; /* REPX_FDB_* */
	__u32 ring;  /* place in the port's repx_maclim ring */
	__u32 pad;
	__u64 seen_ns; /* CLOCK_MONOTONIC, coarse */
};

/* repx_passed, per CPU: an address that the port's guard allowed last, in this epoch. IPv4 is
 * in its mapped form. */
struct repx_passed {
	__u64 epoch;
	__u64 addr[2];
};

/* repx_maclim: the places of a port with a mac_limit. A place is taken while
 * repx_fdb has its address, dynamic, not expired, on this port, with this ring
 * number; so nothing has to be counted down when an address goes. */
struct repx_maclim_key {
	__u32 port;
	__u32 ring;
};

/* repx_state: what moves in a port with every frame; kept over flips */
struct repx_state {
	__u64 tat[REPX_LIMIT_MAX]; /* ticks until which the bucket owes; full burst later */
	__u32 ring_used;	   /* places of the repx_maclim ring ever given out */
	__u32 full_epoch;	   /* all were taken in this epoch (its low bits) ... */
	__u64 full_ns;		   /* ... and stay so until then */
};

/* repx_guard_mac: is in the set or is not; the value says nothing */
struct repx_guard_mac {
	__u32 set;
	__u8 mac[6];
	__u8 pad[2];
};

/* repx_guard_ip: an LPM trie; IPv4 as ::ffff:a.b.c.d */
struct repx_guard_ip {
	__u32 prefixlen; /* 32 (the set) + bits of addr */
	__be32 set_be;
	__u8 addr[16];
};

/* repx_stats, per CPU, by slot. Packets and bytes as on the port's wire. */
struct repx_stats {
	__u64 rx_packets;
	__u64 rx_bytes;
	__u64 tx_packets;
	__u64 tx_bytes;
	__u64 forwarded; /* verdicts of frames received here ... */
	__u64 flooded;
	__u64 to_host;
	__u64 to_kernel;
	__u64 flood_copies; /* ... and the copies those flooded made */
};

/* repx_drops, per CPU, by slot: drops, then events */
struct repx_drops {
#define REPX_FIELD(name, text) __u64 name;
	REPX_DROPS(REPX_FIELD)
	REPX_EVENTS(REPX_FIELD)
#undef REPX_FIELD
};

/* repx_cache, per CPU: the outcome of a flow (known unicast, or dropped for its
 * addresses or tag), for a moment */
struct repx_cache {
	__u8 dst[6];
	__u8 src[6];
	__be16 tpid_be; /* 0: no tag */
	__u16 tci;
	__u64 epoch;
	__u32 until; /* the last jiffy in which it decides: low bits */
	__u32 in_ifindex;
	__u32 out_ifindex;
	__u32 packets; /* decided by this entry, not charged to the flow yet */
	__u32 bytes;   /* on the ingress wire */
	__u16 in_port; /* slots */
	__u16 out_port;
	__u16 most;	    /* bytes, as it comes in: larger ones are for the rules */
	__u16 flags;	    /* REPX_PORT_XMIT* of the egress port, REPX_CACHE_* */
	__u8 drop;	    /* reason + 1; 0: it is forwarded */
	__s8 growth;	    /* bytes that tag edits add */
	__be16 out_tpid_be; /* 0: leaves without a tag */
	__u16 out_tci;
	/* For repx_flow_key. type_be 0: filled while nobody counted */
	__be16 type_be;
	__u16 tag2; /* VID and REPX_CACHE_TAG2_* */
	__u16 vlan;
};
#define REPX_CACHE_TAG2_Q (1U << 12)  /* a second tag, 0x8100 */
#define REPX_CACHE_TAG2_AD (1U << 13) /* ... 0x88a8 */
#define REPX_CACHE_STRIP (1U << 0)    /* the tag of the frame is taken off */
#define REPX_CACHE_HOST (1U << 1)     /* verdict is host, not forward */
#define REPX_CACHE_VETH (1U << 2)     /* the ingress port is REPX_PORT_VETH */
#define REPX_CACHE_GUARD (1U << 3)    /* its guard looks into each frame */

/* repx_known, per CPU: where frames from an address were admitted, for as long as
 * repx_cache's entries hold */
#define REPX_KNOWN_SLOTS 4096

struct repx_known {
	__u64 key; /* a struct repx_fdb_key */
	__u64 epoch;
	__u32 jiffies; /* low bits of when */
	__u32 at;      /* slot */
};

/* repx_where: for frames to an address, the slot repx_fdb had for it, a word for each
 * (where.bpf.h). So many rows that all addresses have room, and then the head. */
#define REPX_WHERE_PLACES 8	/* in a row */
#define REPX_WHERE_BITS_MIN 12	/* of the number of a row */
#define REPX_WHERE_CLEAR_BITS 8 /* rows that are cleared when a generation begins */

struct repx_where {
	__u64 place[REPX_WHERE_PLACES];
};

struct repx_where_head {
	__u64 turn;	/* epoch, and in the low 16 bits the generation */
	__u64 until_ns; /* CLOCK_MONOTONIC, coarse: the generation is over then ... */
	__u64 next_ns;	/* ... and no other begins before */
	__u64 sure;	/* so many jiffies it is not over; above them the low bits of turn */
};

/* .rodata of the programs */
struct repx_sizes {
	__u32 max_ports;  /* slots */
	__u32 where_bits; /* of the number of a row of repx_where */
};

/* repx_flows, an LRU hash: traffic that went from a port to one other (or, dst a group,
 * was flooded), while repx_cfg.sample is not 0. What the eswitch carries is not in it. */
struct repx_flow_key {
	__u16 port; /* slot it came in on */
	__u16 vlan; /* it is in */
	/* as it came in, at most two tags: 0 and 0 where there is none */
	__be16 tpid_be;
	__u16 vid; /* without PCP and DEI; may be 0 (priority tag) */
	__be16 tpid2_be;
	__u16 vid2;
	__be16 type_be; /* ethertype of what follows */
	__u8 dst[6];
	__u8 src[6];
	__u16 pad;
};

struct repx_flow {
	__u64 packets, bytes; /* on the ingress wire; an estimate where sample > 1 */
	__u64 seen_ns;	      /* CLOCK_MONOTONIC, coarse; of the last one charged */
	__u32 out;	      /* slot, or REPX_PORT_NONE: flooded */
	__u32 flags;	      /* REPX_FLOW_* */
};
#define REPX_FLOW_MARKED (1U << 0) /* a tc script marked a frame of it: not to be offloaded */

/* repx_hw, by slot, written by the daemon: what the eswitch carried without a frame coming
 * here, as on the port's wire */
struct repx_hw {
	__u64 rx_packets, rx_bytes;
	__u64 tx_packets, tx_bytes;
};

/* repx_moves, a ring buffer, written while flows are counted: a live address was seen on
 * another port. Each one also adds 2 to repx_cfg.epoch. */
struct repx_move {
	struct repx_fdb_key key;
	__u32 from, to; /* slots */
};

/* What repx_touch is run with (BPF_PROG_TEST_RUN): an entry of repx_fdb whose traffic the
 * eswitch carries. The program changes it only while it is on @port: a map update from
 * outside could undo a move. */
struct repx_touch {
	struct repx_fdb_key key;
	__u32 port;  /* slot */
	__u32 flags; /* REPX_FDB_OFFLOADED, or 0: no more */
	__u64 seen_ns;
	__u64 found; /* out: 1 it is there */
};

/* repx_events, a ring buffer, written only while repx_cfg.watch is not 0 */
#define REPX_NOTE_LEARNT 1
#define REPX_NOTE_MOVED 2
#define REPX_NOTE_MAC_LIMIT 3
#define REPX_NOTE_FDB_FULL 4
#define REPX_NOTE_MOVE_LIMITED 5

struct repx_note {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 type;    /* REPX_NOTE_* */
	__u32 port;    /* slot */
	__u32 from;    /* slot it moved from, or REPX_PORT_NONE */
	__u16 vlan;
	__u8 mac[6];
};

_Static_assert(sizeof(struct repx_sw) == 32, "repx_sw");
_Static_assert(sizeof(struct repx_cfg) == 40 + 2 * 32, "repx_cfg");
_Static_assert(sizeof(struct repx_port) == 128, "repx_port: two cache lines");
_Static_assert(sizeof(struct repx_vlan) == 520, "repx_vlan");
_Static_assert(sizeof(struct repx_fdb_key) == 8, "repx_fdb_key");
_Static_assert(sizeof(struct repx_fdb) == 24, "repx_fdb");
_Static_assert(sizeof(struct repx_state) == 64, "repx_state: one cache line");
_Static_assert(sizeof(struct repx_guard_ip) == 24, "repx_guard_ip");
_Static_assert(sizeof(struct repx_drops) == 8 * (REPX_DROP_MAX + REPX_EVENT_MAX), "repx_drops");
_Static_assert(sizeof(struct repx_cache) == 64, "repx_cache: one cache line");
_Static_assert(sizeof(struct repx_where) == 64, "repx_where: one cache line");
_Static_assert(sizeof(struct repx_flow_key) == 28, "repx_flow_key");
_Static_assert(sizeof(struct repx_flow) == 32, "repx_flow");
_Static_assert(sizeof(struct repx_note) == 32, "repx_note");
_Static_assert(sizeof(struct repx_move) == 16, "repx_move");
_Static_assert(sizeof(struct repx_touch) == 32, "repx_touch");

#endif
