// SPDX-License-Identifier: GPL-2.0-only
/* sw_change.c - one change of a switch, all of it or nothing
 *
 * What can fail is done before the flip. What follows the flip is taking off,
 * and has an undo as well, which ends with the flip back: the half in use so
 * far was left as it is.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

/* Who follows the host comes back: it must not keep others from being answered. */
#define FOLLOW_WAIT_MS 3000

void sw_warn(const struct change *ch, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (!ch->warn)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ch->warn(text);
}

static int journal_run(void *arg, struct err *err)
{
	struct change *ch = arg;
	int ret = sw_journal_make(ch, err);

	return ret ? ret : sw_state_save(ch->sw, &ch->sw->journal, err);
}

/* Where something is left the journal stays, for whoever comes next. */
static int journal_undo(void *arg, struct err *err)
{
	struct change *ch = arg;

	if (ch->steps.left)
		return ch->was_there ? sw_state_save(ch->sw, &ch->sw->journal, err) : 0;
	sw_journal_done(&ch->sw->journal);
	if (ch->was_there)
		return sw_state_save(ch->sw, NULL, err);
	sw_state_remove(ch->sw);
	return 0;
}

void sw_journal_steps(struct change *ch)
{
	steps_add(&ch->steps, journal_run, ch->steps.len ? NULL : journal_undo, ch,
		  "write the journal");
}

/* After the journal, which says so: RCU must not stay fast when we are killed. */
static int fast_run(void *arg, struct err *err)
{
	struct change *ch = arg;

	(void)err;
	attach_expedite(true, &ch->expedited);
	return 0;
}

static int fast_undo(void *arg, struct err *err)
{
	struct change *ch = arg;

	(void)err;
	return attach_expedite(false, &ch->expedited);
}

static int folders_run(void *arg, struct err *err)
{
	struct change *ch = arg;
	int ret = 0;

	if (!ch->was_there) /* pins of a switch whose run state was lost */
		ret = sw_path_bpf_remove(ch->sw, err);
	return ret ? ret : sw_path_bpf_make(ch->sw, err);
}

static int folders_undo(void *arg, struct err *err)
{
	struct change *ch = arg;

	return sw_path_bpf_remove(ch->sw, err);
}

static int load_run(void *arg, struct err *err)
{
	struct change *ch = arg;
	int ret = sw_load(ch->sw, &ch->conf, false, false, err);

	if (ret)
		bpf_obj_unpin(ch->sw->bpf_dir, NULL);
	return ret;
}

static int load_undo(void *arg, struct err *err)
{
	struct change *ch = arg;

	sw_unload(ch->sw);
	return bpf_obj_unpin(ch->sw->bpf_dir, err);
}

static int pin_run(void *arg, struct err *err)
{
	struct change *ch = arg;

	return bpf_obj_pin_progs(&ch->sw->obj, ch->sw->bpf_dir, err);
}

static int pin_undo(void *arg, struct err *err)
{
	struct change *ch = arg;

	return bpf_obj_pin_progs(&ch->old_obj, ch->sw->bpf_dir, err);
}

static int veth_run(void *arg, struct err *err)
{
	struct move *m = arg;
	struct rtnl *rtnl = &m->ch->sw->rtnl;
	const char *name = m->ch->conf.host_netdev;
	int ret = rtnl_veth_add(rtnl, name, m->conf->netdev);

	if (ret)
		err_set(err, ret, "make host port '%s': %s%s%s", name, strerror(-ret),
			*rtnl->route.extack ? ": " : "", rtnl->route.extack);
	return ret;
}

static int veth_undo(void *arg, struct err *err)
{
	struct move *m = arg;
	struct rtnl_link link;
	int ret = rtnl_link_get(&m->ch->sw->rtnl, m->conf->netdev, &link);

	(void)err;
	if (!ret)
		ret = rtnl_link_del(&m->ch->sw->rtnl, link.ifindex);
	return ret == -ENODEV ? 0 : ret;
}

