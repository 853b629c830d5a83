// SPDX-License-Identifier: GPL-2.0-only
/* sw_fn.c - functions in a change: which are made, started, stopped, and when
 *
 * An SF is made inactive before the flip, so that its representor can be prepared
 * as any netdev, and set active after it: policy is there before its first frame.
 * One that goes stops before the flip, while its policy is still there. While the
 * host is followed nobody waits for an answer: a function that cannot be made or
 * started leaves its port missing or silent, and is tried again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

int sw_nic(struct sw *sw, struct err *err)
{
	return nic_open(&sw->nic, &sw->rtnl, err);
}

void sw_fn_wants(const struct conf_port *conf, char *buf, size_t size)
{
	const struct conf_fn *fn = &conf->fn;

	if (fn->kind == CONF_FN_NONE)
		snprintf(buf, size, "netdev '%s'", conf->netdev);
	else
		snprintf(buf, size, "representor of %s %u of PF %u",
			 fn->kind == CONF_FN_SF ? "SF" : "VF", fn->num, fn->pf);
}

/* What was left for another time did not change. */
void sw_fn_unreport(struct change *ch)
{
	struct sw_changes *changes = &ch->changes;
	size_t kept = 0;

	for (size_t i = 0; i < changes->len; i++) {
		const struct conf_port *port = conf_find(&ch->sw->conf, changes->list[i].name);
		bool failed_port = false;

		for (size_t j = 0; port && j < ch->moves_len; j++)
			failed_port |= ch->moves[j].conf == port && ch->moves[j].fn_failed &&
				       !ch->moves[j].link.ifindex && !ch->moves[j].flush;
		if (!failed_port)
			changes->list[kept++] = changes->list[i];
	}
	changes->len = kept;
}

/* --- making, before anything else is prepared --- */

/* The reason names a devlink port, which may be away when it is read: says whose. */
static int blame(int ret, const char *doing, const char *port, struct err *err)
{
	struct err why = *err;

	if (ret >= 0)
		return ret;
	memset(err, 0, sizeof(*err));
	return err_set(err, ret, "%s port '%s': %.440s", doing, port, why.text);
}

/* @err is set. While the host is followed the port is left for another time. */
static int failed(struct move *m, int ret, struct err *err)
{
	if (!m->ch->follow)
		return blame(ret, "bring up", m->conf->name, err);
	sw_warn(m->ch, "port '%s': %s (it is tried again)", m->conf->name, err->text);
	memset(err, 0, sizeof(*err));
	m->fn_failed = true;
	m->ch->sw->unsettled = true;
	return 0;
}

static int new_run(void *arg, struct err *err)
{
	struct move *m = arg;
	struct sw_fn *rec = &m->port->fn;
	struct devlink_sf want = {.dev = m->ch->eswitch,
				  .pf = rec->pf,
				  .num = rec->num,
				  .has_controller = rec->has_controller,
				  .controller = rec->controller};
	struct devlink_port port;
	int ret = nic_sf_new(&m->ch->sw->nic, &want, &port, &m->fn_made, err);

	if (ret)
		return failed(m, ret, err);
	rec->made = m->fn_made || m->fn_was.made;
	m->fn_adopt = !rec->made;
	rec->port.dev = port.dev;
	rec->port.index = port.index;
	return 0;
}

static int new_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	return m->fn_made ? nic_sf_del(&m->ch->sw->nic, &m->port->fn.port, err) : 0;
}

void sw_fn_make(struct change *ch)
{
	for (size_t i = 0; i < ch->moves_len; i++)
		if (ch->moves[i].fn_new)
			steps_add(&ch->steps, new_run, new_undo, &ch->moves[i],
				  "make the SF of port '%s'", ch->moves[i].conf->name);
}

/* Kernels before 6.2 do not say with a netdev which devlink port it stands for. */
static int know_port(struct move *m, struct err *err)
{
	struct nic *nic = &m->ch->sw->nic;
	struct devlink_port port;
	int ret;

	if (*m->port->fn.port.dev.dev)
		return 0;
	ret = devlink_port_of_netdev(&nic->dl, &m->ch->sw->rtnl, m->link.ifindex, &port);
	if (ret)
		return err_set(err, ret, "find the devlink port of '%s': %s", m->link.name,
			       nl_why(&nic->dl.nl, ret));
	m->port->fn.port = (struct nic_port){port.dev, port.index};
	return 0;
}

