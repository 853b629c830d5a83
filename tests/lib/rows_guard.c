// SPDX-License-Identifier: GPL-2.0-only
/* rows_guard.c - frames for rule 6: MAC, inner type, IPv4 and ARP of a guard */
#include "rows.h"
#include "util.h"

#define OTHERS "- {name: z, netdev: p6, vlan: {trunk: [10], native: 10}}\n"
#define PORT(guard)                                                                                \
	ROW_SW "ports:\n" OTHERS "- {name: g, netdev: p5, vlan: {access: 10}, guard: {" guard "}}" \
	       "\n"
#define MAC "mac: ['02:00:00:00:00:01', '02:00:00:00:00:03']"
#define IP "ip: [10.0.0.1, 10.1.0.0/16]"
#define G_MAC PORT(MAC)
#define G_IP PORT(IP)
#define G_BOTH PORT(MAC ", " IP)
#define G_STRICT PORT(MAC ", strict: true")
#define G_STRICT_IP PORT(IP ", strict: true")
#define G_ANY PORT("ip: [0.0.0.0/0]")
#define TUNNEL                                                                               \
	ROW_SW "ports:\n" ROW_UP "- {name: g, netdev: p5, vlan: {tunnel: 100}, guard: {" MAC \
	       ", strict: true}}\n"
#define TRUNK                    \
	ROW_SW "ports:\n" OTHERS \
	       "- {name: g, netdev: p5, vlan: {trunk: [10], native: 10}, guard: {" IP "}}\n"
#define TWO                                                                          \
	G_BOTH "- {name: h, netdev: p4, vlan: {access: 10}, isolated: true, guard: " \
	       "{mac: ['02:00:00:00:00:02'], ip: [10.0.0.3]}}\n"
#define OUT "z:-"
#define WARM                                                    \
	"from g bc m1 ip4,10.0.0.1,10.0.0.2,17 raw,26; from g " \
	"bc m1 ip4,10.0.0.1,10.0.0.2,17 raw,26"

