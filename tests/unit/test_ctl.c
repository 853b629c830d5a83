// SPDX-License-Identifier: GPL-2.0-only
/* test_ctl.c - JSON-RPC: each kind of request line and its answer, word for word */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl.h"
#include "params.h"
#include "util.h"

static unsigned int changes; /* how often a changing method ran */

static json_t *echo(void *data, const json_t *params, struct err *err)
{
	(void)data;
	(void)err;
	return json_incref((json_t *)params);
}

static json_t *change(void *data, const json_t *params, struct err *err)
{
	(void)data;
	(void)params;
	(void)err;
	changes++;
	return json_true();
}

static json_t *refuse(void *data, const json_t *params, struct err *err)
{
	const char *text = "x";

	(void)data;
	if (params_known(params, "text", err) || params_text(params, "text", &text, err))
		return NULL;
	err_set(err, -EBUSY, "do '%s': busy", text);
	return NULL;
}

static json_t *broken_text(void *data, const json_t *params, struct err *err)
{
	(void)data;
	(void)params;
	err_set(err, -EIO, "cut here: \xc3");
	return NULL;
}

static json_t *silent(void *data, const json_t *params, struct err *err)
{
	(void)data;
	(void)params;
	(void)err;
	return NULL;
}

static const struct ctl_method table[] = {
	{"echo", false, false, echo},	  {"change", true, false, change},
	{"fail", false, false, refuse},	  {"broken_text", false, false, broken_text},
	{"silent", false, false, silent}, {0},
};

#define OK(id, result) "{\"jsonrpc\":\"2.0\",\"result\":" result ",\"id\":" id "}"
#define BAD(id, code, text) \
	"{\"jsonrpc\":\"2.0\",\"error\":{\"code\":" code ",\"message\":\"" text "\"},\"id\":" id "}"
#define FAIL(id, code, text, number)                                            \
	"{\"jsonrpc\":\"2.0\",\"error\":{\"code\":" code ",\"message\":\"" text \
	"\",\"data\":{\"errno\":" number "}},\"id\":" id "}"
#define CALL(id, method, more) \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method "\"" more "}"

