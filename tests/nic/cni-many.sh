#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cni-many.sh - 100 containers with an SF each, added by eight at once and deleted in random
# order, while the daemon is killed and comes back
# long: yes
# shellcheck source=tests/nic/cni-lib.sh
. "$(dirname "$0")/cni-lib.sh"

N=${CNI_MANY:-100} WORKERS=8
port uplink 'netdev: p0, role: uplink'
net sf 'del(.ipam)'

config "max_ports: 256, $(pool 8)"
daemon
# told FILE: median and p99
told() { sort -n "$1" | awk '{ t[NR] = $1 } END { printf "median %d ms, p99 %d ms", t[int((NR + 1) / 2)], t[int(NR * 0.99 + 0.5)] }'; }
PACE=/tmp/pace
: >"$PACE"
add_one() {
	local t0 end=$((SECONDS + 120))
	container "$1"
	while [ "$SECONDS" -lt "$end" ]; do
		t0=${EPOCHREALTIME/./}
		if cni ADD sf "$1"; then
			echo $(((${EPOCHREALTIME/./} - t0) / 1000)) >>/tmp/times
			cp "/tmp/$1.out" "/tmp/$1.result"
			echo "$1" >>"$PACE"
			return
		fi
		[ "$(answer "$1" .code)" = 11 ] || break # no daemon: a runtime tries again
	done
	echo "$1: $(cat "/tmp/$1.out" "/tmp/$1.err")" >>/tmp/failed
}
# every third namespace goes first
del_one() {
	[ $((RANDOM % 3)) -ne 0 ] || ip netns del "$1"
	cni DEL sf "$1" || echo "$1: $(cat "/tmp/$1.out" "/tmp/$1.err")" >>/tmp/failed
	echo "$1" >>"$PACE"
}
WORKING=()
workers() {
	local cmd=$1 w i
	shift
	WORKING=()
	for ((w = 0; w < WORKERS; w++)); do
		for ((i = w + 1; i <= $#; i += WORKERS)); do $cmd "${!i}"; done &
		WORKING+=($!)
	done
}
done_of() { [ "$(wc -l <"$PACE")" -ge "$1" ]; }
killed_in_the_middle() {
	wait_for 120 done_of "$1"
	end_daemon KILL
	daemon
	wait "${WORKING[@]}"
}
failures() { cat /tmp/failed 2>/dev/null; }
mapfile -t NAMES < <(seq "$N" | sed 's,^,m,')
workers add_one "${NAMES[@]}"
killed_in_the_middle $((N * 2 / 5))
equal added "$(failures)" ''
repx -j port show | jq 'map(select(.owner == "cni"))' >/tmp/ports.json
equal all_have_a_port "$(jq length /tmp/ports.json)" "$N"
equal sf_numbers_differ "$(jq '[.[].sf.num] | unique | length' /tmp/ports.json)" "$N"
equal macs_differ "$(jq -r '.[].sf.mac' /tmp/ports.json | sort -u | wc -l)" "$N"
echo "# ADD of an SF, $N of them, 8 at once, pool of 8: $(told /tmp/times)"
: >"$PACE"
mapfile -t SHUFFLED < <(shuf -e "${NAMES[@]}")
workers del_one "${SHUFFLED[@]}"
killed_in_the_middle $((N * 2 / 5))
equal deleted "$(failures)" ''
all_gone() { [ "$(left)" = "$NOTHING" ] && [ -z "$(ls /run/repx/nic/debts 2>/dev/null)" ]; }
check debts_are_paid wait_for 60 all_gone
equal nothing_left "$(left)" "$NOTHING"
check pool_is_full_again wait_for 60 pool_ready 8/8
equal only_spare_sfs "$(grep -c sfnum "$KNOBS/sfs")" 8
check down repx down
wait "$DAEMON"
equal no_sf_left "$(grep -c sfnum "$KNOBS/sfs")" 0
[ "$FAILED" -eq 0 ] || tail -n 30 /tmp/run.log | sed 's/^/# /'
finish
