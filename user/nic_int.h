/* SPDX-License-Identifier: GPL-2.0-only */
/* nic_int.h - what the nic files share: waiting, and errors in one form */
#ifndef REPX_NIC_INT_H
#define REPX_NIC_INT_H

#include "nic.h"

/* What is waited for. */
struct nic_until {
	/* 1: it is so; 0: not yet; -errno: it will not be, which @err says */
	int (*look)(struct nic *nic, struct nic_until *until, struct err *err);
	void *data;
	const char *so;	  /* how it was at the last look: "still detached" */
	const char *hint; /* what to do when it stays so */
};

/**
 * nic_wait() - look again and again, until it is so or nic->wait_ms are over
 * @fmt: what is waited for, "wait for X 'OBJECT'"
 * Notices of devlink make it look at once. Return: 0, -ETIMEDOUT, what ->look gave up
 * with.
 */
__attribute__((format(printf, 4, 5))) int nic_wait(struct nic *nic, struct nic_until *until,
						   struct err *err, const char *fmt, ...);

/**
 * nic_fail() - "what 'object': the kernel's words (hint)"
 * @nl: the socket that heard the refusal
 * @hint: NULL: none
 * Return: @code.
 */
__attribute__((format(printf, 5, 6))) int nic_fail(struct err *err, int code, const struct nl *nl,
						   const char *hint, const char *fmt, ...);

/* "pci/0000:03:00.0/32769" */
#define NIC_PORT_TEXT_MAX (DEVLINK_HANDLE_MAX + 12)
const char *nic_port_text(const struct nic_port *port, char buf[NIC_PORT_TEXT_MAX]);

/* nic_vdpa.c: the features to offer: those wanted and those that follow from them */
uint64_t nic_vdpa_features(const struct vdpa_config *config);

#endif
