/* SPDX-License-Identifier: GPL-2.0-only */
/* doctor_int.h - what the doctor files share
 *
 * Finding out and judging are apart: doctor_judge_*() take facts and know nothing
 * of the host. Only the doctor files and their tests include this.
 */
#ifndef REPX_DOCTOR_INT_H
#define REPX_DOCTOR_INT_H

#include "conf.h"
#include "doctor.h"
#include "rtnl.h"

enum doctor_state { DOCTOR_OK, DOCTOR_WARN, DOCTOR_MISSING };

struct doctor {
	const struct doctor_env *env;
	json_t *items;
	bool broken; /* the switch cannot work here */
};

/* One finding. @hint: what to do about it, "" or text. */
__attribute__((format(printf, 6, 7))) void doctor_say(struct doctor *d, const char *check,
						      const char *object, enum doctor_state state,
						      const char *hint, const char *fmt, ...);
/* The same for what no switch can do without. */
__attribute__((format(printf, 5, 6))) void doctor_broken(struct doctor *d, const char *check,
							 const char *object, const char *hint,
							 const char *fmt, ...);

/* doctor.c. @release: of the kernel, "6.12.117+deb12" */
void doctor_judge_kernel(struct doctor *d, const char *release);
void doctor_files(struct doctor *d);  /* BTF, bpffs */
void doctor_bridge(struct doctor *d); /* netfilter in Linux bridges */

/* doctor_bpf.c: the programs, and the hooks they need; root only */
struct doctor_hooks {
	bool tried;  /* clsact and the ones below */
	int tcx;     /* 1, 0; -1 not known: the program did not load */
	int clsact;  /* 0, -errno */
	int flower;  /* 0, -errno; not looked at without clsact */
	int actions; /* vlan and mirred in a flower rule: 0, -errno */
};
void doctor_bpf(struct doctor *d);
void doctor_judge_hooks(struct doctor *d, const struct doctor_hooks *hooks);

/* doctor_nic.c: devlink, vDPA, RDMA */
void doctor_nic(struct doctor *d);

struct doctor_card {
	const char *handle;
	int mode; /* DEVLINK_MODE_*, -errno */
	const char *why;
	unsigned int ports, sfs;
};
void doctor_judge_card(struct doctor *d, const struct doctor_card *card);
/* @params: {"enable_eth": bool, ...} of one SF's own instance */
void doctor_judge_sf(struct doctor *d, const char *handle, const json_t *params);

/* doctor_netdev.c: hardware, and what running switches have for ports */
void doctor_netdevs(struct doctor *d);

struct doctor_netdev {
	struct rtnl_link link;
	char driver[32]; /* "" not known */
	bool in_switch;
	enum conf_attach attach; /* of the port, or auto */
	bool attached;		 /* native XDP of ours is on it */
	int features;		 /* 0 known, -errno */
	uint64_t xdp;		 /* RTNL_XDP_* */
	int rxvlan, lro;	 /* 1 on, 0 off, -errno */
};
void doctor_judge_netdev(struct doctor *d, const struct doctor_netdev *n);

#endif
