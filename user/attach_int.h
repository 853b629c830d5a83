/* SPDX-License-Identifier: GPL-2.0-only */
/* attach_int.h - what the attach files share: one hook each, steps to undo */
#ifndef REPX_ATTACH_INT_H
#define REPX_ATTACH_INT_H

#include "attach.h"

/* the uapi headers of this libbpf do not know tcx */
#define ATTACH_BPF_TCX_INGRESS 46

/* What one step did to a hook, so that it can be undone. */
struct attach_step {
	bool added;   /* the hook was empty */
	int old_prog; /* fd of the program that was replaced in place, or -1 */
	bool clsact_made;
};

#define ATTACH_STEP_NONE ((struct attach_step){.old_prog = -1})

void attach_step_done(struct attach_step *step);

/* Id and name of a program; name "?" where it cannot be had. */
uint32_t attach_prog_id(int fd);
void attach_prog_name(uint32_t id, char *name, size_t size);

/* Why there is no XDP program to attach. */
const char *attach_xdp_why(const struct attach_env *env);

/* attach_pin.c: hooks held by a pinned link */
struct attach_hook {
	const char *name; /* file name prefix */
	int type;	  /* enum bpf_attach_type */
};
extern const struct attach_hook attach_hook_xdp, attach_hook_tcx;

/* Makes or updates our link on @link. @flags: XDP_FLAGS_*_MODE or 0. */
int attach_pin_set(struct attach_env *env, const struct attach_hook *hook,
		   const struct rtnl_link *link, uint32_t slot, int prog_fd, uint32_t flags,
		   struct attach_step *step);
/* Takes it off and the pin away. Return: 0 also when there is none. */
int attach_pin_clear(struct attach_env *env, const struct attach_hook *hook, uint32_t slot);
/* The program of our live link on @ifindex, as a new fd; -ENOENT. */
int attach_pin_prog(struct attach_env *env, const struct attach_hook *hook, uint32_t ifindex,
		    uint32_t slot);
/* Is our link on @ifindex, alive, with this program? Return: 1, 0, -errno. */
int attach_pin_check(struct attach_env *env, const struct attach_hook *hook, uint32_t ifindex,
		     uint32_t slot, uint32_t prog_id);
/* Is a link of any slot of this switch on @ifindex? Return: 1, 0, -errno. */
int attach_pin_any(struct attach_env *env, const struct attach_hook *hook, uint32_t ifindex);

/* attach_tc.c: tcx and clsact */
int attach_tc_put(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
		  enum attach_tc tc, struct attach_step *step, struct err *err);
/* Puts back what attach_tc_put() found. */
int attach_tc_undo(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
		   enum attach_tc tc, const struct attach_step *step);
int attach_tc_take(struct attach_env *env, uint32_t ifindex, const char *name, uint32_t slot,
		   const struct attach_state *state, struct err *err);
int attach_tc_check(struct attach_env *env, uint32_t ifindex, uint32_t slot,
		    const struct attach_state *state);
/* The XDP program that is on a netdev now, or 0: no notice tells of one that came by a
 * BPF link, so that a list kept by notices may be wrong. In attach_pin.c. */
uint32_t attach_xdp_id(struct attach_env *env, const struct rtnl_link *link);
/* Return: 1 the kernel has tcx, 0 not. */
int attach_tc_has_tcx(struct attach_env *env);
/* attach_behind() for those who have an env. */
int attach_tc_foreign(struct attach_env *env, uint32_t ifindex, struct rtnl_filter *out);

/* attach_xdp.c: moves the XDP side from what @state says to @mode's, with
 * @prog_fd; @state follows each step. What was there is not put back here. */
int attach_xdp_move(struct attach_env *env, const struct rtnl_link *link, uint32_t slot,
		    const struct attach_mode *mode, int prog_fd, struct attach_state *state,
		    struct err *err);
int attach_xdp_check(struct attach_env *env, uint32_t ifindex, uint32_t slot,
		     const struct attach_state *state);

/* attach_shared.c: XDP through libxdp's dispatcher */
int attach_shared_set(struct attach_env *env, const struct rtnl_link *link, enum attach_xdp xdp,
		      uint32_t *prog_id, struct err *err);
int attach_shared_clear(uint32_t ifindex, const char *name, struct err *err);
/* Is program @prog_id on @ifindex, as the one that joined for @prog_fd? 1, 0, -errno. */
int attach_shared_check(uint32_t ifindex, uint32_t prog_id, int prog_fd);
/* Is the program @id libxdp's dispatcher? */
bool attach_shared_dispatcher(uint32_t id);

#endif
