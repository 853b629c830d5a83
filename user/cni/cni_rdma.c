// SPDX-License-Identifier: GPL-2.0-only
/* cni_rdma.c - see cni_rdma.h */
#include <errno.h>

#include "cni_rdma.h"
#include "rdma.h"

static int failed(const char *what, const char *dev, const struct rdma *r, int rc,
		  struct cni_err *err)
{
	return cni_fail(err, CNI_E_DEVICE, "rdma dev show, rdma system show tell what there is",
			"%s RDMA device '%.64s': %s", what, dev, nl_why(&r->nl, rc));
}

int cni_rdma_exclusive(const char *dev, struct cni_err *err)
{
	struct rdma r = {0};
	bool exclusive = false;
	int rc = rdma_open(&r);

	if (!rc)
		rc = rdma_netns_mode(&r, &exclusive);
	if (rc == -EOPNOTSUPP) /* a kernel that knows only shared ones */
		rc = 0;
	if (rc)
		failed("ask whose is", dev, &r, rc, err);
	rdma_close(&r);
	return rc ? -1 : exclusive;
}

int cni_rdma_enter(const char *dev, const struct cni_netns *ns, struct cni_err *err)
{
	struct rdma r = {0};
	uint32_t index;
	int rc = rdma_open(&r);

	if (!rc)
		rc = rdma_dev_index(&r, dev, &index);
	if (!rc)
		rc = rdma_dev_set_netns(&r, index, ns->fd);
	if (rc)
		failed("move into the container", dev, &r, rc, err);
	rdma_close(&r);
	return rc ? -1 : 0;
}

/* Where the process is, besides its socket, is what the kernel goes by. */
static int leave_from_there(const char *dev, int home, struct cni_err *err)
{
	struct rdma r = {0};
	uint32_t index;
	int rc = rdma_open(&r);

	if (!rc)
		rc = rdma_dev_index(&r, dev, &index);
	if (rc == -ENODEV || rc == -ENOENT)
		rc = 0;
	else if (!rc)
		rc = rdma_dev_set_netns(&r, index, home);
	if (rc)
		failed("bring back", dev, &r, rc, err);
	rdma_close(&r);
	return rc ? -1 : 0;
}

int cni_rdma_leave(const char *dev, const struct cni_netns *ns, struct cni_err *err)
{
	int rc;

	if (cni_netns_enter(ns))
		return 0; /* the kernel brought it back */
	rc = leave_from_there(dev, ns->home, err);
	cni_netns_leave(ns);
	return rc;
}

bool cni_rdma_inside(const char *dev, const struct cni_netns *ns)
{
	struct rdma r = {0};
	uint32_t index;
	bool inside;

	if (cni_netns_enter(ns))
		return false;
	inside = !rdma_open(&r) && !rdma_dev_index(&r, dev, &index);
	cni_netns_leave(ns);
	rdma_close(&r);
	return inside;
}
