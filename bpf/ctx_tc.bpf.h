/* SPDX-License-Identifier: GPL-2.0-only */
/* ctx_tc.bpf.h - the tc hook (tcx and clsact): what a frame is, and how it leaves
 *
 * The outermost tag is in skb metadata nearly always; in the frame's bytes only
 * in test runs. Frames may be GSO or GRO aggregates, with checksums half done:
 * both survive, since bpf_redirect() goes through the whole transmit path.
 */
#ifndef REPX_CTX_TC_BPF_H
#define REPX_CTX_TC_BPF_H

#include <bpf/bpf_core_read.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>

#include "maps.bpf.h"
#include "trace.bpf.h"
#include "vmlinux.h"

#define REPX_HOOK_XDP 0
#define REPX_XDP_PART 0

typedef struct __sk_buff repx_ctx;

/* On to the next filter: so do both tcx (TCX_NEXT) and clsact. */
#define CTX_KERNEL TC_ACT_UNSPEC
#define CTX_DROP TC_ACT_SHOT

#define TC_UDP_HLEN 8

static __always_inline int ctx_load(repx_ctx *ctx, __u32 off, void *to, __u32 len)
{
	if (REPX_TRACING && off + len > trace_size())
		return -1;
	return bpf_skb_load_bytes(ctx, off, to, len);
}

static __always_inline __u32 ctx_mark(const repx_ctx *ctx)
{
	return ctx->mark;
}

/* A script may have asked for something: such frames are never done from memory. */
static __always_inline int ctx_mark_set(const repx_ctx *ctx)
{
	return (ctx->mark & REPX_MARK_MASK) == REPX_MARK_VALUE;
}

/* The kernel's own view of the frame, for what __sk_buff does not show. */
static __always_inline struct sk_buff *tc_skb(repx_ctx *ctx)
{
	return (struct sk_buff *)ctx;
}

/* Bytes of headers that every segment of a GSO frame repeats. Segments end in
 * TCP or UDP; the stack that made them has set the transport header. */
static __always_inline __u32 tc_gso_header(repx_ctx *ctx)
{
	struct sk_buff *skb = tc_skb(ctx);
	unsigned char *head = BPF_CORE_READ(skb, head), *data = BPF_CORE_READ(skb, data);
	__u32 l4 = head + BPF_CORE_READ(skb, transport_header) - data;
	__u8 doff = 0, next = 0;

	if (ctx->protocol == bpf_htons(ETH_P_IP))
		bpf_skb_load_bytes_relative(ctx, 9, &next, 1, BPF_HDR_START_NET);
	else
		bpf_skb_load_bytes_relative(ctx, 6, &next, 1, BPF_HDR_START_NET);
	if (next == IPPROTO_UDP)
		return l4 + TC_UDP_HLEN;
	if (bpf_skb_load_bytes(ctx, l4 + 12, &doff, 1))
		return l4;
	return l4 + (doff >> 4) * 4;
}

/* Counts a GSO or GRO frame as what it will be on the wire. A guest's (tap) has
 * the size of its segments, but nobody has counted them yet. */
__global int tc_segments(repx_ctx *ctx, struct repx_pkt *pkt)
{
	__u32 header, tag, gso_size = ctx->gso_size;

	if (!pkt || !gso_size)
		return 0;
	header = tc_gso_header(ctx);
	tag = pkt->wire.size - pkt->end;
	pkt->wire.segs = ctx->gso_segs;
	if (!pkt->wire.segs && pkt->end > header)
		pkt->wire.segs = (pkt->end - header + gso_size - 1) / gso_size;
	if (pkt->wire.segs < 2) {
		pkt->wire.segs = 1;
		return 0;
	}
	pkt->wire.size = header + tag + gso_size;
	pkt->wire.bytes += (pkt->wire.segs - 1) * (header + tag);
	return 0;
}

static __always_inline void ctx_parse(repx_ctx *ctx, struct repx_pkt *pkt)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__be16 *type = data + 2 * ETH_ALEN, *tag = data + ETH_HLEN;
	__be16 tpid_be = 0;
	__u16 tci = 0;

	pkt->ifindex = ctx->ifindex;
	pkt->wire.segs = 1;
	pkt->end = REPX_TRACING ? trace_size() : ctx->len;
	pkt->wire.size = pkt->end;
	pkt->wire.bytes = pkt->end;
	pkt->l3 = ETH_HLEN;
	if (data + ETH_HLEN > end) {
		pkt->malformed = 1;
		return;
	}
	pkt->type_be = *type;
	if (ctx->vlan_present) {
		tpid_be = ctx->vlan_proto;
		tci = ctx->vlan_tci;
		pkt->wire.size += VLAN_HLEN;
		pkt->wire.bytes += VLAN_HLEN;
	} else if (is_vlan_type(*type)) {
		if (data + ETH_HLEN + VLAN_HLEN > end || pkt->end < ETH_HLEN + VLAN_HLEN) {
			pkt->malformed = 1;
			return;
		}
		tpid_be = *type;
		tci = bpf_ntohs(tag[0]);
		pkt->type_be = tag[1];
		pkt->l3 = ETH_HLEN + VLAN_HLEN;
	}
	pkt_set_words(pkt, data, tpid_be, tci);
	if (ctx->gso_size)
		tc_segments(ctx, pkt);
}

static __always_inline int tc_edit(repx_ctx *ctx, __u32 strip, __u32 tpid_be, __u32 tci)
{
	if (strip && bpf_skb_vlan_pop(ctx))
		return -1;
	if (tpid_be && bpf_skb_vlan_push(ctx, tpid_be, tci))
		return -1;
	return 0;
}

/* Takes the tag off (@strip) and puts one on (@tpid_be not 0). */
static __always_inline int ctx_edit(repx_ctx *ctx, const struct repx_pkt *pkt, int strip,
				    __be16 tpid_be, __u16 tci)
{
	if (strip && tpid_be == pkt->tpid_be && tci == pkt->tci)
		return 0;
	if (!strip && !tpid_be)
		return 0;
	return tc_edit(ctx, strip, tpid_be, tci);
}

static __always_inline int ctx_send(repx_ctx *ctx, __u32 slot, __u32 ifindex)
{
	return bpf_redirect(ifindex, 0);
}

/* Generic XDP that had to copy an untagged frame leaves skb->mac_len 0, and tc
 * is shown the frame from layer 3 on: the sender's payload would be read as
 * Ethernet. Puts the header, which is still in front of it, back. */
__global int tc_restore_header(repx_ctx *ctx)
{
	struct sk_buff *skb = tc_skb(ctx);
	unsigned char *head, *data;
	__u8 eth[ETH_HLEN];
	__u16 mac;

	head = BPF_CORE_READ(skb, head);
	data = BPF_CORE_READ(skb, data);
	mac = BPF_CORE_READ(skb, mac_header);
	if (head + mac == data)
		return 0;
	if (head + mac + ETH_HLEN != data || bpf_probe_read_kernel(eth, sizeof(eth), head + mac))
		return -1;
	if (bpf_skb_change_head(ctx, ETH_HLEN, 0))
		return -1;
	return bpf_skb_store_bytes(ctx, 0, eth, sizeof(eth), 0);
}

#endif
