// SPDX-License-Identifier: GPL-2.0-only
/* nic_sf.c - SFs from their making to their end; see nic.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nic_int.h"
#include "sysdev.h"
#include "util.h"

/* --- making and finding --- */

struct sf_search {
	const struct devlink_sf *want;
	struct devlink_port *out;
};

static int is_wanted(const struct devlink_port *port, void *data)
{
	struct sf_search *search = data;
	const struct devlink_sf *want = search->want;

	if (port->flavour != DEVLINK_PORT_FLAVOUR_PCI_SF || port->sf != want->num ||
	    port->pf != want->pf ||
	    port->controller != (want->has_controller ? want->controller : 0))
		return 0;
	*search->out = *port;
	return 1;
}

/* Return: 1 found, 0, -errno. */
static int sf_look(struct nic *nic, const struct devlink_sf *want, struct devlink_port *out,
		   struct err *err)
{
	struct sf_search search = {.want = want, .out = out};
	int ret = devlink_port_walk(&nic->dl, &want->dev, is_wanted, &search);

	if (ret >= 0)
		return ret;
	return nic_fail(err, ret, &nic->dl.nl, NULL, "find SF %u among the ports of '%s/%s'",
			want->num, want->dev.bus, want->dev.dev);
}

int nic_sf_find(struct nic *nic, const struct devlink_sf *want, struct devlink_port *out,
		struct err *err)
{
	int ret = sf_look(nic, want, out, err);

	return ret > 0 ? 0 : ret ? ret : -ENOENT;
}

static const char *new_hint(int code)
{
	switch (code) {
	case -ENODEV:
		return "devlink dev show lists the devices; one that is being reset comes back";
	case -EOPNOTSUPP:
		return "is the eswitch in switchdev mode, is the pf right, does the firmware "
		       "allow SFs?";
	case -EINVAL:
		return "is the controller right? devlink port show lists those there are";
	case -ENOSPC:
		return "the card has no room for another SF: devlink port show; firmware setting "
		       "PF_TOTAL_SF";
	case -EBUSY:
		return "the card is being reset or changes its mode; try again";
	case -EPERM:
		return "be root";
	default:
		return "see dmesg";
	}
}

struct sf_new {
	const struct devlink_sf *want;
	struct devlink_port *out;
	bool made;
};

static int try_new(struct nic *nic, struct nic_until *until, struct err *err)
{
	struct sf_new *new = until->data;
	int ret = devlink_port_new(&nic->dl, new->want, new->out);

	new->made = !ret;
	if (!ret)
		return 1;
	if (ret == -EEXIST) /* not found: its former SF is not let go yet */
		return sf_look(nic, new->want, new->out, err);
	return nic_fail(err, ret, &nic->dl.nl, new_hint(ret), "make SF %u of pf %u on '%s/%s'",
			new->want->num, new->want->pf, new->want->dev.bus, new->want->dev.dev);
}

int nic_sf_new(struct nic *nic, const struct devlink_sf *want, struct devlink_port *out, bool *made,
	       struct err *err)
{
	struct sf_new new = {.want = want, .out = out};
	struct nic_until until = {
		.look = try_new,
		.data = &new,
		.so = "its number is still taken by a former SF",
		.hint = "the firmware does not let go of it: see dmesg, or use another number",
	};
	int ret;

	ret = nic_wait(nic, &until, err, "make SF %u of pf %u on '%s/%s'", want->num, want->pf,
		       want->dev.bus, want->dev.dev);
	if (!ret)
		*made = new.made;
	return ret;
}

/* --- the port --- */

/* What is wrong when a port is asked for something. */
static int port_fail(struct nic *nic, const struct nic_port *port, int code, const char *doing,
		     struct err *err)
{
	char text[NIC_PORT_TEXT_MAX];

	return nic_fail(err, code, &nic->dl.nl,
			code == -ENODEV ? "it went: was it deleted, or the card reset?" : NULL,
			"%s '%s'", doing, nic_port_text(port, text));
}

int nic_port_get(struct nic *nic, const struct nic_port *port, struct devlink_port *out,
		 struct err *err)
{
	int ret = devlink_port_get(&nic->dl, &port->dev, port->index, out);

	return ret ? port_fail(nic, port, ret, "look at devlink port", err) : 0;
}

struct rep_wait {
	const struct nic_port *port;
	struct rtnl_link *out;
};

static int rep_there(struct nic *nic, struct nic_until *until, struct err *err)
{
	struct rep_wait *wait = until->data;
	struct devlink_port port;
	int ret = devlink_port_get(&nic->dl, &wait->port->dev, wait->port->index, &port);

	if (ret)
		return port_fail(nic, wait->port, ret, "wait for the representor of devlink port",
				 err);
	if (!port.ifindex)
		return 0;
	ret = rtnl_link_get_index(nic->rtnl, port.ifindex, wait->out);
	if (!ret)
		return 1;
	if (ret == -ENODEV) /* it went between the two questions */
		return 0;
	return nic_fail(err, ret, &nic->rtnl->route, NULL, "look at representor '%s'", port.netdev);
}

