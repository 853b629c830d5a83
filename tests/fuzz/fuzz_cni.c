// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_cni.c - any bytes as a network's configuration, and as CNI_ARGS (after a zero byte)
 *
 * What is refused is refused with a code and words. What is taken becomes a port that the
 * daemon understands, and a prevResult that was taken can be told in every version.
 */
#include "cni_conf.c"
#include "cni_conf_get.c"
#include "cni_conf_over.c"
#include "cni_conf_port.c"
#include "cni_dev_port.c"
#include "cni_env.c"
#include "cni_result.c"

#include "conf.c"
#include "conf_check.c"
#include "conf_data.c"
#include "conf_doc.c"
#include "conf_err.c"
#include "conf_fdb.c"
#include "conf_get.c"
#include "conf_guard.c"
#include "conf_json.c"
#include "conf_nic.c"
#include "conf_port.c"
#include "conf_switch.c"
#include "conf_offload.c"
#include "conf_units.c"
#include "conf_vlan.c"
#include "conf_walk.c"
#include "conf_warn.c"
#include "vdpa_feature.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_error(const struct cni_err *err)
{
	json_t *doc = cni_result_error("1.1.0", err);
	char *text;

	must(err->code > 0 && err->msg[0] && err->details[0]);
	must(doc && json_object_size(doc) == 4);
	text = json_dumps(doc, JSON_COMPACT);
	must(text);
	free(text);
	json_decref(doc);
}

/* The port must be one; but a tunnel's VID is another matter, and so is a tag of 802.1ad. */
static void check_port(const struct cni_conf *net)
{
	static const char base[] = "switch: {eswitch: pci/0}\nports: []\n";
	struct cni_dev dev = {.port = "c-aaaaaaaaaaaa", .netdev = "c-aaaaaaaaaaaa"};
	json_t *ips = json_pack("[s, s]", "10.0.0.1", "fd00::1"), *doc;
	struct conf_errors errors;
	struct conf conf;
	char *text;

	dev.mac[0] = 2;
	doc = cni_dev_port(&dev, net, net->ip_guard ? ips : NULL);
	json_object_del(doc, "owner");
	text = json_dumps(doc, JSON_COMPACT);
	must(text && !conf_parse(base, strlen(base), &conf, &errors));
	if (conf_port_parse(text, strlen(text), &conf, &errors)) {
		fprintf(stderr, "%s\n%s\n", text, errors.len ? errors.list[0].text : "?");
		abort();
	}
	must(conf.ports_len == 1 && conf.ports[0].role == CONF_ROLE_PORT);
	must(net->device == CNI_DEV_VETH || conf.ports[0].fn.kind != CONF_FN_NONE);
	conf_errors_done(&errors);
	conf_done(&conf);
	free(text);
	json_decref(doc);
	json_decref(ips);
}

static void check_prev(const struct cni_conf *net)
{
	struct cni_err err = {0};
	json_t *result, *told, *again;

	if (!net->prev)
		return;
	result = cni_result_read(net->prev, "prevResult", &err);
	if (!result) {
		check_error(&err);
		return;
	}
	for (size_t i = 0; cni_versions[i]; i++) {
		told = cni_result_as(result, cni_versions[i]);
		again = cni_result_read(told, "prevResult", &err);
		must(told && again);
		json_decref(told);
		json_decref(again);
	}
	json_decref(result);
}

static void check_conf(json_t *doc, const char *args)
{
	struct cni_err err = {0};
	struct cni_conf net;
	int ret = cni_conf_read(doc, args, &net, &err);

	must(ret == 0 || ret == -1);
	if (ret)
		check_error(&err);
	else if (args)
		check_port(&net);
	if (!ret)
		check_prev(&net);
	cni_conf_done(&net);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = strnlen((const char *)data, size);
	char *args = strndup(len < size ? (const char *)data + len + 1 : "",
			     len < size ? size - len - 1 : 0);
	json_t *doc = json_loadb((const char *)data, len, JSON_REJECT_DUPLICATES, NULL);

	must(args);
	if (doc) {
		check_conf(doc, args);
		check_conf(doc, NULL); /* as DEL and GC read it */
	}
	json_decref(doc);
	free(args);
	return 0;
}
