// SPDX-License-Identifier: GPL-2.0-only
/* attach_pin.c - hooks held by links that are pinned in bpffs
 *
 * A pin is LINKS_DIR/<hook>-<slot>. Its link is alive as long as the netdev is:
 * then the kernel empties it and the pin is only a name to be removed. A link is
 * detached by request, not by closing it, because the latter happens later, in
 * the background.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attach_int.h"

const struct attach_hook attach_hook_xdp = {"xdp", BPF_XDP};
const struct attach_hook attach_hook_tcx = {"tcx", ATTACH_BPF_TCX_INGRESS};

struct pin {
	int fd;
	uint32_t ifindex; /* 0: the netdev is gone */
	uint32_t prog_id;
};

static void pin_path(char *path, struct attach_env *env, const struct attach_hook *hook,
		     uint32_t slot)
{
	snprintf(path, PATH_MAX, "%s/%s-%u", env->links_dir, hook->name, slot);
}

static int pin_open(const char *path, struct pin *out)
{
	struct bpf_link_info info = {0};
	uint32_t len = sizeof(info);
	int fd, ret;

	fd = bpf_obj_get(path);
	if (fd < 0)
		return fd;
	ret = bpf_obj_get_info_by_fd(fd, &info, &len);
	if (ret) {
		close(fd);
		return ret;
	}
	/* tcx has its ifindex at the same place */
	*out = (struct pin){.fd = fd, .ifindex = info.xdp.ifindex, .prog_id = info.prog_id};
	return 0;
}

/* The name goes first: if that fails, nothing has changed. */
static int pin_remove(const char *path, int fd)
{
	if (unlink(path))
		return -errno;
	bpf_link_detach(fd); /* fails only where the netdev is gone */
	return 0;
}

/* Calls for each live link of @hook on @ifindex. Return: 1 and @path, 0, -errno. */
static int pin_search(struct attach_env *env, const struct attach_hook *hook, uint32_t ifindex,
		      char *path)
{
	size_t len = strlen(hook->name);
	struct dirent *entry;
	struct pin pin;
	int ret = 0;
	DIR *dir;

	dir = opendir(env->links_dir);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!ret && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, hook->name, len) || entry->d_name[len] != '-')
			continue;
		snprintf(path, PATH_MAX, "%s/%s", env->links_dir, entry->d_name);
		if (pin_open(path, &pin))
			continue;
		ret = pin.ifindex == ifindex;
		close(pin.fd);
	}
	closedir(dir);
	return ret;
}

int attach_pin_any(struct attach_env *env, const struct attach_hook *hook, uint32_t ifindex)
{
	char path[PATH_MAX];

	return pin_search(env, hook, ifindex, path);
}

int attach_pin_prog(struct attach_env *env, const struct attach_hook *hook, uint32_t ifindex,
		    uint32_t slot)
{
	char path[PATH_MAX];
	struct pin pin;
	int ret;

	pin_path(path, env, hook, slot);
	ret = pin_open(path, &pin);
	if (ret)
		return ret;
	ret = pin.ifindex == ifindex ? bpf_prog_get_fd_by_id(pin.prog_id) : -ENOENT;
	close(pin.fd);
	return ret;
}

int attach_pin_check(struct attach_env *env, const struct attach_hook *hook, uint32_t ifindex,
		     uint32_t slot, uint32_t prog_id)
{
	char path[PATH_MAX];
	struct pin pin;
	int ret;

	pin_path(path, env, hook, slot);
	ret = pin_open(path, &pin);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	close(pin.fd);
	return pin.ifindex == ifindex && pin.prog_id == prog_id;
}

int attach_pin_clear(struct attach_env *env, const struct attach_hook *hook, uint32_t slot)
{
	char path[PATH_MAX];
	struct pin pin;
	int ret;

	pin_path(path, env, hook, slot);
	ret = pin_open(path, &pin);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	ret = pin_remove(path, pin.fd);
	close(pin.fd);
	return ret;
}

uint32_t attach_xdp_id(struct attach_env *env, const struct rtnl_link *link)
{
	struct rtnl_link now;

	if (rtnl_link_get_index(env->rtnl, link->ifindex, &now))
		return link->xdp_prog_id;
	return now.xdp_prog_id;
}

/* Is anybody's program on the hook? */
static bool hook_used(struct attach_env *env, const struct attach_hook *hook,
		      const struct rtnl_link *link)
{
	uint32_t flags, count = 0;

	if (hook == &attach_hook_xdp)
		return attach_xdp_id(env, link);
	return !bpf_prog_query((int)link->ifindex, hook->type, 0, &flags, NULL, &count) && count;
}

/* The path is free: a link of ours on the netdev that goes by another name (the
 * run state was lost) gets this name, since there must never be two. */
static int pin_adopt(struct attach_env *env, const struct attach_hook *hook,
		     const struct rtnl_link *link, const char *path)
{
	char other[PATH_MAX];
	int ret;

	if (!hook_used(env, hook, link))
		return -ENOENT; /* spares a look at all pins for each new port */
	ret = pin_search(env, hook, link->ifindex, other);
	if (ret <= 0)
		return ret ? ret : -ENOENT;
	return rename(other, path) ? -errno : 0;
}

/* Opens the link at @path if it is on @link, removes any other there. */
static int pin_take(struct attach_env *env, const struct attach_hook *hook,
		    const struct rtnl_link *link, const char *path, struct pin *out)
{
	struct pin pin;
	int ret;

	ret = pin_open(path, &pin);
	if (!ret && pin.ifindex != link->ifindex) {
		ret = pin_remove(path, pin.fd);
		close(pin.fd);
		if (ret)
			return ret;
		ret = -ENOENT;
	}
	if (ret == -ENOENT) {
		ret = pin_adopt(env, hook, link, path);
		if (!ret)
			ret = pin_open(path, &pin);
	}
	if (!ret)
		*out = pin;
	return ret;
}

static int pin_create(const struct attach_hook *hook, uint32_t ifindex, const char *path,
		      int prog_fd, uint32_t flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = flags);
	int fd, ret;

	fd = bpf_link_create(prog_fd, (int)ifindex, hook->type, flags ? &opts : NULL);
	if (fd < 0)
		return fd;
	ret = bpf_obj_pin(fd, path);
	close(fd); /* the last hold on it, if the pin failed */
	return ret;
}

static int pin_update(const struct pin *pin, int prog_fd, struct attach_step *step)
{
	int old, ret;

	if (pin->prog_id == attach_prog_id(prog_fd))
		return 0;
	old = bpf_prog_get_fd_by_id(pin->prog_id);
	if (old < 0)
		return old;
	ret = bpf_link_update(pin->fd, prog_fd, NULL);
	if (ret)
		close(old);
	else
		step->old_prog = old;
	return ret;
}

int attach_pin_set(struct attach_env *env, const struct attach_hook *hook,
		   const struct rtnl_link *link, uint32_t slot, int prog_fd, uint32_t flags,
		   struct attach_step *step)
{
	char path[PATH_MAX];
	struct pin pin;
	int ret;

	pin_path(path, env, hook, slot);
	ret = pin_take(env, hook, link, path, &pin);
	if (ret == -ENOENT) {
		ret = pin_create(hook, link->ifindex, path, prog_fd, flags);
		step->added = !ret;
		return ret;
	}
	if (ret)
		return ret;
	ret = pin_update(&pin, prog_fd, step);
	close(pin.fd);
	return ret;
}
