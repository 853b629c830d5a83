// SPDX-License-Identifier: GPL-2.0-only
/* sw_fn_do.c - one function brought up and taken down, by its record
 *
 * Up is in two halves, so that many functions start at once and are waited for
 * together: sw_fn_start() sets all of it in one message, the state last;
 * sw_fn_finish() waits for the driver, sets what it is to offer, makes the vDPA
 * device. Down takes away what repx made and puts back what it changed.
 */
#include <errno.h>
#include <string.h>

#include "sw_int.h"
#include "util.h"

static const enum nic_bind binds[] = {[CONF_BIND_NONE] = NIC_BIND_NONE,
				      [CONF_BIND_VHOST] = NIC_BIND_VHOST,
				      [CONF_BIND_VIRTIO] = NIC_BIND_VIRTIO};

/* Another host's function: its driver and devices are not to be seen from here. */
static bool elsewhere(const struct sw_fn *rec)
{
	return rec->has_controller && rec->controller;
}

static bool mac_given(const uint8_t mac[6])
{
	static const uint8_t zero[6];

	return memcmp(mac, zero, sizeof(zero)) != 0;
}

/* What the file gives and the port does not have. */
static struct devlink_fn differing(const struct conf_fn *want, const struct devlink_fn *now)
{
	struct devlink_fn fn = {0};

	if (mac_given(want->mac) && memcmp(want->mac, now->hw_addr, sizeof(want->mac))) {
		fn.has |= DEVLINK_FN_HW_ADDR;
		memcpy(fn.hw_addr, want->mac, sizeof(fn.hw_addr));
	}
	if (want->kind != CONF_FN_SF)
		return fn;
	if (want->roce != CONF_NOT_GIVEN && (bool)want->roce != now->roce) {
		fn.has |= DEVLINK_FN_ROCE;
		fn.roce = want->roce;
	}
	if (want->max_io_eqs && want->max_io_eqs != now->max_io_eqs) {
		fn.has |= DEVLINK_FN_MAX_IO_EQS;
		fn.max_io_eqs = want->max_io_eqs;
	}
	if (!now->active) {
		fn.has |= DEVLINK_FN_ACTIVE;
		fn.active = true;
	}
	return fn;
}

static struct nic_params params_wanted(const struct conf_port *conf, const struct sw_fn *rec)
{
	return (struct nic_params){
		.eth = conf->fn.eth,
		.rdma = conf->fn.rdma,
		.vnet = conf->vdpa.on ? 1
			: *rec->vdpa  ? 0
				      : -1,
	};
}

/* What a running SF of somebody else's has now of what the file gives. */
static void look_at_params(struct nic *nic, const struct conf_port *conf,
			   const struct devlink_port *port, struct sw_fn *rec)
{
	struct nic_params want = params_wanted(conf, rec);
	const struct {
		const char *name;
		int8_t want, *was;
	} rows[] = {{"enable_eth", want.eth, &rec->was_params.eth},
		    {"enable_rdma", want.rdma, &rec->was_params.rdma},
		    {"enable_vnet", want.vnet, &rec->was_params.vnet}};
	struct devlink_dev aux;
	bool value;

	if (!port->fn.active || devlink_aux_of_port(nic->sys, port, &aux))
		return;
	str_copy(rec->aux, sizeof(rec->aux), aux.dev);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].want >= 0 && *rows[i].was < 0 &&
		    !devlink_param_get(&nic->dl, &aux, rows[i].name, &value) &&
		    value != rows[i].want)
			*rows[i].was = value;
}

/* What is known already was there first. */
static void add_was(struct devlink_fn *was, uint32_t has, const struct devlink_fn *now)
{
	has &= now->has & ~was->has;
	if (has & DEVLINK_FN_HW_ADDR)
		memcpy(was->hw_addr, now->hw_addr, sizeof(was->hw_addr));
	if (has & DEVLINK_FN_ROCE)
		was->roce = now->roce;
	if (has & DEVLINK_FN_MAX_IO_EQS)
		was->max_io_eqs = now->max_io_eqs;
	was->has |= has;
}

