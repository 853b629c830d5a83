/* SPDX-License-Identifier: GPL-2.0-only */
/* sw_fn.h - the engine's part for functions: SFs, VFs, vDPA, rates, eswitch mode
 *
 * For the sw_*.c files only; part of sw_int.h.
 */
#ifndef REPX_SW_FN_H
#define REPX_SW_FN_H

#include "sw.h"

struct change;
struct move;
struct gone;
struct failures;

#define SW_FN_UNKNOWN UINT32_MAX /* the number of a devlink port still to be told */

/* --- sw_ident.c: netdevs by what they stand for --- */

struct sw_ident {
	const struct rtnl_link **by_port, **by_function;
	size_t ports, functions;
};

int sw_ident_make(const struct rtnl_links *links, struct sw_ident *out);
void sw_ident_done(struct sw_ident *ident);
/* Return: NULL: none; valid as long as the links. */
const struct rtnl_link *sw_ident_port(const struct sw_ident *ident, const struct nic_port *port);
const struct rtnl_link *sw_ident_function(const struct sw_ident *ident,
					  const struct devlink_dev *dev, const struct conf_fn *fn);

/* --- sw_fn_do.c: one function, by its record --- */

/* A function that repx did not make: what of it will be changed, beside what was changed
 * already, to be put back. */
int sw_fn_look(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec, struct err *err);
/* @again: a start that was not finished: what its driver has seen is not known.
 * @ran: its driver runs, and must start anew to see all of it. */
int sw_fn_start(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec, bool again,
		bool *ran, struct err *err);
int sw_fn_finish(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec, bool ran,
		 struct err *err);
int sw_fn_make_vdpa(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec,
		    struct err *err);
/* How a vDPA device that repx did not make is bound, where that will be changed. */
void sw_fn_look_vdpa(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec);
bool sw_fn_drops_vdpa(const struct sw_fn *rec);
/* One that repx made goes, another is bound as it was. -EBUSY: in use. */
int sw_fn_drop_vdpa(struct nic *nic, struct sw_fn *rec, struct err *err);
/* Is it inactive once repx has let it go? */
bool sw_fn_stops(const struct sw_fn *rec);
/* Has it a devlink port whose number is known? */
bool sw_fn_known(const struct sw_fn *rec);
/* Inactive, without waiting: for many at once. */
int sw_fn_quiet(struct nic *nic, const struct sw_fn *rec, struct err *err);
/* Inactive, and let go by its driver; or, not repx's, as it was. */
int sw_fn_stop(struct nic *nic, struct sw_fn *rec, struct err *err);
/* The SF itself, if repx made it. */
int sw_fn_delete(struct nic *nic, struct sw_fn *rec, struct err *err);

/* --- sw_fn_plan.c: what is to be done --- */

/* Needs sw_match(). Which are to be made, started, stopped. */
void sw_fn_plan(struct move *m);
void sw_fn_plan_gone(struct gone *g);
/* Has it a function that is no port's any more? */
bool sw_fn_goes(const struct gone *g);
/* Adds "sf" and "vdpa" to the changes. Return: 0, -ENOMEM. */
int sw_fn_report(struct change *ch);
/* While the host is followed: takes out what could not be done. */
void sw_fn_unreport(struct change *ch);

/* --- sw_fn.c: functions in a change --- */

/* In the order of a change: */
void sw_fn_make(struct change *ch);		     /* steps: new SFs */
int sw_fn_found(struct change *ch, struct err *err); /* their netdevs are the moves' now */
void sw_fn_retire(struct change *ch);		     /* steps: those that go or change stop */
void sw_fn_activate(struct change *ch);		     /* steps: after the flip */
/* SFs of ports that went, last of all, for there is no way back. Return: 0; -errno:
 * none was deleted; -EUCLEAN: some were, those that could not be are in the journal. */
int sw_fn_bury(struct change *ch, struct err *err);
/* "representor of SF 88 of PF 0", "netdev 'eth0'": what a port waits for */
void sw_fn_wants(const struct conf_port *conf, char *buf, size_t size);

/* For down and after a crash: stops what the record says, as far as it can. */
void sw_fn_release(struct sw *sw, struct sw_fn *rec, const char *what, struct failures *f);
void sw_fn_release_last(struct sw *sw, struct sw_fn *rec, const char *what, struct failures *f);
/* Before all else: refuses while a vDPA device that goes or is made anew is in use; sees
 * which SFs that are to be made are there. */
int sw_fn_see(struct change *ch, struct err *err);
/* Refuses while the vDPA device of the record is in use. */
int sw_fn_idle(struct sw *sw, struct sw_fn *rec, struct err *err);
int sw_nic(struct sw *sw, struct err *err); /* opens it */

/* --- sw_rate.c: rate.rx and rate.rx_min where the hardware keeps them --- */
void sw_rate_plan(struct move *m);
/* What it is before, for the journal. */
int sw_rate_look(struct move *m, struct err *err);
void sw_rate_steps(struct move *m);
/* Does the hardware keep one of them? */
bool sw_rate_has(const struct sw_fn *rec);
/* Of what @was says that it was set: as @conf says, where @rec has it (@conf may be NULL),
 * else as it was before. */
int sw_rate_put(struct sw *sw, const struct sw_fn *was, const struct sw_fn *rec,
		const struct conf_rate *conf, struct err *err);
int sw_rate_release(struct sw *sw, struct sw_fn *rec, struct err *err);

/* --- sw_eswitch.c --- */

/**
 * sw_eswitch_ready() - see that the eswitch is in switchdev mode, or make it so
 * Adds steps and runs them. In a dry run only says so in the changes.
 * Return: 0; -errno with all undone.
 */
int sw_eswitch_ready(struct change *ch, struct err *err);
/* Back to legacy where repx left it, if nobody else has SFs there. */
void sw_eswitch_release(struct sw *sw, struct failures *f);

#endif
