// SPDX-License-Identifier: GPL-2.0-only
/* sw_state.c - state.json: what a switch is, between two runs of repx
 *
 * The file is replaced as a whole: written beside, synced, renamed. It holds
 * the conf as conf_json() gives it, one record per port in the conf's order,
 * and, while a change is under way, its journal.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_json.h"
#include "sw_int.h"
#include "sw_state.h"
#include "util.h"

/* A root on disk outlives a boot, what its state.json speaks of does not. */
static void boot_id(char *buf, size_t size)
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	*buf = 0;
	if (!f)
		return;
	if (fgets(buf, (int)size, f))
		buf[strcspn(buf, "\n")] = 0;
	fclose(f);
}

static json_t *journal_json(const struct sw_journal *journal)
{
	json_t *left = json_array(), *fdb = json_array();

	for (size_t i = 0; i < journal->left_len; i++)
		json_array_append_new(left, sw_left_json(&journal->left[i]));
	for (size_t i = 0; i < journal->fdb_len; i++)
		json_array_append_new(fdb, sw_fdb_key_json(&journal->fdb[i]));
	return json_pack("{s:o,s:o,s:b}", "left", left, "fdb", fdb, "expedited",
			 (int)journal->expedited);
}

static json_t *state_json(const struct sw *sw, const struct sw_journal *journal)
{
	json_t *ports = json_array(), *doc;
	char boot[64];

	boot_id(boot, sizeof(boot));
	for (size_t i = 0; sw->exists && i < sw->conf.ports_len; i++)
		json_array_append_new(ports, sw_record_json(&sw->ports[i]));
	doc = json_pack("{s:i,s:s,s:s,s:I,s:b,s:I,s:o}", "version", SW_STATE_VERSION, "build",
			sw->build, "boot", boot, "netns", (json_int_t)sw->netns, "exists",
			(int)sw->exists, "next_guard", (json_int_t)sw->next_guard, "ports", ports);
	if (doc && sw->rules && json_object_set_new(doc, "rules", json_true()) < 0)
		goto fail;
	if (doc && *sw->switchdev_set &&
	    json_object_set_new(doc, "switchdev_set", json_string(sw->switchdev_set)) < 0)
		goto fail;
	if (doc && sw->exists && json_object_set_new(doc, "conf", conf_json(&sw->conf)) < 0)
		goto fail;
	if (doc && journal && json_object_set_new(doc, "journal", journal_json(journal)) < 0)
		goto fail;
	return doc;
fail:
	json_decref(doc);
	return NULL;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static int replace_file(const char *dir, const char *text)
{
	char path[380], tmp[390];
	int fd, ret;

	snprintf(path, sizeof(path), "%s/state.json", dir);
	snprintf(tmp, sizeof(tmp), "%s.new", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, strlen(text));
	close(fd);
	if (!ret && rename(tmp, path) < 0)
		ret = -errno;
	if (ret)
		unlink(tmp);
	return ret ? ret : sync_dir(dir);
}

int sw_state_save(const struct sw *sw, const struct sw_journal *journal, struct err *err)
{
	json_t *doc = state_json(sw, journal);
	char *text = doc ? json_dumps(doc, JSON_COMPACT) : NULL;
	int ret = text ? replace_file(sw->run_dir, text) : -ENOMEM;

	free(text);
	json_decref(doc);
	if (ret)
		err_set(err, ret, "save '%s/state.json': %s", sw->run_dir, strerror(-ret));
	return ret;
}

void sw_state_remove(const struct sw *sw)
{
	char path[390];

	snprintf(path, sizeof(path), "%s/state.json.new", sw->run_dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/state.json", sw->run_dir);
	unlink(path);
}

void sw_journal_done(struct sw_journal *journal)
{
	free(journal->left);
	free(journal->fdb);
	memset(journal, 0, sizeof(*journal));
}

static int journal_parse(json_t *json, struct sw_journal *journal, json_error_t *why)
{
	json_t *left, *fdb;
	int expedited;

	if (json_unpack_ex(json, why, 0, "{s:o,s:o,s:b}", "left", &left, "fdb", &fdb, "expedited",
			   &expedited))
		return -EINVAL;
	journal->expedited = expedited;
	journal->open = true;
	journal->left = calloc(json_array_size(left) + 1, sizeof(*journal->left));
	journal->fdb = calloc(json_array_size(fdb) + 1, sizeof(*journal->fdb));
	if (!journal->left || !journal->fdb)
		return -ENOMEM;
	for (size_t i = 0; i < json_array_size(left); i++, journal->left_len++)
		if (sw_left_parse(json_array_get(left, i), &journal->left[i], why))
			return -EINVAL;
	for (size_t i = 0; i < json_array_size(fdb); i++, journal->fdb_len++)
		if (sw_fdb_key_parse(json_array_get(fdb, i), &journal->fdb[i], why))
			return -EINVAL;
	return 0;
}

static int conf_parse_json(json_t *json, struct conf *conf, json_error_t *why)
{
	char *text = json_dumps(json, JSON_COMPACT);
	struct conf_errors errors = {0};
	int ret;

	if (!text)
		return -ENOMEM;
	ret = conf_parse(text, strlen(text), conf, &errors);
	if (ret == -EINVAL && errors.len)
		str_copy(why->text, sizeof(why->text), errors.list[0].text);
	conf_errors_done(&errors);
	free(text);
	return ret;
}

static int ports_parse(json_t *list, struct sw *sw, json_error_t *why)
{
	size_t len = json_array_size(list);
	int ret = 0;

	sw->ports = calloc(len + 1, sizeof(*sw->ports));
	if (!sw->ports)
		return -ENOMEM;
	for (size_t i = 0; !ret && i < len; i++) {
		ret = sw_record_parse(json_array_get(list, i), &sw->ports[i], why);
		if (!ret && sw->ports[i].owner == SW_OWNER_POOL) /* not in the conf */
			ret = sw_pool_restore(&sw->conf, i, &sw->ports[i].fn);
	}
	if (!ret && len != sw->conf.ports_len) {
		str_copy(why->text, sizeof(why->text), "not one record for each port");
		return -EINVAL;
	}
	return ret;
}

/* Return: 0; -ESTALE: of an earlier boot. */
static int state_parse(json_t *doc, struct sw *sw, json_error_t *why)
{
	json_t *conf = NULL, *ports, *journal = NULL;
	const char *build, *boot, *switchdev = "";
	json_int_t netns, guard;
	char now[64];
	int version, exists, ret, rules = 0;

	if (json_unpack_ex(doc, why, 0, "{s:i,s:s,s:s,s:I,s:b,s:I,s:o,s?o,s?o,s?s,s?b}", "version",
			   &version, "build", &build, "boot", &boot, "netns", &netns, "exists",
			   &exists, "next_guard", &guard, "ports", &ports, "conf", &conf, "journal",
			   &journal, "switchdev_set", &switchdev, "rules", &rules))
		return -EINVAL;
	if (version != SW_STATE_VERSION)
		return -EPROTO;
	boot_id(now, sizeof(now));
	if (strcmp(boot, now))
		return -ESTALE;
	ret = exists ? conf_parse_json(conf, &sw->conf, why) : 0;
	if (!ret && exists)
		ret = ports_parse(ports, sw, why);
	if (!ret && journal)
		ret = journal_parse(journal, &sw->journal, why);
	if (ret)
		return ret;
	str_copy(sw->build, sizeof(sw->build), build);
	str_copy(sw->switchdev_set, sizeof(sw->switchdev_set), switchdev);
	sw->netns = (uint64_t)netns;
	sw->next_guard = (uint32_t)guard;
	sw->exists = exists;
	sw->rules = rules;
	return 0;
}

int sw_state_load(struct sw *sw, struct err *err)
{
	json_error_t why = {0};
	char path[380];
	json_t *doc;
	int ret;

	snprintf(path, sizeof(path), "%s/state.json", sw->run_dir);
	if (access(path, F_OK) < 0)
		return -ENOENT;
	doc = json_load_file(path, 0, &why);
	ret = doc ? state_parse(doc, sw, &why) : -EINVAL;
	json_decref(doc);
	if (ret == -ESTALE)
		return -ENOENT;
	if (ret == -EPROTO)
		return err_set(err, ret,
			       "read '%s': not of version %d (down with the repx that "
			       "wrote it, then apply)",
			       path, SW_STATE_VERSION);
	if (ret)
		return err_set(err, ret, "read '%s': %s (remove the file, then down)", path,
			       *why.text ? why.text : strerror(-ret));
	return 0;
}
