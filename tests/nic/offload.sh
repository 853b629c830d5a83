#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# offload.sh - hot flows become rules of the eswitch, carry the traffic, are counted, shown
# and compared; they go with what they were made from; whoever else has rules is let be
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

MAC1=02:00:00:00:00:11 MAC2=02:00:00:00:00:12 MAC3=02:00:00:00:00:13
tenant w wire0
for v in 10 20; do
	in_ns w ip link add link wire0 name wire0.$v type vlan id $v
	in_ns w ip link set wire0.$v up
	in_ns w ip addr add 10.0.$v.9/24 dev wire0.$v
done
port uplink 'netdev: p0, role: uplink'
port a "sf: {num: 1, mac: \"$MAC1\", eth: true}, vlan: {access: 10}, guard: true"
port b "sf: {num: 2, mac: \"$MAC2\", eth: true}, vlan: {access: 10}"
port c "sf: {num: 3, mac: \"$MAC3\", eth: true}, vlan: {access: 20}, rate: {rx: 1500kbit}"
offload() {
	config
	echo "offload: {$1}" >>$CONF
}
offload 'promote: 1pps, idle: 4s'
# all but what a reset of the card changes
look() { numberless | sed -E 's#(p0: .*)link/ether [^ ]*#\1#'; }
look >/tmp/before
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
DAEMON=$!
ready() { [ -e /sys/class/net/sf1 ] && [ -e /sys/class/net/sf2 ] && [ -e /sys/class/net/sf3 ] && [ -S /run/repx/nic/control ]; }
check functions_there wait_for 30 ready
tenant n1 sf1 10.0.10.1/24
tenant n2 sf2 10.0.10.2/24
tenant n3 sf3 10.0.20.3/24
"$REPX_BUILD/repx" -j monitor >/tmp/events &
MONITOR=$!

# is STATE FROM TO [TYPE]
is() {
	repx -j flow show | jq -e "any(.state == \"$1\" and .from == \"$2\" and .to == \"$3\" and
		.ethertype == \"${4:-ipv4}\")"
}
number() { repx -j offload show | jq ".$1"; }
hw() { repx -j port show "$1" | jq ".[0].offloaded.$2"; }
sw() { repx -j port show "$1" | jq ".[0].rx.packets"; }
ours() { tc filter show dev "$1" ingress | grep -c 'cookie 72657078'; }
none() { [ "$(number rules)" = 0 ]; }

# steady traffic: pings
talk() { nsenter --net="/run/netns/$1" ping -n -q -i 0.1 "$2" >/dev/null 2>&1 & }
talk n1 10.0.10.9
PINGS=$!
talk n1 10.0.10.2
PINGS+=" $!"
talk n3 10.0.20.9
PINGS+=" $!"

# --- what is shown
check access_to_uplink wait_for 10 is offloaded a uplink
check uplink_to_access wait_for 10 is offloaded uplink a
check access_to_access wait_for 10 is offloaded a b
check back wait_for 10 is offloaded b a
check rate_refused wait_for 10 is refused c uplink
has reason_said "port 'c': rx rate limit is held in software" repx flow show
has why_has_the_rule 'tc filter add dev pf0sf1 ingress pref 13 .* vlan push id 10 protocol 802.1q .*redirect dev p0' repx flow show why port a
has why_of_one 'offload.promote is 1' repx flow show why src $MAC1 dst $MAC2
equal why_of_none "$(repx -j flow show why src $MAC1 dst $MAC1)" '[]'
before=$(sw a)
hw_grows() { [ "$(hw a packets)" -gt 40 ] && [ "$(hw a tx.packets)" -gt 40 ]; }
check hardware_counts wait_for 10 hw_grows
check software_sees_none_of_it test $(($(sw a) - before)) -lt 5
has uplink_counts_tags '"offloaded":\{"packets":[0-9]+,"bytes":[0-9]+' repx -j port show uplink
has verify '"differ":0' repx -j verify
has verify_for_people '^[1-9][0-9]* rules, 0 differ$' repx verify
has fdb_shows_it "$MAC1 +10 +a +dynamic offload" repx fdb show
has event_offloaded '"event":"offloaded","port":"a","mac":"02:00:00:00:00:11","vlan":10,"to":"uplink"' cat /tmp/events
has counters 'promotions, [0-9]+ demotions' repx offload show

