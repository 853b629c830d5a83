// SPDX-License-Identifier: GPL-2.0-only
/* cni_env.c - errors, and the environment of a call; see cni.h */
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cni.h"
#include "util.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

int cni_fail(struct cni_err *err, int code, const char *details, const char *fmt, ...)
{
	va_list ap;

	if (err->code)
		return -1;
	err->code = code;
	str_copy(err->details, sizeof(err->details), details);
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return -1;
}

bool cni_is_name(const char *text)
{
	return text[0] && strchr(LETTERS, text[0]) && strspn(text, LETTERS "_.-") == strlen(text);
}

bool cni_is_ifname(const char *text)
{
	return text[0] && strlen(text) < IFNAMSIZ && strcmp(text, ".") != 0 &&
	       strcmp(text, "..") != 0 && !strpbrk(text, "/: \t\n\v\f\r");
}

/* What each verb cannot do without. */
struct need {
	const char *command;
	bool container, netns, path;
};

static const struct need needs[] = {
	{"ADD", true, true, false},  {"CHECK", true, true, false},
	{"DEL", true, false, false}, {"STATUS", false, false, false},
	{"GC", false, false, true},  {"VERSION", false, false, false},
};

static const struct need *find_need(const char *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		if (!strcmp(needs[i].command, command))
			return &needs[i];
	return NULL;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

static int check_needs(const struct cni_env *env, const struct need *need, struct cni_err *err)
{
	char list[128] = "";
	size_t len = 0;

#define MISSING(NAME, WANTED, VALUE)                                                       \
	do {                                                                               \
		if ((WANTED) && !(VALUE)[0])                                               \
			len += (size_t)snprintf(list + len, sizeof(list) - len, " " NAME); \
	} while (0)
	MISSING("CNI_CONTAINERID", need->container, env->container);
	MISSING("CNI_NETNS", need->netns, env->netns);
	MISSING("CNI_IFNAME", need->container, env->ifname);
	MISSING("CNI_PATH", need->path, env->path);
#undef MISSING
	if (!len)
		return 0;
	return cni_fail(err, CNI_E_ENV, "set them; a container runtime does",
			"CNI_COMMAND %s: not set:%s", env->command, list);
}

static int check_values(const struct cni_env *env, struct cni_err *err)
{
	if (env->container[0] && !cni_is_name(env->container))
		return cni_fail(err, CNI_E_ENV,
				"letters, digits, '_', '.' and '-', beginning with one of the "
				"first two",
				"CNI_CONTAINERID '%.100s' is not the name of a container",
				env->container);
	if (strlen(env->container) > 200)
		return cni_fail(err, CNI_E_ENV, "at most 200 characters",
				"CNI_CONTAINERID is too long");
	if (env->ifname[0] && !cni_is_ifname(env->ifname))
		return cni_fail(err, CNI_E_ENV, "at most 15 characters, no '/', ':' or blank",
				"CNI_IFNAME '%.100s' is not the name of an interface", env->ifname);
	return 0;
}

int cni_env_read(struct cni_env *out, struct cni_err *err)
{
	const struct need *need;

	*out = (struct cni_env){.command = variable("CNI_COMMAND"),
				.container = variable("CNI_CONTAINERID"),
				.netns = variable("CNI_NETNS"),
				.ifname = variable("CNI_IFNAME"),
				.args = variable("CNI_ARGS"),
				.path = variable("CNI_PATH")};
	need = find_need(out->command);
	if (!need)
		return cni_fail(err, CNI_E_ENV,
				"a container runtime calls it, with ADD, DEL, CHECK, STATUS, GC or "
				"VERSION in CNI_COMMAND (see repx-cni(8))",
				out->command[0] ? "CNI_COMMAND '%.32s' is not known"
						: "CNI_COMMAND is not set%.0s",
				out->command);
	if (check_needs(out, need, err))
		return -1;
	return check_values(out, err);
}
