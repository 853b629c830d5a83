/* SPDX-License-Identifier: GPL-2.0-only */
/* port.bpf.h - which port a frame came in on, and which VLAN it is in (rules 2, 3) */
#ifndef REPX_PORT_BPF_H
#define REPX_PORT_BPF_H

#include "maps.bpf.h"
#include "trace.bpf.h"

static __always_inline const struct repx_port *port_get(__u32 half, __u32 slot)
{
	__u32 key = slot;

	if (slot >= repx_sizes.max_ports)
		return NULL;
	if (half)
		key += repx_sizes.max_ports;
	return bpf_map_lookup_elem(&repx_ports, &key);
}

/* The port in a slot, if the netdev is its. */
static __always_inline const struct repx_port *port_of_netdev(__u32 half, __u32 slot, __u32 ifindex)
{
	const struct repx_port *port = port_get(half, slot);

	return port && port->ifindex == ifindex ? port : NULL;
}

/* The port of a netdev in this half, or NULL. An array costs a fraction of what the hash does;
 * since the port says whose it is, what is remembered there need not be forgotten. */
static __always_inline const struct repx_port *port_find(__u32 half, __u32 ifindex, __u32 *slot)
{
	__u32 key = ifindex & (REPX_MEMO_SLOTS - 1), *found;
	__u64 *memo = bpf_map_lookup_elem(&repx_memo, &key);
	__u64 was = memo ? REPX_READ_ONCE(*memo) : 0;
	const struct repx_port *port = NULL;

	*slot = was;
	if (was >> 32 == ifindex)
		port = port_of_netdev(half, *slot, ifindex);
	if (port)
		return port;
	found = bpf_map_lookup_elem(&repx_ifaces, &ifindex);
	if (!found)
		return NULL;
	*slot = *found;
	port = port_of_netdev(half, *slot, ifindex);
	if (port && memo && !REPX_TRACING)
		REPX_WRITE_ONCE(*memo, (__u64)ifindex << 32 | *slot);
	return port;
}

static __always_inline const struct repx_vlan *vlan_get(__u32 half, __u16 vid)
{
	__u32 key = (half ? REPX_MAX_VLANS : 0) + (vid & VLAN_VID_MASK);

	return bpf_map_lookup_elem(&repx_vlans, &key);
}

static __always_inline int vlan_has(const struct repx_vlan *vlan, __u32 slot)
{
	return vlan->members[(slot / 64) & (REPX_MAX_PORTS / 64 - 1)] >> (slot % 64) & 1;
}

/* Is @mac the host port's own, in a VLAN it is a member of? */
static __always_inline int host_owns(const struct repx_sw *sw, __u32 half, __u16 vid,
				     const __u8 *mac)
{
	const struct repx_vlan *vlan;

	if (sw->host_port == REPX_PORT_NONE || !mac_equal(mac, sw->host_mac))
		return 0;
	vlan = vlan_get(half, vid);
	return vlan && vlan_has(vlan, sw->host_port);
}

/* The TPID that a tag of @vid has on this port; S-VLANs differ on uplinks only. */
static __always_inline __be16 port_tpid(const struct repx_port *port, const struct repx_vlan *vlan)
{
	if (port->flags & REPX_PORT_UPLINK && vlan->tunnel)
		return bpf_htons(ETH_P_8021AD);
	return port->tpid_be;
}

/* A frame without a tag, or with one that counts as none. */
static __always_inline int classify_untagged(struct repx_in *in, const struct repx_pkt *pkt)
{
	in->strip = pkt->tpid_be != 0; /* a priority tag */
	in->prio = in->strip ? pkt->tci & VLAN_PRIO_MASK : in->port->pcp << 13;
	in->vid = in->port->pvid;
	return in->vid != 0;
}

/* A frame with a tag whose VID counts. */
static __always_inline int classify_tagged(__u32 half, struct repx_in *in,
					   const struct repx_pkt *pkt)
{
	const struct repx_vlan *vlan;

	if (!(in->port->flags & REPX_PORT_TAGGED))
		return 0;
	in->vid = pkt->tci & VLAN_VID_MASK;
	in->prio = pkt->tci & VLAN_PRIO_MASK;
	in->strip = 1;
	vlan = vlan_get(half, in->vid);
	return vlan && vlan_has(vlan, in->slot) && pkt->tpid_be == port_tpid(in->port, vlan);
}

/* Counts the frame as one without a VLAN tag? */
static __always_inline int is_untagged(const struct repx_in *in, const struct repx_pkt *pkt)
{
	return !pkt->tpid_be || (pkt->tpid_be == in->port->tpid_be && !(pkt->tci & VLAN_VID_MASK));
}

/* Rule 3: fills vid, prio and strip. Return: 0 if the port does not take it. */
static __always_inline int classify(__u32 half, struct repx_in *in, const struct repx_pkt *pkt)
{
	if (in->port->flags & REPX_PORT_TUNNEL) {
		in->vid = in->port->pvid;
		in->prio = in->port->pcp << 13;
		in->strip = 0;
		return 1;
	}
	if (is_untagged(in, pkt))
		return classify_untagged(in, pkt);
	return classify_tagged(half, in, pkt);
}

/* Rule 13: the tag @vid leaves @port with; 0: none. */
static __always_inline __be16 egress_tpid(const struct repx_port *port,
					  const struct repx_vlan *vlan, __u16 vid)
{
	if (!(port->flags & REPX_PORT_TAGGED) || vid == port->pvid)
		return 0;
	return port_tpid(port, vlan);
}

/* What tag edits add to a frame: its own tag off (@strip), another on. */
static __always_inline int edit_growth(__u32 strip, __be16 tpid_be)
{
	return (tpid_be ? VLAN_HLEN : 0) - (strip ? VLAN_HLEN : 0);
}

#endif
