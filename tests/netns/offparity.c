// SPDX-License-Identifier: GPL-2.0-only
/* offparity.c - the tables of frames once more, through an eswitch that learns rules:
 * offparity SOCKET MAPS UPLINK WIRE [EVERY]
 *
 * The switches of tests/lib/rows_*.c are applied to a daemon, one after the other: port p0 is
 * UPLINK, whose other end is WIRE, pN is the representor pf0sfN of the netdev sfN. Their
 * frames are sent, again and again, so that some get into hardware; each time all that comes
 * out anywhere must be what the model says, byte for byte. Then so many more are sent of each
 * that passes, and what software counted of them tells who carried them. MAPS: the switch's
 * folder of pins. EVERY: only each so many-th switch.
 *
 * Prints what was left out and why, what was refused and why, and the share of frames that
 * hardware carried of those flows that nothing was said against. Exit: 0 if all was as the
 * model says, and that share is above nine tenths.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "offlab.h"
#include "rows.h"
#include "util.h"

#define WARM_ROUNDS 15
#define ROUND_MS 110
#define CHECKS 10     /* frames of a flow that is judged */
#define LATE_MS 1000  /* is told */
#define WAIT_MS 15000 /* a loaded machine takes its time; what comes is not waited for */
#define BATCH 64

static struct fix fix; /* the model alone */
static struct bpf_obj obj;
static int sockets[FIX_PORTS];
static struct offlab_counted left_out[OFFLAB_REASONS], refused[OFFLAB_REASONS];
static unsigned long frames, wrong, steady, in_hardware;
static unsigned int rows_run, groups_run;

/* --- the switch */

/* Replaces each @from of the text. */
static void replace(char *text, size_t size, const char *from, const char *to)
{
	char old[4096], *at;
	size_t len = 0;

	snprintf(old, sizeof(old), "%s", text);
	text[0] = 0;
	for (char *p = old; (at = strstr(p, from)); p = at + strlen(from))
		len += (size_t)snprintf(text + len, size - len, "%.*s%s", (int)(at - p), p, to);
	at = old;
	for (char *p = old; (p = strstr(p, from)); p += strlen(from))
		at = p + strlen(from);
	snprintf(text + len, size - len, "%s", at);
}

/* Addresses that age in seconds are not offloaded. */
static void model_yaml(const char *yaml, char *text, size_t size)
{
	snprintf(text, size, "%s", yaml);
	replace(text, size, "ageing: 4s", "ageing: 300s");
}

static void real_yaml(const char *yaml, const char *uplink, char *text, size_t size)
{
	char from[16], to[64];

	model_yaml(yaml, text, size);
	for (int i = 1; i < FIX_PORTS; i++) {
		snprintf(from, sizeof(from), "netdev: p%d,", i);
		snprintf(to, sizeof(to), "netdev: pf0sf%d,", i);
		replace(text, size, from, to);
	}
	snprintf(to, sizeof(to), "netdev: %s,", uplink);
	replace(text, size, "netdev: p0,", to);
	replace(text, size, "version: 1\n",
		"version: 1\noffload: {enabled: true, promote: 1pps, idle: 60s, flood: true}\n");
}

static void empty_fdb(void)
{
	struct model *m = &fix.model;
	size_t n = 0;

	json_decref(offlab_call("fdb.flush", NULL));
	for (size_t i = 0; i < m->fdb_len; i++)
		if (m->fdb[i].is_static)
			m->fdb[n++] = m->fdb[i];
	m->fdb_len = n;
}

/* --- one frame, and what comes of it */

struct seen {
	int port;
	struct pkt pkt;
};

static bool take(struct seen *seen)
{
	for (int i = 0; i < FIX_PORTS; i++) {
		ssize_t len = sockets[i] < 0 ? 0
					     : raw_recv(sockets[i], seen->pkt.data,
							sizeof(seen->pkt.data), NULL);

		if (len <= 0)
			continue;
		seen->port = i;
		seen->pkt.len = (size_t)len;
		return true;
	}
	return false;
}

