// SPDX-License-Identifier: GPL-2.0-only
/* params.c - see params.h */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "params.h"

static bool listed(const char *names, const char *key)
{
	size_t len = strlen(key);
	const char *p = names;

	while (len && (p = strstr(p, key))) {
		if ((p == names || p[-1] == ' ') && (!p[len] || p[len] == ' '))
			return true;
		p += len;
	}
	return false;
}

int params_known(const json_t *params, const char *names, struct err *err)
{
	json_t *object = (json_t *)params; /* iterators have no const */
	const char *key;
	void *it;

	for (it = json_object_iter(object); it; it = json_object_iter_next(object, it)) {
		key = json_object_iter_key(it);
		if (!listed(names, key) || strchr(key, ' '))
			return err_set(err, -EINVAL, "unknown parameter '%.64s' (known: %s)", key,
				       *names ? names : "none");
	}
	return 0;
}

static int move_key(json_t *params, const char *key, json_t *inner, const char *under,
		    struct err *err)
{
	json_t *value = json_object_get(params, key);

	if (!value)
		return 0;
	if (!json_is_object(inner) || json_object_get(inner, key))
		return err_set(err, -EINVAL, "parameter '%s' is given beside '%s'", key, under);
	if (json_object_set(inner, key, value) || json_object_del(params, key))
		return err_set(err, -ENOMEM, "read parameter '%s': out of memory", key);
	return 0;
}

int params_nest(json_t *params, const char *names, const char *under, struct err *err)
{
	json_t *inner = json_object_get(params, under);
	char key[32];
	size_t len;
	int ret = 0;

	if (!inner) {
		inner = json_object();
		if (json_object_set_new(params, under, inner))
			return err_set(err, -ENOMEM, "read parameters: out of memory");
	}
	while (!ret && *names) {
		len = strcspn(names, " ");
		snprintf(key, sizeof(key), "%.*s", (int)len, names);
		ret = move_key(params, key, inner, under, err);
		names += len + strspn(names + len, " ");
	}
	return ret;
}

int params_text(const json_t *params, const char *key, const char **out, struct err *err)
{
	const json_t *value = json_object_get(params, key);

	if (!value)
		return 0;
	if (!json_is_string(value))
		return err_set(err, -EINVAL, "parameter '%s': not a string", key);
	*out = json_string_value(value);
	return 0;
}

int params_owner(const json_t *params, enum sw_owner *out, struct err *err)
{
	const char *name = "cli";
	int ret = params_text(params, "owner", &name, err);

	if (ret)
		return ret;
	*out = !strcmp(name, "cni") ? SW_OWNER_CNI : SW_OWNER_CLI;
	if (*out == SW_OWNER_CLI && strcmp(name, "cli"))
		return err_set(err, -EINVAL, "parameter 'owner': '%.32s' is neither cli nor cni",
			       name);
	return 0;
}

int params_bool(const json_t *params, const char *key, bool *out, struct err *err)
{
	const json_t *value = json_object_get(params, key);

	if (!value)
		return 0;
	if (!json_is_boolean(value))
		return err_set(err, -EINVAL, "parameter '%s': not true or false", key);
	*out = json_is_true(value);
	return 0;
}

int params_parse_mac(const char *text, uint8_t mac[6])
{
	unsigned int byte, i;

	for (i = 0; i < 6; i++, text += 3) {
		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]) ||
		    text[2] != (i < 5 ? ':' : 0))
			return -EINVAL;
		sscanf(text, "%2x", &byte);
		mac[i] = (uint8_t)byte;
	}
	return 0;
}

int params_parse_vid(const char *text, uint16_t *vid)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || value < 1 || value > 4094)
		return -EINVAL;
	*vid = (uint16_t)value;
	return 0;
}

int params_mac(const json_t *params, const char *key, uint8_t out[6], struct err *err)
{
	const char *text = NULL;
	uint8_t mac[6];

	if (params_text(params, key, &text, err))
		return -EINVAL;
	if (!text)
		return err_set(err, -EINVAL, "parameter '%s' is missing", key);
	if (params_parse_mac(text, mac))
		return err_set(err, -EINVAL, "'%.64s' is not a MAC address (02:00:00:00:00:01)",
			       text);
	memcpy(out, mac, 6);
	return 0;
}

int params_vid(const json_t *params, const char *key, uint16_t *out, struct err *err)
{
	const json_t *value = json_object_get(params, key);
	json_int_t number = json_integer_value(value);

	if (!value)
		return 0;
	if (json_is_string(value) && !params_parse_vid(json_string_value(value), out))
		return 0;
	if (!json_is_integer(value) || number < 1 || number > 4094)
		return err_set(err, -EINVAL, "parameter '%s': not a VLAN ID from 1 to 4094", key);
	*out = (uint16_t)number;
	return 0;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int params_hex(const char *text, uint8_t **out, size_t *len, struct err *err)
{
	uint8_t *bytes = malloc(strlen(text) / 2 + 1);
	size_t n = 0;

	if (!bytes)
		return err_set(err, -ENOMEM, "read a frame: out of memory");
	while (*text) {
		if (strchr(" :-\t\n", *text)) {
			text++;
			continue;
		}
		if (nibble(text[0]) < 0 || nibble(text[1]) < 0) {
			free(bytes);
			return err_set(err, -EINVAL, "read a frame: '%.16s' is not a byte in hex",
				       text);
		}
		bytes[n++] = (uint8_t)(nibble(text[0]) << 4 | nibble(text[1]));
		text += 2;
	}
	*out = bytes;
	*len = n;
	return 0;
}
