#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# daemon.sh - repx run: owner, reload, crash, hotplug, control socket, monitor
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

A=02:00:00:00:00:0a B=02:00:00:00:00:0b ALL=ff:ff:ff:ff:ff:ff
SOCKET=$ROOT/run/sw0/control
mkdir -m 0755 "$ROOT"
for t in a b c; do tenant "$t"; done
port a 'vlan: {access: 10}'
port b 'vlan: {access: 10}'
port late 'vlan: {access: 10}'
config >"$CONF"

# daemon CASE: starts one; its pid is in DAEMON. It is the ready message to systemd
# that is waited for.
DAEMON='' NOTIFY=''
daemon() {
	# it takes its socket away when it ends: not the next one's
	if [ -n "$NOTIFY" ]; then
		kill "$NOTIFY"
		wait "$NOTIFY"
	fi
	rm -f "$TMP/notify" "$TMP/notified"
	bg sw socat -u UNIX-RECV:"$TMP/notify" OPEN:"$TMP/notified",creat,append
	NOTIFY=$BG
	wait_for 5 test -S "$TMP/notify"
	NOTIFY_SOCKET=$TMP/notify bg sw "$BUILD/repx" --root "$ROOT" run "$CONF" 2>>"$TMP/daemon.log"
	DAEMON=$BG
	if wait_for 10 grep -q READY=1 "$TMP/notified"; then
		ok "$1"
	else
		not_ok "$1" "$(tail -n 3 "$TMP/daemon.log")"
	fi
}
daemon_gone() { ! kill -0 "$DAEMON" 2>/dev/null; }
# call METHOD [PARAMS]: over the socket, as anybody's script would
call() {
	local params=${2:-"{}"}
	printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}\n' "$1" "$params" |
		socat -t 10 - "UNIX:$SOCKET"
}
state() { port_json "$1" '.[0].state'; }
is_state() { [ "$(state "$1")" = "$2" ]; }
event() { jq -se --arg e "$2" --arg p "$3" 'any(.[]; .event == $e and .port == $p)' "$1"; }
# links of the data path, to see that nothing was attached anew
attached() { in_ns sw tc filter show dev a ingress | grep -oE ' id [0-9]+'; }

daemon starts
equal notifies_status "$(grep -c 'STATUS=switch sw0: 3 ports, 1 missing' "$TMP/notified")" 1
for t in a b c; do wait_for 3 link_up "$t" eth0; done
equal port_up "$(state a)" up
equal port_missing "$(state late)" missing
try forwards a "$(frame $ALL $A)" b="$(frame $ALL $A)" c=
send b "$(frame $ALL $B)"
check learns wait_for 3 fdb_has $B b 10 dynamic

# --- one owner

out=$(in_ns sw timeout 20 "$BUILD/repx" --root "$ROOT" run "$CONF" 2>&1)
equal second_owner_refused $? 1
check second_owner_told grep -q "another daemon" <<<"$out"
check first_owner_lives kill -0 "$DAEMON"

# --- the socket

equal socket_mode "$(stat -c %a:%U "$SOCKET")" 660:root
equal socket_hello "$(call hello | jq -r '.result.switch')" sw0
equal socket_same_document "$(call port.show | jq -Sc '.result | map(del(.rx, .tx, .mac_count))')" \
	"$(repx -j port show | jq -Sc 'map(del(.rx, .tx, .mac_count))')"
equal socket_batch "$(printf '[%s,%s]\n' '{"jsonrpc":"2.0","id":1,"method":"hello"}' \
	'{"jsonrpc":"2.0","id":2,"method":"nobody"}' | socat -t 10 - "UNIX:$SOCKET" |
	jq -c 'map(.error.code)')" '[null,-32601]'
equal socket_not_json "$(echo nonsense | socat -t 10 - "UNIX:$SOCKET" | jq .error.code)" -32700
equal socket_too_long "$(head -c 1100000 /dev/zero | tr '\0' ' ' |
	socat -t 10 - "UNIX:$SOCKET" 2>/dev/null | jq .error.code)" -32600
