// SPDX-License-Identifier: GPL-2.0-only
/* nictool_flower.c - nictool's commands for the functions of flower.h; see nictool.h
 *
 * A rule is told in the words that it is printed in, so that what was read back can
 * be compared with what was asked for as text.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flower.h"
#include "nictool.h"
#include "util.h"

static struct nl nl;

static struct nl *the_nl(void)
{
	if (!nl.sock && nl_open(&nl, NETLINK_ROUTE)) {
		perror("nictool: sockets");
		exit(1);
	}
	return &nl;
}

void nictool_flower_close(void)
{
	nl_close(&nl);
}

static int result(int ret)
{
	if (ret < 0)
		printf("%s: %s\n", strerrorname_np(-ret), nl_why(the_nl(), ret));
	return ret < 0;
}

/* --- words of a rule */

static uint16_t number16(const char *text)
{
	return (uint16_t)nictool_number(text);
}

/* TPID.VID[.PCP] */
static void tag_of(const char *text, uint16_t *tpid, uint16_t *vid, uint8_t *pcp)
{
	unsigned int t = 0, v = 0, p = 0;

	sscanf(text, "%i.%u.%u", (int *)&t, &v, &p);
	*tpid = (uint16_t)t;
	*vid = (uint16_t)v;
	*pcp = (uint8_t)p;
}

/* MAC/MASK */
static void masked_mac(const char *text, uint8_t mac[6], uint8_t mask[6])
{
	nictool_mac(text, mac);
	memset(mask, 0xff, 6);
	if (strchr(text, '/'))
		nictool_mac(strchr(text, '/') + 1, mask);
}

/* ADDRESS/LEN */
static void prefix_of(char *text, struct flower_match *m)
{
	char *slash = strchr(text, '/');

	if (!slash)
		exit(2);
	*slash = 0;
	m->ip_len = (uint8_t)nictool_number(slash + 1);
	if (inet_pton(AF_INET, text, m->ip_src) != 1 && inet_pton(AF_INET6, text, m->ip_src) != 1)
		exit(2);
}

static void match_of(char **argv, struct flower_match *m)
{
	const char *text;
	uint8_t none;

	if ((text = nictool_value(argv, "tag")))
		tag_of(text, &m->tpid, &m->vid, &none);
	if ((text = nictool_value(argv, "pcp"))) {
		m->has_pcp = true;
		m->pcp = (uint8_t)nictool_number(text);
	}
	if ((text = nictool_value(argv, "tag2")))
		tag_of(text, &m->tpid2, &m->vid2, &none);
	if ((text = nictool_value(argv, "type")))
		m->ethertype = number16(text);
	if ((text = nictool_value(argv, "src")))
		masked_mac(text, m->src, m->src_mask);
	if ((text = nictool_value(argv, "dst")))
		masked_mac(text, m->dst, m->dst_mask);
	if ((text = nictool_value(argv, "ip")))
		prefix_of((char *)text, m);
}

static void outs_of(char *text, struct flower_action *a)
{
	char *save, *name;

	for (name = strtok_r(text, ",", &save); name && a->outs_len < FLOWER_OUTS_MAX;
	     name = strtok_r(NULL, ",", &save))
		a->outs[a->outs_len++] = if_nametoindex(name);
}

static const char *const vlans[] = {"none", "pop", "push", "modify"};

static void action_of(char **argv, struct flower_action *a)
{
	const char *text;
	unsigned int i;

	a->drop = nictool_value(argv, "drop") != NULL;
	if ((text = nictool_value(argv, "vlan")))
		for (i = 0; i < ARRAY_SIZE(vlans); i++)
			if (!strcmp(vlans[i], text))
				a->vlan = i;
	if ((text = nictool_value(argv, "to")))
		tag_of(text, &a->vlan_tpid, &a->vlan_vid, &a->vlan_pcp);
	if ((text = nictool_value(argv, "before")))
		a->before = (uint8_t)nictool_number(text);
	if ((text = nictool_value(argv, "outs")))
		outs_of((char *)text, a);
	if ((text = nictool_value(argv, "rate")))
		a->rate = strtoull(text, NULL, 0);
	if ((text = nictool_value(argv, "burst")))
		a->burst = nictool_number(text);
}

/* DEV KEY VALUE... */
static void rule_of(char **argv, struct flower_rule *rule)
{
	const char *text;
	size_t i;

	memset(rule, 0, sizeof(*rule));
	rule->ifindex = if_nametoindex(argv[0]);
	if ((text = nictool_value(argv + 1, "pref")))
		rule->pref = number16(text);
	if ((text = nictool_value(argv + 1, "handle")))
		rule->handle = nictool_number(text);
	if ((text = nictool_value(argv + 1, "cookie")))
		for (i = 0; i < FLOWER_COOKIE_SIZE && strlen(text) >= 2 * (i + 1); i++)
			sscanf(text + 2 * i, "%2hhx", &rule->cookie[i]);
	match_of(argv + 1, &rule->match);
	action_of(argv + 1, &rule->action);
}

/* --- a rule as words */

