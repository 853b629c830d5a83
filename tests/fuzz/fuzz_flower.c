// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_flower.c - flower filters, as arbitrary bytes
 *
 * The input is a datagram of netlink messages. It lies in memory of exactly its
 * size, so that a read beyond an attribute is found. A rule that was understood
 * wholly comes out the same when it is asked for and read again.
 */
#include <stdlib.h>
#include <string.h>

#include "flower_parse.c"
#include "flower_put.c"
#include "flower_rule.c"
#include "nl.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(const struct flower_rule *rule)
{
	static char buf[NL_BATCH_MESSAGE];
	struct tcmsg tcm = {.tcm_ifindex = (int)rule->ifindex, .tcm_handle = rule->handle};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct flower_rule read;

	tcm.tcm_info = TC_H_MAKE((uint32_t)rule->pref << 16, htons(flower_protocol(&rule->match)));
	nlh->nlmsg_type = RTM_NEWTFILTER;
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(tcm)), &tcm, sizeof(tcm));
	flower_put(nlh, rule);
	if (nlh->nlmsg_len > sizeof(buf) || flower_parse(nlh, &read) || !read.whole || !read.ours ||
	    read.handle != rule->handle || !flower_same(rule, &read))
		abort();
}

static void parse(const struct nlmsghdr *nlh)
{
	struct flower_stats stats;
	struct flower_rule rule;

	if (!flower_parse(nlh, &rule)) {
		if (rule.action.outs_len > FLOWER_OUTS_MAX)
			abort();
		if (rule.whole)
			again(&rule);
	}
	flower_parse_stats(nlh, &stats);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nlmsghdr *nlh;
	int len = (int)size;
	char *buf;

	if (!size || size > NL_BUF_SIZE)
		return 0;
	buf = calloc(1, MNL_ALIGN(size));
	if (!buf)
		return 0;
	memcpy(buf, data, size);
	for (nlh = (void *)buf; nl_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		parse(nlh);
	free(buf);
	return 0;
}
