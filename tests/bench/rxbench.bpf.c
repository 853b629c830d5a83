// SPDX-License-Identifier: GPL-2.0-only
/* rxbench.bpf.c - the bench's generator, its sink, and the bare references */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define FRAME_LEN 64

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sink_count SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} bare_tx SEC(".maps");

/* written by rxbench.c while the generator stands still */
__u32 gen_ifindex, bare_ifindex;
__u32 gen_flows = 1; /* a power of two; differ in the last byte of the source */
__u8 gen_macs[12];   /* destination, source */
__u32 gen_seq;

/* Sends the frame into one end of a veth, whose other end is a switch port. Test
 * frames are recycled, so the headers are written each time. */
SEC("xdp")
int bench_gen(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)data;

	if (data + FRAME_LEN > end)
		return XDP_ABORTED;
	__builtin_memcpy(eth->h_dest, gen_macs, 12);
	if (gen_flows > 1) {
		eth->h_source[3] = 1; /* never the destination: bridges would move it */
		eth->h_source[5] = gen_seq & (gen_flows - 1);
		eth->h_source[4] = (gen_seq & (gen_flows - 1)) >> 8;
		gen_seq++;
	}
	eth->h_proto = __builtin_bswap16(ETH_P_IP);
	return bpf_redirect(gen_ifindex, 0);
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

SEC("xdp.frags")
int bench_bare_xdp(struct xdp_md *ctx)
{
	return bpf_redirect_map(&bare_tx, 0, 0);
}

SEC("tc")
int bench_bare_tc(struct __sk_buff *ctx)
{
	return bpf_redirect(bare_ifindex, 0);
}

char LICENSE[] SEC("license") = "GPL";
