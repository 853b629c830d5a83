#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# devlink.sh - repx's devlink, vDPA and RDMA functions on the simulated card, each seen
# to do what the command of devlink, vdpa or rdma does that it is said to equal
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

MAC1=02:00:00:00:00:21 MAC2=02:00:00:00:00:22 MACV=02:00:00:00:00:c2

# look: what the doctor says now, for finding(): loading programs takes a while here
look() { "$REPX_BUILD/repx" -j doctor | jq -r '.[] | "\(.check) \(.object) \(.state) \(.text)"' >/tmp/doctor; }
# finding CHECK OBJECT: "state text"
finding() { sed -n "s,^$1 $2 ,,p" /tmp/doctor; }

legacy 2>/dev/null
modprobe -q vdpa
modprobe -q rdma_rxe
serve

# --- devices and modes

has devs "^$PCI\$" nic devs
check dev nic dev "$PCI"
refused dev_unknown '^ENODEV' nic dev pci/0000:ff:00.0
has mode_legacy '^legacy$' nic eswitch "$PCI"
refused new_in_legacy '^EOPNOTSUPP: .*switchdev' nic new "$PCI" 0 1
check mode_set nic eswitch "$PCI" 1
has mode_switchdev '^switchdev$' nic eswitch "$PCI"
has mode_is_so 'mode switchdev' devlink dev eswitch show "$PCI"

# --- ports

exec 3> >("$NICTOOL" watch >/tmp/events; echo ended >>/tmp/events)
check watching wait_for 5 grep -q '^ready' /tmp/events
has new "^$PCI/[0-9]+ flavour 7 netdev pf0sf1 pf 0 sf 1 .*inactive detached" nic new "$PCI" 0 1
i1=$(sf_index 1)
refused new_twice '^EEXIST' nic new "$PCI" 0 1
refused new_wrong_pf '^EOPNOTSUPP' nic new "$PCI" 1 2
refused new_controller '^EOPNOTSUPP|^EINVAL' nic new "$PCI" 0 2 1
knob max_sfs 1
refused new_full '^ENOSPC' nic new "$PCI" 0 2
knob max_sfs 1024
refused port_unknown '^ENODEV' nic port "$PCI" 999999
has port_again "^$PCI/$i1 flavour 7 netdev pf0sf1" nic port "$PCI" "$i1"
has port_of_netdev "^$PCI/$i1 " nic of-netdev pf0sf1
has port_of_uplink "^$PCI/[0-9]+ flavour 0" nic of-netdev p0
refused port_of_lo '^ENOENT' nic of-netdev lo
refused aux_not_yet '^ENOENT' nic aux "$PCI" "$i1"

# --- the function: only what is given, all of it in one message

check fn_nothing nic fn "$PCI" "$i1"
check fn_mac nic fn "$PCI" "$i1" mac $MAC1
has fn_mac_alone "mac $MAC1 inactive detached roce 1" nic port "$PCI" "$i1"
check fn_roce nic fn "$PCI" "$i1" roce 0
has fn_roce_off "mac $MAC1 inactive detached roce 0" nic port "$PCI" "$i1"
check fn_all nic fn "$PCI" "$i1" mac $MAC2 roce 1 eqs 4 active 1
has fn_all_seen "mac $MAC2 active [a-z]+ roce 1 eqs 4" nic port "$PCI" "$i1"
check attached wait_for 5 sf_attached 1
has told_of_port "^port $PCI $i1" cat /tmp/events
check told_of_aux wait_for 5 grep -q "^dev auxiliary/eswsim.sf" /tmp/events
AUX=auxiliary/$(sf_aux 1)
has aux_by_nest "^$AUX\$" nic aux "$PCI" "$i1"
has aux_by_sysfs "^$AUX\$" nic aux "$PCI" "$i1" sysfs

# --- parameters

