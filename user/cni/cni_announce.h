/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_announce.h - the frames that say whose an address is now */
#ifndef REPX_CNI_ANNOUNCE_H
#define REPX_CNI_ANNOUNCE_H

#include <stddef.h>
#include <stdint.h>

#define CNI_ANNOUNCE_MAX 96

/* Gratuitous ARP (RFC 5227, 3). Return: length. */
size_t cni_announce_arp(const uint8_t mac[6], const uint8_t ip[4], uint8_t out[CNI_ANNOUNCE_MAX]);
/* Unsolicited neighbour advertisement (RFC 4861, 7.2.6). Return: length. */
size_t cni_announce_na(const uint8_t mac[6], const uint8_t ip[16], uint8_t out[CNI_ANNOUNCE_MAX]);

#endif
