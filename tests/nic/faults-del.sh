#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# faults-del.sh - taking away fails: in a change, which goes back as long as no SF was
# deleted and forward after that, and in `down`, which goes on
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

modprobe -a vhost_vdpa virtio_vdpa
port uplink 'netdev: p0, role: uplink'
port keep 'sf: {num: 1, mac: "02:00:00:00:00:01", eth: true}, vlan: {access: 10}'
all() {
	local n
	for n in 1 2; do
		port x$n "sf: {num: 1$n, mac: \"02:00:00:00:00:1$n\", eth: true}, vdpa: {name: v$n, bind: vhost}, vlan: {access: 10}"
	done
	config ""
}
less() {
	unport x1
	unport x2
	config ""
}
# ends CASE STATUS REGEX CMD...
ends() {
	local name=$1 want=$2 text=$3 out rc
	shift 3
	out=$("$@" 2>&1)
	rc=$?
	if [ $rc -eq "$want" ] && grep -qE -- "$text" <<<"$out"; then
		ok "$name"
	else
		not_ok "$name" "status $rc: ${out//$'\n'/ }"
	fi
}
# same CASE BEFORE
same() {
	numberless >/tmp/now
	check "$1" diff "$2" /tmp/now
}

numberless >/tmp/none
less 2>/dev/null
check apply_one repx apply $CONF
numberless >/tmp/one
all
check apply_three repx apply $CONF
numberless >/tmp/three
host_state >/tmp/exactly

# --- in use: refused before anything is touched

exec 9<>"/dev/$(basename /sys/bus/vdpa/devices/v2/vhost-vdpa-*)"
less
ends in_use 1 "^repx: .*vDPA device 'v2': it is in use by bash $$ \(stop that first" repx apply $CONF
ends in_use_down 1 "^repx: .*vDPA device 'v2': it is in use by bash $$ \(stop that first" repx down
host_state >/tmp/now
check in_use_nothing_is_touched diff /tmp/exactly /tmp/now
exec 9<&-

# --- no SF was deleted yet: all is as before

fault state_set 5 1
ends stop_of_first 1 "injected fault in state_set" repx apply $CONF
same stop_of_first_undone /tmp/three
fault state_set 5 1 1
ends stop_of_second 1 "injected fault in state_set" repx apply $CONF
same stop_of_second_undone /tmp/three
knob ops/detach/delay_ms 11000
ends never_stops 1 "stop the SF of devlink port .*still attached after 10 s \(who uses" repx apply $CONF
knob ops/detach/delay_ms 40
same never_stops_undone /tmp/three
fault port_del 16 1
ends delete_of_first 1 "injected fault in port_del" repx apply $CONF
same delete_of_first_undone /tmp/three
all
equal all_is_as_it_was "$(repx -j apply $CONF)" '[]'

# --- one was: forward

less
fault port_del 16 1 1
ends delete_of_second 3 "done but for what could not be deleted: .*injected fault in port_del" repx apply $CONF
check first_is_gone test -z "$(sf_index 11)"
check second_is_there test -n "$(sf_index 12)"
check next_apply_finishes repx apply $CONF
same all_is_done /tmp/one
equal nothing_to_do "$(repx -j apply $CONF)" '[]'

# --- down goes on

all
check apply_again repx apply $CONF
fault port_del 16 2
fault state_set 5 1
ends down 3 "left: .*injected fault in .*; .*injected fault in" repx down
check most_is_gone test "$(grep -c sfnum "$KNOBS/sfs")" -le 2
check down_again repx down
same down_finishes /tmp/none
finish
