// SPDX-License-Identifier: GPL-2.0-only
/* cni_daemon.c - see cni_daemon.h */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cni_daemon.h"
#include "ctl.h"
#include "log.h"
#include "util.h"

#define BUSY_MS 5000 /* a card that is reset, a process that ends */

int cni_daemon_call(const char *socket, const char *method, json_t *params, json_t **result,
		    struct err *why)
{
	int rc = ctl_call(socket, method, params, result, why);

	json_decref(params);
	switch (rc) {
	case -EREMOTEIO:
		return why->code;
	case -ENOENT: /* no socket, or nobody behind it, or not any more */
	case -EPIPE:
	case -ECONNRESET:
		return -ECONNREFUSED;
	default:
		return rc;
	}
}

int cni_daemon_fail(struct cni_err *err, int rc, const struct err *why, const char *socket,
		    const char *what)
{
	bool later = rc == -EAGAIN || rc == -EBUSY || rc == -ENOSPC;

	if (rc == -ECONNREFUSED)
		return cni_fail(err, CNI_E_LATER,
				"start it (systemctl start repx@SWITCH), or correct switch or "
				"socket in the network's configuration",
				"%s: no daemon answers at '%.200s'", what, socket);
	return cni_fail(err, later ? CNI_E_LATER : CNI_E_DAEMON,
			later ? "try again; repx show tells what there is"
			      : "correct the network's configuration (repx-cni(8)); repx show "
				"tells what there is",
			"%s: %s", what, why->text[0] ? why->text : strerror(-rc));
}

/* --- debts --- */

static int write_file(int dir, const char *temp, const char *name, const char *text)
{
	int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	ssize_t len = (ssize_t)strlen(text), n;
	int rc = 0;

	if (fd < 0)
		return -errno;
	n = write(fd, text, (size_t)len);
	if (n != len)
		rc = n < 0 ? -errno : -ENOSPC;
	if (!rc && fsync(fd))
		rc = -errno;
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && renameat(dir, temp, dir, name))
		rc = -errno;
	if (rc)
		unlinkat(dir, temp, 0);
	return rc;
}

/* The folder of debts beside the socket. Return: a descriptor; -ENOENT: there is no such
 * switch (any more), so nothing is owed; -errno. */
static int open_debts(const char *socket)
{
	char path[300];
	int run, fd, rc;

	str_copy(path, sizeof(path), socket);
	run = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (run < 0)
		return -errno;
	rc = mkdirat(run, "debts", 0700) && errno != EEXIST ? -errno : 0;
	fd = rc ? rc : openat(run, "debts", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (!rc && fd < 0)
		fd = -errno == -ENOENT ? -EIO : -errno;
	close(run);
	return fd;
}

static int del(const char *socket, const char *port, struct err *why)
{
	json_t *params = json_pack("{s:s, s:s}", "name", port, "owner", "cni"), *result;
	int rc = cni_daemon_call(socket, "port.del", params, &result, why);

	if (!rc)
		json_decref(result);
	return rc;
}

/* Not every runtime repeats a DEL. */
static int del_busy(const char *socket, const char *port, struct err *why)
{
	uint64_t end = now_ns() + BUSY_MS * 1000000ULL;
	struct timespec pause = {.tv_nsec = 100000000};
	int rc;

	while ((rc = del(socket, port, why)) == -EBUSY && now_ns() < end)
		nanosleep(&pause, NULL);
	return rc;
}

/* A daemon that began meanwhile may have looked for debts before ours was there: it is
 * asked once more. */
static int owe(const char *socket, const char *port, struct cni_err *err)
{
	char temp[40], text[96];
	struct err why = {0};
	int dir = open_debts(socket), rc;

	if (dir == -ENOENT)
		return 0;
	snprintf(temp, sizeof(temp), ".%.30s.tmp", port);
	snprintf(text, sizeof(text), "{\"op\":\"port.del\",\"name\":\"%.40s\"}\n", port);
	rc = dir < 0 ? dir : write_file(dir, temp, port, text);
	if (!rc) {
		rc = del(socket, port, &why);
		if (!rc || rc == -ENOENT)
			unlinkat(dir, port, 0);
		else
			log_warn("delete port '%s': no daemon answers at '%s' (the next one does "
				 "it)",
				 port, socket);
		rc = 0;
	}
	if (dir >= 0)
		close(dir);
	return rc ? cni_fail(err, CNI_E_IO, "start the daemon, or make space there, and repeat",
			     "write down that port '%s' is to go, beside '%.200s': %s", port,
			     socket, strerror(-rc))
		  : 0;
}

int cni_daemon_port_del(const char *socket, const char *port, struct cni_err *err)
{
	struct err why = {0};
	int rc = del_busy(socket, port, &why);

	if (!rc || rc == -ENOENT)
		return 0;
	if (rc == -ECONNREFUSED)
		return owe(socket, port, err);
	if (rc == -EPERM) {
		log_warn("delete port '%s': it is somebody else's: %s", port, why.text);
		return 0;
	}
	return cni_daemon_fail(err, rc, &why, socket, "delete the port");
}

int cni_daemon_port(const char *socket, const char *port, json_t **doc, struct err *why)
{
	json_t *list;
	int rc = cni_daemon_call(socket, "port.show", json_pack("{s:s}", "name", port), &list, why);

	if (rc)
		return rc;
	*doc = json_incref(json_array_get(list, 0));
	json_decref(list);
	return *doc ? 0 : -ENOENT;
}
