// SPDX-License-Identifier: GPL-2.0-only
/* ctl_client.c - the client's end of the control socket */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "ctl.h"
#include "util.h"

#define ANSWER_MAX (1U << 30) /* a million FDB entries are a tenth of it */
#define ANSWER_WAIT 120	      /* seconds: a thousand new ports take their time */

int ctl_address(const char *path, struct sockaddr_un *addr)
{
	char dir[PATH_MAX], file[PATH_MAX];
	const char *name;
	int fd;

	if (str_copy(dir, sizeof(dir), path) || str_copy(file, sizeof(file), path))
		return -ENAMETOOLONG;
	fd = open(dirname(dir), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	name = basename(file);
	*addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	/* sun_path has 108 bytes, a --root may have more */
	if (snprintf(addr->sun_path, sizeof(addr->sun_path), "/proc/self/fd/%d/%s", fd, name) <
	    (int)sizeof(addr->sun_path))
		return fd;
	close(fd);
	return -ENAMETOOLONG;
}

int ctl_connect(struct ctl *ctl, const char *path)
{
	struct sockaddr_un addr;
	int dir, rc = 0;

	*ctl = (struct ctl){.fd = -1};
	dir = ctl_address(path, &addr);
	if (dir < 0)
		return dir;
	ctl->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (ctl->fd < 0 || connect(ctl->fd, (struct sockaddr *)&addr, sizeof(addr)))
		rc = -errno;
	close(dir);
	if (rc)
		ctl_close(ctl);
	return rc;
}

void ctl_close(struct ctl *ctl)
{
	if (ctl->fd >= 0)
		close(ctl->fd);
	free(ctl->buf);
	*ctl = (struct ctl){.fd = -1};
}

int ctl_timeout(struct ctl *ctl, unsigned int seconds)
{
	struct timeval tv = {.tv_sec = (time_t)seconds};

	return setsockopt(ctl->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) ? -errno : 0;
}

static int send_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = send(fd, data, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int ctl_request(struct ctl *ctl, const char *method, json_t *params)
{
	json_t *request;
	char *text;
	int rc;

	request = json_pack("{s:s, s:i, s:s, s:O*}", "jsonrpc", "2.0", "id", 1, "method", method,
			    "params", params);
	text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_decref(request);
	if (!text)
		return -ENOMEM;
	rc = send_all(ctl->fd, text, strlen(text));
	free(text);
	return rc ? rc : send_all(ctl->fd, "\n", 1);
}

/* Room for at least one byte more. */
static int grow(struct ctl *ctl)
{
	size_t size = ctl->size ? ctl->size * 2 : 4096;
	char *buf;

	if (ctl->len < ctl->size)
		return 0;
	if (size > ANSWER_MAX)
		return -EMSGSIZE;
	buf = realloc(ctl->buf, size);
	if (!buf)
		return -ENOMEM;
	ctl->buf = buf;
	ctl->size = size;
	return 0;
}

static int fill(struct ctl *ctl)
{
	ssize_t n;
	int rc;

	rc = grow(ctl);
	if (rc)
		return rc;
	do
		n = recv(ctl->fd, ctl->buf + ctl->len, ctl->size - ctl->len, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n ? -errno : -EPIPE;
	ctl->len += (size_t)n;
	return 0;
}

int ctl_read(struct ctl *ctl, json_t **message)
{
	size_t seen = 0;
	char *end;
	int rc;

	if (ctl->used)
		memmove(ctl->buf, ctl->buf + ctl->used, ctl->len - ctl->used);
	ctl->len -= ctl->used;
	ctl->used = 0;
	while (!(end = ctl->len > seen ? memchr(ctl->buf + seen, '\n', ctl->len - seen) : NULL)) {
		seen = ctl->len;
		rc = fill(ctl);
		if (rc)
			return rc;
	}
	ctl->used = (size_t)(end - ctl->buf) + 1;
	*message = json_loadb(ctl->buf, ctl->used, 0, NULL);
	return *message ? 0 : -EBADMSG;
}

/* The daemon's own words, or, where it has none, its code. */
static int remote_error(const json_t *error, struct err *err)
{
	json_int_t number =
		json_integer_value(json_object_get(json_object_get(error, "data"), "errno"));
	const char *text = json_string_value(json_object_get(error, "message"));

	err_set(err, number > 0 && number < 4096 ? -(int)number : -EREMOTEIO, "%s",
		text ? text : "the daemon refused, without a message");
	return -EREMOTEIO;
}

/* Return: 1 the message was the answer, 0 it was something else, -errno. */
static int take(const json_t *message, void (*warn)(const char *text), json_t **result,
		struct err *err)
{
	const char *method = json_string_value(json_object_get(message, "method"));
	json_t *error = json_object_get(message, "error"), *value;

	if (method) {
		value = json_object_get(json_object_get(message, "params"), "text");
		if (warn && !strcmp(method, "warning") && json_is_string(value))
			warn(json_string_value(value));
		return 0;
	}
	if (error)
		return remote_error(error, err);
	value = json_object_get(message, "result");
	if (!value)
		return err_set(err, -EBADMSG, "talk to the daemon: an answer without a result");
	*result = json_incref(value);
	return 1;
}

int ctl_result(struct ctl *ctl, void (*warn)(const char *text), json_t **result, struct err *err)
{
	json_t *message;
	int rc;

	do {
		rc = ctl_read(ctl, &message);
		if (rc)
			return err_set(err, rc, "wait for the daemon's answer: %s",
				       rc == -EAGAIN ? "timed out" : strerror(-rc));
		rc = take(message, warn, result, err);
		json_decref(message);
	} while (!rc);
	return rc < 0 ? rc : 0;
}

int ctl_call_warn(const char *path, const char *method, json_t *params,
		  void (*warn)(const char *text), json_t **result, struct err *err)
{
	struct ctl ctl;
	int rc;

	rc = ctl_connect(&ctl, path);
	if (rc == -ENOENT || rc == -ECONNREFUSED)
		return rc;
	if (rc)
		return err_set(err, rc, "connect to '%s': %s%s", path, strerror(-rc),
			       rc == -EACCES ? " (be root, or in the group repx)" : "");
	rc = ctl_timeout(&ctl, ANSWER_WAIT);
	if (!rc)
		rc = ctl_request(&ctl, method, params);
	if (rc)
		err_set(err, rc, "ask the daemon '%s': %s", method, strerror(-rc));
	else
		rc = ctl_result(&ctl, warn, result, err);
	ctl_close(&ctl);
	return rc;
}

int ctl_call(const char *path, const char *method, json_t *params, json_t **result, struct err *err)
{
	return ctl_call_warn(path, method, params, NULL, result, err);
}
