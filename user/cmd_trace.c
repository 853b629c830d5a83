// SPDX-License-Identifier: GPL-2.0-only
/* cmd_trace.c - repx trace: what would happen to a frame */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "log.h"
#include "params.h"
#include "util.h"

#define FRAME_MAX 65535
#define FRAME_DEFAULT 60 /* the shortest Ethernet frame, without FCS */

/* --- the answer --- */

static void show_one(const json_t *doc)
{
	const char *reason = json_string_value(json_object_get(doc, "reason"));
	json_t *step, *out;
	size_t i;

	for (i = 0; (step = json_array_get(json_object_get(doc, "steps"), i)); i++)
		printf("    %-12s %s\n", json_string_value(json_object_get(step, "step")),
		       json_string_value(json_object_get(step, "text")));
	for (i = 0; (out = json_array_get(json_object_get(doc, "out"), i)); i++)
		printf("    out %-8s %s\n", json_string_value(json_object_get(out, "port")),
		       json_string_value(json_object_get(out, "frame")));
	printf("%s%s%s\n", json_string_value(json_object_get(doc, "verdict")), reason ? " " : "",
	       reason ? reason : "");
}

static void show(const struct cmd_opts *o, const json_t *doc)
{
	json_t *one;
	size_t i;

	(void)o;
	if (!json_is_array(doc)) {
		show_one(doc);
		return;
	}
	for (i = 0; (one = json_array_get(doc, i)); i++) {
		printf("frame %zu\n", i + 1);
		show_one(one);
	}
}

static int trace(const struct cmd_opts *o, const char *port, const char *key, json_t *frames)
{
	json_t *params = json_pack("{s:s, s:o}", "port", port, key, frames);

	if (!params)
		return cmd_usage("'%.64s' is not a port, or the frame is not hex", port);
	return cmd_run_method(o, "trace", params, show);
}

/* --- hex --- */

static int trace_hex(const struct cmd_opts *o, const char *port, int argc, char **argv)
{
	struct err err = {0};
	char *text = calloc(1, 1);
	uint8_t *frame;
	size_t len;
	int i, rc;

	for (i = 0; text && i < argc; i++) {
		char *more = NULL;

		if (asprintf(&more, "%s%s ", text, argv[i]) < 0)
			more = NULL;
		free(text);
		text = more;
	}
	if (!text || params_hex(text, &frame, &len, &err)) {
		free(text);
		return cmd_usage("%s", text ? err.text : "out of memory");
	}
	free(frame);
	rc = trace(o, port, "hex", json_string(text));
	free(text);
	return rc;
}

/* --- pcap --- */

/* What the capture cut off is zeros: the length of a frame matters. */
static json_t *packet_hex(const struct pcap_pkthdr *head, const u_char *data)
{
	size_t len = head->len > head->caplen ? head->len : head->caplen, i;
	json_t *json;
	char *hex;

	if (len > FRAME_MAX)
		len = FRAME_MAX;
	hex = malloc(2 * len + 1);
	if (!hex)
		return NULL;
	for (i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", i < head->caplen ? data[i] : 0);
	hex[2 * len] = 0;
	json = json_string(hex);
	free(hex);
	return json;
}

static int read_packets(pcap_t *pcap, const char *path, json_t *frames)
{
	struct pcap_pkthdr *head;
	const u_char *data;
	int rc;

	if (pcap_datalink(pcap) != DLT_EN10MB) {
		log_err("read '%s': not a capture of Ethernet frames", path);
		return -EINVAL;
	}
	while ((rc = pcap_next_ex(pcap, &head, &data)) == 1)
		json_array_append_new(frames, packet_hex(head, data));
	if (rc == PCAP_ERROR_BREAK)
		return 0;
	log_err("read '%s': %s", path, pcap_geterr(pcap));
	return -EIO;
}

static int trace_pcap(const struct cmd_opts *o, const char *port, int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	json_t *frames;
	pcap_t *pcap;
	int rc;

	if (argc != 1)
		return cmd_usage("pcap wants a file, and nothing else");
	pcap = pcap_open_offline(argv[0], why);
	if (!pcap) {
		log_err("read '%s': %s", argv[0], why);
		return CMD_FAILED;
	}
	frames = json_array();
	rc = read_packets(pcap, argv[0], frames);
	pcap_close(pcap);
	if (!rc)
		return trace(o, port, "frames", frames);
	json_decref(frames);
	return CMD_FAILED;
}

/* --- fields --- */

struct fields {
	uint8_t dst[6], src[6];
	uint16_t vlan;
	bool tagged;
	unsigned long pcp, ethertype, size, proto;
};

/* A number of at most @max at @key of @words, if there is one. */
static int number(const json_t *words, const char *key, unsigned long max, unsigned long *out)
{
	const char *text = json_string_value(json_object_get(words, key));
	unsigned long value;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || value > max)
		return cmd_usage("'%s %.64s': not a number up to %lu", key, text, max);
	*out = value;
	return 0;
}

