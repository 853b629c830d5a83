// SPDX-License-Identifier: GPL-2.0-only
/* rdmasend.c - datagrams through an RDMA queue (UD), as an RDMA consumer sends them
 *
 *	rdmasend DEV NETDEV FROM TO echo SECONDS	prints "ready QPN", answers what comes
 *	rdmasend DEV NETDEV FROM TO send QPN COUNT HEX	prints "sent N"
 *	rdmasend DEV NETDEV FROM TO ask QPN COUNT HEX	and waits for answers: "answered N"
 *	rdmasend DEV raw				a queue for whole frames: "refused: WHY"
 *
 * FROM and TO are IP addresses. FROM on NETDEV is the entry of the device's GID table
 * that is used: where NETDEV is a VLAN netdev above the device's own, soft-RoCE sends
 * tagged frames. A message is HEX, then zeros, then its number in the last 4 bytes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <infiniband/verbs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "rawsock.h"

#define QUEUE_LEN 32
#define MSG_LEN 64
#define GRH_LEN sizeof(struct ibv_grh)
#define SLOT_LEN (MSG_LEN + GRH_LEN)
#define GIDS_MAX 128
#define QKEY 0x52455058
#define WAIT_MS 5000

static const struct timespec look_again = {.tv_nsec = 500000};

/* A UD queue on one entry of the GID table. Slots 0 to QUEUE_LEN - 1 are for messages
 * that come in, the last one is for those that go out. */
struct queue {
	struct ibv_context *dev;
	struct ibv_pd *pd;
	struct ibv_cq *cq;
	struct ibv_mr *mr;
	struct ibv_qp *qp;
	struct ibv_ah *peer;
	uint8_t buf[(QUEUE_LEN + 1) * SLOT_LEN];
};

static int fail(const char *what, int err)
{
	printf("%s: %s\n", what, strerror(err));
	return 1;
}

/* Return: 0, EINVAL */
static int parse_gid(const char *text, union ibv_gid *gid)
{
	memset(gid, 0, sizeof(*gid));
	if (inet_pton(AF_INET6, text, gid->raw) == 1)
		return 0;
	gid->raw[10] = gid->raw[11] = 0xff;
	return inet_pton(AF_INET, text, gid->raw + 12) == 1 ? 0 : EINVAL;
}

static struct ibv_context *open_dev(const char *name)
{
	struct ibv_device **list = ibv_get_device_list(NULL), **d;
	struct ibv_context *ctx = NULL;

	errno = ENODEV;
	for (d = list; d && *d && !ctx; d++)
		if (!strcmp(ibv_get_device_name(*d), name))
			ctx = ibv_open_device(*d);
	if (list)
		ibv_free_device_list(list);
	return ctx;
}

/* The entry of @ip on @netdev, RoCE v2. Return: its number, -1: there is none */
static int look_for_gid(struct ibv_context *ctx, uint32_t ifindex, const union ibv_gid *ip)
{
	struct ibv_gid_entry entry;

	for (uint32_t i = 0; i < GIDS_MAX; i++) {
		if (ibv_query_gid_ex(ctx, 1, i, &entry, 0))
			continue;
		if (entry.gid_type == IBV_GID_TYPE_ROCE_V2 && entry.ndev_ifindex == ifindex &&
		    !memcmp(&entry.gid, ip, sizeof(*ip)))
			return (int)i;
	}
	return -1;
}

/* The kernel fills the table a little after the netdev got its address. */
static int find_gid(struct ibv_context *ctx, const char *netdev, const union ibv_gid *ip)
{
	int64_t end = raw_now_ms() + WAIT_MS;
	int index;

	while ((index = look_for_gid(ctx, if_nametoindex(netdev), ip)) < 0 && raw_now_ms() < end)
		nanosleep(&look_again, NULL);
	return index;
}

static int post_recv(struct queue *q, uint64_t slot)
{
	struct ibv_sge sge = {
		.addr = (uintptr_t)(q->buf + slot * SLOT_LEN),
		.length = SLOT_LEN,
		.lkey = q->mr->lkey,
	};
	struct ibv_recv_wr wr = {.wr_id = slot, .sg_list = &sge, .num_sge = 1}, *bad;

	return ibv_post_recv(q->qp, &wr, &bad);
}

