// SPDX-License-Identifier: GPL-2.0-only
/* cmd.c - see cmd.h */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "ctl.h"
#include "log.h"
#include "methods.h"
#include "params.h"
#include "util.h"

int cmd_fail(const struct err *err)
{
	log_err("%s", err->text[0] ? err->text : "out of memory");
	return err->code == -EUCLEAN ? CMD_UNDO_FAILED : CMD_FAILED;
}

int cmd_usage(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_err("%s", text);
	return CMD_USAGE;
}

void cmd_warn(const char *text)
{
	log_warn("%s", text);
}

int cmd_print(const struct cmd_opts *o, const json_t *doc)
{
	size_t flags = o->pretty ? JSON_INDENT(4) : JSON_COMPACT;

	if (json_dumpf(doc, stdout, flags | JSON_ENCODE_ANY) || putchar('\n') == EOF ||
	    fflush(stdout)) {
		log_err("write to standard output: %s", strerror(errno));
		return CMD_FAILED;
	}
	return CMD_DONE;
}

int cmd_switch(const struct cmd_opts *o, char name[CONF_NAME_MAX], struct err *err)
{
	if (o->sw) {
		if (!*o->sw || strchr(o->sw, '/') || str_copy(name, CONF_NAME_MAX, o->sw))
			return err_set(err, -EINVAL, "open switch '%.64s': not a name", o->sw);
		return 0;
	}
	return sw_only(o->root, name, err);
}

void cmd_socket(const struct cmd_opts *o, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s%s/%s/control", o->root ? o->root : "",
		 o->root ? "/run" : "/run/repx", name);
}

/* Who gets the elements of a list; NULL: the answer is whole. */
struct each {
	int (*cb)(void *data, json_t *element);
	void *data;
};

static int call_here(const struct cmd_opts *o, const char *name, const struct ctl_method *m,
		     const json_t *params, const struct each *each, json_t **result,
		     struct err *err)
{
	struct methods_env env = {.warn = cmd_warn,
				  .each = each ? each->cb : NULL,
				  .each_data = each ? each->data : NULL};
	struct sw sw;
	int rc;

	if (geteuid())
		return err_set(err, -EPERM,
			       "open switch '%s': no daemon runs, and only root can do without "
			       "(repx run FILE)",
			       name);
	rc = sw_open(&sw, o->root, name, m->changes ? SW_CHANGE : SW_READ, err);
	if (rc)
		return rc;
	env.sw = &sw;
	*result = m->call(&env, params, err);
	sw_close(&sw);
	if (!*result)
		return err_set(err, -ENOMEM, "%s: out of memory", m->name) ?: err->code;
	return 0;
}

static int call(const struct cmd_opts *o, const char *name, const char *method, json_t *params,
		const struct each *each, json_t **result, struct err *err)
{
	const struct ctl_method *m = methods_find(method);
	char path[512];
	int rc;

	if (m->changes || m->daemon || geteuid()) {
		cmd_socket(o, name, path, sizeof(path));
		rc = ctl_call_warn(path, method, params, cmd_warn, result, err);
		if (rc != -ENOENT && rc != -ECONNREFUSED)
			return rc;
	}
	return call_here(o, name, m, params, each, result, err);
}

static int call_switch(const struct cmd_opts *o, const char *name, const char *method,
		       json_t *params, const struct each *each, json_t **result, struct err *err)
{
	char found[CONF_NAME_MAX];
	int rc = 0;

	if (!params)
		params = json_object();
	if (!name)
		rc = cmd_switch(o, found, err);
	if (!rc)
		rc = call(o, name ? name : found, method, params, each, result, err);
	json_decref(params);
	return rc;
}

int cmd_call(const struct cmd_opts *o, const char *name, const char *method, json_t *params,
	     json_t **result, struct err *err)
{
	return call_switch(o, name, method, params, NULL, result, err);
}

int cmd_call_each(const struct cmd_opts *o, const char *method, json_t *params,
		  int (*cb)(void *data, json_t *element), void *data, struct err *err)
{
	struct each each = {cb, data};
	json_t *answer, *element;
	size_t i;
	int rc = call_switch(o, NULL, method, params, &each, &answer, err);

	if (rc)
		return rc;
	/* a daemon has answered whole */
	for (i = 0; !rc && (element = json_array_get(answer, i)); i++)
		rc = cb(data, json_incref(element));
	json_decref(answer);
	return rc;
}

