// SPDX-License-Identifier: GPL-2.0-only
/* repx_sy.bpf.c - keeps an address alive whose frames the eswitch carries
 *
 * Run by the daemon for each address whose rules counted frames. It is a program, since
 * looking at an entry and writing it from outside are two things, between which the
 * address may move.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "maps.bpf.h"

SEC("syscall")
int repx_touch(struct repx_touch *t)
{
	struct repx_fdb_key key = t->key;
	struct repx_fdb *e;

	t->found = 0;
	e = bpf_map_lookup_elem(&repx_fdb, &key);
	if (!e || e->port != t->port)
		return 0;
	t->found = 1;
	if (t->seen_ns > e->seen_ns)
		e->seen_ns = t->seen_ns;
	if (t->flags & REPX_FDB_OFFLOADED)
		__sync_fetch_and_or(&e->flags, REPX_FDB_OFFLOADED);
	else
		__sync_fetch_and_and(&e->flags, ~REPX_FDB_OFFLOADED);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
