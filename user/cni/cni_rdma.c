// SPDX-License-Identifier: GPL-2.0-only
/* cni_rdma.c - see cni_rdma.h */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "cni_rdma.h"
#include "log.h"
#include "rdma.h"

static int failed(const char *what, const char *dev, const struct rdma *r, int rc,
		  struct cni_err *err)
{
	return cni_fail(err, CNI_E_DEVICE, "rdma dev show, rdma system show tell what there is",
			"%s RDMA device '%.64s': %s", what, dev, nl_why(&r->nl, rc));
}

/* An RDMA socket of the container's. Return: 0, -errno; we are at home again. */
static int open_inside(const struct cni_netns *ns, struct rdma *r)
{
	int rc;

	if (setns(ns->fd, CLONE_NEWNET))
		return -errno;
	rc = rdma_open(r);
	if (setns(ns->home, CLONE_NEWNET))
		_exit(1); /* we must not go on in a container */
	return rc;
}

int cni_rdma_enter(const char *dev, const struct cni_netns *ns, bool say, bool *moved,
		   struct cni_err *err)
{
	bool exclusive = false;
	struct rdma r = {0};
	uint32_t index;
	int rc = rdma_open(&r);

	*moved = false;
	if (!rc)
		rc = rdma_netns_mode(&r, &exclusive);
	if (rc == -EOPNOTSUPP)
		rc = 0;
	if (!rc && exclusive) {
		rc = rdma_dev_index(&r, dev, &index);
		if (!rc)
			rc = rdma_dev_set_netns(&r, index, ns->fd);
		*moved = !rc;
	} else if (!rc && say) {
		log_warn("RDMA device '%s' is not the container's alone: all network namespaces "
			 "share RDMA devices here (rdma system set netns exclusive)",
			 dev);
	}
	if (rc)
		failed("move into the container", dev, &r, rc, err);
	rdma_close(&r);
	return rc ? -1 : 0;
}

int cni_rdma_leave(const char *dev, const struct cni_netns *ns, struct cni_err *err)
{
	struct rdma r = {0};
	uint32_t index;
	int rc = open_inside(ns, &r);

	if (!rc)
		rc = rdma_dev_index(&r, dev, &index);
	if (!rc)
		rc = rdma_dev_set_netns(&r, index, ns->home);
	if (rc == -ENODEV || rc == -ENOENT)
		rc = 0;
	if (rc)
		failed("bring back", dev, &r, rc, err);
	rdma_close(&r);
	return rc ? -1 : 0;
}

bool cni_rdma_inside(const char *dev, const struct cni_netns *ns)
{
	struct rdma r = {0};
	uint32_t index;
	bool inside = !open_inside(ns, &r) && !rdma_dev_index(&r, dev, &index);

	rdma_close(&r);
	return inside;
}
