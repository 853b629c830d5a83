// SPDX-License-Identifier: GPL-2.0-only
/* sw_apply.c - who wants what: from a file, a port, less a port to one conf */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_json.h"
#include "sw_int.h"

#define LOOKS_MAX 5 /* at a host that changes meanwhile */

static int conf_failed(struct conf_errors *errors, int ret, const char *what, const char *name,
		       struct err *err)
{
	if (ret)
		err_set(err, ret, "%s '%s': %s", what, name,
			errors->len ? errors->list[0].text : strerror(-ret));
	conf_errors_done(errors);
	return ret;
}

/* The port as @from has it, with the defaults of @conf. */
static int add_port(struct conf *conf, const struct conf *from, const struct conf_port *port,
		    struct conf_errors *errors)
{
	json_t *json = conf_port_json(from, port);
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	int ret = text ? conf_port_parse(text, strlen(text), conf, errors) : -ENOMEM;

	free(text);
	json_decref(json);
	return ret;
}

/* All of @want, and the ports that others own. */
static int merge_file(const struct sw *sw, const struct conf *want, struct conf *out,
		      struct conf_errors *errors)
{
	int ret = conf_copy(out, want);

	for (size_t i = 0; !ret && sw->exists && i < sw->conf.ports_len; i++)
		if (sw->ports[i].owner != SW_OWNER_FILE && !sw->conf.ports[i].pool)
			ret = add_port(out, &sw->conf, &sw->conf.ports[i], errors);
	return ret ? ret : sw_pool_keep(sw, out);
}

/* All that is, but of @owner the ports of @want. */
static int merge_owner(const struct sw *sw, const struct conf *want, enum sw_owner owner,
		       struct conf *out, struct conf_errors *errors)
{
	int ret = conf_copy(out, &sw->conf);

	for (size_t i = 0; !ret && i < sw->conf.ports_len; i++)
		if (sw->ports[i].owner == owner)
			ret = conf_remove(out, sw->conf.ports[i].name);
	for (size_t i = 0; !ret && i < want->ports_len; i++)
		if (want->ports[i].role != CONF_ROLE_HOST)
			ret = add_port(out, want, &want->ports[i], errors);
	return ret;
}

/* Ports that are neither new nor @owner's keep theirs. */
static enum sw_owner *owners_of(const struct sw *sw, const struct conf *conf, enum sw_owner owner)
{
	enum sw_owner *owners = calloc(conf->ports_len + 1, sizeof(*owners));

	for (size_t i = 0; owners && i < conf->ports_len; i++) {
		owners[i] = conf->ports[i].role == CONF_ROLE_HOST ? SW_OWNER_FILE : owner;
		for (size_t j = 0; sw->exists && j < sw->conf.ports_len; j++) {
			size_t at = (i + j) % sw->conf.ports_len;

			if (strcmp(sw->conf.ports[at].name, conf->ports[i].name))
				continue;
			owners[i] = sw->ports[at].owner;
			break;
		}
	}
	return owners;
}

/* Has a port's netdev gone since the switch was last looked at? */
static bool netdev_went(struct sw *sw)
{
	struct rtnl_link link;

	for (size_t i = 0; sw->exists && i < sw->conf.ports_len; i++)
		if (sw->ports[i].ifindex &&
		    rtnl_link_get_index(&sw->rtnl, sw->ports[i].ifindex, &link) == -ENODEV)
			return true;
	return false;
}

/* Containers end when they like, and their netdevs with them, also in the middle of the
 * change of another port. All is undone by then: the next look finds that port missing. */
int sw_change_to(struct sw *sw, const struct conf *conf, enum sw_owner owner, bool dry_run,
		 struct sw_changes *changes, void (*warn)(const char *text), struct err *err)
{
	enum sw_owner *owners = owners_of(sw, conf, owner);
	struct err why;
	int ret, looks = 0;

