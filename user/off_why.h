/* SPDX-License-Identifier: GPL-2.0-only */
/* off_why.h - why a flow is not in the eswitch, or no longer: one list, by name and text
 *
 * W: it may be later, nothing forbids it. R: hardware could not do exactly what software
 * does. A text may name the port that the reason is about: it stands before it.
 */
#ifndef REPX_OFF_WHY_H
#define REPX_OFF_WHY_H

#include <stdbool.h>

#define OFF_WHYS(W, R)                                                                          \
	W(cold, "fewer packets a second than offload.promote")                                  \
	W(idle, "no frame for offload.idle")                                                    \
	W(budget, "other flows of the port save more packets a rule")                           \
	W(full, "the card takes no more rules")                                                 \
	W(address, "an address of it is not learnt where the rule would need it")               \
	W(moved, "an address of it moved to another port")                                      \
	W(lost, "the rule was gone from the card")                                              \
	W(parity, "the rule did something else than software")                                  \
	W(stopped, "offload ended")                                                             \
	R(off, "offload is not enabled")                                                        \
	R(no_card, "not behind an eswitch")                                                     \
	R(other_card, "the two ports are behind different eswitches")                           \
	R(unable, "its netdev cannot have rules")                                               \
	R(down, "down or missing")                                                              \
	R(link, "no link")                                                                      \
	R(host, "the host itself has no place in the eswitch")                                  \
	R(shared, "a shared uplink gives groups to the kernel as well")                         \
	R(xdp_shared, "other XDP programs may look at its frames (xdp: shared)")                \
	R(filter, "somebody's tc filter on it would be passed by")                              \
	R(mark, "a tc script asked by mark not to offload it")                                  \
	R(rate_rx, "rx rate limit is held in software")                                         \
	R(rate_tx, "tx rate limit is held in software")                                         \
	R(storm, "storm limit is held in software")                                             \
	R(guard_mac, "its guard does not let the source address pass")                          \
	R(guard_arp, "its guard looks into ARP")                                                \
	R(guard_ipv6, "its guard looks into IPv6 (neighbour discovery)")                        \
	R(guard_ip, "its guard looks into IPv4 headers (offload.guard_ip: match prefixes)")     \
	R(guard_prefixes, "its guard allows no IPv4 prefix, or more than rules can be made of") \
	R(guard_type, "its guard does not let frames of this type pass")                        \
	R(vlan, "its VLANs do not take the frame")                                              \
	R(isolated, "both ports are isolated")                                                  \
	R(hairpin, "it would go back to where it came from")                                    \
	R(pcp, "the tag it needs has a priority, which cards get wrong")                        \
	R(tpid, "its tag would have to change from 802.1q to 802.1ad or back")                  \
	R(tags, "more than two tags")                                                           \
	R(type, "a frame with a length instead of an ethertype")                                \
	R(other_type, "the one pref for further ethertypes is another ethertype's")             \
	R(mtu, "frames may be longer than the output takes")                                    \
	R(ageing, "addresses age in less than 5 s")                                             \
	R(policy, "what the card would have to do for it is unknown to repx")                   \
	R(flood_off, "floods are not offloaded (offload.flood)")                                \
	R(outputs, "a rule has at most 32 outputs, 31 where it changes the tag")                \
	R(edits, "outputs need different changes of the tag")                                   \
	R(kernel, "the kernel refused the rule")

enum off_why {
	OFF_FINE,
#define OFF_WHY(name, text) OFF_WHY_##name,
	OFF_WHYS(OFF_WHY, OFF_WHY)
#undef OFF_WHY
		OFF_WHY_MAX
};

const char *off_why_name(enum off_why why); /* "rate_rx"; "" for OFF_FINE */
const char *off_why_text(enum off_why why);
/* Could hardware not do it, whatever happens short of another configuration? */
bool off_why_refuses(enum off_why why);

#endif
