#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tc-flower.sh - an access list of flower rules, in software before repx or in the NIC
#
#	tc-flower.sh add DEV PROTOCOL KEY VALUE...	tc-flower.sh add pf0sf1 ip dst_ip 10.6.0.0/16
#	tc-flower.sh hw DEV PROTOCOL KEY VALUE...	the same, by the hardware alone
#	tc-flower.sh show DEV
#	tc-flower.sh del DEV				both
#
# Frames that match are dropped; PROTOCOL and keys are those of tc-flower(8). `add`
# is for a port with `attach: clsact`: the rule is asked before repx. `hw` works on
# any representor whose `ethtool -k DEV` says hw-tc-offload on: what matches does not
# leave the NIC. Prefs 1 to 10 are free for it: repx never touches them. Needs
# cls_flower; a kernel without it is told, with status 4 (tc-acl.sh may do).
set -eu

PREF=${PREF:-105}   # of add; any below repx's tc.pref (49152) comes first
HWPREF=${HWPREF:-3} # of hw

usage() {
	echo "usage: tc-flower.sh add|hw DEV PROTOCOL KEY VALUE... | show DEV | del DEV" >&2
	exit 2
}

# rule DEV PREF SKIP PROTOCOL KEY VALUE...
rule() {
	local dev=$1 pref=$2 skip=$3 proto=$4 out
	shift 4
	tc qdisc show dev "$dev" | grep -q clsact || tc qdisc add dev "$dev" clsact
	out=$(tc filter add dev "$dev" ingress protocol "$proto" pref "$pref" flower "$skip" "$@" \
		action drop 2>&1) && return
	printf '%s\n' "$out" >&2
	[[ $out != *'classifier not found'* && $out != *'action module'* ]] || exit 4
	exit 1
}

[ $# -ge 2 ] || usage
what=$1 dev=$2
shift 2
case $what in
add | hw) [ $# -ge 3 ] || usage ;;
esac
case $what in
add) rule "$dev" "$PREF" skip_hw "$@" ;;
hw) rule "$dev" "$HWPREF" skip_sw "$@" ;;
show)
	tc -s filter show dev "$dev" ingress pref "$HWPREF"
	tc -s filter show dev "$dev" ingress pref "$PREF"
	;;
del)
	tc filter del dev "$dev" ingress pref "$HWPREF" 2>/dev/null || :
	tc filter del dev "$dev" ingress pref "$PREF" 2>/dev/null || :
	;;
*) usage ;;
esac
