// SPDX-License-Identifier: GPL-2.0-only
/* nl.c - see nl.h */
#include <errno.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nl.h"
#include "nl_parse.h"

#define DUMP_TRIES 8

struct nl_count nl_count;

/* All replies to one request, one after the other. */
struct replies {
	char *data;
	size_t len, size;
};

int nl_open(struct nl *nl, int bus)
{
	int on = 1, ret;

	memset(nl, 0, sizeof(*nl));
	nl->bus = bus;
	nl->sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->sock)
		return -errno;
	nl->buf = malloc(2 * NL_BUF_SIZE);
	if (!nl->buf) {
		ret = -ENOMEM;
		goto close;
	}
	nl->rx = nl->buf + NL_BUF_SIZE;
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		ret = -errno;
		goto close;
	}
	/* old kernels lack some of these: texts are poorer, answers the same */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	nl->portid = mnl_socket_get_portid(nl->sock);
	return 0;

close:
	nl_close(nl);
	return ret;
}

void nl_close(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl->buf);
	memset(nl, 0, sizeof(*nl));
}

struct nlmsghdr *nl_request(struct nl *nl, uint16_t type, uint16_t flags, const void *extra,
			    size_t extra_len)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(mnl_nlmsg_put_extra_header(nlh, extra_len), extra, extra_len);
	return nlh;
}

struct nlmsghdr *nl_request_generic(struct nl *nl, int family, uint8_t cmd)
{
	struct genlmsghdr genl = {.cmd = cmd, .version = 1};

	return nl_request(nl, (uint16_t)family, 0, &genl, sizeof(genl));
}

static int replies_add(struct replies *r, const struct nlmsghdr *nlh)
{
	size_t need = r->len + MNL_ALIGN(nlh->nlmsg_len);

	if (need > r->size) {
		size_t size = need + r->size + 4096;
		char *data = realloc(r->data, size);

		if (!data)
			return -ENOMEM;
		r->data = data;
		r->size = size;
	}
	memcpy(r->data + r->len, nlh, nlh->nlmsg_len);
	r->len = need;
	return 0;
}

int nl_parse_end(const struct nlmsghdr *nlh, int *code, char *extack, size_t size)
{
	size_t offset = nlh->nlmsg_type == NLMSG_DONE ? sizeof(int) : sizeof(struct nlmsgerr);
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	extack[0] = 0;
	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN || len < offset)
		return -EBADMSG;
	*code = e->error;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return 0;
	/* unless capped, the request comes back between the code and the texts */
	if (nlh->nlmsg_type == NLMSG_ERROR && !(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		if (e->msg.nlmsg_len < MNL_NLMSG_HDRLEN || e->msg.nlmsg_len > len)
			return 0;
		offset += e->msg.nlmsg_len - MNL_NLMSG_HDRLEN;
	}
	mnl_attr_for_each(attr, nlh, offset) if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
		nl_attr_str(attr, extack, size);
	return 0;
}

/* Takes one message of the answer. Return: 1 it was the last one, 0, -errno. */
static int take(struct nl *nl, const struct nlmsghdr *nlh, struct replies *r, bool *torn)
{
	int code, ret;

	if (nlh->nlmsg_seq != nl->seq || nlh->nlmsg_pid != nl->portid)
		return 0; /* left over from a request that was given up */
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		*torn = true;
	if (nlh->nlmsg_type >= NLMSG_MIN_TYPE)
		return replies_add(r, nlh);
	if (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != NLMSG_DONE)
		return 0;
	ret = nl_parse_end(nlh, &code, nl->extack, sizeof(nl->extack));
	if (ret)
		return ret;
	if (code < 0)
		return code;
	nl->extack[0] = 0; /* a mere warning */
	return 1;
}

/* One datagram of the kernel, counted. On generic netlink everybody may send to
 * everybody: what others say is left out. Return: length, -errno. */
