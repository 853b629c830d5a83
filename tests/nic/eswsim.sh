#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# eswsim.sh - the simulated card keeps its promises, seen with ip, devlink, tc and vdpa
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

MAC1=02:00:00:00:00:11 MAC2=02:00:00:00:00:12 MACW=02:00:00:00:00:ee MACV=02:00:00:00:00:c1
for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done

# --- eswitch mode and what an SF may be

has mode_legacy 'mode legacy' devlink dev eswitch show "$PCI"
refused sf_in_legacy_mode 'switchdev mode' sf_new 1
check switchdev switchdev
has mode_switchdev 'mode switchdev' devlink dev eswitch show "$PCI"
has uplink_switch_id 'switchid [0-9a-f]{16}.*parentdev 0000:00:05.0' ip -d link show p0
refused sf_without_number 'sfnum' devlink port add "$PCI" flavour pcisf pfnum 0
refused sf_wrong_pf 'pfnum' devlink port add "$PCI" flavour pcisf pfnum 1 sfnum 1
refused sf_external 'controller' devlink port add "$PCI" flavour pcisf pfnum 0 sfnum 1 controller 1
refused sf_wrong_flavour 'only SF' devlink port add "$PCI" flavour pcipf pfnum 0
has sf_new "^$PCI/32768: type eth netdev pf0sf1 flavour pcisf controller 0 pfnum 0 sfnum 1" sf_new 1
refused sf_twice 'exists' sf_new 1
knob max_sfs 1
refused sf_table_full 'space|No free' sf_new 2
knob max_sfs 1024
has rep_names 'portname pf0sf1 switchid [0-9a-f]{16}.*parentdev 0000:00:05.0' ip -d link show pf0sf1
ip netns add x
refused rep_stays_in_netns 'netns is immutable' ip link set pf0sf1 netns x
ip netns del x
if devlink port function help 2>&1 | grep -q roce; then # iproute2 6.2
	refused migratable 'support' sf_set 1 migratable enable
	check set_roce sf_set 1 roce disable
	has roce_shown 'roce disable' sf_show 1
	check roce_back sf_set 1 roce enable
fi

# --- activation: late, and told to no one

knob ops/attach/delay_ms 100000
knob ops/opstate/delay_ms 100000
devlink mon port >/tmp/mon 2>&1 &
mon=$!
wait_for 5 test -d "/proc/$mon"
check activate sf_set 1 hw_addr $MAC1 state active
has active_detached 'state active opstate detached' sf_show 1
refused no_auxiliary_yet '' sf_aux 1
knob kick 1
check auxiliary_comes sf_aux 1
has still_detached 'opstate detached' sf_show 1
before=$(grep -c '' /tmp/mon)
knob kick 1
check attached_late sf_attached 1
after=$(grep -c '' /tmp/mon)
kill $mon
equal opstate_not_notified "$after" "$before"
knob ops/attach/delay_ms 0
knob ops/opstate/delay_ms 0
AUX1=auxiliary/$(sf_aux 1)
has nested_devlink "nested_devlink|$PCI" devlink port show "$PCI/32768"
for p in enable_eth enable_rdma enable_vnet; do
	has "${p}_is_off" 'cmode driverinit value false' devlink dev param show "$AUX1" name $p
done
check no_netdev_yet test ! -e /sys/class/net/sf1
refused wrong_cmode 'support|Invalid' devlink dev param set "$AUX1" name enable_eth value true cmode runtime
check param_alone devlink dev param set "$AUX1" name enable_eth value true cmode driverinit
check still_no_netdev test ! -e /sys/class/net/sf1
check reload devlink dev reload "$AUX1"
has sf_netdev "$MAC1.*parentbus auxiliary parentdev ${AUX1#*/}" ip -d link show sf1
has sf_port 'netdev sf1 flavour virtual' devlink port show "$AUX1/0"
check sf2 sf_up 2 $MAC2

