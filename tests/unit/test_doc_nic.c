// SPDX-License-Identifier: GPL-2.0-only
/* test_doc_nic.c - documents of SFs, vDPA devices and their ports, from a tree like /sys
 *
 * There is no devlink and no vDPA here: what the kernel would tell is given by hand,
 * or is not there.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doc.h"
#include "doc_nic.h"
#include "util.h"

#define SF1 "devices/0000:03:00.0/mlx5_core.sf.2"
#define SF2 "devices/0000:03:00.0/mlx5_core.sf.3"

static const char conf_text[] =
	"version: 1\n"
	"switch: {name: sw0, eswitch: pci/0000:03:00.0}\n"
	"ports:\n"
	"  - {name: p, netdev: p0, vlan: {access: 10}, rate: {tx: 10gbit}}\n"
	"  - name: a\n"
	"    sf: {num: 88, mac: \"02:00:00:00:00:01\", eth: true}\n"
	"    rate: {rx: 1gbit, tx: 2gbit, burst: 64k}\n"
	"    vlan: {access: 10}\n"
	"  - name: b\n"
	"    sf: {num: 89, mac: \"02:00:00:00:00:02\"}\n"
	"    vdpa: {name: v89, bind: vhost}\n"
	"    vlan: {access: 10}\n"
	"  - {name: c, vf: {num: 3}, vlan: {access: 10}, rate: {rx: 1gbit}}\n";

static char sys[64];
static struct rtnl rtnl;

static void run(const char *fmt, const char *a, const char *b)
{
	char command[512];

	snprintf(command, sizeof(command), fmt, sys, a, b);
	assert_int_equal(system(command), 0);
}

/* A vDPA device @name of the SF @sf, bound to vhost_vdpa */
static void make_vdpa(const char *sf, const char *name)
{
	run("cd %s && mkdir -p %s/%s/vhost-vdpa-3 bus/vdpa/devices bus/vdpa/drivers/vhost_vdpa", sf,
	    name);
	run("cd %s && ln -s ../../../../bus/vdpa %s/%s/subsystem", sf, name);
	run("cd %s && ln -s ../../../../bus/vdpa/drivers/vhost_vdpa %s/%s/driver", sf, name);
	run("cd %s && ln -s ../../../%s/%s bus/vdpa/devices", sf, name);
}

static int make_tree(void)
{
	str_copy(sys, sizeof(sys), "/tmp/repx-doc.XXXXXX");
	if (!mkdtemp(sys))
		return -1;
	run("cd %s && mkdir -p bus/auxiliary/devices class/infiniband/mlx5_4/ports/1 %s %s", SF1,
	    SF2);
	run("cd %s && ln -s ../../../%s ../../../%s bus/auxiliary/devices", SF1, SF2);
	run("cd %s && mkdir -p %s/infiniband/mlx5_4 && ln -s ../../../%s "
	    "class/infiniband/mlx5_4/device",
	    SF1, SF1);
	run("cd %s && echo '4: ACTIVE' >class/infiniband/mlx5_4/ports/1/state%s%s", "", "");
	run("cd %s && mkdir %s/virtio0 && ln -s ../../../../bus/virtio %s/virtio0/subsystem", SF1,
	    SF1);
	make_vdpa(SF2, "v89");
	return 0;
}

static int setup(void **state)
{
	struct sw *sw = calloc(1, sizeof(*sw));
	struct conf_errors errors = {0};
	size_t i;

	if (make_tree() || rtnl_open(&rtnl))
		return -1;
	if (conf_parse(conf_text, strlen(conf_text), &sw->conf, &errors)) {
		print_error("%s\n", errors.len ? errors.list[0].text : "conf_parse");
		return -1;
	}
	str_copy(sw->name, sizeof(sw->name), sw->conf.name);
	sw->exists = true;
	sw->lock_fd = sw->owner_fd = -1;
	sw->nic.open = true;
	sw->nic.sys = sys;
	sw->nic.rtnl = &rtnl;
	sw->nic.dl.family = sw->nic.vdpa.family = -ENOENT;
	sw->ports = calloc(sw->conf.ports_len, sizeof(*sw->ports));
	for (i = 0; i < sw->conf.ports_len; i++)
		sw->ports[i].slot = (uint32_t)i;
	sw->ports[1].owner = SW_OWNER_CLI;
	sw->ports[1].fn.made = true;
	*state = sw;
	return 0;
}

