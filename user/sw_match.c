// SPDX-License-Identifier: GPL-2.0-only
/* sw_match.c - which netdev is which port, may the port have it, in which slot
 *
 * A port that stands for a function has that function's representor, one that was
 * seen with a devlink port keeps that, whatever it is called. Any other is known by
 * its ifindex. An apply looks for the name first, because that is what its user says;
 * hotplug looks for the ifindex first, because names change under it. One netdev goes
 * to one port.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

static bool take(struct move *m, const struct rtnl_link *link, bool *taken)
{
	size_t at;

	if (!link || m->link.ifindex)
		return false;
	at = (size_t)(link - m->ch->links->list);
	if (taken[at])
		return false;
	taken[at] = true;
	m->link = *link;
	return true;
}

static void match_functions(struct change *ch, bool *taken)
{
	for (size_t i = 0; i < ch->moves_len && *ch->eswitch.dev; i++) {
		struct move *m = &ch->moves[i];

		if (m->conf->fn.kind != CONF_FN_NONE)
			take(m, sw_ident_function(&ch->ident, &ch->eswitch, &m->conf->fn), taken);
	}
}

static void match_devlink(struct change *ch, bool *taken)
{
	for (size_t i = 0; i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		if (m->old_conf && !m->conf->fn.kind &&
		    !strcmp(m->old_conf->netdev, m->conf->netdev))
			take(m, sw_ident_port(&ch->ident, &m->old.fn.port), taken);
	}
}

static void match_names(struct change *ch, bool *taken)
{
	for (size_t i = 0; i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		if (m->conf->fn.kind == CONF_FN_NONE)
			take(m, rtnl_links_by_name(ch->links, m->conf->netdev), taken);
	}
}

static void match_indexes(struct change *ch, bool *taken)
{
	for (size_t i = 0; i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		if (m->old.ifindex && !m->conf->fn.kind &&
		    !strcmp(m->old_conf->netdev, m->conf->netdev))
			take(m, rtnl_links_by_index(ch->links, m->old.ifindex), taken);
	}
}

/* Does another switch of this root and network namespace have the netdev? */
static int other_switch(const char *name, void *data)
{
	struct change *ch = data;
	struct sw other = {.lock_fd = -1, .owner_fd = -1};
	int ret = 0;

	if (!strcmp(name, ch->sw->name))
		return 0;
	memcpy(other.run_base, ch->sw->run_base, sizeof(other.run_base));
	sw_path_name(&other, name);
	if (sw_state_load(&other, NULL) || other.netns != ch->sw->netns)
		goto out;
	for (size_t i = 0; i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		for (size_t j = 0; m->fresh && j < other.conf.ports_len; j++)
			if (other.ports[j].ifindex == m->link.ifindex) {
				m->taken_by = strdup(name);
				ret = 1;
				goto out;
			}
	}
out:
	sw_forget_all(&other);
	return ret;
}

static int refuse_taken(struct change *ch, struct err *err)
{
	int ret = sw_walk(*ch->sw->root ? ch->sw->root : NULL, other_switch, ch);

	for (size_t i = 0; ret > 0 && i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		if (m->taken_by)
			ret = err_set(err, -EBUSY,
				      "add port '%s': netdev '%s' is a port of switch '%s' (remove "
				      "it there first)",
				      m->conf->name, m->link.name, m->taken_by);
	}
	return ret > 0 ? -ENOMEM : ret;
}

static int check_uplink(struct move *m, struct err *err)
{
	bool was = m->old_conf && m->old_conf->role == CONF_ROLE_UPLINK && !m->old_conf->shared &&
		   m->ch->sw->conf.host_netdev[0] == 0;
	int ret;

	if (m->conf->role != CONF_ROLE_UPLINK || m->conf->shared || *m->ch->conf.host_netdev)
		return 0;
	if (was && !m->fresh)
		return 0;
	ret = rtnl_link_has_addr(&m->ch->sw->rtnl, m->link.ifindex);
	if (ret <= 0)
		return ret ? err_set(err, ret, "look at addresses of '%s': %s", m->link.name,
				     strerror(-ret))
			   : 0;
	return err_set(
		err, -EADDRINUSE,
		"add uplink '%s': netdev '%s' has an IP address, which would be cut off (add "
		"switch.host, or say shared: true on the port)",
		m->conf->name, m->link.name);
}

