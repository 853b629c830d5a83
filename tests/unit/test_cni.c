// SPDX-License-Identifier: GPL-2.0-only
/* test_cni.c - repx-cni without a network: what a configuration becomes, results in each
 * version, the frames that announce an address
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cni_announce.h"
#include "cni_dev.h"
#include "cni_link.h"
#include "cni_name.h"
#include "cni_result.h"
#include "util.h"

#define NET "\"cniVersion\":\"1.1.0\",\"name\":\"n\","

/* A configuration (keys after the name), CNI_ARGS; the port without name, owner and device;
 * or a code and what the message says. */
static const struct row {
	const char *keys, *args, *port;
	int code;
} rows[] = {
	{"\"vlan\":10", "", "{\"vlan\":{\"access\":10},\"guard\":{\"mac\":[\"MAC\"]}}", 0},
	{"\"vlan\":10,\"spoofchk\":\"off\"", "", "{\"vlan\":{\"access\":10}}", 0},
	{"\"vlan\":10,\"spoofchk\":false", "", "{\"vlan\":{\"access\":10}}", 0},
	{"\"vlan\":10,\"ipGuard\":true", "",
	 "{\"vlan\":{\"access\":10},\"guard\":{\"mac\":[\"MAC\"],\"ip\":[\"10.0.0.2\",\"fd00::2\"]}"
	 "}",
	 0},
	{"\"vlan\":10,\"ipGuard\":true,\"spoofchk\":false", "",
	 "{\"vlan\":{\"access\":10},\"guard\":{\"ip\":[\"10.0.0.2\",\"fd00::2\"]}}", 0},
	{"\"spoofchk\":false,\"trunk\":[{\"id\":10},{\"minID\":20,\"maxID\":22}]", "",
	 "{\"vlan\":{\"trunk\":[10,\"20-22\"]}}", 0},
	{"\"spoofchk\":false,\"vlanTrunk\":[{\"id\":10}],\"vlan\":5", "",
	 "{\"vlan\":{\"trunk\":[5,10],\"native\":5}}", 0},
	{"\"spoofchk\":false,\"trunk\":[{\"minID\":1,\"maxID\":9},{\"minID\":5,\"maxID\":4094}]",
	 "", "{\"vlan\":{\"trunk\":[\"1-4094\"]}}", 0},
	{"\"spoofchk\":false,\"vlan\":7,\"vlanQoS\":3,\"vlanProto\":\"802.1ad\"", "",
	 "{\"vlan\":{\"access\":7,\"proto\":\"802.1ad\"},\"pcp\":3}", 0},
	{"\"spoofchk\":false,\"vlan\":7,\"isolated\":true", "",
	 "{\"vlan\":{\"access\":7},\"isolated\":true}", 0},
	{"\"spoofchk\":false,\"vlan\":7,\"max_tx_rate\":100", "",
	 "{\"vlan\":{\"access\":7},\"rate\":{\"rx\":\"100000000bit\"}}", 0},
	{"\"spoofchk\":false,\"vlan\":7,\"max_tx_rate\":0", "", "{\"vlan\":{\"access\":7}}", 0},
	{"\"spoofchk\":false,\"vlan\":7,\"runtimeConfig\":{\"bandwidth\":{\"ingressRate\":8000,"
	 "\"egressRate\":9000,"
	 "\"ingressBurst\":800,\"egressBurst\":1600}}",
	 "",
	 "{\"vlan\":{\"access\":7},\"rate\":{\"rx\":\"9000bit\",\"tx\":\"8000bit\",\"burst\":"
	 "\"200\"}}",
	 0},
	{"\"vlan\":7,\"mac\":\"02:00:00:00:00:AA\"", "",
	 "{\"vlan\":{\"access\":7},\"guard\":{\"mac\":[\"02:00:00:00:00:aa\"]}}", 0},
	{"\"vlan\":7,\"mac\":\"02:00:00:00:00:AA\",\"args\":{\"cni\":{\"mac\":\"02:00:00:00:00:"
	 "ab\"}}",
	 "", "{\"vlan\":{\"access\":7},\"guard\":{\"mac\":[\"02:00:00:00:00:ab\"]}}", 0},
	{"\"vlan\":7,\"args\":{\"cni\":{\"mac\":\"02:00:00:00:00:ab\"}}", "MAC=02:00:00:00:00:ac",
	 "{\"vlan\":{\"access\":7},\"guard\":{\"mac\":[\"02:00:00:00:00:ac\"]}}", 0},
	{"\"vlan\":7,\"runtimeConfig\":{\"mac\":\"02:00:00:00:00:ad\"}", "MAC=02:00:00:00:00:ac",
	 "{\"vlan\":{\"access\":7},\"guard\":{\"mac\":[\"02:00:00:00:00:ad\"]}}", 0},
	{"\"vlan\":7", "K8S_POD_NAME=x;IgnoreUnknown=1;IP=10.0.0.9",
	 "{\"vlan\":{\"access\":7},\"guard\":{\"mac\":[\"MAC\"]}}", 0},
	{"\"vlan\":7", "K8S_POD_NAME=x;IgnoreUnknown=0", "unknown key 'K8S_POD_NAME'", 4},
	{"\"spoofchk\":false,\"vlan\":7,\"max_tx_rate\":100,\"min_tx_rate\":10", "",
	 "{\"vlan\":{\"access\":7},\"rate\":{\"rx\":\"100000000bit\",\"rx_min\":\"10000000bit\"}}",
	 0},
	{"\"vlan\":7,\"max_tx_rate\":10,\"min_tx_rate\":11", "", "more than max_tx_rate", 7},
	{"\"vlan\":7,\"min_tx_rate\":11,\"device\":\"veth\"", "", "only a card can promise", 7},
	{"\"vlan\":0", "", "vlan is missing", 7},
	{"\"vlan\":\"10\"", "", "vlan is not a whole number from 0 to 4094", 7},
	{"\"vlan\":7,\"vlanQoS\":8", "", "vlanQoS is not a whole number from 0 to 7", 7},
	{"\"vlan\":7,\"vlanProto\":\"802.1x\"", "", "vlanProto '802.1x' is not known", 7},
	{"\"trunk\":[{\"id\":10,\"minID\":20,\"maxID\":22}]", "", "neither a VLAN nor a range", 7},
	{"\"trunk\":[{\"minID\":22,\"maxID\":20}]", "", "neither a VLAN nor a range", 7},
	{"\"trunk\":[{\"maxID\":20}]", "", "neither a VLAN nor a range", 7},
	{"\"trunk\":[{\"vid\":20}]", "", "unknown key 'vid' (20)", 2},
	{"\"trunk\":{\"id\":20}", "", "trunk is not a list", 7},
	{"\"vlan\":7,\"mtu\":60", "", "mtu 60 is too small", 7},
	{"\"vlan\":7,\"spoofchk\":\"yes\"", "", "spoofchk is neither true nor false", 7},
	{"\"vlan\":7,\"device\":\"tap\"", "", "device 'tap' is not known", 7},
	{"\"vlan\":7,\"device\":\"vf\"", "", "deviceID is missing", 7},
	{"\"vlan\":7,\"device\":\"veth\",\"deviceID\":\"0000:03:00.2\"", "",
	 "a veth has no deviceID", 7},
	{"\"vlan\":7,\"deviceID\":\"../x\"", "", "is a path", 7},
	{"\"vlan\":7,\"device\":\"vdpa\",\"ipam\":{\"type\":\"static\"}", "",
	 "no interface for addresses", 7},
	{"\"vlan\":7,\"device\":\"veth\",\"rdma\":true", "", "rdma is for an SF", 7},
	{"\"vlan\":7,\"ipam\":{\"type\":\"a/b\"}", "", "is a path", 7},
	{"\"vlan\":7,\"ipam\":{\"x\":1}", "", "ipam.type is missing", 7},
	{"\"vlan\":7,\"socket\":\"run/x\"", "", "is not an absolute path", 7},
	{"\"vlan\":7,\"switch\":\"a/b\"", "", "is not the name of a switch", 7},
	{"\"vlan\":7,\"colour\":[1]", "", "unknown key 'colour' ([1])", 2},
	{"\"vlan\":7,\"runtimeConfig\":{\"bandwidth\":{\"egressRate\":7999}}", "",
	 "less than 8000 bit/s", 7},
	{"\"vlan\":7", "COLOUR=1", "unknown key 'COLOUR'", 4},
	{"\"vlan\":7", "MAC", "'MAC' is not KEY=VALUE", 4},
	{"\"vlan\":7", "MAC=01:00:00:00:00:01", "is not the MAC address of an interface", 7},
};

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};