# --- frames

ip link set wire0 address $MACW
check tenant1 tenant n1 sf1 10.0.0.1/24
check tenant2 tenant n2 sf2 10.0.0.2/24
check wire_netns tenant w wire0 10.9.0.9/24
for d in p0 pf0sf1 pf0sf2; do ip link set $d up; done
ip addr add 10.0.0.100/24 dev pf0sf1
check sf_to_representor reach n1 10.0.0.100
ip addr del 10.0.0.100/24 dev pf0sf1
ip addr add 10.9.0.1/24 dev p0
check wire_to_uplink reach w 10.9.0.1
in_ns w ip link add link wire0 name wire0.10 type vlan id 10
in_ns w ip link set wire0.10 up
in_ns w ip addr add 10.0.0.9/24 dev wire0.10
ip link add link p0 name p0.10 type vlan id 10
ip link set p0.10 up
ip addr add 10.0.0.50/24 dev p0.10
check uplink_stripped_tag reach w 10.0.0.50
check rxvlan_off ethtool -K p0 rxvlan off
has rxvlan_is_off 'rx-vlan-offload: off' ethtool -k p0
check uplink_tag_in_data reach w 10.0.0.50
ip link del p0.10
check nothing_between_sfs cut_off n1 10.0.0.2

# --- flower

for d in p0 pf0sf1 pf0sf2; do tc qdisc add dev $d clsact; done
rule() {
	local dev=$1
	shift
	tc filter add dev "$dev" ingress "$@"
}
to_wire=(flower skip_sw action vlan push id 10 protocol 802.1q pipe action mirred egress redirect dev p0)
to_sf=(flower skip_sw vlan_id 10 dst_mac "$MAC1" action vlan pop pipe action mirred egress redirect dev pf0sf1)
refused uplink_tc_off 'disabled|support' rule p0 protocol 802.1q pref 10 "${to_sf[@]}"
check hw_tc_offload ethtool -K p0 hw-tc-offload on
check rule_arp rule pf0sf1 protocol arp pref 1 "${to_wire[@]}"
check rule_ip rule pf0sf1 protocol ip pref 2 "${to_wire[@]}"
check rule_uplink rule p0 protocol 802.1q pref 10 "${to_sf[@]}"
broadcast=(flower skip_sw vlan_id 10 dst_mac ff:ff:ff:ff:ff:ff action vlan pop pipe action mirred egress redirect dev pf0sf1)
check rule_broadcast rule p0 protocol 802.1q pref 11 "${broadcast[@]}"
hits=$(ip -j stats show dev pf0sf1 group offload subgroup cpu_hit | jq '.[0].stats64.rx.packets')
check offloaded reach n1 10.0.0.9 10
equal no_cpu_hits "$(ip -j stats show dev pf0sf1 group offload subgroup cpu_hit |
	jq '.[0].stats64.rx.packets')" "$hits"
hw_packets() {
	tc -s -j filter show dev "$1" ingress pref "$2" |
		jq '[.[] | .options.actions[]?.stats.hw_packets // 0] | max'
}
counted() { [ "$(hw_packets "$1" "$2")" -ge "$3" ]; }
check hw_counters wait_for 4 counted p0 10 10
has in_hw 'in_hw in_hw_count 1' tc -s filter show dev p0 ingress pref 10
has last_used 'used [0-3] sec' tc -s filter show dev p0 ingress pref 10
refused mode_busy 'busy' legacy
refused hw_tc_off_busy 'change|support|Cannot' ethtool -K p0 hw-tc-offload off
check rule_gone tc filter del dev p0 ingress pref 10
check cut_without_rule cut_off n1 10.0.0.9

