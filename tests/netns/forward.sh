#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# forward.sh - where a frame goes: known, unknown, groups, isolation, uplinks, host
# hooks: tcx clsact xdp xdp-generic mixed
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

A=02:00:00:00:00:0a B=02:00:00:00:00:0b C=02:00:00:00:00:0c D=02:00:00:00:00:0d
I1=02:00:00:00:00:11 I2=02:00:00:00:00:12 T=02:00:00:00:00:1a U=02:00:00:00:00:1b
F=02:00:00:00:00:0f NOBODY=02:00:00:00:00:99 STATIC=02:00:00:00:00:77
ALL=ff:ff:ff:ff:ff:ff MCAST=01:00:5e:00:00:05

for t in up up2 a b c d f i1 i2 t; do tenant "$t"; done

ports() {
	port up 'vlan: {trunk: all}'
	port up2 'vlan: {trunk: [10, 20]}'
	port a 'vlan: {access: 10}'
	port b 'vlan: {access: 10}'
	port c 'vlan: {access: 20}, learning: false'
	port d 'vlan: {access: 10}, state: down'
	port f 'vlan: {access: 10}, flood: false'
	port i1 'vlan: {access: 10}, isolated: true'
	port i2 'vlan: {access: 10}, isolated: true'
	port t 'vlan: {trunk: [10, 20, 30], native: 30}'
}

# everywhere HEX TAGGED: receivers of a flood in VLAN 10 sent by a
flood10() { echo "b=$1 i1=$1 i2=$1 up=$2 up2=$2 t=$2 c= d="; }

ports
FDB=("{mac: $STATIC, vlan: 10, port: b}" "{mac: $D, vlan: 10, port: d}")
apply

plain=$(frame $ALL $A) tagged=$(frame $ALL $A 8100.10)
# shellcheck disable=SC2046 # a word per receiver
try broadcast_flood a "$plain" $(flood10 "$plain" "$tagged") f="$plain"
check learnt fdb_has $A a 10 dynamic
plain=$(frame $MCAST $A) tagged=$(frame $MCAST $A 8100.10)
# shellcheck disable=SC2046
try multicast_flood a "$plain" $(flood10 "$plain" "$tagged") f="$plain"
plain=$(frame $NOBODY $A) tagged=$(frame $NOBODY $A 8100.10)
# shellcheck disable=SC2046
try unknown_flood a "$plain" $(flood10 "$plain" "$tagged") f=

try known_unicast b "$(frame $A $B)" a="$(frame $A $B)" f= i1= i2= up= up2= t= c=
try known_unicast_back a "$(frame $B $A)" b="$(frame $B $A)" f= i1= i2= up= up2= t= c=
if [ "$HOOK" = xdp ]; then
	# what XDP sends on is not seen by taps of the port it came in on
	try xdp_does_it_itself a "$(frame $B $A)" b="$(frame $B $A)" sw/a=
fi
try known_from_trunk t "$(frame $A $T 8100.10)" a="$(frame $A $T)" b= up= up2= c=
try known_to_trunk a "$(frame $T $A)" t="$(frame $T $A 8100.10)" b= up= up2= c=
try known_from_uplink up "$(frame $A $U 8100.10)" a="$(frame $A $U)" b= up2= t=
try known_to_uplink a "$(frame $U $A)" up="$(frame $U $A 8100.10)" b= up2= t=
try native_in t "$(frame $ALL $T)" up="$(frame $ALL $T 8100.30)" up2= a= c=
try static_entry a "$(frame $STATIC $A)" b="$(frame $STATIC $A)" f= up= up2= t= i1=

# a second address behind a, then one to the other
plain=$(frame $ALL $F) tagged=$(frame $ALL $F 8100.10)
# shellcheck disable=SC2046
try second_address a "$plain" $(flood10 "$plain" "$tagged") f="$plain"
try_drop hairpin a "$(frame $A $F)" hairpin b up up2 t