	if (!owners)
		return err_set(err, -ENOMEM, "change switch '%s': out of memory", sw->name);
	do {
		why = (struct err){0};
		ret = sw_change(sw, conf, owners, false, dry_run, changes, warn, &why);
	} while (ret && !dry_run && ++looks < LOOKS_MAX && netdev_went(sw));
	free(owners);
	return ret ? err_set(err, ret, "%s", why.text) : 0;
}

int sw_apply(struct sw *sw, const struct conf *want, enum sw_owner owner, bool dry_run,
	     struct sw_changes *changes, void (*warn)(const char *text), struct err *err)
{
	struct conf_errors errors = {0};
	struct conf conf = {0};
	int ret;

	if (owner == SW_OWNER_FILE || !sw->exists)
		ret = merge_file(sw, want, &conf, &errors);
	else
		ret = merge_owner(sw, want, owner, &conf, &errors);
	if (!ret)
		ret = conf_check(&conf, &errors);
	ret = conf_failed(&errors, ret, "apply switch", sw->name, err);
	if (!ret)
		ret = sw_change_to(sw, &conf, owner, dry_run, changes, warn, err);
	conf_done(&conf);
	return ret;
}

static const struct conf_port *last_spare(const struct conf *conf)
{
	for (size_t i = conf->ports_len; i > 0; i--)
		if (conf->ports[i - 1].pool)
			return &conf->ports[i - 1];
	return NULL;
}

/* Spare SFs give way to ports for which there is no slot otherwise. A slot is free only
 * after the change that leaves it. */
static int make_room(struct sw *sw, struct conf *conf, struct err *err)
{
	const struct conf_port *spare;
	struct conf less;
	int ret = 0;

	while (!ret && conf->ports_len > conf->max_ports) {
		spare = last_spare(conf);
		if (!spare)
			return 0; /* it is told */
		ret = conf_copy(&less, &sw->conf);
		if (ret)
			return err_set(err, ret, "make room for a port: out of memory");
		conf_remove(&less, spare->name);
		conf_remove(conf, spare->name);
		ret = sw_change_to(sw, &less, SW_OWNER_POOL, false, NULL, NULL, err);
		conf_done(&less);
	}
	return ret;
}

static int no_switch(const struct sw *sw, struct err *err)
{
	return err_set(err, -ENOENT,
		       "change switch '%s': there is no such switch (apply a file first)",
		       sw->name);
}

/* The switch remembers why the last SF could not be made. */
static int add_one(struct sw *sw, const struct conf *conf, enum sw_owner owner,
		   void (*warn)(const char *text), struct err *err)
{
	struct err why = {0};
	int ret = sw_change_to(sw, conf, owner, false, NULL, warn, &why);

	if (sw_pool_last_added(conf)->fn.kind == CONF_FN_SF)
		sw_pool_tell(sw, ret ? why.text : NULL);
	return ret ? err_set(err, ret, "%s", why.text) : 0;
}

int sw_port_add(struct sw *sw, const char *text, enum sw_owner owner,
		void (*warn)(const char *text), struct err *err)
{
	struct conf_errors errors = {0};
	struct conf conf = {0};
	int ret;

	if (!sw->exists)
		return no_switch(sw, err);
	ret = conf_copy(&conf, &sw->conf);
	if (!ret)
		ret = conf_port_parse(text, strlen(text), &conf, &errors);
	if (!ret)
		ret = conf_check(&conf, &errors);
	ret = conf_failed(&errors, ret, "add port to switch", sw->name, err);
	if (!ret)
		ret = sw_pool_choose(sw, &conf, err);
	if (!ret)
		ret = make_room(sw, &conf, err);
	if (!ret)
		ret = add_one(sw, &conf, owner, warn, err);
	conf_done(&conf);
	return ret;
}

