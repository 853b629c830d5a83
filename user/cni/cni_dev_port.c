// SPDX-License-Identifier: GPL-2.0-only
/* cni_dev_port.c - a port of the switch, in the words of its file; see cni_dev.h */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cni_dev.h"
#include "util.h"

static json_t *mac_text(const uint8_t mac[6])
{
	char text[18];

	snprintf(text, sizeof(text), MAC_FMT, MAC_ARG(mac));
	return json_string(text);
}

static json_t *trunk_json(const json_t *trunk)
{
	json_t *list = json_array(), *item, *id;
	size_t i;

	json_array_foreach(trunk, i, item)
	{
		id = json_object_get(item, "id");
		json_array_append_new(
			list,
			json_is_integer(id) && json_integer_value(id)
				? json_incref(id)
				: json_sprintf("%" JSON_INTEGER_FORMAT "-%" JSON_INTEGER_FORMAT,
					       json_integer_value(json_object_get(item, "minID")),
					       json_integer_value(json_object_get(item, "maxID"))));
	}
	return list;
}

/* The native VLAN is one of those that the trunk takes. */
static bool in_trunk(const json_t *trunk, unsigned int vid)
{
	json_t *item;
	size_t i;

	json_array_foreach(trunk, i, item)
	{
		json_int_t id = json_integer_value(json_object_get(item, "id"));
		json_int_t min = json_integer_value(json_object_get(item, "minID"));
		json_int_t max = json_integer_value(json_object_get(item, "maxID"));

		if (id == vid || (min && min <= vid && vid <= max))
			return true;
	}
	return false;
}

static json_t *vlan_json(const struct cni_conf *conf)
{
	json_t *vlan = json_object(), *trunk;

	if (!conf->trunk) {
		json_object_set_new(vlan, "access", json_integer(conf->vlan));
	} else {
		trunk = trunk_json(conf->trunk);
		if (conf->vlan && !in_trunk(conf->trunk, conf->vlan))
			json_array_append_new(trunk, json_integer(conf->vlan));
		json_object_set_new(vlan, "trunk", trunk);
		if (conf->vlan)
			json_object_set_new(vlan, "native", json_integer(conf->vlan));
	}
	if (conf->ad)
		json_object_set_new(vlan, "proto", json_string("802.1ad"));
	return vlan;
}

static json_t *rate_json(const struct cni_conf *conf)
{
	json_t *rate = json_object();

	if (conf->rx)
		json_object_set_new(rate, "rx", json_sprintf("%" PRIu64 "bit", conf->rx));
	if (conf->tx)
		json_object_set_new(rate, "tx", json_sprintf("%" PRIu64 "bit", conf->tx));
	if (conf->burst)
		json_object_set_new(rate, "burst", json_sprintf("%" PRIu64, conf->burst));
	return rate;
}

json_t *cni_dev_guard(const struct cni_dev *dev, const struct cni_conf *conf, const json_t *ips)
{
	json_t *guard = json_object(), *list;

	if (conf->spoofchk)
		json_object_set_new(guard, "mac", json_pack("[o]", mac_text(dev->mac)));
	if (conf->ip_guard) {
		/* before there is an address: one that nobody can use, so that DHCP alone works */
		list = json_array_size(ips) ? json_deep_copy(ips)
					    : json_pack("[s]", "255.255.255.255");
		json_object_set_new(guard, "ip", list);
	}
	if (json_object_size(guard))
		return guard;
	json_decref(guard);
	return NULL;
}

static json_t *function_json(const struct cni_dev *dev, const struct cni_conf *conf)
{
	json_t *fn = json_pack("{s:o}", "mac", mac_text(dev->mac));

	if (conf->device_id[0]) {
		json_object_set_new(fn, "num", json_integer(dev->num));
		json_object_set_new(fn, "pf", json_integer(dev->pf));
		return fn;
	}
	json_object_set_new(fn, "num", json_string("auto"));
	if (conf->device == CNI_DEV_SF)
		json_object_set_new(fn, "eth", json_true());
	if (conf->rdma)
		json_object_set_new(fn, "rdma", json_true());
	return fn;
}

json_t *cni_dev_port(const struct cni_dev *dev, const struct cni_conf *conf, const json_t *ips)
{
	json_t *doc = json_pack("{s:s, s:s, s:o}", "name", dev->port, "owner", "cni", "vlan",
				vlan_json(conf));
	json_t *rate = rate_json(conf), *guard = cni_dev_guard(dev, conf, ips);

	if (conf->device == CNI_DEV_VETH)
		json_object_set_new(doc, "netdev", json_string(dev->netdev));
	else
		json_object_set_new(doc, conf->device == CNI_DEV_VF ? "vf" : "sf",
				    function_json(dev, conf));
	if (conf->device == CNI_DEV_VDPA)
		json_object_set_new(doc, "vdpa",
				    json_pack("{s:s}", "bind", conf->virtio ? "virtio" : "vhost"));
	if (guard)
		json_object_set_new(doc, "guard", guard);
	if (json_object_size(rate))
		json_object_set(doc, "rate", rate);
	if (conf->isolated)
		json_object_set_new(doc, "isolated", json_true());
	if (conf->qos)
		json_object_set_new(doc, "pcp", json_integer(conf->qos));
	json_decref(rate);
	return doc;
}
