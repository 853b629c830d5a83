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

/* Id of a generic netlink family; *group (may be NULL) of its multicast group
 * called @group_name. Return: id; -ENOENT where the kernel lacks it; -errno. */
int nl_family(struct nl *nl, const char *name, const char *group_name, uint32_t *group);

/* Joins a multicast group. Return: 0, -errno. */
int nl_join(struct nl *nl, uint32_t group);

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
