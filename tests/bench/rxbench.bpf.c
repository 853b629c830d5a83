// SPDX-License-Identifier: GPL-2.0-only
/* rxbench.bpf.c - the bench's generator, its sink, the bare references, and limits */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "repx_abi.h"

#define HEAD_LEN 24 /* what a switch may write to: two tags on or off */
#define MAX_OUTS 1024

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sink_count SEC(".maps");

/* What the generator sends into, by enum bench_to. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} gen_tx SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, MAX_OUTS);
	__type(key, __u32);
	__type(value, __u32);
} bare_tx SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_OUTS);
	__type(key, __u32);
	__type(value, __u32);
} bare_ifindex SEC(".maps");

/* The FDB of the limit of a hash: as large as repx's. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* loader */
	__type(key, struct repx_fdb_key);
	__type(value, struct repx_fdb);
} limit_fdb SEC(".maps");

/* What takes the least memory, and the fewest accesses, of all tables: a word for an address (of
 * fewer no 60 bits of VLAN and address could be told apart), in the order of the addresses. */
const volatile __u32 flat_places = 1; /* a power of two */
const volatile __u32 flat_work; /* rounds of arithmetic with what was found: a switch has rules */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* loader: flat_places */
	__type(key, __u32);
	__type(value, __u64);
} limit_flat SEC(".maps");

/* The CPU that frames are handed to. */
struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 1); /* loader: no kernel takes more than it has CPUs */
	__type(key, __u32);
	__type(value, struct bpf_cpumap_val);
} limit_cpus SEC(".maps");

struct limit_count {
	__u64 packets, bytes;
};

/* Counters of two ports. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct limit_count);
} limit_counts SEC(".maps");

/* The one source address that is allowed. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} limit_source SEC(".maps");

/* The bare programs choose among the ports by the destination's low 16 bits. */
const volatile __u32 bare_spread;
const volatile __u32 bare_one;
const volatile __u32 bare_outs;

/* written by the bench while the generator stands still */
__u32 gen_to;		  /* enum bench_to */
__u32 gen_dsts, gen_srcs; /* 0: as in the head; else so many, one after the other */
__u32 gen_dst, gen_src;	  /* the next ones */
__u32 gen_step;		  /* from one destination to the next, modulo gen_dsts */
__u32 gen_mix;		  /* odd; the address of the nth is n * gen_mix */
__u64 gen_head[HEAD_LEN / 8];

/* The low 24 bits of an address. */
static void number_mac(__u8 *mac, __u32 n)
{
	n *= gen_mix;
	mac[3] = n >> 16;
	mac[4] = n >> 8;
	mac[5] = n;
}

/* Sends the frame into one end of a veth, whose other end is a switch port. Test frames are
 * recycled, so that what a switch may have written is written anew. */
SEC("xdp")
int bench_gen(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 i;

	if (data + HEAD_LEN > end)
		return XDP_ABORTED;
	for (i = 0; i < HEAD_LEN / 8; i++)
		((__u64 *)data)[i] = gen_head[i];
	if (gen_dsts) {
		number_mac(data, gen_dst);
		gen_dst += gen_step;
		if (gen_dst >= gen_dsts)
			gen_dst -= gen_dsts;
	}
	if (gen_srcs) {
		number_mac(data + ETH_ALEN, gen_src);
		gen_src = gen_src + 1 < gen_srcs ? gen_src + 1 : 0;
	}
	return bpf_redirect_map(&gen_tx, gen_to, 0);
}

SEC("xdp.frags")
int bench_sink(struct xdp_md *ctx)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&sink_count, &zero);

	if (n)
		(*n)++;
	return XDP_DROP;
}

static __u32 chosen(void *data, void *end)
{
	struct ethhdr *eth = data;

	if (data + sizeof(*eth) > end)
		return 0;
	return eth->h_dest[4] << 8 | eth->h_dest[5];
}

