#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# change.sh - random changes of one port while frames flow
#
# No frame may come to the changed port that neither the old nor the new config
# lets through, and none may be lost between ports that stay as they are.
# REPX_CHANGES: how many (30); REPX_SEED: to see the same ones again.
# hooks: tcx clsact xdp
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

CHANGES=${REPX_CHANGES:-30}
RANDOM=${REPX_SEED:=$$}
echo "# REPX_SEED=$REPX_SEED"
ALL=ff:ff:ff:ff:ff:ff S10=02:00:00:00:00:10 S20=02:00:00:00:00:20
for t in s10 s20 w10 c; do tenant "$t"; done

# What c may be, and what it then gets: source VLAN, "/", tag on the wire.
KEYS=('vlan: {access: 10}' 'vlan: {access: 20}' 'vlan: {trunk: [10]}' 'vlan: {trunk: [10, 20]}'
	'vlan: {access: 10}, state: down' 'vlan: {access: 30}' 'absent'
	'vlan: {trunk: [20], proto: 802.1ad}' 'vlan: {access: 10}, isolated: true'
	'vlan: {tunnel: 100}' 'vlan: {trunk: [20], native: 10}')
GETS=('10/-' '20/-' '10/8100000a' '10/8100000a 20/81000014'
	'' '' '' '20/88a80014' '10/-' '' '10/- 20/81000014')

write_config() {
	clear_config
	port s10 'vlan: {access: 10}'
	port s20 'vlan: {access: 20}'
	port w10 'vlan: {access: 10}'
	[ "${KEYS[$1]}" = absent ] || port c "${KEYS[$1]}"
	config >"$CONF"
}

now=0
write_config $now
apply
echo "0 ${GETS[$now]}" >"$TMP/allowed"
record c "$TMP/c" 300
rc=$BG
record w10 "$TMP/w10" 300
rw=$BG
bg s10 "$TOOLS/rxsend" -s eth0 "$(frame $ALL $S10)" 1000000 1000 >/dev/null
tx10=$BG
bg s20 "$TOOLS/rxsend" -s eth0 "$(frame $ALL $S20)" 1000000 1000 >/dev/null
tx20=$BG

for ((i = 0; i < CHANGES; i++)); do
	next=$(((now + 1 + RANDOM % (${#KEYS[@]} - 1)) % ${#KEYS[@]}))
	write_config $next
	echo "$EPOCHREALTIME ${GETS[$now]} ${GETS[$next]}" >>"$TMP/allowed"
	if ! out=$(repx apply "$CONF" 2>&1); then
		not_ok "change_$i" "${KEYS[$now]} to ${KEYS[$next]}: $out"
		break
	fi
	echo "$EPOCHREALTIME ${GETS[$next]}" >>"$TMP/allowed"
	now=$next
	# let some frames go by under this config
	seen=$(wc -l <"$TMP/w10")
	more() { [ "$(wc -l <"$TMP/w10")" -gt $((seen + 20)) ]; }
	wait_for 5 more
done
stop "$tx10" "$tx20"
stop "$rc" "$rw"

# frames of c against what was allowed at their time
cat >"$TMP/judge.awk" <<'AWK'
BEGIN { n = i = 0 }
NR == FNR { at[n] = $1; $1 = ""; may[n++] = $0 " "; next }
NF == 2 && $1 != "ready" {
	while (i + 1 < n && at[i + 1] <= $1)
		i++
	type = substr($2, 25, 4)
	got = substr($2, 23, 2) "/" (type == "8100" || type == "88a8" ? substr($2, 25, 8) : "-")
	frames++
	if (!index(may[i], " " got " ")) {
		if (bad++ < 5)
			printf "%s at %s, allowed:%s; ", got, $1, may[i]
	}
}
END { printf "%d frames, %d not allowed\n", frames, bad; exit bad > 0 || frames < 20 }
AWK
LC_ALL=C check nothing_not_allowed awk -f "$TMP/judge.awk" "$TMP/allowed" "$TMP/c"

# frames of w10: every number once
awk -v mac="${S10//:/}" 'NF == 2 && substr($2, 13, 12) == mac { print substr($2, length($2) - 7) }' \
	"$TMP/w10" | sort >"$TMP/numbers"
first=$(head -n 1 "$TMP/numbers") last=$(tail -n 1 "$TMP/numbers")
equal first_frame "$first" 00000000
equal none_lost_none_twice "$(sort -u "$TMP/numbers" | wc -l) of $(wc -l <"$TMP/numbers")" \
	"$((16#$last + 1)) of $((16#$last + 1))"
equal changes_made "$i" "$CHANGES"
echo "# $((16#$last + 1)) frames passed during $i changes"
finish
