// SPDX-License-Identifier: GPL-2.0-only
/* rows.c - runs the rows of the tables */
#include <stdlib.h>
#include <string.h>

#include "rows.h"

#define NS_PER_S 1000000000ULL

const struct row_table *const rows_all[] = {&rows_rules,  &rows_egress, &rows_guard, &rows_guard6,
					    &rows_limits, &rows_fdb,	NULL};

static void bad(const struct row *row, const char *what, const char *text)
{
	fprintf(stderr, "row '%s': %s: '%s'\n", row->what, what, text);
	abort();
}

static int port(const struct fix *fix, const struct row *row, const char *name)
{
	int p = model_port(&fix->model, name);

	if (p == MODEL_NONE)
		bad(row, "no such port", name);
	return p;
}

static enum repx_limit_id limit(const struct row *row, const char *name)
{
	static const char *const names[] = {"rx",	 "tx",	    "broadcast",
					    "multicast", "unknown", "moves"};

	for (int i = 0; i < REPX_LIMIT_MAX; i++)
		if (!strcmp(names[i], name))
			return (enum repx_limit_id)i;
	bad(row, "no such limit", name);
	return REPX_LIMIT_MAX;
}

static bool from(struct fix *fix, const struct row *row, const char *name, const char *text)
{
	enum fix_hook hook = fix_live(fix->hook) ? fix->hook : FIX_TC;
	static struct model_result result;
	struct pkt pkt;

	pkt_text(&pkt, text);
	return fix_run(fix, hook, fix_ifindex(fix, port(fix, row, name)), &pkt, &result, NULL);
}

static void set_mtu(struct fix *fix, int veth, const char *text)
{
	fix->mtu[veth] = (uint32_t)strtoul(text, NULL, 10);
	fix_image(fix);
}

/* a, b, c: the words after the verb; rest: all of them */
static bool command(struct fix *fix, const struct row *row, const char *verb, char *rest)
{
	char all[512], *save = NULL, *a, *b, *c;
	uint8_t mac[6] = {0};

	snprintf(all, sizeof(all), "%s", rest);
	a = strtok_r(rest, " ", &save);
	b = strtok_r(NULL, " ", &save);
	c = strtok_r(NULL, " ", &save);
	if (!a)
		bad(row, "argument missing", verb);
	if (!strcmp(verb, "from"))
		return from(fix, row, a, all + strlen(a) + 1);
	if (b && (!strcmp(verb, "age") || !strcmp(verb, "del") || !strcmp(verb, "put")))
		pkt_mac(mac, b);
	if (!strcmp(verb, "age") && c)
		fix_fdb_age(fix, (unsigned int)atoi(a), mac, strtoull(c, NULL, 10) * NS_PER_S);
	else if (!strcmp(verb, "put") && c)
		fix_fdb_put(fix, (unsigned int)atoi(a), mac, port(fix, row, c), false);
	else if (!strcmp(verb, "del") && b)
		fix_fdb_del(fix, (unsigned int)atoi(a), mac);
	else if (!strcmp(verb, "debt") && b)
		fix_bucket(fix, port(fix, row, a), limit(row, b), true);
	else if (!strcmp(verb, "fill"))
		fix_fdb_fill(fix, !strcmp(a, "expired"));
	else if (!strcmp(verb, "mtu") && b)
		set_mtu(fix, fix->veth[port(fix, row, a)], b);
	else if (!strcmp(verb, "mark"))
		fix->model.mark = (uint32_t)strtoul(a, NULL, 16);
	else if (!strcmp(verb, "noxmit")) {
		fix->flags[fix->veth[port(fix, row, a)]] &= ~REPX_PORT_XMIT;
		fix_image(fix);
	} else
		bad(row, "unknown setup", verb);
	return true;
}

