// SPDX-License-Identifier: GPL-2.0-only
/* attach_tc.c - the tc program: tcx link, or filter of a clsact qdisc */
#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "attach_int.h"

/* The kernel looks at the attach type before it looks for the netdev. */
int attach_tc_has_tcx(struct attach_env *env)
{
	int fd;

	if (env->tcx)
		return env->tcx > 0;
	fd = bpf_link_create(env->tc_fd, INT_MAX, ATTACH_BPF_TCX_INGRESS, NULL);
	env->tcx = fd == -ENODEV ? 1 : -1;
	if (fd >= 0)
		close(fd);
	return env->tcx > 0;
}

static bool is_ours(const struct rtnl_filter *f)
{
	return f->handle == ATTACH_FILTER_HANDLE && !strcmp(f->kind, "bpf") &&
	       !strcmp(f->name, ATTACH_FILTER_NAME);
}

static int find_foreign(const struct rtnl_filter *f, void *data)
{
	if (is_ours(f) || f->hw_only)
		return 0;
	*(struct rtnl_filter *)data = *f;
	return 1;
}

int attach_tc_foreign(struct attach_env *env, uint32_t ifindex, struct rtnl_filter *out)
{
	return attach_behind(env->rtnl, ifindex, out);
}

int attach_behind(struct rtnl *rtnl, uint32_t ifindex, struct rtnl_filter *out)
{
	return rtnl_filter_walk(rtnl, ifindex, false, find_foreign, out);
}

static int find_any(const struct rtnl_filter *f, void *data)
{
	(void)f;
	(void)data;
	return 1;
}

int attach_clsact_leave(struct rtnl *rtnl, uint32_t ifindex)
{
	int ret;

	ret = rtnl_filter_walk(rtnl, ifindex, false, find_any, NULL);
	if (!ret)
		ret = rtnl_filter_walk(rtnl, ifindex, true, find_any, NULL);
	if (ret)
		return ret > 0 ? 0 : ret;
	ret = rtnl_clsact_del(rtnl, ifindex);
	return ret == -ENOENT || ret == -EINVAL ? 0 : ret;
}

/* Sets the filter, in a qdisc that is there. */
static int filter_put(struct attach_env *env, const struct rtnl_link *link,
		      struct attach_step *step, struct err *err)
{
	struct rtnl_filter f = {0};
	int ret, old = -1;

	ret = rtnl_filter_get(env->rtnl, link->ifindex, env->tc_pref, ATTACH_FILTER_HANDLE, &f);
	if (ret && ret != -ENOENT)
		goto fail;
	if (!ret && !is_ours(&f))
		return err_set(err, -EBUSY,
			       "attach clsact filter to '%s': pref %u handle %u is taken by '%s' "
			       "(choose another tc.pref)",
			       link->name, env->tc_pref, ATTACH_FILTER_HANDLE, f.name);
	if (!ret && f.prog_id == attach_prog_id(env->tc_fd))
		return 0;
	if (!ret)
		old = bpf_prog_get_fd_by_id(f.prog_id);
	ret = rtnl_filter_set(env->rtnl, link->ifindex, env->tc_pref, ATTACH_FILTER_HANDLE,
			      env->tc_fd, ATTACH_FILTER_NAME, ret == 0);
	if (!ret) {
		step->added = !f.prog_id;
		step->old_prog = old;
		return 0;
	}
	if (old >= 0)
		close(old);
fail:
	return err_set(err, ret, "attach clsact filter to '%s': %s (pref %u)", link->name,
		       nl_why(&env->rtnl->route, ret), env->tc_pref);
}

static int clsact_put(struct attach_env *env, const struct rtnl_link *link,
		      struct attach_step *step, struct err *err)
{
	int ret;

	ret = rtnl_clsact_add(env->rtnl, link->ifindex);
	step->clsact_made = !ret;
	if (ret && ret != -EEXIST)
		return err_set(err, ret, "add clsact qdisc to '%s': %s", link->name,
			       nl_why(&env->rtnl->route, ret));
	ret = filter_put(env, link, step, err);
	if (ret && step->clsact_made)
		attach_clsact_leave(env->rtnl, link->ifindex);
	return ret;
}

