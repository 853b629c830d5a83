#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tc-acl.sh - an access list in front of repx, on a port with `attach: clsact`
#
#	tc-acl.sh add DEV 'src net 10.6.0.0/16 or udp port 53'
#	tc-acl.sh show DEV
#	tc-acl.sh del DEV
#
# Frames that the expression (as for tcpdump) matches are dropped before repx sees
# them; all others go on to it. tcpdump compiles the expression, cls_bpf runs it:
# u32 with `action drop` would do for simple matches, but needs act_gact, which
# not every kernel has. On tc the outer VLAN tag sits beside the frame: write the
# expression for the frame without it.
set -eu

PREF=${PREF:-100} # any below repx's tc.pref (49152) comes first

usage() {
	echo "usage: tc-acl.sh add DEV EXPRESSION | show DEV | del DEV" >&2
	exit 2
}

# bytecode EXPRESSION: a classic BPF program that answers 2 (TC_ACT_SHOT) for a
# match and -1 (TC_ACT_UNSPEC: the next filter decides) for all else
bytecode() {
	tcpdump -y EN10MB -ddd "$1" | awk '
		NR > 1 && $1 == 6 { $4 = $4 ? "2" : "4294967295" }
		{ printf "%s%s", (NR > 1 ? "," : ""), $0 }'
}

[ $# -ge 2 ] || usage
case $1 in
add)
	[ $# -eq 3 ] || usage
	code=$(bytecode "$3")
	tc qdisc show dev "$2" | grep -q clsact || tc qdisc add dev "$2" clsact
	tc filter add dev "$2" ingress protocol all pref "$PREF" bpf da bytecode "$code"
	;;
show) tc -s filter show dev "$2" ingress pref "$PREF" ;;
del) tc filter del dev "$2" ingress pref "$PREF" ;;
*) usage ;;
esac