# only MACs and `protocol all`: any tagging; an ethertype alone: untagged only
check rule_any_tag rule p0 protocol all pref 9 flower skip_sw dst_mac $MAC1 action drop
in_ns w ip neigh replace 10.0.0.1 lladdr $MAC1 dev wire0.10
in_ns w ping -n -q -c 3 -i 0.05 -W 1 10.0.0.1 >/dev/null
check any_tag_matches wait_for 4 counted p0 9 3
tc filter del dev p0 ingress pref 9
check rule_untagged rule p0 protocol ip pref 8 flower skip_sw dst_mac $MAC1 action drop
in_ns w ping -n -q -c 3 -i 0.05 -W 1 10.0.0.1 >/dev/null
sleep 1.2 # the period of the counters
equal untagged_only "$(hw_packets p0 8)" 0
tc filter del dev p0 ingress pref 8

# two traps of mlx5: the priority of a pushed tag is shifted by 12 (5 comes out as 2
# with DEI), and an output before the last change of the header gets the frame as it came
wire_sees() { # CASE EXPRESSION FILTER...: a frame of n1 on the wire
	local name=$1 text=$2 sniffer
	shift 2
	in_ns w tcpdump -Z root -l -n -e -c 1 -i wire0 "$@" >/tmp/sniff 2>/tmp/sniff.err &
	sniffer=$!
	wait_for 10 grep -q listening /tmp/sniff.err
	in_ns n1 ping -n -q -c 1 -W 1 10.0.0.9 >/dev/null
	wait_for 5 test -s /tmp/sniff
	kill $sniffer 2>/dev/null
	has "$name" "$text" cat /tmp/sniff
}
in_ns n1 ip neigh replace 10.0.0.9 lladdr $MACW dev sf1
check rule_pcp rule pf0sf1 protocol ip pref 4 flower skip_sw action vlan push id 10 priority 5 pipe \
	action mirred egress redirect dev p0
tc filter del dev pf0sf1 ingress pref 2
wire_sees pcp_is_wrong 'vlan 10, p 2, DEI' vlan
tc filter del dev pf0sf1 ingress pref 4
check rule_early rule pf0sf1 protocol ip pref 4 flower skip_sw action vlan push id 10 pipe \
	action mirred egress mirror dev p0 pipe action vlan push id 11 pipe \
	action mirred egress redirect dev pf0sf2
wire_sees early_output_unchanged "> $MACW, ethertype IPv4" icmp
tc filter del dev pf0sf1 ingress pref 4

# refusals
no() { # CASE TEXT KEYS... : on pf0sf1, at pref 5
	local name=$1 text=$2
	shift 2
	refused "refuses_$name" "$text" rule pf0sf1 "$@"
	tc filter del dev pf0sf1 ingress pref 5 2>/dev/null
}
drop=(action drop)
ip link add dum0 type dummy
no other_switch 'same switch' protocol ip pref 5 flower skip_sw action mirred egress redirect dev dum0
no itself 'port' protocol ip pref 5 flower skip_sw action mirred egress redirect dev pf0sf1
no chain 'chain' protocol ip pref 5 chain 1 flower skip_sw "${drop[@]}"
tc filter del dev pf0sf1 ingress chain 1 2>/dev/null
refused refuses_prio 'prio' rule pf0sf1 protocol ip pref 17 flower skip_sw "${drop[@]}"
no ct_key 'key' protocol ip pref 5 flower skip_sw ct_state +trk "${drop[@]}"
no num_of_vlans 'key' protocol 802.1q pref 5 flower skip_sw num_of_vlans 1 "${drop[@]}"
no no_forward 'forward' protocol ip pref 5 flower skip_sw action vlan push id 5
no twice 'duplicate' protocol ip pref 5 flower skip_sw action mirred egress mirror dev p0 pipe \
	action mirred egress redirect dev p0
no pops 'depth' protocol 802.1q pref 5 flower skip_sw vlan_id 5 action vlan pop pipe action vlan pop \
	pipe action vlan pop pipe action mirred egress redirect dev p0
