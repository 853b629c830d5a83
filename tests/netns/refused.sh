#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# refused.sh - XDP redirects that come to nothing are counted: tx_error
# hooks: xdp
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

A=02:00:00:00:00:0a B=02:00:00:00:00:0b
FRAME=$(frame $B $A)
tenant a
tenant b
port a 'vlan: {access: 10}'
port b 'vlan: {access: 10}'
FDB=("{mac: $B, vlan: 10, port: b}")
apply

# lost CASE FRAMES MORE: so many are sent, MORE of them count as refused by b's device
lost() {
	local before
	before=$(events b tx_error)
	send a "$FRAME" "$2"
	equal "$1" $(($(events b tx_error) - before)) "$3"
}

lost none_yet 5 0
equal forwarded "$(port_json b '.[0].tx.packets')" 5

# The other end polls no more: the kernel sees it before a frame is handed over.
in_ns b ethtool -K eth0 gro off >/dev/null
lost at_once 5 5
in_ns b ethtool -K eth0 gro on >/dev/null
lost none_since 5 0

# The other end is down: only the device sees it, when a bulk gets there.
in_ns b ip link set eth0 down
lost by_the_device 5 5

# Whoever does not want to pay for that
SWITCH=('xdp: {tx_errors: false}')
apply
check told grep -q "change switch sw0" "$TMP/apply.log"
check_not not_watched test -e "$ROOT/bpf/sw0/progs/repx_xmit"
lost by_the_device_unwatched 5 0
in_ns b ip link set eth0 up
wait_for 3 link_up b eth0
in_ns b ethtool -K eth0 gro off >/dev/null
lost at_once_still 5 5

in_ns b ethtool -K eth0 gro on >/dev/null

# ... and does again
SWITCH=()
apply
in_ns b ip link set eth0 down
lost by_the_device_again 5 5
finish
