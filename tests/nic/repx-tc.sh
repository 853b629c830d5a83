#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# repx-tc.sh - the switch on representors and uplink, given by netdev name
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

MAC1=02:00:00:00:00:11 MAC2=02:00:00:00:00:12 MAC3=02:00:00:00:00:13 MACW=02:00:00:00:00:ee
CONF=/tmp/nic.yaml
repx() { "$REPX_BUILD/repx" "$@"; }
if [ ! -x "$REPX_BUILD/repx" ]; then
	echo "skip repx-tc: no repx was built"
	exit 4
fi
for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done

# three SFs, each in a namespace; the wire with a netdev for each VLAN
switchdev || exit 1
sf_up 1 $MAC1 || exit 1
sf_up 2 $MAC2 || exit 1
sf_up 3 $MAC3 || exit 1
ip link set wire0 address $MACW
tenant n1 sf1 10.0.10.1/24
tenant n2 sf2 10.0.20.2/24
tenant n3 sf3 10.0.10.3/24
tenant w wire0
for v in 10 20 30; do
	in_ns w ip link add link wire0 name wire0.$v type vlan id $v
	in_ns w ip link set wire0.$v up
	in_ns w ip addr add 10.0.$v.9/24 dev wire0.$v
done
cat >$CONF <<END
version: 1
switch: {name: nic, attach: auto}
ports:
  - {name: uplink, netdev: p0, role: uplink}
  - name: a
    netdev: pf0sf1
    vlan: {access: 10}
    guard: {mac: ["$MAC1"], ip: [10.0.10.1]}
  - {name: b, netdev: pf0sf2, vlan: {access: 20}}
  - {name: c, netdev: pf0sf3, vlan: {access: 10}}
END
host_state() {
	ip -d link show | grep -v qlen
	for d in p0 pf0sf1 pf0sf2 pf0sf3; do
		tc filter show dev $d ingress
		ethtool -k $d
	done
	bpftool net
}
host_state >/tmp/before

check config_is_right repx check $CONF
check apply repx apply $CONF
equal apply_again "$(repx -j apply $CONF | json .)" '[]'
port() { repx -j port show "$1" | json ".[0]$2"; }
equal uplink_has_native_xdp "$(port uplink .attach.xdp)" native
equal uplink_has_tc "$(port uplink '.attach.tc == "none"')" false
equal representor_has_no_xdp "$(port a .attach.xdp)" none
equal representor_has_tc "$(port a '.attach.tc == "none"')" false
has rxvlan_is_off 'rx-vlan-offload: off' ethtool -k p0

# each in its VLAN
check a_reaches_wire reach n1 10.0.10.9 10
check b_reaches_wire reach n2 10.0.20.9 10
check wire_reaches_a reach w 10.0.10.1
check a_reaches_c reach n1 10.0.10.3
check fdb_knows bash -c "'$REPX_BUILD/repx' -j fdb show port a | jq -e 'map(.mac) == [\"$MAC1\"]'"
check counted test "$(port uplink .rx.packets)" -ge 10
big() { in_ns "$1" ping -n -q -c 3 -i 0.05 -W 2 -M 'do' -s 1472 "$2" >/dev/null; }
check full_size_frames big n1 10.0.10.9

# and none out of it
in_ns n1 ip addr add 10.0.20.1/24 dev sf1
check a_not_to_b cut_off n1 10.0.20.2
in_ns n2 ip addr add 10.0.10.2/24 dev sf2
check b_not_to_c cut_off n2 10.0.10.3
drops() { repx -j port show "$1" | jq ".[0].drops[\"$2\"] // 0"; }
check spoofed_ip_counted test "$(drops a spoof_ip)" -ge 1

# tagged frames of a tenant, its own VID and others
for v in 10 20; do
	in_ns n3 ip link add link sf3 name sf3.$v type vlan id $v
	in_ns n3 ip link set sf3.$v up
	in_ns n3 ip addr add 10.0.$v.33/24 dev sf3.$v
done
before=$(drops c vlan)
in_ns n3 ip route del 10.0.10.0/24 dev sf3
check own_tag_is_dropped cut_off n3 10.0.10.9
check foreign_tag_is_dropped cut_off n3 10.0.20.9
check tags_counted test "$(drops c vlan)" -ge $((before + 2))

# a spoofed MAC
in_ns n1 ip addr del 10.0.20.1/24 dev sf1
in_ns n1 ip link set sf1 address 02:00:00:00:00:66
check spoofed_mac_is_cut cut_off n1 10.0.10.9
check spoofed_mac_counted test "$(drops a spoof_mac)" -ge 1
in_ns n1 ip link set sf1 address $MAC1
in_ns w ip neigh flush all
check back_to_good reach n1 10.0.10.9

# a rule of the script's own in the hardware stays
tc qdisc add dev pf0sf2 clsact 2>/dev/null
check own_rule tc filter add dev pf0sf2 ingress protocol ip pref 3 flower skip_sw dst_ip 10.0.20.77 \
	action drop
check apply_keeps_rule repx apply $CONF
has rule_kept in_hw tc filter show dev pf0sf2 ingress pref 3
tc filter del dev pf0sf2 ingress pref 3

# traffic through the hardware does not come to repx; a port's deletion is seen
check b_still_reaches_wire reach n2 10.0.20.9
check down repx down
check down_cuts cut_off n1 10.0.10.9
tc qdisc del dev pf0sf2 clsact 2>/dev/null
host_state >/tmp/after
check down_leaves_nothing diff /tmp/before /tmp/after
finish
