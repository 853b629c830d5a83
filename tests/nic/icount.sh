#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# icount.sh - instructions of the guest per frame: repx, the Linux bridge, openvswitch.ko and
# tc flower, for the same frames on the same netdevs in the same boot
# icount: yes
# ovs: yes
#
# One virtual nanosecond is one instruction here (qemu -icount shift=0), so the time that
# pktgen takes is what all the code between its first and its last frame took: generation and
# the simulated card included, which are the same in every row. A row is repeatable to 1 in
# 1,000, whatever else the machine does.
# shellcheck source=tests/nic/icount-lib.sh
. "$(dirname "$0")/icount-lib.sh"

N=20000
REF=$(dirname "$0")/icount.ref
declare -A INSN
modprobe -a cls_flower act_mirred act_vlan

# measure ROW DIRECTION [KEY...]: INSN[ROW], when all frames arrived
measure() {
	local row=$1 from=sf1 to=wire0 src=$A dst=$W before us got keys=()
	if [ "$2" = pop ]; then
		from=wire0 to=sf1 src=$W dst=$A keys=('vlan_id 10')
	fi
	shift 2
	keys+=("src_mac $src" "dst_mac $dst" "$@")
	pktgen $from 500 "${keys[@]}" >/dev/null
	before=$(received $to)
	us=$(pktgen $from $N "${keys[@]}")
	got=$(($(received $to) - before))
	INSN[$row]=$((us * 1000 / N))
	[[ $row == none-* ]] || [ "$got" -ge "$N" ] || not_ok "$row" "$got of $N frames arrived"
	echo "# ${INSN[$row]} instructions a frame: $row"
}

# of 2,000 sources in turn, all known: the outcome of no frame is remembered from the last
many() {
	local keys=('src_mac 02:00:00:02:00:00' 'src_mac_count 2000')
	pktgen sf1 2000 "dst_mac $W" "${keys[@]}" >/dev/null
	measure "$1-many" push "${keys[@]}"
}
both() {
	measure "$1-push" push
	measure "$1-pop" pop
}

# --- the peers

ip link set pf0sf1 down
measure none-push push
ip link set pf0sf1 up
ip link set p0 down
measure none-pop pop
ip link set p0 up

"$REPX_BUILD/tests/netns/bare" push pf0sf1 p0 10
"$REPX_BUILD/tests/netns/bare" pop p0 pf0sf1
both bare
for d in pf0sf1 p0; do tc qdisc del dev $d clsact; done

for d in pf0sf1 p0; do tc qdisc add dev $d clsact; done
tc filter add dev pf0sf1 ingress protocol ip flower skip_hw src_mac $A dst_mac $W \
	action vlan push id 10 action mirred egress redirect dev p0
tc filter add dev p0 ingress protocol 802.1q flower skip_hw vlan_id 10 src_mac $W dst_mac $A \
	action vlan pop action mirred egress redirect dev pf0sf1
both flower
for d in pf0sf1 p0; do tc qdisc del dev $d clsact; done

linux_bridge
pktgen wire0 1 "src_mac $W" "dst_mac $A" 'vlan_id 10' >/dev/null # it learns where w is
both bridge
many bridge
measure bridge-new push 'src_mac 02:00:00:01:00:00' "src_mac_count $N"
ip link del br0

dpctl() { LD_LIBRARY_PATH=$OVS $OVS/ovs-dpctl "$@"; }
dpctl add-dp dp0
dpctl add-if dp0 pf0sf1
dpctl add-if dp0 p0
port_no() { dpctl show dp0 | sed -n "s/^ *port \([0-9]*\): $1\$/\1/p"; }
IPV4='eth_type(0x0800),ipv4(src=10.0.0.1,dst=10.0.0.2,proto=17,tos=0,ttl=32,frag=no),udp(src=9,dst=9)'
dpctl add-flow dp0 "in_port($(port_no pf0sf1)),eth(src=$A,dst=$W),$IPV4" "push_vlan(vid=10,pcp=0),$(port_no p0)"
dpctl add-flow dp0 "in_port($(port_no p0)),eth(src=$W,dst=$A),eth_type(0x8100),vlan(vid=10,pcp=0),encap($IPV4)" \
	"pop_vlan,$(port_no pf0sf1)"
both ovs
dpctl del-dp dp0

# --- repx

# switch ATTACH KEYS: applied; w is known
switch() {
	cat >$CONF <<-END
		version: 1
		switch: {name: icount, attach: $1, fdb: {size: 65536}}
		ports:
		  - {name: uplink, netdev: p0, role: uplink}
		  - {name: a, netdev: pf0sf1, attach: ${1/auto/tcx}, vlan: {access: 10}${2:+, $2}}
	END
	repx apply $CONF >/dev/null || not_ok "switch_$1"
	pktgen wire0 1 "src_mac $W" "dst_mac $A" 'vlan_id 10' >/dev/null
	pktgen sf1 1 "src_mac $A" "dst_mac $W" >/dev/null
}
switch tcx
both repx
many repx
measure repx-new push 'src_mac 02:00:00:01:00:00' "src_mac_count $N"
repx down
switch clsact
both repx-clsact
repx down
switch tcx "guard: {mac: [\"$A\"]}"
both repx-guard
repx down
switch tcx "guard: {mac: [\"$A\"], ip: [10.0.0.1]}"
measure repx-guard-ip push
repx down
switch auto
measure repx-xdp-pop pop
repx down

# --- what is wanted of it

less() { check "$1" test "${INSN[$2]}" -lt "${INSN[$3]}"; }
for way in push pop; do
	less "fewer_than_the_bridge_$way" repx-$way bridge-$way
	less "fewer_than_openvswitch_$way" repx-$way ovs-$way
done
less fewer_than_the_bridge_many repx-many bridge-many
less fewer_than_openvswitch_many repx-many ovs-push
less fewer_than_the_bridge_guarded repx-guard-ip bridge-push
check a_new_address_costs_a_third_more test $((INSN[repx-new] * 10)) -le $((INSN[repx-push] * 13))
# not more than 3 % above what it was, measured by the reference of the same boot: the
# kernel may be another one
while read -r row per_mille; do
	[[ $row == [a-z]* ]] || continue
	bare='bare-push'
	[[ $row != *-pop ]] || bare='bare-pop'
	now=$((INSN[$row] * 1000 / INSN[$bare]))
	echo "# $row: $now per mille of the bare redirect, it was $per_mille"
	check "not_worse_$row" test $((now * 100)) -le $((per_mille * 103))
done <"$REF"
finish