/* The queue's states, each with what it asks for. */
static int make_ready(struct queue *q)
{
	struct ibv_qp_attr attr = {
		.qp_state = IBV_QPS_INIT,
		.port_num = 1,
		.qkey = QKEY,
	};
	int rc = ibv_modify_qp(q->qp, &attr,
			       IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_QKEY);

	attr.qp_state = IBV_QPS_RTR;
	if (!rc)
		rc = ibv_modify_qp(q->qp, &attr, IBV_QP_STATE);
	attr.qp_state = IBV_QPS_RTS;
	if (!rc)
		rc = ibv_modify_qp(q->qp, &attr, IBV_QP_STATE | IBV_QP_SQ_PSN);
	for (uint64_t slot = 0; !rc && slot < QUEUE_LEN; slot++)
		rc = post_recv(q, slot);
	return rc;
}

static int make_qp(struct queue *q, enum ibv_qp_type type)
{
	struct ibv_qp_init_attr attr = {
		.cap = {QUEUE_LEN, QUEUE_LEN, 1, 1, 0},
		.qp_type = type,
		.sq_sig_all = 1,
	};

	q->pd = ibv_alloc_pd(q->dev);
	q->cq = q->pd ? ibv_create_cq(q->dev, 2 * QUEUE_LEN, NULL, NULL, 0) : NULL;
	q->mr = q->cq ? ibv_reg_mr(q->pd, q->buf, sizeof(q->buf), IBV_ACCESS_LOCAL_WRITE) : NULL;
	attr.send_cq = attr.recv_cq = q->cq;
	q->qp = q->mr ? ibv_create_qp(q->pd, &attr) : NULL;
	return q->qp ? 0 : errno;
}

static int make_peer(struct queue *q, int from, const union ibv_gid *to)
{
	struct ibv_ah_attr attr = {
		.grh = {.dgid = *to, .sgid_index = (uint8_t)from, .hop_limit = 64},
		.is_global = 1,
		.port_num = 1,
	};

	q->peer = ibv_create_ah(q->pd, &attr);
	return q->peer ? 0 : errno;
}

static void queue_close(struct queue *q)
{
	if (q->peer)
		ibv_destroy_ah(q->peer);
	if (q->qp)
		ibv_destroy_qp(q->qp);
	if (q->mr)
		ibv_dereg_mr(q->mr);
	if (q->cq)
		ibv_destroy_cq(q->cq);
	if (q->pd)
		ibv_dealloc_pd(q->pd);
	if (q->dev)
		ibv_close_device(q->dev);
}

/* DEV NETDEV FROM TO. Return: 0, or 1 and it was said why */
static int queue_open(struct queue *q, char **argv)
{
	union ibv_gid from, to;
	int index, rc;

	if (parse_gid(argv[2], &from) || parse_gid(argv[3], &to))
		return fail("address", EINVAL);
	q->dev = open_dev(argv[0]);
	if (!q->dev)
		return fail(argv[0], errno);
	index = find_gid(q->dev, argv[1], &from);
	if (index < 0)
		return fail("no such entry in the GID table", ENOENT);
	rc = make_qp(q, IBV_QPT_UD);
	if (rc)
		return fail("queue", rc);
	rc = make_ready(q);
	if (rc)
		return fail("queue's state", rc);
	rc = make_peer(q, index, &to);
	return rc ? fail("address handle", rc) : 0;
}

/* The next completion before @end. Return: 0, ETIMEDOUT, EIO */
static int complete(struct queue *q, struct ibv_wc *wc, int64_t end)
{
	int n;

	while ((n = ibv_poll_cq(q->cq, 1, wc)) == 0) {
		if (raw_now_ms() >= end)
			return ETIMEDOUT;
		nanosleep(&look_again, NULL);
	}
	if (n < 0)
		return EIO;
	if (wc->status == IBV_WC_SUCCESS)
		return 0;
	printf("completion: %s\n", ibv_wc_status_str(wc->status));
	return EIO;
}

