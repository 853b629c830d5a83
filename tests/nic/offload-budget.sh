#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# long: yes
# offload-budget.sh - more hot flows than rules: the rules carry the top of the traffic, no
# port takes those of another, and a card that is full is not asked again and again
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

port up 'netdev: p0, role: uplink'
port a 'sf: {num: 1, eth: true}, vlan: {access: 10}'
port b 'sf: {num: 2, eth: true}, vlan: {access: 10}'
budget() {
	config
	echo "offload: {promote: 1pps, idle: 20s, max_rules: $1}" >>$CONF
}
budget 1000
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
DAEMON=$!
ready() { [ -e /sys/class/net/sf1 ] && [ -e /sys/class/net/sf2 ] && [ -S /run/repx/nic/control ]; }
check functions_there wait_for 30 ready
number() { repx -j offload show | jq ".$1"; }
carried() { repx -j port show a | jq -r '.[0] | "\(.offloaded.packets) \(.rx.packets)"'; }

# --- 20,000 flows, of which the n-th has 1/n of the first's frames, for 1,000 rules
"$TOOLS/offspread" sf1 10 161 200 100 wire0 70 >/tmp/spread &
S1=$!
full() { [ "$(number rules)" -ge 990 ]; }
check rules_are_used wait_for 30 full
# the best there is: ln(1001) / ln(20001) of the frames; nine tenths of that. Rates become
# known sooner or later, as fast as the guest is.
read -r hw0 sw0 < <(carried)
best() {
	local hw sw hw1 sw1
	read -rt 5 -u "$SILENT"
	read -r hw1 sw1 < <(carried)
	hw=$((hw1 - hw0)) sw=$((sw1 - sw0)) hw0=$hw1 sw0=$sw1
	share=$((1000 * hw / (hw + sw)))
	echo "# hardware carried $hw of $((hw + sw)) frames: $share of 1000, the best possible are 698" >&3
	[ "$share" -ge 628 ]
}
exec 3>&1
check share_of_the_best wait_for 40 best
equal no_more_than_its_rules "$(($(number rules) <= 1000))" 1

# --- another port with a few flows, of much less traffic
"$TOOLS/offspread" sf2 10 162 1 5 wire0 0 >/dev/null
for i in 0 1 2 3 4; do
	"$TOOLS/rxsend" sf2 "02ee0000000${i}02a2000000000800$(printf '%092d' 0)" 2000 100000 >/dev/null &
done
quiet() { repx -j flow show port b | jq -e 'map(select(.state == "offloaded" and .from == "b")) | length == 5'; }
check quiet_port_has_its_rules wait_for 20 quiet
budget 100
check smaller_budget repx apply $CONF
fits() { [ "$(number rules)" -le 100 ]; }
check rules_went wait_for 5 fits
check quiet_port_keeps_them wait_for 5 quiet
repx offload show | sed 's/^/# /'
kill $S1

# --- a card that takes 40
budget 0
check no_budget repx apply $CONF
none() { [ "$(number rules)" = 0 ]; }
check no_rules wait_for 5 none
knob max_flows 40
budget 1000
"$TOOLS/offspread" sf1 10 161 20 10 wire0 20 >/dev/null &
check larger_budget repx apply $CONF
card_full() { [ "$(number refusals.full)" -gt 0 ]; }
check full_card_is_told wait_for 10 card_full
# the batches of one round may hear it, then nobody is asked any more
wait_for 3 false
asked=$(number refusals.full)
wait_for 5 false
equal not_asked_again "$(number refusals.full)" "$asked"
equal room_is_told "$(($(number room) <= 40 && $(number rules) <= 40))" 1
check state_of_the_rest jq -e 'any(.state == "software" and (.reason | startswith("the card takes no more")))' <(repx -j flow show)
knob max_flows 65536
repx offload show | sed 's/^/# /'
kill -TERM $DAEMON
wait $DAEMON
cat /tmp/run.log
jobs -p | xargs -r kill 2>/dev/null
repx down
finish
