/* SPDX-License-Identifier: GPL-2.0-only */
/* bpf_obj.h - the programs and maps of one switch: load, pin, reuse, access
 *
 * The only includer of the skeletons. Everything below is pinned in DIR/maps
 * and DIR/progs and outlives the process.
 */
#ifndef REPX_BPF_OBJ_H
#define REPX_BPF_OBJ_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "repx_abi.h"
#include "repx_trace.h"

struct bpf_object;

/* map fds by name; the mmapped ones also as memory */
struct bpf_obj {
	int cfg, ports, vlans, ifaces, fdb, maclim, state, guard_mac, guard_ip, stats, drops, tx,
		cache, events, flows, moves, hw, memo, passed, known, where;
	struct repx_cfg *cfg_mem;     /* 1 */
	struct repx_port *ports_mem;  /* 2 * max_ports */
	struct repx_vlan *vlans_mem;  /* 2 * 4096 */
	struct repx_state *state_mem; /* max_ports */
	struct repx_hw *hw_mem;	      /* max_ports; NULL: the switch was made without */
	uint32_t max_ports, fdb_size;
	int xdp_prog, tc_prog;	 /* -1: not loaded */
	char xdp_why[256];	 /* why xdp_prog is -1 */
	struct repx_tr *tracer;	 /* loaded by the first bpf_obj_trace() */
	struct repx_sy *toucher; /* ... and bpf_obj_touch() */
	bool made;		 /* maps were created by this open */
};

struct bpf_obj_size {
	uint32_t max_ports, fdb_size;
};

/**
 * bpf_obj_open() - the maps and programs of a switch, made or taken over
 * @dir: its bpffs folder; maps/ and progs/ are made below it when missing.
 *	 NULL: pin nothing (tests)
 * @size: for maps that must be made; NULL: only open what is pinned, load no
 *	  program (show, fdb, stats)
 * @reload: load new programs although pinned ones exist (an upgrade); the new
 *	    ones are pinned by bpf_obj_pin_progs()
 *
 * Pinned maps of another ABI version are refused with -EPROTO and both numbers
 * in @err; other sizes than asked for with -EFBIG. Return: 0; -ENOENT: @size is
 * NULL and there is no such switch; -errno.
 */
int bpf_obj_open(struct bpf_obj *obj, const char *dir, const struct bpf_obj_size *size, bool reload,
		 struct err *err);

/* Names the programs that this repx carries: another build, another name. */
const char *bpf_obj_build(void);

/* Pins (again) the programs of @obj below @dir, replacing pins. */
int bpf_obj_pin_progs(struct bpf_obj *obj, const char *dir, struct err *err);

void bpf_obj_close(struct bpf_obj *obj); /* pins stay; takes {0}-like BPF_OBJ_NONE */

/**
 * bpf_obj_xdp_object() - the XDP program as an object for libxdp, which loads
 * programs itself: opened, not loaded, on this switch's maps
 * @obj: a struct bpf_obj *, as void * for struct attach_env
 * @out: the caller's, to bpf_object__close()
 * Return: 0, -errno.
 */
int bpf_obj_xdp_object(void *obj, struct bpf_object **out);

/* Pins of its links, beside the programs */
#define BPF_OBJ_REFUSED_PIN "repx_refused"
#define BPF_OBJ_XMIT_PIN "repx_xmit"

/* Counts (event tx_error) the XDP redirects that come to nothing, or stops to. @errors: those
 * that the kernel cannot even hand over; costs nothing else. @xmit: those that a device
 * refuses later; every redirect of the host is looked at for it. */
void bpf_obj_watch_xdp(const struct bpf_obj *obj, const char *dir, bool errors, bool xmit);

/* Before programs are loaded: each map of @bo that the switch has is made that one, others
 * are given their size. Return: 0, -errno. */
int bpf_obj_prepare_maps(const struct bpf_obj *obj, struct bpf_object *bo);

/* What programs for these maps are loaded with. */
struct repx_sizes bpf_obj_sizes(const struct bpf_obj *obj);

/* Removes DIR/maps and DIR/progs with all pins in them. */
int bpf_obj_unpin(const char *dir, struct err *err);

/* Which half of ports_mem, vlans_mem and cfg_mem->sw is in use: 0 or 1. */
uint32_t bpf_obj_half(const struct bpf_obj *obj);
/* Makes the other half the one in use: seen whole or not at all by a frame. */
void bpf_obj_flip(struct bpf_obj *obj);
/* Voids what programs remember: after FDB entries were deleted or moved. */
void bpf_obj_void(struct bpf_obj *obj);
/* Waits until no program can still be using what was replaced before. */
void bpf_obj_wait(void);

/* Per-CPU sums. Return: 0, -errno. */
int bpf_obj_stats(const struct bpf_obj *obj, uint32_t slot, struct repx_stats *out);
int bpf_obj_drops(const struct bpf_obj *obj, uint32_t slot, struct repx_drops *out);
/* Zeroes counters and limit state of a slot that gets a new port. */
int bpf_obj_clear_slot(struct bpf_obj *obj, uint32_t slot);

/* All FDB entries, in batches. @cb returns 0 to go on. Return: 0, @cb's, -errno. */
int bpf_obj_fdb_walk(const struct bpf_obj *obj,
		     int (*cb)(const struct repx_fdb_key *key, const struct repx_fdb *entry,
			       void *data),
		     void *data);

/* All flows that were counted, in batches. @cb returns 0 to go on. Return: as above. */
int bpf_obj_flow_walk(const struct bpf_obj *obj,
		      int (*cb)(const struct repx_flow_key *key, const struct repx_flow *flow,
				void *data),
		      void *data);
/* Forgets the flows from and to slots: @slots has max_ports elements; NULL: all flows.
 * Return: 0, -errno. */
int bpf_obj_flow_clear(const struct bpf_obj *obj, const bool *slots);

/* Runs repx_touch: see struct repx_touch. Return: 1 done, 0 the address is not on that
 * port (any more), -errno. Needs Linux 5.14. */
int bpf_obj_touch(struct bpf_obj *obj, struct repx_touch *touch);
/* Loads it before it is needed. Return: 0, -errno with @err. */
int bpf_obj_touch_load(struct bpf_obj *obj, struct err *err);

/**
 * bpf_obj_trace() - what would happen to a frame: the tracing programs, on the
 * live maps, by BPF_PROG_TEST_RUN; nothing is sent, learnt or counted
 * @ifindex: of the ingress netdev
 * @frame, @len: from the destination MAC, tags in the frame; 14..65535
 */
int bpf_obj_trace(struct bpf_obj *obj, uint32_t ifindex, const void *frame, uint32_t len,
		  struct repx_trace *out, struct err *err);

/* Unload such programs; bpf_obj_close() does it too. */
void bpf_obj_trace_done(struct bpf_obj *obj);
void bpf_obj_touch_done(struct bpf_obj *obj);

#endif
