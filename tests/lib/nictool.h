/* SPDX-License-Identifier: GPL-2.0-only */
/* nictool.h - what the parts of nictool (tests/netns/nictool.c) share */
#ifndef NICTOOL_H
#define NICTOOL_H

#include "devlink.h"

struct nictool_command {
	const char *name;
	int words; /* at least */
	int (*run)(char **argv);
	const char *usage;
};

/* nictool_nic.c: the functions of nic.h; name NULL ends it */
extern const struct nictool_command nictool_nic[];
void nictool_nic_close(void);

/* nictool_flower.c: the functions of flower.h; name NULL ends it */
extern const struct nictool_command nictool_flower[];
void nictool_flower_close(void);

/* Words of a command; what they cannot be ends the program with status 2. */
struct devlink_dev nictool_handle(const char *text);
uint32_t nictool_number(const char *text);
void nictool_mac(const char *text, uint8_t mac[6]);
/* The word behind @key among KEY VALUE pairs, or NULL. */
const char *nictool_value(char **argv, const char *key);
/* Of [mac M] [roce 0|1] [eqs N] [active 0|1] and of [mac M] [mtu N] [max_vqp N] [features N] */
void nictool_fn(char **argv, struct devlink_fn *fn);
struct vdpa_config;
void nictool_vdpa_config(char **argv, struct vdpa_config *config);

int nictool_print_port(const struct devlink_port *port, void *data);
int nictool_print_dev(const struct devlink_dev *dev, void *data);

#endif
