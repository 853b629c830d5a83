#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cni-spec.sh - the CNI specification 1.1.0, point by point: a row has the section, the words
# (in short), and what proves it
# hooks: clsact
# shellcheck disable=SC2016,SC2034 # what a row does is evaluated when it is its turn
# shellcheck source=../lib/cni.sh
. "$(dirname "$0")/../lib/cni.sh"

tenant up
port up
# shellcheck disable=SC2034 # config reads it
SWITCH=('max_ports: 6')
config >"$CONF"
start_daemon
net red
for c in a b c d e; do container $c; done

# row SECTION WORDS CMD...: the command succeeds
row() {
	local name="$1:$2"
	shift 2
	check "$name" "$@"
}

# --- what proves it

# refuses CODE WORDS VERB NET CONTAINER [ENV...]: an error result of that code, with words
refuses() {
	local code=$1 words=$2
	shift 2
	! cni "$@" || return 1
	jq -e --argjson c "$code" '.code == $c and (.msg | length) > 0 and (.details | length) > 0' \
		"$TMP/$3.out" || return 1
	answer "$3" '"\(.msg) (\(.details))"' | grep -q -- "$words" && return
	answer "$3"
	return 1
}
# a form of red, for one call
red() { with red "$1"; }
has() { answer "$1" | jq -e "$2"; }
is() { [ "$1" = "$2" ] || { echo "got '$1', want '$2'" && false; }; }
not() { ! "$@"; }
# iface CONTAINER [NAME]
iface() { in_ns "$1" ip link show dev "${2:-eth0}"; }
silent() { [ ! -s "$TMP/$1.out" ] || { cat "$TMP/$1.out" && false; }; }
all() {
	local part
	for part; do eval "$part" || { echo "$part" && return 1; }; done
}