static const struct row rows[] = {
	/* source MAC */
	{"listed MAC", G_MAC, NULL, "g", "bc m1 type,0800 raw,46", "flood", OUT},
	{"second listed MAC", G_MAC, NULL, "g", "bc m3 type,0800 raw,46", "flood", OUT},
	{"MAC not listed", G_MAC, NULL, "g", "bc m2 type,0800 raw,46", "drop spoof_mac",
	 .fdb = "10 m2 -"},
	{"MAC alone does not look at IP", G_MAC, NULL, "g", "bc m1 type,0800 cut,14", "flood", OUT},
	{"MAC alone does not look at inner tags", G_MAC, NULL, "g",
	 "bc m1 q,0 q,7 type,0800 raw,46", "flood", "z:q,7"},
	{"MAC before IP", G_BOTH, NULL, "g", "bc m2 ip4,9.9.9.9,10.0.0.2,17 raw,26",
	 "drop spoof_mac"},
	{"MAC and IP", G_BOTH, NULL, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17 raw,26", "flood", OUT},
	{"no MAC list", G_IP, NULL, "g", "bc m2 ip4,10.0.0.1,10.0.0.2,17 raw,26", "flood", OUT},
	{"bad source goes before the guard", G_MAC, NULL, "g", "m5 bc type,0800 raw,46",
	 "drop bad_source"},

	/* type and inner tag */
	{"inner tag", G_IP, NULL, "g", "bc m1 q,0 q,7 type,0800 raw,46", "drop spoof_type"},
	{"inner 802.1ad tag", G_IP, NULL, "g", "bc m1 q,0 ad,7 type,0800 raw,46",
	 "drop spoof_type"},
	{"inner tag on a trunk", TRUNK, NULL, "g", "bc m1 q,10 q,10 type,0800 raw,46",
	 "drop spoof_type"},
	{"type of the inner tag alone", TRUNK, NULL, "g", "bc m1 q,10 type,8100",
	 "drop spoof_type"},
	{"tagged and listed on a trunk", TRUNK, NULL, "g",
	 "bc m1 q,10,3 ip4,10.0.0.1,10.0.0.2,17 raw,26", "flood", OUT},
	{"tagged and not listed on a trunk", TRUNK, NULL, "g",
	 "bc m1 q,10,3 ip4,9.0.0.1,10.0.0.2,17 raw,26", "drop spoof_ip"},
	{"other type without strict", G_IP, NULL, "g", "bc m1 type,88cc raw,46", "flood", OUT},
	{"length without strict", G_IP, NULL, "g", "bc m1 type,0026 raw,46", "flood", OUT},
	{"0x9100 is no tag", G_IP, NULL, "g", "bc m1 type,9100 raw,46", "flood", OUT},
	{"other type with strict", G_STRICT, NULL, "g", "bc m1 type,88cc raw,46",
	 "drop spoof_type"},
	{"length with strict", G_STRICT, NULL, "g", "bc m1 type,0026 raw,46", "drop spoof_type"},
	{"other type with strict and ip", G_STRICT_IP, NULL, "g", "bc m1 type,88cc raw,46",
	 "drop spoof_type"},
	{"strict inner tag", G_STRICT, NULL, "g", "bc m1 q,0 q,7 type,0800 raw,46",
	 "drop spoof_type"},
	{"strict without ip does not look at IPv4", G_STRICT, NULL, "g",
	 "bc m1 ip4,9.9.9.9,10.0.0.2,17 raw,26", "flood", OUT},
	{"strict without ip does not look at ARP", G_STRICT, NULL, "g",
	 "bc m1 arp,m9,9.9.9.9 pad,60", "flood", OUT},
	{"strict without ip does not look at IPv6", G_STRICT, NULL, "g", "bc m1 type,86dd raw,10",
	 "flood", OUT},
	{"strict on a tunnel: a further tag is the second", TUNNEL, NULL, "g",
	 "bc m1 q,10 q,11 ip4,9.9.9.9,10.0.0.2,17 raw,26", "drop spoof_type"},
	{"strict on a tunnel: type behind the tag", TUNNEL, NULL, "g",
	 "bc m1 ad,10 type,88cc raw,46", "drop spoof_type"},
	{"strict on a tunnel: tagged", TUNNEL, NULL, "g",
	 "bc m1 q,10 ip4,9.9.9.9,10.0.0.2,17 raw,26", "flood", "up:ad,100+q,10"},
	{"strict on a tunnel: untagged", TUNNEL, NULL, "g", "bc m1 ip4,9.9.9.9,10.0.0.2,17 raw,26",
	 "flood", "up:ad,100"},
	{"MAC on a tunnel", TUNNEL, NULL, "g", "bc m2 type,0800 raw,46", "drop spoof_mac"},

	/* IPv4 */
	{"IPv4 in a prefix", G_IP, NULL, "g", "bc m1 ip4,10.1.255.255,10.0.0.2,17 raw,26", "flood",
	 OUT},
	{"IPv4 beyond the prefix", G_IP, NULL, "g", "bc m1 ip4,10.2.0.0,10.0.0.2,17 raw,26",
	 "drop spoof_ip", .fdb = "10 m1 -"},
	{"IPv4 next to the address", G_IP, NULL, "g", "bc m1 ip4,10.0.0.2,10.0.0.1,17 raw,26",
	 "drop spoof_ip"},
	{"IPv4 with options", G_IP, NULL, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17,ihl=15 raw,8",
	 "flood", OUT},
	{"IPv4 options cut", G_IP, NULL, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17,ihl=15 cut,73",
	 "drop malformed"},
	{"IPv4 header alone", G_IP, NULL, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17", "flood", OUT},
	{"IPv4 header cut", G_IP, NULL, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17 cut,33",
	 "drop malformed"},
	{"IPv4 of version 5", G_IP, NULL, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17,ver=5 raw,26",
	 "drop malformed"},
	{"IPv4 with ihl 4", G_IP, NULL, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17,ihl=4 raw,26",
	 "drop malformed"},
	{"malformed goes before spoof_ip", G_IP, NULL, "g",
	 "bc m1 ip4,9.9.9.9,10.0.0.2,17,ihl=15 cut,60", "drop malformed"},
	{"DHCP from 0.0.0.0", G_IP, NULL, "g",
	 "bc m1 ip4,0.0.0.0,255.255.255.255,17 udp,68,67 raw,100", "flood", OUT},
	{"DHCP with IP options", G_IP, NULL, "g",
	 "bc m1 ip4,0.0.0.0,255.255.255.255,17,ihl=7 udp,68,67 raw,100", "flood", OUT},
	{"DHCP, first fragment", G_IP, NULL, "g",
	 "bc m1 ip4,0.0.0.0,255.255.255.255,17,frag=0x2000 udp,68,67 raw,100", "flood", OUT},
	{"DHCP, later fragment", G_IP, NULL, "g",
	 "bc m1 ip4,0.0.0.0,255.255.255.255,17,frag=0x0001 udp,68,67 raw,100", "drop spoof_ip"},
	{"DHCP the wrong way", G_IP, NULL, "g",
	 "bc m1 ip4,0.0.0.0,255.255.255.255,17 udp,67,68 raw,100", "drop spoof_ip"},
	{"0.0.0.0 to another port", G_IP, NULL, "g",
	 "bc m1 ip4,0.0.0.0,255.255.255.255,17 udp,68,69 raw,100", "drop spoof_ip"},
	{"0.0.0.0 by TCP", G_IP, NULL, "g", "bc m1 ip4,0.0.0.0,255.255.255.255,6 udp,68,67 raw,100",
	 "drop spoof_ip"},
	{"DHCP with the ports cut off", G_IP, NULL, "g",
	 "bc m1 ip4,0.0.0.0,255.255.255.255,17 udp,68,67 cut,37", "drop spoof_ip"},
	{"0.0.0.0 covered by a prefix", G_ANY, NULL, "g", "bc m1 ip4,0.0.0.0,10.0.0.2,6 raw,26",
	 "flood", OUT},

	/* ARP */
	{"ARP", G_IP, NULL, "g", "bc m1 arp,m1,10.0.0.1 pad,60", "flood", OUT},
	{"ARP, shortest", G_IP, NULL, "g", "bc m1 arp,m1,10.0.0.1", "flood", OUT},
	{"ARP cut", G_IP, NULL, "g", "bc m1 arp,m1,10.0.0.1 cut,41", "drop malformed"},
	{"ARP of another MAC", G_IP, NULL, "g", "bc m1 arp,m2,10.0.0.1 pad,60", "drop spoof_arp"},
	{"ARP of another MAC, listed", G_BOTH, NULL, "g", "bc m1 arp,m3,10.0.0.1 pad,60",
	 "drop spoof_arp"},
	{"ARP of another IP", G_IP, NULL, "g", "bc m1 arp,m1,10.0.0.9 pad,60", "drop spoof_ip"},
	{"ARP of another MAC and IP", G_IP, NULL, "g", "bc m1 arp,m2,10.0.0.9 pad,60",
	 "drop spoof_arp"},
	{"ARP probe", G_IP, NULL, "g", "bc m1 arp,m1,0.0.0.0 pad,60", "flood", OUT},
	{"ARP probe of another MAC", G_IP, NULL, "g", "bc m1 arp,m2,0.0.0.0 pad,60",
	 "drop spoof_arp"},
	{"ARP hardware type", G_IP, NULL, "g", "bc m1 arp,m1,10.0.0.1,htype=6 pad,60",
	 "drop spoof_arp"},
	{"ARP protocol type", G_IP, NULL, "g", "bc m1 arp,m1,10.0.0.1,ptype=0x86dd pad,60",
	 "drop spoof_arp"},
	{"ARP hardware length", G_IP, NULL, "g", "bc m1 arp,m1,10.0.0.1,hlen=8 pad,60",
	 "drop spoof_arp"},
	{"ARP protocol length", G_IP, NULL, "g", "bc m1 arp,m1,10.0.0.1,plen=16 pad,60",
	 "drop spoof_arp"},

	/* after one that was allowed, which is remembered */
	{"the same address again", G_IP, WARM, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,6 raw,26", "flood",
	 OUT},
	{"another address after it", G_IP, WARM, "g", "bc m1 ip4,10.0.0.3,10.0.0.2,17 raw,26",
	 "drop spoof_ip"},
	{"another allowed one after it", G_IP, WARM, "g", "bc m1 ip4,10.1.0.1,10.0.0.2,17 raw,26",
	 "flood", OUT},
	{"the first after another", G_IP, WARM "; from g bc m1 ip4,10.1.0.1,10.0.0.2,17 raw,26",
	 "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17 raw,26", "flood", OUT},
	{"options after it", G_IP, WARM, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17,ihl=6 raw,26",
	 "flood", OUT},
	{"header cut after it", G_IP, WARM, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17 cut,33",
	 "drop malformed"},
	{"version 6 after it", G_IP, WARM, "g", "bc m1 ip4,10.0.0.1,10.0.0.2,17,ver=6 raw,26",
	 "drop malformed"},
	{"another MAC after it", G_BOTH, WARM, "g", "bc m2 ip4,10.0.0.1,10.0.0.2,17 raw,26",
	 "drop spoof_mac"},
	{"second MAC after it", G_BOTH, WARM, "g", "bc m3 ip4,10.0.0.1,10.0.0.2,17 raw,26", "flood",
	 OUT},
	{"another address of the second MAC", G_BOTH, WARM, "g",
	 "bc m3 ip4,10.0.0.3,10.0.0.2,17 raw,26", "drop spoof_ip"},
	{"inner tag after it", G_IP, WARM, "g", "bc m1 q,0 q,7 ip4,10.0.0.1,10.0.0.2,17 raw,26",
	 "drop spoof_type"},
	{"priority tag after it", G_IP, WARM, "g", "bc m1 q,0,3 ip4,10.0.0.3,10.0.0.2,17 raw,26",
	 "drop spoof_ip"},
	{"the other port's address", TWO, WARM, "h", "bc m2 ip4,10.0.0.1,10.0.0.2,17 raw,26",
	 "drop spoof_ip"},
	{"the other port's MAC", TWO, WARM "; from h bc m2 ip4,10.0.0.3,10.0.0.2,17 raw,26", "h",
	 "bc m1 ip4,10.0.0.3,10.0.0.2,17 raw,26", "drop spoof_mac"},
};

const struct row_table rows_guard = {"rule 6, IPv4", rows, ARRAY_SIZE(rows)};
