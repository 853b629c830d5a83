// SPDX-License-Identifier: GPL-2.0-only
/* test_conf_units.c - the words of a configuration: rates, sizes, addresses */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conf_units.h"
#include "util.h"

struct row {
	const struct conf_unit *units;
	const char *text;
	int ret;
	uint64_t value;
};

static const struct row numbers[] = {
	{conf_units_rate, "8kbit", 0, 1000},
	{conf_units_rate, "1gbit", 0, 125000000},
	{conf_units_rate, "1Gbit", 0, 125000000},
	{conf_units_rate, "1.5gbit", 0, 187500000},
	{conf_units_rate, "0.001tbit", 0, 125000000},
	{conf_units_rate, "8000", 0, 1000},
	{conf_units_rate, "8000bit", 0, 1000},
	{conf_units_rate, "10mbps", 0, 10000000},
	{conf_units_rate, "8kibit", 0, 1024},
	{conf_units_rate, "1mibps", 0, 1048576},
	{conf_units_rate, "1 gbit", -EINVAL, 0},
	{conf_units_rate, "gbit", -EINVAL, 0},
	{conf_units_rate, "", -EINVAL, 0},
	{conf_units_rate, "-1gbit", -EINVAL, 0},
	{conf_units_rate, "1.gbit", -EINVAL, 0},
	{conf_units_rate, "1.0000000001gbit", -EINVAL, 0},
	{conf_units_rate, "1gbits", -EINVAL, 0},
	{conf_units_rate, "1000pps", -EINVAL, 0},
	{conf_units_rate, "0x10", -EINVAL, 0},
	{conf_units_rate, "1e9", -EINVAL, 0},
	{conf_units_rate, "999999999999999tbit", -ERANGE, 0},
	{conf_units_rate, "9999999999999999", -ERANGE, 0},
	{conf_units_size, "256k", 0, 262144},
	{conf_units_size, "256kb", 0, 262144},
	{conf_units_size, "1m", 0, 1048576},
	{conf_units_size, "1g", 0, 1073741824},
	{conf_units_size, "1500", 0, 1500},
	{conf_units_size, "1500b", 0, 1500},
	{conf_units_size, "8kbit", 0, 1024},
	{conf_units_size, "1t", -EINVAL, 0},
	{conf_units_pps, "1000pps", 0, 1000},
	{conf_units_pps, "2kpps", 0, 2000},
	{conf_units_pps, "1000", -EINVAL, 0},
	{conf_units_time, "300s", 0, 300000},
	{conf_units_time, "5m", 0, 300000},
	{conf_units_time, "250ms", 0, 250},
	{conf_units_time, "1.5s", 0, 1500},
	{conf_units_time, "0s", 0, 0},
	{conf_units_time, "300", -EINVAL, 0},
	{conf_units_time, "1h", -EINVAL, 0},
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct row *r = &numbers[i];
		uint64_t value = 7;
		int ret = conf_number(r->text, r->units, &value);

		if (ret != r->ret || value != (ret ? 7 : r->value))
			fail_msg("'%s': %d, %llu", r->text, ret, (unsigned long long)value);
	}
}

