#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# show.sh - sf and vdpa: show, add, del, with and without a daemon; what port show
# says of representors
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

CONF=/tmp/show.yaml
repx() { "$REPX_BUILD/repx" "$@"; }
if [ ! -x "$REPX_BUILD/repx" ]; then
	echo "skip show: no repx was built"
	exit 4
fi
for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done
modprobe -qa vhost_vdpa virtio_vdpa rdma_rxe

# jqs DOCUMENT FILTER: of a command's -j
jqs() { json "$2" <<<"$1"; }
sf() { jqs "$(repx -j sf show "$1")" ".[0]$2"; }
vdpa() { jqs "$(repx -j vdpa show "$1")" ".[0]$2"; }
# each DOCUMENT [CASE FILTER WANT]...: all of them with one jq, which takes long to start
each() {
	local doc=$1 i got filters="def of(\$port): .[] | select((.port // .name) == \$port); empty"
	for ((i = 3; i < $#; i += 3)); do filters+=", (${!i})"; done
	shift
	mapfile -t got < <(jq -rc "$filters" <<<"$doc")
	for ((i = 1; i < $#; i += 3)); do equal "${!i}" "${got[i / 3]:-}" "${*:i+2:1}"; done
}
usage() { # usage CASE WORD...: exit status 2 and the usage line
	local name=$1 out rc
	shift
	out=$(repx "$@" 2>&1)
	rc=$?
	if [ $rc -eq 2 ] && grep -q "^  repx $1 $2 " <<<"$out"; then ok "$name"; else not_ok "$name" "$rc: $out"; fi
}
# an SF of nobody, and one that is a port by its representor
switchdev || exit 1
sf_up 70 02:00:00:00:00:70 || exit 1
sf_up 71 02:00:00:00:00:71 || exit 1
cat >$CONF <<END
version: 1
switch: {name: nic, eswitch: $PCI}
ports:
  - {name: uplink, netdev: p0, role: uplink}
  - {name: byname, netdev: pf0sf71, vlan: {access: 10}}
  - name: a
    sf: {num: 88, mac: "02:00:00:00:00:88", eth: true}
    vlan: {access: 10}
    rate: {rx: 1gbit, tx: 1gbit}
  - name: b
    sf: {num: 89, mac: "02:00:00:00:00:89"}
    vdpa: {name: v89, mtu: 1500, bind: vhost}
    vlan: {access: 20}
END
check apply repx apply $CONF

# --- sf show
all=$(repx -j sf show)
each "$all" \
	sf_all '[.[] | [.port, .num]] | sort_by(.[1])' '[[null,70],["byname",71],["a",88],["b",89]]' \
	sf_handle 'of("a").handle' "$PCI/$(sf_index 88)" \
	sf_names 'of("a") | [.representor, .netdev, .mac]' '["pf0sf88","sf88","02:00:00:00:00:88"]' \
	sf_auxiliary 'of("a").auxiliary' "$(sf_aux 88)" \
	sf_state 'of("a") | [.state, .opstate, .owner, .made, .pf, .controller]' \
	'["active","attached","file",true,0,0]' \
	sf_no_vdpa 'of("a") | [.vdpa, .rdma, .in_use_by]' '[null,null,null]' \
	sf_vdpa 'of("b").vdpa' '{"name":"v89","driver":"vhost_vdpa","node":"/dev/vhost-vdpa-0","netdev":null}' \
	sf_by_name 'of("byname") | [.num, .made, .netdev]' '[71,false,"sf71"]' \
	sf_of_nobody '.[] | select(.port == null) | [.num, .owner, .made, .netdev]' '[70,null,false,"sf70"]'
# alone, a is the same: [it, all]
each "[$(repx -j sf show a),$all]" sf_same_alone '.[0] == [.[1] | of("a")]' true
table=$(repx sf show)
has sf_table '^a +pf0sf88 +pf0sf88 +02:00:00:00:00:88 +active +sf88 +- +-$' echo "$table"
has sf_table_vdpa '^b +pf0sf89 .* v89 /dev/vhost-vdpa-0$' echo "$table"
refused sf_none "has none" repx sf show uplink
refused sf_unknown "no such port" repx sf show nobody

ip link set pf0sf88 down
ip link set pf0sf88 name rep88
equal sf_renamed "$(sf a .representor)" rep88
ip link set rep88 name pf0sf88
ip link set pf0sf88 up
tenant n1 sf88 10.0.10.1/24
equal sf_moved_netdev "$(sf a .netdev)" null
in_ns n1 ip link set sf88 netns 1
ip link set sf88 up

# soft-RoCE on its netdev
check rxe rdma link add rxe0 type rxe netdev sf88
all=$(repx -j sf show)
each "$all" \
	sf_rdma 'of("a").rdma | [.dev, .netdev]' '["rxe0","sf88"]' \
	sf_rdma_state 'of("a").rdma.state | IN("active", "down")' true \
	sf_rdma_others 'of("byname").rdma' null
rdma link del rxe0

# --- vdpa show
doc=$(repx -j vdpa show)
each "$doc" \
	vdpa_all 'map(.name)' '["v89"]' \
	vdpa_doc '.[0] | [.port, .mgmtdev, .mac, .mtu, .driver, .node, .netdev, .in_use_by, .made]' \
	"[\"b\",\"auxiliary/$(sf_aux 89)\",\"02:00:00:00:00:89\",1500,\"vhost_vdpa\",\"/dev/vhost-vdpa-0\",null,null,true]" \
	vdpa_features '["MAC", "VERSION_1"] - .[0].features | length' 0 \
	vdpa_not_negotiated '.[0].negotiated' false
has vdpa_table '^v89 +b +auxiliary/eswsim.sf.[0-9]+ +02:00:00:00:00:89 +1500 +vhost_vdpa +/dev/vhost-vdpa-0 +-$' \
	repx vdpa show
refused vdpa_unknown "no port of 'nic' has it" repx vdpa show nobody
exec 9<>/dev/vhost-vdpa-0
equal vdpa_in_use "$(vdpa v89 .in_use_by)" "bash $$"
equal sf_in_use "$(sf b .in_use_by)" "bash $$"
has sf_table_in_use "v89 /dev/vhost-vdpa-0 \(bash $$\)$" repx sf show b
exec 9<&-
equal vdpa_free "$(vdpa v89 .in_use_by)" null

# --- port show
port() { jqs "$(repx -j port show "$1")" ".[0]$2"; }
doc=$(repx -j port show)
each "$doc" \
	port_of_sf 'of("a") | [.netdev, .handle, .sf.num, .rate.rx, .rate.tx]' \
	"[\"pf0sf88\",\"$PCI/$(sf_index 88)\",88,\"1gbit\",\"1gbit\"]" \
	port_rate_by 'of("a").rate.rx_by | IN("devlink", "software")' true \
	port_vdpa 'of("b").vdpa.name' v89 \
	port_plain 'of("byname") | [.sf, .vf, .rate]' '[null,null,null]'
has port_rate_table 'rate +rx 1gbit \((devlink|software)\) tx 1gbit' repx -s port show a

# --- add and del
usage vdpa_del_words vdpa del a b
refused sf_add_num "num.*missing|num.*required" repx sf add x mac 02:00:00:00:00:90 vlan.access 10
refused sf_add_key "colour" repx sf add x num 90 vlan.access 10 colour red
equal sf_add "$(repx -j sf add x num 90 mac 02:00:00:00:00:90 eth true vlan.access 10)" \
	'[{"op":"add","object":"sf","name":"x"}]'
equal sf_added "$(sf x '| [.num, .state, .owner, .made, .netdev]')" '[90,"active","cli",true,"sf90"]'
equal sf_added_port "$(port x '| [.owner, .vlan.access]')" '["cli",10]'
refused sf_del_plain "it has none" repx sf del byname
refused sf_del_unknown "no such port" repx sf del nobody
refused sf_del_file "file" repx sf del a
equal vdpa_add "$(repx -j vdpa add x name vx bind vhost)" '[{"op":"add","object":"vdpa","name":"vx"}]'
equal vdpa_added "$(vdpa vx '| [.port, .mac, .driver, .owner]')" \
	'["x","02:00:00:00:00:90","vhost_vdpa","cli"]'
equal vdpa_added_sf "$(sf x .vdpa.name)" vx
refused vdpa_add_twice "it has 'vx'" repx vdpa add x name vy
check port_add repx port add y netdev pf0sf70 vlan.access 10
refused vdpa_add_no_sf "sf" repx vdpa add y
check port_del repx port del y
refused vdpa_add_unknown "no such port" repx vdpa add nobody
refused vdpa_add_file "file" repx vdpa add a
refused vdpa_del_unknown "no port of 'nic' has it" repx vdpa del nobody
equal vdpa_del "$(repx -j vdpa del vx)" '[{"op":"delete","object":"vdpa","name":"vx"}]'
equal vdpa_deleted "$(sf x '| [.vdpa, .state]')" '[null,"active"]'
equal apply_leaves_it "$(repx -j apply $CONF)" '[]'

# --- the daemon says the same
without=$(repx -j sf show | jq -cS .; repx -j vdpa show | jq -cS .)
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
daemon=$!
answer() { # answer METHOD [PARAMS]: a line
	printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}\n' "$1" "${2:-{\}}" |
		socat -t 10 - UNIX:/run/repx/nic/control | grep -v '"method"'
}
call() { answer "$@" | jq -cS '.result // .error.message'; } # the result
check daemon wait_for 20 socat -u OPEN:/dev/null UNIX:/run/repx/nic/control
equal daemon_same "$(call sf.show; call vdpa.show)" "$without"
equal daemon_sf "$(call sf.show '{"name":"x"}' | json '.[0].num')" 90
# one SF costs what it costs, however many there are; the notices of others may count
# among its messages: the least of several is it
total() { [[ $(answer hello) =~ \"sent\":([0-9]+),\"received\":([0-9]+) ]] && echo $((BASH_REMATCH[1] + BASH_REMATCH[2])); }
cost() {
	local before least=1000000 n
	for n in 1 2 3; do
		before=$(total)
		answer sf.show '{"name":"x"}' >/dev/null
		n=$(($(total) - before))
		[ "$n" -ge "$least" ] || least=$n
	done
	echo "$least"
}
few=$(cost)
check one_sf_costs test "$few" -ge 2 -a "$few" -lt 30
for i in {100..107}; do sf_new "$i" >/dev/null; done
equal one_sf_alone "$(cost)" "$few"
equal all_sfs "$(call sf.show | jq length)" 13
for i in {100..107}; do sf_del "$i"; done

equal daemon_add "$(call vdpa.add '{"port":"x","bind":"vhost"}')" '[{"name":"x","object":"vdpa","op":"add"}]'
equal daemon_vdpa "$(call vdpa.show '{"name":"x"}' | jq -c '.[0].mac')" '"02:00:00:00:00:90"'
equal daemon_vdpa_del "$(call vdpa.del '{"name":"x"}')" '[{"name":"x","object":"vdpa","op":"delete"}]'
equal daemon_sf_del "$(call sf.del '{"name":"x"}')" '[{"name":"x","object":"sf","op":"delete"}]'
equal daemon_sf_add "$(call sf.add '{"name":"x","num":91,"eth":true,"vlan":{"access":10}}')" \
	'[{"name":"x","object":"sf","op":"add"}]'
has daemon_params 'unknown parameter' call sf.show '{"port":"x"}'
check cli_through_daemon repx sf del x
check sf_is_gone test -z "$(sf_index 91)"
kill $daemon
wait $daemon

check down repx down
equal down_leaves_foreign "$(grep -c 'pending_delete 0' "$KNOBS/sfs")" 2
finish