static int take_datagram(struct nl *nl, int flags)
{
	struct sockaddr_nl from;
	const struct nlmsghdr *nlh;
	socklen_t from_len;
	ssize_t size;
	int len;

	do {
		from_len = sizeof(from);
		size = recvfrom(mnl_socket_get_fd(nl->sock), nl->rx, NL_BUF_SIZE, flags | MSG_TRUNC,
				(struct sockaddr *)&from, &from_len);
	} while (size < 0 ? errno == EINTR : from.nl_pid != 0);
	if (size < 0)
		return -errno;
	if (size > NL_BUF_SIZE)
		return -EMSGSIZE;
	len = (int)size;
	for (nlh = (void *)nl->rx; nl_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		nl_count.received++;
	return (int)size;
}

static int receive(struct nl *nl, struct replies *r, bool *torn)
{
	const struct nlmsghdr *nlh;
	int len, ret;

	for (;;) {
		len = take_datagram(nl, 0);
		if (len < 0)
			return len;
		for (nlh = (void *)nl->rx; nl_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
			ret = take(nl, nlh, r, torn);
			if (ret)
				return ret < 0 ? ret : 0;
		}
	}
}

/* One request and all of its answer. */
static int exchange(struct nl *nl, struct nlmsghdr *nlh, struct replies *r, bool *torn)
{
	*torn = false;
	r->len = 0;
	nl->extack[0] = 0;
	nlh->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	nl_count.sent++;
	return receive(nl, r, torn);
}

static int hand_out(const struct replies *r, mnl_cb_t cb, void *data)
{
	const struct nlmsghdr *nlh;
	size_t at;
	int ret;

	for (at = 0; at < r->len; at += MNL_ALIGN(nlh->nlmsg_len)) {
		nlh = (void *)(r->data + at);
		ret = cb(nlh, data);
		if (ret < 0)
			return -errno;
		if (ret == MNL_CB_STOP)
			break;
	}
	return 0;
}

int nl_talk(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *data)
{
	struct replies r = {0};
	bool torn;
	int ret, i;

	if ((nlh->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	for (i = 0; i < DUMP_TRIES; i++) {
		ret = exchange(nl, nlh, &r, &torn);
		if (!ret && torn)
			ret = -EINTR;
		if (ret != -EINTR)
			break;
	}
	if (!ret && cb)
		ret = hand_out(&r, cb, data);
	free(r.data);
	return ret;
}

void nl_batch_begin(struct nl_batch *batch, struct nl *nl, nl_batch_cb cb, void *data)
{
	*batch = (struct nl_batch){.nl = nl, .cb = cb, .data = data};
}

static void batch_tell(struct nl_batch *batch, int code, const char *extack)
{
	unsigned int index = batch->sent++;

	batch->waiting--;
	if (batch->cb)
		batch->cb(index, code, extack, batch->data);
}

/* The answer to one message. Those are given in order: what is passed over was lost. */
static void batch_take(struct nl_batch *batch, const struct nlmsghdr *nlh, uint32_t first,
		       unsigned int count)
{
	uint32_t at = nlh->nlmsg_seq - first; /* wraps around as numbers do */
	struct nl *nl = batch->nl;
	int code;

	if (nlh->nlmsg_type != NLMSG_ERROR || nlh->nlmsg_pid != nl->portid || at >= count ||
	    at < count - batch->waiting)
		return;
	if (nl_parse_end(nlh, &code, nl->extack, sizeof(nl->extack)))
		return;
	while (count - batch->waiting < at)
		batch_tell(batch, -ENOBUFS, "");
	batch_tell(batch, code, code ? nl->extack : "");
}

/* A request that changes things is obeyed while it is sent, so all answers are there
 * already: one that is not was lost, and is not waited for. */
static int batch_receive(struct nl_batch *batch, uint32_t first)
{
	unsigned int count = batch->waiting;
	const struct nlmsghdr *nlh;
	int len = 0;

	while (batch->waiting) {
		len = take_datagram(batch->nl, MSG_DONTWAIT);
		if (len == -ENOBUFS)
			continue; /* told once; some may have come before */
		if (len < 0)
			break;
		for (nlh = (void *)batch->nl->rx; nl_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			batch_take(batch, nlh, first, count);
	}
	while (batch->waiting)
		batch_tell(batch, -ENOBUFS, "");
	return len == -EAGAIN || len >= 0 ? 0 : len;
}

/* Sends the messages that wait and tells their results. */
static int batch_flush(struct nl_batch *batch)
{
	struct nl *nl = batch->nl;
	uint32_t first = nl->seq + 1 - batch->waiting;
	size_t len;

	if (!batch->waiting || batch->ret)
		return batch->ret;
	len = (size_t)((char *)batch->last - nl->buf) + MNL_ALIGN(batch->last->nlmsg_len);
	if (mnl_socket_sendto(nl->sock, nl->buf, len) < 0) {
		batch->ret = -errno;
		while (batch->waiting)
			batch_tell(batch, batch->ret, "");
		return batch->ret;
	}
	nl_count.sent += batch->waiting;
	batch->ret = batch_receive(batch, first);
	batch->last = NULL;
	return batch->ret;
}

struct nlmsghdr *nl_batch_request(struct nl_batch *batch, uint16_t type, uint16_t flags,
				  const void *extra, size_t extra_len)
{
	struct nl *nl = batch->nl;
	char *at = nl->buf;

	if (batch->last)
		at = (char *)batch->last + MNL_ALIGN(batch->last->nlmsg_len);
	if (batch->waiting == NL_BATCH_MAX || at + NL_BATCH_MESSAGE > nl->buf + NL_BUF_SIZE) {
		batch_flush(batch);
		at = nl->buf;
	}
	if (batch->ret)
		return NULL;
	batch->last = mnl_nlmsg_put_header(at);
	batch->last->nlmsg_type = type;
	batch->last->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	batch->last->nlmsg_seq = ++nl->seq;
	memcpy(mnl_nlmsg_put_extra_header(batch->last, extra_len), extra, extra_len);
	batch->waiting++;
	return batch->last;
}

int nl_batch_run(struct nl_batch *batch)
{
	return batch_flush(batch);
}

static void parse_group(const struct nlattr *nest, const char *name, uint32_t *group)
{
	const struct nlattr *attr;
	char text[GENL_NAMSIZ] = "";
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, nest)
	{
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			nl_attr_str(attr, text, sizeof(text));
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			id = nl_attr_u32(attr);
	}
	if (id && !strcmp(text, name))
		*group = id;
}

int nl_parse_family(const struct nlmsghdr *nlh, const char *group_name, int *id, uint32_t *group)
{
	const struct nlattr *attr, *sub;

	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr))
		return -EBADMSG;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (type == CTRL_ATTR_FAMILY_ID && mnl_attr_get_payload_len(attr) >= 2)
			*id = mnl_attr_get_u16(attr);
		else if (type == CTRL_ATTR_MCAST_GROUPS && group_name)
			mnl_attr_for_each_nested(sub, attr) parse_group(sub, group_name, group);
	}
	return 0;
}

