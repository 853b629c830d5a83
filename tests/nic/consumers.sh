#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# long: yes
# consumers.sh - three kinds of queue, each in a VLAN of its own, and none gets out
#
# Three SFs: one is used as a netdev, one by RDMA (soft-RoCE on its netdev), one by
# vDPA (a virtio-net device of this kernel). Each talks to its VLAN on the wire. Then
# each sends what it must not, a row of a table at a time: every forbidden frame is
# counted at its representor under the row's reason, exactly as often as it was sent,
# and neither wire nor another SF sees one. Every permitted one is on the wire in the
# consumer's VLAN, as often as it was sent, and nowhere else.
#
# Frames are told apart by a marker. Two observers that know nothing of repx: captures
# on wire and SFs, and the card's own counters of what wire and SFs were given.
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

TOOLS=$REPX_BUILD/tests/netns
COUNT=3 # frames a row
NOBODY=0xfffff0 # a queue number that is not in use: nothing answers
MACW=02:00:00:00:00:ee BAD=02:00:00:00:00:66 ALL=ff:ff:ff:ff:ff:ff
MAC1=02:00:00:00:00:11 MAC2=02:00:00:00:00:12 MAC3=02:00:00:00:00:13
CONF=/tmp/consumers.yaml
CAP=/tmp/consumers # captures
SEEN=(wire sf1 sf2 sf3)
repx() { "$REPX_BUILD/repx" "$@"; }

if [ ! -x "$REPX_BUILD/repx" ]; then
	echo "skip consumers: no repx was built"
	exit 4
fi
# no frames but those of the test
for c in all default; do
	echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6
	echo 1 >/proc/sys/net/ipv4/conf/$c/arp_ignore
done

# --- the switch, from one file

config() {
	cat <<END
version: 1
switch: {name: nic, eswitch: {handle: "$PCI", mode: switchdev}}
ports:
  - {name: uplink, netdev: p0, role: uplink}
  - name: eth1
    sf: {num: 1, mac: $MAC1, eth: true}
    vlan: {access: 10}
    guard: {mac: [$MAC1], ip: [10.0.10.1, "2001:db8:10::1"]}
  - name: rdma1
    sf: {num: 2, mac: $MAC2, eth: true, rdma: true}
    vlan: {access: 20}
    guard: {mac: [$MAC2], ip: [10.0.20.1, "2001:db8:20::1"]}
  - name: vdpa1
    sf: {num: 3, mac: $MAC3}
    vdpa: {bind: virtio}
    vlan: {access: 30}
    guard: {mac: [$MAC3], ip: [10.0.30.1, "2001:db8:30::1"]}
END
}

# wire_vlan NAMESPACE VID: the wire's end in that VLAN
wire_vlan() {
	ip link add link wire0 name "wire0.$2" type vlan id "$2"
	tenant "$1" "wire0.$2" "10.0.$2.9/24"
}

# known NAMESPACE DEV ADDRESS MAC: no ARP from now on: rows count frames exactly
known() { in_ns "$1" ip neigh replace "$3" lladdr "$4" dev "$2" nud permanent; }

# capture NAME DEV [NAMESPACE]
capture() {
	local run=()
	[ -z "${3:-}" ] || run=(nsenter "--net=/run/netns/$3") # in_ns could not be killed
	"${run[@]}" "$TOOLS/rxrecv" "$2" 600 >"$CAP/$1" &
	wait_for 10 grep -q ready "$CAP/$1" || not_ok "capture_$1" 'does not begin'
}

# --- RDMA: both ends are in this namespace, the only one soft-RoCE works in. What
# one sends to the other would stay inside, were it not for these routes.

# rdma_path ADDRESS DEV MAC PREF: what goes to our own ADDRESS leaves by DEV
rdma_path() {
	ip route add "$1" dev "$2" table "$4"
	ip rule add pref "$4" iif lo to "$1" lookup "$4"
	ip neigh replace "$1" lladdr "$3" dev "$2" nud permanent
}

rdma_ends() {
	ip link add link wire0 name wire0.20 type vlan id 20
	ip link set wire0.20 up
	ip link set sf2 up
	ip addr add 10.0.20.9/24 dev wire0.20
	ip addr add 10.0.20.1/24 dev sf2
	ip rule add pref 1000 lookup local
	ip rule del pref 0
	rdma_path 10.0.20.9 sf2 "$MACW" 100
	rdma_path 10.0.20.1 wire0.20 "$MAC2" 101
	rdma link add rxe2 type rxe netdev sf2 && rdma link add rxew type rxe netdev wire0
}

