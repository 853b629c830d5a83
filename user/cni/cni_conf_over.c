// SPDX-License-Identifier: GPL-2.0-only
/* cni_conf_over.c - what goes over the file: args, CNI_ARGS, runtimeConfig, in this order
 *
 * The runtime fills runtimeConfig only with capabilities that the network declares.
 */
#include <stdlib.h>
#include <string.h>

#include "cni_conf.h"
#include "util.h"

#define ARGS_MAX 4096
#define RATE_MIN 8000ULL
#define RATE_MAX (10ULL * 1000 * 1000 * 1000 * 1000)

/* As the reference plugins have it: others than these only with IgnoreUnknown. IP is the
 * IPAM plugin's. */
static int one_arg(const char *key, const char *value, struct cni_conf *out, const char **unknown,
		   struct cni_err *err)
{
	if (!strcmp(key, "MAC"))
		return cni_get_mac(value, "CNI_ARGS: MAC", out, err);
	if (strcmp(key, "IP") != 0 && strcmp(key, "GATEWAY") != 0 &&
	    strcmp(key, "IgnoreUnknown") != 0)
		*unknown = key;
	return 0;
}

static bool is_true(const char *text)
{
	static const char *const words[] = {"1", "true", "True", "TRUE", "t", "T"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i], text))
			return true;
	return false;
}

static int read_args(const char *args, struct cni_conf *out, struct cni_err *err)
{
	const char *unknown = NULL;
	char text[ARGS_MAX], *at = text, *pair, *value;
	bool ignore = false;

	if (str_copy(text, sizeof(text), args))
		return cni_fail(err, CNI_E_ENV, "at most 4095 characters", "CNI_ARGS is too long");
	while ((pair = strsep(&at, ";"))) {
		if (!pair[0])
			continue;
		value = strchr(pair, '=');
		if (!value)
			return cni_fail(err, CNI_E_ENV, "write KEY=VALUE;KEY=VALUE",
					"CNI_ARGS: '%.64s' is not KEY=VALUE", pair);
		*value++ = 0;
		if (!strcmp(pair, "IgnoreUnknown"))
			ignore = is_true(value);
		if (one_arg(pair, value, out, &unknown, err))
			return -1;
	}
	if (unknown && !ignore)
		return cni_fail(err, CNI_E_ENV, "known are MAC, IP; or add IgnoreUnknown=1",
				"CNI_ARGS: unknown key '%.64s'", unknown);
	return 0;
}

/* Bits of each direction; the burst, which is one for both here, is the bigger one. */
static int read_bandwidth(const json_t *map, struct cni_conf *out, struct cni_err *err)
{
	uint64_t in_burst = 0, out_burst = 0;

	if (cni_known(map, "ingressRate ingressBurst egressRate egressBurst",
		      "runtimeConfig.bandwidth", err) ||
	    cni_get_uint(map, "ingressRate", RATE_MAX, &out->tx, err) ||
	    cni_get_uint(map, "egressRate", RATE_MAX, &out->rx, err) ||
	    cni_get_uint(map, "ingressBurst", INT64_MAX, &in_burst, err) ||
	    cni_get_uint(map, "egressBurst", INT64_MAX, &out_burst, err))
		return -1;
	if ((out->tx && out->tx < RATE_MIN) || (out->rx && out->rx < RATE_MIN))
		return cni_fail(err, CNI_E_CONFIG, "give at least 8000 bit/s, or 0 for no limit",
				"runtimeConfig.bandwidth: a rate of less than 8000 bit/s");
	out->burst = (in_burst > out_burst ? in_burst : out_burst) / 8;
	if (out->burst > 1ULL << 30) /* runtimes write a burst without a limit so */
		out->burst = 0;
	return 0;
}

static int read_runtime(const json_t *doc, struct cni_conf *out, struct cni_err *err)
{
	json_t *run = NULL, *bandwidth = NULL;
	const char *mac = "";

	if (cni_get_map(doc, "runtimeConfig", &run, err))
		return -1;
	if (cni_known(run, "mac ips ipRanges dns bandwidth deviceID CNIDeviceInfoFile",
		      "runtimeConfig", err) ||
	    cni_get_text(run, "mac", &mac, err) ||
	    cni_get_mac(mac, "runtimeConfig.mac", out, err) ||
	    cni_get_text(run, "deviceID", &out->device_id, err) ||
	    cni_get_text(run, "CNIDeviceInfoFile", &out->device_info, err) ||
	    cni_get_map(run, "dns", &out->dns, err) ||
	    cni_get_map(run, "bandwidth", &bandwidth, err))
		return -1;
	return bandwidth ? read_bandwidth(bandwidth, out, err) : 0;
}

int cni_conf_over(const json_t *doc, const char *args, struct cni_conf *out, struct cni_err *err)
{
	json_t *map = NULL, *cni = NULL;
	const char *mac = "";

	if (cni_get_map(doc, "args", &map, err) || cni_get_map(map, "cni", &cni, err) ||
	    cni_get_text(cni, "mac", &mac, err) || cni_get_mac(mac, "args.cni.mac", out, err))
		return -1;
	return read_args(args, out, err) || read_runtime(doc, out, err) ? -1 : 0;
}
