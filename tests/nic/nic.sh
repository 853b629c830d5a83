#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# nic.sh - repx's layer above devlink and vDPA: each function does its one thing, waits
# until the card has done it, and says why when it has not
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

MAC1=02:00:00:00:00:31 MAC2=02:00:00:00:00:32 MACV=02:00:00:00:00:d1

# late CASE TEXT CMD...: in another nictool, which is seen to wait; late_done: as
# `has`; late_refused: as `refused`
late() {
	"$NICTOOL" "${@:3}" >/tmp/late.out 2>&1 &
	late=$! late_name=$1 late_text=$2
	waiting() { grep -q '^State:.*S' "/proc/$late/status" && grep -qs poll "/proc/$late/wchan"; }
	check "$1_waits" wait_for 10 waiting
}
late_done() {
	local rc
	wait "$late"
	rc=$?
	has "$late_name" "$late_text" bash -c "cat /tmp/late.out; exit $rc"
}
late_refused() {
	wait "$late"
	has "$late_name" "$late_text" cat /tmp/late.out
}

# --- before the card's driver is there, vDPA is not either

rmmod eswsim vhost_vdpa virtio_vdpa vdpa 2>/dev/null
serve
has no_vdpa_yet '^0 vdpa 0$' nic nic-ticks
check card modprobe eswsim

# --- eswitch

has mode '^legacy$' nic nic-eswitch "$PCI"
refused mode_unknown "^ENODEV: get the eswitch mode of 'pci/0000:ff:00.0': .*devlink dev show" \
	nic nic-eswitch pci/0000:ff:00.0
refused new_in_legacy "^EOPNOTSUPP: make SF 1 of pf 0 on '$PCI': .*\(is the eswitch in switchdev" \
	nic nic-new "$PCI" 0 1
fault mode_set 16 1
refused mode_busy "^EBUSY: set the eswitch mode of '$PCI' to switchdev: .*injected.*\(flow rules or rate" \
	nic nic-eswitch "$PCI" 1
fault mode_set 5 1
refused mode_error '^EIO: set the eswitch mode .*injected fault in mode_set$' nic nic-eswitch "$PCI" 1
check mode_set nic nic-eswitch "$PCI" 1
check mode_set_again nic nic-eswitch "$PCI" 1
has mode_seen '^switchdev$' nic nic-eswitch "$PCI"
has no_sfs '^0$' nic nic-count "$PCI"
refused count_unknown "^ENODEV: list the ports of 'pci/0000:ff:00.0'" nic nic-count pci/0000:ff:00.0

# --- SFs made and found

for e in 16:EBUSY:try 22:EINVAL:controller 28:ENOSPC:PF_TOTAL_SF 95:EOPNOTSUPP:switchdev 12:ENOMEM:; do
	IFS=: read -r n name hint <<<"$e"
	fault port_new "$n" 1
	refused "new_$name" "^$name: make SF 1 of pf 0 on '$PCI': .*injected fault in port_new.*$hint" \
		nic nic-new "$PCI" 0 1
done
fault rep_netdev 5 1
refused new_no_rep '^EIO: make SF 1 .*injected fault in rep_netdev' nic nic-new "$PCI" 0 1
refused found_none '^ENOENT: NOT SAID' nic nic-find "$PCI" 0 1
refused find_unknown "^ENODEV: find SF 1 among the ports of 'pci/0000:ff:00.0'" \
	nic nic-find pci/0000:ff:00.0 0 1
has made "^made $PCI/[0-9]+ flavour 7 .* sf 1 .*inactive detached" nic nic-new "$PCI" 0 1
i1=$(sf_index 1)
has found_by_new "^found $PCI/$i1 flavour 7 .* sf 1 " nic nic-new "$PCI" 0 1
has found "^$PCI/$i1 flavour 7 " nic nic-find "$PCI" 0 1
refused new_wrong_pf '^EOPNOTSUPP: .*is the pf right' nic nic-new "$PCI" 1 2
refused new_controller '^EOPNOTSUPP: .*ontroller' nic nic-new "$PCI" 0 2 1
knob max_sfs 1
refused new_full '^ENOSPC: .*No free SF \(the card has no room for another SF' nic nic-new "$PCI" 0 2
knob max_sfs 1024
has one_sf '^1$' nic nic-count "$PCI"
has port "^$PCI/$i1 flavour 7 netdev pf0sf1" nic nic-port "$PCI" "$i1"
refused port_unknown "^ENODEV: look at devlink port '$PCI/999': .*\(it went" nic nic-port "$PCI" 999

