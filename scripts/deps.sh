#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# deps.sh - installs the Debian packages that are missing, and says which
set -u

build=(gcc make clang bpftool pkg-config libc6-dev linux-libc-dev libbpf-dev libxdp-dev
	libmnl-dev libyaml-dev uthash-dev libjansson-dev libsystemd-dev libpcap-dev)
tests=(libcmocka-dev libclang-rt-14-dev iproute2 ethtool iputils-ping tcpdump iperf3 socat
	busybox jq procps util-linux shellcheck cppcheck clang-format git libibverbs-dev
	containernetworking-plugins podman conmon runc
	ibverbs-providers)

# missing: names of those packages that are not installed
missing() {
	local p status
	for p in "${build[@]}" "${tests[@]}"; do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)
		# a package of two architectures has its state twice
		[[ $status == installed* ]] || echo "$p"
	done
}

if ! command -v dpkg-query >/dev/null; then
	echo "deps: no dpkg here; these Debian packages, or what is like them, are needed:" >&2
	echo "  ${build[*]} ${tests[*]}" >&2
	exit 1
fi
mapfile -t need < <(missing)
[ ${#need[@]} -gt 0 ] || exit 0
echo "deps: missing: ${need[*]}"
if [ "$(id -u)" -ne 0 ]; then
	echo "deps: run as root: apt-get install ${need[*]}" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null; }
# package lists may be old, or not there at all
install 2>/dev/null || { apt-get update -qq && install; } || {
	echo "deps: apt-get could not install them; the messages above say why" >&2
	exit 1
}
mapfile -t need < <(missing)
if [ ${#need[@]} -gt 0 ]; then
	echo "deps: still missing: ${need[*]}" >&2
	exit 1
fi
echo "deps: installed"
