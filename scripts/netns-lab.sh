#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# netns-lab.sh - a small network to try repx in: an uplink and four tenants
#
#	netns-lab.sh up		make it (and apply its config)
#	netns-lab.sh shell	a shell in the switch's namespace, with repx in PATH
#	netns-lab.sh down	take it away
#
# Namespaces are named repxlab-*; the host's own netdevs are not touched.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
build=${REPX_BUILD:-$top/build}
dir=/run/repx-lab
conf=$dir/sw.yaml
tenants=(wire web db dev guest)

in_ns() {
	local ns=repxlab-$1
	shift
	nsenter --net="/run/netns/$ns" "$@"
}

# tenant NAME MAC ADDRESS: netns repxlab-NAME, joined to netdev NAME of the switch
tenant() {
	ip netns add "repxlab-$1" || exit 1
	ip link add name "$1" netns repxlab-sw type veth \
		peer name eth0 address "$2" netns "repxlab-$1" || exit 1
	in_ns "$1" ip link set dev lo up
	in_ns "$1" ip link set dev eth0 up
	in_ns "$1" ip addr add "$3" dev eth0
}

write_config() {
	cat >"$conf" <<-'END'
		version: 1
		switch: {name: lab, attach: auto}
		ports:
		  - {name: wire, netdev: wire, role: uplink, vlan: {trunk: all, native: 10}}
		  - {name: web, netdev: web, vlan: {access: 10}}
		  - name: db
		    netdev: db
		    vlan: {access: 10}
		    guard: {mac: ["02:00:00:00:10:02"], ip: [10.10.0.2]}
		  - {name: dev, netdev: dev, vlan: {access: 20}, storm: {broadcast: 100pps}}
		  - {name: guest, netdev: guest, vlan: {access: 20}, isolated: true}
	END
}

hints() {
	cat <<-END
		The switch is in namespace repxlab-sw; its tenants are wire (behind the uplink,
		10.10.0.254), web (10.10.0.1) and db (10.10.0.2) in VLAN 10, dev (10.20.0.1) and
		guest (10.20.0.2) in VLAN 20. Its file: $conf

		  $0 shell                            then, in that shell:
		    repx show
		    repx port show db
		    repx fdb show
		    repx monitor
		    repx trace port db dst ff:ff:ff:ff:ff:ff src 02:00:00:00:00:66
		    repx apply $conf    # after an edit
		  ip netns exec repxlab-web ping 10.10.0.2         # VLAN 10
		  ip netns exec repxlab-web ping 10.10.0.254       # the uplink
		  ip netns exec repxlab-dev ping 10.20.0.2         # VLAN 20
		  bpftool map dump pinned $dir/bpf/lab/maps/repx_fdb
		  $0 down
	END
}

up() {
	[ -e /run/netns/repxlab-sw ] && {
		echo "netns-lab: it is up already; '$0 down' takes it away" >&2
		exit 1
	}
	[ -x "$build/repx" ] || {
		echo "netns-lab: no '$build/repx': run make first, or set REPX_BUILD" >&2
		exit 1
	}
	mkdir -p "$dir"
	ip netns add repxlab-sw || exit 1
	tenant wire 02:00:00:00:ff:01 10.10.0.254/24
	tenant web 02:00:00:00:10:01 10.10.0.1/24
	tenant db 02:00:00:00:10:02 10.10.0.2/24
	tenant dev 02:00:00:00:20:01 10.20.0.1/24
	tenant guest 02:00:00:00:20:02 10.20.0.2/24
	write_config
	in_ns sw "$build/repx" --root "$dir" apply "$conf" || exit 1
	hints
}

down() {
	[ ! -e /run/netns/repxlab-sw ] || [ ! -d "$dir" ] ||
		in_ns sw "$build/repx" --root "$dir" down --all
	for t in "${tenants[@]}" sw; do
		[ ! -e "/run/netns/repxlab-$t" ] || ip netns del "repxlab-$t"
	done
	! mountpoint -q "$dir/bpf" || umount "$dir/bpf"
	rm -rf "$dir"
}

lab_shell() {
	[ -e /run/netns/repxlab-sw ] || {
		echo "netns-lab: it is not up; '$0 up' makes it" >&2
		exit 1
	}
	# `repx` without --root, as on a host of its own
	cat >"$dir/bashrc" <<-END
		repx() { "$build/repx" --root "$dir" "\$@"; }
		PS1='[repxlab-sw] \w \$ '
	END
	in_ns sw bash --rcfile "$dir/bashrc" -i
}

[ "$(id -u)" -eq 0 ] || {
	echo "netns-lab: needs root: it makes network namespaces" >&2
	exit 1
}
case ${1:-} in
up) up ;;
down) down ;;
shell) lab_shell ;;
*)
	echo "usage: netns-lab.sh up | shell | down" >&2
	exit 2
	;;
esac
