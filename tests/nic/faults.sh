#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# long: yes
# faults.sh - each operation of bringing up SFs fails in turn, on the first and on the
# second of two; or takes its time
#
# A failed apply says what failed, for which port, in the kernel's words, and leaves the
# host as it was: no switch, or a live one whose frames go on.
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

M1=02:00:00:00:00:01
modprobe -a vhost_vdpa virtio_vdpa
echo 1 >"/sys/bus/pci/devices/${PCI#*/}/sriov_numvfs"

two_more() {
	local n
	for n in 1 2; do
		port x$n "sf: {num: 1$n, mac: \"02:00:00:00:00:1$n\", eth: true, roce: false, max_io_eqs: 16}, vdpa: {name: v$n, bind: vhost}, vlan: {access: 10}, guard: true"
	done
}

# fails CASE REGEX STATE: apply ends with 1, says REGEX, and the host is as in STATE
fails() {
	local out rc
	out=$(repx apply $CONF 2>&1)
	rc=$?
	if [ $rc -ne 1 ] || ! grep -qE "^repx: $2" <<<"$out"; then
		not_ok "$1" "status $rc: ${out//$'\n'/ }"
		return
	fi
	host_state >/tmp/now
	if out=$(diff "$3" /tmp/now); then ok "$1"; else not_ok "$1" "left: ${out//$'\n'/ }"; fi
}

# OPERATION ERRNO TIMES HINT
up_rows() {
	cat <<END
port_new	28	1	PF_TOTAL_SF
port_new	95	1	switchdev
rep_netdev	12	1	see dmesg
hw_addr_set	22	1	more than the card
roce_set	95	1	driver does not know
max_io_eqs_set	22	1	more than the card
state_set	5	1	see dmesg
state_set	16	2	try again
reload_down	16	1	try again
reload_up	5	1	see dmesg
sf_netdev	12	1	see dmesg
vdpa_mgmtdev	95	1	bond
vdpa_add	28	1	vdpa dev show
END
}

# fail_each STATE: on the first of the two in odd rows, on the second in even ones, or
# with ALL=1 on both
fail_each() {
	local op errno times hint words row=0 at
	while IFS=$'\t' read -r op errno times hint; do
		row=$((row + 1)) words="injected fault in $op"
		[ "$op" != vdpa_add ] || words="make vDPA device" # vDPA has no words
		for at in 0 1; do
			[ "${ALL:-}" ] || [ $((row % 2)) -ne $at ] || continue
			fault "$op" "$errno" "$times" "$at"
			fails "${op}_${errno}_on_$((at + 1))" \
				"bring up port 'x$((at + 1))': .*$words.* \(.*$hint" "$1"
			fault "$op" 0
		done
	done < <(up_rows)
}

# --- from no switch, and legacy mode

port uplink 'netdev: p0, role: uplink'
port keep "sf: {num: 1, mac: \"$M1\", eth: true}, vlan: {access: 10}"
port vf 'vf: {pf: 0, num: 0}, vlan: {access: 10}'
two_more
config ""
host_state >/tmp/none
fault mode_set 16 1
fails mode_set "set the eswitch mode of '$PCI' to switchdev: .*injected fault in mode_set \(flow rules" /tmp/none
fault port_new 28 1 2
fails port_new_of_third "bring up port 'x2': make SF 12 .*injected fault in port_new \(.*PF_TOTAL_SF" /tmp/none
fault vdpa_add 22 1 1
fails last_of_all "bring up port 'x2': make vDPA device 'v2' .*: Invalid argument \(more than it can do" /tmp/none

# --- a live switch, with frames

unport x1
unport x2
config ""
check apply repx apply $CONF
tenant n1 sf1
tenant nv vf0
MV=$(in_ns nv ip -j link show vf0 | json '.[0].address')
stream_begin n1 sf1 $M1 nv vf0 "$MV"
host_state >/tmp/live
two_more
config ""
fail_each /tmp/live
fault attach 5 1
fails attach_never "bring up port 'x1': wait for the driver of the SF .*: still detached after 10 s \(see dmesg" /tmp/live
stream_end frames_went_on

# --- no fault, but everything takes its time, and names change meanwhile

knob ops/late_rep/delay_ms 700
knob ops/attach/delay_ms 2000
knob ops/opstate/delay_ms 500
knob ops/late_netdev/delay_ms 500
fault port_new 17 1 # its number is taken a little longer
fault state_set 16 1 1 # let go of between two looks
repx apply $CONF >/tmp/out 2>&1 &
wait_for 30 test -e /sys/class/net/pf0sf12
check rename_representor ip link set pf0sf12 name other
wait_for 30 test -e /sys/class/net/sf11
check rename_netdev ip link set sf11 name mine
wait $!
rc=$?
equal late "$rc: $(grep repx: /tmp/out)" '0: '
equal late_again "$(repx -j apply $CONF)" '[]'
equal late_sfs "$(repx -j sf show | jq -c 'map([.port, .representor, .netdev, .opstate])')" \
	'[["keep","pf0sf1",null,"attached"],["x1","pf0sf11","mine","attached"],["x2","other","sf12","attached"]]'
knob ops/late_rep/delay_ms 0
knob ops/late_netdev/delay_ms 0
in_ns nv ip link set vf0 down
in_ns nv ip link set vf0 netns 1
check down repx down
host_state >/tmp/now
check all_as_before diff /tmp/none /tmp/now
finish
