#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# scale.sh - 500 SFs on a card: one more costs as many netlink messages as the first
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

N=500
CONF=/tmp/scale.yaml
SOCK=/run/repx/nic/control
repx() { "$REPX_BUILD/repx" "$@"; }
conf() { # conf COUNT
	local i
	echo "version: 1"
	echo "switch: {name: nic, eswitch: {handle: \"$PCI\", mode: switchdev}}"
	echo "ports:"
	echo "  - {name: uplink, netdev: p0, role: uplink}"
	for ((i = 1; i <= $1; i++)); do
		printf '  - {name: s%d, sf: {num: %d, mac: "02:00:00:01:%02x:%02x", eth: true}, vlan: {access: %d}, guard: true}\n' \
			"$i" "$i" $((i >> 8)) $((i & 255)) $((i % 4000 + 1))
	done
}
# messages COMMAND...: what the daemon sent and received meanwhile
hello() { echo '{"jsonrpc":"2.0","id":1,"method":"hello"}' | socat -t 5 - "UNIX-CONNECT:$SOCK" | jq -r '.result.netlink | "\(.sent) \(.received)"'; }
settled() { # the daemon has nothing more to say to the kernel
	local last now
	last=$(hello)
	sleep 1.5 # the pause between two looks: carriers are told of a second late
	now=$(hello)
	[ "$last" = "$now" ]
}
messages() {
	local s0 r0 s1 r1
	wait_for 20 settled
	read -r s0 r0 < <(hello)
	"$@" >/tmp/messages.out 2>&1 || return 1
	wait_for 20 settled
	read -r s1 r1 < <(hello)
	echo "$((s1 - s0)) $((r1 - r0))" >/tmp/messages.count
}
add() { repx sf add extra num 4000 mac 02:00:00:02:00:01 eth true vlan.access 5 guard true; }
within_twice() { [ "$2" -le $((2 * $1)) ]; }

conf 0 >$CONF
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
DAEMON=$!
check daemon_runs wait_for 20 test -S $SOCK

check first_added messages add
read -r FIRST_SENT FIRST_RECEIVED </tmp/messages.count
check first_shown messages repx -j sf show extra
check first_deleted messages repx sf del extra
read -r a b </tmp/messages.count
FIRST_DEL=$((a + b))

conf $N >$CONF
t0=${EPOCHREALTIME/./}
check many_applied repx apply $CONF
echo "# $N SFs made in $(((${EPOCHREALTIME/./} - t0) / 1000)) ms"
equal many_there "$(grep -c ' state in_use ' "$KNOBS/sfs")" $N
t0=${EPOCHREALTIME/./}
equal many_again "$(repx -j apply $CONF | json .)" '[]'
echo "# looked through again in $(((${EPOCHREALTIME/./} - t0) / 1000)) ms"

check last_added messages add
read -r LAST_SENT LAST_RECEIVED </tmp/messages.count
echo "# messages to add one: first $FIRST_SENT sent $FIRST_RECEIVED received, with $N there $LAST_SENT and $LAST_RECEIVED"
check as_many_sent within_twice "$FIRST_SENT" "$LAST_SENT"
check as_many_received within_twice "$FIRST_RECEIVED" "$LAST_RECEIVED"

# the command looks for itself: counted by its system calls
show_calls() { strace -f --seccomp-bpf -e trace=sendto,recvmsg,recvfrom -o /tmp/calls "$REPX_BUILD/repx" -j sf show "$1" >/tmp/shown && wc -l </tmp/calls; }
ONE=$(show_calls extra)
equal one_shown "$(jq -r '.[0].representor' /tmp/shown)" pf0sf4000
check one_is_no_dump test "$ONE" -le 60
t0=${EPOCHREALTIME/./}
equal all_shown "$(repx -j sf show | jq length)" $((N + 1))
echo "# sf show of one: $ONE socket calls; of all: $(((${EPOCHREALTIME/./} - t0) / 1000)) ms"
check last_deleted messages repx sf del extra
read -r a b </tmp/messages.count
check as_many_deleted within_twice "$FIRST_DEL" $((a + b))

kill $DAEMON
wait $DAEMON
[ "$FAILED" -eq 0 ] || { tail -n 20 /tmp/run.log /tmp/messages.out | sed 's/^/# /'; }
finish
