#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# long: yes
# killed.sh - repx is killed at every step of changing a live switch with SFs: whoever
# comes next ends with the same host as if nothing had happened
#
# Each operation of the card takes a while, and repx is killed while it does: the card
# does it, and nobody writes it down.
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

modprobe -a vhost_vdpa virtio_vdpa virtio_net
echo 1 >"/sys/bus/pci/devices/${PCI#*/}/sriov_numvfs"
check switchdev switchdev
sf_new 5 >/dev/null # somebody's: used, and given back
devlink port function rate set "$PCI/1" tx_max 2gbit
port uplink 'netdev: p0, role: uplink'
port a 'sf: {num: 1, mac: "02:00:00:00:00:01", eth: true}, vlan: {access: 10}'

two() {
	unport x
	unport y
	port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}'
	config ""
}
three() {
	port x "sf: {num: 3, mac: \"${1:-02:00:00:00:00:03}\", eth: true}, vdpa: {name: vx, bind: virtio}, vlan: {access: 20}, guard: true"
	port y 'sf: {num: 5, mac: "02:00:00:00:00:05"}, vlan: {access: 10}'
	port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}, rate: {rx: 1gbit}'
	config ""
}
other() { three 02:00:00:00:00:04; }

numberless >/tmp/none
two
check apply repx apply $CONF
numberless >/tmp/two
three
check apply_three repx apply $CONF
numberless >/tmp/three
other
check apply_other repx apply $CONF
numberless >/tmp/other
two
check back_to_two repx apply $CONF
like back_is_two two

# to OPERATION N FILE [FILE-AFTER]: killed on the way to FILE; what is applied then is reached
to() {
	local then=${4:-$3}
	"$3"
	kill_in "$1" "$2" "$REPX_BUILD/repx" apply $CONF
	"$then"
	check "to_$3_killed_in_$1_$2_then_$then" repx apply $CONF
	like "to_$3_killed_in_$1_$2_is_$then" "$then"
}
to rate_set 1 three
to vdpa_del 1 two
to port_new 1 three
to state_set 1 two
to hw_addr_set 2 three # the second is an SF that is not repx's
to port_del 1 two
to reload_down 1 three
to vdpa_del 1 other
to hw_addr_set 1 three
to reload_down 1 other
to vdpa_add 1 three other
to vdpa_del 1 two three
to state_set 1 two
to vdpa_add 1 three two
to vdpa_add 1 three
equal nothing_to_do "$(repx -j apply $CONF)" '[]'

# somebody's SF whose representor is not there yet is not taken for one that was just made
knob ops/late_rep/delay_ms 20000
sf_new 9 >/dev/null
port z 'sf: {num: 9}, vlan: {access: 10}'
config ""
kill_in port_new 1 "$REPX_BUILD/repx" apply $CONF
unport z
config ""
check apply_without_it repx apply $CONF
check it_is_still_there sf_del 9

check down repx down
like down_leaves_it_as_it_was none
finish
