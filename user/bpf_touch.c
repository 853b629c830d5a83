// SPDX-License-Identifier: GPL-2.0-only
/* bpf_touch.c - running repx_touch, which keeps addresses alive */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "bpf_obj.h"
#include "repx_sy.skel.h"

/* The FDB is the switch's; the other maps it knows of are not needed. */
static int prepare(const struct bpf_obj *obj, struct repx_sy *skel)
{
	struct bpf_map *map;
	int ret = 0;

	bpf_object__for_each_map(map, skel->obj)
	{
		if (map == skel->maps.repx_fdb)
			ret = bpf_map__reuse_fd(map, obj->fdb);
		else if (!bpf_map__is_internal(map))
			ret = bpf_map__set_autocreate(map, false);
		if (ret)
			break;
	}
	return ret;
}

int bpf_obj_touch_load(struct bpf_obj *obj, struct err *err)
{
	struct repx_sy *skel;
	int ret;

	if (obj->toucher)
		return 0;
	skel = repx_sy__open();
	if (!skel)
		return err_set(err, -errno, "open the program repx_touch: %s", strerror(errno));
	ret = prepare(obj, skel);
	if (!ret)
		ret = repx_sy__load(skel);
	if (ret) {
		repx_sy__destroy(skel);
		return err_set(err, ret, "load the program repx_touch: %s (it needs Linux 5.14)",
			       strerror(-ret));
	}
	obj->toucher = skel;
	return 0;
}

void bpf_obj_touch_done(struct bpf_obj *obj)
{
	repx_sy__destroy(obj->toucher);
	obj->toucher = NULL;
}

int bpf_obj_touch(struct bpf_obj *obj, struct repx_touch *touch)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = touch, .ctx_size_in = sizeof(*touch));
	int ret = bpf_obj_touch_load(obj, NULL);

	if (!ret)
		ret = bpf_prog_test_run_opts(bpf_program__fd(obj->toucher->progs.repx_touch),
					     &opts);
	return ret ? ret : touch->found != 0;
}
