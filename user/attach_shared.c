// SPDX-License-Identifier: GPL-2.0-only
/* attach_shared.c - XDP beside other programs, through libxdp's dispatcher
 *
 * libxdp loads our program once more, as a part of a dispatcher that calls one
 * program after the other. It cannot be replaced in place: a new one joins, then
 * the old one leaves; a frame that meets both is passed on by one of them or
 * goes up to tc. Where the kernel refuses such programs libxdp attaches ours
 * alone, without dispatcher; that is good enough, since then nobody shares.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "attach_int.h"

#define DISPATCHER_NAME "xdp_dispatcher"

static enum xdp_attach_mode libxdp_mode(enum attach_xdp xdp)
{
	return xdp == ATTACH_XDP_GENERIC ? XDP_MODE_SKB : XDP_MODE_NATIVE;
}

bool attach_shared_dispatcher(uint32_t id)
{
	char name[64];

	attach_prog_name(id, name, sizeof(name));
	return !strcmp(name, DISPATCHER_NAME);
}

/* The tag is a digest of the instructions alone: the same for the program as we
 * loaded it and as libxdp did. */
static bool same_code(const unsigned char *tag, int prog_fd)
{
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);

	return !bpf_obj_get_info_by_fd(prog_fd, &info, &len) &&
	       !memcmp(tag, info.tag, sizeof(info.tag));
}

static bool part_of(struct xdp_multiprog *mp, uint32_t prog_id, int prog_fd)
{
	struct xdp_program *p = NULL;

	if (xdp_multiprog__is_legacy(mp)) {
		p = xdp_multiprog__main_prog(mp);
		return p && xdp_program__id(p) == prog_id &&
		       same_code(xdp_program__tag(p), prog_fd);
	}
	while ((p = xdp_multiprog__next_prog(p, mp)))
		if (xdp_program__id(p) == prog_id)
			return same_code(xdp_program__tag(p), prog_fd);
	return false;
}

int attach_shared_check(uint32_t ifindex, uint32_t prog_id, int prog_fd)
{
	struct xdp_multiprog *mp;
	long ret;

	mp = xdp_multiprog__get_from_ifindex((int)ifindex);
	ret = libxdp_get_error(mp);
	if (ret || !mp)
		return !ret || ret == -ENOENT || ret == -ENODEV ? 0 : (int)ret;
	ret = part_of(mp, prog_id, prog_fd);
	xdp_multiprog__close(mp);
	return (int)ret;
}

/* Is our program attached without a dispatcher? */
static bool alone(uint32_t ifindex, uint32_t prog_id)
{
	struct xdp_multiprog *mp = xdp_multiprog__get_from_ifindex((int)ifindex);
	struct xdp_program *p;
	bool ret;

	if (libxdp_get_error(mp) || !mp)
		return false;
	p = xdp_multiprog__is_legacy(mp) ? xdp_multiprog__main_prog(mp) : NULL;
	ret = p && xdp_program__id(p) == prog_id;
	xdp_multiprog__close(mp);
	return ret;
}

static int refused(const char *name, int code, struct err *err)
{
	char text[128];

	libxdp_strerror(code, text, sizeof(text));
	return err_set(err, code,
		       "attach shared XDP to '%s': libxdp: %s (a program that did not come by "
		       "libxdp must be taken off first; or use attach: tc)",
		       name, text);
}

/* Loads and attaches the program of @obj, which it closes in the end. */
static int join(struct bpf_object *obj, const struct rtnl_link *link, enum attach_xdp xdp,
		uint32_t *prog_id)
{
	DECLARE_LIBXDP_OPTS(xdp_program_opts, opts, .obj = obj);
	struct xdp_program *prog;
	int ret;

	prog = xdp_program__create(&opts);
	if (!prog) {
		ret = -errno;
		bpf_object__close(obj);
		return ret;
	}
	ret = xdp_program__set_chain_call_enabled(prog, XDP_PASS, true);
	if (!ret)
		ret = xdp_program__attach(prog, (int)link->ifindex, libxdp_mode(xdp), 0);
	if (!ret)
		*prog_id = xdp_program__id(prog);
	xdp_program__close(prog);
	bpf_object__close(obj);
	return ret;
}

static int leave(uint32_t ifindex, uint32_t prog_id)
{
	struct xdp_multiprog *mp;
	struct xdp_program *prog;
	int ret;

	mp = xdp_multiprog__get_from_ifindex((int)ifindex);
	if (libxdp_get_error(mp) || !mp)
		return 0; /* nothing there, or no netdev */
	prog = xdp_program__from_id(prog_id);
	ret = (int)libxdp_get_error(prog);
	if (!ret) {
		ret = xdp_program__detach(prog, (int)ifindex, xdp_multiprog__attach_mode(mp), 0);
		xdp_program__close(prog);
	}
	xdp_multiprog__close(mp);
	return ret == -ENOENT ? 0 : ret; /* others took it off already */
}

int attach_shared_set(struct attach_env *env, const struct rtnl_link *link, enum attach_xdp xdp,
		      uint32_t *prog_id, struct err *err)
{
	struct bpf_object *obj;
	uint32_t old = *prog_id;
	int ret;

	if (env->xdp_fd < 0)
		return err_set(err, -EOPNOTSUPP,
			       "attach shared XDP to '%s': the program is not loaded: %s",
			       link->name, attach_xdp_why(env));
	if (!env->xdp_object)
		return err_set(err, -EOPNOTSUPP,
			       "attach shared XDP to '%s': there is no object for libxdp (use xdp: "
			       "exclusive, or attach: tc)",
			       link->name);
	if (old && attach_shared_check(link->ifindex, old, env->xdp_fd) == 1)
		return 0;
	ret = env->xdp_object(env->xdp_object_data, &obj);
	if (ret)
		return err_set(err, ret, "open the XDP program for '%s': %s", link->name,
			       strerror(-ret));
	if (old && alone(link->ifindex, old)) { /* nothing can join it */
		leave(link->ifindex, old);
		old = 0;
	}
	ret = join(obj, link, xdp, prog_id);
	if (ret)
		return refused(link->name, ret, err);
	return old ? attach_shared_clear(link->ifindex, link->name, old, err) : 0;
}

int attach_shared_clear(uint32_t ifindex, const char *name, uint32_t prog_id, struct err *err)
{
	char text[128];
	int ret;

	ret = leave(ifindex, prog_id);
	if (!ret)
		return 0;
	libxdp_strerror(ret, text, sizeof(text));
	return err_set(err, ret, "detach shared XDP from '%s': libxdp: %s (xdp-loader status)",
		       name, text);
}
