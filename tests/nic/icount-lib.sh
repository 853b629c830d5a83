# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# icount-lib.sh - what the scripts that count instructions share: an SF, its representor and
# the uplink, all up, and pktgen
#
# a -> w leaves the uplink with tag 10; w -> a comes with it. Neither is its netdev's own
# address: the stack behind drops the frame at once.
# shellcheck source=tests/nic/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# shellcheck disable=SC2034 # for the scripts
A=02:00:00:00:00:0a W=02:00:00:00:00:0e CONF=/tmp/icount.yaml OVS=/usr/lib/repx-ovs
repx() { "$REPX_BUILD/repx" "$@"; }

modprobe -a pktgen openvswitch bridge cls_bpf sch_ingress
switchdev
sf_up 1 02:00:00:00:00:01
for d in sf1 pf0sf1 p0 wire0; do
	echo 1 >/proc/sys/net/ipv6/conf/$d/disable_ipv6
	ip link set $d up
done

# pktgen DEV COUNT KEY VALUE...: us that it took
PG=/proc/net/pktgen
pktgen() {
	local dev=$1 count=$2 key
	shift 2
	echo rem_device_all >$PG/kpktgend_0
	echo "add_device $dev" >$PG/kpktgend_0
	for key in "count $count" 'clone_skb 0' 'pkt_size 124' 'delay 0' 'dst_min 10.0.0.2' 'src_min 10.0.0.1' "$@"; do
		echo "$key" >"$PG/$dev" || return 1
	done
	echo start >$PG/pgctrl
	sed -n 's/^Result: OK: \([0-9]*\).*/\1/p' "$PG/$dev"
}
received() { cat "/sys/class/net/$1/statistics/rx_packets"; }

# linux_bridge: br0, which does the same with tags
linux_bridge() {
	local d
	ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
	for d in pf0sf1 p0; do ip link set $d master br0; done
	bridge vlan add dev pf0sf1 vid 10 pvid untagged
	bridge vlan add dev p0 vid 10
	echo 1 >/proc/sys/net/ipv6/conf/br0/disable_ipv6
	ip link set br0 up
}
