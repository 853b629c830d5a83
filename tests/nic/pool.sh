#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# pool.sh - SFs that repx chooses, and spare ones that are kept ready: what they are, how
# they are taken and replaced, what a full card does to them
# shellcheck source=tests/nic/pool-lib.sh
. "$(dirname "$0")/pool-lib.sh"

M1=02:00:00:00:00:01 M2=02:00:00:00:00:02 M3=02:00:00:00:00:03
modprobe -a vhost_vdpa
port uplink 'netdev: p0, role: uplink'
host_state >/tmp/legacy

# --- a number that repx chooses, with and without a daemon

switchdev
sf_new 2 >/dev/null
config ""
check apply repx apply $CONF
check auto repx port add a sf.num auto sf.mac $M1 sf.eth true vlan.access 10
check auto_again repx sf add b num auto eth true vlan.access 10
equal lowest_that_are_free "$(num a) $(num b)" '1 3'
check del_a repx port del a
check auto_third repx port add c sf.num auto vlan.access 10
equal freed_number "$(num c)" 1
equal nothing_to_do "$(repx -j apply $CONF | json .)" '[]'
port d 'sf: {num: auto}, vlan: {access: 10}'
config ""
refused not_in_a_file 'sf.num: auto is for repx port add alone' repx check $CONF
unport d
config ""
check del_b repx port del b
check del_c repx port del c
sf_del 2

# --- the pool is filled

config "$(pool 2)"
check pool_without_daemon repx apply $CONF
equal pool_needs_the_daemon "$(spares)" '[]'
daemon
check filled wait_for 20 pool_ready 2/2
equal spare_numbers "$(spares)" '[1,2]'
has show_tells '2 of 2 spare SFs ready' repx show
has sf_show_tells '^\(spare\) +pf0sf1 ' repx sf show
equal not_among_the_ports "$(repx -j port show | jq -c 'map(.name)') $(repx -j vlan show | jq length) $(repx -j stats show | jq length)" \
	'["uplink"] 1 1'
equal not_to_be_named "$(repx -j port show .pool-1 2>/dev/null)" ''
refused not_to_be_deleted 'belongs to the pool' repx port del .pool-1
equal status "$(status '')" '{"ready":true,"reason":null,"pool":{"want":2,"ready":2},"ports":0,"room":1023}'
equal apply_again "$(repx -j apply $CONF | json .)" '[]'
check spare_is_active sf_attached 1
check spare_has_netdev test -e /sys/class/net/sf1
for n in 1 2; do
	tenant s$n sf$n 10.0.10.$n/24
	in_ns s$n arp -s 10.0.10.$((3 - n)) 02:00:00:00:00:ff 2>/dev/null
done
check spare_forwards_nothing cut_off s1 10.0.10.2
for n in 1 2; do
	in_ns s$n ip link set sf$n down
	in_ns s$n ip link set sf$n netns 1
	ip netns del s$n
done

# --- one is taken: no SF is made or started for it

# card: what takes long, and setting a MAC
card() { echo "$(calls port_new) $(calls state_set) $(calls sf_probe) $(calls reload_down) $(($(calls hw_addr_set) - ${1:-0}))"; }
knob ops/sf_probe/delay_ms 1000 # as long as a driver may take
before=$(card)
check take timed x '"mac":"'$M1'","eth":true' '"guard":true'
took=$(</tmp/ms)
equal taken_costs_one_mac "$(card 1)" "$before"
equal took_the_first "$(num x)" 1
has its_netdev_has_the_mac "link/ether $M1" ip link show sf1
has its_function_has_the_mac "hw_addr $M1" sf_show 1
equal counted_from_zero "$(repx -j port show x | jq -c '.[0] | [.drops, .rx.packets]')" '[{},0]'
knob ops/sf_probe/delay_ms 0
check refilled wait_for 20 pool_ready 2/2
equal refilled_with "$(spares)" '[2,3]'
tenant nx sf1 10.0.10.1/24
equal take_another "$(add y '"mac":"'$M2'"' '"guard":true')" add
tenant ny sf2 10.0.10.2/24
check they_talk reach nx 10.0.10.2
in_ns nx ip link set sf1 address $M3
check guarded cut_off nx 10.0.10.2
in_ns nx ip link set sf1 address $M1
wait_for 20 pool_ready 2/2
equal cni_ports "$(status .ports)" 2
equal cold_keys "$(add z '"eth":false,"rdma":true')" add
equal cold_keys_are_so "$(param "$(sf_aux "$(num z)")" enable_rdma) $(repx -j port show z | jq -c '.[0].sf | [.eth, .rdma]')" \
	'enable_rdma true [false,true]'
wait_for 20 pool_ready 2/2
equal with_vdpa "$(add v '"mac":"'$M3'"' '"vdpa":{"bind":"vhost"}')" add
has vdpa_is_there '^v: ' vdpa dev show
equal vdpa_in_sf_show "$(repx -j sf show v | jq -c '.[0] | [.vdpa.name, .vdpa.node, .netdev, .parent, .owner]')" \
	"[\"v\",\"/dev/vhost-vdpa-0\",null,\"${PCI#*/}\",\"cni\"]"
