// SPDX-License-Identifier: GPL-2.0-only
/* methods.c - see methods.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doc.h"
#include "methods.h"
#include "methods_int.h"
#include "params.h"
#include "util.h"

#define FRAME_MAX 65535

static void changed(const struct methods_env *env)
{
	if (env->changed)
		env->changed(env->daemon);
}

/* Everything but apply and hello needs a switch. */
static int need_switch(const struct sw *sw, struct err *err)
{
	return sw->exists ? 0
			  : err_set(err, -ENOENT,
				    "open switch '%s': there is none (repx apply FILE makes it)",
				    sw->name);
}

int methods_start(const struct methods_env *env, const json_t *params, const char *names,
		  struct err *err)
{
	return params_known(params, names, err) || need_switch(env->sw, err) ? -1 : 0;
}

static json_t *hello(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;

	if (params_known(params, "", err))
		return NULL;
	return json_pack("{s:s, s:i, s:s, s:s?, s:I, s:{s:I, s:I}}", "version", REPX_VERSION, "abi",
			 REPX_ABI_VERSION, "switch", env->sw->name, "file", env->file, "pid",
			 (json_int_t)getpid(), "netlink", "sent", (json_int_t)nl_count.sent,
			 "received", (json_int_t)nl_count.received);
}

static json_t *show(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;

	return methods_start(env, params, "", err) ? NULL : doc_show(env->sw, err);
}

static json_t *vlan_show(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;

	return methods_start(env, params, "", err) ? NULL : doc_vlans(env->sw, err);
}

static json_t *stats_show(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;

	return methods_start(env, params, "", err) ? NULL : doc_stats(env->sw, err);
}

static json_t *port_show(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *name = NULL;

	if (methods_start(env, params, "name", err) || params_text(params, "name", &name, err))
		return NULL;
	return doc_ports(env->sw, name, err);
}

/* @object: what was changed, for the answer: a list as apply gives it */
static json_t *one_change(const char *op, const char *object, const char *name)
{
	return json_pack("[{s:s, s:s, s:s}]", "op", op, "object", object, "name", name);
}

/* The keys of a port as text for the engine, without what is not of the file. NULL: no
 * memory. */
static char *port_text(const json_t *params, const char *without)
{
	json_t *keys = json_copy((json_t *)params);
	char *text;

	json_object_del(keys, "owner");
	json_object_del(keys, without);
	text = json_dumps(keys, JSON_COMPACT);
	json_decref(keys);
	return text;
}

/* @port: as in the file, and its owner */
static json_t *add_port(const struct methods_env *env, const char *object, const json_t *port,
			struct err *err)
{
	enum sw_owner owner;
	const char *name = NULL;
	char *text;
	int rc;

	if (need_switch(env->sw, err) || params_text(port, "name", &name, err) ||
	    params_owner(port, &owner, err))
		return NULL;
	text = port_text(port, "");
	if (!text)
		return NULL;
	rc = sw_port_add(env->sw, text, owner, env->warn, err);
	free(text);
	changed(env);
	return rc ? NULL : one_change("add", object, name ? name : "");
}

static json_t *port_add(void *data, const json_t *params, struct err *err)
{
	return add_port(data, "port", params, err);
}

/* Return: NULL with @err. */
static const char *need_text(const struct methods_env *env, const json_t *params, const char *key,
			     const char *what, struct err *err)
{
	const char *text = NULL;

	if (need_switch(env->sw, err) || params_text(params, key, &text, err))
		return NULL;
	if (!text)
		err_set(err, -EINVAL, "%s: parameter '%s' is missing", what, key);
	return text;
}

static json_t *del_port(const struct methods_env *env, const char *object, const json_t *params,
			const char *name, struct err *err)
{
	enum sw_owner owner;
	int rc = params_owner(params, &owner, err);

	if (rc)
		return NULL;
	rc = sw_port_del(env->sw, name, owner, err);
	changed(env);
	return rc ? NULL : one_change("delete", object, name);
}

static json_t *port_del(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *name;

	if (params_known(params, "name owner", err))
		return NULL;
	name = need_text(env, params, "name", "delete a port", err);
	return name ? del_port(env, "port", params, name, err) : NULL;
}

