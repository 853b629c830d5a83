/* SPDX-License-Identifier: GPL-2.0-only */
/* sw_int.h - what the files of the engine share; nobody else includes it
 *
 * A change goes through these states, each written to state.json before it is
 * true, so that whoever comes after a crash knows what to look for:
 *   1. journal: the ports as they are, plus a record of all that may be touched
 *   2. the new netdevs are prepared and attached, still unknown to the programs
 *   3. commit: the half is written and flipped; the ports as they are now, plus
 *	the same records
 *   4. what went is taken off; state.json without records
 * A crash in 1-2 ends as if the change had not been made, one in 3-4 as if it
 * had: in both cases what the records say and the ports do not is taken off.
 */
#ifndef REPX_SW_INT_H
#define REPX_SW_INT_H

#include "image.h"
#include "step.h"
#include "sw.h"
#include "sw_fn.h"

struct change;

/* One port of the wanted conf on its way. */
struct move {
	struct change *ch;
	const struct conf_port *conf;
	const struct conf_port *old_conf; /* NULL: a new port */
	struct sw_port *port;		  /* the new record */
	struct sw_port old;		  /* the record so far, zero for a new port */
	struct rtnl_link link;		  /* ifindex 0: missing */
	struct attach_mode mode;
	char *taken_by;		      /* another switch that has the netdev */
	bool old_lives;		      /* the netdev of the old record is still there */
	bool fresh;		      /* a netdev that was not this port's so far */
	bool make_veth;		      /* host port whose netdevs are to be made */
	bool choose;		      /* mode is not known yet */
	bool attach;		      /* attach_set() is due */
	bool ifaces;		      /* entry of repx_ifaces is missing */
	bool guard_new;		      /* a new set id, filled */
	bool guard_gone;	      /* old.guard is to be emptied */
	bool flush;		      /* its netdev died: all its addresses go */
	bool relearn;		      /* mac_limit changed: its dynamic addresses go */
	bool promisc_on, promisc_off; /* before the flip, after it */
	bool rxvlan_off, rxvlan_on;   /* likewise */
	uint32_t tx_was;	      /* ifindex in repx_tx before */
	bool changed;
	/* the function behind the port: sw_fn.c */
	struct sw_fn fn_was;		     /* its record so far, whichever port's it was */
	const struct conf_port *fn_was_conf; /* NULL: it was no port's */
	bool fn_new;			     /* an SF that is to be made */
	bool fn_made;			     /* and was */
	bool fn_adopt;			     /* one that is there and not repx's */
	bool fn_stop;			     /* before it starts anew, otherwise */
	bool fn_start;			     /* to be set active, with its devices */
	bool fn_again;			     /* a start that was not finished */
	bool fn_ran;			     /* its driver ran when it was started */
	bool fn_failed;			     /* followed: left for another time */
	bool vdpa_redo;			     /* its vDPA device alone */
	struct rtnl_link spare_netdev;	     /* a spare SF's before it was taken: sw_pool.c */
	uint8_t spare_mac[6];		     /* its function's */
	bool rate_due;			     /* rate.rx may be the hardware's: sw_rate.c */
	bool rate_can;			     /* it knows rates, and what it was is written down */
};

/* A function, of a port that goes or of one that changes, that stops. */
struct retire {
	struct gone *gone; /* or */
	struct move *move;
	bool ready; /* it ran */
};

/* A port (or the former netdev of one) that is taken off after the flip. */
struct gone {
	struct change *ch;
	const struct conf_port *conf;
	struct sw_port port;
	struct rtnl_link link; /* ifindex 0: no longer there */
	char host_netdev[IFNAMSIZ];
	bool had_tx;
	bool taken;	/* the netdev is another port's now */
	bool fn_kept;	/* another port has its function now */
	bool fn_buried; /* its SF was deleted */
};

/* What a walk of the FDB took out, to put it back. See sw_forget.c. */
struct forgot {
	struct repx_fdb_key *keys;
	struct repx_fdb *values;
	size_t len, cap;
};

struct forget {
	struct change *ch;
	bool dead; /* the walk before the flip: ports whose netdev died */
	struct forgot fdb;
	struct {
		uint32_t slot, used;
		struct repx_fdb_key *places;
	} * rings;
	size_t rings_len;
};

/* One static entry to be made. */
struct entry {
	struct change *ch;
	struct repx_fdb_key key;
	struct repx_fdb was;
	bool had;
	const struct conf_fdb *conf;
	struct move *move;
};

