// SPDX-License-Identifier: GPL-2.0-only
/* test_gso.c - GSO frames are judged, counted and charged by segment, on tc
 *
 * Once from a veth peer, whose stack says how many segments there are, and once
 * from a tap, as from a VM: there the frame has a segment size but no number.
 */
#include "fixtest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util.h"

#define YAML                                                                               \
	ROW_SW "ports:\n" ROW_UP ROW_B                                                     \
	       "- {name: l, netdev: p5, vlan: {access: 10}, rate: {rx: 1mbit, tx: 1mbit}," \
	       " storm: {broadcast: 1000pps}}\n"
#define L_VETH 5 /* the pair of port l */

#define HEADER 54U /* Ethernet, IPv4, TCP */
#define SEGS 3U
#define SIZE 1000U
#define LAST 10U /* bytes in the last segment */
#define WIRE (SEGS * HEADER + (SEGS - 1) * SIZE + LAST)
#define NS_PER_BYTE 8000U /* of 1 Mbit/s */
#define WAIT_NS 2000000000ULL

/* who sends: a descriptor that takes a virtio_net_hdr and a frame */
static int sender;

static void make_frame(struct pkt *pkt, const char *dst, uint32_t size)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "%s m1 ip4,10.0.0.1,10.0.0.2,6 hex,0001000200000000000000005010000000000000"
		 " raw,%u",
		 dst, size * (SEGS - 1) + LAST);
	pkt_text(pkt, text);
}

static void send_gso(const struct pkt *pkt, uint32_t size)
{
	struct virtio_net_hdr h = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
				   .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
				   .hdr_len = HEADER,
				   .gso_size = (uint16_t)size,
				   .csum_start = 34,
				   .csum_offset = 16};
	static uint8_t buf[sizeof(h) + PKT_MAX];

	memcpy(buf, &h, sizeof(h));
	memcpy(buf + sizeof(h), pkt->data, pkt->len);
	if (write(sender, buf, sizeof(h) + pkt->len) != (ssize_t)(sizeof(h) + pkt->len))
		fail_msg("sending: %s", strerror(errno));
}

/* From port l to @dst; what was counted. All buckets but @keep are full before. */
static void run(struct fix *fix, const char *dst, uint32_t size, int keep, struct model_result *got)
{
	int l = model_port(&fix->model, "l");
	uint64_t end = now_ns() + WAIT_NS;
	struct pkt pkt;

	make_frame(&pkt, dst, size);
	for (int id = 0; id < REPX_LIMIT_MAX; id++)
		if (id != keep)
			fix_bucket(fix, l, (enum repx_limit_id)id, false);
	fix_count(fix, NULL);
	send_gso(&pkt, size);
	do
		fix_count(fix, got);
	while (!got->stats[l].rx_packets && now_ns() < end);
	while (fix_net_receive(&fix->net, &pkt, 0) >= 0)
		;
}

static void begin(struct fix *fix)
{
	uint8_t mac[6];

	assert_int_equal(fix_conf(fix, YAML), 0);
	pkt_mac(mac, "m2");
	fix_fdb_put(fix, 10, mac, model_port(&fix->model, "up"), false);
}

static void test_counted(void **state)
{
	static struct model_result got;
	struct fix *fix = *state;
	const struct repx_stats *l, *up;

	begin(fix);
	l = &got.stats[model_port(&fix->model, "l")];
	up = &got.stats[model_port(&fix->model, "up")];
	run(fix, "m2", SIZE, -1, &got);
	assert_int_equal(l->rx_packets, SEGS);
	assert_int_equal(l->rx_bytes, WIRE);
	assert_int_equal(l->forwarded, SEGS);
	assert_int_equal(up->tx_packets, SEGS);
	assert_int_equal(up->tx_bytes, WIRE + SEGS * 4);
}

