#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# vm.sh - a guest with a simulated NIC (tests/eswsim), on a machine without one
#
#	vm.sh prepare		packages, kernel, module, root file system
#	vm.sh run FILE|DIR...	runs scripts (all *.sh of a directory) in one boot
#	vm.sh shell		a shell in it; `exit` ends it
#
#	REPX_BUILD=build	where repx is; all of this lives in BUILD/vm
#	TIMEOUT=280		seconds for a boot with all its scripts
#	SMP=2 MEM=2048 CARDS=1 APPEND=		the guest's hardware and command line
#
# The exit status is 0 if every script's was 0 (or 4, skipped) and the kernel had
# nothing to complain about, 124 when the time was up, else 1. The console log stays
# in BUILD/vm/NAME.log. Needs no root but for installing qemu.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
build=${REPX_BUILD:-$top/build}
mkdir -p "$build/vm" || exit 1
build=$(cd "$build" && pwd)
vm=$build/vm

usage() {
	sed -n '4,7s/^#//p' "$0" >&2
	exit 2
}

# boot NAME ARGUMENT...: the guest, with the kernel arguments; its exit status
boot() {
	local name=$1 accel=tcg,thread=multi,tb-size=512 rc args=() i
	shift
	[ ! -w /dev/kvm ] || accel=kvm
	[ "${SMP:-2}" != 1 ] || accel=${accel/multi/single}
	for ((i = 0; i < ${CARDS:-1}; i++)); do
		args+=(-device "pci-testdev,addr=0$((i + 5)).0")
	done
	# shellcheck disable=SC2086 # APPEND: words
	timeout --foreground "${TIMEOUT:-280}" qemu-system-x86_64 -accel "$accel" -cpu max \
		-m "${MEM:-2048}" -smp "${SMP:-2}" -nographic -no-reboot -nodefaults -serial stdio \
		-kernel "$vm/vmlinuz" -initrd "$vm/$name.initrd" \
		-device isa-debug-exit,iobase=0xf4,iosize=0x04 "${args[@]}" \
		-append "console=ttyS0 panic=-1 quiet mitigations=off $* ${APPEND:-}"
	rc=$?
	rm -f "$vm/$name.initrd"
	# the guest writes 16 + status to the debug port, qemu ends with twice that + 1
	case $rc in
	124) return 124 ;;
	*) if [ $rc -ge 33 ]; then return $(((rc - 1) / 2 - 16)); else return 125; fi ;;
	esac
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

run() {
	local name rc files
	mapfile -t files < <(scripts_of "$@")
	[ ${#files[@]} -gt 0 ] || usage
	name=$(basename "${files[0]}" .sh)
	[ ${#files[@]} -eq 1 ] || name=all
	name=$name.$$
	"$top/scripts/vm-initrd.sh" "$build" "$vm/$name.initrd" "${files[@]}" || exit 1
	trap 'rm -f "$vm/$name.initrd"' EXIT
	boot "$name" "vm.timeout=${TIMEOUT:-280}" </dev/null | tr -d '\r' |
		tee "$vm/${name%.*}.log" | sed -u '0,/^vm: up/d'
	rc=${PIPESTATUS[0]}
	case $rc in
	0) ;;
	124) echo "vm: time was up after ${TIMEOUT:-280} s; console: $vm/${name%.*}.log" >&2 ;;
	125) echo "vm: the guest died; console: $vm/${name%.*}.log" >&2 ;;
	*) echo "vm: failed; console: $vm/${name%.*}.log" >&2 ;;
	esac
	[ "$rc" -eq 125 ] && tail -n 30 "$vm/${name%.*}.log" >&2
	return "$rc"
}

shell() {
	"$top/scripts/vm-initrd.sh" "$build" "$vm/shell.$$.initrd" || exit 1
	TIMEOUT=${TIMEOUT:-86400}
	boot "shell.$$" vm.shell "vm.timeout=$TIMEOUT"
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
prepare | run | shell) "$top/scripts/vm-prepare.sh" "$build" || exit 1 ;;
*) usage ;;
esac
case $command in
run) run "$@" ;;
shell) shell ;;
esac