static void wait_for_any(int ms)
{
	struct pollfd fds[FIX_PORTS];

	for (int i = 0; i < FIX_PORTS; i++)
		fds[i] = (struct pollfd){.fd = sockets[i], .events = POLLIN};
	poll(fds, FIX_PORTS, ms);
}

/* Strikes the copy off those that are wanted. */
static bool wanted(struct model_result *want, const struct seen *seen)
{
	for (size_t i = 0; i < want->out_len; i++) {
		if (fix.veth[want->out[i].port] != seen->port ||
		    !pkt_equal(&want->out[i].pkt, &seen->pkt))
			continue;
		want->out[i] = want->out[--want->out_len];
		return true;
	}
	return false;
}

static void complain(const struct row *row, const char *what, int port, const struct pkt *pkt)
{
	wrong++;
	if (wrong > 20)
		return;
	printf("row '%s' from '%s': %s, p%d\n", row->what, row->in, what, port);
	pkt_dump(stdout, "  frame", pkt);
}

/* Only some may be sent by a netdev: the others are told. Return: it was. */
static bool send_frame(int veth, const struct pkt *pkt)
{
	struct pollfd wait = {.fd = sockets[veth], .events = POLLOUT};
	int tries = 100;

	while (send(sockets[veth], pkt->data, pkt->len, 0) < 0) {
		if ((errno != EAGAIN && errno != ENOBUFS) || !tries--)
			return false;
		poll(&wait, 1, 10);
	}
	return true;
}

/* Return: false: it cannot be sent. */
static bool run_frame(const struct row *row, int port, const struct pkt *pkt)
{
	static struct model_result want;
	static struct seen seen;
	int64_t start, waited;

	if (!send_frame(fix.veth[port], pkt))
		return false;
	frames++;
	model_run(&fix.model, fix_ifindex(&fix, port), pkt, &want);
	start = raw_now_ms();
	do {
		while (take(&seen))
			if (!wanted(&want, &seen))
				complain(row, "came, and must not", seen.port, &seen.pkt);
		if (want.out_len)
			wait_for_any(20);
		waited = raw_now_ms() - start;
	} while (want.out_len && waited < WAIT_MS);
	if (waited > LATE_MS)
		printf("# row '%s' from '%s': after %lld ms\n", row->what, row->in,
		       (long long)waited);
	for (size_t i = 0; i < want.out_len; i++)
		complain(row, "must come, and did not", fix.veth[want.out[i].port],
			 &want.out[i].pkt);
	return true;
}

/* --- rows */

/* What a row needs that this place does not have; NULL: it can be run. */
static const char *not_here(const struct row *row)
{
	static const char *const setups[] = {"age ",	"debt ", "fill ", "mtu ",
					     "noxmit ", "mark ", "del "};

	if (!strcmp(row->in, "-"))
		return "a netdev that is no port";
	if (strstr(row->frame, "nic") || strstr(row->frame, "peer"))
		return "MAC address of a netdev of the fixture";
	for (size_t i = 0; row->setup && i < ARRAY_SIZE(setups); i++)
		if (strstr(row->setup, setups[i]))
			return setups[i];
	if (row->setup && (strstr(row->setup, "nic") || strstr(row->setup, "peer")))
		return "MAC address of a netdev of the fixture";
	return NULL;
}

/* A frame, or (vlan) a dynamic entry. */
struct step {
	int port;
	unsigned int vlan;
	uint8_t mac[6];
	struct pkt pkt;
};

#define STEPS 12

