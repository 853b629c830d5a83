// SPDX-License-Identifier: GPL-2.0-only
/* fltable.c - the flow tables of a vport and the counters of their rules
 *
 * A table holds the rules of one priority and one mask, hashed by masked key. Tables
 * stay until the vport goes. Changes under card->flow_lock, lookup under RCU. What tc
 * is told of counters is up to a second old, as the hardware's are read in bulk.
 */
#include <linux/rhashtable.h>
#include "eswsim.h"

struct esw_table {
	struct list_head list;
	u32 prio;
	struct esw_key mask;
	struct rhashtable rules;
};

static const struct rhashtable_params rule_params = {
	.key_offset = offsetof(struct esw_rule, key),
	.key_len = sizeof(struct esw_key),
	.head_offset = offsetof(struct esw_rule, node),
	.automatic_shrinking = true,
};

static void key_mask(struct esw_key *out, const struct esw_key *key, const struct esw_key *mask)
{
	const unsigned long *k = (const void *)key, *m = (const void *)mask;
	unsigned long *o = (void *)out;
	size_t i;

	BUILD_BUG_ON(sizeof(*key) % sizeof(long));
	for (i = 0; i < sizeof(*key) / sizeof(long); i++)
		o[i] = k[i] & m[i];
}

static struct esw_table *table_get(struct esw_vport *vport, u32 prio, const struct esw_key *mask)
{
	struct esw_table *table, *new;
	struct list_head *at;
	int err;

	list_for_each_entry(table, &vport->tables, list)
		if (table->prio == prio && !memcmp(&table->mask, mask, sizeof(*mask)))
			return table;
	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return ERR_PTR(-ENOMEM);
	new->prio = prio;
	new->mask = *mask;
	err = rhashtable_init(&new->rules, &rule_params);
	if (err) {
		kfree(new);
		return ERR_PTR(err);
	}
	at = &vport->tables;
	list_for_each_entry(table, &vport->tables, list)
		if (table->prio > prio) {
			at = &table->list;
			break;
		}
	list_add_tail_rcu(&new->list, at);
	return new;
}

/* esw_rule_insert - rule->key is the key as matched; it is masked here */
int esw_rule_insert(struct esw_rule *rule, u32 prio, const struct esw_key *mask)
{
	struct esw_card *card = rule->vport->card;
	struct esw_table *table;
	int err;

	table = table_get(rule->vport, prio, mask);
	if (IS_ERR(table))
		return PTR_ERR(table);
	key_mask(&rule->key, &rule->key, mask);
	rule->table = table;
	rule->lastused = jiffies;
	rule->seen_lastused = jiffies;
	err = rhashtable_insert_fast(&table->rules, &rule->node, rule_params);
	if (err)
		return err;
	list_add_tail(&rule->list, &rule->vport->rules);
	list_add_tail(&rule->all, &card->flows);
	hash_add(card->cookies, &rule->by_cookie, rule->cookie);
	card->flow_count++;
	return 0;
}

void esw_rule_remove(struct esw_rule *rule)
{
	rhashtable_remove_fast(&rule->table->rules, &rule->node, rule_params);
	list_del(&rule->list);
	list_del(&rule->all);
	hash_del(&rule->by_cookie);
	rule->vport->card->flow_count--;
	kfree_rcu(rule, rcu);
}

struct esw_rule *esw_rule_lookup(struct esw_vport *vport, const struct esw_key *key)
{
	struct esw_table *table;
	struct esw_rule *rule;
	struct esw_key masked;

	if (READ_ONCE(vport->card->deaf))
		return NULL;
	list_for_each_entry_rcu(table, &vport->tables, list) {
		key_mask(&masked, key, &table->mask);
		rule = rhashtable_lookup(&table->rules, &masked, rule_params);
		if (rule)
			return rule;
	}
	return NULL;
}

/* esw_rules_flush - the vport is unreachable: whatever is left of its rules goes */
void esw_rules_flush(struct esw_vport *vport)
{
	struct esw_card *card = vport->card;
	struct esw_rule *rule, *next;
	struct esw_table *table, *tmp;

	mutex_lock(&card->flow_lock);
	list_for_each_entry_safe(rule, next, &vport->rules, list)
		esw_rule_remove(rule);
	list_for_each_entry_safe(table, tmp, &vport->tables, list) {
		list_del(&table->list);
		rhashtable_destroy(&table->rules);
		kfree(table);
	}
	mutex_unlock(&card->flow_lock);
}

/* esw_counters - the bulk read of all counters, once a second */
void esw_counters(struct work_struct *work)
{
	struct esw_card *card = container_of(work, struct esw_card, counters.work);
	struct esw_rule *rule;

	mutex_lock(&card->flow_lock);
	list_for_each_entry(rule, &card->flows, all) {
		rule->seen_packets = atomic64_read(&rule->packets);
		rule->seen_bytes = atomic64_read(&rule->bytes);
		rule->seen_lastused = READ_ONCE(rule->lastused);
	}
	mutex_unlock(&card->flow_lock);
	schedule_delayed_work(&card->counters, ESW_STATS_PERIOD);
}
