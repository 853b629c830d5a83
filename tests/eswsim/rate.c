// SPDX-License-Identifier: GPL-2.0-only
/* rate.c - devlink rate: what a function may send, per port and per node */
#include <linux/math64.h>
#include "eswsim.h"

#define ESW_BURST_NS (10 * NSEC_PER_MSEC)

void esw_bucket_init(struct esw_bucket *bucket)
{
	spin_lock_init(&bucket->lock);
	bucket->rate = 0;
}

static bool bucket_pass(struct esw_bucket *bucket, unsigned int len)
{
	u64 now = ktime_get_ns(), rate = READ_ONCE(bucket->rate);
	s64 burst = mul_u64_u64_div_u64(rate, ESW_BURST_NS, NSEC_PER_SEC) + 3000;
	bool pass;

	if (!rate)
		return true;
	spin_lock_bh(&bucket->lock);
	bucket->tokens += mul_u64_u64_div_u64(min_t(u64, now - bucket->stamp_ns, NSEC_PER_SEC),
					      rate, NSEC_PER_SEC);
	bucket->tokens = min(bucket->tokens, burst);
	bucket->stamp_ns = now;
	pass = bucket->tokens >= 0;
	if (pass)
		bucket->tokens -= len;
	spin_unlock_bh(&bucket->lock);
	return pass;
}

/* esw_rate_pass - charges a frame to its port and to the nodes above; under RCU */
bool esw_rate_pass(struct esw_vport *vport, unsigned int len)
{
	struct esw_node *node = rcu_dereference(vport->node);

	if (!bucket_pass(&vport->bucket, len))
		return false;
	return !node || bucket_pass(&node->bucket, len);
}

static int rate_check(struct esw_card *card, u64 rate, struct netlink_ext_ack *extack)
{
	int err = esw_op(card, ESW_OP_rate_set, extack);

	if (err)
		return err;
	if (rate % ESW_RATE_UNIT) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "rate %llu is not a multiple of %u byte/s", rate,
				       ESW_RATE_UNIT);
		return -EINVAL;
	}
	if (rate / ESW_RATE_UNIT > card->speed_mbps) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "rate exceeds the link speed of %u Mbps",
				       card->speed_mbps);
		return -EINVAL;
	}
	return 0;
}

static int rate_set(struct devlink_rate *rate, struct esw_bucket *bucket, u64 tx_max,
		    struct netlink_ext_ack *extack)
{
	int err = rate_check(devlink_priv(rate->devlink), tx_max, extack);

	if (err)
		return err;
	spin_lock_bh(&bucket->lock);
	bucket->tokens = 0;
	bucket->stamp_ns = ktime_get_ns();
	WRITE_ONCE(bucket->rate, tx_max);
	spin_unlock_bh(&bucket->lock);
	return 0;
}

int esw_leaf_tx_max(struct devlink_rate *rate, void *priv, u64 tx_max,
		    struct netlink_ext_ack *extack)
{
	return rate_set(rate, &((struct esw_vport *)priv)->bucket, tx_max, extack);
}

int esw_node_tx_max(struct devlink_rate *rate, void *priv, u64 tx_max,
		    struct netlink_ext_ack *extack)
{
	return rate_set(rate, &((struct esw_node *)priv)->bucket, tx_max, extack);
}

int esw_leaf_tx_share(struct devlink_rate *rate, void *priv, u64 tx_share,
		      struct netlink_ext_ack *extack)
{
	return rate_check(devlink_priv(rate->devlink), tx_share, extack);
}

int esw_node_tx_share(struct devlink_rate *rate, void *priv, u64 tx_share,
		      struct netlink_ext_ack *extack)
{
	return rate_check(devlink_priv(rate->devlink), tx_share, extack);
}

int esw_node_new(struct devlink_rate *rate, void **priv, struct netlink_ext_ack *extack)
{
	struct esw_card *card = devlink_priv(rate->devlink);
	struct esw_node *node;

	if (card->mode != DEVLINK_ESWITCH_MODE_SWITCHDEV) {
		NL_SET_ERR_MSG_MOD(extack, "Rate node creation supported only in switchdev mode");
		return -EOPNOTSUPP;
	}
	node = kzalloc(sizeof(*node), GFP_KERNEL);
	if (!node)
		return -ENOMEM;
	esw_bucket_init(&node->bucket);
	*priv = node;
	return 0;
}

int esw_node_del(struct devlink_rate *rate, void *priv, struct netlink_ext_ack *extack)
{
	synchronize_net();
	kfree(priv);
	return 0;
}

int esw_leaf_parent(struct devlink_rate *child, struct devlink_rate *parent, void *priv_child,
		    void *priv_parent, struct netlink_ext_ack *extack)
{
	struct esw_vport *vport = priv_child;

	rcu_assign_pointer(vport->node, parent ? priv_parent : NULL);
	return 0;
}
