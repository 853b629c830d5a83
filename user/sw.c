// SPDX-License-Identifier: GPL-2.0-only
/* sw.c - finding, opening and closing a switch; see sw.h */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sw_int.h"
#include "util.h"

static const char *const owner_names[] = {"file", "cli", "cni", "pool"};

const char *sw_owner_name(enum sw_owner owner)
{
	return owner_names[owner];
}

enum sw_port_state sw_port_state(const struct sw *sw, size_t index)
{
	if (!sw->ports[index].ifindex)
		return SW_PORT_MISSING;
	return sw->conf.ports[index].up ? SW_PORT_UP : SW_PORT_DOWN;
}

int sw_port_by_slot(const struct sw *sw, uint32_t slot)
{
	for (size_t i = 0; i < sw->conf.ports_len; i++)
		if (sw->ports[i].slot == slot)
			return (int)i;
	return -1;
}

static int walk_base(const char *base, int (*cb)(const char *name, void *data), void *data)
{
	DIR *dir = opendir(base);
	struct dirent *entry;
	char path[600];
	int ret = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!ret && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s/state.json", base, entry->d_name);
		if (access(path, F_OK) == 0)
			ret = cb(entry->d_name, data);
	}
	closedir(dir);
	return ret;
}

int sw_walk(const char *root, int (*cb)(const char *name, void *data), void *data)
{
	struct sw sw = {0};
	int ret = sw_path_init(&sw, root, NULL);

	if (ret)
		return ret == -ENOENT ? 0 : ret;
	return walk_base(sw.run_base, cb, data);
}

struct names {
	size_t len;
	char first[CONF_NAME_MAX];
	char all[200];
};

static int add_name(const char *name, void *data)
{
	struct names *names = data;
	size_t used = strlen(names->all);

	if (!names->len++)
		str_copy(names->first, sizeof(names->first), name);
	snprintf(names->all + used, sizeof(names->all) - used, "%s%s", used ? ", " : "", name);
	return 0;
}

int sw_only(const char *root, char name[CONF_NAME_MAX], struct err *err)
{
	struct names names = {0};
	int ret = sw_walk(root, add_name, &names);

	if (ret)
		return err_set(err, ret, "look for switches: %s", strerror(-ret));
	if (!names.len)
		return err_set(
			err, -ENOENT,
			"open switch: there is none on this host (repx apply FILE makes it)");
	if (names.len > 1)
		return err_set(err, -E2BIG,
			       "open switch: there are several: %s (say --switch NAME)", names.all);
	return str_copy(name, CONF_NAME_MAX, names.first);
}

static int check_name(const char *name, struct err *err)
{
	size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789_.-");

	if (!len || name[len] || len >= CONF_NAME_MAX || name[0] == '.')
		return err_set(err, -EINVAL,
			       "open switch '%s': not a name (letters, digits and _.-, at most %d)",
			       name, CONF_NAME_MAX - 1);
	return 0;
}

/* What a switch of this name left, if any, and its maps for reading. */
static int load_state(struct sw *sw, enum sw_open_mode mode, struct err *err)
{
	int ret = sw_state_load(sw, err);

	if (ret == -ENOENT || (!ret && !sw->exists)) {
		if (mode != SW_READ)
			return 0;
		return err_set(err, -ENOENT, "open switch '%s': there is no such switch%s",
			       sw->name,
			       ret ? "" : " (an apply was interrupted: apply again, or down)");
	}
	if (ret)
		return ret;
	ret = bpf_obj_open(&sw->obj, sw->bpf_dir, NULL, false, err);
	sw->loaded = !ret;
	if (ret == -ENOENT && mode != SW_READ && err)
		memset(err, 0, sizeof(*err)); /* an apply makes them again */
	return ret == -ENOENT && mode != SW_READ ? 0 : ret;
}

int sw_open(struct sw *sw, const char *root, const char *name, enum sw_open_mode mode,
	    struct err *err)
{
	char only[CONF_NAME_MAX];
	int ret;

	memset(sw, 0, sizeof(*sw));
	sw->lock_fd = sw->owner_fd = -1;
	sw->next_guard = 1;
	sw->nic.sys = "/sys";
	sw->netns = sw_path_netns();
	ret = sw_path_init(sw, root, err);
	if (ret)
		return ret;
	ret = name ? check_name(name, err) : sw_only(root, only, err);
	if (ret)
		return ret;
	sw_path_name(sw, name ? name : only);
	if (mode != SW_READ)
		ret = sw_path_lock(sw, mode == SW_DAEMON, err);
	if (!ret)
		ret = load_state(sw, mode, err);
	if (!ret) {
		ret = rtnl_open(&sw->rtnl);
		if (ret)
			err_set(err, ret, "open netlink: %s", strerror(-ret));
		else
			return 0;
	}
	sw_forget_all(sw);
	sw_path_unlock(sw, !sw->exists && !sw->journal.open);
	return ret;
}

/* What is known of the switch, as if it had never been read. */
void sw_forget_all(struct sw *sw)
{
	sw_unload(sw);
	conf_done(&sw->conf);
	free(sw->ports);
	sw->ports = NULL;
	sw_journal_done(&sw->journal);
}

void sw_close(struct sw *sw)
{
	bool remove = !sw->exists && !sw->journal.open;

	sw_forget_all(sw);
	nic_close(&sw->nic);
	rtnl_close(&sw->rtnl);
	sw_path_unlock(sw, remove);
}

int sw_load(struct sw *sw, const struct conf *conf, bool nowhere, bool reload, struct err *err)
{
	struct bpf_obj_size size = {.max_ports = conf->max_ports, .fdb_size = conf->fdb_size};
	struct bpf_obj obj;
	int ret;

	ret = bpf_obj_open(&obj, nowhere ? NULL : sw->bpf_dir, &size, reload, err);
	if (ret)
		return ret;
	sw_unload(sw);
	sw->obj = obj;
	sw->loaded = true;
	return 0;
}

void sw_unload(struct sw *sw)
{
	if (sw->loaded)
		bpf_obj_close(&sw->obj);
	sw->loaded = false;
}

struct attach_env *sw_env(struct sw *sw, uint32_t tc_pref)
{
	sw_path_links_dir(sw, sw->links_dir, sizeof(sw->links_dir));
	sw->env.rtnl = &sw->rtnl;
	sw->env.links_dir = sw->links_dir;
	sw->env.xdp_fd = sw->loaded ? sw->obj.xdp_prog : -1;
	sw->env.tc_fd = sw->loaded ? sw->obj.tc_prog : -1;
	sw->env.xdp_why = sw->loaded ? sw->obj.xdp_why : "";
	sw->env.tc_pref = tc_pref;
	sw->env.xdp_object = sw->loaded ? bpf_obj_xdp_object : NULL;
	sw->env.xdp_object_data = &sw->obj;
	return &sw->env;
}

int sw_changes_add(struct sw_changes *changes, const char *op, const char *object, const char *name)
{
	struct sw_change *list, *change;

	if (!changes)
		return 0;
	list = realloc(changes->list, (changes->len + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	changes->list = list;
	change = &list[changes->len++];
	memset(change, 0, sizeof(*change));
	str_copy(change->op, sizeof(change->op), op);
	str_copy(change->object, sizeof(change->object), object);
	str_copy(change->name, sizeof(change->name), name);
	return 0;
}

void sw_changes_done(struct sw_changes *changes)
{
	free(changes->list);
	memset(changes, 0, sizeof(*changes));
}
