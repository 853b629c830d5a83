#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# flower.sh - rules in the eswitch: what repx asks for is what tc shows and the card does
# shellcheck source=tests/nic/lib.sh
. "$(dirname "$0")/lib.sh"

MAC1=02:00:00:00:00:51 MAC2=02:00:00:00:00:52 MACW=02:00:00:00:00:ee
[ -x "$NICTOOL" ] || {
	echo "skip flower: $NICTOOL was not built"
	exit 4
}
for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done

serve
flower() { nic "flower-$*"; }

switchdev || exit 1
sf_up 1 $MAC1 && sf_up 2 $MAC2 || exit 1
all=pf0sf1,pf0sf2
for n in {3..32}; do
	sf_new "$n" >/dev/null || exit 1
	all=$all,pf0sf$n
done
for d in p0 pf0sf1 pf0sf2; do tc qdisc add dev $d clsact; done

# --- each shape of a rule, as it was asked for, as the echo has it, as tc shows it

FF=ff:ff:ff:ff:ff:ff
COOKIE=000102030405060708090a0b

# one protocol for each pref
pref_of() {
	case $1 in
	*'tag 0x8100.'*) echo 1 ;;
	*'tag 0x88a8.'*) echo 2 ;;
	*'type 0x806 '*) echo 3 ;;
	*'type 0x86dd '*) echo 4 ;;
	*) echo 5 ;;
	esac
}
# row CASE DEV RULE...: in the order in which nictool prints
row() {
	local name=$1 dev=$2 want got
	shift 2
	want="pref $(pref_of "$*") handle H $* cookie $COOKIE : ours whole skip_sw in_hw 1"
	got=$(flower add "$dev" pref "$(pref_of "$*")" "$@" cookie $COOKIE)
	equal "add_$name" "${got/handle [0-9]*([0-9])/handle H}" "$want"
	echo "$got" >>"/tmp/rows.$dev"
}
shopt -s extglob
refused uplink_tc_off '^EOPNOTSUPP: ' flower add p0 pref 5 type 0x800 drop 1
ethtool -K p0 hw-tc-offload on
row drop p0 type 0x800 drop 1
row arp p0 type 0x806 outs pf0sf1
row pop p0 tag 0x8100.10 type 0x800 dst $MAC1/$FF vlan pop outs pf0sf1
row tagged p0 tag 0x8100.11 type 0x86dd outs pf0sf1
row priority_tag p0 tag 0x8100.0 type 0x800 drop 1
row pcp p0 tag 0x8100.12 pcp 0 type 0x800 drop 1
row s_tag p0 tag 0x88a8.100 type 0x800 vlan pop outs pf0sf1
row qinq p0 tag 0x88a8.100 tag2 0x8100.5 type 0x800 vlan pop outs pf0sf1
row two_c_tags p0 tag 0x8100.13 tag2 0x8100.0 type 0x806 outs pf0sf1
row modify p0 tag 0x8100.14 type 0x800 vlan modify to 0x8100.20.0 outs pf0sf1,pf0sf2
row modify_pcp p0 tag 0x8100.15 pcp 3 type 0x800 vlan modify to 0x8100.20.3 outs pf0sf1
row push pf0sf1 type 0x800 src $MAC1/$FF vlan push to 0x8100.10.0 outs p0
row push_s pf0sf1 tag 0x8100.16 type 0x800 vlan push to 0x88a8.100.5 outs p0
row before p0 tag 0x8100.17 type 0x800 dst 01:00:5e:00:00:00/ff:ff:ff:80:00:00 vlan pop before 2 \
	outs pf0sf1,pf0sf2,pf0sf3,pf0sf4
row multicast_31 p0 tag 0x8100.18 type 0x800 vlan pop before 1 outs "${all%,*}"
row multicast_32 p0 tag 0x8100.19 type 0x800 outs "$all"
row guard4 pf0sf1 type 0x800 src $MAC2/$FF ip 10.0.0.1/32 outs p0
row guard4_prefix pf0sf1 type 0x800 src $MAC2/$FF ip 10.64.0.0/11 outs p0
row guard6 pf0sf1 type 0x86dd ip 2001:db8::/64 vlan push to 0x8100.10.0 outs p0
row guard6_tagged pf0sf1 tag 0x8100.10 type 0x86dd ip fe80::1/128 outs p0
row all_keys p0 tag 0x8100.21 pcp 5 tag2 0x8100.22 type 0x800 dst $MAC1/$FF ip 10.0.0.0/8 \
	vlan pop outs pf0sf1