equal apply_leaves_all "$(repx -j apply $CONF | json .)" '[]'

# cold, to compare
wait_for 20 pool_ready 2/2
config ""
check no_pool repx apply $CONF
equal pool_went "$(spares)" '[]'
knob ops/sf_probe/delay_ms 1000
check cold timed cold '"mac":"02:00:00:00:00:07","eth":true'
cold=$(</tmp/ms)
echo "# port.add: $took ms from the pool, $cold ms cold"
# by how much exactly, cni-time.sh tells, where other guests do not count
check pool_waits_for_no_driver test "$took" -lt 1000 -a "$cold" -ge 1000
knob ops/sf_probe/delay_ms 0
for p in z v cold; do del $p; done

# --- it grows and shrinks with the file; a port with a number of its own has the right of way

config "$(pool 2)"
check grow repx apply $CONF
check grown wait_for 20 pool_ready 2/2
config "$(pool 1)"
check shrink repx apply $CONF
equal shrunk "$(spares) $(status .pool.ready)" '[3] 1'
check port_of_that_number repx port add own sf.num 3 sf.mac $M3 sf.eth true vlan.access 10
equal it_has_it "$(repx -j sf show own | jq -c '.[0] | [.num, .mac, .owner]')" "[3,\"$M3\",\"cli\"]"
has driver_knows_the_address "link/ether $M3" ip link show sf3
check pool_has_another wait_for 20 pool_ready 1/1
check own_goes repx port del own

# --- somebody deletes the spare SF: it is made again

wait_for 20 pool_ready 1/1
spare=$(spares)
made=$(calls port_new)
sf_del "${spare//[][]/}"
check spare_is_missed wait_for 10 asked port_new $((made + 1))
check spare_is_made_again wait_for 20 pool_ready 1/1
equal spare_is_the_same "$(spares)" "$spare"

# --- an ADD that fails half way leaves the spare SF as it was

wait_for 20 pool_ready 1/1
spare=$(spares)
dev=sf${spare//[][]/}
addr=$(<"/sys/class/net/$dev/address")
hw=$(sf_show "${dev#sf}" | grep -o 'hw_addr [^ ]*')
fault hw_addr_set 5 1
has fails 'injected fault in hw_addr_set' add f "\"mac\":\"$M3\""
equal spare_again "$(spares) $(<"/sys/class/net/$dev/address") $(sf_show "${dev#sf}" | grep -o 'hw_addr [^ ]*')" "$spare $addr $hw"
fault hw_addr_set 0
# the second entry of the same name is refused before anything is done
equal works_then "$(add f "\"mac\":\"$M3\"")" add
has twice 'there is a port of this name' add f "\"mac\":\"$M3\""
del f

# --- a card without room

wait_for 20 pool_ready 1/1
fault port_new 28
equal last_spare "$(add g "\"mac\":\"$M3\"")" add
has card_full 'injected fault in port_new' add h "\"mac\":\"02:00:00:00:00:08\""
equal not_ready "$(status .ready)" false
has reason 'injected fault in port_new|no room' status .reason
equal veth_is_ready "$(status .ready '{"device":"veth"}')" true
equal told_once "$(grep -c 'fill the pool of spare SFs' /tmp/run.log)" 1
fault port_new 0
check ready_again wait_for 30 pool_ready 1/1
equal status_ready "$(status .ready) $(status .reason)" 'true null'
del g

# --- the last slots are the ports': spare SFs give way

wait_for 20 pool_ready 1/1
ip netns del nx
ip netns del ny
end_daemon TERM
check down_for_fewer_slots repx down
knob ops/sf_probe/delay_ms 0
config "max_ports: 3, $(pool 3)"
has warned_of_room 'pool.sf: 3 and 1 ports' bash -c "$REPX_BUILD/repx check $CONF 2>&1"
config "max_ports: 4, $(pool 3)"
daemon
check fills_what_there_is wait_for 20 pool_ready 3/3
ip link add t0 type veth peer name t1
check a_port_takes_a_slot repx port add t0 netdev t0 vlan.access 10
equal one_spare_less "$(status .pool)" '{"want":3,"ready":2}'
equal room_counts_them "$(status .room)" 2
check take_both timed x '"mac":"'$M1'"'
check take_both_2 timed y '"mac":"'$M2'"'
equal no_room "$(status .ready) $(status .reason) $(status .room)" 'false no slot is free (switch.max_ports is 4) 0'
has no_slot 'more than switch.max_ports: 4' add z "\"mac\":\"$M3\""
check port_goes repx port del t0
check slot_is_filled wait_for 20 pool_ready 1/3
ip link del t0

# --- down

check down repx down
wait $DAEMON
equal nothing_left "$(grep -c sfnum "$KNOBS/sfs")" 0
legacy
host_state >/tmp/now
check as_before diff /tmp/legacy /tmp/now
[ "$FAILED" -eq 0 ] || tail -n 40 /tmp/run.log | sed 's/^/# /'
finish
