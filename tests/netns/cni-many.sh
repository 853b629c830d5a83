#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cni-many.sh - 100 containers, added by eight at once and deleted in random order, while
# the daemon is killed and comes back
# hooks: clsact
# shellcheck source=../lib/cni.sh
. "$(dirname "$0")/../lib/cni.sh"

N=100 WORKERS=8
tenant up
port up
# shellcheck disable=SC2034 # config reads it
SWITCH=('max_ports: 256')
config >"$CONF"
start_daemon
net red '.ipam.ranges = [[{subnet: "10.1.0.0/16"}]]'
PACE=$TMP/pace # a line for each that is done
: >"$PACE"

# One that finds no daemon tries again, as a runtime does; what it waits for is not its time.
add_one() {
	local t0 end=$((SECONDS + 60))
	container "$1"
	while [ $SECONDS -lt $end ]; do
		t0=${EPOCHREALTIME/./}
		if add red "$1" >/dev/null; then
			echo $((${EPOCHREALTIME/./} - t0)) >>"$TMP/times"
			echo "$1" >>"$PACE"
			return 0
		fi
		[ "$(answer "$1" .code)" = 11 ] || break
		echo "$1" >>"$TMP/later"
	done
	echo "$1: $(cat "$TMP/$1.out" "$TMP/$1.err")" >>"$TMP/failed"
}
# Every third netns goes before its DEL; the runtime repeats some.
del_one() {
	[ $((RANDOM % 3)) -ne 0 ] || ip netns del "$PREFIX-$1"
	del red "$1" && { [ $((RANDOM % 3)) -ne 0 ] || del red "$1"; } ||
		echo "$1: $(cat "$TMP/$1.out" "$TMP/$1.err")" >>"$TMP/failed"
	echo "$1" >>"$PACE"
}
# workers CMD NAME...: each of the names, by eight
workers() {
	local cmd=$1 w i pids=()
	shift
	for ((w = 0; w < WORKERS; w++)); do
		for ((i = w + 1; i <= $#; i += WORKERS)); do $cmd "${!i}"; done &
		pids+=($!)
	done
	WORKING=("${pids[@]}")
}
done_of() { [ "$(wc -l <"$PACE")" -ge "$1" ]; }
killed_in_the_middle() {
	wait_for 60 done_of "$1"
	end_daemon KILL 2>/dev/null
	start_daemon
	wait "${WORKING[@]}"
}
failures() { cat "$TMP/failed" 2>/dev/null; }

mapfile -t NAMES < <(seq -f 'm%g' $N)
workers add_one "${NAMES[@]}"
killed_in_the_middle 40
equal added "$(failures)" ''
equal all_have_a_port "$(ports | jq length)" $N
equal all_have_a_lease "$(leases)" $N
addresses() { for c in "${NAMES[@]}"; do ip_of "$c"; done; }
equal addresses_differ "$(addresses | sort -u | wc -l)" $N
macs() { for c in "${NAMES[@]}"; do mac_of "$c"; done; }
equal macs_differ "$(macs | sort -u | wc -l)" $N
check first_and_last_talk ping4 m1 "$(ip_of m$N)"
as_promised() { local c; for c in "$@"; do check_net red "$c" || answer "$c" || return 1; done; }
check a_few_are_as_promised as_promised m1 m17 m50 m$N
sort -n "$TMP/times" | awk '{ t[NR] = $1 / 1000 } END { printf "# ADD on veth, %d of them, 8 at once: median %.1f ms, p99 %.1f ms\n",
	NR, t[int((NR + 1) / 2)], t[int(NR * 0.99 + 0.5)] }'
echo "# $(sort -u "$TMP/later" 2>/dev/null | wc -l) ADDs found no daemon, and were repeated"

: >"$PACE"
mapfile -t SHUFFLED < <(shuf -e "${NAMES[@]}")
workers del_one "${SHUFFLED[@]}"
killed_in_the_middle 40
equal deleted "$(failures)" ''
paid() { [ "$(left)" = "$NOTHING" ]; }
check debts_are_paid wait_for 10 paid
equal nothing_left "$(left)" "$NOTHING"
equal no_address_left "$(repx -j fdb show | jq -c '[.[] | select(.port | startswith("c-"))]')" '[]'
for c in "${NAMES[@]}"; do ip netns del "$PREFIX-$c" 2>/dev/null; done

# one at a time, and beside it the bridge plugin with the same addresses
single() {
	local i t0 file=$1
	shift
	for i in 1 2 3 4 5 6 7 8 9; do
		container "s$i"
		t0=${EPOCHREALTIME/./}
		in_ns sw env CNI_COMMAND=ADD CNI_CONTAINERID="s$i" CNI_NETNS="$(netns_of "s$i")" CNI_IFNAME=eth0 \
			"$@" <"$TMP/$file.net" >/dev/null && echo $((${EPOCHREALTIME/./} - t0)) >>"$TMP/$file.times"
		in_ns sw env CNI_COMMAND=DEL CNI_CONTAINERID="s$i" CNI_NETNS="$(netns_of "s$i")" CNI_IFNAME=eth0 \
			"$@" <"$TMP/$file.net"
		ip netns del "$PREFIX-s$i"
	done
}
median() { sort -n "$1" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }
net bridge '.cniVersion = "1.0.0" | {cniVersion, name, type: "bridge", bridge: "br0", ipam}'
net alone '.cniVersion = "1.0.0"'
single alone "$BUILD/repx-cni"
single bridge "$CNI_DIR/bridge"
awk -v r="$(median "$TMP/alone.times")" -v b="$(median "$TMP/bridge.times")" 'BEGIN {
	printf "# ADD on veth, one at a time, with host-local: median %.1f ms; the bridge plugin: %.1f ms\n", r / 1000, b / 1000 }'
equal nothing_left_at_all "$(left)" "$NOTHING"
finish
