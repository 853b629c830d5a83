// SPDX-License-Identifier: GPL-2.0-only
/* sw_rate.c - rates that the hardware keeps
 *
 * What a function sends (rate.rx) is limited best before it is sent: devlink's tx_max.
 * Drivers have their units (mlx5: multiples of 125000 bytes/s): a rate that is refused, or
 * a driver without rates, leaves it to the data path. What it may send in any case
 * (rate.rx_min) is tx_share, which nobody but the card can keep: a refusal is an error.
 * equal to: devlink port function rate set HANDLE/INDEX tx_max RATE tx_share RATE
 */
#include <errno.h>

#include "sw_int.h"

static struct devlink_rate max_of(uint64_t bytes)
{
	return (struct devlink_rate){.has = DEVLINK_RATE_MAX, .tx_max = bytes};
}

static struct devlink_rate share_of(uint64_t bytes)
{
	return (struct devlink_rate){.has = DEVLINK_RATE_SHARE, .tx_share = bytes};
}

void sw_rate_plan(struct move *m)
{
	static const struct conf_rate none;
	const struct conf_rate *was = m->old_conf ? &m->old_conf->rate : &none;
	const struct conf_rate *now = &m->conf->rate;

	if (m->conf->role != CONF_ROLE_PORT)
		return;
	if (m->fresh || m->fn_new)
		m->rate_due = now->rx || now->rx_min || sw_rate_has(&m->port->fn);
	else
		m->rate_due = now->rx != was->rx || now->rx_min != was->rx_min;
}

static int set_rate(struct sw *sw, const struct sw_fn *rec, struct devlink_rate rate)
{
	return devlink_rate_set(&sw->nic.dl, &rec->port.dev, rec->port.index, &rate);
}

int sw_rate_look(struct move *m, struct err *err)
{
	struct sw_fn *rec = &m->port->fn;
	struct devlink_rate now;
	int ret;

	if (!m->rate_due || (!m->conf->rate.rx && !m->conf->rate.rx_min) || !m->link.ifindex ||
	    !sw_fn_known(rec))
		return 0;
	ret = sw_nic(m->ch->sw, err);
	if (ret)
		return ret;
	m->rate_can = !devlink_rate_get(&m->ch->sw->nic.dl, &rec->port.dev, rec->port.index, &now);
	if (m->rate_can && !rec->rate_hw)
		rec->was_rate = now.tx_max;
	if (m->rate_can && !rec->share_hw)
		rec->was_share = now.tx_share;
	return 0;
}

/* While the host is followed, one port must not keep all others as they were. */
static int no_share(struct move *m, const char *why, int code, struct err *err)
{
	static const char text[] = "port '%s': rate.rx_min: %s (only a card can promise a rate; "
				   "leave it out, or see: devlink port function rate show)";

	if (!m->ch->follow)
		return err_set(err, code, text, m->conf->name, why);
	sw_warn(m->ch, text, m->conf->name, why);
	return 0;
}

static int run_share(struct move *m, struct err *err)
{
	struct sw_fn *rec = &m->port->fn;
	struct sw *sw = m->ch->sw;
	uint64_t want = m->conf->rate.rx_min;
	int ret;

	if (!want) {
		if (rec->share_hw)
			set_rate(sw, rec, share_of(rec->was_share));
		rec->share_hw = false;
		return 0;
	}
	if (!rec->share_hw && !m->rate_can)
		return no_share(m, "the driver has no rates", -EOPNOTSUPP, err);
	ret = set_rate(sw, rec, share_of(want));
	if (!ret)
		rec->share_hw = true;
	return ret ? no_share(m, nl_why(&sw->nic.dl.nl, ret), ret, err) : 0;
}

static void run_max(struct move *m)
{
	struct sw_fn *rec = &m->port->fn;
	struct sw *sw = m->ch->sw;
	bool had = rec->rate_hw;

	if (!had && !m->rate_can)
		return;
	rec->rate_hw = m->conf->rate.rx && !set_rate(sw, rec, max_of(m->conf->rate.rx));
	if (had && !rec->rate_hw)
		set_rate(sw, rec, max_of(rec->was_rate));
}

/* Leaves the record as it is on the host. */
static int rate_run(void *arg, struct err *err)
{
	struct move *m = arg;
	int ret;

	if (!m->link.ifindex)
		return 0;
	if (!sw_fn_known(&m->port->fn))
		return m->conf->rate.rx_min
			       ? no_share(m, "its netdev is no function's", -EOPNOTSUPP, err)
			       : 0;
	ret = sw_nic(m->ch->sw, err);
	if (!ret)
		ret = run_share(m, err);
	if (!ret)
		run_max(m);
	return ret;
}

static int rate_undo(void *arg, struct err *err)
{
	struct move *m = arg;
	const struct sw_fn *rec = &m->port->fn;
	bool fn = m->conf->fn.kind != CONF_FN_NONE;
	const struct conf_port *conf = fn ? m->fn_was_conf : m->old_conf;
	const struct sw_fn *was = fn ? &m->fn_was : &m->old.fn;
	bool there = !m->fn_new && (fn || !m->fresh);
	struct devlink_rate rate = {0};
	int ret;

	(void)err;
	if ((there && was->rate_hw) || rec->rate_hw) {
		rate.has |= DEVLINK_RATE_MAX;
		rate.tx_max = there && was->rate_hw ? conf->rate.rx : rec->was_rate;
	}
	if ((there && was->share_hw) || rec->share_hw) {
		rate.has |= DEVLINK_RATE_SHARE;
		rate.tx_share = there && was->share_hw ? conf->rate.rx_min : rec->was_share;
	}
	ret = set_rate(m->ch->sw, rec, rate);
	return ret == -ENODEV ? 0 : ret;
}

void sw_rate_steps(struct move *m)
{
	if (m->rate_due)
		steps_add(&m->ch->steps, rate_run, rate_undo, m, "set the rate of port '%s'",
			  m->conf->name);
}

bool sw_rate_has(const struct sw_fn *rec)
{
	return rec->rate_hw || rec->share_hw;
}

int sw_rate_put(struct sw *sw, const struct sw_fn *was, const struct sw_fn *rec,
		const struct conf_rate *conf, struct err *err)
{
	struct devlink_rate rate = {0};
	int ret = sw_nic(sw, err);

	if (was->rate_hw) {
		rate.has |= DEVLINK_RATE_MAX;
		rate.tx_max = conf && rec->rate_hw ? conf->rx : was->was_rate;
	}
	if (was->share_hw) {
		rate.has |= DEVLINK_RATE_SHARE;
		rate.tx_share = conf && rec->share_hw ? conf->rx_min : was->was_share;
	}
	if (!ret)
		ret = set_rate(sw, rec, rate);
	if (!ret || ret == -ENODEV)
		return 0;
	return err_set(err, ret, "put back the rate of port '%s/%s/%u': %s", rec->port.dev.bus,
		       rec->port.dev.dev, rec->port.index, nl_why(&sw->nic.dl.nl, ret));
}

int sw_rate_release(struct sw *sw, struct sw_fn *rec, struct err *err)
{
	int ret;

	if (!sw_rate_has(rec) || !sw_fn_known(rec))
		return 0;
	ret = sw_rate_put(sw, rec, rec, NULL, err);
	rec->rate_hw &= ret != 0;
	rec->share_hw &= ret != 0;
	return ret;
}
