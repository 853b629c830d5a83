#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tc-mark.sh - exceptions for some frames, asked of repx by skb->mark
#
#	tc-mark.sh add DEV drop|kernel|nolearn|nooffload PREFIX
#	tc-mark.sh show DEV
#	tc-mark.sh del DEV
#
# For a port with `attach: clsact`, in a switch with `tc: {marks: true}`. What is asked
# is asked for IPv4 frames to PREFIX: drop them (counted as `mark`), leave them to the
# kernel, do not learn from them, do not offload their flow. repx still does all else,
# and counts. Needs act_skbedit; a kernel without it is told, with status 4.
set -eu

PREF=${PREF:-115}
MARK=$((0x52500000)) # with mask 0xfff00000: the mark is a request to repx

usage() {
	echo "usage: tc-mark.sh add DEV drop|kernel|nolearn|nooffload PREFIX | show DEV | del DEV" >&2
	exit 2
}

[ $# -ge 2 ] || usage
case $1 in
add)
	[ $# -eq 4 ] || usage
	case $3 in
	drop) bit=1 ;;
	kernel) bit=2 ;;
	nolearn) bit=4 ;;
	nooffload) bit=8 ;;
	*) usage ;;
	esac
	tc qdisc show dev "$2" | grep -q clsact || tc qdisc add dev "$2" clsact
	# `continue`: the next filter, in the end repx, has the last word
	if ! out=$(tc filter add dev "$2" ingress protocol ip pref "$PREF" u32 match ip dst "$4" \
		action skbedit mark $((MARK | bit)) continue 2>&1); then
		printf '%s\n' "$out" >&2
		[[ $out != *'action module'* ]] || exit 4
		exit 1
	fi
	;;
show) tc -s filter show dev "$2" ingress pref "$PREF" ;;
del) tc filter del dev "$2" ingress pref "$PREF" ;;
*) usage ;;
esac
