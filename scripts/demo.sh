#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# demo.sh - the main job, shown on this machine, and cleaned up: demo.sh BUILD
#
# Everything happens in network namespaces made for it; no netdev of the host is
# touched. Exit status 1 if anything shown did not hold.
set -u
[ "$(id -u)" -eq 0 ] || {
	echo "demo: needs root: it makes network namespaces and loads BPF programs" >&2
	exit 1
}
export REPX_BUILD=${1:-build}
set -- auto
# shellcheck source=../tests/lib/lib.sh
. "$(dirname "$0")/../tests/lib/lib.sh"

COLOUR=
[ ! -t 1 ] || COLOUR=yes
# shellcheck source=scripts/demo-lib.sh
. "$(dirname "$0")/demo-lib.sh"
not_ok() { no "$1: $2"; }

WEB=02:00:00:00:10:01 DB=02:00:00:00:10:02 EVIL=02:00:00:00:10:66 ALL=ff:ff:ff:ff:ff:ff
WIRE=02:00:00:00:ff:01

topology() {
	heading '1. A switch with ten ports, in namespaces of its own'
	cat <<-'PICTURE' | indent
		VLAN 10  web, db (guarded), evil (guarded)      fw   trunk 10, 20
		VLAN 20  dev1, dev2                             cust1, cust2   QinQ tunnel in S-VLAN 200
		VLAN 30  guest                                  up   uplink, all VLANs; the router is behind it
	PICTURE
	MTU=1504 # room for the S-tag
	tenant up $WIRE 10.10.0.254/24
	MTU=1500
	tenant web $WEB
	tenant db $DB 10.10.0.2/24
	tenant evil $EVIL 10.10.0.66/24
	tenant dev1 02:00:00:00:20:01 10.20.0.1/24 fd20::1/64
	tenant dev2 02:00:00:00:20:02 10.20.0.2/24 fd20::2/64
	tenant guest 02:00:00:00:30:01 10.10.0.30/24
	tenant fw 02:00:00:00:40:01
	tenant cust1 02:00:00:00:50:01 192.168.5.1/24
	tenant cust2 02:00:00:00:50:02 192.168.5.2/24
	port up 'vlan: {trunk: all, native: 10}'
	port web 'vlan: {access: 10}'
	port db "vlan: {access: 10}, guard: {mac: [\"$DB\"], ip: [10.10.0.2]}, rate: {tx: 1gbit}"
	port evil "vlan: {access: 10}, guard: {mac: [\"$EVIL\"], ip: [10.10.0.66]}, storm: {broadcast: 100pps}, mac_limit: 4"
	port dev1 'vlan: {access: 20}'
	port dev2 'vlan: {access: 20}'
	port guest 'vlan: {access: 30}'
	port fw 'vlan: {trunk: [10, 20]}'
	port cust1 'vlan: {tunnel: 200}'
	port cust2 'vlan: {tunnel: 200}'
	config >"$CONF"
	command_line cat sw.yaml
	indent <"$CONF"
	command_line repx apply sw.yaml
	if ! repx apply "$CONF" >"$TMP/out" 2>&1; then
		indent <"$TMP/out"
		no 'apply'
		FINISHED=yes
		exit 1
	fi
	indent <"$TMP/out"
	for t in "${TENANTS[@]}"; do wait_for 3 link_up "$t" eth0; done
	holds 'a second apply has nothing to do' test "$(repx -j apply "$CONF")" = '[]'
	command_line repx show
	repx show | indent
}

# got NAME PATTERN: a frame that begins with it came to the netns, into $TMP/NAME
got() { grep -qE " $2" "$TMP/$1"; }

