// SPDX-License-Identifier: GPL-2.0-only
/* fix_net.c - the fixture's network namespace, veth pairs and packet sockets */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fix.h"

#define ETH_P_ALL_BE htons(0x0003)
#define TAG_LEN 4

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* One CPU for the process and the softirqs its frames cause: what was sent has
 * arrived when the system call returns, and no per-CPU memory is in another. */
static int one_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

static int make_veths(void)
{
	FILE *f = popen("ip -batch -", "w");

	if (!f)
		return -errno;
	fprintf(f, "link set dev lo up\n");
	for (int i = 0; i < FIX_PORTS; i++)
		fprintf(f,
			"link add p%d mtu 9000 address 02:aa:00:00:00:%02x type veth"
			" peer name peer%d mtu 9000 address 02:bb:00:00:00:%02x\n"
			"link set dev p%d up\nlink set dev peer%d up\n",
			i, i, i, i, i, i);
	return pclose(f) ? -EIO : 0;
}

static int open_socket(uint32_t ifindex)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET, .sll_protocol = ETH_P_ALL_BE, .sll_ifindex = (int)ifindex};
	int on = 1, size = 1 << 20;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

int fix_net_open(struct fix_net *net)
{
	char name[IFNAMSIZ];
	int err;

	for (int i = 0; i < FIX_PORTS; i++)
		net->sock[i] = -1;
	if (unshare(CLONE_NEWNET))
		return -errno;
	write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	err = one_cpu();
	if (!err)
		err = make_veths();
	for (int i = 0; !err && i < FIX_PORTS; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		net->ifindex[i] = if_nametoindex(name);
		snprintf(name, sizeof(name), "peer%d", i);
		net->peer[i] = if_nametoindex(name);
		net->sock[i] = open_socket(net->peer[i]);
		if (net->sock[i] < 0)
			err = net->sock[i];
	}
	if (err)
		fix_net_close(net);
	return err;
}

void fix_net_close(struct fix_net *net)
{
	for (int i = 0; i < FIX_PORTS; i++) {
		if (net->sock[i] >= 0)
			close(net->sock[i]);
		net->sock[i] = -1;
	}
}

int fix_net_send(struct fix_net *net, int veth, const struct pkt *pkt)
{
	if (send(net->sock[veth], pkt->data, pkt->len, 0) != (ssize_t)pkt->len)
		return -errno;
	return 0;
}

/* The kernel keeps the outer tag beside the frame; puts it back in. */
static void restore_tag(struct msghdr *msg, struct pkt *pkt)
{
	struct tpacket_auxdata *aux;
	unsigned int tpid;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		aux = (struct tpacket_auxdata *)CMSG_DATA(c);
		if (!(aux->tp_status & TP_STATUS_VLAN_VALID) || pkt->len + TAG_LEN > PKT_MAX)
			continue;
		tpid = aux->tp_status & TP_STATUS_VLAN_TPID_VALID ? aux->tp_vlan_tpid : PKT_8021Q;
		memmove(pkt->data + 16, pkt->data + 12, pkt->len - 12);
		memcpy(pkt->data + 12,
		       (uint8_t[4]){(uint8_t)(tpid >> 8), (uint8_t)tpid,
				    (uint8_t)(aux->tp_vlan_tci >> 8), (uint8_t)aux->tp_vlan_tci},
		       TAG_LEN);
		pkt->len += TAG_LEN;
	}
}

static bool receive_one(int fd, struct pkt *pkt)
{
	char control[256];
	struct iovec iov = {pkt->data, sizeof(pkt->data)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);

	if (n < 0)
		return false;
	pkt->len = (size_t)n;
	pkt->ip = 0;
	restore_tag(&msg, pkt);
	return true;
}

int fix_net_receive(struct fix_net *net, struct pkt *pkt, int timeout_ms)
{
	struct pollfd fds[FIX_PORTS];

	for (int i = 0; i < FIX_PORTS; i++)
		fds[i] = (struct pollfd){.fd = net->sock[i], .events = POLLIN};
	if (poll(fds, FIX_PORTS, timeout_ms) <= 0)
		return -1;
	for (int i = 0; i < FIX_PORTS; i++)
		if (fds[i].revents & POLLIN && receive_one(net->sock[i], pkt))
			return i;
	return -1;
}