static int clsact_take(struct attach_env *env, uint32_t ifindex, uint32_t pref, bool made)
{
	struct rtnl_filter f;
	int ret;

	ret = rtnl_filter_get(env->rtnl, ifindex, pref, ATTACH_FILTER_HANDLE, &f);
	if (!ret && is_ours(&f))
		ret = rtnl_filter_del(env->rtnl, ifindex, pref, ATTACH_FILTER_HANDLE);
	if (ret == -ENODEV)
		return 0;
	if (ret && ret != -ENOENT)
		return ret;
	return made ? attach_clsact_leave(env->rtnl, ifindex) : 0;
}

int attach_tc_put(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
		  enum attach_tc tc, struct attach_step *step, struct err *err)
{
	int ret;

	if (tc == ATTACH_TC_CLSACT)
		return clsact_put(env, link, step, err);
	if (tc == ATTACH_TC_NONE)
		return 0;
	ret = attach_pin_set(env, &attach_hook_tcx, link, slot, env->tc_fd, 0, step);
	if (ret)
		return err_set(err, ret, "attach tcx to '%s': %s%s", link->name, strerror(-ret),
			       attach_tc_has_tcx(env)
				       ? ""
				       : " (tcx came with Linux 6.6; use attach: clsact)");
	return 0;
}

int attach_tc_undo(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
		   enum attach_tc tc, const struct attach_step *step)
{
	struct attach_step ignored = ATTACH_STEP_NONE;
	int ret = 0;

	if (tc == ATTACH_TC_TCX && step->added)
		return attach_pin_clear(env, &attach_hook_tcx, slot);
	if (tc == ATTACH_TC_CLSACT && step->added)
		return clsact_take(env, link->ifindex, env->tc_pref, step->clsact_made);
	if (step->old_prog < 0)
		return 0;
	if (tc == ATTACH_TC_TCX)
		ret = attach_pin_set(env, &attach_hook_tcx, link, slot, step->old_prog, 0,
				     &ignored);
	else if (tc == ATTACH_TC_CLSACT)
		ret = rtnl_filter_set(env->rtnl, link->ifindex, env->tc_pref, ATTACH_FILTER_HANDLE,
				      step->old_prog, ATTACH_FILTER_NAME, true);
	attach_step_done(&ignored);
	return ret;
}

int attach_tc_take(struct attach_env *env, uint32_t ifindex, const char *name, uint32_t slot,
		   const struct attach_state *state, struct err *err)
{
	int ret = 0;

	if (state->mode.tc == ATTACH_TC_TCX)
		ret = attach_pin_clear(env, &attach_hook_tcx, slot);
	else if (state->mode.tc == ATTACH_TC_CLSACT)
		ret = clsact_take(env, ifindex, state->tc_pref, state->clsact_made);
	if (ret)
		return err_set(err, ret, "detach %s from '%s': %s", attach_tc_name(state->mode.tc),
			       name, strerror(-ret));
	return 0;
}

int attach_tc_check(struct attach_env *env, uint32_t ifindex, uint32_t slot,
		    const struct attach_state *state)
{
	struct rtnl_filter f = {0};
	int ret;

	switch (state->mode.tc) {
	case ATTACH_TC_NONE:
		return 1;
	case ATTACH_TC_TCX:
		return attach_pin_check(env, &attach_hook_tcx, ifindex, slot,
					attach_prog_id(env->tc_fd));
	case ATTACH_TC_CLSACT:
		ret = rtnl_filter_get(env->rtnl, ifindex, state->tc_pref, ATTACH_FILTER_HANDLE, &f);
		if (ret)
			return ret == -ENOENT || ret == -ENODEV ? 0 : ret;
		return is_ours(&f) && f.prog_id == attach_prog_id(env->tc_fd);
	}
	return -EINVAL;
}
