#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cni.sh - repx-cni on a card: SFs made for a container and spare ones, SFs and VFs that are
# there already, vDPA devices
# long: yes
# shellcheck source=tests/nic/cni-lib.sh
. "$(dirname "$0")/cni-lib.sh"

modprobe -a vhost_vdpa virtio_vdpa virtio_net
port uplink 'netdev: p0, role: uplink'
# p0 is another one after the reset
state() { numberless | sed -E 's#^(p0:.*link/ether )[^ ]*#\1#'; }
state >/tmp/legacy
config "$(pool 0)"
daemon
tenant w wire0
in_ns w ip link add link wire0 name wire0.10 type vlan id 10
in_ns w ip link set wire0.10 up
in_ns w ip addr add 10.0.10.9/24 dev wire0.10
net sf '.ipGuard = true'
for c in a b c; do container $c; done

# --- an SF is made, and goes

check add_a add sf a IP=10.0.10.1
check add_b add sf b IP=10.0.10.2
equal result "$(answer a '"\(.interfaces | map(.name) | join(" ")) \(.interfaces[1].mac) \(.ips[0].address)"')" \
	"pf0sf1 eth0 $(link a address) 10.0.10.1/24"
equal port "$(repx -j port show "$(port_of a)" | jq -c '.[0] | [.owner, .state, .vlan.access, .guard.ip, .guard.mac]')" \
	"[\"cni\",\"up\",10,[\"10.0.10.1\"],[\"$(mac_of a)\"]]"
has function_has_the_mac "hw_addr $(mac_of a) .*state active opstate attached" bash -c "devlink port show $PCI/$(sf_index 1) | xargs"
check ping reach a 10.0.10.2
check ping_through_the_uplink reach a 10.0.10.9
check check_a check_net sf a
check add_rates add "$(with sf '.max_tx_rate = 1000 | .min_tx_rate = 100 | .mtu = 1400')" c IP=10.0.10.3
equal rates "$(repx -j port show "$(port_of c)" | jq -c '.[0].rate')" '{"rx":"1gbit","rx_min":"100mbit","rx_by":"devlink"}'
equal mtu "$(link c mtu) $(cat /sys/class/net/pf0sf3/mtu)" '1400 1400'
in_ns a ip link set eth0 down
in_ns a ip link set eth0 address 02:00:00:00:66:66
in_ns a ip link set eth0 up
check another_MAC_is_stopped cut_off a 10.0.10.2
fails check_sees_the_MAC 110 'has the MAC 02:00:00:00:66:66' CHECK /tmp/a.check a
check del_c del sf c
equal sf_of_c_is_gone "$(sf_index 3)" ''
ip netns del a # its netdev comes back to the host, and goes with the SF
check del_a_without_netns del sf a
check del_a_again del sf a
equal sf_of_a_is_gone "$(sf_index 1)" ''
container a

# --- the SF goes away under the container; the card is reset

sf_del 2
wait_for 10 sf_gone 2
fails check_sees_the_SF 110 'not in the container' CHECK /tmp/b.check b
attached_b() { [ "$(repx -j sf show "$(port_of b)" | jq -r '.[0].opstate')" = attached ]; }
check daemon_makes_it_again wait_for 30 attached_b
fails check_sees_another_SF 110 'is on the host: the SF was made anew' CHECK /tmp/b.check b
check add_again add sf b IP=10.0.10.2
check as_promised_again check_net sf b
check add_a_again add sf a IP=10.0.10.1
check ping_again reach a 10.0.10.2
devlink dev reload "$PCI" >/dev/null 2>&1 || not_ok reload
fails check_after_reset 110 'not in the container' CHECK /tmp/b.check b
check ports_come_back wait_for 60 attached_b
check add_a_after_reset add sf a IP=10.0.10.1
check add_b_after_reset add sf b IP=10.0.10.2
check ping_after_reset wait_for 10 reach a "$(ip_of b)"
# every verb without the SF
sf_del "$(num "$(port_of a)")"
fails check_without_sf 110 'not in the container' CHECK /tmp/a.check a
check gc_without_sf cni GC "$(with sf '."cni.dev/valid-attachments" = [{containerID: "a", ifname: "eth0"},
	{containerID: "b", ifname: "eth0"}] | .cniVersion = "1.1.0"')" a
check status_without_sf cni STATUS "$(with sf '.cniVersion = "1.1.0" | del(.ipam)')" a
check version_without_sf cni VERSION sf a
for c in a b; do
	check del_$c del sf $c
	check del_${c}_again del sf $c
done
check add_before_busy add sf a IP=10.0.10.1
fault port_del 16 8
check del_waits_for_a_busy_card del sf a
check add_before_busy_2 add sf a IP=10.0.10.1
fault port_del 16
fails del_ends_on_a_busy_card 11 'injected fault in port_del' DEL sf a
fault port_del 0
check del_when_it_is_not_busy del sf a
equal nothing_left "$(left)" "$NOTHING"

# --- a card without room

fault port_new 28
fails add_without_room 11 'injected fault in port_new|No space' ADD sf a IP=10.0.10.1
fails status_without_room 50 'injected fault in port_new|No space' STATUS "$(with sf '.cniVersion = "1.1.0"')" a
equal nothing_left_without_room "$(left)" "$NOTHING"
fault port_new 0

