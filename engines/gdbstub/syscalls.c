// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of system calls that a process stops at: read from a packet, asked
 * by threads.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "proto.h"
#include "syscalls.h"

static int add(struct syscall_filter *filter, u64 nr)
{
	if (nr > U32_MAX)
		return -ERANGE;
	if (nr < SYSCALL_FILTER_BITS) {
		__set_bit(nr, filter->bits);
		return 0;
	}
	if (syscall_filter_has_other(filter, nr))
		return 0;
	if (filter->nr_others == SYSCALL_FILTER_OTHERS)
		return -E2BIG;
	filter->others[filter->nr_others++] = nr;
	return 0;
}

/**
 * syscall_filter_parse() - read a list
 * @filter: empty; set to it
 * @c: at `0`, at `1`, or at `1;NR;NR...` with numbers in hex
 *
 * Context: any.
 * Return: 0, or
 * * -EINVAL - malformed
 * * -ERANGE - a number is too large
 * * -E2BIG - too many numbers that no system call has
 */
int syscall_filter_parse(struct syscall_filter *filter, struct proto_cursor *c)
{
	u64 nr;
	int ret;

	if (proto_skip(c, '0'))
		return c->pos == c->end ? 0 : -EINVAL;
	if (!proto_skip(c, '1'))
		return -EINVAL;
	filter->all = c->pos == c->end;
	filter->is_on = true;
	while (proto_skip(c, ';')) {
		ret = proto_get_hex(c, &nr) ?: add(filter, nr);
		if (ret)
			return ret;
	}
	return c->pos == c->end ? 0 : -EINVAL;
}

/**
 * syscall_filter_has_other() - is a number of no system call caught?
 * @filter: of the process
 * @nr: the number
 *
 * Context: any.
 * Return: whether.
 */
bool syscall_filter_has_other(const struct syscall_filter *filter, u32 nr)
{
	unsigned int i, nr_others = READ_ONCE(filter->nr_others);

	for (i = 0; i < min_t(u32, nr_others, SYSCALL_FILTER_OTHERS); i++)
		if (filter->others[i] == nr)
			return true;
	return false;
}
