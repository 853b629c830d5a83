// SPDX-License-Identifier: GPL-2.0-only
/* run_debts.c - see run_debts.h
 *
 * A container goes when it goes, also while no daemon runs. Its plugin then leaves
 * a file, {"op": "port.del", "name": "c-..."}: written beside with a name that begins
 * with a dot, and renamed. Only root can have written it, and only ports of owner cni
 * go by it. One that cannot be read is renamed to NAME.bad, for somebody to look at.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "run_debts.h"
#include "util.h"

#define DEBT_MAX 4096

struct debts {
	struct sw *sw;
	int dir;
	char path[360];
	void (*warn)(const char *text);
};

static bool is_ours(const struct stat *st)
{
	return st->st_uid == 0 && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

static bool is_debt(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && (len < 4 || strcmp(name + len - 4, ".bad") != 0);
}

/* Not for what waits for a writer, nor for what leads elsewhere. */
static int open_debt(const struct debts *d, const char *name)
{
	int fd = openat(d->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && is_ours(&st))
		return fd;
	close(fd);
	return -EPERM;
}

/* Return: the port that is to go, 0; -EINVAL. */
static int parse(const char *text, size_t len, char port[CONF_NAME_MAX])
{
	json_t *doc = json_loadb(text, len, 0, NULL);
	const char *op, *name;
	int ret = -EINVAL;

	if (!json_unpack_ex(doc, NULL, JSON_STRICT, "{s:s, s:s}", "op", &op, "name", &name) &&
	    !strcmp(op, "port.del") && *name)
		ret = str_copy(port, CONF_NAME_MAX, name) < 0 ? -EINVAL : 0;
	json_decref(doc);
	return ret;
}

static int read_debt(const struct debts *d, const char *name, char port[CONF_NAME_MAX])
{
	char text[DEBT_MAX];
	ssize_t len;
	int fd = open_debt(d, name);

	if (fd < 0)
		return fd;
	len = read(fd, text, sizeof(text));
	close(fd);
	if (len < 0)
		return -errno;
	return len < (ssize_t)sizeof(text) ? parse(text, (size_t)len, port) : -EFBIG;
}

static void warn(const struct debts *d, const char *name, const char *why, const char *hint)
{
	char text[900];

	snprintf(text, sizeof(text), "pay debt '%s/%.100s': %.300s (%s)", d->path, name, why, hint);
	d->warn(text);
}

static const char *why_bad(int code)
{
	switch (code) {
	case -EPERM:
		return "not a file that only root can write";
	case -EINVAL:
		return "not a debt as repx-cni writes it";
	default:
		return strerror(-code);
	}
}

static void put_aside(const struct debts *d, const char *name, const char *why)
{
	char bad[NAME_MAX + 1];

	warn(d, name, why, "it is renamed to .bad: look at it, and remove it");
	snprintf(bad, sizeof(bad), "%.250s.bad", name);
	renameat(d->dir, name, d->dir, bad);
}

/* Return: 1 paid; 0 not. */
static int pay(const struct debts *d, const char *name)
{
	char port[CONF_NAME_MAX];
	struct err err = {0};
	int ret = read_debt(d, name, port);

	if (ret) {
		put_aside(d, name, why_bad(ret));
		return 0;
	}
	ret = sw_port_del(d->sw, port, SW_OWNER_CNI, &err);
	if (ret == -EPERM) { /* another port has the name by now */
		put_aside(d, name, err.text);
		return 0;
	}
	if (ret && ret != -ENOENT) {
		warn(d, name, err.text, "it is tried again when the daemon starts or gets SIGHUP");
		return 0;
	}
	log_info("port '%s': gone with its container while no daemon ran", port);
	unlinkat(d->dir, name, 0);
	return 1;
}

int run_debts_pay(struct sw *sw, void (*warn_cb)(const char *text))
{
	struct debts d = {.sw = sw, .warn = warn_cb};
	struct dirent *entry;
	struct stat st;
	int paid = 0;
	DIR *dir;

	snprintf(d.path, sizeof(d.path), "%s/debts", sw->run_dir);
	d.dir = open(d.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d.dir < 0)
		return 0;
	if (fstat(d.dir, &st) || !is_ours(&st)) {
		warn(&d, "", "others than root can write it", "chown root, chmod go-w");
		close(d.dir);
		return 0;
	}
	dir = fdopendir(d.dir);
	while (dir && (entry = readdir(dir)))
		if (is_debt(entry->d_name))
			paid += pay(&d, entry->d_name);
	if (dir)
		closedir(dir);
	else
		close(d.dir);
	return paid;
}
