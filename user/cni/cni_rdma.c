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

static int set_netns(struct rdma *r, const char *dev, int netns_fd)
{
	uint32_t index;
	int rc = rdma_dev_index(r, dev, &index);

	return rc ? rc : rdma_dev_set_netns(r, index, netns_fd);
}

/* Return: 0, *moved; -errno. */
static int enter(struct rdma *r, const char *dev, const struct cni_netns *ns, bool wanted,
		 bool *moved)
{
	bool exclusive = false;
	int rc = rdma_netns_mode(r, &exclusive);

	if (rc && rc != -EOPNOTSUPP)
		return rc;
	if (!exclusive) {
		if (wanted)
			log_warn("RDMA device '%s' is not the container's alone: all network "
				 "namespaces share RDMA devices here (rdma system set netns "
				 "exclusive)",
				 dev);
		return 0;
	}
	rc = set_netns(r, dev, ns->fd);
	*moved = !rc;
	return rc;
}

int cni_rdma_enter(const char *dev, const struct cni_netns *ns, bool wanted, bool *moved,
		   struct cni_err *err)
{
	struct rdma r = {0};
	int rc = rdma_open(&r);

	*moved = false;
	if (!rc)
		rc = enter(&r, dev, ns, wanted, moved);
	if (rc && wanted)
		failed("move into the container", dev, &r, rc, err);
	else if (rc)
		log_warn("RDMA device '%s' stays on the host: %s", dev, nl_why(&r.nl, rc));
	rdma_close(&r);
	return rc && wanted ? -1 : 0;
}

int cni_rdma_leave(const char *dev, const struct cni_netns *ns, struct cni_err *err)
{
	struct rdma r = {0};
	int rc = open_inside(ns, &r);

	if (!rc)
		rc = set_netns(&r, dev, ns->home);
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