int sw_fn_look(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec, struct err *err)
{
	struct devlink_port port;
	int ret = nic_port_get(nic, &rec->port, &port, err);

	if (ret)
		return ret;
	add_was(&rec->was, differing(&conf->fn, &port.fn).has, &port.fn);
	if (conf->fn.kind == CONF_FN_SF && !elsewhere(rec))
		look_at_params(nic, conf, &port, rec);
	return 0;
}

int sw_fn_start(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec, bool again,
		bool *ran, struct err *err)
{
	struct devlink_port port;
	struct devlink_fn fn;
	int ret = nic_port_get(nic, &rec->port, &port, err);

	if (ret)
		return ret;
	fn = differing(&conf->fn, &port.fn);
	/* a driver that runs learns of its address when it starts anew */
	*ran = port.fn.active && (again || fn.has & DEVLINK_FN_HW_ADDR);
	rec->ready = false;
	return nic_fn_set(nic, &rec->port, &fn, err);
}

static int make_vdpa(struct nic *nic, const struct conf_vdpa *conf, const struct devlink_dev *aux,
		     struct sw_fn *rec, struct err *err)
{
	struct nic_vdpa want = {.name = conf->name, .bind = binds[conf->bind]};
	bool made, ours = rec->vdpa_made && !strcmp(rec->vdpa, conf->name);
	int ret;

	if (mac_given(conf->mac)) {
		want.config.has |= VDPA_HAS_MAC;
		memcpy(want.config.mac, conf->mac, sizeof(conf->mac));
	}
	if (conf->mtu)
		want.config.has |= VDPA_HAS_MTU;
	if (conf->max_vqp)
		want.config.has |= VDPA_HAS_MAX_VQP;
	if (conf->features)
		want.config.has |= VDPA_HAS_FEATURES;
	want.config.mtu = conf->mtu;
	want.config.max_vqp = conf->max_vqp;
	want.config.features = conf->features;
	ret = nic_vdpa_make(nic, aux, &want, &made, err);
	if (ret)
		return ret;
	str_copy(rec->vdpa, sizeof(rec->vdpa), conf->name);
	rec->vdpa_made = made || ours; /* ours: made before a crash */
	return 0;
}

int sw_fn_finish(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec, bool ran,
		 struct err *err)
{
	struct nic_params want = params_wanted(conf, rec);
	struct devlink_dev aux;
	struct rtnl_link netdev;
	int ret;

	if (conf->fn.kind != CONF_FN_SF || elsewhere(rec)) {
		rec->ready = true;
		return 0;
	}
	ret = nic_sf_attached(nic, &rec->port, &aux, err);
	if (ret)
		return ret;
	str_copy(rec->aux, sizeof(rec->aux), aux.dev);
	if (ran || want.eth >= 0 || want.rdma >= 0 || want.vnet >= 0)
		ret = nic_sf_params(nic, &aux, &want, ran, NULL, err);
	if (!ret && conf->fn.eth == 1)
		ret = nic_sf_netdev(nic, &aux, &netdev, err);
	if (!ret && conf->vdpa.on)
		ret = make_vdpa(nic, &conf->vdpa, &aux, rec, err);
	if (!ret)
		rec->ready = true;
	return ret;
}

int sw_fn_make_vdpa(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec,
		    struct err *err)
{
	struct devlink_dev aux = {.bus = "auxiliary"};

	str_copy(aux.dev, sizeof(aux.dev), rec->aux);
	return make_vdpa(nic, &conf->vdpa, &aux, rec, err);
}

void sw_fn_look_vdpa(struct nic *nic, const struct conf_port *conf, struct sw_fn *rec)
{
	char now[VDPA_NAME_MAX];

	if (rec->vdpa_made || rec->vdpa_was >= 0 || conf->vdpa.bind == CONF_BIND_NONE ||
	    nic_vdpa_there(nic, rec->vdpa, binds[conf->vdpa.bind]) ||
	    vdpa_driver(nic->sys, rec->vdpa, now, sizeof(now)))
		return;
	rec->vdpa_was = !strcmp(now, VDPA_DRIVER_VHOST)	   ? NIC_BIND_VHOST
			: !strcmp(now, VDPA_DRIVER_VIRTIO) ? NIC_BIND_VIRTIO
							   : NIC_BIND_NONE;
}

