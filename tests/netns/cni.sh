#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cni.sh - repx-cni as a container runtime calls it: every verb, two tenants on veth
# hooks: clsact
# shellcheck source=../lib/cni.sh
. "$(dirname "$0")/../lib/cni.sh"

tenant up
tenant qinq
port up
port qinq 'vlan: {tunnel: 100}'
config >"$CONF"
start_daemon

net red
net blue '.vlan = 20 | .ipam.ranges = [[{subnet: "10.1.0.0/24"}]] | .ipam.dataDir += "-blue"'
net six '.vlan = 30 | .ipam = {type: "static", addresses: [{address: "fd00::5/64", gateway: "fd00::1"}],
	routes: [{dst: "::/0"}]}'
for c in r1 r2 b1; do container $c; done

# --- ADD

check add_r1 add red r1
check add_r2 add red r2
check add_b1 add blue b1
equal result_version "$(answer r1 .cniVersion)" 1.1.0
equal result_interfaces "$(answer r1 '.interfaces | map(.name | sub("^c-[a-z2-7]{12}$"; "port")) | join(" ")')" 'port eth0'
equal result_sandbox "$(answer r1 '.interfaces | map(.sandbox // "host") | join(" ")')" "host $(netns_of r1)"
equal result_address "$(answer r1 '.ips | map("\(.address) \(.gateway) \(.interface)") | join(",")')" '10.1.0.2/24 10.1.0.1 1'
equal result_mac "$(answer r1 '.interfaces[1].mac')" "$(link r1 address)"
equal result_mtu "$(answer r1 '.interfaces[1].mtu')" 1500
equal result_routes "$(answer r1 '.routes | map(.dst) | join(",")')" 0.0.0.0/0
equal has_route "$(in_ns r1 ip route show default)" 'default via 10.1.0.1 dev eth0 '
equal owner "$(repx -j port show | jq -c '[.[].owner] | sort')" '["cni","cni","cni","file","file"]'
equal guard "$(repx -j port show "$(answer r1 '.interfaces[0].name')" | jq -c '.[0].guard')" \
	"{\"mac\":[\"$(mac_of r1)\"],\"ip\":[\"10.1.0.2\"]}"
check stdout_only test ! -s "$TMP/r1.err"

# --- traffic

check ping_same_tenant ping4 r1 "$(ip_of r2)"
in_ns b1 ip neigh flush all
check_not no_ping_between_tenants ping4 b1 10.1.0.3 1
try isolation b1 "$(frame ff:ff:ff:ff:ff:ff "$(mac_of b1)")" r1= r2= up="$(frame ff:ff:ff:ff:ff:ff "$(mac_of b1)" 8100.20)"
in_ns r1 ip link set eth0 down
in_ns r1 ip link set eth0 address 02:00:00:00:66:66
in_ns r1 ip link set eth0 up
check_not changed_mac_is_stopped ping4 r1 "$(ip_of r2)" 1
check_not changed_mac_is_seen check_net red r1
check names_the_mac grep -q 'has the MAC 02:00:00:00:66:66, not' "$TMP/r1.out"
in_ns r1 ip link set eth0 down
in_ns r1 ip link set eth0 address "$(mac_of r1)"
in_ns r1 ip link set eth0 up
in_ns r1 ip route add default via 10.1.0.1
check mac_is_back wait_for 5 ping4 r1 "$(ip_of r2)" 1
in_ns r1 ip addr add 10.1.0.99/24 dev eth0
check_not changed_address_is_stopped in_ns r1 ping -nq -c 1 -W 1 -I 10.1.0.99 "$(ip_of r2)"
in_ns r1 ip addr del 10.1.0.99/24 dev eth0

# --- announced

container g1
bg up "$TOOLS/rxrecv" eth0 5 >"$TMP/seen"
wait_for 5 grep -q ready "$TMP/seen"
check add_g1 add red g1
arp=$(printf '%s' "ffffffffffff$(mac_of g1)8100000a0806" | tr -d :)
check announced_arp wait_for 3 grep -qi "$arp" "$TMP/seen"
stop "$BG"
container s1
bg up "$TOOLS/rxrecv" eth0 5 >"$TMP/seen"
wait_for 5 grep -q ready "$TMP/seen"
check add_ipv6 add six s1
na=$(printf '%s' "333300000001$(mac_of s1)8100001e86dd6000000000203aff" | tr -d :)
check announced_na wait_for 3 grep -qi "$na" "$TMP/seen"
stop "$BG"
check ipv6_address in_ns s1 ip -6 addr show dev eth0 to fd00::5/64
check ipv6_route in_ns s1 ip -6 route show default via fd00::1
check check_ipv6 check_net six s1
check del_ipv6 del six s1
check del_g1 del red g1