/* What must be there before the rest can be planned. */
static int prepare_switch(struct change *ch, struct err *err)
{
	struct steps *steps = &ch->steps;

	sw_journal_steps(ch);
	steps_add(steps, fast_run, fast_undo, ch, "make RCU fast");
	if (ch->make_maps) {
		steps_add(steps, folders_run, folders_undo, ch, "make '%s'", ch->sw->bpf_dir);
		steps_add(steps, load_run, load_undo, ch, "load the programs");
	}
	if (ch->reload)
		steps_add(steps, pin_run, pin_undo, ch, "pin the new programs");
	for (size_t i = 0; i < ch->moves_len; i++)
		if (ch->moves[i].make_veth)
			steps_add(steps, veth_run, veth_undo, &ch->moves[i], "make '%s'",
				  ch->conf.host_netdev);
	sw_fn_make(ch);
	return steps_run(steps, err);
}

/* The pair was just made: it is up with the port, and both go together. */
static int find_veth(struct move *m, struct err *err)
{
	struct rtnl *rtnl = &m->ch->sw->rtnl;
	struct rtnl_link host, link;
	int ret = rtnl_link_get(rtnl, m->ch->conf.host_netdev, &host);

	if (!ret)
		ret = rtnl_link_set_up(rtnl, host.ifindex, true);
	if (!ret)
		ret = rtnl_link_get(rtnl, m->conf->netdev, &link);
	if (ret)
		return err_set(err, ret, "make host port '%s': %s", m->ch->conf.host_netdev,
			       strerror(-ret));
	sw_move_take(m, &link);
	m->port->made_veth = m->port->set_up = true;
	memcpy(m->port->host_mac, host.mac, sizeof(host.mac));
	return 0;
}

static int choose_modes(struct change *ch, struct err *err)
{
	int ret = sw_fn_found(ch, err);

	for (size_t i = 0; !ret && i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		if (m->make_veth)
			ret = find_veth(m, err);
		if (ret || !m->choose)
			continue;
		ret = sw_port_choose(m, err);
		if (!ret)
			sw_plan_settings(m);
	}
	return ret;
}

static int prepare_ports(struct change *ch, struct err *err)
{
	struct steps *steps = &ch->steps;
	int ret = choose_modes(ch, err);

	if (ret) {
		err_set(err, ret, "plan the change of switch '%s': %s", ch->sw->name,
			strerror(-ret));
		return steps_undo(steps, err);
	}
	steps_add(steps, journal_run, NULL, ch, "write the journal");
	for (size_t i = 0; i < ch->moves_len; i++)
		sw_port_bury(&ch->moves[i]);
	if (sw_forget_due(ch, true))
		steps_add(steps, sw_forget_run, sw_forget_undo, &ch->dead,
			  "remove fdb entries of lost netdevs");
	for (size_t i = 0; i < ch->moves_len; i++)
		sw_port_prepare(&ch->moves[i]);
	sw_flows_steps(ch);
	for (size_t i = 0; i < ch->moves_len; i++)
		sw_rate_steps(&ch->moves[i]);
	for (size_t i = 0; i < ch->moves_len; i++)
		sw_pool_mac(&ch->moves[i]);
	sw_static_steps(ch);
	sw_fn_retire(ch);
	return steps_run(steps, err);
}

static int write_run(void *arg, struct err *err)
{
	struct change *ch = arg;
	int ret = sw_half_make(ch);

	(void)err;
	if (!ret)
		sw_half_write(ch);
	return ret;
}

void sw_watch_xdp(const struct sw *sw, const struct sw_port *ports, size_t len, bool tx_errors)
{
	bool sends = false;

	for (size_t i = 0; i < len; i++)
		sends |= ports[i].attach.mode.xdp == ATTACH_XDP_NATIVE;
	bpf_obj_watch_xdp(&sw->obj, sw->bpf_dir, sends, sends && tx_errors);
}

