// SPDX-License-Identifier: GPL-2.0-only
/* repx_cni.c - the network plugin: CNI 1.1.0, each verb a file
 *
 * Result or error on standard output, as libcni reads them; messages on standard error.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cni_attach.h"
#include "cni_result.h"
#include "log.h"
#include "util.h"

struct verb {
	const char *name;
	const char *since; /* the version that it came with */
	int (*run)(const struct cni_call *call, struct cni_err *err);
};

static const struct verb verbs[] = {
	{"DEL", "0.3.0", cni_del},
	{"CHECK", "0.4.0", cni_check},
	{"STATUS", "1.1.0", cni_status},
	{"GC", "1.1.0", cni_gc},
};

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static int print(json_t *doc)
{
	int rc = json_dumpf(doc, stdout, JSON_COMPACT) || putchar('\n') < 0 || fflush(stdout);

	json_decref(doc);
	return rc ? -1 : 0;
}

static json_t *read_input(struct cni_err *err)
{
	json_error_t why;
	json_t *doc = json_loadf(stdin, JSON_REJECT_DUPLICATES, &why);

	if (!doc)
		cni_fail(err, CNI_E_DECODE, "give the network's configuration on standard input",
			 "the configuration is not JSON: line %d, column %d: %s", why.line,
			 why.column, why.text);
	return doc;
}

static int run_verb(const struct cni_call *call, struct cni_err *err)
{
	const struct verb *verb = find_verb(call->env.command);

	if (!cni_version_has(call->conf.version, verb->since))
		return cni_fail(err, CNI_E_VERSION, "give cniVersion 1.1.0 in the network",
				"%s needs cniVersion %s or newer, this network has %s", verb->name,
				verb->since, call->conf.version);
	return verb->run(call, err);
}

/* What undoes must not stumble over what it does not need. */
static const char *args_for(const struct cni_env *env)
{
	return !strcmp(env->command, "DEL") || !strcmp(env->command, "GC") ? NULL : env->args;
}

static int serve(struct cni_call *call, json_t *doc, json_t **out, struct cni_err *err)
{
	if (cni_conf_read(doc, args_for(&call->env), &call->conf, err))
		return -1;
	return !strcmp(call->env.command, "ADD") ? cni_add(call, out, err) : run_verb(call, err);
}

/* The version that an answer is told in, also when the question was wrong. */
static const char *answer_version(const json_t *doc)
{
	const char *given = json_string_value(json_object_get(doc, "cniVersion"));

	return given && cni_version_index(given) >= 0 ? given : "1.1.0";
}

static int version(json_t *doc)
{
	return print(cni_result_versions(answer_version(doc))) ? 1 : 0;
}

int main(void)
{
	struct cni_call call = {0};
	struct cni_err err = {0};
	json_t *doc = NULL, *out = NULL;
	int rc;

	signal(SIGPIPE, SIG_IGN);
	rc = cni_env_read(&call.env, &err);
	if (!rc || !strcmp(call.env.command, "VERSION"))
		doc = read_input(&err);
	if (!rc && !strcmp(call.env.command, "VERSION")) {
		rc = version(doc);
		json_decref(doc);
		return rc;
	}
	rc = rc || !doc ? -1 : serve(&call, doc, &out, &err);
	if (!rc && out)
		rc = print(out);
	else if (rc)
		print(cni_result_error(answer_version(doc), &err));
	cni_conf_done(&call.conf);
	json_decref(doc);
	return rc ? 1 : 0;
}
