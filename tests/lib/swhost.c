// SPDX-License-Identifier: GPL-2.0-only
/* swhost.c - see swhost.h */
#include <bpf/bpf.h>
#include <endian.h>
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "swhost.h"
#include "util.h"

struct err swhost_err;
char swhost_warnings[4096];
bool swhost_any_slot;

int swhost_enter(void)
{
	if (geteuid() != 0)
		return -EPERM;
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/mnt", "tmpfs", 0, "mode=0755") || mkdir(SWHOST_ROOT, 0755))
		return -errno;
	return 0;
}

void swhost_run(const char *fmt, ...)
{
	char cmd[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	if (system(cmd))
		fail_msg("command failed: %s", cmd);
}

void swhost_veths(int first, int n)
{
	struct rtnl rtnl;
	char a[16], b[16];

	assert_int_equal(rtnl_open(&rtnl), 0);
	for (int i = first; i < first + n; i++) {
		snprintf(a, sizeof(a), "a%d", i);
		snprintf(b, sizeof(b), "b%d", i);
		assert_int_equal(rtnl_veth_add(&rtnl, a, b), 0);
	}
	rtnl_close(&rtnl);
}

static void command(FILE *out, const char *cmd)
{
	FILE *in = popen(cmd, "re");
	char line[1024];

	assert_non_null(in);
	while (fgets(line, sizeof(line), in))
		fputs(line, out);
	pclose(in);
}

/* What stands for a slot: itself, or the netdev it was given to. */
static uint32_t slot_id(const struct sw *sw, uint32_t slot)
{
	uint32_t half = bpf_obj_half(&sw->obj);

	if (!swhost_any_slot || slot >= sw->obj.max_ports)
		return slot;
	return sw->obj.ports_mem[half * sw->obj.max_ports + slot].ifindex;
}

struct print {
	FILE *out;
	const struct sw *sw;
};

static int print_entry(const struct repx_fdb_key *key, const struct repx_fdb *entry, void *data)
{
	struct print *print = data;

	fprintf(print->out, "fdb " MAC_FMT " %u: %u %u %u\n", MAC_ARG(key->mac), key->vlan,
		slot_id(print->sw, entry->port), entry->flags, entry->ring);
	return 0;
}

static void print_port(FILE *out, const struct sw *sw, uint32_t slot)
{
	uint32_t half = bpf_obj_half(&sw->obj);
	const struct repx_vlan *vlans = sw->obj.vlans_mem + (size_t)half * REPX_MAX_VLANS;
	struct repx_port port = sw->obj.ports_mem[half * sw->obj.max_ports + slot];
	const unsigned char *bytes = (const unsigned char *)&port;
	uint64_t sum = 0;

	for (unsigned int vid = 0; vid < REPX_MAX_VLANS; vid++)
		sum = sum * 31 + (vlans[vid].members[slot / 64] >> (slot % 64) & 1);
	if (!port.ifindex && !sum)
		return;
	port.guard = !!port.guard;
	fprintf(out, "port %u vlans %llx:", slot_id(sw, slot), (unsigned long long)sum);
	for (size_t i = 0; i < sizeof(port); i++)
		fprintf(out, "%02x", bytes[i]);
	fputc('\n', out);
}

static void print_ports(FILE *out, const struct sw *sw)
{
	uint32_t half = bpf_obj_half(&sw->obj);
	struct repx_sw image = sw->obj.cfg_mem->sw[half];

	for (uint32_t slot = 0; slot < sw->obj.max_ports; slot++)
		print_port(out, sw, slot);
	for (unsigned int vid = 0; vid < REPX_MAX_VLANS; vid++)
		if (sw->obj.vlans_mem[half * REPX_MAX_VLANS + vid].tunnel)
			fprintf(out, "tunnel %u\n", vid);
	image.host_port = slot_id(sw, image.host_port);
	if (swhost_any_slot)
		image.words = 0;
	for (size_t i = 0; i < sizeof(image); i++)
		fprintf(out, "%02x", ((const unsigned char *)&image)[i]);
	fputc('\n', out);
}

static void print_guards(FILE *out, const struct sw *sw)
{
	struct repx_guard_mac mac;
	struct repx_guard_ip ip;
	void *last = NULL;

	while (!bpf_map_get_next_key(sw->obj.guard_mac, last, &mac)) {
		last = &mac;
		fprintf(out, "guard " MAC_FMT "\n", MAC_ARG(mac.mac));
	}
	last = NULL;
	while (!bpf_map_get_next_key(sw->obj.guard_ip, last, &ip)) {
		last = &ip;
		fprintf(out, "guard %02x%02x%02x%02x/%u\n", ip.addr[12], ip.addr[13], ip.addr[14],
			ip.addr[15], ip.prefixlen);
	}
}

static void print_maps(FILE *out, const struct sw *sw)
{
	uint32_t key, value, *last = NULL;
	struct bpf_devmap_val val;
	struct print print = {.out = out, .sw = sw};
	struct repx_maclim_key place;

	print_ports(out, sw);
	print_guards(out, sw);
	while (!bpf_map_get_next_key(sw->obj.ifaces, last, &key)) {
		last = &key;
		bpf_map_lookup_elem(sw->obj.ifaces, &key, &value);
		fprintf(out, "iface %u: %u\n", key, slot_id(sw, value));
	}
	for (key = 0; key < sw->obj.max_ports; key++)
		if (!bpf_map_lookup_elem(sw->obj.tx, &key, &val))
			fprintf(out, "tx %u: %u\n", slot_id(sw, key), val.ifindex);
	last = NULL;
	while (!bpf_map_get_next_key(sw->obj.maclim, last, &place)) {
		last = (uint32_t *)&place;
		fprintf(out, "place %u %u\n", slot_id(sw, place.port), place.ring);
	}
	bpf_obj_fdb_walk(&sw->obj, print_entry, &print);
}

/* Pins are named by their slots: tcx-3. */
static void drop_slots(char *text)
{
	for (char *at = text; (at = strstr(at, "/links/")); at++)
		for (at = at + 7; *at && *at != '\n'; at++)
			if (*at >= '0' && *at <= '9')
				*at = 'N';
}

static int print_filter(const struct rtnl_filter *f, void *data)
{
	fprintf(data, "filter %u %u %s %s\n", f->pref, f->handle, f->kind, f->name);
	return 0;
}

/* The qdiscs and filters of one netdev. */
static void print_tc(FILE *out, struct rtnl *rtnl, const struct rtnl_link *link)
{
	int clsact = rtnl_clsact_get(rtnl, link->ifindex);

	if (clsact <= 0)
		return;
	fprintf(out, "%s clsact %d ", link->name, clsact);
	assert_int_equal(rtnl_filter_walk(rtnl, link->ifindex, false, print_filter, out), 0);
	fputc('\n', out);
}

static void print_all_tc(FILE *out)
{
	struct rtnl_links links = {0};
	struct rtnl rtnl;

	assert_int_equal(rtnl_open(&rtnl), 0);
	assert_int_equal(rtnl_links_load(&rtnl, &links), 0);
	for (size_t i = 0; i < links.len; i++)
		print_tc(out, &rtnl, &links.list[i]);
	rtnl_links_done(&links);
	rtnl_close(&rtnl);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Maps list their keys in the order of their hash. */
static char *sorted(char *text)
{
	char **lines = NULL, *out = NULL;
	size_t n = 0, size = 0;
	FILE *mem = open_memstream(&out, &size);

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		lines = realloc(lines, (n + 1) * sizeof(*lines));
		lines[n++] = line;
	}
	qsort(lines, n, sizeof(*lines), compare);
	for (size_t i = 0; i < n; i++)
		fprintf(mem, "%s\n", lines[i]);
	fclose(mem);
	free(lines);
	free(text);
	return out;
}

char *swhost_look(bool maps)
{
	size_t size = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);
	struct err err = {0};
	struct sw sw;

	command(out,
		"ip -d -o link show | sed 's/promiscuity [0-9]*//; s/state [A-Z]*//; "
		"s/LOWERLAYERDOWN//; s/qlen [0-9]*//; s/prog.xdp//; s/NO-CARRIER,//; "
		"s/,LOWER_UP//; s/,M-DOWN//; s/qdisc [a-z]*//'; grep /mnt /proc/mounts; cd /mnt; "
		"find . | grep -v look");
	print_all_tc(out);
	if (maps && !sw_open(&sw, SWHOST_ROOT, NULL, SW_READ, &err)) {
		print_maps(out, &sw);
		sw_close(&sw);
	}
	fclose(out);
	if (swhost_any_slot)
		drop_slots(text);
	return sorted(text);
}

