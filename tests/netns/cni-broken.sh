#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cni-broken.sh - every verb in every broken state: what it answers, and that a repeated DEL
# ends clean
# hooks: clsact
# shellcheck source=../lib/cni.sh
. "$(dirname "$0")/../lib/cni.sh"

tenant up
port up
config >"$CONF"
start_daemon
net red

# an IPAM plugin that refuses while a file is there
cat >"$TMP/plugins/moody" <<'SH'
#!/bin/sh
[ ! -e "${0%/*}/bad" ] || {
	echo '{"cniVersion":"1.1.0","code":142,"msg":"no","details":"not today"}'
	exit 1
}
case $CNI_COMMAND in
ADD) echo '{"cniVersion":"1.1.0","ips":[{"address":"10.1.0.50/24"}]}' ;;
VERSION) echo '{"cniVersion":"1.1.0","supportedVersions":["1.1.0"]}' ;;
esac
SH
chmod +x "$TMP/plugins/moody"
net moody '.ipam = {type: "moody"}'
mkdir "$TMP/small"
mount -t tmpfs -o size=256k none "$TMP/small"
net small ".dataDir = \"$TMP/small\""

# --- states: NAME breaks what container c has on NET; NAME_mended puts right what DEL cannot

PORT=
netns_gone() { ip netns del "$PREFIX-c"; }
netns_another() {
	ip netns del "$PREFIX-c"
	container c
}
netns_no_namespace() {
	ip netns del "$PREFIX-c"
	: >"$(netns_of c)"
}
netns_no_namespace_mended() { rm -f "$(netns_of c)"; }
mac_wrong() {
	in_ns c ip link set eth0 down
	in_ns c ip link set eth0 address 02:00:00:00:66:66 up
}
interface_gone() { in_ns c ip link del eth0; }
interface_renamed() {
	in_ns c ip link set eth0 down
	in_ns c ip link set eth0 name other
}
address_gone() { in_ns c ip addr flush dev eth0; }
port_gone() { call port.del "{\"name\":\"$PORT\",\"owner\":\"cni\"}" >/dev/null; }
port_another() {
	port_gone
	call port.add "{\"name\":\"$PORT\",\"netdev\":\"nothing\",\"vlan\":{\"access\":7}}" >/dev/null
}
port_another_mended() { repx port del "$PORT" >/dev/null; }
vlan_changed() { call port.change "{\"name\":\"$PORT\",\"owner\":\"cni\",\"vlan\":{\"access\":11}}" >/dev/null; }
guard_gone() { call port.change "{\"name\":\"$PORT\",\"owner\":\"cni\",\"guard\":null}" >/dev/null; }
# the daemon sees to it
programs_gone() {
	in_ns sw tc qdisc del dev "$PORT" clsact
	wait_for 5 programs_back
}
programs_back() { in_ns sw tc filter show dev "$PORT" ingress | grep -q repx_tc_in; }
daemon_away() { end_daemon KILL; }
daemon_away_mended() { start_daemon; }
ipam_failing() { : >"$TMP/plugins/bad"; }
ipam_failing_mended() { rm "$TMP/plugins/bad"; }
ipam_gone() { mv "$TMP/plugins/moody" "$TMP/plugins/away"; }
ipam_gone_mended() { mv "$TMP/plugins/away" "$TMP/plugins/moody"; }
lease_gone() { rm "$LEASES"/red/10.*; }
disk_full() { head -c 1M /dev/zero >"$TMP/small/fill" 2>/dev/null; }
disk_full_mended() { rm "$TMP/small/fill"; }
record_gone() { rm "$STORE/red/c-eth0.json"; }
record_broken() { echo '{"state": "do' >"$STORE/red/c-eth0.json"; }
record_alien() { echo '[1]' >"$STORE/red/c-eth0.json"; }
store_gone() { rm -r "$STORE/red"; }

