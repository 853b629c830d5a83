// SPDX-License-Identifier: GPL-2.0-only
/* doctor_bpf.c - do the programs load, and are their hooks there? */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/tc_act/tc_vlan.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach_int.h"
#include "bpf_obj.h"
#include "doctor_int.h"

#define LOOPBACK 1 /* ifindex of lo in a namespace of its own */

/* The sysctl shows in the first network namespace only. */
static void check_jit(struct doctor *d, int prog)
{
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog, &info, &len))
		return;
	if (info.jited_prog_len)
		doctor_say(d, "bpf", "jit", DOCTOR_OK, "", "programs are compiled");
	else
		doctor_say(d, "bpf", "jit", DOCTOR_WARN,
			   "sysctl net.core.bpf_jit_enable=1, or a kernel with CONFIG_BPF_JIT",
			   "programs are interpreted, which is slow");
}

/* Loads what a small switch would, and forgets it. */
static void try_programs(struct doctor *d, struct doctor_hooks *hooks)
{
	static const struct bpf_obj_size size = {.max_ports = 16, .fdb_size = 256};
	struct attach_env env = {0};
	struct err err = {0};
	struct bpf_obj obj;

	hooks->tcx = -1;
	if (bpf_obj_open(&obj, NULL, &size, false, &err)) {
		doctor_broken(d, "bpf", "programs", "Linux 5.17 or newer, with BTF and BPF_SYSCALL",
			      "%s", err.text);
		return;
	}
	doctor_say(d, "bpf", "programs", DOCTOR_OK, "", "the tc program loads");
	if (obj.xdp_prog >= 0)
		doctor_say(d, "bpf", "xdp", DOCTOR_OK, "", "the XDP program loads");
	else
		doctor_say(d, "bpf", "xdp", DOCTOR_WARN, "Linux 6.2 or newer",
			   "%s: ports use tc alone", obj.xdp_why);
	check_jit(d, obj.tc_prog);
	env.tc_fd = obj.tc_prog;
	hooks->tcx = attach_tc_has_tcx(&env);
	bpf_obj_close(&obj);
}

static struct nlmsghdr *flower_request(struct nl *nl, uint32_t pref, struct nlattr **options)
{
	struct tcmsg tcm = {
		.tcm_ifindex = LOOPBACK,
		.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
		.tcm_info = TC_H_MAKE(pref << 16, htons(ETH_P_8021Q)),
	};
	struct nlmsghdr *nlh;

	nlh = nl_request(nl, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, &tcm, sizeof(tcm));
	mnl_attr_put_strz(nlh, TCA_KIND, "flower");
	*options = mnl_attr_nest_start(nlh, TCA_OPTIONS);
	mnl_attr_put_u16(nlh, TCA_FLOWER_KEY_ETH_TYPE, htons(ETH_P_8021Q));
	mnl_attr_put_u16(nlh, TCA_FLOWER_KEY_VLAN_ID, 1);
	return nlh;
}

/* equal to: tc filter add dev lo ingress pref 1 protocol 802.1Q flower vlan_id 1 */
static int try_flower(struct nl *nl)
{
	struct nlattr *options;
	struct nlmsghdr *nlh = flower_request(nl, 1, &options);

	mnl_attr_nest_end(nlh, options);
	return nl_talk(nl, nlh, NULL, NULL);
}

static void put_action(struct nlmsghdr *nlh, uint16_t number, const char *kind, uint16_t type,
		       const void *parms, size_t size)
{
	struct nlattr *action = mnl_attr_nest_start(nlh, number), *options;

	mnl_attr_put_strz(nlh, TCA_ACT_KIND, kind);
	options = mnl_attr_nest_start(nlh, TCA_ACT_OPTIONS);
	mnl_attr_put(nlh, type, size, parms);
	mnl_attr_nest_end(nlh, options);
	mnl_attr_nest_end(nlh, action);
}

/* equal to: tc filter add dev lo ingress pref 2 protocol 802.1Q flower vlan_id 1
 *	     action vlan pop action mirred egress redirect dev lo */