# --- representors

has rep '^pf0sf1$' nic nic-rep "$PCI" "$i1"
ip link set pf0sf1 name other1
has rep_renamed '^other1$' nic nic-rep "$PCI" "$i1"
knob ops/late_rep/delay_ms 100000
has made_2 '^made ' nic nic-new "$PCI" 0 2
i2=$(sf_index 2)
late rep_late '^pf0sf2$' nic-rep "$PCI" "$i2"
knob kick 1
late_done
knob ops/late_rep/errno 5
knob ops/late_rep/delay_ms 10
has made_3 '^made ' nic nic-new "$PCI" 0 3
i3=$(sf_index 3)
check short_wait nic nic-wait 200
refused rep_never "^ETIMEDOUT: wait for the representor of devlink port '$PCI/$i3': none after 0.2 s \(see dmesg" \
	nic nic-rep "$PCI" "$i3"
late rep_of_a_port_that_goes "^ENODEV: wait for the representor .*\(it went" nic-rep "$PCI" "$i3"
check del_inactive nic nic-del "$PCI" "$i3"
late_refused
knob ops/late_rep/errno 0
knob ops/late_rep/delay_ms 0
check long_wait nic nic-wait 10000

# --- the function

check fn_nothing nic nic-fn "$PCI" "$i1"
check fn_mac nic nic-fn "$PCI" "$i1" mac $MAC1
has fn_mac_seen "mac $MAC1 inactive detached roce 1 eqs 8" nic nic-port "$PCI" "$i1"
for e in hw_addr_set:5:EIO roce_set:95:EOPNOTSUPP max_io_eqs_set:22:EINVAL state_set:1:EPERM; do
	IFS=: read -r op n name <<<"$e"
	fault "$op" "$n" 1
	refused "fn_$op" \
		"^$name: set hw_addr $MAC1 roce disable max_io_eqs 4 state active of devlink port '$PCI/$i1': .*injected fault in $op" \
		nic nic-fn "$PCI" "$i1" mac $MAC1 roce 0 eqs 4 active 1
done
refused fn_eqs '^EINVAL: set max_io_eqs 9999 of .*out of range' nic nic-fn "$PCI" "$i1" eqs 9999
refused fn_gone "^ENODEV: set roce enable of devlink port '$PCI/999': .*it went" nic nic-fn "$PCI" 999 roce 1
fault hw_addr_set 16
refused fn_busy_for_another_reason '^EBUSY: set .*injected fault in hw_addr_set \(.*try again' \
	nic nic-fn "$PCI" "$i1" mac $MAC1 active 1
fault hw_addr_set 0
fault state_set 16 1
check fn_busy_once nic nic-fn "$PCI" "$i1" mac $MAC1 roce 0 eqs 4 active 1
has fn_all_seen "mac $MAC1 active [a-z]+ roce 0 eqs 4" nic nic-port "$PCI" "$i1"

# --- the driver comes

has attached '^auxiliary/eswsim.sf.[0-9]+$' nic nic-attached "$PCI" "$i1"
AUX1=auxiliary/$(sf_aux 1)
has attached_at_once "^$AUX1\$" nic nic-attached "$PCI" "$i1"
has aux_there '^there$' nic nic-aux "${AUX1#*/}"
has aux_not_there '^gone$' nic nic-aux eswsim.sf.999
has aux_no_name '^gone$' nic nic-aux ..
knob ops/attach/delay_ms 100000
check activate_2 nic nic-fn "$PCI" "$i2" mac $MAC2 active 1
late attach_late '^auxiliary/eswsim.sf' nic-attached "$PCI" "$i2"
knob kick 1
late_done
knob ops/attach/delay_ms 20
check stop_2 nic nic-stop "$PCI" "$i2"
knob ops/opstate/delay_ms 100000
check activate_2_again nic nic-fn "$PCI" "$i2" active 1
check aux_before_opstate wait_for 10 sf_aux 2
late opstate_late '^auxiliary/eswsim.sf' nic-attached "$PCI" "$i2"
knob kick 1
late_done
knob ops/opstate/delay_ms 40
check stop_2_again nic nic-stop "$PCI" "$i2"
check short_wait_attach nic nic-wait 300
refused attach_inactive '^ETIMEDOUT: wait for the driver .*: inactive after 0.3 s' nic nic-attached "$PCI" "$i2"
fault attach 5 1
check activate_unattached nic nic-fn "$PCI" "$i2" active 1
refused attach_never "^ETIMEDOUT: wait for the driver of the SF of devlink port '$PCI/$i2': still detached after 0.3 s \(see dmesg" \
	nic nic-attached "$PCI" "$i2"
