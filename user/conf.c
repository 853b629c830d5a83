// SPDX-License-Identifier: GPL-2.0-only
/* conf.c - reading a whole configuration
 *
 * The text becomes a tree of nodes (conf_doc), tables say what each map may hold
 * (conf_walk, conf_get, and a file for each section), and at last come the rules
 * between objects (conf_check). A mistake never ends the reading: it is noted,
 * and the value keeps its default, chosen so that it causes no second message.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_parse.h"
#include "util.h"

#define FILE_MAX (16 << 20)

enum { ROOT_VERSION, ROOT_SWITCH, ROOT_OFFLOAD, ROOT_PORTS, ROOT_FDB };

static CONF_READER(get_version)
{
	(void)to;
	(void)key;
	if (conf_is_scalar(ctx, node, "1") && strcmp(node->text, "1"))
		conf_fail(ctx, node->pos, "'%.32s' is not known to this version of repx (give 1)",
			  node->text);
}

static const struct conf_key root_rows[] = {
	[ROOT_VERSION] = {.name = "version", .read = get_version},
	[ROOT_SWITCH] = {.name = "switch"}, /* the others in this order, not the file's */
	[ROOT_OFFLOAD] = {.name = "offload"},
	[ROOT_PORTS] = {.name = "ports"},
	[ROOT_FDB] = {.name = "fdb"},
};
static const struct conf_table root_table = {root_rows, ARRAY_SIZE(root_rows), NULL};

static bool is_list_of_maps(struct conf_ctx *ctx, const struct conf_node *node, const char *key)
{
	bool ok;

	conf_object(ctx, "%s", key);
	ok = conf_is_list(ctx, node, "maps", true);
	/* what is missing here is not missed elsewhere */
	ctx->partial |= !ok;
	return ok;
}

static void read_ports(struct conf_ctx *ctx, const struct conf_node *node, struct conf *conf)
{
	struct conf_port *ports;

	if (!is_list_of_maps(ctx, node, "ports") || !node->len)
		return;
	ports = calloc(node->len, sizeof(*ports));
	if (!ports) {
		ctx->nomem = true;
		return;
	}
	conf->ports = ports;
	for (size_t i = 0; i < node->len; i++)
		conf_port_read(ctx, node->kids[i], i + 1, conf, &ports[conf->ports_len++]);
}

static void read_fdb(struct conf_ctx *ctx, const struct conf_node *node, struct conf *conf)
{
	if (!is_list_of_maps(ctx, node, "fdb") || !node->len)
		return;
	conf->fdb = calloc(node->len, sizeof(*conf->fdb));
	if (!conf->fdb) {
		ctx->nomem = true;
		return;
	}
	for (size_t i = 0; i < node->len; i++)
		conf_fdb_read(ctx, node->kids[i], i + 1, &conf->fdb[conf->fdb_len++]);
}

static void read_root(struct conf_ctx *ctx, const struct conf_node *root, struct conf *conf)
{
	struct conf_port host = {0};
	struct conf_found f;
	uint64_t nowhere;

	conf_object(ctx, "%s", "");
	if (!conf_map(ctx, root, &root_table, &nowhere, &f))
		return;
	if (f.at[ROOT_SWITCH])
		conf_switch_read(ctx, f.at[ROOT_SWITCH], conf, &host);
	if (f.at[ROOT_OFFLOAD])
		conf_offload_read(ctx, f.at[ROOT_OFFLOAD], &conf->offload);
	if (f.at[ROOT_PORTS])
		read_ports(ctx, f.at[ROOT_PORTS], conf);
	if (conf->host_netdev[0] && conf_add_port(conf, &host))
		ctx->nomem = true;
	if (f.at[ROOT_FDB])
		read_fdb(ctx, f.at[ROOT_FDB], conf);
	conf_check_ctx(conf, ctx);
}

/* The YAML error comes last: what is behind it was not read. */
static void finish_errors(struct conf_ctx *ctx, const struct conf_error *syntax)
{
	size_t len = ctx->errors.len;

	conf_errors_sort(&ctx->errors);
	if (len > CONF_ERRORS_MAX) /* the one that says so has no place of its own */
		ctx->errors.list[len - 1].pos = ctx->errors.list[len - 2].pos;
	if (!syntax->text[0])
		return;
	ctx->object[0] = 0;
	ctx->path[0] = 0;
	conf_fail(ctx, syntax->pos, "%s", syntax->text);
}

