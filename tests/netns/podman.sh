#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# podman.sh - a real container engine on a repx network: two tenants with the same addresses,
# DHCP, a world behind the uplink that speaks VLAN tags, guards against the container itself
# hooks: clsact
# shellcheck source=../lib/cni.sh
. "$(dirname "$0")/../lib/cni.sh"

tenant up
port up
# shellcheck disable=SC2034 # config reads it
SWITCH=('max_ports: 64')
config >"$CONF"
start_daemon

# --- podman, with nothing of the host's: its storage, its networks, its root file system

P=$TMP/podman
mkdir -p "$P/net" "$P/rootfs"/{bin,proc,sys,dev,etc,tmp,var,run}
cp /bin/busybox "$P/rootfs/bin/"
ldd /bin/busybox | grep -o '/[^ ]*' | while read -r lib; do
	mkdir -p "$P/rootfs${lib%/*}"
	cp -L "$lib" "$P/rootfs$lib"
done
for applet in sh ping nc ip sleep cat echo true; do ln -s busybox "$P/rootfs/bin/$applet"; done
cat >"$P/containers.conf" <<CONF
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
runtime = "runc"
tmp_dir = "$P/tmp"
[network]
network_backend = "cni"
cni_plugin_dirs = ["$BUILD", "$CNI_DIR"]
network_config_dir = "$P/net"
default_network = "red"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
CONF
cat >"$P/storage.conf" <<CONF
[storage]
driver = "vfs"
graphroot = "$P/graph"
runroot = "$P/run"
CONF
pod() {
	in_ns sw env CONTAINERS_CONF="$P/containers.conf" CONTAINERS_STORAGE_CONF="$P/storage.conf" podman "$@"
}
# killed, too: what runs in containers is in no namespace of ours
podman_end() {
	local rc=$1
	[ "$BASHPID" = "$$" ] || exit "$rc"
	trap '' INT TERM HUP
	pod rm -f -t 0 -a >/dev/null 2>&1
	lab_end "$rc"
}
trap 'podman_end $?' EXIT
# run NAME NETWORK... : a container that sleeps
run() {
	local name=$1
	shift
	pod run -d --name "$name" --cap-add NET_ADMIN,NET_RAW "$@" --rootfs "$P/rootfs" sleep 1000
}
in_c() {
	local name=$1
	shift
	pod exec "$name" "$@"
}
# network NAME JQ: its conflist
network() {
	net "$1" "$2"
	jq '{cniVersion: "1.0.0", name, plugins: [. + {capabilities: {mac: true, ips: true, bandwidth: true}}
		| del(.name, .cniVersion)]}' "$TMP/$1.net" >"$P/net/$1.conflist"
}
network red '.ipam.ranges[0][0].rangeEnd = "10.1.0.199"'
network blue '.vlan = 20 | .ipam.dataDir += "-blue" | .ipam.ranges[0][0].rangeEnd = "10.1.0.199"'
network dhcp ".vlan = 30 | .ipam = {type: \"dhcp\", daemonSocketPath: \"$TMP/dhcp.sock\"}"

if ! why=$(pod run --rm --network none --rootfs "$P/rootfs" true 2>&1); then
	skip podman "it cannot run a container here: ${why:0:200}"
	finish
fi

# --- the world behind the uplink: a host in each VLAN, by a switch of its own

mkdir -m 0755 "$TMP/world"
{
	printf 'version: 1\nswitch: {name: world, attach: clsact}\nports:\n  - {name: up, netdev: eth0, role: uplink}\n'
	for vid in 10 20 30; do
		ns_new "w$vid"
		in_ns up ip link add "p$vid" type veth peer name eth0 netns "$PREFIX-w$vid"
		in_ns "w$vid" ip addr add 10.1.0.250/24 dev eth0
		in_ns "w$vid" ip link set eth0 up
		echo "  - {name: p$vid, netdev: p$vid, vlan: {access: $vid}}"
	done
} >"$TMP/world.yaml"
check world in_ns up "$BUILD/repx" --root "$TMP/world" apply "$TMP/world.yaml"

