// SPDX-License-Identifier: GPL-2.0-only
/* bare.c - puts the reference program on a netdev: bare push|pop IN OUT [VID]
 *
 * It stays there, in a clsact qdisc: tc qdisc del dev IN clsact takes it away.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bare.skel.h"

static int attach(int prog_fd, unsigned int ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog_fd, .priority = 1);
	int rc = bpf_tc_hook_create(&hook);

	return rc && rc != -EEXIST ? rc : bpf_tc_attach(&hook, &opts);
}

int main(int argc, char **argv)
{
	unsigned int in = argc > 3 ? if_nametoindex(argv[2]) : 0;
	unsigned int out = argc > 3 ? if_nametoindex(argv[3]) : 0;
	struct bare *skel;
	bool push;
	int rc;

	if (!in || !out) {
		fputs("usage: bare push|pop IN OUT [VID]\n", stderr);
		return 2;
	}
	push = !strcmp(argv[1], "push");
	skel = bare__open();
	if (!skel)
		return 1;
	skel->rodata->out_ifindex = out;
	skel->rodata->vid = argc > 4 ? (unsigned short)atoi(argv[4]) : 0;
	rc = bare__load(skel);
	if (!rc)
		rc = attach(bpf_program__fd(push ? skel->progs.bare_push : skel->progs.bare_pop),
			    in);
	if (rc)
		fprintf(stderr, "bare: %s\n", strerror(-rc));
	bare__destroy(skel);
	return rc ? 1 : 0;
}