/* Those of the setup, then the row's own frame. */
static size_t steps_of(const struct row *row, struct step *steps)
{
	char text[1024], *save = NULL, a[64], b[64], c[64];
	size_t n = 0;

	memset(steps, 0, STEPS * sizeof(*steps));
	snprintf(text, sizeof(text), "%s", row->setup ? row->setup : "");
	for (char *s = strtok_r(text, ";", &save); s && n < STEPS - 1;
	     s = strtok_r(NULL, ";", &save)) {
		s += strspn(s, " ");
		if (sscanf(s, "from %63s", a) == 1) {
			steps[n].port = model_port(&fix.model, a);
			pkt_text(&steps[n++].pkt, s + strlen("from ") + strlen(a) + 1);
		} else if (sscanf(s, "put %63s %63s %63s", a, b, c) == 3) {
			steps[n].vlan = (unsigned int)atoi(a);
			pkt_mac(steps[n].mac, b);
			steps[n++].port = model_port(&fix.model, c);
		}
	}
	steps[n].port = model_port(&fix.model, row->in);
	pkt_text(&steps[n++].pkt, row->frame);
	return n;
}

static const char *netdev_of(int port)
{
	static char name[16];
	int veth = fix.veth[port];

	if (fix.conf.ports[port].role == CONF_ROLE_HOST)
		return fix.conf.ports[port].netdev;
	snprintf(name, sizeof(name), veth ? "pf0sf%d" : "p0", veth);
	return name;
}

static uint32_t slot_of(int port)
{
	uint32_t ifindex = if_nametoindex(netdev_of(port));
	const struct repx_port *half = obj.ports_mem + (size_t)bpf_obj_half(&obj) * obj.max_ports;

	for (uint32_t i = 0; i < obj.max_ports; i++)
		if (half[i].ifindex == ifindex)
			return i;
	return REPX_PORT_NONE;
}

static void put_entry(const struct step *step)
{
	struct repx_fdb value = {.port = slot_of(step->port), .ring = REPX_FDB_NO_RING};
	struct repx_fdb_key key = {.vlan = (uint16_t)step->vlan};

	memcpy(key.mac, step->mac, 6);
	value.seen_ns = offlab_now_us() * 1000;
	bpf_map_update_elem(obj.fdb, &key, &value, BPF_ANY);
	bpf_obj_void(&obj);
	model_fdb_put(&fix.model, step->vlan, step->mac, step->port, false);
}

/* Would something of it move an address that the batch knows elsewhere? It would not stay
 * in hardware then, nor would the others. */
static bool disturbs(const struct step *steps, size_t n)
{
	static struct model_result result;
	static struct model copy;
	bool moves = false;

	copy = fix.model;
	for (size_t i = 0; i < n; i++) {
		const struct step *s = &steps[i];
		const struct model_fdb *was;

		if (s->vlan) {
			was = model_fdb_find(&copy, s->vlan, s->mac);
			moves |= was && was->port != s->port;
			model_fdb_put(&copy, s->vlan, s->mac, s->port, false);
			continue;
		}
		model_run(&copy, fix_ifindex(&fix, s->port), &s->pkt, &result);
		if (result.vlan == MODEL_NONE || s->pkt.len < 14)
			continue;
		was = model_fdb_find(&fix.model, (unsigned int)result.vlan, s->pkt.data + 6);
		moves |= was && was->port != s->port;
	}
	return moves;
}

/* Cards pad what they send: shorter frames are not told apart from padded ones. */
static bool too_short(const struct step *steps, size_t n)
{
	static struct model_result result;
	static struct model copy;
	bool is_short = false;

	copy = fix.model;
	for (size_t i = 0; i < n; i++) {
		if (steps[i].vlan)
			continue;
		is_short |= steps[i].pkt.len < ETH_ZLEN;
		model_run(&copy, fix_ifindex(&fix, steps[i].port), &steps[i].pkt, &result);
		for (size_t j = 0; j < result.out_len; j++)
			is_short |= result.out[j].pkt.len < ETH_ZLEN;
	}
	return is_short;
}

/* --- a batch of rows that can be in hardware side by side */

struct entry {
	const struct row *row;
	struct step own;
	bool passes; /* the last time it was sent, it went somewhere it can be steered to */
};

static struct entry batch[BATCH];
static size_t batch_len;