struct family {
	const char *group_name;
	int id;
	uint32_t group;
};

static int family_cb(const struct nlmsghdr *nlh, void *data)
{
	struct family *f = data;

	nl_parse_family(nlh, f->group_name, &f->id, &f->group);
	return MNL_CB_OK;
}

int nl_family(struct nl *nl, const char *name, const char *group_name, uint32_t *group)
{
	struct family f = {.group_name = group_name};
	struct nlmsghdr *nlh = nl_request_generic(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	int ret;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	ret = nl_talk(nl, nlh, family_cb, &f);
	if (ret)
		return ret;
	if (!f.id || (group_name && !f.group))
		return -ENOENT;
	if (group)
		*group = f.group;
	return f.id;
}

int nl_join(struct nl *nl, uint32_t group)
{
	int id = (int)group;

	if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &id, sizeof(id)) < 0)
		return -errno;
	return 0;
}

int nl_deafen(struct nl *nl, uint32_t portid)
{
	struct sock_filter code[] = {
		/* words are loaded as big-endian ones */
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_pid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(portid), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog prog = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	if (setsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET, SO_ATTACH_FILTER, &prog,
		       sizeof(prog)) < 0)
		return -errno;
	return 0;
}

int nl_hear(struct nl *nl)
{
	int len = take_datagram(nl, MSG_DONTWAIT);

	return len == -EAGAIN ? 0 : len;
}

const char *nl_why(const struct nl *nl, int code)
{
	return nl->extack[0] ? nl->extack : strerror(-code);
}

uint32_t nl_attr_u32(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) >= sizeof(uint32_t) ? mnl_attr_get_u32(attr) : 0;
}

uint64_t nl_attr_u64(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) >= sizeof(uint64_t) ? mnl_attr_get_u64(attr) : 0;
}

void nl_attr_str(const struct nlattr *attr, char *out, size_t size)
{
	size_t len = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));

	if (len >= size)
		len = size - 1;
	memcpy(out, mnl_attr_get_payload(attr), len);
	out[len] = 0;
}