static const struct row {
	const char *what;
	uid_t uid;
	const char *line, *answer; /* NULL: none is due */
	unsigned int changes;
} rows[] = {
	{"a call", 0, CALL("7", "echo", ",\"params\":{\"a\":1}"), OK("7", "{\"a\":1}"), 0},
	{"no params", 0, CALL("7", "echo", ""), OK("7", "{}"), 0},
	{"empty list of params", 0, CALL("7", "echo", ",\"params\":[]"), OK("7", "{}"), 0},
	{"id is text", 0, CALL("\"x\"", "echo", ""), OK("\"x\"", "{}"), 0},
	{"id is null", 0, CALL("null", "echo", ""), OK("null", "{}"), 0},
	{"white space around", 0, " " CALL("1", "echo", "") " \r", OK("1", "{}"), 0},
	{"a change by root", 0, CALL("1", "change", ""), OK("1", "true"), 1},
	{"a change by others", 1000, CALL("1", "change", ""),
	 FAIL("1", "-32001", "change: Operation not permitted (changes are for root)", "1"), 0},
	{"reading by others", 1000, CALL("1", "echo", ""), OK("1", "{}"), 0},
	{"a notification", 0, "{\"jsonrpc\":\"2.0\",\"method\":\"change\"}", NULL, 1},
	{"a notification that is denied", 5, "{\"jsonrpc\":\"2.0\",\"method\":\"change\"}", NULL,
	 0},
	{"a notification to nobody", 0, "{\"jsonrpc\":\"2.0\",\"method\":\"nobody\"}", NULL, 0},
	{"unknown method", 0, CALL("1", "nobody", ""), BAD("1", "-32601", "no method 'nobody'"), 0},
	{"not a prefix", 0, CALL("1", "ech", ""), BAD("1", "-32601", "no method 'ech'"), 0},
	{"a failure", 0, CALL("1", "fail", ""), FAIL("1", "-32000", "do 'x': busy", "16"), 0},
	{"wrong type", 0, CALL("1", "fail", ",\"params\":{\"text\":1}"),
	 FAIL("1", "-32602", "parameter 'text': not a string", "22"), 0},
	{"unknown param", 0, CALL("1", "fail", ",\"params\":{\"tex\":\"a\"}"),
	 FAIL("1", "-32602", "unknown parameter 'tex' (known: text)", "22"), 0},
	{"params by place", 0, CALL("1", "echo", ",\"params\":[1]"),
	 FAIL("1", "-32602", "echo: parameters are given by name, in an object", "22"), 0},
	{"params are text", 0, CALL("1", "echo", ",\"params\":\"a\""),
	 BAD("1", "-32600", "params is not an object"), 0},
	{"a message that is not UTF-8", 0, CALL("1", "broken_text", ""),
	 FAIL("1", "-32000", "cut here: ?", "5"), 0},
	{"no result, no reason", 0, CALL("1", "silent", ""),
	 FAIL("1", "-32000", "silent: out of memory", "12"), 0},
	{"no version", 0, "{\"id\":1,\"method\":\"echo\"}",
	 BAD("1", "-32600", "jsonrpc is not \\\"2.0\\\""), 0},
	{"other version", 0, "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"echo\"}",
	 BAD("1", "-32600", "jsonrpc is not \\\"2.0\\\""), 0},
	{"no method", 0, "{\"jsonrpc\":\"2.0\",\"id\":1}",
	 BAD("1", "-32600", "method is not a string"), 0},
	{"id is a list", 0, "{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"echo\"}",
	 BAD("null", "-32600", "id is a string or a number"), 0},
	{"empty batch", 0, "[]", BAD("null", "-32600", "an empty batch"), 0},
	{"batch", 0, "[" CALL("1", "echo", "") "," CALL("2", "nobody", "") "]",
	 "[" OK("1", "{}") "," BAD("2", "-32601", "no method 'nobody'") "]", 0},
	{"batch with a notification", 0,
	 "[" CALL("1", "echo", "") ",{\"jsonrpc\":\"2.0\",\"method\":\"change\"}]",
	 "[" OK("1", "{}") "]", 1},
	{"batch of notifications", 0, "[{\"jsonrpc\":\"2.0\",\"method\":\"change\"}]", NULL, 1},
	{"batch of nonsense", 0, "[1]", "[" BAD("null", "-32600", "a request is an object") "]", 0},
};

static char *ask(const char *line, size_t len, uid_t uid)
{
	return ctl_answer(table, NULL, line, len, uid);
}

static void test_rows(void **state)
{
	const struct row *r;
	char *got, want[1024];

	(void)state;
	for (r = rows; r < rows + ARRAY_SIZE(rows); r++) {
		changes = 0;
		got = ask(r->line, strlen(r->line), r->uid);
		snprintf(want, sizeof(want), "%s\n", r->answer ? r->answer : "");
		if (strcmp(got ? got : "\n", want) || changes != r->changes)
			fail_msg("%s: got %s want %s (%u changes)", r->what,
				 got ? got : "nothing\n", want, changes);
		free(got);
	}
}

/* The code of the error that @line gets. */
static json_int_t code_of(const char *line, size_t len)
{
	char *got = ask(line, len, 0);
	json_t *answer = json_loads(got ? got : "", 0, NULL);
	json_int_t code =
		json_integer_value(json_object_get(json_object_get(answer, "error"), "code"));

	assert_true(json_is_null(json_object_get(answer, "id")));
	json_decref(answer);
	free(got);
	return code;
}

