// SPDX-License-Identifier: GPL-2.0-only
/* cmd_port.c - repx port show, add, del */
#include <ctype.h>
#include <string.h>

#include "cmd.h"
#include "conf_doc.h"
#include "util.h"

#define DEPTH_MAX 32 /* an alias may make a YAML value refer to itself */

int cmd_port_show(const struct cmd_opts *o, int argc, char **argv)
{
	return cmd_show_named(o, "port.show", argc, argv, cmd_port_table);
}

int cmd_port_del(const struct cmd_opts *o, int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "owner"))
		return cmd_run_method(o, "port.del",
				      json_pack("{s:s, s:s}", "name", argv[0], "owner", argv[2]),
				      NULL);
	if (argc != 1)
		return cmd_usage("port del wants the name of a port, and at most: owner cni");
	return cmd_run_method(o, "port.del", json_pack("{s:s}", "name", argv[0]), NULL);
}

/* JSON has types where YAML has text: what a person calls a number is one. */
static bool is_number(const char *text)
{
	size_t len = strlen(text);

	return len && len < 16 && strspn(text, "0123456789") == len && (len == 1 || *text != '0');
}

static json_t *scalar(const char *text)
{
	if (!strcmp(text, "true") || !strcmp(text, "false"))
		return json_boolean(*text == 't');
	return is_number(text) ? json_integer(atoll(text)) : json_string(text);
}

static json_t *node_json(const struct conf_node *node, unsigned int depth);

static json_t *list_json(const struct conf_node *node, unsigned int depth)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < node->len; i++)
		if (json_array_append_new(list, node_json(node->kids[i], depth))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *map_json(const struct conf_node *node, unsigned int depth)
{
	json_t *map = json_object();
	size_t i;

	for (i = 0; i + 1 < node->len; i += 2)
		if (node->kids[i]->kind != CONF_SCALAR ||
		    json_object_set_new(map, node->kids[i]->text,
					node_json(node->kids[i + 1], depth))) {
			json_decref(map);
			return NULL;
		}
	return map;
}

/* Return: NULL: too deep, or a key that is not text. */
static json_t *node_json(const struct conf_node *node, unsigned int depth)
{
	if (!node || depth > DEPTH_MAX)
		return NULL;
	if (node->kind == CONF_LIST)
		return list_json(node, depth + 1);
	return node->kind == CONF_MAP ? map_json(node, depth + 1) : scalar(node->text);
}

/* @value: YAML. Return: 0; CMD_USAGE, told. */
static int value_json(const char *key, const char *value, json_t **out)
{
	struct conf_ctx ctx = {0};
	struct conf_error syntax = {0};
	struct conf_doc doc = {0};
	int rc;

	rc = conf_doc_read(value, strlen(value), &doc, &ctx, &syntax);
	*out = rc || ctx.partial || ctx.errors.len ? NULL : node_json(doc.root, 0);
	if (!*out)
		rc = cmd_usage("value of '%s': %.160s", key,
			       ctx.partial	? syntax.text
			       : ctx.errors.len ? ctx.errors.list[0].text
						: "not a value");
	conf_doc_done(&doc);
	conf_errors_done(&ctx.errors);
	return rc;
}

/* Sets @map's "vlan.access" as {"vlan": {"access": ...}}. @value is taken over. */
static int set_nested(json_t *map, const char *path, json_t *value)
{
	char key[64];
	size_t len = strcspn(path, ".");
	json_t *inner;

	if (!len || len >= sizeof(key))
		goto fail;
	memcpy(key, path, len);
	key[len] = 0;
	inner = json_object_get(map, key);
	if (!path[len])
		return inner ? json_decref(value), -1 : json_object_set_new(map, key, value);
	if (!inner) {
		inner = json_object();
		if (json_object_set_new(map, key, inner))
			goto fail;
	}
	if (json_is_object(inner))
		return set_nested(inner, path + len + 1, value);
fail:
	json_decref(value);
	return -1;
}

static int add_pairs(json_t *params, int argc, char **argv)
{
	json_t *value;
	int i, rc;

	for (i = 0; i < argc; i += 2) {
		if (i + 1 == argc)
			return cmd_usage("'%.64s' wants a value", argv[i]);
		rc = value_json(argv[i], argv[i + 1], &value);
		if (rc)
			return rc;
		if (set_nested(params, argv[i], value))
			return cmd_usage("'%.64s' is not a key, or is given twice", argv[i]);
	}
	return 0;
}

int cmd_key_params(const char *first, int argc, char **argv, json_t **out)
{
	json_t *params;
	int rc;

	if (argc < 1)
		return cmd_usage("the name of the port is missing");
	params = json_pack("{s:s}", first, argv[0]);
	if (!params)
		return cmd_usage("'%.64s' is not a name", argv[0]);
	rc = add_pairs(params, argc - 1, argv + 1);
	if (rc)
		json_decref(params);
	else
		*out = params;
	return rc;
}

int cmd_port_add(const struct cmd_opts *o, int argc, char **argv)
{
	json_t *params;
	int rc;

	rc = cmd_key_params("name", argc, argv, &params);
	return rc ? rc : cmd_run_method(o, "port.add", params, NULL);
}
