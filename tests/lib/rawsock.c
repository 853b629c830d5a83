// SPDX-License-Identifier: GPL-2.0-only
/* rawsock.c - packet sockets for the netns tests: whole frames, tags included */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "rawsock.h"

#define TAG_LEN 4
#define TAG_OFFSET 12

static int enter(const char *netns)
{
	char path[PATH_MAX];
	int fd, rc;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = setns(fd, CLONE_NEWNET) ? -errno : 0;
	close(fd);
	return rc;
}

static int set_receive_options(int fd)
{
	int one = 1, size = 8 << 20;

	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		return -errno;
	return 0;
}

int raw_open(const char *netns, const char *ifname, bool receive)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = receive ? htons(ETH_P_ALL) : 0,
	};
	int fd, rc = netns ? enter(netns) : 0;

	if (rc)
		return rc;
	addr.sll_ifindex = (int)if_nametoindex(ifname);
	if (!addr.sll_ifindex)
		return -ENODEV;
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	rc = receive ? set_receive_options(fd) : 0;
	if (!rc && bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		rc = -errno;
	if (rc) {
		close(fd);
		return rc;
	}
	return fd;
}

static size_t put_tag_back(uint8_t *buf, size_t len, size_t size, const struct tpacket_auxdata *aux)
{
	uint16_t tpid = ETH_P_8021Q;

	if (!(aux->tp_status & TP_STATUS_VLAN_VALID))
		return len;
	if (aux->tp_status & TP_STATUS_VLAN_TPID_VALID)
		tpid = aux->tp_vlan_tpid;
	if (len < TAG_OFFSET || len + TAG_LEN > size)
		return len;
	memmove(buf + TAG_OFFSET + TAG_LEN, buf + TAG_OFFSET, len - TAG_OFFSET);
	buf[TAG_OFFSET] = tpid >> 8;
	buf[TAG_OFFSET + 1] = tpid & 0xff;
	buf[TAG_OFFSET + 2] = aux->tp_vlan_tci >> 8;
	buf[TAG_OFFSET + 3] = aux->tp_vlan_tci & 0xff;
	return len + TAG_LEN;
}

ssize_t raw_recv(int fd, uint8_t *buf, size_t size, struct timespec *when)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(struct tpacket_auxdata)) +
			 CMSG_SPACE(sizeof(struct timespec))];
	} control;
	struct iovec iov = {.iov_base = buf, .iov_len = size};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct tpacket_auxdata aux = {0};
	struct cmsghdr *c;
	ssize_t len = recvmsg(fd, &msg, 0);

	if (len < 0)
		return -errno;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA)
			memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		else if (when && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS)
			memcpy(when, CMSG_DATA(c), sizeof(*when));
	}
	return (ssize_t)put_tag_back(buf, (size_t)len, size, &aux);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

ssize_t raw_parse_hex(const char *text, uint8_t *buf, size_t size)
{
	size_t digits = 0;

	for (; *text; text++) {
		int d = hex_digit(*text);

		if (d < 0 && strchr(" :._-", *text))
			continue;
		if (d < 0 || digits / 2 >= size)
			return -EINVAL;
		if (digits % 2)
			buf[digits / 2] = (uint8_t)(buf[digits / 2] << 4 | d);
		else
			buf[digits / 2] = (uint8_t)d;
		digits++;
	}
	return digits % 2 ? -EINVAL : (ssize_t)(digits / 2);
}

void raw_print_hex(FILE *out, const uint8_t *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fprintf(out, "%02x", buf[i]);
}

int64_t raw_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}