static void assert_port(const struct row *row, const struct cni_conf *conf)
{
	json_t *ips = json_pack("[s, s]", "10.0.0.2", "fd00::2"), *got, *want;
	struct cni_dev dev = {.port = "c-x"};
	char text[400], *at;

	memcpy(dev.mac, conf->has_mac ? conf->mac : mac, sizeof(dev.mac));
	got = cni_dev_port(&dev, conf, ips);
	json_object_del(got, "name");
	json_object_del(got, "owner");
	json_object_del(got, "sf");
	str_copy(text, sizeof(text), row->port);
	at = strstr(text, "MAC");
	if (at) {
		memmove(at + 17, at + 3, strlen(at + 3) + 1);
		memcpy(at, "02:00:00:00:00:01", 17);
	}
	want = json_loads(text, 0, NULL);
	assert_non_null(want);
	if (!json_equal(got, want))
		fail_msg("%s\ngot  %s\nwant %s", row->keys, json_dumps(got, JSON_COMPACT), text);
	json_decref(got);
	json_decref(want);
	json_decref(ips);
}

static void test_rows(void **state)
{
	struct cni_conf conf;
	char text[600];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct cni_err err = {0};
		json_t *doc;

		snprintf(text, sizeof(text), "{" NET "%s}", row->keys);
		doc = json_loads(text, 0, NULL);
		assert_non_null(doc);
		cni_conf_read(doc, row->args, &conf, &err);
		if (err.code != row->code || (row->code && !strstr(err.msg, row->port)))
			fail_msg("%s: got %d %s", row->keys, err.code, err.msg);
		assert_true(!err.code || err.details[0]);
		if (!row->code)
			assert_port(row, &conf);
		cni_conf_done(&conf);
		json_decref(doc);
	}
}