# ping_c CONTAINER ADDRESS
ping_c() { in_c "$1" ping -c 2 -W 2 -i 0.2 -q "$2"; }
# heard WHOSE CMD...: what port 5000 of an address says
heard() { [ "$("${@:2}" </dev/null)" = "hello from $1" ]; }
addr() { pod inspect "$1" | jq -r ".[0].NetworkSettings.Networks.$2.IPAddress"; }
mac() { pod inspect "$1" | jq -r ".[0].NetworkSettings.Networks.$2.MacAddress"; }
port_of() { repx -j port show | jq -r --arg mac "$(mac "$1" "$2")" '.[] | select(.guard.mac == [$mac]).name'; }
# dropped CONTAINER NETWORK REASON
dropped() { repx -j port show "$(port_of "$1" "$2")" | jq ".[0].drops.$3 // 0"; }

check run_red1 run red1 --network red
check run_red2 run red2 --network red
check run_blue1 run blue1 --network blue
equal same_address_in_both_tenants "$(addr red1 red) $(addr blue1 blue)" '10.1.0.2 10.1.0.2'
equal mac_in_the_container "$(in_c red1 cat /sys/class/net/eth0/address)" "$(mac red1 red)"
check ping_within_a_tenant ping_c red1 "$(addr red2 red)"
check ping_through_the_uplink ping_c red1 10.1.0.250
check ping_of_the_other_tenant ping_c blue1 10.1.0.250
check_not no_ping_between_tenants ping_c blue1 "$(addr red2 red)"

bg w10 busybox nc -ll -p 5000 -e echo hello from red
bg w20 busybox nc -ll -p 5000 -e echo hello from blue
pod exec -d red2 nc -ll -p 5000 -e echo hello from red2
check tcp_through_the_uplink wait_for 5 heard red in_c red1 nc -w 2 10.1.0.250 5000
check tcp_of_the_other_tenant wait_for 5 heard blue in_c blue1 nc -w 2 10.1.0.250 5000
check tcp_within_a_tenant wait_for 5 heard red2 in_c red1 nc -w 2 "$(addr red2 red)" 5000
check tcp_from_the_world wait_for 5 heard red2 in_ns w10 busybox nc -w 2 "$(addr red2 red)" 5000
check_not no_tcp_between_tenants heard red2 in_ns w20 busybox nc -w 1 "$(addr red2 red)" 5000

# --- the guard, against root in the container

before=$(dropped red1 red spoof_mac)
in_c red1 ip link set eth0 down
in_c red1 ip link set eth0 address 02:00:00:00:66:66
in_c red1 ip link set eth0 up
check_not another_MAC_is_stopped ping_c red1 10.1.0.250
check another_MAC_is_counted test "$(dropped red1 red spoof_mac)" -gt "$before"
in_c red1 ip link set eth0 down
in_c red1 ip link set eth0 address "$(mac red1 red)"
in_c red1 ip link set eth0 up
check own_MAC_works wait_for 5 ping_c red1 10.1.0.250
before=$(($(dropped red1 red spoof_ip) + $(dropped red1 red spoof_arp)))
in_c red1 ip addr add 10.1.0.99/24 dev eth0
check_not another_address_is_stopped in_c red1 ping -c 2 -W 1 -i 0.2 -q -I 10.1.0.99 10.1.0.250
after=$(($(dropped red1 red spoof_ip) + $(dropped red1 red spoof_arp)))
check another_address_is_counted test "$after" -gt "$before"

# --- what the engine asks for

check run_static run static --network red --ip 10.1.0.177 --mac-address 02:00:00:00:01:77
equal static_address "$(in_c static ip -o addr show eth0 | grep -o '10.1.0[^ ]*/24') $(in_c static cat /sys/class/net/eth0/address)" \
	'10.1.0.177/24 02:00:00:00:01:77'
