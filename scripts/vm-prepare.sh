#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# vm-prepare.sh - what the guest needs: vm-prepare.sh BUILD
#
# Packages of the kernel are unpacked below BUILD/vm and never installed; only qemu
# and a few tools are. Then the module is built. What is there already is kept.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
vm=$(cd "${1:?usage: vm-prepare.sh BUILD}" && pwd)/vm
root=$vm/root
mkdir -p "$vm" || exit 1
exec 9>"$vm/lock"
flock 9

die() {
	echo "vm: $*" >&2
	exit 1
}

# command:package
host_tools=(qemu-system-x86_64:qemu-system-x86 cpio:cpio depmod:kmod gcc-12:gcc-12 make:make
	xz:xz-utils ip:iproute2 ethtool:ethtool ping:iputils-ping)

install_tools() {
	local t need=()
	for t in "${host_tools[@]}"; do
		command -v "${t%:*}" >/dev/null || need+=("${t#*:}")
	done
	[ ${#need[@]} -gt 0 ] || return 0
	echo "vm: installing ${need[*]}"
	[ "$(id -u)" -eq 0 ] || die "run as root: apt-get install ${need[*]}"
	export DEBIAN_FRONTEND=noninteractive
	apt-get install -y -qq --no-install-recommends "${need[@]}" >"$vm/apt.log" 2>&1 ||
		{ apt-get update -qq &&
			apt-get install -y -qq --no-install-recommends "${need[@]}" >"$vm/apt.log" 2>&1; } ||
		die "could not install them: $(tail -n 3 "$vm/apt.log")"
}

# newest_kernel: such as 6.12.117+deb12, from bookworm-security or backports
newest_kernel() {
	apt-cache search --names-only '^linux-image-6\.12\.[0-9]+\+(deb12|bpo)-amd64$' |
		sed 's/^linux-image-//; s/-amd64 .*//' | sort -V | tail -n 1
}

download() {
	local version=$1 debs=$vm/debs
	mkdir -p "$debs"
	(cd "$debs" && apt-get download -q "linux-image-$version-amd64" \
		"linux-headers-$version-amd64" "linux-headers-$version-common" \
		"linux-kbuild-$version" busybox-static) >"$vm/apt.log" 2>&1
}

unpack() {
	local version=$1 deb headers=$root/usr/src/linux-headers-$1-amd64
	rm -rf "$root"
	mkdir -p "$root"
	for deb in "$vm"/debs/*.deb; do
		dpkg -x "$deb" "$root" || die "cannot unpack $deb"
	done
	# the one absolute path in the headers
	sed -i "s,^include /usr/src,include $root/usr/src," "$headers/Makefile"
	cp "$root/boot/vmlinuz-$version-amd64" "$vm/vmlinuz"
	rm -rf "$vm/debs" "$vm/root/usr/share" "$vm"/root/boot/System.map* "$vm/base.cpio"
	echo "$version" >"$vm/kernel"
}

get_kernel() {
	local version
	[ ! -s "$vm/kernel" ] || return 0
	version=$(newest_kernel)
	if [ -z "$version" ]; then
		apt-get update -qq >/dev/null 2>&1
		version=$(newest_kernel)
	fi
	[ -n "$version" ] || die "apt offers no linux-image-6.12.*-amd64 (bookworm-security or backports)"
	echo "vm: downloading Linux $version"
	download "$version" || { apt-get update -qq >/dev/null 2>&1 && download "$version"; } ||
		die "download failed: $(tail -n 2 "$vm/apt.log")"
	unpack "$version"
}

build_modules() {
	local headers m out=$vm/eswsim
	headers=$root/usr/src/linux-headers-$(cat "$vm/kernel")-amd64
	mkdir -p "$out"
	rm -f "$out"/*.log
	cp -u "$top"/tests/eswsim/* "$out/"
	# no BTF for the modules: that would take pahole
	make -s -C "$headers" M="$out" CONFIG_DEBUG_INFO_BTF_MODULES= -j"$(nproc)" modules >"$out/build.log" 2>&1 || {
		grep -E 'error|undefined' "$out/build.log" >&2
		die "the modules do not build: $out/build.log"
	}
	! grep -E 'warning:' "$out/build.log" >&2 || die "the modules build with warnings"
	for m in eswsim eswrdma; do
		[ "$out/$m.stripped.ko" -nt "$out/$m.ko" ] ||
			strip --strip-debug -o "$out/$m.stripped.ko" "$out/$m.ko"
	done
}

# Open vSwitch and the libraries that are its alone: never installed, either
get_ovs() {
	local debs=$vm/debs deb
	[ ! -s "$vm/ovs/usr/sbin/ovsdb-server" ] || return 0
	mkdir -p "$debs"
	(cd "$debs" && apt-get download -q openvswitch-switch openvswitch-common libunbound8 libevent-2.1-7 libnuma1) >"$vm/apt.log" 2>&1 ||
		die "download failed: $(tail -n 2 "$vm/apt.log")"
	for deb in "$debs"/*.deb; do
		dpkg -x "$deb" "$vm/ovs" || die "cannot unpack $deb"
	done
	rm -rf "$debs" "$vm/base.cpio"
}

install_tools
get_kernel
get_ovs
build_modules
