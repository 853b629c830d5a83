// SPDX-License-Identifier: GPL-2.0-only
/* nictool_nic.c - nictool's commands for the functions of nic.h; see nictool.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nic.h"
#include "nictool.h"

static struct nic nic;
static struct rtnl rtnl;
static unsigned int ticks;

static void tick(void)
{
	ticks++;
}

/* Opened by the first command, so that it can be before the card's driver is loaded. */
static struct nic *the_nic(void)
{
	struct err err = {0};

	nic.tick = tick;
	if (nic.open)
		return &nic;
	if (rtnl_open(&rtnl) || nic_open(&nic, &rtnl, &err)) {
		fprintf(stderr, "nictool: %s\n", err.text);
		exit(1);
	}
	return &nic;
}

void nictool_nic_close(void)
{
	if (!nic.open)
		return;
	nic_close(&nic);
	rtnl_close(&rtnl);
}

/* A failure must have said why, and with the code that it returned. */
static int result(int ret, const struct err *err)
{
	if (ret >= 0)
		return 0;
	printf("%s: %s\n", strerrorname_np(-ret), err->code == ret ? err->text : "NOT SAID");
	return 1;
}

static struct nic_port port_of(char **argv)
{
	return (struct nic_port){.dev = nictool_handle(argv[0]), .index = nictool_number(argv[1])};
}

static struct devlink_sf sf_of(char **argv)
{
	struct devlink_sf sf = {.dev = nictool_handle(argv[0]),
				.pf = (uint16_t)nictool_number(argv[1]),
				.num = nictool_number(argv[2])};

	if (argv[3]) {
		sf.has_controller = true;
		sf.controller = nictool_number(argv[3]);
	}
	return sf;
}

static int run_wait(char **argv)
{
	the_nic()->wait_ms = nictool_number(argv[0]);
	return 0;
}

static int run_ticks(char **argv)
{
	(void)argv;
	printf("%u vdpa %d\n", ticks, the_nic()->vdpa.family >= 0);
	return 0;
}

static int run_eswitch(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]);
	struct err err = {0};
	uint16_t mode;
	int ret;

	if (argv[1])
		return result(
			nic_eswitch_set(the_nic(), &dev, (uint16_t)nictool_number(argv[1]), &err),
			&err);
	ret = nic_eswitch_get(the_nic(), &dev, &mode, &err);
	if (!ret)
		puts(devlink_mode_name(mode));
	return result(ret, &err);
}

static int run_count(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]);
	struct err err = {0};
	int ret = nic_sf_count(the_nic(), &dev, &err);

	if (ret >= 0)
		printf("%d\n", ret);
	return result(ret, &err);
}

static int run_new(char **argv)
{
	struct devlink_sf sf = sf_of(argv);
	struct devlink_port port;
	struct err err = {0};
	bool made;
	int ret = nic_sf_new(the_nic(), &sf, &port, &made, &err);

	if (!ret) {
		printf("%s ", made ? "made" : "found");
		nictool_print_port(&port, NULL);
	}
	return result(ret, &err);
}

static int run_find(char **argv)
{
	struct devlink_sf sf = sf_of(argv);
	struct devlink_port port;
	struct err err = {0};
	int ret = nic_sf_find(the_nic(), &sf, &port, &err);

	if (!ret)
		nictool_print_port(&port, NULL);
	return result(ret, &err);
}

static int run_rep(char **argv)
{
	struct nic_port port = port_of(argv);
	struct rtnl_link link;
	struct err err = {0};
	int ret = nic_rep_wait(the_nic(), &port, &link, &err);

	if (!ret)
		puts(link.name);
	return result(ret, &err);
}

static int run_port(char **argv)
{
	struct nic_port at = port_of(argv);
	struct devlink_port port;
	struct err err = {0};
	int ret = nic_port_get(the_nic(), &at, &port, &err);

	if (!ret)
		nictool_print_port(&port, NULL);
	return result(ret, &err);
}

static int run_fn(char **argv)
{
	struct nic_port port = port_of(argv);
	struct devlink_fn fn = {0};
	struct err err = {0};

	nictool_fn(argv + 2, &fn);
	return result(nic_fn_set(the_nic(), &port, &fn, &err), &err);
}

static int run_attached(char **argv)
{
	struct nic_port port = port_of(argv);
	struct devlink_dev aux;
	struct err err = {0};
	int ret = nic_sf_attached(the_nic(), &port, &aux, &err);

	if (!ret)
		nictool_print_dev(&aux, NULL);
	return result(ret, &err);
}

