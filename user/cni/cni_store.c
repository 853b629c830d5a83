// SPDX-License-Identifier: GPL-2.0-only
/* cni_store.c - see cni_store.h
 *
 * The lock is a range of the file .lock: one byte for an attachment, all of it for GC. It
 * goes with the process, however that ends.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cni_name.h"
#include "cni_store.h"
#include "log.h"
#include "util.h"

#define LOCK_RANGE (1ULL << 40)

static int make_folders(const char *path)
{
	char part[512];
	int rc = 0;

	str_copy(part, sizeof(part), path);
	for (char *at = part + 1; *at && !rc; at++) {
		if (*at != '/')
			continue;
		*at = 0;
		rc = mkdir(part, 0755) && errno != EEXIST ? -errno : 0;
		*at = '/';
	}
	return !rc && mkdir(part, 0700) && errno != EEXIST ? -errno : rc;
}

/* Return: 0, -EAGAIN after CNI_LOCK_SECONDS, -errno. */
static int take_lock(int fd, off_t start, off_t len)
{
	struct flock range = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
	uint64_t end = now_ns() + CNI_LOCK_SECONDS * 1000000000ULL;
	struct timespec pause = {.tv_nsec = 5000000};

	while (fcntl(fd, F_OFD_SETLK, &range)) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return -errno;
		if (now_ns() > end)
			return -EAGAIN;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int open_all(struct cni_store *s, off_t start, off_t len)
{
	int rc = make_folders(s->path);

	if (rc)
		return rc;
	s->dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return -errno;
	s->lock = openat(s->dir, ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return s->lock < 0 ? -errno : take_lock(s->lock, start, len);
}

int cni_store_open(struct cni_store *s, const struct cni_conf *conf, const struct cni_env *env,
		   struct cni_err *err)
{
	bool all = !env->container[0];
	uint64_t hash = cni_name_hash(conf->name, env->container, env->ifname) % LOCK_RANGE;
	int rc;

	*s = (struct cni_store){
		.dir = -1, .lock = -1, .container = env->container, .ifname = env->ifname};
	if (snprintf(s->path, sizeof(s->path), "%s/%s", conf->data_dir, conf->name) >=
	    (int)sizeof(s->path))
		rc = -ENAMETOOLONG;
	else
		rc = open_all(s, all ? 0 : (off_t)hash, all ? (off_t)LOCK_RANGE : 1);
	if (!rc)
		return 0;
	if (rc == -EAGAIN)
		return cni_fail(err, CNI_E_LATER, "it may be waiting for the card, or for IPAM",
				"another call works on this attachment, or GC on its network");
	return cni_fail(err, CNI_E_IO, "is there space, and may root write there? (dataDir)",
			"open '%s': %s", s->path, strerror(-rc));
}

void cni_store_close(struct cni_store *s)
{
	if (s->lock >= 0)
		close(s->lock);
	if (s->dir >= 0)
		close(s->dir);
	s->lock = s->dir = -1;
}

/* Both have at most 200 and 15 characters: it fits into a file's name. */
static void file_name(const struct cni_store *s, const char *end, char out[256])
{
	snprintf(out, 256, "%.200s-%.15s%s", s->container, s->ifname, end);
}

static json_t *load(const struct cni_store *s, const char *name)
{
	int fd = openat(s->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	json_t *doc = fd < 0 ? NULL : json_loadfd(fd, 0, NULL);

	if (fd >= 0)
		close(fd);
	if (doc && !json_is_object(doc)) {
		json_decref(doc);
		return NULL;
	}
	return doc;
}

json_t *cni_store_load(const struct cni_store *s)
{
	char name[256];

	file_name(s, ".json", name);
	return load(s, name);
}

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t n = write(fd, text, len);

	if (n != (ssize_t)len)
		return n < 0 ? -errno : -ENOSPC;
	return fsync(fd) ? -errno : 0;
}

int cni_store_save(const struct cni_store *s, const json_t *record, struct cni_err *err)
{
	char name[256], temp[256], *text = json_dumps(record, JSON_COMPACT);
	int fd, rc;

	file_name(s, ".json", name);
	file_name(s, ".tmp", temp);
	fd = openat(s->dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	rc = fd < 0 ? -errno : text ? write_all(fd, text) : -ENOMEM;
	if (fd >= 0 && close(fd) && !rc)
		rc = -errno;
	if (!rc && renameat(s->dir, temp, s->dir, name))
		rc = -errno;
	if (rc)
		unlinkat(s->dir, temp, 0);
	free(text);
	if (!rc)
		return 0;
	return cni_fail(err, CNI_E_IO, "is there space, and may root write there? (dataDir)",
			"write '%s/%.100s': %s", s->path, name, strerror(-rc));
}

int cni_store_remove(const struct cni_store *s, struct cni_err *err)
{
	char name[256], temp[256];

	file_name(s, ".json", name);
	file_name(s, ".tmp", temp);
	unlinkat(s->dir, temp, 0);
	if (!unlinkat(s->dir, name, 0) || errno == ENOENT)
		return 0;
	return cni_fail(err, CNI_E_IO, "may root write there? (dataDir)", "remove '%s/%.100s': %s",
			s->path, name, strerror(errno));
}

int cni_store_walk(const struct cni_store *s, int (*cb)(json_t *record, void *data), void *data)
{
	int fd = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	json_t *record;
	size_t len;

	while (dir && !rc && (entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (len < 5 || strcmp(entry->d_name + len - 5, ".json") != 0)
			continue;
		record = load(s, entry->d_name);
		if (record)
			rc = cb(record, data);
		else
			log_warn("record '%s/%.200s' cannot be read: DEL of its container removes "
				 "it",
				 s->path, entry->d_name);
		json_decref(record);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return rc;
}
