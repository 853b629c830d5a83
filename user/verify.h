/* SPDX-License-Identifier: GPL-2.0-only */
/* verify.h - does a rule in the eswitch do what the data path would?
 *
 * A frame that the rule matches is given to the tracing copy of the programs, on the live
 * tables and addresses, and what would come out of it is compared with what the actions
 * make of it, as the kernel tells them. Nothing is sent.
 */
#ifndef REPX_VERIFY_H
#define REPX_VERIFY_H

#include "flower.h"
#include "frame.h"
#include "repx_trace.h"
#include "sw.h"

struct verify_copy {
	uint32_t ifindex; /* of the netdev it leaves by */
	uint32_t len;
	uint8_t frame[FRAME_MATCH_MAX + FRAME_TAG];
};

/* Both results of one frame. */
struct verify {
	struct flower_rule rule; /* as read back */
	uint8_t frame[FRAME_MATCH_MAX];
	uint32_t len;
	uint32_t verdict, reason; /* of the data path: REPX_VERDICT_*, REPX_DROP_* */
	bool kernel_copy;	  /* it gives the frame to the kernel, too */
	struct verify_copy sw[FLOWER_OUTS_MAX], hw[FLOWER_OUTS_MAX];
	unsigned int sw_len, hw_len;
	bool more; /* software has more copies than a rule could have */
};

/**
 * verify_rule() - compare one rule
 * @rule: as flower_get() or flower_walk() read it
 * Return: 1 the same for all of some frames; 0 @out has one for which it is not; -errno.
 */
int verify_rule(struct sw *sw, const struct flower_rule *rule, struct verify *out, struct err *err);

struct verify_count {
	size_t rules, differ;
};

/* All rules of the switch, in the kernel's order; @cb is called for each that differs.
 * One that is no longer there, or agrees at a second look, was changed meanwhile.
 * Return: 0, -errno with @err. */
int verify_all(struct sw *sw, void (*cb)(const struct verify *v, void *data), void *data,
	       struct verify_count *count, struct err *err);

#endif
