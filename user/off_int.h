/* SPDX-License-Identifier: GPL-2.0-only */
/* off_int.h - what the files of the offload share; nobody else includes it */
#ifndef REPX_OFF_INT_H
#define REPX_OFF_INT_H

#include <uthash.h>

#include "nl.h"
#include "off.h"
#include "off_rule.h"
#include "util.h"

#define OFF_TICK_MS 500
#define OFF_SECOND 1000000000ULL
#define OFF_RATE 1000 /* what a flow's rate has for a packet a second */

struct ring_buffer;

/* A flow that was counted, or has rules. */
struct off_flow {
	struct repx_flow_key key;
	uint32_t out, flags;
	enum off_state state;
	enum off_why why;
	uint32_t why_port;
	char *words;			  /* of the kernel, or NULL */
	uint64_t packets, bytes, seen_ns; /* of the data path, as last looked at */
	uint64_t hw_packets, hw_bytes, hw_seen_ns;
	uint64_t window_packets, window_ns; /* where the rate is measured from */
	uint64_t rate;			    /* of late: packets in 1000 s */
	bool measured;			    /* over a whole window, once at least */
	uint64_t retry_ns;		    /* not before: it was refused */
	uint32_t retries;
	uint64_t fdb_due_ns; /* its addresses are looked at again */
	uint64_t touched_ns; /* the age of its source was told to the FDB */
	uint64_t since_ns;   /* has had its rules for */
	struct flower_rule *rules;
	unsigned int rules_len;
	uint64_t base_packets, base_hw; /* counters at the last comparison, */
	bool based;			/* if there was one since it has its rules */
	bool looked;			/* in the round: it is in repx_flows */
	bool wanted;			/* likewise: it is to have rules */
	bool stuck;			/* its rules are to go, and could not be taken out yet */
	UT_hash_handle hh;
};

/* An address that rules stand on. */
struct off_addr {
	struct repx_fdb_key key;
	uint32_t port; /* slot it is on */
	uint32_t refs;
	UT_hash_handle hh;
};

/* One rule in the card, by its handle - 1. */
struct off_handle {
	struct off_flow *flow; /* NULL: free */
	uint32_t rule;	       /* its number of the flow's; free: the next free one + 1 */
	uint32_t round;	       /* of counting in which it was last seen */
	uint64_t packets, bytes;
};

/* What is known of a port's netdev. */
struct off_port {
	uint32_t ifindex;
	bool filters_known; /* bar_in and bar_out hold */
	enum off_why bar_in, bar_out;
	enum off_why unable;	   /* it could not be made ready */
	bool seen;		   /* while the ports are looked at */
	bool ready;		   /* clsact and hw-tc-offload are there */
	uint32_t rules[OFF_PREFS]; /* how many it has at each pref */
	uint16_t other_type;	   /* ethertype of the last pref's */
};

struct off {
	struct sw *sw;
	struct sw_offload *hooks;
	struct nl nl;
	uint32_t id; /* of the switch, in cookies */
	struct off_flow *flows;
	struct off_addr *addrs;
	struct off_handle *handles;
	uint32_t handles_len, free_handle; /* number + 1; 0: none is free */
	uint32_t installed;
	uint32_t room;		/* the card was seen to take no more; UINT32_MAX: it was not */
	uint64_t room_ns;	/* when that was, or when it was last raised */
	struct off_port *ports; /* max_ports */
	/* of the conf, as filters were judged under them */
	uint16_t judged_pref;
	uint32_t judged_tc_pref;
	bool judged_marks;
	struct off_host *hosts; /* max_ports: for off_decide() */
	struct ring_buffer *moves;
	struct repx_fdb_key *moved; /* taken from the ring, sorted when looked at */
	size_t moved_len, moved_size;
	uint64_t fdb_due_ns; /* none of the flows' addresses is due before */
	unsigned int stuck;  /* flows that are */
	uint64_t epoch;	     /* of repx_cfg, as far as it was taken notice of */
	uint64_t chosen_ns;
	struct off_flow **todo; /* are to get rules, from todo_at on */
	size_t todo_len, todo_at;
	uint64_t looked_ns, look_cost_ns;
	uint64_t counted_ns, count_cost_ns;
	uint32_t count_round;
	uint64_t verify_ns;
	uint32_t verify_at; /* number of the rule that is next */
	struct off_numbers n;
	off_event event;
	void *event_data;
};

