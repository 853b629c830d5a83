/* SPDX-License-Identifier: GPL-2.0-only */
/* conf_parse.h - the sections of a configuration, between the conf_*.c files */
#ifndef REPX_CONF_PARSE_H
#define REPX_CONF_PARSE_H

#include "conf_walk.h"

extern const struct conf_word conf_attach_words[];
extern const struct conf_word conf_unknown_words[];
extern const struct conf_word conf_offload_words[];
extern const struct conf_word conf_bind_words[];

CONF_READER(conf_get_vlan);  /* struct conf_vlan */
CONF_READER(conf_get_guard); /* struct conf_guard */

/* --- conf_nic.c --- */

struct conf_eswitch {
	char handle[CONF_HANDLE_MAX];
	bool switchdev;
	struct conf_pos pos;
};

CONF_READER(conf_get_eswitch); /* struct conf_eswitch */
CONF_READER(conf_get_sf);      /* struct conf_fn */
CONF_READER(conf_get_vf);      /* struct conf_fn */
CONF_READER(conf_get_vdpa);    /* struct conf_vdpa */

/* A function of which nothing is given. */
void conf_fn_init(struct conf_fn *fn);

/* The rules between netdev, sf, vf, vdpa and guard: true of the port in @map, and what
 * one takes from another. */
void conf_nic_check(struct conf_ctx *ctx, const struct conf_node *map, struct conf_port *port);

/* --- sections --- */

/* switch: of the file. @host becomes the host port where there is one. */
void conf_switch_read(struct conf_ctx *ctx, const struct conf_node *node, struct conf *conf,
		      struct conf_port *host);

void conf_offload_read(struct conf_ctx *ctx, const struct conf_node *node,
		       struct conf_offload *offload);

/* One of ports:. @number from 1, for a port without a name; 0: there is but one.
 * @port may hold memory also after mistakes: conf_port_done() it. */
void conf_port_read(struct conf_ctx *ctx, const struct conf_node *node, size_t number,
		    const struct conf *conf, struct conf_port *port);

/* One of fdb:, into zeroed memory. */
void conf_fdb_read(struct conf_ctx *ctx, const struct conf_node *node, size_t number,
		   struct conf_fdb *entry);

/* conf_check(); @ctx->partial: the objects that are missing may come yet */
void conf_check_ctx(struct conf *conf, struct conf_ctx *ctx);

/* trunk: all of every port, less the VIDs of tunnels (not on uplinks) */
void conf_settle(struct conf *conf);

#endif