try vlan_separation c "$(frame $A $C)" a= b= up="$(frame $A $C 8100.20)" \
	up2="$(frame $A $C 8100.20)" t="$(frame $A $C 8100.20)"
check_not learning_off fdb_has $C c 20
try_drop foreign_tag a "$(frame $B $A 8100.20)" vlan b c t up up2
try_drop own_tag_on_access a "$(frame $B $A 8100.10)" vlan b c t up up2
try_drop trunk_foreign_vid t "$(frame $B $T 8100.40)" vlan a b c up up2
try_drop no_member up "$(frame $ALL $U 8100.40)" no_member a b c t up2
try_drop bad_source_group a "$(frame $B $MCAST)" bad_source b up up2 t
try_drop bad_source_zero a "$(frame $B 00:00:00:00:00:00)" bad_source b up up2 t
try_drop reserved a "$(frame 01:80:c2:00:00:0e $A)" reserved b up up2 t
try_drop pause a "$(frame 01:80:c2:00:00:01 $A)" reserved b up up2 t

try isolated_flood i1 "$(frame $ALL $I1)" i2= a="$(frame $ALL $I1)" b="$(frame $ALL $I1)"
try isolated_other i2 "$(frame $A $I2)" i1= a="$(frame $A $I2)" b= up=
try_drop isolated i1 "$(frame $I2 $I1)" isolated i2 a b up
try_drop port_down_in d "$(frame $A $D)" port_down a b up
try_drop port_down_out a "$(frame $D $A)" port_down b d up
try_drop static_elsewhere a "$(frame $ALL $STATIC)" spoof_mac b up up2 t

try uplinks_flood up "$(frame $ALL $U 8100.10)" up2= a="$(frame $ALL $U)" b="$(frame $ALL $U)" \
	t="$(frame $ALL $U 8100.10)"
try_drop uplinks_unicast up2 "$(frame $U $NOBODY 8100.10)" hairpin up a b t
try_drop uplink_foreign_tpid up "$(frame $A $U 88a8.10)" vlan a b t

# a tag no longer where it was: the address moves
try moves b "$(frame $U $A)" up="$(frame $U $A 8100.10)" a= t=
check moved fdb_has $A b 10 dynamic
check flush repx fdb flush
check_not flushed fdb_has $A b 10
check flush_keeps_static fdb_has $STATIC b 10 static

SWITCH=('unknown: uplink')
apply
try unknown_uplink a "$(frame $NOBODY $A)" up="$(frame $NOBODY $A 8100.10)" \
	up2="$(frame $NOBODY $A 8100.10)" b= t= f= i1=
try unknown_uplink_from_uplink up2 "$(frame $B $U 8100.10)" up= a= b= t=
SWITCH=('unknown: drop')
apply
try_drop unknown_drop a "$(frame $NOBODY $A)" unknown b t up up2
try unknown_drop_broadcast a "$(frame $ALL $A)" b="$(frame $ALL $A)" up="$(frame $ALL $A 8100.10)"

# the host's own stack, as a port

SWITCH=('host: {netdev: host0, vlan: {access: 10}}' 'fdb: {ageing: 1s}')
apply
in_ns sw ip addr add 10.9.0.1/24 dev host0
address a 10.9.0.2/24
address t 10.9.1.2/24
check host_ping ping4 a 10.9.0.1 3
check host_ping_back ping4 sw 10.9.0.2 3
check_not host_other_vlan ping4 t 10.9.0.1 1
HOSTMAC=$(in_ns sw ip -j link show dev host0 | jq -r '.[0].address')
check host_address_local fdb_has "$HOSTMAC" host0 10 local
try_drop host_address_stolen b "$(frame $A "$HOSTMAC")" spoof_mac a up
# polled until it is no longer there
AMAC=$(in_ns a ip -j link show dev eth0 | jq -r '.[0].address')
for _ in {1..80}; do
	fdb_has "$AMAC" a 10 >/dev/null || break
	sleep 0.1 # between two looks
done
check_not ageing fdb_has "$AMAC" a 10
finish
