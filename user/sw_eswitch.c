// SPDX-License-Identifier: GPL-2.0-only
/* sw_eswitch.c - the mode of the eswitch that SFs and VFs are ports of
 *
 * It is looked at before the host is: representors come with switchdev mode. Only a
 * file that says `mode: switchdev` has it changed; it goes back on down.
 */
#include <errno.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

static bool needed(const struct conf *conf)
{
	for (size_t i = 0; i < conf->ports_len; i++)
		if (conf->ports[i].fn.kind != CONF_FN_NONE)
			return true;
	return conf->switchdev;
}

static int mode_run(void *arg, struct err *err)
{
	struct change *ch = arg;
	const struct sw_offload *offload = ch->sw->offload;

	if (offload)
		offload->clear(offload->data);
	return nic_eswitch_set(&ch->sw->nic, &ch->eswitch, DEVLINK_MODE_SWITCHDEV, err);
}

static int mode_undo(void *arg, struct err *err)
{
	struct change *ch = arg;
	int ret = nic_eswitch_set(&ch->sw->nic, &ch->eswitch, DEVLINK_MODE_LEGACY, err);

	if (!ret && ch->mode_first)
		ch->sw->switchdev_set[0] = 0;
	return ret;
}

static int set_mode(struct change *ch, struct err *err)
{
	struct sw *sw = ch->sw;
	int ret = sw_changes_add(&ch->changes, "change", "eswitch", ch->conf.eswitch);

	if (ret || ch->dry_run)
		return ret;
	sw->fns_seen = false;
	ch->mode_first = !*sw->switchdev_set;
	str_copy(sw->switchdev_set, sizeof(sw->switchdev_set), ch->conf.eswitch);
	sw_journal_steps(ch);
	steps_add(&ch->steps, mode_run, mode_undo, ch, "set eswitch '%s' to switchdev",
		  ch->conf.eswitch);
	ret = steps_run(&ch->steps, err);
	if (ret && ch->mode_first)
		sw->switchdev_set[0] = 0;
	return ret;
}

static int look(struct change *ch, struct err *err)
{
	const char *handle = ch->conf.eswitch;
	uint16_t mode = DEVLINK_MODE_LEGACY;
	int ret = sw_nic(ch->sw, err);

	if (!ret)
		ret = nic_eswitch_get(&ch->sw->nic, &ch->eswitch, &mode, err);
	if (ret || mode == DEVLINK_MODE_SWITCHDEV)
		return ret;
	if (ch->conf.switchdev)
		return set_mode(ch, err);
	return err_set(err, -EOPNOTSUPP,
		       "use eswitch '%s': it is in %s mode (devlink dev eswitch set %s mode "
		       "switchdev, or say eswitch: {handle: %s, mode: switchdev})",
		       handle, devlink_mode_name(mode), handle, handle);
}

int sw_eswitch_ready(struct change *ch, struct err *err)
{
	struct err why = {0};
	int ret;

	if (!*ch->conf.eswitch || !needed(&ch->conf))
		return 0;
	ret = devlink_handle_parse(ch->conf.eswitch, &ch->eswitch);
	if (!ret)
		ret = look(ch, &why);
	if (!ret)
		return 0;
	if (!ch->follow)
		return err_set(err, ret, "%s", why.text);
	sw_warn(ch, "%s (it is tried again)", why.text); /* as while the card is reset */
	ch->sw->fns_seen = false;
	ch->no_nic = ch->sw->unsettled = true;
	return 0;
}

void sw_eswitch_release(struct sw *sw, struct failures *f)
{
	struct devlink_dev dev;
	struct err err = {0};
	uint16_t mode;
	int ret;

	if (!*sw->switchdev_set || devlink_handle_parse(sw->switchdev_set, &dev))
		return;
	ret = sw_nic(sw, &err);
	if (!ret)
		ret = nic_eswitch_get(&sw->nic, &dev, &mode, &err);
	if (!ret && mode == DEVLINK_MODE_SWITCHDEV) {
		ret = nic_sf_count(&sw->nic, &dev, &err);
		if (ret > 0)
			ret = err_set(&err, -EBUSY,
				      "it has SFs that are not repx's (devlink port show)");
		else if (!ret)
			ret = nic_eswitch_set(&sw->nic, &dev, DEVLINK_MODE_LEGACY, &err);
	}
	failures_add(f, ret, "set eswitch '%s' back to legacy: %s", sw->switchdev_set, err.text);
	if (!ret || ret == -ENODEV)
		sw->switchdev_set[0] = 0;
}