int cmd_run_method(const struct cmd_opts *o, const char *method, json_t *params,
		   void (*show)(const struct cmd_opts *o, const json_t *doc))
{
	struct err err = {0};
	json_t *doc = NULL;
	int rc = CMD_DONE;

	if (cmd_call(o, NULL, method, params, &doc, &err))
		return cmd_fail(&err);
	if (o->json)
		rc = cmd_print(o, doc);
	else if (show)
		show(o, doc);
	json_decref(doc);
	return rc;
}

int cmd_show_named(const struct cmd_opts *o, const char *method, int argc, char **argv,
		   void (*show)(const struct cmd_opts *o, const json_t *doc))
{
	json_t *params = NULL;

	if (argc > 1)
		return cmd_usage("'%.64s' after the name", argv[1]);
	if (argc) {
		params = json_pack("{s:s}", "name", argv[0]);
		if (!params)
			return cmd_usage("'%.64s' is not a name", argv[0]);
	}
	return cmd_run_method(o, method, params, show);
}

static bool is_key(const char *keys, const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = strchr(word, ' ') ? NULL : keys; p && *p;
	     p = strchr(p, ' ') ? strchr(p, ' ') + 1 : NULL)
		if (!strncmp(p, word, len) && (!p[len] || p[len] == ' '))
			return len > 0;
	return false;
}

int cmd_pairs(int argc, char **argv, const char *keys, json_t *out)
{
	int i;

	for (i = 0; i < argc; i += 2) {
		if (!is_key(keys, argv[i]))
			return cmd_usage("'%.64s' is not one of: %s", argv[i], keys);
		if (i + 1 == argc)
			return cmd_usage("'%s' wants a value", argv[i]);
		if (json_object_get(out, argv[i]))
			return cmd_usage("'%s' is given twice", argv[i]);
		if (json_object_set_new(out, argv[i], json_string(argv[i + 1])))
			return cmd_usage("the value of '%s' is not UTF-8", argv[i]);
	}
	return 0;
}

void cmd_show_counters(const char *label, const json_t *counters)
{
	json_t *object = (json_t *)counters; /* iterators have no const */
	const char *comma = "";
	void *it;

	if (!json_object_size(counters))
		return;
	printf("%s", label);
	for (it = json_object_iter(object); it; it = json_object_iter_next(object, it)) {
		printf("%s %s %lld", comma, json_object_iter_key(it),
		       (long long)json_integer_value(json_object_iter_value(it)));
		comma = ",";
	}
	putchar('\n');
}

int cmd_check_vlan(const json_t *params, bool needed)
{
	const char *text = json_string_value(json_object_get(params, "vlan"));
	uint16_t vid;

	if (!text)
		return needed ? cmd_usage("'vlan VID' is missing") : 0;
	return params_parse_vid(text, &vid)
		       ? cmd_usage("'%.64s' is not a VLAN ID from 1 to 4094", text)
		       : 0;
}

int cmd_show_of(const struct cmd_opts *o, const char *method, const char *keys, int argc,
		char **argv, void (*show)(const struct cmd_opts *o, const json_t *doc))
{
	json_t *params = json_object();
	int rc = cmd_pairs(argc, argv, keys, params);

	if (!rc)
		rc = cmd_check_vlan(params, false);
	if (!rc)
		return cmd_run_method(o, method, params, show);
	json_decref(params);
	return rc;
}

const char *cmd_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

const char *cmd_cell(const json_t *object, const char *key)
{
	const char *text = cmd_text(object, key);

	return *text ? text : "-";
}

void cmd_show_changes(const struct cmd_opts *o, const json_t *doc)
{
	json_t *change;
	size_t i;

	(void)o;
	for (i = 0; (change = json_array_get(doc, i)); i++)
		printf("%s %s %s\n", json_string_value(json_object_get(change, "op")),
		       json_string_value(json_object_get(change, "object")),
		       json_string_value(json_object_get(change, "name")));
}
