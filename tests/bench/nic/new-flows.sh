#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# new-flows.sh - every frame is the first of its flow: instructions a frame, and how many are
# lost, of repx, the Linux bridge, and Open vSwitch with its ovs-vswitchd, which is asked
# icount: yes
# ovs: yes
#
# Counted is what the threads have run, not the time: what is left over when the last frame
# was sent belongs to the frames, too.
# shellcheck source=tests/nic/icount-lib.sh
. "$(dirname "$0")/../../nic/icount-lib.sh"

N=20000
declare -A INSN ARRIVED

# ran: instructions of all that works on frames, so far
ran() {
	local d sum=0 n
	for d in $(pgrep 'kpktgend|ksoftirqd|ovs-vswitchd'); do
		while read -r n _; do sum=$((sum + n)); done < <(cat /proc/"$d"/task/*/schedstat)
	done
	echo $sum
}
# quiet: nothing has worked for a while
quiet() {
	local now
	now=$(ran)
	[ $((now - LAST)) -lt 500000 ] && return
	LAST=$now
	return 1
}
# measure ROW KEY...
measure() {
	local row=$1 before got
	shift
	pktgen sf1 10 "dst_mac $W" 'src_mac 02:00:00:02:00:00' >/dev/null
	LAST=0
	wait_for 20 quiet || not_ok "$row" 'it does not become quiet'
	before=$(ran)
	got=$(received wire0)
	pktgen sf1 $N "dst_mac $W" "$@" >/dev/null
	LAST=0
	wait_for 60 quiet || not_ok "$row" 'it does not become quiet'
	INSN[$row]=$((($(ran) - before) / N))
	ARRIVED[$row]=$(($(received wire0) - got))
	printf '# %-14s %7d instructions a frame, %3d.%d %% lost\n' "$row" "${INSN[$row]}" \
		$(((N - ARRIVED[$row]) * 100 / N)) $(((N - ARRIVED[$row]) * 1000 / N % 10))
}
new=('src_mac 02:00:00:01:00:00' "src_mac_count $N")
known=("src_mac $A")
learn_w() { pktgen wire0 1 "src_mac $W" "dst_mac $A" 'vlan_id 10' >/dev/null; }

cat >$CONF <<-END
	version: 1
	switch: {name: icount, attach: tcx, fdb: {size: 65536}}
	ports:
	  - {name: uplink, netdev: p0, role: uplink}
	  - {name: a, netdev: pf0sf1, vlan: {access: 10}}
END
check apply repx apply $CONF
learn_w
measure repx-known "${known[@]}"
measure repx-new "${new[@]}"
equal all_are_learnt "$(repx -j fdb show | jq '[.[] | select(.port == "a")] | length')" $((N + 2))
check down repx down

linux_bridge
learn_w
measure bridge-known "${known[@]}"
measure bridge-new "${new[@]}"
ip link del br0

# Open vSwitch as it comes: it learns addresses as a bridge does
export LD_LIBRARY_PATH=$OVS OVS_RUNDIR=/tmp/ovs OVS_LOGDIR=/tmp/ovs OVS_DBDIR=/tmp/ovs
mkdir -p /tmp/ovs
db=unix:/tmp/ovs/db.sock
vsctl() { $OVS/ovs-vsctl --db=$db -t 60 "$@"; }
{
	$OVS/ovsdb-tool create /tmp/ovs/conf.db $OVS/vswitch.ovsschema &&
		$OVS/ovsdb-server --remote=p$db --detach --pidfile /tmp/ovs/conf.db &&
		vsctl --no-wait init && $OVS/ovs-vswitchd $db --detach --pidfile &&
		vsctl add-br br0 -- add-port br0 pf0sf1 tag=10 -- add-port br0 p0 trunks=10
} >/tmp/ovs/log 2>&1 || not_ok ovs "$(</tmp/ovs/log)"
learn_w
measure ovs-known "${known[@]}"
measure ovs-new "${new[@]}"
kill "$(</tmp/ovs/ovs-vswitchd.pid)" "$(</tmp/ovs/ovsdb-server.pid)"

check a_new_address_costs_a_third_more test $((INSN[repx-new] * 10)) -le $((INSN[repx-known] * 13))
equal repx_loses_none "${ARRIVED[repx-new]}" $N
check less_than_the_bridge test "${INSN[repx-new]}" -lt "${INSN[bridge-new]}"
check less_than_openvswitch test "${INSN[repx-new]}" -lt "${INSN[ovs-new]}"
finish
