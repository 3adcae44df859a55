/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The little that a pure file may use, in the kernel and in user space.
 *
 * A pure file includes this header and its own, nothing else. It allocates
 * nothing, never sleeps, keeps no state of its own and touches only what it
 * was handed: whoever calls it owns all locking. Only the x86 files depend
 * on the byte order of the host, which is x86 then.
 */
#ifndef GDBSTUB_PURE_H
#define GDBSTUB_PURE_H

#ifdef __KERNEL__

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/hex.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#else

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT_ULL(nr) (1ULL << (nr))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define fallthrough __attribute__((__fallthrough__))
#define U64_MAX (~0ULL)
#define U32_MAX UINT_MAX
#define U16_MAX USHRT_MAX
#define S32_MAX INT_MAX
#define U8_MAX UCHAR_MAX

/* The value of a hex digit, -1 of anything else, as in <linux/hex.h>. */
static inline int hex_to_bin(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif /* __KERNEL__ */

#endif /* GDBSTUB_PURE_H */
