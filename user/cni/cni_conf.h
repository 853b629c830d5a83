/* SPDX-License-Identifier: GPL-2.0-only */
/* cni_conf.h - the network's configuration, as stdin has it, with CNI_ARGS and what the
 * runtime adds
 */
#ifndef REPX_CNI_CONF_H
#define REPX_CNI_CONF_H

#include <stdint.h>

#include "cni.h"

enum cni_device { CNI_DEV_SF, CNI_DEV_VF, CNI_DEV_VDPA, CNI_DEV_VETH, CNI_DEV_MAX };
extern const char *const cni_device_names[CNI_DEV_MAX];

struct cni_conf {
	json_t *doc; /* all of it; the texts and json_t below are parts of it */
	const char *version, *name;
	const char *sw, *data_dir; /* with their defaults */
	char socket[300];
	enum cni_device device;
	const char *device_word; /* as given, or "" */
	const char *device_id;	 /* "" none: an SF is made */
	uint8_t mac[6];
	bool has_mac, spoofchk, ip_guard, isolated, rdma, virtio, ad;
	unsigned int vlan, qos, mtu; /* vlan, mtu 0: not given */
	const json_t *trunk;	     /* NULL: an access port */
	uint64_t rx, tx;	     /* bit/s that it may send, receive; 0: no limit */
	uint64_t rx_min;	     /* bit/s that it may send in any case; 0: none */
	uint64_t burst;		     /* bytes; 0: not given */
	const char *ipam;	     /* type, "" none */
	json_t *prev, *dns, *valid;  /* NULL: not given; valid: of GC */
	const char *device_info;     /* file to write, or "" */
};

/* What cniVersion can be, the oldest first; NULL ends the list. */
extern const char *const cni_versions[];
/* Place in that list, or -1. */
int cni_version_index(const char *version);
/* Is @version as new as @since? Both are in the list. */
bool cni_version_has(const char *version, const char *since);

/**
 * cni_conf_read() - understand a configuration
 * @doc: the whole document; a reference is taken
 * @args: CNI_ARGS, "K=V;K=V"; NULL: for DEL and GC, which must do with what there is:
 *	  what the port was to be like is not read
 *
 * Keys that are not known are refused by their names. @out has ->doc and ->version also
 * when it fails, as far as they are there; cni_conf_done() it.
 */
int cni_conf_read(json_t *doc, const char *args, struct cni_conf *out, struct cni_err *err);
void cni_conf_done(struct cni_conf *conf);

/* The parts of it that are read in cni_conf_port.c and cni_conf_over.c; the device is
 * chosen when all was read. */
int cni_conf_port(const json_t *doc, struct cni_conf *out, struct cni_err *err);
int cni_conf_device(struct cni_conf *conf, struct cni_err *err);
int cni_conf_over(const json_t *doc, const char *args, struct cni_conf *out, struct cni_err *err);

/* Readers of one key; one that is not given leaves *out. */
int cni_get_text(const json_t *map, const char *key, const char **out, struct cni_err *err);
int cni_get_bool(const json_t *map, const char *key, bool *out, struct cni_err *err);
int cni_get_uint(const json_t *map, const char *key, uint64_t max, uint64_t *out,
		 struct cni_err *err);
int cni_get_map(const json_t *map, const char *key, json_t **out, struct cni_err *err);
int cni_get_mac(const char *text, const char *where, struct cni_conf *out, struct cni_err *err);
/* @known: words, with blanks between. Keys that begin with "cni.dev/" always are. */
int cni_known(const json_t *map, const char *known, const char *where, struct cni_err *err);

#endif
