/* SPDX-License-Identifier: GPL-2.0-only */
/* fix.h - the fixture: real maps and programs beside the model, and one frame
 * through both
 *
 * The test process moves to a network namespace of its own, which goes with it.
 * In it are FIX_PORTS veth pairs: pN is the switch's side (netdev `pN` of a
 * conf), peerN what is behind the port. A host port has the last pair. MTUs are
 * 9000; what the switch is told is fix->mtu, so that refusals come from the
 * switch and never from veth.
 */
#ifndef REPX_TEST_FIX_H
#define REPX_TEST_FIX_H

#include "bpf_obj.h"
#include "image.h"
#include "model.h"

#define FIX_PORTS 8
#define FIX_HOST (FIX_PORTS - 1)
#define FIX_MAX_PORTS 512 /* slots: several words of a member set */
#define FIX_FDB 512
#define FIX_XMIT (REPX_PORT_XMIT | REPX_PORT_XMIT_SG)

enum fix_hook {
	FIX_XDP,	  /* test run of the XDP program */
	FIX_TC,		  /* test run of the tc program; copies really leave */
	FIX_LIVE_TCX,	  /* tc program attached, frames sent by the peers */
	FIX_LIVE_XDP,	  /* XDP and tc attached, native, as on a mixed switch */
	FIX_LIVE_TAG,	  /* the same, the outer tag beside the frame */
	FIX_LIVE_GENERIC, /* generic XDP and tc attached */
	FIX_LIVE_GENERIC_TAG,
	FIX_HOOKS
};

struct fix_net {
	uint32_t ifindex[FIX_PORTS], peer[FIX_PORTS];
	int sock[FIX_PORTS]; /* on the peers; -1 */
};

struct fix {
	struct fix_net net;
	struct bpf_obj obj;
	bool offline; /* the model alone */
	struct conf conf;
	bool conf_loaded;
	struct image_port image[FIX_PORTS];
	uint32_t mtu[FIX_PORTS];   /* by veth pair */
	uint32_t flags[FIX_PORTS]; /* REPX_PORT_XMIT..., by veth pair */
	int veth[FIX_PORTS];	   /* port of the conf -> veth pair */
	struct model model;
	enum fix_hook hook;		    /* that is on */
	struct repx_stats stats[FIX_PORTS]; /* as last read, by port */
	struct repx_drops drops[FIX_PORTS];
	/* descriptors, -1: not attached */
	int tcx_link[FIX_PORTS], xdp_link[FIX_PORTS], peer_link[FIX_PORTS], tag_link[FIX_PORTS];
	uint64_t t0, t1; /* around the last frame */
};

/* What a program did with a frame. */
struct fix_seen {
	int retval;	  /* test runs */
	struct pkt frame; /* test runs: what the program left */
	size_t out_len;	  /* copies that reached the peers */
	struct model_copy out[FIX_PORTS * 2];
	struct model_result counted; /* only the counters are filled */
};

/* Needs root. Return: 0; -errno with a line on stderr. */
int fix_open(struct fix *fix);
void fix_close(struct fix *fix);
/* No netdevs, maps or programs, and no root: only the model runs. */
void fix_open_offline(struct fix *fix);

/* Makes YAML the switch: maps empty but for it, model the same. Return: 0, -EINVAL
 * with the errors on stderr. */
int fix_conf(struct fix *fix, const char *yaml);
/* Writes the conf again after mtu[] or flags[] changed; nothing is forgotten. */
void fix_image(struct fix *fix);

/* FIX_LIVE_*: attaches what the hook needs and takes off what it does not. */
int fix_hook(struct fix *fix, enum fix_hook hook);

/* Both worlds at once: table entries and buckets of maps and model. */
void fix_fdb_put(struct fix *fix, unsigned int vlan, const uint8_t mac[6], int port, bool fixed);
void fix_fdb_del(struct fix *fix, unsigned int vlan, const uint8_t mac[6]);
void fix_fdb_age(struct fix *fix, unsigned int vlan, const uint8_t mac[6], uint64_t ns);
void fix_fdb_fill(struct fix *fix, bool expired); /* until the map refuses */
void fix_bucket(struct fix *fix, int port, enum repx_limit_id id, bool debt);
/* Buckets of which time would decide within a second are made full. */
void fix_settle(struct fix *fix);
uint32_t fix_ifindex(const struct fix *fix, int port);

/**
 * fix_run() - one frame through a hook and through the model, and compare
 * @ifindex: ingress; need not be a port (test runs only)
 * @want: what the model said
 *
 * Verdict, every copy, counters, FDB and buckets must agree. Return: true if so;
 * else what differs is on stderr. @finished (may be NULL): false where XDP left
 * the frame to tc.
 */
bool fix_run(struct fix *fix, enum fix_hook hook, uint32_t ifindex, const struct pkt *in,
	     struct model_result *want, bool *finished);
/* Can the hook be given this frame? The kernel itself loses tagged ones of less
 * than 20 bytes before tc, and copies of that kind before a peer reads them; the
 * test run of tc takes none with a cut IP header or of more than a page. */
bool fix_can(enum fix_hook hook, const struct pkt *in);
/* bpf_obj_trace() against the model; nothing may change. */
bool fix_trace(struct fix *fix, uint32_t ifindex, const struct pkt *in, struct model_result *want);

const char *fix_hook_name(enum fix_hook hook);
void fix_print_result(const struct fix *fix, const char *what, const struct model_result *r);

static inline bool fix_live(enum fix_hook hook)
{
	return hook >= FIX_LIVE_TCX;
}

/* Between the files of the fixture. */
void fix_hook_off(struct fix *fix);
int fix_net_open(struct fix_net *net);
void fix_net_close(struct fix_net *net);
int fix_net_send(struct fix_net *net, int veth, const struct pkt *pkt);
/* One frame from any peer. Return: its veth pair, or -1 after @timeout_ms. */
int fix_net_receive(struct fix_net *net, struct pkt *pkt, int timeout_ms);
void fix_count(struct fix *fix, struct model_result *delta);
bool fix_see(struct fix *fix, enum fix_hook hook, uint32_t ifindex, const struct pkt *in,
	     const struct model_result *want, struct fix_seen *seen);
/* Each prints what differs and returns false. */
bool fix_same_counters(const struct fix *fix, const struct model_result *want,
		       const struct model_result *got);
bool fix_same_frames(const struct fix *fix, enum fix_hook hook, const struct pkt *in,
		     const struct model_result *want, const struct fix_seen *seen);
/* These take over the programs' exact times where they agree. */
bool fix_same_fdb(struct fix *fix);
bool fix_same_buckets(struct fix *fix);

#endif
