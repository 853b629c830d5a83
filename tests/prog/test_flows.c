// SPDX-License-Identifier: GPL-2.0-only
/* test_flows.c - how much traffic a flow has: what it is known by, and how it is counted */
#include "fixtest.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "util.h"

#define DATA "type,0800 raw,46"
#define MARKS "version: 1\nswitch: {name: t, tc: {marks: true}}\nports:\n" ROW_UP ROW_A ROW_B
#define HOST                                                                                    \
	"version: 1\nswitch: {name: t, host: {netdev: h, vlan: {access: 10}}}\nports:\n" ROW_UP \
		ROW_A
#define LIMITED                  \
	ROW_SW "ports:\n" ROW_UP \
	       "- {name: a, netdev: p1, vlan: {access: 10}, rate: {rx: 100gbit}}\n" ROW_B
#define AGE_OF_CACHE_NS 25000000ULL /* a jiffy is 10 ms at most */

struct flow_row {
	const char *what, *yaml;
	const char *known; /* "PORT VLAN": where m2 is; NULL: nowhere */
	const char *in, *frame;
	const char *flow; /* "IN VLAN TAGS ETHERTYPE DST OUT PACKETS/BYTES", or "" */
	uint32_t mark;
};

static const struct flow_row rows[] = {
	{"access", ROW_BASE, "up 10", "a", "m2 m1 " DATA, "a 10 - 0800 m2 up 1/60", 0},
	{"access to access", ROW_BASE, "b 10", "a", "m2 m1 type,0806 raw,50",
	 "a 10 - 0806 m2 b 1/64", 0},
	{"trunk", ROW_BASE, "up 20", "t", "m2 m1 q,20,5 " DATA, "t 20 8100/20 0800 m2 up 1/64", 0},
	{"native, untagged", ROW_BASE, "up 30", "t", "m2 m1 " DATA, "t 30 - 0800 m2 up 1/60", 0},
	{"native, tagged", ROW_BASE, "up 30", "t", "m2 m1 q,30 " DATA,
	 "t 30 8100/30 0800 m2 up 1/64", 0},
	{"priority tag", ROW_BASE, "up 10", "a", "m2 m1 q,0,7 " DATA, "a 10 8100/0 0800 m2 up 1/64",
	 0},
	{"uplink", ROW_BASE, "a 10", "up", "m2 m1 q,10 type,86dd raw,46",
	 "up 10 8100/10 86dd m2 a 1/64", 0},
	{"two tags on a trunk", ROW_BASE, "up 20", "t", "m2 m1 q,20 q,7,3 " DATA,
	 "t 20 8100/20.8100/7 0800 m2 up 1/68", 0},
	{"tunnel, untagged", ROW_BASE, "up 100", "q", "m2 m1 " DATA, "q 100 - 0800 m2 up 1/60", 0},
	{"tunnel, tagged", ROW_BASE, "up 100", "q", "m2 m1 q,7 " DATA,
	 "q 100 8100/7 0800 m2 up 1/64", 0},
	{"S-tag", ROW_BASE, "q 100", "up", "m2 m1 ad,100 " DATA, "up 100 88a8/100 0800 m2 q 1/64",
	 0},
	{"S-tag and another", ROW_BASE, "q 100", "up", "m2 m1 ad,100 q,7 " DATA,
	 "up 100 88a8/100.8100/7 0800 m2 q 1/68", 0},
	{"three tags", ROW_BASE, "up 20", "t", "m2 m1 q,20 q,7 ad,8 " DATA,
	 "t 20 8100/20.8100/7 88a8 m2 up 1/72", 0},
	{"second tag cut short", ROW_BASE, "up 20", "t", "m2 m1 q,20 type,8100 raw,2",
	 "t 20 8100/20 8100 m2 up 1/20", 0},
	{"to the host", HOST, "h 10", "a", "m2 m1 " DATA, "a 10 - 0800 m2 h 1/60", 0},
	{"broadcast", ROW_BASE, NULL, "a", "bc m1 " DATA, "a 10 - 0800 bc flood 1/60", 0},
	{"multicast with a tag", ROW_BASE, NULL, "up", "mc m1 q,10 " DATA,
	 "up 10 8100/10 0800 mc flood 1/64", 0},
	{"unknown unicast", ROW_BASE, NULL, "a", "m2 m1 " DATA, "", 0},
	{"dropped", ROW_BASE, "up 10", "a", "m2 m1 q,10 " DATA, "", 0},
	{"nobody gets it", ROW_SW "ports:\n" ROW_A, NULL, "a", "bc m1 " DATA, "", 0},
	{"marked: no offload", MARKS, "up 10", "a", "m2 m1 " DATA, "a 10 - 0800 m2 up 1/60 marked",
	 REPX_MARK_VALUE | REPX_MARK_NOOFFLOAD},
	{"marked: drop", MARKS, "up 10", "a", "m2 m1 " DATA, "", REPX_MARK_VALUE | REPX_MARK_DROP},
	{"a rate limit, which is never done from memory", LIMITED, "b 10", "a", "m2 m1 " DATA,
	 "a 10 - 0800 m2 b 1/60", 0},
};