/* Known unicast, and groups: what a rule could be for. */
static bool steerable(const struct entry *e)
{
	static struct model_result result;
	static struct model copy;

	copy = fix.model;
	model_run(&copy, fix_ifindex(&fix, e->own.port), &e->own.pkt, &result);
	if (!result.out_len)
		return false;
	return result.verdict == REPX_VERDICT_FORWARD ||
	       (result.verdict == REPX_VERDICT_FLOOD && e->own.pkt.data[0] & 1);
}

static void add_row(const struct row *row, const struct step *steps, size_t n)
{
	struct entry *e = &batch[batch_len];

	for (size_t i = 0; i < n; i++) {
		if (steps[i].vlan) {
			put_entry(&steps[i]);
		} else if (!run_frame(row, steps[i].port, &steps[i].pkt)) {
			offlab_count(left_out, "a frame that netdevs do not send");
			return;
		}
	}
	rows_run++;
	e->row = row;
	e->own = steps[n - 1];
	batch_len++;
}

static void warm_up(void)
{
	for (int i = 0; i < WARM_ROUNDS; i++) {
		int64_t end = raw_now_ms() + ROUND_MS;

		for (size_t j = 0; j < batch_len; j++)
			run_frame(batch[j].row, batch[j].own.port, &batch[j].own.pkt);
		if (end > raw_now_ms())
			poll(NULL, 0, (int)(end - raw_now_ms()));
	}
}

static uint64_t software_count(int port)
{
	struct repx_stats stats = {0};

	bpf_obj_stats(&obj, slot_of(port), &stats);
	return stats.rx_packets;
}

/* What `flow show` says of the flow that the frame belongs to. */
static void look_up(const struct entry *e, char *state, char *reason, size_t size)
{
	char dst[18], src[18];
	const uint8_t *d = e->own.pkt.data;
	json_t *doc, *flow;
	size_t i;

	snprintf(state, 16, "refused");
	snprintf(reason, size, "%s", "from the host port");
	if (fix.conf.ports[e->own.port].role == CONF_ROLE_HOST)
		return;
	snprintf(dst, sizeof(dst), MAC_FMT, MAC_ARG(d));
	snprintf(src, sizeof(src), MAC_FMT, MAC_ARG(d + 6));
	doc = offlab_call("flow.show",
			  json_pack("{s:s, s:s, s:s}", "port", e->row->in, "src", src, "dst", dst));
	snprintf(state, 16, "unknown");
	reason[0] = 0;
	json_array_foreach(doc, i, flow)
	{
		if (strcmp(json_string_value(json_object_get(flow, "from")), e->row->in) ||
		    json_integer_value(json_object_get(flow, "idle_ms")) > 3000)
			continue;
		snprintf(state, 16, "%s", json_string_value(json_object_get(flow, "state")));
		snprintf(reason, size, "%s", json_string_value(json_object_get(flow, "reason")));
		if (!strcmp(state, "refused"))
			break;
	}
	json_decref(doc);
}

static void judge(const struct entry *e)
{
	char state[16], reason[200], *colon;
	uint64_t before = software_count(e->own.port), carried;

	for (int i = 0; i < CHECKS; i++)
		run_frame(e->row, e->own.port, &e->own.pkt);
	carried = CHECKS - (software_count(e->own.port) - before);
	if (carried != CHECKS) {
		look_up(e, state, reason, sizeof(reason));
		if (!strcmp(state, "refused")) {
			colon = strstr(reason, "': ");
			offlab_count(refused, colon ? colon + 3 : reason);
			return;
		}
		printf("# not in hardware: row '%s': %s %s\n", e->row->what, state, reason);
	}
	steady += CHECKS;
	in_hardware += carried;
}

static void run_batch(void)
{
	warm_up();
	for (size_t i = 0; i < batch_len; i++)
		if (steerable(&batch[i]))
			judge(&batch[i]);
	/* what hardware carries must not have opened a way for what is dropped */
	for (size_t i = 0; i < batch_len; i++)
		run_frame(batch[i].row, batch[i].own.port, &batch[i].own.pkt);
}