static void print_mac(const char *key, const uint8_t mac[6], const uint8_t mask[6])
{
	static const uint8_t none[6];

	if (memcmp(mask, none, 6) != 0)
		printf(" %s " MAC_FMT "/" MAC_FMT, key, MAC_ARG(mac), MAC_ARG(mask));
}

static void print_match(const struct flower_match *m)
{
	char text[INET6_ADDRSTRLEN];

	if (m->tpid)
		printf(" tag 0x%x.%u", m->tpid, m->vid);
	if (m->has_pcp)
		printf(" pcp %u", m->pcp);
	if (m->tpid2)
		printf(" tag2 0x%x.%u", m->tpid2, m->vid2);
	printf(" type 0x%x", m->ethertype);
	print_mac("src", m->src, m->src_mask);
	print_mac("dst", m->dst, m->dst_mask);
	if (m->ip_len)
		printf(" ip %s/%u",
		       inet_ntop(m->ethertype == 0x800 ? AF_INET : AF_INET6, m->ip_src, text,
				 sizeof(text)),
		       m->ip_len);
}

static void print_action(const struct flower_action *a)
{
	char name[IF_NAMESIZE];
	unsigned int i;

	if (a->drop)
		fputs(" drop 1", stdout);
	if (a->rate)
		printf(" rate %llu burst %u", (unsigned long long)a->rate, a->burst);
	if (a->vlan != FLOWER_VLAN_NONE)
		printf(" vlan %s", vlans[a->vlan]);
	if (a->vlan == FLOWER_VLAN_PUSH || a->vlan == FLOWER_VLAN_MODIFY)
		printf(" to 0x%x.%u.%u", a->vlan_tpid, a->vlan_vid, a->vlan_pcp);
	if (a->before)
		printf(" before %u", a->before);
	for (i = 0; i < a->outs_len; i++)
		printf("%s%s", i ? "," : " outs ", if_indextoname(a->outs[i], name) ? name : "?");
}

static void print_cookie(const uint8_t cookie[FLOWER_COOKIE_SIZE])
{
	int i;

	fputs(" cookie ", stdout);
	for (i = 0; i < FLOWER_COOKIE_SIZE; i++)
		printf("%02x", cookie[i]);
}

static int print_rule(const struct flower_rule *rule, const struct flower_stats *stats, void *data)
{
	(void)data;
	(void)stats;
	printf("pref %u handle %u", rule->pref, rule->handle);
	print_match(&rule->match);
	print_action(&rule->action);
	if (rule->ours)
		print_cookie(rule->cookie);
	printf(" :%s%s%s%s %u\n", rule->ours ? " ours" : " foreign", rule->whole ? " whole" : "",
	       rule->skip_sw ? " skip_sw" : "", rule->in_hw ? " in_hw" : "", rule->in_hw_count);
	return 0;
}

static int print_stats(const struct flower_stats *stats, void *data)
{
	(void)data;
	printf("pref %u handle %u type 0x%x packets %llu bytes %llu", stats->pref, stats->handle,
	       stats->protocol, (unsigned long long)stats->packets,
	       (unsigned long long)stats->bytes);
	if (stats->has_used)
		printf(" used %llu", (unsigned long long)stats->used_ms);
	if (stats->ours)
		print_cookie(stats->cookie);
	printf(" :%s%s\n", stats->ours ? " ours" : " foreign", stats->in_hw ? " in_hw" : "");
	return 0;
}

/* --- commands */

static int run_add(char **argv)
{
	struct flower_rule rule;
	int ret;

	rule_of(argv, &rule);
	ret = flower_add(the_nl(), &rule);
	if (!ret)
		print_rule(&rule, NULL, NULL);
	return result(ret);
}

static int run_replace(char **argv)
{
	struct flower_rule rule;
	int ret;

	rule_of(argv, &rule);
	ret = flower_replace(the_nl(), &rule);
	if (!ret)
		print_rule(&rule, NULL, NULL);
	return result(ret);
}

static int run_del(char **argv)
{
	return result(flower_del(the_nl(), if_nametoindex(argv[0]), number16(argv[1]),
				 number16(argv[2]), nictool_number(argv[3])));
}

static int run_get(char **argv)
{
	struct flower_stats stats;
	struct flower_rule rule;
	int ret = flower_get(the_nl(), if_nametoindex(argv[0]), number16(argv[1]),
			     number16(argv[2]), nictool_number(argv[3]), &rule, &stats);

	if (!ret) {
		print_rule(&rule, NULL, NULL);
		print_stats(&stats, NULL);
	}
	return result(ret);
}

static int run_walk(char **argv)
{
	return result(flower_walk(the_nl(), if_nametoindex(argv[0]),
				  argv[1] ? number16(argv[1]) : 0, print_rule, NULL));
}

static int run_stats(char **argv)
{
	return result(flower_stats_walk(the_nl(), if_nametoindex(argv[0]), number16(argv[1]),
					argv[2] != NULL, print_stats, NULL));
}

/* --- many rules */

struct tally {
	unsigned int done, failed, first, next;
	int code;
	char why[128];
};