static const char *port_of(const struct fix *fix, uint32_t slot)
{
	for (size_t i = 0; i < fix->conf.ports_len; i++)
		if (fix->image[i].slot == slot)
			return fix->conf.ports[i].name;
	return "?";
}

static const char *mac_name(const uint8_t mac[6])
{
	static const char *const names[] = {"m1", "m2", "bc", "mc"};
	uint8_t m[6];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		pkt_mac(m, names[i]);
		if (!memcmp(m, mac, 6))
			return names[i];
	}
	return "?";
}

struct seen {
	const struct fix *fix;
	unsigned int flows;
	struct repx_flow last;
	char text[128];
};

static int see(const struct repx_flow_key *key, const struct repx_flow *flow, void *data)
{
	struct seen *seen = data;
	char tags[40] = "-";

	if (key->tpid2_be)
		snprintf(tags, sizeof(tags), "%04x/%u.%04x/%u", ntohs(key->tpid_be), key->vid,
			 ntohs(key->tpid2_be), key->vid2);
	else if (key->tpid_be)
		snprintf(tags, sizeof(tags), "%04x/%u", ntohs(key->tpid_be), key->vid);
	snprintf(seen->text, sizeof(seen->text), "%s %u %s %04x %s %s %llu/%llu%s",
		 port_of(seen->fix, key->port), key->vlan, tags, ntohs(key->type_be),
		 mac_name(key->dst),
		 flow->out == REPX_PORT_NONE ? "flood" : port_of(seen->fix, flow->out),
		 (unsigned long long)flow->packets, (unsigned long long)flow->bytes,
		 flow->flags & REPX_FLOW_MARKED ? " marked" : "");
	assert_string_equal(mac_name(key->src), "m1");
	assert_int_equal(key->pad, 0);
	seen->last = *flow;
	seen->flows++;
	return 0;
}

static struct seen look(const struct fix *fix)
{
	struct seen seen = {.fix = fix};

	assert_int_equal(bpf_obj_flow_walk(&fix->obj, see, &seen), 0);
	return seen;
}

static void begin(struct fix *fix, const char *yaml, const char *known, uint32_t sample)
{
	unsigned int vlan;
	char port[16];
	uint8_t mac[6];

	assert_int_equal(fix_conf(fix, yaml), 0);
	fix->obj.cfg_mem->sample = fix->obj.cfg_mem->sample_flood = sample;
	if (!known)
		return;
	assert_int_equal(sscanf(known, "%15s %u", port, &vlan), 2);
	pkt_mac(mac, "m2");
	fix_fdb_put(fix, vlan, mac, model_port(&fix->model, port), false);
}

static void end(struct fix *fix)
{
	fix->model.mark = 0;
	fix->obj.cfg_mem->sample = fix->obj.cfg_mem->sample_flood = 0;
}

static void check_row(struct fix *fix, enum fix_hook hook, const struct flow_row *row)
{
	static struct model_result want;
	bool finished = true;
	struct seen seen;
	struct pkt pkt;

	begin(fix, row->yaml, row->known, 1);
	fix->model.mark = row->mark;
	pkt_text(&pkt, row->frame);
	assert_true(fix_run(fix, hook, fix_ifindex(fix, model_port(&fix->model, row->in)), &pkt,
			    &want, &finished));
	seen = look(fix);
	if (strcmp(seen.text, finished ? row->flow : ""))
		fail_msg("%s: flow '%s', not '%s'", row->what, seen.text, row->flow);
	assert_int_equal(seen.flows, *seen.text ? 1 : 0);
	end(fix);
}

