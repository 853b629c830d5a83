// SPDX-License-Identifier: GPL-2.0-only
/* sw_release.c - taking off without a way back: for down, and after a crash
 *
 * Each piece may be there or not. What fails is noted, the rest goes on.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "sw_int.h"
#include "util.h"

void failures_add(struct failures *f, int ret, const char *fmt, ...)
{
	size_t used = strlen(f->text);
	char what[300];
	va_list ap;

	if (ret >= 0 || ret == -ENODEV)
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(f->text + used, sizeof(f->text) - used, "%s%s (%s)", f->len++ ? "; " : "", what,
		 strerror(-ret));
}

static void release_settings(struct sw *sw, const struct rtnl_link *link,
			     const struct sw_port *port, struct failures *f)
{
	if (port->off_clsact || port->off_hw_tc)
		failures_add(f, sw_offload_put_back(sw, port), "end the offload of '%s'",
			     link->name);
	if (port->set_rxvlan)
		failures_add(f,
			     rtnl_feature_set(&sw->rtnl, link->ifindex, "rx-vlan-hw-parse", true),
			     "set '%s' rx-vlan-hw-parse on", link->name);
	if (port->set_promisc && link->promisc)
		failures_add(f, rtnl_link_set_promisc(&sw->rtnl, link->ifindex, false),
			     "set '%s' not promiscuous", link->name);
	if (port->set_up && link->up)
		failures_add(f, rtnl_link_set_up(&sw->rtnl, link->ifindex, false), "set '%s' down",
			     link->name);
}

static void release_maps(struct sw *sw, const struct sw_port *port, struct failures *f)
{
	uint32_t slot;

	if (!sw->loaded)
		return;
	if (!sw_map_iface_get(sw, port->ifindex, &slot) && slot == port->slot)
		failures_add(f, sw_map_iface_del(sw, port->ifindex), "make netdev %u unknown",
			     port->ifindex);
	failures_add(f, sw_map_tx_del(sw, port->slot), "make slot %u no XDP target", port->slot);
}

void sw_release(struct sw *sw, const struct rtnl_links *links, struct sw_left *left,
		struct failures *f)
{
	const struct sw_port *port = &left->port;
	const struct rtnl_link *link = rtnl_links_by_index(links, port->ifindex);
	struct attach_state state = port->attach;
	struct err why = {0};

	failures_add(f, sw_rate_release(sw, &left->port.fn, &why), "%s", why.text);
	if (port->made_veth && !link)
		link = rtnl_links_by_name(links, left->netdev);
	if (port->ifindex) {
		int ret = attach_clear(sw_env(sw, state.tc_pref), port->ifindex, port->slot, &state,
				       &why);

		failures_add(f, ret, "detach '%s'", left->netdev);
	}
	release_maps(sw, port, f);
	if (link && port->made_veth && !strcmp(link->kind, "veth"))
		failures_add(f, rtnl_link_del(&sw->rtnl, link->ifindex), "remove '%s'", link->name);
	else if (link && port->ifindex)
		release_settings(sw, link, port, f);
}

void sw_wipe(struct sw *sw, struct failures *f)
{
	struct err why = {0};
	char path[390];

	sw_unload(sw);
	failures_add(f, sw_path_bpf_remove(sw, &why), "remove '%s'", sw->bpf_dir);
	if (!f->len)
		sw_eswitch_release(sw, f);
	if (f->len) /* the journal stays for another try */
		return;
	snprintf(path, sizeof(path), "%s/control", sw->run_dir);
	if (sw->owner_fd < 0) /* of a daemon that is no more */
		unlink(path);
	snprintf(path, sizeof(path), "%s/owner", sw->run_dir);
	if (sw->owner_fd < 0)
		unlink(path);
	sw_state_remove(sw);
	snprintf(path, sizeof(path), "%s/debts", sw->run_dir);
	sw_path_empty_dir(path); /* the ports that they are about are gone */
	sw_forget_all(sw);
	sw->exists = false;
	sw->next_guard = 1;
	sw->netns = sw_path_netns();
}