check look_at_sf look
has doctor_switchdev 'ok switchdev, [0-9]+ ports, 1 of them SFs' finding eswitch "$PCI"
has doctor_sf_off 'warn enable_eth off, enable_rdma off, enable_vnet off: nothing' finding sf "$AUX"
has param_off '^0$' nic param "$AUX" enable_eth
refused param_unknown '^EINVAL' nic param "$AUX" enable_teleport
refused param_set_unknown '^EINVAL' nic param "$AUX" enable_teleport 1
check param_eth nic param "$AUX" enable_eth 1
check param_vnet nic param "$AUX" enable_vnet 1
has param_on '^1$' nic param "$AUX" enable_eth
has param_is_so 'driverinit value true' devlink dev param show "$AUX" name enable_vnet
has params "^$AUX enable_vnet 1\$" nic param
refused netdev_not_yet '^ENOENT' nic netdev "$AUX"
check reload nic reload "$AUX"
has netdev '^sf1$' nic netdev "$AUX"
has netdev_without_sysfs '^sf1$' nic netdev "$AUX" /nowhere
has param_back '^1$' nic param "$AUX" enable_eth
check param_false nic param "$AUX" enable_rdma 0
fault reload_up 16 1
refused reload_fails '^EBUSY' nic reload "$AUX"
check reload_again nic reload "$AUX"

# --- rate, in bytes a second

has rate_none '^share 0 max 0$' nic rate "$PCI" "$i1"
check rate_set nic rate "$PCI" "$i1" max 125000000
has rate_seen '^share 0 max 125000000$' nic rate "$PCI" "$i1"
has rate_is_so 'tx_max 1Gbit' devlink port function rate show "$PCI/$i1"
check rate_both nic rate "$PCI" "$i1" share 125000 max 250000
has rate_both_seen '^share 125000 max 250000$' nic rate "$PCI" "$i1"
refused rate_odd '^EINVAL: .*multiple' nic rate "$PCI" "$i1" max 125001
check rate_off nic rate "$PCI" "$i1" share 0 max 0
refused rate_of_uplink '^ENODEV|^EOPNOTSUPP|^EINVAL' nic rate "$PCI" 0

# --- vDPA

has mgmt "^$AUX classes 2 vqs [0-9]+ features .*VERSION_1 ACCESS_PLATFORM" nic mgmt "$AUX"
has mgmts "^$AUX " nic mgmt
refused mgmt_unknown '^E[A-Z]+: .*management device|^ENODEV' nic mgmt auxiliary/none.0
refused vdpa_unknown_mgmt '^E[A-Z]+: .*management device|^ENODEV' nic vdpa-add v1 auxiliary/none.0
refused vdpa_too_much '^EINVAL' nic vdpa-add v1 "$AUX" max_vqp 99
check vdpa_add nic vdpa-add v1 "$AUX" mac $MACV mtu 1400 max_vqp 2
refused vdpa_second '^ENOSPC' nic vdpa-add v2 "$AUX"
has vdpa_seen "^v1 on $AUX id 1 vqs [0-9]+ size [1-9]" nic vdpa
has vdpa_one "^v1 on $AUX " nic vdpa v1
refused vdpa_none '^ENODEV' nic vdpa v9
has vdpa_config "mac $MACV mtu 1400 max_vqp 2" nic vdpa-config v1

rmmod vhost_vdpa virtio_vdpa 2>/dev/null
has vdpa_unbound '^driver - node - netdev - in_use 0' nic vdpa-where v1
refused bind_no_driver '^ENOENT: .*modprobe vhost_vdpa' nic vdpa-bind v1 vhost_vdpa
check look_at_all look
has doctor_sf_on 'ok enable_eth on, enable_rdma off, enable_vnet on' finding sf "$AUX"
has doctor_mgmt 'ok network, [0-9]+ queues' finding vdpa "$AUX"
has doctor_no_vhost 'warn not loaded' finding vdpa vhost_vdpa
has doctor_flower 'ok there' finding tc flower
has doctor_actions 'ok vlan, mirred' finding tc actions
has doctor_clsact 'ok there' finding tc clsact
has doctor_uplink 'ok [a-z]+: native XDP' finding netdev p0
has doctor_representor 'ok [a-z_]+: no native XDP' finding netdev pf0sf1
has doctor_rdma_mode 'warn shared' finding rdma namespaces
modprobe -q virtio_net
modprobe virtio_vdpa
modprobe vhost_vdpa
check bind_vhost nic vdpa-bind v1 vhost_vdpa
has vhost_node '^driver vhost_vdpa node /dev/vhost-vdpa-[0-9]+ netdev - in_use 0' nic vdpa-where v1
check bind_vhost_again nic vdpa-bind v1 vhost_vdpa
node=$(nic vdpa-where v1 | awk '{ print $4 }')
exec 4<>"$node"
has in_use 'in_use 1$' nic vdpa-where v1
refused bind_in_use '^EBUSY: .*open' nic vdpa-bind v1 virtio_vdpa
exec 4>&-
check bind_virtio nic vdpa-bind v1 virtio_vdpa
virtio_there() { nic vdpa-where v1 | grep -qE 'driver virtio_vdpa node - netdev [a-z]+[0-9]+ in_use 0'; }
check virtio_netdev wait_for 5 virtio_there
has virtio_mac "$MACV" ip link show "$(nic vdpa-where v1 | awk '{ print $6 }')"
has vdpa_negotiated 'features .*VERSION_1' nic vdpa-config v1
check unbind nic vdpa-bind v1 none
has override_gone '^(\(null\))?$' cat /sys/bus/vdpa/devices/v1/driver_override
check vdpa_del nic vdpa-del v1
refused vdpa_del_again '^ENODEV' nic vdpa-del v1