static int find_one(struct move *m, struct err *err)
{
	struct nic *nic = &m->ch->sw->nic;
	struct rtnl_link link;
	int ret = 0;

	if (m->fn_new) {
		ret = nic_rep_wait(nic, &m->port->fn.port, &link, err);
		if (!ret)
			sw_move_take(m, &link);
	} else {
		ret = know_port(m, err);
	}
	if (!ret && m->fn_adopt)
		ret = sw_fn_look(nic, m->conf, &m->port->fn, err);
	return ret ? failed(m, ret, err) : 0;
}

int sw_fn_found(struct change *ch, struct err *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		if ((m->fn_new || m->fn_start) && !m->fn_failed)
			ret = find_one(m, err);
		if (!ret)
			ret = sw_rate_look(m, err);
	}
	return ret;
}

/* --- stopping, before the flip --- */

int sw_fn_idle(struct sw *sw, struct sw_fn *rec, struct err *err)
{
	char user[64];

	if (!sw_fn_drops_vdpa(rec) || vdpa_in_use(sw->nic.sys, rec->vdpa) <= 0)
		return sw_fn_stops(rec) && nic_aux_is(&sw->nic, rec->aux, rec->num)
			       ? nic_aux_idle(&sw->nic, rec->aux, err)
			       : 0;
	nic_vdpa_user(&sw->nic, rec->vdpa, user, sizeof(user));
	return err_set(err, -EBUSY, "%s vDPA device '%s': it is in use%s%s (stop that first)",
		       rec->vdpa_made ? "delete" : "unbind", rec->vdpa, *user ? " by " : "", user);
}

static int is_there(const struct devlink_port *port, void *data)
{
	struct change *ch = data;

	for (size_t i = 0; i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		if (m->fn_new && port->flavour == DEVLINK_PORT_FLAVOUR_PCI_SF &&
		    port->sf == m->conf->fn.num && port->pf == m->conf->fn.pf &&
		    port->controller == m->conf->fn.controller)
			m->port->fn.made = m->fn_was.made;
	}
	return 0;
}

/* One that is to be made and is there, without a representor so far, is not repx's: who
 * cleans up after a crash must not delete it. That takes a dump: one at start and one
 * after a reset, none for each change. */
static int see_others(struct change *ch, struct err *err)
{
	struct nic *nic = &ch->sw->nic;
	bool any = false;
	int ret;

	for (size_t i = 0; i < ch->moves_len; i++)
		any |= ch->moves[i].fn_new;
	if (!any || ch->sw->fns_seen)
		return 0;
	ret = devlink_port_walk(&nic->dl, &ch->eswitch, is_there, ch);
	ch->sw->fns_seen = ret >= 0;
	if (ret >= 0 || ret == -ENODEV) /* making them will say more */
		return 0;
	return err_set(err, ret, "list the ports of '%s': %s", ch->conf.eswitch,
		       nl_why(&nic->dl.nl, ret));
}

int sw_fn_see(struct change *ch, struct err *err)
{
	int ret = see_others(ch, err);

	for (size_t i = 0; !ret && i < ch->gone_len; i++)
		if (sw_fn_goes(&ch->gone[i]))
			ret = sw_fn_idle(ch->sw, &ch->gone[i].port.fn, err);
	for (size_t i = 0; !ret && i < ch->moves_len; i++)
		if (ch->moves[i].fn_stop || ch->moves[i].vdpa_redo)
			ret = sw_fn_idle(ch->sw, &ch->moves[i].fn_was, err);
	return ret;
}

/* What goes or changes: the record so far, and how it is to be when that is undone. */
static void retired(void *arg, struct sw_fn **rec, const struct conf_port **conf)
{
	struct retire *r = arg;

	*rec = r->gone ? &r->gone->port.fn : &r->move->fn_was;
	*conf = r->gone ? r->gone->conf : r->move->fn_was_conf;
}

static const char *retired_name(struct retire *r)
{
	const struct conf_port *conf;
	struct sw_fn *rec;

	retired(r, &rec, &conf);
	return conf->name;
}

static struct nic *nic_of(void *arg)
{
	struct retire *r = arg;

	return &(r->gone ? r->gone->ch : r->move->ch)->sw->nic;
}