check stop_unattached nic nic-stop "$PCI" "$i2"
fault sf_probe 5 1
check activate_unprobed nic nic-fn "$PCI" "$i2" active 1
refused probe_fails '^ETIMEDOUT: .*its auxiliary device has no driver' nic nic-attached "$PCI" "$i2"
check stop_unprobed nic nic-stop "$PCI" "$i2"
check long_wait_attach nic nic-wait 10000
refused attach_gone '^ENODEV: wait for the driver .*it went' nic nic-attached "$PCI" 999
knob ecpf Y
has made_external '^made ' nic nic-new "$PCI" 0 7 1
has found_external '^found ' nic nic-new "$PCI" 0 7 1
refused local_is_another '^ENOENT' nic nic-find "$PCI" 0 7
c1=$(awk '$4 == 1 && $6 == 7 { print $2 }' "$KNOBS/sfs")
check activate_external nic nic-fn "$PCI" "$c1" active 1
refused attach_external "^EOPNOTSUPP: .*another host's" nic nic-attached "$PCI" "$c1"
check stop_external nic nic-stop "$PCI" "$c1"
check del_external nic nic-del "$PCI" "$c1"
knob ecpf N

# --- and goes

knob ops/detach/delay_ms 100000
check activate_3rd nic nic-fn "$PCI" "$i2" active 1
check attached_3rd nic nic-attached "$PCI" "$i2"
aux=$(sf_aux 2)
late stop_late '' nic-stop "$PCI" "$i2"
knob kick 1
late_done
has stopped 'inactive detached' nic nic-port "$PCI" "$i2"
has aux_went '^gone$' nic nic-aux "$aux"
check stop_stopped nic nic-stop "$PCI" "$i2"
check stop_nothing nic nic-stop "$PCI" 999
check activate_4th nic nic-fn "$PCI" "$i2" active 1
check attached_4th nic nic-attached "$PCI" "$i2"
fault state_set 5 1
refused stop_fails "^EIO: set state inactive of devlink port '$PCI/$i2': .*injected" nic nic-stop "$PCI" "$i2"
check deactivate nic fn "$PCI" "$i2" active 0
late reactivate_late '' nic-fn "$PCI" "$i2" active 1
knob kick 1
late_done
check attached_5th nic nic-attached "$PCI" "$i2"
check short_wait_detach nic nic-wait 300
refused stop_times_out "^ETIMEDOUT: stop the SF of devlink port '$PCI/$i2': still attached after 0.3 s" \
	nic nic-stop "$PCI" "$i2"
refused reactivate_times_out '^ETIMEDOUT: activate .*inactive, but still attached after 0.3 s' \
	nic nic-fn "$PCI" "$i2" active 1
fault port_del 16 1
refused del_busy "^EBUSY: delete devlink port '$PCI/$i2': .*injected fault in port_del" nic nic-del "$PCI" "$i2"
check del_before_detached nic nic-del "$PCI" "$i2"
refused number_taken "^ETIMEDOUT: make SF 2 .*its number is still taken by a former SF after 0.3 s \(the firmware" \
	nic nic-new "$PCI" 0 2
check long_wait_detach nic nic-wait 10000
knob kick 1
has made_2_again '^made ' nic nic-new "$PCI" 0 2
i2=$(sf_index 2)
check activate_6th nic nic-fn "$PCI" "$i2" active 1
check attached_6th nic nic-attached "$PCI" "$i2"
check del_active nic nic-del "$PCI" "$i2"
check del_deleted nic nic-del "$PCI" "$i2"
late number_comes_free '^made ' nic-new "$PCI" 0 2
knob kick 1
late_done
i2=$(sf_index 2)
knob ops/detach/delay_ms 40

# --- parameters and the netdev

reloads() { cat "$KNOBS/ops/reload_up/calls"; }
params() { for p in eth rdma vnet; do nic param "$AUX1" enable_$p; done | tr '\n' ' '; }
check short_wait_netdev nic nic-wait 300
refused netdev_off '^ETIMEDOUT: wait for the netdev of SF .*: none after 0.3 s .*is enable_eth on' \
	nic nic-netdev "$AUX1"
check long_wait_netdev nic nic-wait 10000
refused netdev_gone "^ENODEV: wait for the netdev of SF 'auxiliary/eswsim.sf.999': the SF went" \
	nic nic-netdev auxiliary/eswsim.sf.999