/* Reads the tree of @text and has @read go through it. */
static int read_text(const char *text, size_t len, struct conf_ctx *ctx,
		     void (*read)(struct conf_ctx *ctx, const struct conf_node *root,
				  struct conf *conf),
		     struct conf *conf)
{
	struct conf_error syntax = {0};
	struct conf_doc doc;
	int ret = conf_doc_read(text, len, &doc, ctx, &syntax);

	if (ret)
		goto free_doc;
	if (doc.root)
		read(ctx, doc.root, conf);
	else if (!syntax.text[0])
		conf_fail(ctx, (struct conf_pos){1, 1}, "there is nothing in it");
	finish_errors(ctx, &syntax);
	ret = conf_ctx_result(ctx);
free_doc:
	conf_doc_done(&doc);
	return ret;
}

/* A result of -ENOMEM leaves no errors behind, one without mistakes neither. */
static void give_errors(struct conf_ctx *ctx, int ret, struct conf_errors *errors)
{
	if (ret != -EINVAL || !errors)
		conf_errors_done(&ctx->errors);
	if (errors)
		*errors = ctx->errors;
}

int conf_parse(const char *text, size_t len, struct conf *out, struct conf_errors *errors)
{
	struct conf_ctx ctx = {0};
	struct conf conf;
	int ret;

	conf_init(&conf);
	ret = read_text(text, len, &ctx, read_root, &conf);
	give_errors(&ctx, ret, errors);
	if (ret)
		conf_done(&conf);
	else
		*out = conf;
	return ret;
}

static void read_one_port(struct conf_ctx *ctx, const struct conf_node *root, struct conf *conf)
{
	size_t at = conf->ports_len;
	struct conf_port port;

	if (at && conf->ports[at - 1].role == CONF_ROLE_HOST)
		at--;
	conf_port_read(ctx, root, 0, conf, &port);
	if (ctx->errors.len || ctx->partial) {
		conf_port_done(&port);
		return;
	}
	if (conf_add_port(conf, &port)) {
		ctx->nomem = true;
		conf_port_done(&port);
		return;
	}
	conf_check_ctx(conf, ctx);
	if (!conf_ctx_result(ctx))
		return;
	conf_port_done(&conf->ports[at]);
	conf->ports_len--;
	memmove(&conf->ports[at], &conf->ports[at + 1], (conf->ports_len - at) * sizeof(port));
	conf_settle(conf);
}

int conf_port_parse(const char *text, size_t len, struct conf *conf, struct conf_errors *errors)
{
	struct conf_ctx ctx = {.adding = true};
	int ret = read_text(text, len, &ctx, read_one_port, conf);

	give_errors(&ctx, ret, errors);
	return ret;
}

/* Return: length, -errno. *text is malloc()ed also after a failure. */
static ssize_t read_all(int fd, char **text)
{
	size_t len = 0, room = 0;
	ssize_t got;
	char *more;

	for (;;) {
		if (len == room) {
			room = room ? 2 * room : 65536;
			more = room > FILE_MAX ? NULL : realloc(*text, room);
			if (!more)
				return room > FILE_MAX ? -EFBIG : -ENOMEM;
			*text = more;
		}
		got = read(fd, *text + len, room - len);
		if (!got)
			return (ssize_t)len;
		if (got < 0 && errno != EINTR)
			return -errno;
		len += got > 0 ? (size_t)got : 0;
	}
}

int conf_read(const char *path, struct conf *out, struct conf_errors *errors)
{
	bool standard = !strcmp(path, "-");
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	ssize_t len;
	int ret;

	*errors = (struct conf_errors){0};
	if (fd < 0)
		return -errno;
	len = read_all(fd, &text);
	ret = len < 0 ? (int)len : conf_parse(text, (size_t)len, out, errors);
	free(text);
	if (!standard)
		close(fd);
	return ret;
}
