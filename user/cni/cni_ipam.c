// SPDX-License-Identifier: GPL-2.0-only
/* cni_ipam.c - see cni_ipam.h
 *
 * The IPAM plugin may know older versions only (those of Debian 12 end with 1.0.0): it is
 * asked in the network's, and, when it does not take that, in the newest that it has.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cni_exec.h"
#include "cni_ipam.h"
#include "cni_result.h"
#include "util.h"

bool cni_ipam_by_interface(const struct cni_conf *conf)
{
	return !strcmp(conf->ipam, "dhcp");
}

static int find_plugin(const struct cni_call *call, char *out, size_t size, struct cni_err *err)
{
	const char *dir = call->env.path;
	size_t len;

	for (; *dir; dir += len + (dir[len] == ':')) {
		len = strcspn(dir, ":");
		if (len &&
		    snprintf(out, size, "%.*s/%s", (int)len, dir, call->conf.ipam) < (int)size &&
		    !access(out, X_OK))
			return 0;
	}
	return cni_fail(err, CNI_E_CONFIG,
			"install it (Debian: apt install containernetworking-plugins, in "
			"/usr/lib/cni), or add its folder to CNI_PATH",
			"ipam: there is no plugin '%.64s' in CNI_PATH '%.200s'", call->conf.ipam,
			call->env.path);
}

/* The network's configuration as @version; prevResult is in the form of that version. */
static json_t *conf_as(const struct cni_conf *conf, const char *version)
{
	json_t *doc = json_copy(conf->doc), *prev;
	struct cni_err none = {0};

	if (!strcmp(version, conf->version))
		return doc;
	json_object_set_new(doc, "cniVersion", json_string(version));
	prev = conf->prev ? cni_result_read(conf->prev, "prevResult", &none) : NULL;
	if (prev)
		json_object_set_new(doc, "prevResult", cni_result_as(prev, version));
	json_decref(prev);
	return doc;
}

static const char *exec_why(int rc)
{
	switch (rc) {
	case -ETIMEDOUT:
		return "it took too long, and was ended";
	case -EINTR:
		return "it was ended by a signal";
	default:
		return strerror(-rc);
	}
}

/* Return: its exit status and what it wrote; -1 with @err. */
static int run(const struct cni_call *call, const char *command, const char *in, char **out,
	       struct cni_err *err)
{
	const struct cni_exec_var vars[] = {
		{"CNI_COMMAND", command},
		{"CNI_CONTAINERID", call->env.container},
		{"CNI_NETNS", call->env.netns},
		{"CNI_IFNAME", call->env.ifname},
		{"CNI_ARGS", call->env.args},
		{"CNI_PATH", call->env.path},
		{NULL, NULL},
	};
	char path[512];
	int rc;

	if (find_plugin(call, path, sizeof(path), err))
		return -1;
	rc = cni_exec(path, vars, in, out);
	if (rc >= 0)
		return rc;
	return cni_fail(err, rc == -ETIMEDOUT ? CNI_E_LATER : CNI_E_IPAM,
			"try it by hand with the same configuration", "ipam: %s of '%.200s': %s",
			command, path, exec_why(rc));
}

/* The same, in @version. */
static int ask(const struct cni_call *call, const char *command, const char *version, char **out,
	       struct cni_err *err)
{
	json_t *doc = conf_as(&call->conf, version);
	char *in = json_dumps(doc, JSON_COMPACT);
	int rc;

	rc = in ? run(call, command, in, out, err)
		: cni_fail(err, CNI_E_IO, "free some memory", "ipam: out of memory");
	free(in);
	json_decref(doc);
	return rc;
}

/* What the plugin says of its failure, as our own. */
static int hand_on(const struct cni_call *call, const char *command, int status, const char *out,
		   struct cni_err *err)
{
	json_t *doc = json_loads(out, 0, NULL);
	const char *msg = json_string_value(json_object_get(doc, "msg"));
	const char *details = json_string_value(json_object_get(doc, "details"));
	int code = (int)json_integer_value(json_object_get(doc, "code"));

	cni_fail(err, code > 0 ? code : CNI_E_IPAM,
		 details && details[0] ? details : "see the ipam section of the network",
		 "ipam: %s of %.64s: %s%.300s", command, call->conf.ipam,
		 msg ? "" : "no error result, but exit status ", msg ? msg : "");
	if (!msg)
		snprintf(err->msg + strlen(err->msg), sizeof(err->msg) - strlen(err->msg), "%d",
			 status);
	json_decref(doc);
	return -1;
}

static bool is_version_error(const char *out)
{
	json_t *doc = json_loads(out, 0, NULL);
	bool yes = json_integer_value(json_object_get(doc, "code")) == CNI_E_VERSION;

	json_decref(doc);
	return yes;
}

/* The newest version that both know and that is not newer than the network's; "" none.
 * Return: 0; -1 with @err. */
static int common_version(const struct cni_call *call, const char **version, struct cni_err *err)
{
	int best = -1, top = cni_version_index(call->conf.version), at, rc;
	json_t *doc, *item;
	char *out = NULL;
	size_t i;

	rc = ask(call, "VERSION", call->conf.version, &out, err);
	if (rc > 0)
		rc = hand_on(call, "VERSION", rc, out, err);
	doc = rc ? NULL : json_loads(out, 0, NULL);
	json_array_foreach(json_object_get(doc, "supportedVersions"), i, item)
	{
		at = json_is_string(item) ? cni_version_index(json_string_value(item)) : -1;
		if (at <= top && at > best)
			best = at;
	}
	json_decref(doc);
	free(out);
	*version = best < 0 ? "" : cni_versions[best];
	return rc;
}

/* Asks, and asks once more in an older version. Return: 0 and its answer, -1 with @err. */
static int ask_any(const struct cni_call *call, const char *command, char **out,
		   struct cni_err *err)
{
	int rc = ask(call, command, call->conf.version, out, err);
	struct cni_err none = {0};
	const char *version;

	if (rc > 0 && is_version_error(*out)) {
		if (!common_version(call, &version, &none) && version[0] &&
		    strcmp(version, call->conf.version) != 0) {
			free(*out);
			*out = NULL;
			rc = ask(call, command, version, out, err);
		}
	}
	if (rc > 0)
		rc = hand_on(call, command, rc, *out, err);
	return rc;
}

int cni_ipam_add(const struct cni_call *call, json_t **result, struct cni_err *err)
{
	char *out = NULL;
	json_t *doc;
	int rc;

	*result = NULL;
	if (!call->conf.ipam[0])
		return 0;
	rc = ask_any(call, "ADD", &out, err);
	if (!rc) {
		doc = json_loads(out, 0, NULL);
		if (doc)
			*result = cni_result_read(doc, "ipam result", err);
		else
			cni_fail(err, CNI_E_IPAM, "try it by hand with the same configuration",
				 "ipam: ADD of %.64s: its result is not JSON", call->conf.ipam);
		json_decref(doc);
	}
	free(out);
	return *result ? 0 : -1;
}

int cni_ipam_run(const struct cni_call *call, const char *command, struct cni_err *err)
{
	char *out = NULL;
	int rc;

	if (!call->conf.ipam[0])
		return 0;
	rc = ask_any(call, command, &out, err);
	free(out);
	return rc;
}

int cni_ipam_run_new(const struct cni_call *call, const char *command, struct cni_err *err)
{
	const char *version;

	if (!call->conf.ipam[0] || !cni_version_has(call->conf.version, "1.1.0"))
		return 0;
	if (common_version(call, &version, err))
		return -1;
	return strcmp(version, "1.1.0") ? 0 : cni_ipam_run(call, command, err);
}
