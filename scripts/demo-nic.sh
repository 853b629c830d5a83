#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# demo-nic.sh - the main job on the simulated card: SFs, vDPA and the switch from one file
#
# Runs in the guest of scripts/vm.sh (`make demo-nic`), whose card it may turn over.
# Exit status 1 if anything shown did not hold.
set -u
here=$(cd "$(dirname "$0")" && pwd)
[ -d /vm ] || {
	echo "demo-nic: runs in a guest: scripts/vm.sh run scripts/demo-nic.sh" >&2
	exit 2
}
# shellcheck source=tests/nic/lib.sh
. "$here/../tests/nic/lib.sh"
# shellcheck disable=SC2034 # for demo-lib.sh
COLOUR=${VM_TTY:-}
# shellcheck source=scripts/demo-lib.sh
. "$here/demo-lib.sh"

CONF=/tmp/card.yaml TOOLS=$REPX_BUILD/tests/netns
RED1=02:00:00:00:10:01 RED2=02:00:00:00:10:02 BLUE1=02:00:00:00:20:01 BLUE2=02:00:00:00:20:02
ROUTER=02:00:00:00:ff:01
repx() { "$REPX_BUILD/repx" "$@"; }
port() { repx -j port show "$1" | json ".[0]$2"; }
drops() { port "$1" ".drops.$2 // 0"; }
sf() { repx -j sf show "$1" | json ".[0]$2"; }
vdpa_of() { repx -j vdpa show "$1" | json ".[0]$2"; }
is() { [ "$1" = "$2" ] || { echo "'$1', not '$2'" && false; }; }

# What down must bring back
host_state() {
	devlink dev eswitch show "$PCI"
	devlink port show
	vdpa dev show
	ls /sys/bus/auxiliary/devices
	ip -d link show | grep -v qlen
	ethtool -k p0
	tc filter show dev p0 ingress
	bpftool net
	find /sys/fs/bpf /run/repx -mindepth 2 2>/dev/null
}

# The wire's other end: a router for each VLAN, each in a namespace of its own
network() {
	local v
	for v in all default; do echo 1 >/proc/sys/net/ipv6/conf/$v/disable_ipv6; done
	ip link set wire0 address $ROUTER
	tenant wire wire0
	for v in 10 20; do
		in_ns wire ip link add link wire0 name wire0.$v type vlan id $v
		ip netns add router$v
		in_ns wire ip link set wire0.$v netns router$v
		in_ns router$v ip link set wire0.$v up
		in_ns router$v ip addr add 10.0.0.254/24 dev wire0.$v
	done
	modprobe -a vdpa virtio_net virtio_vdpa vhost_vdpa
}

config() {
	cat <<-YAML
		version: 1
		switch:
		  name: card
		  eswitch: {handle: "$PCI", mode: switchdev}
		ports:
		  - {name: uplink, netdev: p0, role: uplink}
		  - name: red-app                    # a container: the SF's own netdev
		    sf: {num: 1, mac: "$RED1", eth: true}
		    vlan: {access: 10}
		    guard: {mac: ["$RED1"], ip: [10.0.0.1]}
		  - name: red-vm                     # virtio-net on an SF, with a driver of this host
		    sf: {num: 2, mac: "$RED2"}
		    vdpa: {bind: virtio}
		    vlan: {access: 10}
		    guard: {mac: ["$RED2"], ip: [10.0.0.2]}
		  - name: blue-app
		    sf: {num: 3, mac: "$BLUE1", eth: true}
		    vlan: {access: 20}
		    guard: {mac: ["$BLUE1"], ip: [10.0.0.1]}
		  - name: blue-vm                    # virtio-net on an SF, for QEMU
		    sf: {num: 4, mac: "$BLUE2"}
		    vdpa: {mtu: 1500, bind: vhost}
		    vlan: {access: 20}
		    guard: true
	YAML
}

# doctor_says CHECK...: what it finds there, and its status; it looks but once, for it
# loads programs, which takes a while in a guest
doctor_says() {
	local status
	command_line repx doctor
	repx doctor >/tmp/doctor
	status=$?
	awk -v "checks=$*" '/^[^ ]/ { mine = index(" " checks " ", " " $2 " ") } mine' /tmp/doctor | indent
	return $status
}

bare() {
	heading '1. A card as it comes'
	network
	command_line devlink dev eswitch show "$PCI"
	devlink dev eswitch show "$PCI" | indent
	doctor_says eswitch
	host_state >/tmp/before
	holds 'there are no SFs, no representors, no vDPA devices' \
		test -z "$(vdpa dev show; ls /sys/bus/auxiliary/devices; devlink port show | grep pcisf)"
}

