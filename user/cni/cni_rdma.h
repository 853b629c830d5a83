/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_rdma.h - the RDMA device of an SF, where these belong to network namespaces */
#ifndef REPX_CNI_RDMA_H
#define REPX_CNI_RDMA_H

#include "cni_netns.h"

/* May a network namespace have @dev for itself? Return: 1; 0: all of them share RDMA
 * devices; -1 with @err. equal to: rdma system show netns */
int cni_rdma_exclusive(const char *dev, struct cni_err *err);
/* From the host into the container. equal to: rdma dev set DEV netns NAME */
int cni_rdma_enter(const char *dev, const struct cni_netns *ns, struct cni_err *err);
/* And back; one that is not there any more is fine. */
int cni_rdma_leave(const char *dev, const struct cni_netns *ns, struct cni_err *err);
/* Is it in the container? */
bool cni_rdma_inside(const char *dev, const struct cni_netns *ns);

#endif
