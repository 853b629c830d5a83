// SPDX-License-Identifier: GPL-2.0-only
/* sw_journal.c - the records of a change, written before it is begun
 *
 * One record for each netdev that it prepares, changes or takes off: as it is
 * and, where that differs, as it is to be. See sw_int.h for what they are for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

/* As it is to be: whether the qdisc will be ours is known only from the host. */
static void add_planned(struct change *ch, struct sw_journal *j, const struct move *m)
{
	struct sw_left *left = &j->left[j->left_len++];
	struct attach_state *attach = &left->port.attach;

	left->port = *m->port;
	left->opens = sw_port_opens(m);
	str_copy(left->netdev, sizeof(left->netdev),
		 *m->conf->netdev ? m->conf->netdev : m->port->netdev);
	if (m->conf->role == CONF_ROLE_HOST)
		str_copy(left->host_netdev, sizeof(left->host_netdev), ch->conf.host_netdev);
	attach->mode = m->mode;
	left->port.fn.rate_hw |= m->rate_can && m->conf->rate.rx;
	left->port.fn.share_hw |= m->rate_can && m->conf->rate.rx_min;
	if (m->mode.tc != ATTACH_TC_CLSACT)
		return;
	attach->tc_pref = ch->conf.tc_pref;
	attach->clsact_made =
		m->port->attach.clsact_made || !rtnl_clsact_get(&ch->sw->rtnl, m->link.ifindex);
}

static void add_former(struct sw_journal *j, const struct conf_port *conf,
		       const struct sw_port *port)
{
	struct sw_left *left = &j->left[j->left_len++];

	left->port = *port;
	str_copy(left->netdev, sizeof(left->netdev), *conf->netdev ? conf->netdev : port->netdev);
}

static void add_port(struct change *ch, struct sw_journal *j, const struct move *m)
{
	if (m->old.ifindex && (m->flush || m->attach || m->promisc_off || m->rxvlan_on))
		add_former(j, m->old_conf, &m->old);
	if (m->make_veth || m->fn_new || m->fresh || m->attach || m->promisc_on || m->rxvlan_off ||
	    m->fn_start || m->rate_due)
		add_planned(ch, j, m);
}

static void add_fdb(struct sw_journal *j, const struct conf_fdb *fdb)
{
	j->fdb[j->fdb_len++] = *fdb;
}

/* Then it is us who make it fast; others may have done so for good. */
bool sw_rcu_is_slow(void)
{
	FILE *f = fopen("/sys/kernel/rcu_expedited", "re");
	int value = f ? fgetc(f) : EOF;

	if (f)
		fclose(f);
	return value == '0';
}

int sw_journal_make(struct change *ch, struct err *err)
{
	struct sw_journal *j = &ch->sw->journal;

	sw_journal_done(j);
	j->left = calloc(2 * ch->moves_len + ch->gone_len + 1, sizeof(*j->left));
	j->fdb = calloc(ch->entries_len + ch->gone_fdb_len + 1, sizeof(*j->fdb));
	if (!j->left || !j->fdb) {
		sw_journal_done(j);
		return err_set(err, -ENOMEM, "plan the change: out of memory");
	}
	j->open = true;
	j->expedited = ch->expedited >= 0 || sw_rcu_is_slow();
	for (size_t i = 0; i < ch->moves_len; i++)
		add_port(ch, j, &ch->moves[i]);
	for (size_t i = 0; i < ch->gone_len; i++) {
		add_former(j, ch->gone[i].conf, &ch->gone[i].port);
		if (sw_fn_goes(&ch->gone[i])) /* it may stop */
			j->left[j->left_len - 1].port.fn.ready = false;
	}
	for (size_t i = 0; i < ch->entries_len; i++)
		add_fdb(j, ch->entries[i].conf);
	for (size_t i = 0; i < ch->gone_fdb_len; i++)
		add_fdb(j, ch->gone_fdb[i]);
	return 0;
}
