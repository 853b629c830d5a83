// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_conf.c - any bytes as a configuration, and as one port of one
 *
 * Nothing may go wrong with wrong ones; right ones must be the same after they
 * were written as JSON and read again.
 */
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

static void ignore(const char *text)
{
	must(text[0] != 0);
}

/* A refusal has its reasons, in order, in printable text. */
static void check_errors(int ret, struct conf_errors *errors)
{
	must(ret == 0 || ret == -EINVAL);
	must((ret == -EINVAL) == (errors->len > 0));
	for (size_t i = 0; i < errors->len; i++) {
		const char *text = errors->list[i].text;

		must(errors->list[i].pos.line && errors->list[i].pos.col && text[0]);
		for (; *text; text++)
			must(*text >= ' ' && *text <= '~');
	}
	conf_errors_done(errors);
}

static char *as_text(json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	must(text);
	json_decref(json);
	return text;
}

static void check_round_trip(const struct conf *conf)
{
	char *text = as_text(conf_json(conf)), *again;
	struct conf_errors errors;
	struct conf back;

	must(!conf_parse(text, strlen(text), &back, &errors));
	again = as_text(conf_json(&back));
	must(!strcmp(text, again));
	must(back.ports_len == conf->ports_len && back.fdb_len == conf->fdb_len);
	must(!strcmp(back.eswitch, conf->eswitch) && back.switchdev == conf->switchdev);
	for (size_t i = 0; i < conf->ports_len; i++) {
		must(conf_port_equal(&conf->ports[i], &back.ports[i]));
		must(!memcmp(conf->ports[i].vlan.set, back.ports[i].vlan.set,
			     sizeof(back.ports[i].vlan.set)));
	}
	conf_done(&back);
	free(text);
	free(again);
}

/* Takes ports away until none is left, from a copy. */
static void check_removal(const struct conf *conf)
{
	struct conf_errors errors = {0};
	struct conf copy;

	must(!conf_copy(&copy, conf));
	while (copy.ports_len) {
		must(!conf_remove(&copy, copy.ports[copy.ports_len / 2].name));
		must(!conf_check(&copy, &errors));
	}
	must(copy.fdb_len == 0);
	conf_done(&copy);
}

static void fuzz_file(const char *text, size_t size)
{
	struct conf_errors errors;
	struct conf conf;
	int ret = conf_parse(text, size, &conf, &errors);

	check_errors(ret, &errors);
	if (ret)
		return;
	for (size_t i = 0; i < conf.ports_len; i++)
		must(!conf.ports[i].fn.num_auto && !conf.ports[i].pool);
	conf_warnings(&conf, ignore);
	check_round_trip(&conf);
	if (conf.ports_len < 50)
		check_removal(&conf);
	conf_done(&conf);
}

static void fuzz_port(const char *text, size_t size)
{
	static const char base[] =
		"switch: {eswitch: pci/0, host: {netdev: h, vlan: {access: 5}}}\n"
		"ports: [{name: q, netdev: qr, vlan: {tunnel: 9}}]\n";
	struct conf_errors errors;
	struct conf conf;
	int ret;

	must(!conf_parse(base, strlen(base), &conf, &errors));
	ret = conf_port_parse(text, size, &conf, &errors);
	check_errors(ret, &errors);
	must(conf.ports_len == (ret ? 2 : 3) &&
	     conf.ports[conf.ports_len - 1].role == CONF_ROLE_HOST);
	if (!ret && conf.ports[1].fn.num_auto) { /* as the engine does before all else */
		must(conf.ports[1].fn.kind == CONF_FN_SF && !conf.ports[1].fn.num);
		conf.ports[1].fn.num_auto = false;
	}
	check_round_trip(&conf);
	conf_done(&conf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_file((const char *)data, size);
	fuzz_port((const char *)data, size);
	return 0;
}
