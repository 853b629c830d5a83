/* SPDX-License-Identifier: GPL-2.0-only */
/* cni.h - what all of the network plugin shares: codes, errors, the call it serves
 *
 * Functions that fail fill a struct cni_err once (the first reason wins) and return -1.
 */
#ifndef REPX_CNI_H
#define REPX_CNI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Codes of an error result: those of the specification, then our own. */
enum cni_code {
	CNI_E_VERSION = 1, /* cniVersion is not one of ours */
	CNI_E_FIELD = 2,   /* a key that we do not know */
	CNI_E_ENV = 4,	   /* CNI_... is missing or wrong */
	CNI_E_IO = 5,
	CNI_E_DECODE = 6, /* not JSON, or not of the shape it should have */
	CNI_E_CONFIG = 7,
	CNI_E_LATER = 11,      /* may work in a moment */
	CNI_E_NOT_READY = 50,  /* STATUS: no ADD now */
	CNI_E_NO_NETWORK = 51, /* STATUS: and who is attached has no network */
	CNI_E_DAEMON = 100,    /* the daemon refused; its words are in the message */
	CNI_E_EXISTS = 101,    /* the interface, or the attachment, is there already */
	CNI_E_NETNS = 102,     /* the container's namespace cannot be entered */
	CNI_E_NETDEV = 103,    /* the kernel refused something of a netdev */
	CNI_E_DEVICE = 104,    /* the device of deviceID, or the one that was made */
	CNI_E_IPAM = 105,      /* the IPAM plugin did not answer as it should */
	CNI_E_DIFFERENT = 110, /* CHECK: details name each difference */
};

struct cni_err {
	int code; /* enum cni_code, or what the IPAM plugin gave; 0 = none */
	char msg[512];
	char details[1536]; /* what to do about it */
};

/* Sets @err if it is not set yet. @details: what to do. Return: -1. */
__attribute__((format(printf, 4, 5))) int cni_fail(struct cni_err *err, int code,
						   const char *details, const char *fmt, ...);

/* One invocation, as the environment tells it; "" for what is not given. */
struct cni_env {
	const char *command, *container, *netns, *ifname, *args, *path;
};

/**
 * cni_env_read() - the CNI_ variables
 * @out->command is set even when others are wrong.
 */
int cni_env_read(struct cni_env *out, struct cni_err *err);

/* [A-Za-z0-9][A-Za-z0-9_.-]*: containers and networks are called so. */
bool cni_is_name(const char *text);
/* Can a netdev be called so? */
bool cni_is_ifname(const char *text);

#endif
