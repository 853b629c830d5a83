// SPDX-License-Identifier: GPL-2.0-only
/* attach_shared.c - XDP beside other programs, through libxdp's dispatcher
 *
 * libxdp loads our program itself, as a part of a dispatcher that calls one program
 * after the other. It cannot be replaced in place: a new one joins, then the old one
 * leaves; a frame that meets both is passed on by one of them or goes up to tc.
 * Where the kernel refuses such programs libxdp attaches ours alone, without
 * dispatcher; that is good enough, since then nobody shares.
 *
 * Parts of ours are told by their name. A netdev is a port of one switch, so all of
 * them are ours, and none is left behind by a run that was killed before it could
 * write down which one it made.
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
#define PROGRAM_NAME "repx_xdp_in"
#define PARTS_MAX 10 /* of a dispatcher */

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

/* Nanoseconds since boot, 0 where it cannot be had. */
static uint64_t load_time(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.load_time;
}

/* What libxdp loads is another build of the program than @prog_fd, so their code says
 * nothing. But a program is loaded first, and then what joins for it. */
static bool is_of(uint32_t id, int prog_fd)
{
	int fd = bpf_prog_get_fd_by_id(id);
	bool ret = fd >= 0 && load_time(fd) >= load_time(prog_fd);

	if (fd >= 0)
		close(fd);
	return ret;
}

static struct xdp_program *next_part(struct xdp_multiprog *mp, struct xdp_program *after)
{
	if (!xdp_multiprog__is_legacy(mp))
		return xdp_multiprog__next_prog(after, mp);
	return after ? NULL : xdp_multiprog__main_prog(mp);
}

/* Id of a part of ours that is not @except, or 0. */
static uint32_t own_part(struct xdp_multiprog *mp, uint32_t except)
{
	struct xdp_program *p = NULL;

	while ((p = next_part(mp, p)))
		if (!strcmp(xdp_program__name(p), PROGRAM_NAME) && xdp_program__id(p) != except)
			return xdp_program__id(p);
	return 0;
}

static bool has_part(struct xdp_multiprog *mp, uint32_t id)
{
	struct xdp_program *p = NULL;

	while ((p = next_part(mp, p)))
		if (xdp_program__id(p) == id)
			return true;
	return false;
}

/* One of ours and no other, of the programs in use. */
int attach_shared_check(uint32_t ifindex, uint32_t prog_id, int prog_fd)
{
	struct xdp_multiprog *mp;
	long ret;

	mp = xdp_multiprog__get_from_ifindex((int)ifindex);
	ret = libxdp_get_error(mp);
	if (ret || !mp)
		return !ret || ret == -ENOENT || ret == -ENODEV ? 0 : (int)ret;
	ret = has_part(mp, prog_id) && !own_part(mp, prog_id) && is_of(prog_id, prog_fd);
	xdp_multiprog__close(mp);
	return (int)ret;
}

/* Is our program attached without a dispatcher? */
static bool alone(uint32_t ifindex)
{
	struct xdp_multiprog *mp = xdp_multiprog__get_from_ifindex((int)ifindex);
	bool ret;

	if (libxdp_get_error(mp) || !mp)
		return false;
	ret = xdp_multiprog__is_legacy(mp) && own_part(mp, 0);
	xdp_multiprog__close(mp);
	return ret;
}

static int refused(struct attach_env *env, const struct rtnl_link *link, int code, struct err *err)
{
	struct rtnl_link now;
	char text[128];

	if (!rtnl_link_get_index(env->rtnl, link->ifindex, &now) && now.xdp_prog_id &&
	    !attach_shared_dispatcher(now.xdp_prog_id)) {
		attach_prog_name(now.xdp_prog_id, text, sizeof(text));
		return err_set(
			err, -EBUSY,
			"attach shared XDP to '%s': program %u '%s' of somebody else did not "
			"come by libxdp (take it off and add it by libxdp, or use attach: tc)",
			link->name, now.xdp_prog_id, text);
	}
	libxdp_strerror(code, text, sizeof(text));
	return err_set(err, code,
		       "attach shared XDP to '%s': libxdp: %s (xdp-loader status %s says who is "
		       "there; or use attach: tc)",
		       link->name, text, link->name);
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

/* Takes one part off. Return: -ENOENT when others did already. */
static int detach(struct xdp_multiprog *mp, uint32_t ifindex, uint32_t prog_id)
{
	struct xdp_program *prog = xdp_program__from_id(prog_id);
	int ret = (int)libxdp_get_error(prog);

	if (ret)
		return ret;
	ret = xdp_program__detach(prog, (int)ifindex, xdp_multiprog__attach_mode(mp), 0);
	xdp_program__close(prog);
	return ret;
}

/* Takes all of ours off but @except. Every detachment makes a new dispatcher. */
static int leave(uint32_t ifindex, uint32_t except)
{
	struct xdp_multiprog *mp;
	int ret = 0, left = PARTS_MAX;
	uint32_t id;

	do {
		mp = xdp_multiprog__get_from_ifindex((int)ifindex);
		if (libxdp_get_error(mp) || !mp)
			return 0; /* nothing there, or no netdev */
		id = own_part(mp, except);
		if (id)
			ret = detach(mp, ifindex, id);
		xdp_multiprog__close(mp);
	} while (id && (!ret || ret == -ENOENT) && --left);
	return ret == -ENOENT ? 0 : ret;
}

static int left_behind(const char *name, int code, struct err *err)
{
	char text[128];

	libxdp_strerror(code, text, sizeof(text));
	return err_set(err, code, "detach shared XDP from '%s': libxdp: %s (xdp-loader status %s)",
		       name, text, name);
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
	if (alone(link->ifindex)) /* nothing can join it */
		leave(link->ifindex, 0);
	ret = join(obj, link, xdp, prog_id);
	if (ret)
		return refused(env, link, ret, err);
	ret = leave(link->ifindex, *prog_id);
	return ret ? left_behind(link->name, ret, err) : 0;
}

int attach_shared_clear(uint32_t ifindex, const char *name, struct err *err)
{
	int ret = leave(ifindex, 0);

	return ret ? left_behind(name, ret, err) : 0;
}
