// SPDX-License-Identifier: GPL-2.0-only
/* rtnl_links.c - all netdevs at one moment, for many look-ups; see rtnl.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rtnl.h"

struct collect {
	struct rtnl_links links;
	size_t size;
};

static int collect_cb(const struct rtnl_link *link, void *data)
{
	struct collect *c = data;

	if (c->links.len == c->size) {
		size_t size = c->size ? 2 * c->size : 64;
		struct rtnl_link *list = reallocarray(c->links.list, size, sizeof(*list));

		if (!list)
			return -ENOMEM;
		c->links.list = list;
		c->size = size;
	}
	c->links.list[c->links.len++] = *link;
	return 0;
}

static int cmp_index(const void *a, const void *b)
{
	const struct rtnl_link *x = a, *y = b;

	return (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

static int cmp_name(const void *a, const void *b)
{
	const struct rtnl_link *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

int rtnl_links_order(struct rtnl_links *links)
{
	struct rtnl_link **by_name;
	size_t i;

	by_name = reallocarray(links->by_name, links->len + 1, sizeof(*by_name));
	if (!by_name)
		return -ENOMEM;
	links->by_name = by_name;
	for (i = 0; i < links->len; i++)
		by_name[i] = &links->list[i];
	qsort(by_name, links->len, sizeof(*by_name), cmp_name);
	return 0;
}

int rtnl_links_load(struct rtnl *rtnl, struct rtnl_links *out)
{
	struct collect c = {0};
	int ret;

	ret = rtnl_link_walk(rtnl, collect_cb, &c);
	if (!ret && c.links.len)
		qsort(c.links.list, c.links.len, sizeof(*c.links.list), cmp_index);
	if (!ret)
		ret = rtnl_links_order(&c.links);
	if (ret)
		rtnl_links_done(&c.links);
	else
		*out = c.links;
	return ret;
}

struct rtnl_link *rtnl_links_by_name(const struct rtnl_links *links, const char *name)
{
	struct rtnl_link key, *at = &key, **found;

	if (!links->len || strlen(name) >= sizeof(key.name))
		return NULL;
	strcpy(key.name, name);
	found = bsearch(&at, links->by_name, links->len, sizeof(*links->by_name), cmp_name);
	return found ? *found : NULL;
}

struct rtnl_link *rtnl_links_by_index(const struct rtnl_links *links, uint32_t ifindex)
{
	struct rtnl_link key = {.ifindex = ifindex};

	if (!links->len)
		return NULL;
	return bsearch(&key, links->list, links->len, sizeof(*links->list), cmp_index);
}

void rtnl_links_done(struct rtnl_links *links)
{
	free(links->list);
	free(links->by_name);
	memset(links, 0, sizeof(*links));
}
