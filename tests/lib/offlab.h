/* SPDX-License-Identifier: GPL-2.0-only */
/* offlab.h - for the tools that test the offload in the guest: frames, and the daemon */
#ifndef REPX_TEST_OFFLAB_H
#define REPX_TEST_OFFLAB_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "rawsock.h"

/* The control socket of the daemon; must be set first. */
void offlab_socket(const char *path);
/* One call. @params is taken over. Return: a new reference; NULL with why on stderr. */
json_t *offlab_call(const char *method, json_t *params);
/* Applies a file's text. Return: 0, -1. */
int offlab_apply(const char *text);
/* Flows from and to ports (NULL: any) that are in a state: "offloaded", "refused", .... */
size_t offlab_flows(const char *from, const char *to, const char *state);

/* A packet socket on a netdev, which is set up, and may come within 20 s; else ends the
 * process. */
int offlab_open(const char *dev);
void offlab_send(int fd, const void *frame, size_t len);

/* A station's frame: untagged (vlan 0) or tagged IPv4, 64 bytes and more, with a marker at
 * offlab_marker(). Return: its length. */
#define OFFLAB_FRAME 80
size_t offlab_frame(uint8_t *buf, const uint8_t dst[6], const uint8_t src[6], unsigned int vlan,
		    uint64_t marker);
/* The marker of a frame made so, whatever tags it has by now; 0: it is another one. */
uint64_t offlab_marker(const uint8_t *frame, size_t len);

void offlab_mac(uint8_t mac[6], unsigned int kind, unsigned int number); /* 02:KK:00:00:NN:NN */

uint64_t offlab_now_us(void);

/* How often each text was given. */
#define OFFLAB_REASONS 64
struct offlab_counted {
	char text[200];
	unsigned int n;
};
void offlab_count(struct offlab_counted *list, const char *text);
/* "# WHAT: N x TEXT" lines */
void offlab_print(const char *what, const struct offlab_counted *list);

#endif
