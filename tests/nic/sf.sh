#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# sf.sh - what an operator does with SFs, VFs and vDPA devices in one file
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

M1=02:00:00:00:00:01 M2=02:00:00:00:00:02 M3=02:00:00:00:00:03 M9=02:00:00:00:00:09
NOT_SAID="eswitch: \"$PCI\""
modprobe -a vhost_vdpa virtio_vdpa virtio_net rdma_rxe
echo 2 >"/sys/bus/pci/devices/${PCI#*/}/sriov_numvfs"

# apply CASE: it succeeds; applied: the same a second time, and then there is nothing to do
applied() {
	check "$1" repx apply $CONF
	equal "$1_again" "$(repx -j apply $CONF | json .)" '[]'
}
ops() { jq -r 'map("\(.op) \(.object) \(.name)") | join(", ")'; }
# same CASE BEFORE: the host is as the file says
same() {
	host_state >/tmp/now
	check "$1" diff "$2" /tmp/now
}

# --- the eswitch's mode: said or not

port uplink 'netdev: p0, role: uplink'
port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}'
port a "sf: {num: 1, mac: \"$M1\", eth: true}, vlan: {access: 10}, guard: true"
port b "sf: {num: 2, mac: \"$M2\", eth: true, rdma: true}, vlan: {access: 10}"
port v "sf: {num: 3, mac: \"$M3\"}, vdpa: {name: v3, bind: vhost}, vlan: {access: 20}"
host_state >/tmp/legacy
config "$NOT_SAID"
refused mode_not_said "use eswitch '$PCI': it is in legacy mode \(devlink dev eswitch set $PCI mode switchdev, or" \
	repx apply $CONF
same mode_not_said_nothing_done /tmp/legacy
config ""
equal dry_run "$(repx -j apply --dry-run $CONF | ops)" \
	"change eswitch $PCI, add switch nic, add port uplink, add port vf, add port a, add port b, add port v, add sf a, add sf b, add sf v, add vdpa v3"
same dry_run_does_nothing /tmp/legacy

# --- up, and what was asked of the card

applied apply
has mode_is_set 'mode switchdev' devlink dev eswitch show "$PCI"
for op in roce_set max_io_eqs_set; do equal "not_given_${op}" "$(calls $op)" 0; done
equal given_hw_addr_set "$(calls hw_addr_set)" 3
equal started_once "$(calls state_set)" 3
has a_is_up "hw_addr $M1.* state active opstate attached" bash -c "devlink port show $PCI/$(sf_index 1) | xargs"
equal a_has_no_rdma "$(param "$(sf_aux 1)" enable_rdma)" 'enable_rdma false'
equal b_has_rdma "$(param "$(sf_aux 2)" enable_rdma)" 'enable_rdma true'
check v_has_node test -c /dev/vhost-vdpa-0

# --- a live switch changes: what stays is not disturbed

tenant n1 sf1
tenant nv vf0
MV=$(in_ns nv ip -j link show vf0 | json '.[0].address')
in_ns nv "$TOOLS/rxsend" vf0 "${M1//:/}${MV//:/}88b5$(printf '%096d' 0)" >/dev/null
stream_begin n1 sf1 $M1 nv vf0 "$MV"

# changed CASE CHANGES: apply says these
changed() { equal "$1" "$(repx -j apply $CONF | ops)" "$2"; }
asked=$(calls state_set)
unport b
config ""
changed one_sf_less 'delete port b, delete sf b'
check its_sf_is_gone test -z "$(sf_index 2)"
equal only_it_was_stopped "$(calls state_set)" $((asked + 1))
stream_goes_on

# other names of ports: functions and devices go on, even one that is in use
exec 9<>/dev/vhost-vdpa-0
asked=$(calls state_set)
port a2 "${KEYS[a]}"
unport a
port v2 "${KEYS[v]}"
unport v
config ""
changed renamed_ports 'delete port a, add port a2, delete port v, add port v2'
equal renamed_again "$(repx -j apply $CONF | json .)" '[]'
equal none_was_started "$(calls state_set) $(calls detach)" "$asked $(calls detach)"
check netdev_is_where_it_was in_ns n1 ip link show sf1
has vdpa_is_there '^v3: ' vdpa dev show
exec 9<&-
equal renamed_is_known "$(repx -j port show a2 | jq -c '.[0] | [.netdev, .sf.num]')" '["pf0sf1",1]'

