// SPDX-License-Identifier: GPL-2.0-only
/* cni_conf_port.c - keys that say what the port is to be like; see cni_conf.h */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cni_conf.h"

#define VID_MAX 4094
#define MBIT 1000000ULL

const char *const cni_device_names[] = {"sf", "vf", "vdpa", "veth"};
_Static_assert(sizeof(cni_device_names) / sizeof(cni_device_names[0]) == CNI_DEV_MAX,
	       "a name for each device");

static int check_trunk_item(const json_t *item, struct cni_err *err)
{
	uint64_t id = 0, min = 0, max = 0;

	if (!json_is_object(item))
		return cni_fail(err, CNI_E_CONFIG, "give [{\"id\": 10}, {\"minID\": 20, ...}]",
				"trunk: an entry is not an object");
	if (cni_known(item, "id minID maxID", "trunk", err) ||
	    cni_get_uint(item, "id", VID_MAX, &id, err) ||
	    cni_get_uint(item, "minID", VID_MAX, &min, err) ||
	    cni_get_uint(item, "maxID", VID_MAX, &max, err))
		return -1;
	if (!id == !(min && max) || (min && min > max) || (!min != !max))
		return cni_fail(
			err, CNI_E_CONFIG,
			"give {\"id\": VID}, or {\"minID\": VID, \"maxID\": VID}, from 1 to "
			"4094",
			"trunk: an entry is neither a VLAN nor a range");
	return 0;
}

static int read_trunk(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	const json_t *trunk = json_object_get(doc, "trunk"), *item;
	size_t i;

	if (!trunk) /* the bridge plugin's name of it */
		trunk = json_object_get(doc, "vlanTrunk");
	if (!trunk || (json_is_array(trunk) && !json_array_size(trunk)))
		return 0;
	if (!json_is_array(trunk))
		return cni_fail(err, CNI_E_CONFIG, "give [{\"id\": 10}, ...]",
				"trunk is not a list");
	json_array_foreach(trunk, i, item) if (check_trunk_item(item, err)) return -1;
	out->trunk = trunk;
	return 0;
}

static int read_vlan(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	const char *proto = "802.1q";
	uint64_t vlan = 0, qos = 0;

	if (cni_get_uint(doc, "vlan", VID_MAX, &vlan, err) ||
	    cni_get_uint(doc, "vlanQoS", 7, &qos, err) ||
	    cni_get_text(doc, "vlanProto", &proto, err) || read_trunk(doc, out, err))
		return -1;
	out->ad = !strcmp(proto, "802.1ad");
	if (!out->ad && strcmp(proto, "802.1q") != 0)
		return cni_fail(err, CNI_E_CONFIG, "give 802.1q or 802.1ad",
				"vlanProto '%.16s' is not known", proto);
	out->vlan = (unsigned int)vlan;
	out->qos = (unsigned int)qos;
	if (!vlan && !out->trunk)
		return cni_fail(err, CNI_E_CONFIG,
				"give vlan: 1 to 4094 (frames are tagged with it on the uplink), "
				"or a trunk",
				"vlan is missing");
	return 0;
}

/* Mbit/s as sriov-cni has them: of what the container sends. */
static int read_rates(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	uint64_t min = 0, max = 0;

	if (cni_get_uint(doc, "min_tx_rate", 10000000, &min, err) ||
	    cni_get_uint(doc, "max_tx_rate", 10000000, &max, err))
		return -1;
	if (max && min > max)
		return cni_fail(err, CNI_E_CONFIG, "give less, or a higher max_tx_rate",
				"min_tx_rate is more than max_tx_rate");
	out->rx = max * MBIT;
	out->rx_min = min * MBIT;
	return 0;
}

/* On which bus is it? One that is on none is looked for among the SFs, and not found. */
static enum cni_device default_device(const char *id)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%.64s", id);
	return id[0] && !access(path, F_OK) ? CNI_DEV_VF : CNI_DEV_SF;
}

