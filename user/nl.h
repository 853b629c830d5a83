/* SPDX-License-Identifier: GPL-2.0-only */
/* nl.h - netlink transport on libmnl: requests, dumps, extack text
 *
 * The only user of AF_NETLINK. One struct nl is one socket; not thread-safe.
 */
#ifndef REPX_NL_H
#define REPX_NL_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

struct nl {
	struct mnl_socket *sock;
	int bus; /* NETLINK_ROUTE, ... */
	uint32_t seq, portid;
	char extack[256]; /* the kernel's own words for the last error, or "" */
	char *buf;	  /* NL_BUF_SIZE: requests are built here */
	char *rx;	  /* NL_BUF_SIZE: one datagram from the kernel */
};

#define NL_BUF_SIZE 65536

/* Messages of this process, of all its sockets: what a change costs is told in them. */
struct nl_count {
	uint64_t sent, received; /* requests; answers, parts of dumps and notices */
};
extern struct nl_count nl_count;

/**
 * nl_open() - a netlink socket of @bus (NETLINK_ROUTE, NETLINK_GENERIC)
 * Extended acks and strict checking are asked for. Return: 0, -errno.
 */
int nl_open(struct nl *nl, int bus);
void nl_close(struct nl *nl); /* takes a half-built or zeroed one */

/**
 * nl_request() - start a message in nl->buf
 * @flags: beside NLM_F_REQUEST
 * @extra, @extra_len: the family header (struct ifinfomsg, tcmsg, ...), copied
 * Return: the message, for mnl_attr_put*().
 */
struct nlmsghdr *nl_request(struct nl *nl, uint16_t type, uint16_t flags, const void *extra,
			    size_t extra_len);

/* The same for generic netlink: command @cmd of the family with id @family. */
struct nlmsghdr *nl_request_generic(struct nl *nl, int family, uint8_t cmd);

/**
 * nl_talk() - send the message of nl_request(), call @cb for each reply
 * @cb: libmnl callback, may be NULL
 *
 * All replies are taken before the first call of @cb: it may use @nl itself,
 * and an inconsistent dump, which is asked for again here, never reaches it.
 *
 * Return: 0; -errno of the kernel (nl->extack holds its text) or of the
 * transport; -EINTR when several dumps in a row were inconsistent.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *data);

/* The result of message @index of a batch: 0 or -errno, and the kernel's text or "". */
typedef void (*nl_batch_cb)(unsigned int index, int code, const char *extack, void *data);

#define NL_BATCH_MAX 128      /* messages of a datagram */
#define NL_BATCH_MESSAGE 8192 /* no message of a batch is longer */

/**
 * struct nl_batch - requests that change things, many to a system call
 * While one is open, its socket is for nothing else. Each message has its own result,
 * and one that fails does not keep the others from being done.
 */
struct nl_batch {
	struct nl *nl;
	nl_batch_cb cb;
	void *data;
	unsigned int sent;    /* messages whose result was told */
	unsigned int waiting; /* in nl->buf */
	struct nlmsghdr *last;
	int ret; /* first error of the transport: nothing is sent after it */
};

/* @cb may be NULL. */
void nl_batch_begin(struct nl_batch *batch, struct nl *nl, nl_batch_cb cb, void *data);
/**
 * nl_batch_request() - as nl_request(), for one message of a batch
 * Sends those that wait when there is no room for it, so that @cb may be called.
 * Return: the message; NULL: the transport failed, batch->ret says how.
 */
struct nlmsghdr *nl_batch_request(struct nl_batch *batch, uint16_t type, uint16_t flags,
				  const void *extra, size_t extra_len);
/**
 * nl_batch_run() - send what waits, and end the batch
 * @cb was called once for every message then, in their order. -ENOBUFS there: the
 * answer was lost, so the message may have been obeyed or not.
 * Return: 0, whatever the messages' results are; -errno of the transport.
 */
int nl_batch_run(struct nl_batch *batch);

/* Id of a generic netlink family; *group (may be NULL) of its multicast group
 * called @group_name. Return: id; -ENOENT where the kernel lacks it; -errno. */
int nl_family(struct nl *nl, const char *name, const char *group_name, uint32_t *group);

/* Joins a multicast group. Return: 0, -errno. */
int nl_join(struct nl *nl, uint32_t group);

/* Notices of what the socket with @portid does are not heard any more; the kernel leaves
 * them out. Only for sockets that do nothing but listen. Return: 0, -errno. */
int nl_deafen(struct nl *nl, uint32_t portid);

/**
 * nl_hear() - one datagram of notices that waits, into nl->rx; never blocks
 * Return: its length; 0: none waits; -ENOBUFS: notices were lost, read on; -errno.
 */
int nl_hear(struct nl *nl);

/* Why the last nl_talk() failed with @code: the kernel's text, or errno's. */
const char *nl_why(const struct nl *nl, int code);

/* Bounded reads of an attribute: 0 or "" where it is too short. */
uint32_t nl_attr_u32(const struct nlattr *attr);
uint64_t nl_attr_u64(const struct nlattr *attr);
void nl_attr_str(const struct nlattr *attr, char *out, size_t size);

#endif