/* off_book.c */
struct off_flow *off_flow_find(struct off *off, const struct repx_flow_key *key);
struct off_flow *off_flow_get(struct off *off, const struct repx_flow_key *key); /* or made */
void off_flow_free(struct off *off, struct off_flow *flow);			 /* has no rules */
void off_flow_set(struct off_flow *flow, enum off_state state, enum off_why why, uint32_t port,
		  const char *words);
int off_handle_take(struct off *off, struct off_flow *flow, unsigned int rule, uint32_t *handle);
void off_handle_give(struct off *off, uint32_t handle);
/* NULL: no rule of ours */
struct off_handle *off_handle_at(struct off *off, uint32_t handle);
/* The rules of a flow stand on its addresses, or do no longer. */
void off_addrs_hold(struct off *off, const struct off_flow *flow);
void off_addrs_drop(struct off *off, const struct off_flow *flow);
void off_line_of(const struct off_flow *flow, struct off_line *line);
/* The 12 bytes that rules of a flow have as cookie. */
void off_cookie(uint32_t id, const struct repx_flow_key *key, uint8_t cookie[FLOWER_COOKIE_SIZE]);

/* off_ports.c */
/* Facts of the host and of @conf's ports into off->hosts. */
void off_ports_see(struct off *off, const struct conf *conf, const struct sw_port *ports);
/* Asks for the filters of a port's netdev, if they are not known. */
void off_ports_filters(struct off *off, uint32_t slot);
/* They may be others now; 0: all netdevs'. */
void off_ports_forget(struct off *off, uint32_t ifindex);
/* Netdevs that are to get rules are made ready: recorded, then done. */
void off_ports_ready(struct off *off, struct off_flow **flows, size_t len);
struct off_view off_view(const struct off *off, const struct conf *conf, uint32_t half);
void off_ports_count(struct off *off, const struct off_flow *flow, int by);

/* off_fdb.c */
int off_fdb_open(struct off *off, struct err *err);
void off_fdb_close(struct off *off);
/* Are its addresses where its rules need them? Sets when that is to be looked at again. */
enum off_why off_fdb_check(struct off *off, struct off_flow *flow, uint64_t now);
/* Rules whose addresses moved or are about to age go. @all: whatever is due. */
void off_fdb_round(struct off *off, bool all);
/* Frames of it were carried until @seen_ns. */
void off_fdb_touch(struct off *off, struct off_flow *flow, uint64_t seen_ns);

/* off_put.c */
/* Gives rules to flows, in batches; those that are refused say why. */
void off_put(struct off *off, const struct off_view *view, struct off_flow **flows, size_t len);
/* Takes rules out, in batches, each flow for the cause in flow->why. Return: 0; -errno: some
 * may be there still, whose flows are ->stuck. */
int off_take(struct off *off, struct off_flow **flows, size_t len);
/* One flow's. */
int off_take_one(struct off *off, struct off_flow *flow, enum off_why why);
/* Those for which @test says why. Return: as off_take(). */
int off_take_if(struct off *off,
		enum off_why (*test)(struct off *off, struct off_flow *flow, void *data),
		void *data);

/* off_count.c */
void off_look(struct off *off);	 /* at the traffic in software */
void off_count(struct off *off); /* at the rules' counters, when it is time */

/* off_budget.c */
/* Sets flow->wanted of those that are to have rules. Return: false: out of memory. */
bool off_budget(struct off *off, const struct off_view *view);

/* off_verify.c */
void off_verify_some(struct off *off); /* now and then a rule */

#endif
