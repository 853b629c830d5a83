#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# size.sh - jumbo frames, frames too long for where they go, tunnels at full size
# hooks: tcx clsact xdp xdp-generic
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

ALL=ff:ff:ff:ff:ff:ff A=02:00:00:00:00:0a B=02:00:00:00:00:0b S=02:00:00:00:00:0c
MTU=9000
for t in a b up q q2; do tenant "$t"; done
MTU=1500
tenant s
port up 'vlan: {trunk: all}'
port a 'vlan: {access: 10}'
port b 'vlan: {access: 10}'
port s 'vlan: {access: 10}'
port q 'vlan: {tunnel: 100}'
port q2 'vlan: {tunnel: 100}'
FDB=("{mac: $S, vlan: 10, port: s}" "{mac: $B, vlan: 10, port: b}")
apply

# sized BYTES DST SRC [TAG]: a frame of that many bytes, its tag included
sized() {
	local bytes=$1 hex
	shift
	hex=$(frame "$@" +88b5)
	while [ ${#hex} -lt $((bytes * 2)) ]; do hex+=0123456789abcdef0123456789abcdef; done
	echo "${hex:0:$((bytes * 2))}"
}

try jumbo_unicast a "$(sized 9014 $B $A)" b="$(sized 9014 $B $A)" up= s=
try jumbo_flood a "$(sized 9014 $ALL $A)" b="$(sized 9014 $ALL $A)" up="$(sized 9018 $ALL $A 8100.10)" s=
equal jumbo_flood_copy_counted "$(events a copy_too_big)" 1
try jumbo_middle a "$(sized 4100 $ALL $A)" b="$(sized 4100 $ALL $A)" up="$(sized 4104 $ALL $A 8100.10)" s=
equal middle_copy_counted "$(events a copy_too_big)" 2
try_drop too_big_unicast a "$(sized 1519 $S $A)" too_big s b up
try full_and_tag_fits a "$(sized 1518 $S $A)" s="$(sized 1518 $S $A)"
try full_fits a "$(sized 1514 $S $A)" s="$(sized 1514 $S $A)" b= up=
try tunnel_full q "$(sized 1518 $ALL $A 8100.10)" \
	up="$(frame $ALL $A 88a8.100 +"$(sized 1518 $ALL $A 8100.10 | cut -c25-)")" \
	q2="$(sized 1518 $ALL $A 8100.10)" a= s=

# the uplink of a tunnel at 1500: a full tagged frame no longer fits with its S-tag
in_ns sw ip link set dev up mtu 1500
in_ns sw ip link set dev q2 mtu 1500
apply
before=$(events q copy_too_big)
try tunnel_too_big q "$(sized 1518 $ALL $A 8100.10)" up= q2="$(sized 1518 $ALL $A 8100.10)"
equal tunnel_too_big_counted "$(($(events q copy_too_big) - before))" 1
try tunnel_fits q "$(sized 1514 $ALL $A 8100.10)" \
	up="$(frame $ALL $A 88a8.100 +"$(sized 1514 $ALL $A 8100.10 | cut -c25-)")" \
	q2="$(sized 1514 $ALL $A 8100.10)"
finish