static bool setup(struct fix *fix, const struct row *row)
{
	char text[1024], *save = NULL;
	bool ok = true;

	snprintf(text, sizeof(text), "%s", row->setup ? row->setup : "");
	for (char *s = strtok_r(text, ";", &save); s; s = strtok_r(NULL, ";", &save)) {
		char *verb = s + strspn(s, " ");
		char *rest = verb + strcspn(verb, " ");

		if (!*rest)
			bad(row, "argument missing", verb);
		*rest++ = 0;
		ok &= command(fix, row, verb, rest);
	}
	return ok;
}

static bool wrong(const struct row *row, const char *what, const char *text)
{
	fprintf(stderr, "row '%s': the model's %s is not '%s'\n", row->what, what, text);
	return false;
}

static bool expect_verdict(const struct fix *fix, const struct row *row,
			   const struct model_result *r)
{
	char want[128], got[128], reason[64], at[32] = "";
	int p = r->in;

	if (r->verdict != REPX_VERDICT_DROP)
		return !strcmp(row->expect, model_verdict_name(r->verdict)) ||
		       wrong(row, "verdict", row->expect);
	snprintf(want, sizeof(want), "%s", row->expect);
	if (sscanf(row->expect, "drop %63[a-z_]@%31s", reason, at) == 2)
		p = port(fix, row, at);
	if (strchr(want, '@'))
		*strchr(want, '@') = 0;
	snprintf(got, sizeof(got), "drop %s", model_drop_name(r->reason));
	if (strcmp(want, got) || r->drops[p][r->reason] != 1)
		return wrong(row, "verdict", row->expect);
	return true;
}

static bool has_copy(const struct model_result *r, int to, const struct pkt *pkt)
{
	for (size_t i = 0; i < r->out_len; i++)
		if (r->out[i].port == to && pkt_equal(&r->out[i].pkt, pkt))
			return true;
	return false;
}

static bool expect_out(const struct fix *fix, const struct row *row, const struct pkt *in,
		       const struct model_result *r)
{
	char text[256], *save = NULL, *tags;
	struct pkt pkt;
	size_t n = 0;

	snprintf(text, sizeof(text), "%s", row->out ? row->out : "");
	for (char *s = strtok_r(text, " ", &save); s; s = strtok_r(NULL, " ", &save), n++) {
		tags = strchr(s, ':');
		if (!tags)
			bad(row, "no tags", s);
		*tags++ = 0;
		for (char *plus = tags; (plus = strchr(plus, '+'));)
			*plus = ' ';
		if (strcmp(tags, "="))
			pkt_retag(&pkt, in, tags);
		else
			pkt = *in;
		if (!has_copy(r, port(fix, row, s), &pkt))
			return wrong(row, "copies", row->out);
	}
	return n == r->out_len || wrong(row, "copies", row->out ? row->out : "none");
}

static bool expect_events(const struct fix *fix, const struct row *row,
			  const struct model_result *r)
{
	char text[256], *save = NULL, name[64], at[32];
	uint64_t want = 0, all = 0;

	for (int p = 0; p < MODEL_PORTS; p++)
		for (uint32_t e = 0; e < REPX_EVENT_MAX; e++)
			all += r->events[p][e];
	snprintf(text, sizeof(text), "%s", row->events ? row->events : "");
	for (char *s = strtok_r(text, " ", &save); s; s = strtok_r(NULL, " ", &save), want++) {
		uint32_t e = 0;

		if (sscanf(s, "%63[a-z_]@%31s", name, at) != 2)
			bad(row, "not an event", s);
		while (e < REPX_EVENT_MAX && strcmp(name, model_event_name(e)))
			e++;
		if (e == REPX_EVENT_MAX || !r->events[port(fix, row, at)][e])
			return wrong(row, "events", row->events);
	}
	return all == want || wrong(row, "events", row->events ? row->events : "none");
}

