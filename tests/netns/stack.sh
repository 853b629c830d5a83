#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# stack.sh - real stacks talk through the switch: ping, TCP with its offloads, UDP
#
# On the tc hooks the tenants keep TSO, GSO and checksum offload; XDP on veth needs
# them off at the other end.
# hooks: tcx clsact xdp xdp-generic mixed
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

tenant a 02:00:00:00:00:0a 10.1.0.1/24 fd00::a/64
tenant b 02:00:00:00:00:0b 10.1.0.2/24 fd00::b/64
tenant c 02:00:00:00:00:0c 10.1.0.3/24 fd00::c/64
tenant q1 02:00:00:00:00:1a 10.2.0.1/24
tenant q2 02:00:00:00:00:1b 10.2.0.2/24
tenant up 02:00:00:00:00:1f 10.1.0.9/24
port a 'vlan: {access: 10}'
port b 'vlan: {access: 10}, guard: {mac: ["02:00:00:00:00:0b"], ip: [10.1.0.2, "fd00::b"]}'
port c 'vlan: {access: 20}'
port q1 'vlan: {tunnel: 100}'
port q2 'vlan: {tunnel: 100}'
port up 'vlan: {trunk: [10, 20, 100], native: 10}'
apply

check ping4 ping4 a 10.1.0.2 3
check ping4_big in_ns a ping -nq -c 2 -i 0.2 -s 1472 -M 'do' -W 1 10.1.0.2
check ping4_fragments in_ns a ping -nq -c 2 -i 0.2 -s 6000 -W 1 10.1.0.2
check ping6 ping6 a fd00::b 3
check ping6_link_local in_ns a ping -6 -nq -c 2 -i 0.2 -W 1 "$(in_ns b ip -6 -j addr show eth0 scope link | jq -r '[.[].addr_info[].local | values][0]')%eth0"
check_not ping_other_vlan ping4 a 10.1.0.3 1
check ping_tunnel ping4 q1 10.2.0.2 3
check ping_uplink ping4 a 10.1.0.9 3
check ping_from_uplink ping4 up 10.1.0.2 3

# listening NAME PORT: a server that takes connections
listening() { in_ns "$1" ss -Htln "sport = :$2" | grep -q .; }

# tcp CASE FROM TO ADDRESS: four megabytes, compared
head -c 4000000 /dev/urandom >"$TMP/sent"
SUM=$(sha256sum <"$TMP/sent")
tcp() {
	local family=4 address=$4
	[[ $4 == *:* ]] && family=6 address="[$4]"
	rm -f "$TMP/got"
	in_ns "$3" timeout 20 socat -u "TCP$family-LISTEN:5000,reuseaddr" "CREATE:$TMP/got" &
	local server=$!
	wait_for 5 listening "$3" 5000
	in_ns "$2" timeout 20 socat -u "OPEN:$TMP/sent" "TCP$family:$address:5000,connect-timeout=5" 2>"$TMP/socat.log" ||
		kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	if [ -f "$TMP/got" ] && [ "$(sha256sum <"$TMP/got")" = "$SUM" ]; then
		ok "$1"
	else
		not_ok "$1" "$(stat -c %s "$TMP/got" 2>/dev/null) of 4000000 bytes; $(head -c 200 "$TMP/socat.log")"
	fi
}
tcp tcp4 a b 10.1.0.2
tcp tcp4_back b a 10.1.0.1
tcp tcp6 a b fd00::b
tcp tcp_tunnel q1 q2 10.2.0.2
tcp tcp_uplink a up 10.1.0.9
tcp tcp_from_uplink up a 10.1.0.1

if [ "$HOOK" = xdp ] || [ "$HOOK" = mixed ]; then
	# native XDP gives frames with unfinished checksums to tc: slower, but right
	for t in a b up; do in_ns $t ethtool -K eth0 tx on tso on gso on txvlan on >/dev/null 2>&1; done
	tcp tcp_offloads_on a b 10.1.0.2
	tcp tcp_offloads_on_uplink a up 10.1.0.9
	tcp tcp_offloads_on_from_uplink up a 10.1.0.1
	for t in a b up; do hook_tenant $t; done
fi

# iperf3: a second, and no drops
in_ns b iperf3 -s -1 --forceflush >"$TMP/iperf.server" 2>&1 &
wait_for 5 listening b 5201
rate=$(in_ns a iperf3 -J -c 10.1.0.2 -t 1 2>/dev/null | jq -r '.end.sum_received.bits_per_second // 0')
between iperf3_mbit "$(awk "BEGIN { print $rate / 1e6 }")" 50 1000000
wait

# GSO frames count as their segments
bytes=$(port_json a '.[0].rx.bytes') packets=$(port_json a '.[0].rx.packets')
between segments_counted $((bytes / packets)) 60 1518
equal no_drops "$(all_drops a)" ''
equal no_drops_guarded "$(all_drops b)" ''

# UDP keeps its checksum: a datagram is accepted by the other stack
in_ns b timeout 10 socat -u UDP4-RECVFROM:6000 "CREATE:$TMP/udp" &
udp_bound() { in_ns b ss -Hlun 'sport = :6000' | grep -q .; }
wait_for 5 udp_bound
echo datagram | in_ns a socat -u - UDP4:10.1.0.2:6000
wait
equal udp "$(cat "$TMP/udp" 2>/dev/null)" datagram
finish
