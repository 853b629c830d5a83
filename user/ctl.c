// SPDX-License-Identifier: GPL-2.0-only
/* ctl.c - JSON-RPC 2.0: a request line becomes an answer line
 *
 * Pure: no socket, no state. ctl_client.c and ctl_server.c move the lines.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

struct request_env {
	const struct ctl_method *methods;
	void *data;
	uid_t uid;
};

/* Messages may quote what users typed, or be cut inside a character: what is
 * not UTF-8 loses its bytes above 127. */
static json_t *text_json(const char *text)
{
	json_t *json = json_string(text);
	char *copy, *p;

	if (json)
		return json;
	copy = strdup(text);
	if (!copy)
		return NULL;
	for (p = copy; *p; p++)
		if (*p & 0x80)
			*p = '?';
	json = json_string(copy);
	free(copy);
	return json;
}

/* @id is borrowed, NULL is null; @error_no 0: no data. */
__attribute__((format(printf, 4, 5))) static json_t *failure(json_t *id, int code, int error_no,
							     const char *fmt, ...)
{
	json_t *error, *message;
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	message = text_json(text);
	error = json_pack("{s:i, s:o}", "code", code, "message", message);
	if (error && error_no)
		json_object_set_new(error, "data", json_pack("{s:i}", "errno", error_no));
	return json_pack("{s:s, s:o, s:O?}", "jsonrpc", "2.0", "error", error, "id", id);
}

static const struct ctl_method *find(const struct request_env *env, const char *name)
{
	const struct ctl_method *m;

	for (m = env->methods; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

/* Runs a method. Return: the answer, also where none is due. */
static json_t *run(const struct request_env *env, const struct ctl_method *m, json_t *params,
		   json_t *id)
{
	struct err err = {0};
	json_t *result;

	result = m->call(env->data, params, &err);
	if (result)
		return json_pack("{s:s, s:o, s:O?}", "jsonrpc", "2.0", "result", result, "id", id);
	if (!err.code)
		err_set(&err, -ENOMEM, "%s: out of memory", m->name);
	return failure(id, err.code == -EINVAL ? CTL_INVALID_PARAMS : CTL_FAILED, -err.code, "%s",
		       err.text);
}

static json_t *dispatch(const struct request_env *env, const char *name, json_t *params, json_t *id)
{
	const struct ctl_method *m = find(env, name);
	json_t *empty, *answer;

	if (!m)
		return failure(id, CTL_NO_METHOD, 0, "no method '%.64s'", name);
	if (m->changes && env->uid != 0)
		return failure(id, CTL_DENIED, EPERM,
			       "%s: Operation not permitted (changes are for root)", m->name);
	if (json_is_array(params) && json_array_size(params))
		return failure(id, CTL_INVALID_PARAMS, EINVAL,
			       "%s: parameters are given by name, in an object", m->name);
	if (json_is_object(params))
		return run(env, m, params, id);
	empty = json_object();
	answer = run(env, m, empty, id);
	json_decref(empty);
	return answer;
}

/* Return: the answer to one request, or NULL where none is due. */
static json_t *answer_one(const struct request_env *env, json_t *request)
{
	json_t *id = json_object_get(request, "id"), *params = json_object_get(request, "params");
	const char *method = json_string_value(json_object_get(request, "method"));
	const char *version = json_string_value(json_object_get(request, "jsonrpc"));
	json_t *answer;

	if (!json_is_object(request))
		return failure(NULL, CTL_INVALID_REQUEST, 0, "a request is an object");
	if (id && !json_is_string(id) && !json_is_number(id) && !json_is_null(id))
		return failure(NULL, CTL_INVALID_REQUEST, 0, "id is a string or a number");
	if (!version || strcmp(version, "2.0"))
		return failure(id, CTL_INVALID_REQUEST, 0, "jsonrpc is not \"2.0\"");
	if (!method)
		return failure(id, CTL_INVALID_REQUEST, 0, "method is not a string");
	if (params && !json_is_object(params) && !json_is_array(params))
		return failure(id, CTL_INVALID_REQUEST, 0, "params is not an object");
	answer = dispatch(env, method, params, id);
	if (id)
		return answer;
	json_decref(answer);
	return NULL;
}

static json_t *answer_batch(const struct request_env *env, json_t *batch)
{
	json_t *answers, *request;
	size_t i;

	if (!json_array_size(batch))
		return failure(NULL, CTL_INVALID_REQUEST, 0, "an empty batch");
	if (json_array_size(batch) > CTL_BATCH_MAX)
		return failure(NULL, CTL_INVALID_REQUEST, 0, "more than %d requests in a batch",
			       CTL_BATCH_MAX);
	answers = json_array();
	for (i = 0; (request = json_array_get(batch, i)); i++) {
		json_t *answer = answer_one(env, request);

		if (answer)
			json_array_append_new(answers, answer);
	}
	if (json_array_size(answers))
		return answers;
	json_decref(answers);
	return NULL;
}

static json_t *answer_text(const struct request_env *env, const char *line, size_t len)
{
	json_t *request, *answer;
	json_error_t error;

	if (len > CTL_LINE_MAX)
		return failure(NULL, CTL_INVALID_REQUEST, 0, "request longer than %d bytes",
			       CTL_LINE_MAX);
	request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (!request)
		return failure(NULL, CTL_PARSE_ERROR, 0, "not JSON: column %d: %s", error.column,
			       error.text);
	answer = json_is_array(request) ? answer_batch(env, request) : answer_one(env, request);
	json_decref(request);
	return answer;
}

/* A reference to @json is taken over. */
static char *to_line(json_t *json)
{
	char *text, *line;
	size_t len;

	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (!text)
		return NULL;
	len = strlen(text);
	line = realloc(text, len + 2);
	if (!line) {
		free(text);
		return NULL;
	}
	memcpy(line + len, "\n", 2);
	return line;
}

char *ctl_answer(const struct ctl_method *methods, void *data, const char *line, size_t len,
		 uid_t uid)
{
	struct request_env env = {methods, data, uid};
	json_t *answer = answer_text(&env, line, len);

	return answer ? to_line(answer) : NULL;
}

char *ctl_notice(const char *method, json_t *params)
{
	return to_line(
		json_pack("{s:s, s:s, s:O}", "jsonrpc", "2.0", "method", method, "params", params));
}