/* The keys that are given replace the port's, null takes one away. */
static json_t *port_change(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *name = need_text(env, params, "name", "change a port", err);
	enum sw_owner owner;
	char *text;
	int rc;

	if (!name || params_owner(params, &owner, err))
		return NULL;
	text = port_text(params, "name");
	if (!text)
		return NULL;
	rc = sw_port_change(env->sw, name, text, owner, env->warn, err);
	free(text);
	changed(env);
	return rc ? NULL : one_change("change", "port", name);
}

static json_t *sf_show(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *name = NULL;

	if (methods_start(env, params, "name", err) || params_text(params, "name", &name, err))
		return NULL;
	return doc_sf(env->sw, name, err);
}

/* The keys of the function may stand among those of the port. */
static json_t *sf_add(void *data, const json_t *params, struct err *err)
{
	json_t *port = json_deep_copy(params), *doc = NULL;

	if (!params_nest(port, "num pf controller mac eth rdma roce max_io_eqs", "sf", err))
		doc = add_port(data, "sf", port, err);
	json_decref(port);
	return doc;
}

static json_t *sf_del(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const struct conf_port *port;
	const char *name;

	if (params_known(params, "name owner", err))
		return NULL;
	name = need_text(env, params, "name", "delete an SF", err);
	if (!name)
		return NULL;
	port = conf_find(&env->sw->conf, name);
	if (port && port->fn.kind != CONF_FN_SF) {
		err_set(err, -EINVAL, "delete SF of port '%s': it has none (repx port del %s)",
			name, name);
		return NULL;
	}
	return del_port(env, "sf", params, name, err);
}

static json_t *vdpa_show(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *name = NULL;

	if (methods_start(env, params, "name", err) || params_text(params, "name", &name, err))
		return NULL;
	return doc_vdpas(env->sw, name, err);
}

/* @vdpa: taken over, NULL: out of memory */
static int change_vdpa(const struct methods_env *env, const char *port, json_t *vdpa,
		       struct err *err)
{
	json_t *keys = json_pack("{s:o}", "vdpa", vdpa);
	char *text = json_dumps(keys, JSON_COMPACT);
	int rc;

	json_decref(keys);
	if (!text)
		return err_set(err, -ENOMEM, "change port '%s': out of memory", port);
	rc = sw_port_change(env->sw, port, text, SW_OWNER_CLI, env->warn, err);
	free(text);
	changed(env);
	return rc;
}

static json_t *vdpa_add(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *name = need_text(env, params, "port", "add a vDPA device", err);
	const struct conf_port *port;
	json_t *vdpa;

	if (!name)
		return NULL;
	port = conf_find(&env->sw->conf, name);
	if (!port || port->vdpa.on) {
		if (port)
			err_set(err, -EEXIST,
				"add a vDPA device to port '%s': it has '%s' (repx vdpa del %s)",
				name, port->vdpa.name, port->vdpa.name);
		else
			err_set(err, -ENOENT,
				"add a vDPA device to port '%s': no such port in '%s' (repx port "
				"show lists them)",
				name, env->sw->name);
		return NULL;
	}
	vdpa = json_copy((json_t *)params);
	json_object_del(vdpa, "port");
	if (change_vdpa(env, name, vdpa, err))
		return NULL;
	port = conf_find(&env->sw->conf, name);
	return one_change("add", "vdpa", port ? port->vdpa.name : name);
}

static json_t *vdpa_del(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	char port[CONF_NAME_MAX];
	const char *name;
	int index;

	if (params_known(params, "name", err))
		return NULL;
	name = need_text(env, params, "name", "delete a vDPA device", err);
	index = name ? doc_vdpa_port(env->sw, name, err) : -1;
	if (index < 0)
		return NULL;
	str_copy(port, sizeof(port), env->sw->conf.ports[index].name);
	return change_vdpa(env, port, json_null(), err) ? NULL : one_change("delete", "vdpa", name);
}

static json_t *fdb_show(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *port = NULL;
	uint16_t vlan = 0;

	if (methods_start(env, params, "port vlan", err) ||
	    params_text(params, "port", &port, err) || params_vid(params, "vlan", &vlan, err))
		return NULL;
	if (!env->each)
		return doc_fdb(env->sw, port, vlan, err);
	return doc_fdb_each(env->sw, port, vlan, env->each, env->each_data, err) ? NULL
										 : json_null();
}

