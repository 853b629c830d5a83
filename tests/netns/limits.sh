#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# limits.sh - rates and storms within 5 %, and the limits on addresses
# hooks: tcx clsact xdp xdp-generic
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

ALL=ff:ff:ff:ff:ff:ff B=02:00:00:00:00:0b BASE=02:00:00:00:01
for t in r x bc mc un b lim mv1 mv2; do tenant "$t"; done
# each sender in a VLAN of its own: they run at the same time
port r 'vlan: {access: 10}, rate: {rx: 10mbit, burst: 16k}'
port x 'vlan: {trunk: [11]}'
port bc 'vlan: {access: 12}, storm: {broadcast: 500pps}'
port mc 'vlan: {access: 13}, storm: {multicast: 500pps}'
port un 'vlan: {access: 14}, storm: {unknown: 500pps}'
port b 'vlan: {trunk: [10-14], native: 15}, rate: {tx: 8mbit, burst: 16k}'
port lim 'vlan: {access: 20}, mac_limit: 4'
port mv1 'vlan: {access: 30}, mac_moves: 5'
port mv2 'vlan: {access: 30}, mac_moves: 5'
FDB=("{mac: $B, vlan: 11, port: b}")
apply

# flow NAME HEX SIZE COUNT INTERVAL_US: sends, writes "COUNT SECONDS" to a file
flow() { in_ns "$1" "$TOOLS/rxsend" -z "$3" eth0 "$2" "$4" "$5" >"$TMP/flow.$1"; }
took() { cut -d' ' -f2 "$TMP/flow.$1"; }

# Six seconds at twice what is allowed. All of it floods to b: its own limit is
# judged afterwards, with VLAN 11 alone.
flow r "$(frame 02:00:00:00:00:99 02:00:00:00:00:01)" 1250 12000 500 &
flow bc "$(frame $ALL 02:00:00:00:00:03)" 64 6000 1000 &
flow mc "$(frame 01:00:5e:00:00:09 02:00:00:00:00:04)" 64 6000 1000 &
flow un "$(frame 02:00:00:00:00:98 02:00:00:00:00:05)" 64 6000 1000 &
wait
rx() { port_json "$1" ".[0].rx.packets"; }

# passed CASE PORT REASON FRAMES_PER_SECOND BURST_FRAMES
passed() {
	local got want
	got=$(($(rx "$2") - $(drops "$2" "$3")))
	want=$(awk -v r="$4" -v b="$5" -v t="$(took "$2")" 'BEGIN { print r * t + b }')
	between "$1" "$got" "$(awk "BEGIN { print $want * 0.95 }")" "$(awk "BEGIN { print $want * 1.05 }")"
}
passed rate_rx r rate 1000 13
passed storm_broadcast bc storm 500 50
passed storm_multicast mc storm 500 50
passed storm_unknown un storm 500 50
equal rate_counts_all "$(rx r)" 12000

# 8 Mbit/s to b, tag included: 1,250 bytes on the wire are 800 frames a second
before=$(port_json b '.[0].tx.packets')
flow x "$(frame $B 02:00:00:00:00:02 8100.11)" 1250 6000 625
after=$(port_json b '.[0].tx.packets')
want=$(awk -v t="$(took x)" 'BEGIN { print 800 * t + 13 }')
between rate_tx $((after - before)) "$(awk "BEGIN { print $want * 0.95 }")" "$(awk "BEGIN { print $want * 1.05 }")"
equal rate_tx_counted_on_egress "$(drops b rate)" $((6000 - (after - before)))
equal rate_tx_not_on_ingress "$(drops x rate)" 0

# addresses
for i in 1 2 3 4 5 6; do send lim "$(frame $ALL $BASE:0$i)"; done
equal mac_limit_entries "$(port_json lim '.[0].mac_count')" 4
equal mac_limit_drops "$(drops lim mac_limit)" 2
try mac_limit_known_pass lim "$(frame $ALL $BASE:01)" b=
check mac_limit_flush repx fdb flush port lim
send lim "$(frame $ALL $BASE:06)"
check mac_limit_room_again fdb_has $BASE:06 lim 20
equal mac_limit_same_drops "$(drops lim mac_limit)" 2

# one address, 40 times to and fro
for i in {1..20}; do
	send mv1 "$(frame $ALL $BASE:77)"
	send mv2 "$(frame $ALL $BASE:77)"
done
limited=$(($(events mv1 move_limited) + $(events mv2 move_limited)))
between mac_moves_limited "$limited" 1 39
equal mac_moves_forwarded "$(($(port_json mv1 '.[0].tx.packets') + $(port_json mv2 '.[0].tx.packets')))" 40
finish
