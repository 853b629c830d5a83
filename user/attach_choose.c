// SPDX-License-Identifier: GPL-2.0-only
/* attach_choose.c - which hooks a port gets; see attach.h */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attach_int.h"

const char *attach_name(enum conf_attach a)
{
	static const char *const names[CONF_ATTACH_MAX] = {
		[CONF_ATTACH_AUTO] = "auto",	 [CONF_ATTACH_XDP] = "xdp",
		[CONF_ATTACH_TC] = "tc",	 [CONF_ATTACH_TCX] = "tcx",
		[CONF_ATTACH_CLSACT] = "clsact", [CONF_ATTACH_XDP_GENERIC] = "xdp-generic",
	};

	return (unsigned int)a < CONF_ATTACH_MAX ? names[a] : "?";
}

const char *attach_xdp_name(enum attach_xdp x)
{
	return x == ATTACH_XDP_NATIVE ? "native" : x == ATTACH_XDP_GENERIC ? "generic" : "none";
}

const char *attach_tc_name(enum attach_tc t)
{
	return t == ATTACH_TC_TCX ? "tcx" : t == ATTACH_TC_CLSACT ? "clsact" : "none";
}

/* what one choice needs to know and say */
struct choice {
	struct attach_env *env;
	const struct rtnl_link *link;
	const struct attach_mode *now;
	struct attach_mode out;
	bool shared;
	char *warn;
	size_t warn_size;
	struct err *err;
};

/* Several warnings stand one after the other. */
__attribute__((format(printf, 2, 3))) static void warn(struct choice *c, const char *fmt, ...)
{
	size_t len = c->warn_size ? strlen(c->warn) : 0;
	va_list ap;

	if (!c->warn_size)
		return;
	if (len)
		len += (size_t)snprintf(c->warn + len, c->warn_size - len, "; ");
	if (len >= c->warn_size)
		return;
	va_start(ap, fmt);
	vsnprintf(c->warn + len, c->warn_size - len, fmt, ap);
	va_end(ap);
}

/* Return: 1, 0; -EOPNOTSUPP where the kernel cannot say. */
static int has_native(struct choice *c)
{
	uint64_t features;
	int ret;

	if (rtnl_is_representor(c->link->phys_port))
		return 0;
	ret = rtnl_xdp_features(c->env->rtnl, c->link->ifindex, &features);
	return ret ? ret : !!(features & RTNL_XDP_BASIC);
}

/* Id of an XDP program that is not ours and cannot be shared with, or 0. */
static uint32_t foreign_xdp(struct choice *c)
{
	uint32_t id = c->now->xdp == ATTACH_XDP_NONE ? attach_xdp_id(c->env, c->link) : 0;

	if (!id)
		return 0;
	if (c->shared || attach_shared_dispatcher(id)) {
		c->shared = true;
		return 0;
	}
	return attach_pin_any(c->env, &attach_hook_xdp, c->link->ifindex) == 1 ? 0 : id;
}

static int choose_tc(struct choice *c, enum conf_attach want)
{
	struct rtnl_filter f;
	int foreign;

	if (want == CONF_ATTACH_TCX && !attach_tc_has_tcx(c->env))
		return err_set(
			c->err, -EOPNOTSUPP,
			"attach tcx to '%s': this kernel has no tcx (it came with Linux 6.6; "
			"use attach: clsact)",
			c->link->name);
	c->out.tc = want == CONF_ATTACH_CLSACT ? ATTACH_TC_CLSACT : ATTACH_TC_TCX;
	if (want == CONF_ATTACH_CLSACT)
		return 0;
	if (want != CONF_ATTACH_TCX && c->now->tc != ATTACH_TC_NONE) {
		c->out.tc = c->now->tc;
		return 0;
	}
	foreign = attach_tc_foreign(c->env, c->link->ifindex, &f);
	if (foreign < 0)
		return err_set(c->err, foreign, "list filters of '%s': %s", c->link->name,
			       nl_why(&c->env->rtnl->route, foreign));
	if (want == CONF_ATTACH_TCX && foreign)
		warn(c, "tcx on '%s' runs before the %s filter at pref %u, which will see nothing",
		     c->link->name, f.kind, f.pref);
	if (want != CONF_ATTACH_TCX && (foreign || !attach_tc_has_tcx(c->env)))
		c->out.tc = ATTACH_TC_CLSACT;
	return 0;
}

