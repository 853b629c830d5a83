#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# reset.sh - the card is reset under traffic, with the daemon running: every port comes
# back with its policy, by itself, and no function is active before its policy is there
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

MAC1=02:00:00:00:00:11 MAC2=02:00:00:00:00:12 MAC3=02:00:00:00:00:13
CONF=/tmp/reset.yaml
repx() { "$REPX_BUILD/repx" "$@"; }
for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done
modprobe -q vhost_vdpa

# the wire, outside of the card, and two VFs beside the SFs
tenant w wire0
for v in 10 20 30; do
	in_ns w ip link add link wire0 name wire0.$v type vlan id $v
	in_ns w ip link set wire0.$v up
	in_ns w ip addr add 10.0.$v.9/24 dev wire0.$v
done
cat >$CONF <<END
version: 1
switch: {name: nic, eswitch: {handle: "$PCI", mode: switchdev}}
offload: {promote: 1pps}
ports:
  - {name: uplink, netdev: p0, role: uplink}
  - {name: a, sf: {num: 1, mac: "$MAC1", eth: true}, vlan: {access: 10}, guard: true}
  - {name: b, sf: {num: 2, mac: "$MAC2", eth: true}, vlan: {access: 20}, guard: true, rate: {rx: 1gbit}}
  - {name: c, sf: {num: 3, mac: "$MAC3"}, vdpa: {name: vd3, bind: vhost}, vlan: {access: 30}}
END
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
DAEMON=$!
port() { repx -j port show "$1" | json ".[0]$2"; }
up() { [ "$(port "$1" .state)" = up ]; }
ready() { up a && up b && up c && [ -e /sys/class/net/sf1 ] && [ -e /sys/class/net/sf2 ] && [ -e /sys/bus/vdpa/devices/vd3 ]; }
check all_ports_up wait_for 30 ready

# consumers SF ADDRESS: a function's netdev into a namespace; the former one died
consumer() {
	ip netns del "n$1" 2>/dev/null
	tenant "n$1" "sf$1" "$2"
}
consumer 1 10.0.10.1/24
consumer 2 10.0.20.2/24
check a_talks wait_for 5 reach n1 10.0.10.9
check b_talks wait_for 5 reach n2 10.0.20.9
# flow FROM TO VLAN TAG: packets counted of its IPv4 flow
flow() {
	repx -j flow show port "$1" vlan "$3" | jq "map(select(.from == \"$1\" and .to == \"$2\" and
		.tag == \"$4\" and .ethertype == \"ipv4\").packets) | add // 0"
}
# the daemon may begin to count after the ports are up, and the last frames of a moment are
# counted with the next
counted() {
	reach n1 10.0.10.9
	[ "$(flow "$@")" -ge 3 ]
}
check flow_of_a_counted wait_for 10 counted a uplink 10 ''
check flow_to_a_counted wait_for 10 counted uplink a 10 10
equal no_flow_between_vlans "$(repx -j flow show port a vlan 20)" '[]'

# Looked at all the time; each request to set a function active takes a while meanwhile:
# active SFs whose port is not up in the tables in use: must be none, at any time
unpoliced() {
	local num name state
	while read -r num state; do
		case $num in 1) name=a ;; 2) name=b ;; 3) name=c ;; esac
		[ "$state" = active ] || [ "$state" = in_use ] || continue
		[ "$(port $name .state)" = up ] && [ "$(port $name .attach.tc)" != none ] ||
			echo "SF $num is $state, port $name is $(port $name .state)"
	done < <(sed -n 's/.* sfnum \([0-9]*\) state \([a-z_]*\) .*/\1 \2/p' "$KNOBS/sfs")
}
watch_policy() {
	while [ ! -e /tmp/watch.stop ]; do
		unpoliced >>/tmp/unpoliced
		echo >>/tmp/watched
	done
}

# rounds of reset: of a card that is back at once, and of a slow one
round() {
	local name=$1 t0
	shift
	rm -f /tmp/watch.stop /tmp/unpoliced /tmp/watched
	knob ops/state_set/delay_ms 300 # long enough to be looked at
	watch_policy &
	in_ns n1 ping -q -i 0.02 -w 8 10.0.10.9 >/dev/null 2>&1 & # traffic
	local traffic=$!
	t0=${EPOCHREALTIME/./}
	knob reset 1
	check "${name}_ports_went" wait_for 5 test ! -e /sys/class/net/pf0sf1
	check "${name}_all_back" wait_for 25 ready
	echo "# $name: all back after $(((${EPOCHREALTIME/./} - t0) / 1000)) ms"
	touch /tmp/watch.stop
	kill $traffic 2>/dev/null
	wait $traffic
	wait %?watch_policy 2>/dev/null
	knob ops/state_set/delay_ms 0
	check "${name}_watched" test "$(wc -l </tmp/watched)" -ge 3
	equal "${name}_never_active_unpoliced" "$(cat /tmp/unpoliced)" ''
	equal "${name}_switchdev" "$(devlink dev eswitch show "$PCI" | grep -o 'mode [a-z]*')" 'mode switchdev'
	consumer 1 10.0.10.1/24
	consumer 2 10.0.20.2/24
	check "${name}_a_talks" reach n1 10.0.10.9
	check "${name}_b_talks" reach n2 10.0.20.9
	in_ns n1 ip addr add 10.0.20.1/24 dev sf1
	check "${name}_a_not_to_b" cut_off n1 10.0.20.2
	has "${name}_mac_is_back" "hw_addr $MAC1 state active opstate attached" sf_show 1
	equal "${name}_rate_is_back" "$(devlink port function rate show "$PCI/$(sf_index 2)" | grep -o 'tx_max [0-9A-Za-z]*')" 'tx_max 1Gbit'
	equal "${name}_vdpa_is_back" "$(basename "$(readlink /sys/bus/vdpa/devices/vd3/driver)")" vhost_vdpa
}
round reset
knob ops/reset/delay_ms 1500
round slow_reset
knob ops/reset/delay_ms 300

# the netdevs of the ports alone are made anew, under other names and in another order
knob reset_keep 1
before=$(port a .ifindex)
knob reset 1
renewed() { up a && up b && up c && [ "$(port a .ifindex)" != "$before" ]; }
check keep_ports_back wait_for 20 renewed
check keep_a_talks wait_for 5 reach n1 10.0.10.9
check keep_b_talks reach n2 10.0.20.9
knob reset_keep 0

# one function cannot be made again: the others are there, it comes when it can
fault port_new 28 0 2 # the third and all later ones
knob reset 1
two() { up a && up b && [ -e /sys/class/net/sf1 ] && [ -e /sys/class/net/sf2 ]; }
check partly_two_back wait_for 25 two
check partly_third_missing test "$(port c .state)" = missing
check partly_told grep -q 'injected fault in port_new' /tmp/run.log
fault port_new 0
check partly_third_comes wait_for 30 ready

kill $DAEMON
wait $DAEMON
check no_longer_counted bash -c "bpftool -j map dump pinned /sys/fs/bpf/repx/nic/maps/repx_cfg |
	jq -e '.[0].formatted.value.sample == 0'"
check apply_after_all_of_it repx apply $CONF
equal apply_again "$(repx -j apply $CONF | json .)" '[]'
check down repx down
equal nothing_left "$(grep -c sfnum "$KNOBS/sfs")" 0
has legacy_again 'mode legacy' devlink dev eswitch show "$PCI"
[ "$FAILED" -eq 0 ] || tail -n 40 /tmp/run.log | sed 's/^/# /'
finish
