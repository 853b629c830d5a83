/* SPDX-License-Identifier: GPL-2.0-only */
/* own_netns.h - a network and mount namespace for the test process alone
 *
 * Everything made in them disappears with the process, however it ends.
 */
#ifndef REPX_TEST_OWN_NETNS_H
#define REPX_TEST_OWN_NETNS_H

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

/* Return: 0; 4 after the reason for skipping was printed; 1. */
static inline int own_netns_enter(void)
{
	if (geteuid()) {
		printf("skip: needs root\n");
		return 4;
	}
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL)) {
		perror("own namespaces");
		return 1;
	}
	return 0;
}

/* A program that returns @ret for every frame. Return: fd, -errno. */
static inline int own_netns_prog(enum bpf_prog_type type, const char *name, int ret)
{
	struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = ret},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return bpf_prog_load(type, name, "GPL", insns, 2, NULL);
}

/* One command line of iproute2 or ethtool, as an independent view. */
static inline int own_netns_run(const char *command)
{
	return system(command);
}

#endif
