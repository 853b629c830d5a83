// SPDX-License-Identifier: GPL-2.0-only
/* xdp.c - native XDP of the uplink and of functions; representors have none
 *
 * A frame is copied to a page for the program. With tag stripping on, the C-tag is
 * not in the data: it is a hint (bpf_xdp_metadata_rx_vlan_tag), kept on XDP_PASS and
 * lost on redirect, as on mlx5.
 */
#include <linux/bpf_trace.h>
#include <linux/filter.h>
#include "eswsim.h"

struct esw_xdp_buff {
	struct xdp_buff xdp;
	u16 tci;
	bool stripped;
};

static int xdp_rx_vlan_tag(const struct xdp_md *ctx, __be16 *proto, u16 *tci)
{
	const struct esw_xdp_buff *buff = (const void *)ctx;

	if (!buff->stripped)
		return -ENODATA;
	*proto = htons(ETH_P_8021Q);
	*tci = buff->tci;
	return 0;
}

const struct xdp_metadata_ops esw_xdp_metadata_ops = {.xmo_rx_vlan_tag = xdp_rx_vlan_tag};

static int xdp_set(struct net_device *dev, struct bpf_prog *prog, struct netlink_ext_ack *extack)
{
	struct esw_nd *nd = netdev_priv(dev);
	struct bpf_prog *old;
	int err;

	err = prog ? esw_op(nd->card, ESW_OP_xdp_set, extack) : 0;
	if (err)
		return err;
	if (prog && dev->mtu > 3498 && !prog->aux->xdp_has_frags) {
		NL_SET_ERR_MSG_MOD(extack, "MTU too large for XDP");
		return -EINVAL;
	}
	old = rtnl_dereference(nd->prog);
	rcu_assign_pointer(nd->prog, prog);
	if (old)
		bpf_prog_put(old);
	return 0;
}

int esw_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	return bpf->command == XDP_SETUP_PROG ? xdp_set(dev, bpf->prog, bpf->extack) : -EINVAL;
}

static struct sk_buff *skb_from_data(const void *data, u32 len)
{
	struct sk_buff *skb = dev_alloc_skb(len + ESW_HEADROOM);

	if (skb) {
		skb_reserve(skb, ESW_HEADROOM);
		skb_put_data(skb, data, len);
	}
	return skb;
}

static void nd_send(struct esw_nd *nd, struct sk_buff *skb)
{
	atomic64_inc(&nd->tx_packets);
	atomic64_add(skb->len, &nd->tx_bytes);
	if (nd->role == ESW_UPLINK)
		esw_to_function(nd->vport, skb, true);
	else
		esw_from_function(nd->vport, skb);
}

int esw_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags)
{
	struct esw_nd *nd = netdev_priv(dev);
	int i;

	if (!netif_running(dev))
		return -ENETDOWN;
	if (flags & ~XDP_XMIT_FLAGS_MASK)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		struct sk_buff *skb;

		if (xdp_frame_has_frags(frames[i]))
			break;
		skb = skb_from_data(frames[i]->data, frames[i]->len);
		if (!skb)
			break;
		nd_send(nd, skb);
		xdp_return_frame_rx_napi(frames[i]);
	}
	return i;
}

/* The frame in pages, with the tag taken out where stripping is on */
static bool buff_from_skb(struct esw_nd *nd, struct esw_xdp_buff *buff, struct sk_buff *skb)
{
	u32 need = XDP_PACKET_HEADROOM + skb->len + SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
	unsigned int order = get_order(need);
	struct vlan_ethhdr *veth = (void *)skb->data;
	struct page *page;

	page = alloc_pages(GFP_ATOMIC | __GFP_COMP | __GFP_NOWARN, order);
	if (!page)
		return false;
	buff->stripped = (nd->dev->features & NETIF_F_HW_VLAN_CTAG_RX) &&
			 skb->len >= VLAN_ETH_HLEN && veth->h_vlan_proto == htons(ETH_P_8021Q);
	if (buff->stripped) {
		buff->tci = ntohs(veth->h_vlan_TCI);
		memmove(skb->data + VLAN_HLEN, skb->data, 2 * ETH_ALEN);
		skb_pull(skb, VLAN_HLEN);
	}
	xdp_init_buff(&buff->xdp, PAGE_SIZE << order, &nd->rxq_info);
	xdp_prepare_buff(&buff->xdp, page_address(page), XDP_PACKET_HEADROOM, skb->len, true);
	memcpy(buff->xdp.data, skb->data, skb->len);
	return true;
}

static struct sk_buff *skb_from_buff(struct esw_xdp_buff *buff)
{
	struct xdp_buff *xdp = &buff->xdp;
	struct sk_buff *skb = build_skb(xdp->data_hard_start, xdp->frame_sz);
	u32 meta = xdp->data - xdp->data_meta;

	if (!skb)
		return NULL;
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	skb_put(skb, xdp->data_end - xdp->data);
	if (meta)
		skb_metadata_set(skb, meta);
	if (buff->stripped)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), buff->tci);
	return skb;
}

static void xdp_back_out(struct esw_nd *nd, struct xdp_buff *xdp)
{
	struct sk_buff *skb = skb_from_data(xdp->data, xdp->data_end - xdp->data);

	if (skb)
		nd_send(nd, skb);
	page_frag_free(xdp->data_hard_start);
}

/* esw_xdp_run - true: *skb goes on to the stack; false: it is gone */
bool esw_xdp_run(struct esw_nd *nd, struct bpf_prog *prog, struct sk_buff **skb, bool *redirected)
{
	struct esw_xdp_buff buff;
	u32 act;

	if (!buff_from_skb(nd, &buff, *skb)) {
		kfree_skb(*skb);
		return false;
	}
	consume_skb(*skb);
	act = bpf_prog_run_xdp(prog, &buff.xdp);
	switch (act) {
	case XDP_PASS:
		*skb = skb_from_buff(&buff);
		if (*skb)
			return true;
		break;
	case XDP_TX:
		xdp_back_out(nd, &buff.xdp);
		return false;
	case XDP_REDIRECT:
		*redirected = true;
		if (!xdp_do_redirect(nd->dev, &buff.xdp, prog))
			return false;
		trace_xdp_exception(nd->dev, prog, act);
		break;
	case XDP_DROP:
		break;
	default:
		bpf_warn_invalid_xdp_action(nd->dev, prog, act);
		fallthrough;
	case XDP_ABORTED:
		trace_xdp_exception(nd->dev, prog, act);
	}
	atomic64_inc(&nd->rx_dropped);
	page_frag_free(buff.xdp.data_hard_start);
	return false;
}
