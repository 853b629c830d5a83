/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_attach.h - one attachment: a container's interface on a network, and its record
 *
 * The record says what there may be: {state: adding|done, network, containerID, ifname,
 * netns, args, path, port, socket, device, deviceInfo, conf}, and once it is done {mac,
 * promised, index, result}: what CHECK compares with. leased: false when IPAM gave nothing.
 */
#ifndef REPX_CNI_ATTACH_H
#define REPX_CNI_ATTACH_H

#include "cni_dev.h"
#include "cni_ipam.h"
#include "cni_store.h"

/* The verbs. @out: the result to print (new reference), or NULL: nothing is printed. */
int cni_add(const struct cni_call *call, json_t **out, struct cni_err *err);
int cni_del(const struct cni_call *call, struct cni_err *err);
int cni_check(const struct cni_call *call, struct cni_err *err);
int cni_status(const struct cni_call *call, struct cni_err *err);
int cni_gc(const struct cni_call *call, struct cni_err *err);

/* The record of an ADD that begins. Return: new reference. */
json_t *cni_attach_record(const struct cni_call *call, const struct cni_dev *dev);
const char *cni_attach_text(const json_t *record, const char *key);

/**
 * cni_attach_undo() - takes away all that @record speaks of, and then the record
 * What is gone already is fine. Goes on after failures; the record stays then, so that it
 * can be repeated. @call: who asks, for the IPAM plugin.
 */
int cni_attach_undo(const struct cni_store *store, const json_t *record,
		    const struct cni_call *call, struct cni_err *err);

/* What CHECK compares of port.show. Return: new reference. */
json_t *cni_attach_promise(const json_t *shown);

#endif
