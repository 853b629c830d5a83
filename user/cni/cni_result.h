/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_result.h - results: built in the newest form, told in the form that was asked for */
#ifndef REPX_CNI_RESULT_H
#define REPX_CNI_RESULT_H

#include <stdint.h>

#include "cni.h"

/* One interface of a result. */
struct cni_result_if {
	const char *name, *sandbox; /* sandbox NULL: the host's */
	const char *socket_path;    /* vhost-vdpa node, or NULL */
	const char *pci;	    /* PCI address, or NULL */
	uint8_t mac[6];
	uint32_t mtu; /* 0: not told */
};

/**
 * cni_result_read() - a result of another plugin (prevResult, IPAM) in the newest form
 * @what: "prevResult", for messages
 * Return: new reference; NULL with @err when a list is none.
 */
json_t *cni_result_read(const json_t *doc, const char *what, struct cni_err *err);

/* {interfaces, ips, routes, dns}, all empty. */
json_t *cni_result_new(void);
/* Return: its place in interfaces. */
size_t cni_result_add_if(json_t *result, const struct cni_result_if *item);
/* Takes over ips (as those of interface @index), routes and dns of what IPAM gave. */
void cni_result_add_ipam(json_t *result, const json_t *ipam, size_t index);

/* As @version has it, cniVersion included; what it has no place for is left out. Return:
 * new reference. */
json_t *cni_result_as(const json_t *result, const char *version);

/* {cniVersion, code, msg, details} */
json_t *cni_result_error(const char *version, const struct cni_err *err);
/* {cniVersion, supportedVersions} */
json_t *cni_result_versions(const char *version);

#endif
