#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# vm.sh - a guest with a simulated NIC (tests/eswsim), on a machine without one
#
#	vm.sh prepare		packages, kernel, module, root file system
#	vm.sh run FILE|DIR...	runs scripts (all *.sh of a directory), each in its own guest
#	vm.sh shell		a shell in it; `exit` ends it
#
#	REPX_BUILD=build	where repx is; all of this lives in BUILD/vm
#	TIMEOUT=280		seconds for a guest
#	JOBS=			guests at a time; default: processors
#	SMP=1 MEM=2048 CARDS=1 APPEND=		the guest's hardware and command line; a script
#			may say `# smp: 2`. (One processor a guest is the fastest way to run two.)
#	ACCEL=kvm	instead of emulation, where /dev/kvm is a working one
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

usage() {
	sed -n '4,7s/^#//p' "$0" >&2
	exit 2
}

# boot NAME ARGUMENT...: the guest, with the kernel arguments; its exit status
boot() {
	local name=$1 accel=${ACCEL:-tcg,thread=multi,tb-size=512} rc args=() i
	shift
	[ "${SMP:-1}" != 1 ] || accel=${accel/multi/single}
	for ((i = 0; i < ${CARDS:-1}; i++)); do
		args+=(-device "pci-testdev,addr=0$((i + 5)).0")
	done
	# shellcheck disable=SC2086 # APPEND: words
	timeout --foreground "${TIMEOUT:-280}" qemu-system-x86_64 -accel "$accel" -cpu max \
		-m "${MEM:-2048}" -smp "${SMP:-1}" -nographic -no-reboot -nodefaults -serial stdio \
		-kernel "$vm/vmlinuz" -initrd "$vm/$name.initrd" -pidfile "$vm/$name.pid" \
		-device isa-debug-exit,iobase=0xf4,iosize=0x04 "${args[@]}" \
		-append "console=ttyS0 panic=-1 quiet mitigations=off no_timer_check $* ${APPEND:-}"
	rc=$?
	rm -f "$vm/$name.initrd" "$vm/$name.pid"
	# the guest writes 16 + status to the debug port, qemu ends with twice that + 1
	[ $rc -ne 124 ] || return 124
	[ $rc -ge 33 ] && [ $((rc % 2)) -eq 1 ] && return $(((rc - 1) / 2 - 16))
	return 125
}

# Guests that still run when this script ends, and what they started from
sweep() {
	local f
	for f in "$vm"/*."$$".pid; do
		[ ! -s "$f" ] || kill "$(cat "$f")" 2>/dev/null
	done
	rm -f "$vm"/*."$$".{pid,initrd,out}
}

# scripts_of FILE|DIR...: absolute paths
scripts_of() {
	local p f
	for p in "$@"; do
		if [ -d "$p" ]; then
			for f in "$p"/*.sh; do [ -x "$f" ] && realpath "$f"; done
		else
			realpath -e "$p" || exit 1
		fi
	done
}

# run_one SCRIPT: in a guest of its own; says how it ended
run_one() {
	local test rc log tty=
	[ ! -t 1 ] || tty=vm.tty # below, it is a pipe
	test=$(basename "$1" .sh)
	log=$vm/$test.log
	"$top/scripts/vm-initrd.sh" "$build" "$vm/$test.$$.initrd" "$1" || return 1
	SMP=${SMP:-$(sed -n 's/^# smp: *//p' "$1" | head -n 1)} \
		boot "$test.$$" "vm.timeout=${TIMEOUT:-280}" $tty </dev/null | sed -u 's/\r$//' | tee "$log" |
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

# run FILE|DIR...: as many guests at a time as there are processors, or JOBS
run() {
	local files f out rc=0
	mapfile -t files < <(scripts_of "$@")
	[ ${#files[@]} -gt 0 ] || usage
	if [ ${#files[@]} -eq 1 ]; then
		run_one "${files[0]}"
		return
	fi
	for f in "${files[@]}"; do
		if [ "$(jobs -rp | wc -l)" -ge "${JOBS:-$(nproc)}" ]; then wait -n || rc=1; fi
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

command=${1:-}
[ $# -eq 0 ] || shift
trap sweep EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
case $command in
prepare | run | shell) "$top/scripts/vm-prepare.sh" "$build" || exit 1 ;;
*) usage ;;
esac
case $command in
run) run "$@" ;;
shell) shell ;;
esac
