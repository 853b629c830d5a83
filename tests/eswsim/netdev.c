// SPDX-License-Identifier: GPL-2.0-only
/* netdev.c - all netdevs: wire, uplink, representors, functions
 *
 * What a netdev receives waits in its queue until NAPI takes it: no path through the
 * card nests in another. Frames carry their tags in the data while in the card.
 */
#include <linux/ethtool.h>
#include "eswsim.h"

/* esw_skb_take - a fresh, linear copy with headroom, tag in the data and full
 * checksum, as after DMA; NULL when it can't be sent. Consumes @skb.
 */
struct sk_buff *esw_skb_take(struct sk_buff *skb)
{
	struct sk_buff *new = NULL;
	unsigned int len;

	if (skb_vlan_tag_present(skb)) {
		skb = __vlan_hwaccel_push_inside(skb);
		if (!skb)
			return NULL;
	}
	if (skb_is_gso(skb) || (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb)))
		goto out;
	len = max_t(unsigned int, skb->len, ETH_ZLEN);
	new = dev_alloc_skb(len + ESW_HEADROOM);
	if (!new)
		goto out;
	skb_reserve(new, ESW_HEADROOM);
	skb_put_zero(new, len);
	skb_copy_bits(skb, 0, new->data, skb->len);
out:
	consume_skb(skb);
	return new;
}

/* esw_netdev_rx - hands a frame to the queue of a netdev; bottom halves are off */
void esw_netdev_rx(struct net_device *dev, struct sk_buff *skb)
{
	struct esw_nd *nd = netdev_priv(dev);
	unsigned int max = dev->mtu + ETH_HLEN + 2 * VLAN_HLEN;

	if (!netif_running(dev) || skb->len > max || skb_queue_len(&nd->rxq) > ESW_QUEUE_MAX) {
		atomic64_inc(&nd->rx_dropped);
		kfree_skb(skb);
		return;
	}
	skb_queue_tail(&nd->rxq, skb);
	napi_schedule(&nd->napi);
}

static void nd_deliver(struct esw_nd *nd, struct sk_buff *skb)
{
	skb->dev = nd->dev;
	skb->protocol = eth_type_trans(skb, nd->dev);
	if (skb->protocol == htons(ETH_P_8021Q) && !skb_vlan_tag_present(skb) &&
	    (nd->dev->features & NETIF_F_HW_VLAN_CTAG_RX)) {
		skb = skb_vlan_untag(skb);
		if (!skb)
			return;
	}
	napi_gro_receive(&nd->napi, skb);
}

static int nd_poll(struct napi_struct *napi, int budget)
{
	struct esw_nd *nd = container_of(napi, struct esw_nd, napi);
	struct bpf_prog *prog = rcu_dereference_bh(nd->prog);
	bool redirected = false;
	struct sk_buff *skb;
	int work = 0;

	while (work < budget && (skb = skb_dequeue(&nd->rxq))) {
		work++;
		atomic64_inc(&nd->rx_packets);
		atomic64_add(skb->len, &nd->rx_bytes);
		if (!prog || esw_xdp_run(nd, prog, &skb, &redirected))
			nd_deliver(nd, skb);
	}
	if (redirected)
		xdp_do_flush();
	if (work < budget && napi_complete_done(napi, work) && !skb_queue_empty(&nd->rxq))
		napi_schedule(napi);
	return work;
}

static netdev_tx_t nd_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct esw_nd *nd = netdev_priv(dev);

	skb = esw_skb_take(skb);
	if (!skb) {
		atomic64_inc(&nd->tx_dropped);
		return NETDEV_TX_OK;
	}
	atomic64_inc(&nd->tx_packets);
	atomic64_add(skb->len, &nd->tx_bytes);
	if (nd->role == ESW_WIRE || nd->role == ESW_FN)
		esw_from_function(nd->vport, skb);
	else
		esw_to_function(nd->vport, skb, true);
	return NETDEV_TX_OK;
}

static int nd_open(struct net_device *dev)
{
	struct esw_nd *nd = netdev_priv(dev);

	napi_enable(&nd->napi);
	netif_carrier_on(dev);
	netif_start_queue(dev);
	return 0;
}

static int nd_stop(struct net_device *dev)
{
	struct esw_nd *nd = netdev_priv(dev);

	netif_stop_queue(dev);
	napi_disable(&nd->napi);
	skb_queue_purge(&nd->rxq);
	return 0;
}