int nic_rep_wait(struct nic *nic, const struct nic_port *port, struct rtnl_link *out,
		 struct err *err)
{
	struct rep_wait wait = {.port = port, .out = out};
	struct nic_until until = {
		.look = rep_there,
		.data = &wait,
		.so = "none",
		.hint = "see dmesg; it may be in another network namespace: devlink port show",
	};
	char text[NIC_PORT_TEXT_MAX];

	return nic_wait(nic, &until, err, "wait for the representor of devlink port '%s'",
			nic_port_text(port, text));
}

/* --- the function --- */

static void fn_text(const struct devlink_fn *fn, char *buf, size_t size)
{
	FILE *f = fmemopen(buf, size, "w");

	buf[0] = 0;
	if (!f)
		return;
	if (fn->has & DEVLINK_FN_HW_ADDR)
		fprintf(f, " hw_addr " MAC_FMT, MAC_ARG(fn->hw_addr));
	if (fn->has & DEVLINK_FN_ROCE)
		fprintf(f, " roce %s", fn->roce ? "enable" : "disable");
	if (fn->has & DEVLINK_FN_MAX_IO_EQS)
		fprintf(f, " max_io_eqs %u", fn->max_io_eqs);
	if (fn->has & DEVLINK_FN_ACTIVE)
		fprintf(f, " state %s", fn->active ? "active" : "inactive");
	fclose(f);
}

static const char *fn_hint(int code)
{
	switch (code) {
	case -ENODEV:
		return "it went: was it deleted, or the card reset?";
	case -EOPNOTSUPP:
		return "the driver does not know one of these, or not for this kind of function";
	case -EINVAL:
		return "more than the card can do, or not while it is active: devlink port show";
	case -EBUSY:
		return "its driver holds it, or the card is being reset; try again";
	case -EPERM:
		return "be root";
	default:
		return "see dmesg";
	}
}

static int fn_fail(struct nic *nic, const struct nic_port *port, const struct devlink_fn *fn,
		   int code, struct err *err)
{
	char set[128], text[NIC_PORT_TEXT_MAX];

	fn_text(fn, set, sizeof(set));
	return nic_fail(err, code, &nic->dl.nl, fn_hint(code), "set%s of devlink port '%s'", set,
			nic_port_text(port, text));
}

struct fn_set {
	const struct nic_port *port;
	const struct devlink_fn *fn;
	int refusals; /* with nothing that would explain them */
};

/* Busy since it was inactive and its driver has not let go: that ends by itself. The
 * opstate is asked for after the refusal, so it may have ended in between. */
static int try_fn(struct nic *nic, struct nic_until *until, struct err *err)
{
	struct fn_set *set = until->data;
	const struct nic_port *at = set->port;
	struct devlink_port port;
	char words[sizeof(nic->dl.nl.extack)];
	int ret = devlink_port_set_fn(&nic->dl, &at->dev, at->index, set->fn);

	if (!ret)
		return 1;
	if (ret != -EBUSY || !(set->fn->has & DEVLINK_FN_ACTIVE) || !set->fn->active)
		return fn_fail(nic, at, set->fn, ret, err);
	str_copy(words, sizeof(words), nic->dl.nl.extack);
	if (!devlink_port_get(&nic->dl, &at->dev, at->index, &port) && !port.fn.active &&
	    port.fn.attached)
		return 0;
	if (!set->refusals++)
		return 0;
	str_copy(nic->dl.nl.extack, sizeof(words), words);
	return fn_fail(nic, at, set->fn, ret, err);
}

int nic_fn_set(struct nic *nic, const struct nic_port *port, const struct devlink_fn *fn,
	       struct err *err)
{
	struct fn_set set = {.port = port, .fn = fn};
	struct nic_until until = {
		.look = try_fn,
		.data = &set,
		.so = "inactive, but still attached",
		.hint = "its driver does not let go of it: see dmesg, devlink port show",
	};
	char text[NIC_PORT_TEXT_MAX];

	return nic_wait(nic, &until, err, "activate the SF of devlink port '%s'",
			nic_port_text(port, text));
}

/* --- the driver --- */

bool nic_aux_there(const struct nic *nic, const char *aux)
{
	char path[SYSDEV_PATH_MAX];

	return aux[0] && aux[0] != '.' && !strchr(aux, '/') &&
	       !sysdev_path(path, nic->sys, "bus/auxiliary/devices/%s", aux) && !access(path, F_OK);
}

struct attach_wait {
	const struct nic_port *port;
	struct devlink_dev *aux;
};

/* Three things come one after the other: the device, its instance, and, told by
 * nobody, the opstate. */
