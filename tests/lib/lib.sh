# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# lib.sh - what the netns tests share: a switch, its tenants, frames, counters
#
# A test is run as `tests/netns/NAME.sh [HOOK]`, with REPX_BUILD naming the build
# folder (default: build). It sources this file, makes tenants and a config, and
# prints a line per case: `ok CASE`, `not ok CASE: why`, `skip CASE: reason`. It
# ends with `finish`. Whatever it made goes away when it ends, also when killed.
#
#	tenant a 02:00:00:00:00:0a	# netns with eth0, joined to port a
#	port a 'vlan: {access: 10}'
#	apply
#	try known_unicast a "$(frame "$B" "$A")" b="$(frame "$B" "$A")" c=
#	finish
set -u

LIB_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$(cd "${REPX_BUILD:-$LIB_TOP/build}" && pwd) || exit 1
HOOK=${1:-${HOOK:-clsact}}
TOOLS=$BUILD/tests/netns
PREFIX=rx${REPX_RUN:-$$}
SW=$PREFIX-sw
TMP=$(mktemp -d "/tmp/$PREFIX.XXXXXX") || exit 1
ROOT=$TMP/root
CONF=$TMP/sw.yaml
MTU=1500

PORTS=()
SWITCH=()
FDB=()
TENANTS=()
FAILED=0
FINISHED=

# --- results

ok() { echo "ok $1"; }
skip() { echo "skip $1: $2"; }
not_ok() {
	echo "not ok $1: ${2:-}"
	FAILED=$((FAILED + 1))
}

# check CASE CMD...: ok when the command succeeds; its output is the reason
check() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "${*:0:80}: $(tr '\n' ' ' <<<"$out")"
	fi
}

# check_not CASE CMD...: ok when the command fails
check_not() {
	local name=$1
	shift
	if "$@" >/dev/null 2>&1; then
		not_ok "$name" "succeeded, and should not: $*"
	else
		ok "$name"
	fi
}

# equal CASE GOT WANT
equal() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got '$2', want '$3'"
	fi
}

# between CASE GOT MIN MAX: numbers, fractions too
between() {
	if awk -v g="$2" -v a="$3" -v b="$4" 'BEGIN { exit !(g != "" && g + 0 >= a && g + 0 <= b) }'; then
		ok "$1"
	else
		not_ok "$1" "got $2, want $3 to $4"
	fi
}

finish() {
	FINISHED=yes
	exit 0
}

# wait_for SECONDS CMD...: polls until the command succeeds
wait_for() {
	local end=$((${EPOCHREALTIME/./} + ${1%.*} * 1000000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "${EPOCHREALTIME/./}" -lt "$end" ] || return 1
		sleep 0.02 # the pause between two looks
	done
}

# --- cleaning up

# clean PREFIX: namespaces, the processes in them, mounts and folders
clean() {
	local ns pids dir
	for ns in /run/netns/"$1"-*; do
		[ -e "$ns" ] || continue
		pids=$(ip netns pids "${ns##*/}" 2>/dev/null)
		# shellcheck disable=SC2086 # one word per pid
		[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
	done
	for dir in /tmp/"$1".*; do
		[ -d "$dir" ] || continue
		awk -v d="$dir/" 'index($2, d) == 1 { print $2 }' /proc/mounts | sort -r |
			while read -r m; do umount "$m" || umount -l "$m"; done
	done
	for ns in /run/netns/"$1"-*; do
		[ -e "$ns" ] && ip netns del "${ns##*/}"
	done
	rm -rf "/tmp/$1".*
}

lab_end() {
	local rc=$1
	# a subshell that bash gives up ("No record of process") gets here too: what there is
	# to be cleaned up is the script's
	[ "$BASHPID" = "$$" ] || exit "$rc"
	trap '' INT TERM HUP
	trap - EXIT
	if [ -z "$FINISHED" ]; then
		echo "the script ended before its end (status $rc)" >&2
		[ "$rc" -ne 0 ] || rc=1
	fi
	# shellcheck disable=SC2046 # a word per pid
	stop $(jobs -p)
	clean "$PREFIX"
	[ "$FAILED" -eq 0 ] || rc=1
	exit "$rc"
}
trap 'lab_end $?' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- topology

ns_new() {
	ip netns add "$PREFIX-$1" || exit 1
	# no frames but those of the test; tenants with an IPv6 address opt in
	# shellcheck disable=SC2016
	in_ns "$1" sh -c 'for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done
		ip link set lo up' 2>/dev/null
}

# in_ns NAME CMD...: keeps the mounts, which `ip netns exec` would hide
in_ns() {
	local ns=$PREFIX-$1
	shift
	nsenter --net="/run/netns/$ns" "$@"
}

# bg NAME CMD...: in the background; its pid, to end it by, is in BG
BG=
bg() {
	local ns=$PREFIX-$1
	shift
	nsenter --net="/run/netns/$ns" "$@" &
	# shellcheck disable=SC2034 # for the caller
	BG=$!
}

# stop PID...: what bg or record started
stop() {
	kill "$@" 2>/dev/null
	wait "$@" 2>/dev/null
}

# record NAME FILE SECONDS: frames that NAME receives, with their times, into FILE
record() {
	bg "$1" "$TOOLS/rxrecv" eth0 "$3" >"$2"
	wait_for 5 grep -q ready "$2"
}

# tenant NAME [MAC [ADDRESS/LEN ...]]: a netns whose eth0 is joined to netdev NAME
tenant() {
	local name=$1 mac=${2:-} a
	shift $(($# > 1 ? 2 : 1))
	ns_new "$name"
	# shellcheck disable=SC2086 # two words or none
	ip link add name "$name" mtu "$MTU" netns "$SW" type veth \
		peer name eth0 ${mac:+address $mac} mtu "$MTU" netns "$PREFIX-$name" || exit 1
	TENANTS+=("$name")
	hook_tenant "$name"
	in_ns "$name" ip link set eth0 up
	for a in "$@"; do
		address "$name" "$a"
	done
}

# address NAME ADDRESS/LEN
address() {
	case $2 in
	*:*)
		in_ns "$1" sh -c 'cd /proc/sys/net/ipv6/conf/eth0 && echo 0 >accept_dad &&
			echo 0 >router_solicitations && echo 0 >disable_ipv6'
		in_ns "$1" ip addr add "$2" dev eth0 nodad
		;;
	*) in_ns "$1" ip addr add "$2" dev eth0 ;;
	esac
}

# hook_of NAME ROLE: the `attach:` of a port under the hook the test runs on
hook_of() {
	case $HOOK in
	mixed) if [ "$2" = uplink ]; then echo xdp; else echo tc; fi ;;
	*) echo "$HOOK" ;;
	esac
}