static void test_not_json(void **state)
{
	static const char *const lines[] = {
		"",
		"x",
		"{",
		"{\"jsonrpc\":\"2.0\"",
		"[1,",
		"\"abc",
		"{\"a\":1,\"a\":2}",
		"{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999,\"method\":\"echo\"}",
		"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"echo\"}",
		"{\"jsonrpc\":\"2.0\",\"id\":\"\\u0000\",\"method\":\"echo\"}",
		"{} {}"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(code_of(lines[i], strlen(lines[i])), CTL_PARSE_ERROR);
	assert_int_equal(code_of("{}\0{}", 5), CTL_PARSE_ERROR);
	assert_int_equal(code_of("1", 1), CTL_PARSE_ERROR); /* a text of its own is no message */
	assert_int_equal(code_of("{}", 2), CTL_INVALID_REQUEST);
}

static void test_too_long(void **state)
{
	size_t len = CTL_LINE_MAX + 1;
	char *line = malloc(len);

	(void)state;
	memset(line, ' ', len);
	line[0] = '{';
	line[len - 2] = '}';
	assert_int_equal(code_of(line, len), CTL_INVALID_REQUEST);
	assert_int_equal(code_of(line, len - 1), CTL_INVALID_REQUEST); /* {}: no version */
	free(line);
}

static void test_deep(void **state)
{
	size_t len = CTL_LINE_MAX;
	char *line = malloc(len);

	(void)state;
	memset(line, '[', len);
	assert_int_equal(code_of(line, len), CTL_PARSE_ERROR);
	memset(line + len / 2, ']', len / 2);
	assert_int_equal(code_of(line, len), CTL_PARSE_ERROR);
	free(line);
}

static void test_large_batch(void **state)
{
	char line[4 * (CTL_BATCH_MAX + 2)] = "[1";
	int i;

	(void)state;
	for (i = 0; i < CTL_BATCH_MAX; i++)
		strcat(line, ",1");
	strcat(line, "]");
	assert_int_equal(code_of(line, strlen(line)), CTL_INVALID_REQUEST);
}

static void test_notice(void **state)
{
	json_t *params = json_pack("{s:s}", "text", "a\nb");
	char *line = ctl_notice("warning", params);

	(void)state;
	assert_string_equal(line, "{\"jsonrpc\":\"2.0\",\"method\":\"warning\","
				  "\"params\":{\"text\":\"a\\nb\"}}\n");
	free(line);
	json_decref(params);
}

/* --- the client --- */

static char warned[64];

static void on_warning(const char *text)
{
	str_copy(warned, sizeof(warned), text);
}

/* What ctl_result() makes of what a daemon sends. */
static int result_of(const char *sent, json_t **result, struct err *err)
{
	int fds[2], rc;
	struct ctl ctl = {0};

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ctl.fd = fds[0];
	assert_int_equal(write(fds[1], sent, strlen(sent)), strlen(sent));
	close(fds[1]);
	rc = ctl_result(&ctl, on_warning, result, err);
	ctl_close(&ctl);
	return rc;
}

static void test_client(void **state)
{
	struct err err = {0};
	json_t *result = NULL;

	(void)state;
	assert_int_equal(result_of("{\"method\":\"warning\",\"params\":{\"text\":\"mind\"}}\n" OK(
					   "1", "[5]") "\n",
				   &result, &err),
			 0);
	assert_string_equal(warned, "mind");
	assert_int_equal(json_integer_value(json_array_get(result, 0)), 5);
	json_decref(result);
	assert_int_equal(result_of(FAIL("1", "-32000", "busy", "16") "\n", &result, &err),
			 -EREMOTEIO);
	assert_int_equal(err.code, -EBUSY);
	assert_string_equal(err.text, "busy");
}

static void test_client_failures(void **state)
{
	static const struct {
		const char *sent;
		int rc;
	} cases[] = {
		{"", -EPIPE},	    {"{\"result\":1", -EPIPE},	      {"nonsense\n", -EBADMSG},
		{"{}\n", -EBADMSG}, {"{\"error\":{}}\n", -EREMOTEIO},
	};
	json_t *result;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = {0};

		assert_int_equal(result_of(cases[i].sent, &result, &err), cases[i].rc);
		assert_int_not_equal(err.code, 0);
	}
}

static void test_no_daemon(void **state)
{
	struct err err = {0};
	json_t *result;

	(void)state;
	assert_int_equal(ctl_call("/nonexistent/control", "hello", NULL, &result, &err), -ENOENT);
	assert_int_equal(err.code, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	    cmocka_unit_test(test_not_json),
		cmocka_unit_test(test_too_long),    cmocka_unit_test(test_deep),
		cmocka_unit_test(test_large_batch), cmocka_unit_test(test_notice),
		cmocka_unit_test(test_client),	    cmocka_unit_test(test_client_failures),
		cmocka_unit_test(test_no_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