/* It runs again, but its devices may have other names than the switch's record says. */
static int undone(struct retire *r, int ret)
{
	struct sw *sw = (r->gone ? r->gone->ch : r->move->ch)->sw;
	const struct conf_port *conf;
	struct sw_fn *rec;

	retired(r, &rec, &conf);
	sw->ports[conf - sw->conf.ports].fn = *rec;
	return ret;
}

static int drop_run(void *arg, struct err *err)
{
	const struct conf_port *conf;
	struct sw_fn *rec;

	retired(arg, &rec, &conf);
	return sw_fn_drop_vdpa(nic_of(arg), rec, err);
}

static int drop_undo(void *arg, struct err *err)
{
	const struct conf_port *conf;
	struct sw_fn *rec;

	retired(arg, &rec, &conf);
	return undone(arg, sw_fn_make_vdpa(nic_of(arg), conf, rec, err));
}

static int quiet_run(void *arg, struct err *err)
{
	const struct conf_port *conf;
	struct sw_fn *rec;

	retired(arg, &rec, &conf);
	return blame(sw_fn_quiet(nic_of(arg), rec, err), "stop", conf->name, err);
}

static int quiet_undo(void *arg, struct err *err)
{
	const struct conf_port *conf;
	struct sw_fn *rec;
	bool ran;
	int ret;

	retired(arg, &rec, &conf);
	if (!((struct retire *)arg)->ready) /* it was no better before */
		return 0;
	ret = sw_fn_start(nic_of(arg), conf, rec, false, &ran, err);
	return undone(arg, ret ? ret : sw_fn_finish(nic_of(arg), conf, rec, ran, err));
}

static int stop_run(void *arg, struct err *err)
{
	const struct conf_port *conf;
	struct sw_fn *rec;

	retired(arg, &rec, &conf);
	return blame(sw_fn_stop(nic_of(arg), rec, err), "stop", conf->name, err);
}

/* A function that vanished with its card needs no stopping. */
static void collect(struct change *ch)
{
	for (size_t i = 0; i < ch->gone_len; i++)
		if (sw_fn_goes(&ch->gone[i]))
			ch->retires[ch->retires_len++] = (struct retire){
				.gone = &ch->gone[i], .ready = ch->gone[i].port.fn.ready};
	for (size_t i = 0; i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		if (m->fn_stop || m->vdpa_redo)
			ch->retires[ch->retires_len++] =
				(struct retire){.move = m, .ready = m->fn_was.ready};
	}
}

void sw_fn_retire(struct change *ch)
{
	struct steps *steps = &ch->steps;

	collect(ch);
	for (size_t i = 0; i < ch->retires_len; i++) {
		struct retire *r = &ch->retires[i];
		const struct conf_port *conf;
		struct sw_fn *rec;

		retired(r, &rec, &conf);
		if (sw_fn_drops_vdpa(rec))
			steps_add(steps, drop_run, drop_undo, r, "take away vDPA device '%s'",
				  rec->vdpa);
	}
	for (size_t i = 0; i < ch->retires_len; i++)
		if (!ch->retires[i].move || ch->retires[i].move->fn_stop)
			steps_add(steps, quiet_run, quiet_undo, &ch->retires[i],
				  "stop the function of port '%s'", retired_name(&ch->retires[i]));
	for (size_t i = 0; i < ch->retires_len; i++)
		if (!ch->retires[i].move || ch->retires[i].move->fn_stop)
			steps_add(steps, stop_run, NULL, &ch->retires[i],
				  "wait for the end of the function of port '%s'",
				  retired_name(&ch->retires[i]));
}

/* --- starting, after the flip --- */

static int start_run(void *arg, struct err *err)
{
	struct move *m = arg;
	struct sw_fn *rec = &m->port->fn;
	int ret;

	if (m->fn_failed || !m->link.ifindex)
		return 0;
	if (m->fn_again && nic_aux_idle(&m->ch->sw->nic, rec->aux, NULL))
		m->fn_again = false; /* no unfinished start: somebody uses it */
	ret = sw_fn_start(&m->ch->sw->nic, m->conf, rec, m->fn_again, &m->fn_ran, err);
	return ret ? failed(m, ret, err) : 0;
}

static int start_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	return m->fn_failed ? 0 : sw_fn_stop(&m->ch->sw->nic, &m->port->fn, err);
}

