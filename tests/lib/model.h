/* SPDX-License-Identifier: GPL-2.0-only */
/* model.h - the reference model: the rules of switching as plain C
 *
 * Written from the rules alone and for reading, not for speed: where a program
 * and this model disagree, one of the two has misread the rules. The model has
 * its own address table, buckets and clock; it knows nothing of maps.
 *
 * Ports are numbers: the index in conf->ports.
 */
#ifndef REPX_TEST_MODEL_H
#define REPX_TEST_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "pkt.h"
#include "repx_abi.h"
#include "repx_trace.h"

#define MODEL_PORTS 8
#define MODEL_FDB 1024
#define MODEL_NONE (-1)

/* what the host says of a port's netdev */
struct model_host {
	uint32_t ifindex;
	uint32_t mtu;
	uint8_t mac[6];
	uint8_t stack_mac[6]; /* host port: of the stack's side */
};

struct model_fdb {
	uint16_t vlan;
	uint8_t mac[6];
	int port;
	bool is_static;
	uint64_t seen; /* ns */
};

struct model {
	const struct conf *conf;
	struct model_host host[MODEL_PORTS];
	uint64_t now; /* ns; the caller moves it */
	uint32_t mark;
	bool fdb_full; /* no place for a new address */
	struct model_fdb fdb[MODEL_FDB];
	size_t fdb_len;
	/* when the bucket is full again, ns */
	double full_at[MODEL_PORTS][REPX_LIMIT_MAX];
};

struct model_copy {
	int port;
	struct pkt pkt;
};

struct model_result {
	uint32_t verdict, reason;
	bool counted;	  /* the port is configured */
	bool early;	  /* rules 1 to 6 gave the verdict */
	int known;	  /* port a unicast destination not the source is behind, or MODEL_NONE */
	bool kernel_copy; /* flooded, and the kernel gets it too */
	int in;		  /* ingress port */
	int vlan;	  /* it was classified to, or MODEL_NONE */
	size_t out_len;
	struct model_copy out[MODEL_PORTS];
	/* what is added to the counters */
	struct repx_stats stats[MODEL_PORTS];
	uint64_t drops[MODEL_PORTS][REPX_DROP_MAX];
	uint64_t events[MODEL_PORTS][REPX_EVENT_MAX];
};

/* @conf must stay; its static entries are put into the table. */
void model_init(struct model *m, const struct conf *conf, const struct model_host *host);

/* One frame, its tag in place, received on @ifindex. */
void model_run(struct model *m, uint32_t ifindex, const struct pkt *in, struct model_result *out);

/* The table. Age and put are for tests that need a past. */
struct model_fdb *model_fdb_find(struct model *m, unsigned int vlan, const uint8_t mac[6]);
struct model_fdb *model_fdb_put(struct model *m, unsigned int vlan, const uint8_t mac[6], int port,
				bool is_static);
void model_fdb_del(struct model *m, unsigned int vlan, const uint8_t mac[6]);

int model_port(const struct model *m, const char *name); /* "host": the host port */
const char *model_verdict_name(uint32_t verdict);
const char *model_drop_name(uint32_t reason);
const char *model_event_name(uint32_t event);
/* ns that @amount (bytes, frames or moves) costs, and that the bucket holds; 0: no limit */
double model_cost(const struct model *m, int port, enum repx_limit_id id, double amount);
double model_burst(const struct model *m, int port, enum repx_limit_id id);

/* Between the files of the model. */

/* A frame taken apart as rules 1 and 3 do. */
struct model_frame {
	const struct pkt *in;
	const uint8_t *dst, *src;
	size_t payload;	      /* offset of the ethertype after the outer tag */
	unsigned int tag_len; /* bytes of a tag to take off: 0 or 4 */
	bool tagged;	      /* has an outer tag */
	unsigned int tpid, tci;
	int vlan;
	unsigned int prio; /* PCP and DEI as in a TCI: bits 15..12 */
};

/* Return: a drop reason, or MODEL_NONE. */
int model_guard(const struct conf_guard *g, const struct model_frame *f);
/* @learnt_by: port. Events go to @out. Return: a drop reason, or MODEL_NONE. */
int model_learn(struct model *m, int port, const struct model_frame *f, struct model_result *out);
/* The port an address is behind, or MODEL_NONE; the host's own address too. */
int model_lookup(struct model *m, int vlan, const uint8_t mac[6]);
/* Charges the bucket. Return: false when the frame is over the limit. */
bool model_limit(struct model *m, int port, enum repx_limit_id id, double amount);
bool model_member(const struct model *m, int port, int vlan);
int model_host_port(const struct model *m);
bool model_tunnel_vlan(const struct model *m, int vlan);

static inline bool model_group(const uint8_t mac[6])
{
	return mac[0] & 1;
}

#endif
