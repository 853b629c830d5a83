#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# smp: 2
# eswsim-storm.sh - the simulated card is taken apart in every order while frames flow
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

modprobe virtio_net
modprobe virtio_vdpa
DEV=${PCI#*/}

# flood NS DEV: frames without an end, from a process of its own
flood() { in_ns "$1" ping -q -b -i 0.002 -s 200 10.1.255.255 >/dev/null 2>&1 & }

# shellcheck disable=SC2086 # n is a number
# build: 2 SFs with netdev, rules and vDPA; all of them send
build() {
	local n
	switchdev || return 1
	ethtool -K p0 hw-tc-offload on
	ip link set p0 up
	tc qdisc add dev p0 clsact
	for n in 1 2; do
		sf_up $n 02:00:00:00:00:0$n enable_eth enable_vnet || return 1
		tenant s$n sf$n 10.1.0.$n/16
		ip link set pf0sf$n up
		tc qdisc add dev pf0sf$n clsact
		tc filter add dev pf0sf$n ingress protocol ip pref 1 flower skip_sw \
			action mirred egress redirect dev p0 || return 1
		tc filter add dev pf0sf$n ingress protocol arp pref 2 flower skip_sw \
			action mirred egress mirror dev p0 pipe action mirred egress redirect \
			dev pf0sf$((n % 2 + 1)) 2>/dev/null
	done
	vdpa dev add name v1 mgmtdev "auxiliary/$(sf_aux 1)" mac 02:00:00:00:00:f1 || return 1
	wait_for 5 vdpa_netdev v1
	tenant sv "$(vdpa_netdev v1)" 10.1.0.9/16
	for n in s1 s2 sv; do flood $n eth0; done
	return 0
}

clean() {
	local n
	# shellcheck disable=SC2046 # a word per pid
	kill $(jobs -p) 2>/dev/null
	wait
	for n in s1 s2 sv; do ip netns del $n 2>/dev/null; done
}

traffic() { [ "$(cat /sys/class/net/pf0sf2/statistics/rx_packets)" -gt 100 ]; }

# storm CASE CMD...: built, torn down by the command while frames flow
storm() {
	local name=$1
	shift
	check "${name}_build" build
	wait_for 5 traffic
	check "$name" "$@"
	clean
}

delete_all() {
	local n
	for n in 2 1; do sf_del "$n" || return 1; done
}
no_sfs() { [ "$(wc -l <"$KNOBS/sfs")" -eq 0 ]; }
unbind() { echo "$DEV" >/sys/bus/pci/drivers/eswsim/unbind; }
bind() { echo "$DEV" >/sys/bus/pci/drivers/eswsim/bind; }

storm delete_ports delete_all
check functions_let_go wait_for 10 no_sfs
tc qdisc del dev p0 clsact
legacy
storm card_reset knob reset 1
check back wait_for 10 test -e /sys/class/net/p0
storm card_reload devlink dev reload "$PCI"
storm unbind unbind
check bind bind
storm remove_module rmmod eswsim
check module_again modprobe eswsim
equal no_complaint "$(dmesg | grep -cE 'WARNING:|BUG:|Oops')" 0
finish
