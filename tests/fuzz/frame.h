/* SPDX-License-Identifier: GPL-2.0-only */
/* frame.h - what both frame fuzzers share: a switch, a frame at a guard page, and
 * what must hold whatever the frame
 *
 * Included behind the programs. The first bytes of the input choose the ingress
 * port, the tag in skb metadata (tc) and how far time goes on; the rest is the
 * frame. It ends where the page ends, so that reading past it faults.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include "image.c"

#define PAGE 4096UL
#define HEADROOM 256
#define FIRST_IFINDEX 100

enum { P_UPLINK, P_ACCESS, P_GUARDED, P_TRUNK, P_TUNNEL, P_ISOLATED, P_HOST, P_LEN };

static unsigned char *page; /* below 4 GiB: context fields have 32 bits */
static struct conf_port conf_ports[P_LEN];
static struct image_port host_ports[P_LEN];
static unsigned char sent_macs[12];
static unsigned int in_port, copies;

static void set_vids(struct conf_vlan *v, unsigned int from, unsigned int to)
{
	v->mode = CONF_VLAN_TRUNK;
	for (; from <= to; from++)
		v->set[from / 64] |= 1ULL << (from % 64);
}

static void make_conf(void)
{
	static uint8_t macs[1][6] = {{2, 0, 0, 0, 0, 2}};
	static struct conf_ip ips[1] = {{.len = 128}};
	unsigned int i;

	for (i = 0; i < P_LEN; i++) {
		conf_ports[i].up = conf_ports[i].learning = conf_ports[i].flood = true;
		conf_ports[i].vlan.mode = CONF_VLAN_ACCESS;
		conf_ports[i].vlan.vid = 10;
		conf_ports[i].mac_moves = 100;
		host_ports[i].slot = i;
		host_ports[i].ifindex = FIRST_IFINDEX + i;
		host_ports[i].mtu = 1500;
		host_ports[i].guard = 1;
		host_ports[i].flags = REPX_PORT_XMIT;
		host_ports[i].host_mac[0] = 2;
	}
	conf_ports[P_UPLINK].role = CONF_ROLE_UPLINK;
	set_vids(&conf_ports[P_UPLINK].vlan, 1, 4094);
	conf_ports[P_UPLINK].vlan.vid = 0;
	conf_ports[P_GUARDED].guard =
		(struct conf_guard){.on = true, .mac = macs, .mac_len = 1, .ip = ips, .ip_len = 1};
	conf_ports[P_GUARDED].mac_limit = 2;
	conf_ports[P_GUARDED].storm.broadcast = 1000;
	set_vids(&conf_ports[P_TRUNK].vlan, 10, 29);
	conf_ports[P_TRUNK].rate.rx = conf_ports[P_TRUNK].rate.tx = 1000000;
	conf_ports[P_TUNNEL].vlan.mode = CONF_VLAN_TUNNEL;
	conf_ports[P_TUNNEL].vlan.vid = 100;
	conf_ports[P_ISOLATED].isolated = true;
	conf_ports[P_HOST].role = CONF_ROLE_HOST;
}

/* Maps as the loader would fill them; their storage is the shim's. */
static void make_switch(void)
{
	static struct repx_port ports[1024];
	static struct repx_vlan vlans[REPX_MAX_VLANS];
	struct conf conf = {.ports = conf_ports, .ports_len = P_LEN, .ageing_ms = 1000};
	struct repx_guard_mac mac = {.set = 1, .mac = {2, 0, 0, 0, 0, 2}};
	uint32_t i, one = 1, zero = 0;
	struct repx_cfg *cfg;

	make_conf();
	cfg = bpf_map_lookup_elem(&repx_cfg, &zero);
	image_write(&conf, host_ports, 1024, ports, vlans, &cfg->sw[0]);
	for (i = 0; i < P_LEN; i++) {
		uint32_t ifindex = FIRST_IFINDEX + i;

		bpf_map_update_elem(&repx_ifaces, &ifindex, &i, BPF_ANY);
		bpf_map_update_elem(&repx_ports, &i, &ports[i], BPF_ANY);
	}
	for (i = 1; i < 64; i++)
		bpf_map_update_elem(&repx_vlans, &i, &vlans[i], BPF_ANY);
	i = 100;
	bpf_map_update_elem(&repx_vlans, &i, &vlans[i], BPF_ANY);
	bpf_map_update_elem(&repx_guard_mac, &mac, &one, BPF_ANY);
}

static void empty(struct shim_map *map)
{
	while (map->len)
		shim_delete(map, map->keys);
}

/* All that is learnt or remembered begins empty with every input, so that inputs reproduce. */
static void forget(void)
{
	empty(SHIM_MAP(&repx_fdb));
	empty(SHIM_MAP(&repx_maclim));
	empty(SHIM_MAP(&repx_state));
	empty(SHIM_MAP(&repx_cache));
	empty(SHIM_MAP(&repx_known));
	empty(SHIM_MAP(&repx_where));
}

static unsigned char *make_page(void)
{
	unsigned char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	assert(p != MAP_FAILED);
	assert(!mprotect(p + PAGE, PAGE, PROT_NONE));
	return p;
}

/* A frame of the input, at the end of the page. */
static unsigned char *place(const uint8_t *data, size_t len)
{
	unsigned char *frame = page + PAGE - len;

	memcpy(frame, data, len);
	memset(sent_macs, 0, sizeof(sent_macs));
	memcpy(sent_macs, data, len < 12 ? len : 12);
	copies = 0;
	return frame;
}

/* Must hold for each copy: it goes to another port, that shares a VLAN with the
 * port it came from, and its addresses are as they were. */
static void check_copy(uint32_t port, const unsigned char *frame)
{
	static const unsigned char links[] = {0x01, 0x80, 0xc2, 0, 0};
	bool a_tunnel = in_port == P_TUNNEL, tunnel = port == P_TUNNEL;

	assert(port < P_LEN && port != in_port);
	assert(!memcmp(frame, sent_macs, sizeof(sent_macs)));
	assert(++copies < P_LEN);
	if (in_port == P_UPLINK || port == P_UPLINK || !memcmp(sent_macs, links, 5))
		return;
	assert(!a_tunnel && !tunnel);
}

#define MAX_FRAME 2048
#define CONTROL 4

/* One input is up to 8 frames of equal length, so that addresses get learnt. */
static void each_frame(const uint8_t *data, size_t len,
		       void (*run)(unsigned char *, size_t, const uint8_t *))
{
	size_t count, each, i;

	if (!page) {
		page = make_page();
		make_switch();
	}
	forget();
	if (len < CONTROL + 1)
		return;
	count = 1 + data[len - 1] % 8;
	each = (len - 1) / count;
	for (i = 0; i < count && each > CONTROL; i++) {
		const uint8_t *control = data + i * each;
		size_t size = each - CONTROL < MAX_FRAME ? each - CONTROL : MAX_FRAME;

		in_port = control[0] % P_LEN;
		shim_now += control[1] * 10000000ULL;
		shim_jiffies += control[1] & 1;
		run(place(control + CONTROL, size), size, control);
	}
}
