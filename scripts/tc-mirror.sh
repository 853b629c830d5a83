#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tc-mirror.sh - copies what a port sends to another netdev, in front of repx
#
#	tc-mirror.sh add DEV TO			all frames
#	tc-mirror.sh add DEV TO 10.0.0.0/8	IPv4 from there
#	tc-mirror.sh show DEV
#	tc-mirror.sh del DEV
#
# For a port with `attach: clsact`. `continue` at the end matters: without it the
# mirror filter's verdict is the last word, and repx never sees the frame.
set -eu

PREF=${PREF:-120}

usage() {
	echo "usage: tc-mirror.sh add DEV TO [PREFIX] | show DEV | del DEV" >&2
	exit 2
}

[ $# -ge 2 ] || usage
case $1 in
add)
	[ $# -ge 3 ] || usage
	match=(protocol all pref "$PREF" u32 match u32 0 0)
	[ $# -lt 4 ] || match=(protocol ip pref "$PREF" u32 match ip src "$4")
	tc qdisc show dev "$2" | grep -q clsact || tc qdisc add dev "$2" clsact
	tc filter add dev "$2" ingress "${match[@]}" action mirred egress mirror dev "$3" continue
	;;
show) tc -s filter show dev "$2" ingress pref "$PREF" ;;
del) tc filter del dev "$2" ingress pref "$PREF" ;;
*) usage ;;
esac
