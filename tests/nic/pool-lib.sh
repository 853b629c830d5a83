# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# pool-lib.sh - what the tests of spare SFs share: the daemon, its socket, containers' ports
# shellcheck source=tests/nic/switch.sh
. "$(dirname "${BASH_SOURCE[0]}")/switch.sh"

SOCKET=/run/repx/nic/control
# pool N: the keys of the switch
pool() { echo "pool: {sf: $1}, eswitch: {handle: \"$PCI\", mode: switchdev}"; }

DAEMON=
daemon() {
	"$REPX_BUILD/repx" run $CONF >>/tmp/run.log 2>&1 &
	DAEMON=$!
	wait_for 30 answers || not_ok daemon "$(tail -n 3 /tmp/run.log)"
}
answers() { [ "$(call hello '{}' .result.pid)" = "$DAEMON" ]; }
end_daemon() {
	kill "-$1" "$DAEMON"
	wait "$DAEMON" 2>/dev/null
}

# call METHOD PARAMS [FILTER]
call() {
	printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}\n' "$1" "$2" |
		socat -t 20 - UNIX:$SOCKET | json "${3:-.}"
}
# status PATH [PARAMS]
status() { call cni.status "${2:-{\}}" ".result$1"; }
pool_ready() { [ "$(status .pool)" = "{\"want\":${1#*/},\"ready\":${1%/*}}" ]; }
num() { repx -j port show "$1" | json '.[0].sf.num'; }
spares() { repx -j sf show | jq -c 'map(select(.owner == "pool").num) | sort'; }
# add NAME SF-KEYS [KEYS]: a container's port
add() {
	call port.add '{"name":"'"$1"'","owner":"cni","vlan":{"access":10},"sf":{"num":"auto"'"${2:+,$2}"'}'"${3:+,$3}"'}' \
		'.error.message // .result[0].op'
}
del() { call port.del '{"name":"'"$1"'","owner":"cni"}' >/dev/null; }

# timed NAME SF-KEYS [KEYS]: as add; /tmp/ms has the time from the request to the answer, without
# that of the processes that this guest emulates
timed() {
	local line t0 in out
	coproc RPC { exec socat -t 20 - UNIX:$SOCKET; }
	in=${RPC[1]} out=${RPC[0]}
	echo '{"jsonrpc":"2.0","id":1,"method":"hello"}' >&"$in"
	read -r line <&"$out"
	echo '{"jsonrpc":"2.0","id":2,"method":"port.add","params":{"name":"'"$1"'","owner":"cni",
		"vlan":{"access":10},"sf":{"num":"auto",'"$2"'}'"${3:+,$3}"'}}' | tr -d '\n\t' >/tmp/request
	t0=${EPOCHREALTIME/./}
	echo "$(</tmp/request)" >&"$in"
	until [[ $line == *'"id":2'* ]]; do read -r -t 30 line <&"$out" || return 1; done
	echo $(((${EPOCHREALTIME/./} - t0) / 1000)) >/tmp/ms
	kill "$RPC_PID"
	wait "$RPC_PID" 2>/dev/null
	[[ $line == *'"result"'* ]]
}