static int teardown(void **state)
{
	struct sw *sw = *state;

	run("rm -r %s%s%s", "", "");
	rtnl_close(&rtnl);
	conf_done(&sw->conf);
	free(sw->ports);
	free(sw);
	return 0;
}

/* @doc is taken over. */
static void same(json_t *doc, const char *want)
{
	json_t *expected = json_loads(want, JSON_DECODE_ANY, NULL);
	char *text = json_dumps(doc, JSON_COMPACT | JSON_ENCODE_ANY);

	assert_non_null(expected);
	if (!json_equal(doc, expected))
		fail_msg("got %s, want %s", text ? text : "nothing", want);
	free(text);
	json_decref(doc);
	json_decref(expected);
}

static const struct devlink_port port88 = {
	.dev = {"pci", "0000:03:00.0"},
	.index = 32768,
	.netdev = "pf0sf88",
	.has = DEVLINK_PORT_PF | DEVLINK_PORT_SF,
	.sf = 88,
	.fn = {.has = DEVLINK_FN_HW_ADDR | DEVLINK_FN_ACTIVE | DEVLINK_FN_ATTACHED,
	       .hw_addr = {2, 0, 0, 0, 0, 1},
	       .active = true,
	       .attached = true,
	       .nested = {"auxiliary", "mlx5_core.sf.2"}},
};

static void test_sf(void **state)
{
	struct doc_sfs sfs = {.sw = *state};

	same(doc_sf_row(&sfs, 1, &port88),
	     "{\"port\":\"a\",\"num\":88,\"pf\":0,\"controller\":0,\"owner\":\"cli\","
	     "\"made\":true,\"handle\":\"pci/0000:03:00.0/"
	     "32768\",\"representor\":\"pf0sf88\",\"parent\":\"0000:03:00.0\","
	     "\"netdev\":null,\"mac\":\"02:00:00:00:00:01\",\"state\":\"active\","
	     "\"opstate\":\"attached\",\"auxiliary\":\"mlx5_core.sf.2\","
	     "\"rdma\":{\"dev\":\"mlx5_4\",\"state\":\"active\",\"netdev\":null},\"vdpa\":null,"
	     "\"in_use_by\":null}");
	same(doc_sf_ibdev(sys, "mlx5_core.sf.2", "sf88"),
	     "{\"dev\":\"mlx5_4\",\"state\":\"active\",\"netdev\":\"sf88\"}");
	assert_null(doc_sf_ibdev(sys, "mlx5_core.sf.3", "sf89"));
	json_decref(sfs.rdma);
}

static void test_sf_vdpa(void **state)
{
	struct devlink_port port = port88;
	struct doc_sfs sfs = {.sw = *state};

	port.index = 32769;
	port.sf = 89;
	port.fn.attached = false;
	port.netdev[0] = 0;
	str_copy(port.fn.nested.dev, sizeof(port.fn.nested.dev), "mlx5_core.sf.3");
	same(doc_sf_row(&sfs, 2, &port),
	     "{\"port\":\"b\",\"num\":89,\"pf\":0,\"controller\":0,\"owner\":\"file\","
	     "\"made\":false,\"handle\":\"pci/0000:03:00.0/"
	     "32769\",\"representor\":null,\"parent\":\"0000:03:00.0\","
	     "\"netdev\":null,\"mac\":\"02:00:00:00:00:01\",\"state\":\"active\","
	     "\"opstate\":\"detached\",\"auxiliary\":\"mlx5_core.sf.3\",\"rdma\":null,"
	     "\"vdpa\":{\"name\":\"v89\",\"driver\":\"vhost_vdpa\","
	     "\"node\":\"/dev/vhost-vdpa-3\",\"netdev\":null},\"in_use_by\":null}");
	json_decref(sfs.rdma);
}

