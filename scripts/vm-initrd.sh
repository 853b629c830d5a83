#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# vm-initrd.sh - the guest's root file system: vm-initrd.sh BUILD OUTPUT [SCRIPT...]
#
# Two cpio archives, one behind the other: tools, their libraries and kernel modules,
# which are kept in BUILD/vm/base.cpio; then the module, repx and the project's tests
# and scripts (as /repx/...), which are packed for every run.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:?usage: vm-initrd.sh BUILD OUTPUT [SCRIPT...]}" && pwd)
vm=$build/vm
output=${2:?usage: vm-initrd.sh BUILD OUTPUT [SCRIPT...]}
shift 2
version=$(cat "$vm/kernel")-amd64
tree=$(mktemp -d "$vm/tree.XXXXXX") || exit 1
trap 'rm -rf "$tree"' EXIT

tools=(bash ip tc devlink vdpa bridge rdma ethtool bpftool modprobe rmmod depmod ping jq tcpdump
	socat iperf3 nsenter unshare mawk grep sed setpriv flock timeout realpath date stat find
	sort od xxd strace ss dd kill pkill pgrep)
modules=(vdpa vhost_iotlb vhost_vdpa virtio_vdpa virtio_net
	cls_flower cls_matchall cls_u32 cls_bpf cls_basic em_meta em_u32 sch_ingress sch_prio sch_tbf
	act_mirred act_vlan act_gact act_pedit act_police act_bpf act_skbedit act_csum
	8021q bridge br_netfilter veth dummy ifb bonding macvlan tun vhost_net openvswitch pktgen
	af_packet packet_diag rdma_rxe crc32_generic ib_uverbs rdma_ucm)

# add_program DIR PATH: a program and the libraries it needs
add_program() {
	local dir=$1 lib
	install -D -m 0755 "$2" "$dir/usr/bin/$(basename "$2")"
	# /lib is a link to usr/lib in the guest: a directory of that name would replace it
	ldd "$2" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
		[ -e "$dir/usr/${lib#/usr}" ] ||
			install -D -m 0755 "$(realpath "$lib")" "$dir/usr/${lib#/usr}"
	done
}

# add_ovs DIR: Open vSwitch, with the libraries that only it needs beside it
add_ovs() {
	local f lib to=$1/usr/lib/repx-ovs own=$vm/ovs/usr/lib
	mkdir -p "$to"
	for f in bin/ovs-dpctl bin/ovs-vsctl bin/ovsdb-tool sbin/ovsdb-server lib/openvswitch-switch/ovs-vswitchd; do
		install -m 0755 "$vm/ovs/usr/$f" "$to/"
	done
	install -m 0644 "$vm/ovs/usr/share/openvswitch/vswitch.ovsschema" "$to/"
	for lib in "$own"/*/lib{unbound,event-2.1,numa}.so.*; do
		[ ! -e "$lib" ] || install -m 0755 "$(realpath "$lib")" "$to/${lib##*/}"
	done
	LD_LIBRARY_PATH=$(echo "$own"/*-linux-gnu) ldd "$to/ovs-vswitchd" | grep -o '/[^ ]*' |
		grep -v "^$vm" | while read -r lib; do
		[ -e "$1/usr/${lib#/usr}" ] || install -D -m 0755 "$(realpath "$lib")" "$1/usr/${lib#/usr}"
	done
}

add_tools() {
	local t path
	mkdir -p "$1"/{proc,sys,dev,run,tmp,root,etc,var,usr/bin,usr/lib,usr/lib64}
	for t in bin sbin lib lib64; do ln -s "usr/$t" "$1/$t"; done
	ln -s bin "$1/usr/sbin" # the kernel starts /sbin/modprobe
	install -m 0755 "$vm/root/bin/busybox" "$1/usr/bin/busybox"
	for t in "${tools[@]}"; do
		path=$(PATH=$PATH:/usr/sbin:/sbin type -P "$t") || continue # busybox may do
		path=$(realpath "$path")
		add_program "$1" "$path"
		[ "${path##*/}" = "$t" ] || ln -sf "${path##*/}" "$1/usr/bin/$t"
	done
	# libxdp loads its dispatcher from a file
	for t in /usr/lib/*/bpf/xdp-dispatcher.o; do
		[ ! -e "$t" ] || install -D -m 0644 "$t" "$1$t"
	done
	ln -sf mawk "$1/usr/bin/awk"
	ln -s busybox "$1/usr/bin/env"
	ln -s busybox "$1/usr/bin/sh"
	echo 'root:x:0:0:root:/root:/bin/bash' >"$1/etc/passwd"
	printf 'root:x:0:\n' >"$1/etc/group"
}

add_modules() {
	local m f out=$1/usr/lib/modules/$version
	[ -s "$vm/root/lib/modules/$version/modules.dep" ] || depmod -b "$vm/root" "$version" || exit 1
	for m in "${modules[@]}"; do
		modprobe -d "$vm/root" -S "$version" --show-depends "$m" 2>/dev/null | awk '/^insmod/ { print $2 }'
	done | sort -u | while read -r f; do
		mkdir -p "$out/kernel"
		case $f in
		*.xz) xz -dc "$f" >"$out/kernel/$(basename "$f" .xz)" ;;
		*) cp "$f" "$out/kernel/" ;;
		esac
	done
	cp "$vm/root/lib/modules/$version"/modules.{builtin,order}* "$out/"
}

# add_verbs DIR: libibverbs finds the library of a soft-RoCE device (rxe) by name
add_verbs() {
	local lib
	for lib in /usr/lib/*/libibverbs/librxe-rdmav*.so; do
		[ -e "$lib" ] && install -D -m 0755 "$lib" "$1$lib"
	done
	install -d "$1/etc/libibverbs.d" && echo 'driver rxe' >"$1/etc/libibverbs.d/rxe.driver"
}

