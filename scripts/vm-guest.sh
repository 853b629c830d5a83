#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
# vm-guest.sh - the guest's first process: runs the scripts listed in /vm/scripts
#
# The result leaves by the console (`vm: NAME: status N`) and, as 16 + status, by
# qemu's debug port at 0xf4.
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

argument() { sed -n "s/.*\<$1=\([^ ]*\).*/\1/p" /proc/cmdline; }

# leave STATUS: ends the machine
leave() {
	sync
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %o $((16 + $1)))" | dd of=/dev/port bs=1 seek=244 conv=notrunc 2>/dev/null
	poweroff -f
}

complaints() {
	dmesg | grep -E 'WARNING:|BUG:|Oops|general protection|refcount_t|UBSAN|blocked for more|soft lockup'
}

setup
/usr/bin/modprobe eswsim || leave 1
echo "vm: up after $(cut -d' ' -f1 /proc/uptime) s, Linux $(uname -r)"
if grep -q '\<vm.shell\>' /proc/cmdline; then
	cd /repx || exit
	setsid cttyhack bash -i
	leave 0
fi
failed=0
limit=$(argument vm.timeout)
while read -r script; do
	start=$(cut -d. -f1 /proc/uptime)
	left=$((limit - start - 5))
	cd "$(dirname "$script")" || exit
	timeout $left "$script" </dev/null
	rc=$?
	echo "vm: $(basename "$script"): status $rc, $(($(cut -d. -f1 /proc/uptime) - start)) s"
	[ $rc -eq 0 ] || [ $rc -eq 4 ] || failed=1
done </vm/scripts
if complaints >/tmp/complaints; then
	echo "vm: the kernel complains:"
	cat /tmp/complaints
	dmesg | grep -A 30 -E 'WARNING:|BUG:|Oops' | head -n 120
	failed=1
fi
leave $failed
