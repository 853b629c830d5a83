#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tc-police.sh - a rate limit by tc in front of repx, on a port with `attach: clsact`
#
#	tc-police.sh add DEV RATE BURST		tc-police.sh add vm1 100mbit 128k
#	tc-police.sh show DEV
#	tc-police.sh del DEV
#
# What is over the rate is dropped before repx sees it; the rest goes on to it.
# repx has limits of its own (`rate:`, `storm:`); this is for policies that only tc
# can say, such as one limit for one subnet. Needs act_police: where the kernel
# has none, the script says so and ends with status 4.
set -eu

PREF=${PREF:-110}
NET=${NET:-0.0.0.0/0} # the source addresses that are limited together

usage() {
	echo "usage: [NET=PREFIX] tc-police.sh add DEV RATE BURST | show DEV | del DEV" >&2
	exit 2
}

[ $# -ge 2 ] || usage
case $1 in
add)
	[ $# -eq 4 ] || usage
	tc qdisc show dev "$2" | grep -q clsact || tc qdisc add dev "$2" clsact
	# conform-exceed A/B: over the rate drop, else `continue`: the next filter decides
	if ! out=$(tc filter add dev "$2" ingress protocol ip pref "$PREF" u32 match ip src "$NET" \
		action police rate "$3" burst "$4" conform-exceed drop/continue 2>&1); then
		if [[ $out == *'action module'* ]]; then
			echo "tc-police: this kernel has no act_police; use 'rate:' in the file of repx" >&2
			exit 4
		fi
		printf '%s\n' "$out" >&2
		exit 1
	fi
	;;
show) tc -s filter show dev "$2" ingress pref "$PREF" ;;
del) tc filter del dev "$2" ingress pref "$PREF" ;;
*) usage ;;
esac
