#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# guard.sh - who a tenant may say it is: MAC, IPv4, ARP, IPv6, ND; each with its counter
# hooks: tcx clsact xdp xdp-generic
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

ALL=ff:ff:ff:ff:ff:ff G=02:00:00:00:00:01 M2=02:00:00:00:00:02 BAD=02:00:00:00:00:66
PEER=02:00:00:00:00:0b
for t in g m s b up; do tenant "$t"; done
port up 'vlan: {trunk: all}'
port g "vlan: {access: 10}, guard: {mac: [$G, $M2], ip: [10.0.0.1, 10.0.1.0/24, \"2001:db8::1\", \"2001:db8:1::/64\"]}"
port m "vlan: {access: 10}, guard: {mac: [$G]}"
port s 'vlan: {access: 10}, guard: {ip: [10.0.0.9], strict: true}'
port b 'vlan: {access: 10}'
FDB=("{mac: $PEER, vlan: 10, port: b}")
apply

# hex of 4 and 16 byte addresses
a4() {
	local b
	IFS=. read -ra b <<<"$1"
	printf '%02x' "${b[@]}"
}
# a6: the groups around :: filled with zeros
a6() {
	local left=${1%%::*} right=${1##*::} l r i out=
	[[ $1 == *::* ]] || right=
	IFS=: read -ra l <<<"$left"
	IFS=: read -ra r <<<"$right"
	for i in "${l[@]}"; do out+=$(printf %04x "0x$i"); done
	for ((i = ${#l[@]} + ${#r[@]}; i < 8; i++)); do out+=0000; done
	for i in "${r[@]}"; do out+=$(printf %04x "0x$i"); done
	echo "$out"
}

# ip4 SRC [PROTO L4HEX]; ip6 SRC [NEXT PAYLOADHEX]; arp SENDER_MAC SENDER_IP
ip4() { echo "+0800450000540001000040${2:-11}0000$(a4 "$1")$(a4 10.0.0.2)${3:-0035003500400000}$(printf '%064d' 0)"; }
dhcp=0044004300400000
ip6() { echo "+86dd600000000020${2:-11}40$(a6 "$1")$(a6 2001:db8::2)${3:-0035003500200000$(printf '%048d' 0)}"; }
arp() { echo "+080600010800060400$(printf %02x "${3:-1}")${1//:/}$(a4 "$2")000000000000$(a4 10.0.0.2)$(printf '%036d' 0)"; }
# nd TYPE TARGET OPTTYPE LLADDR: ICMPv6 135 or 136 with one link-layer option
nd() { echo "$(printf %02x "$1")00000000000000$(a6 "$2")$(printf %02x "$3")01${4//:/}"; }

# good CASE PORT SRC BODY; bad CASE PORT SRC BODY REASON
good() { try "$1" "$2" "$(frame $PEER "$3" "$4")" b="$(frame $PEER "$3" "$4")" up= ; }
bad() { try_drop "$1" "$2" "$(frame $PEER "$3" "$4")" "$5" b up; }

good mac_first g $G "$(ip4 10.0.0.1)"
good mac_second g $M2 "$(ip4 10.0.0.1)"
bad mac_foreign g $BAD "$(ip4 10.0.0.1)" spoof_mac
bad mac_foreign_mac_only m $M2 "$(ip4 10.0.0.1)" spoof_mac
good any_ip_mac_only m $G "$(ip4 192.168.7.7)"
check_not foreign_not_learnt fdb_has $BAD g 10

good ip4_listed g $G "$(ip4 10.0.0.1)"
good ip4_prefix g $G "$(ip4 10.0.1.200)"
bad ip4_foreign g $G "$(ip4 10.0.0.3)" spoof_ip
bad ip4_zero g $G "$(ip4 0.0.0.0)" spoof_ip
good ip4_dhcp g $G "$(ip4 0.0.0.0 11 $dhcp)"
bad ip4_dhcp_tcp g $G "$(ip4 0.0.0.0 06 $dhcp)" spoof_ip
bad ip4_short g $G +08004500001400010000400100000a00 malformed
bad ip4_version g $G "+08006500${dhcp}${dhcp}${dhcp}${dhcp}" malformed
bad ip4_ihl g $G "+08004400${dhcp}${dhcp}${dhcp}${dhcp}" malformed

good arp_own g $G "$(arp $G 10.0.0.1)"
good arp_reply g $G "$(arp $G 10.0.0.1 2)"
good arp_probe g $G "$(arp $G 0.0.0.0)"
bad arp_mac g $G "$(arp $BAD 10.0.0.1)" spoof_arp
bad arp_other_own_mac g $G "$(arp $M2 10.0.0.1)" spoof_arp
bad arp_ip g $G "$(arp $G 10.0.0.2)" spoof_ip
bad arp_short g $G +08060001080006040001 malformed

good ip6_listed g $G "$(ip6 2001:db8::1)"
good ip6_prefix g $G "$(ip6 2001:db8:1::7)"
good ip6_link_local g $G "$(ip6 fe80::ff:fe00:1)"
good ip6_link_local_second g $G "$(ip6 fe80::ff:fe00:2)"
bad ip6_link_local_foreign g $G "$(ip6 fe80::ff:fe00:66)" spoof_ip
bad ip6_foreign g $G "$(ip6 2001:db8::66)" spoof_ip
bad ip6_unspecified g $G "$(ip6 ::)" spoof_ip
good ip6_dad g $G "$(ip6 :: 3a "$(nd 135 2001:db8::1 14 $G)")"
good ip6_router_solicit g $G "$(ip6 :: 3a "85000000$(printf '%056d' 0)")"
bad ip6_echo_from_nowhere g $G "$(ip6 :: 3a "80000000$(printf '%056d' 0)")" spoof_ip
good nd_solicit g $G "$(ip6 2001:db8::1 3a "$(nd 135 2001:db8::2 1 $G)")"
bad nd_solicit_other_mac g $G "$(ip6 2001:db8::1 3a "$(nd 135 2001:db8::2 1 $BAD)")" spoof_ip
good nd_advert g $G "$(ip6 2001:db8::1 3a "$(nd 136 2001:db8::1 2 $G)")"
bad nd_advert_target g $G "$(ip6 2001:db8::1 3a "$(nd 136 2001:db8::2 2 $G)")" spoof_ip
bad nd_advert_mac g $G "$(ip6 2001:db8::1 3a "$(nd 136 2001:db8::1 2 $BAD)")" spoof_ip
# a destination options header in front must not hide it
bad nd_behind_header g $G "$(ip6 2001:db8::1 3c "3a00000000000000$(nd 136 2001:db8::2 2 $BAD)")" spoof_ip
seven=3c000000000000003c000000000000003c000000000000003c00000000000000
bad ip6_seven_headers g $G "$(ip6 2001:db8::1 3c "${seven}${seven}")" malformed

bad inner_tag g $G "+8100000a0800450000140001" vlan
bad inner_tag_behind_priority g $G "+8100000081000014${dhcp}${dhcp}${dhcp}" spoof_type
good other_type g $G "+88b5${dhcp}${dhcp}${dhcp}${dhcp}${dhcp}${dhcp}"
bad other_type_strict s $BAD "+88b5${dhcp}${dhcp}${dhcp}${dhcp}${dhcp}${dhcp}" spoof_type
bad llc_strict s $BAD "+002042420300${dhcp}${dhcp}${dhcp}${dhcp}${dhcp}" spoof_type
good strict_any_mac s $BAD "$(ip4 10.0.0.9)"
good strict_own_link_local s $BAD "$(ip6 fe80::ff:fe00:66)"
bad strict_foreign_link_local s $BAD "$(ip6 fe80::ff:fe00:1)" spoof_ip
try broadcast_guarded g "$(frame $ALL $G "$(arp $G 10.0.0.1)")" b="$(frame $ALL $G "$(arp $G 10.0.0.1)")" \
	up="$(frame $ALL $G 8100.10 "$(arp $G 10.0.0.1)")" m="$(frame $ALL $G "$(arp $G 10.0.0.1)")"

# what was allowed a moment ago is not any more, at once
good before_change g $G "$(ip4 10.0.0.1)"
good before_change_6 g $G "$(ip6 2001:db8::1)"
PORTS[1]=${PORTS[1]/10.0.0.1,/10.0.0.8,}
PORTS[1]=${PORTS[1]/\"2001:db8::1\"/\"2001:db8::8\"}
apply
bad after_change g $G "$(ip4 10.0.0.1)" spoof_ip
bad after_change_6 g $G "$(ip6 2001:db8::1)" spoof_ip
good new_after_change g $G "$(ip4 10.0.0.8)"
good new_after_change_6 g $G "$(ip6 2001:db8::8)"
PORTS[1]=${PORTS[1]/$G, /}
apply
bad mac_after_change g $G "$(ip4 10.0.0.8)" spoof_mac
finish
