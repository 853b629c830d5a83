// SPDX-License-Identifier: GPL-2.0-only
/* frame.c - which way a frame goes through the card
 *
 *	function -> rate -> rules -> representor     (SF, VF, vDPA; the wire likewise)
 *	representor -> function: netdev or vDPA, told apart by destination MAC
 */
#include "eswsim.h"

static void drop(struct esw_vport *vport, struct sk_buff *skb)
{
	atomic64_inc(&vport->stats.drops);
	kfree_skb(skb);
}

static void to_cpu(struct esw_vport *vport, struct sk_buff *skb)
{
	struct net_device *rep = rcu_dereference(vport->rep);

	if (!rep) {
		drop(vport, skb);
		return;
	}
	atomic64_inc(&vport->stats.cpu_rx_packets);
	atomic64_add(skb->len, &vport->stats.cpu_rx_bytes);
	esw_netdev_rx(rep, skb);
}

/* esw_from_function - what a function, or the link partner on the wire, sends */
void esw_from_function(struct esw_vport *vport, struct sk_buff *skb)
{
	struct esw_card *card = vport->card;
	bool switchdev = READ_ONCE(card->mode) == DEVLINK_ESWITCH_MODE_SWITCHDEV;
	struct esw_rule *rule;
	struct esw_key key;

	rcu_read_lock();
	if (!switchdev && vport->kind != ESW_PORT_UPLINK) {
		drop(vport, skb);
		goto out;
	}
	if (!esw_rate_pass(vport, skb->len)) {
		drop(vport, skb);
		goto out;
	}
	atomic64_inc(&vport->stats.rx_packets);
	atomic64_add(skb->len, &vport->stats.rx_bytes);
	if (switchdev) {
		esw_parse(skb, &key);
		rule = esw_rule_lookup(vport, &key);
		if (rule && esw_actions_run(card, rule, skb))
			goto out;
	}
	to_cpu(vport, skb);
out:
	rcu_read_unlock();
}

/* esw_to_function - what a function receives; @from_cpu: sent on its representor */
void esw_to_function(struct esw_vport *vport, struct sk_buff *skb, bool from_cpu)
{
	struct net_device *dev;
	struct esw_vdpa *vdpa;

	rcu_read_lock();
	atomic64_inc(&vport->stats.tx_packets);
	atomic64_add(skb->len, &vport->stats.tx_bytes);
	if (from_cpu) {
		atomic64_inc(&vport->stats.cpu_tx_packets);
		atomic64_add(skb->len, &vport->stats.cpu_tx_bytes);
	}
	dev = rcu_dereference(vport->fn);
	vdpa = rcu_dereference(vport->vdpa);
	if (vdpa && esw_vdpa_wants(vdpa, skb->data)) {
		struct sk_buff *copy = NULL;

		if (dev && is_multicast_ether_addr(skb->data))
			copy = skb_copy(skb, GFP_ATOMIC);
		esw_vdpa_rx(vdpa, skb);
		skb = copy;
	}
	if (skb && dev)
		esw_netdev_rx(dev, skb);
	else if (skb)
		drop(vport, skb);
	rcu_read_unlock();
}

/* esw_output - a rule's output port; a port that is gone swallows the frame */
void esw_output(struct esw_card *card, u16 id, struct sk_buff *skb)
{
	struct esw_vport *vport = xa_load(&card->vports, id);

	if (vport)
		esw_to_function(vport, skb, false);
	else
		kfree_skb(skb);
}
