// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory of the debugged process. The kernel asks for the right to ptrace it,
 * as it did when the process came into the session. Breakpoints show: what is
 * read here is data.
 */
#include <string.h>
#include <sys/uio.h>

#include "target.h"

/* A piece that does not cross into a page which may be missing. */
#define PIECE 256

bool target_read(pid_t pid, uint64_t addr, void *buf, size_t len)
{
	struct iovec here = { buf, len };
	struct iovec there = { (void *)(uintptr_t)addr, len };

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)len;
}

bool target_write(pid_t pid, uint64_t addr, const void *buf, size_t len)
{
	struct iovec here = { (void *)(uintptr_t)buf, len };
	struct iovec there = { (void *)(uintptr_t)addr, len };

	return process_vm_writev(pid, &here, 1, &there, 1, 0) == (ssize_t)len;
}

void target_read_string(pid_t pid, uint64_t addr, char *text, size_t size)
{
	size_t at = 0;

	memset(text, 0, size);
	while (at < size - 1) {
		size_t len = PIECE - (addr + at) % PIECE;

		if (len > size - 1 - at)
			len = size - 1 - at;
		if (!target_read(pid, addr + at, text + at, len) ||
		    memchr(text + at, 0, len))
			return;
		at += len;
	}
}