static void test_flood(void **state)
{
	static struct model_result got;
	struct fix *fix = *state;
	int l, b;

	begin(fix);
	l = model_port(&fix->model, "l");
	b = model_port(&fix->model, "b");
	run(fix, "bc", SIZE, -1, &got);
	assert_int_equal(got.stats[l].flooded, SEGS);
	assert_int_equal(got.stats[l].flood_copies, 2 * SEGS);
	assert_int_equal(got.stats[b].tx_packets, SEGS);
	assert_int_equal(got.stats[b].tx_bytes, WIRE);
}

/* A full segment is what may be too long, not the whole. */
static void test_size(void **state)
{
	static struct model_result got;
	struct fix *fix = *state;
	int l;

	begin(fix);
	l = model_port(&fix->model, "l");
	run(fix, "m2", 1518 - 4 - HEADER, -1, &got);
	assert_int_equal(got.stats[l].forwarded, SEGS);
	run(fix, "m2", 1518 - 4 - HEADER + 1, -1, &got);
	assert_int_equal(got.drops[l][REPX_DROP_too_big], SEGS);
}

static uint64_t charged(struct fix *fix, enum repx_limit_id id, const char *dst)
{
	static struct model_result got;
	int l = model_port(&fix->model, "l");
	__u64 *tat = &fix->obj.state_mem[fix->image[l].slot].tat[id];
	uint64_t before = now_ns() << REPX_TICKS_SHIFT;

	*tat = before; /* neither in debt nor full */
	run(fix, dst, SIZE, id, &got);
	return (*tat - before) >> REPX_TICKS_SHIFT;
}

static void test_limits(void **state)
{
	uint64_t want = (uint64_t)WIRE * NS_PER_BYTE, frames = SEGS * 1000000ULL;
	struct fix *fix = *state;

	begin(fix);
	assert_in_range(charged(fix, REPX_LIMIT_RX, "m2"), want - 100, want + 100);
	assert_in_range(charged(fix, REPX_LIMIT_BROADCAST, "bc"), frames - 100, frames + 100);
}

static int setup_veth(void **state)
{
	struct fix *fix = *state;
	int on = 1;

	sender = fix->net.sock[L_VETH];
	if (setsockopt(sender, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		return -1;
	return fix_hook(fix, FIX_LIVE_TCX);
}

static int teardown_veth(void **state)
{
	struct fix *fix = *state;
	int off = 0;

	fix_hook_off(fix);
	return setsockopt(fix->net.sock[L_VETH], SOL_PACKET, PACKET_VNET_HDR, &off, sizeof(off));
}

/* equal to: ip tuntap add dev tap5 mode tap vnet_hdr; ip link set tap5 mtu 9000 up */
static int open_tap(uint32_t *ifindex)
{
	struct ifreq req = {.ifr_name = "tap5"};
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	req.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
	if (fd < 0 || sock < 0 || ioctl(fd, TUNSETIFF, &req))
		return -1;
	*ifindex = if_nametoindex(req.ifr_name);
	req.ifr_mtu = 9000;
	if (ioctl(sock, SIOCSIFMTU, &req) || ioctl(sock, SIOCGIFFLAGS, &req))
		return -1;
	req.ifr_flags |= IFF_UP;
	if (ioctl(sock, SIOCSIFFLAGS, &req))
		return -1;
	close(sock);
	return fd;
}

static uint32_t veth_ifindex;

/* port l is the tap for a while */
static int setup_tap(void **state)
{
	struct fix *fix = *state;

	veth_ifindex = fix->net.ifindex[L_VETH];
	sender = open_tap(&fix->net.ifindex[L_VETH]);
	return sender < 0 ? -1 : fix_hook(fix, FIX_LIVE_TCX);
}

static int teardown_tap(void **state)
{
	struct fix *fix = *state;

	fix_hook_off(fix);
	fix->net.ifindex[L_VETH] = veth_ifindex;
	return close(sender);
}

#define ON(test, what) cmocka_unit_test_setup_teardown(test, setup_##what, teardown_##what)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(test_counted, veth), ON(test_flood, veth),  ON(test_size, veth),
		ON(test_limits, veth),	ON(test_counted, tap), ON(test_flood, tap),
		ON(test_size, tap),	ON(test_limits, tap),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