static void test_keys_tc(void **state)
{
	assert_int_equal(fix_hook(*state, FIX_TC), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(*state, FIX_TC, &rows[i]);
}

/* What XDP leaves to tc it does not count. */
static void test_keys_xdp(void **state)
{
	assert_int_equal(fix_hook(*state, FIX_XDP), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!rows[i].mark)
			check_row(*state, FIX_XDP, &rows[i]);
}

/* So many frames by one program, from a to b: none is edited, so that all are the same. */
static void run_frames(struct fix *fix, enum fix_hook hook, const char *frame, int frames)
{
	struct __sk_buff skb = {.ifindex = fix_ifindex(fix, model_port(&fix->model, "a"))};
	struct xdp_md xdp = {.ingress_ifindex = skb.ifindex};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .repeat = frames);
	struct pkt pkt;

	pkt_text(&pkt, frame);
	skb.ingress_ifindex = skb.ifindex;
	xdp.data_end = (uint32_t)pkt.len;
	opts.data_in = pkt.data;
	opts.data_size_in = (uint32_t)pkt.len;
	opts.ctx_in = hook == FIX_XDP ? (void *)&xdp : (void *)&skb;
	opts.ctx_size_in = hook == FIX_XDP ? sizeof(xdp) : sizeof(skb);
	assert_int_equal(bpf_prog_test_run_opts(
				 hook == FIX_XDP ? fix->obj.xdp_prog : fix->obj.tc_prog, &opts),
			 0);
}

/* Until what repx_cache holds is too old to decide anything. */
static void let_cache_age(void)
{
	uint64_t end = now_ns() + AGE_OF_CACHE_NS;

	while (now_ns() < end)
		;
}

#define FRAME "m2 m1 " DATA
#define FRAMES 20000

static void counts(struct fix *fix, enum fix_hook hook)
{
	begin(fix, ROW_BASE, "b 10", 1);
	run_frames(fix, hook, FRAME, FRAMES);
	let_cache_age();
	run_frames(fix, hook, FRAME, 1);
	assert_string_equal(look(fix).text, "a 10 - 0800 m2 b 20001/1200060");

	/* its frames are few enough to be sampled, but for what was done from memory */
	begin(fix, ROW_BASE, "b 10", 10);
	run_frames(fix, hook, FRAME, FRAMES);
	let_cache_age();
	run_frames(fix, hook, FRAME, 1);
	assert_in_range(look(fix).last.packets, FRAMES - 100, FRAMES + 400);

	begin(fix, ROW_BASE, "b 10", 0);
	run_frames(fix, hook, FRAME, FRAMES);
	let_cache_age();
	run_frames(fix, hook, FRAME, 1);
	assert_int_equal(look(fix).flows, 0);

	/* counting begins: what the entry did before is of no flow */
	fix->obj.cfg_mem->sample = 1;
	let_cache_age();
	run_frames(fix, hook, FRAME, 1);
	assert_string_equal(look(fix).text, "a 10 - 0800 m2 b 1/60");
	end(fix);
}

static void test_counts_tc(void **state)
{
	counts(*state, FIX_TC);
}

static void test_counts_xdp(void **state)
{
	counts(*state, FIX_XDP);
}

/* Each frame is one in ten: sigma is 424, six of them are allowed. */
static void test_sampled(void **state)
{
	struct fix *fix = *state;
	struct seen seen;

	begin(fix, LIMITED, "b 10", 10);
	run_frames(fix, FIX_TC, FRAME, FRAMES);
	seen = look(fix);
	assert_in_range(seen.last.packets, FRAMES - 2544, FRAMES + 2544);
	assert_int_equal(seen.last.packets % 10, 0);
	assert_int_equal(seen.last.bytes, seen.last.packets * 60);
	end(fix);
}