static int read_device(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	const char *type = "vhost", *pci = "";

	if (cni_get_text(doc, "deviceID", &out->device_id, err) ||
	    cni_get_text(doc, "pciBusID", &pci, err) ||
	    cni_get_text(doc, "device", &out->device_word, err) ||
	    cni_get_text(doc, "vdpaType", &type, err))
		return -1;
	if (!out->device_id[0])
		out->device_id = pci; /* Multus writes both */
	out->virtio = !strcmp(type, "virtio");
	if (!out->virtio && strcmp(type, "vhost") != 0)
		return cni_fail(err, CNI_E_CONFIG, "give vhost or virtio",
				"vdpaType '%.16s' is not known", type);
	return 0;
}

static int choose_device(struct cni_conf *out, struct cni_err *err)
{
	const char *word = out->device_word;
	int i = 0;

	if (strchr(out->device_id, '/') || out->device_id[0] == '.')
		return cni_fail(err, CNI_E_CONFIG,
				"give 0000:03:00.2, or a name such as mlx5_core.sf.4",
				"deviceID '%.64s' is a path", out->device_id);
	while (i < CNI_DEV_MAX && strcmp(word, cni_device_names[i]) != 0)
		i++;
	out->device = word[0] ? (enum cni_device)i : default_device(out->device_id);
	if (out->device == CNI_DEV_MAX)
		return cni_fail(err, CNI_E_CONFIG, "give sf, vf, vdpa or veth",
				"device '%.16s' is not known", word);
	return 0;
}

int cni_conf_device(struct cni_conf *conf, struct cni_err *err)
{
	if (choose_device(conf, err))
		return -1;
	if (conf->device == CNI_DEV_VETH && conf->device_id[0])
		return cni_fail(err, CNI_E_CONFIG, "leave out deviceID, or device: veth",
				"a veth has no deviceID");
	if (conf->device == CNI_DEV_VETH && conf->rx_min)
		return cni_fail(err, CNI_E_CONFIG, "leave it out, or 0; limit the others instead",
				"min_tx_rate: only a card can promise a rate, a veth has none");
	if (conf->device == CNI_DEV_VF && !conf->device_id[0])
		return cni_fail(err, CNI_E_CONFIG,
				"give the PCI address of a VF (a device plugin does)",
				"device vf: deviceID is missing");
	if (conf->device == CNI_DEV_VDPA && !conf->virtio && conf->ipam[0])
		return cni_fail(err, CNI_E_CONFIG,
				"leave ipam out: who opens the device has the address",
				"ipam: a vhost-vdpa device has no interface for addresses");
	if (conf->rdma && conf->device != CNI_DEV_SF)
		return cni_fail(err, CNI_E_CONFIG, "leave it out, or use device: sf",
				"rdma is for an SF");
	return 0;
}

int cni_conf_port(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	const char *mac = "";
	uint64_t mtu = 0;

	out->spoofchk = true;
	if (read_vlan(doc, out, err) || read_rates(doc, out, err) || read_device(doc, out, err) ||
	    cni_get_uint(doc, "mtu", 65535, &mtu, err) ||
	    cni_get_bool(doc, "spoofchk", &out->spoofchk, err) ||
	    cni_get_bool(doc, "ipGuard", &out->ip_guard, err) ||
	    cni_get_bool(doc, "isolated", &out->isolated, err) ||
	    cni_get_bool(doc, "rdma", &out->rdma, err) || cni_get_text(doc, "mac", &mac, err) ||
	    cni_get_mac(mac, "mac", out, err))
		return -1;
	if (mtu && mtu < 68)
		return cni_fail(err, CNI_E_CONFIG, "IPv4 needs 68, IPv6 1280",
				"mtu %u is too small", (unsigned int)mtu);
	out->mtu = (unsigned int)mtu;
	return 0;
}
