// SPDX-License-Identifier: GPL-2.0-only
/* bpf_trace.c - running a frame through the tracing copy of the programs */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "bpf_obj.h"
#include "repx_tr.skel.h"

#define TRACE_DATA_MIN 64
#define TRACE_DATA_MAX 2048

/* A test run takes neither 14 bytes nor a page: short frames are padded, long ones
 * cut, and the program is told how long the frame really is. */
static int run(struct repx_tr *skel, uint32_t ifindex, const void *frame, uint32_t len)
{
	uint8_t data[TRACE_DATA_MAX] = {0};
	uint32_t given = len < TRACE_DATA_MAX ? len : TRACE_DATA_MAX;
	struct __sk_buff ctx = {.ifindex = ifindex};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = data, .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .repeat = 1);

	memcpy(data, frame, given);
	opts.data_size_in = given < TRACE_DATA_MIN ? TRACE_DATA_MIN : given;
	return bpf_prog_test_run_opts(bpf_program__fd(skel->progs.repx_trace_in), &opts);
}

/* Loading takes longer than all the rest: done once for each bpf_obj. */
static int load(struct bpf_obj *obj, struct err *err)
{
	struct repx_tr *skel;
	int ret;

	if (obj->tracer)
		return 0;
	skel = repx_tr__open();
	if (!skel)
		return err_set(err, -errno, "open the tracing program: %s", strerror(errno));
	skel->rodata->repx_sizes = bpf_obj_sizes(obj);
	ret = bpf_obj_prepare_maps(obj, skel->obj);
	if (!ret)
		ret = repx_tr__load(skel);
	if (ret) {
		repx_tr__destroy(skel);
		return err_set(err, ret, "load the tracing program: %s", strerror(-ret));
	}
	obj->tracer = skel;
	return 0;
}

void bpf_obj_trace_done(struct bpf_obj *obj)
{
	repx_tr__destroy(obj->tracer);
	obj->tracer = NULL;
}

int bpf_obj_trace(struct bpf_obj *obj, uint32_t ifindex, const void *frame, uint32_t len,
		  struct repx_trace *out, struct err *err)
{
	uint32_t zero = 0;
	int map, ret;

	if (len < 14 || len > 65535)
		return err_set(err, -EINVAL,
			       "trace a frame of %u bytes: Ethernet frames have 14 to 65535", len);
	ret = load(obj, err);
	if (ret)
		return ret;
	memset(out, 0, sizeof(*out));
	out->frame_size = len;
	map = bpf_map__fd(obj->tracer->maps.repx_trace);
	ret = bpf_map_update_elem(map, &zero, out, BPF_ANY);
	if (!ret)
		ret = run(obj->tracer, ifindex, frame, len);
	if (ret)
		return err_set(err, ret, "trace a frame of %u bytes: %s", len, strerror(-ret));
	if (bpf_map_lookup_elem(map, &zero, out))
		return err_set(err, -errno, "read the trace: %s", strerror(errno));
	return 0;
}
