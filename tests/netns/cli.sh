#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cli.sh - documents, words, exit codes; and trace against what really happens
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

A=02:00:00:00:00:0a B=02:00:00:00:00:0b ALL=ff:ff:ff:ff:ff:ff
for t in up a b q; do tenant "$t"; done
port up 'vlan: {trunk: all}'
port a 'vlan: {access: 10}'
port b 'vlan: {trunk: [10, 20-29], native: 20}'
port q 'vlan: {tunnel: 100}'
port gone 'vlan: {access: 10}, netdev: nowhere'
PORTS[4]='{name: gone, netdev: nowhere, vlan: {access: 10}}'
apply

# usage STATUS CASE WORDS...: the exit status, and that something was told
usage() {
	local want=$1 name=$2 out
	shift 2
	out=$(repx "$@" 2>&1 >/dev/null)
	equal "$name" "$? $([ -n "$out" ] && echo told)" "$want told"
}

# --- words

usage 2 no_words
usage 2 unknown_object frobnicate
usage 2 no_prefix_of_object por show
usage 2 no_prefix_of_command port sho
usage 2 unknown_command port frobnicate
usage 2 too_many_words show more
usage 2 fdb_add_no_vlan fdb add $A port a
usage 2 fdb_add_no_port fdb add $A vlan 10
usage 2 fdb_bad_mac fdb add 02:00 port a vlan 10
usage 2 fdb_bad_vlan fdb show vlan 4095
usage 2 flow_bad_key flow show color red
usage 2 flow_why_half flow show why src
usage 1 flow_bad_mac flow show src 02:00
usage 2 offload_words offload show more
usage 2 verify_words verify all
usage 2 trace_no_frame trace port a
usage 2 trace_bad_hex trace port a hex 0x
usage 2 port_add_half port add x netdev
usage 1 fdb_group_mac fdb add $ALL port a vlan 10
usage 1 fdb_not_a_member fdb add $A port a vlan 11
usage 1 fdb_unknown_port fdb add $A port nobody vlan 10
usage 1 port_show_unknown port show nobody
usage 1 port_del_unknown port del nobody
usage 1 port_del_of_file port del a
usage 1 port_add_unknown_key port add x netdev nowhere2 vlan.access 10 colour red
usage 1 other_switch --switch nobody show
equal help_status "$(repx help >/dev/null 2>&1; echo $?)" 0
check help_of_object grep -q 'repx fdb flush' <<<"$(repx fdb help)"
check version grep -qE '^repx [0-9]' <<<"$(repx -V)"

# --- documents

equal verify_nothing "$(repx -j verify)" '{"rules":0,"differ":0,"passed_by":0,"differences":[]}'
equal no_offload "$(repx -j offload show | jq -c '[.running, .rules, .promotions]')" '[false,0,0]'
equal no_flows "$(repx -j flow show)" '[]'

equal port_show_keys "$(repx -j port show a | jq -c '.[0] | keys_unsorted')" \
	'["name","owner","netdev","ifindex","handle","role","state","attach","vlan","mac_count","rx","tx","offloaded","drops","events"]'
equal port_show_vlan "$(repx -j port show | jq -c 'map(.vlan)')" \
	'[{"trunk":"all"},{"access":10},{"trunk":[10,"20-29"],"native":20},{"tunnel":100},{"access":10}]'
equal port_show_role "$(repx -j port show | jq -c 'map(.role) | unique')" '["port","uplink"]'
equal port_show_missing "$(port_json gone '.[0] | "\(.state) \(.ifindex)"')" 'missing 0'
equal port_default_is_show "$(repx -j port | jq length)" 5
equal pretty "$(repx -j -p port show | jq -c .)" "$(repx -j port show | jq -c .)"
equal vlan_show "$(repx -j vlan show | jq -c '.[] | select(.port == "b") | .vlans | map({vlan, last, flags})')" \
	'[{"vlan":10,"last":null,"flags":[]},{"vlan":20,"last":null,"flags":["pvid","untagged"]},{"vlan":21,"last":29,"flags":[]}]'
equal show_problem "$(repx -j show | jq -r '.problems[0].name')" gone
equal show_no_daemon "$(repx -j show | jq .switch.daemon)" false
send a "$(frame $ALL $A)"
send a "$(frame $ALL $A 8100.10)"
wait_for 3 fdb_has $A a 10 dynamic
equal mac_count "$(port_json a '.[0].mac_count')" 1
equal drops_by_name "$(port_json a '.[0].drops | tojson')" '{"vlan":1}'
equal stats_show "$(repx -j stats show | jq -c '.[] | select(.port == "a") | {rx: .rx.packets, flooded, drops}')" \
	'{"rx":2,"flooded":1,"drops":{"vlan":1}}'
