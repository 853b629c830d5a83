// SPDX-License-Identifier: GPL-2.0-only
/* cni_conf.c - the frame of a configuration: version, name, switch, IPAM; see cni_conf.h */
#include <stdio.h>
#include <string.h>

#include "cni_conf.h"
#include "util.h"

#define RUN_DIR "/run/repx"
#define DATA_DIR "/var/lib/cni/repx"

const char *const cni_versions[] = {"0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0", NULL};

/* What every network has, then what this plugin has. */
static const char known[] =
	"cniVersion cniVersions name type disableCheck disableGC args capabilities runtimeConfig "
	"prevResult dns ipam "
	"switch socket dataDir deviceID pciBusID device vdpaType vlan vlanQoS vlanProto trunk "
	"vlanTrunk mac spoofchk ipGuard isolated min_tx_rate max_tx_rate mtu rdma";

int cni_version_index(const char *version)
{
	for (int i = 0; cni_versions[i]; i++)
		if (!strcmp(cni_versions[i], version))
			return i;
	return -1;
}

bool cni_version_has(const char *version, const char *since)
{
	return cni_version_index(version) >= cni_version_index(since);
}

static int read_version(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	const char *version = "";

	if (cni_get_text(doc, "cniVersion", &version, err))
		return -1;
	if (cni_version_index(version) < 0)
		return cni_fail(err, CNI_E_VERSION, "give one of 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0",
				version[0] ? "cniVersion %.16s is not supported"
					   : "cniVersion is missing%.0s",
				version);
	out->version = version;
	return 0;
}

static int read_name(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	if (cni_get_text(doc, "name", &out->name, err))
		return -1;
	if (!cni_is_name(out->name) || strlen(out->name) > 200)
		return cni_fail(err, CNI_E_CONFIG,
				"letters, digits, '_', '.' and '-', beginning with one of the "
				"first two",
				"name '%.64s' is not the name of a network", out->name);
	return 0;
}

static int read_switch(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	const char *socket = "";

	out->sw = "repx0";
	out->data_dir = DATA_DIR;
	if (cni_get_text(doc, "switch", &out->sw, err) ||
	    cni_get_text(doc, "socket", &socket, err) ||
	    cni_get_text(doc, "dataDir", &out->data_dir, err))
		return -1;
	if (!cni_is_name(out->sw))
		return cni_fail(err, CNI_E_CONFIG, "give the name that its file has in switch.name",
				"switch '%.40s' is not the name of a switch", out->sw);
	if ((socket[0] && socket[0] != '/') || out->data_dir[0] != '/')
		return cni_fail(err, CNI_E_CONFIG, "begin it with /",
				"socket or dataDir is not an absolute path");
	if (socket[0] ? str_copy(out->socket, sizeof(out->socket), socket)
		      : snprintf(out->socket, sizeof(out->socket), "%s/%s/control", RUN_DIR,
				 out->sw) >= (int)sizeof(out->socket))
		return cni_fail(err, CNI_E_CONFIG, "at most 299 characters", "socket is too long");
	return 0;
}

static int read_ipam(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	json_t *ipam = NULL;

	out->ipam = "";
	if (cni_get_map(doc, "ipam", &ipam, err) || cni_get_text(ipam, "type", &out->ipam, err))
		return -1;
	if (strchr(out->ipam, '/'))
		return cni_fail(err, CNI_E_CONFIG, "give the name of a plugin in CNI_PATH",
				"ipam.type '%.64s' is a path", out->ipam);
	if (json_object_size(ipam) && !out->ipam[0])
		return cni_fail(err, CNI_E_CONFIG, "give host-local, dhcp, static, ...",
				"ipam.type is missing");
	return 0;
}

static int read_rest(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	json_t *valid = json_object_get(doc, "cni.dev/valid-attachments");

	if (cni_get_map(doc, "prevResult", &out->prev, err) ||
	    cni_get_map(doc, "dns", &out->dns, err))
		return -1;
	if (!valid) /* what it was called before 1.1.0 was final */
		valid = json_object_get(doc, "cni.dev/attachments");
	if (valid && !json_is_array(valid) && !json_is_null(valid))
		return cni_fail(err, CNI_E_DECODE, "give [{\"containerID\", \"ifname\"}, ...]",
				"cni.dev/valid-attachments is not a list");
	out->valid = valid;
	return 0;
}

int cni_conf_read(json_t *doc, const char *args, struct cni_conf *out, struct cni_err *err)
{
	*out = (struct cni_conf){.doc = json_incref(doc),
				 .version = "",
				 .name = "",
				 .device_word = "",
				 .device_id = "",
				 .device_info = ""};
	if (!json_is_object(doc))
		return cni_fail(err, CNI_E_DECODE,
				"give the configuration of a network on standard input",
				"the configuration is not a JSON object");
	if (read_version(doc, out, err) || read_name(doc, out, err) || read_switch(doc, out, err) ||
	    read_ipam(doc, out, err) || read_rest(doc, out, err))
		return -1;
	if (!args)
		return 0;
	if (cni_known(doc, known, "network configuration", err) || cni_conf_port(doc, out, err) ||
	    cni_conf_over(doc, args, out, err))
		return -1;
	return cni_conf_device(out, err);
}

void cni_conf_done(struct cni_conf *conf)
{
	json_decref(conf->doc);
	*conf = (struct cni_conf){0};
}
