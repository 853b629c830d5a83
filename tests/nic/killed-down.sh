#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# killed-down.sh - repx is killed while it makes a switch with SFs from nothing, and while
# it takes it down: the next one ends what was begun
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

modprobe -a vhost_vdpa virtio_vdpa virtio_net
port uplink 'netdev: p0, role: uplink'
port a 'sf: {num: 1, mac: "02:00:00:00:00:01", eth: true}, vlan: {access: 10}'
port b 'sf: {num: 2, mac: "02:00:00:00:00:02"}, vdpa: {name: vb, bind: vhost}, vlan: {access: 20}'
config ""
up=("$REPX_BUILD/repx" apply "$CONF") # no function: it is to be killed
down=("$REPX_BUILD/repx" down)

# ends CASE CMD... STATE: what is done after a kill succeeds, and leads there
ends() {
	local name=$1 state="${*: -1}"
	shift
	check "$name" "${@:1:$#-1}"
	like "${name}_all_is_$state" "$state"
}

numberless >/tmp/none
kill_in mode_set 1 "${up[@]}"
ends up_killed_in_mode_set_then_down "${down[@]}" none
kill_in port_new 2 "${up[@]}"
check up_killed_in_port_new "${up[@]}"
numberless >/tmp/up
ends down "${down[@]}" none
kill_in vdpa_add 1 "${up[@]}"
ends up_killed_in_vdpa_add_then_up "${up[@]}" up
kill_in vdpa_del 1 "${down[@]}"
ends down_killed_in_vdpa_del_then_up "${up[@]}" up
kill_in state_set 2 "${down[@]}"
ends down_killed_in_state_set_then_down "${down[@]}" none
"${up[@]}" >/dev/null
kill_in port_del 1 "${down[@]}"
ends down_killed_in_port_del_then_up "${up[@]}" up
kill_in port_del 2 "${down[@]}"
ends down_killed_in_port_del_2_then_down "${down[@]}" none
"${up[@]}" >/dev/null
kill_in mode_set 1 "${down[@]}"
ends down_killed_in_mode_set_then_down "${down[@]}" none
finish