struct change {
	struct sw *sw;
	struct conf conf;      /* the wanted one; after the commit: the former */
	struct sw_port *ports; /* likewise */
	uint32_t next_guard;
	uint32_t old_pref; /* tc.pref so far */
	struct move *moves;
	size_t moves_len;
	struct gone *gone;
	size_t gone_len;
	struct entry *entries;
	size_t entries_len;
	const struct conf_fdb **gone_fdb; /* static entries no longer wanted */
	size_t gone_fdb_len;
	struct forget dead, after;
	const struct rtnl_links *links;
	struct rtnl_links own_links; /* where there is no cache */
	struct sw_ident ident;
	struct devlink_dev eswitch; /* of the conf; dev "": not needed */
	bool no_nic;		    /* followed: the card cannot be asked now */
	bool mode_first;	    /* the eswitch's mode was not repx's before */
	struct retire *retires;
	size_t retires_len;
	struct bpf_obj old_obj; /* upgrade: with the programs so far */
	bool reload;
	bool make_maps; /* there are none to be opened */
	bool follow;	/* sw_follow_host(): names do not win, no veth is made */
	bool dry_run;
	bool switch_changed;
	bool was_there;	    /* sw->exists before */
	char old_build[32]; /* sw->build before */
	int expedited;	    /* of attach_expedite() */
	struct sw_changes changes;
	void (*warn)(const char *text);
	struct steps steps;
	struct image_port *image; /* one per move */
	struct repx_port *half_ports;
	struct repx_vlan *half_vlans;
	struct repx_sw half_sw;
};

/* sw_flows.c: the flows counted in slots that get new ports go, in one walk */
void sw_flows_steps(struct change *ch);

/* sw_offload.c: what was added to a netdev for rules goes. Return: 0, -errno. */
int sw_offload_put_back(struct sw *sw, const struct sw_port *port);

/* sw_path.c */
int sw_path_init(struct sw *sw, const char *root, struct err *err);
void sw_path_name(struct sw *sw, const char *name);
int sw_path_lock(struct sw *sw, bool daemon, struct err *err);
void sw_path_unlock(struct sw *sw, bool remove);
int sw_path_bpf_make(struct sw *sw, struct err *err);
/* Removes what is below bpf_dir, it, and empty parents. */
int sw_path_bpf_remove(struct sw *sw, struct err *err);
/* Removes the folder and the files in it. Return: 0, also where there is none; -errno. */
int sw_path_empty_dir(const char *path);
void sw_path_links_dir(const struct sw *sw, char *buf, size_t size);
uint64_t sw_path_netns(void);

/* sw_state.c */
int sw_state_load(struct sw *sw, struct err *err);
int sw_state_save(const struct sw *sw, const struct sw_journal *journal, struct err *err);
void sw_state_remove(const struct sw *sw);
void sw_journal_done(struct sw_journal *journal);

/* sw.c */
int sw_load(struct sw *sw, const struct conf *conf, bool nowhere, bool reload, struct err *err);
void sw_unload(struct sw *sw);
/* For attach.h: with the programs of now. */
struct attach_env *sw_env(struct sw *sw, uint32_t tc_pref);
void sw_forget_all(struct sw *sw);
int sw_changes_add(struct sw_changes *changes, const char *op, const char *object,
		   const char *name);

/* sw_match.c: which netdev is which port */
int sw_match(struct change *ch, struct err *err);
/* sw_plan.c: what differs; fills ch->changes */
int sw_plan(struct change *ch, struct err *err);
void sw_plan_done(struct change *ch);
/* Which settings follow from the port's mode, once that is known. */
void sw_plan_settings(struct move *m);
/* A netdev that was made for the port: as if it had been there all along. */
void sw_move_take(struct move *m, const struct rtnl_link *link);
/* sw_journal.c: the records of a change. */
int sw_journal_make(struct change *ch, struct err *err);
/* RCU may be made fast: others may have done so for good. */
bool sw_rcu_is_slow(void);

/* sw_change.c */
/* Counts refused redirects where a port sends by native XDP; @tx_errors: the device's, too. */
void sw_watch_xdp(const struct sw *sw, const struct sw_port *ports, size_t len, bool tx_errors);
int sw_change(struct sw *sw, const struct conf *conf, const enum sw_owner *owners, bool follow,
	      bool dry_run, struct sw_changes *changes, void (*warn)(const char *text),
	      struct err *err);
/* The journal's step, unless it is there. */
void sw_journal_steps(struct change *ch);
__attribute__((format(printf, 2, 3))) void sw_warn(const struct change *ch, const char *fmt, ...);

/* sw_port.c: steps of one port */
void sw_port_bury(struct move *m);    /* first: what a dead netdev left */
void sw_port_prepare(struct move *m); /* before the flip */
/* Is it set up only when the programs know it? A representor that is down lets no
 * frame of its function pass. (Others show what XDP can send only once they are up.) */