no rewrite_untagged 'C-VLAN' protocol ip pref 5 flower skip_sw action vlan modify id 7 pipe \
	action mirred egress redirect dev p0
no rewrite_prio 'prio' protocol 802.1q pref 5 flower skip_sw vlan_id 5 action vlan modify id 7 \
	priority 3 pipe action mirred egress redirect dev p0
no immediate 'stats' protocol ip pref 5 flower skip_sw "${drop[@]}" hw_stats immediate
no police 'support' protocol ip pref 5 flower skip_sw action police rate 1mbit burst 10k
no matchall 'support' protocol all pref 5 matchall skip_sw "${drop[@]}"
knob max_flows "$(sed -n 's/^rules //p' "$KNOBS/flows")"
no full 'space|full' protocol ipv6 pref 5 flower skip_sw "${drop[@]}"
knob max_flows 65536
fault flow_add 12 1
no injected 'memory|injected' protocol ipv6 pref 5 flower skip_sw "${drop[@]}"
check rewrite rule pf0sf2 protocol 802.1q pref 5 flower skip_sw vlan_id 5 action vlan modify id 7 pipe \
	action mirred egress redirect dev p0
thousand_rules() {
	local i
	for i in {0..999}; do
		printf 'filter add dev pf0sf2 ingress protocol ip pref 6 flower skip_sw dst_mac %s:%02x:%02x action drop\n' \
			02:00:00:01 $((i / 256)) $((i % 256))
	done | tc -b -
}
check thousand_rules thousand_rules
has thousand_in_table 'rules 100[0-9]' cat "$KNOBS/flows"
for d in p0 pf0sf1 pf0sf2; do tc qdisc del dev $d clsact; done
has rules_gone 'rules 0' cat "$KNOBS/flows"

# --- vDPA: two consumers of one SF, told apart by MAC

modprobe -q vdpa
modprobe -q virtio_net
modprobe -q virtio_vdpa
check vnet sf_enable 1 enable_vnet
has mgmtdev "max_supported_vqs 17" vdpa mgmtdev show "$AUX1"
refused vdpa_bad_mgmtdev 'find|No such' vdpa dev add name v9 mgmtdev auxiliary/none.sf.1
refused vdpa_max_vqp 'Invalid' vdpa dev add name v1 mgmtdev "$AUX1" max_vqp 99
fault vdpa_add 12 1
refused vdpa_injected 'memory' vdpa dev add name v1 mgmtdev "$AUX1"
check vdpa_add vdpa dev add name v1 mgmtdev "$AUX1" mac $MACV mtu 1500 max_vqp 2
refused vdpa_second 'space' vdpa dev add name v2 mgmtdev "$AUX1"
has vdpa_config "mac $MACV link up.*max_vq_pairs 2 mtu 1500" vdpa dev config show v1
vdpa_there() { [ -n "$(vdpa_netdev v1)" ]; }
check virtio_netdev wait_for 5 vdpa_there
check vdpa_netns tenant nv "$(vdpa_netdev v1)" 10.0.0.3/24
# the SF netdev was made anew by the reload
check tenant1_again tenant n1 sf1 10.0.0.1/24
ip link set pf0sf1 up
ip addr add 10.0.0.100/24 dev pf0sf1
check vdpa_reaches_representor reach nv 10.0.0.100 20
check netdev_reaches_it_too reach n1 10.0.0.100
check not_each_other cut_off nv 10.0.0.1
has vdpa_stats 'completed_desc [1-9]' vdpa dev vstats show v1 qidx 1
has vdpa_two_queues 'Combined:.*2' in_ns nv ethtool -l "$(in_ns nv ip -br link | awk '/^eth/ { print $1 }')"
ip addr del 10.0.0.100/24 dev pf0sf1
modprobe vhost_vdpa
check bind_vhost vdpa_bind v1 vhost_vdpa
check vhost_device wait_for 5 test -c /dev/vhost-vdpa-0
refused vhost_has_no_netdev '' vdpa_netdev v1
check bind_virtio vdpa_bind v1 virtio_vdpa
check virtio_again wait_for 5 vdpa_there
check vdpa_del vdpa dev del v1
refused vdpa_del_again 'No such device' vdpa dev del v1
ip netns del nv