/* A killed change could not put this back. Whoever makes RCU fast holds a lock. */
void sw_slow_rcu(const struct sw *sw)
{
	int fd =
		!sw->journal.expedited ? -1 : open("/sys/kernel/rcu_expedited", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		attach_expedite(false, &fd);
	else
		close(fd);
}

static struct sw_port *port_of(struct sw *sw, const struct sw_left *left, size_t *at)
{
	for (*at = 0; *at < sw->conf.ports_len; (*at)++)
		if (sw->ports[*at].slot == left->port.slot &&
		    sw->ports[*at].ifindex == left->port.ifindex && left->port.ifindex)
			return &sw->ports[*at];
	return NULL;
}

/* What the change had to do with the port's function is seen to by the next plan; the rate
 * is as the port's record says. */
static void recover_function(struct sw *sw, const struct sw_left *left, size_t at,
			     struct failures *f)
{
	const struct sw_fn *was = &left->port.fn;
	struct sw_fn *fn = &sw->ports[at].fn;
	struct err why = {0};

	fn->ready &= was->ready;
	if (sw_rate_has(was) && sw_fn_known(fn))
		failures_add(f, sw_rate_put(sw, was, fn, &sw->conf.ports[at].rate, &why), "%s",
			     why.text);
}

/* The netdev is a port's, with other hooks and settings than the record's. */
static void recover_port(struct sw *sw, const struct rtnl_link *link, const struct sw_left *left,
			 struct sw_port *port, struct failures *f)
{
	struct attach_state state = left->port.attach;
	struct sw_port extra = {
		.set_rxvlan = left->port.set_rxvlan && !port->set_rxvlan,
		.set_promisc = left->port.set_promisc && !port->set_promisc,
	};
	struct err why = {0};
	int ret;

	if (memcmp(&state.mode, &port->attach.mode, sizeof(state.mode))) {
		ret = attach_set(sw_env(sw, sw->conf.tc_pref), link, port->slot, &port->attach.mode,
				 &state, &why);
		failures_add(f, ret, "attach '%s'", link->name);
	}
	release_settings(sw, link, &extra, f);
	if (left->opens && port->set_up && !link->up)
		failures_add(f, rtnl_link_set_up(&sw->rtnl, link->ifindex, true), "set '%s' up",
			     link->name);
}

static bool wanted(const struct sw *sw, const struct conf_fdb *fdb)
{
	for (size_t i = 0; i < sw->conf.fdb_len; i++)
		if (sw->conf.fdb[i].vlan == fdb->vlan && !memcmp(sw->conf.fdb[i].mac, fdb->mac, 6))
			return true;
	return false;
}

static void recover_static(struct sw *sw, struct failures *f)
{
	for (size_t i = 0; i < sw->journal.fdb_len; i++) {
		const struct conf_fdb *fdb = &sw->journal.fdb[i];
		struct repx_fdb_key key = {.vlan = fdb->vlan};
		struct repx_fdb entry;

		memcpy(key.mac, fdb->mac, sizeof(key.mac));
		if (wanted(sw, fdb) || bpf_map_lookup_elem(sw->obj.fdb, &key, &entry) ||
		    !(entry.flags & REPX_FDB_STATIC))
			continue;
		if (bpf_map_delete_elem(sw->obj.fdb, &key))
			failures_add(f, -errno, "remove fdb entry '" MAC_FMT "'",
				     MAC_ARG(fdb->mac));
	}
}

/* The pins named by the slot are of the port's present netdev. */
static bool slot_taken(const struct sw *sw, uint32_t slot)
{
	int at = sw->exists ? sw_port_by_slot(sw, slot) : -1;

	return at >= 0 && sw->ports[at].ifindex;
}

/* Another record may be of the same SF: a port whose representor died, and which was
 * to get another. Then it is for the next plan to see what became of it. */
static bool fn_lives(const struct sw *sw, const struct sw_fn *rec)
{
	for (size_t i = 0; i < sw->conf.ports_len && sw->exists; i++) {
		const struct sw_fn *fn = &sw->ports[i].fn;

		if (fn->kind == rec->kind && fn->num == rec->num && fn->pf == rec->pf &&
		    fn->controller == rec->controller)
			return true;
	}
	return false;
}

static void recover_gone(struct sw *sw, const struct rtnl_links *links, struct sw_left *left,
			 struct failures *f)
{
	struct sw_fn *rec = &left->port.fn;
	bool lives = rec->kind == CONF_FN_NONE || fn_lives(sw, rec);

	if (!lives)
		sw_fn_release(sw, rec, left->netdev, f);
	sw_release(sw, links, left, f);
	if (!lives)
		sw_fn_release_last(sw, rec, left->netdev, f);
}

static void recover_ports(struct sw *sw, struct failures *f)
{
	struct rtnl_links links = {0};
	size_t at;

	failures_add(f, rtnl_links_load(&sw->rtnl, &links), "read netdevs");
	for (size_t i = 0; i < sw->journal.left_len; i++) {
		struct sw_left *left = &sw->journal.left[i];
		struct sw_port *port = port_of(sw, left, &at);
		const struct rtnl_link *link = rtnl_links_by_index(&links, left->port.ifindex);

		if (port)
			recover_function(sw, left, at, f);
		if (port && link)
			recover_port(sw, link, left, port, f);
		else if (!link && sw->loaded && slot_taken(sw, left->port.slot))
			sw_map_iface_del(sw, left->port.ifindex);
		else if (!port)
			recover_gone(sw, &links, left, f);
	}
	rtnl_links_done(&links);
}

/* A switch that was not there before is taken away, for the rest the next plan
 * compares port by port what is there. */
int sw_recover(struct sw *sw, struct err *err)
{
	struct failures f = {0};
	int ret;

	if (!sw->journal.open)
		return 0;
	if (sw->exists && sw->loaded) {
		ret = sw_load(sw, &sw->conf, false, false, err);
		if (ret)
			return ret;
	}
	sw_slow_rcu(sw);
	bpf_obj_wait(); /* nobody else did, after a flip */
	recover_ports(sw, &f);
	if (!f.len && sw->exists && sw->loaded) {
		recover_static(sw, &f);
		failures_add(&f, sw_forget_strays(sw), "remove fdb entries");
		failures_add(&f, sw_guard_purge(sw), "empty old guards");
		sw_watch_xdp(sw, sw->ports, sw->conf.ports_len, sw->conf.xdp_tx_errors);
	}
	if (!f.len && !sw->exists)
		sw_wipe(sw, &f);
	if (f.len)
		return err_set(err, -EUCLEAN, "clean up after an interrupted change of '%s': %s",
			       sw->name, f.text);
	sw_journal_done(&sw->journal);
	return sw->exists ? sw_state_save(sw, NULL, err) : 0;
}
