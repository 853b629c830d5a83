#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# fdb-show.sh - a listing that is longer than what is held for its columns: every entry once,
# in order, as table, as JSON, and from a daemon
# hooks: clsact
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

N=2500
for t in a long-name-b; do tenant "$t"; done
port a 'vlan: {access: 10}'
port long-name-b 'vlan: {access: 20}'
mac() { printf '02:00:00:00:%02x:%02x' $(($1 >> 8)) $(($1 & 255)); }
for ((i = 0; i < N; i++)); do
	# the wide name comes late: VLAN 20 is behind VLAN 10
	if [ "$i" -lt 2000 ]; then
		FDB+=("{mac: \"$(mac $i)\", vlan: 10, port: a}")
	else
		FDB+=("{mac: \"$(mac $i)\", vlan: 20, port: long-name-b}")
	fi
done
apply

for ((i = 0; i < N; i++)); do mac $i && echo; done >"$TMP/macs"
repx -j fdb show >"$TMP/json" || not_ok json
equal json_is_one_line "$(wc -l <"$TMP/json")" 1
check json_has_all diff "$TMP/macs" <(jq -r '.[].mac' "$TMP/json")
equal json_entry "$(jq -c '.[2000]' "$TMP/json")" \
	"{\"mac\":\"$(mac 2000)\",\"vlan\":20,\"port\":\"long-name-b\",\"type\":\"static\",\"age_ms\":0,\"offloaded\":false}"
check pretty_is_the_same diff <(repx -j -p fdb show | jq -c .) "$TMP/json"
equal pretty_is_indented "$(repx -j -p fdb show | sed -n 2,3p)" "    {
        \"mac\": \"$(mac 0)\","
equal of_a_port "$(repx -j fdb show port long-name-b | jq length)" 500
equal of_a_vlan "$(repx -j fdb show vlan 10 | jq length)" 2000
equal of_neither "$(repx -j fdb show port a vlan 20)" '[]'
equal of_neither_pretty "$(repx -j -p fdb show port a vlan 20)" '[]'
repx fdb show >"$TMP/table" || not_ok table
check table_has_all diff "$TMP/macs" <(sed 1d "$TMP/table" | cut -d' ' -f1)
equal table_head "$(head -n 1 "$TMP/table" | xargs)" 'MAC VLAN PORT TYPE AGE'
# widths are those of what has been seen: the wide name is in the third thousand
equal table_columns "$(sed -n '2,2000p' "$TMP/table" | sed 's/^[^ ]*//' | sort -u | wc -l)" 1
equal table_last "$(tail -n 1 "$TMP/table" | xargs)" "$(mac $((N - 1))) 20 long-name-b static -"
equal empty_table "$(repx fdb show port a vlan 20 | xargs)" 'MAC VLAN PORT TYPE AGE'
full_disk() { repx "$@" >/dev/full; }
for words in 'fdb show' '-j fdb show' '-j -p fdb show'; do
	# shellcheck disable=SC2086 # words
	equal "full_disk_${words// /_}" "$(full_disk $words 2>&1) $?" \
		'repx: write to standard output: No space left on device 1'
done

# who is not root asks the daemon, which answers whole
repx down >/dev/null
bg sw "$BUILD/repx" --root "$ROOT" run "$CONF"
SOCKET=$ROOT/run/sw0/control
wait_for 20 test -S "$SOCKET"
chmod 0755 "$TMP"
GROUP=$(stat -c %g "$SOCKET")
as_group() { setpriv --reuid 65534 --regid 65534 --groups "$GROUP" "$BUILD/repx" --root "$ROOT" "$@"; }
check daemon_has_all diff "$TMP/macs" <(as_group -j fdb show | jq -r '.[].mac')
check daemon_table diff "$TMP/table" <(as_group fdb show)
finish
