# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# switch.sh - what the tests of a whole switch with SFs share: its file, and the state of
# the host as text, to be compared
# shellcheck source=tests/nic/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

CONF=/tmp/switch.yaml
TOOLS=$REPX_BUILD/tests/netns
repx() { "$REPX_BUILD/repx" "$@"; }
if [ ! -x "$REPX_BUILD/repx" ]; then
	echo "skip $(basename "$0" .sh): no repx was built"
	exit 4
fi
for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done

# The ports of the file, by name: KEYS[NAME]='sf: {...}, vlan: {...}'; in its order.
declare -A KEYS
ORDER=()
port() {
	[ -n "${KEYS[$1]:-}" ] || ORDER+=("$1")
	KEYS[$1]=$2
}
unport() {
	local n left=()
	for n in "${ORDER[@]}"; do [ "$n" = "$1" ] || left+=("$n"); done
	ORDER=("${left[@]}")
	unset "KEYS[$1]"
}
# config [SWITCH-KEYS]: writes the file
# shellcheck disable=SC2120
config() {
	local n
	{
		echo 'version: 1'
		echo "switch: {name: nic, ${1:-eswitch: {handle: \"$PCI\", mode: switchdev\}}}"
		echo 'ports:'
		for n in "${ORDER[@]}"; do echo "  - {name: $n, ${KEYS[$n]}}"; done
	} >$CONF
}

# calls OPERATION: how often the card was asked for it
calls() { echo "$(<"$KNOBS/ops/$1/calls")"; }

# param AUX NAME: NAME VALUE
param() {
	devlink dev param show "auxiliary/$1" name "$2" 2>/dev/null | sed -n "s/^ *cmode.* value /$2 /p"
}

# param_state: parameters of all SFs, with one request, by the SF's number
param_state() {
	local num param line
	while IFS= read -r line; do
		case $line in
		auxiliary/*) line=${line%:} && read -r num <"/sys/bus/auxiliary/devices/${line#*/}/sfnum" ;;
		*' name '*) param=${line#* name } param=${param%% *} ;;
		*' value '*) echo "SF $num $param ${line#* value }" ;;
		esac
	done < <(devlink dev param show)
}

# vdpa_state: vDPA devices, and who is to drive them
vdpa_state() {
	local d override
	vdpa dev show
	for d in /sys/bus/vdpa/devices/*; do
		[ -e "$d" ] || continue
		read -r override <"$d/driver_override"
		d="${d##*/} $override "$(readlink "$d/driver")
		echo "${d/ ..*\// }"
	done
}

# host_state: all that repx may touch. A netdev that was up keeps the kernel's own qdisc.
host_state() {
	local d num qdiscs
	# not as a batch: of devlink 6.1 that leaves things out
	devlink dev eswitch show "$PCI"
	devlink port show
	devlink port function rate show
	sed 's/ next [a-z]*//' "$KNOBS/sfs"
	for d in /sys/bus/auxiliary/devices/*; do
		[ -e "$d" ] && read -r num <"$d/sfnum" && echo "${d##*/} is SF $num"
	done
	param_state
	vdpa_state
	ip -o -d link show | sed -E 's/ qlen [0-9]+//; s/ qdisc (noop|fq_codel|noqueue)//; s/minmtu.*//'
	qdiscs=$(tc qdisc show)
	grep -vE 'qdisc (noqueue|fq_codel|mq|noop) ' <<<"$qdiscs"
	while read -r _ d _ _ num _; do
		[ "$d" != clsact ] || { echo "filters of $num" && tc filter show dev "$num" ingress; }
	done <<<"$qdiscs"
	bpftool net
	ethtool -k p0 | grep rx-vlan
	find /sys/fs/bpf /run/repx 2>/dev/null | sort
	cat /sys/kernel/rcu_expedited
}

# numberless: the same, where things were made anew: they have other numbers, places in
# lists, and representors other addresses
numberless() {
	host_state | sed -E "s/^[0-9]+: //; s/([a-z0-9]+)\([0-9]+\)/\1/; s/(id|vport) [0-9]+//g
		s/eswsim\.sf\.[0-9]+//; s#(links/[a-z]+)-[0-9]+#\1#; s#($PCI/)[0-9]+#\1#
		/^pf0sf/s#link/ether [^ ]*##; s/netdev (sf|eth)[0-9]+//; s/portid [0-9a-f]+//" | sort
}

# stream_begin FROM-NS DEV SOURCE TO-NS DEV DESTINATION: counted frames, without an end
stream_begin() {
	nsenter --net="/run/netns/$4" "$TOOLS/rxrecv" "$5" 600 >/tmp/stream &
	STREAM_TO=$!
	wait_for 10 grep -q ready /tmp/stream
	STREAM_SRC=${3//:/}
	nsenter --net="/run/netns/$1" "$TOOLS/rxsend" -s "$2" \
		"${6//:/}${3//:/}88b5$(printf '%096d' 0)" 1000000 4000 >/dev/null &
	STREAM_FROM=$!
	stream_goes_on || not_ok stream 'does not begin'
}
stream_goes_on() {
	local seen
	seen=$(wc -l </tmp/stream)
	stream_more() { [ "$(wc -l </tmp/stream)" -gt $((seen + 20)) ]; }
	wait_for 10 stream_more
}
# stream_end CASE: none was lost, none came twice
stream_end() {
	local n first last want
	stream_goes_on
	kill "$STREAM_FROM"
	wait "$STREAM_FROM" 2>/dev/null
	kill "$STREAM_TO"
	wait "$STREAM_TO" 2>/dev/null
	sed -n "s/^[0-9.]* .\{12\}$STREAM_SRC.*\(.\{8\}\)$/\1/p" /tmp/stream | sort >/tmp/numbers
	first=$(head -n 1 /tmp/numbers) last=$(tail -n 1 /tmp/numbers)
	want=$((16#$last - 16#$first + 1))
	n=$(sort -u /tmp/numbers | wc -l)
	equal "$1" "$n of $(wc -l </tmp/numbers)" "$want of $want"
	echo "# $want frames"
}

# --- repx is killed

asked() {
	local n
	read -r n <"$KNOBS/ops/$1/calls"
	[ "$n" -ge "$2" ]
}
# like CASE WHAT: the host is as in WHAT's text
like() {
	numberless >/tmp/now
	check "$1" diff "/tmp/$2" /tmp/now
}

# kill_in OPERATION N CMD...: while the card does the Nth one
kill_in() {
	local op=$1 until=$(($(calls "$1") + $2)) pid
	shift 2
	knob "ops/$op/delay_ms" 600
	"$@" >/dev/null 2>&1 &
	pid=$!
	wait_for 60 asked "$op" $until || echo "# $op was not asked for"
	kill -KILL $pid
	wait $pid 2>/dev/null
	knob "ops/$op/delay_ms" 0
}
# kill_before SYSCALL N CMD...: returns 1 when it ended before it came so far
kill_before() {
	local call=$1 n=$2
	shift 2
	strace -f -qq -o /tmp/strace.out -e trace="$call" -e inject="$call":signal=KILL:when="$n" \
		"$@" >/dev/null 2>&1 &
	wait $! 2>/dev/null
	[ $? -ge 128 ]
}