static int mac(const json_t *words, const char *key, uint8_t out[6])
{
	const char *text = json_string_value(json_object_get(words, key));

	if (!text)
		return cmd_usage("'%s MAC' is missing", key);
	if (params_parse_mac(text, out))
		return cmd_usage("'%s %.64s': not a MAC address (02:00:00:00:00:01)", key, text);
	return 0;
}

static int proto(const json_t *words, unsigned long *out)
{
	const char *text = json_string_value(json_object_get(words, "proto"));

	if (!text || !strcasecmp(text, "802.1q"))
		*out = 0x8100;
	else if (!strcasecmp(text, "802.1ad"))
		*out = 0x88a8;
	else
		return cmd_usage("'proto %.64s': 802.1q or 802.1ad", text);
	return 0;
}

static int read_fields(const json_t *words, struct fields *f)
{
	unsigned long vlan = 0;
	int rc;

	*f = (struct fields){.ethertype = 0x0800, .size = FRAME_DEFAULT};
	f->tagged = json_object_get(words, "vlan") || json_object_get(words, "pcp") ||
		    json_object_get(words, "proto");
	rc = mac(words, "dst", f->dst);
	rc = rc ? rc : mac(words, "src", f->src);
	/* not only VIDs that exist: what happens to the others is worth asking */
	rc = rc ? rc : number(words, "vlan", 4095, &vlan);
	rc = rc ? rc : number(words, "pcp", 7, &f->pcp);
	rc = rc ? rc : number(words, "ethertype", 0xffff, &f->ethertype);
	rc = rc ? rc : number(words, "size", FRAME_MAX, &f->size);
	rc = rc ? rc : proto(words, &f->proto);
	f->vlan = (uint16_t)vlan;
	return rc;
}

static char *fields_hex(const struct fields *f)
{
	size_t head = f->tagged ? 18 : 14, size = f->size > head ? f->size : head, i;
	char *hex = malloc(2 * size + 1), *p = hex;

	if (!hex)
		return NULL;
	for (i = 0; i < 6; i++)
		p += sprintf(p, "%02x", f->dst[i]);
	for (i = 0; i < 6; i++)
		p += sprintf(p, "%02x", f->src[i]);
	if (f->tagged)
		p += sprintf(p, "%04lx%04lx", f->proto, f->pcp << 13 | f->vlan);
	p += sprintf(p, "%04lx", f->ethertype);
	memset(p, '0', 2 * (size - head));
	p[2 * (size - head)] = 0;
	return hex;
}

int cmd_trace_frame(int argc, char **argv, char **hex)
{
	json_t *words = json_object();
	struct fields f;
	int rc;

	rc = cmd_pairs(argc, argv, "dst src vlan pcp proto ethertype size", words);
	if (!rc)
		rc = read_fields(words, &f);
	json_decref(words);
	if (rc)
		return rc;
	*hex = fields_hex(&f);
	return *hex ? 0 : cmd_usage("out of memory");
}

int cmd_trace(const struct cmd_opts *o, int argc, char **argv)
{
	char *hex;
	int rc;

	if (argc < 3 || strcmp(argv[0], "port"))
		return cmd_usage("trace wants 'port NAME' and a frame");
	if (!strcmp(argv[2], "hex"))
		return trace_hex(o, argv[1], argc - 3, argv + 3);
	if (!strcmp(argv[2], "pcap"))
		return trace_pcap(o, argv[1], argc - 3, argv + 3);
	rc = cmd_trace_frame(argc - 2, argv + 2, &hex);
	if (rc)
		return rc;
	rc = trace(o, argv[1], "hex", json_string(hex));
	free(hex);
	return rc;
}
