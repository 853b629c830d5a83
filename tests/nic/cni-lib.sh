# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cni-lib.sh - what the tests of repx-cni in the guest share: containers that are namespaces,
# networks, calls as libcni makes them
# shellcheck source=tests/nic/pool-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/pool-lib.sh"

STORE=/tmp/cni
export CNI_PATH=/tmp/plugins
mkdir -p $CNI_PATH

# An IPAM plugin that gives the address that is asked for: the real ones start slowly here.
cat >$CNI_PATH/fixed <<'SH'
#!/bin/sh
read -r conf
case $CNI_COMMAND in
ADD)
	[ -n "$IP" ] || exit 1
	echo >/tmp/leases.$CNI_CONTAINERID
	echo "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"$IP/24\"}]}"
	;;
DEL) rm -f /tmp/leases.$CNI_CONTAINERID ;;
esac
SH
chmod +x $CNI_PATH/fixed

# container NAME: a namespace in which nothing is sent unasked
container() {
	ip netns add "$1"
	in_ns "$1" ip link set lo up
}
# net NAME JQ: a network in /tmp/NAME.net
net() {
	jq -nc --arg name "$1" --arg socket $SOCKET --arg store $STORE '
		{cniVersion: "1.0.0", $name, type: "repx-cni", switch: "nic", $socket, dataDir: $store,
		device: "sf", vlan: 10, ipam: {type: "fixed"}}'" | ${2:-.}" >"/tmp/$1.net"
}
# with NET JQ: another form of it: prints the file
with() {
	local file=/tmp/$1.$BASHPID.net
	jq -c "$2" "/tmp/$1.net" >"$file" && echo "$file"
}
# cni VERB NET CONTAINER [ENV...]: the answer is in /tmp/CONTAINER.out
cni() {
	local verb=$1 conf=$2 name=$3
	shift 3
	[[ $conf == */* ]] || conf=/tmp/$conf.net
	env CNI_COMMAND="$verb" CNI_CONTAINERID="$name" CNI_NETNS="/run/netns/$name" CNI_IFNAME=eth0 "$@" \
		"$REPX_BUILD/repx-cni" <"$conf" >"/tmp/$name.out" 2>"/tmp/$name.err"
}
answer() { jq -rc "${2:-.}" "/tmp/$1.out"; }
# add NET CONTAINER [ENV...]: and keeps its result, and the configuration of its CHECK
add() {
	local conf=$1
	cni ADD "$@" || {
		echo "ADD: $(cat "/tmp/$2.out" "/tmp/$2.err")"
		return 1
	}
	[[ $conf == */* ]] || conf=/tmp/$conf.net
	cp "/tmp/$2.out" "/tmp/$2.result"
	jq -c --slurpfile prev "/tmp/$2.result" '. + {prevResult: $prev[0]}' "$conf" >"/tmp/$2.check"
}
check_net() { cni CHECK "/tmp/$2.check" "$2" || { answer "$2" && return 1; }; }
# del NET CONTAINER
del() { cni DEL "$@" || { answer "$2" && return 1; }; }
# fails CASE CODE TEXT VERB NET CONTAINER [ENV...]: an error result of that code, with words
fails() {
	local name=$1 code=$2 text=$3
	shift 3
	if cni "$@"; then
		not_ok "$name" "succeeded: $(answer "$3")"
	elif [ "$(json .code <"/tmp/$3.out")" = "$code" ] && line_like "$text" "$(</tmp/"$3".out)"; then
		ok "$name"
	else
		not_ok "$name" "want $code '$text': $(cat "/tmp/$3.out" "/tmp/$3.err")"
	fi
}

# link CONTAINER KEY: of its eth0, as ip -j has it
link() { in_ns "$1" ip -j link show eth0 | json ".[0].$2"; }
mac_of() { jq -r '.interfaces[-1].mac' "/tmp/$1.result"; }
ip_of() { jq -r '.ips[0].address | split("/")[0]' "/tmp/$1.result"; }
# port_of CONTAINER: of the switch
port_of() { jq -r .port "$STORE"/*/"$1-eth0.json"; }
# given: sf41, which was there before; went CASE: it is as /tmp/given has it
given() { ip -o link show sf41 | sed -E 's/^[0-9]+: //; s/ qdisc .*link/ link/'; }
went() {
	given 2>&1 | diff /tmp/given - >/tmp/diff
	equal "$1" "$(</tmp/diff)" ''
}
sf_gone() { [ -z "$(sf_index "$1")" ]; }
# left: all that containers have made
left() {
	echo "ports=$(repx -j port show | jq '[.[] | select(.owner == "cni")] | length')" \
		"records=$(find $STORE -name '*.json' 2>/dev/null | wc -l) leases=$(find /tmp -name 'leases.*' | wc -l)"
}
# shellcheck disable=SC2034 # tests compare with it
NOTHING='ports=0 records=0 leases=0'
