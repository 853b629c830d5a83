/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_daemon.h - what is asked of the daemon of the switch, and what is left to it */
#ifndef REPX_CNI_DAEMON_H
#define REPX_CNI_DAEMON_H

#include "cni.h"
#include "err.h"

/**
 * cni_daemon_call() - one method
 * @params: taken over
 * Return: 0 and a new reference; -ECONNREFUSED: no daemon, or it ended meanwhile;
 * else its own -errno, with its words in @why.
 */
int cni_daemon_call(const char *socket, const char *method, json_t *params, json_t **result,
		    struct err *why);

/* Makes an error result of what cni_daemon_call() returned. Return: -1. */
int cni_daemon_fail(struct cni_err *err, int rc, const struct err *why, const char *socket,
		    const char *what);

/**
 * cni_daemon_port_del() - the port goes; one that is not there is fine
 * While the card is busy it is asked again, for some seconds.
 * Where no daemon runs the wish is written down in RUN/debts, for the next one.
 * Return: 0; -1 with @err.
 */
int cni_daemon_port_del(const char *socket, const char *port, struct cni_err *err);

/* port.show of one port. Return: as cni_daemon_call(); -ENOENT: there is none. */
int cni_daemon_port(const char *socket, const char *port, json_t **doc, struct err *why);

#endif