# spy: an IPAM plugin that writes down how it was called, and does as its files say
cat >"$TMP/plugins/spy" <<'SH'
#!/bin/sh
dir=${0%/*}/seen
mkdir -p $dir
cat >$dir/$CNI_COMMAND.conf
env >$dir/$CNI_COMMAND.env
echo $CNI_COMMAND >>$dir/order
echo "spy says $CNI_COMMAND" >&2
if [ -e $dir/../$CNI_COMMAND.bad ]; then
	echo '{"cniVersion":"1.1.0","code":142,"msg":"spy refuses","details":"as it was told"}'
	exit 1
fi
case $CNI_COMMAND in
ADD) echo '{"cniVersion":"1.1.0","ips":[{"address":"10.1.0.50/24","gateway":"10.1.0.1"}],
	"routes":[{"dst":"10.7.0.0/16"}],"dns":{"nameservers":["10.1.0.53"]}}' ;;
VERSION) echo '{"cniVersion":"1.1.0","supportedVersions":["1.0.0","1.1.0"]}' ;;
esac
SH
chmod +x "$TMP/plugins/spy"
SEEN=$TMP/plugins/seen
net spy '.ipam = {type: "spy", colour: "red"}'
bad() { : >"$TMP/plugins/$1.bad"; }
good() { rm -f "$TMP/plugins/$1.bad"; }
forget() { rm -rf "$SEEN"; }
seen() { [ -e "$SEEN/$1.conf" ]; }

# --- Section 1: network configuration

row 1 cniVersion_is_required refuses 1 'cniVersion is missing' ADD "$(red 'del(.cniVersion)')" a
row 1 cniVersion_of_the_future_is_refused refuses 1 'cniVersion 9.0.0' ADD "$(red '.cniVersion = "9.0.0"')" a
row 1 name_is_required refuses 7 "not the name of a network" ADD "$(red 'del(.name)')" a
row 1 name_begins_with_letter_or_digit refuses 7 "name '_x'" ADD "$(red '.name = "_x"')" a
row 1 name_has_no_slash refuses 7 "name 'a/b'" ADD "$(red '.name = "a/b"')" a
row 1 reserved_keys_are_taken add "$(red '. + {cniVersions: ["1.0.0", "1.1.0"], disableCheck: false,
	disableGC: false, capabilities: {mac: true}, dns: {nameservers: ["10.1.0.9"]},
	args: {labels: {app: "x"}}}')" a
row 1 dns_is_told has a '.dns.nameservers == ["10.1.0.9"]'
row 1 keys_in_cni_dev_are_taken all 'del red a' 'add "$(red ".[\"cni.dev/x\"] = 1")" a' 'del red a'
row 1 unknown_keys_are_refused refuses 2 "'colour' (1)" ADD "$(red '.colour = 1')" a

# --- Section 2: parameters

row 2.params command_is_required refuses 4 'CNI_COMMAND is not set' '' red a
row 2.params command_must_be_known refuses 4 "CNI_COMMAND 'add'" add red a
row 2.params container_is_required refuses 4 CNI_CONTAINERID ADD red a CNI_CONTAINERID=
for id in _a .a -a 'a b' a/b a:b; do
	row 2.params "container_is_not_called_${id//[ \/]/?}" refuses 4 CNI_CONTAINERID ADD red a CNI_CONTAINERID="$id"
done
row 2.params container_may_have_dots all 'add red a CNI_CONTAINERID=A1_b.c-d' 'del red a CNI_CONTAINERID=A1_b.c-d'
row 2.params netns_is_required_by_ADD refuses 4 CNI_NETNS ADD red a CNI_NETNS=
row 2.params netns_is_required_by_CHECK refuses 4 CNI_NETNS CHECK red a CNI_NETNS=
row 2.params ifname_is_required refuses 4 CNI_IFNAME ADD red a CNI_IFNAME=
for name in . .. a/b a:b 'a b' sixteen-letters-; do
	row 2.params "interface_is_not_called_${name//[ \/]/?}" refuses 4 CNI_IFNAME ADD red a CNI_IFNAME="$name"
done
row 2.params args_are_pairs refuses 4 CNI_ARGS ADD red a CNI_ARGS=alone
row 2.params args_are_optional all 'add red a CNI_ARGS=' 'del red a'
row 2.params path_is_a_list all 'add red a CNI_PATH=/nowhere:$CNI_DIR' 'del red a CNI_PATH=/nowhere:$CNI_DIR'
row 2.params path_is_optional all 'add "$(red "del(.ipam)")" a CNI_PATH=' 'del "$(red "del(.ipam)")" a CNI_PATH='
row 2.params several_names_are_told refuses 4 'CNI_CONTAINERID CNI_NETNS CNI_IFNAME' ADD red a \
	CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME=

# --- Section 2: ADD

row 2.ADD success_is_exit_status_0 cni ADD red a
cp "$TMP/a.out" "$TMP/a.result"
row 2.ADD interface_is_in_the_container iface a
row 2.ADD result_is_on_standard_output has a '.cniVersion == "1.1.0"'
row 2.ADD interface_that_exists_is_an_error refuses 101 'has .eth0. on network' ADD red a
row 2.ADD error_leaves_the_first_alone check_net red a
row 2.ADD other_interface_that_exists_is_an_error all 'in_ns b ip link add eth0 type veth peer name x' \
	'refuses 101 "an interface .eth0." ADD red b' 'in_ns b ip link del eth0'
row 2.ADD another_interface_of_a_container all 'add red a CNI_IFNAME=net1' 'iface a net1' \
	'del red a CNI_IFNAME=net1' 'not iface a net1' 'iface a eth0'
row 2.ADD another_network_of_a_container all 'add "$(red ".name = \"blue\"")" a CNI_IFNAME=net2' \
	'del "$(red ".name = \"blue\"")" a CNI_IFNAME=net2' 'iface a eth0'
row 2.ADD prevResult_is_passed_on all 'add "$(red ".prevResult = {cniVersion: \"1.1.0\",
	interfaces: [{name: \"lo\", sandbox: \"/x\"}], routes: [{dst: \"10.8.0.0/16\"}]}")" b' \
	'has b ".interfaces[0].name == \"lo\" and .routes[0].dst == \"10.8.0.0/16\""' 'del red b'

# --- Section 2: DEL

add red b >/dev/null
row 2.DEL success_prints_nothing all 'del red b' 'silent b'
row 2.DEL interface_is_gone not iface b
row 2.DEL again_is_a_success del red b
row 2.DEL of_one_never_added del red c
row 2.DEL with_its_prevResult all 'add red b' 'del "$(red ".prevResult = $(cat "$TMP/b.result")")" b'
row 2.DEL with_an_empty_prevResult all 'add red b' 'del "$(red ".prevResult = {}")" b'
row 2.DEL netns_is_optional all 'add red b' 'del red b CNI_NETNS=' 'not iface b'
row 2.DEL netns_may_be_gone all 'add red b' 'ip netns del "$(basename "$(netns_of b)")"' 'del red b'
container b
row 2.DEL lease_is_given_back_without_netns is "$(leases)" 1
row 2.DEL netns_may_be_another_thing all 'add red b' 'del red b CNI_NETNS=/etc/passwd' 'not iface b'
row 2.DEL port_may_be_gone all 'add red b' \
	'call port.del "{\"name\":\"$(answer b ".interfaces[0].name")\",\"owner\":\"cni\"}"' 'del red b'
add red b >/dev/null
end_daemon KILL
row 2.DEL daemon_may_be_away all 'del red b' 'not iface b'
start_daemon
row 2.DEL configuration_may_have_changed all 'add red b' 'del "$(red ".vlan = 99999 | .colour = 1")" b' 'not iface b'
row 2.DEL container_is_required refuses 4 CNI_CONTAINERID DEL red b CNI_CONTAINERID=
row 2.DEL interface_name_is_required refuses 4 CNI_IFNAME DEL red b CNI_IFNAME=

# --- Section 2: CHECK

row 2.CHECK right_after_ADD all 'add red b' 'check_net red b' 'silent b'
row 2.CHECK prevResult_is_required refuses 7 'prevResult is missing' CHECK red b
# the chain's last word is what counts: address or route of ours that a later plugin took away
row 2.CHECK later_plugin_took_a_route all 'in_ns b ip route del default' \
	'not check_net red b' 'jq "del(.routes)" "$TMP/b.result" >"$TMP/x" && mv "$TMP/x" "$TMP/b.result"' 'check_net red b'
row 2.CHECK later_plugin_took_an_address all 'in_ns b ip addr flush dev eth0' \
	'not check_net red b' 'jq "del(.ips)" "$TMP/b.result" >"$TMP/x" && mv "$TMP/x" "$TMP/b.result"' 'check_net red b'
row 2.CHECK later_plugin_added_one all \
	'jq ".routes = [{dst: \"10.66.0.0/16\"}] | .ips = [{address: \"10.66.0.1/16\", interface: 1}]" "$TMP/b.result" >"$TMP/x" &&
		mv "$TMP/x" "$TMP/b.result"' 'check_net red b'
row 2.CHECK later_plugin_changed_the_MTU all 'in_ns b ip link set eth0 mtu 1300' 'not check_net red b' \
	'jq ".interfaces[1].mtu = 1300" "$TMP/b.result" >"$TMP/x" && mv "$TMP/x" "$TMP/b.result"' 'check_net red b'
row 2.CHECK interface_is_missing all 'in_ns b ip link set eth0 down' 'in_ns b ip link set eth0 name x' \
	'not check_net red b' 'in_ns b ip link set x name eth0' 'in_ns b ip link set eth0 up' 'wait_for 3 check_net red b'
PORT=$(jq -r '.interfaces[0].name' "$TMP/b.result")
change() { call port.change "{\"name\":\"$PORT\",\"owner\":\"cni\",$1}" >/dev/null; }
GUARD=$(repx -j port show "$PORT" | jq -c '.[0].guard')
row 2.CHECK firewall_rule_is_missing all 'change "\"guard\":null"' 'not check_net red b' 'change "\"guard\":$GUARD"' 'check_net red b'
row 2.CHECK shaping_is_other all 'change "\"rate\":{\"rx\":\"1mbit\"}"' 'not check_net red b' 'change "\"rate\":null"' 'check_net red b'
row 2.CHECK reservation_is_missing all 'rm "$LEASES"/red/10.1.0.*' 'not check_net red b'
row 2.CHECK error_of_IPAM_is_passed_on is "$(answer b .msg | cut -d' ' -f1-4)" 'ipam: CHECK of host-local:'
end_daemon KILL
row 2.CHECK daemon_is_away all 'not check_net red b' 'has b ".details | test(\"no daemon answers\")"'
start_daemon
del red a
del red b

# --- Section 2: STATUS

row 2.STATUS ready_is_0_and_silent all 'cni STATUS red c' 'silent c'
row 2.STATUS needs_no_container cni STATUS red c CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME=
row 2.STATUS asks_IPAM all forget 'cni STATUS spy c' 'seen STATUS'
row 2.STATUS error_of_IPAM_is_an_error all 'bad STATUS' 'refuses 142 "spy refuses" STATUS spy c' 'good STATUS'
row 2.STATUS ADD_does_not_depend_on_it all 'bad STATUS' 'add spy c' 'del spy c' 'good STATUS'
end_daemon KILL
row 2.STATUS code_50_without_the_daemon refuses 50 'no daemon answers' STATUS red c
start_daemon
row 2.STATUS code_51_without_the_switch refuses 51 'there is no switch' STATUS "$(red '.socket = "/run/none/control"')" c

# --- Section 2: VERSION

row 2.VERSION says_what_it_knows all 'cni VERSION red c' \
	'has c ".supportedVersions == [\"0.3.0\", \"0.3.1\", \"0.4.0\", \"1.0.0\", \"1.1.0\"]"'
echo '{"cniVersion": "0.4.0"}' >"$TMP/version.net"
row 2.VERSION tells_the_version_of_the_question all 'cni VERSION version c' 'has c ".cniVersion == \"0.4.0\""'
row 2.VERSION needs_the_command_only env -i CNI_COMMAND=VERSION "$BUILD/repx-cni" <"$TMP/version.net"

# --- Section 2: GC

for c in a b c d; do add red $c >/dev/null; done
valid() { red ".[\"cni.dev/valid-attachments\"] = $1"; }
row 2.GC list_is_required refuses 7 valid-attachments GC red e
row 2.GC path_is_required refuses 4 CNI_PATH GC "$(valid '[]')" e CNI_PATH=
row 2.GC success_is_silent all 'cni GC "$(valid "[{containerID: \"a\", ifname: \"eth0\"}, {containerID: \"b\", ifname: \"eth0\"},
	{containerID: \"c\", ifname: \"net9\"}]")" e CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME=' 'silent e'
row 2.GC valid_ones_stay all 'check_net red a' 'check_net red b'
row 2.GC others_are_gone all 'not iface c' 'not iface d'
row 2.GC reservations_of_others_are_gone is "$(leases)" 2
add red c >/dev/null
net spied '.ipam = {type: "spy"}'
add spied d >/dev/null
bad DEL
spied() { with spied '.["cni.dev/valid-attachments"] = []'; }
row 2.GC goes_on_after_a_failure_and_tells_it refuses 142 'spy refuses' GC "$(spied)" e
good DEL
row 2.GC what_failed_is_repeated all 'cni GC "$(spied)" e' 'is "$(ls "$STORE/spied")" ""'
row 2.GC is_handed_to_IPAM all forget 'cni GC "$(spied)" e' 'seen GC'
row 2.GC error_of_IPAM_is_told all 'bad GC' 'refuses 142 "spy refuses" GC "$(spied)" e' 'good GC'
row 2.GC of_this_network_only all 'check_net red a' 'check_net red c'
for c in a b c d; do del red $c; done

# --- Section 3: life cycle

several() {
	local c pids=() rc=0
	for c in a b c d e; do
		cni "$1" red $c &
		pids+=($!)
	done
	for c in "${pids[@]}"; do wait "$c" || rc=1; done
	return $rc
}
row 3.lifecycle containers_in_parallel all 'several ADD' 'is "$(leases)" 5'
row 2.STATUS code_50_when_there_is_no_place_left refuses 50 'no slot is free' STATUS red x
row 3.lifecycle addresses_differ is "$(for c in a b c d e; do answer $c '.ips[0].address'; done | sort -u | wc -l)" 5
row 3.lifecycle deletes_in_parallel all 'several DEL' 'is "$(left)" "$NOTHING"'
row 3.lifecycle delete_follows_a_failed_add all 'refuses 7 "no plugin" ADD "$(red ".ipam.type = \"none\"")" a' 'del red a'
row 3.derive runtimeConfig_counts all 'add "$(red ".runtimeConfig = {mac: \"02:00:00:00:00:77\"} | .ipGuard = false")" a' \
	'is "$(mac_of a)" 02:00:00:00:00:77' 'del red a'
row 3.derive capability_that_is_not_ours_is_refused refuses 2 "'portMappings'" ADD "$(red '.runtimeConfig.portMappings = []')" a

# --- Section 4: delegation

forget
row 4.delegate plugin_is_searched_in_CNI_PATH all 'add spy a CNI_ARGS=IgnoreUnknown=1\;K=V' 'seen ADD'
same_env() {
	local v
	for v in "CNI_COMMAND=$1" CNI_CONTAINERID=a "CNI_NETNS=$(netns_of a)" CNI_IFNAME=eth0 "CNI_PATH=$CNI_PATH"; do
		grep -qxF "$v" "$SEEN/$1.env" || { echo "$v" && return 1; }
	done
}
row 4.delegate gets_the_same_environment all 'same_env ADD' 'grep -qx "CNI_ARGS=IgnoreUnknown=1;K=V" "$SEEN/ADD.env"'
row 4.delegate gets_the_whole_configuration is "$(jq -Sc . "$SEEN/ADD.conf")" "$(jq -Sc . "$TMP/spy.net")"
row 4.delegate its_messages_are_passed_on grep -q 'spy says ADD' "$TMP/a.err"
row 4.delegate CHECK_is_delegated all 'check_net spy a' 'seen CHECK' 'same_env CHECK'
row 4.delegate error_of_CHECK_is_returned all 'bad CHECK' 'not check_net spy a' 'has a ".code == 142"' 'good CHECK'
row 4.delegate DEL_is_delegated all 'del spy a' 'seen DEL' 'same_env DEL'
row 4.delegate error_of_DEL_is_returned all 'add spy a' 'bad DEL' 'refuses 142 "spy refuses" DEL spy a' 'good DEL' 'del spy a'
forget
bad ADD
row 4.delegate error_of_ADD_is_returned refuses 142 'spy refuses' ADD spy a
row 4.delegate failed_ADD_is_followed_by_DEL is "$(tail -n 2 "$SEEN/order" | xargs)" 'ADD DEL'
good ADD
row 4.delegate failed_ADD_leaves_nothing is "$(left)" "$NOTHING"

# --- Section 5: results

row 5.ADD all_keys all 'add spy a' 'has a "keys == [\"cniVersion\", \"dns\", \"interfaces\", \"ips\", \"routes\"]"'
row 5.ADD host_interface_has_no_sandbox has a '.interfaces[0] | .name and .mac and .mtu and (has("sandbox") | not)'
row 5.ADD container_interface has a '.interfaces[1] | .name == "eth0" and .mac and .mtu == 1500'
row 5.ADD sandbox_is_CNI_NETNS is "$(answer a '.interfaces[1].sandbox')" "$(netns_of a)"
row 5.ADD mac_is_the_interfaces is "$(answer a '.interfaces[1].mac')" "$(link a address)"
row 5.ADD host_interface_exists is "$(in_ns sw ip -j link show dev "$(answer a '.interfaces[0].name')" | jq -r '.[0].address')" \
	"$(answer a '.interfaces[0].mac')"
row 5.ADD address_with_prefix_gateway_interface has a '.ips == [{address: "10.1.0.50/24", gateway: "10.1.0.1", interface: 1}]'
row 5.ADD routes has a '.routes == [{dst: "10.7.0.0/16"}]'
row 5.ADD route_without_gw_goes_by_the_gateway is "$(in_ns a ip route show 10.7.0.0/16)" '10.7.0.0/16 via 10.1.0.1 dev eth0 '
row 5.ADD dns has a '.dns == {nameservers: ["10.1.0.53"]}'
del spy a
for v in 0.3.0 0.3.1 0.4.0 1.0.0 1.1.0; do
	row 5.ADD "cniVersion_${v}_is_answered_in_kind" all "add \"\$(red '.cniVersion = \"$v\"')\" a" "has a '.cniVersion == \"$v\"'" 'del red a'
done
row 5.ADD old_addresses_have_a_version all 'add "$(red ".cniVersion = \"0.4.0\"")" a' 'has a ".ips[0].version == \"4\""' 'del red a'
row 5.ADD old_interfaces_have_no_mtu all 'add "$(red ".cniVersion = \"1.0.0\"")" a' 'has a "[.interfaces[] | has(\"mtu\")] == [false, false]"' 'del red a'
row 5.ADD prevResult_is_in_the_result all 'add "$(red ".prevResult = {cniVersion: \"1.1.0\", dns: {domain: \"x.org\"},
	ips: [{address: \"10.9.9.9/32\"}]}")" a' 'has a ".dns.domain == \"x.org\" and .ips[0].address == \"10.9.9.9/32\" and (.ips | length) == 2"' 'del red a'
row 5.error has_all_keys all '! cni ADD "$(red ".vlan = 9999")" a' 'has a "keys == [\"cniVersion\", \"code\", \"details\", \"msg\"]"'
row 5.error version_in_use all '! cni ADD "$(red ".cniVersion = \"0.4.0\" | .vlan = 9999")" a' 'has a ".cniVersion == \"0.4.0\""'
row 5.error code_1_version refuses 1 'cniVersion 0.2.0' ADD "$(red '.cniVersion = "0.2.0"')" a
row 5.error code_2_names_key_and_value refuses 2 "'colour' (\"red\")" ADD "$(red '.colour = "red"')" a
row 5.error code_4_names_the_variables refuses 4 CNI_IFNAME ADD red a CNI_IFNAME=
row 5.error code_5_input_and_output refuses 5 "dataDir" ADD "$(red '.dataDir = "/proc/none"')" a
echo '{' >"$TMP/broken.net"
row 5.error code_6_not_JSON refuses 6 'not JSON' ADD broken a
: >"$TMP/empty.net"
row 5.error code_6_nothing_given refuses 6 'not JSON' ADD empty a
row 5.error code_7_configuration refuses 7 'vlan' ADD "$(red '.vlan = "ten"')" a
end_daemon KILL
row 5.error code_11_try_again refuses 11 'no daemon answers' ADD red a
start_daemon
row 5.error own_codes_from_100 refuses 104 'there is no VF' ADD "$(red '.device = "vf" | .deviceID = "0000:ff:1f.7"')" a
row 5.error standard_output_has_the_result_alone all 'add spy a' 'is "$(wc -l <"$TMP/a.out")" 1' 'del spy a'

equal nothing_left "$(left)" "$NOTHING"
finish
