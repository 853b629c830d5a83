// SPDX-License-Identifier: GPL-2.0-only
/* sw_fn_plan.c - functions in a change: what is to be done to each
 *
 * Its record becomes what it is to be; the journal has it before anything is done.
 */
#include <string.h>

#include "sw_int.h"
#include "util.h"

static int former(const struct sw *sw, const struct move *m)
{
	if (!sw->exists)
		return -1;
	if (m->old_conf && conf_fn_same(&m->old_conf->fn, &m->conf->fn))
		return (int)(m->old_conf - sw->conf.ports);
	for (size_t i = 0; i < sw->conf.ports_len; i++)
		if (conf_fn_same(&sw->conf.ports[i].fn, &m->conf->fn))
			return (int)i;
	return -1;
}

static void number(struct move *m)
{
	struct sw_fn *rec = &m->port->fn;
	const struct conf_fn *fn = &m->conf->fn;

	rec->kind = fn->kind;
	rec->pf = fn->pf;
	rec->num = fn->num;
	rec->controller = fn->controller;
	rec->has_controller = fn->has_controller;
	if (!*m->link.port.dev)
		return;
	str_copy(rec->port.dev.bus, sizeof(rec->port.dev.bus), m->link.port.bus);
	str_copy(rec->port.dev.dev, sizeof(rec->port.dev.dev), m->link.port.dev);
	rec->port.index = m->link.port.index;
}

/* The record as a port that was never there has it. */
static void clean(struct sw_fn *rec)
{
	*rec = (struct sw_fn){.was_params = {-1, -1, -1}, .vdpa_was = -1};
}

/* To be made: written down as such before it is, with a number still to be told. */
static void plan_new(struct move *m)
{
	struct sw_fn *rec = &m->port->fn;

	clean(rec);
	number(m);
	rec->port.dev = m->ch->eswitch;
	rec->port.index = SW_FN_UNKNOWN;
	rec->made = true;
	m->fn_new = m->fn_start = true;
}

static void plan_kept(struct move *m, const struct conf_port *was)
{
	struct sw_fn *rec = &m->port->fn;
	const struct nic *nic = &m->ch->sw->nic;
	bool sf = rec->kind == CONF_FN_SF;
	bool other = !sw_pool_taken(was, m->conf) &&
		     (!conf_fn_equal(&was->fn, &m->conf->fn) || was->vdpa.on != m->conf->vdpa.on);

	m->fn_again = !rec->ready;
	m->fn_stop = sf && other;
	m->fn_start = m->fn_stop || other || !rec->ready ||
		      (sf && *rec->aux && !nic_aux_is(nic, rec->aux, rec->num));
	m->vdpa_redo =
		!m->fn_start && m->conf->vdpa.on &&
		(!conf_vdpa_equal(&was->vdpa, &m->conf->vdpa) ||
		 !nic_vdpa_there(nic, m->conf->vdpa.name, (enum nic_bind)m->conf->vdpa.bind));
	m->fn_adopt = m->fn_start && !rec->made;
}

/* What is to be made is written down as repx's before it is: nobody else has it yet. */
static void plan_vdpa(struct move *m)
{
	struct sw_fn *rec = &m->port->fn;
	const char *name = m->conf->vdpa.name;

	if (!m->conf->vdpa.on || strcmp(rec->vdpa, name)) {
		rec->vdpa[0] = 0;
		rec->vdpa_made = false;
		rec->vdpa_was = -1;
	}
	if (!m->conf->vdpa.on)
		return;
	if (!*rec->vdpa) {
		str_copy(rec->vdpa, sizeof(rec->vdpa), name);
		rec->vdpa_made = !nic_vdpa_there(&m->ch->sw->nic, name, NIC_BIND_NONE);
	}
	sw_fn_look_vdpa(&m->ch->sw->nic, m->conf, rec);
}

static void plan_function(struct move *m)
{
	const struct sw *sw = m->ch->sw;
	int was = former(sw, m);

	clean(&m->port->fn);
	if (was >= 0) {
		m->port->fn = m->fn_was = sw->ports[was].fn;
		m->fn_was_conf = &sw->conf.ports[was];
	}
	if (!m->link.ifindex) {
		if (m->conf->fn.kind == CONF_FN_SF && !m->ch->no_nic)
			plan_new(m);
		return;
	}
	number(m);
	m->fn_adopt = m->fn_start = was < 0;
	if (was >= 0)
		plan_kept(m, m->fn_was_conf);
	if (m->fn_start) /* and so it is written down, until it is finished */
		m->port->fn.ready = false;
}

void sw_fn_plan(struct move *m)
{
	if (m->conf->fn.kind != CONF_FN_NONE) {
		plan_function(m);
		if (m->fn_new || m->fn_start || m->vdpa_redo)
			plan_vdpa(m);
		return;
	}
	if (m->fresh || !m->old_conf)
		clean(&m->port->fn);
	number(m);
}

void sw_fn_plan_gone(struct gone *g)
{
	const struct change *ch = g->ch;

	for (size_t i = 0; i < ch->moves_len && g->port.fn.kind; i++)
		g->fn_kept |= conf_fn_same(&ch->moves[i].conf->fn, &g->conf->fn);
}

bool sw_fn_goes(const struct gone *g)
{
	return g->port.fn.kind != CONF_FN_NONE && !g->fn_kept;
}

static int report_move(struct sw_changes *changes, const struct move *m)
{
	const struct conf_vdpa *was = m->old_conf ? &m->old_conf->vdpa : NULL;
	const struct conf_vdpa *now = &m->conf->vdpa;
	bool renamed = was && was->on && now->on && strcmp(was->name, now->name);
	int ret = 0;

	if (m->fn_new || m->fn_start)
		ret = sw_changes_add(changes, m->fn_new ? "add" : "change", "sf", m->conf->name);
	if (!ret && was && was->on && m->fn_was.vdpa_made && (!now->on || renamed))
		ret = sw_changes_add(changes, "delete", "vdpa", was->name);
	if (!ret && now->on && (m->fn_new || !was || !was->on || renamed))
		ret = sw_changes_add(changes, "add", "vdpa", now->name);
	else if (!ret && now->on && (m->vdpa_redo || m->fn_start))
		ret = sw_changes_add(changes, "change", "vdpa", now->name);
	return ret;
}

int sw_fn_report(struct change *ch)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < ch->gone_len; i++) {
		const struct sw_fn *rec = &ch->gone[i].port.fn;

		if (sw_fn_goes(&ch->gone[i]) && rec->vdpa_made)
			ret = sw_changes_add(&ch->changes, "delete", "vdpa", rec->vdpa);
		if (!ret && sw_fn_goes(&ch->gone[i]) && rec->made)
			ret = sw_changes_add(&ch->changes, "delete", "sf", ch->gone[i].conf->name);
	}
	for (size_t i = 0; !ret && i < ch->moves_len; i++)
		if (ch->moves[i].conf->fn.kind == CONF_FN_SF)
			ret = report_move(&ch->changes, &ch->moves[i]);
	return ret;
}
