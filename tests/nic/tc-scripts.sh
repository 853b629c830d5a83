#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tc-scripts.sh - the example tc scripts beside repx, on representors
#
# Five scripts on one clsact port, each with an address of its own: what it does is
# told by the frames that repx counts. After each thing that repx does their filters
# must be as they were, and do what they did.
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

CONF=/tmp/nic.yaml
TOOLS=$REPX_BUILD/tests/netns
SCRIPTS=$(cd "$(dirname "$0")/../../scripts" && pwd)
DEV=pf0sf1
repx() { "$REPX_BUILD/repx" "$@"; }
for t in "$REPX_BUILD/repx" "$TOOLS/rxsend" "$TOOLS/rxrecv"; do
	[ -x "$t" ] && continue
	echo "skip tc-scripts: $t was not built"
	exit 4
done
for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done

switchdev || exit 1
for n in 1 2 3; do
	sf_up $n 02:00:00:00:00:1$n || exit 1
	tenant n$n sf$n
done
ip link add mir0 type dummy # where the copies go
ip link set mir0 up

# config B-KEYS
config() {
	cat >$CONF <<-EOT
		version: 1
		switch: {name: nic, tc: {marks: true}}
		ports:
		  - {name: uplink, netdev: p0, role: uplink}
		  - {name: a, netdev: $DEV, attach: clsact, vlan: {access: 10}}
		  - {name: b, netdev: pf0sf2, vlan: {access: 10}$1}
		  - {name: c, netdev: pf0sf3, vlan: {access: 10}}
	EOT
}
port() { repx -j port show "$1" | json ".[0]$2"; }
# counts: what repx has counted of port a, into RX, and of what the mark dropped, MARKED.
# (Neither jq nor jget: they would take longer than all else here.)
RX=0 MARKED=0
counts() {
	local doc
	doc=$(repx -j port show "${1:-a}")
	[[ $doc =~ \"rx\":\{\"packets\":([0-9]+) ]] && RX=${BASH_REMATCH[1]}
	if [[ $doc =~ \"mark\":([0-9]+) ]]; then MARKED=${BASH_REMATCH[1]}; else MARKED=0; fi
}
rx_is() { # rx_is COUNT [PORT]: it has come so far
	counts "${2:-a}"
	[ "$RX" -ge "$1" ]
}
kernel_got() { read -r GOT </sys/class/net/mir0/statistics/tx_packets; }
kernel_has() {
	kernel_got
	[ "$GOT" -ge "$1" ]
}

# ip_frame TO [FROM [HEADER]]: an IPv4 frame to 10.0.10.TO
ip_frame() {
	printf 'ffffffffffff02000000001%d0800450000540001000040110000%s0a000a%02x%0128d' \
		"${3:-1}" "${2:-0a000a01}" "$1" 0
}
# send N TO [COUNT]
send() { in_ns "n$1" "$TOOLS/rxsend" "sf$1" "$(ip_frame "$2" 0a000a01 "$1")" "${3:-10}" 1000 >/dev/null; }

# sees TO: how many of 10 frames to it repx counts, into SEEN; RX is up to date before and
# after. One that nobody touches comes last.
sees() {
	local before=$RX
	send 1 "$1"
	send 1 30 1
	wait_for 5 rx_is $((before + 1))
	counts # whatever is counted later than the last one would be out of order
	SEEN=$((RX - before - 1))
}
# mirrored TO: the same, and how many copies the kernel got
mirrored() {
	local before
	kernel_got
	before=$GOT
	sees "$1"
	wait_for 2 kernel_has $((before + 10))
	SEEN+=" $((GOT - before))"
}
# mark_dropped TO: the same, and how many were dropped for their mark
mark_dropped() {
	local before=$MARKED
	sees "$1"
	SEEN+=" $((MARKED - before))"
}

# police: sends 300 frames of 1000 bytes at once; what tc lets through is what repx sees
limited() { [[ $(tc -s filter show dev "$DEV" ingress pref 110) =~ dropped\ ([0-9]+) ]] && DROPS=${BASH_REMATCH[1]}; }
both_are() {
	counts
	limited
	[ $((RX + DROPS)) -ge "$1" ]
}
police() {
	local rx drops
	limited
	rx=$RX drops=$DROPS
	in_ns n1 "$TOOLS/rxsend" -z 1000 sf1 "$(ip_frame 26 0a636301)" 300 >/dev/null
	send 1 30 1
	wait_for 5 both_are $((rx + drops + 301))
	rx=$((RX - rx - 1)) drops=$((DROPS - drops))
	SEEN="$rx passed, $drops dropped"
	echo "# police: $SEEN"
	[ $((rx + drops)) -eq 300 ] && [ "$rx" -ge 5 ] && [ "$drops" -ge 150 ]
}

add_scripts() {
	check "add_acl$1" "$SCRIPTS/tc-acl.sh" add $DEV 'dst host 10.0.10.21'
	check "add_flower$1" "$SCRIPTS/tc-flower.sh" add $DEV ip dst_ip 10.0.10.22
	check "add_hardware_rule$1" "$SCRIPTS/tc-flower.sh" hw $DEV ip dst_ip 10.0.10.23
	check "add_mark$1" "$SCRIPTS/tc-mark.sh" add $DEV drop 10.0.10.24/32
	check "add_mirror$1" "$SCRIPTS/tc-mirror.sh" add $DEV mir0
	check "add_police$1" env NET=10.99.99.0/24 "$SCRIPTS/tc-police.sh" add $DEV 1mbit 20k
}
# filters: the scripts' filters
filters() { tc filter show dev $DEV ingress | awk '/^filter/ { ours = / pref 49152 / } !ours'; }
in_hw() { [[ $(tc filter show dev "$DEV" ingress pref 3) =~ handle\ 0x1.*in_hw\ in_hw_count\ 1 ]]; }

# effects STAGE: all filters are as they were, and do what they did
effects() {
	equal "filters_as_before_$1" "$(filters)" "$FILTERS"
	check "in_hardware_$1" in_hw
	counts
	sees 21
	equal "acl_$1" "$SEEN" 0
	sees 22
	equal "flower_$1" "$SEEN" 0
	sees 23
	equal "hardware_$1" "$SEEN" 0
	mark_dropped 24
	equal "mark_$1" "$SEEN" '10 10'
	mirrored 25
	equal "mirror_$1" "$SEEN" '10 11'
	if police; then ok "police_$1"; else not_ok "police_$1" "$SEEN"; fi
}

# seen_each TO...: sees, of several, into EACH
seen_each() {
	local to
	EACH=
	counts
	for to in "$@"; do
		sees "$to"
		EACH+="$SEEN "
	done
}

config ''
check apply repx apply $CONF
equal clsact_hook "$(port a .attach.tc)" clsact
equal tcx_hook "$(port b .attach.tc)" tcx
seen_each 21 22 23 24
equal before "$EACH" '10 10 10 10 '
add_scripts ''
FILTERS=$(filters)
equal six_filters "$(tc -j filter show dev $DEV ingress | jq -c '[.[] | select(.options) | .pref] | unique')" \
	'[3,100,105,110,115,120,49152]'
effects added
equal again "$(repx -j apply $CONF | json .)" '[]'
config ', isolated: true'
check apply_a_change repx apply $CONF
ip link add x4 type veth peer name y4
check port_add repx port add d netdev x4 vlan '{access: 10}'
check port_del repx port del d
effects applied

# --- the daemon: hotplug, reload; who is added behind tcx is told what to do

"$REPX_BUILD/repx" run $CONF 2>/tmp/run.log &
daemon=$!
check daemon_answers wait_for 15 test -S /run/repx/nic/control
ip netns del n3
sf_del 3
state_of() { [ "$(port "$1" .state)" = "$2" ]; }
check goes_missing wait_for 10 state_of c missing
sf_up 3 02:00:00:00:00:13
check comes_back wait_for 10 state_of c up
log_has() { grep -q -- "$1" /tmp/run.log; }
"$SCRIPTS/tc-flower.sh" hw pf0sf2 ip dst_ip 10.0.10.23
"$SCRIPTS/tc-acl.sh" add pf0sf2 'dst host 10.0.10.21'
check told wait_for 5 log_has "port 'b'.*bpf filter at pref 100.*attach: clsact"
check not_of_hardware_rules bash -c '! grep -q "flower filter" /tmp/run.log'
counts b
send 2 21
check sees_nothing_behind_tcx wait_for 5 rx_is $((RX + 10)) b
config ', attach: clsact'
kill -HUP $daemon
hook_of() { [ "$(port "$1" .attach.tc)" = "$2" ]; }
check advice_taken wait_for 10 hook_of b clsact
counts b
before=$RX
send 2 21
send 2 30 1
wait_for 5 rx_is $((before + 1)) b
equal advice_helps $((RX - before)) 1
equal told_once "$(grep -c 'sees no frame' /tmp/run.log)" 1
effects running
kill -TERM $daemon
wait $daemon
equal daemon_ends $? 0

check down repx down
equal filters_after_down "$(filters)" "$FILTERS"
check in_hardware_after_down in_hw
equal nothing_of_repx "$(tc filter show dev $DEV ingress pref 49152)" ''
config ''
check apply_after_down repx apply $CONF
equal auto_takes_clsact "$(port b .attach.tc)" clsact
effects after_down
for s in acl flower mark mirror police; do check "del_$s" "$SCRIPTS/tc-$s.sh" del $DEV; done
seen_each 21 22 23 24
equal all_pass "$EACH" '10 10 10 10 '
check down_again repx down
finish
