// SPDX-License-Identifier: GPL-2.0-only
/* test_nl_batch.c - many netlink messages to a system call, and the result of each */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nl.c"
#include "util.h"

struct told {
	unsigned int next, ok, failed, lost;
	bool disorder;
};

static void told_cb(unsigned int index, int code, const char *extack, void *data)
{
	struct told *told = data;

	told->disorder |= index != told->next++;
	assert_non_null(extack);
	if (!code)
		told->ok++;
	else if (code == -ENOBUFS || code == -EMSGSIZE)
		told->lost++;
	else
		told->failed++;
}

/* Requests that need no rights: every second one fails. @pad: bytes to make it longer */
static int batch_fill(struct nl_batch *batch, unsigned int count, size_t pad)
{
	static const char zeros[64];
	struct rtgenmsg head = {0};
	struct nlmsghdr *nlh;
	unsigned int i;

	for (i = 0; i < count; i++) {
		nlh = nl_batch_request(batch, RTM_GETNSID, 0, &head, sizeof(head));
		if (!nlh)
			return (int)i;
		mnl_attr_put_u32(nlh, NETNSA_PID, i % 2 ? INT32_MAX : (uint32_t)getpid());
		if (pad)
			mnl_attr_put(nlh, NETNSA_NONE, pad, zeros);
	}
	return (int)i;
}

static void set_buffer(struct nl *nl, int option, int size)
{
	int fd = mnl_socket_get_fd(nl->sock);

	assert_int_equal(setsockopt(fd, SOL_SOCKET, option, &size, sizeof(size)), 0);
}

/* Nothing is left that a later request would take for its own. */
static void assert_usable(struct nl *nl)
{
	struct ifinfomsg link = {.ifi_index = 1};

	set_buffer(nl, SO_RCVBUF, 1 << 17);
	assert_int_equal(nl_hear(nl), 0);
	assert_int_equal(
		nl_talk(nl, nl_request(nl, RTM_GETLINK, 0, &link, sizeof(link)), NULL, NULL), 0);
}

static void test_batch(void **state)
{
	static const unsigned int counts[] = {0, 1, 127, 128, 129, 1000};
	struct nl_batch batch;
	struct told told;
	struct nl nl;
	size_t i;

	(void)state;
	assert_int_equal(nl_open(&nl, NETLINK_ROUTE), 0);
	nl.seq = UINT32_MAX - 200; /* numbers wrap around */
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		uint64_t sent = nl_count.sent;

		memset(&told, 0, sizeof(told));
		nl_batch_begin(&batch, &nl, told_cb, &told);
		assert_int_equal(batch_fill(&batch, counts[i], 0), counts[i]);
		assert_int_equal(nl_batch_run(&batch), 0);
		assert_false(told.disorder);
		assert_int_equal(told.next, counts[i]);
		assert_int_equal(told.ok, (counts[i] + 1) / 2);
		assert_int_equal(told.failed, counts[i] / 2);
		assert_int_equal(nl_count.sent - sent, counts[i]);
	}
	assert_usable(&nl);
	nl_close(&nl);
}

/* A socket that holds few answers: those lost are told as lost, nobody waits for them. */
static void test_batch_lost(void **state)
{
	struct told told = {0};
	struct nl_batch batch;
	struct nl nl;

	(void)state;
	assert_int_equal(nl_open(&nl, NETLINK_ROUTE), 0);
	set_buffer(&nl, SO_RCVBUF, 1);
	nl_batch_begin(&batch, &nl, told_cb, &told);
	assert_int_equal(batch_fill(&batch, 300, 0), 300);
	assert_int_equal(nl_batch_run(&batch), 0);
	assert_false(told.disorder);
	assert_int_equal(told.next, 300);
	assert_in_range(told.lost, 100, 299);
	assert_usable(&nl);
	nl_close(&nl);
}

/* What cannot be sent is told, too, and ends the batch. */
static void test_batch_unsent(void **state)
{
	struct told told = {0};
	struct nl_batch batch;
	struct nl nl;

	(void)state;
	assert_int_equal(nl_open(&nl, NETLINK_ROUTE), 0);
	set_buffer(&nl, SO_SNDBUF, 1);
	nl_batch_begin(&batch, &nl, told_cb, &told);
	assert_int_equal(batch_fill(&batch, 300, 64), NL_BATCH_MAX);
	assert_int_equal(nl_batch_run(&batch), -EMSGSIZE);
	assert_int_equal(told.lost, NL_BATCH_MAX);
	assert_false(told.disorder);
	nl_close(&nl);
}

/* An answer lost in the middle is told before the next one; none is told twice. */
static void test_batch_gap(void **state)
{
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} ack = {.nlh = {.nlmsg_len = sizeof(ack), .nlmsg_type = NLMSG_ERROR, .nlmsg_pid = 7}};
	struct nl nl = {.portid = 7, .seq = 1004};
	struct told told = {0};
	struct nl_batch batch;

	(void)state;
	nl_batch_begin(&batch, &nl, told_cb, &told);
	batch.waiting = 5;
	ack.nlh.nlmsg_seq = 1002;
	batch_take(&batch, &ack.nlh, 1000, 5);
	assert_int_equal(told.lost, 2);
	assert_int_equal(told.ok, 1);
	ack.nlh.nlmsg_seq = 1001;
	batch_take(&batch, &ack.nlh, 1000, 5);
	ack.nlh.nlmsg_seq = 1005;
	batch_take(&batch, &ack.nlh, 1000, 5);
	ack.nlh.nlmsg_seq = 999;
	batch_take(&batch, &ack.nlh, 1000, 5);
	assert_int_equal(told.next, 3);
	ack.nlh.nlmsg_seq = 1003;
	batch_take(&batch, &ack.nlh, 1000, 5);
	assert_int_equal(told.ok, 2);
	assert_int_equal(batch.waiting, 1);
	assert_false(told.disorder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_batch_gap),
		cmocka_unit_test(test_batch_lost),
		cmocka_unit_test(test_batch_unsent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