static json_t *fdb_change(const char *op, const uint8_t mac[6], uint16_t vlan)
{
	char name[40];

	snprintf(name, sizeof(name), MAC_FMT " vlan %u", MAC_ARG(mac), vlan);
	return one_change(op, "fdb", name);
}

static json_t *fdb_add(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *port = NULL;
	uint16_t vlan = 0;
	uint8_t mac[6];
	int rc;

	if (methods_start(env, params, "mac vlan port", err) ||
	    params_mac(params, "mac", mac, err) || params_vid(params, "vlan", &vlan, err) ||
	    params_text(params, "port", &port, err))
		return NULL;
	if (!port || !vlan) {
		err_set(err, -EINVAL, "add an FDB entry: parameter '%s' is missing",
			port ? "vlan" : "port");
		return NULL;
	}
	rc = sw_fdb_add(env->sw, mac, vlan, port, err);
	changed(env);
	return rc ? NULL : fdb_change("add", mac, vlan);
}

static json_t *fdb_del(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	uint16_t vlan = 0;
	uint8_t mac[6];
	int rc;

	if (methods_start(env, params, "mac vlan", err) || params_mac(params, "mac", mac, err) ||
	    params_vid(params, "vlan", &vlan, err))
		return NULL;
	if (!vlan) {
		err_set(err, -EINVAL, "delete an FDB entry: parameter 'vlan' is missing");
		return NULL;
	}
	rc = sw_fdb_del(env->sw, mac, vlan, err);
	changed(env);
	return rc ? NULL : fdb_change("delete", mac, vlan);
}

static json_t *fdb_flush(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *port = NULL;
	uint16_t vlan = 0;
	int n;

	if (methods_start(env, params, "port vlan", err) ||
	    params_text(params, "port", &port, err) || params_vid(params, "vlan", &vlan, err))
		return NULL;
	n = sw_fdb_flush(env->sw, port, vlan, err);
	changed(env);
	return n < 0 ? NULL : json_pack("{s:i}", "flushed", n);
}

static json_t *trace_hex(struct sw *sw, const char *port, const char *hex, struct err *err)
{
	json_t *doc = NULL;
	uint8_t *frame;
	size_t len;

	if (params_hex(hex, &frame, &len, err))
		return NULL;
	if (len > FRAME_MAX)
		err_set(err, -EINVAL, "trace: a frame has at most %d bytes", FRAME_MAX);
	else
		doc = doc_trace(sw, port, frame, (uint32_t)len, err);
	free(frame);
	return doc;
}

/* @frames: texts; the answer is a list then */
static json_t *trace_list(struct sw *sw, const char *port, const json_t *frames, struct err *err)
{
	json_t *list = json_array(), *frame, *doc;
	size_t i;

	for (i = 0; (frame = json_array_get(frames, i)); i++) {
		doc = json_is_string(frame) ? trace_hex(sw, port, json_string_value(frame), err)
					    : NULL;
		if (!doc) {
			err_set(err, -EINVAL, "trace: a frame is not a string");
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, doc);
	}
	return list;
}

static json_t *trace(void *data, const json_t *params, struct err *err)
{
	const json_t *frames = json_object_get(params, "frames");
	const struct methods_env *env = data;
	const char *port = NULL, *hex = NULL;

	if (methods_start(env, params, "port hex frames", err) ||
	    params_text(params, "port", &port, err) || params_text(params, "hex", &hex, err))
		return NULL;
	if (port && json_is_array(frames) && !hex)
		return trace_list(env->sw, port, frames, err);
	if (port && hex && !frames)
		return trace_hex(env->sw, port, hex, err);
	err_set(err, -EINVAL, "trace: give 'port', and 'hex' or 'frames'");
	return NULL;
}

/* The first mistake, and how many more there are. */
static int conf_failure(const char *file, const struct conf_errors *errors, int rc, struct err *err)
{
	const struct conf_error *e = errors->list;
	char more[48] = "";

	if (!errors->len)
		return err_set(err, rc, "read '%s': %s", file, strerror(-rc));
	if (errors->len > 1)
		snprintf(more, sizeof(more), " (and %zu more mistakes)", errors->len - 1);
	return err_set(err, -EINVAL, "read '%s': %u:%u: %s%s", file, e->pos.line, e->pos.col,
		       e->text, more);
}