dhcp() {
	cat >"$TMP/udhcpd.conf" <<-CONF
		start 10.10.0.100
		end 10.10.0.120
		interface eth0
		lease_file $TMP/leases
		pidfile $TMP/udhcpd.pid
		option subnet 255.255.255.0
		option router 10.10.0.254
	CONF
	: >"$TMP/leases"
	cat >"$TMP/udhcpc.sh" <<-'CONF'
		#!/bin/sh
		[ "$1" != bound ] || ip addr add "$ip/24" dev "$interface"
	CONF
	chmod +x "$TMP/udhcpc.sh"
	bg up busybox udhcpd -f "$TMP/udhcpd.conf" >/dev/null 2>&1
	command_line 'udhcpc -i eth0        # in web; the server is behind the uplink'
	in_ns web timeout 20 busybox udhcpc -i eth0 -n -q -f -t 5 -T 1 -s "$TMP/udhcpc.sh" >"$TMP/out" 2>&1
	grep -i lease "$TMP/out" | tail -n 1 | indent
	has_lease() { in_ns web ip -4 addr show dev eth0 | grep -q 'inet 10.10.0.1'; }
	holds 'web got its address by DHCP, through the switch' has_lease
}

talk() {
	heading '2. Tenants talk'
	dhcp
	holds 'web pings the router behind the uplink' ping4 web 10.10.0.254
	holds 'web pings db, a guarded port in the same VLAN' ping4 web 10.10.0.2
	holds 'dev1 pings dev2 over IPv4' ping4 dev1 10.20.0.2
	holds 'dev1 pings dev2 over IPv6' ping6 dev1 fd20::2
	holds 'cust1 pings cust2 through the QinQ tunnel' ping4 cust1 192.168.5.2
	fails 'guest (VLAN 30) does not reach db (VLAN 10), same subnet or not' ping4 guest 10.10.0.2 1
	mkdir -p "$TMP/www"
	head -c 20000000 /dev/urandom >"$TMP/www/file"
	bg up busybox httpd -f -p 80 -h "$TMP/www"
	listening() { in_ns up ss -Htln 'sport = :80' | grep -q .; }
	wait_for 5 listening
	command_line 'wget http://10.10.0.254/file       # 20 MB, in web'
	in_ns web timeout 30 busybox wget -q -O "$TMP/file" http://10.10.0.254/file
	holds 'the file arrived whole' cmp "$TMP/file" "$TMP/www/file"
}

tags() {
	heading '3. Tags, as they are on the wire'
	record fw "$TMP/fw" 20
	local fw=$BG wire
	record up "$TMP/up" 20
	wire=$BG
	send web "$(frame $ALL $WEB)"
	send cust1 "$(frame $ALL 02:00:00:00:50:01 8100.10)"
	wait_for 3 got fw "f{12}${WEB//:/}8100000a"
	holds 'an untagged frame of web leaves the trunk as 802.1Q VLAN 10' got fw "f{12}${WEB//:/}8100000a"
	wait_for 3 got up "f{12}02000000500188a800c8"
	grep -E ' f{12}020000005001' "$TMP/up" | head -n 1 | cut -d' ' -f2 | cut -c1-48 |
		sed 's/^/    on the uplink: /; s/$/.../'
	holds 'a frame of cust1 tagged 10 leaves the uplink as 802.1ad 200 with its own tag inside' \
		got up "f{12}02000000500188a800c88100000a"
	fails 'and reached nobody in VLAN 10' got fw "f{12}020000005001"
	stop "$fw" "$wire"
}

