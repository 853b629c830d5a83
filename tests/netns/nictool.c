// SPDX-License-Identifier: GPL-2.0-only
/* nictool.c - devlink, vDPA, RDMA, nic and flower functions of repx, one call each, for tests
 *
 *	nictool COMMAND ...	`nictool help` lists them
 *	nictool serve		commands from standard input, one a line; each answer
 *				ends with a line `= STATUS` (starting programs takes
 *				long in an emulated guest)
 *
 * Prints what the call found. A failure prints `ERRNO: the kernel's words` and is
 * status 1; wrong usage is 2.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devlink.h"
#include "nictool.h"
#include "rdma.h"
#include "util.h"
#include "vdpa.h"

static struct devlink dl;
static struct vdpa vdpa;
static struct rdma rdma;
static struct rtnl rtnl;

static int fail(const struct nl *nl, int code)
{
	printf("%s: %s\n", strerrorname_np(-code), nl ? nl_why(nl, code) : "");
	return 1;
}

static int result(const struct nl *nl, int code)
{
	return code ? fail(nl, code) : 0;
}

static int run_devs(char **argv)
{
	(void)argv;
	return result(&dl.nl, devlink_dev_walk(&dl, nictool_print_dev, NULL));
}

static int run_dev(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]);

	return result(&dl.nl, devlink_dev_get(&dl, &dev));
}

static int run_reload(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]);

	return result(&dl.nl, devlink_reload(&dl, &dev));
}

static int run_eswitch(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]);
	uint16_t mode;
	int ret;

	if (argv[1])
		return result(&dl.nl,
			      devlink_eswitch_set(&dl, &dev, (uint16_t)nictool_number(argv[1])));
	ret = devlink_eswitch_get(&dl, &dev, &mode);
	if (!ret)
		puts(devlink_mode_name(mode));
	return result(&dl.nl, ret);
}

static int run_ports(char **argv)
{
	struct devlink_dev dev;

	if (argv[0])
		dev = nictool_handle(argv[0]);
	return result(&dl.nl,
		      devlink_port_walk(&dl, argv[0] ? &dev : NULL, nictool_print_port, NULL));
}

static int run_port(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]);
	struct devlink_port port;
	int ret = devlink_port_get(&dl, &dev, nictool_number(argv[1]), &port);

	if (!ret)
		nictool_print_port(&port, NULL);
	return result(&dl.nl, ret);
}

static int run_new(char **argv)
{
	struct devlink_sf sf = {.dev = nictool_handle(argv[0]),
				.pf = (uint16_t)nictool_number(argv[1]),
				.num = nictool_number(argv[2])};
	struct devlink_port port;
	int ret;

	if (argv[3]) {
		sf.has_controller = true;
		sf.controller = nictool_number(argv[3]);
	}
	ret = devlink_port_new(&dl, &sf, &port);
	if (!ret)
		nictool_print_port(&port, NULL);
	return result(&dl.nl, ret);
}

static int run_del(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]);

	return result(&dl.nl, devlink_port_del(&dl, &dev, nictool_number(argv[1])));
}

static int run_fn(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]);
	struct devlink_fn fn = {0};

	nictool_fn(argv + 2, &fn);
	return result(&dl.nl, devlink_port_set_fn(&dl, &dev, nictool_number(argv[1]), &fn));
}

static int print_param(const struct devlink_dev *dev, const struct devlink_param *param, void *data)
{
	(void)data;
	printf("%s/%s %s %d\n", dev->bus, dev->dev, param->name, param->value);
	return 0;
}

static int run_param(char **argv)
{
	struct devlink_dev dev;
	bool value;
	int ret;

	if (!argv[0])
		return result(&dl.nl, devlink_param_walk(&dl, print_param, NULL));
	if (!argv[1])
		return 2;
	dev = nictool_handle(argv[0]);
	if (argv[2])
		return result(&dl.nl,
			      devlink_param_set(&dl, &dev, argv[1], nictool_number(argv[2])));
	ret = devlink_param_get(&dl, &dev, argv[1], &value);
	if (!ret)
		printf("%d\n", value);
	return result(&dl.nl, ret);
}

static int run_rate(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]);
	struct devlink_rate rate = {0};
	uint32_t index = nictool_number(argv[1]);
	const char *text;
	int ret;

	if ((text = nictool_value(argv + 2, "share"))) {
		rate.has |= DEVLINK_RATE_SHARE;
		rate.tx_share = strtoull(text, NULL, 0);
	}
	if ((text = nictool_value(argv + 2, "max"))) {
		rate.has |= DEVLINK_RATE_MAX;
		rate.tx_max = strtoull(text, NULL, 0);
	}
	if (rate.has)
		return result(&dl.nl, devlink_rate_set(&dl, &dev, index, &rate));
	ret = devlink_rate_get(&dl, &dev, index, &rate);
	if (!ret)
		printf("share %llu max %llu\n", (unsigned long long)rate.tx_share,
		       (unsigned long long)rate.tx_max);
	return result(&dl.nl, ret);
}

static int run_of_netdev(char **argv)
{
	struct devlink_port port;
	struct rtnl_link link;
	int ret = rtnl_link_get(&rtnl, argv[0], &link);

	if (!ret)
		ret = devlink_port_of_netdev(&dl, &rtnl, link.ifindex, &port);
	if (!ret)
		nictool_print_port(&port, NULL);
	return result(NULL, ret);
}

static int run_aux(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[0]), aux;
	struct devlink_port port;
	int ret = devlink_port_get(&dl, &dev, nictool_number(argv[1]), &port);

	if (!ret && argv[2]) /* as on a kernel that does not tell */
		memset(&port.fn.nested, 0, sizeof(port.fn.nested));
	if (!ret)
		ret = devlink_aux_of_port("/sys", &port, &aux);
	if (!ret)
		nictool_print_dev(&aux, NULL);
	return result(NULL, ret);
}

