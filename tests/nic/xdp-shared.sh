#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# long: yes
# xdp-shared.sh - XDP beside another program, through libxdp's dispatcher
#
# The other one counts frames and passes them on; it runs first. Whether a frame was
# seen by repx's XDP is told by a packet socket: it sees what XDP passes on to tc.
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

MAC1=02:00:00:00:00:11 MACW=02:00:00:00:00:ee
CONF=/tmp/nic.yaml
TOOLS=$REPX_BUILD/tests/netns
repx() { "$REPX_BUILD/repx" "$@"; }
other() { "$TOOLS/xdpother" "$@" 2>/dev/null; }
for t in "$REPX_BUILD/repx" "$TOOLS/xdpother" "$TOOLS/rxsend"; do
	[ -x "$t" ] && continue
	echo "skip xdp-shared: $t was not built"
	exit 4
done
for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done

switchdev || exit 1
sf_up 1 $MAC1 || exit 1
ip link set wire0 address $MACW
tenant n1 sf1 10.0.10.1/24
tenant w wire0
in_ns w ip link add link wire0 name wire0.10 type vlan id 10
in_ns w ip link set wire0.10 up
in_ns w ip addr add 10.0.10.9/24 dev wire0.10
in_ns w ip addr add 10.0.10.10/24 dev wire0.10

# config UPLINK-KEYS
config() {
	cat >$CONF <<-EOT
		version: 1
		switch: {name: nic}
		ports:
		  - {name: uplink, netdev: p0, role: uplink, $1}
		  - {name: a, netdev: pf0sf1, vlan: {access: 10}}
	EOT
}
again() { repx -j apply $CONF | json .; }
port() { repx -j port show "$1" | json ".[0]$2"; }
down() { repx down >/dev/null; }

# parts: names of what the dispatcher on p0 calls, sorted; `-` without a dispatcher
parts() {
	local dir pin names=() line
	dir=/sys/fs/bpf/xdp/dispatch-$(</sys/class/net/p0/ifindex)-$(xdp_id)
	if [ ! -d "$dir" ]; then
		echo -
		return
	fi
	for pin in "$dir"/*-prog; do
		read -r line < <(bpftool prog show pinned "$pin")
		line=${line#* name }
		names+=("${line%% *}")
	done
	# by hand: there are two at most
	[ ${#names[@]} -ne 2 ] || [[ ${names[0]} < ${names[1]} ]] || names=("${names[1]}" "${names[0]}")
	echo "${names[*]}"
}
# xdp_id: of the program on p0
xdp_id() {
	[[ $(ip link show p0) =~ prog/xdp\ id\ ([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}
part_id() {
	bpftool prog show | sed -n 's/^\([0-9]*\): ext  name repx_xdp_in .*/\1/p' | sort -n | tail -n 1
}

# listen NETDEV FILE [NS]: what a packet socket there sees; its pid is in EARS
listen() {
	${3:+nsenter --net="/run/netns/$3"} "$TOOLS/rxrecv" "$1" 60 >"$2" &
	EARS+=($!)
	wait_for 5 grep -q ready "$2"
}
deaf() {
	kill "${EARS[@]}"
	wait "${EARS[@]}" 2>/dev/null
	EARS=()
}
EARS=()
received() { [ "$(port uplink .rx.packets)" -ge "$1" ]; }
counted() { [ "$(other count "$1")" -ge "$2" ]; }