for d in p0 pf0sf1; do
	equal "walk_$d" "$(flower walk $d | sort)" "$(sort /tmp/rows.$d)"
	equal "walk_pref_$d" "$(flower walk $d 1)" "$(grep '^pref 1 ' /tmp/rows.$d)"
done

# what tc shows, in nictool's words
tc_words() {
	tc -j filter show dev "$1" ingress | jq -r '
		def number: {"802.1Q": "0x8100", "802.1ad": "0x88a8", "ip": "0x800", "ipv4": "0x800",
			"ipv6": "0x86dd", "arp": "0x806"}[.];
		def is_tag: . == "802.1Q" or . == "802.1ad";
		def hexbyte: [0, 128, 192, 224, 240, 248, 252, 254, 255][.] | ["0", "8", "c", "e", "f"] as $h
			| {"0": "00", "128": "80", "192": "c0", "224": "e0", "240": "f0", "248": "f8",
				"252": "fc", "254": "fe", "255": "ff"}[tostring];
		def mac: split("/") | .[0] + "/" + (((.[1] // "48") | tonumber) as $len
			| [range(6) | [[$len - . * 8, 0] | max, 8] | min | hexbyte] | join(":"));
		def prefix: if test("/") then . elif test(":") then . + "/128" else . + "/32" end;
		def words($key): if . == null then "" else " \($key) \(.)" end;
		def tags($protocol): if $protocol | is_tag then " tag \($protocol | number).\(.vlan_id)" else "" end
			+ (.vlan_prio | words("pcp"))
			+ if .vlan_ethtype // "" | is_tag then " tag2 \(.vlan_ethtype | number).\(.cvlan_id)" else "" end;
		def to: if .vlan_action == "pop" then "" else " to \(.protocol | number).\(.id).\(.priority // 0)" end;
		def acts: . as $a | (map(.kind == "vlan") | index(true)) as $at
			| if .[0].kind == "gact" then " drop 1" else
				(if $at then " vlan \(.[$at].vlan_action)\(.[$at] | to)"
					+ if $at > 0 then " before \($at)" else "" end else "" end)
				+ " outs " + (map(select(.kind == "mirred").to_dev) | join(",")) end;
		.[] | select(.options) | .protocol as $p | .options
			| "handle \(.handle)" + (.keys | tags($p) + " type \(.eth_type | number)"
				+ (.src_mac | if . then mac else . end | words("src"))
				+ (.dst_mac | if . then mac else . end | words("dst"))
				+ (.src_ip | if . then prefix else . end | words("ip")))
			+ (.actions | acts) + " cookie " + (.actions[0].cookie | ltrimstr("72657078"))
			+ (if .skip_sw then " skip_sw" else "" end) + " in_hw \(.in_hw_count)"' |
		sort
}
for d in p0 pf0sf1; do
	equal "tc_shows_$d" "$(tc_words $d)" \
		"$(sed 's/^pref [0-9]* //; s/ : ours whole / /; s/ in_hw / in_hw /' /tmp/rows.$d | sort)"
done
equal cookie_on_each_action "$(tc -j filter show dev p0 ingress |
	jq -c '[.[].options.actions[]?.cookie] | unique')" "[\"72657078$COOKIE\"]"
line=$(grep ' tag 0x8100.19 ' /tmp/rows.p0)
handle=${line#*handle }
handle=${handle%% *}
equal get_32_outputs "$(flower get p0 1 0x8100 "$handle" | head -n 1)" "$line"
same_again=(pref 1 tag 0x8100.19 type 0x800 outs pf0sf1)
refused same_key '^EEXIST: ' flower add p0 "${same_again[@]}"
refused same_handle '^EEXIST: Filter already exists' flower add p0 pref 1 handle "$handle" \
	tag 0x8100.30 type 0x800 drop 1
refused other_protocol '^EINVAL: .*rotocol' flower add p0 pref 1 type 0x800 drop 1
has replace "^pref 1 handle $handle tag 0x8100.31 type 0x800 outs pf0sf2 cookie $COOKIE : ours whole" \
	flower replace p0 pref 1 handle "$handle" tag 0x8100.31 type 0x800 outs pf0sf2 cookie $COOKIE
equal replaced "$(flower walk p0 1 | grep -c "handle $handle ")" 1
check del flower del p0 1 0x8100 "$handle"
refused get_gone '^ENOENT: Specified filter handle not found' flower get p0 1 0x8100 "$handle"
refused del_gone '^ENOENT: Specified filter handle not found' flower del p0 1 0x8100 "$handle"
refused get_other_protocol '^EINVAL: Filter with specified priority/protocol not found' \
	flower get p0 1 0x88a8 1
refused del_all '^EINVAL: a rule.s name' flower del p0 1 0x8100 0
refused no_qdisc "^EINVAL: .*(Qdisc|qdisc)" flower add pf0sf3 pref 1 type 0x800 drop 1
while read -r _ pref _ h rest; do
	case $rest in
	*'0x8100.19 '*) continue ;;
	'tag '*) proto=${rest#tag } proto=${proto%%.*} ;;
	*) proto=${rest#type } proto=${proto%% *} ;;
	esac
	flower del p0 "$pref" "$proto" "$h" || not_ok del_each "$pref $proto $h"
done </tmp/rows.p0
equal all_deleted "$(tc filter show dev p0 ingress)" ''
tc filter del dev pf0sf1 ingress

# --- the driver's refusals, in its own words

no() { # CASE ERRNO WORDS RULE...
	local name=$1 want="^$2: eswsim: $3\$"
	shift 3
	refused "refuses_$name" "$want" flower add pf0sf1 "$@"
}
ip link add dum0 type dummy
no other_switch EOPNOTSUPP "devices are not on the same switch HW, can't offload forwarding" \
	pref 5 type 0x800 outs dum0
no itself EOPNOTSUPP "can't forward to the port the frame came from" pref 5 type 0x800 outs pf0sf1
no twice EOPNOTSUPP "can't duplicate the same output port" pref 5 type 0x800 outs p0,p0
no pref EOPNOTSUPP 'Requested prio is out of supported range' pref 17 type 0x800 drop 1
no pcp EOPNOTSUPP 'Changing VLAN prio is not supported' pref 5 tag 0x8100.5 type 0x800 vlan modify \
	to 0x8100.7.3 outs p0
no police EOPNOTSUPP 'The offload action is not supported' pref 5 type 0x800 rate 125000 \
	burst 20000 outs p0
knob max_flows "$(sed -n 's/^rules //p' "$KNOBS/flows")"
no full ENOSPC 'Flow table is full' pref 5 type 0x86dd drop 1
knob max_flows 65536
fault flow_add 12 1
refused injected '^ENOMEM: ' flower add pf0sf1 pref 5 type 0x86dd drop 1
refused checked_here "^EINVAL: a rule.s ethertype" flower add pf0sf1 pref 5 tag 0x8100.5 drop 1
equal nothing_left "$(flower walk pf0sf1)" ''

# --- others' rules are listed, and told from ours

f() { tc filter add dev pf0sf2 ingress "$@"; }
f protocol ip pref 1 flower skip_sw dst_mac $MAC1 action drop cookie 00112233
f protocol ip pref 1 flower skip_sw dst_mac $MAC2 ip_proto tcp action drop
f protocol ip pref 2 flower skip_hw action police rate 1mbit burst 20k conform-exceed drop/pipe \
	mtu 4294967295 action mirred egress redirect dev p0
f protocol all pref 3 flower skip_sw dst_mac $MAC2 action drop
f protocol 802.1q pref 4 flower skip_sw vlan_id 5 action vlan pop pipe action mirred egress redirect dev p0
f protocol ip pref 6 matchall action drop
has ours_beside_others ' : ours whole' flower add pf0sf2 pref 1 type 0x800 drop 1
flower walk pf0sf2 >/tmp/walk
equal five_and_ours "$(wc -l </tmp/walk)" 6
has other "^pref 1 handle 1 type 0x800 dst $MAC1/$FF drop 1 : foreign whole skip_sw in_hw 1" cat /tmp/walk
has other_key "^pref 1 handle 2 .* : foreign skip_sw in_hw 1" cat /tmp/walk
has other_software '^pref 2 handle 1 type 0x800 rate 125000 burst 20[0-9]{3} outs p0 : foreign whole 0' \
	cat /tmp/walk
has other_any_protocol '^pref 3 .* : foreign skip_sw in_hw 1' cat /tmp/walk
has other_any_tags '^pref 4 .* tag 0x8100.5 .*vlan pop outs p0 : foreign skip_sw in_hw 1' cat /tmp/walk
equal stats_tell_ours "$(flower stats pf0sf2 1 | grep -c ': ours')" 1
tc filter del dev pf0sf2 ingress

# --- counters

ip link set wire0 address $MACW
tenant n1 sf1 10.0.0.1/24
tenant n2 sf2 10.0.0.2/24
tenant w wire0
in_ns w ip link add link wire0 name wire0.10 type vlan id 10
in_ns w ip link set wire0.10 up
in_ns w ip addr add 10.0.0.9/24 dev wire0.10
for d in p0 pf0sf1 pf0sf2; do ip link set $d up; done
for t in 0x800 0x806; do
	check "to_wire_$t" flower add pf0sf1 pref $((t & 7 | 1)) type $t vlan push to 0x8100.10.0 \
		outs p0 cookie $COOKIE
	for d in $MAC1 $FF; do
		check "from_wire_$t$d" flower add p0 pref 1 tag 0x8100.10 type $t dst "$d/$FF" vlan pop \
			outs pf0sf1
	done
done
check offloaded reach n1 10.0.0.9 10
packets() { flower stats pf0sf1 "$@" | sed -n 's/.* type 0x800 packets \([0-9]*\) .*/\1/p'; }
counted() { [ "$(packets 1)" = 10 ]; }
check counted wait_for 4 counted
has counters "type 0x800 packets 10 bytes 980 cookie $COOKIE : ours in_hw" flower stats pf0sf1 1
equal tc_counts_so_too "$(tc -s -j filter show dev pf0sf1 ingress pref 1 |
	jq '[.[] | .options.actions[]?.stats.hw_packets // 0] | max')" 10
has last_used 'packets 10 bytes 980 used [0-9]{1,4} ' flower stats pf0sf1 1 used
has get_counters 'packets 10 bytes 980 used' flower get pf0sf1 1 0x800 1
equal terse_as_whole "$(flower stats p0 1)" "$(flower stats p0 1 used | sed 's/ used [0-9]*//')"

# outputs before the change get the frame as it came
tc filter del dev pf0sf1 ingress
flower add pf0sf1 pref 1 type 0x800 vlan push to 0x8100.10.0 before 1 outs pf0sf2,p0 >/dev/null
in_ns n1 ip neigh replace 10.0.0.9 lladdr $MACW dev sf1
sniff() { in_ns "$1" tcpdump -Z root -l -n -e -c 1 -i "$2" icmp or vlan >"/tmp/sniff.$1" 2>"/tmp/sniff.$1.err" & }
sniff n2 sf2
sniff w wire0
for n in n2 w; do wait_for 10 grep -q listening /tmp/sniff.$n.err; done
in_ns n1 ping -n -q -c 1 -W 1 10.0.0.9 >/dev/null
for n in n2 w; do wait_for 5 test -s /tmp/sniff.$n; done
has before_as_it_came "> $MACW, ethertype IPv4" cat /tmp/sniff.n2
has after_is_tagged "> $MACW, ethertype 802.1Q.*vlan 10" cat /tmp/sniff.w
tc filter del dev pf0sf1 ingress

# --- many

rules() { sed -n 's/^rules //p' "$KNOBS/flows"; }
before=$(rules)
has batch_with_one_bad "^done 999 failed 1 first 500 EOPNOTSUPP 'eswsim: can't forward to the port the \
frame came from' us [0-9]* sent 1000$" flower fill pf0sf2 1 1000 p0 500
equal batch_in_hardware "$(rules)" $((before + 999))
equal batch_whole "$(flower walk pf0sf2 1 | grep -c 'vlan pop outs p0 .*: ours whole')" 999
has batch_del "^done 999 failed 1 first 500 ENOENT 'Specified filter handle not found' " \
	flower empty pf0sf2 1 1000
equal batch_gone "$(rules)" "$before"
# more than the driver takes: what does not fit is refused, message by message
knob max_flows $((before + 100))
has batch_full "^done 100 failed 50 first 100 ENOSPC 'eswsim: Flow table is full'" flower fill pf0sf2 1 150 p0
knob max_flows 65536
flower empty pf0sf2 1 150 >/dev/null

awk 'BEGIN { for (i = 0; i < 5000; i++) printf("filter add dev pf0sf2 ingress pref 1 handle %d protocol " \
	"802.1q flower skip_sw vlan_id 10 vlan_ethtype ip dst_mac 02:00:00:01:%02x:%02x action vlan pop pipe " \
	"action mirred egress redirect dev p0\n", i + 1, int(i / 256), i % 256) }' >/tmp/batch
start=${EPOCHREALTIME/./}
check tc_batch tc -b /tmp/batch
tc_us=$((${EPOCHREALTIME/./} - start))
has tc_batch_is_alike '^done 5000 failed 0 ' flower empty pf0sf2 1 5000
out=$(flower fill pf0sf2 1 5000 p0)
has fill '^done 5000 failed 0 us' echo "$out"
us=${out#* us }
us=${us%% *}
echo "# 5000 rules: repx $us us, tc -batch $tc_us us, ratio $((us * 100 / tc_us)) %"
out=$(flower cost pf0sf2 1)
has cost '^terse 5000 rules .* whole 5000 rules' echo "$out"
echo "# dump: $out"
has empty '^done 5000 failed 0 ' flower empty pf0sf2 1 5000
equal none_left "$(rules)" "$before"
exec 5>&- 6<&-
finish