static bool expect_fdb(struct fix *fix, const struct row *row)
{
	char text[256], *save = NULL, mac_text[32], at[32];
	unsigned int vlan;
	uint8_t mac[6];

	snprintf(text, sizeof(text), "%s", row->fdb ? row->fdb : "");
	for (char *s = strtok_r(text, ";", &save); s; s = strtok_r(NULL, ";", &save)) {
		struct model_fdb *e;

		if (sscanf(s, "%u %31s %31s", &vlan, mac_text, at) != 3)
			bad(row, "not an FDB entry", s);
		pkt_mac(mac, mac_text);
		e = model_fdb_find(&fix->model, vlan, mac);
		if (!strcmp(at, "-") ? !!e : !e || e->port != port(fix, row, at))
			return wrong(row, "FDB", row->fdb);
	}
	return true;
}

static bool expect(struct fix *fix, const struct row *row, const struct pkt *in,
		   const struct model_result *r)
{
	bool ok = expect_verdict(fix, row, r);

	ok &= expect_out(fix, row, in, r);
	ok &= expect_events(fix, row, r);
	if (r->kernel_copy != !!(row->flags & ROW_KERNEL_COPY))
		ok = wrong(row, "copy for the kernel", "as the row says");
	return ok;
}

static uint32_t ingress(const struct fix *fix, const struct row *row)
{
	/* the last pair is nobody's where there is no host port */
	return strcmp(row->in, "-") ? fix_ifindex(fix, port(fix, row, row->in))
				    : fix->net.ifindex[FIX_HOST];
}

/* Can this hook be given the row's frame at all? */
static bool possible(enum fix_hook hook, const struct row *row, const struct pkt *in)
{
	if (row->flags & ROW_TC && hook != FIX_TC)
		return false;
	if (!strcmp(row->in, "-") && fix_live(hook))
		return false;
	return fix_can(hook, in);
}

static bool begin(struct fix *fix, const struct row *row)
{
	for (int i = 0; i < FIX_PORTS; i++)
		fix->mtu[i] = 1500;
	if (fix_conf(fix, row->yaml))
		return false;
	return setup(fix, row);
}

bool row_check(struct fix *fix, enum fix_hook hook, const struct row *row)
{
	static struct model_result result;
	uint32_t flags[FIX_PORTS];
	bool ok, finished = true;
	struct pkt pkt;

	pkt_text(&pkt, row->frame);
	if (!fix->offline && !possible(hook, row, &pkt))
		return true;
	memcpy(flags, fix->flags, sizeof(flags));
	ok = begin(fix, row) && fix_run(fix, hook, ingress(fix, row), &pkt, &result, &finished) &&
	     expect(fix, row, &pkt, &result) && (!finished || expect_fdb(fix, row));
	memcpy(fix->flags, flags, sizeof(flags));
	if (!ok)
		fprintf(stderr, "FAILED row '%s' (%s)\n%sframe: %s: %s\n\n", row->what,
			fix->offline ? "model" : fix_hook_name(hook), row->yaml, row->in,
			row->frame);
	return ok;
}

bool row_check_model(struct fix *offline, const struct row *row)
{
	return row_check(offline, FIX_TC, row);
}

bool row_check_trace(struct fix *fix, const struct row *row)
{
	static struct model_result result;
	uint32_t flags[FIX_PORTS];
	struct pkt pkt;
	bool ok;

	if (row->flags & ROW_TC)
		return true;
	memcpy(flags, fix->flags, sizeof(flags));
	pkt_text(&pkt, row->frame);
	ok = begin(fix, row) && fix_trace(fix, ingress(fix, row), &pkt, &result) &&
	     expect(fix, row, &pkt, &result);
	memcpy(fix->flags, flags, sizeof(flags));
	if (!ok)
		fprintf(stderr, "FAILED row '%s' (trace)\n%sframe: %s: %s\n\n", row->what,
			row->yaml, row->in, row->frame);
	return ok;
}

int row_check_table(struct fix *fix, enum fix_hook hook, const struct row_table *table)
{
	int failed = 0;

	for (size_t i = 0; i < table->len; i++)
		failed += !row_check(fix, hook, &table->rows[i]);
	if (failed)
		fprintf(stderr, "%s: %d of %zu rows failed (%s)\n", table->name, failed, table->len,
			fix->offline ? "model" : fix_hook_name(hook));
	return failed;
}
