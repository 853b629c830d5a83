/* SPDX-License-Identifier: GPL-2.0-only */
/* repx_trace.h - what the tracing copy of the programs tells: map repx_trace */
#ifndef REPX_TRACE_H
#define REPX_TRACE_H

#include "repx_abi.h"

/* Steps in the order a frame meets them. a and b are described by the text. */
#define REPX_STEPS(X)                                                     \
	X(parse, "frame of %u bytes, tag TPID/TCI 0x%08llx (0: none)")    \
	X(port, "received on slot %u, flags 0x%llx")                      \
	X(classify, "classified to VLAN %u, PCP and DEI %llu")            \
	X(reserved, "link-local group address 01:80:c2:00:00:%02x")       \
	X(guard_mac, "guard: source MAC looked up in set %u, found %llu") \
	X(guard_ip, "guard: %u bytes of address looked up, listed %llu")  \
	X(limit, "limit %u passed, cost in ticks %llu")                   \
	X(learn, "source address is behind slot %u, known %llu")          \
	X(dst, "destination address is behind slot %u, flags %llu")       \
	X(miss, "destination unknown, unknown: %u")                       \
	X(group, "broadcast (%u 1) or multicast (0)")                     \
	X(copy, "copy for slot %u, tag TPID/TCI 0x%08llx (0: none)")      \
	X(skip, "no copy for slot %u, because of drop reason %llu")       \
	X(egress, "leaves by slot %u, tag TPID/TCI 0x%08llx (0: none)")

#define REPX_ENUM_STEP(name, text) REPX_STEP_##name,
enum repx_step { REPX_STEPS(REPX_ENUM_STEP) REPX_STEP_MAX };
#undef REPX_ENUM_STEP

#define REPX_VERDICT_FORWARD 0
#define REPX_VERDICT_FLOOD 1
#define REPX_VERDICT_HOST 2
#define REPX_VERDICT_DROP 3
#define REPX_VERDICT_KERNEL 4

#define REPX_TRACE_STEPS 64 /* a power of two; later ones are not kept */

struct repx_trace_step {
	__u32 step; /* REPX_STEP_* */
	__u32 a;
	__u64 b;
};

struct repx_trace_out {
	__u32 port; /* slot */
	__u16 tpid; /* host order; 0: leaves without a tag */
	__u16 tci;
};

/* repx_trace, one element; user space clears it before each frame, and says how
 * long the frame is: the test run may be given more of it, or only its beginning */
struct repx_trace {
	__u32 frame_size;
	__u32 verdict; /* REPX_VERDICT_* */
	__u32 reason;  /* REPX_DROP_*, where the verdict is drop */
	__u32 steps_len;
	__u32 out_len;
	__u32 strip;	   /* the frame's outer tag is taken off before any other is put on */
	__u32 kernel_copy; /* shared uplink: the kernel gets it as well */
	__u32 pad;
	struct repx_trace_step steps[REPX_TRACE_STEPS];
	struct repx_trace_out out[REPX_MAX_PORTS];
};

#endif
