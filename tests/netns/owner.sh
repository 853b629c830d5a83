#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# owner.sh - ports of the network plugin: whose they are, how they change, debts that it
# leaves while no daemon runs
# hooks: clsact
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

A=02:00:00:00:00:0a B=02:00:00:00:00:0b C=02:00:00:00:00:0c ALL=ff:ff:ff:ff:ff:ff
SOCKET=$ROOT/run/sw0/control DEBTS=$ROOT/run/sw0/debts
mkdir -m 0755 "$ROOT"
for t in a b c d; do tenant "$t"; done
port a 'vlan: {access: 10}'
config >"$CONF"

DAEMON=
start() {
	bg sw "$BUILD/repx" --root "$ROOT" run "$CONF" 2>>"$TMP/daemon.log"
	DAEMON=$BG
	check "$1" wait_for 10 repx_answers
}
end_daemon() {
	kill "-$1" "$DAEMON"
	wait "$DAEMON" 2>/dev/null
}
# call METHOD PARAMS [FILTER]
call() {
	printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}\n' "$1" "$2" |
		socat -t 10 - "UNIX:$SOCKET" | jq -rc "${3:-.}"
}
repx_answers() { call hello '{}' .result.pid | grep -qx "$DAEMON"; }
ops() { call "$1" "$2" '.result // [] | map("\(.op) \(.object) \(.name)") | join(", ")'; }
owner() { port_json "$1" '.[0].owner'; }
there() { repx port show "$1"; }
start starts

# --- whose a port is

equal add_for_cni "$(ops port.add '{"name":"b","netdev":"b","vlan":{"access":10},"attach":"clsact","owner":"cni"}')" \
	'add port b'
equal add_for_cli "$(ops port.add '{"name":"c","netdev":"c","vlan":{"access":10},"attach":"clsact","owner":"cli"}')" \
	'add port c'
equal owner_is_cni "$(owner b)" cni
equal owner_is_cli "$(owner c)" cli
for t in a b c; do wait_for 3 link_up "$t" eth0; done
try both_forward a "$(frame $ALL $A)" b="$(frame $ALL $A)" c="$(frame $ALL $A)"
equal no_such_owner "$(call port.add '{"name":"d","netdev":"d","vlan":{"access":10},"owner":"file"}' .error.data.errno)" 22
equal owner_not_text "$(call port.del '{"name":"b","owner":7}' .error.data.errno)" 22
check_not nothing_was_added there d
equal apply_leaves_them "$(repx -j apply "$CONF")" '[]'
check_not cli_does_not_delete_it repx port del b
check cli_is_told_whose grep -q 'belongs to the cni, not the cli (it goes with its container' \
	<<<"$(repx port del b 2>&1)"
equal cni_does_not_delete_the_files "$(call port.del '{"name":"a","owner":"cni"}' .error.data.errno)" 1
equal cni_does_not_delete_the_clis "$(call port.del '{"name":"c","owner":"cni"}' .error.data.errno)" 1

# --- keys of a port change

equal change "$(ops port.change '{"name":"b","owner":"cni","vlan":{"access":20},"guard":{"mac":["'$B'"]},"isolated":true}')" \
	'change port b'
equal changed "$(port_json b '.[0] | [.vlan.access, .guard.mac[0], .isolated, .owner] | join(" ")')" "20 $B true cni"
try changed_vlan_counts a "$(frame $ALL $A)" b= c="$(frame $ALL $A)"
try_drop changed_guard_counts b "$(frame $ALL $C)" spoof_mac a c
equal change_back "$(ops port.change '{"name":"b","owner":"cni","vlan":{"access":10},"guard":null,"isolated":null}')" \
	'change port b'
equal taken_away "$(port_json b '.[0] | has("guard") or has("isolated")')" false
try changed_back a "$(frame $ALL $A)" b="$(frame $ALL $A)" c="$(frame $ALL $A)"
equal change_by_another "$(call port.change '{"name":"b","isolated":true}' .error.data.errno)" 1
equal change_of_none "$(call port.change '{"name":"x","owner":"cni"}' .error.data.errno)" 2
equal change_wrong "$(call port.change '{"name":"b","owner":"cni","colour":"red"}' .error.data.errno)" 22
equal change_wrong_does_nothing "$(repx -j apply "$CONF")" '[]'

