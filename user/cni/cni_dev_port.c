// SPDX-License-Identifier: GPL-2.0-only
/* cni_dev_port.c - a port of the switch, in the words of its file; see cni_dev.h */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cni_dev.h"
#include "util.h"

#define VIDS 4095 /* 1 to 4094; the configuration has no others */

static json_t *mac_text(const uint8_t mac[6])
{
	char text[18];

	snprintf(text, sizeof(text), MAC_FMT, MAC_ARG(mac));
	return json_string(text);
}

/* Entries may overlap here, those of a switch's file must not. */
static void mark_vids(const json_t *trunk, bool set[VIDS])
{
	json_int_t id, min, max;
	json_t *item;
	size_t i;

	json_array_foreach(trunk, i, item)
	{
		id = json_integer_value(json_object_get(item, "id"));
		min = id ? id : json_integer_value(json_object_get(item, "minID"));
		max = id ? id : json_integer_value(json_object_get(item, "maxID"));
		for (; min <= max; min++)
			set[min] = true;
	}
}

/* [10, "20-22"] */
static json_t *runs_json(const bool set[VIDS])
{
	json_t *list = json_array();

	for (int first = 1, last; first < VIDS; first = last + 1) {
		last = first;
		if (!set[first])
			continue;
		while (last + 1 < VIDS && set[last + 1])
			last++;
		json_array_append_new(list, first == last ? json_integer(first)
							  : json_sprintf("%d-%d", first, last));
	}
	return list;
}

/* The native VLAN is one of those that the trunk takes. */
static json_t *vlans_json(const struct cni_conf *conf)
{
	json_t *vlan = json_object();
	bool set[VIDS] = {0};

	if (conf->trunk) {
		mark_vids(conf->trunk, set);
		set[conf->vlan] = true;
		json_object_set_new(vlan, "trunk", runs_json(set));
	}
	if (conf->vlan)
		json_object_set_new(vlan, conf->trunk ? "native" : "access",
				    json_integer(conf->vlan));
	if (conf->ad)
		json_object_set_new(vlan, "proto", json_string("802.1ad"));
	return vlan;
}

static json_t *limits_json(const struct cni_conf *conf)
{
	/* the runtime may limit it to less than the network promises */
	uint64_t min = conf->rx && conf->rx_min > conf->rx ? conf->rx : conf->rx_min;
	json_t *rate = json_object();

	if (conf->rx)
		json_object_set_new(rate, "rx", json_sprintf("%" PRIu64 "bit", conf->rx));
	if (conf->tx)
		json_object_set_new(rate, "tx", json_sprintf("%" PRIu64 "bit", conf->tx));
	if (min)
		json_object_set_new(rate, "rx_min", json_sprintf("%" PRIu64 "bit", min));
	if (conf->burst && (conf->rx || conf->tx))
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
				vlans_json(conf));
	json_t *rate = limits_json(conf), *guard = cni_dev_guard(dev, conf, ips);

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
