/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_store.h - what ADD promised: DATADIR/NETWORK/CONTAINERID-IFNAME.json
 *
 * A record is there before anything is made, so whoever comes after a crash knows what
 * there may be. One call at a time works on an attachment; GC has the network to itself.
 */
#ifndef REPX_CNI_STORE_H
#define REPX_CNI_STORE_H

#include "cni_conf.h"

struct cni_store {
	int dir, lock;
	char path[512]; /* of the network */
	const char *container, *ifname;
};

/* Longest wait for another call on the same attachment. */
#define CNI_LOCK_SECONDS 60

/**
 * cni_store_open() - the network's folder, and the lock of one attachment
 * @env: with container "": of all (GC)
 * Return: 0; -1 with @err.
 */
int cni_store_open(struct cni_store *s, const struct cni_conf *conf, const struct cni_env *env,
		   struct cni_err *err);
void cni_store_close(struct cni_store *s); /* takes one that failed to open */

/* Return: the record (new reference), or NULL: none, or one that cannot be read. */
json_t *cni_store_load(const struct cni_store *s);
/* Writes it whole or not at all. */
int cni_store_save(const struct cni_store *s, const json_t *record, struct cni_err *err);
/* Gone, whether it was there or not. */
int cni_store_remove(const struct cni_store *s, struct cni_err *err);
/* Each record of the network; @cb may remove it. */
int cni_store_walk(const struct cni_store *s, int (*cb)(json_t *record, void *data), void *data);

#endif
