// SPDX-License-Identifier: GPL-2.0-only
/* doctor.c - see doctor.h; the kernel, and what files say of it */
#include <errno.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "doctor_int.h"
#include "sysdev.h"
#include "util.h"

static void say(struct doctor *d, const char *check, const char *object, enum doctor_state state,
		const char *hint, const char *fmt, va_list ap)
{
	static const char *const states[] = {"ok", "warn", "missing"};
	json_t *item;
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	item = json_pack("{s:s, s:s, s:s, s:s, s:s}", "check", check, "object", object, "state",
			 states[state], "text", text, "hint", hint);
	if (!item) /* names from outside may be no UTF-8 */
		item = json_pack("{s:s, s:s, s:s, s:s, s:s}", "check", check, "object", "?",
				 "state", states[state], "text", "cannot be shown", "hint", "");
	json_array_append_new(d->items, item);
}

void doctor_say(struct doctor *d, const char *check, const char *object, enum doctor_state state,
		const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(d, check, object, state, hint, fmt, ap);
	va_end(ap);
}

void doctor_broken(struct doctor *d, const char *check, const char *object, const char *hint,
		   const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(d, check, object, DOCTOR_MISSING, hint, fmt, ap);
	va_end(ap);
	d->broken = true;
}

/* What came with which kernel. */
static const struct since {
	unsigned int version;
	const char *object, *without;
} sinces[] = {
	{SYSDEV_KERNEL(6, 2), "xdp-program", "the XDP program does not load: ports use tc alone"},
	{SYSDEV_KERNEL(6, 3), "xdp-features",
	 "drivers do not tell what XDP they have: attach: auto takes tc"},
	{SYSDEV_KERNEL(6, 6), "tcx", "there is no tcx: clsact is used instead"},
};

void doctor_judge_kernel(struct doctor *d, const char *release)
{
	unsigned int version = sysdev_kernel(release);
	const struct since *s;

	if (version && version < SYSDEV_KERNEL(5, 17)) {
		doctor_broken(d, "kernel", "minimum", "install Linux 5.17 or newer",
			      "Linux %s is too old", release);
		return;
	}
	doctor_say(d, "kernel", "minimum", version ? DOCTOR_OK : DOCTOR_WARN, "",
		   version ? "Linux %s" : "cannot tell what version '%s' is", release);
	for (s = sinces; version && s < sinces + ARRAY_SIZE(sinces); s++) {
		char need[32];

		snprintf(need, sizeof(need), "Linux %u.%u or newer", s->version >> 16,
			 s->version & 0xffff);
		if (version >= s->version)
			doctor_say(d, "kernel", s->object, DOCTOR_OK, "", "%s", need);
		else
			doctor_say(d, "kernel", s->object, DOCTOR_WARN, need, "%s", s->without);
	}
}

static void check_btf(struct doctor *d)
{
	char path[SYSDEV_PATH_MAX];

	if (!sysdev_path(path, d->env->sys, "kernel/btf/vmlinux") && !access(path, R_OK))
		doctor_say(d, "bpf", "btf", DOCTOR_OK, "", "the kernel describes its types");
	else
		doctor_say(d, "bpf", "btf", DOCTOR_MISSING,
			   "a kernel built with CONFIG_DEBUG_INFO_BTF",
			   "the kernel does not describe its types: refused XDP redirects are not "
			   "counted");
}

/* Is @name among the file systems that the kernel has? */
static bool has_filesystem(const struct doctor *d, const char *name)
{
	char path[SYSDEV_PATH_MAX], line[128], type[64];
	bool found = false;
	FILE *f;

	if (sysdev_path(path, d->env->proc, "filesystems"))
		return false;
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = (sscanf(line, "nodev %63s", type) == 1 ||
			 sscanf(line, "%63s", type) == 1) &&
			!strcmp(type, name);
	if (f)
		fclose(f);
	return found;
}

static void check_bpffs(struct doctor *d)
{
	char path[SYSDEV_PATH_MAX];
	struct statfs fs;

	if (d->env->root ? sysdev_path(path, d->env->root, "bpf")
			 : sysdev_path(path, d->env->sys, "fs/bpf"))
		return;
	if (!statfs(path, &fs) && fs.f_type == BPF_FS_MAGIC)
		doctor_say(d, "bpf", "bpffs", DOCTOR_OK, "", "mounted at %s", path);
	else if (has_filesystem(d, "bpf"))
		doctor_say(d, "bpf", "bpffs", DOCTOR_OK, "",
			   "not mounted at %s; repx does that when it needs it", path);
	else
		doctor_broken(d, "bpf", "bpffs", "a kernel built with CONFIG_BPF_SYSCALL",
			      "the kernel has no bpffs, where a switch lives");
}

/* Bites only those who put a port, or the host port, into a Linux bridge. */
void doctor_bridge(struct doctor *d)
{
	static const char *const names[] = {"iptables", "ip6tables", "arptables"};
	char path[SYSDEV_PATH_MAX], value[16], on[64] = "";
	size_t i, used = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (sysdev_path(path, d->env->proc, "sys/net/bridge/bridge-nf-call-%s", names[i]) ||
		    sysdev_read(path, value, sizeof(value)) || !strcmp(value, "0"))
			continue;
		used += (size_t)snprintf(on + used, sizeof(on) - used, "%s%s", used ? ", " : "",
					 names[i]);
	}
	if (!used)
		doctor_say(d, "bridge", "netfilter", DOCTOR_OK, "", "bridges leave frames alone");
	else
		doctor_say(d, "bridge", "netfilter", DOCTOR_WARN,
			   "sysctl net.bridge.bridge-nf-call-iptables=0, and so on, if a Linux "
			   "bridge is used beside repx",
			   "frames in Linux bridges go through %s, which may drop them", on);
}

void doctor_files(struct doctor *d)
{
	check_btf(d);
	check_bpffs(d);
}

json_t *doctor_run(const struct doctor_env *env, bool *works)
{
	struct doctor d = {.env = env, .items = json_array()};
	struct utsname name;

	if (!d.items)
		return NULL;
	doctor_judge_kernel(&d, uname(&name) ? "" : name.release);
	doctor_files(&d);
	if (geteuid())
		doctor_say(&d, "bpf", "programs", DOCTOR_WARN, "sudo repx doctor",
			   "programs, hooks and switches are not looked at: only root can");
	else
		doctor_bpf(&d);
	doctor_nic(&d);
	doctor_netdevs(&d);
	doctor_bridge(&d);
	*works = !d.broken;
	return d.items;
}