equal fdb_show_keys "$(repx -j fdb show | jq -c '.[0] | keys_unsorted')" '["mac","vlan","port","type","age_ms","offloaded"]'
check fdb_add repx fdb add $B port b vlan 10
equal fdb_show_port "$(repx -j fdb show port b | jq -c 'map(.mac)')" "[\"$B\"]"
equal fdb_show_vlan "$(repx -j fdb show vlan 20 | jq -c .)" '[]'
equal fdb_flush_spares_static "$(repx -j fdb flush | jq .flushed) $(repx -j fdb show | jq length)" '1 1'
check fdb_del repx fdb del $B vlan 10
usage 1 fdb_del_again fdb del $B vlan 10
for words in show 'port show' 'fdb show' 'vlan show' 'stats show' '-s show'; do
	# shellcheck disable=SC2086 # several words
	check "text_${words// /_}" grep -q . <<<"$(repx $words)"
done

# --- trace: the frames it promises are those that come out

# traced CASE FROM HEX RECEIVER...: compares with what the receivers get
traced() {
	local name=$1 from=$2 hex=$3 doc args=() r
	shift 3
	doc=$(repx -j trace port "$from" hex "$hex")
	for r in "$@"; do
		args+=("$r=$(jq -r --arg p "$r" '[.out[] | select(.port == $p) | .frame] | join(",")' <<<"$doc")")
	done
	try "$name" "$from" "$hex" "${args[@]}"
}
repx fdb flush >/dev/null
before=$(repx -j stats show | jq -Sc .)
out=$(repx -j trace port a hex "$(frame $ALL $A)")
equal trace_leaves_no_trace "$(repx -j stats show | jq -Sc .) $(repx -j fdb show)" "$before []"
equal trace_keys "$(jq -c keys_unsorted <<<"$out")" '["verdict","reason","in","out","steps"]'
equal trace_flood "$(jq -c '[.verdict, .reason, ([.out[].port] | sort)]' <<<"$out")" '["flood",null,["b","up"]]'
equal trace_drop "$(repx -j trace port a hex "$(frame $ALL $A 8100.10)" | jq -c '[.verdict, .reason, .out]')" '["drop","vlan",[]]'
equal trace_fields "$(repx -j trace port b dst $ALL src $A vlan 10 pcp 5 | jq -r '.out[] | select(.port == "up").frame' | cut -c1-36)" \
	"ffffffffffff02000000000a8100a00a0800"
equal trace_steps "$(jq -c '.steps | map(has("step") and has("text")) | all' <<<"$out")" true
traced trace_access_to_trunk a "$(frame $ALL $A)" up b q
traced trace_pcp_kept b "$(frame $ALL $B 8100.10.5)" up a q
traced trace_native b "$(frame $ALL $B)" up a q
traced trace_tunnel q "$(frame $ALL 02:00:00:00:00:0c 8100.10)" up a b
traced trace_from_tunnel up "$(frame $ALL 02:00:00:00:00:0d 88a8.100.3 8100.10)" a b q
traced trace_known up "$(frame $A 02:00:00:00:00:0d 8100.10)" a b q
equal trace_forward "$(repx -j trace port up hex "$(frame $A 02:00:00:00:00:0d 8100.10)" | jq -c '[.verdict, .out[].port]')" '["forward","a"]'
usage 1 trace_missing_port trace port gone hex "$(frame $ALL $A)"
# a capture with two frames, the second cut short: its length counts
printf '\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0' >"$TMP/two.pcap"
for len in '\x10' '\x40'; do
	printf '%b' "\0\0\0\0\0\0\0\0\x10\0\0\0$len\0\0\0"'\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x0a\x88\xb5\0\0' >>"$TMP/two.pcap"
done
equal trace_pcap "$(repx -j trace port a pcap "$TMP/two.pcap" | jq -c 'map(.out[] | select(.port == "b").frame | length / 2)')" '[20,68]'
usage 1 trace_not_pcap trace port a pcap "$CONF"

# --- mistakes in a file, for people and for programs

echo 'ports: [{name: a, colour: red}]' >"$TMP/bad.yaml"
equal bad_file_json "$(repx -j apply "$TMP/bad.yaml" 2>/dev/null | jq -c 'map([has("file", "line", "col", "text")] | all) | all and length > 0')" true
usage 1 bad_file apply "$TMP/bad.yaml"
usage 1 no_file apply "$TMP/nothing.yaml"

# --- several switches

sed 's/name: sw0/name: sw1/; /netdev: [a-z]*,/d' "$CONF" >"$TMP/sw1.yaml"
printf '  - {name: x, netdev: elsewhere, vlan: {access: 10}}\n' >>"$TMP/sw1.yaml"
check second_switch repx apply "$TMP/sw1.yaml"
out=$(repx show 2>&1)
equal several_status $? 1
check several_named grep -qE 'sw0.*sw1|sw1.*sw0' <<<"$out"
equal one_of_several "$(repx -j --switch sw1 show | jq -r .switch.name)" sw1
equal down_all "$(repx -j down --all | jq -c 'map(.name) | sort')" '["sw0","sw1"]'
usage 1 none_left show
finish
