// SPDX-License-Identifier: GPL-2.0-only
/* sw_flows.c - the counting of flows (repx_flows): when, and of which ports */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"

/* A flow that is worth a rule is charged so often a second: enough to tell its rate. */
#define CHARGES_A_SECOND 10

static bool behind_eswitch(const struct sw *sw)
{
	for (size_t i = 0; i < sw->conf.ports_len; i++)
		if (sw->ports[i].ifindex && sw->ports[i].fn.port.dev.dev[0])
			return true;
	return false;
}

static uint32_t sample_of(const struct sw *sw)
{
	uint64_t sample = sw->conf.offload.promote / CHARGES_A_SECOND;

	if (sw->conf.offload.enabled == CONF_OFFLOAD_OFF || !behind_eswitch(sw))
		return 0;
	return sample > UINT32_MAX ? UINT32_MAX : sample ? (uint32_t)sample : 1;
}

void sw_flows_count(struct sw *sw, bool on)
{
	struct repx_cfg *cfg = sw->obj.cfg_mem;
	uint32_t sample, was;

	if (!sw->exists || !sw->loaded || !cfg)
		return;
	sample = on ? sample_of(sw) : 0;
	was = cfg->sample;
	if (sample && !was) /* what was counted once is of slots as they were then */
		bpf_obj_flow_clear(&sw->obj, NULL);
	__atomic_store_n(&cfg->sample_flood, sw->conf.offload.flood ? sample : 0, __ATOMIC_RELAXED);
	__atomic_store_n(&cfg->sample, sample, __ATOMIC_RELAXED);
	if (sample && !was) /* what decides by now does so for longer than a jiffy */
		bpf_obj_void(&sw->obj);
}

/* Does the port get a slot that was none's, or another's? */
static bool fresh_slot(const struct move *m)
{
	return m->link.ifindex && (!m->old_conf || m->port->slot != m->old.slot);
}

static int forget_run(void *arg, struct err *err)
{
	struct change *ch = arg;
	struct bpf_obj *obj = &ch->sw->obj;
	bool *slots = calloc(obj->max_ports, sizeof(*slots));
	int ret;

	if (!slots)
		return err_set(err, -ENOMEM, "forget flows of former ports: out of memory");
	for (size_t i = 0; i < ch->moves_len; i++)
		if (fresh_slot(&ch->moves[i]))
			slots[ch->moves[i].port->slot] = true;
	ret = bpf_obj_flow_clear(obj, slots);
	free(slots);
	return ret ? err_set(err, ret, "forget flows of former ports: %s", strerror(-ret)) : 0;
}

void sw_flows_steps(struct change *ch)
{
	if (!ch->was_there || !ch->sw->obj.cfg_mem->sample)
		return; /* nothing is counted: there are none */
	for (size_t i = 0; i < ch->moves_len; i++)
		if (fresh_slot(&ch->moves[i])) {
			steps_add(&ch->steps, forget_run, NULL, ch, "forget flows of former ports");
			return;
		}
}
