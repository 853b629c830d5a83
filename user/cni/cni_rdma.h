/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_rdma.h - the RDMA device of an SF, where these belong to network namespaces */
#ifndef REPX_CNI_RDMA_H
#define REPX_CNI_RDMA_H

#include "cni_netns.h"

/**
 * cni_rdma_enter() - the device goes into the container
 * @wanted: it was asked for: then it is said where all namespaces share RDMA devices, and
 *	    one that cannot move is an error
 * @moved: it did
 * Return: 0; -1 with @err.
 */
int cni_rdma_enter(const char *dev, const struct cni_netns *ns, bool wanted, bool *moved,
		   struct cni_err *err);
/* And back; one that is not there any more is fine. */
int cni_rdma_leave(const char *dev, const struct cni_netns *ns, struct cni_err *err);
/* Is it in the container? */
bool cni_rdma_inside(const char *dev, const struct cni_netns *ns);

#endif
