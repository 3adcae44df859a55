/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which system calls a process stops at. Threads ask without a lock, at each of
 * their calls.
 */
#ifndef GDBSTUB_SYSCALLS_H
#define GDBSTUB_SYSCALLS_H

#include <linux/bitmap.h>
#include <linux/types.h>

struct proto_cursor;

/* All numbers that x86 has are below; as many as utrace_set_syscalls() takes. */
#define SYSCALL_FILTER_BITS 512
/* Numbers that no system call has; a program may use them all the same. */
#define SYSCALL_FILTER_OTHERS 16

/**
 * struct syscall_filter - the system calls of a process that are caught
 * @is_on: any are; read first
 * @all: all are
 * @nr_others: used entries of @others
 * @others: numbers from SYSCALL_FILTER_BITS on
 * @bits: the numbers below
 *
 * Written while the process is stopped. A thread that missed the stop may see
 * half of a change, and catches by the one or the other list.
 */
struct syscall_filter {
	bool is_on;
	bool all;
	unsigned int nr_others;
	u32 others[SYSCALL_FILTER_OTHERS];
	DECLARE_BITMAP(bits, SYSCALL_FILTER_BITS);
};

int syscall_filter_parse(struct syscall_filter *filter, struct proto_cursor *c);
bool syscall_filter_has_other(const struct syscall_filter *filter, u32 nr);

/**
 * syscall_filter_has() - is a system call caught?
 * @filter: of the process
 * @nr: its number
 *
 * Context: any.
 * Return: whether.
 */
static inline bool syscall_filter_has(const struct syscall_filter *filter,
				      u32 nr)
{
	if (!READ_ONCE(filter->is_on))
		return false;
	if (filter->all)
		return true;
	if (nr < SYSCALL_FILTER_BITS)
		return test_bit(nr, filter->bits);
	return syscall_filter_has_other(filter, nr);
}

#endif /* GDBSTUB_SYSCALLS_H */
