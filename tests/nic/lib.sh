# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# lib.sh - what the tests in the guest share: results, and handling of the card
#
# A test runs as root in a guest of scripts/vm.sh and prints a line per case, `ok
# CASE` or `not ok CASE: why`. It ends with `finish`, which prints the counts.
set -u

PCI=${PCI:-pci/0000:00:05.0}
KNOBS=/sys/kernel/debug/eswsim/${PCI#*/}
PASSED=0
FAILED=0

ok() {
	echo "ok $1"
	PASSED=$((PASSED + 1))
}
not_ok() {
	echo "not ok $1: ${2:-}"
	FAILED=$((FAILED + 1))
}

# check CASE CMD...: ok when the command succeeds; its output is the reason
check() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "$*: ${out//$'\n'/ }"; fi
}

# line_like REGEX TEXT: has the text such a line? (grep would be a process more a case.)
line_like() {
	local line
	while IFS= read -r line; do
		[[ ! $line =~ $1 ]] || return 0
	done <<<"$2"
	return 1
}

# refused CASE TEXT CMD...: it must fail, and say TEXT (an extended regular expression)
refused() {
	local name=$1 text=$2 out
	shift 2
	if out=$("$@" 2>&1); then
		not_ok "$name" "succeeded: $*"
		return
	fi
	shopt -s nocasematch
	if line_like "$text" "$out"; then
		ok "$name"
	else
		not_ok "$name" "'${out//$'\n'/ }' has no '$text'"
	fi
	shopt -u nocasematch
}

# has CASE TEXT CMD...: succeeds, and its output has TEXT
has() {
	local name=$1 text=$2 out
	shift 2
	if ! out=$("$@" 2>&1); then
		not_ok "$name" "$*: ${out//$'\n'/ }"
	elif line_like "$text" "$out"; then
		ok "$name"
	else
		not_ok "$name" "'${out//$'\n'/ }' has no '$text'"
	fi
}

# equal CASE GOT WANT
equal() {
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got '$2', want '$3'"; fi
}

# json FILTER: as `jq -rc`, of stdin; a mere path without the time that jq takes to start
json() {
	case $1 in
	*[!]A-Za-z0-9_.\"[]*) jq -rc "$1" ;;
	*) "$REPX_BUILD/tests/netns/jget" "$1" ;;
	esac
}

# pause: 0.05 s between two looks. (sleep would be a process each time.)
exec {SILENT}<> <(:)
pause() { read -rt 0.05 -u "$SILENT" || :; }

# wait_for SECONDS CMD...: polls until the command succeeds
wait_for() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "${EPOCHREALTIME/./}" -lt "$end" ] || return 1
		pause
	done
}

finish() {
	echo "$PASSED passed, $FAILED failed"
	[ "$FAILED" -eq 0 ]
	exit
}

# --- nictool

NICTOOL=$REPX_BUILD/tests/netns/nictool
# serve: one nictool, for all that nic() asks of it
serve() {
	mkfifo /tmp/nic.in /tmp/nic.out || exit 1
	"$NICTOOL" serve </tmp/nic.in >/tmp/nic.out 2>&1 &
	exec 5>/tmp/nic.in 6</tmp/nic.out
	rm /tmp/nic.in /tmp/nic.out
}
# nic COMMAND...: its output and status. All is read before any is written: a reader who
# wants only the first line must not leave the rest to the next command.
nic() {
	local line out=
	echo "$*" >&5
	while IFS= read -r line <&6; do
		if [[ $line == '= '* ]]; then
			printf %s "$out"
			return "${line#= }"
		fi
		out+=$line$'\n'
	done
	return 9 # it died
}

# --- the card

knob() { echo "$2" >"$KNOBS/$1"; }
# fault OPERATION ERRNO [TIMES [AFTER]]: errno 0 ends it
fault() {
	knob "ops/$1/after" "${4:-0}"
	knob "ops/$1/times" "${3:-0}"
	knob "ops/$1/errno" "$2"
}

switchdev() { devlink dev eswitch set "$PCI" mode switchdev; }
legacy() { devlink dev eswitch set "$PCI" mode legacy; }