# apply: or the demo is over
apply() {
	command_line repx apply card.yaml
	if ! repx apply $CONF >/tmp/out 2>&1; then
		indent </tmp/out
		no 'apply'
		verdict
		exit 1
	fi
	indent </tmp/out
}

make_it() {
	heading '2. Two tenants from one file'
	config >$CONF
	command_line cat card.yaml
	indent <$CONF
	holds 'the file is right' repx check $CONF
	apply
	holds 'the eswitch is in switchdev mode' grep -q 'mode switchdev' <(devlink dev eswitch show "$PCI")
	command_line repx sf show
	repx sf show | indent
	holds 'four SFs, all active and attached' is \
		"$(repx -j sf show | jq -c 'map([.num, .state, .opstate])')" \
		'[[1,"active","attached"],[2,"active","attached"],[3,"active","attached"],[4,"active","attached"]]'
	holds "devlink says the same of red-app's" grep -q "$RED1 state active opstate attached" \
		<(devlink port show "$(sf red-app .handle)")
	command_line repx vdpa show
	repx vdpa show | indent
	holds 'red-vm is a netdev of this host' test -e "/sys/class/net/$(vdpa_of red-vm .netdev)"
	holds 'blue-vm is a node for a virtual machine' test -c "$(vdpa_of blue-vm .node)"
	command_line repx show
	repx show | indent
	holds 'a second apply has nothing to do' is "$(repx -j apply $CONF)" '[]'
	doctor_says eswitch sf vdpa
	holds 'doctor finds nothing missing' test $? -eq 0
}

declare -A DEV=() MAC=([red-app]=$RED1 [red-vm]=$RED2 [blue-app]=$BLUE1)

# record NAME DEV: what a namespace receives, into /tmp/NAME.rx
record() {
	nsenter --net="/run/netns/$1" "$TOOLS/rxrecv" "$2" 1000 >"/tmp/$1.rx" &
	wait_for 5 grep -q ready "/tmp/$1.rx"
}
end_records() {
	# shellcheck disable=SC2046 # a word per pid
	kill $(jobs -p) 2>/dev/null
	wait
}

# only_tag PORT VID: there are frames of it on the wire, each with that tag and no other
only_tag() {
	local of
	of=$(grep -E "^[^ ]+ .{12}${MAC[$1]//:/}" /tmp/wire.rx)
	[ -n "$of" ] || { echo 'there is none' && return 1; }
	! grep -vE "^[^ ]+ .{24}8100$2(0800|0806)" <<<"$of"
}

talk() {
	heading '3. They talk, each in its VLAN; both use the same addresses'
	local p
	DEV[red-vm]=$(vdpa_of red-vm .netdev)
	for p in red-app blue-app; do DEV[$p]=$(sf $p .netdev); done
	tenant red-app "${DEV[red-app]}" 10.0.0.1/24
	tenant red-vm "${DEV[red-vm]}" 10.0.0.2/24
	tenant blue-app "${DEV[blue-app]}" 10.0.0.1/24
	record wire wire0
	holds 'red-app pings the router of its VLAN through the wire' reach red-app 10.0.0.254
	holds 'red-vm does, from its virtio device' reach red-vm 10.0.0.254
	holds 'blue-app pings its own router, which has the same address' reach blue-app 10.0.0.254
	holds 'red-app pings red-vm: SF to vDPA, in one VLAN' reach red-app 10.0.0.2
	fails 'blue-app does not reach red-vm' reach blue-app 10.0.0.2
	end_records
	grep -m 1 "${RED1//:/}8100" /tmp/wire.rx | cut -d' ' -f2 | cut -c1-48 |
		sed 's/^/    on the wire: /; s/$/.../'
	holds 'all that left red-app has tag 10 on the wire' only_tag red-app 000a
	holds 'so has all that left red-vm' only_tag red-vm 000a
	holds 'all that left blue-app has tag 20' only_tag blue-app 0014
}

# frame SRC TAGS [TYPE-AND-HEADER]: hex of a broadcast that ends in a mark
MARK=5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a
frame() { echo "ffffffffffff${1//:/}$2${3:-88b5}$MARK$MARK"; }
ipv4() { printf '08004500004c00010000401100000a0000%02xffffffff' "$1"; }

