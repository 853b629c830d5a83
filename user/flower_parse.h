/* SPDX-License-Identifier: GPL-2.0-only */
/* flower_parse.h - flower filters as messages, apart from the sockets
 *
 * For the flower files and their tests only. A message lies in memory up to its length
 * rounded up to 4; nothing else in it is trusted.
 */
#ifndef REPX_FLOWER_PARSE_H
#define REPX_FLOWER_PARSE_H

#include <linux/if_ether.h>

#include "flower.h"

#define FLOWER_MARK "repx" /* before the caller's bytes in a cookie */
#define FLOWER_MARK_SIZE 4

static inline bool flower_is_tpid(uint16_t protocol)
{
	return protocol == ETH_P_8021Q || protocol == ETH_P_8021AD;
}

/* Adds the attributes of @rule, which flower_check() found right, behind the tcmsg. */
void flower_put(struct nlmsghdr *nlh, const struct flower_rule *rule);

/* RTM_NEWTFILTER, as sent or as the kernel tells of it. Return: 0; -ENOENT: no flower
 * filter, or the head of a pref; -EBADMSG: cut short. */
int flower_parse(const struct nlmsghdr *nlh, struct flower_rule *out);

/* The same of a terse or a whole dump. */
int flower_parse_stats(const struct nlmsghdr *nlh, struct flower_stats *out);

/* Has the filter with these options a cookie of repx? */
bool flower_is_repx(const struct nlattr *options);

/* Bytes that pass at once, in the kernel's unit of 64 ns at @rate; above UINT32_MAX: the
 * kernel cannot say so much. */
uint64_t flower_ticks(uint64_t rate, uint32_t burst);

#endif
