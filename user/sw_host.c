// SPDX-License-Identifier: GPL-2.0-only
/* sw_host.c - following the host: netdevs that come, go and change
 *
 * It is an apply of the conf as it is, except that netdevs are known by their
 * ifindex first, and that one netdev which may not be a port stops no other.
 */
#include <errno.h>
#include <stdlib.h>

#include "sw_int.h"

int sw_follow_host(struct sw *sw, void (*warn)(const char *text), struct sw_changes *changed,
		   struct err *err)
{
	enum sw_owner *owners;
	int ret;

	if (!sw->exists)
		return 0;
	owners = calloc(sw->conf.ports_len + 1, sizeof(*owners));
	if (!owners)
		return err_set(err, -ENOMEM, "follow the host: out of memory");
	for (size_t i = 0; i < sw->conf.ports_len; i++)
		owners[i] = sw->ports[i].owner;
	sw->unsettled = false;
	ret = sw_change(sw, &sw->conf, owners, true, false, changed, warn, err);
	free(owners);
	return ret;
}
