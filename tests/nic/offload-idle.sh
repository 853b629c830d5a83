#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# offload-idle.sh - traffic that begins after a pause gets rules and keeps them: the first
# counting may have been long ago
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

port up 'netdev: p0, role: uplink'
port a 'sf: {num: 1, eth: true}, vlan: {access: 10}'
config
echo 'offload: {promote: 1pps, idle: 2s}' >>$CONF
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
DAEMON=$!
ready() { [ -e /sys/class/net/sf1 ] && [ -S /run/repx/nic/control ]; }
check function_there wait_for 30 ready
ip link set sf1 up
ip link set wire0 up
BODY=0800$(printf '%092d' 0)
send() { "$TOOLS/rxsend" "$@" >/dev/null; }
offloaded() { repx -j flow show | jq -e 'any(.state == "offloaded" and .from == "a")'; }
number() { repx -j offload show | jq ".$1 // 0"; }
none() { [ "$(number rules)" = 0 ]; }
# whether the card has counted by the first look is chance: several flows, several times
for round in 1 2 3 4 5 6; do
	before=$(number causes.idle)
	seen=$(repx -j port show a | jq '.[0].offloaded.packets')
	send wire0 "ffffffffffff02000000ee018100000a$BODY"
	send sf1 "02000000ee0102000000aa0$round$BODY" 200 15000 &
	SENDER=$!
	check "in_$round" wait_for 5 offloaded
	counted() { [ "$(repx -j port show a | jq '.[0].offloaded.packets')" -gt "$seen" ]; }
	check "counted_$round" wait_for 5 counted
	equal "busy_is_not_idle_$round" "$(number causes.idle)" "$before"
	wait $SENDER
	check "then_idle_$round" wait_for 10 none
	read -rt 2.5 -u "$SILENT" # longer than offload.idle
done
kill -TERM $DAEMON
wait $DAEMON
repx down
finish
