#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tc.sh - the example tc scripts, before repx on a clsact port
# hooks: clsact
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

ALL=ff:ff:ff:ff:ff:ff A=02:00:00:00:00:0a
SCRIPTS=$LIB_TOP/scripts
for t in a b tap; do tenant "$t"; done
SWITCH+=('tc: {marks: true}')
port a 'vlan: {access: 10}'
port b 'vlan: {access: 10}'
apply
in_ns sw ip link set dev tap up # where the copies go: no port of the switch
wait_for 3 link_up tap eth0

# ip_from HEX: an IPv4 frame from that address
ip_from() { frame $ALL $A "+0800450000540001000040110000${1}0a000002$(printf '%0128d' 0)"; }
FOREIGN=$(ip_from 0a060001) OWN=$(ip_from 0a070001)

try before a "$FOREIGN" b="$FOREIGN"
check acl_add in_ns sw "$SCRIPTS/tc-acl.sh" add a 'src net 10.6.0.0/16'
try acl_drops a "$FOREIGN" b=
try acl_passes a "$OWN" b="$OWN"
try acl_passes_other_types a "$(frame $ALL $A)" b="$(frame $ALL $A)"
check acl_show in_ns sw "$SCRIPTS/tc-acl.sh" show a
equal second_apply_leaves_it "$(repx -j apply "$CONF" | jq -c .)" '[]'
try acl_still_drops a "$FOREIGN" b=
check acl_del in_ns sw "$SCRIPTS/tc-acl.sh" del a
try acl_gone a "$FOREIGN" b="$FOREIGN"

check mirror_add in_ns sw "$SCRIPTS/tc-mirror.sh" add a tap
try mirror_copies a "$OWN" b="$OWN" tap="$OWN"
check mirror_del in_ns sw "$SCRIPTS/tc-mirror.sh" del a
check mirror_prefix_add in_ns sw "$SCRIPTS/tc-mirror.sh" add a tap 10.7.0.0/16
try mirror_prefix_copies a "$OWN" b="$OWN" tap="$OWN"
try mirror_prefix_others a "$FOREIGN" b="$FOREIGN" tap=
check mirror_prefix_del in_ns sw "$SCRIPTS/tc-mirror.sh" del a

out=$(in_ns sw "$SCRIPTS/tc-police.sh" add a 1mbit 10k 2>&1)
case $? in
0)
	send a "$(frame $ALL $A +"${OWN:24}")" 1000 100
	between police_drops "$(port_json a '.[0].rx.packets')" 10 600
	check police_del in_ns sw "$SCRIPTS/tc-police.sh" del a
	;;
4) # this kernel has no act_police: the script says so and leaves nothing
	check police_says_why grep -q act_police <<<"$out"
	equal police_leaves_nothing "$(in_ns sw "$SCRIPTS/tc-police.sh" show a)" ''
	;;
*) not_ok police "$out" ;;
esac

# what this kernel has no module for, the script says and leaves nothing behind
# optional NAME PREF ARGUMENT...: drops what is sent to 10.0.0.2, or ends with status 4
optional() {
	local name=$1 pref=$2 out rc
	shift 2
	out=$(in_ns sw "$SCRIPTS/tc-$name.sh" add a "$@" 2>&1)
	rc=$?
	case $rc in
	0)
		try "${name}_drops" a "$OWN" b=
		check "${name}_del" in_ns sw "$SCRIPTS/tc-$name.sh" del a
		;;
	4)
		check "${name}_says_why" grep -qE 'not found|module' <<<"$out"
		equal "${name}_leaves_nothing" "$(in_ns sw tc filter show dev a ingress pref "$pref")" ''
		;;
	*) not_ok "$name" "$out" ;;
	esac
}
optional flower 105 ip dst_ip 10.0.0.2
optional mark 115 drop 10.0.0.2/32

# down takes repx's filter and leaves the script's
check acl_add_again in_ns sw "$SCRIPTS/tc-acl.sh" add a 'src net 10.6.0.0/16'
check down repx down
equal script_filter_stays "$(in_ns sw tc filter show dev a ingress | grep -c 'pref 100')" 2
finish