static void tally_cb(unsigned int index, int code, const char *extack, void *data)
{
	struct tally *tally = data;

	if (index != tally->next++)
		printf("index %u is out of order\n", index);
	if (!code) {
		tally->done++;
		return;
	}
	if (!tally->failed++) {
		tally->first = index;
		tally->code = code;
		str_copy(tally->why, sizeof(tally->why), extack);
	}
}

static void print_tally(const struct tally *t, uint64_t start, uint64_t sent)
{
	printf("done %u failed %u", t->done, t->failed);
	if (t->failed)
		printf(" first %u %s '%s'", t->first, strerrorname_np(-t->code), t->why);
	printf(" us %llu sent %llu\n", (unsigned long long)(now_ns() - start) / 1000,
	       (unsigned long long)(nl_count.sent - sent));
}

static struct flower_rule many_rule(char **argv, unsigned int i)
{
	struct flower_rule rule = {.ifindex = if_nametoindex(argv[0]),
				   .pref = number16(argv[1]),
				   .handle = i + 1,
				   .match = {.tpid = 0x8100, .vid = 10, .ethertype = 0x800}};
	const uint8_t dst[6] = {2, 0, 0, 1, (uint8_t)(i >> 8), (uint8_t)i};

	memcpy(rule.match.dst, dst, 6);
	memset(rule.match.dst_mask, 0xff, 6);
	rule.action.vlan = FLOWER_VLAN_POP;
	rule.action.outs_len = 1;
	rule.action.outs[0] = if_nametoindex(argv[3]);
	memcpy(rule.cookie, &i, sizeof(i));
	return rule;
}

/* One of them sends to where it comes from, which no card does. */
static int run_fill(char **argv)
{
	unsigned int i, count = nictool_number(argv[2]),
			bad = argv[4] ? nictool_number(argv[4]) : count;
	uint64_t start = now_ns(), sent = nl_count.sent;
	struct tally tally = {0};
	struct nl_batch batch;
	int ret = 0;

	nl_batch_begin(&batch, the_nl(), tally_cb, &tally);
	for (i = 0; i < count && !ret; i++) {
		struct flower_rule rule = many_rule(argv, i);

		if (i == bad)
			rule.action.outs[0] = rule.ifindex;
		ret = flower_batch_add(&batch, &rule);
	}
	if (!ret)
		ret = nl_batch_run(&batch);
	print_tally(&tally, start, sent);
	return result(ret);
}

static int run_empty(char **argv)
{
	unsigned int i, count = nictool_number(argv[2]);
	uint64_t start = now_ns(), sent = nl_count.sent;
	struct tally tally = {0};
	struct nl_batch batch;
	int ret = 0;

	nl_batch_begin(&batch, the_nl(), tally_cb, &tally);
	for (i = 0; i < count && !ret; i++)
		ret = flower_batch_del(&batch, if_nametoindex(argv[0]), number16(argv[1]), 0x8100,
				       i + 1);
	if (!ret)
		ret = nl_batch_run(&batch);
	print_tally(&tally, start, sent);
	return result(ret);
}

static int count_cb(const struct flower_stats *stats, void *data)
{
	(void)stats;
	++*(unsigned int *)data;
	return 0;
}

/* What the two dumps cost. */
static int run_cost(char **argv)
{
	unsigned int used, rules[2] = {0};
	uint64_t us[2];
	int ret = 0;

	for (used = 0; used < 2 && !ret; used++) {
		us[used] = now_ns();
		ret = flower_stats_walk(the_nl(), if_nametoindex(argv[0]), number16(argv[1]), used,
					count_cb, &rules[used]);
		us[used] = (now_ns() - us[used]) / 1000;
	}
	if (!ret)
		printf("terse %u rules %llu us, whole %u rules %llu us\n", rules[0],
		       (unsigned long long)us[0], rules[1], (unsigned long long)us[1]);
	return result(ret);
}

#define RULE                                                                                 \
	"DEV pref N [handle N] [cookie HEX] type N [tag TPID.VID] [pcp N] [tag2 TPID.VID]\n" \
	"\t[src MAC/MASK] [dst MAC/MASK] [ip ADDRESS/LEN] drop 1 | [rate N burst N]\n"       \
	"\t[vlan pop|push|modify] [to TPID.VID.PCP] [before N] outs DEV,..."

const struct nictool_command nictool_flower[] = {
	{"flower-add", 3, run_add, RULE},
	{"flower-replace", 3, run_replace, "(as flower-add)"},
	{"flower-del", 4, run_del, "DEV PREF PROTOCOL HANDLE"},
	{"flower-get", 4, run_get, "DEV PREF PROTOCOL HANDLE"},
	{"flower-walk", 1, run_walk, "DEV [PREF]"},
	{"flower-stats", 2, run_stats, "DEV PREF [used]"},
	{"flower-fill", 4, run_fill, "DEV PREF COUNT OUT [BAD]"},
	{"flower-empty", 3, run_empty, "DEV PREF COUNT"},
	{"flower-cost", 2, run_cost, "DEV PREF"},
	{0},
};