# --- a rule that is wrong is found, taken out, and told with both results. (Somebody else
# took repx's cookie and changed it: the kernel's rule sends to another port.)
bad=$(repx -j flow show | jq -r '.[] | select(.from == "a" and .to == "b" and .state == "offloaded" and .ethertype == "ipv4") | "\(.pref) \(.handle)"')
cookie=$(tc filter show dev pf0sf1 ingress | grep -A20 "handle $(printf 0x%x "${bad#* }") " | sed -n 's/.*cookie \([0-9a-f]*\).*/\1/p' | head -n 1)
tc filter replace dev pf0sf1 ingress pref "${bad% *}" handle "${bad#* }" protocol ip flower skip_sw \
	src_mac $MAC1 dst_mac $MAC2 action mirred egress redirect dev pf0sf3 cookie "$cookie"
repx -j verify >/tmp/verify
equal wrong_rule_fails $? 1
equal both_results "$(jq -c '.differences[0] | [.hardware.out[0].port, .software.verdict, .software.out[0].port]' /tmp/verify)" '["c","forward","b"]'
equal it_went "$(tc filter show dev pf0sf1 ingress | grep -c 'redirect dev pf0sf3\|device pf0sf3')" 0
equal and_is_told "$(number causes.parity)" 1
check ping_again reach n1 10.0.10.2

# --- rules that the card takes and does not obey: their counters tell
wait_for 10 is offloaded a uplink
read -rt 3.5 -u "$SILENT" # what was under way has been counted
repx verify >/dev/null
knob deaf 1
in_ns n1 ping -n -q -i 0.002 -c 500 10.0.10.9 >/dev/null 2>&1
# by this, or by the daemon's own comparison
passed_by() {
	repx -j verify >/tmp/verify
	[ "$(number causes.parity)" -gt 1 ]
}
check counters_tell wait_for 5 passed_by
knob deaf 0
not_again() { repx -j flow show | jq -e 'any(.state == "software" and (.reason | startswith("the rule did something else")))'; }
check not_so_soon_again not_again
check but_after_a_change repx apply $CONF
check is_tried_again wait_for 10 is offloaded a uplink

# --- the output loses its link
check between_ports wait_for 10 is offloaded b a
ip link set pf0sf1 down
no_link() { repx -j flow show | jq -e 'any(.state == "refused" and .from == "b" and .reason == "port '"'a'"': no link")'; }
check link_down_takes_rules wait_for 5 no_link
ip link set pf0sf1 up
check and_back wait_for 10 is offloaded b a

# --- somebody's own rules
tc filter add dev pf0sf1 ingress pref 3 protocol ip flower skip_sw dst_mac 02:00:00:00:00:77 action drop
check rule_before_ours_is_fine wait_for 5 is offloaded a uplink
check theirs_and_ours test "$(ours pf0sf1)" -gt 0
equal theirs_untouched "$(tc filter show dev pf0sf1 ingress pref 3 | grep -c 'dst_mac 02:00:00:00:00:77')" 1
tc filter add dev pf0sf1 ingress pref 40 protocol ip flower skip_sw dst_mac 02:00:00:00:00:78 action drop 2>/dev/null ||
	tc filter add dev pf0sf1 ingress pref 16 protocol 802.1q flower skip_sw vlan_id 5 action drop
check rule_behind_ours_ends_it wait_for 5 is refused a uplink
equal none_of_ours "$(ours pf0sf1)" 0
has filter_reason "port 'a': somebody's tc filter" repx flow show
tc filter del dev pf0sf1 ingress pref 40 2>/dev/null || tc filter del dev pf0sf1 ingress pref 16
check back_when_it_goes wait_for 10 is offloaded a uplink
tc filter add dev pf0sf1 ingress pref 100 protocol ip flower skip_hw action ok
check software_filter_ends_it wait_for 5 is refused a uplink
tc filter del dev pf0sf1 ingress pref 100
check back_again wait_for 10 is offloaded a uplink

# --- somebody takes the qdisc away, with all that is in it
tc qdisc del dev pf0sf1 clsact
lost() { [ "$(number causes.lost)" -gt 0 ]; }
check lost_rules_are_noticed wait_for 10 lost
check and_made_anew wait_for 10 is offloaded a uplink

# --- the kernel refuses: its own words
fault flow_add 95
repx fdb flush
kernel_refuses() { repx -j flow show | jq -e 'any(.state == "refused" and (.reason | startswith("the kernel refused the rule: ")))'; }
check kernel_refusal wait_for 10 kernel_refuses
repx -j flow show | jq -r 'map(select(.state == "refused").reason) | unique[]' | sed 's/^/# /'
fault flow_add 0
check tried_again_after_a_change repx apply $CONF
offload 'promote: 1pps, idle: 4s, max_rules: 100'
check tried_again repx apply $CONF
check is_in wait_for 10 is offloaded a uplink

# --- an IP guard: not at all, or by prefix where that is asked for
port b "sf: {num: 2, mac: \"$MAC2\", eth: true}, vlan: {access: 10}, guard: {ip: [10.0.10.2, \"2001:db8::2\"]}"
offload 'promote: 1pps, idle: 4s'
check guarded repx apply $CONF
check ip_guard_in_software wait_for 10 is refused b a
offload 'promote: 1pps, idle: 4s, guard_ip: true'
check guard_by_prefix repx apply $CONF
check ip_guard_in_hardware wait_for 10 is offloaded b a
has prefix_is_matched 'src_ip 10.0.10.2/32' repx flow show why port b
check guarded_and_talking reach n2 10.0.10.1
in_ns n2 ip addr add 10.0.10.66/24 dev sf2
spoofs() { in_ns n2 ping -n -q -i 0.05 -c 3 -W 1 -I 10.0.10.66 10.0.10.1 >/dev/null 2>&1; }
check other_address_does_not_pass eval '! spoofs'
in_ns n2 ip addr del 10.0.10.66/24 dev sf2
port b "sf: {num: 2, mac: \"$MAC2\", eth: true}, vlan: {access: 10}"

# --- a reset of the card empties the book, and fills it again
knob reset 1
empty() { [ "$(number rules)" = 0 ]; }
check reset_empties wait_for 30 empty
refill() {
	[ -e /sys/class/net/sf1 ] || return 1
	ip netns del n1 2>/dev/null
	tenant n1 sf1 10.0.10.1/24
}
check functions_back wait_for 30 refill
talk n1 10.0.10.9
PINGS+=" $!"
check offloaded_again wait_for 20 is offloaded a uplink

# --- not asked for any more
offload 'enabled: false'
check disabled repx apply $CONF
equal rules_gone_at_once "$(ours pf0sf1) $(ours p0)" '0 0'
offload 'promote: 1pps, idle: 4s'
check enabled repx apply $CONF
check and_again wait_for 10 is offloaded a uplink

# --- killed; the file says something else; no wrong rule survives the start
kill -KILL $DAEMON
wait $DAEMON 2>/dev/null
check rules_outlive_it test "$(ours pf0sf1)" -gt 0
port a "sf: {num: 1, mac: \"$MAC1\", eth: true}, vlan: {access: 20}, guard: true"
offload 'enabled: false'
"$REPX_BUILD/repx" run $CONF >>/tmp/run.log 2>&1 &
DAEMON=$!
check daemon_again wait_for 20 repx -j offload show
wait_for 20 test -S /run/repx/nic/control
equal none_survives "$(ours pf0sf1) $(ours p0) $(ours pf0sf2)" '0 0 0'
check cut_off_now cut_off n1 10.0.10.9

# --- idle, stop, down
port a "sf: {num: 1, mac: \"$MAC1\", eth: true}, vlan: {access: 10}, guard: true"
offload 'promote: 1pps, idle: 4s'
check apply repx apply $CONF
check once_more wait_for 10 is offloaded a uplink
kill -TERM $DAEMON
wait $DAEMON
equal stop_takes_all "$(ours pf0sf1) $(ours p0)" '0 0'
check traffic_goes_on reach n1 10.0.10.9
"$REPX_BUILD/repx" run $CONF >>/tmp/run.log 2>&1 &
DAEMON=$!
check and_with_a_new_daemon wait_for 10 is offloaded a uplink
# shellcheck disable=SC2086 # pids
kill $PINGS 2>/dev/null
idle() { none && [ "$(number causes.idle)" -gt 0 ]; }
check idle_ones_go wait_for 15 idle
talk n1 10.0.10.9
PINGS=$!
check before_down wait_for 10 is offloaded a uplink

# --- a script that asks by mark, of traffic that is in hardware by then
port a "sf: {num: 1, mac: \"$MAC1\", eth: true}, vlan: {access: 10}, attach: clsact"
config "eswitch: {handle: \"$PCI\", mode: switchdev}, tc: {marks: true}"
echo 'offload: {promote: 1pps, idle: 4s}' >>$CONF
check marks repx apply $CONF
check in_hardware_with_marks wait_for 10 is offloaded a uplink
tc filter add dev pf0sf1 ingress pref 100 protocol ip flower skip_hw action skbedit mark 0x52500008 continue
marked() { repx -j flow show | jq -e 'any(.from == "a" and .state == "refused" and (.reason | test("asked by mark")))'; }
check mark_is_heard wait_for 8 marked
tc filter del dev pf0sf1 ingress pref 100

# --- other prefs, behind a rule of somebody's
tc filter add dev pf0sf1 ingress pref 9 protocol ip flower skip_sw dst_mac 02:00:00:00:00:79 action drop
config
echo 'offload: {promote: 1pps, idle: 4s, pref: 2}' >>$CONF
check prefs_before_it repx apply $CONF
check then_not wait_for 10 is refused a uplink
equal theirs_is_there "$(tc filter show dev pf0sf1 ingress pref 9 | grep -c 'dst_mac 02:00:00:00:00:79')" 1
tc filter del dev pf0sf1 ingress pref 9
tc filter del dev pf0sf1 ingress pref 3 2>/dev/null
kill $PINGS
sed 's/^/# /' /tmp/run.log
repx down
kill $MONITOR 2>/dev/null
wait $DAEMON
look >/tmp/after
check host_as_before diff /tmp/before /tmp/after
finish
