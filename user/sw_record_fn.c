// SPDX-License-Identifier: GPL-2.0-only
/* sw_record_fn.c - what repx did to the function behind a port, as JSON; see sw_state.h */
#include <errno.h>
#include <string.h>

#include "sw_state.h"
#include "util.h"

static json_t *was_json(const struct devlink_fn *was)
{
	char mac[18];

	snprintf(mac, sizeof(mac), MAC_FMT, MAC_ARG(was->hw_addr));
	return json_pack("{s:I,s:s,s:b,s:b,s:I}", "has", (json_int_t)was->has, "mac", mac, "active",
			 (int)was->active, "roce", (int)was->roce, "max_io_eqs",
			 (json_int_t)was->max_io_eqs);
}

json_t *sw_fn_json(const struct sw_fn *fn)
{
	json_t *doc;

	if (!*fn->port.dev.dev)
		return NULL;
	doc = json_pack("{s:s,s:s,s:I,s:i,s:i,s:I,s:I,s:b}", "bus", fn->port.dev.bus, "dev",
			fn->port.dev.dev, "index", (json_int_t)fn->port.index, "kind",
			(int)fn->kind, "pf", (int)fn->pf, "num", (json_int_t)fn->num, "controller",
			(json_int_t)fn->controller, "has_controller", (int)fn->has_controller);
	if (!doc ||
	    json_object_update_new(
		    doc,
		    json_pack("{s:b,s:b,s:o,s:[i,i,i],s:s,s:s,s:b,s:i,s:b,s:I,s:b,s:I}", "made",
			      (int)fn->made, "ready", (int)fn->ready, "was", was_json(&fn->was),
			      "params", fn->was_params.eth, fn->was_params.rdma,
			      fn->was_params.vnet, "aux", fn->aux, "vdpa", fn->vdpa, "vdpa_made",
			      (int)fn->vdpa_made, "vdpa_was", fn->vdpa_was, "rate_hw",
			      (int)fn->rate_hw, "was_rate", (json_int_t)fn->was_rate, "share_hw",
			      (int)fn->share_hw, "was_share", (json_int_t)fn->was_share))) {
		json_decref(doc);
		return NULL;
	}
	return doc;
}

static int was_parse(json_t *json, struct devlink_fn *out, json_error_t *why)
{
	json_int_t has, eqs;
	const char *mac;
	int active, roce;

	if (json_unpack_ex(json, why, 0, "{s:I,s:s,s:b,s:b,s:I}", "has", &has, "mac", &mac,
			   "active", &active, "roce", &roce, "max_io_eqs", &eqs) ||
	    sscanf(mac, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &out->hw_addr[0], &out->hw_addr[1],
		   &out->hw_addr[2], &out->hw_addr[3], &out->hw_addr[4], &out->hw_addr[5]) != 6)
		return -EINVAL;
	out->has = (uint32_t)has;
	out->active = active;
	out->roce = roce;
	out->max_io_eqs = (uint32_t)eqs;
	return 0;
}

static int identity_parse(json_t *json, struct sw_fn *out, json_error_t *why)
{
	json_int_t index, num, controller;
	int kind, pf, has_controller;
	const char *bus, *dev;

	if (json_unpack_ex(json, why, 0, "{s:s,s:s,s:I,s:i,s:i,s:I,s:I,s:b}", "bus", &bus, "dev",
			   &dev, "index", &index, "kind", &kind, "pf", &pf, "num", &num,
			   "controller", &controller, "has_controller", &has_controller) ||
	    kind < CONF_FN_NONE || kind > CONF_FN_VF)
		return -EINVAL;
	str_copy(out->port.dev.bus, sizeof(out->port.dev.bus), bus);
	str_copy(out->port.dev.dev, sizeof(out->port.dev.dev), dev);
	out->port.index = (uint32_t)index;
	out->kind = (enum conf_fn_kind)kind;
	out->pf = (uint16_t)pf;
	out->num = (uint32_t)num;
	out->controller = (uint32_t)controller;
	out->has_controller = has_controller;
	return 0;
}

int sw_fn_parse(json_t *json, struct sw_fn *out, json_error_t *why)
{
	struct sw_fn fn = {.was_params = {-1, -1, -1}, .vdpa_was = -1};
	int made, ready, eth, rdma, vnet, vdpa_made, vdpa_was, rate_hw, share_hw = 0;
	const char *aux, *vdpa;
	json_int_t was_rate, was_share = 0; /* shares: not in older records */
	json_t *was;

	*out = fn;
	if (!json)
		return 0;
	if (identity_parse(json, &fn, why) ||
	    json_unpack_ex(json, why, 0,
			   "{s:b,s:b,s:o,s:[i,i,i],s:s,s:s,s:b,s:i,s:b,s:I,s?:b,s?:I}", "made",
			   &made, "ready", &ready, "was", &was, "params", &eth, &rdma, &vnet, "aux",
			   &aux, "vdpa", &vdpa, "vdpa_made", &vdpa_made, "vdpa_was", &vdpa_was,
			   "rate_hw", &rate_hw, "was_rate", &was_rate, "share_hw", &share_hw,
			   "was_share", &was_share) ||
	    was_parse(was, &fn.was, why))
		return -EINVAL;
	fn.made = made;
	fn.ready = ready;
	fn.was_params = (struct nic_params){(int8_t)eth, (int8_t)rdma, (int8_t)vnet};
	str_copy(fn.aux, sizeof(fn.aux), aux);
	str_copy(fn.vdpa, sizeof(fn.vdpa), vdpa);
	fn.vdpa_made = vdpa_made;
	fn.vdpa_was = (int8_t)vdpa_was;
	fn.rate_hw = rate_hw;
	fn.was_rate = (uint64_t)was_rate;
	fn.share_hw = share_hw;
	fn.was_share = (uint64_t)was_share;
	*out = fn;
	return 0;
}
