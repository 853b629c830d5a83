// SPDX-License-Identifier: GPL-2.0-only
/* attach_xdp.c - the XDP program: native, generic, or through libxdp
 *
 * A netdev takes native or generic XDP, not both, and one link: a move between
 * them has an instant without XDP. The tc program is there at that instant and
 * does all the work, as it does for whatever XDP passes up.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach_int.h"

static const char *hint(int code)
{
	switch (code) {
	case -EOPNOTSUPP:
		return " (its driver has no such XDP; use attach: tc)";
	case -EINVAL:
		return " (the driver refuses, see dmesg; LRO and GRO in hardware must be off)";
	case -ERANGE:
		return " (the MTU is too large for XDP in this driver; a veth's peer counts too)";
	case -ENOSPC:
		return " (too few receive queues; a veth's peer may have more transmit queues)";
	}
	return "";
}

/* Says who else is there, if that is why. */
static int explain(struct attach_env *env, const struct rtnl_link *link, enum attach_xdp xdp,
		   int code, struct err *err)
{
	const char *mode = attach_xdp_name(xdp);
	struct rtnl_link now;
	char name[64];

	if ((code == -EBUSY || code == -EEXIST) &&
	    !rtnl_link_get_index(env->rtnl, link->ifindex, &now) && now.xdp_prog_id) {
		attach_prog_name(now.xdp_prog_id, name, sizeof(name));
		return err_set(err, -EBUSY,
			       "attach %s XDP to '%s': program %u '%s' of somebody else is there "
			       "(take it off, or use attach: tc)",
			       mode, link->name, now.xdp_prog_id, name);
	}
	return err_set(err, code, "attach %s XDP to '%s': %s%s", mode, link->name, strerror(-code),
		       hint(code));
}

static int own_put(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
		   enum attach_xdp xdp, int prog_fd, struct err *err)
{
	uint32_t flags = xdp == ATTACH_XDP_NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
	struct attach_step step = ATTACH_STEP_NONE;
	int ret;

	if (prog_fd < 0)
		return err_set(err, -EOPNOTSUPP,
			       "attach XDP to '%s': the program is not loaded: %s", link->name,
			       attach_xdp_why(env));
	ret = attach_pin_set(env, &attach_hook_xdp, link, slot, prog_fd, flags, &step);
	attach_step_done(&step);
	return ret ? explain(env, link, xdp, ret, err) : 0;
}

static int take(struct attach_env *env, uint32_t ifindex, const char *name, uint32_t slot,
		struct attach_state *state, struct err *err)
{
	int ret;

	if (state->mode.xdp == ATTACH_XDP_NONE)
		return 0;
	if (state->mode.xdp_shared)
		ret = attach_shared_clear(ifindex, name, err);
	else
		ret = attach_pin_clear(env, &attach_hook_xdp, slot);
	if (ret)
		return err_set(err, ret, "detach XDP from '%s': %s", name, strerror(-ret));
	state->mode.xdp = ATTACH_XDP_NONE;
	state->mode.xdp_shared = false;
	state->xdp_prog_id = 0;
	return 0;
}

static int put(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
	       const struct attach_mode *mode, int prog_fd, struct attach_state *state,
	       struct err *err)
{
	int ret;

	if (mode->xdp_shared)
		ret = attach_shared_set(env, link, mode->xdp, &state->xdp_prog_id, err);
	else
		ret = own_put(env, link, slot, mode->xdp, prog_fd, err);
	if (ret)
		return ret;
	state->mode.xdp = mode->xdp;
	state->mode.xdp_shared = mode->xdp_shared;
	return 0;
}

int attach_xdp_move(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
		    const struct attach_mode *mode, int prog_fd, struct attach_state *state,
		    struct err *err)
{
	int ret;

	if (state->mode.xdp != mode->xdp || state->mode.xdp_shared != mode->xdp_shared) {
		ret = take(env, link->ifindex, link->name, slot, state, err);
		if (ret)
			return ret;
	}
	if (mode->xdp == ATTACH_XDP_NONE)
		return 0;
	return put(env, link, slot, mode, prog_fd, state, err);
}

int attach_xdp_check(struct attach_env *env, uint32_t ifindex, uint32_t slot,
		     const struct attach_state *state)
{
	if (state->mode.xdp == ATTACH_XDP_NONE)
		return 1;
	if (state->mode.xdp_shared)
		return attach_shared_check(ifindex, state->xdp_prog_id, env->xdp_fd);
	return attach_pin_check(env, &attach_hook_xdp, ifindex, slot, attach_prog_id(env->xdp_fd));
}
