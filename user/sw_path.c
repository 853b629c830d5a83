// SPDX-License-Identifier: GPL-2.0-only
/* sw_path.c - the folders of a switch: made, locked, removed
 *
 * Only what a change needs is made, and as late as possible: the run folder
 * with the lock when a switch is opened for a change, the bpffs folder by the
 * first apply. A switch that does not come to exist leaves neither behind.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sw_int.h"
#include "util.h"

#define LOCK_WAIT_NS 10000000000ULL

/* Others than root could swap what is in it: its owner, whoever may write. */
static bool foreign(const struct stat *st, bool sticky_is_fine)
{
	if (st->st_uid != 0)
		return true;
	if (sticky_is_fine && (st->st_mode & S_ISVTX))
		return false;
	return (st->st_mode & S_IWOTH) || ((st->st_mode & S_IWGRP) && st->st_gid != 0);
}

static int check_root(const char *root, struct err *err)
{
	char path[256], *slash;
	bool parent = false;
	struct stat st;

	str_copy(path, sizeof(path), root);
	for (;;) {
		if (stat(*path ? path : "/", &st) < 0)
			return err_set(err, -errno, "open root '%s': %s", root, strerror(errno));
		if (foreign(&st, parent))
			return err_set(err, -EPERM,
				       "open root '%s': others than root can write '%s' "
				       "(chown root, chmod go-w)",
				       root, *path ? path : "/");
		slash = strrchr(path, '/');
		if (!slash)
			return 0;
		*slash = 0;
		parent = true;
	}
}

int sw_path_init(struct sw *sw, const char *root, struct err *err)
{
	char *real;
	int ret = 0;

	str_copy(sw->bpf_base, sizeof(sw->bpf_base), "/sys/fs/bpf/repx");
	str_copy(sw->run_base, sizeof(sw->run_base), "/run/repx");
	if (!root || !*root)
		return 0;
	real = realpath(root, NULL);
	if (!real)
		return err_set(err, -errno, "open root '%s': %s (make it first)", root,
			       strerror(errno));
	if (str_copy(sw->root, sizeof(sw->root), real) < 0)
		ret = err_set(err, -ENAMETOOLONG, "open root '%s': the path is too long", root);
	else
		ret = check_root(sw->root, err);
	free(real);
	if (ret)
		return ret;
	snprintf(sw->bpf_base, sizeof(sw->bpf_base), "%s/bpf", sw->root);
	snprintf(sw->run_base, sizeof(sw->run_base), "%s/run", sw->root);
	return 0;
}

void sw_path_name(struct sw *sw, const char *name)
{
	str_copy(sw->name, sizeof(sw->name), name);
	snprintf(sw->bpf_dir, sizeof(sw->bpf_dir), "%s/%s", sw->bpf_base, name);
	snprintf(sw->run_dir, sizeof(sw->run_dir), "%s/%s", sw->run_base, name);
}

void sw_path_links_dir(const struct sw *sw, char *buf, size_t size)
{
	snprintf(buf, size, "%s/links", sw->bpf_dir);
}

uint64_t sw_path_netns(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) < 0 ? 0 : st.st_ino;
}

static int make_dir(const char *path, mode_t mode, struct err *err)
{
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return err_set(err, -errno, "make folder '%s': %s", path, strerror(errno));
	return 0;
}

/* One attempt at a lock file. Return: fd; -EAGAIN: held, or removed meanwhile. */
static int lock_try(const char *path)
{
	struct stat a, b;
	int fd, ret;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		ret = errno == EWOULDBLOCK ? -EAGAIN : -errno;
	else if (stat(path, &b) < 0 || fstat(fd, &a) < 0 || a.st_ino != b.st_ino)
		ret = -EAGAIN; /* whoever held it took the switch away */
	else
		return fd;
	close(fd);
	return ret;
}

/* The folder may go between its making and the lock: both are tried again. */
static int lock_wait(struct sw *sw, struct err *err)
{
	uint64_t until = now_ns() + LOCK_WAIT_NS;
	char path[360];
	int fd, ret;

	snprintf(path, sizeof(path), "%s/lock", sw->run_dir);
	for (;;) {
		ret = make_dir(sw->run_base, 0755, err);
		if (!ret)
			ret = make_dir(sw->run_dir, 0755, err);
		if (ret && ret != -ENOENT)
			return ret;
		fd = lock_try(path);
		if (fd >= 0) {
			sw->lock_fd = fd;
			return 0;
		}
		if (fd != -EAGAIN && fd != -ENOENT)
			return err_set(err, fd, "lock '%s': %s", path, strerror(-fd));
		if (now_ns() > until)
			return err_set(err, -EBUSY,
				       "lock switch '%s': another repx has held it for 10 s (is a "
				       "daemon running?)",
				       sw->name);
		usleep(10000);
	}
}