static int run_stop(char **argv)
{
	struct nic_port port = port_of(argv);
	struct err err = {0};

	return result(nic_sf_stop(the_nic(), &port, &err), &err);
}

static int run_del(char **argv)
{
	struct nic_port port = port_of(argv);
	struct err err = {0};

	return result(nic_sf_del(the_nic(), &port, &err), &err);
}

static int run_params(char **argv)
{
	struct devlink_dev aux = nictool_handle(argv[0]);
	struct nic_params want = {.eth = (int8_t)atoi(argv[1]),
				  .rdma = (int8_t)atoi(argv[2]),
				  .vnet = (int8_t)atoi(argv[3])};
	struct nic_params was;
	struct err err = {0};
	int ret = nic_sf_params(the_nic(), &aux, &want, argv[4] != NULL, &was, &err);

	if (!ret)
		printf("was %d %d %d\n", was.eth, was.rdma, was.vnet);
	return result(ret, &err);
}

static int run_netdev(char **argv)
{
	struct devlink_dev aux = nictool_handle(argv[0]);
	struct rtnl_link link;
	struct err err = {0};
	int ret = nic_sf_netdev(the_nic(), &aux, &link, &err);

	if (!ret)
		puts(link.name);
	return result(ret, &err);
}

static int run_aux(char **argv)
{
	puts(nic_aux_there(the_nic(), argv[0]) ? "there" : "gone");
	return 0;
}

static enum nic_bind bind_of(const char *text)
{
	if (!text || !strcmp(text, "none"))
		return NIC_BIND_NONE;
	return !strcmp(text, "vhost") ? NIC_BIND_VHOST : NIC_BIND_VIRTIO;
}

static int run_make(char **argv)
{
	struct nic_vdpa want = {.name = argv[0], .bind = bind_of(nictool_value(argv + 2, "bind"))};
	struct devlink_dev aux = nictool_handle(argv[1]);
	struct err err = {0};
	bool made;
	int ret;

	nictool_vdpa_config(argv + 2, &want.config);
	ret = nic_vdpa_make(the_nic(), &aux, &want, &made, &err);
	if (!ret)
		puts(made ? "made" : "found");
	return result(ret, &err);
}

static int run_remove(char **argv)
{
	struct err err = {0};

	return result(nic_vdpa_remove(the_nic(), argv[0], &err), &err);
}

static int run_there(char **argv)
{
	puts(nic_vdpa_there(the_nic(), argv[0], bind_of(argv[1])) ? "there" : "not");
	return 0;
}

static int run_user(char **argv)
{
	char user[64];

	nic_vdpa_user(the_nic(), argv[0], user, sizeof(user));
	printf("'%s'\n", user);
	return 0;
}

const struct nictool_command nictool_nic[] = {
	{"nic-wait", 1, run_wait, "MS"},
	{"nic-ticks", 0, run_ticks, ""},
	{"nic-eswitch", 1, run_eswitch, "HANDLE [0|1]"},
	{"nic-count", 1, run_count, "HANDLE"},
	{"nic-new", 3, run_new, "HANDLE PF SFNUM [CONTROLLER]"},
	{"nic-find", 3, run_find, "HANDLE PF SFNUM [CONTROLLER]"},
	{"nic-rep", 2, run_rep, "HANDLE INDEX"},
	{"nic-port", 2, run_port, "HANDLE INDEX"},
	{"nic-fn", 2, run_fn, "HANDLE INDEX [mac M] [roce 0|1] [eqs N] [active 0|1]"},
	{"nic-attached", 2, run_attached, "HANDLE INDEX"},
	{"nic-stop", 2, run_stop, "HANDLE INDEX"},
	{"nic-del", 2, run_del, "HANDLE INDEX"},
	{"nic-params", 4, run_params, "HANDLE ETH RDMA VNET [force]"},
	{"nic-netdev", 1, run_netdev, "HANDLE"},
	{"nic-aux", 1, run_aux, "NAME"},
	{"nic-make", 2, run_make,
	 "NAME HANDLE [mac M] [mtu N] [max_vqp N] [features N] [bind vhost|virtio]"},
	{"nic-remove", 1, run_remove, "NAME"},
	{"nic-there", 1, run_there, "NAME [vhost|virtio]"},
	{"nic-user", 1, run_user, "NAME"},
	{0},
};
