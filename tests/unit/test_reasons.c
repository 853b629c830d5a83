// SPDX-License-Identifier: GPL-2.0-only
/* test_reasons.c - every drop reason and event has a row; the ABI stays where it is */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "rows.h"

/* `name` as a whole word of @text */
static bool has_word(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = text; s && (s = strstr(s, name)); s++) {
		bool begins = s == text || s[-1] == ' ';

		if (begins && (!s[len] || s[len] == ' ' || s[len] == '@'))
			return true;
	}
	return false;
}

static unsigned int rows_with(const char *drop, const char *event)
{
	unsigned int n = 0;

	for (const struct row_table *const *t = rows_all; *t; t++) {
		for (size_t i = 0; i < (*t)->len; i++) {
			const struct row *row = &(*t)->rows[i];

			if (drop && !strncmp(row->expect, "drop ", 5))
				n += has_word(row->expect + 5, drop);
			if (event)
				n += has_word(row->events, event);
		}
	}
	return n;
}

static void test_drops_have_rows(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < REPX_DROP_MAX; i++)
		if (!rows_with(model_drop_name(i), NULL))
			fail_msg("no row for drop(%s)", model_drop_name(i));
}

/* tx_error is a device's refusal: no frame of a table can cause it */
static void test_events_have_rows(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < REPX_EVENT_MAX; i++)
		if (i != REPX_EVENT_tx_error && !rows_with(NULL, model_event_name(i)))
			fail_msg("no row for event %s", model_event_name(i));
}

static void test_verdicts_have_rows(void **state)
{
	static const char *const verdict[] = {"forward", "flood", "host", "kernel"};
	unsigned int n[4] = {0};

	(void)state;
	for (const struct row_table *const *t = rows_all; *t; t++)
		for (size_t i = 0; i < (*t)->len; i++)
			for (size_t v = 0; v < 4; v++)
				n[v] += !strcmp((*t)->rows[i].expect, verdict[v]);
	for (size_t v = 0; v < 4; v++)
		if (!n[v])
			fail_msg("no row for verdict %s", verdict[v]);
}

/* Positions are ABI: what is pinned by one version is read by another. */
_Static_assert(REPX_DROP_malformed == 0 && REPX_DROP_mark == 18 && REPX_DROP_MAX == 19, "drops");
_Static_assert(REPX_EVENT_move_limited == 0 && REPX_EVENT_tx_error == 4, "events");
_Static_assert(offsetof(struct repx_cfg, abi) == 0, "abi first");
_Static_assert(offsetof(struct repx_cfg, epoch) == 8, "cfg.epoch");
_Static_assert(offsetof(struct repx_cfg, sw) == 40, "cfg.sw");
_Static_assert(offsetof(struct repx_sw, host_mac) == 24, "sw.host_mac");
_Static_assert(offsetof(struct repx_port, pvid) == 16, "port.pvid");
_Static_assert(offsetof(struct repx_port, tpid_be) == 18, "port.tpid_be");
_Static_assert(offsetof(struct repx_port, mac) == 22, "port.mac");
_Static_assert(offsetof(struct repx_port, mac_limit) == 28, "port.mac_limit");
_Static_assert(offsetof(struct repx_port, limit) == 32, "port.limit");
_Static_assert(offsetof(struct repx_vlan, tunnel) == 512, "vlan.tunnel");
_Static_assert(offsetof(struct repx_fdb_key, mac) == 2, "fdb_key.mac");
_Static_assert(offsetof(struct repx_fdb, seen_ns) == 16, "fdb.seen_ns");
_Static_assert(offsetof(struct repx_state, ring_used) == 48, "state.ring_used");
_Static_assert(offsetof(struct repx_guard_mac, mac) == 4, "guard_mac.mac");
_Static_assert(offsetof(struct repx_guard_ip, addr) == 8, "guard_ip.addr");
_Static_assert(offsetof(struct repx_stats, forwarded) == 32, "stats.forwarded");
_Static_assert(offsetof(struct repx_note, mac) == 22, "note.mac");

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drops_have_rows),
		cmocka_unit_test(test_events_have_rows),
		cmocka_unit_test(test_verdicts_have_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
