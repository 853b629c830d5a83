#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# killed-steps.sh - repx is killed before each time that it writes its state, and before
# some of its netlink messages, while a port with SF and vDPA device comes and goes
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

modprobe -a vhost_vdpa virtio_vdpa virtio_net
port uplink 'netdev: p0, role: uplink'
port a 'sf: {num: 1, mac: "02:00:00:00:00:01", eth: true}, vlan: {access: 10}'
port b 'sf: {num: 2, mac: "02:00:00:00:00:02"}, vdpa: {name: vb, bind: vhost}, vlan: {access: 20}'
config ""
up=("$REPX_BUILD/repx" apply "$CONF") # no function: it is to be killed
down=("$REPX_BUILD/repx" down)

numberless >/tmp/none
"${up[@]}" >/dev/null
numberless >/tmp/to_two
B=${KEYS[b]}
to_one() {
	unport b
	config ""
}
to_two() {
	port b "$B"
	config ""
}
to_one
check apply_less "${up[@]}"
numberless >/tmp/to_one
target=to_one

# steps SYSCALL FIRST STRIDE: killed before the FIRST one, before the one STRIDE later...
steps() {
	local n=$2
	for ((;; n += $3)); do
		if [ $target = to_two ]; then target=to_one; else target=to_two; fi
		$target
		kill_before "$1" "$n" "${up[@]}" || break
		check "$1_${n}_$target" "${up[@]}"
		like "$1_${n}_all_is_done" $target
	done
	check "$1_enough" test "$n" -gt $(($2 + $3))
	echo "# $1: not $n times"
}
steps rename 1 1
steps sendto 2 5

check down "${down[@]}"
like down_after_all_is_none none
finish