static int run_netdev(char **argv)
{
	struct devlink_dev aux = nictool_handle(argv[0]);
	struct rtnl_link link;
	int ret = devlink_netdev_of_aux(&dl, &rtnl, argv[1] ? argv[1] : "/sys", &aux, &link);

	if (!ret)
		puts(link.name);
	return result(NULL, ret);
}

static int print_event(const struct devlink_event *event, void *data)
{
	static const char *const names[] = {"other",	 "dev",	  "dev-gone", "port",
					    "port-gone", "param", "overrun"};

	(void)data;
	printf("%s %s/%s %u\n", names[event->kind], event->dev.bus, event->dev.dev,
	       event->port.index);
	fflush(stdout);
	return 0;
}

/* Until standard input ends. */
static int run_watch(char **argv)
{
	struct pollfd fds[2] = {{.fd = 0, .events = POLLIN}};
	struct nl nl;
	int ret = devlink_watch_open(&nl);

	(void)argv;
	if (ret)
		return result(NULL, ret);
	fds[1] = (struct pollfd){.fd = mnl_socket_get_fd(nl.sock), .events = POLLIN};
	puts("ready");
	fflush(stdout);
	while (!ret && poll(fds, 2, -1) > 0 && !fds[0].revents)
		ret = devlink_watch_read(&nl, print_event, NULL);
	nl_close(&nl);
	return result(NULL, ret);
}

static void print_features(uint64_t features)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		if (features >> bit & 1)
			printf(" %s", vdpa_feature_name(bit) ? vdpa_feature_name(bit) : "?");
}

static int print_mgmt(const struct vdpa_mgmt *mgmt, void *data)
{
	(void)data;
	printf("%s/%s classes %llu vqs %u features", mgmt->bus, mgmt->dev,
	       (unsigned long long)mgmt->classes, mgmt->max_vqs);
	print_features(mgmt->features);
	putchar('\n');
	return 0;
}

static int run_mgmt(char **argv)
{
	struct devlink_dev dev;
	struct vdpa_mgmt mgmt;
	int ret;

	if (!argv[0])
		return result(&vdpa.nl, vdpa_mgmt_walk(&vdpa, print_mgmt, NULL));
	dev = nictool_handle(argv[0]);
	ret = vdpa_mgmt_get(&vdpa, dev.bus, dev.dev, &mgmt);
	if (!ret)
		print_mgmt(&mgmt, NULL);
	return result(&vdpa.nl, ret);
}