# --- what is there already: it goes into the container, and back as it was

sf_up 41 02:00:00:00:41:41 || not_ok sf_41
AUX=$(sf_aux 41)
ip link set sf41 mtu 1450
net given ".deviceID = \"$AUX\" | del(.device)"
given >/tmp/given
check add_given add "$(with given '.mtu = 1400 | .mac = "02:00:00:00:41:42"')" a IP=10.0.10.1 CNI_ARGS=IgnoreUnknown=1
equal given_inside "$(in_ns a ip -o link show eth0 | grep -o 'mtu 1400\|ether 02:00:00:00:41:42' | xargs)" 'mtu 1400 ether 02:00:00:00:41:42'
check add_b_beside add sf b IP=10.0.10.2
check ping_given reach a 10.0.10.2
check check_given check_net given a
fails given_twice 104 'no netdev in this namespace' ADD given c IP=10.0.10.3
check del_given del given a
went given_back
check del_given_again del given a
went given_still_back
check add_given_2 add given a IP=10.0.10.1
in_ns a ip link set eth0 down
in_ns a ip link set eth0 name other
check del_given_renamed del given a
went given_back_renamed
check add_given_3 add given a IP=10.0.10.1
ip netns del a
netdev_back() { [ -n "$(sf_netdev)" ]; }
sf_netdev() { ls "/sys/bus/auxiliary/devices/$AUX/net"; }
check netns_dies_first wait_for 10 netdev_back
check del_given_without_netns del given a
went given_back_without_netns
# another container with that path has an eth0 of its own
container a
check add_given_4 add given a IP=10.0.10.1
ip netns del a
wait_for 10 netdev_back
container a
in_ns a ip link add eth0 type veth peer name eth1
check del_given_of_a_former_netns del given a
check other_interface_stays in_ns a ip link show eth0
went given_back_of_a_former_netns
in_ns a ip link del eth0
equal given_sf_stays "$(sf_opstate 41)" attached

# the bus says what it is, not its name
fails pf_is_no_vf 104 'there is no VF of this address' ADD "$(with given ".deviceID = \"${PCI#*/}\"")" a IP=10.0.10.1
fails no_such_aux 104 'there is none of this name' ADD "$(with given '.deviceID = "eswsim.sf.4000"')" a IP=10.0.10.1

# --- vDPA

net vdpa '.cniVersion = "1.1.0" | .device = "vdpa" | del(.ipam, .ipGuard)'
check add_vhost add "$(with vdpa '.runtimeConfig.CNIDeviceInfoFile = "/tmp/info.json"')" a
equal vhost_result "$(answer a '.interfaces[1].socketPath')" /dev/vhost-vdpa-0
equal vhost_is_there "$(stat -c %F /dev/vhost-vdpa-0)" 'character special file'
equal vhost_info "$(jq -cS . /tmp/info.json)" "$(jq -ncS --arg pci "${PCI#*/}" --arg rep "$(answer a '.interfaces[0].name')" \
	--arg name "$(port_of a)" '{type: "vdpa", version: "1.1.0", vdpa: {"parent-device": $name, driver: "vhost",
	path: "/dev/vhost-vdpa-0", "pci-address": $pci, "representor-device": $rep}}')"
check check_vhost check_net vdpa a
check del_vhost del vdpa a
equal vdpa_is_gone "$(vdpa dev show) $(ls /tmp/info.json 2>/dev/null)" ' '
check add_given_vhost add "$(with vdpa ".deviceID = \"$AUX\"")" a
equal given_vhost_result "$(answer a '.interfaces[1].socketPath')" /dev/vhost-vdpa-0
equal given_vhost_port "$(repx -j port show "$(port_of a)" | jq -c '.[0] | [.sf.num, .vdpa.bind, .state]')" '[41,"vhost","up"]'
check check_given_vhost check_net vdpa a
check del_given_vhost del vdpa a
equal given_vdpa_is_gone "$(vdpa dev show)" ''
went given_back_from_vdpa
check add_virtio add "$(with vdpa '.vdpaType = "virtio" | .ipam = {type: "fixed"}')" a IP=10.0.10.1
check ping_virtio wait_for 10 reach a 10.0.10.2
check del_virtio del "$(with vdpa '.ipam = {type: "fixed"}')" a
equal virtio_is_gone "$(vdpa dev show)" ''
check add_info add "$(with sf '.runtimeConfig.CNIDeviceInfoFile = "/tmp/info.json"')" a IP=10.0.10.1
equal sf_info "$(jq -cS . /tmp/info.json)" "$(jq -ncS --arg pci "${PCI#*/}" --arg rep "$(answer a '.interfaces[0].name')" \
	'{type: "pci", version: "1.1.0", pci: {"pci-address": $pci, "representor-device": $rep}}')"
check del_info del sf a

# --- the end

check del_b del sf b
equal nothing_left_at_all "$(left)" "$NOTHING"
for c in a b c w; do ip netns del $c; done

sf_del 41
check down repx down
wait "$DAEMON"
legacy
state >/tmp/now
check as_before diff /tmp/legacy /tmp/now
[ "$FAILED" -eq 0 ] || tail -n 40 /tmp/run.log | sed 's/^/# /'
finish
