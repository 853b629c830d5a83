// SPDX-License-Identifier: GPL-2.0-only
/* doc_cni.c - the document of cni.status: can a container get a port now? */
#include <errno.h>
#include <string.h>

#include "doc.h"
#include "doc_nic.h"
#include "util.h"

/* So long the last failure to make an SF counts: others may have made room since. */
#define REMEMBER_NS (30 * 1000000000ULL)

json_t *doc_pool(const struct sw *sw)
{
	struct sw_pool pool;

	sw_pool_count(sw, &pool);
	return json_pack("{s:I, s:I}", "want", (json_int_t)pool.want, "ready",
			 (json_int_t)pool.ready);
}

static size_t count_owner(const struct sw *sw, enum sw_owner owner)
{
	size_t n = 0;

	for (size_t i = 0; i < sw->conf.ports_len; i++)
		n += sw->ports[i].owner == owner;
	return n;
}

/* A card is not asked what room it has: few can say. What it said last is remembered. */
static int card_ready(struct sw *sw, char *why, size_t size)
{
	struct devlink_dev dev;
	struct err err = {0};
	uint16_t mode;
	int ret;

	if (sw->no_sf[0] && now_ns() - sw->no_sf_ns < REMEMBER_NS) {
		snprintf(why, size, "%s", sw->no_sf);
		return -EBUSY;
	}
	ret = doc_nic_open(sw, &err);
	if (!ret && devlink_handle_parse(sw->conf.eswitch, &dev))
		ret = -EINVAL;
	if (!ret)
		ret = nic_eswitch_get(&sw->nic, &dev, &mode, &err);
	if (!ret && mode != DEVLINK_ESWITCH_MODE_SWITCHDEV)
		ret = err_set(&err, -EOPNOTSUPP,
			      "eswitch '%s' is in %s mode (devlink dev eswitch set %s mode "
			      "switchdev)",
			      sw->conf.eswitch, devlink_mode_name(mode), sw->conf.eswitch);
	if (ret)
		snprintf(why, size, "%s", err.text);
	return ret;
}

/* @why: what is in the way, "" for nothing */
static void look(struct sw *sw, bool sf, size_t room, char *why, size_t size)
{
	struct sw_pool pool;

	sw_pool_count(sw, &pool);
	why[0] = 0;
	if (sf && pool.ready)
		return;
	if (!room)
		snprintf(why, size, "no slot is free (switch.max_ports is %u)", sw->conf.max_ports);
	else if (sf && !sw->conf.eswitch[0])
		snprintf(why, size, "switch '%s' has no card to make an SF on (switch.eswitch)",
			 sw->name);
	else if (sf)
		card_ready(sw, why, size);
}

json_t *doc_cni_status(struct sw *sw, const char *device, struct err *err)
{
	size_t ports = conf_ports_wanted(&sw->conf);
	size_t room = ports < sw->conf.max_ports ? sw->conf.max_ports - ports : 0;
	bool sf = device ? !strcmp(device, "sf") : sw->conf.eswitch[0];
	char why[600];

	if (device && !sf && strcmp(device, "veth")) {
		err_set(err, -EINVAL, "parameter 'device': '%.32s' is neither sf nor veth", device);
		return NULL;
	}
	look(sw, sf, room, why, sizeof(why));
	return json_pack("{s:b, s:o, s:o, s:I, s:I}", "ready", (int)!why[0], "reason",
			 doc_text(why), "pool", doc_pool(sw), "ports",
			 (json_int_t)count_owner(sw, SW_OWNER_CNI), "room", (json_int_t)room);
}
