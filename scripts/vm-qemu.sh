# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# vm-qemu.sh - how vm.sh starts qemu: boots a guest; saves one that has booted; goes on
# from there, as often as it is wanted
#
# A boot costs as much as a small test. So the guest's first process (vm-guest.sh) can
# wait for a line that says what to do. There the machine is saved, by qemu's migration
# into a file, and each script's guest is that machine, arriving. The file holds what the
# guest has used of its memory, 200 MB.
# shellcheck disable=SC2154 # top, build and vm are vm.sh's

# machine KERNEL-ARGUMENT...: what qemu is started with, into MACHINE
machine() {
	local accel=${ACCEL:-tcg,thread=multi,tb-size=512} i
	[ "${SMP:-1}" != 1 ] || accel=${accel/multi/single}
	# erms, fsrm: with them Linux copies by `rep movsb`, which is emulated byte by byte
	MACHINE=(qemu-system-x86_64 -accel "$accel" -cpu "max,erms=off,fsrm=off" -m "${MEM:-2048}" -smp "${SMP:-1}"
		-nographic -no-reboot -nodefaults -kernel "$vm/vmlinuz"
		-device "isa-debug-exit,iobase=0xf4,iosize=0x04"
		-append "console=ttyS0 panic=-1 quiet mitigations=off no_timer_check ${ICOUNT:+init_on_alloc=0} $* ${APPEND:-}")
	# pages cleared by `rep stosb` would count each byte
	[ -z "${ICOUNT:-}" ] || MACHINE+=(-icount "shift=0,sleep=off")
	for ((i = 0; i < ${CARDS:-1}; i++)); do
		MACHINE+=(-device "pci-testdev,addr=0$((i + 5)).0")
	done
}

# start NAME ARGUMENT...: MACHINE on this console; the guest's exit status
start() {
	local name=$1 rc
	shift
	timeout --foreground "${TIMEOUT:-280}" "${MACHINE[@]}" -serial stdio -pidfile "$vm/$name.pid" "$@"
	rc=$?
	rm -f "$vm/$name.initrd" "$vm/$name.pid"
	# the guest writes 16 + status to the debug port, qemu ends with twice that + 1
	[ $rc -ne 124 ] || return 124
	[ $rc -ge 33 ] && [ $((rc % 2)) -eq 1 ] && return $(((rc - 1) / 2 - 16))
	return 125
}

# boot NAME KERNEL-ARGUMENT...: a guest, from NAME.initrd
boot() {
	local name=$1
	shift
	machine "$@"
	start "$name" -initrd "$vm/$name.initrd"
}

# snapshot DIR SCRIPT...: a guest that has booted with these, and waits, into DIR
snapshot() {
	local dir=$1 name=snapshot.$$ qemu old pid
	shift
	for old in "$vm"/*.snapshot; do # of whoever was killed before its end
		pid=${old%.snapshot}
		[ ! -d "$old" ] || kill -0 "${pid##*.}" 2>/dev/null || rm -rf "$old"
	done
	mkdir -p "$dir" && "$top/scripts/vm-initrd.sh" "$build" "$dir/initrd" "$@" || return 1
	printf '%s\n' "$@" >"$dir/scripts"
	echo "${SMP:-1}" >"$dir/smp"
	machine vm.wait
	coproc MONITOR {
		timeout 120 "${MACHINE[@]}" -initrd "$dir/initrd" -pidfile "$vm/$name.pid" \
			-serial "file:$dir/log" -monitor stdio >/dev/null 2>>"$dir/log"
	}
	qemu=$MONITOR_PID
	until grep -qs 'vm: waits' "$dir/log" || ! kill -0 "$qemu" 2>/dev/null; do
		sleep 0.1 # the pause between two looks
	done
	[ -z "${MONITOR[1]:-}" ] || printf '%s\n' 'migrate_set_parameter max-bandwidth 100G' \
		"migrate \"exec:cat >'$dir/ram'\"" quit >&"${MONITOR[1]}"
	wait "$qemu" 2>/dev/null
	rm -f "$vm/$name.pid"
	[ ! -s "$dir/ram" ] || return 0
	tail -n 30 "$dir/log" | sed 's/\x1bc\|\x1b\[[0-9;?]*[A-Za-z]//g; s/^/    | /'
	echo "not ok snapshot: the guest did not come so far"
	return 1
}

# resume NAME DIR LINE: a guest that goes on from there, told LINE
resume() {
	machine vm.wait
	# the first bytes are lost to a serial port whose saved state has not arrived: blanks
	start "$1" -initrd "$2/initrd" -incoming "exec:cat '$2/ram'" < <(printf '%32s%s\n' '' "$3")
}