is_xdp() { case $HOOK in xdp | xdp-generic) true ;; *) false ;; esac }

# hook_tenant NAME: what XDP on a veth asks of the other end: tags and checksums
# in the frame itself, and a receive path that takes redirected frames
hook_tenant() {
	case $HOOK in
	xdp) in_ns "$1" ethtool -K eth0 txvlan off tx off gro on ;;
	xdp-generic) in_ns "$1" ethtool -K eth0 txvlan off tx off ;;
	mixed) [[ $1 != up* ]] || in_ns "$1" ethtool -K eth0 txvlan off tx off ;;
	esac >/dev/null 2>&1
}

# hide_tags NAME: netdev hide0 in the tenant; what is sent there leaves by eth0
# with its tag beside the frame (skb metadata) and not in it
hide_tags() {
	in_ns "$1" sh -e -c 'ip link add hide0 type veth peer name hide1
		ip link set hide0 up; ip link set hide1 up promisc on
		ethtool -K eth0 txvlan on tx-vlan-stag-hw-insert on >/dev/null 2>&1 || :
		tc qdisc add dev hide1 clsact
		tc filter add dev hide1 ingress protocol all u32 match u32 0 0 \
			action mirred egress redirect dev eth0'
	wait_for 3 link_up "$1" hide0 && wait_for 3 link_up "$1" hide1
}

link_up() { in_ns "$1" ip -br link show dev "$2" | grep -q ' UP '; }

# --- the switch

# port NAME KEYS: one port of the config; the netdev has the same name. A port
# called `up` or `up2` is an uplink.
port() {
	local role=
	[[ $1 == up* ]] && role=uplink
	PORTS+=("{name: $1, netdev: $1, ${role:+role: $role, }attach: $(hook_of "$1" "$role")${2:+, $2}}")
}