# sf_index SFNUM: the port index of a local SF: on card 0 the number of its vport
sf_index() {
	local line
	line=$(grep -m 1 " controller 0 sfnum $1 .* pending_delete 0" "$KNOBS/sfs") || return 1
	line=${line#vport }
	echo "${line%% *}"
}
sf_new() { devlink port add "$PCI" flavour pcisf pfnum 0 sfnum "$1"; }
sf_set() {
	local num=$1
	shift
	devlink port function set "$PCI/$(sf_index "$num")" "$@"
}
sf_del() { devlink port del "$PCI/$(sf_index "$1")"; }
sf_show() { devlink port show "$PCI/$(sf_index "$1")"; }
sf_opstate() { sf_show "$1" | grep -o 'opstate [a-z]*' | cut -d' ' -f2; }
sf_attached() { [ "$(sf_opstate "$1")" = attached ]; }

# sf_aux SFNUM: eswsim.sf.N
sf_aux() {
	local dev
	for dev in /sys/bus/auxiliary/devices/eswsim.sf.*; do
		[ "$(cat "$dev/sfnum" 2>/dev/null)" = "$1" ] && echo "${dev##*/}" && return
	done
	return 1
}

# sf_enable SFNUM PARAMETER...: enable_eth, enable_vnet, enable_rdma; then a reload
sf_enable() {
	local aux p
	aux=auxiliary/$(sf_aux "$1") || return 1
	shift
	for p in "$@"; do
		devlink dev param set "$aux" name "$p" value true cmode driverinit || return 1
	done
	devlink dev reload "$aux" >/dev/null
}

# sf_up SFNUM MAC [PARAMETER...]: all of it; a netdev sfN by default
sf_up() {
	local num=$1 mac=$2
	shift 2
	sf_new "$num" >/dev/null && sf_set "$num" hw_addr "$mac" state active &&
		wait_for 10 sf_aux "$num" && sf_enable "$num" "${@:-enable_eth}"
}

# vdpa_bind NAME DRIVER: vhost_vdpa or virtio_vdpa, whatever was there before
vdpa_bind() {
	local dev=/sys/bus/vdpa/devices/$1
	echo "$2" >"$dev/driver_override" || return 1
	[ ! -e "$dev/driver" ] || echo "$1" >"$dev/driver/unbind" || return 1
	echo "$1" >"/sys/bus/vdpa/drivers/$2/bind"
}

# vdpa_netdev NAME: the netdev of a vDPA device that virtio_vdpa has. (Its virtio
# device is a child of the DMA device, not of the vDPA device.)
vdpa_netdev() {
	local dev
	for dev in /sys/class/net/*; do
		[ "$(ethtool -i "${dev##*/}" 2>/dev/null | sed -n 's/^bus-info: //p')" = "$1" ] &&
			echo "${dev##*/}" && return
	done
	return 1
}

# in_ns NAME CMD...: keeps the mounts, which `ip netns exec` would hide
in_ns() {
	local ns=$1
	shift
	nsenter --net="/run/netns/$ns" "$@"
}

# tenant NAME DEV ADDRESS...: a namespace with a netdev in it
tenant() {
	local ns=$1 dev=$2 a
	shift 2
	ip netns add "$ns" 2>/dev/null
	# shellcheck disable=SC2016 # no frames but those of the test
	in_ns "$ns" sh -c 'for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done
		ip link set lo up'
	ip link set "$dev" netns "$ns" || return 1
	in_ns "$ns" ip link set "$dev" up
	for a in "$@"; do in_ns "$ns" ip addr add "$a" dev "$dev"; done
}

# reach NS ADDRESS [COUNT]: every ping is answered
reach() { in_ns "$1" ping -n -q -i 0.05 -c "${3:-3}" -W 2 "$2" 2>&1 | grep -q ' 0% packet loss'; }
# cut_off NS ADDRESS: none is
cut_off() { ! in_ns "$1" ping -n -q -i 0.05 -c 2 -W 1 "$2" >/dev/null 2>&1; }