/* A spare SF is nobody's so far. */
static void test_sf_spare(void **state)
{
	struct sw *sw = *state;
	struct doc_sfs sfs = {.sw = sw};
	json_t *doc;

	sw->conf.ports[1].pool = true;
	sw->ports[1].owner = SW_OWNER_POOL;
	doc = doc_sf_row(&sfs, 1, &port88);
	assert_true(json_is_null(json_object_get(doc, "port")));
	assert_string_equal(json_string_value(json_object_get(doc, "owner")), "pool");
	json_decref(doc);
	json_decref(sfs.rdma);
	sw->conf.ports[1].pool = false;
	sw->ports[1].owner = SW_OWNER_CLI;
}

/* Of another host, and of no port: what is known is what devlink told. */
static void test_sf_external(void **state)
{
	struct devlink_port port = {.dev = {"pci", "0000:03:00.0"},
				    .index = 7,
				    .has = DEVLINK_PORT_SF,
				    .pf = 1,
				    .sf = 88,
				    .controller = 1,
				    .external = true};
	struct doc_sfs sfs = {.sw = *state};

	same(doc_sf_row(&sfs, -1, &port),
	     "{\"port\":null,\"num\":88,\"pf\":1,\"controller\":1,\"owner\":null,\"made\":false,"
	     "\"handle\":\"pci/0000:03:00.0/"
	     "7\",\"representor\":null,\"parent\":\"0000:03:00.0\",\"netdev\":null,"
	     "\"mac\":null,\"state\":null,\"opstate\":null,\"auxiliary\":null,\"rdma\":null,"
	     "\"vdpa\":null,\"in_use_by\":null}");
	json_decref(sfs.rdma);
}

#define MISSING(port, num, owner, made)                                                       \
	"{\"port\":\"" port "\",\"num\":" num ",\"pf\":0,\"controller\":0,\"owner\":\"" owner \
	"\",\"made\":" made                                                                   \
	",\"handle\":null,\"parent\":null,\"representor\":null,\"netdev\":null,"              \
	"\"mac\":null,\"state\":null,\"opstate\":null,\"auxiliary\":null,\"rdma\":null,"      \
	"\"vdpa\":null,\"in_use_by\":null}"

/* A card that is gone: its SFs are told, without what they are like. */
static void test_sf_missing(void **state)
{
	struct err none = {0}, unknown = {0}, err = {0};
	struct sw *sw = *state;

	same(doc_sf(sw, NULL, &err),
	     "[" MISSING("a", "88", "cli", "true") "," MISSING("b", "89", "file", "false") "]");
	same(doc_sf(sw, "a", &err), "[" MISSING("a", "88", "cli", "true") "]");
	sw->ports[1].fn.port = (struct nic_port){{"pci", "0000:03:00.0"}, 32768};
	same(doc_sf(sw, "a", &err), "[" MISSING("a", "88", "cli", "true") "]");
	sw->ports[1].fn.port = (struct nic_port){0};
	assert_int_equal(err.code, 0);
	assert_null(doc_sf(sw, "c", &none));
	assert_string_equal(none.text, "show SF of port 'c': it has none (repx port show c)");
	assert_null(doc_sf(sw, "x", &unknown));
	assert_int_equal(unknown.code, -ENOENT);
}

static void test_vdpa(void **state)
{
	struct err unknown = {0}, err = {0};
	struct sw *sw = *state;

	sw->ports[2].fn.vdpa_made = true;
	same(doc_vdpas(sw, "v89", &err),
	     "[{\"name\":\"v89\",\"port\":\"b\",\"owner\":\"file\",\"made\":true,"
	     "\"mgmtdev\":null,\"mac\":null,\"mtu\":null,\"max_vqp\":null,\"features\":[],"
	     "\"negotiated\":false,\"driver\":\"vhost_vdpa\",\"node\":\"/dev/vhost-vdpa-3\","
	     "\"netdev\":null,\"in_use_by\":null}]");
	/* the name it has counts, not the one in the file */
	str_copy(sw->ports[2].fn.vdpa, sizeof(sw->ports[2].fn.vdpa), "other");
	same(doc_vdpas(sw, NULL, &err),
	     "[{\"name\":\"other\",\"port\":\"b\",\"owner\":\"file\",\"made\":true,"
	     "\"mgmtdev\":null,\"mac\":null,\"mtu\":null,\"max_vqp\":null,\"features\":[],"
	     "\"negotiated\":false,\"driver\":\"\",\"node\":null,\"netdev\":null,"
	     "\"in_use_by\":null}]");
	assert_int_equal(doc_vdpa_port(sw, "other", &err), 2);
	assert_int_equal(err.code, 0);
	assert_null(doc_vdpas(sw, "v89", &unknown));
	assert_string_equal(unknown.text, "find vDPA device 'v89': no port of 'sw0' has it (repx "
					  "vdpa show lists them)");
	sw->ports[2].fn.vdpa[0] = 0;
}

