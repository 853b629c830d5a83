// SPDX-License-Identifier: GPL-2.0-only
/* test_conf_pool.c - switch.pool, and SFs whose number is chosen when a port is added */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conf_json.h"
#include "util.h"

#define CARD "eswitch: pci/0000:03:00.0"
#define AUTO "{name: n, vlan: {access: 1}, sf: {num: auto, eth: true}}"

static void parse(const char *text, struct conf *conf)
{
	struct conf_errors errors;

	if (conf_parse(text, strlen(text), conf, &errors))
		fail_msg("%s\nline %u: %s", text, errors.list[0].pos.line, errors.list[0].text);
}

static void assert_mistake(const char *text, const char *what)
{
	struct conf_errors errors;
	struct conf conf;

	assert_int_equal(conf_parse(text, strlen(text), &conf, &errors), -EINVAL);
	assert_int_equal(errors.len, 1);
	assert_string_equal(errors.list[0].text, what);
	conf_errors_done(&errors);
}

static void assert_add(const char *text, struct conf *conf, int want)
{
	struct conf_errors errors = {0};

	assert_int_equal(conf_port_parse(text, strlen(text), conf, &errors), want);
	conf_errors_done(&errors);
}

/* A spare SF, as the engine has it. */
static void add_spare(struct conf *conf, uint32_t num)
{
	struct conf_port port;

	conf_port_init(&port, conf);
	snprintf(port.name, sizeof(port.name), ".pool-%u", num);
	port.fn.kind = CONF_FN_SF;
	port.fn.num = num;
	port.pool = true;
	assert_int_equal(conf_add_port(conf, &port), 0);
}

static void test_key(void **state)
{
	struct conf conf, back;
	json_t *json;
	char *text;

	(void)state;
	parse("{}", &conf);
	assert_int_equal(conf.pool_sf, 0);
	conf_done(&conf);
	parse("switch: {" CARD ", pool: {sf: 4096}}", &conf);
	assert_int_equal(conf.pool_sf, 4096);
	assert_int_equal(conf.pool_pos.line, 1);
	json = conf_json(&conf);
	text = json_dumps(json, JSON_COMPACT);
	assert_non_null(strstr(text, "\"pool\":{\"sf\":4096}"));
	parse(text, &back);
	assert_int_equal(back.pool_sf, 4096);
	free(text);
	json_decref(json);
	conf_done(&conf);
	conf_done(&back);
	parse("switch: {pool: {sf: 0}}", &conf); /* none are kept: no card is needed */
	conf_done(&conf);
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_mistake("switch: {" CARD ", pool: {sf: 4097}}",
		       "switch: pool.sf: 4097 is not a number from 0 to 4096");
	assert_mistake("switch: {" CARD ", pool: 3}",
		       "switch: pool: must be a map of keys and values, not a scalar");
	assert_mistake("switch: {" CARD ", pool: {vf: 3}}",
		       "switch: pool: unknown key 'vf' (did you mean 'sf'?)");
	assert_mistake("switch: {pool: {sf: 1}}",
		       "switch: pool needs switch.eswitch, whose SFs they are (give eswitch: "
		       "pci/0000:03:00.0)");
	assert_mistake("switch: {" CARD "}\nports: [" AUTO "]",
		       "port 'n': sf.num: auto is for repx port add alone: a file must make the "
		       "same SF every time (give a number)");
	/* both are chosen: neither is the other's */
	assert_mistake("switch: {" CARD
		       "}\nports: [{name: a, vlan: {access: 1}, sf: {num: 0}}, " AUTO "]",
		       "port 'n': sf.num: auto is for repx port add alone: a file must make the "
		       "same SF every time (give a number)");
	assert_mistake("switch: {" CARD "}\nports: [{name: a, vlan: {access: 1}, vf: {num: auto}}]",
		       "port 'a': vf.num: auto is not a number from 0 to 65535");
}

static void test_added(void **state)
{
	struct conf conf;

	(void)state;
	parse("switch: {" CARD "}\nports: [{name: a, vlan: {access: 1}, sf: {num: 0}}]", &conf);
	assert_add(AUTO, &conf, 0);
	assert_int_equal(conf.ports_len, 2);
	assert_true(conf.ports[1].fn.num_auto);
	assert_false(conf.ports[0].fn.num_auto);
	assert_false(conf_fn_same(&conf.ports[0].fn, &conf.ports[1].fn));
	assert_false(conf_port_equal(&conf.ports[1], &conf.ports[0]));
	assert_add("{name: v, vlan: {access: 1}, vf: {num: auto}}", &conf, -EINVAL);
	assert_add("{name: s, vlan: {access: 1}, sf: {num: automatic}}", &conf, -EINVAL);
	conf_done(&conf);
	parse("{}", &conf);
	assert_add(AUTO, &conf, -EINVAL); /* there is no card */
	conf_done(&conf);
}

/* Spare SFs are in no file, have no port's number to themselves, and take nobody's place. */
static void test_spares(void **state)
{
	struct conf conf, copy;
	json_t *json;

	(void)state;
	parse("switch: {" CARD ", max_ports: 2}\nports: [{name: a, netdev: a, vlan: {access: 1}}]",
	      &conf);
	add_spare(&conf, 7);
	add_spare(&conf, 8);
	assert_int_equal(conf.ports_len, 3);
	assert_int_equal(conf_ports_wanted(&conf), 1);
	assert_add("{name: b, vlan: {access: 1}, sf: {num: 7}}", &conf, 0);
	assert_add("{name: c, netdev: c, vlan: {access: 1}}", &conf, -EINVAL);
	assert_int_equal(conf_ports_wanted(&conf), 2);
	json = conf_json(&conf);
	assert_int_equal(json_array_size(json_object_get(json, "ports")), 2);
	json_decref(json);
	assert_int_equal(conf_copy(&copy, &conf), 0);
	assert_true(copy.ports[1].pool);
	assert_true(conf_port_equal(&copy.ports[1], &conf.ports[1]));
	copy.ports[1].pool = false;
	assert_false(conf_port_equal(&copy.ports[1], &conf.ports[1]));
	conf_done(&copy);
	conf_done(&conf);
}

static char said[256];

static void hear(const char *text)
{
	str_copy(said, sizeof(said), text);
}

static void test_warning(void **state)
{
	struct conf conf;

	(void)state;
	parse("switch: {" CARD ", max_ports: 3, pool: {sf: 2}}\nports: [{name: a, netdev: a, vlan: "
	      "{access: 1}}]",
	      &conf);
	said[0] = 0;
	conf_warnings(&conf, hear);
	assert_string_equal(said, "");
	conf.pool_sf = 3;
	conf_warnings(&conf, hear);
	assert_string_equal(said,
			    "switch 'repx0': pool.sf: 3 and 1 ports are more than max_ports: 3 "
			    "(a spare SF has the place of a port)");
	conf_done(&conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),	cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_added),	cmocka_unit_test(test_spares),
		cmocka_unit_test(test_warning),
	};

	return cmocka_run_group_tests_name("conf_pool", tests, NULL, NULL);
}