# xdp_drops COUNT: frames that XDP drops on the uplink (no tag), none of which a packet
# socket sees; both count them
BAD=020000000077${MACW//:/}88b5$(printf '%092d' 0)
xdp_drops() {
	local n=$1 rx seen
	rx=$(port uplink .rx.packets) seen=$(other count p0)
	listen p0 /tmp/tap || return
	in_ns w "$TOOLS/rxsend" wire0 "$BAD" "$n" 1000 >/dev/null
	wait_for 5 received $((rx + n))
	deaf
	counted p0 $((seen + n)) && received $((rx + n)) && ! grep -q 88b5 /tmp/tap
}

# --- the other one first

config 'attach: xdp, xdp: shared'
check other_first other add p0 10
equal other_alone "$(parts)" count_pass
check joins repx apply $CONF
equal two_parts "$(parts)" 'count_pass repx_xdp_in'
equal shown_as_native "$(port uplink .attach.xdp)" native
equal again_is_empty "$(again)" '[]'
check traffic reach n1 10.0.10.9 20
check wire_reaches_a reach w 10.0.10.1 20
check both_count_and_repx_drops_in_xdp xdp_drops 50
check down down
equal other_stays "$(parts)" count_pass
n=$(other count p0)
ip link set p0 up
in_ns w "$TOOLS/rxsend" wire0 "$BAD" 10 1000 >/dev/null
check other_still_counts wait_for 5 counted p0 $((n + 10))
check other_leaves other del p0
equal nothing_left "$(parts)" -

# --- repx first

config 'attach: auto, xdp: shared'
check repx_first repx apply $CONF
equal one_part "$(parts)" repx_xdp_in
check other_joins other add p0 10
equal both "$(parts)" 'count_pass repx_xdp_in'
equal nothing_to_do "$(again)" '[]'
check traffic_too reach n1 10.0.10.9 20
check both_count_again xdp_drops 50
check other_goes other del p0
equal repx_stays "$(parts)" repx_xdp_in
equal still_nothing_to_do "$(again)" '[]'
check traffic_alone reach n1 10.0.10.9 20
check other_comes_back other add p0 10

# --- others take all of it off; an upgrade; a daemon that is killed

ip link set p0 xdp off
equal all_off "$(parts)" -
check repaired repx apply $CONF
equal repaired_parts "$(parts)" repx_xdp_in
equal repaired_once "$(again)" '[]'
check other_is_back other add p0 10
id=$(part_id)
sed -i 's/"build":"[^"]*"/"build":"0.0.1"/' /run/repx/nic/state.json
check upgrade repx apply $CONF
equal upgraded_parts "$(parts)" 'count_pass repx_xdp_in'
check upgraded_program test "$(part_id)" -gt "$id"
equal upgraded_once "$(again)" '[]'
check upgraded_traffic reach n1 10.0.10.9 20
check upgraded_counts xdp_drops 20
"$REPX_BUILD/repx" run $CONF 2>/tmp/run.log &
daemon=$!
check daemon_runs wait_for 10 grep -q '"switch"' <(repx -j show)
check daemon_answers wait_for 10 test -S /run/repx/nic/control
kill -KILL $daemon
wait $daemon 2>/dev/null
equal after_a_killed_daemon "$(again)" '[]'
equal parts_after_it "$(parts)" 'count_pass repx_xdp_in'
check down_of_both down
equal other_is_left "$(parts)" count_pass

# --- apply killed after it has joined, when it would write down that it has: the third
# time that it replaces state.json

killed() {
	strace -o /dev/null -P /run/repx/nic/state.json.new -e trace=rename \
		-e inject=rename:signal=KILL:when=3 "$REPX_BUILD/repx" apply "$CONF" >/dev/null 2>&1
	[ $? -eq 137 ]
}
check killed killed
equal had_joined "$(parts)" 'count_pass repx_xdp_in'
check applied_after_it repx apply $CONF
equal one_part_after_it "$(parts)" 'count_pass repx_xdp_in'
equal again_after_it "$(again)" '[]'
sed -i 's/"build":"[^"]*"/"build":"0.0.1"/' /run/repx/nic/state.json
check killed_in_upgrade killed
check down_after_it down
equal none_is_left "$(parts)" count_pass
other del p0

# --- between ports that XDP can redirect to, and one that wants a tag

for n in 5 6 7; do
	ip link add x$n type veth peer name eth$n
	tenant n$n eth$n
	in_ns n$n ethtool -K eth$n txvlan off tx off gro on >/dev/null
done
in_ns n5 ip addr add 10.0.10.5/24 dev eth5
in_ns n6 ip addr add 10.0.10.6/24 dev eth6
in_ns n7 ip link add link eth7 name eth7.10 type vlan id 10
in_ns n7 ip link set eth7.10 up
in_ns n7 ip addr add 10.0.10.7/24 dev eth7.10
cat >$CONF <<END2
version: 1
switch: {name: nic, attach: xdp}
ports:
  - {name: b, netdev: x5, xdp: shared, vlan: {access: 10}}
  - {name: c, netdev: x6, xdp: shared, vlan: {access: 10}}
  - {name: d, netdev: x7, xdp: shared, vlan: {trunk: [10]}}
END2
check other_on_veth other add x5 10
check three_shared_ports repx apply $CONF
check access_to_access reach n5 10.0.10.6 10
check access_to_trunk reach n5 10.0.10.7 10
check trunk_to_access reach n7 10.0.10.6 10

mac_of() { in_ns "n$1" ip -j link show "eth$1" | json '.[0].address'; }
got() { [ "$(grep -c 88b5 /tmp/got)" -ge "$1" ]; }
# seen N: of 100 frames from n5 how many nN gets, and a packet socket on x5 sees
seen() {
	local to from
	to=$(mac_of "$1") from=$(mac_of 5)
	listen x5 /tmp/tap && listen "eth$1" /tmp/got "n$1"
	in_ns n5 "$TOOLS/rxsend" eth5 "${to//:/}${from//:/}88b5$(printf '%092d' 0)" 100 1000 >/dev/null
	wait_for 5 got 100
	deaf
	echo "$(grep -c 88b5 /tmp/got) $(grep -c 88b5 /tmp/tap)"
}
equal redirected_by_xdp "$(seen 6)" '100 0'
equal tagged_by_tc "$(seen 7)" '100 100'
check counts_on_veth counted x5 200
equal veth_again "$(again)" '[]'
check veth_down down
check other_off_veth other del x5

# --- a program without dispatcher

check plain other plain p0
id=$(xdp_id)
for keys in 'attach: xdp' 'attach: xdp, xdp: shared'; do
	config "$keys"
	refused "refused ($keys)" "program $id 'count_pass'" repx apply $CONF
done
equal plain_stays "$(xdp_id)" "$id"
config 'attach: auto'
has auto_takes_tc "program $id 'count_pass'.*tc alone" repx apply $CONF
equal no_xdp "$(port uplink .attach.xdp)" none
n=$(other count p0)
check traffic_on_tc reach n1 10.0.10.9 20
check plain_counts test "$(other count p0)" -ge $((n + 20))
equal auto_again "$(again)" '[]'
check down_beside_plain down
equal plain_is_left "$(xdp_id)" "$id"
check plain_off other del p0
finish
