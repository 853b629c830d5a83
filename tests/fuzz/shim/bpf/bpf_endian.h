/* SPDX-License-Identifier: GPL-2.0-only */
/* bpf_endian.h - libbpf's byte order macros, for programs compiled for user space */
#ifndef SHIM_BPF_ENDIAN_H
#define SHIM_BPF_ENDIAN_H

#include <endian.h>

#define bpf_htons(x) htobe16(x)
#define bpf_ntohs(x) be16toh(x)
#define bpf_htonl(x) htobe32(x)
#define bpf_be64_to_cpu(x) be64toh(x)
#define bpf_ntohl(x) be32toh(x)

#endif
