/* SPDX-License-Identifier: GPL-2.0-only */
/* ctx_xdp.bpf.h - the XDP hook: what a frame is here, and how it leaves
 *
 * XDP is the first of two stages: what it cannot finish it passes up untouched
 * and uncounted, and tc runs the whole core.
 */
#ifndef REPX_CTX_XDP_BPF_H
#define REPX_CTX_XDP_BPF_H

#include "maps.bpf.h"
#include "pkt.bpf.h"
#include "vmlinux.h"

#define REPX_HOOK_XDP 1
#ifndef REPX_XDP_PART /* 1: see repx_xs.bpf.c */
#define REPX_XDP_PART 0
#endif

typedef struct xdp_md repx_ctx;

#define XDP_BUFF_HAS_FRAGS 1 /* XDP_FLAGS_HAS_FRAGS in xdp_buff.flags */

#define CTX_KERNEL XDP_PASS
#define CTX_DROP XDP_DROP
#define CTX_UNFINISHED XDP_PASS

/* Slot -> netdev, for ports that take native redirects. Never a representor:
 * some kernels say they can, and crash. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1024); /* loader */
	__type(key, __u32);
	__type(value, __u32);
} repx_tx SEC(".maps");

static __always_inline int ctx_load(repx_ctx *ctx, __u32 off, void *to, __u32 len)
{
	return bpf_xdp_load_bytes(ctx, off, to, len);
}

static __always_inline __u32 ctx_mark(const repx_ctx *ctx)
{
	return 0;
}

static __always_inline int ctx_mark_set(const repx_ctx *ctx)
{
	return 0;
}

/* Bytes of the frame. The helper that adds up all buffers is asked only where there
 * is more than one: a call costs as much as all of the parsing. */
static __always_inline void xdp_size(repx_ctx *ctx, struct repx_pkt *pkt)
{
	struct xdp_buff *xdp = bpf_cast_to_kern_ctx(ctx);

	pkt->frags = xdp->flags & XDP_BUFF_HAS_FRAGS;
	if (pkt->frags)
		pkt->wire.size = bpf_xdp_get_buff_len(ctx);
	else
		pkt->wire.size = ctx->data_end - ctx->data;
	pkt->wire.bytes = pkt->wire.size;
	pkt->wire.segs = 1;
	pkt->end = pkt->wire.size;
}

static __always_inline void ctx_parse(repx_ctx *ctx, struct repx_pkt *pkt)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__be16 *type = data + 2 * ETH_ALEN, *tag = data + ETH_HLEN;
	__be16 tpid_be = 0;
	__u16 tci = 0;

	pkt->ifindex = ctx->ingress_ifindex;
	xdp_size(ctx, pkt);
	pkt->l3 = ETH_HLEN;
	if (data + ETH_HLEN > end) {
		pkt->malformed = 1;
		return;
	}
	pkt->type_be = *type;
	if (is_vlan_type(*type)) {
		if (data + ETH_HLEN + VLAN_HLEN > end) {
			pkt->malformed = 1;
			return;
		}
		tpid_be = *type;
		tci = bpf_ntohs(tag[0]);
		pkt->type_be = tag[1];
		pkt->l3 = ETH_HLEN + VLAN_HLEN;
	}
	pkt_set_words(pkt, data, tpid_be, tci);
}

/* Both addresses and a tag, written where the frame begins. */
static __always_inline int xdp_write_head(repx_ctx *ctx, const struct repx_pkt *pkt, __be16 tpid_be,
					  __u16 tci)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__be16 *tag = data + 2 * ETH_ALEN;

	if (data + 2 * ETH_ALEN > end)
		return -1;
	mac_copy_both(data, pkt->dst);
	if (!tpid_be)
		return 0;
	if (data + 2 * ETH_ALEN + VLAN_HLEN > end)
		return -1;
	tag[0] = tpid_be;
	tag[1] = bpf_htons(tci);
	return 0;
}

/* Takes the tag off (@strip) and puts one on (@tpid_be not 0). */
static __always_inline int ctx_edit(repx_ctx *ctx, const struct repx_pkt *pkt, int strip,
				    __be16 tpid_be, __u16 tci)
{
	if (!strip && !tpid_be)
		return 0;
	if (strip && tpid_be == pkt->tpid_be && tci == pkt->tci)
		return 0;
	if (REPX_XDP_PART && (!strip || !tpid_be))
		return -1;
	if (strip && !tpid_be && bpf_xdp_adjust_head(ctx, VLAN_HLEN))
		return -1;
	if (!strip && bpf_xdp_adjust_head(ctx, -VLAN_HLEN))
		return -1;
	return xdp_write_head(ctx, pkt, tpid_be, tci);
}

static __always_inline int ctx_send(repx_ctx *ctx, __u32 slot, __u32 ifindex)
{
	return REPX_XDP_PART ? bpf_redirect(ifindex, 0) : bpf_redirect_map(&repx_tx, slot, 0);
}

#endif
