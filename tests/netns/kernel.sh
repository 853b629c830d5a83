#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel.sh - what goes to the host's own stack: a shared uplink, its address, LLDP
# hooks: tcx clsact xdp
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

A=02:00:00:00:00:0a UP=02:00:00:00:00:1a ALL=ff:ff:ff:ff:ff:ff
LLDP=01:80:c2:00:00:0e PAUSE=01:80:c2:00:00:01
tenant up $UP 10.9.0.2/24
tenant a $A 10.9.0.3/24
in_ns sw ip addr add 10.9.0.1/24 dev up
in_ns sw ip link set dev up up # stays so after down

# an uplink with an address may carry somebody's ssh: it must be asked for
port up 'vlan: {trunk: all, native: 10}'
port a 'vlan: {access: 10}'
config >"$CONF"
check_not address_without_shared repx apply "$CONF"
check_not nothing_was_made repx show

clear_config
port up 'vlan: {trunk: all, native: 10}, shared: true'
port a 'vlan: {access: 10}'
apply
kernel() { repx -j stats show | jq --arg p "$1" '.[] | select(.port == $p) | .to_kernel'; }

check shared_ping ping4 up 10.9.0.1 3
check switched_ping ping4 a 10.9.0.2 3
check_not tenant_does_not_reach_it ping4 a 10.9.0.1 1
in_ns a ip neigh del 10.9.0.1 dev eth0 # or it goes on asking
try shared_broadcast_is_switched_too up "$(frame $ALL $UP)" a="$(frame $ALL $UP)"
before=$(kernel up)
send up "$(frame $LLDP $UP)"
equal lldp_is_left_to_the_kernel "$(kernel up)" $((before + 1))
try_drop pause_is_dropped up "$(frame $PAUSE $UP)" reserved a
try_drop lldp_of_a_tenant_is_dropped a "$(frame $LLDP $A)" reserved up
check shared_down repx down
check shared_ping_without_repx ping4 up 10.9.0.1 2

# with a host port, link-local groups go there: from the uplink, and where asked for
in_ns sw ip addr flush dev up
clear_config
SWITCH=('host: {netdev: host0, vlan: {access: 10}}')
port up
port a 'vlan: {access: 10}, link_local: host'
apply
in_ns sw ip link set host0 up
wait_for 3 link_up sw host0
try lldp_to_the_host up "$(frame $LLDP $UP)" sw/host0="$(frame $LLDP $UP)" a=
try lldp_of_a_tenant_to_the_host a "$(frame $LLDP $A)" sw/host0="$(frame $LLDP $A)" up=
try_drop pause_is_dropped_still up "$(frame $PAUSE $UP)" reserved a sw/host0
finish
