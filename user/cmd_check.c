// SPDX-License-Identifier: GPL-2.0-only
/* cmd_check.c - see cmd_check.h */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cmd_check.h"
#include "log.h"

static json_t *error_json(const char *path, const struct conf_error *e)
{
	json_t *file = json_string(path);

	/* a path is bytes, JSON is UTF-8 */
	if (!file)
		file = json_string("?");
	return json_pack("{s:o, s:i, s:i, s:s}", "file", file, "line", (int)e->pos.line, "col",
			 (int)e->pos.col, "text", e->text);
}

static void print_json(const char *path, const struct conf_errors *errors)
{
	json_t *list = json_array();

	for (size_t i = 0; i < errors->len; i++)
		json_array_append_new(list, error_json(path, &errors->list[i]));
	json_dumpf(list, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(list);
}

void conf_print_errors(const char *path, const struct conf_errors *errors, bool json)
{
	if (json) {
		print_json(path, errors);
		return;
	}
	for (size_t i = 0; i < errors->len; i++) {
		const struct conf_error *e = &errors->list[i];

		fprintf(stderr, "%s:%u:%u: %s\n", path, e->pos.line, e->pos.col, e->text);
	}
}

int conf_load(const char *path, bool json, struct conf *out)
{
	struct conf_errors errors;
	int ret = conf_read(path, out, &errors);

	if (ret == -EINVAL && errors.len)
		conf_print_errors(path, &errors, json);
	else if (ret)
		log_err("reading '%s': %s", path, strerror(-ret));
	conf_errors_done(&errors);
	return ret;
}

static void warn(const char *text)
{
	log_warn("%s", text);
}

int cmd_check(const char *path, bool json)
{
	static const struct conf_errors none;
	struct conf conf;

	if (conf_load(path, json, &conf))
		return 1;
	conf_warnings(&conf, warn);
	if (json)
		conf_print_errors(path, &none, true);
	conf_done(&conf);
	return 0;
}