void swhost_warn(const char *text)
{
	size_t used = strlen(swhost_warnings);

	snprintf(swhost_warnings + used, sizeof(swhost_warnings) - used, "%s\n", text);
}

int swhost_apply_open(struct sw *sw, const char *yaml, bool dry_run, struct sw_changes *changes)
{
	struct conf_errors errors = {0};
	struct conf conf = {0};
	int ret = conf_parse(yaml, strlen(yaml), &conf, &errors);

	if (ret)
		fail_msg("conf: %s", errors.len ? errors.list[0].text : "?");
	memset(&swhost_err, 0, sizeof(swhost_err));
	*swhost_warnings = 0;
	ret = sw_apply(sw, &conf, SW_OWNER_FILE, dry_run, changes, swhost_warn, &swhost_err);
	conf_done(&conf);
	conf_errors_done(&errors);
	return ret;
}

int swhost_apply(const char *yaml, int *n)
{
	struct sw_changes changes = {0};
	struct sw sw;
	int ret;

	memset(&swhost_err, 0, sizeof(swhost_err));
	ret = sw_open(&sw, SWHOST_ROOT, "sw0", SW_CHANGE, &swhost_err);
	if (ret)
		return ret;
	ret = swhost_apply_open(&sw, yaml, false, &changes);
	if (n)
		*n = (int)changes.len;
	sw_changes_done(&changes);
	sw_close(&sw);
	return ret;
}