# config: what was put together so far
config() {
	local p base=$HOOK
	[ "$HOOK" = mixed ] && base=tc
	printf 'version: 1\nswitch:\n  name: sw0\n  attach: %s\n' "$base"
	for p in ${SWITCH[@]+"${SWITCH[@]}"}; do printf '  %s\n' "$p"; done
	echo 'ports:'
	for p in ${PORTS[@]+"${PORTS[@]}"}; do printf '  - %s\n' "$p"; done
	[ ${#FDB[@]} -eq 0 ] || echo 'fdb:'
	for p in ${FDB[@]+"${FDB[@]}"}; do printf '  - %s\n' "$p"; done
}

# clear_config: forget the ports, switch keys and addresses given so far
clear_config() {
	PORTS=()
	SWITCH=()
	FDB=()
}

repx() {
	[ -d "$ROOT" ] || mkdir -m 0755 "$ROOT"
	in_ns sw "$BUILD/repx" --root "$ROOT" "$@"
}

# apply: makes the config so, and waits until every tenant can send
apply() {
	local t out
	config >"$CONF"
	if ! out=$(repx apply "$CONF" 2>&1); then
		not_ok apply "$(tr '\n' ' ' <<<"$out")"
		exit 1
	fi
	echo "$out" >"$TMP/apply.log"
	for t in ${TENANTS[@]+"${TENANTS[@]}"}; do
		wait_for 3 link_up "$t" eth0
	done
}

# --- counters: by name, 0 where there is none

port_json() { repx -j port show "$1" | jq -r "$2"; }
drops() { port_json "$1" ".[0].drops.$2 // 0"; }
events() { port_json "$1" ".[0].events.$2 // 0"; }
all_drops() { port_json "$1" '.[0].drops | to_entries | map("\(.key)=\(.value)") | sort | join(" ")'; }

# fdb_has MAC PORT VLAN [TYPE]
fdb_has() {
	repx -j fdb show | jq -e --arg m "$1" --arg p "$2" --argjson v "$3" --arg t "${4:-}" \
		'any(.[]; .mac == $m and .port == $p and .vlan == $v and ($t == "" or .type == $t))'
}

# --- frames

# frame DST SRC [TAG...] [+PAYLOAD]: hex of a frame. MACs with or without colons; a
# tag is TPID.VID[.PCP[.DEI]]; the payload follows the tags, ethertype included
# (default: 88b5, local experimental, which no stack answers, and 46 bytes).
frame() {
	local out=${1//:/}${2//:/} t tpid vid pcp dei tci
	local payload=88b5000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d
	shift 2
	for t in "$@"; do
		if [[ $t == +* ]]; then
			payload=${t#+}
			continue
		fi
		IFS=. read -r tpid vid pcp dei <<<"$t"
		printf -v tci %04x $((vid | ${pcp:-0} << 13 | ${dei:-0} << 12))
		out+=$tpid$tci
	done
	echo "$out$payload"
}

# send NAME HEX [COUNT [INTERVAL_US]], sent on $IFACE (eth0)
send() {
	local name=$1
	shift
	in_ns "$name" "$TOOLS/rxsend" "${IFACE:-eth0}" "$@" >/dev/null
}

# place NAME[/IFNAME]: as rxtry wants it
place() {
	if [[ $1 == */* ]]; then echo "$PREFIX-$1"; else echo "$PREFIX-$1/eth0"; fi
}

# rxtry FROM HEX RECEIVER=HEX...: asks the tool, which runs beside the script; its
# answer is in ANSWER. Status 0: all as given.
ANSWER=
rxtry() {
	local from=$PREFIX-$1/${IFACE:-eth0} line r
	[ -n "${TRY_PID:-}" ] || coproc TRY { exec "$TOOLS/rxtry"; }
	line="$from $2"
	shift 2
	for r in "$@"; do line+=" $(place "${r%%=*}")=${r#*=}"; done
	ANSWER=
	echo "$line" >&"${TRY[1]}"
	while IFS= read -r line <&"${TRY[0]}"; do
		[[ $line == '= '* ]] && return "${line#= }"
		ANSWER+="$line "
	done
	ANSWER='rxtry ended'
	return 2
}

# try CASE FROM HEX RECEIVER=HEX[,HEX...] ...: who must get exactly what. A receiver
# is a tenant, or sw/NETDEV.
try() {
	local name=$1
	shift
	if rxtry "$@"; then ok "$name"; else not_ok "$name" "$ANSWER"; fi
}

# try_drop CASE FROM HEX REASON [RECEIVER...]: nobody gets it, and FROM counts it
try_drop() {
	local name=$1 from=$2 hex=$3 reason=$4 before after
	shift 4
	before=$(drops "$from" "$reason")
	if ! rxtry "$from" "$hex" "${@/%/=}"; then
		not_ok "$name" "$ANSWER"
		return
	fi
	after=$(drops "$from" "$reason")
	if [ "$after" = $((before + 1)) ]; then
		ok "$name"
	else
		not_ok "$name" "drop counter $reason of $from went from $before to $after; all: $(all_drops "$from")"
	fi
}

ping4() { in_ns "$1" ping -nq -c "${3:-2}" -i 0.2 -W 1 "$2"; }
ping6() { in_ns "$1" ping -6 -nq -c "${3:-2}" -i 0.2 -W 1 "$2"; }

ns_new sw