static void test_integers(void **state)
{
	static const char *const bad[] = {"", "-1", "+1", "01", "1.0", " 1", "1 ", "0x1", "a"};
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(conf_integer(bad[i], &value), -EINVAL);
	assert_int_equal(conf_integer("9999999999999999999", &value), -ERANGE);
	assert_int_equal(value, 7);
	assert_int_equal(conf_integer("0", &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(conf_integer("4294967296", &value), 0);
	assert_int_equal(value, 4294967296);
}

static void test_macs(void **state)
{
	static const char *const bad[] = {"",
					  "02:00:00:00:00",
					  "02:00:00:00:00:1",
					  "02-00-00-00-00-01",
					  "02:00:00:00:00:0g",
					  "02:00:00:00:00:01:",
					  "0200.0000.0001",
					  "02:00:00:00:00:001"};
	static const uint8_t want[6] = {0x02, 0xab, 0xcd, 0xef, 0x00, 0x1f};
	uint8_t mac[6] = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(conf_mac(bad[i], mac), -EINVAL);
	assert_int_equal(conf_mac("02:ab:CD:eF:00:1f", mac), 0);
	assert_memory_equal(mac, want, 6);
}

static void test_vids(void **state)
{
	static const char *const bad[] = {"",	      "0",    "4095",  "5000",	 "-", "10-",
					  "-10",      "10-9", "0-10",  "1-4095", "a", "1 - 2",
					  "10-20-30", "01",   "99999", "10,20"};
	uint16_t first, last;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (!conf_vid_range(bad[i], &first, &last))
			fail_msg("'%s' was taken", bad[i]);
	assert_int_equal(conf_vid_range("1-4094", &first, &last), 0);
	assert_int_equal(first, 1);
	assert_int_equal(last, 4094);
	assert_int_equal(conf_vid_range("20", &first, &last), 0);
	assert_int_equal(first, 20);
	assert_int_equal(last, 20);
}

struct ip_row {
	const char *text;
	int ret;
	const char *canonical;
	int len;
};

static const struct ip_row ips[] = {
	{"10.0.0.1", 0, "10.0.0.1", 128},
	{"10.0.0.1/32", 0, "10.0.0.1", 128},
	{"10.0.0.0/8", 0, "10.0.0.0/8", 104},
	{"0.0.0.0/0", 0, "0.0.0.0/0", 96},
	{"0.0.0.0", 0, "0.0.0.0", 128},
	{"::ffff:10.0.0.1", 0, "10.0.0.1", 128},
	{"::ffff:0:0/96", 0, "0.0.0.0/0", 96},
	{"2001:DB8::1", 0, "2001:db8::1", 128},
	{"2001:db8::/64", 0, "2001:db8::/64", 64},
	{"fe80::/10", 0, "fe80::/10", 10},
	{"2000::/3", 0, "2000::/3", 3},
	{"::1", 0, "::1", 128},
	{"", -EINVAL, NULL, 0},
	{"10.0.0", -EINVAL, NULL, 0},
	{"10.0.0.256", -EINVAL, NULL, 0},
	{"10.0.0.1.", -EINVAL, NULL, 0},
	{"2001:db8:::1", -EINVAL, NULL, 0},
	{"fe80::1%eth0", -EINVAL, NULL, 0},
	{"10.0.0.1/", -ERANGE, NULL, 0},
	{"10.0.0.0/33", -ERANGE, NULL, 0},
	{"10.0.0.0/08", -ERANGE, NULL, 0},
	{"10.0.0.0/-1", -ERANGE, NULL, 0},
	{"2001:db8::/129", -ERANGE, NULL, 0},
	{"10.0.0.1/24", -EDOM, NULL, 0},
	{"2001:db8::1/64", -EDOM, NULL, 0},
	/* these would let every IPv4 source through */
	{"::/0", -EPROTO, NULL, 0},
	{"::/80", -EPROTO, NULL, 0},
};

static void test_ips(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ips); i++) {
		char text[CONF_TEXT_MAX];
		struct conf_ip ip, again;
		int ret = conf_ip(ips[i].text, &ip);

		if (ret != ips[i].ret)
			fail_msg("'%s': %d", ips[i].text, ret);
		if (ret)
			continue;
		assert_int_equal(ip.len, ips[i].len);
		conf_ip_text(&ip, text);
		assert_string_equal(text, ips[i].canonical);
		assert_int_equal(conf_ip(text, &again), 0);
		assert_memory_equal(&ip, &again, sizeof(ip));
	}
}

static void test_texts(void **state)
{
	static const uint64_t values[] = {1,	   999,	      1000,	  1001,
					  1024,	   125000,    262144,	  125000000,
					  1 << 20, 187500000, 4294967296, 1250000000000};
	char text[CONF_TEXT_MAX];
	uint64_t back;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		conf_rate_text(values[i], text);
		assert_int_equal(conf_number(text, conf_units_rate, &back), 0);
		assert_int_equal(back, values[i]);
		conf_size_text(values[i], text);
		assert_int_equal(conf_number(text, conf_units_size, &back), 0);
		assert_int_equal(back, values[i]);
		conf_pps_text(values[i], text);
		assert_int_equal(conf_number(text, conf_units_pps, &back), 0);
		assert_int_equal(back, values[i]);
		conf_time_text(values[i], text);
		assert_int_equal(conf_number(text, conf_units_time, &back), 0);
		assert_int_equal(back, values[i]);
	}
	conf_rate_text(125000000, text);
	assert_string_equal(text, "1gbit");
	conf_size_text(262144, text);
	assert_string_equal(text, "256k");
	conf_time_text(300000, text);
	assert_string_equal(text, "300s");
	conf_time_text(0, text);
	assert_string_equal(text, "0s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_integers),
		cmocka_unit_test(test_macs),	cmocka_unit_test(test_vids),
		cmocka_unit_test(test_ips),	cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests_name("conf_units", tests, NULL, NULL);
}
