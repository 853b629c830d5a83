#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# vm.sh - a guest with a simulated NIC (tests/eswsim), on a machine without one
#
#	vm.sh prepare		packages, kernel, module, root file system
#	vm.sh run FILE|DIR...	runs scripts (all *.sh of a directory), each in its own guest
#	vm.sh shell		a shell in it; `exit` ends it
#	vm.sh snapshot FILE...	a booted guest in $SNAPSHOT, for several `run`s of these
#
#	REPX_BUILD=build	where repx is; all of this lives in BUILD/vm
#	TIMEOUT=280		seconds for a guest
#	JOBS=			guests at a time; default: processors + 1, as guests wait, too
#	SMP=1 MEM=2048 CARDS=1 APPEND=		the guest's hardware and command line; a script
#			may say `# smp: 2`. (One processor a guest is the fastest way to run two.)
#	ICOUNT=		a nanosecond is an instruction; a script may say `# icount: yes`
#	ACCEL=kvm	instead of emulation, where /dev/kvm is a working one
#	SNAPSHOT=	a folder of `vm.sh snapshot`. A `run` of several scripts makes one for
#			itself: their guests do not boot, they go on from there.
#
# The exit status is 0 if every script's was 0 (or 4, skipped) and the kernel had
# nothing to complain about, else 1; of a single script 4 when it was skipped, 124 when
# the time was up. The console log stays in BUILD/vm/SCRIPT.log. Needs no root but for
# installing qemu.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
build=${REPX_BUILD:-$top/build}
mkdir -p "$build/vm" || exit 1
build=$(cd "$build" && pwd)
vm=$build/vm
# below `make O=DIR` the module's build would take O, and the rest, for its own
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
# shellcheck source=scripts/vm-qemu.sh
. "$top/scripts/vm-qemu.sh"

usage() {
	sed -n '4,8s/^#//p' "$0" >&2
	exit 2
}

# Guests that still run when this script ends, and what they started from
sweep() {
	local f
	for f in "$vm"/*."$$".pid; do
		[ ! -s "$f" ] || kill "$(cat "$f")" 2>/dev/null
	done
	rm -rf "$vm"/*."$$".{pid,initrd,out,snapshot}
}

# long_first FILE...: begun first, they do not leave one guest to run alone at the end
long_first() { grep -lx '# long: yes' "$@"; grep -Lx '# long: yes' "$@"; }

# scripts_of FILE|DIR...: absolute paths
scripts_of() {
	local p f
	for p in "$@"; do
		if [ -d "$p" ]; then
			for f in $(long_first "$p"/*.sh); do [ -x "$f" ] && realpath "$f"; done
		else
			realpath -e "$p" || exit 1
		fi
	done
}

# header SCRIPT KEY: what its comment `# KEY: ...` says
header() { sed -n "s/^# $2: *//p" "$1" | head -n 1; }

# guest SCRIPT ARGUMENTS: runs it in a guest, from the snapshot if that is such a machine
guest() {
	local test n
	test=$(basename "$1" .sh).$$
	n=$(grep -nxF -m 1 -- "$1" "${SNAPSHOT:-/nowhere}/scripts" 2>/dev/null | cut -d: -f1)
	if [ -n "$n" ] && [ -z "${ICOUNT:-}" ] && [ "${SMP:-1}" = "$(cat "$SNAPSHOT/smp")" ]; then
		resume "$test" "$SNAPSHOT" "vm.script=$n $2"
	else
		"$top/scripts/vm-initrd.sh" "$build" "$vm/$test.initrd" "$1" || return 1
		# shellcheck disable=SC2086 # words
		boot "$test" $2 </dev/null
	fi
}

# run_one SCRIPT: in a guest of its own; says how it ended
run_one() {
	local test rc log args="vm.timeout=${TIMEOUT:-280}"
	[ ! -t 1 ] || args+=" vm.tty" # below, it is a pipe
	test=$(basename "$1" .sh)
	log=$vm/$test.log
	SMP=${SMP:-$(header "$1" smp)} ICOUNT=${ICOUNT:-$(header "$1" icount)} guest "$1" "$args" | sed -u 's/\r$//' | tee "$log" |
		sed -u '0,/vm: up after/d'
	rc=${PIPESTATUS[0]}
	case $rc in
	0 | 4) ;;
	124) echo "not ok $test: time was up after ${TIMEOUT:-280} s; console: $log" ;;
	125)
		# its cases were shown already; the BIOS clears the screen
		tail -n 30 "$log" | sed 's/\x1bc\|\x1b\[[0-9;?]*[A-Za-z]//g; s/^/    | /'
		echo "not ok $test: the guest died; console: $log"
		;;
	*) echo "vm: $test failed; console: $log" ;;
	esac
	return "$rc"
}

# run FILE|DIR...: JOBS guests at a time
run() {
	local files f out rc=0
	mapfile -t files < <(scripts_of "$@")
	[ ${#files[@]} -gt 0 ] || usage
	if [ ${#files[@]} -eq 1 ]; then
		run_one "${files[0]}"
		return
	fi
	if [ -z "${SNAPSHOT:-}" ]; then
		SNAPSHOT=$vm/run.$$.snapshot
		snapshot "$SNAPSHOT" "${files[@]}" || return 1
	fi
	for f in "${files[@]}"; do
		if [ "$(jobs -rp | wc -l)" -ge "${JOBS:-$(($(nproc) + 1))}" ]; then wait -n || rc=1; fi
		(
			trap - EXIT
			out=$vm/$(basename "$f" .sh).$$.out
			run_one "$f" >"$out" 2>&1
			rc=$?
			[ $rc -ne 4 ] || rc=0
			flock "$vm/lock" cat "$out" # one after the other
			exit "$rc"
		) &
	done
	while [ -n "$(jobs -p)" ]; do wait -n || rc=1; done
	return "$rc"
}

shell() {
	"$top/scripts/vm-initrd.sh" "$build" "$vm/shell.$$.initrd" || exit 1
	TIMEOUT=${TIMEOUT:-86400}
	boot "shell.$$" vm.shell "vm.timeout=$TIMEOUT"
}

prepare() { "$top/scripts/vm-prepare.sh" "$build" || exit 1; }

command=${1:-}
[ $# -eq 0 ] || shift
trap sweep EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
case $command in
prepare) prepare ;;
run)
	[ -n "${SNAPSHOT:-}" ] || prepare # whoever made it has prepared
	run "$@"
	;;
shell)
	prepare
	shell
	;;
snapshot)
	prepare
	mapfile -t files < <(scripts_of "$@")
	snapshot "${SNAPSHOT:?is the folder for it}" "${files[@]}"
	;;
*) usage ;;
esac