static void clear(struct fix *fix, const char *port, unsigned int left)
{
	bool slots[FIX_MAX_PORTS] = {false};

	slots[fix->image[model_port(&fix->model, port)].slot] = true;
	let_cache_age();
	run_frames(fix, FIX_TC, FRAME, 1);
	assert_int_equal(look(fix).flows, 1);
	assert_int_equal(bpf_obj_flow_clear(&fix->obj, slots), 0);
	assert_int_equal(look(fix).flows, left);
}

static void test_clear(void **state)
{
	struct fix *fix = *state;

	begin(fix, ROW_BASE, "b 10", 1);
	clear(fix, "up", 1);
	clear(fix, "a", 0);
	clear(fix, "b", 0);
	run_frames(fix, FIX_TC, FRAME, 1);
	let_cache_age();
	run_frames(fix, FIX_TC, FRAME, 1);
	assert_int_equal(bpf_obj_flow_clear(&fix->obj, NULL), 0);
	assert_int_equal(look(fix).flows, 0);
	end(fix);
}

/* `flow show` of what was counted: who has most is first. */
static char *show(const struct fix *fix, const char *port, uint16_t vlan)
{
	struct sw_port ports[FIX_PORTS] = {0};
	struct sw sw = {.name = "t", .conf = fix->conf, .obj = fix->obj, .ports = ports};
	const struct doc_flow_filter filter = {.port = port, .vlan = vlan};
	struct err err = {0};
	json_t *doc, *row;
	char *text;
	size_t i;

	for (i = 0; i < fix->conf.ports_len; i++) {
		ports[i].slot = fix->image[i].slot;
		ports[i].ifindex = fix->image[i].ifindex;
	}
	doc = doc_flows(&sw, NULL, &filter, &err);
	assert_string_equal(err.text, "");
	assert_non_null(doc);
	json_array_foreach(doc, i, row) json_object_del(row, "idle_ms");
	text = json_dumps(doc, JSON_COMPACT);
	json_decref(doc);
	return text;
}

#define SHOWN(from, to, vlan, dst, tag, type, packets, bytes)                                \
	"{\"from\":\"" from "\",\"to\":\"" to "\",\"vlan\":" vlan                            \
	",\"src\":\"02:00:00:00:00:01\",\"dst\":\"" dst "\",\"tag\":\"" tag                  \
	"\",\"ethertype\":\"" type                                                           \
	"\",\"state\":\"software\",\"reason\":\"\",\"packets\":" packets ",\"bytes\":" bytes \
	",\"offloaded\":{\"packets\":0,\"bytes\":0},\"rate_pps\":0,\"pref\":null,\"handle\":null}"
#define TO_B SHOWN("a", "b", "10", "02:00:00:00:00:02", "", "ipv4", "3", "180")
#define FLOODED SHOWN("up", "flood", "100", "ff:ff:ff:ff:ff:ff", "802.1ad:100.7", "arp", "1", "72")

static void assert_shown(struct fix *fix, const char *port, uint16_t vlan, const char *want)
{
	char *text = show(fix, port, vlan);

	assert_string_equal(text, want);
	free(text);
}

static void test_show(void **state)
{
	static struct model_result want;
	struct fix *fix = *state;
	struct pkt pkt;

	begin(fix, ROW_BASE, "b 10", 1);
	assert_shown(fix, NULL, 0, "[]");
	pkt_text(&pkt, "bc m1 ad,100 q,7 type,0806 raw,50");
	assert_true(fix_run(fix, FIX_TC, fix_ifindex(fix, model_port(&fix->model, "up")), &pkt,
			    &want, NULL));
	run_frames(fix, FIX_TC, FRAME, 2);
	let_cache_age();
	run_frames(fix, FIX_TC, FRAME, 1);
	assert_shown(fix, NULL, 0, "[" TO_B "," FLOODED "]");
	assert_shown(fix, "a", 0, "[" TO_B "]");
	assert_shown(fix, "b", 10, "[" TO_B "]");
	assert_shown(fix, "b", 100, "[]");
	assert_shown(fix, NULL, 100, "[" FLOODED "]");
	end(fix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_tc),	  cmocka_unit_test(test_keys_xdp),
		cmocka_unit_test(test_counts_tc), cmocka_unit_test(test_counts_xdp),
		cmocka_unit_test(test_sampled),	  cmocka_unit_test(test_clear),
		cmocka_unit_test(test_show),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