static void test_vdpa_on(void **state)
{
	char name[VDPA_NAME_MAX];

	(void)state;
	assert_int_equal(doc_vdpa_on(sys, "mlx5_core.sf.3", name, sizeof(name)), 0);
	assert_string_equal(name, "v89");
	assert_int_equal(doc_vdpa_on(sys, "mlx5_core.sf.2", name, sizeof(name)), -ENOENT);
	assert_int_equal(doc_vdpa_on(sys, "mlx5_core.sf.9", name, sizeof(name)), -ENOENT);
	assert_int_equal(doc_vdpa_on(sys, "", name, sizeof(name)), -ENOENT);
}

static void test_features(void **state)
{
	(void)state;
	same(doc_features(1ULL << 5 | 1ULL << 32 | 1ULL << 50), "[\"MAC\",\"VERSION_1\",\"50\"]");
	same(doc_features(0), "[]");
}

/* The members of a port's document that the other test cannot have */
static void port_is(struct sw *sw, size_t index, const char *want)
{
	static const char *const keys[] = {"handle", "netdev", "sf", "vf", "vdpa", "rate"};
	json_t *doc = doc_port(sw, index), *part = json_object();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (json_object_get(doc, keys[i]))
			json_object_set(part, keys[i], json_object_get(doc, keys[i]));
	json_decref(doc);
	same(part, want);
}

static void test_port(void **state)
{
	struct sw *sw = *state;
	struct sw_port *a = &sw->ports[1];

	port_is(sw, 0, "{\"handle\":null,\"netdev\":\"p0\",\"rate\":{\"tx\":\"10gbit\"}}");
	str_copy(sw->ports[0].netdev, IFNAMSIZ, "enp3s0f0np0");
	port_is(sw, 0, "{\"handle\":null,\"netdev\":\"enp3s0f0np0\",\"rate\":{\"tx\":\"10gbit\"}}");
	a->fn.port = (struct nic_port){{"pci", "0000:03:00.0"}, 32768};
	a->fn.rate_hw = true;
	port_is(sw, 1,
		"{\"handle\":\"pci/0000:03:00.0/32768\",\"netdev\":\"\",\"sf\":{\"num\":88,"
		"\"mac\":\"02:00:00:00:00:01\",\"eth\":true},\"rate\":{\"rx\":\"1gbit\","
		"\"tx\":\"2gbit\",\"burst\":\"64k\",\"rx_by\":\"devlink\"}}");
	a->fn.port.index = UINT32_MAX; /* made, and its number not told yet */
	a->fn.rate_hw = false;
	str_copy(a->netdev, IFNAMSIZ, "pf0sf88");
	port_is(sw, 1,
		"{\"handle\":null,\"netdev\":\"pf0sf88\",\"sf\":{\"num\":88,"
		"\"mac\":\"02:00:00:00:00:01\",\"eth\":true},\"rate\":{\"rx\":\"1gbit\","
		"\"tx\":\"2gbit\",\"burst\":\"64k\",\"rx_by\":\"software\"}}");
	port_is(sw, 3,
		"{\"handle\":null,\"netdev\":\"\",\"vf\":{\"num\":3},\"rate\":{\"rx\":\"1gbit\","
		"\"rx_by\":\"software\"}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sf),	   cmocka_unit_test(test_sf_vdpa),
		cmocka_unit_test(test_sf_spare),   cmocka_unit_test(test_sf_external),
		cmocka_unit_test(test_sf_missing), cmocka_unit_test(test_vdpa),
		cmocka_unit_test(test_vdpa_on),	   cmocka_unit_test(test_features),
		cmocka_unit_test(test_port),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
