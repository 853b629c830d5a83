# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# cni.sh - what the tests of repx-cni share: a daemon, containers that are namespaces, and
# calls as libcni makes them (environment, configuration on standard input)
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SOCKET=$ROOT/run/sw0/control
CNI_DIR=${CNI_DIR:-/usr/lib/cni}
STORE=$TMP/cni LEASES=$TMP/leases
export CNI_PATH=$TMP/plugins:$CNI_DIR
mkdir -p "$TMP/plugins"
[ -d "$ROOT" ] || mkdir -m 0755 "$ROOT"

# --- the daemon

DAEMON=
start_daemon() {
	bg sw "$BUILD/repx" --root "$ROOT" run "$CONF" 2>>"$TMP/daemon.log"
	DAEMON=$BG
	wait_for 10 daemon_answers || not_ok start_daemon "$(tail -n 3 "$TMP/daemon.log")"
}
daemon_answers() { call hello '{}' .result.pid | grep -qx "$DAEMON"; }
end_daemon() {
	kill "-$1" "$DAEMON"
	wait "$DAEMON" 2>/dev/null
}

# call METHOD PARAMS [FILTER]: the daemon, without the plugin
call() {
	printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}\n' "$1" "$2" |
		socat -t 10 - "UNIX:$SOCKET" | jq -rc "${3:-.}"
}

# --- networks

# net NAME [JQ]: a network in $TMP/NAME.net: VLAN 10, addresses by host-local; the filter
# changes it
net() {
	jq -n --arg name "$1" --arg socket "$SOCKET" --arg store "$STORE" --arg leases "$LEASES" '
		{cniVersion: "1.1.0", $name, type: "repx-cni", switch: "sw0", $socket, dataDir: $store,
		device: "veth", vlan: 10, ipGuard: true,
		ipam: {type: "host-local", dataDir: $leases, ranges: [[{subnet: "10.1.0.0/24"}]],
			routes: [{dst: "0.0.0.0/0"}]}}'" | ${2:-.}" >"$TMP/$1.net"
}
# with NET JQ: another form of a network, once: prints its file
with() {
	local file=$TMP/$1.$BASHPID.net
	jq "$2" "$TMP/$1.net" >"$file" && echo "$file"
}

# --- calls

netns_of() { echo "/run/netns/$PREFIX-$1"; }
container() { ns_new "$1"; }
# link NAME KEY: of its eth0, as ip -j has it
link() { in_ns "$1" ip -j link show dev eth0 | jq -r ".[0].$2"; }

# cni VERB NET CONTAINER [ENV...]: NET is a name or a file; the answer is in $TMP/CONTAINER.out
cni() {
	local verb=$1 conf=$2 name=$3
	shift 3
	[[ $conf == */* ]] || conf=$TMP/$conf.net
	in_ns sw env CNI_COMMAND="$verb" CNI_CONTAINERID="$name" CNI_NETNS="$(netns_of "$name")" \
		CNI_IFNAME=eth0 "$@" "$BUILD/repx-cni" <"$conf" >"$TMP/$name.out" 2>"$TMP/$name.err"
}
# answer CONTAINER [FILTER]
answer() { jq -rc "${2:-.}" "$TMP/$1.out"; }
# add NET CONTAINER [ENV...]: and keeps its result for CHECK
add() {
	cni ADD "$@" || {
		echo "ADD: $(answer "$2")"
		return 1
	}
	cp "$TMP/$2.out" "$TMP/$2.result"
}
# check_net NET CONTAINER [ENV...]: CHECK with the result of ADD
check_net() {
	local net=$1 name=$2
	shift 2
	jq --slurpfile prev "$TMP/$name.result" '. + {prevResult: $prev[0]}' "$TMP/$net.net" \
		>"$TMP/$name.check"
	cni CHECK "$TMP/$name.check" "$name" "$@"
}
del() { cni DEL "$@"; }

# error CONTAINER: code and message of the answer
error() { answer "$1" '"\(.code) \(.msg)"'; }
# fails CASE CODE PATTERN VERB NET CONTAINER [ENV...]: with that code, and words
fails() {
	local name=$1 code=$2 pattern=$3
	shift 3
	if cni "$@"; then
		not_ok "$name" "succeeded: $(answer "$3")"
	elif ! jq -e --argjson c "$code" '.code == $c and .cniVersion and .msg != "" and
			(.details | length) > 5' "$TMP/$3.out" >/dev/null; then
		not_ok "$name" "want code $code: $(cat "$TMP/$3.out" "$TMP/$3.err")"
	elif ! answer "$3" '"\(.msg) (\(.details))"' | grep -q -- "$pattern"; then
		not_ok "$name" "want '$pattern': $(answer "$3")"
	else
		ok "$name"
	fi
}

# --- what there is

ip_of() { jq -r '.ips[0].address' "$TMP/$1.result" | cut -d/ -f1; }
mac_of() { jq -r '.interfaces[-1].mac' "$TMP/$1.result"; }
ports() { repx -j port show | jq -c '[.[] | select(.owner == "cni").name] | sort'; }
veths() { in_ns sw ip -br link show type veth | grep -cE '^[ct]-'; }
records() { find "$STORE" -name '*.json' -o -name '*.tmp' 2>/dev/null | wc -l; }
leases() { find "$LEASES" -type f -name '*.*.*' 2>/dev/null | wc -l; }
debts() { find "$ROOT/run/sw0/debts" -type f 2>/dev/null | wc -l; }
# left: everything that containers have made
left() { echo "ports=$(ports) veths=$(veths) records=$(records) leases=$(leases) debts=$(debts)"; }
# shellcheck disable=SC2034 # tests compare with it
NOTHING='ports=[] veths=0 records=0 leases=0 debts=0'
