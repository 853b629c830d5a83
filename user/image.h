/* SPDX-License-Identifier: GPL-2.0-only */
/* image.h - from a conf to the bytes the data path reads
 *
 * Pure: the tests use it to write maps for BPF_PROG_TEST_RUN, the engine to
 * write the half that is not in use.
 */
#ifndef REPX_IMAGE_H
#define REPX_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "repx_abi.h"

/* what the host says of one port of the conf, in the conf's order */
struct image_port {
	uint32_t slot;
	uint32_t ifindex; /* 0: the netdev is missing, no port is written */
	uint32_t mtu;
	uint8_t mac[6];	     /* the netdev's own; */
	uint8_t host_mac[6]; /* host port: of the stack's side */
	uint32_t guard;	     /* id of its sets, not 0 where it has a guard */
	uint32_t flags;	     /* REPX_PORT_XMIT, _XMIT_SG, _VETH, _GENERIC */
	bool rx_elsewhere;   /* rate.rx is kept by the hardware */
};

/**
 * image_write() - fill one half
 * @host: one per conf->ports[]
 * @ports: max_ports elements, @vlans: 4096 elements, @sw: all overwritten
 */
void image_write(const struct conf *conf, const struct image_port *host, uint32_t max_ports,
		 struct repx_port *ports, struct repx_vlan *vlans, struct repx_sw *sw);

/* Rate and burst as a bucket. unit: bytes (rate, 8 kbit/s at least) or frames a
 * second; burst in the same unit. @per_second 0: no limit. */
struct repx_limit image_limit(uint64_t per_second, uint64_t burst);

#endif
