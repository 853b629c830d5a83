/* SPDX-License-Identifier: GPL-2.0-only */
/* gen.h - random switches and random frames for them, from a seed */
#ifndef REPX_TEST_GEN_H
#define REPX_TEST_GEN_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "pkt.h"

#define GEN_YAML 8192
#define GEN_AGEING_S 5

struct gen {
	uint64_t state;
};

uint32_t gen_u32(struct gen *g);
uint32_t gen_below(struct gen *g, uint32_t n); /* 0..n-1 */
bool gen_chance(struct gen *g, uint32_t percent);

/* A switch that conf_parse() must accept; netdevs p0..p6 and a host port. */
void gen_conf(struct gen *g, char yaml[GEN_YAML]);
/* A frame that has to do with that switch; most are well formed. */
void gen_frame(struct gen *g, struct pkt *p);
/* One of the few addresses and VIDs that everything is about. */
void gen_mac(struct gen *g, uint8_t mac[6]);
unsigned int gen_vid(struct gen *g);

#endif
