// SPDX-License-Identifier: GPL-2.0-only
/* sw_map.c - entries of repx_ifaces and repx_tx */
#include <bpf/bpf.h>
#include <errno.h>

#include "sw_int.h"

int sw_map_iface_set(const struct sw *sw, uint32_t ifindex, uint32_t slot)
{
	return bpf_map_update_elem(sw->obj.ifaces, &ifindex, &slot, BPF_ANY) ? -errno : 0;
}

int sw_map_iface_get(const struct sw *sw, uint32_t ifindex, uint32_t *slot)
{
	return bpf_map_lookup_elem(sw->obj.ifaces, &ifindex, slot) ? -errno : 0;
}

int sw_map_iface_del(const struct sw *sw, uint32_t ifindex)
{
	if (bpf_map_delete_elem(sw->obj.ifaces, &ifindex) && errno != ENOENT)
		return -errno;
	return 0;
}

/* Without a program of its own a devmap value begins with the ifindex in both
 * of its sizes. */
int sw_map_tx_set(const struct sw *sw, uint32_t slot, uint32_t ifindex)
{
	struct bpf_devmap_val val = {.ifindex = ifindex};

	return bpf_map_update_elem(sw->obj.tx, &slot, &val, BPF_ANY) ? -errno : 0;
}

uint32_t sw_map_tx_get(const struct sw *sw, uint32_t slot)
{
	struct bpf_devmap_val val = {0};

	return bpf_map_lookup_elem(sw->obj.tx, &slot, &val) ? 0 : val.ifindex;
}

int sw_map_tx_del(const struct sw *sw, uint32_t slot)
{
	if (bpf_map_delete_elem(sw->obj.tx, &slot) && errno != ENOENT)
		return -errno;
	return 0;
}
