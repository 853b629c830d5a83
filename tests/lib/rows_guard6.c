// SPDX-License-Identifier: GPL-2.0-only
/* rows_guard6.c - frames for rule 6: IPv6 and neighbour discovery of a guard */
#include "rows.h"
#include "util.h"

#define PORT(guard)                                                    \
	ROW_SW "ports:\n- {name: z, netdev: p6, vlan: {access: 10}}\n" \
	       "- {name: g, netdev: p5, vlan: {access: 10}, guard: {" guard "}}\n"
#define IP "ip: [10.0.0.1, '2001:db8::/64', 'fd00::1']"
#define G PORT(IP)
#define G_MAC PORT("mac: ['02:00:00:00:00:01', '02:00:00:00:00:03'], " IP)
#define G_LL PORT("ip: ['fe80::/64']")
#define G_V4 PORT("ip: [10.0.0.1]")
#define LL1 "fe80::ff:fe00:1" /* EUI-64 of m1, of m2, of m3 */
#define LL2 "fe80::ff:fe00:2"
#define LL3 "fe80::ff:fe00:3"
#define OK "2001:db8::1"
#define BAD "2001:db8:0:1::1"
#define ALL "ff02::1"
#define MC "33:33:00:00:00:01 m1 "
#define OUT "z:-"
#define WARM "from g " MC "ip6," OK "," ALL ",17 raw,20; from g " MC "ip6," OK "," ALL ",17 raw,20"
#define X6 "ext,60,0 ext,60,0 ext,60,0 ext,60,0 ext,60,0 "