# --- CHECK: each difference by its name

check check_r1 check_net red r1
P=$(answer r2 '.interfaces[0].name' 2>/dev/null)
P=$(jq -r '.interfaces[0].name' "$TMP/r1.result")
change() { call port.change '{"name":"'"$P"'","owner":"cni",'"$1"'}' .result >/dev/null; }
# differs CASE PATTERN: CHECK fails, and says so
differs() {
	if check_net red r1; then
		not_ok "$1" "CHECK succeeded"
	elif [ "$(answer r1 .code)" = 110 ] && answer r1 .details | grep -q -- "$2"; then
		ok "$1"
	else
		not_ok "$1" "$(answer r1)"
	fi
}
in_ns r1 ip addr del 10.1.0.2/24 dev eth0
differs no_address 'has not the address 10.1.0.2/24'
in_ns r1 ip addr add 10.1.0.2/24 dev eth0
differs no_route 'the route to 0.0.0.0/0 is missing'
in_ns r1 ip route add default via 10.1.0.1
in_ns r1 ip link set eth0 mtu 1400
differs mtu 'has the MTU 1400, not 1500'
in_ns r1 ip link set eth0 mtu 1500
in_ns r1 ip link set eth0 down
differs link_down "'eth0' is down"
in_ns r1 ip link set eth0 up
in_ns r1 ip route add default via 10.1.0.1
in_ns r1 ip link set eth0 down
in_ns r1 ip link set eth0 name eth7
differs link_renamed "'eth0' is not in the container"
in_ns r1 ip link set eth7 name eth0
in_ns r1 ip link set eth0 up
in_ns r1 ip route add default via 10.1.0.1
in_ns sw ip link set "$P" down
differs host_down "netdev '$P' of the port is down"
in_ns sw ip link set "$P" up
wait_for 3 link_up r1 eth0
in_ns r1 ip route replace default via 10.1.0.1
change '"vlan":{"access":11}'
differs vlan 'port: vlan is {"access":11} now'
change '"vlan":{"access":10},"guard":null'
differs guard_gone 'port: guard is not set now'
check says_two grep -q '2 differences' "$TMP/r1.out"
check guard_gone_in_the_data_path grep -q 'takes another MAC' "$TMP/r1.out"
change '"guard":{"mac":["'"$(mac_of r1)"'"],"ip":["10.1.0.2"]},"rate":{"rx":"1gbit"}'
differs rate_set 'port: rate is set now'
change '"rate":null'
check all_as_before wait_for 3 check_net red r1
fails check_without_prev 7 'prevResult is missing' CHECK red r1

# --- what is wrong is said, with its code