/* Sends what is in the last slot. */
static int post_send(struct queue *q, uint32_t qpn)
{
	struct ibv_sge sge = {
		.addr = (uintptr_t)(q->buf + QUEUE_LEN * SLOT_LEN),
		.length = MSG_LEN,
		.lkey = q->mr->lkey,
	};
	struct ibv_send_wr *bad,
		wr = {
			.wr_id = QUEUE_LEN,
			.sg_list = &sge,
			.num_sge = 1,
			.opcode = IBV_WR_SEND,
			.wr.ud = {.ah = q->peer, .remote_qpn = qpn, .remote_qkey = QKEY},
		};

	return ibv_post_send(q->qp, &wr, &bad);
}

/* Sends one and waits until it is gone and, with @answer, for one message. */
static int send_one(struct queue *q, uint32_t qpn, bool answer)
{
	int rc = post_send(q, qpn), left = answer ? 2 : 1;
	int64_t end = raw_now_ms() + WAIT_MS;
	struct ibv_wc wc;

	while (!rc && left--) {
		rc = complete(q, &wc, end);
		if (!rc && wc.wr_id != QUEUE_LEN)
			rc = post_recv(q, wc.wr_id);
	}
	return rc;
}

/* QPN COUNT HEX */
static int run_send(struct queue *q, char **argv, bool answer)
{
	uint8_t *msg = q->buf + QUEUE_LEN * SLOT_LEN;
	uint32_t qpn = (uint32_t)strtoul(argv[0], NULL, 0), number;
	unsigned long count = strtoul(argv[1], NULL, 10), n;
	int rc = 0;

	if (raw_parse_hex(argv[2], msg, MSG_LEN - sizeof(number)) < 0)
		return fail("message", EINVAL);
	for (n = 0; n < count; n++) {
		number = htonl((uint32_t)n);
		memcpy(msg + MSG_LEN - sizeof(number), &number, sizeof(number));
		rc = send_one(q, qpn, answer);
		if (rc)
			break;
	}
	printf("%s %lu\n", answer ? "answered" : "sent", n);
	return rc ? fail("send", rc) : 0;
}

static int run_echo(struct queue *q, char **argv)
{
	int64_t end = raw_now_ms() + strtol(argv[0], NULL, 10) * 1000;
	struct ibv_wc wc;
	int rc;

	printf("ready %u\n", q->qp->qp_num);
	fflush(stdout);
	while (!(rc = complete(q, &wc, end))) {
		if (wc.wr_id == QUEUE_LEN)
			continue;
		memcpy(q->buf + QUEUE_LEN * SLOT_LEN, q->buf + wc.wr_id * SLOT_LEN + GRH_LEN,
		       MSG_LEN);
		rc = post_recv(q, wc.wr_id);
		if (!rc)
			rc = post_send(q, wc.src_qp);
		if (rc)
			break;
	}
	return rc == ETIMEDOUT ? 0 : fail("echo", rc);
}

/* Can the consumer have a queue into which it writes whole frames? */
static int run_raw(struct queue *q, const char *dev)
{
	int rc;

	q->dev = open_dev(dev);
	if (!q->dev)
		return fail(dev, errno);
	rc = make_qp(q, IBV_QPT_RAW_PACKET);
	printf("%s%s\n", rc ? "refused: " : "made", rc ? strerror(rc) : "");
	return 0;
}

static int run(struct queue *q, int words, char **argv)
{
	if (words == 2 && !strcmp(argv[1], "raw"))
		return run_raw(q, argv[0]);
	if (words < 6 || queue_open(q, argv))
		return words < 6 ? 2 : 1;
	if (!strcmp(argv[4], "echo"))
		return run_echo(q, argv + 5);
	if (words != 8)
		return 2;
	return run_send(q, argv + 5, !strcmp(argv[4], "ask"));
}

int main(int argc, char **argv)
{
	static struct queue q;
	int rc = run(&q, argc - 1, argv + 1);

	queue_close(&q);
	if (rc == 2)
		fputs("usage: rdmasend DEV NETDEV FROM TO echo|send|ask ..., or DEV raw\n", stderr);
	return rc;
}