/* XDP on a veth cannot see what its peer leaves to "hardware"; the program finds out
 * and gives such frames to tc, which takes longer. */
static void warn_veth(struct choice *c)
{
	uint32_t peer = c->link->peer_ifindex;
	struct rtnl *rtnl = c->env->rtnl;
	struct rtnl_link link;

	if (!peer || !c->link->peer_here || rtnl_link_get_index(rtnl, peer, &link))
		return;
	if (rtnl_feature_get(rtnl, peer, "tx-vlan-hw-insert") == 1 ||
	    rtnl_feature_get(rtnl, peer, "tx-checksum-ip-generic") == 1)
		warn(c,
		     "XDP on '%s' leaves to tc, which is slower, the frames whose VLAN tag or "
		     "checksum its peer offloads (ethtool -K %s txvlan off tx off)",
		     c->link->name, link.name);
}

static int need_program(struct choice *c)
{
	if (c->env->xdp_fd >= 0)
		return 0;
	return err_set(c->err, -EOPNOTSUPP, "attach XDP to '%s': the program cannot be loaded: %s",
		       c->link->name, attach_xdp_why(c->env));
}

static int need_no_foreign(struct choice *c)
{
	uint32_t id = foreign_xdp(c);
	char name[64];

	if (!id)
		return 0;
	attach_prog_name(id, name, sizeof(name));
	return err_set(c->err, -EBUSY,
		       "attach XDP to '%s': program %u '%s' of somebody else is there (use "
		       "attach: tc, or put it under libxdp and say xdp: shared)",
		       c->link->name, id, name);
}

/* attach: xdp and xdp-generic: that or an error. */
static int choose_xdp(struct choice *c, enum attach_xdp xdp)
{
	int ret;

	ret = need_program(c);
	if (!ret)
		ret = need_no_foreign(c);
	if (ret)
		return ret;
	if (xdp == ATTACH_XDP_NATIVE && has_native(c) == 0)
		return err_set(c->err, -EOPNOTSUPP,
			       "attach native XDP to '%s': its driver has none (use attach: tc)",
			       c->link->name);
	c->out.xdp = xdp;
	if (xdp == ATTACH_XDP_GENERIC)
		warn(c,
		     "generic XDP on '%s' is for tests: it is slow, and tags in metadata stay "
		     "hidden from it",
		     c->link->name);
	else
		warn_veth(c);
	return 0;
}

/* attach: auto: native XDP where it surely works and is free. */
static void choose_auto(struct choice *c)
{
	char name[64];
	uint32_t id;

	if (!c->link->has_parent || c->env->xdp_fd < 0 || has_native(c) != 1)
		return;
	id = foreign_xdp(c);
	if (!id) {
		c->out.xdp = ATTACH_XDP_NATIVE;
		return;
	}
	attach_prog_name(id, name, sizeof(name));
	warn(c, "XDP program %u '%s' of somebody else is on '%s': tc alone is used", id, name,
	     c->link->name);
}

int attach_choose(struct attach_env *env, const struct rtnl_link *link, enum conf_attach want,
		  bool shared, const struct attach_mode *now, struct attach_mode *out,
		  char *warn_text, size_t warn_size, struct err *err)
{
	struct choice c = {.env = env,
			   .link = link,
			   .now = now,
			   .shared = shared || now->xdp_shared,
			   .warn = warn_text,
			   .warn_size = warn_text ? warn_size : 0,
			   .err = err};
	int ret = 0;

	if (c.warn_size)
		c.warn[0] = 0;
	if (!link->ethernet)
		return err_set(err, -EOPNOTSUPP, "attach to '%s': it is no Ethernet netdev",
			       link->name);
	if (want == CONF_ATTACH_XDP)
		ret = choose_xdp(&c, ATTACH_XDP_NATIVE);
	else if (want == CONF_ATTACH_XDP_GENERIC)
		ret = choose_xdp(&c, ATTACH_XDP_GENERIC);
	else if (want == CONF_ATTACH_AUTO)
		choose_auto(&c);
	if (!ret)
		ret = choose_tc(&c, want);
	if (ret)
		return ret;
	c.out.xdp_shared = c.out.xdp != ATTACH_XDP_NONE && c.shared;
	*out = c.out;
	return 0;
}