/* A representor counts what its function sent and received, by whatever path. */
static void nd_stats(struct net_device *dev, struct rtnl_link_stats64 *st)
{
	struct esw_nd *nd = netdev_priv(dev);

	st->rx_dropped = atomic64_read(&nd->rx_dropped);
	st->tx_dropped = atomic64_read(&nd->tx_dropped);
	if (nd->role == ESW_REP) {
		st->rx_packets = atomic64_read(&nd->vport->stats.rx_packets);
		st->rx_bytes = atomic64_read(&nd->vport->stats.rx_bytes);
		st->tx_packets = atomic64_read(&nd->vport->stats.tx_packets);
		st->tx_bytes = atomic64_read(&nd->vport->stats.tx_bytes);
		return;
	}
	st->rx_packets = atomic64_read(&nd->rx_packets);
	st->rx_bytes = atomic64_read(&nd->rx_bytes);
	st->tx_packets = atomic64_read(&nd->tx_packets);
	st->tx_bytes = atomic64_read(&nd->tx_bytes);
}

static bool nd_has_offload_stats(const struct net_device *dev, int attr)
{
	return attr == IFLA_OFFLOAD_XSTATS_CPU_HIT;
}

static int nd_offload_stats(int attr, const struct net_device *dev, void *data)
{
	struct esw_nd *nd = netdev_priv(dev);
	struct rtnl_link_stats64 *st = data;

	if (attr != IFLA_OFFLOAD_XSTATS_CPU_HIT)
		return -EINVAL;
	memset(st, 0, sizeof(*st));
	st->rx_packets = atomic64_read(&nd->vport->stats.cpu_rx_packets);
	st->rx_bytes = atomic64_read(&nd->vport->stats.cpu_rx_bytes);
	st->tx_packets = atomic64_read(&nd->vport->stats.cpu_tx_packets);
	st->tx_bytes = atomic64_read(&nd->vport->stats.cpu_tx_bytes);
	return 0;
}

static int nd_set_features(struct net_device *dev, netdev_features_t features)
{
	struct esw_nd *nd = netdev_priv(dev);
	bool off = (dev->features & NETIF_F_HW_TC) && !(features & NETIF_F_HW_TC);

	if (off && !list_empty(&nd->vport->rules)) {
		netdev_err(dev, "active offloaded tc filters, can't turn hw-tc-offload off\n");
		return -EINVAL;
	}
	return 0;
}

/* esw_change_mtu - a program without multi-buffer support holds the MTU down */
int esw_change_mtu(struct net_device *dev, int mtu)
{
	struct esw_nd *nd = netdev_priv(dev);
	struct bpf_prog *prog = rtnl_dereference(nd->prog);

	if (prog && mtu > 3498 && !prog->aux->xdp_has_frags)
		return -EINVAL;
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static const struct net_device_ops wire_ops = {
	.ndo_open = nd_open,
	.ndo_stop = nd_stop,
	.ndo_start_xmit = nd_xmit,
	.ndo_get_stats64 = nd_stats,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_change_mtu = esw_change_mtu,
};

static const struct net_device_ops rep_ops = {
	.ndo_open = nd_open,
	.ndo_stop = nd_stop,
	.ndo_start_xmit = nd_xmit,
	.ndo_get_stats64 = nd_stats,
	.ndo_setup_tc = esw_setup_tc,
	.ndo_set_features = nd_set_features,
	.ndo_has_offload_stats = nd_has_offload_stats,
	.ndo_get_offload_stats = nd_offload_stats,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_change_mtu = esw_change_mtu,
};

static const struct net_device_ops uplink_ops = {
	.ndo_open = nd_open,
	.ndo_stop = nd_stop,
	.ndo_start_xmit = nd_xmit,
	.ndo_get_stats64 = nd_stats,
	.ndo_setup_tc = esw_setup_tc,
	.ndo_set_features = nd_set_features,
	.ndo_has_offload_stats = nd_has_offload_stats,
	.ndo_get_offload_stats = nd_offload_stats,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_change_mtu = esw_change_mtu,
	.ndo_bpf = esw_bpf,
	.ndo_xdp_xmit = esw_xdp_xmit,
};

static const struct net_device_ops fn_ops = {
	.ndo_open = nd_open,
	.ndo_stop = nd_stop,
	.ndo_start_xmit = nd_xmit,
	.ndo_get_stats64 = nd_stats,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_change_mtu = esw_change_mtu,
	.ndo_bpf = esw_bpf,
	.ndo_xdp_xmit = esw_xdp_xmit,
};

static void nd_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	struct esw_nd *nd = netdev_priv(dev);

	strscpy(info->driver, nd->role == ESW_REP ? "eswsim_rep" : "eswsim", sizeof(info->driver));
	if (dev->dev.parent)
		strscpy(info->bus_info, dev_name(dev->dev.parent), sizeof(info->bus_info));
}

