/* SPDX-License-Identifier: GPL-2.0-only */
/* conf_json.h - a configuration as JSON, in the shape of its file
 *
 * The canonical form: only what differs from the default, except name, netdev (or
 * sf or vf, instead of it) and vlan, which are always there. conf_parse() of conf_json(), and
 * conf_port_parse() of conf_port_json(), give back exactly the same. Each
 * function returns a new reference, NULL when out of memory.
 */
#ifndef REPX_CONF_JSON_H
#define REPX_CONF_JSON_H

#include <jansson.h>

#include "conf.h"

/* {version, switch, ports, fdb}; the host port is in switch.host. */
json_t *conf_json(const struct conf *conf);
/* switch: with host: where there is a host port */
json_t *conf_switch_json(const struct conf *conf);
/* One of ports:. For the host port: what it would be as a port, with role: host,
 * for show only. @conf has the defaults. */
json_t *conf_port_json(const struct conf *conf, const struct conf_port *port);
/* {} for a port that is in no VLAN. */
json_t *conf_vlan_json(const struct conf_vlan *vlan);
json_t *conf_fdb_json(const struct conf_fdb *entry);

#endif