void swhost_must_apply(const char *yaml, int changes)
{
	int n = -1, ret = swhost_apply(yaml, &n);

	if (ret)
		fail_msg("apply: %s", swhost_err.text);
	assert_int_equal(n, changes);
}

void swhost_fdb_set(struct sw *sw, uint8_t last, uint16_t vlan, uint32_t slot)
{
	struct repx_fdb_key key = {.vlan = vlan, .mac = {2, 0, 0, 0, 0, last}};
	struct repx_fdb entry = {.port = slot, .ring = REPX_FDB_NO_RING, .seen_ns = now_ns()};

	assert_int_equal(bpf_map_update_elem(sw->obj.fdb, &key, &entry, BPF_ANY), 0);
}

bool swhost_fdb_has(const struct sw *sw, uint8_t last, uint16_t vlan)
{
	struct repx_fdb_key key = {.vlan = vlan, .mac = {2, 0, 0, 0, 0, last}};
	struct repx_fdb entry;

	return !bpf_map_lookup_elem(sw->obj.fdb, &key, &entry);
}

int swhost_down(void)
{
	struct sw sw;
	int ret;

	memset(&swhost_err, 0, sizeof(swhost_err));
	ret = sw_open(&sw, SWHOST_ROOT, "sw0", SW_CHANGE, &swhost_err);
	if (ret)
		return ret;
	ret = sw_down(&sw, &swhost_err);
	sw_close(&sw);
	return ret;
}

void swhost_same(const char *before, const char *after)
{
	FILE *f;

	if (!strcmp(before, after))
		return;
	f = fopen("/mnt/look.a", "we");
	fputs(before, f);
	fclose(f);
	f = fopen("/mnt/look.b", "we");
	fputs(after, f);
	fclose(f);
	if (system("diff /mnt/look.a /mnt/look.b"))
		unlink("/mnt/look.a");
	unlink("/mnt/look.b");
	fail_msg("the host is not as it was");
}