container e1
# refused CASE CODE PATTERN JQ [ENV...]: ADD of a network that is not right
refused() {
	local name=$1 code=$2 pattern=$3 conf
	conf=$(with red "$4")
	shift 4
	fails "$name" "$code" "$pattern" ADD "$conf" e1 "$@"
}
refused unknown_key 2 "unknown key 'colour' (1)" '.colour = 1'
refused unknown_keys 2 "'colour' (1), 'shape' ({\"x\":2})" '.colour = 1 | .shape = {x: 2}'
refused unknown_capability 2 "runtimeConfig: unknown key 'portMappings'" '.runtimeConfig.portMappings = []'
refused old_version 1 'cniVersion 0.2.0 is not supported' '.cniVersion = "0.2.0"'
refused no_version 1 'cniVersion is missing' 'del(.cniVersion)'
refused no_vlan 7 'vlan is missing' 'del(.vlan)'
refused vlan_range 7 'vlan is not a whole number from 0 to 4094' '.vlan = 4095'
refused bad_mac 7 "not the MAC address" '.mac = "01:00:00:00:00:01"'
refused bad_args_mac 7 'CNI_ARGS: MAC' . CNI_ARGS=MAC=x
refused unknown_args 4 "unknown key 'COLOUR'" . CNI_ARGS=COLOUR=1
refused promised_rate 7 'only a card can promise a rate' '.min_tx_rate = 5'
refused veth_with_id 7 'a veth has no deviceID' '.deviceID = "0000:03:00.2"'
refused no_such_vf 104 'there is no VF of this address' '.device = "vf" | .deviceID = "0000:ff:00.2"'
refused no_such_sf 104 'there is none of this name' '.device = "sf" | .deviceID = "mlx5_core.sf.4000"'
refused no_card 100 'eswitch' '.device = "sf"'
refused daemon_words 100 'VID 100 .*qinq' '.vlan = 100'
refused no_ipam_plugin 7 "no plugin 'no-such'" '.ipam.type = "no-such"'
refused ipam_fails 999 'ipam: ADD of host-local: invalid range set' '.ipam.ranges = [[{subnet: "10.1.0.0/31"}]]'
refused no_netns 102 'No such file' . CNI_NETNS=/run/netns/nothing
refused own_netns 4 "host's own namespace" . CNI_NETNS=/proc/self/ns/net
refused netns_not_one 102 'Invalid argument' . CNI_NETNS=/etc/passwd
refused no_container 4 'not set: CNI_CONTAINERID' . CNI_CONTAINERID=
refused bad_container 4 'not the name of a container' . CNI_CONTAINERID=../x
refused bad_ifname 4 'not the name of an interface' . CNI_IFNAME=a/b
refused no_daemon 11 'no daemon answers' '.socket = "/run/none/control"'
fails unknown_verb 4 "'JUMP' is not known" JUMP red e1
echo '{' >"$TMP/broken.net"
fails not_json 6 'not JSON' ADD broken e1
fails status_too_old 1 'needs cniVersion 1.1.0' STATUS "$(with red '.cniVersion = "1.0.0"')" e1
fails add_twice 101 'has .eth0. on network .red. already' ADD red r1
in_ns e1 ip link add eth0 type veth peer name other
refused name_taken 101 "an interface 'eth0' in the container already" .
in_ns e1 ip link del eth0
equal nothing_of_it "$(records) $(leases)" '3 2'

# --- ADD that fails at each step leaves nothing

before=$(left)
step() { equal "$1" "$(left)" "$before"; }
refused at_ipam 7 'no plugin' '.ipam.type = "none-such"'
step left_at_ipam
refused at_port 100 '' '.vlan = 100'
step left_at_port
refused at_route 103 'add route to' '.ipam.routes = [{dst: "10.9.0.0/16", gw: "192.168.77.1"}]'
step left_at_route
refused at_address 103 'add address' '.ipGuard = false | .ipam = {type: "static", addresses: [{address: "10.1.0.7/24"}, {address: "10.1.0.7/24"}]}'
step left_at_address
mkdir -p "$TMP/full"
mount -t tmpfs -o size=64k none "$TMP/full"
mkdir -p "$TMP/full/red"
head -c 1M /dev/zero >"$TMP/full/fill" 2>/dev/null
refused disk_full 5 'No space left' ".dataDir = \"$TMP/full\""
step left_when_the_disk_is_full
umount "$TMP/full"

# killed in the middle, by its IPAM plugin: DEL finds what there is; so does the next ADD
cat >"$TMP/plugins/killer" <<'SH'
#!/bin/sh
[ "$CNI_COMMAND" != ADD ] || kill -KILL $PPID
SH
chmod +x "$TMP/plugins/killer"
check_not killed cni ADD "$(with red '.ipam.type = "killer"')" e1
equal killed_left_a_record "$(records)" 4
check del_after_kill del "$(with red '.ipam.type = "killer"')" e1
step left_after_kill
check_not killed_again cni ADD "$(with red '.ipam.type = "killer"')" e1
check add_after_kill add red e1
check del_e1 del red e1
step left_after_that

# --- DEL: in every state

