// SPDX-License-Identifier: GPL-2.0-only
/* bench_gen.c - where the benchmark's frames come from
 *
 * Live frames of the kernel's test run cost least, but are of one page at most. Larger ones
 * are sent by a packet socket past the qdisc, a system call for each 64.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "rxbench.skel.h"
#include "util.h"

#define BATCH 64
#define MOST_LIVE 3072 /* a page, less what the kernel keeps in it */

bool bench_gen_by_socket(unsigned int size)
{
	return size > MOST_LIVE;
}

int bench_gen_socket(unsigned int ifindex)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)ifindex};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), one = 1, room = 4 << 20;

	bench_must(fd < 0 ? -errno : 0, "open a packet socket");
	bench_must(bind(fd, (struct sockaddr *)&to, sizeof(to)) ||
				   setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one,
					      sizeof(one)) ||
				   setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room))
			   ? -errno
			   : 0,
		   "make a packet socket");
	return fd;
}

static uint64_t by_socket(const struct bench_way *w, unsigned int size, uint32_t frames)
{
	uint8_t frame[BENCH_MOST_BYTES] = {0};
	struct iovec iov = {.iov_base = frame, .iov_len = size};
	struct mmsghdr msgs[BATCH] = {0};
	uint64_t start = bench_clock_ns();
	int n;

	memcpy(frame, w->head, BENCH_HEAD);
	for (n = 0; n < BATCH; n++)
		msgs[n].msg_hdr = (struct msghdr){.msg_iov = &iov, .msg_iovlen = 1};
	for (; frames; frames -= (uint32_t)n) {
		n = sendmmsg(w->socket, msgs, frames < BATCH ? frames : BATCH, 0);
		bench_must(n < 0 ? -errno : 0, "send frames");
	}
	return bench_clock_ns() - start;
}

uint64_t bench_generate(const struct bench_way *w, unsigned int size, uint32_t frames)
{
	uint8_t frame[MOST_LIVE] = {0};
	struct xdp_md ctx = {.data_end = size, .ingress_ifindex = 1}; /* lo */
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = size, .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .repeat = (int)frames,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = BATCH);

	if (bench_gen_by_socket(size))
		return by_socket(w, size, frames);
	memcpy(frame, w->head, BENCH_HEAD);
	memcpy(w->skel->bss->gen_head, w->head, sizeof(w->skel->bss->gen_head));
	bench_must(bpf_prog_test_run_opts(bpf_program__fd(w->skel->progs.bench_gen), &opts),
		   "run the generator");
	return (uint64_t)opts.duration * frames;
}
