#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# thousand.sh - a thousand ports in every VLAN: apply, apply again, down; with times
#
# REPX_TIMING=1 asserts the times of an idle machine, else only generous ones.
# hooks: tcx clsact xdp
# timeout: 240
# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

N=${REPX_PORTS:-1000}
FIRST_MS=2000 AGAIN_MS=200
[ "${REPX_TIMING:-0}" = 1 ] || FIRST_MS=30000 AGAIN_MS=8000

ns_new far
{
	for ((i = 0; i < N; i++)); do
		echo "link add v$i netns $SW type veth peer name w$i netns $PREFIX-far"
	done
} | ip -batch - || exit 1
for ((i = 0; i < N; i++)); do echo "link set dev w$i up"; done | ip -n "$PREFIX-far" -batch -
if [ "$HOOK" = xdp ]; then
	for i in 0 $((N - 1)); do in_ns far ethtool -K "w$i" txvlan off tx off gro on >/dev/null; done
fi
for ((i = 0; i < N; i++)); do
	port "v$i" 'vlan: {trunk: all}'
done
config >"$CONF"

# timed NAME MAX_MS CMD...: succeeded, and in time; says how long it took
timed() {
	local name=$1 max=$2 start ms
	shift 2
	start=${EPOCHREALTIME/./}
	if ! "$@" >"$TMP/out" 2>&1; then
		not_ok "$name" "$(head -c 300 "$TMP/out")"
		return 1
	fi
	ms=$(((${EPOCHREALTIME/./} - start) / 1000))
	echo "# $name with $HOOK: $ms ms"
	between "$name" "$ms" 0 "$max"
}
timed apply "$FIRST_MS" repx apply "$CONF" || exit 1
timed apply_again "$AGAIN_MS" repx -j apply "$CONF"
equal apply_again_empty "$(jq -c . "$TMP/out")" '[]'
equal ports_up "$(repx -j port show | jq -c '[length, (map(select(.state == "up")) | length)]')" "[$N,$N]"

# a broadcast in some VLAN reaches the last one, and an answer comes back
ALL=ff:ff:ff:ff:ff:ff A=02:00:00:00:00:0a B=02:00:00:00:00:0b
wait_for 5 link_up far "w$((N - 1))"
wait_for 5 link_up far w0
IFACE=w0 try flood_reaches_last far "$(frame $ALL $A 8100.77)" "far/w$((N - 1))=$(frame $ALL $A 8100.77)"
IFACE=w$((N - 1)) try answer_comes_back far "$(frame $A $B 8100.77)" "far/w0=$(frame $A $B 8100.77)" far/w1=
timed down "$((FIRST_MS * 2))" repx down
equal nothing_left "$(find "$ROOT/bpf" "$ROOT/run" -mindepth 1 -not -name lock 2>/dev/null | head -n 3)" ''
finish