# gone CASE CONTAINER: DEL succeeds, and again; nothing is left
gone() {
	check "$1" del red "$2"
	check "$1_twice" del red "$2"
	step "$1_left"
}
check add_e1 add red e1
gone del_plain e1
gone del_of_nothing e1
check add_netns_gone add red e1
ip netns del "$PREFIX-e1"
gone del_netns_gone e1
container e1
check add_no_netns add red e1
check del_without_netns cni DEL red e1 CNI_NETNS=
step del_without_netns_left
check add_port_gone add red e1
call port.del '{"name":"'"$(answer e1 '.interfaces[0].name')"'","owner":"cni"}' .result >/dev/null
gone del_port_gone e1
check add_link_gone add red e1
in_ns e1 ip link del eth0
gone del_link_gone e1
check add_record_gone add red e1
rm "$STORE/red/e1-eth0.json"
gone del_record_gone e1
check add_record_bad add red e1
: >"$STORE/red/e1-eth0.json"
gone del_record_bad e1
check add_conf_bad add red e1
check del_with_bad_conf del "$(with red '.vlan = "x" | .colour = 1')" e1
step del_with_bad_conf_left
cat >"$TMP/plugins/flaky" <<'SH'
#!/bin/sh
[ "$CNI_COMMAND" != DEL ] || [ ! -e "$0.bad" ] || {
	echo '{"cniVersion":"1.0.0","code":77,"msg":"no lease file","details":"wait for it"}'
	exit 1
}
exec sed -n 's/.*/{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.77\/24"}]}/p;q' /etc/passwd
SH
chmod +x "$TMP/plugins/flaky"
flaky=$(with red '.cniVersion = "1.0.0" | .ipam.type = "flaky"')
check add_flaky add "$flaky" e1
: >"$TMP/plugins/flaky.bad"
fails del_ipam_fails 77 'ipam: DEL of flaky: no lease file (wait for it)' DEL "$flaky" e1
rm "$TMP/plugins/flaky.bad"
check del_ipam_well_again del "$flaky" e1
step del_ipam_left

# the daemon is down: a debt, paid when it starts
check add_for_debt add red e1
end_daemon KILL
check del_without_daemon del red e1
check del_without_daemon_twice del red e1
equal one_debt "$(debts)" 1
fails add_without_daemon 11 'no daemon answers' ADD red e1
fails status_without_daemon 50 'no daemon answers' STATUS red e1
check_net red r1
check check_without_daemon grep -q 'no daemon answers' "$TMP/r1.out"
start_daemon
step debt_is_paid
check check_after_restart check_net red r1
check ping_after_restart ping4 r1 "$(ip_of r2)"

# --- STATUS, VERSION

check status cni STATUS red e1
equal status_says_nothing "$(wc -c <"$TMP/e1.out")" 0
check version cni VERSION red e1
equal versions "$(answer e1 '.supportedVersions | join(" ")')" '0.3.0 0.3.1 0.4.0 1.0.0 1.1.0'
check version_without_env env -i CNI_COMMAND=VERSION "$BUILD/repx-cni" <"$TMP/red.net"

# --- GC

for c in k1 k2 k3; do
	container $c
	check "add_$c" add red $c
done
check gc cni GC "$(with red '."cni.dev/valid-attachments" = [{containerID: "r1", ifname: "eth0"},
	{containerID: "r2", ifname: "eth0"}, {containerID: "k2", ifname: "eth0"}, {containerID: "k3", ifname: "eth1"}]')" e1
equal gc_left "$(find "$STORE/red" -name '*.json' -printf '%f ' | xargs -n1 | sort | xargs)" 'k2-eth0.json r1-eth0.json r2-eth0.json'
equal gc_leases "$(find "$LEASES" -name '10.*' | wc -l)" 3
check gc_leaves_valid check_net red k2
check gc_leaves_other_networks check_net blue b1
fails gc_without_list 7 'valid-attachments is missing' GC red e1
check del_k2 del red k2
step gc_step

# --- forms of the result, and chains

# form VERSION KEYS: of the first address; DEL again
form() {
	check "add_$1" add "$(with red ".cniVersion = \"$1\"")" e1
	equal "form_$1" "$(answer e1 '"\(.cniVersion) \(.ips[0] | keys | join(",")) \(.interfaces[1] | keys | join(","))"')" "$1 $2"
	check "del_$1" del "$(with red ".cniVersion = \"$1\"")" e1
}
form 0.3.0 'address,gateway,interface,version mac,name,sandbox'
form 0.3.1 'address,gateway,interface,version mac,name,sandbox'
form 0.4.0 'address,gateway,interface,version mac,name,sandbox'
form 1.0.0 'address,gateway,interface mac,name,sandbox'
form 1.1.0 'address,gateway,interface mac,mtu,name,sandbox'
check add_chained add "$(with red '.prevResult = {cniVersion: "1.1.0", interfaces: [{name: "lo", sandbox: "/x"}],
	ips: [{address: "127.0.0.1/8", interface: 0}], dns: {nameservers: ["10.1.0.1"]}}')" e1