/* The rules for a netdev that was not this port's so far. */
static int check_link(struct move *m, struct err *err)
{
	const struct rtnl_link *above;

	if (!m->link.ifindex)
		return 0;
	if (m->fresh && !m->link.ethernet)
		return err_set(err, -EOPNOTSUPP, "add port '%s': netdev '%s' is not Ethernet",
			       m->conf->name, m->link.name);
	if (m->fresh && m->link.master) {
		above = rtnl_links_by_index(m->ch->links, m->link.master);
		return err_set(err, -EBUSY,
			       "add port '%s': netdev '%s' is a member of '%s' (ip link set dev %s "
			       "nomaster)",
			       m->conf->name, m->link.name, above ? above->name : "?",
			       m->link.name);
	}
	return check_uplink(m, err);
}

/* The host port's pair is made where both ends are missing. */
static int match_host(struct move *m, struct err *err)
{
	const char *name = m->ch->conf.host_netdev;
	const struct rtnl_link *host = rtnl_links_by_name(m->ch->links, name);

	if (!m->link.ifindex && host)
		return err_set(
			err, -EEXIST,
			"make host port '%s': a netdev of that name is there already, without "
			"its other end '%s' (choose another switch.host.netdev)",
			name, m->conf->netdev);
	if (!m->link.ifindex) {
		m->make_veth = !m->ch->follow;
		return 0;
	}
	if (host && m->link.peer_ifindex == host->ifindex) {
		memcpy(m->port->host_mac, host->mac, sizeof(host->mac));
		return 0;
	}
	if (!m->fresh) /* the stack's side is in another namespace by now */
		return 0;
	return err_set(err, -EEXIST,
		       "make host port '%s': '%s' is there already and is not its other "
		       "end (choose another switch.host.netdev)",
		       name, m->conf->netdev);
}

static void mark_used(const struct change *ch, bool *used)
{
	const struct sw *sw = ch->sw;

	for (size_t i = 0; i < sw->conf.ports_len && sw->exists; i++)
		used[sw->ports[i].slot] = true;
	for (uint32_t slot = 0; sw->loaded && !ch->make_maps && slot < sw->obj.max_ports; slot++)
		if (sw_half_slot_used(sw, slot))
			used[slot] = true;
}

/* A port keeps its slot, unless it leaves a netdev that lives on: then the
 * former netdev keeps it until the flip. */
static int give_slots(struct change *ch, struct err *err)
{
	bool used[REPX_MAX_PORTS] = {false};
	uint32_t next = 0;

	mark_used(ch, used);
	for (size_t i = 0; i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		m->port->slot = m->old.slot;
		if (m->old_conf && !(m->fresh && m->old_lives))
			continue;
		while (next < ch->conf.max_ports && used[next])
			next++;
		if (next == ch->conf.max_ports)
			return err_set(err, -ENOSPC,
				       "add port '%s': no free slot (switch.max_ports is %u; ports "
				       "that go with the same change free theirs only after it)",
				       m->conf->name, ch->conf.max_ports);
		m->port->slot = next++;
	}
	return 0;
}

static void settle(struct move *m)
{
	m->old_lives = m->old.ifindex && rtnl_links_by_index(m->ch->links, m->old.ifindex);
	m->fresh = m->link.ifindex && m->link.ifindex != m->old.ifindex;
	m->flush = m->old.ifindex && !m->old_lives;
	m->port->ifindex = m->link.ifindex;
	if (!m->link.ifindex)
		return;
	m->port->mtu = m->link.mtu;
	memcpy(m->port->mac, m->link.mac, sizeof(m->link.mac));
	str_copy(m->port->netdev, sizeof(m->port->netdev), m->link.name);
}

/* Hotplug leaves out a netdev that may not be a port; the rest goes on. */
static int check(struct move *m, struct err *err)
{
	struct err why = {0};
	int ret = check_link(m, &why);

	if (!ret && m->conf->role == CONF_ROLE_HOST)
		ret = match_host(m, &why);
	if (!ret)
		return 0;
	if (!m->ch->follow || !m->fresh)
		return err_set(err, ret, "%s", why.text);
	sw_warn(m->ch, "%s", why.text);
	m->link = (struct rtnl_link){0};
	settle(m);
	return 0;
}

int sw_match(struct change *ch, struct err *err)
{
	bool *taken = calloc(ch->links->len + 1, sizeof(*taken));
	bool fresh = false;
	int ret = 0;

	if (!taken)
		return -ENOMEM;
	match_functions(ch, taken);
	match_devlink(ch, taken);
	if (ch->follow)
		match_indexes(ch, taken);
	match_names(ch, taken);
	if (!ch->follow)
		match_indexes(ch, taken);
	free(taken);
	for (size_t i = 0; !ret && i < ch->moves_len; i++) {
		struct move *m = &ch->moves[i];

		settle(m);
		ret = check(m, err);
		fresh |= m->fresh;
	}
	if (!ret && fresh)
		ret = refuse_taken(ch, err);
	return ret ? ret : give_slots(ch, err);
}
