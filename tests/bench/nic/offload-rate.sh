#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# offload-rate.sh - how fast rules are installed, against `tc -batch` with the same rules, and
# what keeping the counters of 10,000 costs, against one `tc -s filter show` a second
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/../../nic/switch.sh"

RULES=10000
port up 'netdev: p0, role: uplink'
port a 'sf: {num: 1, eth: true}, vlan: {access: 10}'
budget() {
	config
	echo "offload: {promote: 1pps, idle: 600s, max_rules: $1}" >>$CONF
}
budget 0
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
DAEMON=$!
ready() { [ -e /sys/class/net/sf1 ] && [ -S /run/repx/nic/control ]; }
check functions_there wait_for 30 ready
number() { repx -j offload show | jq ".$1"; }
us() { echo "${EPOCHREALTIME/./}"; }

"$TOOLS/offspread" sf1 10 161 100 100 wire0 12 even | sed 's/^/# /'
budget $RULES
check budget_raised repx apply $CONF
in_card() {
	local n
	read -r _ n <"$KNOBS/flows"
	echo "$n"
}
# what costs nothing to look at: how often the card was asked for a rule
check some_are_in wait_for 20 asked flow_add 200
t0=$(us)
n0=$(calls flow_add)
check all_are_in wait_for 60 asked flow_add $RULES
t1=$(us)
equal in_the_card "$(in_card)" $RULES
ours=$(((RULES - n0) * 1000000 / (t1 - t0)))

# --- counters
ticks() { read -r -a f <"/proc/$1/stat" && echo $((f[13] + f[14])); }
wait_for 3 false
c0=$(ticks $DAEMON)
t0=$(us)
wait_for 20 false
c1=$(ticks $DAEMON)
t1=$(us)
ours_us=$(((c1 - c0) * 10000 * 1000000 / (t1 - t0))) # of CPU, a second
cpu() { # CMD...: us of CPU that it takes
	local TIMEFORMAT='%U %S' u s
	read -r u s < <({ time "$@" >/dev/null 2>&1; } 2>&1)
	echo $((10#${u/./} * 1000 + 10#${s/./} * 1000))
}
tc_us=$(cpu tc -s filter show dev pf0sf1 ingress)
echo "# counters of $RULES rules: $ours_us us of CPU a second; one tc -s filter show: $tc_us us"
check counters_cost_a_tenth test $((10 * ours_us)) -le "$tc_us"

# --- tc -batch with the same rules
repx -j flow show why | jq -r '.[].rules[] | sub("^tc "; "")' >/tmp/batch
equal the_same_rules "$(wc -l </tmp/batch)" $RULES
kill -TERM $DAEMON
wait $DAEMON
equal none_are_left "$(in_card)" 0
head -n 2 /tmp/batch | sed 's/^/# /'
check batch_first tc -batch <(head -n "$n0" /tmp/batch)
t0=$(us)
check batch tc -batch <(tail -n +$((n0 + 1)) /tmp/batch)
t1=$(us)
theirs=$(((RULES - n0) * 1000000 / (t1 - t0)))
echo "# rules a second: repx $ours, tc -batch $theirs"
check rate_of_batch test $((10 * ours)) -ge $((8 * theirs))
tc filter del dev pf0sf1 ingress
repx down
finish