static int finish_run(void *arg, struct err *err)
{
	struct move *m = arg;
	int ret;

	if (m->fn_failed || !m->link.ifindex)
		return 0;
	ret = sw_fn_finish(&m->ch->sw->nic, m->conf, &m->port->fn, m->fn_ran, err);
	if (!ret)
		return 0;
	sw_fn_drop_vdpa(&m->ch->sw->nic, &m->port->fn, NULL);
	return failed(m, ret, err);
}

static int finish_undo(void *arg, struct err *err)
{
	struct move *m = arg;

	return m->fn_failed ? 0 : sw_fn_drop_vdpa(&m->ch->sw->nic, &m->port->fn, err);
}

static int redo_run(void *arg, struct err *err)
{
	struct move *m = arg;
	int ret;

	ret = sw_fn_make_vdpa(&m->ch->sw->nic, m->conf, &m->port->fn, err);
	if (ret)
		m->port->fn.vdpa[0] = 0;
	return ret ? failed(m, ret, err) : 0;
}

void sw_fn_activate(struct change *ch)
{
	struct steps *steps = &ch->steps;

	for (size_t i = 0; i < ch->moves_len; i++)
		if (ch->moves[i].fn_start)
			steps_add(steps, start_run, start_undo, &ch->moves[i],
				  "start the function of port '%s'", ch->moves[i].conf->name);
	for (size_t i = 0; i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		if (m->fn_start)
			steps_add(steps, finish_run, finish_undo, m,
				  "wait for the function of port '%s'", m->conf->name);
		else if (m->vdpa_redo)
			steps_add(steps, redo_run, finish_undo, m, "make vDPA device '%s'",
				  m->conf->vdpa.name);
	}
}

/* --- deleting, last --- */

static int bury_one(struct change *ch, struct gone *g, bool *first, struct failures *f,
		    struct err *err)
{
	struct err why = {0};
	int ret = sw_fn_delete(&ch->sw->nic, &g->port.fn, &why);

	if (!ret) {
		g->fn_buried = true;
		*first = false;
		return 0;
	}
	if (*first)
		return err_set(err, ret, "delete port '%s': %.440s", g->conf->name, why.text);
	failures_add(f, ret, "SF of port '%s': %s", g->conf->name, why.text);
	return 0;
}

/* The journal keeps those that could not be deleted, and only them. */
static void keep_left(struct change *ch)
{
	struct sw_journal *j = &ch->sw->journal;

	j->left_len = 0;
	for (size_t i = 0; i < ch->gone_len; i++) {
		const struct gone *g = &ch->gone[i];

		if (!sw_fn_goes(g) || !g->port.fn.made || g->fn_buried)
			continue;
		j->left[j->left_len++] = (struct sw_left){
			.port = {.fn = g->port.fn, .slot = g->port.slot, .owner = g->port.owner}};
	}
}

int sw_fn_bury(struct change *ch, struct err *err)
{
	struct failures f = {0};
	bool first = true;
	int ret = 0;

	for (size_t i = 0; !ret && i < ch->gone_len; i++)
		if (sw_fn_goes(&ch->gone[i]) && ch->gone[i].port.fn.made)
			ret = bury_one(ch, &ch->gone[i], &first, &f, err);
	if (ret || !f.len)
		return ret;
	keep_left(ch);
	sw_state_save(ch->sw, &ch->sw->journal, NULL);
	return err_set(err, -EUCLEAN,
		       "change switch '%s': done but for what could not be deleted: %s (the next "
		       "apply tries again)",
		       ch->sw->name, f.text);
}

/* --- without a way back: down, and after a crash --- */

void sw_fn_release(struct sw *sw, struct sw_fn *rec, const char *what, struct failures *f)
{
	struct err err = {0};
	int ret;

	if (rec->kind == CONF_FN_NONE)
		return;
	ret = sw_nic(sw, &err);
	if (!ret)
		ret = sw_fn_drop_vdpa(&sw->nic, rec, &err);
	if (!ret)
		ret = sw_fn_stop(&sw->nic, rec, &err);
	failures_add(f, ret, "stop %s: %s", what, err.text);
}

void sw_fn_release_last(struct sw *sw, struct sw_fn *rec, const char *what, struct failures *f)
{
	struct err err = {0};
	int ret;

	if (!rec->made)
		return;
	ret = sw_nic(sw, &err);
	if (!ret)
		ret = sw_fn_delete(&sw->nic, rec, &err);
	failures_add(f, ret, "delete %s: %s", what, err.text);
}
