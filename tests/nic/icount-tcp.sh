#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# icount-tcp.sh - a TCP stream with TSO in instructions of the guest: repx in each way to
# attach, and the Linux bridge, in one boot
# icount: yes
#
# As in icount.sh a virtual nanosecond is one instruction, so what iperf3 says of the rate
# is what all the code between its two ends takes: both of its processes, both stacks and
# the switch. On veth: the simulated card has no TSO.
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

CONF=/tmp/icount.yaml
BYTES=$((1 << 29))
declare -A INSN
repx() { "$REPX_BUILD/repx" "$@"; }
modprobe -a veth bridge sch_ingress cls_bpf

for n in 1 2; do
	ip link add v$n type veth peer name eth$n
	tenant h$n eth$n 10.0.0.$n/24
	ip link set v$n up
done
ip netns exec h2 iperf3 -s >/dev/null 2>&1 &
trap 'kill $!' EXIT
listens() { in_ns h2 grep -qsE ':1451 [0-9A-F]+:0000 0A' /proc/net/tcp /proc/net/tcp6; } # 5201
check the_server_listens wait_for 10 listens

# stream: instructions for 1,000 bytes. (jq comes afterwards: its start would count, too.)
stream() {
	local json
	json=$(ip netns exec h1 iperf3 -J -c 10.0.0.2 -n $BYTES --connect-timeout 3000) || return 1
	jq '.end.sum_received | (.seconds * 1e12 / .bytes) | round' <<<"$json"
}
# measure ROW: INSN[ROW], the median of three: now and then a stream has fewer ACKs
measure() {
	local all
	all=$(for _ in 1 2 3; do stream; done | sort -n | xargs)
	INSN[$1]=$(cut -d' ' -f2 <<<"$all")
	check "three_streams_$1" test "$(wc -w <<<"$all")" = 3
	echo "# ${INSN[$1]} instructions for 1,000 bytes: $1 ($all)"
}

ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
for n in 1 2; do
	ip link set v$n master br0
	bridge vlan add dev v$n vid 10 pvid untagged
done
ip link set br0 up
measure bridge
ip link del br0

for attach in tcx clsact auto; do
	cat >$CONF <<-END
		version: 1
		switch: {name: tcp, attach: $attach}
		ports:
		  - {name: a, netdev: v1, vlan: {access: 10}}
		  - {name: b, netdev: v2, vlan: {access: 10}}
	END
	check "apply_$attach" repx apply $CONF
	measure $attach
	# the median of three is repeatable to a percent; what is worth a look is more
	check "not_slower_than_the_bridge_$attach" \
		test $((INSN[$attach] * 100)) -le $((INSN[bridge] * 103))
	repx down
done
finish
