// SPDX-License-Identifier: GPL-2.0-only
/* jget.c - one value of a JSON document on stdin: jget .[0].attach.tc
 *
 * What `jq -r` does with such a path, without the time that jq takes to start, which is
 * a fifth of a second in an emulated guest. Nothing there: prints null.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The next step of @path: .key, ["key"] or [number]. Return: what follows, or NULL. */
static const char *step(const char *path, const json_t **at)
{
	char key[128];
	size_t len;

	if (*path == '.' && path[1] == '[')
		path++;
	if (*path == '.') {
		len = strcspn(++path, ".[");
		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		*at = len ? json_object_get(*at, key) : *at;
		return path + len;
	}
	if (*path == '[' && path[1] == '"') {
		len = strcspn(path + 2, "\"");
		snprintf(key, sizeof(key), "%.*s", (int)len, path + 2);
		*at = json_object_get(*at, key);
		return !strncmp(path + 2 + len, "\"]", 2) ? path + len + 4 : NULL;
	}
	if (*path != '[')
		return NULL;
	*at = json_array_get(*at, strtoul(path + 1, NULL, 10));
	path = strchr(path, ']');
	return path ? path + 1 : NULL;
}

int main(int argc, char **argv)
{
	const char *path = argc == 2 ? argv[1] : NULL;
	json_error_t why;
	json_t *doc = json_loadf(stdin, JSON_DECODE_ANY, &why);
	const json_t *at = doc;

	while (doc && path && *path)
		path = step(path, &at);
	if (!doc || !path) {
		fprintf(stderr, "jget: %s\n", doc ? "usage: jget PATH <FILE" : why.text);
		return 2;
	}
	if (!at)
		puts("null");
	else if (json_is_string(at))
		puts(json_string_value(at));
	else
		json_dumpf(at, stdout, JSON_ENCODE_ANY | JSON_COMPACT), puts("");
	json_decref(doc);
	return 0;
}