pack() { (cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet); }

base() {
	local dir=$tree/base
	exec 9>"$vm/lock.base" && flock 9
	[ ! "$vm/base.cpio" -nt "$top/scripts/vm-initrd.sh" ] || return 0
	add_tools "$dir"
	add_modules "$dir"
	add_verbs "$dir"
	pack "$dir" >"$vm/base.cpio.new.$$" && mv "$vm/base.cpio.new.$$" "$vm/base.cpio"
}

# copy_tree DIR SOURCE...: below the project, to the same place below /repx
copy_tree() {
	local dir=$1 f
	shift
	for f in "$@"; do
		[ -f "$f" ] && install -D -m 0755 "$f" "$dir/repx/${f#"$top"/}"
	done
}

overlay() {
	local dir=$tree/overlay f n=0 d
	mkdir -p "$dir/repx/build/tests/netns" "$dir/usr/lib/modules/$version/extra"
	install -m 0755 "$top/scripts/vm-guest.sh" "$dir/init"
	for f in eswsim eswrdma; do
		cp "$vm/eswsim/$f.stripped.ko" "$dir/usr/lib/modules/$version/extra/$f.ko"
	done
	copy_tree "$dir" "$top"/tests/nic/* "$top"/tests/lib/*.sh "$top"/scripts/*.sh
	for f in repx repx-cni; do
		[ -x "$build/$f" ] || continue
		add_program "$dir" "$build/$f"
		ln -s "/usr/bin/$f" "$dir/repx/build/$f"
	done
	for f in "$build"/tests/netns/*; do
		[[ $f == *.[od] || ! -x $f ]] && continue
		add_program "$dir" "$f"
		ln -s "/usr/bin/$(basename "$f")" "$dir/repx/build/tests/netns/$(basename "$f")"
	done
	! grep -qxs '# ovs: yes' "$@" || add_ovs "$dir"
	mkdir -p "$dir/vm"
	for f in "$@"; do
		d=$f
		case $f in
		"$top"/*) d=/repx/${f#"$top"/} && copy_tree "$dir" "$f" ;;
		*) d=/vm/$((n += 1))-$(basename "$f") && install -m 0755 "$f" "$dir$d" ;;
		esac
		echo "$d"
	done >"$dir/vm/scripts"
	pack "$dir"
}

base || exit 1
{ cat "$vm/base.cpio" && overlay "$@"; } >"$output"
