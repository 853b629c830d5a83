#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# crash.sh - the daemon killed at any moment, while frames flow: none is lost
#
# The first kills come while it starts, when it loads, attaches or takes over; the
# frames themselves are the clock. REPX_KILLS: how many (12).
# hooks: tcx clsact xdp
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

KILLS=${REPX_KILLS:-12}
RANDOM=${REPX_SEED:=$$}
echo "# REPX_SEED=$REPX_SEED"
A=02:00:00:00:00:0a B=02:00:00:00:00:0b QUIET=02:00:00:00:00:0c
for t in a b c; do tenant "$t"; done
for t in a b c; do port "$t" 'vlan: {access: 10}'; done
apply
send b "$(frame $A $B)"
send c "$(frame $A $QUIET)"
wait_for 3 fdb_has $QUIET c 10 dynamic

record b "$TMP/b" 300
receiver=$BG
bg a "$TOOLS/rxsend" -s eth0 "$(frame $B $A)" 1000000 1000 >/dev/null
sender=$BG
frames() { wc -l <"$TMP/b"; }
passed() { [ "$(frames)" -ge "$1" ]; }
socket_answers() { [ -S "$ROOT/run/sw0/control" ] && repx -j show | jq -e .switch; }

wait_for 5 passed 100
for ((i = 0; i < KILLS; i++)); do
	bg sw "$BUILD/repx" --root "$ROOT" run "$CONF" 2>>"$TMP/run.log"
	daemon=$BG
	wait_for 10 passed $(($(frames) + RANDOM % 400))
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null
done
bg sw "$BUILD/repx" --root "$ROOT" run "$CONF" 2>>"$TMP/run.log"
daemon=$BG
check last_one_takes_over wait_for 10 socket_answers
check learnt_entries_are_there fdb_has $QUIET c 10 dynamic
wait_for 5 passed $(($(frames) + 100))
kill -TERM "$daemon"
wait "$daemon"
equal ends_well $? 0
wait_for 5 passed $(($(frames) + 100))
stop "$sender"
stop "$receiver"

awk -v mac="${A//:/}" 'NF == 2 && substr($2, 13, 12) == mac { print substr($2, length($2) - 7) }' \
	"$TMP/b" | sort >"$TMP/numbers"
first=$(head -n 1 "$TMP/numbers") last=$(tail -n 1 "$TMP/numbers")
equal none_lost_none_twice "$(sort -u "$TMP/numbers" | wc -l) of $(wc -l <"$TMP/numbers")" \
	"$((16#$last - 16#$first + 1)) of $((16#$last - 16#$first + 1))"
equal kills "$i" "$KILLS"
check apply_after_all repx apply "$CONF"
check down repx down
echo "# $((16#$last + 1)) frames passed during $i kills"
finish