static int is_attached(struct nic *nic, struct nic_until *until, struct err *err)
{
	struct attach_wait *wait = until->data;
	struct devlink_port port;
	struct devlink_dev aux;
	int ret = devlink_port_get(&nic->dl, &wait->port->dev, wait->port->index, &port);

	if (ret)
		return port_fail(nic, wait->port, ret, "wait for the driver of devlink port", err);
	if (port.controller || port.external)
		return err_set(err, -EOPNOTSUPP,
			       "wait for the driver of SF %u of controller %u: it is another "
			       "host's",
			       port.sf, port.controller);
	until->so = !port.fn.active ? "inactive" : "still detached";
	if (!port.fn.active || !port.fn.attached)
		return 0;
	until->so = "attached, but without an auxiliary device";
	if (devlink_aux_of_port(nic->sys, &port, &aux))
		return 0;
	until->so = "its auxiliary device has no driver";
	if (devlink_dev_get(&nic->dl, &aux))
		return 0;
	*wait->aux = aux;
	return 1;
}

int nic_sf_attached(struct nic *nic, const struct nic_port *port, struct devlink_dev *aux,
		    struct err *err)
{
	struct attach_wait wait = {.port = port, .aux = aux};
	struct nic_until until = {
		.look = is_attached,
		.data = &wait,
		.hint = "see dmesg, devlink port show, ls /sys/bus/auxiliary/devices",
	};
	char text[NIC_PORT_TEXT_MAX];

	return nic_wait(nic, &until, err, "wait for the driver of the SF of devlink port '%s'",
			nic_port_text(port, text));
}

struct stop_wait {
	const struct nic_port *port;
	char aux[DEVLINK_NAME_MAX]; /* "": it had none */
	uint32_t num;
};

bool nic_aux_is(const struct nic *nic, const char *aux, uint32_t num)
{
	char path[SYSDEV_PATH_MAX], text[32];

	if (!nic_aux_there(nic, aux))
		return false;
	return sysdev_path(path, nic->sys, "bus/auxiliary/devices/%s/sfnum", aux) ||
	       sysdev_read(path, text, sizeof(text)) || strtoul(text, NULL, 10) == num;
}

static int is_stopped(struct nic *nic, struct nic_until *until, struct err *err)
{
	struct stop_wait *wait = until->data;
	struct devlink_port port;
	int ret = devlink_port_get(&nic->dl, &wait->port->dev, wait->port->index, &port);

	if (ret && ret != -ENODEV)
		return port_fail(nic, wait->port, ret, "wait for the end of the SF of devlink port",
				 err);
	if (!ret && port.fn.attached)
		return 0;
	until->so = "detached, but its auxiliary device is still there";
	return !nic_aux_is(nic, wait->aux, wait->num);
}

int nic_sf_stop(struct nic *nic, const struct nic_port *port, struct err *err)
{
	static const struct devlink_fn off = {.has = DEVLINK_FN_ACTIVE};
	struct stop_wait wait = {.port = port};
	struct nic_until until = {
		.look = is_stopped,
		.data = &wait,
		.so = "still attached",
		.hint = "who uses its netdev, RDMA or vDPA device? see dmesg, devlink port show",
	};
	char text[NIC_PORT_TEXT_MAX];
	struct devlink_port now;
	struct devlink_dev aux;
	int ret;

	ret = devlink_port_get(&nic->dl, &port->dev, port->index, &now);
	if (!ret && !devlink_aux_of_port(nic->sys, &now, &aux))
		str_copy(wait.aux, sizeof(wait.aux), aux.dev);
	if (!ret && now.fn.active)
		ret = devlink_port_set_fn(&nic->dl, &port->dev, port->index, &off);
	if (ret == -ENODEV && !wait.aux[0])
		return 0;
	if (ret && ret != -ENODEV)
		return fn_fail(nic, port, &off, ret, err);
	wait.num = now.sf;
	return nic_wait(nic, &until, err, "stop the SF of devlink port '%s'",
			nic_port_text(port, text));
}

int nic_sf_del(struct nic *nic, const struct nic_port *port, struct err *err)
{
	int ret = devlink_port_del(&nic->dl, &port->dev, port->index);

	return ret && ret != -ENODEV ? port_fail(nic, port, ret, "delete devlink port", err) : 0;
}

/* --- the SF's own netdev --- */

struct netdev_wait {
	const struct devlink_dev *aux;
	struct rtnl_link *out;
};

static int netdev_there(struct nic *nic, struct nic_until *until, struct err *err)
{
	struct netdev_wait *wait = until->data;
	int ret = devlink_netdev_of_aux(&nic->dl, nic->rtnl, nic->sys, wait->aux, wait->out);

	if (!ret)
		return 1;
	if (ret == -ENOENT && nic_aux_there(nic, wait->aux->dev))
		return 0;
	return err_set(err, ret == -ENOENT ? -ENODEV : ret, "wait for the netdev of SF '%s/%s': %s",
		       wait->aux->bus, wait->aux->dev,
		       ret == -ENOENT ? "the SF went" : strerror(-ret));
}

int nic_sf_netdev(struct nic *nic, const struct devlink_dev *aux, struct rtnl_link *out,
		  struct err *err)
{
	struct netdev_wait wait = {.aux = aux, .out = out};
	struct nic_until until = {
		.look = netdev_there,
		.data = &wait,
		.so = "none",
		.hint = "see dmesg; is enable_eth on, is it in another network namespace?",
	};

	return nic_wait(nic, &until, err, "wait for the netdev of SF '%s/%s'", aux->bus, aux->dev);
}