static int run_vdpa_add(char **argv)
{
	struct devlink_dev dev = nictool_handle(argv[1]);
	struct vdpa_config config = {0};

	nictool_vdpa_config(argv + 2, &config);
	return result(&vdpa.nl, vdpa_dev_add(&vdpa, argv[0], dev.bus, dev.dev, &config));
}

static int run_vdpa_del(char **argv)
{
	return result(&vdpa.nl, vdpa_dev_del(&vdpa, argv[0]));
}

static int print_vdpa(const struct vdpa_dev *dev, void *data)
{
	(void)data;
	printf("%s on %s/%s id %u vqs %u size %u\n", dev->name, dev->bus, dev->mgmt, dev->id,
	       dev->max_vqs, dev->max_vq_size);
	return 0;
}

static int run_vdpa(char **argv)
{
	struct vdpa_dev dev;
	int ret;

	if (!argv[0])
		return result(&vdpa.nl, vdpa_dev_walk(&vdpa, print_vdpa, NULL));
	ret = vdpa_dev_get(&vdpa, argv[0], &dev);
	if (!ret)
		print_vdpa(&dev, NULL);
	return result(&vdpa.nl, ret);
}

static int run_vdpa_config(char **argv)
{
	struct vdpa_config c;
	int ret = vdpa_config_get(&vdpa, argv[0], &c);

	if (ret)
		return result(&vdpa.nl, ret);
	if (c.has & VDPA_HAS_MAC)
		printf("mac " MAC_FMT " ", MAC_ARG(c.mac));
	if (c.has & VDPA_HAS_MTU)
		printf("mtu %u ", c.mtu);
	if (c.has & VDPA_HAS_MAX_VQP)
		printf("max_vqp %u ", c.max_vqp);
	if (c.has & VDPA_HAS_STATUS)
		printf("status %u ", c.status);
	printf("features");
	print_features(c.features);
	putchar('\n');
	return 0;
}

static int run_vdpa_bind(char **argv)
{
	struct err err = {0};

	if (!vdpa_bind("/sys", argv[0], strcmp(argv[1], "none") != 0 ? argv[1] : NULL, &err))
		return 0;
	printf("%s: %s\n", strerrorname_np(-err.code), err.text);
	return 1;
}

/* Driver, node or netdev, and whether it is in use. */
static int run_vdpa_where(char **argv)
{
	char driver[64] = "", node[64] = "-";
	struct rtnl_link link = {.name = "-"};
	int ret = vdpa_driver("/sys", argv[0], driver, sizeof(driver));

	if (ret)
		return result(NULL, ret);
	vdpa_node("/sys", argv[0], node, sizeof(node));
	vdpa_netdev(&rtnl, "/sys", argv[0], &link);
	printf("driver %s node %s netdev %s in_use %d\n", driver[0] ? driver : "-", node, link.name,
	       vdpa_in_use("/sys", argv[0]));
	return 0;
}

static int print_rdma(const struct rdma_port *port, void *data)
{
	char parent[64] = "-";

	(void)data;
	rdma_parent("/sys", port->dev, parent, sizeof(parent));
	printf("%s/%u %s netdev %s parent %s\n", port->dev, port->port,
	       rdma_state_name(port->state), port->netdev[0] ? port->netdev : "-", parent);
	return 0;
}

static int run_rdma(char **argv)
{
	(void)argv;
	return result(&rdma.nl, rdma_port_walk(&rdma, print_rdma, NULL));
}

static int run_rdma_mode(char **argv)
{
	bool exclusive;
	int ret = rdma_netns_mode(&rdma, &exclusive);

	(void)argv;
	if (!ret)
		puts(exclusive ? "exclusive" : "shared");
	return result(&rdma.nl, ret);
}

