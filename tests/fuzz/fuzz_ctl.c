// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_ctl.c - any line to the control socket: one well-formed answer or none */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/ctl.c"
#include "../../user/err.c"
#include "../../user/params.c"

static bool changed;

static json_t *read_call(void *data, const json_t *params, struct err *err)
{
	const char *port = NULL;
	bool dry_run = false;
	uint8_t mac[6], *frame;
	uint16_t vlan = 0;
	size_t len;

	(void)data;
	if (params_known(params, "port vlan mac dry_run", err) ||
	    params_text(params, "port", &port, err) || params_vid(params, "vlan", &vlan, err) ||
	    params_bool(params, "dry_run", &dry_run, err) || params_mac(params, "mac", mac, err))
		return NULL;
	if (port && !params_hex(port, &frame, &len, err))
		free(frame);
	if (err->code)
		return NULL;
	return json_pack("{s:O}", "params", params);
}

static json_t *change_call(void *data, const json_t *params, struct err *err)
{
	(void)data;
	changed = true;
	err_set(err, -EBUSY, "%s", json_object_iter_key(json_object_iter((json_t *)params)) ?: "");
	return NULL;
}

static const struct ctl_method table[] = {
	{"read", false, false, read_call},
	{"change", true, false, change_call},
	{0},
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void run_as(const uint8_t *data, size_t size, uid_t uid)
{
	char *answer = ctl_answer(table, NULL, (const char *)data, size, uid);
	json_t *json;

	check(!changed || uid == 0);
	changed = false;
	if (!answer)
		return;
	check(strchr(answer, '\n') == answer + strlen(answer) - 1);
	json = json_loads(answer, 0, NULL);
	check(json_is_object(json) || json_array_size(json) > 0);
	json_decref(json);
	free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run_as(data, size, 1000);
	run_as(data, size, 0);
	return 0;
}
