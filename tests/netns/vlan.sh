#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# vlan.sh - what becomes of every tag, byte for byte, wherever the tag sits
# hooks: tcx clsact xdp xdp-generic mixed
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

ALL=ff:ff:ff:ff:ff:ff
declare -A MAC=([a]=020000000a01 [p]=020000000b01 [t]=020000000c01 [ad]=020000000d01
	[q]=020000000e01 [q2]=020000000e02 [up]=020000000f01)

# Two more tags than the kernel counts for an MTU leave room to see them all.
MTU=1508
for t in up a p t ad q q2; do tenant "$t"; done
port up 'vlan: {trunk: all}'
port a 'vlan: {access: 10}'
port p 'vlan: {access: 10}, pcp: 5'
port t 'vlan: {trunk: [10, 20-29], native: 20}'
port ad 'vlan: {trunk: [10], proto: 802.1ad}'
port q 'vlan: {tunnel: 100}'
port q2 'vlan: {tunnel: 100}'
apply

# row CASE FROM "TAGS" RECEIVER=TAGS ...: TAGS separated by commas, - for none;
# receivers that are not named must get nothing
row() {
	local name=$1 from=$2 r tags want args=() port
	local -A out=()
	# shellcheck disable=SC2086
	tags=$(frame $ALL "${MAC[$from]}" ${3//[,-]/ })
	shift 3
	for port in "${!MAC[@]}"; do [ "$port" = "$from" ] || out[$port]=; done
	for r in "$@"; do
		want=${r#*=}
		# shellcheck disable=SC2086
		out[${r%%=*}]=$(frame $ALL "${MAC[$from]}" ${want//[,-]/ })
	done
	for port in "${!out[@]}"; do args+=("$port=${out[$port]}"); done
	try "$PASS$name" "$from" "$tags" "${args[@]}"
}

# row_drop CASE FROM "TAGS" [REASON]: nobody gets it
row_drop() {
	local others=() port
	for port in "${!MAC[@]}"; do [ "$port" = "$2" ] || others+=("$port"); done
	# shellcheck disable=SC2086
	try_drop "$PASS$1" "$2" "$(frame $ALL "${MAC[$2]}" ${3//[,-]/ })" "${4:-vlan}" "${others[@]}"
}

table() {
	row access_untagged a - p=- t=8100.10 ad=88a8.10 up=8100.10
	row access_priority a 8100.0.3.1 p=- t=8100.10.3.1 ad=88a8.10.3.1 up=8100.10.3.1
	row access_priority_then_tag a 8100.0.3,8100.20 p=8100.20 t=8100.10.3,8100.20 \
		ad=88a8.10.3,8100.20 up=8100.10.3,8100.20
	row_drop access_own_vid a 8100.10
	row_drop access_other_vid a 8100.20
	row_drop access_tunnel_vid a 88a8.100
	row_drop access_other_tpid a 88a8.10
	row_drop access_other_tpid_priority a 88a8.0
	row_drop access_4095 a 8100.4095
	row_drop access_double a 8100.10,8100.20
	row pcp_untagged p - a=- t=8100.10.5 ad=88a8.10.5 up=8100.10.5
	row pcp_priority_kept p 8100.0.0 a=- t=8100.10.0 ad=88a8.10.0 up=8100.10.0

	row trunk_tagged t 8100.10 a=- p=- ad=88a8.10 up=8100.10
	row trunk_pcp_dei t 8100.10.7.1 a=- p=- ad=88a8.10.7.1 up=8100.10.7.1
	row trunk_double t 8100.10.1,8100.20.2 a=8100.20.2 p=8100.20.2 ad=88a8.10.1,8100.20.2 \
		up=8100.10.1,8100.20.2
	row trunk_native t - up=8100.20
	row trunk_native_tagged t 8100.20.4 up=8100.20.4
	row trunk_native_priority t 8100.0.2 up=8100.20.2
	row trunk_in_range t 8100.29 up=8100.29
	row_drop trunk_out_of_range t 8100.30
	row_drop trunk_tunnel_vid t 8100.100
	row_drop trunk_other_tpid t 88a8.10
	row_drop trunk_other_tpid_priority t 88a8.0
	row_drop trunk_4095 t 8100.4095

	row ad_tagged ad 88a8.10.6 a=- p=- t=8100.10.6 up=8100.10.6
	row_drop ad_untagged ad -
	row_drop ad_priority ad 88a8.0
	row_drop ad_customer_tag ad 8100.10

	row tunnel_untagged q - q2=- up=88a8.100
	row tunnel_tagged q 8100.10.3 q2=8100.10.3 up=88a8.100,8100.10.3
	row tunnel_service_tagged q 88a8.5 q2=88a8.5 up=88a8.100,88a8.5
	row tunnel_own_vid q 88a8.100 q2=88a8.100 up=88a8.100,88a8.100
	row tunnel_priority q 8100.0.1 q2=8100.0.1 up=88a8.100,8100.0.1
	row tunnel_double q 88a8.7.1,8100.9.2 q2=88a8.7.1,8100.9.2 up=88a8.100,88a8.7.1,8100.9.2
	row_drop tunnel_4095 q 8100.4095

	row uplink_tagged up 8100.10.6 a=- p=- t=8100.10.6 ad=88a8.10.6
	row uplink_to_native up 8100.20 t=-
	row uplink_to_trunk up 8100.25.2 t=8100.25.2
	row uplink_service up 88a8.100.3 q=- q2=-
	row uplink_service_tagged up 88a8.100,8100.10.3 q=8100.10.3 q2=8100.10.3
	row uplink_double up 8100.10,8100.100 a=8100.100 p=8100.100 t=8100.10,8100.100 \
		ad=88a8.10,8100.100
	row_drop uplink_service_as_customer up 8100.100
	row_drop uplink_customer_as_service up 88a8.10
	row_drop uplink_untagged up -
	row_drop uplink_priority up 8100.0.1
	row_drop uplink_4095 up 8100.4095
	row_drop uplink_nobody up 8100.4094 no_member
}

PASS=''
table
# the same, with the outer tag beside the frame
for t in "${!MAC[@]}"; do hide_tags "$t" || not_ok "hide_$t" 'cannot hide tags'; done
PASS='hidden_'
IFACE=hide0
table
finish