/* An upgrade replaces the watching programs too. */
static int watch_run(void *arg, struct err *err)
{
	struct change *ch = arg;

	(void)err;
	if (ch->reload)
		sw_watch_xdp(ch->sw, NULL, 0, false);
	sw_watch_xdp(ch->sw, ch->ports, ch->moves_len, ch->conf.xdp_tx_errors);
	return 0;
}

static int watch_undo(void *arg, struct err *err)
{
	struct change *ch = arg;
	struct sw *sw = ch->sw;

	(void)err;
	sw_watch_xdp(sw, sw->ports, ch->was_there ? sw->conf.ports_len : 0, sw->conf.xdp_tx_errors);
	return 0;
}

/* What the switch is and what it is to be change places. */
static void swap(struct change *ch, bool exists, const char *build)
{
	struct sw *sw = ch->sw;
	struct conf conf = sw->conf;
	struct sw_port *ports = sw->ports;
	uint32_t next_guard = sw->next_guard;

	sw->conf = ch->conf;
	sw->ports = ch->ports;
	sw->next_guard = ch->next_guard;
	ch->conf = conf;
	ch->ports = ports;
	ch->next_guard = next_guard;
	sw->exists = exists;
	str_copy(sw->build, sizeof(sw->build), build);
}

static void flip(struct change *ch)
{
	ch->sw->obj.cfg_mem->sweep_ns = 0;
	bpf_obj_flip(&ch->sw->obj);
}

static int commit_run(void *arg, struct err *err)
{
	struct change *ch = arg;
	const struct sw_offload *offload = ch->was_there ? ch->sw->offload : NULL;
	int ret = 0;

	if (offload)
		ret = offload->flip(offload->data, &ch->conf, ch->ports,
				    !bpf_obj_half(&ch->sw->obj), err);
	if (ret)
		return ret;
	flip(ch);
	swap(ch, true, bpf_obj_build());
	ret = sw_state_save(ch->sw, &ch->sw->journal, err);
	if (ret) {
		swap(ch, ch->was_there, ch->old_build);
		flip(ch);
	}
	return ret;
}

static int commit_undo(void *arg, struct err *err)
{
	struct change *ch = arg;

	swap(ch, ch->was_there, ch->old_build);
	flip(ch);
	return sw_state_save(ch->sw, &ch->sw->journal, err);
}

static int commit(struct change *ch, struct err *err)
{
	struct steps *steps = &ch->steps;

	for (size_t i = 0; i < ch->moves_len; i++) {
		if (ch->moves[i].attach)
			sw_port_refresh(&ch->moves[i], err);
		sw_port_tx(&ch->moves[i]);
	}
	steps_add(steps, watch_run, watch_undo, ch, "count refused XDP redirects");
	steps_add(steps, write_run, NULL, ch, "write the tables");
	steps_add(steps, commit_run, commit_undo, ch, "switch to the new tables");
	return steps_run(steps, err);
}

/* The programs know the ports: their functions may send. */
static int open_ports(struct change *ch, struct err *err)
{
	for (size_t i = 0; i < ch->moves_len; i++)
		sw_port_open(&ch->moves[i]);
	sw_fn_activate(ch);
	return steps_run(&ch->steps, err);
}

static int wait_run(void *arg, struct err *err)
{
	(void)arg;
	(void)err;
	bpf_obj_wait();
	return 0;
}

static int settle(struct change *ch, struct err *err)
{
	struct steps *steps = &ch->steps;

	steps_add(steps, wait_run, wait_run, ch, "wait for frames under way");
	for (size_t i = 0; i < ch->moves_len; i++)
		sw_port_settle(&ch->moves[i]);
	for (size_t i = 0; i < ch->gone_len; i++)
		sw_port_release(&ch->gone[i]);
	if (sw_forget_due(ch, false))
		steps_add(steps, sw_forget_run, sw_forget_undo, &ch->after, "remove fdb entries");
	for (size_t i = 0; i < ch->gone_len; i++)
		sw_port_remove_veth(&ch->gone[i]);
	return steps_run(steps, err);
}