static int nd_link_settings(struct net_device *dev, struct ethtool_link_ksettings *cmd)
{
	struct esw_nd *nd = netdev_priv(dev);

	cmd->base.speed = nd->card->speed_mbps;
	cmd->base.duplex = DUPLEX_FULL;
	return 0;
}

static const struct ethtool_ops nd_ethtool_ops = {
	.get_drvinfo = nd_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_link_ksettings = nd_link_settings,
};

static void nd_features(struct net_device *dev, enum esw_role role)
{
	dev->lltx = true;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	dev->hw_features = NETIF_F_HW_VLAN_CTAG_TX;
	if (role == ESW_UPLINK || role == ESW_FN) {
		dev->xdp_metadata_ops = &esw_xdp_metadata_ops;
		dev->hw_features |= NETIF_F_HW_VLAN_CTAG_RX;
		xdp_set_features_flag(dev, NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
						   NETDEV_XDP_ACT_NDO_XMIT);
	}
	dev->features |= dev->hw_features;
	if (role == ESW_UPLINK || role == ESW_REP)
		dev->hw_features |= NETIF_F_HW_TC;
	if (role == ESW_REP)
		dev->features |= NETIF_F_HW_TC;
}

static void nd_setup(struct net_device *dev, enum esw_role role)
{
	static const struct net_device_ops *const ops[] = {
		[ESW_WIRE] = &wire_ops,
		[ESW_UPLINK] = &uplink_ops,
		[ESW_REP] = &rep_ops,
		[ESW_FN] = &fn_ops,
	};
	struct esw_nd *nd = netdev_priv(dev);

	dev->netdev_ops = ops[role];
	dev->ethtool_ops = &nd_ethtool_ops;
	dev->max_mtu = 9978;
	dev->netns_immutable = role == ESW_REP;
	nd_features(dev, role);
	if (role == ESW_FN && is_valid_ether_addr(nd->vport->hw_addr))
		eth_hw_addr_set(dev, nd->vport->hw_addr);
	else
		eth_hw_addr_random(dev);
	skb_queue_head_init(&nd->rxq);
	netif_napi_add(dev, &nd->napi, nd_poll);
}

static int nd_register(struct net_device *dev)
{
	int err;

	err = register_netdev(dev);
	if (err == -EEXIST) { /* as without udev: the name is someone else's */
		strscpy(dev->name, "eth%d", IFNAMSIZ);
		err = register_netdev(dev);
	}
	return err;
}

/* esw_netdev_add - makes and registers a netdev; ERR_PTR on failure */
struct net_device *esw_netdev_add(struct esw_card *card, struct esw_vport *vport,
				  enum esw_role role, struct device *parent,
				  struct devlink_port *port, const char *name)
{
	struct net_device *dev;
	struct esw_nd *nd;
	int err;

	dev = alloc_etherdev(sizeof(*nd));
	if (!dev)
		return ERR_PTR(-ENOMEM);
	nd = netdev_priv(dev);
	nd->dev = dev;
	nd->card = card;
	nd->vport = vport;
	nd->role = role;
	strscpy(dev->name, name, IFNAMSIZ);
	nd_setup(dev, role);
	if (parent)
		SET_NETDEV_DEV(dev, parent);
	if (port) {
		SET_NETDEV_DEVLINK_PORT(dev, port);
		dev_net_set(dev, devlink_net(port->devlink));
	}
	err = xdp_rxq_info_reg(&nd->rxq_info, dev, 0, 0);
	if (!err)
		err = xdp_rxq_info_reg_mem_model(&nd->rxq_info, MEM_TYPE_PAGE_SHARED, NULL);
	if (!err)
		err = nd_register(dev);
	if (!err)
		return dev;
	if (xdp_rxq_info_is_reg(&nd->rxq_info))
		xdp_rxq_info_unreg(&nd->rxq_info);
	free_netdev(dev);
	return ERR_PTR(err);
}

/* esw_netdev_del - no pointer for new frames leads to it any more */
void esw_netdev_del(struct net_device *dev)
{
	struct esw_nd *nd = netdev_priv(dev);

	unregister_netdev(dev);
	skb_queue_purge(&nd->rxq);
	xdp_rxq_info_unreg(&nd->rxq_info);
	free_netdev(dev);
}
