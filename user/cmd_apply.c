// SPDX-License-Identifier: GPL-2.0-only
/* cmd_apply.c - repx apply, down, run */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "cmd_check.h"
#include "ctl.h"
#include "log.h"
#include "run.h"
#include "sw.h"
#include "util.h"

#define FILE_MAX (64U << 20)

struct file {
	const char *name;
	char path[PATH_MAX]; /* absolute; "" = standard input */
	char *text;
	size_t len;
};

static int read_all(int fd, struct file *file)
{
	size_t size = 0;
	ssize_t n;
	char *grown;

	for (;;) {
		if (file->len + 1 >= size) {
			size = size ? size * 2 : 65536;
			grown = size > FILE_MAX ? NULL : realloc(file->text, size);
			if (!grown)
				return size > FILE_MAX ? -EFBIG : -ENOMEM;
			file->text = grown;
		}
		n = read(fd, file->text + file->len, size - file->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		file->len += (size_t)n;
	}
	file->text[file->len] = 0;
	return n < 0 ? -errno : 0;
}

/* Return: 0; -errno, told. file->text is to be freed. */
static int read_file(const char *name, struct file *file)
{
	bool is_stdin = !strcmp(name, "-");
	int fd, rc;

	*file = (struct file){.name = name};
	fd = is_stdin ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
	rc = fd < 0 ? -errno : read_all(fd, file);
	if (!rc && !is_stdin && !realpath(name, file->path))
		rc = -errno;
	if (fd >= 0)
		close(fd);
	if (rc)
		log_err("read '%s': %s", name, strerror(-rc));
	return rc;
}

/* The switch that the file is about. Return: 0; -errno, told. */
static int switch_name(const struct cmd_opts *o, const struct file *file, char *name)
{
	struct conf_errors errors = {0};
	struct conf conf = {0};
	int rc;

	rc = conf_parse(file->text, file->len, &conf, &errors);
	if (errors.len)
		conf_print_errors(file->name, &errors, o->json);
	else if (rc)
		log_err("read '%s': %s", file->name, strerror(-rc));
	conf_errors_done(&errors);
	if (rc)
		return rc;
	str_copy(name, CONF_NAME_MAX, conf.name);
	conf_done(&conf);
	if (!o->sw || !strcmp(o->sw, name))
		return 0;
	log_err("read '%s': it describes switch '%s', not '%s' (leave --switch away)", file->name,
		name, o->sw);
	return -EINVAL;
}

static json_t *apply_params(const struct file *file, bool dry_run)
{
	json_t *params = json_object();

	/* what would be too long a line is read by the daemon itself */
	if (!*file->path || file->len < CTL_LINE_MAX / 2)
		json_object_set_new(params, "text", json_stringn(file->text, file->len));
	if (*file->path)
		json_object_set_new(params, "path", json_string(file->path));
	json_object_set_new(params, "dry_run", json_boolean(dry_run));
	return params;
}

static int apply_file(const struct cmd_opts *o, const struct file *file, bool dry_run)
{
	char name[CONF_NAME_MAX];
	struct err err = {0};
	json_t *doc = NULL;
	int rc = CMD_DONE;

	if (switch_name(o, file, name))
		return CMD_FAILED;
	if (cmd_call(o, name, "apply", apply_params(file, dry_run), &doc, &err))
		return cmd_fail(&err);
	if (o->json)
		rc = cmd_print(o, doc);
	else
		cmd_show_changes(o, doc);
	json_decref(doc);
	return rc;
}

int cmd_apply(const struct cmd_opts *o, int argc, char **argv)
{
	const char *name = NULL;
	struct file file;
	bool dry_run = false;
	int i, rc = CMD_FAILED;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--dry-run"))
			dry_run = true;
		else if (name || (argv[i][0] == '-' && argv[i][1]))
			return cmd_usage("'%.64s': apply wants one file", argv[i]);
		else
			name = argv[i];
	}
	if (!name)
		return cmd_usage("apply wants a file");
	if (!read_file(name, &file))
		rc = apply_file(o, &file, dry_run);
	free(file.text);
	return rc;
}

/* --- down --- */

struct down {
	const struct cmd_opts *o;
	char (*names)[CONF_NAME_MAX];
	size_t len;
	json_t *changes;
};

static int add_name(const char *name, void *data)
{
	struct down *down = data;
	char(*names)[CONF_NAME_MAX] = reallocarray(down->names, down->len + 1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	down->names = names;
	str_copy(names[down->len++], CONF_NAME_MAX, name);
	return 0;
}

static int down_one(struct down *down, const char *name)
{
	struct err err = {0};
	json_t *doc = NULL;

	if (cmd_call(down->o, name, "down", NULL, &doc, &err))
		return cmd_fail(&err);
	json_array_extend(down->changes, doc);
	json_decref(doc);
	return CMD_DONE;
}

/* Goes on after a failure. Return: the worst exit code. */
static int down_list(struct down *down)
{
	int worst = CMD_DONE, rc;
	size_t i;

	down->changes = json_array();
	for (i = 0; i < down->len; i++) {
		rc = down_one(down, down->names[i]);
		if (rc > worst)
			worst = rc;
	}
	if (down->o->json)
		cmd_print(down->o, down->changes);
	else
		cmd_show_changes(down->o, down->changes);
	json_decref(down->changes);
	return worst;
}

int cmd_down(const struct cmd_opts *o, int argc, char **argv)
{
	struct down down = {.o = o};
	char name[CONF_NAME_MAX];
	struct err err = {0};
	bool all = argc == 1 && !strcmp(argv[0], "--all");
	int rc;

	if (argc > all)
		return cmd_usage("'%.64s': down takes no words but --all", argv[0]);
	if (all && o->sw)
		return cmd_usage("--all and --switch exclude each other");
	if (all) {
		rc = sw_walk(o->root, add_name, &down);
		if (rc)
			err_set(&err, rc, "look for switches: %s", strerror(-rc));
	} else {
		rc = cmd_switch(o, name, &err);
		if (!rc)
			rc = add_name(name, &down);
	}
	rc = rc ? cmd_fail(&err) : down_list(&down);
	free(down.names);
	return rc;
}

/* --- run --- */

int cmd_run(const struct cmd_opts *o, int argc, char **argv)
{
	char path[64], name[CONF_NAME_MAX];
	struct err err = {0};
	struct file file;
	int rc;

	if (argc > 1)
		return cmd_usage("'%.64s': run wants one file", argv[1]);
	snprintf(path, sizeof(path), "/etc/repx/%.31s.yaml", o->sw ? o->sw : "repx0");
	if (argc && !strcmp(argv[0], "-"))
		return cmd_usage("run reads its file again at SIGHUP: '-' will not do");
	rc = read_file(argc ? argv[0] : path, &file);
	if (!rc)
		rc = switch_name(o, &file, name);
	free(file.text);
	if (rc)
		return CMD_FAILED;
	if (getenv("JOURNAL_STREAM"))
		log_set_level(LOG_LEVEL_INFO);
	return run_daemon(o->root, name, file.path, &err) ? cmd_fail(&err) : CMD_DONE;
}