equal socket_many_lines "$(for _ in {1..100}; do
	echo '{"jsonrpc":"2.0","id":1,"method":"hello"}'
done | socat -t 10 - "UNIX:$SOCKET" | jq -s length)" 100
# a client that asks and does not read holds up nobody
mkfifo "$TMP/never"
(
	exec 3<>"$TMP/never"
	for _ in {1..2000}; do echo '{"jsonrpc":"2.0","id":1,"method":"port.show"}'; done |
		socat -u - "UNIX:$SOCKET" 2>/dev/null &
	exec sleep 30
) &
SLOW=$!
equal socket_slow_client_no_harm "$(call hello | jq -r '.result.switch')" sw0
kill "$SLOW" 2>/dev/null

# --- who may change

flush='{"jsonrpc":"2.0","id":1,"method":"fdb.flush"}'
as_group() { setpriv --reuid 65534 --regid 65534 --groups "$(stat -c %g "$SOCKET")" "$@"; }
chmod 0755 "$TMP"
equal group_reads "$(echo '{"jsonrpc":"2.0","id":1,"method":"hello"}' |
	as_group socat -t 10 - "UNIX:$SOCKET" | jq -r .result.switch)" sw0
equal group_cannot_change "$(echo "$flush" | as_group socat -t 10 - "UNIX:$SOCKET" | jq .error.code)" -32001
check nothing_was_flushed fdb_has $B b 10 dynamic
check group_cli_reads as_group "$BUILD/repx" --root "$ROOT" port show
check_not group_cli_cannot_change as_group "$BUILD/repx" --root "$ROOT" fdb flush
check_not others_cannot_connect setpriv --reuid 65534 --regid 65534 --clear-groups \
	socat -u OPEN:/dev/null "UNIX:$SOCKET"
echo "$flush" | socat -t 10 - "UNIX:$SOCKET" >/dev/null
check_not root_flushes fdb_has $B b 10

# --- the command line goes through the daemon

check fdb_add repx fdb add 02:00:00:00:00:77 port a vlan 10
check fdb_added fdb_has 02:00:00:00:00:77 a 10 static
check port_add repx port add c netdev c vlan.access 10 attach "$HOOK"
try port_add_forwards a "$(frame $ALL $A)" b="$(frame $ALL $A)" c="$(frame $ALL $A)"
equal port_add_owner "$(port_json c '.[0].owner')" cli
check port_del repx port del c
try port_del_stops a "$(frame $ALL $A)" b="$(frame $ALL $A)" c=
equal apply_again "$(repx -j apply "$CONF" 2>/dev/null)" '[]'
cp "$CONF" "$TMP/other.yaml"
check other_file_warns grep -q "goes back to" <<<"$(repx apply "$TMP/other.yaml" 2>&1)"
out=$(repx fdb add $ALL port a vlan 10 2>&1)
equal daemon_refuses $? 1
check daemon_says_why grep -q '^repx: ' <<<"$out"

# --- monitor, two at a time

bg sw "$BUILD/repx" -j --root "$ROOT" monitor >"$TMP/events"
M1=$BG
bg sw "$BUILD/repx" --root "$ROOT" monitor >"$TMP/lines"
M2=$BG
# they may not listen yet
learnt_event() {
	send a "$(frame "$ALL" 02:00:00:00:01:01)"
	repx fdb del 02:00:00:00:01:01 vlan 10
	event "$1" learnt a
}
learnt_line() {
	learnt_event "$TMP/events"
	grep -qE '^20[0-9-]+T[0-9:.]+Z learnt port a 02:00:00:00:01:01 vlan 10$' "$TMP/lines"
}
check monitor_learnt wait_for 5 learnt_event "$TMP/events"
check monitor_removed wait_for 5 event "$TMP/events" removed a
check monitor_lines wait_for 5 learnt_line

# --- hotplug

