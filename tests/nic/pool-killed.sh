#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# pool-killed.sh - repx is killed while spare SFs are made and taken, and the card is reset:
# all of them, and the ports of containers, are found again or come back
# shellcheck source=tests/nic/pool-lib.sh
. "$(dirname "$0")/pool-lib.sh"

M1=02:00:00:00:00:01 M2=02:00:00:00:00:02 M3=02:00:00:00:00:03
port uplink 'netdev: p0, role: uplink'
config "$(pool 1)"
daemon
check filled wait_for 20 pool_ready 1/1
equal add_x "$(add x "\"mac\":\"$M1\"" '"guard":true')" add
wait_for 20 pool_ready 1/1
equal add_y "$(add y "\"mac\":\"$M2\"" '"guard":true')" add
wait_for 20 pool_ready 1/1

# --- repx is killed: while one is made, while one is taken

killed() {
	end_daemon KILL
	daemon
	check "$1_pool_is_full" wait_for 20 pool_ready 1/1
	equal "$1_no_other_sfs" "$(grep -c ' sfnum .* pending_delete 0' "$KNOBS/sfs")" \
		"$(repx -j sf show | jq 'map(select(.made)) | length')"
	equal "$1_nothing_to_do" "$(repx -j apply $CONF | json .)" '[]'
}
for op in port_new state_set attach; do
	asked=$(calls $op)
	knob ops/$op/delay_ms 400
	add k "\"mac\":\"$M3\"" >/dev/null
	check "killed_in_${op}_got_there" wait_for 10 asked $op $((asked + 1))
	knob ops/$op/delay_ms 20
	killed "killed_in_$op"
	check "killed_in_${op}_port_stays" test "$(repx -j port show k | json '.[0].owner')" = cni
	del k
	wait_for 20 pool_ready 1/1
done
knob ops/hw_addr_set/delay_ms 500
asked=$(calls hw_addr_set)
add k "\"mac\":\"$M3\"" >/dev/null 2>&1 &
adding=$!
check killed_while_taken_got_there wait_for 10 asked hw_addr_set $((asked + 1))
knob ops/hw_addr_set/delay_ms 0
killed killed_while_taken
wait $adding
equal killed_while_taken_again "$(repx -j port show k >/dev/null 2>&1 || add k "\"mac\":\"$M3\"")" add
check killed_while_taken_mac test "$(<"/sys/class/net/sf$(num k)/address")" = $M3

# --- one is taken without a daemon, and repx is killed before each write of its state and
# many of its messages: it is a port's or it is spare, with all that belongs to it

del k
wait_for 20 pool_ready 1/1
end_daemon TERM
M4=02:00:00:00:00:04
whole() {
	repx port add whole netdev nowhere vlan.access 10 >/dev/null 2>&1 # ends what was begun
	repx port del whole
	equal "$1_port_or_spare" "$(repx -j sf show | jq -c 'map(select(.port == "k" or .owner == "pool")) | length')" 1
	equal "$1_nothing_to_do" "$(repx -j apply $CONF | json .)" '[]'
	equal "$1_sfs" "$(grep -c ' sfnum .* pending_delete 0' "$KNOBS/sfs")" 3
	check "$1_active" sf_attached "$(repx -j sf show | jq 'map(select(.port == "k" or .owner == "pool"))[0].num')"
}
# it cannot be written down: then the spare SF is as it was, its addresses too
spare=$(repx -j sf show | jq 'map(select(.owner == "pool"))[0].num')
addresses() { echo "$(<"/sys/class/net/sf$spare/address") $(sf_show "$spare" | grep -o 'hw_addr [^ ]*')"; }
before=$(addresses)
for n in 1 2 3 4 5 6 7 8; do
	asked=$(calls hw_addr_set)
	strace -f -qq -o /tmp/strace.out -e trace=rename -e inject=rename:error=ENOSPC:when="$n+" \
		"$REPX_BUILD/repx" port add k sf.num auto sf.mac $M4 vlan.access 10 >/dev/null 2>&1
	[ "$(calls hw_addr_set)" = $((asked + 2)) ] && undone=yes
	repx -j port show k >/dev/null 2>&1 && break # the change was complete
	whole "not_written_$n"
	equal "not_written_${n}_addresses" "$(addresses)" "$before"
done
check mac_was_set_and_put_back test "${undone:-}" = yes
daemon
repx port del k >/dev/null 2>&1
wait_for 20 pool_ready 1/1
end_daemon TERM

taken=
step() {
	kill_before "$1" "$2" "$REPX_BUILD/repx" port add k sf.num auto sf.mac $M4 vlan.access 10 || taken=yes
	whole "$1_$2"
	repx -j port show k >/dev/null 2>&1 && taken=yes
}
for n in 1 2 3 4 5 6 7 8; do [ "$taken" ] || step rename $n; done
check killed_at_rename test "$taken" = yes
has killed_at_rename_is_a_port "link/ether $M4" ip link show "sf$(num k)"
daemon
repx port del k
wait_for 20 pool_ready 1/1
end_daemon TERM
taken=
for n in 4 8 12 16 20 24 28; do [ "$taken" ] || step sendto $n; done
check killed_at_messages test "$n" -ge 12
repx port del k >/dev/null 2>&1
daemon

# --- the card is reset: containers' ports and spare SFs come back

state() { repx -j port show "$1" | json '.[0].state'; }
back() { [ "$(state x)" = up ] && [ "$(state y)" = up ] && [ -e /sys/class/net/sf1 ] && [ -e /sys/class/net/sf2 ]; }
wait_for 20 pool_ready 1/1
knob reset 1
wait_for 5 test ! -e /sys/class/net/pf0sf1
check reset_ports_back wait_for 30 back
check reset_pool_back wait_for 30 pool_ready 1/1
tenant nx sf1 10.0.10.1/24
tenant ny sf2 10.0.10.2/24
has reset_mac_is_back "link/ether $M1" in_ns nx ip link show sf1
check reset_they_talk reach nx 10.0.10.2
in_ns nx ip link set sf1 address $M3
check reset_guarded cut_off nx 10.0.10.2
equal reset_owner "$(repx -j port show x | json '.[0].owner')" cni

# --- down

ip netns del nx
ip netns del ny
check down repx down
wait $DAEMON
equal nothing_left "$(grep -c sfnum "$KNOBS/sfs")" 0
check no_files_left test ! -e /sys/fs/bpf/repx -a ! -e /run/repx
has legacy_again 'mode legacy' devlink dev eswitch show "$PCI"
[ "$FAILED" -eq 0 ] || tail -n 40 /tmp/run.log | sed 's/^/# /'
finish
