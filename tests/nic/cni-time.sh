#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cni-time.sh - how long an ADD takes: an SF that is made, and a spare one
# icount: yes
#
# Time is instructions here and what a device lets wait (qemu -icount), so that it does not
# depend on what else the machine does.
# shellcheck source=tests/nic/cni-lib.sh
. "$(dirname "$0")/cni-lib.sh"

port uplink 'netdev: p0, role: uplink'
net sf 'del(.ipam)'

# times FILE NAME...: ADD of each, from exec to exit, in ms
times() {
	local file=$1 t0 c
	shift
	for c; do
		container "$c"
		[ ! -e /tmp/pooled ] || wait_for 30 pool_ready 2/2
		t0=${EPOCHREALTIME/./}
		cni ADD sf "$c" || not_ok "add_$c" "$(answer "$c")"
		echo $(((${EPOCHREALTIME/./} - t0) / 1000)) >>"$file"
		cni DEL sf "$c" || not_ok "del_$c" "$(answer "$c")"
		ip netns del "$c"
	done
}
# told FILE: median and p99
told() { sort -n "$1" | awk '{ t[NR] = $1 } END { printf "median %d ms, p99 %d ms", t[int((NR + 1) / 2)], t[int(NR * 0.99 + 0.5)] }'; }
median() { sort -n "$1" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

config "$(pool 0)"
daemon
knob ops/sf_probe/delay_ms 1000
times /tmp/cold c1 c2 c3 c4 c5 c6 c7
config "$(pool 2)"
check pool repx apply $CONF
: >/tmp/pooled
times /tmp/pool p1 p2 p3 p4 p5 p6 p7
echo "# ADD of an SF whose driver takes 1 s to start: cold $(told /tmp/cold); from the pool $(told /tmp/pool)"
check from_the_pool_a_tenth test $(($(median /tmp/pool) * 10)) -le "$(median /tmp/cold)"
knob ops/sf_probe/delay_ms 0
end_daemon TERM
check down repx down
finish
