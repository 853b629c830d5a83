#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cni-rdma.sh - the RDMA devices of containers: all namespaces share them, or each has its own.
# Soft-RoCE (rdma_rxe) cannot be moved between namespaces, eswrdma can, and does nothing else.
# shellcheck source=tests/nic/cni-lib.sh
. "$(dirname "$0")/cni-lib.sh"

modprobe -a rdma_rxe eswrdma
port uplink 'netdev: p0, role: uplink'
config "$(pool 0)"
daemon
sf_up 41 02:00:00:00:41:41 || not_ok sf_41
AUX=$(sf_aux 41)
net made '.rdma = true'
net given ".rdma = true | .deviceID = \"$AUX\""
net unasked ".deviceID = \"$AUX\""
given >/tmp/given

# rdma_at [CONTAINER]: the device that can be moved, there or here
rdma_at() { ${1:+in_ns "$1"} rdma dev show | grep -o 'eswrdma[0-9]*'; }
# rdma_comes NUM: as the card's driver does it, once there is the netdev
rdma_comes() {
	wait_for 20 test -e "/sys/class/net/sf$1" && sf_aux "$1" >/sys/module/eswrdma/parameters/add
}
# add_made CONTAINER IP: whose SF gets its RDMA device a moment later
add_made() {
	local rc
	rdma_comes 1 &
	add made "$1" IP="$2"
	rc=$?
	wait $!
	return "$rc"
}

# --- all namespaces share them

container a
equal shared "$(rdma system show | grep -o 'netns [a-z]*')" 'netns shared'
fails without_a_device 104 'has no RDMA device' ADD made a IP=10.0.10.1
equal without_a_device_nothing_left "$(left)" "$NOTHING"
check shared_add add_made a 10.0.10.1
check shared_is_told grep -q 'all network namespaces share RDMA devices here' /tmp/a.err
check shared_check check_net made a
check shared_del del made a
equal shared_nothing_left "$(left) $(rdma_at)" "$NOTHING "

# --- each has its own: a driver that does not let its device go

ip netns del a # the mode can change only while there are none
exclusive() { rdma system set netns exclusive; }
check exclusive wait_for 10 exclusive
container a
container b
rdma link add rxe41 type rxe netdev sf41 # goes when its netdev does
fails refused 104 "move into the container RDMA device 'rxe41': Operation not supported" ADD given a IP=10.0.10.1
went refused_never_went
equal refused_nothing_left "$(left)" "$NOTHING"
check unasked_add add unasked a IP=10.0.10.1
check unasked_is_told grep -q "RDMA device 'rxe41' stays on the host: .*Operation not supported" /tmp/a.err
check unasked_check check_net unasked a
check unasked_del del unasked a
went unasked_back

# --- one that goes: with an SF that is made

check made_add add_made a 10.0.10.1
R=$(rdma_at a)
has made_is_in_the_container '^eswrdma[0-9]+$' echo "$R"
equal made_is_not_here "$(rdma_at)" ''
check made_check check_net made a
check made_del del made a
equal made_nothing_left "$(left) $(rdma_at) $(rdma_at a)" "$NOTHING  "

# --- with one that was there: it comes back

check given_rdma rdma_comes 41
R=$(rdma_at)
check given_add add given a IP=10.0.10.1
equal given_is_in_the_container "$(rdma_at a) $(rdma_at)" "$R "
check given_check check_net given a
in_ns a rdma dev set "$R" netns b
fails check_names_it 110 "RDMA device '$R' is not in the container" CHECK /tmp/a.check a
in_ns b rdma dev set "$R" netns a
check given_del del given a
equal given_is_back "$(rdma_at) $(rdma_at a)" "$R "
went given_netdev_is_back
check given_del_again del given a
check given_unasked add unasked a IP=10.0.10.1
equal goes_unasked_too "$(rdma_at a)" "$R"
ip netns del a
here() { [ "$(rdma_at)" = "$R" ]; }
check dead_netns_is_back wait_for 10 here
check dead_netns_del del unasked a
equal dead_netns_still_here "$(rdma_at)" "$R"
went dead_netns_netdev_is_back

# --- a container that fails after its RDMA device has gone in

container a
fails add_fails_late 5 "write '/proc/no/file'" ADD "$(with given '.runtimeConfig.CNIDeviceInfoFile = "/proc/no/file"')" a IP=10.0.10.1
equal late_is_back "$(rdma_at) $(rdma_at a)" "$R "
went late_netdev_is_back
equal nothing_left "$(left)" "$NOTHING"
[ "$FAILED" -eq 0 ] || tail -n 40 /tmp/run.log | sed 's/^/# /'
finish