# another name of the representor
check rename_it ip link set pf0sf1 name foo
equal representor_renamed "$(repx -j apply $CONF | json .)" '[]'
equal representor_has_its_port "$(repx -j port show a2 | jq -c '.[0] | [.ifindex, .vlan.access]')" \
	"[$(</sys/class/net/foo/ifindex),10]"
ip link set foo name pf0sf1

# --- keys change: what the file gives is sent, and nothing else

port b "sf: {num: 2, mac: \"$M9\", eth: true, rdma: false, roce: false, max_io_eqs: 16}, vlan: {access: 10}"
port v2 "sf: {num: 3, mac: \"$M3\"}, vdpa: {name: v3, bind: virtio, mtu: 1400}, vlan: {access: 20}"
config ""
asked=$(calls hw_addr_set)
changed one_more_and_another_vdpa 'change port v2, add port b, change vdpa v3, add sf b'
has b_is_as_given "sfnum 2 .* roce 0 max_io_eqs 16 .* mac $M9" cat "$KNOBS/sfs"
equal given_once "$(calls roce_set) $(calls max_io_eqs_set) $(calls hw_addr_set)" "1 1 $((asked + 1))"
check v_has_netdev vdpa_netdev v3
equal v_mtu "$(repx -j vdpa show v3 | jq -c '.[0] | [.mtu, .driver]')" '[1400,"virtio_vdpa"]'
port b "sf: {num: 2, mac: \"$M2\", eth: true, roce: true, max_io_eqs: 16}, vlan: {access: 10}"
port v2 "sf: {num: 3, mac: \"$M3\"}, vlan: {access: 20}"
config ""
changed other_keys 'change port v2, change port b, change sf v2, delete vdpa v3, change sf b'
equal changed_once "$(calls roce_set) $(calls max_io_eqs_set) $(calls hw_addr_set)" "2 1 $((asked + 2))"
has driver_has_the_address "link/ether $M2" ip link show sf2
equal no_vdpa_left "$(vdpa dev show)" ''
equal vnet_is_off "$(param "$(sf_aux 3)" enable_vnet)" 'enable_vnet false'
port b "sf: {num: 2, mac: \"$M2\", eth: false}, vlan: {access: 10}, rate: {rx: 64kbit}"
port v2 "sf: {num: 3, mac: \"$M3\"}, vdpa: {name: v4, max_vqp: 2, features: [CTRL_VQ]}, vlan: {access: 20}"
port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}, rate: {rx: 1gbit}'
config ""
changed eth_off_vdpa_on 'change port vf, change port v2, change port b, change sf v2, add vdpa v4, change sf b'
check netdev_went test ! -e /sys/class/net/sf2
has new_vdpa '^v4: ' vdpa dev show
rate_by() { repx -j port show "$1" | json '.[0].rate.rx_by'; }
equal rate_of_hardware "$(rate_by vf)" devlink
has rate_is_set 'tx_max 1Gbit' devlink port function rate show "$PCI/1"
equal rate_of_software "$(rate_by b)" software
port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}, rate: {rx: 1gbit, rx_min: 100mbit}'
config ""
changed promised_rate 'change port vf'
has promise_is_set 'tx_share 100Mbit tx_max 1Gbit' devlink port function rate show "$PCI/1"
has promise_is_shown 'rx 1gbit .devlink. rx_min 100mbit' repx -s port show vf
port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}, rate: {rx: 2gbit, rx_min: 12345678bit}'
config ""
refused promise_not_expressible "port 'vf': rate.rx_min: .*multiple.*only a card can promise" repx apply $CONF
has promise_is_as_it_was 'tx_share 100Mbit tx_max 1Gbit' devlink port function rate show "$PCI/1"
port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}, rate: {rx: 1gbit}'
config ""
changed promise_goes 'change port vf'
has promise_is_gone 'type leaf tx_max 1Gbit' devlink port function rate show "$PCI/1"
equal nothing_to_do "$(repx -j apply $CONF | json .)" '[]'
stream_end untouched_lost_none

