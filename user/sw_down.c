// SPDX-License-Identifier: GPL-2.0-only
/* sw_down.c - the end of a switch */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sw_int.h"
#include "util.h"

/* The ports become records of something unfinished, so that whoever comes after
 * a crash, with an apply too, ends what was begun here. */
static int begin(struct sw *sw, struct err *err)
{
	size_t ports = sw->exists ? sw->conf.ports_len : 0;
	struct sw_left *left;

	left = calloc(ports + sw->journal.left_len + 1, sizeof(*left));
	if (!left)
		return err_set(err, -ENOMEM, "take down switch '%s': out of memory", sw->name);
	for (size_t i = 0; i < ports; i++) {
		left[i].port = sw->ports[i];
		str_copy(left[i].netdev, sizeof(left[i].netdev),
			 *sw->conf.ports[i].netdev ? sw->conf.ports[i].netdev
						   : sw->ports[i].netdev);
	}
	if (sw->journal.left_len)
		memcpy(left + ports, sw->journal.left, sw->journal.left_len * sizeof(*left));
	free(sw->journal.left);
	sw->journal.left = left;
	sw->journal.left_len += ports;
	sw->journal.open = true;
	sw->journal.expedited |= sw_rcu_is_slow(); /* it is made fast */
	sw->exists = false;
	sw_state_save(sw, &sw->journal, NULL); /* a full disk must not stop it */
	return 0;
}

/* Nobody's device is taken away under them: then nothing is. */
static int see_idle(struct sw *sw, struct err *err)
{
	int ret = 0;

	for (size_t i = 0; sw->exists && !ret && i < sw->conf.ports_len; i++)
		if (sw->ports[i].fn.kind != CONF_FN_NONE)
			ret = sw_nic(sw, err) ?: sw_fn_idle(sw, &sw->ports[i].fn, err);
	return ret;
}

/* Functions stop while their policy is there, and are deleted when nothing of repx
 * is on their representors any more. */
static void release_all(struct sw *sw, struct failures *f)
{
	struct sw_left *left = sw->journal.left;
	struct rtnl_links links = {0};

	for (size_t i = 0; i < sw->journal.left_len; i++)
		if (left[i].port.fn.kind != CONF_FN_NONE && !sw_nic(sw, NULL))
			sw_fn_quiet(&sw->nic, &left[i].port.fn, NULL);
	for (size_t i = 0; i < sw->journal.left_len; i++)
		sw_fn_release(sw, &left[i].port.fn, left[i].netdev, f);
	failures_add(f, rtnl_links_load(&sw->rtnl, &links), "read netdevs");
	for (size_t i = 0; i < sw->journal.left_len; i++)
		sw_release(sw, &links, &left[i], f);
	rtnl_links_done(&links);
	for (size_t i = 0; i < sw->journal.left_len; i++)
		sw_fn_release_last(sw, &left[i].port.fn, left[i].netdev, f);
}

/* Netdevs of another namespace cannot be reached from here: their links go with
 * the pins, the rest went with the namespace or is left as it is. */
int sw_down(struct sw *sw, struct err *err)
{
	struct failures f = {0};
	bool here = sw->netns == sw_path_netns();
	struct err why = {0};
	int saved = -1, ret;

	if (!sw->exists && !sw->journal.open && access(sw->bpf_dir, F_OK) < 0)
		return err_set(err, -ENOENT, "take down switch '%s': there is no such switch",
			       sw->name);
	ret = here ? see_idle(sw, err) : 0;
	if (!ret)
		ret = begin(sw, err);
	if (ret)
		return ret;
	sw->offload = NULL; /* whoever kept rules has nothing to keep any more */
	failures_add(&f, sw_offload_purge(sw, &why), "%s", why.text);
	sw_slow_rcu(sw);
	attach_expedite(true, &saved);
	if (here)
		release_all(sw, &f);
	sw_wipe(sw, &f);
	attach_expedite(false, &saved);
	if (f.len)
		return err_set(err, -EUCLEAN, "take down switch '%s': left: %s", sw->name, f.text);
	return 0;
}
