#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# offload-address.sh - addresses under rules: one that moves takes them out at once, one
# whose traffic is in hardware does not age out, a silent one does; what is done to the FDB
# by hand counts for hardware, too
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

port up 'netdev: p0, role: uplink'
port a 'sf: {num: 1, eth: true}, vlan: {access: 10}'
port b 'sf: {num: 2, eth: true}, vlan: {access: 10}'
config "eswitch: {handle: \"$PCI\", mode: switchdev}, fdb: {ageing: 6s}"
echo 'offload: {promote: 1pps, idle: 30s}' >>$CONF
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
DAEMON=$!
ready() { [ -e /sys/class/net/sf1 ] && [ -e /sys/class/net/sf2 ] && [ -S /run/repx/nic/control ]; }
check functions_there wait_for 30 ready

# --- moves
"$TOOLS/offmove" /run/repx/nic/control sf1 sf2 "${MOVES:-10}" >/tmp/moves 2>&1
equal moves_below_100_ms $? 0
sed 's/^/# /' /tmp/moves

# --- ages: A sends to W through hardware alone, W is silent, and refreshed by nobody
A=02000000aa01 W=02000000ee02 B=02000000bb01
send() { "$TOOLS/rxsend" "$@" >/dev/null; }
# frame DST SRC [TAG]
frame() { echo "$1$2${3:-}0800$(printf '%092d' 0)"; }
ip link set wire0 up
entry() { repx -j fdb show vlan 10 | jq -r --arg m "$(sed 's/../&:/g; s/:$//' <<<"$1")" \
	'map(select(.mac == $m))[0] | if . == null then "none" else '"$2"' end'; }
steady() { "$TOOLS/rxsend" "$@" >/dev/null & }
offloaded() { repx -j flow show port "$1" | jq -e "any(.state == \"offloaded\" and .from == \"$1\" and .to == \"$2\")"; }
send sf1 "$(frame ffffffffffff $A)"
send wire0 "$(frame ffffffffffff $W 8100000a)"
steady sf1 "$(frame $W $A)" 1000 20000
S1=$!
steady wire0 "$(frame $A $W 8100000a)" 150 20000 # 3 s: then W is silent
check both_ways wait_for 5 offloaded a up
check back wait_for 5 offloaded up a
equal shown_in_fdb "$(entry $A .offloaded)" true
before=$(repx -j port show a | jq '.[0].rx.packets')
gone() { [ "$(entry "$1" .type)" = none ]; }
check silent_one_ages_out wait_for 15 gone $W
equal its_rule_went "$(repx -j flow show port a | jq 'map(select(.state == "offloaded" and .to == "up")) | length')" 0
equal busy_one_stays "$(entry $A .type)" dynamic
echo "# frames of A that came to software until then: $(($(repx -j port show a | jq '.[0].rx.packets') - before)), in hardware: $(repx -j port show a | jq '.[0].offloaded.packets')"
kill $S1
repx offload show | sed 's/^/# /'

# --- by hand: a static entry elsewhere, flush
send wire0 "$(frame ffffffffffff $W 8100000a)"
steady sf1 "$(frame $W $A)" 2000 10000
S1=$!
check again wait_for 5 offloaded a up
repx fdb add 02:00:00:00:ee:02 port b vlan 10
equal static_elsewhere "$(repx -j flow show port a | jq 'map(select(.state == "offloaded" and .to == "up")) | length')" 0
goes_to_b() { repx -j flow show | jq -e 'any(.state == "offloaded" and .from == "a" and .to == "b")'; }
check and_then_there wait_for 5 goes_to_b
repx fdb del 02:00:00:00:ee:02 vlan 10
equal deleted "$(repx -j offload show | jq .rules)" 0
kill $S1
send sf2 "$(frame ffffffffffff $B)"
steady sf1 "$(frame $B $A)" 2000 10000
S1=$!
check between_ports wait_for 5 goes_to_b
repx fdb flush port b
equal flushed "$(repx -j flow show | jq 'map(select(.state == "offloaded" and .to == "b")) | length')" 0
kill $S1

# --- without a daemon: a change by hand finds rules of one that was killed
send sf2 "$(frame ffffffffffff $B)"
steady sf1 "$(frame $B $A)" 3000 10000
S1=$!
check before_the_kill wait_for 5 goes_to_b
kill -KILL $DAEMON
wait $DAEMON 2>/dev/null
ours() { tc filter show dev pf0sf1 ingress | grep -c 'cookie 72657078'; }
equal rules_outlive_it "$(ours)" 1
repx fdb flush
equal flush_takes_them "$(ours)" 0
kill $S1
repx down
equal no_qdisc_left "$(tc qdisc show dev p0 | grep -c clsact)" 0
finish