refused params_gone '^ENODEV: get enable_eth of' nic nic-params auxiliary/eswsim.sf.999 1 0 0
has params_set '^was 0 -1 -1$' nic nic-params "$AUX1" 1 -1 -1
has netdev '^sf1$' nic nic-netdev "$AUX1"
n=$(reloads)
has params_are_so '^was 1 0 0$' nic nic-params "$AUX1" 1 0 0
equal no_reload "$(reloads)" "$n"
has params_force '^was 1 -1 -1$' nic nic-params "$AUX1" 1 -1 -1 force
equal forced_reload "$(reloads)" $((n + 1))
ip link set sf1 up
index=$(cat /sys/class/net/sf1/ifindex)
refused rdma_without_roce "^EOPNOTSUPP: turn on enable_rdma of '$AUX1': .*roce is off" nic nic-params "$AUX1" 0 1 1
equal params_back "$(params)" '1 0 0 '
fault reload_down 16 1
refused reload_busy "^EBUSY: reload SF '$AUX1': .*injected fault in reload_down \(the card" nic nic-params "$AUX1" 0 -1 1
equal params_back_busy "$(params)" '1 0 0 '
equal not_disturbed "$(cat /sys/class/net/sf1/ifindex)" "$index"
fault reload_up 5 1
refused reload_fails "^EIO: reload SF '$AUX1': .*injected fault in reload_up" nic nic-params "$AUX1" 0 -1 1
equal params_back_failed "$(params)" '1 0 0 '
check netdev_is_back test -e /sys/class/net/sf1
fault reload_up 5 2
refused reload_fails_twice '^EIO: reload SF' nic nic-params "$AUX1" 0 -1 1
check netdev_is_lost test ! -e /sys/class/net/sf1
has repaired '^was 1 -1 0$' nic nic-params "$AUX1" 1 -1 0
has netdev_again '^sf1$' nic nic-netdev "$AUX1"
fault sf_netdev 12 1
refused netdev_fails '^ENOMEM: reload SF .*injected fault in sf_netdev' nic nic-params "$AUX1" 1 -1 0 force
knob ops/late_netdev/delay_ms 3000
has params_late '^was 1 ' nic nic-params "$AUX1" 1 -1 -1 force
late netdev_late '^sf1$' nic-netdev "$AUX1"
late_done
knob ops/late_netdev/delay_ms 0

# --- vDPA

driver() { basename "$(readlink "/sys/bus/vdpa/devices/$1/driver")" 2>/dev/null; }
check activate_vdpa nic nic-fn "$PCI" "$i2" active 1
AUX2=$(nic nic-attached "$PCI" "$i2")
check short_wait_mgmt nic nic-wait 200
refused mgmt_never "^ETIMEDOUT: wait for vDPA management '$AUX1': none after 0.2 s \(is enable_vnet on" \
	nic nic-make v1 "$AUX1"
check long_wait_mgmt nic nic-wait 10000
refused mgmt_gone '^ENODEV: wait for vDPA management .*the SF went' nic nic-make v1 auxiliary/eswsim.sf.999
late mgmt_late '^made$' nic-make v1 "$AUX1" mac $MACV
has vnet_on '^was -1 -1 0$' nic nic-params "$AUX1" -1 -1 1
late_done
has vdpa_there '^there$' nic nic-there v1
has vdpa_unbound '^not$' nic nic-there v1 vhost
check vdpa_remove nic nic-remove v1
has vdpa_gone '^not$' nic nic-there v1
check vdpa_remove_again nic nic-remove v1

for e in 16:EBUSY 22:EINVAL 28:ENOSPC 95:EOPNOTSUPP 5:EIO; do
	fault vdpa_add "${e%:*}" 1
	refused "vdpa_add_${e#*:}" "^${e#*:}: make vDPA device 'v1' on '$AUX1': " nic nic-make v1 "$AUX1"
done
refused too_many_queues "^EINVAL: make vDPA device 'v1': 99 pairs of queues are too many: $AUX1 can do 8" \
	nic nic-make v1 "$AUX1" max_vqp 99
refused features_missing "^EOPNOTSUPP: .*$AUX1 does not have CSUM HOST_TSO4 50 \(vdpa mgmtdev show" \
	nic nic-make v1 "$AUX1" features 0x4000000000801
