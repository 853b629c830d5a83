#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# vm-guest.sh - the guest's first process: runs the scripts listed in /vm/scripts, or the
# one of them that it is told
#
# With `vm.wait` on the kernel's command line it waits for a line with more arguments,
# such as `vm.script=3 vm.timeout=280`: there the guest is saved, to go on from (vm-qemu.sh).
#
# The result leaves by the console (`vm: NAME: status N`) and, as 16 + status, by
# qemu's debug port at 0xf4: 0, 1 when anything failed, 4 when the last script was
# skipped. VM_TTY=1 tells a script that a person is looking.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=linux REPX_BUILD=/repx/build

setup() {
	busybox mount -t proc proc /proc
	busybox mount -t sysfs sysfs /sys
	busybox mount -t devtmpfs devtmpfs /dev
	busybox mkdir -p /usr/applets
	busybox --install -s /usr/applets
	export PATH=$PATH:/usr/applets
	mkdir -p /dev/pts /dev/shm /run/netns /var/run
	mount -t devpts devpts /dev/pts
	mount -t tmpfs tmpfs /tmp
	mount -t tmpfs tmpfs /dev/shm
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t bpf bpf /sys/fs/bpf
	ln -s /proc/self/fd /dev/fd 2>/dev/null
	ln -s /proc/self/fd/0 /dev/stdin 2>/dev/null
	ln -s /proc/self/fd/1 /dev/stdout 2>/dev/null
	ln -s /proc/self/fd/2 /dev/stderr 2>/dev/null
	rm -rf /var/run && ln -s /run /var/run
	ulimit -l unlimited # vhost-vdpa pins guest memory
	ip link set lo up
	dmesg -n 1 # what the kernel says is looked at when all is done
	/usr/bin/depmod -a # not those of busybox, which has a format of its own
	/usr/bin/modprobe af_packet
}

# argument NAME: the value of NAME=VALUE; given NAME: is it there?
argument() { echo "$arguments" | sed -n "s/.*\<$1=\([^ ]*\).*/\1/p"; }
given() { echo "$arguments" | grep -q "\<$1\>"; }

# leave STATUS: ends the machine, when the console has taken all that was written to it:
# setting its terminal waits for that
leave() {
	stty -F /dev/console opost
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %o $((16 + $1)))" | dd of=/dev/port bs=1 seek=244 conv=notrunc 2>/dev/null
	poweroff -f
}

complaints() {
	dmesg | grep -E 'WARNING:|BUG:|Oops|general protection|refcount_t|UBSAN|blocked for more|soft lockup'
}

setup
/usr/bin/modprobe eswsim || leave 1
arguments=$(cat /proc/cmdline)
if given vm.wait; then # to be saved here, and gone on with
	echo "vm: waits"
	read -r line
	arguments="$arguments $line"
fi
echo "vm: up after $(cut -d' ' -f1 /proc/uptime) s, Linux $(uname -r)"
if given vm.shell; then
	cd /repx || exit
	setsid cttyhack bash -i
	leave 0
fi
! given vm.tty || export VM_TTY=1
result=0
limit=$(argument vm.timeout)
script=$(argument vm.script)
sed -n "${script:-1,\$}p" /vm/scripts >/tmp/scripts
while read -r script; do
	name=$(basename "$script" .sh)
	start=$(cut -d. -f1 /proc/uptime)
	left=$((limit - start - 10))
	cd "$(dirname "$script")" || exit
	timeout -k 3 $left "$script" </dev/null
	rc=$?
	echo "vm: $name.sh: status $rc, $(($(cut -d. -f1 /proc/uptime) - start)) s"
	case $rc in
	0) ;;
	4) [ $result -eq 1 ] || result=4 ;;
	124 | 137 | 143) echo "not ok $name: not done after $left s" && result=1 ;;
	*) result=1 ;;
	esac
done </tmp/scripts
if complaints >/tmp/complaints; then
	echo "not ok the_kernel_complains: $(head -n 1 /tmp/complaints)"
	cat /tmp/complaints
	dmesg | grep -A 30 -E 'WARNING:|BUG:|Oops' | head -n 120
	result=1
fi
leave $result