# --- by hand: ports of the CLI are not the file's

check port_add repx port add x sf.num 92 sf.eth true vlan.access 10
check its_sf test -e /sys/class/net/sf92
equal file_leaves_it "$(repx -j apply $CONF | json .)" '[]'
refused port_del_file "belongs to the file" repx port del b
check port_del repx port del x
check its_sf_went test -z "$(sf_index 92)"

# --- down

in_ns nv ip link set vf0 down
in_ns nv ip link set vf0 netns 1
check down repx down
same down_leaves_it_as_it_was /tmp/legacy

# --- what was there before is used, and given back

switchdev
sf_new 1 >/dev/null
sf_set 1 hw_addr 02:00:00:00:01:01
sf_up 2 02:00:00:00:01:02 || not_ok sf_2
sf_up 3 $M3 enable_vnet || not_ok sf_3
sf_new 4 >/dev/null
sf_set 4 state active
vdpa dev add name mine mgmtdev "auxiliary/$(sf_aux 3)"
vdpa_bind mine virtio_vdpa
devlink port function rate set "$PCI/1" tx_max 2gbit
devlink port function rate set "$PCI/1" tx_share 1mbit
for n in 5 6; do sf_up $n 02:00:00:00:01:0$n || not_ok sf_$n; done
ip link set pf0sf4 up
numberless >/tmp/theirs
KEYS=() ORDER=()
port uplink 'netdev: p0, role: uplink'
port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}, rate: {rx: 1gbit, rx_min: 2mbit}'
port a "sf: {num: 1, mac: \"$M1\", eth: true, max_io_eqs: 4}, vlan: {access: 10}"
port b "sf: {num: 2, mac: \"$M2\", eth: true, rdma: true, roce: true}, vlan: {access: 10}, rate: {rx: 10mbit}"
port c 'sf: {num: 3}, vdpa: {name: mine, bind: vhost}, vlan: {access: 20}'
port d 'sf: {num: 4}, vlan: {access: 10}'
port x 'netdev: pf0sf5, vlan: {access: 10}'
port y 'netdev: pf0sf6, vlan: {access: 20}'
config "$NOT_SAID"
applied adopt
has a_is_set "hw_addr $M1 .*state active opstate attached" bash -c "devlink port show $PCI/$(sf_index 1) | xargs"
has b_has_its_mac "link/ether $M2" ip link show sf2
equal used_vdpa "$(repx -j vdpa show | jq -c 'map([.name, .driver, .made])')" '[["mine","vhost_vdpa",false]]'
equal used_sfs "$(repx -j sf show | jq -c 'map(.made) | unique')" '[false]'
has vf_rate 'tx_share 2Mbit tx_max 1Gbit' devlink port function rate show "$PCI/1"
port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}, rate: {rx: 64kbit}'
config "$NOT_SAID"
changed rate_not_expressible 'change port vf'
equal rate_now_software "$(rate_by vf)" software
has rate_is_back 'tx_share 1Mbit tx_max 2Gbit' devlink port function rate show "$PCI/1"

# two representors change names: a port is its devlink port
handles() { repx -j port show | jq -c 'map(select(.name == "x" or .name == "y") | [.handle, .vlan.access])'; }
before=$(handles)
ip link set pf0sf5 name tmp
ip link set pf0sf6 name pf0sf5
ip link set tmp name pf0sf6
equal names_swapped "$(repx -j apply $CONF | json .)" '[]'
equal policies_stay "$(handles)" "$before"
ip link set pf0sf5 name tmp
ip link set pf0sf6 name pf0sf5
ip link set tmp name pf0sf6
check give_back repx down
numberless >/tmp/now
check given_back_as_they_were diff /tmp/theirs /tmp/now
finish