static const struct row rows[] = {
	/* source */
	{"IPv6 in a prefix", G, NULL, "g", MC "ip6," OK "," ALL ",17 raw,20", "flood", OUT},
	{"IPv6 address", G, NULL, "g", MC "ip6,fd00::1," ALL ",17 raw,20", "flood", OUT},
	{"IPv6 beyond the prefix", G, NULL, "g", MC "ip6," BAD "," ALL ",17 raw,20",
	 "drop spoof_ip", .fdb = "10 m1 -"},
	{"IPv6 where IPv4 alone is listed", G_V4, NULL, "g", MC "ip6," OK "," ALL ",17 raw,20",
	 "drop spoof_ip"},
	{"IPv4-mapped address is not the IPv4 address", G_V4, NULL, "g",
	 MC "ip6,::ffff:10.0.0.2," ALL ",17 raw,20", "drop spoof_ip"},
	{"header alone", G, NULL, "g", MC "ip6," OK "," ALL ",59", "flood", OUT},
	{"header cut", G, NULL, "g", MC "ip6," OK "," ALL ",59 cut,53", "drop malformed"},
	{"version 4 as IPv6", G, NULL, "g", MC "ip6," OK "," ALL ",59,ver=4", "drop malformed"},
	{"link-local of the Ethernet source", G, NULL, "g", MC "ip6," LL1 "," ALL ",17 raw,20",
	 "flood", OUT},
	{"link-local of another MAC", G, NULL, "g", MC "ip6," LL2 "," ALL ",17 raw,20",
	 "drop spoof_ip"},
	{"link-local of a listed MAC", G_MAC, NULL, "g", MC "ip6," LL3 "," ALL ",17 raw,20",
	 "flood", OUT},
	{"link-local not of a listed MAC", G_MAC, NULL, "g", MC "ip6," LL2 "," ALL ",17 raw,20",
	 "drop spoof_ip"},
	{"link-local with bits after fe80", G, NULL, "g",
	 MC "ip6,fe80:0:0:1::ff:fe00:1," ALL ",17 raw,20", "drop spoof_ip"},
	{"EUI-64 without the flipped bit", G, NULL, "g",
	 MC "ip6,fe80::200:ff:fe00:1," ALL ",17 raw,20", "drop spoof_ip"},
	{"any link-local where fe80::/64 is listed", G_LL, NULL, "g",
	 MC "ip6,fe80::1234," ALL ",17 raw,20", "flood", OUT},

	/* the unspecified source */
	{"DAD", G, NULL, "g", MC "ip6,::," ALL ",58 ns," OK, "flood", OUT},
	{"RS from ::", G, NULL, "g", MC "ip6,::," ALL ",58 icmp6,133", "flood", OUT},
	{"MLDv1 report from ::", G, NULL, "g", MC "ip6,::," ALL ",0 ext,58,0 icmp6,131 raw,16",
	 "flood", OUT},
	{"MLDv2 report from ::", G, NULL, "g", MC "ip6,::," ALL ",0 ext,58,0 icmp6,143 raw,20",
	 "flood", OUT},
	{"MLD query from ::", G, NULL, "g", MC "ip6,::," ALL ",0 ext,58,0 icmp6,130 raw,16",
	 "drop spoof_ip"},
	{"NA from ::", G, NULL, "g", MC "ip6,::," ALL ",58 na," OK, "drop spoof_ip"},
	{"RA from ::", G, NULL, "g", MC "ip6,::," ALL ",58 icmp6,134 raw,8", "drop spoof_ip"},
	{"echo from ::", G, NULL, "g", MC "ip6,::," ALL ",58 icmp6,128", "drop spoof_ip"},
	{"UDP from ::", G, NULL, "g", MC "ip6,::," ALL ",17 udp,133,133", "drop spoof_ip"},
	{"RS from ::, later fragment", G, NULL, "g", MC "ip6,::," ALL ",44 frag,58,1 icmp6,133",
	 "drop spoof_ip"},
	{"RS from ::, first fragment", G, NULL, "g", MC "ip6,::," ALL ",44 frag,58,0 icmp6,133",
	 "flood", OUT},
	{":: with no ICMPv6 to read", G, NULL, "g", MC "ip6,::," ALL ",58", "drop spoof_ip"},

	/* extension headers */
	{"six extension headers", G, NULL, "g", MC "ip6," OK "," ALL ",60 " X6 "ext,17,0 raw,8",
	 "flood", OUT},
	{"seven extension headers", G, NULL, "g",
	 MC "ip6," OK "," ALL ",60 " X6 "ext,60,0 ext,17,0 raw,8", "drop malformed"},
	{"six of each kind and ND", G, NULL, "g",
	 MC "ip6," OK "," ALL ",0 ext,43,1 ext,60,2 ext,44,0 frag,51,0 ah,60,4 ext,58,0 ns," OK
	    " opt,1,m1",
	 "flood", OUT},
	{"the ND behind six is looked at", G, NULL, "g",
	 MC "ip6," OK "," ALL ",0 ext,43,1 ext,60,2 ext,44,0 frag,51,0 ah,60,4 ext,58,0 ns," OK
	    " opt,1,m2",
	 "drop spoof_ip"},
	{"extension header cut", G, NULL, "g", MC "ip6," OK "," ALL ",60 ext,17,3 cut,85",
	 "drop malformed"},
	{"extension header of no byte", G, NULL, "g", MC "ip6," OK "," ALL ",0", "drop malformed"},
	{"extension header just read", G, NULL, "g", MC "ip6," OK "," ALL ",60 ext,17,3", "flood",
	 OUT},
	{"authentication header cut", G, NULL, "g", MC "ip6," OK "," ALL ",51 ah,17,4 cut,77",
	 "drop malformed"},
	{"authentication header just read", G, NULL, "g", MC "ip6," OK "," ALL ",51 ah,17,4",
	 "flood", OUT},
	{"chain before the source", G, NULL, "g", MC "ip6," BAD "," ALL ",60 ext,17,3 cut,85",
	 "drop malformed"},
	{"a later fragment ends the walk", G, NULL, "g", MC "ip6," OK "," ALL ",44 frag,60,5",
	 "flood", OUT},
	{"ESP ends the walk", G, NULL, "g", MC "ip6," OK "," ALL ",50 raw,3", "flood", OUT},

	/* neighbour discovery */
	{"NS", G, NULL, "g", MC "ip6," OK "," ALL ",58 ns," BAD " opt,1,m1", "flood", OUT},
	{"NS of another MAC", G, NULL, "g", MC "ip6," OK "," ALL ",58 ns," BAD " opt,1,m2",
	 "drop spoof_ip"},
	{"DAD with another MAC", G, NULL, "g", MC "ip6,::," ALL ",58 ns," OK " opt,1,m2",
	 "drop spoof_ip"},
	{"NS of another listed MAC", G_MAC, NULL, "g",
	 MC "ip6," OK "," ALL ",58 ns," OK " opt,1,m3", "drop spoof_ip"},
	{"NA", G, NULL, "g", MC "ip6," OK "," ALL ",58 na," OK " opt,2,m1", "flood", OUT},
	{"NA without options", G, NULL, "g", MC "ip6," OK "," ALL ",58 na," OK, "flood", OUT},
	{"NA for another target", G, NULL, "g", MC "ip6," OK "," ALL ",58 na," BAD " opt,2,m1",
	 "drop spoof_ip"},
	{"NA for its link-local", G, NULL, "g", MC "ip6," LL1 "," ALL ",58 na," LL1 " opt,2,m1",
	 "flood", OUT},
	{"NA for another's link-local", G, NULL, "g",
	 MC "ip6," OK "," ALL ",58 na," LL2 " opt,2,m1", "drop spoof_ip"},
	{"NA for the link-local of a listed MAC", G_MAC, NULL, "g",
	 MC "ip6," OK "," ALL ",58 na," LL3 " opt,2,m1", "flood", OUT},
	{"NA of another MAC", G, NULL, "g", MC "ip6," OK "," ALL ",58 na," OK " opt,2,m2",
	 "drop spoof_ip"},
	{"NA: source first", G, NULL, "g", MC "ip6," BAD "," ALL ",58 na," OK " cut,60",
	 "drop spoof_ip"},
	{"NS cut", G, NULL, "g", MC "ip6," OK "," ALL ",58 ns," OK " cut,77", "drop malformed"},
	{"DAD cut", G, NULL, "g", MC "ip6,::," ALL ",58 ns," OK " cut,77", "drop malformed"},
	{"option cut after its type", G, NULL, "g",
	 MC "ip6," OK "," ALL ",58 ns," OK " opt,1,m1 hex,01", "drop malformed"},
	{"option cut", G, NULL, "g", MC "ip6," OK "," ALL ",58 ns," OK " opt,1,m1 cut,85",
	 "drop malformed"},
	{"option of length 0", G, NULL, "g", MC "ip6," OK "," ALL ",58 ns," OK " hex,0100 raw,6",
	 "drop malformed"},
	{"other option, then another MAC", G, NULL, "g",
	 MC "ip6," OK "," ALL ",58 ns," OK " opt,14,m2 opt,1,m2", "drop spoof_ip"},
	{"other option of two units", G, NULL, "g",
	 MC "ip6," OK "," ALL ",58 ns," OK " opt,5,m2,2 opt,1,m1", "flood", OUT},
	{"another MAC before a cut option", G, NULL, "g",
	 MC "ip6," OK "," ALL ",58 ns," OK " opt,1,m2 hex,05", "drop spoof_ip"},
	{"eight options", G, NULL, "g",
	 MC "ip6," OK "," ALL ",58 ns," OK " opt,14,m2 opt,14,m2 opt,14,m2 opt,14,m2 opt,14,m2"
	    " opt,14,m2 opt,14,m2 opt,1,m1",
	 "flood", OUT},
	{"the eighth option is looked at", G, NULL, "g",
	 MC "ip6," OK "," ALL ",58 ns," OK " opt,14,m2 opt,14,m2 opt,14,m2 opt,14,m2 opt,14,m2"
	    " opt,14,m2 opt,14,m2 opt,1,m2",
	 "drop spoof_ip"},
	{"nine options", G, NULL, "g",
	 MC "ip6," OK "," ALL ",58 ns," OK " opt,14,m2 opt,14,m2 opt,14,m2 opt,14,m2 opt,14,m2"
	    " opt,14,m2 opt,14,m2 opt,1,m1 opt,1,m1",
	 "drop malformed"},
	{"RS options are not looked at", G, NULL, "g",
	 MC "ip6," OK "," ALL ",58 icmp6,133 opt,1,m2", "flood", OUT},

	/* after one that was allowed, which is remembered */
	{"the same address again", G, WARM, "g", MC "ip6," OK "," ALL ",6 raw,20", "flood", OUT},
	{"first half of it", G, WARM, "g", MC "ip6,2001:db8::2," ALL ",17 raw,20", "flood", OUT},
	{"second half of it", G, WARM, "g", MC "ip6,2001:db9::1," ALL ",17 raw,20",
	 "drop spoof_ip"},
	{"half of one, half of another", G,
	 WARM "; from g " MC "ip6,fd00::1," ALL ",17 raw,20; from g " MC "ip6," OK "," ALL
	      ",17 raw,20",
	 "g", MC "ip6,fd00:0:0:1::1," ALL ",17 raw,20", "drop spoof_ip"},
	{"advertisement of another address from it", G, WARM, "g",
	 MC "ip6," OK "," ALL ",58 na," BAD, "drop spoof_ip"},
	{"solicitation with another's option from it", G, WARM, "g",
	 MC "ip6," OK "," ALL ",58 ns," OK " opt,1,m2", "drop spoof_ip"},
	{"extension header, cut, from it", G, WARM, "g", MC "ip6," OK "," ALL ",60 raw,7",
	 "drop malformed"},
	{"header cut after it", G, WARM, "g", MC "ip6," OK "," ALL ",17 cut,53", "drop malformed"},
	{"version 4 after it", G, WARM, "g", MC "ip6," OK "," ALL ",17,ver=4 raw,20",
	 "drop malformed"},
	{"IPv4 after IPv6 of the port", G, WARM, "g", MC "ip4,10.0.0.3,10.0.0.2,17 raw,26",
	 "drop spoof_ip"},
};

const struct row_table rows_guard6 = {"rule 6, IPv6", rows, ARRAY_SIZE(rows)};
