/* SPDX-License-Identifier: GPL-2.0-only */
/* bpf_core_read.h - CO-RE reads, for programs compiled for user space: the fuzzer
 * has no kernel structures, and sets the flags that lead there to 0 */
#ifndef SHIM_BPF_CORE_READ_H
#define SHIM_BPF_CORE_READ_H

#define BPF_CORE_READ(obj, member) ((__typeof__((obj)->member))0)
#define BPF_CORE_READ_BITFIELD(obj, member) 0
#define bpf_core_type_size(type) sizeof(type)
#define bpf_core_type_id_kernel(type) 0

#endif
