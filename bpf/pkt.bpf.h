/* SPDX-License-Identifier: GPL-2.0-only */
/* pkt.bpf.h - a frame as it came in, and what the rules have found out so far */
#ifndef REPX_PKT_BPF_H
#define REPX_PKT_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "repx_abi.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef ETH_HLEN
#define ETH_HLEN 14
#endif

#define NEXT_RULE (-2) /* no verdict yet: neither hook has such a one */

#define VLAN_HLEN 4
#define MTU_HEADERS (ETH_HLEN + VLAN_HLEN) /* in a frame, not in an MTU */
#define VLAN_VID_MASK 0x0fff
#define VLAN_PRIO_MASK 0xf000 /* PCP and DEI */

#define REPX_READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define REPX_WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))

/* A frame as the wire sees it: GSO and GRO aggregates are many. */
struct repx_wire {
	__u32 size;  /* bytes of the frame (GSO: of a full segment), tag included */
	__u32 bytes; /* of all segments */
	__u32 segs;  /* frames */
};

/* A function of its own for the verifier: checked once, with any arguments, so
 * that its branches do not multiply with those of its callers. */
#define __global __attribute__((noinline))

/* Both hooks fill it in their parse function (ctx_xdp.bpf.h, ctx_tc.bpf.h). What
 * tells a flow comes first: two words, copied and compared as such (pkt_words). */
struct repx_pkt {
	__u8 dst[ETH_ALEN] __attribute__((aligned(8)));
	__u8 src[ETH_ALEN];
	__be16 tpid_be; /* outermost tag, wherever it sits; 0: none */
	__u16 tci;
	__be16 type_be; /* ethertype behind that tag */
	__u16 l3;	/* offset of what follows type_be, for ctx_load() */
	__u32 ifindex;
	struct repx_wire wire;
	__u32 end; /* bytes that ctx_load() can reach */
	__u8 malformed;
	__u8 frags; /* XDP: more than one buffer */
};

/* The port the frame came in on, and its place in the VLANs. */
struct repx_in {
	const struct repx_port *port;
	__u32 slot;
	__u32 unknown; /* 0: the source was admitted here a moment ago (known.bpf.h) */
	__u16 vid;
	__u16 prio; /* PCP and DEI, where they are in a TCI */
	__u8 strip; /* the outermost tag is the classifying one: it is taken off */
	__u8 nolearn;
	__u8 nocache;
	__u8 here;   /* the source address has been learnt here, or is known here */
	__u8 marked; /* a tc script asked for something */
};

/* The one port a frame goes to, and as what. */
struct repx_out {
	const struct repx_port *port;
	__u32 slot;
	__be16 tpid_be; /* 0: leaves without a tag */
	__u16 tci;
	__s8 growth; /* bytes that tag edits add */
	__u8 host;   /* the verdict is host, not forward */
};

/* What the rules need beside the frame. */
struct repx_run {
	struct repx_cfg *cfg;
	const struct repx_sw *sw;
	__u64 epoch;		  /* read once: its half, for the whole frame */
	struct repx_cache *place; /* of the frame's flow; NULL: one that is not remembered */
	__u32 half;
};

typedef __u64 __attribute__((may_alias)) repx_word;
typedef __u32 __attribute__((may_alias)) repx_half_word;

/* Destination, source, TPID and TCI, of a struct repx_pkt or repx_cache. */
static __always_inline repx_word *pkt_words(const void *pkt)
{
	return (repx_word *)pkt;
}

/* Both addresses at once: clang copies bytes one by one where it cannot know how
 * they are aligned, as in struct ethhdr. */
static __always_inline void mac_copy_both(void *to, const void *from)
{
	*(repx_word *)to = *(const repx_word *)from;
	*(repx_half_word *)(to + 8) = *(const repx_half_word *)(from + 8);
}

/* Fills the two words, each with one store: read back whole, what was written in
 * pieces would have to wait for them. */
static __always_inline void pkt_set_words(struct repx_pkt *pkt, const void *frame, __be16 tpid_be,
					  __u16 tci)
{
	__u64 src = *(const repx_half_word *)(frame + 8);

	pkt_words(pkt)[0] = *(const repx_word *)frame;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	pkt_words(pkt)[1] = src | (__u64)tpid_be << 32 | (__u64)tci << 48;
#else
	pkt_words(pkt)[1] = src << 32 | (__u64)tpid_be << 16 | tci;
#endif
}

static __always_inline __u64 mac_u64(const __u8 *mac)
{
	__u64 m = 0;

	__builtin_memcpy(&m, mac, ETH_ALEN);
	return m;
}

/* mac_u64() of the frame's own addresses, by its words: from bytes it takes six loads. */
static __always_inline __u64 pkt_dst(const struct repx_pkt *pkt)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return pkt_words(pkt)[0] << 16 >> 16;
#else
	return pkt_words(pkt)[0] >> 16 << 16;
#endif
}

static __always_inline __u64 pkt_src(const struct repx_pkt *pkt)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return pkt_words(pkt)[0] >> 48 | pkt_words(pkt)[1] << 32 >> 16;
#else
	return pkt_words(pkt)[0] << 48 | pkt_words(pkt)[1] >> 32 << 16;
#endif
}

/* A struct repx_fdb_key as a word: written with one store, since the hash reads it in halves
 * and would have to wait for pieces. @mac: as of mac_u64() */
static __always_inline __u64 mac_word(__u16 vid, __u64 mac)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return mac << 16 | vid;
#else
	return mac >> 16 | (__u64)vid << 48;
#endif
}

/* The same as a number: VID, then the address, whose last byte is the lowest. */
static __always_inline __u64 mac_word_number(__u64 key)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return key << 48 | bpf_be64_to_cpu(key) << 16 >> 16;
#else
	return key;
#endif
}

static __always_inline int mac_equal(const __u8 *a, const __u8 *b)
{
	return mac_u64(a) == mac_u64(b);
}

static __always_inline int mac_is_group(const __u8 *mac)
{
	return mac[0] & 1;
}

static __always_inline int mac_is_broadcast(const __u8 *mac)
{
	__u64 all = 0;

	__builtin_memset(&all, 0xff, ETH_ALEN);
	return mac_u64(mac) == all;
}

/* 01:80:c2:00:00:00 to :0f */
static __always_inline int mac_is_reserved(const __u8 *mac)
{
	return mac[0] == 0x01 && mac[1] == 0x80 && mac[2] == 0xc2 && !mac[3] && !mac[4] &&
	       mac[5] <= 0x0f;
}

static __always_inline int is_vlan_type(__be16 type_be)
{
	return type_be == bpf_htons(ETH_P_8021Q) || type_be == bpf_htons(ETH_P_8021AD);
}

#endif