/* The change is complete, whether or not this can be written: with a journal
 * that says too much the next one only looks for what is not there. */
static void end_journal(struct change *ch)
{
	struct err why = {0};

	if (sw_state_save(ch->sw, NULL, &why))
		sw_warn(ch, "%s", why.text);
	else
		sw_journal_done(&ch->sw->journal);
}

static int execute(struct change *ch, struct err *err)
{
	int ret = sw_fn_see(ch, err);

	if (!ret)
		ret = prepare_switch(ch, err);
	if (!ret)
		ret = prepare_ports(ch, err);
	if (!ret)
		ret = commit(ch, err);
	if (!ret)
		ret = open_ports(ch, err);
	if (!ret)
		ret = settle(ch, err);
	if (!ret)
		ret = sw_fn_bury(ch, err);
	if (ret && ret != -EUCLEAN)
		ret = steps_undo(&ch->steps, err);
	attach_expedite(false, &ch->expedited);
	if (!ret)
		end_journal(ch);
	return ret;
}

static int check_sizes(const struct sw *sw, const struct conf *conf, struct err *err)
{
	if (strcmp(sw->name, conf->name))
		return err_set(err, -EINVAL, "change switch '%s': the conf is of switch '%s'",
			       sw->name, conf->name);
	if (sw->exists && sw->conf.fdb_size != conf->fdb_size)
		return err_set(err, -EINVAL,
			       "change switch '%s': fdb.size is %u and cannot become %u while the "
			       "switch exists (down, then apply)",
			       sw->name, sw->conf.fdb_size, conf->fdb_size);
	if (sw->exists && sw->conf.max_ports != conf->max_ports)
		return err_set(err, -EINVAL,
			       "change switch '%s': max_ports is %u and cannot become %u while the "
			       "switch exists (down, then apply)",
			       sw->name, sw->conf.max_ports, conf->max_ports);
	if ((sw->exists || sw->journal.open) && sw->netns != sw_path_netns())
		return err_set(err, -EXDEV,
			       "change switch '%s': it lives in another network namespace (nsenter "
			       "--net into it, or down)",
			       sw->name);
	return 0;
}

/* Programs to compare with: those in use or, after an upgrade, the new ones. */
static int load(struct change *ch, struct err *err)
{
	struct sw *sw = ch->sw;
	int ret = 0;

	ch->make_maps = !sw->exists || !sw->loaded;
	if (ch->make_maps)
		return !sw->exists && ch->dry_run ? sw_load(sw, &ch->conf, true, false, err) : 0;
	if (sw->obj.tc_prog < 0)
		ret = sw_load(sw, &ch->conf, false, false, err);
	if (ret || !strcmp(sw->build, bpf_obj_build()))
		return ret;
	ch->old_obj = sw->obj;
	sw->loaded = false;
	ret = sw_load(sw, &ch->conf, false, true, err);
	if (ret) {
		sw->obj = ch->old_obj;
		sw->loaded = true;
		return ret;
	}
	ch->reload = true;
	return 0;
}

/* Which of the programs stays open: the ones in use. */
static void unload(struct change *ch, bool done)
{
	struct sw *sw = ch->sw;

	if (ch->reload && !done) {
		bpf_obj_close(&sw->obj);
		sw->obj = ch->old_obj;
	} else if (ch->reload) {
		bpf_obj_close(&ch->old_obj);
	}
	if (!sw->exists)
		sw_unload(sw);
}

static int begin(struct change *ch, const struct conf *conf, const enum sw_owner *owners,
		 struct err *err)
{
	int ret;