# --- RDMA, by soft-RoCE on the SF netdev

modprobe -q rdma_rxe
check rxe in_ns n2 rdma link add rxe2 type rxe netdev sf2
has rxe_active 'rxe2/1 state ACTIVE .*netdev sf2' in_ns n2 rdma link show
check rxe_del in_ns n2 rdma link del rxe2

# --- VFs

check vfs bash -c "echo 2 >/sys/bus/pci/devices/${PCI#*/}/sriov_numvfs"
refused vfs_twice 'busy' bash -c "echo 1 >/sys/bus/pci/devices/${PCI#*/}/sriov_numvfs"
has vf_rep "^$PCI/1: type eth netdev pf0vf0 flavour pcivf controller 0 pfnum 0 vfnum 0" devlink port show "$PCI/1"
check vf_hw_addr devlink port function set "$PCI/1" hw_addr 02:00:00:00:00:f0
has vf_mac '02:00:00:00:00:f0' ip link show vf0
check vf_netns tenant nf vf0 10.0.1.1/24
ip link set pf0vf0 up
ip addr add 10.0.1.100/24 dev pf0vf0
check vf_to_representor reach nf 10.0.1.100

# --- rate

has rate_leaf 'type leaf' devlink port function rate show "$PCI/1"
refused rate_odd 'multiple' devlink port function rate set "$PCI/1" tx_max 100kbit
refused rate_beyond_link 'exceeds' devlink port function rate set "$PCI/1" tx_max 200gbit
check rate_set devlink port function rate set "$PCI/1" tx_max 1mbit
in_ns nf ping -n -q -c 60 -i 0.002 -s 1400 -W 1 10.0.1.100 >/tmp/ping
equal rate_limits "$(grep -cE ' (0|100)% packet loss' /tmp/ping)" 0
check rate_off devlink port function rate set "$PCI/1" tx_max 0
check rate_off_passes reach nf 10.0.1.100 20
check rate_node devlink port function rate add "$PCI/group1" tx_max 100mbit
check rate_parent devlink port function rate set "$PCI/1" parent group1
check rate_node_passes reach nf 10.0.1.100
check rate_noparent devlink port function rate set "$PCI/1" noparent
check rate_node_del devlink port function rate del "$PCI/group1"
ip netns del nf
check vfs_off bash -c "echo 0 >/sys/bus/pci/devices/${PCI#*/}/sriov_numvfs"
check vf_rep_gone test ! -e /sys/class/net/pf0vf0

# --- deletion, and what comes late

knob ops/detach/delay_ms 100000
check deactivate sf_set 2 state inactive
has inactive_attached 'state inactive opstate attached' sf_show 2
refused reactivate_too_soon 'still attached' sf_set 2 state active
knob kick 1
has detached 'state inactive opstate detached' sf_show 2
refused aux_gone '' sf_aux 2
check activate_again sf_set 2 state active
check attach_again wait_for 5 sf_attached 2
check delete_active sf_del 2
refused number_still_taken 'exists' sf_new 2
knob kick 1
check number_free_later sf_new 2
check delete_inactive sf_del 2
check free_at_once sf_new 2
knob ops/detach/delay_ms 0
fault attach 5 1
check activate_unattached sf_set 2 state active
knob kick 1
refused never_attaches '' sf_aux 2
check del_unattached sf_del 2
for op in port_new rep_netdev hw_addr_set state_set reload_up; do
	fault $op 16 1
