// SPDX-License-Identifier: GPL-2.0-only
/* nictool_word.c - words of nictool's commands, and its answers; see nictool.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nictool.h"
#include "util.h"
#include "vdpa.h"

struct devlink_dev nictool_handle(const char *text)
{
	struct devlink_dev dev = {0};

	if (devlink_handle_parse(text, &dev)) {
		fprintf(stderr, "nictool: '%s' is no handle\n", text);
		exit(2);
	}
	return dev;
}

uint32_t nictool_number(const char *text)
{
	return (uint32_t)strtoul(text, NULL, 0);
}

void nictool_mac(const char *text, uint8_t mac[6])
{
	if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &mac[0], &mac[1], &mac[2], &mac[3],
		   &mac[4], &mac[5]) == 6)
		return;
	fprintf(stderr, "nictool: '%s' is no MAC\n", text);
	exit(2);
}

const char *nictool_value(char **argv, const char *key)
{
	for (; argv[0] && argv[1]; argv += 2)
		if (!strcmp(argv[0], key))
			return argv[1];
	return NULL;
}

void nictool_fn(char **argv, struct devlink_fn *fn)
{
	const char *text;

	if ((text = nictool_value(argv, "mac"))) {
		fn->has |= DEVLINK_FN_HW_ADDR;
		nictool_mac(text, fn->hw_addr);
	}
	if ((text = nictool_value(argv, "roce"))) {
		fn->has |= DEVLINK_FN_ROCE;
		fn->roce = nictool_number(text);
	}
	if ((text = nictool_value(argv, "eqs"))) {
		fn->has |= DEVLINK_FN_MAX_IO_EQS;
		fn->max_io_eqs = nictool_number(text);
	}
	if ((text = nictool_value(argv, "active"))) {
		fn->has |= DEVLINK_FN_ACTIVE;
		fn->active = nictool_number(text);
	}
}

void nictool_vdpa_config(char **argv, struct vdpa_config *config)
{
	const char *text;

	if ((text = nictool_value(argv, "mac"))) {
		config->has |= VDPA_HAS_MAC;
		nictool_mac(text, config->mac);
	}
	if ((text = nictool_value(argv, "mtu"))) {
		config->has |= VDPA_HAS_MTU;
		config->mtu = (uint16_t)nictool_number(text);
	}
	if ((text = nictool_value(argv, "max_vqp"))) {
		config->has |= VDPA_HAS_MAX_VQP;
		config->max_vqp = (uint16_t)nictool_number(text);
	}
	if ((text = nictool_value(argv, "features"))) {
		config->has |= VDPA_HAS_FEATURES;
		config->features = strtoull(text, NULL, 0);
	}
}

static void print_fn(const struct devlink_fn *fn)
{
	if (fn->has & DEVLINK_FN_HW_ADDR)
		printf(" mac " MAC_FMT, MAC_ARG(fn->hw_addr));
	if (fn->has & DEVLINK_FN_ACTIVE)
		printf(" %s", fn->active ? "active" : "inactive");
	if (fn->has & DEVLINK_FN_ATTACHED)
		printf(" %s", fn->attached ? "attached" : "detached");
	if (fn->has & DEVLINK_FN_ROCE)
		printf(" roce %d", fn->roce);
	if (fn->has & DEVLINK_FN_MAX_IO_EQS)
		printf(" eqs %u", fn->max_io_eqs);
	if (fn->nested.dev[0])
		printf(" nested %s/%s", fn->nested.bus, fn->nested.dev);
}

int nictool_print_port(const struct devlink_port *p, void *data)
{
	(void)data;
	printf("%s/%s/%u flavour %u netdev %s", p->dev.bus, p->dev.dev, p->index, p->flavour,
	       p->netdev[0] ? p->netdev : "-");
	if (p->has & DEVLINK_PORT_PF)
		printf(" pf %u", p->pf);
	if (p->has & DEVLINK_PORT_VF)
		printf(" vf %u", p->vf);
	if (p->has & DEVLINK_PORT_SF)
		printf(" sf %u", p->sf);
	print_fn(&p->fn);
	putchar('\n');
	return 0;
}

int nictool_print_dev(const struct devlink_dev *dev, void *data)
{
	(void)data;
	printf("%s/%s\n", dev->bus, dev->dev);
	return 0;
}