SEC("xdp.frags")
int bench_bare_xdp(struct xdp_md *ctx)
{
	__u32 key = 0;

	if (bare_spread)
		key = chosen((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	return bpf_redirect_map(&bare_tx, key, 0);
}

SEC("tc")
int bench_bare_tc(struct __sk_buff *ctx)
{
	__u32 key, *ifindex;

	if (!bare_spread)
		return bpf_redirect(bare_one, 0);
	key = chosen((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	ifindex = bpf_map_lookup_elem(&bare_ifindex, &key);
	return ifindex ? bpf_redirect(*ifindex, 0) : TC_ACT_SHOT;
}

/* --- limits: what only the one thing costs that a case is about ------------------- */

static __attribute__((always_inline)) int push_xdp(struct xdp_md *ctx, __u32 port)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u64 macs[2];

	if (data + ETH_HLEN > end)
		return XDP_ABORTED;
	macs[0] = *(__u64 *)data;
	macs[1] = *(__u32 *)(data + 8);
	if (bpf_xdp_adjust_head(ctx, -4))
		return XDP_ABORTED;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if (data + ETH_HLEN + 4 > end)
		return XDP_ABORTED;
	*(__u64 *)data = macs[0];
	*(__u32 *)(data + 8) = macs[1];
	*(__u32 *)(data + 12) = bpf_htonl(ETH_P_8021Q << 16 | 10);
	return bpf_redirect_map(&bare_tx, port, 0);
}

SEC("xdp.frags")
int bench_push_xdp(struct xdp_md *ctx)
{
	return push_xdp(ctx, 0);
}

SEC("tc")
int bench_push_tc(struct __sk_buff *ctx)
{
	if (bpf_skb_vlan_push(ctx, bpf_htons(ETH_P_8021Q), 10))
		return TC_ACT_SHOT;
	return bpf_redirect(bare_one, 0);
}

static void count(__u32 port, __u64 bytes)
{
	struct limit_count *c = bpf_map_lookup_elem(&limit_counts, &port);

	if (!c)
		return;
	c->packets++;
	c->bytes += bytes;
}

/* The least that a guard of one address and counters of two ports take. */
static __attribute__((always_inline)) int allowed(__u8 *data, __u8 *end)
{
	__u32 zero = 0;
	__u64 *source = bpf_map_lookup_elem(&limit_source, &zero);

	return source && data + ETH_HLEN <= end && *(__u64 *)(data + 4) >> 16 == *source;
}

static __attribute__((always_inline)) int guard_and_count(__u8 *data, __u8 *end)
{
	if (!allowed(data, end))
		return 0;
	count(0, end - data);
	count(1, end - data + 4);
	return 1;
}

SEC("xdp.frags")
int bench_count_xdp(struct xdp_md *ctx)
{
	if (!guard_and_count((void *)(long)ctx->data, (void *)(long)ctx->data_end))
		return XDP_ABORTED;
	return push_xdp(ctx, 0);
}

SEC("tc")
int bench_count_tc(struct __sk_buff *ctx)
{
	if (!guard_and_count((void *)(long)ctx->data, (void *)(long)ctx->data_end) ||
	    bpf_skb_vlan_push(ctx, bpf_htons(ETH_P_8021Q), 10))
		return TC_ACT_SHOT;
	return bpf_redirect(bare_one, 0);
}

/* What no switch can do without: the source is compared, the destination looked up, the frame
 * counted where it came from and where it goes. Return: the port that the table says, or -1. It
 * is empty: all are behind port 0. The rest of the word is not even compared. */
static __attribute__((always_inline)) int flat_switch(__u8 *data, __u8 *end)
{
	__u64 *word, port;
	__u32 place, i;

	if (data + ETH_HLEN > end)
		return -1;
	place = bpf_be64_to_cpu(*(__u64 *)data) >> 16 & (flat_places - 1);
	word = bpf_map_lookup_elem(&limit_flat, &place);
	if (!word || !allowed(data, end))
		return -1;
	count(0, end - data);
	port = *word;
	for (i = 0; i < flat_work; i++) {
		port *= 3;
		asm volatile("" : "+r"(port)); /* each round, one after the other */
	}
	count(1 + port, end - data + 4);
	return port & 0xffff;
}

SEC("xdp.frags")
int bench_flat_xdp(struct xdp_md *ctx)
{
	int port = flat_switch((void *)(long)ctx->data, (void *)(long)ctx->data_end);

	return port < 0 ? XDP_ABORTED : push_xdp(ctx, port);
}

SEC("tc")
int bench_flat_tc(struct __sk_buff *ctx)
{
	int port = flat_switch((void *)(long)ctx->data, (void *)(long)ctx->data_end);

	if (port < 0 || bpf_skb_vlan_push(ctx, bpf_htons(ETH_P_8021Q), 10))
		return TC_ACT_SHOT;
	return bpf_redirect(bare_one + port, 0);
}

static int is_known(void *data, void *end)
{
	struct repx_fdb_key key = {.vlan = 10};
	struct ethhdr *eth = data;

	if (data + sizeof(*eth) > end)
		return 0;
	__builtin_memcpy(key.mac, eth->h_dest, ETH_ALEN);
	return bpf_map_lookup_elem(&limit_fdb, &key) != NULL;
}

SEC("xdp.frags")
int bench_hash_xdp(struct xdp_md *ctx)
{
	if (!is_known((void *)(long)ctx->data, (void *)(long)ctx->data_end))
		return XDP_ABORTED;
	return bpf_redirect_map(&bare_tx, 0, 0);
}

SEC("tc")
int bench_hash_tc(struct __sk_buff *ctx)
{
	if (!is_known((void *)(long)ctx->data, (void *)(long)ctx->data_end))
		return TC_ACT_SHOT;
	return bpf_redirect(bare_one, 0);
}

const volatile __u32 other_cpu;

SEC("xdp.frags")
int bench_cpu_xdp(struct xdp_md *ctx)
{
	return bpf_redirect_map(&limit_cpus, other_cpu, 0);
}

/* ... and what it does with them */
SEC("xdp.frags/cpumap")
int bench_bare_cpu(struct xdp_md *ctx)
{
	return bpf_redirect_map(&bare_tx, 0, 0);
}

SEC("xdp.frags")
int bench_flood_xdp(struct xdp_md *ctx)
{
	return bpf_redirect_map(&bare_tx, 0, BPF_F_BROADCAST);
}

/* bpf_loop() takes a pointer to the stack only */
static long send_copy(__u32 i, struct __sk_buff **ctx)
{
	__u32 *ifindex = bpf_map_lookup_elem(&bare_ifindex, &i);

	return !ifindex || bpf_clone_redirect(*ctx, *ifindex, 0);
}

SEC("tc")
int bench_flood_tc(struct __sk_buff *ctx)
{
	__u32 last = bare_outs - 1, *ifindex;

	bpf_loop(last, send_copy, &ctx, 0);
	ifindex = bpf_map_lookup_elem(&bare_ifindex, &last);
	return ifindex ? bpf_redirect(*ifindex, 0) : TC_ACT_SHOT;
}

SEC("xdp.frags")
int bench_drop_xdp(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("tc")
int bench_drop_tc(struct __sk_buff *ctx)
{
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "GPL";
