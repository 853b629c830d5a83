// SPDX-License-Identifier: GPL-2.0-only
/* attach.c - the programs of one netdev: all of a change or nothing
 *
 * Order of a change: the tc program is set first, for it can do everything; then
 * XDP; only then does an old tc hook go. What fails is undone backwards.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "attach_int.h"
#include "util.h"

#define EXPEDITED "/sys/kernel/rcu_expedited"

void attach_step_done(struct attach_step *step)
{
	if (step->old_prog >= 0)
		close(step->old_prog);
	step->old_prog = -1;
}

static int prog_info(int fd, struct bpf_prog_info *info)
{
	uint32_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &len);
}

uint32_t attach_prog_id(int fd)
{
	struct bpf_prog_info info;

	return prog_info(fd, &info) ? 0 : info.id;
}

void attach_prog_name(uint32_t id, char *name, size_t size)
{
	struct bpf_prog_info info;
	int fd = bpf_prog_get_fd_by_id(id);

	str_copy(name, size, "?");
	if (fd < 0)
		return;
	if (!prog_info(fd, &info))
		str_copy(name, size, info.name);
	close(fd);
}

const char *attach_xdp_why(const struct attach_env *env)
{
	return env->xdp_why && env->xdp_why[0] ? env->xdp_why : "no reason known";
}

/* Does the tc hook of @state stay where @mode wants it? */
static bool tc_stays(const struct attach_env *env, const struct attach_mode *mode,
		     const struct attach_state *state)
{
	return mode->tc == state->mode.tc &&
	       (mode->tc != ATTACH_TC_CLSACT || state->tc_pref == env->tc_pref);
}

static void tc_note(const struct attach_env *env, const struct attach_mode *mode,
		    const struct attach_step *step, struct attach_state *state)
{
	bool clsact = mode->tc == ATTACH_TC_CLSACT;

	state->clsact_made = clsact && (state->clsact_made || step->clsact_made);
	state->tc_pref = clsact ? env->tc_pref : 0;
	state->mode.tc = mode->tc;
}

int attach_set(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
	       const struct attach_mode *mode, struct attach_state *state, struct err *err)
{
	struct attach_step tc = ATTACH_STEP_NONE;
	struct attach_mode before = state->mode;
	int ret, xdp_before;

	xdp_before = attach_pin_prog(env, &attach_hook_xdp, link->ifindex, slot);
	ret = attach_tc_put(env, link, slot, mode->tc, &tc, err);
	if (ret)
		goto done;
	ret = attach_xdp_move(env, link, slot, mode, env->xdp_fd, state, err);
	if (!ret && !tc_stays(env, mode, state))
		ret = attach_tc_take(env, link->ifindex, link->name, slot, state, err);
	if (ret)
		goto undo;
	tc_note(env, mode, &tc, state);
	goto done;

undo:
	attach_xdp_move(env, link, slot, &before, xdp_before, state, NULL);
	if (attach_tc_undo(env, link, slot, mode->tc, &tc) && state->mode.tc == ATTACH_TC_NONE)
		tc_note(env, mode, &tc, state); /* it is there now, and known so */
done:
	attach_step_done(&tc);
	if (xdp_before >= 0)
		close(xdp_before);
	return ret;
}

int attach_clear(struct attach_env *env, uint32_t ifindex, uint32_t slot,
		 struct attach_state *state, struct err *err)
{
	struct rtnl_link link = {.ifindex = ifindex};
	struct attach_mode none = {0};
	int xdp, tc;

	snprintf(link.name, sizeof(link.name), "%u", ifindex);
	rtnl_link_get_index(env->rtnl, ifindex, &link);
	xdp = attach_xdp_move(env, &link, slot, &none, -1, state, err);
	tc = attach_tc_take(env, ifindex, link.name, slot, state, err);
	if (!tc)
		tc_note(env, &none, &ATTACH_STEP_NONE, state);
	return xdp ? xdp : tc;
}

int attach_check(struct attach_env *env, uint32_t ifindex, uint32_t slot,
		 const struct attach_state *state)
{
	int ret;

	ret = attach_xdp_check(env, ifindex, slot, state);
	return ret == 1 ? attach_tc_check(env, ifindex, slot, state) : ret;
}

static int expedite_write(int fd, const char *value)
{
	return pwrite(fd, value, 1, 0) == 1 ? 0 : -errno;
}

/* Who holds the lock has set it and will put it back: others leave it alone. */
int attach_expedite(bool on, int *saved)
{
	char value;
	int fd, ret = 0;

	if (!on) {
		fd = *saved;
		*saved = -1;
		if (fd < 0)
			return 0;
		ret = expedite_write(fd, "0");
		close(fd);
		return ret;
	}
	*saved = -1;
	fd = open(EXPEDITED, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) || pread(fd, &value, 1, 0) != 1 || value != '0')
		goto close;
	ret = expedite_write(fd, "1");
	if (ret)
		goto close;
	*saved = fd;
	return 0;

close:
	close(fd);
	return ret;
}