bool sw_port_opens(const struct move *m);
void sw_port_open(struct move *m);   /* right after it */
void sw_port_settle(struct move *m); /* after it */
int sw_port_choose(struct move *m, struct err *err);
void sw_port_refresh(struct move *m, struct err *err);
void sw_port_tx(struct move *m);

/* sw_gone.c */
void sw_port_release(struct gone *g);
void sw_port_remove_veth(struct gone *g); /* last: has no undo */

/* sw_apply.c: ports of @conf that are neither new nor @owner's keep their owners */
int sw_change_to(struct sw *sw, const struct conf *conf, enum sw_owner owner, bool dry_run,
		 struct sw_changes *changes, void (*warn)(const char *text), struct err *err);

/* sw_pool.c */
/* Puts a spare SF back where its record is. */
int sw_pool_restore(struct conf *conf, size_t index, const struct sw_fn *rec);
/* Spare SFs that @out has use and room for. */
int sw_pool_keep(const struct sw *sw, struct conf *out);
/* The port behind all others but the host's, or NULL. */
struct conf_port *sw_pool_last_added(const struct conf *conf);
/* The number of the port that was added last, where it is auto: a spare SF's or a new one.
 * Spare SFs that are a port's now are no longer spare. */
int sw_pool_choose(struct sw *sw, struct conf *conf, struct err *err);
/* Does the port go on as a spare SF, of which only the MAC is to be another? */
bool sw_pool_taken(const struct conf_port *was, const struct conf_port *now);
void sw_pool_mac(struct move *m); /* step: a spare SF gets its port's MAC */
/* Notes that an SF could not be made, or (@why NULL) that one was or that one went. */
void sw_pool_tell(struct sw *sw, const char *why);

/* sw_map.c: entries of repx_ifaces and repx_tx */
int sw_map_iface_set(const struct sw *sw, uint32_t ifindex, uint32_t slot);
int sw_map_iface_get(const struct sw *sw, uint32_t ifindex, uint32_t *slot);
int sw_map_iface_del(const struct sw *sw, uint32_t ifindex);
int sw_map_tx_set(const struct sw *sw, uint32_t slot, uint32_t ifindex);
uint32_t sw_map_tx_get(const struct sw *sw, uint32_t slot); /* ifindex, 0: none */
int sw_map_tx_del(const struct sw *sw, uint32_t slot);

/* sw_guard.c */
bool sw_guard_equal(const struct conf_guard *a, const struct conf_guard *b);
int sw_guard_fill(const struct sw *sw, uint32_t set, const struct conf_guard *guard);
int sw_guard_empty(const struct sw *sw, uint32_t set, const struct conf_guard *guard);
/* Deletes entries of sets that no port has. */
int sw_guard_purge(const struct sw *sw);

/* sw_half.c */
int sw_half_make(struct change *ch); /* what the half is to hold, in ch */
/* Comparisons with the half in use. */
bool sw_half_port_differs(const struct move *m);
bool sw_half_differs(const struct change *ch);
void sw_half_write(const struct change *ch); /* to the half not in use */
void sw_half_done(struct change *ch);
/* In the half in use: nobody reads the other one any more. */
bool sw_half_slot_used(const struct sw *sw, uint32_t slot);

/* sw_forget.c */
int sw_forget_run(void *forget, struct err *err);
int sw_forget_undo(void *forget, struct err *err);
bool sw_forget_due(const struct change *ch, bool dead);
void sw_forget_done(struct forget *forget);
/* Entries that no change may leave: of no port, in a VLAN their port is not in. */
int sw_forget_strays(struct sw *sw);
/* VIDs that @now lacks. Return: some. */
bool sw_vlans_left(const struct conf_port *was, const struct conf_port *now,
		   uint64_t left[4096 / 64]);
bool sw_vlan_member(const struct conf_port *port, unsigned int vid);

/* sw_static.c: static entries of the conf */
int sw_static_plan(struct change *ch, struct err *err);
void sw_static_steps(struct change *ch);

/* sw_release.c: taking off without a way back, for down and after a crash */
struct failures {
	size_t len;
	char text[450];
};
__attribute__((format(printf, 3, 4))) void failures_add(struct failures *f, int ret,
							const char *fmt, ...);
void sw_release(struct sw *sw, const struct rtnl_links *links, struct sw_left *left,
		struct failures *f);
/* Puts back what the journal says of RCU. */
void sw_slow_rcu(const struct sw *sw);
/* Ends what a crash interrupted: the host is as state.json says. */
int sw_recover(struct sw *sw, struct err *err);
/* Removes pins, folders and state: the switch is no more. */
void sw_wipe(struct sw *sw, struct failures *f);

#endif