int sw_path_lock(struct sw *sw, bool daemon, struct err *err)
{
	char path[360];
	int fd;

	if (daemon) {
		int ret = make_dir(sw->run_base, 0755, err);

		if (!ret)
			ret = make_dir(sw->run_dir, 0755, err);
		if (ret)
			return ret;
		snprintf(path, sizeof(path), "%s/owner", sw->run_dir);
		fd = lock_try(path);
		if (fd == -EAGAIN)
			return err_set(err, -EBUSY,
				       "run switch '%s': another daemon runs it already", sw->name);
		if (fd < 0)
			return err_set(err, fd, "lock '%s': %s", path, strerror(-fd));
		sw->owner_fd = fd;
	}
	return lock_wait(sw, err);
}

static void remove_file(const char *dir, const char *name)
{
	char path[360];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

void sw_path_unlock(struct sw *sw, bool remove)
{
	if (remove && sw->lock_fd >= 0) {
		if (sw->owner_fd >= 0) {
			remove_file(sw->run_dir, "owner");
			remove_file(sw->run_dir, "control");
		}
		remove_file(sw->run_dir, "lock");
		rmdir(sw->run_dir);
		rmdir(sw->run_base);
	}
	if (sw->lock_fd >= 0)
		close(sw->lock_fd);
	if (sw->owner_fd >= 0)
		close(sw->owner_fd);
	sw->lock_fd = sw->owner_fd = -1;
}

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

/* Below a root of the user's the mount is noted, so that down takes it away. */
static int mount_bpffs(struct sw *sw, const char *path, struct err *err)
{
	char mark[360];
	int fd;

	if (is_bpffs(path))
		return 0;
	if (*sw->root) {
		snprintf(mark, sizeof(mark), "%s/.bpffs", sw->run_base);
		fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return err_set(err, -errno, "write '%s': %s", mark, strerror(errno));
		close(fd);
	}
	if (mount("bpf", path, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") < 0)
		return err_set(err, -errno, "mount bpffs on '%s': %s", path, strerror(errno));
	return 0;
}

int sw_path_bpf_make(struct sw *sw, struct err *err)
{
	char links[360];
	int ret = 0;

	if (*sw->root)
		ret = make_dir(sw->bpf_base, 0700, err);
	if (!ret)
		ret = mount_bpffs(sw, *sw->root ? sw->bpf_base : "/sys/fs/bpf", err);
	if (!ret)
		ret = make_dir(sw->bpf_base, 0700, err);
	if (!ret)
		ret = make_dir(sw->bpf_dir, 0700, err);
	sw_path_links_dir(sw, links, sizeof(links));
	if (!ret)
		ret = make_dir(links, 0700, err);
	if (ret)
		sw_path_bpf_remove(sw, NULL);
	return ret;
}

int sw_path_empty_dir(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	int ret = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) < 0 && errno != ENOENT)
			ret = -errno;
	}
	closedir(dir);
	if (rmdir(path) < 0 && errno != ENOENT)
		ret = -errno;
	return ret;
}

static void umount_bpffs(struct sw *sw)
{
	char mark[360];

	if (!*sw->root)
		return;
	snprintf(mark, sizeof(mark), "%s/.bpffs", sw->run_base);
	if (access(mark, F_OK) == 0 && is_bpffs(sw->bpf_base) && umount(sw->bpf_base) < 0)
		return;
	unlink(mark);
	rmdir(sw->bpf_base);
}

/* No switch is in it, nor anything else than what every bpffs is born with. */
static bool is_empty(const char *path)
{
	static const char *const born[] = {".", "..", "maps.debug", "progs.debug"};
	struct dirent *entry;
	DIR *dir = opendir(path);
	bool empty = true;

	if (!dir)
		return false;
	while (empty && (entry = readdir(dir))) {
		empty = false;
		for (size_t i = 0; i < ARRAY_SIZE(born); i++)
			empty |= !strcmp(entry->d_name, born[i]);
	}
	closedir(dir);
	return empty;
}

int sw_path_bpf_remove(struct sw *sw, struct err *err)
{
	char links[360];
	int ret;

	sw_path_links_dir(sw, links, sizeof(links));
	ret = sw_path_empty_dir(links);
	if (ret)
		return err_set(err, ret, "remove '%s': %s", links, strerror(-ret));
	ret = bpf_obj_unpin(sw->bpf_dir, err);
	if (ret && ret != -ENOENT)
		return ret;
	if (rmdir(sw->bpf_dir) < 0 && errno != ENOENT)
		return err_set(err, -errno, "remove '%s': %s", sw->bpf_dir, strerror(errno));
	if (!*sw->root)
		rmdir(sw->bpf_base);
	else if (is_empty(sw->bpf_base))
		umount_bpffs(sw);
	return 0;
}
