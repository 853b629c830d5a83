// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_nl.c - what the kernel sends, as arbitrary bytes, into every parser
 *
 * The input is a datagram of netlink messages. It lies in memory of exactly its
 * size, so that a read beyond an attribute is found.
 */
#include <stdlib.h>
#include <string.h>

#include "flower_parse.c"
#include "flower_rule.c"
#include "nl.c"
#include "rtnl.c"
#include "rtnl_cache.c"
#include "rtnl_feature.c"
#include "rtnl_links.c"
#include "rtnl_tc.c"
#include "rtnl_watch.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The result of a parser is text and numbers that must be whole. */
static void check_text(const char *text, size_t size)
{
	if (strnlen(text, size) == size)
		abort();
}

static void parse_generic(const struct nlmsghdr *nlh)
{
	struct rtnl_feature feature;
	uint64_t features = 0;
	uint32_t group = 0;
	int id = 0;

	nl_parse_family(nlh, "mgmt", &id, &group);
	rtnl_parse_feature(nlh, "tx-vlan-hw-insert", &feature);
	rtnl_parse_xdp_features(nlh, &features);
}

static void parse_route(const struct nlmsghdr *nlh)
{
	struct rtnl_filter filter;
	struct rtnl_link link;
	uint32_t ifindex;
	bool counts;

	if (!rtnl_parse_link(nlh, &link)) {
		check_text(link.name, sizeof(link.name));
		check_text(link.kind, sizeof(link.kind));
		check_text(link.phys_port, sizeof(link.phys_port));
		check_text(link.parent_bus, sizeof(link.parent_bus));
		check_text(link.parent_dev, sizeof(link.parent_dev));
		check_text(link.port.bus, sizeof(link.port.bus));
		check_text(link.port.dev, sizeof(link.port.dev));
	}
	if (!rtnl_parse_filter(nlh, &filter)) {
		check_text(filter.kind, sizeof(filter.kind));
		check_text(filter.name, sizeof(filter.name));
	}
	rtnl_parse_addr(nlh, &ifindex, &counts);
	rtnl_parse_ingress(nlh);
}

/* The messages as notices: whatever they say, the list has an order and no doubles. */
static void follow(char *data, int len)
{
	struct rtnl_cache cache = {.watch = {.bus = NETLINK_ROUTE, .rx = data}, .valid = true};
	const struct rtnl_links *links = &cache.links;
	struct batch batch = {0};

	apply_all(&cache, len, &batch);
	if (!cache.valid || tidy(&cache, &batch))
		abort();
	for (size_t i = 0; i < links->len; i++) {
		if (i && links->list[i - 1].ifindex >= links->list[i].ifindex)
			abort();
		if (rtnl_links_by_index(links, links->list[i].ifindex) != &links->list[i])
			abort();
		if (!rtnl_links_by_name(links, links->list[i].name))
			abort();
	}
	rtnl_links_done(&cache.links);
}

static void parse_end(const struct nlmsghdr *nlh)
{
	char extack[32];
	int code;

	nl_parse_end(nlh, &code, extack, sizeof(extack));
	check_text(extack, sizeof(extack));
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
	for (nlh = (void *)buf; nl_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		parse_end(nlh);
		parse_route(nlh);
		parse_generic(nlh);
	}
	follow(buf, (int)size);
	free(buf);
	return 0;
}