/* What a device is when only its ID is given. */
static void test_device(void **state)
{
	static const struct {
		const char *keys;
		enum cni_device device;
	} devices[] = {
		{"\"deviceID\":\"mlx5_core.sf.4\"", CNI_DEV_SF},
		{"\"pciBusID\":\"mlx5_core.sf.4\"", CNI_DEV_SF},
		{"\"runtimeConfig\":{\"deviceID\":\"mlx5_core.sf.4\"}", CNI_DEV_SF},
		{"\"device\":\"vdpa\"", CNI_DEV_VDPA},
		{"\"device\":\"veth\"", CNI_DEV_VETH},
		{"\"mtu\":1500", CNI_DEV_SF},
	};
	struct cni_conf conf;
	char text[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		struct cni_err err = {0};
		json_t *doc;

		snprintf(text, sizeof(text), "{" NET "\"vlan\":1,%s}", devices[i].keys);
		doc = json_loads(text, 0, NULL);
		assert_int_equal(cni_conf_read(doc, "", &conf, &err), 0);
		assert_int_equal(conf.device, devices[i].device);
		cni_conf_done(&conf);
		json_decref(doc);
	}
}

/* DEL and GC must do with a configuration that ADD would refuse. */
static void test_undo_reads_less(void **state)
{
	json_t *doc = json_loads("{" NET "\"vlan\":\"x\",\"colour\":1}", 0, NULL);
	struct cni_err err = {0};
	struct cni_conf conf;

	(void)state;
	assert_int_equal(cni_conf_read(doc, NULL, &conf, &err), 0);
	assert_string_equal(conf.socket, "/run/repx/repx0/control");
	cni_conf_done(&conf);
	json_decref(doc);
}

static void test_result(void **state)
{
	static const char full[] =
		"{\"interfaces\":[{\"name\":\"eth0\",\"mac\":\"02:00:00:00:00:01\",\"mtu\":1500,"
		"\"sandbox\":\"/x\",\"socketPath\":\"/s\",\"pciID\":\"p\"}],"
		"\"ips\":[{\"address\":\"10.0.0.2/8\",\"interface\":0},{\"address\":\"fd00::2/"
		"64\"}],"
		"\"routes\":[{\"dst\":\"0.0.0.0/0\",\"mtu\":1400,\"table\":7}]}";
	static const struct {
		const char *version, *want;
	} forms[] = {
		{"1.1.0", "{\"cniVersion\":\"1.1.0\",\"interfaces\":[{\"name\":\"eth0\",\"mac\":"
			  "\"02:00:00:00:00:01\","
			  "\"mtu\":1500,\"sandbox\":\"/x\",\"socketPath\":\"/s\",\"pciID\":\"p\"}],"
			  "\"ips\":[{\"address\":\"10.0.0.2/"
			  "8\",\"interface\":0},{\"address\":\"fd00::2/64\"}],"
			  "\"routes\":[{\"dst\":\"0.0.0.0/0\",\"mtu\":1400,\"table\":7}]}"},
		{"1.0.0", "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"eth0\",\"mac\":"
			  "\"02:00:00:00:00:01\","
			  "\"sandbox\":\"/x\"}],"
			  "\"ips\":[{\"address\":\"10.0.0.2/"
			  "8\",\"interface\":0},{\"address\":\"fd00::2/64\"}],"
			  "\"routes\":[{\"dst\":\"0.0.0.0/0\"}]}"},
		{"0.3.1", "{\"cniVersion\":\"0.3.1\",\"interfaces\":[{\"name\":\"eth0\",\"mac\":"
			  "\"02:00:00:00:00:01\","
			  "\"sandbox\":\"/x\"}],"
			  "\"ips\":[{\"version\":\"4\",\"address\":\"10.0.0.2/8\",\"interface\":0},"
			  "{\"version\":\"6\",\"address\":\"fd00::2/"
			  "64\"}],\"routes\":[{\"dst\":\"0.0.0.0/0\"}]}"},
	};
	json_t *doc = json_loads(full, 0, NULL), *result, *told, *want, *back;
	struct cni_err err = {0};

	(void)state;
	result = cni_result_read(doc, "prevResult", &err);
	assert_non_null(result);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		told = cni_result_as(result, forms[i].version);
		want = json_loads(forms[i].want, 0, NULL);
		if (!json_equal(told, want))
			fail_msg("%s: %s", forms[i].version, json_dumps(told, JSON_COMPACT));
		/* what was told is understood again */
		back = cni_result_read(told, "prevResult", &err);
		assert_int_equal(json_array_size(json_object_get(back, "ips")), 2);
		json_decref(back);
		json_decref(told);
		json_decref(want);
	}
	json_decref(result);
	json_decref(doc);
}