/* The port's keys as JSON, with those of @text in their place. */
static int changed_port(const struct conf *conf, const struct conf_port *port, const char *text,
			char **out, struct err *err)
{
	json_t *json = conf_port_json(conf, port), *change, *value;
	json_error_t why;
	const char *key;

	*out = NULL;
	change = json_loads(text, 0, &why);
	if (!json_is_object(change)) {
		json_decref(json);
		json_decref(change);
		return err_set(err, -EINVAL, "change port '%s': not a mapping of keys", port->name);
	}
	json_object_foreach(change, key, value)
	{
		if (json_is_null(value))
			json_object_del(json, key);
		else
			json_object_set(json, key, value);
	}
	*out = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	json_decref(change);
	return *out ? 0 : err_set(err, -ENOMEM, "change port '%s': out of memory", port->name);
}

static int refuse_owner(const struct sw *sw, const struct conf_port *port, enum sw_owner owner,
			const char *verb, struct err *err)
{
	static const char *const hints[] = {
		[SW_OWNER_FILE] = " (change it there and apply)",
		[SW_OWNER_CLI] = "",
		[SW_OWNER_CNI] = " (it goes with its container; or say owner cni)",
		[SW_OWNER_POOL] = " (switch.pool says how many there are)",
	};
	enum sw_owner has = sw->ports[port - sw->conf.ports].owner;

	if (has == owner)
		return 0;
	return err_set(err, -EPERM, "%s port '%s': it belongs to the %s, not the %s%s", verb,
		       port->name, sw_owner_name(has), sw_owner_name(owner), hints[has]);
}

int sw_port_change(struct sw *sw, const char *name, const char *text, enum sw_owner owner,
		   void (*warn)(const char *text), struct err *err)
{
	const struct conf_port *port = sw->exists ? conf_find(&sw->conf, name) : NULL;
	struct conf_errors errors = {0};
	struct conf conf = {0};
	char *keys = NULL;
	int ret;

	if (!sw->exists)
		return no_switch(sw, err);
	if (!port)
		return err_set(err, -ENOENT, "change port '%s': there is no such port", name);
	ret = refuse_owner(sw, port, owner, "change", err);
	if (!ret)
		ret = changed_port(&sw->conf, port, text, &keys, err);
	if (ret)
		return ret;
	ret = conf_copy(&conf, &sw->conf);
	if (!ret)
		ret = conf_remove(&conf, name);
	if (!ret)
		ret = conf_port_parse(keys, strlen(keys), &conf, &errors);
	if (!ret)
		ret = conf_check(&conf, &errors);
	free(keys);
	ret = conf_failed(&errors, ret, "change port", name, err);
	if (!ret)
		ret = sw_pool_choose(sw, &conf, err);
	if (!ret)
		ret = sw_change_to(sw, &conf, owner, false, NULL, warn, err);
	conf_done(&conf);
	return ret;
}

int sw_port_del(struct sw *sw, const char *name, enum sw_owner owner, struct err *err)
{
	const struct conf_port *port = sw->exists ? conf_find(&sw->conf, name) : NULL;
	struct conf_errors errors = {0};
	struct conf conf = {0};
	bool sf;
	int ret;

	if (!sw->exists)
		return no_switch(sw, err);
	if (!port)
		return err_set(err, -ENOENT, "delete port '%s': there is no such port", name);
	ret = refuse_owner(sw, port, owner, "delete", err);
	if (ret)
		return ret;
	sf = port->fn.kind == CONF_FN_SF;
	ret = conf_copy(&conf, &sw->conf);
	if (!ret)
		ret = conf_remove(&conf, name);
	if (!ret)
		ret = conf_check(&conf, &errors);
	ret = conf_failed(&errors, ret, "delete port", name, err);
	if (!ret)
		ret = sw_change_to(sw, &conf, owner, false, NULL, NULL, err);
	if (!ret && sf) /* there is room for one now */
		sw_pool_tell(sw, NULL);
	conf_done(&conf);
	return ret;
}