# attack TEXT REASON COUNT INTERVAL HEX...: sent by evil; nobody may get one
attack() {
	local text=$1 reason=$2 count=$3 every=$4 before after hex
	shift 4
	before=$(drops evil "$reason")
	record db "$TMP/db" 20
	local rx=$BG
	for hex in "$@"; do send evil "$hex" "$count" "$every"; done
	after=$(drops evil "$reason")
	stop "$rx"
	count=$((count * $#))
	local arrived
	arrived=$(grep -cE "$MARK" "$TMP/db")
	if [ "$arrived" -eq 0 ] && [ $((after - before)) -eq $count ]; then
		yes "$text: $count sent, 0 arrived, counted as $reason: $((after - before))"
	else
		no "$text: $count sent, $arrived arrived, counted as $reason: $((after - before))"
	fi
}

attacks() {
	heading '4. An attacker on port evil, and what stops it'
	MARK=' ' # any frame at all
	local arp ip
	arp="08060001080006040002${WEB//:/}0a0a0064${DB//:/}0a0a0002$(printf '%036d' 0)"
	ip="08004500005400010000401100000a0a00640a0a0002$(printf '%0128d' 0)"
	attack "frames in web's name" spoof_mac 20 100 "$(frame $DB $WEB)"
	holds "web's address is still behind web" fdb_has $WEB web 10
	attack "ARP: \"10.10.0.100 is at web\"" spoof_arp 20 100 "$(frame $DB $EVIL +"$arp")"
	attack "IPv4 in web's name" spoof_ip 20 100 "$(frame $DB $EVIL +"$ip")"
	attack 'tagged into VLANs 10, 20 and 200' vlan 10 100 "$(frame $DB $EVIL 8100.10)" \
		"$(frame $DB $EVIL 8100.20)" "$(frame $DB $EVIL 88a8.200)"
	attack 'double tags (VLAN hopping)' vlan 10 100 "$(frame $DB $EVIL 8100.10 8100.20)"
	attack 'a tag behind a priority tag' spoof_type 10 100 "$(frame $DB $EVIL 8100.0 8100.10)"
	attack 'frames to 01:80:c2:00:00:0e (LLDP)' reserved 10 100 "$(frame 01:80:c2:00:00:0e $EVIL)"

	record db "$TMP/db" 20
	local rx=$BG arrived
	send evil "$(frame $ALL $EVIL)" 2000 500
	stop "$rx"
	arrived=$(grep -c ' f\{12\}' "$TMP/db")
	if [ "$arrived" -ge 50 ] && [ "$arrived" -le 140 ]; then
		yes "broadcast storm, 2000 frames in a second: $arrived arrived (limit: 100 a second), dropped as storm: $(drops evil storm)"
	else
		no "broadcast storm: $arrived arrived, dropped as storm: $(drops evil storm)"
	fi
	holds 'the neighbours are as well as before' ping4 web 10.10.0.2
	command_line repx -s port show evil
	repx -s port show evil | indent
}

look() {
	heading '5. Why was that frame dropped?'
	local hex
	hex=$(frame $DB $WEB)
	command_line "repx trace port evil hex ${hex:0:28}..."
	repx trace port evil hex "$hex" >"$TMP/out" 2>&1
	indent <"$TMP/out"
	holds 'trace names the reason' grep -q spoof_mac "$TMP/out"

	heading '6. The same with bpftool: everything is in pinned maps'
	command_line "bpftool map dump pinned .../maps/repx_fdb"
	bpftool map dump pinned "$ROOT/bpf/sw0/maps/repx_fdb" >"$TMP/out" 2>&1
	head -n 16 "$TMP/out" | indent
	holds 'field names come from BTF' grep -q '"vlan"' "$TMP/out"
}

gone() {
	heading '7. And away'
	command_line repx down
	holds 'down' repx down
	local left
	left=$(find "$ROOT/bpf" "$ROOT/run" -mindepth 2 2>/dev/null)
	holds 'no pinned map, program or link is left' test -z "$left"
	left=$(in_ns sw bpftool net | grep -E 'repx|tcx|clsact')
	holds 'no program is left on any netdev' test -z "$left"
	left=$(in_ns sw ip -d -j link | jq '[.[].promiscuity] | add')
	holds 'the uplink is no longer promiscuous' test "$left" = 0
	# shellcheck disable=SC2046 # a word per pid
	stop $(jobs -p)
	clean "$PREFIX"
	holds 'namespaces, mounts and files of the demo are gone' \
		test -z "$(ip netns list | grep "^$PREFIX-"; grep "/$PREFIX\." /proc/mounts; ls -d /tmp/"$PREFIX".* 2>/dev/null)"
}

topology
talk
tags
attacks
look
gone
verdict
FINISHED=yes
exit "$((FAILED > 0))"
