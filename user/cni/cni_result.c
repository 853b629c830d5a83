// SPDX-License-Identifier: GPL-2.0-only
/* cni_result.c - see cni_result.h */
#include <stdio.h>
#include <string.h>

#include "cni_conf.h"
#include "cni_result.h"
#include "util.h"

static const char *const lists[] = {"interfaces", "ips", "routes"};

json_t *cni_result_new(void)
{
	return json_pack("{s:[], s:[], s:[], s:{}}", "interfaces", "ips", "routes", "dns");
}

/* An address is told with its prefix, and has a version of its own in the old forms. */
static int check_ips(const json_t *ips, const char *what, struct cni_err *err)
{
	const char *address;
	json_t *item;
	size_t i;

	json_array_foreach(ips, i, item)
	{
		address = json_string_value(json_object_get(item, "address"));
		if (!address || !strchr(address, '/'))
			return cni_fail(
				err, CNI_E_DECODE, "see the specification, \"Result types\"",
				"%s: ips[%zu] has no address with a prefix length", what, i);
		json_object_del(item, "version");
	}
	return 0;
}

json_t *cni_result_read(const json_t *doc, const char *what, struct cni_err *err)
{
	json_t *out = cni_result_new(), *value;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		value = json_object_get(doc, lists[i]);
		if (!value || json_is_null(value))
			continue;
		if (!json_is_array(value)) {
			cni_fail(err, CNI_E_DECODE, "see the specification, \"Result types\"",
				 "%s: %s is not a list", what, lists[i]);
			goto bad;
		}
		json_object_set_new(out, lists[i], json_deep_copy(value));
	}
	value = json_object_get(doc, "dns");
	if (json_is_object(value))
		json_object_set_new(out, "dns", json_deep_copy(value));
	if (!check_ips(json_object_get(out, "ips"), what, err))
		return out;
bad:
	json_decref(out);
	return NULL;
}

size_t cni_result_add_if(json_t *result, const struct cni_result_if *item)
{
	json_t *list = json_object_get(result, "interfaces"), *doc;
	char mac[18];

	snprintf(mac, sizeof(mac), MAC_FMT, MAC_ARG(item->mac));
	doc = json_pack("{s:s, s:s}", "name", item->name, "mac", mac);
	if (item->mtu)
		json_object_set_new(doc, "mtu", json_integer(item->mtu));
	if (item->sandbox)
		json_object_set_new(doc, "sandbox", json_string(item->sandbox));
	if (item->socket_path)
		json_object_set_new(doc, "socketPath", json_string(item->socket_path));
	if (item->pci)
		json_object_set_new(doc, "pciID", json_string(item->pci));
	json_array_append_new(list, doc);
	return json_array_size(list) - 1;
}

void cni_result_add_ipam(json_t *result, const json_t *ipam, size_t index)
{
	json_t *ips = json_object_get(result, "ips"), *item, *copy;
	json_t *routes = json_object_get(result, "routes");
	size_t i;

	json_array_foreach(json_object_get(ipam, "ips"), i, item)
	{
		copy = json_deep_copy(item);
		json_object_set_new(copy, "interface", json_integer((json_int_t)index));
		json_array_append_new(ips, copy);
	}
	json_array_foreach(json_object_get(ipam, "routes"), i, item)
		json_array_append_new(routes, json_deep_copy(item));
	item = json_object_get(ipam, "dns");
	if (json_object_size(item))
		json_object_set(result, "dns", item);
}

/* Keys that came with 1.1.0. */
static void strip_new(json_t *doc)
{
	static const char *const of_if[] = {"mtu", "socketPath", "pciID"};
	static const char *const of_route[] = {"mtu", "advmss", "priority", "table", "scope"};
	json_t *item;
	size_t i, k;

	json_array_foreach(json_object_get(doc, "interfaces"), i,
			   item) for (k = 0; k < ARRAY_SIZE(of_if); k++)
		json_object_del(item, of_if[k]);
	json_array_foreach(json_object_get(doc, "routes"), i,
			   item) for (k = 0; k < ARRAY_SIZE(of_route); k++)
		json_object_del(item, of_route[k]);
}

static void set_families(json_t *doc)
{
	const char *address;
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(doc, "ips"), i, item)
	{
		address = json_string_value(json_object_get(item, "address"));
		json_object_set_new(item, "version",
				    json_string(address && strchr(address, ':') ? "6" : "4"));
	}
}

json_t *cni_result_as(const json_t *result, const char *version)
{
	json_t *doc = json_deep_copy(result);

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (!json_array_size(json_object_get(doc, lists[i])))
			json_object_del(doc, lists[i]);
	if (!json_object_size(json_object_get(doc, "dns")))
		json_object_del(doc, "dns");
	if (!cni_version_has(version, "1.1.0"))
		strip_new(doc);
	if (!cni_version_has(version, "1.0.0"))
		set_families(doc);
	json_object_set_new(doc, "cniVersion", json_string(version));
	return doc;
}

/* A text that was cut in the middle of a letter must not cost the answer. */
static json_t *any_text(const char *text)
{
	json_t *out = json_string(text);
	char plain[2048];

	if (out)
		return out;
	str_copy(plain, sizeof(plain), text);
	for (char *c = plain; *c; c++)
		if (*c & 0x80)
			*c = '?';
	return json_string(plain);
}

json_t *cni_result_error(const char *version, const struct cni_err *err)
{
	return json_pack("{s:s, s:i, s:o, s:o}", "cniVersion", version, "code", err->code, "msg",
			 any_text(err->msg), "details", any_text(err->details));
}

json_t *cni_result_versions(const char *version)
{
	json_t *list = json_array();

	for (int i = 0; cni_versions[i]; i++)
		json_array_append_new(list, json_string(cni_versions[i]));
	return json_pack("{s:s, s:o}", "cniVersion", version, "supportedVersions", list);
}
