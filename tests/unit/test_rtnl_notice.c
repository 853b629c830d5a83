// SPDX-License-Identifier: GPL-2.0-only
/* test_rtnl_notice.c - what a netdev's message says, and what notices do to a cache */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/devlink.h>

#include "rtnl_cache.c" /* notices that this kernel does not send at will */

static char buf[8192];
static size_t used;
static struct rtnl_cache cache;

static struct nlmsghdr *add(uint16_t type, uint8_t family, int ifindex, const char *name)
{
	struct ifinfomsg ifi = {.ifi_family = family, .ifi_index = ifindex};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf + used);

	nlh->nlmsg_type = type;
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(ifi)), &ifi, sizeof(ifi));
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nlh;
}

static void end(const struct nlmsghdr *nlh)
{
	used += MNL_ALIGN(nlh->nlmsg_len);
}

static void put_kind(struct nlmsghdr *nlh, const char *kind)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, IFLA_LINKINFO);

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *representor(bool index)
{
	struct nlmsghdr *nlh = add(RTM_NEWLINK, AF_UNSPEC, 7, "pf0sf88");
	struct nlattr *nest;

	mnl_attr_put_strz(nlh, IFLA_PARENT_DEV_NAME, "0000:03:00.0");
	mnl_attr_put_strz(nlh, IFLA_PARENT_DEV_BUS_NAME, "pci");
	nest = mnl_attr_nest_start(nlh, 62);
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_BUS_NAME, "pci");
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_DEV_NAME, "0000:03:00.0");
	if (index)
		mnl_attr_put_u32(nlh, DEVLINK_ATTR_PORT_INDEX, 32768);
	else
		mnl_attr_put_u16(nlh, DEVLINK_ATTR_PORT_INDEX, 1);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static int setup(void **state)
{
	(void)state;
	used = 0;
	memset(buf, 0, sizeof(buf));
	cache = (struct rtnl_cache){.watch.bus = NETLINK_ROUTE, .watch.rx = buf, .valid = true};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rtnl_links_done(&cache.links);
	return 0;
}

static struct batch follow(void)
{
	struct batch batch = {0};

	apply_all(&cache, (int)used, &batch);
	assert_int_equal(tidy(&cache, &batch), 0);
	used = 0;
	return batch;
}

static void tells_its_port(void **state)
{
	struct rtnl_link link;

	(void)state;
	assert_int_equal(rtnl_parse_link(representor(true), &link), 0);
	assert_true(link.has_parent);
	assert_string_equal(link.parent_bus, "pci");
	assert_string_equal(link.parent_dev, "0000:03:00.0");
	assert_string_equal(link.port.bus, "pci");
	assert_string_equal(link.port.dev, "0000:03:00.0");
	assert_int_equal(link.port.index, 32768);
}

static void half_a_port_is_none(void **state)
{
	struct rtnl_link link;

	(void)state;
	assert_int_equal(rtnl_parse_link(representor(false), &link), 0);
	assert_string_equal(link.port.bus, "");
	assert_string_equal(link.port.dev, "");
	assert_int_equal(link.port.index, 0);
}

/* in any order of numbers, as netdevs may be made with one of their own */
static void comes_and_goes(void **state)
{
	static const int order[] = {7, 3, 9, 1, 8};
	static const char *const name[] = {"g", "c", "i", "a", "h"};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		end(add(RTM_NEWLINK, AF_UNSPEC, order[i], name[i]));
	assert_true(follow().names);
	assert_int_equal(cache.links.len, 5);
	for (size_t i = 0; i < 5; i++) {
		struct rtnl_link *link = rtnl_links_by_index(&cache.links, (uint32_t)order[i]);

		assert_non_null(link);
		assert_string_equal(link->name, name[i]);
		assert_ptr_equal(rtnl_links_by_name(&cache.links, name[i]), link);
	}
	end(add(RTM_DELLINK, AF_UNSPEC, 3, "c"));
	end(add(RTM_DELLINK, AF_UNSPEC, 7, "g"));
	end(add(RTM_NEWLINK, AF_UNSPEC, 7, "new"));
	end(add(RTM_DELLINK, AF_UNSPEC, 50, "never"));
	follow();
	assert_int_equal(cache.links.len, 4);
	assert_null(rtnl_links_by_index(&cache.links, 3));
	assert_null(rtnl_links_by_name(&cache.links, "g"));
	assert_int_equal(rtnl_links_by_name(&cache.links, "new")->ifindex, 7);
	assert_int_equal(rtnl_cache_taken(&cache), 9);
	assert_int_equal(rtnl_cache_taken(&cache), 0);
	end(add(RTM_NEWLINK, AF_UNSPEC, 7, "new"));
	assert_false(follow().names); /* nothing to be sorted anew */
}

/* A bridge's word about its member, an event of wireless extensions: of the same
 * type, but with less in them. */
static void not_all_of_it(void **state)
{
	struct nlmsghdr *nlh = add(RTM_NEWLINK, AF_UNSPEC, 7, "wlan0");

	(void)state;
	mnl_attr_put_u32(nlh, IFLA_MTU, 1400);
	end(nlh);
	end(add(RTM_NEWLINK, AF_BRIDGE, 7, "wlan0"));
	end(add(RTM_DELLINK, AF_BRIDGE, 7, "wlan0"));
	nlh = add(RTM_NEWLINK, AF_UNSPEC, 7, "wlan0");
	mnl_attr_put(nlh, IFLA_WIRELESS, 4, "\0\0\0");
	end(nlh);
	end(add(RTM_NEWLINK, AF_UNSPEC, 8, NULL));
	follow();
	assert_int_equal(cache.links.len, 1);
	assert_int_equal(cache.links.list[0].mtu, 1400);
	assert_int_equal(rtnl_cache_taken(&cache), 5);
}

static struct nlmsghdr *veth(int ifindex, const char *name, uint32_t peer)
{
	struct nlmsghdr *nlh = add(RTM_NEWLINK, AF_UNSPEC, ifindex, name);

	put_kind(nlh, "veth");
	if (peer)
		mnl_attr_put_u32(nlh, IFLA_LINK, peer);
	return nlh;
}

/* the order in which the kernel tells of a new pair */
static void ends_of_a_veth(void **state)
{
	struct rtnl_link *b;

	(void)state;
	end(veth(7, "b", 0));
	end(veth(8, "a", 7));
	follow();
	b = rtnl_links_by_name(&cache.links, "b");
	assert_int_equal(b->peer_ifindex, 8);
	assert_true(b->peer_here);
	assert_false(half_veth(&cache.links, b));
	end(add(RTM_DELLINK, AF_UNSPEC, 8, "a"));
	assert_true(follow().veths);
	assert_true(half_veth(&cache.links, &cache.links.list[0]));
}

int main(void)
{
#define NOTICE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		NOTICE_TEST(tells_its_port), NOTICE_TEST(half_a_port_is_none),
		NOTICE_TEST(comes_and_goes), NOTICE_TEST(not_all_of_it),
		NOTICE_TEST(ends_of_a_veth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
