// SPDX-License-Identifier: GPL-2.0-only
/* rtnl_cache.c - all netdevs, kept up to date by the kernel's notices; see rtnl.h
 *
 * The socket hears before the dump is made, so that nothing falls between them. A
 * notice from before the dump does no harm: whatever it is about, the notice of
 * the last change follows it. After an overrun the socket is read empty first: the
 * kernel drops notices, without a word, until it is.
 *
 * A notice has all that an answer has, and comes before the request that caused it
 * is acknowledged. Two things change without one:
 *   - the other end of a veth, when it is made (the first end is told of before the
 *     second exists) and when it goes to another namespace. What the one end says
 *     is noted on the other; where that does not do, the netdev is asked for;
 *   - the XDP program, where a BPF link attaches or replaces it, or where the netdev
 *     is not up. That is left as it is: see rtnl.h.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nl_parse.h"
#include "rtnl.h"

/* What the notices of one refresh make necessary. */
struct batch {
	bool names; /* by_name has to be made anew */
	bool holes; /* there are links that are gone, with their ifindex alone */
	bool veths; /* some may not know their other end */
};

int rtnl_cache_open(struct rtnl_cache *cache)
{
	memset(cache, 0, sizeof(*cache));
	return rtnl_watch_open(&cache->watch);
}

static void forget(struct rtnl_cache *cache)
{
	rtnl_links_done(&cache->links);
	cache->size = 0;
	cache->valid = false;
}

void rtnl_cache_close(struct rtnl_cache *cache)
{
	nl_close(&cache->watch);
	forget(cache);
}

/* Where the link is, or is to be put in. */
static size_t place(const struct rtnl_links *links, uint32_t ifindex)
{
	size_t low = 0, high = links->len, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (links->list[mid].ifindex < ifindex)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct rtnl_link *find(const struct rtnl_links *links, uint32_t ifindex)
{
	size_t at = place(links, ifindex);

	if (at == links->len || links->list[at].ifindex != ifindex || !links->list[at].name[0])
		return NULL;
	return &links->list[at];
}

static bool is_veth(const struct rtnl_link *link)
{
	return !strcmp(link->kind, "veth");
}

/* Its other end is not known, or was here and is not any more. */
static bool half_veth(const struct rtnl_links *links, const struct rtnl_link *link)
{
	if (!link->name[0] || !is_veth(link))
		return false;
	return !link->peer_ifindex || (link->peer_here && !find(links, link->peer_ifindex));
}

static int insert(struct rtnl_cache *cache, size_t at)
{
	struct rtnl_links *links = &cache->links;

	if (links->len == cache->size) {
		size_t size = links->len + links->len / 2 + 64;
		struct rtnl_link *list = reallocarray(links->list, size, sizeof(*list));

		if (!list)
			return -ENOMEM;
		links->list = list;
		cache->size = size;
	}
	memmove(&links->list[at + 1], &links->list[at], (links->len - at) * sizeof(*links->list));
	memset(&links->list[at], 0, sizeof(*links->list));
	links->len++;
	return 0;
}

static int put(struct rtnl_cache *cache, const struct rtnl_link *link, struct batch *batch)
{
	size_t at = place(&cache->links, link->ifindex);
	struct rtnl_link *peer;

	if (at == cache->links.len || cache->links.list[at].ifindex != link->ifindex)
		if (insert(cache, at))
			return -ENOMEM;
	if (strcmp(cache->links.list[at].name, link->name))
		batch->names = true;
	cache->links.list[at] = *link;
	if (!is_veth(link))
		return 0;
	peer = link->peer_here ? find(&cache->links, link->peer_ifindex) : NULL;
	if (peer && is_veth(peer)) {
		peer->peer_ifindex = link->ifindex;
		peer->peer_here = true;
	} else if (!link->peer_ifindex) {
		batch->veths = true;
	}
	return 0;
}

static void leave_hole(struct rtnl_link *link, struct batch *batch)
{
	batch->veths |= is_veth(link);
	batch->names = batch->holes = true;
	*link = (struct rtnl_link){.ifindex = link->ifindex};
}

/* Is it about the netdev, all of it? Bridges tell of their members in messages of
 * the same type, and wireless extensions tell events in them. */
static bool whole(const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*ifi) || ifi->ifi_family != AF_UNSPEC)
		return false;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi))
	{
		if (mnl_attr_get_type(attr) == IFLA_WIRELESS)
			return false;
	}
	return true;
}

static int apply(struct rtnl_cache *cache, const struct nlmsghdr *nlh, struct batch *batch)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct rtnl_link link, *old;

	if ((nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK) || !whole(nlh))
		return 0;
	if (nlh->nlmsg_type == RTM_NEWLINK)
		return rtnl_parse_link(nlh, &link) || !link.name[0] ? 0 : put(cache, &link, batch);
	old = find(&cache->links, (uint32_t)ifi->ifi_index);
	if (old)
		leave_hole(old, batch);
	return 0;
}

static void apply_all(struct rtnl_cache *cache, int len, struct batch *batch)
{
	const struct nlmsghdr *nlh;

	for (nlh = (void *)cache->watch.rx; nl_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		cache->pending += rtnl_tells(&cache->watch, nlh);
		if (cache->valid && apply(cache, nlh, batch))
			cache->valid = false;
	}
}

/* All that waits, also where it is of no use any more: see above. */
static int take_all(struct rtnl_cache *cache, struct batch *batch)
{
	int len;

	for (;;) {
		len = nl_hear(&cache->watch);
		if (len > 0) {
			apply_all(cache, len, batch);
		} else if (len == -ENOBUFS) {
			cache->pending++;
			cache->valid = false;
		} else {
			return len;
		}
	}
}

static int ask_again(struct rtnl_cache *cache, struct rtnl *rtnl, struct batch *batch)
{
	struct rtnl_links *links = &cache->links;
	struct rtnl_link now;
	int ret;

	for (size_t i = 0; i < links->len; i++) {
		if (!half_veth(links, &links->list[i]))
			continue;
		ret = rtnl_link_get_index(rtnl, links->list[i].ifindex, &now);
		if (ret == -ENODEV)
			leave_hole(&links->list[i], batch);
		else if (ret || put(cache, &now, batch))
			return ret ? ret : -ENOMEM;
	}
	return 0;
}

static int tidy(struct rtnl_cache *cache, const struct batch *batch)
{
	struct rtnl_links *links = &cache->links;
	size_t i, kept = 0;

	for (i = 0; batch->holes && i < links->len; i++)
		if (links->list[i].name[0]) {
			if (kept != i)
				links->list[kept] = links->list[i];
			kept++;
		}
	if (batch->holes)
		links->len = kept;
	return batch->names ? rtnl_links_order(links) : 0;
}

static int load(struct rtnl_cache *cache, struct rtnl *rtnl)
{
	int ret;

	forget(cache);
	ret = rtnl_links_load(rtnl, &cache->links);
	if (ret)
		return ret;
	cache->size = cache->links.len;
	cache->valid = true;
	return 0;
}

int rtnl_cache_refresh(struct rtnl_cache *cache, struct rtnl *rtnl)
{
	struct batch batch = {0};
	int ret;

	ret = take_all(cache, &batch);
	if (!ret && !cache->valid)
		return load(cache, rtnl);
	if (!ret && batch.veths)
		ret = ask_again(cache, rtnl, &batch);
	if (!ret)
		ret = tidy(cache, &batch);
	if (ret)
		forget(cache);
	return ret;
}

unsigned int rtnl_cache_taken(struct rtnl_cache *cache)
{
	unsigned int n = cache->pending;

	cache->pending = 0;
	return n;
}