static int try_actions(struct nl *nl)
{
	struct tc_vlan vlan = {.action = TC_ACT_PIPE, .v_action = TCA_VLAN_ACT_POP};
	struct tc_mirred mirred = {
		.action = TC_ACT_STOLEN, .eaction = TCA_EGRESS_REDIR, .ifindex = LOOPBACK};
	struct nlattr *options, *actions;
	struct nlmsghdr *nlh = flower_request(nl, 2, &options);

	actions = mnl_attr_nest_start(nlh, TCA_FLOWER_ACT);
	put_action(nlh, 1, "vlan", TCA_VLAN_PARMS, &vlan, sizeof(vlan));
	put_action(nlh, 2, "mirred", TCA_MIRRED_PARMS, &mirred, sizeof(mirred));
	mnl_attr_nest_end(nlh, actions);
	mnl_attr_nest_end(nlh, options);
	return nl_talk(nl, nlh, NULL, NULL);
}

/* In a namespace that goes with this process. */
static void try_hooks_here(struct doctor_hooks *hooks)
{
	struct rtnl rtnl;

	if (unshare(CLONE_NEWNET) || rtnl_open(&rtnl))
		return;
	hooks->clsact = rtnl_clsact_add(&rtnl, LOOPBACK);
	if (!hooks->clsact)
		hooks->flower = try_flower(&rtnl.route);
	if (!hooks->clsact && !hooks->flower)
		hooks->actions = try_actions(&rtnl.route);
	hooks->tried = true;
	rtnl_close(&rtnl);
}

static void try_hooks(struct doctor_hooks *hooks)
{
	struct doctor_hooks found;
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		return;
	pid = fork();
	if (!pid) {
		try_hooks_here(hooks);
		_exit(write(fds[1], hooks, sizeof(*hooks)) != sizeof(*hooks));
	}
	close(fds[1]);
	if (pid > 0) {
		if (read(fds[0], &found, sizeof(found)) == sizeof(found))
			*hooks = found;
		waitpid(pid, NULL, 0);
	}
	close(fds[0]);
}

static const char *why(int code)
{
	return code == -ENOENT ? "the kernel has none" : strerror(-code);
}

static void judge_flower(struct doctor *d, const struct doctor_hooks *hooks)
{
	if (hooks->flower)
		doctor_say(d, "tc", "flower", DOCTOR_MISSING,
			   "modprobe cls_flower, or a kernel with CONFIG_NET_CLS_FLOWER",
			   "no flower rules (%s): nothing can be offloaded to a NIC",
			   why(hooks->flower));
	else
		doctor_say(d, "tc", "flower", DOCTOR_OK, "", "there");
	if (hooks->flower)
		return;
	if (hooks->actions)
		doctor_say(d, "tc", "actions", DOCTOR_MISSING,
			   "modprobe act_vlan act_mirred, or a kernel with CONFIG_NET_ACT_VLAN and "
			   "CONFIG_NET_ACT_MIRRED",
			   "rules cannot change VLANs or redirect (%s): nothing can be offloaded "
			   "to a NIC",
			   why(hooks->actions));
	else
		doctor_say(d, "tc", "actions", DOCTOR_OK, "", "vlan, mirred");
}

void doctor_judge_hooks(struct doctor *d, const struct doctor_hooks *hooks)
{
	bool clsact = hooks->tried && !hooks->clsact;

	if (hooks->tcx > 0)
		doctor_say(d, "tc", "tcx", DOCTOR_OK, "", "there");
	else if (!hooks->tcx)
		doctor_say(d, "tc", "tcx", DOCTOR_WARN, "Linux 6.6 or newer",
			   "there is none: clsact is used");
	if (clsact)
		doctor_say(d, "tc", "clsact", DOCTOR_OK, "", "there");
	else if (!hooks->tried)
		doctor_say(d, "tc", "clsact", DOCTOR_WARN, "a kernel with CONFIG_NET_NS",
			   "cannot be tried: no network namespace can be made");
	else if (!hooks->tcx)
		doctor_broken(d, "tc", "clsact",
			      "modprobe sch_ingress, or a kernel with CONFIG_NET_SCH_INGRESS",
			      "neither tcx nor clsact (%s): programs have no hook",
			      why(hooks->clsact));
	else
		doctor_say(d, "tc", "clsact", DOCTOR_WARN,
			   "modprobe sch_ingress, or a kernel with CONFIG_NET_SCH_INGRESS",
			   "no clsact (%s): no tc scripts beside repx, and no offload",
			   why(hooks->clsact));
	if (clsact)
		judge_flower(d, hooks);
}

void doctor_bpf(struct doctor *d)
{
	struct doctor_hooks hooks = {0};

	try_programs(d, &hooks);
	try_hooks(&hooks);
	doctor_judge_hooks(d, &hooks);
}
