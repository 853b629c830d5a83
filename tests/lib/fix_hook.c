// SPDX-License-Identifier: GPL-2.0-only
/* fix_hook.c - the fixture: what is attached to which end of the veth pairs */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <unistd.h>

#include "fix.h"
#include "fix_tag.skel.h"

#define TCX_INGRESS ((enum bpf_attach_type)46)
#define TCX_EGRESS ((enum bpf_attach_type)47)

const char *fix_hook_name(enum fix_hook hook)
{
	static const char *const name[] = {"XDP test run",
					   "tc test run",
					   "live tcx",
					   "live XDP",
					   "live XDP, hidden tags",
					   "live generic XDP",
					   "live generic XDP, hidden tags"};

	return name[hook];
}

static void drop_link(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void fix_hook_off(struct fix *fix)
{
	for (int i = 0; i < FIX_PORTS; i++) {
		drop_link(&fix->tcx_link[i]);
		drop_link(&fix->xdp_link[i]);
		drop_link(&fix->peer_link[i]);
		drop_link(&fix->tag_link[i]);
	}
}

static int attach(int *link, int prog, uint32_t ifindex, enum bpf_attach_type type, uint32_t flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = flags);

	*link = bpf_link_create(prog, (int)ifindex, type, flags ? &opts : NULL);
	return *link < 0 ? -errno : 0;
}

/* What a veth end needs before its peer takes XDP redirects. */
static int load_pass(void)
{
	static const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_XDP_HAS_FRAGS);

	return bpf_prog_load(BPF_PROG_TYPE_XDP, "pass", "GPL", insns, 2, &opts);
}

static int attach_tcx(struct fix *fix)
{
	int err = 0;

	for (int i = 0; !err && i < FIX_PORTS; i++)
		err = attach(&fix->tcx_link[i], fix->obj.tc_prog, fix->net.ifindex[i], TCX_INGRESS,
			     0);
	return err;
}

static int attach_native(struct fix *fix)
{
	int pass = load_pass(), err = pass < 0 ? -errno : 0;

	for (int i = 0; !err && i < FIX_PORTS; i++) {
		fix->flags[i] |= REPX_PORT_VETH;
		err = attach(&fix->peer_link[i], pass, fix->net.peer[i], BPF_XDP,
			     XDP_FLAGS_DRV_MODE);
		if (!err)
			err = attach(&fix->xdp_link[i], fix->obj.xdp_prog, fix->net.ifindex[i],
				     BPF_XDP, XDP_FLAGS_DRV_MODE);
	}
	if (pass >= 0)
		close(pass);
	return err;
}

static int attach_generic(struct fix *fix)
{
	int err = 0;

	for (int i = 0; !err && i < FIX_PORTS; i++) {
		fix->flags[i] |= REPX_PORT_GENERIC;
		err = attach(&fix->xdp_link[i], fix->obj.xdp_prog, fix->net.ifindex[i], BPF_XDP,
			     XDP_FLAGS_SKB_MODE);
	}
	return err;
}

static int attach_tag(struct fix *fix)
{
	struct fix_tag *skel = fix_tag__open_and_load();
	int err = skel ? 0 : -errno;

	for (int i = 0; !err && i < FIX_PORTS; i++)
		err = attach(&fix->tag_link[i], bpf_program__fd(skel->progs.fix_tag),
			     fix->net.peer[i], TCX_EGRESS, 0);
	fix_tag__destroy(skel);
	return err;
}

int fix_hook(struct fix *fix, enum fix_hook hook)
{
	int err = 0;

	fix_hook_off(fix);
	fix->hook = hook;
	for (int i = 0; i < FIX_PORTS; i++)
		fix->flags[i] = FIX_XMIT;
	if (fix_live(hook))
		err = attach_tcx(fix);
	if (!err && (hook == FIX_LIVE_XDP || hook == FIX_LIVE_TAG))
		err = attach_native(fix);
	if (!err && (hook == FIX_LIVE_GENERIC || hook == FIX_LIVE_GENERIC_TAG))
		err = attach_generic(fix);
	if (!err && (hook == FIX_LIVE_TAG || hook == FIX_LIVE_GENERIC_TAG))
		err = attach_tag(fix);
	return err;
}