# attack PORT REASON TEXT FRAME: twenty of them; each is counted as that
attack() {
	local port=$1 reason=$2 text=$3 hex=$4 before n
	before=$(drops "$port" "$reason")
	in_ns "$port" "$TOOLS/rxsend" "${DEV[$port]}" "$hex" 20 200 >/dev/null
	all_counted() {
		n=$(($(drops "$port" "$reason") - before))
		[ "$n" -ge 20 ]
	}
	wait_for 3 all_counted
	ATTACKS=$((ATTACKS + 20))
	text="$port, $text: 20 sent, counted as $reason: $n"
	if [ "$n" -eq 20 ]; then yes "$text"; else no "$text"; fi
}

# attacks_of PORT TAG OTHER: its own tag, and that of the other tenant
attacks_of() {
	local mac=${MAC[$1]}
	attack "$1" spoof_mac "frames in a neighbour's name" "$(frame $ROUTER '')"
	attack "$1" spoof_ip 'IPv4 from 10.0.0.99' "$(frame "$mac" '' "$(ipv4 99)")"
	attack "$1" vlan "with the other tenant's tag" "$(frame "$mac" "$3")"
	attack "$1" vlan 'with the tag of its own VLAN' "$(frame "$mac" "$2")"
	attack "$1" vlan 'with two tags' "$(frame "$mac" "$2$3")"
	attack "$1" vlan 'with an 802.1ad tag' "$(frame "$mac" "88a8${3#8100}")"
}

# allowed PORT VID TAG: what it may send arrives, after all that it may not
allowed() {
	in_ns "$1" "$TOOLS/rxsend" "${DEV[$1]}" "$(frame "${MAC[$1]}" '' 88b6)" >/dev/null
	holds "$1, a frame as it should be: it arrives, with tag $2" \
		wait_for 3 grep -q "${MAC[$1]//:/}8100${3}88b6" /tmp/wire.rx
}

attacks() {
	heading '4. They try to get out, by SF and by virtio queue'
	local p arrived ATTACKS=0
	record wire wire0
	for p in red-app red-vm blue-app; do record $p "${DEV[$p]}"; done
	attacks_of blue-app 81000014 8100000a
	attacks_of red-vm 8100000a 81000014
	allowed blue-app 20 0014
	allowed red-vm 10 000a
	end_records
	arrived=$(cat /tmp/*.rx | grep "$MARK" | grep -vc 88b6)
	holds "of the $ATTACKS forbidden frames $arrived came to the wire or to a neighbour" \
		test "$arrived" -eq 0
	command_line repx -s port show blue-app
	repx -s port show blue-app | indent
}

software_frames() { repx -j port show red-app | jq '.[0].rx.packets'; }
in_hardware() { repx -j flow show | jq -e "any(.from == \"$1\" and .to == \"$2\" and .state == \"offloaded\")"; }

hardware() {
	heading '5. What keeps coming goes into the eswitch'
	local before daemon
	echo 'offload: {promote: 10pps, guard_ip: true}' >>$CONF
	command_line 'tail -n 1 card.yaml; repx run card.yaml &'
	tail -n 1 $CONF | indent
	"$REPX_BUILD/repx" run $CONF &
	daemon=$!
	wait_for 10 test -S /run/repx/card/control
	nsenter --net=/run/netns/red-app ping -n -q -i 0.02 -c 1000 10.0.0.254 >/dev/null &
	holds 'the pings of red-app get rules, both ways' wait_for 10 \
		eval 'in_hardware red-app uplink && in_hardware uplink red-app'
	before=$(software_frames)
	holds 'and go on being answered' reach red-app 10.0.0.254 50
	holds 'of 50 and more, software sees none' test $(($(software_frames) - before)) -le 2
	command_line repx flow show
	repx flow show | cut -c1-150 | indent
	command_line repx flow show why port red-app src "$RED1"
	repx flow show why port red-app src "$RED1" | head -n 5 | indent
	command_line repx verify
	repx verify | indent
	holds 'each rule does what software would' repx verify
	kill $daemon
	wait $daemon
	kill "$(jobs -p)" 2>/dev/null
	holds 'without the daemon there are no rules' \
		is "$(tc filter show dev p0 ingress | grep -c skip_sw)" 0
	holds 'and the pings are answered' reach red-app 10.0.0.254
}

gone() {
	heading '6. And away'
	local ns
	for ns in red-app red-vm blue-app; do ip netns del $ns; done # netdevs come back home
	command_line repx down
	holds 'down' repx down
	devlink dev eswitch show "$PCI" | indent
	host_state >/tmp/after
	holds 'the host is as before: mode, ports, SFs, vDPA devices, netdevs, programs' \
		diff /tmp/before /tmp/after
}

bare
make_it
talk
attacks
hardware
gone
verdict
