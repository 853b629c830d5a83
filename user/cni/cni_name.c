// SPDX-License-Identifier: GPL-2.0-only
/* cni_name.c - see cni_name.h */
#include "cni_name.h"

#define FNV_START 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL

static uint64_t mix(uint64_t hash, const char *text)
{
	do
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	while (*text++);
	return hash;
}

uint64_t cni_name_hash(const char *network, const char *container, const char *ifname)
{
	return mix(mix(mix(FNV_START, network), container), ifname);
}

void cni_name_port(uint64_t hash, char first, char out[IFNAMSIZ])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

	out[0] = first;
	out[1] = '-';
	for (int i = 0; i < 12; i++, hash >>= 5)
		out[2 + i] = letters[hash & 31];
	out[14] = 0;
}