# rdma_echo NAME DEV NETDEV FROM TO: answers in the background; its number is in QPN
rdma_echo() {
	"$TOOLS/rdmasend" "$2" "$3" "$4" "$5" echo 600 >"$CAP/$1" &
	wait_for 10 grep -q ready "$CAP/$1" || not_ok "echo_$1" "does not begin: $(<"$CAP/$1")"
	QPN=$(sed -n 's/^ready //p' "$CAP/$1")
}

# rdma_ask DEV NETDEV FROM TO: all are answered
rdma_ask() { "$TOOLS/rdmasend" "$@" ask "$QPN" 10 aa | grep -qx 'answered 10'; }

# --- a row: what was sent, what became of it. (Few programs are started here: each takes
# long in an emulated guest.)

declare -A DROPS NOW FOUND # by reason; by reason; by capture
CARD=() CARD_NOW=() FORBIDDEN=()
PORT=none MARKER=none ROWS=0 RIGHT=0

# drops_read: what PORT has dropped until now, into NOW
drops_read() {
	local json pair reason=
	NOW=()
	json=$(repx -j port show "$PORT")
	[[ $json =~ \"drops\":\{([^}]*)\} ]] || return
	for pair in ${BASH_REMATCH[1]//[\",]/ }; do
		case $pair in
		:*) NOW[$reason]=${pair#:} ;;
		*) reason=$pair ;;
		esac
	done
}
drops_same() {
	local r
	drops_read
	[ ${#NOW[@]} = ${#DROPS[@]} ] || return
	for r in "${!DROPS[@]}"; do [ "${NOW[$r]:-}" = "${DROPS[$r]}" ] || return; done
}
# drops_take: what is counted now is what the next row begins with
drops_take() {
	local r
	drops_read
	DROPS=()
	for r in "${!NOW[@]}"; do DROPS[$r]=${NOW[$r]}; done
}

# card_read: packets that wire, SF 1, SF 2 and SF 3 were given, says the card
card_read() {
	local i=0 f
	for f in wire0/statistics/rx_packets pf0sf{1,2,3}/statistics/tx_packets; do
		read -r 'CARD_NOW[i++]' <"/sys/class/net/$f"
	done
}
card_same() {
	card_read
	[ "${CARD_NOW[*]}" = "${CARD[*]}" ]
}

# begin: the next row begins with what there is now
begin() {
	drops_take
	card_read
	CARD=("${CARD_NOW[@]}")
}
# quiet: nothing more comes of what was sent before (an answer to a question that was
# asked twice, a neighbour that is asked for once more)
quiet() {
	card_read
	CARD=("${CARD_NOW[@]}")
	sleep 1 # the pause between two looks
	card_same
}
consumer() {
	PORT=$1
	wait_for 10 quiet || not_ok "$1_quiet" "frames go on"
	begin
}

# mark: a new marker; in a table row MARKER stands for it
mark() { printf -v MARKER '72657078%04x' $((ROWS += 1)); }

# look WHERE REGEX: how often the captures have the marker, into FOUND; how many of
# those in WHERE are as they must be, into RIGHT
look() {
	local name line
	FOUND=() RIGHT=0
	while IFS=: read -r name line; do
		FOUND[$name]=$((${FOUND[$name]:-0} + 1))
		if [ "$name" = "$1" ] && [[ $line =~ $2 ]]; then RIGHT=$((RIGHT + 1)); fi
	done < <(cd $CAP && grep -H -- "$MARKER" "${SEEN[@]}")
}
arrived() {
	look "$@"
	[ "$RIGHT" = "$COUNT" ]
}

# judge VERDICT WHERE REGEX: COUNT frames were sent; they are to be `pass`: in the
# capture WHERE, each a line like REGEX; or dropped for the reason VERDICT. Says why not.
judge() {
	local n want
	for n in "${!SEEN[@]}"; do
		[ "$1" != pass ] || [ "${SEEN[n]}" != "$2" ] || CARD[n]=$((CARD[n] + COUNT))
	done
	[ "$1" = pass ] || DROPS[$1]=$((${DROPS[$1]:-0} + COUNT))
	wait_for 5 drops_same || echo "drops ${NOW[*]@K}, want ${DROPS[*]@K};"
	wait_for 5 card_same || echo "wire and SFs got ${CARD_NOW[*]}, want ${CARD[*]};"
	if [ "$1" = pass ]; then
		wait_for 5 arrived "$2" "$3" || echo "$RIGHT of $COUNT in $2 like $3;"
	else
		look "$2" "$3"
	fi
	for n in "${SEEN[@]}"; do
		want=0
		[ "$1" != pass ] || [ "$n" != "$2" ] || want=$COUNT
		[ "${FOUND[$n]:-0}" = $want ] || echo "$n has ${FOUND[$n]:-0} of them, want $want;"
	done
}

# row NAME VERDICT WHERE REGEX: ok or not; a failure does not spoil the next row
row() {
	local why
	judge "$2" "$3" "$4" >$CAP/why # not in a subshell: it moves DROPS and CARD
	if [ ! -s $CAP/why ]; then
		ok "${PORT}_$1"
	else
		why=$(<$CAP/why)
		not_ok "${PORT}_$1" "${why//$'\n'/ }"
		begin
	fi
	[ "$2" = pass ] || FORBIDDEN+=("$MARKER")
}

# --- frames, in hex

a4() {
	local b
	IFS=. read -ra b <<<"$1"
	printf '%02x' "${b[@]}"
}
# a6: the groups around ::, which must be there, filled with zeros
a6() {
	local l r i out=
	IFS=: read -ra l <<<"${1%%::*}"
	IFS=: read -ra r <<<"${1##*::}"
	for i in ${l[@]+"${l[@]}"}; do printf -v out '%s%04x' "$out" "0x$i"; done
	for ((i = ${#l[@]} + ${#r[@]}; i < 8; i++)); do out+=0000; done
	for i in ${r[@]+"${r[@]}"}; do printf -v out '%s%04x' "$out" "0x$i"; done
	echo "$out"
}
zeros() { printf "%0$(($1 * 2))d" 0; }

# tag TPID VID [PCP]
tag() { printf '%s%04x' "$1" $(($2 | ${3:-0} << 13)); }
# ip4 SOURCE: UDP
ip4() {
	echo "08004500002e0000000040110000$(a4 "$1")$(a4 10.0.99.9)13881388001a0000MARKER$(zeros 12)"
}
# ip6 SOURCE [NEXT PAYLOAD]: 40 bytes of payload, UDP by default
ip6() {
	local udp=1388138800280000MARKER
	echo "86dd600000000028${2:-11}ff$(a6 "$1")$(a6 2001:db8:99::9)${3:-$udp$(zeros 26)}"
}
# nd TYPE TARGET MAC: ICMPv6 135 or 136 with the link-layer option, and the marker in a nonce
nd() { printf '%02x00000000000000%s%02x01%s0e01MARKER' "$1" "$(a6 "$2")" $(($1 - 134)) "${3//:/}"; }
# arp SENDER_MAC SENDER_ADDRESS
arp() { echo "08060001080006040002${1//:/}$(a4 "$2")$(zeros 6)$(a4 10.0.99.9)MARKER$(zeros 12)"; }
# other: an ethertype for experiments
other() { echo "88b5MARKER$(zeros 40)"; }

# raw_rows VID MAC THEIR_VID THEIR_MAC: for a queue that takes whole frames, a line
# `NAME VERDICT DESTINATION SOURCE TAGS REST` a row
raw_rows() {
	local v=$1 m=$2 fv=$3 fm=$4 ip=10.0.$1.1 ip6=2001:db8:$1::1
	cat <<END
untagged		pass	$MACW $m - $(ip4 "$ip")
untagged_ip6		pass	$MACW $m - $(ip6 "$ip6")
arp			pass	$ALL $m - $(arp "$m" "$ip")
neighbour_advert	pass	$MACW $m - $(ip6 "$ip6" 3a "$(nd 136 "$ip6" "$m")")
broadcast		pass	$ALL $m - $(ip4 "$ip")
to_another_consumer	pass	$fm $m - $(ip4 "$ip")
other_type		pass	$MACW $m - $(other)
priority_tag		pass	$MACW $m $(tag 8100 0 5) $(ip4 "$ip")
own_vid			vlan	$MACW $m $(tag 8100 "$v") $(ip4 "$ip")
foreign_vid		vlan	$MACW $m $(tag 8100 "$fv") $(ip4 "$ip")
foreign_vid_broadcast	vlan	$ALL $m $(tag 8100 "$fv") $(ip4 "$ip")
foreign_vid_to_member	vlan	$fm $m $(tag 8100 "$fv") $(ip4 "10.0.$fv.1")
vid_1			vlan	$MACW $m $(tag 8100 1) $(ip4 "$ip")
vid_4095		vlan	$MACW $m $(tag 8100 4095) $(ip4 "$ip")
s_tag			vlan	$MACW $m $(tag 88a8 "$v") $(ip4 "$ip")
s_tag_vid_0		vlan	$MACW $m $(tag 88a8 0) $(ip4 "$ip")
double_own_foreign	vlan	$MACW $m $(tag 8100 "$v")$(tag 8100 "$fv") $(ip4 "$ip")
double_foreign_own	vlan	$MACW $m $(tag 8100 "$fv")$(tag 8100 "$v") $(ip4 "$ip")
qinq			vlan	$MACW $m $(tag 88a8 "$v")$(tag 8100 "$fv") $(ip4 "$ip")
behind_priority_tag	spoof_type $MACW $m $(tag 8100 0)$(tag 8100 "$fv") $(ip4 "$ip")
s_tag_behind_priority	spoof_type $MACW $m $(tag 8100 0)$(tag 88a8 "$fv") $(ip4 "$ip")
spoofed_mac		spoof_mac $MACW $BAD - $(ip4 "$ip")
mac_of_another		spoof_mac $MACW $fm - $(ip4 "$ip")
mac_of_the_wire		spoof_mac $ALL $MACW - $(ip4 "$ip")
group_source		bad_source $MACW 01:00:5e:00:00:01 - $(ip4 "$ip")
zero_source		bad_source $MACW 00:00:00:00:00:00 - $(ip4 "$ip")
spoofed_ip		spoof_ip $MACW $m - $(ip4 "10.0.$v.66")
ip_of_another		spoof_ip $MACW $m - $(ip4 "10.0.$fv.1")
ip_of_another_priority	spoof_ip $MACW $m $(tag 8100 0 7) $(ip4 "10.0.$fv.1")
ip_zero			spoof_ip $MACW $m - $(ip4 0.0.0.0)
spoofed_arp_mac		spoof_arp $ALL $m - $(arp "$BAD" "$ip")
spoofed_arp_ip		spoof_ip $ALL $m - $(arp "$m" "10.0.$v.9")
spoofed_ip6		spoof_ip $MACW $m - $(ip6 "2001:db8:$v::66")
spoofed_link_local	spoof_ip $MACW $m - $(ip6 fe80::ff:fe00:66)
spoofed_advert		spoof_ip $MACW $m - $(ip6 "$ip6" 3a "$(nd 136 "2001:db8:$v::9" "$m")")
spoofed_advert_mac	spoof_ip $MACW $m - $(ip6 "$ip6" 3a "$(nd 136 "$ip6" "$BAD")")
spoofed_solicit_mac	spoof_ip $MACW $m - $(ip6 "$ip6" 3a "$(nd 135 "2001:db8:$v::9" "$BAD")")
reserved_address	reserved 01:80:c2:00:00:0e $m - $(other)
END
}

# raw_table VID ... CMD: the rows of raw_rows, sent by `CMD HEX COUNT`
raw_table() {
	local vid=$1 args=("${@:1:4}") name verdict dst src tags rest pcp tci
	shift 4
	while read -r name verdict dst src tags rest; do
		mark
		rest=${rest/MARKER/$MARKER} pcp=0
		if [ "$tags" = - ]; then tags=; else pcp=$((16#${tags:4:4} >> 13)); fi
		dst=${dst//:/} src=${src//:/}
		tci=$(tag 8100 "$vid" "$pcp")
		"$@" "$dst$src$tags$rest" $COUNT >/dev/null
		row "$name" "$verdict" wire "^[0-9.]+ $dst$src$tci$rest\$"
	done < <(raw_rows "${args[@]}")
}

# --- the test

mkdir -p $CAP
modprobe -a rdma_rxe ib_uverbs virtio_vdpa virtio_net
config >$CONF
check config_is_right repx check $CONF
check apply repx apply $CONF
equal apply_again "$(repx -j apply $CONF | json .)" '[]'
VNET=$(vdpa_netdev vdpa1)
check vdpa_is_a_netdev test -n "$VNET"

ip link set wire0 address $MACW up
wire_vlan w 10
wire_vlan w 30
tenant n1 sf1 10.0.10.1/24
tenant n3 "$VNET" 10.0.30.1/24
check rdma_ends rdma_ends
equal sf_show_names_rdma "$(repx -j sf show | jq -cS '.[] | select(.port == "rdma1").rdma')" \
	'{"dev":"rxe2","netdev":"sf2","state":"active"}'

# each gets answers from its VLAN, by its own kind of queue
check eth1_gets_answers reach n1 10.0.10.9 10
check eth1_answers reach w 10.0.10.1
check vdpa1_gets_answers reach n3 10.0.30.9 10
check vdpa1_answers reach w 10.0.30.1
rdma_echo rdma_sf rxe2 sf2 10.0.20.1 10.0.20.9
check rdma1_answers rdma_ask rxew wire0.20 10.0.20.9 10.0.20.1
rdma_echo rdma_wire rxew wire0.20 10.0.20.9 10.0.20.1
check rdma1_gets_answers rdma_ask rxe2 sf2 10.0.20.1 10.0.20.9

known n1 sf1 10.0.10.9 $MACW
known n3 "$VNET" 10.0.30.9 $MACW
known w wire0.10 10.0.10.1 $MAC1
known w wire0.30 10.0.30.1 $MAC3
capture wire wire0
capture sf1 sf1 n1
capture sf2 sf2
capture sf3 "$VNET" n3

consumer eth1
raw_table 10 $MAC1 20 $MAC2 in_ns n1 "$TOOLS/rxsend" sf1
consumer vdpa1
raw_table 30 $MAC3 10 $MAC1 in_ns n3 "$TOOLS/rxsend" "$VNET"

# --- the RDMA queue: soft-RoCE makes its frames from what its GID table has, so each
# kind of frame is a netdev on sf2, or an address of one

# above NAME PROTO VID LOWER: a VLAN netdev whose address is the permitted one
above() {
	ip link add link "$4" name "$1" type vlan proto "$2" id "$3"
	ip link set "$1" up
	ip addr add 10.0.20.1/24 dev "$1"
	ip neigh replace 10.0.20.9 lladdr $MACW dev "$1" nud permanent
}
above sf2.0 802.1Q 0 sf2
above sf2.10 802.1Q 10 sf2
above sf2.20 802.1Q 20 sf2
above sf2.30 802.1Q 30 sf2
above sf2.s20 802.1ad 20 sf2
above sf2.20.10 802.1Q 10 sf2.20
above sf2.10.20 802.1Q 20 sf2.10
above sf2.s20.10 802.1Q 10 sf2.s20
above sf2.0.10 802.1Q 10 sf2.0
ip addr add 10.0.20.66/24 dev sf2
ip addr add 10.0.10.1/32 dev sf2
# what IPv6 says of its groups is said once, and at once
echo 1 >/proc/sys/net/ipv6/mld_qrv
for c in addr_gen_mode=1 router_solicitations=0 mldv2_unsolicited_report_interval=1 disable_ipv6=0; do
	echo ${c#*=} >/proc/sys/net/ipv6/conf/sf2/${c%=*}
done
ip addr add 2001:db8:20::1/64 dev sf2 nodad
ip addr add 2001:db8:20::66/64 dev sf2 nodad

# rdma_mac MAC: of sf2, and so of what its RDMA queues send; its neighbours are
# forgotten with it
rdma_mac() {
	ip link set sf2 address "$1"
	ip neigh replace 10.0.20.9 lladdr $MACW dev sf2 nud permanent
	ip neigh replace 10.0.20.7 lladdr $MAC1 dev sf2 nud permanent
	ip neigh replace 2001:db8:20::9 lladdr $MACW dev sf2 nud permanent
}

# NAME VERDICT MAC NETDEV FROM TO [TAGS-ON-THE-WIRE]
rdma_rows() {
	cat <<END
own_address		pass	$MAC2 sf2 10.0.20.1 10.0.20.9
own_address_ip6		pass	$MAC2 sf2 2001:db8:20::1 2001:db8:20::9
multicast		pass	$MAC2 sf2 10.0.20.1 239.1.2.3
to_another_consumer	pass	$MAC2 sf2 10.0.20.1 10.0.20.7
priority_tag		pass	$MAC2 sf2.0 10.0.20.1 10.0.20.9
own_vid			vlan	$MAC2 sf2.20 10.0.20.1 10.0.20.9
foreign_vid		vlan	$MAC2 sf2.10 10.0.20.1 10.0.20.9
foreign_vid_multicast	vlan	$MAC2 sf2.30 10.0.20.1 239.1.2.3
s_tag			vlan	$MAC2 sf2.s20 10.0.20.1 10.0.20.9
double_own_foreign	vlan	$MAC2 sf2.20.10 10.0.20.1 10.0.20.9
double_foreign_own	vlan	$MAC2 sf2.10.20 10.0.20.1 10.0.20.9
qinq			vlan	$MAC2 sf2.s20.10 10.0.20.1 10.0.20.9
behind_priority_tag	spoof_type $MAC2 sf2.0.10 10.0.20.1 10.0.20.9
spoofed_ip		spoof_ip $MAC2 sf2 10.0.20.66 10.0.20.9
spoofed_ip_multicast	spoof_ip $MAC2 sf2 10.0.20.66 239.1.2.3
ip_of_another		spoof_ip $MAC2 sf2 10.0.10.1 10.0.20.9
spoofed_ip6		spoof_ip $MAC2 sf2 2001:db8:20::66 2001:db8:20::9
spoofed_mac		spoof_mac $BAD sf2 10.0.20.1 10.0.20.9
mac_of_another		spoof_mac $MAC1 sf2 10.0.20.1 10.0.20.9
mac_of_the_wire		spoof_mac $MACW sf2 10.0.20.1 10.0.20.7
END
}

rdma_table() {
	local name verdict mac netdev from to last=
	while read -r name verdict mac netdev from to; do
		[ "$mac" = "$last" ] || rdma_mac "$mac"
		last=$mac
		mark
		"$TOOLS/rdmasend" rxe2 "$netdev" "$from" "$to" send $NOBODY $COUNT "$MARKER" >$CAP/sent ||
			cat $CAP/sent
		row "$name" "$verdict" wire "^[0-9.]+ .{12}${mac//:/}$(tag 8100 20)(0800|86dd).*$MARKER"
	done < <(rdma_rows)
	rdma_mac $MAC2
}
rdma_mac $MAC2
consumer rdma1
rdma_table
has rdma1_cannot_write_frames '^refused' "$TOOLS/rdmasend" rxe2 raw
check rdma1_still_gets_answers rdma_ask rxe2 sf2 10.0.20.1 10.0.20.9

# what the wire sends into a VLAN comes to its consumer and to no other
inbound() {
	mark
	"$TOOLS/rxsend" wire0 "${3//:/}${MACW//:/}$(tag 8100 "$2")88b5$MARKER$(zeros 40)" $COUNT >/dev/null
	row "from_the_wire_$4" pass "$1" "^[0-9.]+ ${3//:/}${MACW//:/}88b5$MARKER"
}
consumer eth1
inbound sf1 10 $ALL broadcast
inbound sf1 10 $MAC1 own_mac
inbound sf1 10 $MAC2 mac_of_another
consumer rdma1
inbound sf2 20 $ALL broadcast
inbound sf2 20 $MAC3 mac_of_another
consumer vdpa1
inbound sf3 30 $ALL broadcast
inbound sf3 30 $MAC3 own_mac

# nothing came late either
check all_rows_were_sent test ${#FORBIDDEN[@]} -ge 70
for n in "${SEEN[@]}"; do
	late=$(printf '%s\n' "${FORBIDDEN[@]}" | grep -cFf - "$CAP/$n")
	equal "forbidden_seen_at_$n" "$late" 0
done
# shellcheck disable=SC2046 # a word per pid
kill $(jobs -p)
check down repx down
equal down_takes_the_sfs "$(devlink port show | grep -c 'flavour pcisf')" 0
finish