# --- RDMA

check rxe rdma link add rxe0 type rxe netdev sf1
has rdma_mode "^$(rdma system show netns 2>/dev/null | grep -o 'shared\|exclusive')\$" nic rdma-mode
ip link set sf1 up
ip link set pf0sf1 up
has rdma_port '^rxe0/1 (active|down) netdev sf1' nic rdma
ip netns add rd
refused rdma_shared '^EOPNOTSUPP|^EPERM|^EINVAL' nic rdma-netns rxe0 /run/netns/rd
refused rdma_no_device '^ENODEV' nic rdma-netns rxe9 /run/netns/rd
rdma link del rxe0
ip netns del rd # the mode can only change while there is none
rdma_exclusive() { rdma system set netns exclusive; }
check rdma_exclusive wait_for 10 rdma_exclusive
ip netns add rd
check rxe_again rdma link add rxe0 type rxe netdev sf1
has rdma_is_exclusive '^exclusive' nic rdma-mode
# soft-RoCE cannot move (it has no way to take a device from who has it open), a card's
# device can; but the kernel has understood the device and the namespace when it says so
refused rdma_of_this_driver '^EOPNOTSUPP' nic rdma-netns rxe0 /run/netns/rd
refused rdma_no_netns '^EINVAL' nic rdma-netns rxe0 /etc/passwd
ip netns del rd
rdma link del rxe0
rdma system set netns shared

# --- the last ones of an SF; it takes the same effort among many

# bytes CMD...: of messages to and from the kernel
bytes() {
	strace -f -o /tmp/strace -e trace=sendto,sendmsg,recvfrom,recvmsg "$NICTOOL" "$@" >/dev/null
	sed -n 's/.* = \([1-9][0-9]*\)$/\1/p' /tmp/strace | awk '{ n += $1 } END { print n }'
}
few_new=$(bytes new "$PCI" 0 300)
few_aux=$(bytes netdev "$AUX" /nowhere)
many() {
	local i
	for i in {100..139}; do echo "port add $PCI flavour pcisf pfnum 0 sfnum $i"; done | devlink -b -
}
check forty many
near() { [ "$2" -le $(($1 + $1 / 4)) ]; }
check new_among_many near "$few_new" "$(bytes new "$PCI" 0 301)"
check netdev_among_many near "$few_aux" "$(bytes netdev "$AUX" /nowhere)"
equal walk_sees_all "$(nic ports "$PCI" | grep -c ' flavour 7 ')" 43
equal walk_of_one "$(nic ports "$AUX" | wc -l)" 1

knob ops/detach/delay_ms 2000
check deactivate nic fn "$PCI" "$i1" active 0
has still_attached 'inactive attached' nic port "$PCI" "$i1"
refused too_soon '^EBUSY' nic fn "$PCI" "$i1" active 1
detached() { nic port "$PCI" "$i1" | grep -q 'inactive detached'; }
check detached wait_for 5 detached
knob ops/detach/delay_ms 0
check del nic del "$PCI" "$i1"
refused del_again '^ENODEV' nic del "$PCI" "$i1"
check told_of_deletion wait_for 5 grep -q "^port-gone $PCI $i1" /tmp/events
check mode_back nic eswitch "$PCI" 0
exec 3>&-
check watch_ends wait_for 5 grep -q ended /tmp/events
finish
