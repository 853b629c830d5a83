// SPDX-License-Identifier: GPL-2.0-only
/* sw_rate.c - rate.rx kept by the hardware, where the driver can
 *
 * What a function sends is limited best before it is sent: devlink's tx_max. Drivers
 * have their units (mlx5: multiples of 125000 bytes/s): a rate that is refused, or a
 * driver without rates, leaves it to the data path.
 * equal to: devlink port function rate set HANDLE/INDEX tx_max RATE
 */
#include <errno.h>

#include "sw_int.h"

void sw_rate_plan(struct move *m)
{
	uint64_t was = m->old_conf ? m->old_conf->rate.rx : 0;

	if (m->conf->role != CONF_ROLE_PORT)
		return;
	m->rate_due = m->fresh || m->fn_new ? m->conf->rate.rx || m->port->fn.rate_hw
					    : m->conf->rate.rx != was;
}

static int set_rate(struct sw *sw, const struct sw_fn *rec, uint64_t bytes)
{
	struct devlink_rate rate = {.has = DEVLINK_RATE_MAX, .tx_max = bytes};

	return devlink_rate_set(&sw->nic.dl, &rec->port.dev, rec->port.index, &rate);
}

int sw_rate_look(struct move *m, struct err *err)
{
	struct sw_fn *rec = &m->port->fn;
	struct devlink_rate now;
	int ret;

	if (!m->rate_due || !m->conf->rate.rx || !m->link.ifindex || !sw_fn_known(rec))
		return 0;
	ret = sw_nic(m->ch->sw, err);
	if (ret || rec->rate_hw)
		return ret;
	m->rate_can = !devlink_rate_get(&m->ch->sw->nic.dl, &rec->port.dev, rec->port.index, &now);
	if (m->rate_can)
		rec->was_rate = now.tx_max;
	return 0;
}

/* Leaves the record as it is on the host. */
static int rate_run(void *arg, struct err *err)
{
	struct move *m = arg;
	struct sw_fn *rec = &m->port->fn;
	struct sw *sw = m->ch->sw;
	bool had = rec->rate_hw;
	int ret;

	if (!m->link.ifindex || !sw_fn_known(rec) || (!had && !m->rate_can))
		return 0;
	ret = sw_nic(sw, err);
	if (ret)
		return ret;
	rec->rate_hw = m->conf->rate.rx && !set_rate(sw, rec, m->conf->rate.rx);
	if (had && !rec->rate_hw)
		set_rate(sw, rec, rec->was_rate);
	return 0;
}

static int rate_undo(void *arg, struct err *err)
{
	struct move *m = arg;
	const struct sw_fn *rec = &m->port->fn;
	bool fn = m->conf->fn.kind != CONF_FN_NONE;
	const struct conf_port *conf = fn ? m->fn_was_conf : m->old_conf;
	bool had = fn ? m->fn_was.rate_hw : !m->fresh && m->old.fn.rate_hw;
	int ret = 0;

	(void)err;
	if (had && !m->fn_new)
		ret = set_rate(m->ch->sw, rec, conf->rate.rx);
	else if (rec->rate_hw)
		ret = set_rate(m->ch->sw, rec, rec->was_rate);
	return ret == -ENODEV ? 0 : ret;
}

void sw_rate_steps(struct move *m)
{
	if (m->rate_due)
		steps_add(&m->ch->steps, rate_run, rate_undo, m, "set the rate of port '%s'",
			  m->conf->name);
}

int sw_rate_put(struct sw *sw, const struct sw_fn *rec, uint64_t bytes, struct err *err)
{
	int ret = sw_nic(sw, err);

	if (!ret)
		ret = set_rate(sw, rec, bytes);
	if (!ret || ret == -ENODEV)
		return 0;
	return err_set(err, ret, "put back the rate of port '%s/%s/%u': %s", rec->port.dev.bus,
		       rec->port.dev.dev, rec->port.index, nl_why(&sw->nic.dl.nl, ret));
}

int sw_rate_release(struct sw *sw, struct sw_fn *rec, struct err *err)
{
	int ret;

	if (!rec->rate_hw || !sw_fn_known(rec))
		return 0;
	ret = sw_rate_put(sw, rec, rec->was_rate, err);
	rec->rate_hw = ret != 0;
	return ret;
}
