/* SPDX-License-Identifier: GPL-2.0-only */
/* repx_reasons.h - the one list of drop reasons and events, for bpf and user code
 *
 * A frame on a configured port gets exactly one verdict: forwarded, flooded,
 * host, kernel, or one drop reason. Events are counted beside the verdict.
 * Append only: the position of a name is part of the ABI (struct repx_drops).
 */
#ifndef REPX_REASONS_H
#define REPX_REASONS_H

#define REPX_DROPS(X)                                                         \
	X(malformed, "frame, tag or header cut short or unreadable")          \
	X(port_down, "the port, or the port it goes to, is state down")       \
	X(vlan, "tag, or lack of one, not allowed on the ingress port")       \
	X(bad_source, "source MAC is a group address or all zero")            \
	X(reserved, "link-local group address, or a pause frame")             \
	X(spoof_mac, "source MAC is not this port's to use")                  \
	X(spoof_arp, "ARP sender MAC is not the Ethernet source")             \
	X(spoof_ip, "IP source, ARP sender or ND target is not listed")       \
	X(spoof_type, "ethertype or inner tag that a strict guard refuses")   \
	X(rate, "over rate.rx of the sender or rate.tx of the receiver")      \
	X(storm, "over the broadcast, multicast or unknown-unicast limit")    \
	X(mac_limit, "the port has mac_limit addresses already")              \
	X(hairpin, "destination is behind the port, or uplink, it came from") \
	X(unknown, "unknown destination and unknown: drop")                   \
	X(no_member, "no other port may have it")                             \
	X(isolated, "both ports are isolated")                                \
	X(vlan_egress, "destination port is not a member of the VLAN")        \
	X(too_big, "longer than the destination port's MTU + 18")             \
	X(mark, "a tc script asked for it in skb->mark")

#define REPX_EVENTS(X)                                                 \
	X(move_limited, "address moved in too often: not learnt")      \
	X(fdb_full, "address not learnt: the FDB is full")             \
	X(copy_too_big, "flood copy longer than that port's MTU + 18") \
	X(copy_rate, "flood copy over rate.tx of this port")           \
	X(tx_error, "the device refused the frame")

#define REPX_ENUM_DROP(name, text) REPX_DROP_##name,
#define REPX_ENUM_EVENT(name, text) REPX_EVENT_##name,
enum repx_drop { REPX_DROPS(REPX_ENUM_DROP) REPX_DROP_MAX };
enum repx_event { REPX_EVENTS(REPX_ENUM_EVENT) REPX_EVENT_MAX };
#undef REPX_ENUM_DROP
#undef REPX_ENUM_EVENT

#endif
