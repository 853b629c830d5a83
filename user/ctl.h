/* SPDX-License-Identifier: GPL-2.0-only */
/* ctl.h - the control socket: JSON-RPC 2.0, one message a line
 *
 * /run/repx/NAME/control, 0660 root:repx. The client side serves the CLI, the
 * message functions are pure so that they can be fuzzed.
 */
#ifndef REPX_CTL_H
#define REPX_CTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/un.h>

#include "err.h"

#define CTL_LINE_MAX (1 << 20) /* a longer request is refused */
#define CTL_BATCH_MAX 64       /* requests of one batch */

/* JSON-RPC 2.0 error codes */
#define CTL_PARSE_ERROR (-32700)
#define CTL_INVALID_REQUEST (-32600)
#define CTL_NO_METHOD (-32601)
#define CTL_INVALID_PARAMS (-32602)
#define CTL_DENIED (-32001)
#define CTL_FAILED (-32000) /* data.errno, message as on stderr */

/* One entry of the method table of the daemon. */
struct ctl_method {
	const char *name; /* "port.add" */
	bool changes;	  /* only uid 0 may call it */
	bool daemon;	  /* a daemon knows more of it than the maps say: it is asked first */
	/* @params: an object, never NULL. Return: result (new reference), or NULL
	 * with @err (code: -EINVAL becomes CTL_INVALID_PARAMS, any other CTL_FAILED). */
	json_t *(*call)(void *data, const json_t *params, struct err *err);
};

/**
 * ctl_answer() - one request line to one answer line
 * @methods: ends with {0}
 * @uid: of the peer
 * Return: malloc()ed line with '\n'; NULL for a notification (no answer due).
 */
char *ctl_answer(const struct ctl_method *methods, void *data, const char *line, size_t len,
		 uid_t uid);

/* A notification {"jsonrpc","method","params"} as a malloc()ed line with '\n', or
 * NULL. @params is borrowed. */
char *ctl_notice(const char *method, json_t *params);

/**
 * ctl_address() - the address of a socket file, however long its path is
 * Return: a descriptor of its folder, to be closed after bind() or connect();
 * -errno.
 */
int ctl_address(const char *path, struct sockaddr_un *addr);

/* Client: one connection. */
struct ctl {
	int fd;
	char *buf;
	size_t len, size, used; /* used: of the line handed out last */
};

/* Return: 0; -ENOENT/-ECONNREFUSED: no daemon; -errno. */
int ctl_connect(struct ctl *ctl, const char *path);
void ctl_close(struct ctl *ctl);
/* Longest wait for an answer in seconds; 0 = for ever. */
int ctl_timeout(struct ctl *ctl, unsigned int seconds);
/* Sends request 1. @params (borrowed) may be NULL. Return: 0, -errno. */
int ctl_request(struct ctl *ctl, const char *method, json_t *params);
/* The next message. Return: 0 and a new reference; -EPIPE: the daemon hung up;
 * -EAGAIN: timeout; -EBADMSG: not JSON; -errno. */
int ctl_read(struct ctl *ctl, json_t **message);
/* Waits for the answer to request 1; notifications "warning" before it go to
 * @warn (may be NULL). Return: as ctl_call(). */
int ctl_result(struct ctl *ctl, void (*warn)(const char *text), json_t **result, struct err *err);

/* Client: connect, one call, answer. @params is borrowed, may be NULL. Return: 0
 * and a new reference in *result; -ENOENT/-ECONNREFUSED: no daemon, @err is not
 * set; -EREMOTEIO: the daemon answered with an error, @err has its message and
 * code; -errno with @err. */
int ctl_call(const char *path, const char *method, json_t *params, json_t **result,
	     struct err *err);
int ctl_call_warn(const char *path, const char *method, json_t *params,
		  void (*warn)(const char *text), json_t **result, struct err *err);

#endif