# What each verb answers: 0, or a code and, for CHECK, words of the difference. ADD is of
# the same container once more. DEL* is when the state is mended.
TABLE='
state              net   CHECK STATUS GC  ADD DEL DEL* words
netns_gone         red   110   0      0   102 0   0    No such file
netns_another      red   110   0      0   0   0   0    is not in the container
netns_no_namespace red   110   0      0   102 0   0    Invalid argument
mac_wrong          red   110   0      0   101 0   0    has the MAC 02:00:00:00:66:66
interface_gone     red   110   0      0   0   0   0    is not in the container
interface_renamed  red   110   0      0   0   0   0    is not in the container
address_gone       red   110   0      0   101 0   0    has not the address
port_gone          red   110   0      0   101 0   0    is not there
port_another       red   110   0      0   101 0   0    port: owner is "cli" now
vlan_changed       red   110   0      0   101 0   0    vlan is {"access":11} now
guard_gone         red   110   0      0   101 0   0    guard is not set now
programs_gone      red   0     0      0   101 0   0    -
daemon_away        red   110   50     0   101 0   0    no daemon answers
ipam_failing       moody 142   142    142 101 142 0    -
ipam_gone          moody 7     7      7   101 7   0    -
lease_gone         red   999   0      0   101 0   0    -
disk_full          small 0     0      0   101 0   0    -
record_gone        red   110   0      0   101 0   0    no record of an ADD
record_broken      red   110   0      0   101 0   0    no record of an ADD
record_alien       red   110   0      0   101 0   0    no record of an ADD
store_gone         red   110   0      0   101 0   0    no record of an ADD
'

# answers CASE WANT VERB CONF: 0, or an error result of that code
answers() {
	local name=$1 want=$2 verb=$3 conf=$4 got=0
	cni "$verb" "$conf" c || got=$(answer c .code)
	[ "$got" = 0 ] || jq -e '.cniVersion and .msg != "" and .details != ""' "$TMP/c.out" >/dev/null || got="$got, without words"
	if [ "$got" = "$want" ]; then
		ok "$name"
	else
		not_ok "$name" "got $got, want $want: $(cat "$TMP/c.out" "$TMP/c.err")"
	fi
}
# says CASE WORDS
says() { [ "$2" = - ] || check "$1" grep -qF -- "$2" <<<"$(answer c '"\(.msg) \(.details)"')"; }

mend() { ! declare -F "$1_mended" >/dev/null || "$1_mended"; }
run_state() {
	local state=$1 net=$2 check=$3 status=$4 gc=$5 again=$6 del=$7 del2=$8 words=$9 valid
	container c
	add "$net" c >/dev/null || not_ok "$state:add" "$(answer c)"
	PORT=$(answer c '.interfaces[0].name')
	jq --slurpfile prev "$TMP/c.result" '. + {prevResult: $prev[0]}' "$TMP/$net.net" >"$TMP/prev.net"
	valid=$(with "$net" '.["cni.dev/valid-attachments"] = [{containerID: "c", ifname: "eth0"}]')
	"$state"
	answers "$state:CHECK" "$check" CHECK prev
	says "$state:CHECK_says_it" "$words"
	answers "$state:STATUS" "$status" STATUS "$net"
	answers "$state:GC" "$gc" GC "$valid"
	answers "$state:VERSION" 0 VERSION "$net"
	answers "$state:ADD" "$again" ADD "$net"
	answers "$state:DEL" "$del" DEL prev
	answers "$state:DEL_again" "$del" DEL "$net"
	mend "$state"
	answers "$state:DEL_mended" "$del2" DEL "$net"
	wait_for 5 clean_again
	equal "$state:nothing_left" "$(left) $(in_ns sw ip -br link show type veth | grep -c nothing)" "$NOTHING 0"
	ip netns del "$PREFIX-c" 2>/dev/null
}
clean_again() { [ "$(left)" = "$NOTHING" ]; }

while read -r state net c s g a d e words; do
	case $state in '' | state) continue ;; esac
	run_state "$state" "$net" "$c" "$s" "$g" "$a" "$d" "$e" "$words"
done <<<"$TABLE"

# --- a new container in a broken state: nothing of it is left

container n
daemon_away
fails fresh_daemon_away 11 'no daemon answers' ADD red n
daemon_away_mended
ipam_failing
fails fresh_ipam_failing 142 no ADD moody n
ipam_failing_mended
disk_full
fails fresh_disk_full 5 'No space left' ADD small n
disk_full_mended
ln -s /dev/null "$TMP/wrong"
fails fresh_store_no_folder 5 'dataDir' ADD "$(with red ".dataDir = \"$TMP/wrong\"")" n
# somebody else is behind the socket
bg sw socat "UNIX-LISTEN:$TMP/other,fork" SYSTEM:'read -r x; echo not JSON'
wait_for 5 test -S "$TMP/other"
alien() { with red ".socket = \"$TMP/other\""; }
if cni ADD "$(alien)" n; then not_ok fresh_alien_socket succeeded; else ok fresh_alien_socket; fi
fails alien_status 50 'switch .sw0.\|there is no switch' STATUS "$(with red ".socket = \"$ROOT/run/sw0/other\"")" n
stop "$BG"
equal fresh_nothing_left "$(left)" "$NOTHING"
umount "$TMP/small"
finish