done
refused fault_port_new 'busy|injected' sf_new 3
refused fault_rep_netdev 'busy|injected' sf_new 3
refused none_left '' sf_index 3
check sf3 sf_new 3
refused fault_hw_addr 'busy|injected' sf_set 3 hw_addr $MAC2
refused fault_state 'busy|injected' sf_set 3 hw_addr $MAC2 state active
check sf3_active sf_set 3 state active
check sf3_aux wait_for 5 sf_aux 3
refused fault_reload 'busy|injected' sf_enable 3 enable_eth
check reload_after_fault devlink dev reload "auxiliary/$(sf_aux 3)"
check netdev_after_fault test -e /sys/class/net/sf3

# netdevs that come by themselves
knob ops/late_rep/delay_ms 100000
has late_port 'pcisf' sf_new 4
check no_rep_yet test ! -e /sys/class/net/pf0sf4
knob kick 1
check rep_comes test -e /sys/class/net/pf0sf4
knob ops/late_rep/delay_ms 0
check late_active sf_set 4 state active
wait_for 5 sf_aux 4
knob ops/late_netdev/delay_ms 2000
check late_enable sf_enable 4 enable_eth
check no_sf_netdev_yet test ! -e /sys/class/net/sf4
check sf_netdev_comes wait_for 5 test -e /sys/class/net/sf4
knob ops/late_netdev/delay_ms 0

# --- external controller

knob ecpf Y
has external_port 'netdev c1pf0sf7 flavour pcisf controller 1 pfnum 0 sfnum 7' \
	devlink port add "$PCI" flavour pcisf pfnum 0 sfnum 7 controller 1
c1=$PCI/$(awk '$4 == 1 && $6 == 7 { print $2 }' "$KNOBS/sfs")
refused external_bad 'Invalid|controller' devlink port add "$PCI" flavour pcisf pfnum 0 sfnum 8 controller 2
check external_active devlink port function set "$c1" hw_addr 02:00:00:00:00:17 state active
external_there() { devlink port show "$c1" | grep -q 'opstate attached'; }
check external_attached wait_for 5 external_there
check external_no_aux test -z "$(sf_aux 7)"
check external_netns tenant ne c1sf7 10.0.2.1/24
ip link set c1pf0sf7 up
ip addr add 10.0.2.100/24 dev c1pf0sf7
check external_frames reach ne 10.0.2.100

# --- many, reset, reload, legacy

forty_sfs() {
	local i
	for i in {100..139}; do echo "port add $PCI flavour pcisf pfnum 0 sfnum $i"; done | devlink -b - >/dev/null
}
check forty_sfs forty_sfs
old=$(cat /sys/class/net/pf0sf1/ifindex)
knob reset_keep Y
knob reset 1
check reps_made_anew test "$(cat /sys/class/net/pf0sf1/ifindex)" -gt "$old"
has function_kept 'state active opstate attached' sf_show 1
knob reset_keep N
knob ops/reset/delay_ms 400
knob reset 1
check reset_takes_all test ! -e /sys/class/net/p0
refused reset_busy 'busy' switchdev
check reset_comes_back wait_for 5 test -e /sys/class/net/p0
has reset_is_legacy 'mode legacy' devlink dev eswitch show "$PCI"
check reset_no_sfs test -z "$(ls /sys/bus/auxiliary/devices)"
check wire_survives in_ns w ip link show wire0
check again_switchdev switchdev
check again_sf sf_up 1 $MAC1
check reload_card devlink dev reload "$PCI"
has reload_is_legacy 'mode legacy' devlink dev eswitch show "$PCI"
check again2_switchdev switchdev
check again2_sf sf_up 1 $MAC1 enable_eth enable_vnet
check again2_vdpa vdpa dev add name v1 mgmtdev "auxiliary/$(sf_aux 1)"
tc qdisc add dev pf0sf1 clsact
rule pf0sf1 protocol ip pref 1 flower skip_sw action drop
check rmmod_with_all rmmod eswsim
check modprobe_again modprobe eswsim
finish