refused bind_no_driver '^ENOENT: .*modprobe vhost_vdpa' nic nic-make v1 "$AUX1" bind vhost
has undone_no_driver '^not$' nic nic-there v1
modprobe virtio_vdpa
check short_wait_virtio nic nic-wait 300
rmmod virtio_net 2>/dev/null
refused virtio_no_netdev "^ETIMEDOUT: wait for the netdev of vDPA device 'v1': none after 0.3 s \(modprobe virtio_net" \
	nic nic-make v1 "$AUX1" bind virtio
has undone_no_netdev '^not$' nic nic-there v1
check long_wait_virtio nic nic-wait 10000
modprobe virtio_net
modprobe vhost_vdpa

has made_vhost '^made$' nic nic-make v1 "$AUX1" mac $MACV mtu 1400 max_vqp 2 features 0x10000 bind vhost
has vhost_there '^there$' nic nic-there v1 vhost
has not_virtio '^not$' nic nic-there v1 virtio
node=/dev/$(basename /sys/bus/vdpa/devices/v1/vhost-vdpa-*)
check node test -c "$node"
has config "mac $MACV mtu 1400 max_vqp 2" nic vdpa-config v1
has adopted '^found$' nic nic-make v1 "$AUX1" mac $MACV mtu 1400 max_vqp 2 features 0x10000 bind vhost
has adopted_any '^found$' nic nic-make v1 "$AUX1"
refused another_mac "^EEXIST: make vDPA device 'v1': it is there with another MAC .*vdpa dev del v1" \
	nic nic-make v1 "$AUX1" mac $MAC1
refused another_mtu '^EEXIST: .*another MTU' nic nic-make v1 "$AUX1" mac $MACV mtu 1500
refused another_vqp '^EEXIST: .*another number of queues' nic nic-make v1 "$AUX1" mac $MACV max_vqp 1
refused another_features '^EEXIST: .*another set of features' nic nic-make v1 "$AUX1" mac $MACV features 0x20000
refused second_on_sf "^ENOSPC: make vDPA device 'v9' on '$AUX1': .*the SF has one already" nic nic-make v9 "$AUX1"
has vnet_on_2 '^was 0 -1 0$' nic nic-params "$AUX2" 0 -1 1
refused elsewhere "^EEXIST: make vDPA device 'v1': it is a device of $AUX1 already" nic nic-make v1 "$AUX2"

exec 9<>"$node"
has user "^'[a-z.]+ $$'\$" nic nic-user v1
refused remove_in_use "^EBUSY: remove vDPA device 'v1': $node is open in [a-z.]+ $$ \(end that first" nic nic-remove v1
refused rebind_in_use '^EBUSY: unbind vDPA device .*open' nic nic-make v1 "$AUX1" bind virtio
equal still_vhost "$(driver v1)" vhost_vdpa
exec 9>&-
has no_user "^''\$" nic nic-user v1
has rebound '^found$' nic nic-make v1 "$AUX1" bind virtio
has virtio_there '^there$' nic nic-there v1 virtio
has negotiated 'features.* MTU MAC STATUS CTRL_VQ MQ VERSION_1 ACCESS_PLATFORM$' nic vdpa-config v1
check remove_virtio nic nic-remove v1
check remove_user_none nic nic-user v1
has made_for_kernel '^made$' nic nic-make v2 "$AUX2" mac $MAC2
check remove_for_kernel nic nic-remove v2

# --- what goes while it is waited for

knob ops/attach/delay_ms 100000
check stop_1 nic nic-stop "$PCI" "$i2"
check activate_last nic nic-fn "$PCI" "$i2" active 1
late attach_reset '^E(NODEV|BUSY): wait for the driver' nic-attached "$PCI" "$i2"
knob ops/reset/delay_ms 2000
knob reset 1
late_refused
refused mode_in_reset '^E(NODEV|BUSY): ' nic nic-eswitch "$PCI" 1
check card_back wait_for 20 test -e /sys/class/net/p0
check mode_again nic nic-eswitch "$PCI" 1
knob ops/attach/delay_ms 20

# --- a rule of others holds the eswitch

has made_last '^made ' nic nic-new "$PCI" 0 9
tc qdisc add dev pf0sf9 clsact
check rule tc filter add dev pf0sf9 ingress protocol ip pref 3 flower skip_sw action drop
refused mode_held "^EBUSY: set the eswitch mode of '$PCI' to legacy: .*busy \(flow rules or rate" nic nic-eswitch "$PCI" 0
tc qdisc del dev pf0sf9 clsact
check mode_back nic nic-eswitch "$PCI" 0
has legacy_no_sfs '^0$' nic nic-count "$PCI"
has ticked '^[1-9][0-9]* vdpa 1$' nic nic-ticks
finish
