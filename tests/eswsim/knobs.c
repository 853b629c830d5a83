// SPDX-License-Identifier: GPL-2.0-only
/* knobs.c - debugfs: faults, delays, table sizes, reset, what the hardware holds
 *
 *	/sys/kernel/debug/eswsim/DEVICE/
 *		ops/OPERATION/{errno,after,times,delay_ms,calls}
 *		deaf		rules are taken and not obeyed
 *		max_sfs max_flows max_eqs max_vqp speed_mbps
 *		ecpf ignore_flow_level reset_keep
 *		reset		written: the card resets
 *		kick		written: the next event of each function happens now,
 *				whatever its delay
 *		sfs flows	what is there
 */
#include <linux/delay.h>
#include <linux/seq_file.h>
#include "eswsim.h"

static struct dentry *esw_debugfs;

static const char *const esw_op_names[] = {
#define X(name) #name,
	ESW_OPS(X)
#undef X
};

/* esw_op - the fault and delay of an operation: 0 or the errno asked for */
int esw_op(struct esw_card *card, enum esw_op op, struct netlink_ext_ack *extack)
{
	struct esw_knob *knob = &card->knob[op];

	knob->calls++;
	if (knob->delay_ms)
		msleep(knob->delay_ms);
	if (!knob->errno)
		return 0;
	if (knob->after) {
		knob->after--;
		return 0;
	}
	NL_SET_ERR_MSG_FMT_MOD(extack, "injected fault in %s", esw_op_names[op]);
	if (knob->times && !--knob->times) {
		int err = -(int)knob->errno;

		knob->errno = 0;
		return err;
	}
	return -(int)knob->errno;
}

/* esw_op_delay - the delay of something that happens by itself, in jiffies */
unsigned long esw_op_delay(struct esw_card *card, enum esw_op op)
{
	return msecs_to_jiffies(card->knob[op].delay_ms);
}

static const char *const esw_event_names[] = {"none", "attach", "opstate", "detach"};

static int sfs_show(struct seq_file *seq, void *v)
{
	struct esw_card *card = seq->private;
	struct esw_sf *sf;

	devl_lock(card->devlink);
	list_for_each_entry(sf, &card->sfs, list) {
		seq_printf(seq, "vport %u controller %u sfnum %u state %s next %s", sf->vport.id,
			   sf->vport.controller, sf->vport.num, esw_sf_state_name(sf),
			   esw_event_names[sf->event]);
		seq_printf(seq, " pending_delete %d roce %d max_io_eqs %u aux %s mac %pM\n",
			   sf->pending_delete, sf->vport.roce, sf->vport.max_io_eqs,
			   sf->sfdev ? dev_name(&sf->sfdev->adev.dev) : "-", sf->vport.hw_addr);
	}
	devl_unlock(card->devlink);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sfs);

static int flows_show(struct seq_file *seq, void *v)
{
	struct esw_card *card = seq->private;
	struct esw_rule *rule;

	mutex_lock(&card->flow_lock);
	seq_printf(seq, "rules %u\n", card->flow_count);
	list_for_each_entry(rule, &card->flows, all)
		seq_printf(seq, "vport %u cookie %lx packets %lld bytes %lld\n", rule->vport->id,
			   rule->cookie, atomic64_read(&rule->packets),
			   atomic64_read(&rule->bytes));
	mutex_unlock(&card->flow_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(flows);

static int reset_set(void *data, u64 val)
{
	esw_card_reset(data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(reset_fops, NULL, reset_set, "%llu\n");

static int kick_set(void *data, u64 val)
{
	esw_sf_kick(data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(kick_fops, NULL, kick_set, "%llu\n");

static void knobs_ops(struct esw_card *card)
{
	struct dentry *ops = debugfs_create_dir("ops", card->debugfs);
	int i;

	for (i = 0; i < ESW_OP_MAX; i++) {
		struct dentry *dir = debugfs_create_dir(esw_op_names[i], ops);
		struct esw_knob *knob = &card->knob[i];

		debugfs_create_u32("errno", 0600, dir, &knob->errno);
		debugfs_create_u32("after", 0600, dir, &knob->after);
		debugfs_create_u32("times", 0600, dir, &knob->times);
		debugfs_create_u32("delay_ms", 0600, dir, &knob->delay_ms);
		debugfs_create_u32("calls", 0600, dir, &knob->calls);
	}
}

void esw_knobs_init(struct esw_card *card)
{
	struct dentry *dir;

	card->max_sfs = 1024;
	card->max_flows = 65536;
	card->max_eqs = 128;
	card->max_vqp = 8;
	card->speed_mbps = 100000;
	card->knob[ESW_OP_attach].delay_ms = 20;
	card->knob[ESW_OP_opstate].delay_ms = 40;
	card->knob[ESW_OP_detach].delay_ms = 40;
	card->knob[ESW_OP_reset].delay_ms = 300;
	dir = debugfs_create_dir(dev_name(card->dev), esw_debugfs);
	card->debugfs = dir;
	debugfs_create_u32("max_sfs", 0600, dir, &card->max_sfs);
	debugfs_create_u32("max_flows", 0600, dir, &card->max_flows);
	debugfs_create_bool("deaf", 0600, dir, &card->deaf);
	debugfs_create_u32("max_eqs", 0600, dir, &card->max_eqs);
	debugfs_create_u32("max_vqp", 0600, dir, &card->max_vqp);
	debugfs_create_u32("speed_mbps", 0600, dir, &card->speed_mbps);
	debugfs_create_bool("ecpf", 0600, dir, &card->ecpf);
	debugfs_create_bool("ignore_flow_level", 0600, dir, &card->ignore_flow_level);
	debugfs_create_bool("reset_keep", 0600, dir, &card->reset_keep);
	debugfs_create_file("reset", 0200, dir, card, &reset_fops);
	debugfs_create_file("kick", 0200, dir, card, &kick_fops);
	debugfs_create_file("sfs", 0400, dir, card, &sfs_fops);
	debugfs_create_file("flows", 0400, dir, card, &flows_fops);
	knobs_ops(card);
}

void esw_knobs_done(struct esw_card *card)
{
	debugfs_remove_recursive(card->debugfs);
}

int esw_knobs_module_init(void)
{
	esw_debugfs = debugfs_create_dir("eswsim", NULL);
	return 0;
}

void esw_knobs_module_done(void)
{
	debugfs_remove_recursive(esw_debugfs);
}