bool sw_fn_drops_vdpa(const struct sw_fn *rec)
{
	return *rec->vdpa && (rec->vdpa_made || rec->vdpa_was >= 0);
}

int sw_fn_drop_vdpa(struct nic *nic, struct sw_fn *rec, struct err *err)
{
	static const char *const drivers[] = {[NIC_BIND_NONE] = NULL,
					      [NIC_BIND_VHOST] = VDPA_DRIVER_VHOST,
					      [NIC_BIND_VIRTIO] = VDPA_DRIVER_VIRTIO};

	if (!sw_fn_drops_vdpa(rec))
		return 0;
	if (rec->vdpa_made)
		return nic_vdpa_remove(nic, rec->vdpa, err);
	if (!nic_vdpa_there(nic, rec->vdpa, NIC_BIND_NONE))
		return 0;
	return vdpa_bind(nic->sys, rec->vdpa, drivers[rec->vdpa_was], err);
}

bool sw_fn_known(const struct sw_fn *rec)
{
	return *rec->port.dev.dev && rec->port.index != SW_FN_UNKNOWN;
}

bool sw_fn_stops(const struct sw_fn *rec)
{
	return rec->kind == CONF_FN_SF && (rec->made || rec->was.has & DEVLINK_FN_ACTIVE);
}

int sw_fn_quiet(struct nic *nic, const struct sw_fn *rec, struct err *err)
{
	struct devlink_fn fn = {.has = DEVLINK_FN_ACTIVE};
	int ret = 0;

	if (sw_fn_stops(rec) && sw_fn_known(rec))
		ret = nic_fn_set(nic, &rec->port, &fn, err);
	return ret == -ENODEV ? 0 : ret;
}

static int restore_params(struct nic *nic, const struct sw_fn *rec, struct err *err)
{
	const struct nic_params *was = &rec->was_params;
	struct devlink_dev aux = {.bus = "auxiliary"};
	bool address = rec->was.has & DEVLINK_FN_HW_ADDR;

	if (!address && was->eth < 0 && was->rdma < 0 && was->vnet < 0)
		return 0;
	if (!nic_aux_is(nic, rec->aux, rec->num))
		return 0;
	str_copy(aux.dev, sizeof(aux.dev), rec->aux);
	return nic_sf_params(nic, &aux, was, address, NULL, err);
}

static int restore_fn(struct nic *nic, const struct sw_fn *rec, struct err *err)
{
	struct devlink_fn was = rec->was;
	int ret;

	was.has &= ~(DEVLINK_FN_ACTIVE | DEVLINK_FN_ATTACHED);
	if (!was.has)
		return 0;
	ret = nic_fn_set(nic, &rec->port, &was, err);
	return ret == -ENODEV ? 0 : ret;
}

int sw_fn_stop(struct nic *nic, struct sw_fn *rec, struct err *err)
{
	int ret = 0;

	if (rec->kind == CONF_FN_NONE || !sw_fn_known(rec))
		return 0;
	rec->ready = false;
	if (sw_fn_stops(rec))
		ret = nic_sf_stop(nic, &rec->port, err);
	if (!ret && !rec->made)
		ret = restore_fn(nic, rec, err);
	if (!ret && !sw_fn_stops(rec)) /* the driver learns of both when it starts anew */
		ret = restore_params(nic, rec, err);
	return ret;
}

int sw_fn_delete(struct nic *nic, struct sw_fn *rec, struct err *err)
{
	struct devlink_sf sf = {.dev = rec->port.dev, .pf = rec->pf, .num = rec->num};
	struct devlink_port port;
	int ret;

	if (!rec->made || !*rec->port.dev.dev)
		return 0;
	if (rec->port.index == SW_FN_UNKNOWN) { /* killed before the answer came */
		sf.has_controller = rec->has_controller;
		sf.controller = rec->controller;
		ret = nic_sf_find(nic, &sf, &port, err);
		if (ret)
			return ret == -ENOENT || ret == -ENODEV ? 0 : ret;
		rec->port.index = port.index;
	}
	return nic_sf_del(nic, &rec->port, err);
}