# --- owners live on

end_daemon KILL
start starts_again
equal owner_survives "$(owner b) $(owner c)" 'cni cli'
check cli_deletes_it_when_it_says_so repx port del b owner cni
check_not it_is_gone there b
check_not port_del_other_words repx port del c for me

# --- debts

# debt FILE TEXT: as the plugin leaves it
debt() {
	[ -d "$DEBTS" ] || mkdir -m 0700 "$DEBTS"
	echo "$2" >"$DEBTS/.$1.tmp"
	mv "$DEBTS/.$1.tmp" "$DEBTS/$1"
}
for t in b d; do
	call port.add '{"name":"c-'$t'","netdev":"'$t'","vlan":{"access":10},"attach":"clsact","owner":"cni"}' >/dev/null
done
equal containers "$(owner c-b) $(owner c-d)" 'cni cni'
end_daemon TERM
debt c-b '{"op":"port.del","name":"c-b"}'
debt c-gone '{"op":"port.del","name":"c-gone"}'
debt foreign '{"op":"port.del","name":"c"}'
debt nonsense 'no debt'
debt more '{"op":"port.del","name":"c-d","also":1}'
debt other '{"op":"down","name":"c-d"}'
debt long '{"op":"port.del","name":"'"$(printf 'x%.0s' {1..40})"'"}'
debt others '{"op":"port.del","name":"c-d"}'
chown 65534 "$DEBTS/others"
ln -s others "$DEBTS/link"
mkfifo "$DEBTS/pipe"
echo '{"op":"port.del","name":"c-d"}' >"$DEBTS/.unfinished"
echo '{"op":"port.del","name":"c-d"}' >"$DEBTS/old.bad"
: >"$TMP/daemon.log"
start starts_with_debts
check_not debt_paid there c-b
check others_stay there c-d
check not_its_port_stays there c
equal what_is_left "$(cd "$DEBTS" && find . -mindepth 1 -printf '%f\n' | sort | xargs)" \
	'.unfinished foreign.bad link.bad long.bad more.bad nonsense.bad old.bad other.bad others.bad pipe.bad'
for t in foreign nonsense more other others long link pipe; do
	check "told_$t" grep -q "debts/$t'.*\.bad" "$TMP/daemon.log"
done

# one that comes while it runs is paid at the next SIGHUP; a folder of others' is not read
rm -rf "$DEBTS"
debt c-d '{"op":"port.del","name":"c-d"}'
chmod 0777 "$DEBTS"
kill -HUP "$DAEMON"
check told_of_the_folder wait_for 5 grep -q 'others than root can write it' "$TMP/daemon.log"
check not_paid there c-d
chmod 0700 "$DEBTS"
kill -HUP "$DAEMON"
check paid_on_hup wait_for 5 test ! -e "$DEBTS/c-d"
check_not paid_port_gone there c-d

# --- a slot that a port leaves is free for the next

SWITCH+=("max_ports: 2")
config >"$TMP/two.yaml"
check down_for_fewer_slots repx down
wait "$DAEMON" 2>/dev/null
cp "$TMP/two.yaml" "$CONF"
start with_two_slots
for i in 1 2 3; do
	check "last_slot_$i" repx port add b netdev b vlan.access 10 attach "$HOOK"
	check "no_more_slots_$i" grep -q 'more than switch.max_ports: 2' \
		<<<"$(repx port add c netdev c vlan.access 10 2>&1)"
	check "slot_left_$i" repx port del b
done

# --- down takes them all, and what was owed

call port.add '{"name":"c-d","netdev":"d","vlan":{"access":10},"attach":"clsact","owner":"cni"}' >/dev/null
debt c-d '{"op":"port.del","name":"c-d"}'
check down repx down
wait "$DAEMON"
check_not down_leaves_nothing test -e "$ROOT/run/sw0"
finish
