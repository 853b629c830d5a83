// SPDX-License-Identifier: GPL-2.0-only
/* xdpother.c - an XDP program of somebody else, which counts frames and passes them
 *
 *	xdpother add DEV [PRIO]	through libxdp; the smaller PRIO (50) runs first
 *	xdpother plain DEV	without libxdp
 *	xdpother count DEV	the frames it has seen
 *	xdpother del DEV	takes it off, whichever way it came
 *
 * It stays when this ends; what it counts is pinned as /sys/fs/bpf/xdpother-DEV.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "xdp_count.skel.h"

#define PROGRAM "count_pass"

static char pin[64];

static int fail(const char *what, int code)
{
	char text[128];

	libxdp_strerror(code, text, sizeof(text));
	fprintf(stderr, "xdpother: %s: %s\n", what, text);
	return 1;
}

/* libxdp has loaded it, or it is loaded already: the map is there. */
static int keep_count(struct bpf_object *obj)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, "seen");

	unlink(pin);
	return map ? bpf_map__pin(map, pin) : -ENOENT;
}

static int add(int ifindex, unsigned int prio)
{
	DECLARE_LIBXDP_OPTS(xdp_program_opts, opts);
	struct xdp_count *skel = xdp_count__open();
	struct xdp_program *prog;
	int ret;

	if (!skel)
		return fail("open", -errno);
	opts.obj = skel->obj;
	prog = xdp_program__create(&opts);
	if (!prog)
		return fail("create", -errno);
	ret = xdp_program__set_chain_call_enabled(prog, XDP_PASS, true);
	if (!ret)
		ret = xdp_program__set_run_prio(prog, prio);
	if (!ret)
		ret = xdp_program__attach(prog, ifindex, XDP_MODE_NATIVE, 0);
	if (!ret)
		ret = keep_count(skel->obj);
	xdp_program__close(prog);
	xdp_count__destroy(skel);
	return ret ? fail("attach", ret) : 0;
}

static int plain(int ifindex)
{
	struct xdp_count *skel = xdp_count__open_and_load();
	int ret;

	if (!skel)
		return fail("load", -errno);
	ret = bpf_xdp_attach(ifindex, bpf_program__fd(skel->progs.count_pass),
			     XDP_FLAGS_DRV_MODE | XDP_FLAGS_UPDATE_IF_NOEXIST, NULL);
	if (!ret)
		ret = keep_count(skel->obj);
	xdp_count__destroy(skel);
	return ret ? fail("attach", ret) : 0;
}

static int count(void)
{
	int fd = bpf_obj_get(pin);
	unsigned long long n = 0;
	unsigned int key = 0;

	if (fd < 0 || bpf_map_lookup_elem(fd, &key, &n))
		return fail("count", -errno);
	printf("%llu\n", n);
	close(fd);
	return 0;
}

static struct xdp_program *find(struct xdp_multiprog *mp)
{
	struct xdp_program *p = NULL;

	if (xdp_multiprog__is_legacy(mp))
		p = xdp_multiprog__main_prog(mp);
	else
		while ((p = xdp_multiprog__next_prog(p, mp)) &&
		       strcmp(xdp_program__name(p), PROGRAM) != 0)
			;
	return p && !strcmp(xdp_program__name(p), PROGRAM) ? p : NULL;
}

static int del(int ifindex)
{
	struct xdp_multiprog *mp = xdp_multiprog__get_from_ifindex(ifindex);
	struct xdp_program *p;
	int ret;

	if (libxdp_get_error(mp) || !mp)
		return fail("nothing there", -ENOENT);
	p = find(mp);
	if (p && xdp_multiprog__is_legacy(mp))
		ret = bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, NULL);
	else
		ret = p ? xdp_program__detach(p, ifindex, XDP_MODE_NATIVE, 0) : -ENOENT;
	xdp_multiprog__close(mp);
	unlink(pin);
	return ret ? fail("detach", ret) : 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	int ifindex = argc > 2 ? (int)if_nametoindex(argv[2]) : 0;

	if (argc > 2)
		snprintf(pin, sizeof(pin), "/sys/fs/bpf/xdpother-%s", argv[2]);
	if (argc > 2 && !ifindex)
		return fail(argv[2], -ENODEV);
	if (!strcmp(what, "add"))
		return add(ifindex, argc > 3 ? (unsigned int)atoi(argv[3]) : 50);
	if (!strcmp(what, "plain"))
		return plain(ifindex);
	if (!strcmp(what, "count"))
		return count();
	if (!strcmp(what, "del"))
		return del(ifindex);
	fprintf(stderr, "usage: xdpother add DEV [PRIO] | plain DEV | count DEV | del DEV\n");
	return 2;
}