static int run_rdma_netns(char **argv)
{
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC), ret = fd < 0 ? -errno : 0;
	uint32_t index;

	if (!ret)
		ret = rdma_dev_index(&rdma, argv[0], &index);
	if (!ret)
		ret = rdma_dev_set_netns(&rdma, index, fd);
	if (fd >= 0)
		close(fd);
	return result(&rdma.nl, ret);
}

static const struct nictool_command commands[] = {
	{"devs", 0, run_devs, ""},
	{"dev", 1, run_dev, "HANDLE"},
	{"reload", 1, run_reload, "HANDLE"},
	{"eswitch", 1, run_eswitch, "HANDLE [0|1]"},
	{"ports", 0, run_ports, "[HANDLE]"},
	{"port", 2, run_port, "HANDLE INDEX"},
	{"new", 3, run_new, "HANDLE PF SFNUM [CONTROLLER]"},
	{"del", 2, run_del, "HANDLE INDEX"},
	{"fn", 2, run_fn, "HANDLE INDEX [mac M] [roce 0|1] [eqs N] [active 0|1]"},
	{"param", 0, run_param, "[HANDLE NAME [0|1]]"},
	{"rate", 2, run_rate, "HANDLE INDEX [share N] [max N]"},
	{"of-netdev", 1, run_of_netdev, "NAME"},
	{"aux", 2, run_aux, "HANDLE INDEX [sysfs]"},
	{"netdev", 1, run_netdev, "HANDLE [SYS]"},
	{"watch", 0, run_watch, ""},
	{"mgmt", 0, run_mgmt, "[HANDLE]"},
	{"vdpa", 0, run_vdpa, "[NAME]"},
	{"vdpa-add", 2, run_vdpa_add, "NAME HANDLE [mac M] [mtu N] [max_vqp N] [features N]"},
	{"vdpa-del", 1, run_vdpa_del, "NAME"},
	{"vdpa-config", 1, run_vdpa_config, "NAME"},
	{"vdpa-bind", 2, run_vdpa_bind, "NAME DRIVER|none"},
	{"vdpa-where", 1, run_vdpa_where, "NAME"},
	{"rdma", 0, run_rdma, ""},
	{"rdma-mode", 0, run_rdma_mode, ""},
	{"rdma-netns", 2, run_rdma_netns, "DEV PATH"},
	{0},
};

#define WORDS_MAX 24

/* Return: its status; -1: not one of these. */
static int run_of(const struct nictool_command *c, int words, char **argv)
{
	for (; c->name; c++)
		if (!strcmp(c->name, argv[0]) && words > c->words)
			return c->run(argv + 1);
	return -1;
}

static void usage(const struct nictool_command *c)
{
	for (; c->name; c++)
		fprintf(stderr, "nictool %s %s\n", c->name, c->usage);
}

static int run(int words, char **argv)
{
	int rc = words ? run_of(commands, words, argv) : -1;

	if (rc < 0 && words)
		rc = run_of(nictool_nic, words, argv);
	if (rc < 0 && words)
		rc = run_of(nictool_flower, words, argv);
	if (rc >= 0)
		return rc;
	usage(commands);
	usage(nictool_nic);
	usage(nictool_flower);
	return 2;
}

static int serve(void)
{
	char line[512], *words[WORDS_MAX + 1], *word;
	int n;

	while (fgets(line, sizeof(line), stdin)) {
		n = 0;
		for (word = strtok(line, " \n"); word && n < WORDS_MAX; word = strtok(NULL, " \n"))
			words[n++] = word;
		words[n] = NULL;
		printf("= %d\n", run(n, words));
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int rc;

	if (devlink_open(&dl) || vdpa_open(&vdpa) || rdma_open(&rdma) || rtnl_open(&rtnl)) {
		perror("nictool: sockets");
		return 1;
	}
	rc = argc == 2 && !strcmp(argv[1], "serve") ? serve() : run(argc - 1, argv + 1);
	nictool_nic_close();
	nictool_flower_close();
	devlink_close(&dl);
	vdpa_close(&vdpa);
	rdma_close(&rdma);
	rtnl_close(&rtnl);
	return rc;
}
