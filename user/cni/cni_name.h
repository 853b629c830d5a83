/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_name.h - the name of an attachment's port: the same however often it is asked for */
#ifndef REPX_CNI_NAME_H
#define REPX_CNI_NAME_H

#include <net/if.h>
#include <stdint.h>

/* FNV-1a over the three, each with its end. */
uint64_t cni_name_hash(const char *network, const char *container, const char *ifname);
/* "c-" and 12 characters: a port, and its netdev where that is a veth. The container's
 * end is @first 't' until it gets its name. */
void cni_name_port(uint64_t hash, char first, char out[IFNAMSIZ]);

#endif