static int read_wanted(const char *text, const char *path, struct conf *conf, struct err *err)
{
	const char *file = path ? path : "text";
	struct conf_errors errors = {0};
	int rc;

	if (text)
		rc = conf_parse(text, strlen(text), conf, &errors);
	else
		rc = conf_read(path, conf, &errors);
	if (rc)
		conf_failure(file, &errors, rc, err);
	conf_errors_done(&errors);
	return rc;
}

static void warn_other_file(const struct methods_env *env, const char *path)
{
	char text[768];

	if (!env->file || !env->warn || (path && !strcmp(path, env->file)))
		return;
	snprintf(text, sizeof(text),
		 "apply '%s': the daemon goes back to '%s' when it starts or gets SIGHUP",
		 path ? path : "text", env->file);
	env->warn(text);
}

static json_t *apply_conf(const struct methods_env *env, const struct conf *conf, bool dry_run,
			  struct err *err)
{
	struct sw_changes changes = {0};
	json_t *doc = NULL;

	if (strcmp(conf->name, env->sw->name)) {
		err_set(err, -EINVAL, "apply to switch '%s': the file describes switch '%s'",
			env->sw->name, conf->name);
		return NULL;
	}
	if (!sw_apply(env->sw, conf, SW_OWNER_FILE, dry_run, &changes, env->warn, err))
		doc = doc_changes(&changes);
	sw_changes_done(&changes);
	if (!dry_run)
		changed(env);
	return doc;
}

static json_t *apply(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	const char *text = NULL, *path = NULL;
	struct conf conf = {0};
	bool dry_run = false;
	json_t *doc;

	if (params_known(params, "text path dry_run", err) ||
	    params_text(params, "text", &text, err) || params_text(params, "path", &path, err) ||
	    params_bool(params, "dry_run", &dry_run, err))
		return NULL;
	if (!text && (!path || path[0] != '/')) {
		err_set(err, -EINVAL, "apply: give 'text', or 'path' as an absolute path");
		return NULL;
	}
	if (read_wanted(text, path, &conf, err))
		return NULL;
	doc = apply_conf(env, &conf, dry_run, err);
	conf_done(&conf);
	if (doc && !dry_run)
		warn_other_file(env, path);
	return doc;
}

/* Also of what an interrupted apply left behind. */
static json_t *down(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;
	int rc;

	if (params_known(params, "", err))
		return NULL;
	rc = sw_down(env->sw, err);
	changed(env);
	if (!env->sw->exists && env->gone)
		env->gone(env->daemon);
	return rc ? NULL : one_change("delete", "switch", env->sw->name);
}

static json_t *subscribe(void *data, const json_t *params, struct err *err)
{
	const struct methods_env *env = data;

	if (methods_start(env, params, "", err))
		return NULL;
	if (!env->subscribe) {
		err_set(err, -EOPNOTSUPP, "subscribe to events: no daemon runs");
		return NULL;
	}
	return env->subscribe(env->daemon, err) ? NULL : json_true();
}

const struct ctl_method methods[] = {
	{"hello", false, false, hello},
	{"show", false, false, show},
	{"port.show", false, false, port_show},
	{"port.add", true, false, port_add},
	{"port.del", true, false, port_del},
	{"port.change", true, false, port_change},
	{"fdb.show", false, false, fdb_show},
	{"fdb.add", true, false, fdb_add},
	{"fdb.del", true, false, fdb_del},
	{"fdb.flush", true, false, fdb_flush},
	{"flow.show", false, true, methods_flow_show},
	{"flow.why", false, true, methods_flow_why},
	{"offload.show", false, true, methods_offload_show},
	{"verify", true, false, methods_verify},
	{"sf.show", false, false, sf_show},
	{"sf.add", true, false, sf_add},
	{"sf.del", true, false, sf_del},
	{"vdpa.show", false, false, vdpa_show},
	{"vdpa.add", true, false, vdpa_add},
	{"vdpa.del", true, false, vdpa_del},
	{"cni.status", false, false, methods_cni_status},
	{"vlan.show", false, false, vlan_show},
	{"stats.show", false, false, stats_show},
	{"trace", false, false, trace},
	{"apply", true, false, apply},
	{"down", true, false, down},
	{"monitor.subscribe", false, false, subscribe},
	{0},
};

const struct ctl_method *methods_find(const char *name)
{
	const struct ctl_method *m;

	for (m = methods; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}
