#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# apply.sh - apply, apply again, undo: what is on the host before and after
# hooks: tcx clsact xdp xdp-generic
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

ALL=ff:ff:ff:ff:ff:ff A=02:00:00:00:00:0a
for t in up a b c; do tenant "$t"; done
in_ns sw ip link set dev c up # one netdev that was up before

# snapshot FILE: all that repx could leave on netdevs or in its folders
snapshot() {
	local d
	{
		in_ns sw ip -d link | grep -v 'qlen 1000$' | sed 's/ master [^ ]*//'
		in_ns sw tc qdisc | grep -v noqueue # what a netdev has once it was up
		for d in up a b c; do
			in_ns sw tc filter show dev "$d" ingress
			in_ns sw tc filter show dev "$d" egress
			in_ns sw ethtool -k "$d"
		done
		in_ns sw bpftool net
		find "$ROOT" -mindepth 2 -not -name lock 2>/dev/null | sort
	} >"$1" 2>&1
}
same() { diff "$TMP/$1" "$TMP/$2"; }

port up 'vlan: {trunk: all}'
port a 'vlan: {access: 10}'
port b 'vlan: {access: 10}'
port c 'vlan: {access: 20}'
snapshot "$TMP/before"

config >"$CONF"
check check_file repx check "$CONF"
check dry_run repx apply "$CONF" --dry-run
equal dry_run_lists "$(repx -j apply "$CONF" --dry-run | jq -c 'map(select(.object == "port")) | length')" 4
snapshot "$TMP/after_dry"
check dry_run_touches_nothing same before after_dry

# mistakes: all of them told, with their place, and nothing touched
sed 's/access: 20/access: 5000/; s/trunk: all/trunk: [4095], colour: red/' "$CONF" >"$TMP/bad.yaml"
out=$(repx apply "$TMP/bad.yaml" 2>&1)
equal bad_config_status $? 1
check bad_config_place grep -qE "bad.yaml:[0-9]+:[0-9]+: .+" <<<"$out"
between bad_config_all_mistakes "$(grep -c 'bad.yaml:' <<<"$out")" 3 9
snapshot "$TMP/after_bad"
check bad_config_touches_nothing same before after_bad

apply
check applied_changes grep -q a "$TMP/apply.log"
try forwards a "$(frame $ALL $A)" b="$(frame $ALL $A)" c= up="$(frame $ALL $A 8100.10)"
equal uplink_promisc "$(in_ns sw ip -d -j link show dev up | jq '.[0].promiscuity > 0')" true
snapshot "$TMP/applied"
equal second_apply_empty "$(repx -j apply "$CONF" | jq -c .)" '[]'
snapshot "$TMP/applied_again"
check second_apply_touches_nothing same applied applied_again
equal ports_up "$(repx -j port show | jq -c 'map(.state) | unique')" '["up"]'
case $HOOK in
tcx | clsact) equal hook_shown "$(port_json a '.[0].attach.tc + " " + .[0].attach.xdp')" "$HOOK none" ;;
xdp) equal hook_shown "$(port_json a '.[0].attach.xdp')" native ;;
xdp-generic) equal hook_shown "$(port_json a '.[0].attach.xdp')" generic ;;
esac

# a change of one port touches that port only
sed 's/access: 20/access: 21/' "$CONF" >"$TMP/change.yaml"
equal change_listed "$(repx -j apply "$TMP/change.yaml" | jq -c 'map([.op, .object, .name])')" '[["change","port","c"]]'
equal change_back "$(repx -j apply "$CONF" | jq -c 'map([.op, .object, .name])')" '[["change","port","c"]]'
# a file that cannot be applied leaves the running switch alone
repx apply "$TMP/bad.yaml" >/dev/null 2>&1
snapshot "$TMP/after_bad_running"
check bad_config_keeps_switch same applied after_bad_running
try still_forwards a "$(frame $ALL $A)" b="$(frame $ALL $A)" c=

# a port that goes from the file
check_without() { grep -v 'name: b,' "$CONF" >"$TMP/less.yaml" && repx apply "$TMP/less.yaml"; }
check port_removed check_without
try removed_gets_nothing a "$(frame $ALL $A)" b= up="$(frame $ALL $A 8100.10)"
equal removed_not_listed "$(repx -j port show | jq -c 'map(.name) | sort')" '["a","c","up"]'
equal removed_hook_gone "$(in_ns sw tc filter show dev b ingress)" ''
check back_again repx apply "$CONF"

# the CLI's own ports
in_ns sw ip link add name x type veth peer name y
check port_add repx port add x netdev x vlan '{access: 10}' attach "$HOOK"
equal port_add_owner "$(port_json x '.[0].owner')" cli
check apply_keeps_cli_port repx apply "$CONF"
equal cli_port_still_there "$(port_json x '.[0].name')" x
check port_del repx port del x
check_not port_del_again repx port del x
in_ns sw ip link del dev x

# a filter of somebody's: before repx on clsact, behind it on tcx, which is told
if [ "$HOOK" = tcx ] || [ "$HOOK" = clsact ]; then
	in_ns sw "$LIB_TOP/scripts/tc-acl.sh" add a 'udp port 9'
	repx apply "$CONF" >/dev/null 2>"$TMP/warnings"
	want=0
	[ "$HOOK" = clsact ] || want=1
	equal filter_behind_told "$(grep -c "port 'a': somebody's bpf filter .*(say attach: clsact" "$TMP/warnings")" $want
	in_ns sw "$LIB_TOP/scripts/tc-acl.sh" del a
	[ "$HOOK" = clsact ] || in_ns sw tc qdisc del dev a clsact
fi

# a netdev that is not there yet
sed 's/netdev: c,/netdev: later,/' "$CONF" >"$TMP/later.yaml"
check missing_applies repx apply "$TMP/later.yaml"
equal missing_shown "$(port_json c '.[0].state')" missing
check missing_back repx apply "$CONF"

check down repx down
snapshot "$TMP/after"
check down_leaves_nothing same before after
check_not down_again_says_so repx port show
check apply_after_down repx apply "$CONF"
check down_all repx down --all
snapshot "$TMP/after_all"
check down_all_leaves_nothing same before after_all
chmod 0777 "$ROOT"
check_not writable_root_refused repx apply "$CONF"
chmod 0755 "$ROOT"
check_not usage_error repx apply
repx frobnicate >/dev/null 2>&1
equal usage_status $? 2
finish
