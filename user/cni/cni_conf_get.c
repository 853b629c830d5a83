// SPDX-License-Identifier: GPL-2.0-only
/* cni_conf_get.c - readers of one key of a configuration; see cni_conf.h */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cni_conf.h"
#include "conf_units.h"

int cni_get_text(const json_t *map, const char *key, const char **out, struct cni_err *err)
{
	const json_t *value = json_object_get(map, key);

	if (!value)
		return 0;
	if (!json_is_string(value))
		return cni_fail(err, CNI_E_CONFIG, "put it in quotes", "%s is not a text", key);
	*out = json_string_value(value);
	return 0;
}

/* "on" and "off" too: sriov-cni has them so. */
int cni_get_bool(const json_t *map, const char *key, bool *out, struct cni_err *err)
{
	const json_t *value = json_object_get(map, key);
	const char *text = json_string_value(value);
	bool on = text && !strcmp(text, "on"), off = text && !strcmp(text, "off");

	if (!value || (text && !text[0]))
		return 0;
	if (!json_is_boolean(value) && !on && !off)
		return cni_fail(err, CNI_E_CONFIG, "give true or false (or \"on\", \"off\")",
				"%s is neither true nor false", key);
	*out = on || json_is_true(value);
	return 0;
}

int cni_get_uint(const json_t *map, const char *key, uint64_t max, uint64_t *out,
		 struct cni_err *err)
{
	const json_t *value = json_object_get(map, key);
	json_int_t n = json_integer_value(value);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_integer(value) || n < 0 || (uint64_t)n > max)
		return cni_fail(err, CNI_E_CONFIG, "give a number without quotes",
				"%s is not a whole number from 0 to %" PRIu64, key, max);
	*out = (uint64_t)n;
	return 0;
}

int cni_get_map(const json_t *map, const char *key, json_t **out, struct cni_err *err)
{
	json_t *value = json_object_get(map, key);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_object(value))
		return cni_fail(err, CNI_E_CONFIG, "give {\"key\": value, ...}",
				"%s is not an object", key);
	*out = value;
	return 0;
}

int cni_get_mac(const char *text, const char *where, struct cni_conf *out, struct cni_err *err)
{
	uint8_t mac[6];

	if (!text || !text[0])
		return 0;
	if (conf_mac(text, mac) || mac[0] & 1 || !memcmp(mac, "\0\0\0\0\0", 6))
		return cni_fail(err, CNI_E_CONFIG,
				"give six bytes of a unicast address, as 02:00:00:00:00:01",
				"%s: '%.40s' is not the MAC address of an interface", where, text);
	memcpy(out->mac, mac, sizeof(mac));
	out->has_mac = true;
	return 0;
}

static bool word_in(const char *words, const char *word)
{
	size_t len = strlen(word), n;

	for (const char *at = words; *at; at += n + strspn(at + n, " ")) {
		n = strcspn(at, " ");
		if (n == len && !memcmp(at, word, len))
			return true;
	}
	return false;
}

/* "'colour' (1), 'shape' ({"x":2})": what is not known, with its values */
static void list_unknown(const json_t *map, const char *known, char *out, size_t size)
{
	const char *key;
	json_t *value;
	size_t len = 0;
	char *text;

	json_object_foreach((json_t *)map, key, value)
	{
		if (word_in(known, key) || !strncmp(key, "cni.dev/", 8) || len + 2 > size)
			continue;
		text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		len += (size_t)snprintf(out + len, size - len, "%s'%.32s' (%.32s)", len ? ", " : "",
					key, text ? text : "");
		free(text);
	}
}

int cni_known(const json_t *map, const char *known, const char *where, struct cni_err *err)
{
	char list[240] = "", details[1024];

	list_unknown(map, known, list, sizeof(list));
	if (!list[0])
		return 0;
	snprintf(details, sizeof(details), "remove it, or correct it; known are: %s", known);
	return cni_fail(err, CNI_E_FIELD, details, "%s: unknown key %s", where, list);
}