check ping_static ping_c red2 10.1.0.177
check run_both run both --network red --network blue
equal two_interfaces "$(in_c both ip -o -4 addr show | grep -c 'eth[01] ')" 2
check connect pod network connect blue red2
check connected wait_for 3 in_c red2 cat /sys/class/net/eth1/address
check disconnect pod network disconnect blue red2
check_not disconnected in_c red2 cat /sys/class/net/eth1/address
check still_on_the_other ping_c red2 10.1.0.250

# --- DHCP, from a server behind the uplink; until there is a lease the guard lets nothing else out

cat >"$TMP/udhcpd.conf" <<CONF
start 10.3.0.10
end 10.3.0.20
interface eth0
lease_file $TMP/udhcpd.leases
pidfile $TMP/udhcpd.pid
option subnet 255.255.255.0
option router 10.3.0.1
option lease 600
auto_time 3600
CONF
: >"$TMP/udhcpd.leases"
in_ns w30 ip addr replace 10.3.0.1/24 dev eth0
bg w30 busybox udhcpd -f "$TMP/udhcpd.conf" >"$TMP/udhcpd.log" 2>&1
UDHCPD=$BG
bg sw "$CNI_DIR/dhcp" daemon -socketpath "$TMP/dhcp.sock"
wait_for 5 test -S "$TMP/dhcp.sock"
check run_dhcp run dhcp1 --network dhcp
leased=$(in_c dhcp1 ip -o -4 addr show eth0 | grep -o '10\.3\.0\.[12][0-9]/24')
check leased test -n "$leased"
equal guarded_by_the_lease "$(repx -j port show "$(port_of dhcp1 dhcp)" | jq -c '.[0].guard.ip')" "[\"${leased%/*}\"]"
check ping_with_the_lease ping_c dhcp1 10.3.0.1
check rm_dhcp pod rm -f -t 0 dhcp1
# the server writes its leases down when it is told to
released() {
	kill -USR1 "$UDHCPD"
	busybox dumpleases -f "$TMP/udhcpd.leases" | grep -q expired
}
check lease_is_given_back wait_for 5 released

# --- the end of containers, in every way

check rm_two_networks pod rm -f -t 0 both
pid=$(pod inspect static | jq -r '.[0].State.Pid')
kill -9 "$pid"
exited() { [ "$(pod inspect static | jq -r '.[0].State.Running')" = false ]; }
check main_process_killed wait_for 10 exited
static_gone() { ! repx -j port show | grep -q 02:00:00:00:01:77; }
check its_port_goes wait_for 10 static_gone
check start_again pod start static
equal same_address_again "$(in_c static ip -o addr show eth0 | grep -o '10.1.0[^ ]*/24')" 10.1.0.177/24
conmon=$(pod inspect static | jq -r '.[0].State.ConmonPid')
kill -9 "$conmon"
check rm_without_conmon pod rm -f -t 0 static
end_daemon KILL
check rm_without_daemon pod rm -f -t 0 blue1
check_not run_without_daemon run late --network red
pod rm -f late >/dev/null 2>&1
start_daemon
debts_paid() { [ "$(debts)" = 0 ]; }
check debt_is_paid wait_for 5 debts_paid
check ping_after_all ping_c red1 "$(addr red2 red)"
check rm_all pod rm -f -t 0 -a
equal nothing_left "$(left)" "$NOTHING"
equal no_netns_left "$(find /run/netns -name 'netns-*' -newer "$CONF" | wc -l)" 0

# --- how long a container takes

times() {
	local t0
	for _ in 1 2 3 4 5 6 7; do
		t0=${EPOCHREALTIME/./}
		pod run --rm --network "$1" --rootfs "$P/rootfs" true >/dev/null
		echo $((${EPOCHREALTIME/./} - t0))
	done | sort -n | awk '{ t[NR] = $1 } END { printf "%.0f", t[4] / 1000 }'
}
echo "# podman run --rm true: median $(times none) ms without a network, $(times red) ms on repx"
equal nothing_left_at_all "$(left)" "$NOTHING"
in_ns up "$BUILD/repx" --root "$TMP/world" down
finish