tenant late
check hotplug_up wait_for 5 is_state late up
wait_for 3 link_up late eth0
try hotplug_forwards late "$(frame $ALL 02:00:00:00:00:0d)" a="$(frame $ALL 02:00:00:00:00:0d)"
check monitor_port_up wait_for 5 event "$TMP/events" port_up late
in_ns sw ip link del late
check hotplug_gone wait_for 5 is_state late missing
check monitor_port_missing wait_for 5 event "$TMP/events" port_missing late
check_not hotplug_gone_fdb fdb_has 02:00:00:00:00:0d late 10
kill "$M1" "$M2"
wait "$M1" "$M2" 2>/dev/null

# --- reload

before=$(attached)
sed 's/name: b, netdev: b/name: b, isolated: true, netdev: b/; s/name: a, netdev: a/name: a, isolated: true, netdev: a/' \
	"$CONF" >"$TMP/new.yaml"
cp "$CONF" "$TMP/old.yaml"
: >"$TMP/notified"
cat "$TMP/new.yaml" >"$CONF"
kill -HUP "$DAEMON"
check reload_notifies wait_for 5 grep -q READY=1 "$TMP/notified"
try reload_applied a "$(frame $ALL $A)" b=
: >"$TMP/notified"
echo 'ports: [{name: a, netdev: a, colour: red}]' >"$CONF"
kill -HUP "$DAEMON"
wait_for 5 grep -q READY=1 "$TMP/notified"
check reload_mistake_told wait_for 5 grep -qE 'sw.yaml:1:[0-9]+: ' "$TMP/daemon.log"
check reload_mistake_survives kill -0 "$DAEMON"
: >"$TMP/notified"
cat "$TMP/old.yaml" >"$CONF"
kill -HUP "$DAEMON"
wait_for 5 grep -q READY=1 "$TMP/notified"
try reload_back a "$(frame $ALL $A)" b="$(frame $ALL $A)"
equal reload_keeps_programs "$(attached)" "$before"

# --- crash

send b "$(frame $ALL $B)"
wait_for 3 fdb_has $B b 10 dynamic
kill -KILL "$DAEMON"
wait "$DAEMON" 2>/dev/null
check crash_fdb_stays fdb_has $B b 10 dynamic
check crash_static_stays fdb_has 02:00:00:00:00:77 a 10 static
try crash_forwards a "$(frame $B $A)" b="$(frame $B $A)" c=
check crash_change_without_daemon repx fdb add 02:00:00:00:00:78 port a vlan 10
daemon takes_over
check takes_over_fdb fdb_has $B b 10 dynamic
equal takes_over_programs "$(attached)" "$before"
check takes_over_socket test "$(call hello | jq -r .result.pid)" = "$DAEMON"

# --- end

kill -TERM "$DAEMON"
wait "$DAEMON"
equal term_status $? 0
check term_notifies wait_for 2 grep -q STOPPING=1 "$TMP/notified"
check_not term_no_socket test -e "$SOCKET"
try term_forwards a "$(frame $B $A)" b="$(frame $B $A)" c=
check term_fdb_stays fdb_has $B b 10 dynamic

# without a daemon a monitor reads for itself, and only one
bg sw "$BUILD/repx" -j --root "$ROOT" monitor >"$TMP/alone"
M1=$BG
check alone_learnt wait_for 5 learnt_event "$TMP/alone"
check alone_removed wait_for 5 event "$TMP/alone" removed a
out=$(in_ns sw timeout 10 "$BUILD/repx" --root "$ROOT" monitor 2>&1)
equal alone_second_refused $? 1
check alone_second_told grep -q 'repx run' <<<"$out"
kill -TERM "$M1"
wait "$M1"
equal alone_ends $? 0
equal alone_stops_watching "$(repx -j show >/dev/null; in_ns sw bpftool -j map dump pinned "$ROOT/bpf/sw0/maps/repx_cfg" |
	jq '.[0].formatted.value.watch // .[0].formatted.watch')" 0

daemon starts_again
check down repx down
check down_ends_daemon wait_for 5 daemon_gone
wait "$DAEMON"
equal down_status $? 0
check_not down_leaves_nothing test -e "$ROOT/run/sw0"
for t in a b c; do in_ns sw ip link set dev "$t" up; done
for t in a b c; do wait_for 3 link_up "$t" eth0; done
try down_stops a "$(frame $ALL $A)" b= c=
finish