equal chained_interfaces "$(answer e1 '.interfaces | map(.name | sub("^c-.*"; "port")) | join(" ")')" 'lo port eth0'
equal chained_addresses "$(answer e1 '.ips | map("\(.address)@\(.interface)") | join(" ")')" "127.0.0.1/8@0 $(in_ns e1 ip -j addr show dev eth0 |
	jq -r '.[0].addr_info[0] | "\(.local)/\(.prefixlen)"')@2"
equal chained_dns "$(answer e1 '.dns.nameservers[0]')" 10.1.0.1
check check_chained check_net red e1
check del_chained del red e1

# --- what the keys become

# keys CASE JQ WANT [ENV...]: what port show has of it
keys() {
	local name=$1 conf want=$3
	conf=$(with red "$2")
	shift 3
	check "add_$name" add "$conf" e1 "$@"
	equal "$name" "$(repx -j port show "$(answer e1 '.interfaces[0].name')" | jq -c '.[0] | {vlan, rate, isolated, guard} | del(.[] | nulls)')" "$want"
	check "del_$name" del "$conf" e1
}
keys key_trunk '.trunk = [{id: 10}, {minID: 20, maxID: 22}] | .vlan = 30 | .spoofchk = "off" | .ipGuard = false' \
	'{"vlan":{"trunk":[10,"20-22",30],"native":30}}'
keys key_rates '.max_tx_rate = 5 | .ipGuard = false | .spoofchk = "off" | .isolated = true' \
	'{"vlan":{"access":10},"rate":{"rx":"5mbit","rx_by":"software"},"isolated":true}'
keys key_bandwidth '.runtimeConfig.bandwidth = {ingressRate: 8000000, egressRate: 16000000, ingressBurst: 800000} | .spoofchk = "off" | .ipGuard = false' \
	'{"vlan":{"access":10},"rate":{"rx":"16mbit","tx":"8mbit","burst":"100000b","rx_by":"software"}}'
keys key_mac_conf '.mac = "02:00:00:00:00:AA" | .ipGuard = false' '{"vlan":{"access":10},"guard":{"mac":["02:00:00:00:00:aa"]}}'
keys key_mac_args '.mac = "02:00:00:00:00:AA" | .ipGuard = false' '{"vlan":{"access":10},"guard":{"mac":["02:00:00:00:00:bb"]}}' \
	CNI_ARGS='IgnoreUnknown=1;K8S_POD_NAME=x;MAC=02:00:00:00:00:bb'
keys key_mac_runtime '.mac = "02:00:00:00:00:AA" | .ipGuard = false | .runtimeConfig.mac = "02:00:00:00:00:cc"' \
	'{"vlan":{"access":10},"guard":{"mac":["02:00:00:00:00:cc"]}}' CNI_ARGS='IgnoreUnknown=true;MAC=02:00:00:00:00:bb'
check add_mtu add "$(with red '.mtu = 1400')" e1
equal key_mtu "$(link e1 mtu) $(answer e1 '.interfaces | map(.mtu) | join(" ")')" '1400 1400 1400'
check del_mtu del red e1

# --- examples: all that is wrong with each is that its switch is not there

for file in "$LIB_TOP"/user/examples/cni/*.conflist; do
	jq '. as $list | .plugins[0] + {name: $list.name, cniVersion: $list.cniVersion, socket: "/run/none/control"}
		| del(.capabilities)' "$file" >"$TMP/example.net"
	example=${file##*/}
	fails "example_${example%.conflist}" 11 'no daemon answers' ADD example e1
	check "example_${example%.conflist}_capabilities" jq -e '(.plugins[0].capabilities // {}) | keys - ["mac", "ips",
		"ipRanges", "bandwidth", "dns", "deviceID", "CNIDeviceInfoFile"] == []' "$file"
done

# --- the end

for c in r1 r2; do check "last_$c" del red $c; done
check last_b1 del blue b1
equal nothing_left "$(left)" "$NOTHING"
finish