static void test_announce(void **state)
{
	static const uint8_t ip4[4] = {10, 0, 0, 2}, ip6[16] = {0xfd, [15] = 2};
	/* request: who has 10.0.0.2? tell 10.0.0.2 */
	static const uint8_t arp[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,  0, 0, 0, 0,
				      1,    0x08, 0x06, 0,    1,    0x08, 0,  6, 4, 0, 1,
				      2,    0,	  0,	0,    0,    1,	  10, 0, 0, 2, 0,
				      0,    0,	  0,	0,    0,    10,	  0,  0, 2};
	uint8_t out[CNI_ANNOUNCE_MAX];
	uint32_t sum = 32 + 58;

	(void)state;
	assert_int_equal(cni_announce_arp(mac, ip4, out), sizeof(arp));
	assert_memory_equal(out, arp, sizeof(arp));
	assert_int_equal(cni_announce_na(mac, ip6, out), 14 + 40 + 32);
	assert_memory_equal(out, "\x33\x33\0\0\0\1\2\0\0\0\0\1\x86\xdd\x60\0\0\0\0\x20\x3a\xff",
			    22);
	assert_memory_equal(out + 54, "\x88\0", 2);
	assert_memory_equal(out + 58, "\x20\0\0\0", 4); /* override, not solicited */
	assert_memory_equal(out + 62, ip6, 16);
	assert_memory_equal(out + 78, "\2\1\2\0\0\0\0\1", 8);
	/* with its checksum in, the sum over pseudo header and message is all ones */
	for (size_t i = 22; i < 86; i += 2)
		sum += (uint32_t)out[i] << 8 | out[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	assert_int_equal(sum, 0xffff);
}

static void test_addr(void **state)
{
	static const char *const bad[] = {
		"",	  "10.0.0.1/33", "10.0.0.1/", "10.0.0.1/-1", "10.0.0.1/8x",
		"10.0.0", "::1/129",	 "x/8",	      "10.0.0.1/8/8"};
	struct cni_addr addr;

	(void)state;
	assert_int_equal(cni_addr_parse("10.1.2.3/8", &addr), 0);
	assert_int_equal(addr.len, 8);
	assert_memory_equal(addr.bytes, "\x0a\1\2\3", 4);
	assert_int_equal(cni_addr_parse("fd00::1", &addr), 0);
	assert_int_equal(addr.len, 128);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (!cni_addr_parse(bad[i], &addr))
			fail_msg("'%s' was taken", bad[i]);
}

/* The name is kept in records and debts: another release must find the same. */
static void test_name(void **state)
{
	char name[IFNAMSIZ], other[IFNAMSIZ];

	(void)state;
	cni_name_port(cni_name_hash("net", "container", "eth0"), 'c', name);
	assert_string_equal(name, "c-ugzuvkzy2mhd");
	cni_name_port(cni_name_hash("netc", "ontainer", "eth0"), 'c', other);
	assert_string_not_equal(name, other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),   cmocka_unit_test(test_device),
		cmocka_unit_test(test_result), cmocka_unit_test(test_undo_reads_less),
		cmocka_unit_test(test_addr),   cmocka_unit_test(test_announce),
		cmocka_unit_test(test_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
