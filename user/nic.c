// SPDX-License-Identifier: GPL-2.0-only
/* nic.c - sockets, waiting, the eswitch's mode; see nic.h */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nic_int.h"
#include "util.h"

/* The first looks follow each other fast: most things are done in a few ms. */
#define STEP_MS 5
#define STEP_MAX_MS 100

int nic_open(struct nic *nic, struct rtnl *rtnl, struct err *err)
{
	int ret;

	if (nic->open)
		return 0;
	nic->rtnl = rtnl;
	if (!nic->sys)
		nic->sys = "/sys";
	if (!nic->wait_ms)
		nic->wait_ms = NIC_WAIT_MS;
	ret = devlink_open(&nic->dl);
	if (ret)
		return err_set(err, ret, "open a devlink socket: %s", strerror(-ret));
	ret = vdpa_open(&nic->vdpa);
	if (ret) {
		devlink_close(&nic->dl);
		return err_set(err, ret, "open a vDPA socket: %s", strerror(-ret));
	}
	/* without notices waiting takes a little longer, no more */
	if (devlink_watch_open(&nic->watch))
		memset(&nic->watch, 0, sizeof(nic->watch));
	nic->open = true;
	return 0;
}

void nic_close(struct nic *nic)
{
	if (!nic->open)
		return;
	devlink_close(&nic->dl);
	vdpa_close(&nic->vdpa);
	nl_close(&nic->watch);
	memset(&nic->watch, 0, sizeof(nic->watch));
	nic->open = false;
}

int nic_fail(struct err *err, int code, const struct nl *nl, const char *hint, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (hint)
		return err_set(err, code, "%s: %s (%s)", what, nl_why(nl, code), hint);
	return err_set(err, code, "%s: %s", what, nl_why(nl, code));
}

const char *nic_port_text(const struct nic_port *port, char buf[NIC_PORT_TEXT_MAX])
{
	snprintf(buf, NIC_PORT_TEXT_MAX, "%s/%s/%u", port->dev.bus, port->dev.dev, port->index);
	return buf;
}

static int any_event(const struct devlink_event *event, void *data)
{
	(void)event;
	(void)data;
	return 0;
}

/* Takes what notices there are: whatever they say, the next look sees it. */
void nic_drain(struct nic *nic)
{
	if (!nic->watch.sock || !devlink_watch_read(&nic->watch, any_event, NULL))
		return;
	nl_close(&nic->watch);
	memset(&nic->watch, 0, sizeof(nic->watch));
}

static void sleep_or_hear(struct nic *nic, int ms)
{
	struct pollfd fd = {.events = POLLIN};

	if (nic->watch.sock)
		fd.fd = mnl_socket_get_fd(nic->watch.sock);
	poll(&fd, nic->watch.sock ? 1 : 0, ms);
	nic_drain(nic);
	if (nic->tick)
		nic->tick();
}

static int min_step(uint64_t left_ns, int step)
{
	uint64_t left = left_ns / 1000000 + 1;

	return left < (uint64_t)step ? (int)left : step;
}

int nic_wait(struct nic *nic, struct nic_until *until, struct err *err, const char *fmt, ...)
{
	uint64_t end = now_ns() + nic->wait_ms * 1000000ULL, now;
	int step = STEP_MS, ret;
	char what[192];
	va_list ap;

	nic_drain(nic);
	for (;;) {
		now = now_ns(); /* before the look: the last one is not before the end */
		ret = until->look(nic, until, err);
		if (ret)
			return ret < 0 ? ret : 0;
		if (now >= end)
			break;
		sleep_or_hear(nic, min_step(end - now, step));
		step = step * 2 < STEP_MAX_MS ? step * 2 : STEP_MAX_MS;
	}
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(err, -ETIMEDOUT, "%s: %s after %.3g s (%s)", what, until->so,
		       nic->wait_ms / 1000.0, until->hint);
}

/* --- eswitch --- */

static const char *eswitch_hint(int code)
{
	switch (code) {
	case -ENODEV:
		return "devlink dev show lists the devices; one that is being reset comes back";
	case -EOPNOTSUPP:
		return "not a card with an eswitch, or IPsec offload is in the way";
	case -EBUSY:
		return "flow rules or rate nodes hold it: tc filter show, devlink port function "
		       "rate show";
	case -EPERM:
		return "be root";
	default:
		return NULL;
	}
}

int nic_eswitch_get(struct nic *nic, const struct devlink_dev *dev, uint16_t *mode, struct err *err)
{
	int ret = devlink_eswitch_get(&nic->dl, dev, mode);

	if (!ret)
		return 0;
	return nic_fail(err, ret, &nic->dl.nl, eswitch_hint(ret), "get the eswitch mode of '%s/%s'",
			dev->bus, dev->dev);
}

int nic_eswitch_set(struct nic *nic, const struct devlink_dev *dev, uint16_t mode, struct err *err)
{
	int ret = devlink_eswitch_set(&nic->dl, dev, mode);

	if (!ret)
		return 0;
	return nic_fail(err, ret, &nic->dl.nl, eswitch_hint(ret),
			"set the eswitch mode of '%s/%s' to %s", dev->bus, dev->dev,
			devlink_mode_name(mode));
}

static int count_sf(const struct devlink_port *port, void *data)
{
	*(int *)data += port->flavour == DEVLINK_PORT_FLAVOUR_PCI_SF;
	return 0;
}

int nic_sf_count(struct nic *nic, const struct devlink_dev *dev, struct err *err)
{
	int count = 0, ret = devlink_port_walk(&nic->dl, dev, count_sf, &count);

	if (!ret)
		return count;
	return nic_fail(err, ret, &nic->dl.nl, NULL, "list the ports of '%s/%s'", dev->bus,
			dev->dev);
}
