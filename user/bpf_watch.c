// SPDX-License-Identifier: GPL-2.0-only
/* bpf_watch.c - the tracepoint programs, which count XDP redirects that come to nothing */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf_obj.h"
#include "log.h"
#include "repx_xm.skel.h"

/* Pins a link beside the programs, which keeps it going. */
static int watch(const struct bpf_program *prog, const char *path)
{
	struct bpf_link *link = bpf_program__attach(prog);
	int ret = link ? bpf_link__pin(link, path) : -errno;

	bpf_link__destroy(link);
	return ret;
}

/* Worth having, not worth failing for: it wants kernel BTF. */
void bpf_obj_watch_xdp(const struct bpf_obj *obj, const char *dir, bool errors, bool xmit)
{
	char refused_path[512], xmit_path[512];
	struct repx_xm *skel = NULL;
	int ret = 0;

	snprintf(refused_path, sizeof(refused_path), "%s/progs/" BPF_OBJ_REFUSED_PIN, dir);
	snprintf(xmit_path, sizeof(xmit_path), "%s/progs/" BPF_OBJ_XMIT_PIN, dir);
	if (!errors)
		unlink(refused_path);
	if (!xmit)
		unlink(xmit_path);
	errors = errors && access(refused_path, F_OK);
	xmit = xmit && access(xmit_path, F_OK);
	if (!errors && !xmit)
		return;
	skel = repx_xm__open();
	if (!skel)
		ret = -errno;
	if (!ret)
		ret = bpf_obj_prepare_maps(obj, skel->obj);
	if (!ret)
		ret = repx_xm__load(skel);
	if (!ret && errors)
		ret = watch(skel->progs.repx_refused, refused_path);
	if (!ret && xmit)
		ret = watch(skel->progs.repx_xmit, xmit_path);
	if (ret)
		log_debug("count refused redirects: %s", strerror(-ret));
	repx_xm__destroy(skel);
}