/* --- all rows of a switch */

static void open_sockets(const char *wire)
{
	char dev[16];

	for (int i = 0; i < FIX_PORTS; i++)
		if (sockets[i] >= 0)
			close(sockets[i]);
	for (int i = 0; i < FIX_PORTS; i++) {
		snprintf(dev, sizeof(dev), "sf%d", i);
		if (i == FIX_HOST && fix.conf.host_netdev[0])
			sockets[i] = offlab_open(fix.conf.host_netdev);
		else
			sockets[i] = offlab_open(i ? dev : wire);
	}
}

static bool begin_group(const char *yaml, const char *uplink, const char *wire)
{
	char text[4096];

	model_yaml(yaml, text, sizeof(text));
	if (fix_conf(&fix, text))
		return false;
	real_yaml(yaml, uplink, text, sizeof(text));
	if (offlab_apply(text))
		return false;
	open_sockets(wire);
	groups_run++;
	return true;
}

static void run_group(const struct row **rows, size_t len)
{
	static struct step steps[STEPS];

	while (len) {
		size_t left = 0;

		empty_fdb();
		batch_len = 0;
		for (size_t i = 0; i < len; i++) {
			size_t n = steps_of(rows[i], steps);

			if (too_short(steps, n))
				offlab_count(left_out, "frames of less than 60 bytes are padded");
			else if (batch_len == BATCH || (batch_len && disturbs(steps, n)))
				rows[left++] = rows[i];
			else
				add_row(rows[i], steps, n);
		}
		run_batch();
		len = left;
	}
}

/* Rows that have the same switch as @first, which are taken out of the list. */
static size_t collect(const struct row **all, size_t *all_len, const struct row **out)
{
	const char *yaml = all[0]->yaml;
	size_t n = 0, left = 0;

	for (size_t i = 0; i < *all_len; i++) {
		if (strcmp(all[i]->yaml, yaml))
			all[left++] = all[i];
		else
			out[n++] = all[i];
	}
	*all_len = left;
	return n;
}

static size_t gather(const struct row **all, size_t size)
{
	size_t n = 0;

	for (const struct row_table *const *t = rows_all; *t; t++)
		for (size_t i = 0; i < (*t)->len && n < size; i++) {
			const char *why = *t == &rows_limits ? "time decides (limits)"
							     : not_here(&(*t)->rows[i]);

			if (why)
				offlab_count(left_out, why);
			else
				all[n++] = &(*t)->rows[i];
		}
	return n;
}

static int report(void)
{
	offlab_print("rows left out", left_out);
	offlab_print("refused", refused);
	printf("# %u rows of %u switches, %lu frames, %lu wrong\n", rows_run, groups_run, frames,
	       wrong);
	printf("# hardware carried %lu of %lu frames of steady flows (%lu %%)\n", in_hardware,
	       steady, steady ? 100 * in_hardware / steady : 0);
	return wrong || !steady || in_hardware * 10 <= steady * 9;
}

int main(int argc, char **argv)
{
	static const struct row *all[1024], *group[1024];
	size_t all_len = gather(all, ARRAY_SIZE(all)), every = 1, n = 0;
	struct err err = {0};

	if (argc < 5) {
		fputs("usage: offparity SOCKET MAPS UPLINK WIRE [EVERY]\n", stderr);
		return 2;
	}
	if (argc > 5)
		every = strtoul(argv[5], NULL, 10);
	offlab_socket(argv[1]);
	fix_open_offline(&fix);
	memset(sockets, -1, sizeof(sockets));
	if (bpf_obj_open(&obj, argv[2], NULL, false, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	while (all_len) {
		size_t len = collect(all, &all_len, group);

		if (n++ % every)
			continue;
		if (begin_group(group[0]->yaml, argv[3], argv[4]))
			run_group(group, len);
		else
			offlab_count(left_out, "a switch that cannot be made here");
	}
	return report();
}