	ch->dead = (struct forget){.ch = ch, .dead = true};
	ch->after = (struct forget){.ch = ch};
	ch->expedited = -1;
	ch->was_there = ch->sw->exists;
	ch->old_pref = ch->was_there ? ch->sw->conf.tc_pref : conf->tc_pref;
	str_copy(ch->old_build, sizeof(ch->old_build), ch->sw->build);
	ret = conf_copy(&ch->conf, conf);
	ch->ports = calloc(conf->ports_len + 1, sizeof(*ch->ports));
	if (ret || !ch->ports)
		return err_set(err, -ENOMEM, "change switch '%s': out of memory", ch->sw->name);
	for (size_t i = 0; i < conf->ports_len; i++)
		ch->ports[i].owner = owners[i];
	return load(ch, err);
}

static uint32_t uplink_mtu(const struct change *ch)
{
	uint32_t mtu = UINT32_MAX;

	for (size_t i = 0; i < ch->moves_len; i++) {
		const struct move *m = &ch->moves[i];

		if (m->conf->role == CONF_ROLE_UPLINK && m->link.ifindex && m->link.mtu < mtu)
			mtu = m->link.mtu;
	}
	return mtu;
}

/* Without a daemon this is when it can be told; with one, its notices tell it. */
static void warn_behind(const struct move *m)
{
	const struct change *ch = m->ch;
	struct rtnl_filter f;

	if (ch->follow || ch->sw->cache || m->fresh || m->mode.tc != ATTACH_TC_TCX)
		return;
	if (attach_behind(&ch->sw->rtnl, m->link.ifindex, &f) == 1)
		sw_warn(ch,
			"port '%s': somebody's %s filter at pref %u sees no frame of it: repx sits "
			"in tcx there, which runs before all filters (say attach: clsact on the "
			"port and apply)",
			m->conf->name, f.kind, f.pref);
}

static void warn_all(const struct change *ch)
{
	uint32_t mtu = uplink_mtu(ch);
	char wants[64];

	for (size_t i = 0; i < ch->moves_len; i++) {
		const struct move *m = &ch->moves[i];

		sw_fn_wants(m->conf, wants, sizeof(wants));
		if (m->link.ifindex)
			warn_behind(m);
		if (!m->link.ifindex && !m->make_veth && !m->fn_new && (!ch->follow || m->flush))
			sw_warn(ch,
				"port '%s': there is no %s (the port is missing, and "
				"comes up when that appears)",
				m->conf->name, wants);
		if (m->conf->vlan.mode == CONF_VLAN_TUNNEL && m->link.ifindex &&
		    mtu < m->link.mtu + 4)
			sw_warn(ch,
				"port '%s': its MTU %u and the S-tag do not fit the uplink's MTU "
				"%u (ip link set dev UPLINK mtu %u)",
				m->conf->name, m->link.mtu, mtu, m->link.mtu + 4);
	}
}

int sw_change(struct sw *sw, const struct conf *conf, const enum sw_owner *owners, bool follow,
	      bool dry_run, struct sw_changes *changes, void (*warn)(const char *text),
	      struct err *err)
{
	struct change ch = {.sw = sw, .follow = follow, .dry_run = dry_run, .warn = warn};
	bool done = false;
	int ret = check_sizes(sw, conf, err);

	sw->nic.wait_ms = follow ? FOLLOW_WAIT_MS : NIC_WAIT_MS;

	if (!ret && !dry_run)
		ret = sw_offload_purge(sw, err);
	if (!ret && !dry_run)
		ret = sw_recover(sw, err);
	if (!ret)
		ret = begin(&ch, conf, owners, err);
	if (!ret)
		ret = sw_eswitch_ready(&ch, err);
	if (!ret) {
		ret = sw_plan(&ch, err);
		if (ret)
			ret = steps_undo(&ch.steps, err);
	}
	if (!ret && (!follow || ch.changes.len))
		warn_all(&ch);
	if (!ret && !dry_run && ch.changes.len) {
		ret = execute(&ch, err);
		done = !ret;
		if (follow)
			sw_fn_unreport(&ch);
	}
	if (!ret && changes) {
		*changes = ch.changes;
		ch.changes = (struct sw_changes){0};
	}
	unload(&ch, done);
	conf_done(&ch.conf);
	free(ch.ports);
	sw_plan_done(&ch);
	return ret;
}
